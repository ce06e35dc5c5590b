"""Messages that are made by hand, where records as a zone holds them do not do."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...dns import Query

FORGED = "192.0.2.66"  # an address that nobody may bring back
POINTER = b"\xc0\x0c"  # to the name in the question (RFC 1035 section 4.1.4)
A, PTR, OPT = 1, 12, 41
IN, CHAOS = 1, 3
QR_AA, RD = 0x8400, 0x0100


def record(
    data: bytes, type: int = A, *, owner: bytes = POINTER, klass: int = IN, ttl: int = 60
) -> bytes:
    """A record of the name that is asked for."""
    return owner + struct.pack("!HHIH", type, klass, ttl, len(data)) + data


def answer(query: Query, *records: bytes, counted: int | None = None, rcode: int = 0) -> bytes:
    """A message that repeats the question, with these records in the answer section, which are
    ``counted``; it has no OPT record."""
    counts = 1, len(records) if counted is None else counted, 0, 0
    flags = QR_AA | rcode | (RD if query.recursion_desired else 0)
    header = query.line[:2] + struct.pack("!5H", flags, *counts)
    return header + question(query) + b"".join(records)


def with_option(message: bytes, code: int, data: bytes) -> bytes:
    """The message with an OPT record, the only additional one, that has an option."""
    option = struct.pack("!HH", code, len(data)) + data
    opt = record(option, OPT, owner=b"\0", klass=1232, ttl=0)
    return message[:10] + b"\0\1" + message[12:] + opt


def question(query: Query) -> bytes:
    """The question as it was asked: name, type and class."""
    end = 12
    while query.line[end]:
        end += 1 + query.line[end]
    return query.line[12 : end + 5]
