"""What the tests of FakeIMAP share: a raw client, and a fake that is checked at the end."""

import re
from collections.abc import Callable, Iterator

import pytest
from raw_client import RawClient, connecting

from fakefarm import FakeIMAP

ANNOUNCED = re.compile(rb"\{(\d+)\}\r\n\Z")


class Raw(RawClient):
    """A client that sends commands and reads answers, and nothing else."""

    def whole_line(self) -> bytes:
        """The next line with the literals in it, its end included."""
        line = self.line()
        while found := ANNOUNCED.search(line):
            line += self.exactly(int(found[1])) + self.line()
        return line

    def answer(self, tag: str = "a") -> list[bytes]:
        """Untagged lines and the tagged one that ends them, without the CRLF of each. Ends where
        the connection does."""
        lines = []
        while line := self.whole_line():
            lines.append(line.removesuffix(b"\r\n"))
            if line.startswith(tag.encode() + b" "):
                break
        return lines

    def ask(self, command: str | bytes, tag: str = "a") -> list[bytes]:
        """Send a command; its answer."""
        text = command.encode() if isinstance(command, str) else command
        self.send(tag.encode() + b" " + text + b"\r\n")
        return self.answer(tag)

    def status(self, *commands: str | bytes) -> list[str]:
        """Send commands; what each is completed with: ``"OK"``, ``"NO"``, ``"BAD"``."""
        return [self.ask(command)[-1].split()[1].decode() for command in commands]

    def append(self, arguments: str, message: bytes, plus: bool = False) -> list[bytes]:
        """Send an APPEND; its answer. The message is sent when the server asks for it."""
        size = f"{{{len(message)}{'+' if plus else ''}}}"
        self.send_line(f"a APPEND {arguments} {size}")
        if not plus:
            line = self.line()
            if not line.startswith(b"+"):
                return [line.removesuffix(b"\r\n")]
        self.send(message + b"\r\n")
        return self.answer()

    def idle(self) -> None:
        """Begin to IDLE."""
        self.send_line("i IDLE")
        assert self.line() == b"+ idling\r\n"


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Connects: ``raw(fake)`` is a client that was greeted and is logged in unless ``user=""``,
    with a mailbox selected if one is named."""
    with connecting(Raw) as connect:

        def greeted(
            fake: FakeIMAP, select: str = "", *, user: str = "ann", greeted: bool = True
        ) -> Raw:
            client = connect(fake.address)
            if greeted:
                assert client.line().startswith(b"* OK ")
                if user:
                    assert client.status(f"LOGIN {user} secret") == ["OK"]
                if select:
                    assert client.status(f"SELECT {select}") == ["OK"]
            return client

        yield greeted


@pytest.fixture
def imap() -> Iterator[FakeIMAP]:
    """A started fake; what went wrong in it fails the test."""
    with FakeIMAP() as fake:
        yield fake


@pytest.fixture
def filled(imap: FakeIMAP) -> FakeIMAP:
    """The same with three messages, the second one seen."""
    imap.mailbox.add("Subject: one\n\nfirst\n")
    imap.mailbox.add("Subject: two\n\nsecond\n", flags=["\\Seen"])
    imap.mailbox.add("Subject: three\n\nthird\n", flags=["\\Flagged", "work"])
    return imap
