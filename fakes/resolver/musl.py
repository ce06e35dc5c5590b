"""How musl 1.2.3 asks and judges, where it differs from glibc: src/network/res_msend.c,
lookup_name.c, dns_parse.c and getnameinfo.c.

It asks until all is answered or the time is over, takes no code but NOERROR and NXDOMAIN for an
answer, never asks over TCP, and looks neither at the question nor at the owners of records.
"""

from __future__ import annotations

import _socket
import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence

from . import message
from .errors import EAI_AGAIN, EAI_NONAME, HOST_NOT_FOUND, TRY_AGAIN
from .errors import MUSL as WORDS
from .library import Forward, Reverse
from .message import AAAA, HEADER, NOERROR, NXDOMAIN, PTR, RECORD, SERVFAIL, A, Malformed, Question
from .stub import LARGEST, Server, number

__all__ = ["REVERSE_FAILS", "WORDS", "forward", "may_ask", "reverse"]

REVERSE_FAILS = False  # the name is then the address as text
SHORTEST = 4  # bytes of a packet that is looked at
REPEATS = 2  # times that a question is sent again at once after a SERVFAIL

Take = Callable[[int, int, int], None]


# --- asking


def may_ask(name: bytes, family: int) -> bool:
    """It asks for anything that a packet can carry."""
    return True


def ask(server: Server, asked: Sequence[Question]) -> list[bytes]:
    """The answer to each question, b"" where none came. ``timeout`` is the time for all of it, in
    which a question that is open is sent ``attempts`` times."""
    answers = [b""] * len(asked)
    begun = time.monotonic()
    with contextlib.closing(server.socket(socket.SOCK_DGRAM)) as sock:
        for attempt in range(1, server.attempts + 1):
            for each, answer in zip(asked, answers, strict=True):
                if not answer:
                    sock.sendto(each.packet, server.address)
            end = begun + server.timeout * attempt / server.attempts
            receive(sock, server, asked, answers, end)
            if all(answers):
                break
    return answers


def receive(
    sock: _socket.socket,
    server: Server,
    asked: Sequence[Question],
    answers: list[bytes],
    deadline: float,
) -> None:
    """Take the answers that come in time."""
    repeats = REPEATS * len(asked)
    for packet in packets(sock, server, deadline):
        code = packet[3] & 0xF
        for place, each in enumerate(asked):
            if packet[:2] != each.packet[:2] or answers[place]:
                continue
            if code in (NOERROR, NXDOMAIN):
                answers[place] = packet
            elif code == SERVFAIL and repeats:
                repeats -= 1
                sock.sendto(each.packet, server.address)
        if all(answers):
            return


def packets(sock: _socket.socket, server: Server, deadline: float) -> Iterator[bytes]:
    """What comes from the server until a moment."""
    while (left := deadline - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            packet, sender = sock.recvfrom(LARGEST)
        except TimeoutError:
            return
        except ConnectionError:  # some systems tell here that nobody listens; musl waits
            continue
        if len(packet) >= SHORTEST and sender[:2] == server.address:
            yield packet


# --- judging


def forward(server: Server, name: list[bytes], family: int, mapped: str = "") -> Forward:
    """The addresses of a name. A family that fails fails both."""
    of_one: dict[int, tuple[int, ...]] = {socket.AF_INET: (A,), socket.AF_INET6: (AAAA,)}
    types = (A, AAAA) if mapped else of_one.get(family, (A, AAAA))
    answers = ask(server, [message.question(number(), name, type) for type in types])
    for answer in answers:
        if not answer:
            return Forward(EAI_AGAIN, errno=TRY_AGAIN)
        if answer[3] & 0xF == NXDOMAIN:
            return Forward(EAI_NONAME, errno=HOST_NOT_FOUND)
    reader = Reader(".".join(label.decode("ascii", "surrogateescape") for label in name))
    for answer in answers:
        parse(answer, reader.forward(answer))
    addresses = reader.addresses
    if mapped:
        there = [address for address in addresses if ":" in address]
        v4 = [f"::ffff:{address}" for address in addresses if ":" not in address]
        addresses = there + v4 if mapped == "all" or not there else there
    if not addresses:
        return Forward(EAI_NONAME, errno=HOST_NOT_FOUND)
    return Forward(0, tuple(addresses), reader.owner, tuple(reader.aliases))


def reverse(server: Server, name: list[bytes]) -> Reverse:
    """The last name of an address. Whatever is wrong, there is none."""
    (answer,) = ask(server, [message.question(number(), name, PTR)])
    reader = Reader("")
    parse(answer, reader.reverse(answer))
    return Reverse(reader.owner)


def parse(packet: bytes, take: Take) -> None:
    """Go through the records of an answer: ``take(type, place of the data, size)``, until a record
    is not whole, or ``take`` raises Malformed. A record that lacks its last bytes, up to ten, is
    whole to musl, which has a wrong bound there."""
    if len(packet) < HEADER.size or packet[3] & 0xF:
        return
    questions, answers = HEADER.unpack_from(packet)[2:4]
    at = HEADER.size
    try:
        for _ in range(questions):
            at = message.read_name(packet, at)[1] + 4
        for _ in range(answers):
            _, at = message.read_name(packet, at)
            if at + RECORD.size > len(packet):
                return
            type, _, _, size = RECORD.unpack_from(packet, at)
            if at + size > len(packet):
                return
            at += RECORD.size
            take(type, at, size)
            at += size
    except Malformed:
        return


class Reader:
    """What the records of the answers said so far."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.aliases: list[str] = []
        self.addresses: list[str] = []

    def forward(self, packet: bytes) -> Take:
        """Takes addresses of both families, and aliases, from ``packet``."""

        def take(type: int, at: int, size: int) -> None:
            if type == message.CNAME:
                self.follow(message.read_name(packet, at)[0])
            elif type in message.SIZES:
                if size != message.SIZES[type]:
                    raise Malformed
                data = packet[at : at + size].ljust(size, b"\0")
                self.addresses.append(socket.inet_ntop(message.FAMILIES[type], data))

        return take

    def follow(self, labels: list[bytes]) -> None:
        """An alias; one that is no name of a host is passed over."""
        with contextlib.suppress(Malformed):
            name = message.text(labels)
            self.aliases.append(self.owner)
            self.owner = name

    def reverse(self, packet: bytes) -> Take:
        """Takes the name that comes last in ``packet``."""

        def take(type: int, at: int, size: int) -> None:
            if type == PTR:
                labels, _ = message.read_name(packet, at)
                self.owner = b".".join(labels).partition(b"\0")[0].decode("ascii", "replace")

        return take
