"""Messages that answer: packing, and cutting what does not fit. dnslib packs each record."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from dnslib import RR, DNSBuffer, DNSLabel

from . import commands
from .names import Labels

HEADER = struct.Struct("!HHHHHH")
MAX_POINTER = 0x3FFF  # RFC 1035 section 4.1.4: offsets have 14 bits
MAX_MESSAGE = 65535  # bytes: the length before it on TCP has 16 bits
OUR_SIZE = 1232  # bytes that we say we take over UDP
DO = 0x8000  # RFC 3225

QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
OPCODE = 0x7800


class Buffer(DNSBuffer):  # type: ignore[misc]  # dnslib is not typed
    """dnslib's, but that it compresses where that may be done and reaches: pointers have 14 bits,
    and some types have no compressed names (RFC 3597 section 4)."""

    compresses = True
    names: dict[Labels, int]  # where each is that a pointer can lead to

    def encode_name(self, name: DNSLabel) -> None:
        """A name, compressed with those before."""
        if not self.compresses:
            self.encode_name_nocompress(name)
            return
        labels: Labels = name.label
        known = self.names
        for at in range(len(labels)):
            rest = labels[at:]
            pointer = known.get(rest)
            if pointer is not None:
                self.append(struct.pack("!H", 0xC000 | pointer))
                return
            if len(self.data) <= MAX_POINTER:
                known[rest] = len(self.data)
            self.append(bytes([len(labels[at])]) + labels[at])
        self.append(b"\0")

    def add(self, rr: RR) -> None:
        """A record."""
        self.encode_name(rr.rname)
        self.append(struct.pack("!HHIH", rr.rtype, rr.rclass, rr.ttl, 0))
        start = len(self.data)
        self.compresses = rr.rtype in commands.COMPRESSED
        rr.rdata.pack(self)
        self.compresses = True
        struct.pack_into("!H", self.data, start - 2, len(self.data) - start)

    def cut(self, size: int) -> None:
        """Forget what stands behind the first ``size`` bytes."""
        del self.data[size:]
        self.offset = size
        self.names = {name: at for name, at in self.names.items() if at < size}


@dataclass
class Message:
    """An answer, to be packed. ``flags`` are the sixteen bits without the code."""

    id: int = 0
    flags: int = QR
    rcode: int = 0
    question: bytes = b""  # as it was asked, name, type and class
    question_name: Labels | None = None
    answer: list[RR] = field(default_factory=list)
    authority: list[RR] = field(default_factory=list)
    additional: list[RR] = field(default_factory=list)
    edns: int | None = None  # the flags of an OPT record; None: there is none

    def pack(self, limit: int = MAX_MESSAGE) -> bytes:
        """The bytes. Records that do not fit into ``limit`` are left out, and TC says so, unless
        they are additional only (RFC 2181 section 9)."""
        buffer = Buffer(bytes(12))
        if self.question:
            self._ask(buffer)
        room = limit - (11 if self._has_opt else 0)
        counts, cut = [], False
        for section in (self.answer, self.authority, self.additional):
            count = 0 if cut else _fill(buffer, section, room)
            counts.append(count)
            cut = cut or count < len(section)
        lost = counts[:2] != [len(self.answer), len(self.authority)]
        if self._has_opt:
            self._append_opt(buffer)
            counts[2] += 1
        flags = self.flags | (TC if lost else 0) | (self.rcode & 15)
        data = buffer.data
        HEADER.pack_into(data, 0, self.id, flags, 1 if self.question else 0, *counts)
        return bytes(data)

    def _ask(self, buffer: Buffer) -> None:
        """The question as it was asked, letter by letter; names that follow point to it."""
        at = 12
        name = self.question_name or ()
        for i in range(len(name)):
            buffer.names[name[i:]] = at
            at += 1 + len(name[i])
        buffer.append(self.question)

    @property
    def _has_opt(self) -> bool:
        return self.edns is not None or self.rcode > 15

    def _append_opt(self, buffer: Buffer) -> None:
        ttl = (self.rcode >> 4) << 24 | (self.edns or 0)
        buffer.append(struct.pack("!BHHIH", 0, commands.OPT, OUR_SIZE, ttl, 0))


def _fill(buffer: Buffer, section: Iterable[RR], room: int) -> int:
    """Pack records as long as they fit; how many did."""
    count = 0
    for rr in section:
        before = len(buffer.data)
        buffer.add(rr)
        if len(buffer.data) > room:
            buffer.cut(before)
            break
        count += 1
    return count
