"""LIST as systems other than Unix give it, and EPLF.

Only their formats are imitated, not what their file systems do to names: VMS has no small letters,
and a name of MVS has at most eight characters a part.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from datetime import datetime

from .listing_entry import Entry, as_bytes
from .listing_unix import MONTHS

BLOCK = 512  # bytes of a block on VMS
VMS_NAME = 19  # characters of a name that leaves room for its size in the same line
TRACK = 56_664  # bytes of a track of an IBM 3390


def _joined(lines: list[str]) -> bytes:
    return b"".join(as_bytes(line) + b"\r\n" for line in lines)


def _twelve_hours(moment: datetime, space: str = "") -> str:
    """``06:30PM``, whatever the locale calls it."""
    half = "AM" if moment.hour < 12 else "PM"
    return f"{(moment.hour + 11) % 12 + 1:02}:{moment:%M}{space}{half}"


def _windows(date: Callable[[datetime], str]) -> Callable[[Sequence[Entry], float], bytes]:
    def listed(entries: Sequence[Entry], now: float) -> bytes:
        lines = []
        for entry in entries:
            size = "       <DIR>          " if entry.is_folder else f"{entry.size:21} "
            lines.append(f"{date(entry.moment)}{size}{entry.name}")
        return _joined(lines)

    return listed


# 11-22-26  06:30PM       <DIR>          name
windows = _windows(lambda m: f"{m:%m-%d-}{m.year % 100:02}  {_twelve_hours(m)}")
# 11-22-2026  06:30PM       <DIR>          name
windows_long_year = _windows(lambda m: f"{m:%m-%d-}{m.year:04}  {_twelve_hours(m)}")
# 11-22-26  18:30       <DIR>          name
windows_24_hours = _windows(lambda m: f"{m:%m-%d-}{m.year % 100:02}  {m:%H:%M}  ")
# 2026/11/22  18:30       <DIR>          name
windows_year_first = _windows(lambda m: f"{m.year:04}/{m:%m/%d}  {m:%H:%M}  ")


def windows_dir(entries: Sequence[Entry], now: float) -> bytes:
    """``11/22/2026  06:30 PM             1,234 name``, with the folder and the one above."""
    lines = []
    for entry in entries:
        moment = entry.moment
        size = "   <DIR>          " if entry.is_folder else f"{entry.size:17,} "
        when = f"{moment:%m/%d/}{moment.year:04}  {_twelve_hours(moment, ' ')} "
        lines.append(f"{when}{size}{entry.name}")
    return _joined(lines)


def os2(entries: Sequence[Entry], now: float) -> bytes:
    """``                 0           DIR   11-22-26   18:30  name``."""
    lines = []
    for entry in entries:
        sort = "DIR" if entry.is_folder else "   "
        moment = entry.moment
        date = f"{moment:%m-%d-}{moment.year % 100:02}   {moment:%H:%M}"
        lines.append(f"{entry.size:18} {sort:>13}   {date}  {entry.name}")
    return _joined(lines)


def eplf(entries: Sequence[Entry], now: float) -> bytes:
    """``+i8388621.29609,m824255902,/,<TAB>name``: https://cr.yp.to/ftp/list/eplf.html"""
    lines = []
    for entry in entries:
        facts = [f"i{entry.unique}", f"m{int(entry.mtime)}", f"up{stat.S_IMODE(entry.mode):o}"]
        facts += ["/"] if entry.is_folder else ["r", f"s{entry.size}"]
        lines.append("+" + ",".join(facts) + ",\t" + entry.name)
    return _joined(lines)


def vms(entries: Sequence[Entry], now: float) -> bytes:
    """A head, ``NAME.TXT;1  3  22-NOV-2026 18:30:05  [FTP]  (RWED,RWED,RE,)``, a long name on a
    line of its own, and a last line that counts."""
    lines = ["Directory DISK$FAKE:[FTP]", ""]
    total = 0
    for entry in entries:
        name = entry.name.replace(".", "^.") + ".DIR" if entry.is_folder else entry.name
        name = f"{name}{'' if '.' in name else '.'};1"
        blocks = -(-entry.size // BLOCK)
        total += blocks
        moment = entry.moment
        date = f"{moment.day:2}-{MONTHS[moment.month - 1].upper()}-{moment.year:04}"
        rest = f"{blocks:8}  {date} {moment:%H:%M:%S}  [FTP]  (RWED,RWED,RE,)"
        if len(name) > VMS_NAME:
            lines += [name, " " * VMS_NAME + rest]
        else:
            lines.append(f"{name:<{VMS_NAME}}{rest}")
    files = f"{len(entries)} file{'' if len(entries) == 1 else 's'}"
    return _joined([*lines, "", f"Total of {files}, {total} block{'' if total == 1 else 's'}."])


def vms_multinet(entries: Sequence[Entry], now: float) -> bytes:
    """As VMS, with the blocks in use and those allocated: ``3/6``; a file that may not be read
    has no columns at all."""
    lines = ["DISK$FAKE:[FTP]", ""]
    for entry in entries:
        name = f"{entry.name}.DIR;1" if entry.is_folder else f"{entry.name};1"
        if not entry.mode & 0o400:
            lines.append(f"{name} %RMS-E-PRV, insufficient privilege or file protection violation")
            continue
        blocks = -(-entry.size // BLOCK)
        moment = entry.moment
        date = f"{moment.day}-{MONTHS[moment.month - 1].upper()}-{moment.year:04}"
        size = f"{blocks}/{-(-blocks // 3) * 3}"
        lines.append(f"{name}   {size}   {date} {moment:%H:%M:%S}   [FTP]   (RWED,RWED,,)")
    return _joined(lines)


def _os400(date: Callable[[datetime], str]) -> Callable[[Sequence[Entry], float], bytes]:
    def listed(entries: Sequence[Entry], now: float) -> bytes:
        lines = []
        for entry in entries:
            sort, slash = ("*DIR", "/") if entry.is_folder else ("*STMF", "")
            when = f"{date(entry.moment)} {entry.moment:%H:%M:%S}"
            owner = entry.owner.upper()
            lines.append(f"{owner:<10}{entry.size:10} {when} {sort:<10} {entry.name}{slash}")
        return _joined(lines)

    return listed


# FTP             4019 11/22/26 18:30:05 *STMF      name
os400 = _os400(lambda m: f"{m:%m/%d/}{m.year % 100:02}")
# FTP             4019 26/11/22 18:30:05 *STMF      name
os400_year_first = _os400(lambda m: f"{m.year % 100:02}/{m:%m/%d}")


def mvs(entries: Sequence[Entry], now: float) -> bytes:
    """Data sets: ``WORK01 3390   2026/11/22  1   15  FB      80  8000  PS  NAME``."""
    lines = ["Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname"]
    for entry in entries:
        moment = entry.moment
        kind = "PO  " if entry.is_folder else "PS  "
        used = max(1, -(-entry.size // TRACK))
        date = f"{moment.year:04}/{moment:%m/%d}"
        lines.append(f"WORK01 3390   {date}  1 {used:4}  FB      80  8000  {kind} {entry.name}")
    return _joined(lines)


def mvs_members(entries: Sequence[Entry], now: float) -> bytes:
    """Members of a data set: they have no type and a size in lines."""
    lines = [" Name     VV.MM   Created       Changed      Size  Init   Mod   Id"]
    for entry in entries:
        moment = entry.moment
        date = f"{moment.year:04}/{moment:%m/%d}"
        size = -(-entry.size // 80)
        counts = f"{size:5} {size:5} {0:5}"
        owner = entry.owner.upper()
        lines.append(f" {entry.name:<8}  01.00 {date} {date} {moment:%H:%M} {counts} {owner}")
    return _joined(lines)


def empty(entries: Sequence[Entry], now: float) -> bytes:
    """Nothing, whatever there is."""
    return b""
