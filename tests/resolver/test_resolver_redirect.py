"""What is put in the place of what, when, and that it is all put back."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fakefarm import FakeDNS, FakeResolver

Outcome = Callable[..., Any]
Connected = Callable[..., socket.socket]

FUNCTIONS = [
    "getaddrinfo",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostbyaddr",
    "getnameinfo",
    "getfqdn",
]
METHODS = ["connect", "connect_ex", "bind", "sendto", "sendmsg"]


def state() -> dict[str, Any]:
    """All that could be replaced, and which class has it."""
    return {
        **{name: vars(socket)[name] for name in FUNCTIONS},
        **{name: vars(socket.socket).get(name) for name in METHODS},
    }


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = state()
    yield
    assert state() == before


@pytest.fixture
def other() -> Iterator[FakeDNS]:
    """A second zone, which has another address for the same name."""
    with FakeDNS() as fake:
        fake.add_host("v4.example.com", "198.51.100.4")
        yield fake


def asked() -> str:
    return socket.gethostbyname("v4.example.com")


# --- nested, in any order, in threads


def test_all_is_put_back_after_an_exception(dns: FakeDNS) -> None:
    before = state()
    with pytest.raises(AssertionError, match="all the same"), FakeResolver(dns):
        assert state() == before, "all the same"
    assert state() == before


def test_start_and_stop_are_idempotent(dns: FakeDNS) -> None:
    before = state()
    resolver = FakeResolver(dns)
    assert resolver.start().start() is resolver
    assert repr(resolver).endswith("active>")
    resolver.stop()
    resolver.stop()
    assert state() == before
    assert repr(resolver).endswith("not active>")


def test_it_can_be_started_again(dns: FakeDNS) -> None:
    resolver = FakeResolver(dns)
    for _ in range(2):
        with resolver:
            assert asked() == "192.0.2.4"
    assert len(resolver.lookups) == 2


def test_the_inner_one_counts_then_the_outer_one_again(dns: FakeDNS, other: FakeDNS) -> None:
    with FakeResolver(dns) as outer:
        assert asked() == "192.0.2.4"
        with FakeResolver(other) as inner:
            assert asked() == "198.51.100.4"
        assert asked() == "192.0.2.4"
    assert (len(outer.lookups), len(inner.lookups)) == (2, 1)


def test_what_the_inner_one_lets_pass_comes_to_the_outer_one(
    dns: FakeDNS, other: FakeDNS, connected: Connected
) -> None:
    with FakeResolver(dns), FakeResolver(other, unknown="pass"):
        other.remove("v4.example.com")
        other.zones.clear()
        assert asked() == "192.0.2.4"
        sock = connected()
        sock.connect(("here.example.com", 9))
        assert sock.getpeername() == ("127.0.0.1", 9)


def test_they_can_end_in_another_order(dns: FakeDNS, other: FakeDNS) -> None:
    before = state()
    first, second, third = (FakeResolver(fake) for fake in (dns, other, dns))
    for resolver in (first, second, third):
        resolver.start()
    second.stop()
    assert asked() == "192.0.2.4"
    first.stop()
    assert asked() == "192.0.2.4"
    third.stop()
    assert state() == before


def test_one_that_ended_below_another_is_asked_nothing(dns: FakeDNS, other: FakeDNS) -> None:
    first, second = FakeResolver(dns).start(), FakeResolver(other, unknown="pass").start()
    first.stop()
    assert socket.gethostbyname("localhost") == "127.0.0.1"
    second.stop()
    assert first.lookups == []


def test_what_others_put_there_is_put_back(dns: FakeDNS, monkeypatch: pytest.MonkeyPatch) -> None:
    def mine(*arguments: Any) -> str:
        return "mine"

    monkeypatch.setattr(socket, "gethostbyname", mine)
    with FakeResolver(dns):
        assert asked() == "192.0.2.4"
    assert socket.gethostbyname is mine


def test_what_others_put_on_top_stays(dns: FakeDNS) -> None:
    real = socket.gethostbyname
    with FakeResolver(dns), pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "gethostbyname", lambda name: "theirs")
        assert asked() == "theirs"
    assert socket.gethostbyname is real


def test_threads_that_overlap(dns: FakeDNS, other: FakeDNS) -> None:
    before = state()
    turn = threading.Barrier(8, timeout=10)

    def run(number: int) -> None:
        turn.wait()
        with FakeResolver(dns if number % 2 else other):
            for _ in range(5):
                assert asked() in ("192.0.2.4", "198.51.100.4")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert state() == before


def test_other_threads_are_answered_too(dns: FakeDNS) -> None:
    with FakeResolver(dns) as resolver, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: asked(), range(20)))
    assert answers == ["192.0.2.4"] * 20
    assert len(resolver.lookups) == 20


def test_h_errno_is_that_of_the_thread(dns: FakeDNS, outcome: Outcome) -> None:
    dns.on("PTR", "*").respond("-dash.example.com")
    with FakeResolver(dns), ThreadPoolExecutor(1) as pool:
        outcome(socket.gethostbyname, "nowhere.example.com")
        assert outcome(socket.gethostbyaddr, "192.0.2.4")[1] == 1
        assert pool.submit(outcome, socket.gethostbyaddr, "192.0.2.4").result()[1] == 0


# --- sockets


@pytest.fixture
def receiver(connected: Connected) -> socket.socket:
    sock = connected()
    sock.bind(("127.0.0.1", 0))
    return sock


def test_names_given_to_sockets(
    dns: FakeDNS, receiver: socket.socket, connected: Connected
) -> None:
    made_before = connected()
    there = ("here.example.com", receiver.getsockname()[1])
    with FakeResolver(dns) as resolver:
        for sock in (made_before, connected()):
            assert sock.sendto(b"two", there) == 3
            assert sock.sendto(b"three", 0, there) == 5
            assert sock.sendmsg([b"msg"], [], 0, there) == 3
            assert sock.connect_ex(there) == 0
            sock.connect(there)
            assert sock.getpeername() == receiver.getsockname()
            sock.send(b"connected")
        bound = connected()
        bound.bind(("here.example.com", 0))
        assert bound.getsockname()[0] == "127.0.0.1"
    data = [receiver.recv(100) for _ in range(8)]
    assert data == [b"two", b"three", b"msg", b"connected"] * 2
    assert [lookup.function for lookup in resolver.lookups] == [
        *["sendto", "sendto", "sendmsg", "connect_ex", "connect"] * 2,
        "bind",
    ]


def test_a_name_fails_a_socket_as_it_fails_a_function(
    dns: FakeDNS, connected: Connected, outcome: Outcome
) -> None:
    failed = (socket.gaierror, socket.EAI_NONAME, "Name or service not known")
    there = ("nowhere.example.com", 9)
    with FakeResolver(dns):
        sock = connected()
        assert outcome(sock.connect, there) == failed
        assert outcome(sock.connect_ex, there) == failed
        assert outcome(sock.bind, there) == failed
        assert outcome(sock.sendto, b"x", there) == failed
        assert outcome(sock.sendmsg, [b"x"], [], 0, there) == failed


def test_the_family_of_the_socket_is_asked_for(dns: FakeDNS, connected: Connected) -> None:
    dns.add("here.example.com", "AAAA", "::1")
    with FakeResolver(dns):
        sock = connected(socket.AF_INET6)
        sock.connect(("here.example.com", 9, 0, 0))
        assert sock.getpeername() == ("::1", 9, 0, 0)
    assert [query.type for query in dns.queries] == ["AAAA"]


def test_what_is_no_name_goes_its_way(
    dns: FakeDNS, receiver: socket.socket, connected: Connected, outcome: Outcome
) -> None:
    def all_of_it() -> list[Any]:
        sock = connected()
        return [
            outcome(sock.connect, ("127.0.0.1", receiver.getsockname()[1])),
            outcome(sock.send, b"x"),
            outcome(sock.bind, "no tuple"),
            outcome(sock.bind, ("127.0.0.1",)),
            outcome(sock.bind, (None, 0)),
            outcome(sock.connect, ("a\0b", 9)),
            outcome(sock.connect, ("b\u00fc..x", 9)),
            outcome(sock.connect),
            outcome(sock.sendto, b"x"),
            outcome(connected().bind, ("", 0)),
            outcome(connected().sendto, b"x", ("<broadcast>", 9)),
        ]

    expected = all_of_it()
    with FakeResolver(dns) as resolver:
        assert all_of_it() == expected
    assert dns.queries == []
    assert resolver.lookups == []


def test_bytes_are_names_too(dns: FakeDNS, connected: Connected) -> None:
    with FakeResolver(dns):
        sock = connected()
        sock.connect((b"here.example.com", 9))
        assert sock.getpeername() == ("127.0.0.1", 9)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no AF_UNIX")
def test_sockets_of_other_families(dns: FakeDNS, tmp_path: Any) -> None:
    with FakeResolver(dns), socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "s"))
        assert sock.getsockname() == str(tmp_path / "s")


def test_sockets_of_ssl(dns: FakeDNS, outcome: Outcome) -> None:
    context = ssl.create_default_context()
    with (
        FakeResolver(dns) as resolver,
        socket.socket() as plain,
        context.wrap_socket(plain, server_hostname="nowhere.example.com") as sock,
    ):
        failed = outcome(sock.connect, ("nowhere.example.com", 9))
    assert failed == (socket.gaierror, socket.EAI_NONAME, "Name or service not known")
    assert [lookup.function for lookup in resolver.lookups] == ["connect"]
