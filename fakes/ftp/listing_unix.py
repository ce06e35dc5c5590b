"""LIST as ``ls -l`` gives it, and in the variants of it that clients meet.

No standard rules the format (RFC 959 section 4.1.3 leaves it to the server); each variant is here
because clients were seen to stumble over it.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .listing_entry import Entry, as_bytes, folder

HALF_YEAR = 31_556_952 // 2  # seconds; GNU ls shows the time of what is younger, else the year
# fmt: off
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
GERMAN = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]
# fmt: on

When = Callable[[datetime, bool], str]  # of the moment, and whether it is within the half-year


def _time_or_year(moment: datetime, recent: bool) -> str:
    return f"{moment:%H:%M}" if recent else f"{moment.year:5}"


def in_english(moment: datetime, recent: bool) -> str:
    """``Nov 22 18:30``, ``Nov 22  2025``."""
    return f"{MONTHS[moment.month - 1]} {moment.day:2} {_time_or_year(moment, recent)}"


def in_german(moment: datetime, recent: bool) -> str:
    """``22. Mär 18:30``: not ASCII, in UTF-8."""
    month = GERMAN[moment.month - 1]
    return f"{moment.day:2}. {month} {_time_or_year(moment, recent)}"


def day_first(moment: datetime, recent: bool) -> str:
    """``22 Nov 18:30``."""
    return f"{moment.day:2} {MONTHS[moment.month - 1]} {_time_or_year(moment, recent)}"


def with_year(moment: datetime, recent: bool) -> str:
    """``Nov 22  2026``, however young."""
    return in_english(moment, recent=False)


def long_iso(moment: datetime, recent: bool) -> str:
    """``2026-11-22 18:30``."""
    return f"{moment.year:04}-{moment:%m-%d %H:%M}"


def full_iso(moment: datetime, recent: bool) -> str:
    """``2026-11-22 18:30:05.000000000 +0000``."""
    return f"{moment.year:04}-{moment:%m-%d %H:%M:%S}.000000000 +0000"


def dated(entry: Entry, now: float, when: When = in_english) -> str:
    """When an entry was changed; what lies in the future has its year, as with GNU ls."""
    return when(entry.moment, 0 <= now - entry.mtime < HALF_YEAR)


@dataclass(frozen=True)
class Unix:
    """A variant: which columns there are, and how dates and names are written."""

    links: bool = True
    owner: bool = True
    group: bool = True
    numbers: bool = False  # of owner and group
    mark: str = ""  # behind the permissions
    total: bool = False  # a first line with the blocks in use
    dots: bool = False  # the folder itself and the one above
    classified: bool = False  # "/" behind a folder, "*" behind a program, "@" behind a link
    when: When = in_english

    def __call__(self, entries: Sequence[Entry], now: float) -> bytes:
        if self.dots:
            entries = [folder(".", now), folder("..", now), *entries]
        lines = [self.line(entry, now) for entry in entries]
        if self.total:
            blocks = sum(-(-entry.size // 4096) * 4 for entry in entries)
            lines.insert(0, f"total {blocks}")
        return b"".join(as_bytes(line) + b"\r\n" for line in lines)

    def line(self, entry: Entry, now: float) -> str:
        columns = [stat.filemode(entry.mode) + self.mark]
        if self.links:
            columns.append(f"{entry.links:3}")
        if self.owner:
            columns.append(f"{entry.uid if self.numbers else entry.owner:<8}")
        if self.group:
            columns.append(f"{entry.gid if self.numbers else entry.group:<8}")
        columns.append("{:4}, {:3}".format(*entry.device) if entry.device else f"{entry.size:8}")
        columns.append(dated(entry, now, self.when))
        return " ".join([*columns, self.name(entry)])

    def name(self, entry: Entry) -> str:
        if entry.is_link and not self.classified:
            return f"{entry.name} -> {entry.target}"
        return entry.name + (_sign(entry.mode) if self.classified else "")


def _sign(mode: int) -> str:
    """What ``ls -F`` puts behind a name."""
    if stat.S_ISDIR(mode):
        return "/"
    if stat.S_ISLNK(mode):
        return "@"
    return "*" if mode & 0o111 and stat.S_ISREG(mode) else ""


def netware(entries: Sequence[Entry], now: float) -> bytes:
    """``d [R----F--] ftp   512 Jan 16 18:53 login``."""
    lines = []
    for entry in entries:
        sort, rights = ("d", "RWCEAFMS") if entry.is_folder else ("-", "RWCE-F--")
        if not entry.mode & 0o200:
            rights = "R----F--"
        when = dated(entry, now)
        lines.append(f"{sort} [{rights}] {entry.owner:<22}{entry.size:9} {when} {entry.name}")
    return b"".join(as_bytes(line) + b"\r\n" for line in lines)


def mac(entries: Sequence[Entry], now: float) -> bytes:
    """The lines of NetPresenz: a folder has the word ``folder`` and what it holds, a file the
    sizes of its resource fork, its data fork and both."""
    lines = []
    for entry in entries:
        when = dated(entry, now)
        if entry.is_folder:
            sizes = f"{'folder':>21}{entry.links:9}"
        else:
            sizes = f"{0:12}{entry.size:9}{entry.size:9}"
        lines.append(f"{stat.filemode(entry.mode)}{sizes} {when} {entry.name}")
    return b"".join(as_bytes(line) + b"\r\n" for line in lines)
