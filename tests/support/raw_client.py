"""A client that sends bytes and reads bytes and hides nothing of the wire: what the tests of every
protocol verify faults with. The conftest of a protocol adds how its answers are read."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

PATIENCE = 5  # seconds, so that nothing can hang; nothing in the tests takes long

R = TypeVar("R", bound="RawClient")


class RawClient:
    """One connection. ``address`` is host and port."""

    def __init__(self, address: tuple[Any, ...]) -> None:
        self.sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self.sock.settimeout(PATIENCE)
        self.buffer = bytearray()  # what came and is not read yet
        self.was_reset = False  # before connect() returned, which an RST can be fast enough for
        try:
            self.sock.connect(address)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except ConnectionResetError:
            self.was_reset = True
        except BaseException:
            self.close()
            raise
        self.address = self.sock.getsockname()

    # --- sending

    def send(self, data: bytes) -> None:
        """All of ``data``, as it is."""
        self.sock.sendall(data)

    def send_line(self, line: str | bytes) -> None:
        """``line`` and CRLF."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def send_bytewise(self, data: bytes) -> None:
        """Each byte in a write of its own."""
        for i in range(len(data)):
            self.sock.sendall(data[i : i + 1])

    # --- reading

    def line(self) -> bytes:
        """The next line, its end included; what there is of it where the connection ends."""
        return self.up_to(b"\n")

    def up_to(self, end: bytes) -> bytes:
        """All up to ``end``, included; what there is where the connection ends."""
        while end not in self.buffer:
            if not self._more():
                return self._take(len(self.buffer))
        return self._take(self.buffer.index(end) + len(end))

    def exactly(self, size: int) -> bytes:
        """So many bytes; fewer where the connection ends."""
        while len(self.buffer) < size and self._more():
            pass
        return self._take(min(size, len(self.buffer)))

    def rest(self) -> tuple[bytes, str]:
        """All that still comes, and how it ends: ``"fin"`` or ``"rst"``."""
        try:
            while self._more():  # what came before an RST that connect() told of is still there
                pass
        except ConnectionResetError:
            self.was_reset = True
        return self._take(len(self.buffer)), "rst" if self.was_reset else "fin"

    def is_silent(self, seconds: float = 0.05) -> bool:
        """Whether nothing comes for so long, and no end either."""
        return not self.buffer and not select.select([self.sock], [], [], seconds)[0]

    def segments(self) -> int:
        """How many segments with data have come so far, however late they were read: of Linux's
        ``tcp_info``, and 0 where there is none."""
        if sys.platform != "linux":
            return 0
        info = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return int.from_bytes(info[152:156], sys.byteorder)  # tcpi_data_segs_in

    # --- leaving

    def half_close(self) -> None:
        """End our side with FIN and go on reading."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Leave with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Leave. Idempotent."""
        self.sock.close()

    def _more(self) -> bytes:
        data = self.sock.recv(65536)
        self.buffer += data
        return data

    def _take(self, size: int) -> bytes:
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data


@contextlib.contextmanager
def connecting(kind: type[R]) -> Iterator[Callable[[tuple[Any, ...]], R]]:
    """Gives a function that connects; every client of it is closed at the end."""
    with contextlib.ExitStack() as stack:

        def connect(address: tuple[Any, ...]) -> R:
            client = kind(address)
            stack.callback(client.close)
            return client

        yield connect
