"""What the tests of FakeSMTP share: a raw client, and a fake that is checked at the end."""

from collections.abc import Callable, Iterator

import pytest
from raw_client import RawClient, connecting

from fakefarm import FakeSMTP


class Raw(RawClient):
    """A client that sends lines and reads replies, and nothing else."""

    def reply(self) -> bytes:
        """The next reply, all its lines."""
        lines = [self.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.line())
        return b"".join(lines)

    def say(self, line: str | bytes) -> bytes:
        """Send a line; its reply."""
        self.send_line(line)
        return self.reply()

    def codes(self, *lines: str | bytes) -> list[int]:
        """Send lines, one after the other; the codes of their replies."""
        return [int(self.say(line)[:3]) for line in lines]


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Connects: ``raw(fake)`` is a client that was greeted, and said EHLO unless ``hello=""``."""
    with connecting(Raw) as dial:

        def connect(
            fake: FakeSMTP, hello: str = "EHLO client.example", greeted: bool = True
        ) -> Raw:
            client = dial(fake.address)
            if greeted:
                assert client.reply().startswith(b"220 ")
                if hello:
                    assert client.say(hello).startswith(b"250")
            return client

        yield connect


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
