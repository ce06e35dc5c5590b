"""A fake, and a client that hides nothing of what is on the wire."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from raw_client import RawClient, connecting

from fakefarm import FakeHTTP


class HTTPClient(RawClient):
    """A bare socket that can write a plain request and read a plain answer."""

    def ask(
        self, target: str = "/", method: str = "GET", body: bytes = b"", **headers: str
    ) -> None:
        """A plain request; `_` in the name of a header is a dash."""
        lines = [f"{method} {target} HTTP/1.1", "Host: test"]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def read_head(self) -> bytes:
        return self.up_to(b"\r\n\r\n")

    def answer(self) -> tuple[int, bytes]:
        """Status and body of an answer with a Content-Length."""
        head = self.read_head()
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head[9:12]), self.exactly(size)


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
def connect() -> Iterator[Callable[[FakeHTTP], HTTPClient]]:
    with connecting(HTTPClient) as dial:
        yield lambda fake: dial(fake.address)


@pytest.fixture
def client(fake: FakeHTTP, connect: Any) -> HTTPClient:
    return connect(fake)
