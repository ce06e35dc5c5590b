"""What the tests of FakePOP3 share: a raw client, and a fake that is checked at the end."""

from collections.abc import Callable, Iterator

import pytest
from raw_client import RawClient, connecting

from fakefarm import FakePOP3


class Raw(RawClient):
    """A client that sends lines and reads answers, and nothing else."""

    def say(self, line: str | bytes) -> bytes:
        """Send a line; the line that answers it."""
        self.send_line(line)
        return self.line()

    def ask(self, line: str | bytes) -> tuple[bytes, bytes]:
        """Send a line; the status line, and the body as it is on the wire."""
        return self.say(line), self.body()

    def body(self) -> bytes:
        """The lines up to the final dot, stuffed, without it: CRLF alone ends a line here."""
        lines = [b"\r\n", self.line()]
        while not (lines[-1] == b".\r\n" and lines[-2].endswith(b"\r\n")):
            assert lines[-1], f"ended in the middle of {lines[-5:]}"
            lines.append(self.line())
        return b"".join(lines[1:-1])

    def statuses(self, *lines: str | bytes) -> list[str]:
        """Send lines that have one line as their answer; the first words of the answers."""
        return [self.say(line).split()[0].decode() for line in lines]


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Connects: ``raw(fake)`` is a client that was greeted, and logged in unless ``user=""``."""
    with connecting(Raw) as dial:

        def connect(fake: FakePOP3, user: str = "ann", greeted: bool = True) -> Raw:
            client = dial(fake.address)
            if greeted:
                assert client.line().startswith(b"+OK ")
                if user:
                    assert client.statuses(f"USER {user}", "PASS secret") == ["+OK", "+OK"]
            return client

        yield connect


@pytest.fixture
def pop3() -> Iterator[FakePOP3]:
    """A started fake; what went wrong in it fails the test."""
    with FakePOP3() as fake:
        yield fake


@pytest.fixture
def filled(pop3: FakePOP3) -> FakePOP3:
    """The same with three messages."""
    for text in (
        "Subject: one\n\nfirst\n",
        "Subject: two\n\n.\n..x\n\nend\n",
        "Subject: three\n\n",
    ):
        pop3.mailbox.add(text)
    return pop3
