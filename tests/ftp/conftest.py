"""What the tests of FakeFTP share: a raw client with data connections, and a fake that is checked
at the end."""

import contextlib
import ftplib
import re
import socket
from collections.abc import Callable, Iterator

import pytest
from raw_client import PATIENCE, RawClient, connecting

from fakefarm import FakeFTP


class Raw(RawClient):
    """A control connection. Data connections are RawClients of their own."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address)
        self.data_connections: list[RawClient] = []

    def reply(self) -> bytes:
        """The next reply, all its lines (RFC 959 section 4.2); what came of it at an end."""
        lines = [self.line()]
        if lines[0][3:4] == b"-":
            while lines[-1][:4] != lines[0][:3] + b" " and lines[-1]:
                lines.append(self.line())
        return b"".join(lines)

    def say(self, line: str | bytes) -> bytes:
        """Send a line; the reply to it."""
        self.send_line(line)
        return self.reply()

    def codes(self, *lines: str | bytes) -> list[int]:
        """Send lines one after the other; the codes of their replies."""
        return [int(self.say(line)[:3]) for line in lines]

    def code(self) -> int:
        """That of the next reply."""
        return int(self.reply()[:3])

    # --- data connections

    def announced(self, command: str = "EPSV") -> tuple[str, int]:
        """The address that PASV or EPSV names."""
        text = self.say(command).decode()
        numbers = list(map(int, re.findall(r"\d+", text[3:])))
        if command == "EPSV":
            return self.sock.getpeername()[0], numbers[-1]
        return ".".join(map(str, numbers[:4])), numbers[4] * 256 + numbers[5]

    def passive(self, command: str = "EPSV") -> RawClient:
        """A data connection that the client opens."""
        data = RawClient(self.announced(command))
        self.data_connections.append(data)
        return data

    def active(self) -> socket.socket:
        """A socket that listens, and whose port was told by EPRT."""
        host = self.sock.getsockname()[0]
        listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        listener.settimeout(PATIENCE)
        kind = 2 if ":" in host else 1
        assert self.codes(f"EPRT |{kind}|{host}|{listener.getsockname()[1]}|") == [200]
        return listener

    def begin(self, line: str, code: int = 150) -> RawClient:
        """A passive data connection, and the command that uses it: its reply was read."""
        data = self.passive()
        assert self.codes(line) == [code]
        return data

    def fetch(self, line: str) -> tuple[bytes, str, int]:
        """What comes over the data connection, how that ends, and the code of the completion."""
        data = self.begin(line)
        return (*data.rest(), self.code())

    def store(self, line: str, content: bytes) -> int:
        """Upload; the code of the completion."""
        data = self.begin(line)
        data.send(content)
        data.close()
        return self.code()

    def close(self) -> None:
        for data in self.data_connections:
            data.close()
        super().close()


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Connects: ``raw(fake)`` is a client that was greeted, logged in (unless ``user=""``) and set
    to binary."""
    with connecting(Raw) as connect:

        def connected(fake: FakeFTP, user: str = "ann", greeted: bool = True) -> Raw:
            client = connect(fake.address)
            if greeted:
                assert client.code() == 220
                if user:
                    assert client.codes(f"USER {user}", "PASS secret", "TYPE I") == [331, 230, 200]
            return client

        yield connected


@pytest.fixture
def ftp() -> Iterator[FakeFTP]:
    """A started fake; what went wrong in it fails the test."""
    with FakeFTP() as fake:
        yield fake


@pytest.fixture
def filled(ftp: FakeFTP) -> FakeFTP:
    """The same with some files."""
    (ftp.root / "file.txt").write_bytes(b"0123456789")
    (ftp.root / "lines.txt").write_bytes(b"one\ntwo\r\nthree")
    (ftp.root / "folder").mkdir()
    (ftp.root / "folder" / "inner.bin").write_bytes(bytes(range(256)))
    return ftp


@pytest.fixture
def served(ftp: FakeFTP) -> FakeFTP:
    """The same with two files and a folder with one."""
    (ftp.root / "notes.txt").write_bytes(b"one\r\ntwo\r\n")
    (ftp.root / "data.bin").write_bytes(bytes(range(256)) * 40)
    (ftp.root / "pub").mkdir()
    (ftp.root / "pub" / "readme").write_bytes(b"read me\n")
    return ftp


@pytest.fixture
def client() -> Iterator[Callable[..., ftplib.FTP]]:
    """ftplib's: ``client(fake)`` is connected and logged in; ``login=False`` leaves that out."""
    with contextlib.ExitStack() as stack:

        def connect(
            fake: FakeFTP, timeout: float = PATIENCE, login: bool = True, encoding: str = "utf-8"
        ) -> ftplib.FTP:
            made = ftplib.FTP(timeout=timeout, encoding=encoding)
            stack.callback(made.close)
            made.connect(fake.host, fake.port)
            if login:
                made.login("ann", "secret")
            return made

        yield connect
