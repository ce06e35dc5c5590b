"""A client that sends bytes and reads bytes and hides nothing of the wire: what the tests of every
protocol verify faults with. The conftest of a protocol adds how its answers are read."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

PATIENCE = 5  # seconds; nothing in the tests takes long

R = TypeVar("R", bound="RawClient")


class RawClient:
    """One connection. ``address`` is host and port."""

    def __init__(self, address: tuple[Any, ...]) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.sock = socket.socket(family)
        self.sock.settimeout(PATIENCE)
        self.lines = self.sock.makefile("rb")
        self.was_reset = False
        try:
            self.sock.connect(address)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except ConnectionResetError:  # an RST may be faster than connect(2)
            self.was_reset = True
        except BaseException:
            self.close()
            raise

    def send(self, data: bytes) -> None:
        """All of ``data``, as it is."""
        self.sock.sendall(data)

    def send_line(self, line: str | bytes) -> None:
        """``line`` and CRLF."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def line(self) -> bytes:
        """The next line, its end included; what there is of it where the connection ends."""
        return self.lines.readline()

    def exactly(self, size: int) -> bytes:
        """So many bytes; fewer where the connection ends."""
        return self.lines.read(size)

    def rest(self) -> tuple[bytes, str]:
        """All that still comes, and how it ends: "fin" or "rst"."""
        data = b""
        if self.was_reset:
            return data, "rst"
        try:
            while piece := self.lines.read1():
                data += piece
        except ConnectionResetError:
            return data, "rst"
        return data, "fin"

    def half_close(self) -> None:
        """End our side with FIN and go on reading."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Leave with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Leave. Idempotent."""
        self.lines.close()
        self.sock.close()


@contextlib.contextmanager
def connecting(kind: type[R]) -> Iterator[Callable[[tuple[Any, ...]], R]]:
    """Gives a function that connects; every client of it is closed at the end."""
    with contextlib.ExitStack() as stack:

        def connect(address: tuple[Any, ...]) -> R:
            client = kind(address)
            stack.callback(client.close)
            return client

        yield connect
