"""Faults that only DNS has: what can be wrong with a message.

Each acts on every message that a rule sends, or on the ``only``-th of them. The length that stands
before a message on TCP follows when a fault makes it longer or shorter. A fault that finds nothing
to spoil (no record, say) raises ValueError, which fails the test: it never does less than it says.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dnslib import DNSError, DNSLabel, DNSRecord

from .._core.datagram_wire import groups
from .._core.faults import Framing, Parts, Shaper, Shaping, Spoiled
from . import commands
from .message import HEADER, QR, TC, Buffer
from .names import Labels
from .question import FIXED, Malformed, read_name, skip_record


@dataclass(frozen=True)
class MessageFault(Shaping):
    """Base of the faults that change a message."""

    only: int | None = field(default=None, kw_only=True)

    def spoil(self, message: bytes) -> bytes:
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def frame(self, prefix: bytes, before: int, after: int) -> bytes:
        """The length before the message, when that had ``before`` bytes and has ``after``."""
        if not prefix or before == after:
            return prefix
        length = int.from_bytes(prefix, "big") + after - before
        return Framing((length & 0xFFFF).to_bytes(2, "big"))

    def start(self) -> Shaper:
        count = 0

        def shaper(parts: Parts) -> Spoiled:
            nonlocal count
            made = Spoiled()
            for first, *rest in groups(parts):
                framed = isinstance(first, Framing)
                prefix, message = (
                    (first, b"".join(rest)) if framed else (b"", first + b"".join(rest))
                )
                count += 1
                if self.only in (None, count):
                    spoiled = self.spoil(message)
                    prefix = self.frame(prefix, len(message), len(spoiled))
                    message = spoiled
                made += [prefix, message] if framed else [message]
            return made

        return shaper


# --- the header


@dataclass(frozen=True)
class WrongId(MessageFault):
    """All bits of the id flipped."""

    def spoil(self, message: bytes) -> bytes:
        return bytes(b ^ 0xFF for b in message[:2]) + message[2:]


@dataclass(frozen=True)
class Flags(MessageFault):
    """Bits of the header: those of ``mask`` become those of ``value``."""

    mask: int
    value: int

    def spoil(self, message: bytes) -> bytes:
        flags = int.from_bytes(message[2:4], "big") & ~self.mask | self.value
        return message[:2] + flags.to_bytes(2, "big") + message[4:]


NOT_A_RESPONSE = QR  # the bit that not_a_response() takes away


# --- the question


@dataclass(frozen=True)
class WrongQuestion(MessageFault):
    """Another name, another type, in the place of the question; without either, no question."""

    name: Labels | None
    code: int | None

    def spoil(self, message: bytes) -> bytes:
        def change(record: DNSRecord) -> None:
            if self.name is None and self.code is None:
                record.questions.clear()
            for question in record.questions:
                if self.name is not None:
                    question.qname = DNSLabel(self.name)
                if self.code is not None:
                    question.qtype = self.code

        return repacked(message, change)


# --- the records


@dataclass(frozen=True)
class OtherOwner(MessageFault):
    """Another name before each record of the answer."""

    name: Labels

    def spoil(self, message: bytes) -> bytes:
        def change(record: DNSRecord) -> None:
            if not record.rr:
                raise ValueError("other_owner(): the answer has no records that it could change")
            for rr in record.rr:
                rr.rname = DNSLabel(self.name)

        return repacked(message, change)


@dataclass(frozen=True)
class BadPointer(MessageFault):
    """A pointer in the place of the name of the first record, or of the question if there is no
    record: to itself, or ``to`` an offset."""

    to: int | None

    def spoil(self, message: bytes) -> bytes:
        first = next(places(message), None)
        begin, end = (12, _after_name(message, 12)) if first is None else (first.begin, first.fixed)
        to = begin if self.to is None else self.to
        return message[:begin] + struct.pack("!H", 0xC000 | to) + message[end:]


@dataclass(frozen=True)
class BadRdlength(MessageFault):
    """The length of the data of the first record is another than it has."""

    length: int

    def spoil(self, message: bytes) -> bytes:
        first = next(places(message), None)
        if first is None:
            raise ValueError("bad_rdlength(): the answer has no record that it could change")
        return message[: first.data - 2] + self.length.to_bytes(2, "big") + message[first.data :]


@dataclass(frozen=True)
class BadOPT(MessageFault):
    """The OPT record has an option that says it is longer than the record."""

    def spoil(self, message: bytes) -> bytes:
        option = bytes.fromhex("000a 00ff 00")  # a cookie of 255 bytes, of which there is one
        opt = b"\0" + FIXED.pack(commands.OPT, 1232, 0, len(option)) + option
        there = [place for place in places(message) if place.code == commands.OPT]
        for place in there:
            message = message[: place.begin] + message[place.end :]
        at = len(message)
        *counts, additional = HEADER.unpack_from(message)
        return HEADER.pack(*counts, additional - len(there) + 1) + message[12:at] + opt


@dataclass(frozen=True)
class Truncated(MessageFault):
    """TC set, and the answer cut: so many of its records are kept, and OPT."""

    answers: int

    def spoil(self, message: bytes) -> bytes:
        records = list(places(message))
        kept = [place for place in records if place.section == 0][: self.answers]
        opts = [place for place in records if place.code == commands.OPT]
        id, flags, questions, *_ = HEADER.unpack_from(message)
        end = records[0].begin if records else len(message)
        body = message[12:end] + b"".join(message[p.begin : p.end] for p in kept + opts)
        return HEADER.pack(id, flags | TC, questions, len(kept), 0, len(opts)) + body


@dataclass(frozen=True)
class Trailing(MessageFault):
    """Bytes behind the message, and counted by the length before it."""

    data: bytes

    def spoil(self, message: bytes) -> bytes:
        return message + self.data


@dataclass(frozen=True)
class LengthPrefix(MessageFault):
    """Another number in the place of the length before a message on TCP."""

    length: int

    def spoil(self, message: bytes) -> bytes:
        return message

    def frame(self, prefix: bytes, before: int, after: int) -> bytes:
        return Framing(self.length.to_bytes(2, "big")) if prefix else prefix


# --- looking into a message


class Place(NamedTuple):
    """Where a record is in a message: 0, 1 or 2 for the section, its type, the offsets of its name,
    of what follows that, of its data, and of its end."""

    section: int
    code: int
    begin: int
    fixed: int
    data: int
    end: int


def places(message: bytes) -> Iterator[Place]:
    """The records of a message. Raises ValueError for what is none."""
    try:
        _, _, questions, *counts = HEADER.unpack_from(message)
        at = 12
        for _ in range(questions):
            at = read_name(message, at)[1] + 4
        for section, count in enumerate(counts):
            for _ in range(count):
                begin, fixed, end = at, read_name(message, at)[1], skip_record(message, at)
                code = FIXED.unpack_from(message, fixed)[0]
                yield Place(section, code, begin, fixed, fixed + FIXED.size, end)
                at = end
    except (Malformed, struct.error) as error:
        raise ValueError(f"{message!r} is no message to put a fault into: {error}") from None


def _after_name(message: bytes, at: int) -> int:
    try:
        return read_name(message, at)[1]
    except Malformed as error:
        raise ValueError(f"{message!r}: {error}") from None


def repacked(message: bytes, change: Callable[[Any], None]) -> bytes:
    """The message after a change. Raises ValueError for what is none."""
    try:
        record = DNSRecord.parse(message)
    except DNSError as error:
        raise ValueError(f"{message!r} is no message to put a fault into: {error}") from None
    change(record)
    buffer = Buffer(bytes(12))
    buffer.offset = 12  # dnslib's own pack() goes by it
    for question in record.questions:
        buffer.encode_name(question.qname)
        buffer.append(struct.pack("!HH", question.qtype, question.qclass))
    sections = (record.rr, record.auth, record.ar)
    for section in sections:
        for rr in section:
            if rr.rtype == commands.OPT:
                rr.pack(buffer)
            else:
                buffer.add(rr)
    counts = [len(record.questions), *map(len, sections)]
    buffer.data[:12] = message[:4] + struct.pack("!4H", *counts)
    return bytes(buffer.data)
