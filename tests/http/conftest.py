"""A fake, and a client that hides nothing of what is on the wire."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakefarm import FakeHTTP

TIMEOUT = 5  # seconds, so that nothing can hang


class RawClient:
    """A bare socket that tells a FIN from an RST."""

    def __init__(self, fake: FakeHTTP) -> None:
        self.socket = socket.create_connection(fake.address, timeout=TIMEOUT)
        self.buffer = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_bytewise(self, data: bytes) -> None:
        """Each byte in a write of its own."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(data)):
            self.socket.sendall(data[i : i + 1])

    def ask(
        self, target: str = "/", method: str = "GET", body: bytes = b"", **headers: str
    ) -> None:
        """A plain request; `_` in the name of a header is a dash."""
        lines = [f"{method} {target} HTTP/1.1", "Host: test"]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def read(self, size: int) -> bytes:
        while len(self.buffer) < size:
            self._more()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_to(self, end: bytes) -> bytes:
        while end not in self.buffer:
            self._more()
        return self.read(self.buffer.index(end) + len(end))

    def read_head(self) -> bytes:
        return self.read_to(b"\r\n\r\n")

    def answer(self) -> tuple[int, bytes]:
        """Status and body of an answer with a Content-Length."""
        head = self.read_head()
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head[9:12]), self.read(size)

    def read_all(self) -> tuple[bytes, str]:
        """Everything to the end, and how that is: `fin` or `rst`."""
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return self.buffer, "rst"
            if not data:
                return self.buffer, "fin"
            self.buffer += data

    def is_silent(self, seconds: float = 0.1) -> bool:
        """Whether nothing comes, and no end either."""
        self.socket.settimeout(seconds)
        try:
            self.buffer += self.socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(TIMEOUT)
        return False

    def shut(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.socket.close()

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(self.buffer)
        self.buffer += data


@pytest.fixture
def fake() -> Iterator[FakeHTTP]:
    """Verified when the test is over."""
    with FakeHTTP() as fake:
        yield fake


@pytest.fixture
def lenient() -> Iterator[FakeHTTP]:
    """Does not mind requests without a rule; what goes wrong inside it fails the test."""
    with FakeHTTP(strict=False) as fake:
        yield fake


@pytest.fixture
def connect() -> Iterator[Callable[[FakeHTTP], RawClient]]:
    with contextlib.ExitStack() as stack:

        def connect(fake: FakeHTTP) -> RawClient:
            return stack.enter_context(contextlib.closing(RawClient(fake)))

        yield connect


@pytest.fixture
def client(fake: FakeHTTP, connect: Any) -> RawClient:
    return connect(fake)
