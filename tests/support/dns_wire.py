"""DNS clients that send bytes and read bytes, on both transports, and how to write a question and
read an answer. Answers are read by dnspython, which has no code in common with the fake."""

import select
import socket
import struct
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
from raw_client import PATIENCE, RawClient

from fakefarm import FakeDNS

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28,
    "SRV": 33, "DNAME": 39, "OPT": 41, "DS": 43, "HTTPS": 65, "TSIG": 250, "IXFR": 251,
    "AXFR": 252, "ANY": 255, "TYPE65280": 65280,
}  # fmt: skip


def wire_name(name: str) -> bytes:
    """A name on the wire; nothing in it is special but dots."""
    labels = [label.encode("latin-1") for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def opt(size: int = 1232, version: int = 0, flags: int = 0, options: bytes = b"") -> bytes:
    """An OPT record."""
    return struct.pack("!BHHBBHH", 0, 41, size, 0, version, flags, len(options)) + options


def question(
    name: str,
    type: str = "A",
    *,
    id: int = 0x1234,
    flags: int = 0x0100,
    qclass: int = 1,
    edns: bytes = b"",
    authority: bytes = b"",
) -> bytes:
    """A message that asks; ``edns`` is an OPT record, ``authority`` one record there."""
    counts = (1, 0, 1 if authority else 0, 1 if edns else 0)
    asked = wire_name(name) + struct.pack("!HH", TYPES[type], qclass)
    return struct.pack("!HHHHHH", id, flags, *counts) + asked + authority + edns


def framed(*messages: bytes) -> bytes:
    """Messages as they are on TCP."""
    return b"".join(struct.pack("!H", len(message)) + message for message in messages)


class Datagrams:
    """A UDP client that shows the bytes and where they came from."""

    def __init__(self, fake: FakeDNS) -> None:
        self.to = fake.address
        family = socket.AF_INET6 if ":" in fake.host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.settimeout(PATIENCE)
        self.sock.bind((fake.host, 0))
        self.address = self.sock.getsockname()[:2]

    def send(self, packet: bytes) -> None:
        """One datagram."""
        self.sock.sendto(packet, self.to)

    def receive(self) -> tuple[bytes, tuple[str, int]]:
        """The next datagram, and who sent it."""
        data, peer = self.sock.recvfrom(65536)
        return data, peer[:2]

    def ask(self, packet: bytes) -> bytes:
        """The answer to a datagram."""
        self.send(packet)
        return self.receive()[0]

    def is_silent(self, seconds: float = 0.05) -> bool:
        """Whether nothing comes for so long."""
        return not select.select([self.sock], [], [], seconds)[0]

    def close(self) -> None:
        self.sock.close()


class Stream(RawClient):
    """A TCP client that shows the bytes of each message."""

    def message(self) -> bytes:
        """The next message, without the length before it."""
        return self.exactly(int.from_bytes(self.exactly(2), "big"))

    def ask(self, packet: bytes) -> bytes:
        """The message that answers."""
        self.send(framed(packet))
        return self.message()


def read(data: bytes, **options: Any) -> dns.message.Message:
    """An answer, read by dnspython."""
    return dns.message.from_wire(data, **options)


def rcode(data: bytes) -> str:
    """The code of an answer."""
    return dns.rcode.to_text(read(data).rcode())


def texts(section: list[Any]) -> list[str]:
    """The records of a section: owner, type and data."""
    return [
        f"{rrset.name.to_text(omit_final_dot=True)} "
        f"{dns.rdatatype.to_text(rrset.rdtype)} {rdata.to_text()}"
        for rrset in section
        for rdata in rrset
    ]


def answers(data: bytes) -> list[str]:
    """The data of the records of the answer section."""
    return [rdata.to_text() for rrset in read(data).answer for rdata in rrset]
