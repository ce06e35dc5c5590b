"""How glibc asks: its stub resolver (resolv/res_send.c of 2.36), as it is on the wire.

Questions leave together, from one connected UDP socket. A packet that is no answer to any of them
is passed over and waited on; one that is too short for a header ends the attempt. Silence ends it
after ``timeout`` seconds; an answer that comes in the next attempt still counts.

Each lookup starts afresh: glibc remembers for the rest of a thread's life that a server once
answered one of two questions, which would make tests depend on each other.
"""

from __future__ import annotations

import _socket
import contextlib
import os
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass

from .message import HEADER, Kind, Question, Reply, is_reply_to, judge, question

LARGEST = 65535  # bytes of a datagram
FAILED = Reply(Kind.FAILED)
SILENT = Reply(Kind.SILENT)
GARBAGE = Reply(Kind.GARBAGE)
CUT_OFF = Reply(Kind.CUT_OFF)
NEXT_ATTEMPT = (Kind.FAILED, Kind.SILENT, Kind.GARBAGE)

Replies = list[Reply]


@dataclass(frozen=True)
class Server:
    """Where to ask, how long to wait for an answer, and how often to try."""

    address: tuple[str, int]
    timeout: float
    attempts: int

    def socket(self, kind: int) -> _socket.socket:
        """A socket of the plain class, which nothing redirects."""
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        return _socket.socket(family, kind)


def ask(server: Server, name: list[bytes], types: Sequence[int]) -> Replies:
    """Ask for one or two types of a name. What became of each."""
    asked = [question(number(), name, type) for type in types]
    replies: Replies = []
    with contextlib.closing(Datagrams(server)) as datagrams:
        for _ in range(server.attempts):
            replies = datagrams.ask(asked)
            kinds = {reply.kind for reply in replies}
            if Kind.TRUNCATED in kinds:
                return over_tcp(server, asked)
            if Kind.GARBAGE in kinds or kinds.issubset(NEXT_ATTEMPT):
                continue
            if Kind.SILENT in kinds:
                return one_by_one(datagrams, asked, replies)
            break
    return replies


def number() -> int:
    """An id, from no source of chance that a test may have seeded."""
    return int.from_bytes(os.urandom(2), "big")


class Datagrams:
    """Asks over UDP, from the same port for as long as the server does not fail."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._sock: _socket.socket | None = None

    def ask(self, asked: Sequence[Question]) -> Replies:
        """Send questions at once, and wait until all are answered or the time is over."""
        try:
            sock = self._connected()
            for each in asked:
                sock.send(each.packet)
            replies = receive(sock, asked, time.monotonic() + self.server.timeout)
        except ConnectionRefusedError:  # nobody listens
            replies = [FAILED] * len(asked)
        if FAILED in replies or GARBAGE in replies:
            self.close()
        return replies

    def _connected(self) -> _socket.socket:
        if self._sock is None:
            self._sock = self.server.socket(socket.SOCK_DGRAM)
            self._sock.connect(self.server.address)
        return self._sock

    def close(self) -> None:
        """Give up the port. Idempotent."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()


def receive(sock: _socket.socket, asked: Sequence[Question], deadline: float) -> Replies:
    """The replies to the questions that come in time."""
    replies = [SILENT] * len(asked)
    while SILENT in replies and (left := deadline - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            packet = sock.recv(LARGEST)
        except TimeoutError:
            break
        if len(packet) < HEADER.size:
            return [GARBAGE] * len(asked)
        for place, each in enumerate(asked):
            if replies[place] is SILENT and is_reply_to(packet, each):
                replies[place] = judge(packet, each)
                break
        if any(reply.kind is Kind.TRUNCATED for reply in replies):
            break
    return replies


def one_by_one(datagrams: Datagrams, asked: Sequence[Question], replies: Replies) -> Replies:
    """The server answered one of two questions: it may be one that cannot bear two at a time. Each
    is asked when the one before it is answered; then once more, from another port."""
    for _ in range(2):
        for place, each in enumerate(asked):
            (replies[place],) = datagrams.ask([each])
            kind = replies[place].kind
            if kind is Kind.TRUNCATED:
                return over_tcp(datagrams.server, asked)
            if kind is Kind.GARBAGE:
                return [GARBAGE] * len(asked)
            if kind is Kind.SILENT:
                datagrams.close()
                break
        else:
            break
    return replies


def over_tcp(server: Server, asked: Sequence[Question]) -> Replies:
    """Ask all of it over one TCP connection. Where glibc would wait for ever for the server, this
    waits as long as for all its attempts together."""
    replies = [CUT_OFF] * len(asked)
    deadline = time.monotonic() + server.timeout * server.attempts
    sock = server.socket(socket.SOCK_STREAM)
    with contextlib.closing(sock), contextlib.suppress(OSError):
        sock.settimeout(server.timeout)
        try:
            sock.connect(server.address)
        except ConnectionRefusedError:  # nobody listens
            return [FAILED] * len(asked)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(b"".join(prefixed(each.packet) for each in asked))
        while CUT_OFF in replies:
            packet = exactly(sock, int.from_bytes(exactly(sock, 2, deadline), "big"), deadline)
            if len(packet) < HEADER.size:
                break
            for place, each in enumerate(asked):
                if HEADER.unpack_from(packet)[0] == each.id and replies[place] is CUT_OFF:
                    replies[place] = judge(packet, each, over_tcp=True)
                    break
    return replies


def prefixed(packet: bytes) -> bytes:
    """A message as a stream carries it (RFC 1035 section 4.2.2)."""
    return struct.pack("!H", len(packet)) + packet


def exactly(sock: _socket.socket, size: int, deadline: float) -> bytes:
    """So many bytes. Raises OSError when the connection ends first, or the time."""
    data = b""
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        more = sock.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data
