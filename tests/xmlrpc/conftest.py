"""A fake with two functions, the standard library's client, and one that hides nothing."""

import xmlrpc.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from raw_client import RawClient, connecting

from fakefarm import FakeXMLRPC


class Raw(RawClient):
    """A bare socket that can write a call and read an answer."""

    def post(self, body: bytes, path: str = "/RPC2", **headers: str) -> None:
        """A POST with that body; `_` in the name of a header is a dash."""
        lines = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def call(self, method: str, *arguments: Any, path: str = "/RPC2") -> None:
        """A call as xmlrpc.client writes it."""
        self.post(xmlrpc.client.dumps(arguments, method, allow_none=True).encode(), path)

    def answer(self) -> tuple[int, bytes]:
        """Status and body of an answer with a Content-Length."""
        head = self.up_to(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return int(head[9:12]), self.exactly(size)

    def outcome(self) -> Any:
        """The value of an answer with the status 200, or the fault as (code, text)."""
        status, body = self.answer()
        assert status == 200
        try:
            return xmlrpc.client.loads(body)[0][0]
        except xmlrpc.client.Fault as fault:
            return fault.faultCode, fault.faultString


def furnish(fake: FakeXMLRPC) -> FakeXMLRPC:
    """Two functions, and the list that one of them leaves its trace in."""
    fake.register(lambda a, b: a + b, "add")
    fake.register(fake.__dict__.setdefault("stored", []).append, "store")
    return fake


@pytest.fixture
def fake() -> Iterator[FakeXMLRPC]:
    """Verified when the test is over."""
    with FakeXMLRPC(allow_none=True) as fake:
        yield furnish(fake)


@pytest.fixture
def proxy(fake: FakeXMLRPC) -> Iterator[xmlrpc.client.ServerProxy]:
    with xmlrpc.client.ServerProxy(fake.url, allow_none=True) as proxy:
        yield proxy


@pytest.fixture
def connect() -> Iterator[Callable[[FakeXMLRPC], Raw]]:
    with connecting(Raw) as dial:
        yield lambda fake: dial(fake.address)


@pytest.fixture
def raw(fake: FakeXMLRPC, connect: Any) -> Raw:
    return connect(fake)
