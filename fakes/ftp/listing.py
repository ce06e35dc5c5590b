"""How LIST, NLST and MLSD look: pure functions from entries to bytes, a table of styles.

    format_list(style, entries, now)          -> the bytes of LIST, in a style of STYLES
    format_mlsd(style, entries, facts)        -> the bytes of MLSD, in a style of FACTS_STYLES
    format_facts(style, entry, facts)         -> one entry, without line end: for MLST
    format_names(entries)                     -> the bytes of NLST
    renamed(entry, name)                      -> it, under another name: MLST tells the full path
    checked_style(name), checked_facts_style(name)  -> it, or ValueError with the close matches

``entries`` are ``Entry.of(path, root)`` in the order wanted; for MLSD, whose types know no link,
``Entry.of(path, root, follow=True)`` where a link leads to something in the root, but for the
style "unix-links". ``now`` is in seconds since 1970. ``facts`` are those that the client asked
for, any of ``KNOWN_FACTS`` in the order wanted; ``DEFAULT_FACTS`` until it says OPTS MLST. Times
are UTC, as RFC 3659 section 2.3 wants them; names are sent as they are, also with a line end in
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from .._core.errors import close_matches
from . import listing_facts as facts_
from . import listing_systems as systems
from . import listing_unix as unix
from .listing_entry import Entry, as_bytes
from .listing_facts import Line
from .listing_unix import Unix

__all__ = [
    "DEFAULT_FACTS",
    "FACTS_STYLES",
    "KNOWN_FACTS",
    "STYLES",
    "Entry",
    "checked_facts_style",
    "checked_style",
    "format_facts",
    "format_list",
    "format_mlsd",
    "format_names",
    "renamed",
]

DEFAULT_FACTS: Sequence[str] = facts_.DEFAULT
KNOWN_FACTS: Sequence[str] = tuple(facts_.FACTS)


class Style(NamedTuple):
    """A style of LIST. ``seen`` says what it is and where it is met."""

    format: Callable[[Sequence[Entry], float], bytes]
    seen: str


class FactsStyle(NamedTuple):
    """A style of MLSD. ``seen`` says what it is, and whether RFC 3659 allows it."""

    line: Line
    seen: str
    dots: bool = False


# fmt: off
STYLES: dict[str, Style] = {
    "unix": Style(Unix(), "ls -l; nearly every server"),
    "unix-total": Style(Unix(total=True), "a first line 'total 8': servers that run ls"),
    "unix-dots": Style(Unix(dots=True), "'.' and '..' come first: ls -la, pure-ftpd, vsftpd -a"),
    "unix-numeric": Style(Unix(numbers=True), "numbers for owner and group: ls -n, chroots"),
    "unix-no-group": Style(Unix(group=False), "no group: old BSD ls, ls -o"),
    "unix-no-owner": Style(Unix(owner=False), "no owner: ls -g"),
    "unix-no-links": Style(Unix(links=False), "no count of links: embedded servers"),
    "unix-bare": Style(
        Unix(links=False, owner=False, group=False), "permissions, size, date, name: embedded"),
    "unix-year": Style(Unix(when=unix.with_year), "the year, and never a time"),
    "unix-iso": Style(Unix(when=unix.long_iso), "ls --time-style=long-iso"),
    "unix-full-time": Style(
        Unix(when=unix.full_iso), "ls --full-time"),
    "unix-day-first": Style(Unix(when=unix.day_first), "European locales"),
    "unix-german": Style(Unix(when=unix.in_german), "a German locale, Mär and Mai, in UTF-8"),
    "unix-acl": Style(Unix(mark="+"), "'+' behind the permissions: access control lists"),
    "unix-attributes": Style(Unix(mark="@"), "'@' behind the permissions: macOS"),
    "unix-selinux": Style(Unix(mark="."), "'.' behind the permissions: SELinux"),
    "unix-classified": Style(Unix(classified=True), "'/', '*' and '@' behind names: ls -F"),
    "netware": Style(unix.netware, "rights in brackets: Novell NetWare, Hellsoft"),
    "mac": Style(unix.mac, "'folder', or the sizes of two forks: NetPresenz on Mac OS"),
    "windows": Style(systems.windows, "two digits for the year: IIS"),
    "windows-long-year": Style(
        systems.windows_long_year, "four digits for the year: IIS, if set so"),
    "windows-24-hours": Style(systems.windows_24_hours, "no AM and PM: other servers on Windows"),
    "windows-year-first": Style(
        systems.windows_year_first, "the year first: Windows in East Asia"),
    "windows-dir": Style(systems.windows_dir, "as the command dir writes it"),
    "os2": Style(systems.os2, "DIR for a folder: IBM OS/2"),
    "eplf": Style(systems.eplf, "Easily Parsed LIST Format: publicfile, anonftpd"),
    "vms": Style(systems.vms, "versions, a head, long names on two lines: OpenVMS"),
    "vms-multinet": Style(systems.vms_multinet, "blocks used/allocated: OpenVMS with MultiNet"),
    "os400": Style(systems.os400, "month first: IBM i, AS/400"),
    "os400-year-first": Style(systems.os400_year_first, "year first: IBM i, AS/400"),
    "mvs": Style(systems.mvs, "data sets: IBM z/OS"),
    "mvs-members": Style(systems.mvs_members, "members of a data set: IBM z/OS"),
    "empty": Style(systems.empty, "nothing, whatever there is"),
}

FACTS_STYLES: dict[str, FactsStyle] = {
    "standard": FactsStyle(facts_.standard, "as RFC 3659 has it"),
    "dots": FactsStyle(facts_.standard, "with type=cdir and type=pdir: allowed", dots=True),
    "upper-case": FactsStyle(facts_.with_names(str.upper), "allowed"),
    "odd-case": FactsStyle(facts_.odd_case, "allowed: fact names and types have no case"),
    "no-facts": FactsStyle(facts_.no_facts, "allowed"),
    "no-type": FactsStyle(facts_.without("type"), "allowed"),
    "no-size": FactsStyle(facts_.without("size"), "allowed"),
    "no-modify": FactsStyle(facts_.without("modify"), "allowed"),
    "unknown-facts": FactsStyle(facts_.unknown_facts, "allowed: clients are to ignore them"),
    "equals-signs": FactsStyle(facts_.equals_signs, "'=' in a value: allowed"),
    "fractions": FactsStyle(facts_.fractions, "of a second: allowed"),
    "unix-links": FactsStyle(facts_.unix_links, "links have a type: pure-ftpd, proftpd"),
    "folder-sizes": FactsStyle(facts_.folder_sizes, "a folder has sizd=4096: pure-ftpd"),
    "no-last-semicolon": FactsStyle(facts_.no_last_semicolon, "wrong"),
    "spaces": FactsStyle(facts_.spaces, "between facts: wrong"),
    "no-space": FactsStyle(facts_.no_space, "before the name: wrong"),
    "no-equals": FactsStyle(facts_.no_equals, "facts without values: wrong"),
    "empty-values": FactsStyle(facts_.empty_values, "wrong"),
    "empty": FactsStyle(facts_.standard, "nothing, whatever there is"),
}
# fmt: on


def checked_style(name: str) -> str:
    """A name of STYLES, or ValueError with the close matches."""
    if name not in STYLES:
        raise ValueError(f"listing_style = {name!r}: {close_matches(str(name), frozenset(STYLES))}")
    return name


def checked_facts_style(name: str) -> str:
    """A name of FACTS_STYLES, or ValueError with the close matches."""
    if name not in FACTS_STYLES:
        hint = close_matches(str(name), frozenset(FACTS_STYLES))
        raise ValueError(f"facts_style = {name!r}: {hint}")
    return name


def format_list(style: str, entries: Sequence[Entry], now: float) -> bytes:
    """LIST. Raises ValueError for an unknown style."""
    return STYLES[checked_style(style)].format(entries, now)


def format_facts(style: str, entry: Entry, facts: Sequence[str] = DEFAULT_FACTS) -> bytes:
    """One entry as MLSD and MLST have it, without line end. Raises ValueError for an unknown
    style."""
    return as_bytes(FACTS_STYLES[checked_facts_style(style)].line(entry, facts))


def format_mlsd(
    style: str, entries: Sequence[Entry], facts: Sequence[str] = DEFAULT_FACTS
) -> bytes:
    """MLSD. Raises ValueError for an unknown style."""
    chosen = FACTS_STYLES[checked_facts_style(style)]
    if style == "empty":
        return b""
    if chosen.dots:
        entries = facts_.dots(entries)
    return facts_.joined(chosen.line(entry, facts) for entry in entries)


def format_names(entries: Iterable[Entry]) -> bytes:
    """NLST: the names alone."""
    return facts_.joined(entry.name for entry in entries)


def renamed(entry: Entry, name: str) -> Entry:
    """The entry under another name."""
    return replace(entry, name=name)
