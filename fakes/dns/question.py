"""Questions: reading a packet without trusting it, and the step that it becomes."""

from __future__ import annotations

import struct
from functools import cached_property
from typing import Any, NamedTuple

from .._core.step import Step
from . import commands, names
from .message import DO, HEADER, OPCODE, QR, RD
from .names import MAX_NAME, Labels

FIXED = struct.Struct("!HHIH")  # type, class, ttl, length of data


class Malformed(Exception):
    """Internal: the packet is no message (RFC 1035 section 4)."""


class EDNS(NamedTuple):
    """What the OPT record of a question says: the bytes of UDP that the client takes, and flags
    (RFC 6891 section 6.1.3)."""

    size: int
    flags: int

    @property
    def do(self) -> bool:
        """Whether DNSSEC records are asked for (RFC 3225)."""
        return bool(self.flags & DO)


class Question:
    """What a packet asks, all but its id. Never changed, so that it can be kept."""

    name = ""
    labels: Labels = ()
    code = 0
    type = ""
    qclass = 0
    section = b""  # the question as it was asked
    edns: EDNS | None = None
    version = 0  # of EDNS
    problem = ""

    def __init__(self, packet: bytes) -> None:
        self.flags = packet[2] << 8 | packet[3] if len(packet) > 3 else 0
        self.opcode = (self.flags & OPCODE) >> 11
        try:
            self._read(packet)
        except (Malformed, struct.error) as wrong:
            self.problem = str(wrong) if isinstance(wrong, Malformed) else "it ends too early"
        self.verb = self._verb()

    def _read(self, packet: bytes) -> None:
        _, _, questions, answers, authorities, additionals = HEADER.unpack_from(packet)
        if questions != 1:
            if self.opcode != commands.QUERY:
                return  # DSO has none (RFC 8490 section 5.4), and we know neither it nor others
            raise Malformed(f"{questions} questions")
        self.labels, at = read_name(packet, 12)
        self.code, self.qclass = struct.unpack_from("!HH", packet, at)
        self.name, self.type = names.text(self.labels), commands.type_name(self.code)
        at += 4
        self.section = b"".join([bytes([len(x)]) + x for x in self.labels])
        self.section += b"\0" + packet[at - 4 : at]
        for _ in range(answers + authorities):
            at = skip_record(packet, at)
        for _ in range(additionals):
            at = self._read_additional(packet, at)

    def _read_additional(self, packet: bytes, start: int) -> int:
        owner, at = read_name(packet, start)
        code, size, ttl, length = FIXED.unpack_from(packet, at)
        end: int = at + FIXED.size + length
        if end > len(packet):
            raise Malformed("a record reaches beyond the packet")
        if code == commands.OPT:
            if self.edns is not None or owner:
                raise Malformed("a second OPT record" if self.edns else "an OPT record with a name")
            self.edns, self.version = EDNS(size, ttl & 0xFFFF), ttl >> 16 & 0xFF
            _check_options(packet[end - length : end])
        return end

    def _verb(self) -> str:
        if self.problem:
            return ""
        if self.opcode != commands.QUERY:
            return commands.opcode_name(self.opcode)
        return self.type


def read_name(packet: bytes, at: int) -> tuple[Labels, int]:
    """A name in a packet, and where it ends. Pointers must lead back (RFC 1035 section 4.1.4)."""
    found: list[bytes] = []
    end, lowest, size = 0, at, 1
    while True:
        if at >= len(packet):
            raise Malformed("a name reaches beyond the packet")
        length = packet[at]
        if length >= 0xC0:
            if at + 1 >= len(packet):
                raise Malformed("a name reaches beyond the packet")
            end = end or at + 2
            at = (length & 0x3F) << 8 | packet[at + 1]
            if at >= lowest:
                raise Malformed("a pointer that does not lead back")
            lowest = at
        elif length > 63:
            raise Malformed(f"a label of the unknown kind 0x{length:02x}")
        elif length:
            found.append(packet[at + 1 : at + 1 + length])
            size += 1 + length
            if size > MAX_NAME:
                raise Malformed(f"a name over {MAX_NAME} octets")
            at += 1 + length
        else:
            return tuple(found), end or at + 1


def skip_record(packet: bytes, at: int) -> int:
    """Where a record ends."""
    _, at = read_name(packet, at)
    *_, length = FIXED.unpack_from(packet, at)
    end = at + FIXED.size + int(length)
    if end > len(packet):
        raise Malformed("a record reaches beyond the packet")
    return end


def _check_options(data: bytes) -> None:
    """RFC 6891 section 6.1.2."""
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise Malformed("an option of EDNS that ends too early")
        at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
        if at > len(data):
            raise Malformed("an option of EDNS that ends too early")


class Query(Step):
    """A question.

    ``verb`` is the name of its type (``"A"``, ``"TYPE65280"``), or of its opcode where that is not
    QUERY (``"NOTIFY"``); ``argument`` is its name, without the final dot and as it was spelled; the
    root is ``"."``. ``line`` is the message as bytes. ``transport`` is ``"udp"`` or ``"tcp"``,
    ``client`` the address and port that it came from, ``id`` its number. ``problem`` says what is
    wrong with a broken message, and is "" for all others.
    """

    __slots__ = ("__dict__", "client", "question", "transport")

    def __init__(
        self,
        packet: bytes,
        question: Question,
        transport: str,
        client: tuple[Any, ...],
        connection: int,
        time: float,
    ) -> None:
        self.verb = question.verb
        self.argument = question.name
        self.line = packet
        self.connection = connection
        self.time = time
        self.content = b""
        self.question = question
        self.transport = transport
        self.client = client

    @property
    def id(self) -> int:
        """The number of the message, which its answer must have."""
        return int.from_bytes(self.line[:2], "big")

    @property
    def name(self) -> str:
        """The same as ``argument``."""
        return self.question.name

    @property
    def type(self) -> str:
        """The name of the type that is asked for, whatever the opcode."""
        return self.question.type

    @property
    def edns(self) -> EDNS | None:
        """Size and flags of EDNS; None for a question without it."""
        return self.question.edns

    @property
    def problem(self) -> str:
        """What is wrong with the message, or ""."""
        return self.question.problem

    @property
    def recursion_desired(self) -> bool:
        """The RD flag."""
        return bool(self.question.flags & RD)

    @cached_property
    def message(self) -> Any:
        """All of it, as a ``dnslib.DNSRecord``. Raises ``dnslib.DNSError`` if dnslib cannot read
        it."""
        from dnslib import DNSRecord

        return DNSRecord.parse(self.line)

    def __repr__(self) -> str:
        words = f"{self.verb or 'broken message'} {self.argument}".strip()
        return f"<Query {words} ({self.transport}, connection {self.connection})>"


def is_response(packet: bytes) -> bool:
    """Whether QR is set: nothing that is answered (RFC 1035 section 4.1.1)."""
    return len(packet) > 2 and bool(packet[2] << 8 & QR)
