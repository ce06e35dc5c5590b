"""What the tests of FakeDNS share: raw clients, and a fake that is checked at the end."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from dns_wire import Datagrams, Stream
from raw_client import connecting

from fakefarm import FakeDNS


@pytest.fixture
def fake() -> Iterator[FakeDNS]:
    """A started fake; what went wrong in it fails the test."""
    with FakeDNS() as fake:
        yield fake


@pytest.fixture
def unchecked() -> Iterator[FakeDNS]:
    """A started fake in which something goes wrong: the test asks it with ``verify()``."""
    fake = FakeDNS().start()
    yield fake
    fake.stop()


@pytest.fixture
def zone(fake: FakeDNS) -> FakeDNS:
    """The same with a few hosts."""
    fake.add_host("www.example.com", "192.0.2.1")
    fake.add("www.example.com", "AAAA", "2001:db8::1")
    fake.add("example.com", "MX", "10 mail.example.com")
    return fake


@pytest.fixture
def udp() -> Iterator[Callable[[FakeDNS], Datagrams]]:
    """``udp(fake)`` is a client; every one is closed at the end."""
    with contextlib.ExitStack() as stack:

        def client(fake: FakeDNS) -> Datagrams:
            datagrams = Datagrams(fake)
            stack.callback(datagrams.close)
            return datagrams

        yield client


@pytest.fixture
def tcp() -> Iterator[Callable[[FakeDNS], Stream]]:
    """``tcp(fake)`` is a connected client; every one is closed at the end."""
    with connecting(Stream) as dial:
        yield lambda fake: dial(fake.address)
