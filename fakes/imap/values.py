"""The values of IMAP both ways: strings, numbers, dates (RFC 3501 section 4 and 9).

What is read is given as the bytes of one token, without quotes or the head of a literal; what is
written are the bytes that leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone

NIL = b"NIL"
LARGEST = 2**32 - 1  # section 9, number: unsigned, 32 bits

# Section 2.3.2.
SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent")

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = rb"(\d{1,2})-([A-Za-z]{3})-(\d{4})"
DATE = re.compile(_DATE)
DATE_TIME = re.compile(
    rb"(?: (?=\d-)|(?=\d\d-))" + _DATE + rb" (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"
)

QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]*")  # section 9, TEXT-CHAR
NOT_ATOMIC = re.compile(rb'[^\x21-\x7e]|[(){%*"\\]')  # section 9, atom-specials; "]" may be


class Malformed(ValueError):
    """A value that is none; the message says why, in words for the text of a BAD."""


# --- writing


def quoted(data: bytes) -> bytes:
    """A quoted string. What it is given must be QUOTABLE."""
    return b'"%s"' % data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def literal(data: bytes) -> bytes:
    """A literal: the one form that carries any byte (NUL, too, which section 4.3 forbids and mails
    have)."""
    return b"{%d}\r\n%s" % (len(data), data)


def string(data: bytes) -> bytes:
    """A string: quoted where that is possible."""
    return quoted(data) if QUOTABLE.fullmatch(data) else literal(data)


def nstring(data: bytes | None) -> bytes:
    """A string, or NIL for None."""
    return NIL if data is None else string(data)


def astring(data: bytes) -> bytes:
    """An atom where that is possible, else a string."""
    if not data or NOT_ATOMIC.search(data) or data.upper() == NIL:
        return string(data)
    return data


def pairs(values: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Names and values in parentheses, or NIL where there are none."""
    return listed([string(text) for pair in values for text in pair])


def listed(values: Sequence[bytes]) -> bytes:
    """Values, as they are written, in parentheses; NIL where there are none."""
    return b"(%s)" % b" ".join(values) if values else NIL


def flag_list(flags: Iterable[str]) -> bytes:
    """Flags in parentheses, those of the standard first, always in the same order."""
    return b"(%s)" % " ".join(sorted(flags, key=_rank)).encode("utf-8", "surrogateescape")


def _rank(flag: str) -> tuple[int, str]:
    known = flag in SYSTEM_FLAGS
    return SYSTEM_FLAGS.index(flag) if known else len(SYSTEM_FLAGS), flag


def internal_date(when: datetime) -> bytes:
    """A date and time, which must be aware, in quotes (section 9, date-time)."""
    offset = round((when.utcoffset() or timedelta()).total_seconds() / 60)
    sign, offset = "-" if offset < 0 else "+", abs(offset)
    return (
        f'"{when.day:2}-{MONTHS[when.month - 1]}-{when.year:04} {when:%H:%M:%S}'
        f' {sign}{offset // 60:02}{offset % 60:02}"'
    ).encode()


# --- reading


def parse_date(data: bytes) -> date:
    """A date, as the keys of SEARCH have it: ``1-Feb-1994``."""
    found = DATE.fullmatch(data)
    if found is None:
        raise Malformed("malformed date")
    return _date(*found.groups())


def parse_internal_date(data: bytes) -> datetime:
    """The date and time of APPEND: `` 1-Feb-1994 21:52:25 -0800``. Aware."""
    found = DATE_TIME.fullmatch(data)
    if found is None:
        raise Malformed("malformed date-time")
    *day, hour, minute, second, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    try:
        return datetime(
            *_date(*day).timetuple()[:3],
            int(hour),
            int(minute),
            int(second),
            tzinfo=timezone(offset),
        )
    except ValueError:
        raise Malformed("there is no such time") from None


def _date(day: bytes, month: bytes, year: bytes) -> date:
    try:
        return date(int(year), MONTHS.index(month.decode().capitalize()) + 1, int(day))
    except ValueError:
        raise Malformed("there is no such date") from None
