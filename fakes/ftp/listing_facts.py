"""MLSD and MLST: the facts of RFC 3659 section 7, and what servers make of them."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Sequence

from .listing_entry import Entry, as_bytes, folder

Pairs = list[tuple[str, str]]

# Section 7.5. What a fact says of an entry; "" where it says nothing.
FACTS: dict[str, Callable[[Entry], str]] = {
    "type": lambda entry: _type(entry),
    "size": lambda entry: "" if entry.is_folder else str(entry.size),
    "modify": lambda entry: f"{entry.moment.year:04}{entry.moment:%m%d%H%M%S}",
    "perm": lambda entry: "cdeflmp" if entry.is_folder else "adfrw",
    "unique": lambda entry: entry.unique,
    "unix.mode": lambda entry: f"0{stat.S_IMODE(entry.mode):03o}",
    "unix.uid": lambda entry: str(entry.uid),
    "unix.gid": lambda entry: str(entry.gid),
    "unix.owner": lambda entry: entry.owner,
    "unix.group": lambda entry: entry.group,
}
DEFAULT = ("type", "size", "modify", "perm", "unique")


def _type(entry: Entry) -> str:
    """Section 7.5.1."""
    if entry.is_folder:
        return {".": "cdir", "..": "pdir"}.get(entry.name, "dir")
    return "file"


def pairs(entry: Entry, facts: Iterable[str]) -> Pairs:
    """Facts and what they say, in the order asked for."""
    found = [(fact, FACTS[fact.lower()](entry)) for fact in facts if fact.lower() in FACTS]
    return [(fact, value) for fact, value in found if value]


def written(facts: Pairs, name: str) -> str:
    """Section 7.2: each fact ends with a semicolon, and one space is before the name."""
    return "".join(f"{fact}={value};" for fact, value in facts) + f" {name}"


Line = Callable[[Entry, Sequence[str]], str]


def standard(entry: Entry, facts: Sequence[str]) -> str:
    return written(pairs(entry, facts), entry.name)


def without(*missing: str) -> Line:
    def line(entry: Entry, facts: Sequence[str]) -> str:
        return standard(entry, [fact for fact in facts if fact.lower() not in missing])

    return line


def no_facts(entry: Entry, facts: Sequence[str]) -> str:
    return f" {entry.name}"


def with_names(change: Callable[[str], str]) -> Line:
    def line(entry: Entry, facts: Sequence[str]) -> str:
        told = [(change(fact), value) for fact, value in pairs(entry, facts)]
        return written(told, entry.name)

    return line


def odd_case(entry: Entry, facts: Sequence[str]) -> str:
    told = [(fact.swapcase().title(), value.upper()) for fact, value in pairs(entry, facts)]
    return written([(fact[::-1].title()[::-1], value) for fact, value in told], entry.name)


def unknown_facts(entry: Entry, facts: Sequence[str]) -> str:
    more = [("media-type", "text/plain"), ("charset", "UTF-8"), ("x.fakefarm-mood", "calm")]
    return written([*more[:2], *pairs(entry, facts), more[2]], entry.name)


def equals_signs(entry: Entry, facts: Sequence[str]) -> str:
    return written([*pairs(entry, facts), ("x.note", "a=b=c")], entry.name)


def unix_links(entry: Entry, facts: Sequence[str]) -> str:
    """Section 7.5.1.5 leaves room for types of an operating system."""
    told = pairs(entry, facts)
    if entry.is_link:
        slink = f"OS.unix=slink:{entry.target}"
        told = [(fact, slink if fact.lower() == "type" else value) for fact, value in told]
    return written(told, entry.name)


def fractions(entry: Entry, facts: Sequence[str]) -> str:
    """Section 2.3: a time may have a fraction of a second."""
    told = [
        (fact, f"{value}.123" if fact.lower() == "modify" else value)
        for fact, value in pairs(entry, facts)
    ]
    return written(told, entry.name)


def folder_sizes(entry: Entry, facts: Sequence[str]) -> str:
    """``sizd``, which is in no standard, for the size of a folder."""
    told = pairs(entry, facts)
    if entry.is_folder and "size" in [fact.lower() for fact in facts]:
        told.append(("sizd", str(entry.size)))
    return written(told, entry.name)


def no_last_semicolon(entry: Entry, facts: Sequence[str]) -> str:
    told = ";".join(f"{fact}={value}" for fact, value in pairs(entry, facts))
    return f"{told} {entry.name}"


def spaces(entry: Entry, facts: Sequence[str]) -> str:
    told = " ".join(f"{fact}={value};" for fact, value in pairs(entry, facts))
    return f"{told} {entry.name}"


def no_space(entry: Entry, facts: Sequence[str]) -> str:
    return standard(entry, facts).replace(" ", "", 1)


def no_equals(entry: Entry, facts: Sequence[str]) -> str:
    told = "".join(f"{fact};" for fact, _ in pairs(entry, facts))
    return f"{told} {entry.name}"


def empty_values(entry: Entry, facts: Sequence[str]) -> str:
    return written([(fact, "") for fact, _ in pairs(entry, facts)], entry.name)


def dots(entries: Sequence[Entry]) -> list[Entry]:
    """With the folder itself and the one above (types ``cdir`` and ``pdir``)."""
    latest = max((entry.mtime for entry in entries), default=0.0)
    return [folder(".", latest), folder("..", latest), *entries]


def joined(lines: Iterable[str]) -> bytes:
    """The lines, sent."""
    return b"".join(as_bytes(line) + b"\r\n" for line in lines)
