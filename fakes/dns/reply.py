"""What a rule says in the place of the natural answer, and the messages that it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dnslib import RR, DNSRecord

from . import commands, names, records
from .commands import RCODES
from .engine import reply_to
from .message import AA, Message
from .names import Labels
from .question import Query
from .zone import Zones

NEGATIVE = frozenset({RCODES["NXDOMAIN"], RCODES["NOERROR"]})  # RFC 2308 section 2


@dataclass(frozen=True)
class Said:
    """Records, as a test writes them."""

    data: tuple[Any, ...] = ()
    ttl: int = records.DEFAULT_TTL
    rcode: int = 0
    owner: str | None = None
    authority: tuple[Any, ...] = ()
    additional: tuple[Any, ...] = ()

    def message(self, query: Query) -> Message:
        """The answer to a question."""
        made = reply_to(query, self.rcode)
        made.flags |= AA
        owner = query.question.labels if self.owner is None else names.labels(self.owner)
        made.answer, made.authority, made.additional = (
            read_records(section, owner, query.question.code, self.ttl)
            for section in (self.data, self.authority, self.additional)
        )
        return made


@dataclass(frozen=True)
class Code:
    """A code, with the SOA of a negative answer or without."""

    rcode: int
    soa: bool | None

    def message(self, query: Query, zones: Zones) -> Message:
        """The answer to a question."""
        made = reply_to(query, self.rcode)
        negative = self.rcode in NEGATIVE
        if negative or self.soa:  # without AA, NODATA would be a server that knows nothing
            made.flags |= AA
        if negative if self.soa is None else self.soa:
            made.authority = [zones.soa_for(query.question.labels)]
        return made


@dataclass(frozen=True)
class Whole:
    """The bytes of a message, which get the id of the question."""

    data: bytes


Given = Said | Code | Whole | Callable[[Query], Any]


def messages_of(given: Given, query: Query, zones: Zones) -> list[bytes] | None:
    """The messages that a rule says; None where a callable of the test chose the natural answer."""
    match given:
        case Said():
            return [given.message(query).pack()]
        case Code():
            return [given.message(query, zones).pack()]
        case Whole(data):
            return [query.line[:2] + data[2:]]
    said = given(query)
    if said is None:
        return None
    if isinstance(said, (Said, Code, Whole)):
        return messages_of(said, query, zones)
    if isinstance(said, (bytes, bytearray)):
        return [bytes(said)]
    if isinstance(said, DNSRecord):
        return [bytes(said.pack())]
    given = Said(tuple(said) if isinstance(said, list) else (said,))
    return [given.message(query).pack()]


# --- records as a test writes them


def read_records(given: Sequence[Any], owner: Labels, code: int, ttl: int) -> list[RR]:
    """Records of the question's name and type, unless they say their own: ``data``,
    ``(type, data)``, ``(owner, type, data)`` or ``(owner, type, data, ttl)``. Raises ValueError or
    TypeError, naming the culprit."""
    found = []
    for each in given:
        if not isinstance(each, tuple) or (each and isinstance(each[0], int)):
            if code in commands.META:
                raise ValueError(f"{each!r}: say of which type it is: ('A', '192.0.2.1')")
            data = tuple(map(str, each)) if isinstance(each, tuple) else each
            found.append(records.record(owner, code, data, ttl))
            continue
        if not 2 <= len(each) <= 4:
            raise ValueError(f"{each!r}: give (type, data) or (owner, type, data[, ttl])")
        name, type, data, *rest = each if len(each) > 2 else (None, *each)
        place = owner if name is None else names.labels(name)
        if isinstance(data, tuple):
            data = tuple(map(str, data))
        made = records.record(place, records.read_type(type), data, *(rest or [ttl]))
        found.append(made)
    return found


def read_rcode(rcode: object) -> int:
    """A code by name or number. Raises ValueError, naming the close matches."""
    if isinstance(rcode, int) and not isinstance(rcode, bool):
        if not 0 <= rcode <= commands.MAX_RCODE:
            raise ValueError(f"rcode={rcode!r}: give a name, or a number from 0 to 4095")
        return rcode
    if not isinstance(rcode, str):
        raise TypeError(f"rcode={rcode!r}: give a name, or a number from 0 to 4095")
    code = RCODES.get(rcode.upper())
    if code is None:
        from .._core.errors import close_matches

        raise ValueError(f"rcode={rcode!r} is not known; {close_matches(rcode, frozenset(RCODES))}")
    return code
