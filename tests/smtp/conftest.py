"""What the tests of FakeSMTP share: a raw client, and a fake that is checked at the end."""

import socket
from collections.abc import Callable, Iterator

import pytest

from fakefarm import FakeSMTP

PATIENCE = 5  # seconds; nothing here takes long


class Raw:
    """A client that sends bytes and reads replies, and nothing else."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.sock = socket.socket()
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
        self.sock.sendall(data)

    def reply(self) -> bytes:
        """The next reply, all its lines."""
        lines = [self.lines.readline()]
        while lines[-1][3:4] == b"-":
            lines.append(self.lines.readline())
        return b"".join(lines)

    def say(self, line: str | bytes) -> bytes:
        """Send a line; its reply."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.reply()

    def codes(self, *lines: str | bytes) -> list[int]:
        """Send lines, one after the other; the codes of their replies."""
        return [int(self.say(line)[:3]) for line in lines]

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

    def close(self) -> None:
        self.lines.close()
        self.sock.close()


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Connects: ``raw(fake)`` is a client that was greeted, and said EHLO unless ``hello=""``."""
    clients: list[Raw] = []

    def connect(fake: FakeSMTP, hello: str = "EHLO client.example", greeted: bool = True) -> Raw:
        client = Raw(fake.address)
        clients.append(client)
        if greeted:
            assert client.reply().startswith(b"220 ")
            if hello:
                assert client.say(hello).startswith(b"250")
        return client

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def smtp() -> Iterator[FakeSMTP]:
    """A started fake; what went wrong in it fails the test."""
    with FakeSMTP() as fake:
        yield fake


@pytest.fixture
def lmtp() -> Iterator[FakeSMTP]:
    """The same for LMTP."""
    with FakeSMTP(lmtp=True) as fake:
        yield fake
