"""DNS messages (RFC 1035 section 4) as the stub resolvers of C libraries write and judge them.

A codec would not do: what a resolver makes of a packet that is cut, or answers for another owner,
is not what a codec says of it. Two judges are here, one a C library; each looks at as much of a
packet as that library does, and at no more.
"""

from __future__ import annotations

import enum
import socket
import struct
from dataclasses import dataclass

from .names import MAX_NAME, is_host_name

HEADER = struct.Struct("!6H")
RECORD = struct.Struct("!HHIH")  # type, class, ttl, length of the data

A, CNAME, PTR, AAAA, IN = 1, 5, 12, 28, 1
FAMILIES = {A: socket.AF_INET, AAAA: socket.AF_INET6}
SIZES = {A: 4, AAAA: 16}  # octets of an address

QR, AA, TC, RD, RA = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080
NOERROR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = 0, 2, 3, 4, 5
# Of these glibc tries the next server, and the same one again at the next attempt.
FAILURES = (SERVFAIL, NOTIMP, REFUSED)

HOPS = 128  # compression pointers that are followed in one name


class Kind(enum.Enum):
    """What became of a question."""

    ANSWERED = enum.auto()  # with at least one record that was asked for
    NXDOMAIN = enum.auto()
    NODATA = enum.auto()
    FAILED = enum.auto()  # SERVFAIL, REFUSED, NOTIMP, or nobody listens
    ERROR = enum.auto()  # any other code
    UNUSABLE = enum.auto()  # records, and none that was asked for: an alias that leads nowhere
    MALFORMED = enum.auto()  # the same, because a record is not whole or no name of a host
    SILENT = enum.auto()  # no answer, or none to this question
    GARBAGE = enum.auto()  # fewer bytes than a header has
    TRUNCATED = enum.auto()  # TC: ask again over TCP
    CUT_OFF = enum.auto()  # asked over TCP, which ended before the answer did


@dataclass(frozen=True)
class Reply:
    """What became of a question. ``data`` are addresses or names; ``owner`` is the name that has
    them, ``aliases`` those that led to it."""

    kind: Kind
    data: tuple[str, ...] = ()
    owner: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question as it is on the wire."""

    id: int
    type: int
    labels: tuple[bytes, ...]
    packet: bytes


class Malformed(Exception):
    """A packet ends where it must not."""


def question(number: int, name: list[bytes], type: int) -> Question:
    """A question with recursion desired and without EDNS, as both libraries ask."""
    wire = b"".join(bytes([len(label)]) + label for label in name) + b"\0"
    packet = HEADER.pack(number, RD, 1, 0, 0, 0) + wire + struct.pack("!HH", type, IN)
    return Question(number, type, tuple(name), packet)


def read_name(packet: bytes, at: int) -> tuple[list[bytes], int]:
    """The labels of a name, and where it ends. Raises Malformed."""
    found: list[bytes] = []
    end, size = 0, 0
    for _ in range(HOPS + MAX_NAME):
        if at >= len(packet):
            raise Malformed
        length = packet[at]
        if length >= 0xC0:
            if at + 1 >= len(packet):
                raise Malformed
            end = end or at + 2
            at = (length & 0x3F) << 8 | packet[at + 1]
            continue
        at += 1
        size += length + 1
        if length > 63 or at + length > len(packet) or size > MAX_NAME:
            raise Malformed
        if not length:
            return found, end or at
        found.append(packet[at : at + length])
        at += length
    raise Malformed


def text(name: list[bytes]) -> str:
    """A name of a host as text; the root is ``"."``. Raises Malformed for what is none."""
    joined = b".".join(name) or b"."
    if not is_host_name(joined) or any(b"." in label for label in name):
        raise Malformed
    return joined.decode("ascii")


def is_reply_to(packet: bytes, asked: Question) -> bool:
    """Whether glibc takes it for one: the id, and the same question, or one that it cannot read. QR
    does not matter to it."""
    number, _, questions, *_ = HEADER.unpack_from(packet)
    if number != asked.id or questions != 1:
        return False
    try:
        name, at = read_name(packet, HEADER.size)
    except Malformed:
        return True
    if [label.lower() for label in name] != [label.lower() for label in asked.labels]:
        return False
    return packet[at : at + 4] == struct.pack("!HH", asked.type, IN)


def judge(packet: bytes, asked: Question, over_tcp: bool = False) -> Reply:
    """What glibc makes of a reply to ``asked``."""
    _, flags, _, answers, _, additional = HEADER.unpack_from(packet)
    rcode = flags & 0xF
    lame = not answers and not flags & (AA | RA) and not additional
    if rcode in FAILURES or (rcode == NOERROR and lame and not over_tcp):
        return Reply(Kind.FAILED)
    if flags & TC and not over_tcp:
        return Reply(Kind.TRUNCATED)
    if rcode == NXDOMAIN:
        return Reply(Kind.NXDOMAIN)
    if rcode != NOERROR:
        return Reply(Kind.ERROR)
    if not answers:
        return Reply(Kind.NODATA)
    return _Reader(packet, asked).read(answers)


class _Reader:
    """Goes through the records of an answer, from alias to alias."""

    def __init__(self, packet: bytes, asked: Question) -> None:
        self.packet = packet
        self.asked = asked
        self.owner = [label.lower() for label in asked.labels]
        self.name = ""
        self.aliases: list[str] = []
        self.data: list[str] = []

    def read(self, answers: int) -> Reply:
        kind = Kind.UNUSABLE
        try:
            _, at = read_name(self.packet, HEADER.size)
            at += 4
            for _ in range(answers):
                at = self.record(at)
        except Malformed:
            kind = Kind.MALFORMED  # what was read before it does not count, but the first name
        if self.data and (kind is not Kind.MALFORMED or self.asked.type == PTR):
            kind = Kind.ANSWERED
        return Reply(kind, tuple(self.data), self.name, tuple(self.aliases))

    def record(self, at: int) -> int:
        """Read one; where the next one begins."""
        owner, at = read_name(self.packet, at)
        if len(self.packet) < at + RECORD.size:
            raise Malformed
        type, of_class, _, size = RECORD.unpack_from(self.packet, at)
        at += RECORD.size
        if len(self.packet) < at + size:
            raise Malformed
        if of_class == IN and [label.lower() for label in owner] == self.owner:
            if type == CNAME:
                self.aliases.append(text(owner))
                target, _ = read_name(self.packet, at)
                self.name = text(target)
                self.owner = [label.lower() for label in target]
            elif type == self.asked.type:
                self.take(type, at, size, owner)
        return at + int(size)

    def take(self, type: int, at: int, size: int, owner: list[bytes]) -> None:
        if type == PTR:
            self.data.append(text(read_name(self.packet, at)[0]))
        elif size == SIZES[type]:
            self.name = text(owner)
            self.data.append(socket.inet_ntop(FAMILIES[type], self.packet[at : at + size]))
