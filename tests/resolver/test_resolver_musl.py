"""The flavour ``libc="musl"``: the row that name_lookups has for musl 1.2.3."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import FakeDNS, FakeResolver

Arrange = Callable[[FakeDNS, str, str, str], object]
Outcome = Callable[..., Any]
Resolving = Callable[..., FakeResolver]

WAIT = 0.2  # seconds
NONAME = (socket.gaierror, socket.EAI_NONAME, "Name does not resolve")
AGAIN = (socket.gaierror, socket.EAI_AGAIN, "Try again")
V4, V6 = "192.0.2.1", "2001:db8::1"
AGAIN_KINDS = ("servfail", "refused", "formerr", "notimp", "rcode 6", "dropped", "wrong id")


def addresses(name: str, family: int = 0) -> list[str]:
    return [info[4][0] for info in socket.getaddrinfo(name, 80, family, socket.SOCK_STREAM)]


@pytest.fixture
def musl(resolving: Resolving) -> FakeResolver:
    return resolving(libc="musl", timeout=WAIT)


@pytest.mark.parametrize(
    ("what", "expected", "waits"),
    [
        ("ok", [V4, V6], False),
        ("alias", [V4, V6], False),
        ("nxdomain", NONAME, False),
        ("nodata", NONAME, False),
        *((what, AGAIN, True) for what in AGAIN_KINDS),
        ("garbage", AGAIN, True),  # other bytes than the id's
        ("cut", ["192.0.0.0"], False),  # what lacks ten bytes at most is taken for whole
        ("wrong owner", [V4, V6], False),
        ("wrong question", [V4, V6], False),
        ("qr 0", [V4, V6], False),
        ("bad rdlength", NONAME, False),
        ("rdlength beyond", NONAME, False),
        ("cname loop", NONAME, False),
        ("cname to nodata", NONAME, False),
        ("dangling cname", NONAME, False),
        ("tc", NONAME, False),  # never over TCP
        ("lame", NONAME, False),
    ],
)
def test_names(
    dns: FakeDNS,
    musl: FakeResolver,
    arrange: Arrange,
    outcome: Outcome,
    what: str,
    expected: Any,
    waits: bool,
) -> None:
    for type in ("A", "AAAA"):
        arrange(dns, type, "asked.example.com", what)
    begun = time.monotonic()
    assert outcome(addresses, "asked.example.com") == expected
    assert (time.monotonic() - begun >= WAIT) is waits
    assert {query.transport for query in dns.queries} == {"udp"}


@pytest.mark.parametrize(
    ("a", "aaaa", "expected"),
    [
        ("nxdomain", "ok", NONAME),
        ("ok", "nxdomain", NONAME),
        ("servfail", "ok", AGAIN),
        ("ok", "servfail", AGAIN),
        ("ok", "dropped", AGAIN),
        ("dropped", "ok", AGAIN),
        ("nodata", "ok", [V6]),
        ("ok", "nodata", [V4]),
    ],
)
def test_a_family_that_fails_fails_both(
    dns: FakeDNS,
    musl: FakeResolver,
    arrange: Arrange,
    outcome: Outcome,
    a: str,
    aaaa: str,
    expected: Any,
) -> None:
    arrange(dns, "A", "asked.example.com", a)
    arrange(dns, "AAAA", "asked.example.com", aaaa)
    assert outcome(addresses, "asked.example.com") == expected


def test_it_asks_again_in_the_time_that_it_has(dns: FakeDNS, musl: FakeResolver) -> None:
    dns.on("A", "asked.example.com").ignore().once()
    dns.add("asked.example.com", "A", V4)
    assert socket.gethostbyname("asked.example.com") == V4
    assert [query.type for query in dns.queries] == ["A", "A"]


def test_it_repeats_a_question_at_once_after_servfail(dns: FakeDNS, musl: FakeResolver) -> None:
    dns.add("asked.example.com", "A", V4)
    lasted = []
    for _ in range(5):  # a busy machine may be slow each time, and hardly all of them
        dns.on("A", "asked.example.com").rcode("SERVFAIL").once()
        begun = time.monotonic()
        assert socket.gethostbyname("asked.example.com") == V4
        lasted.append(time.monotonic() - begun)
    assert min(lasted) < WAIT / 2


@pytest.mark.parametrize("what", ["nxdomain", "nodata", "servfail", "dropped"])
def test_addresses_without_a_name_are_their_own(
    dns: FakeDNS, musl: FakeResolver, arrange: Arrange, outcome: Outcome, what: str
) -> None:
    arrange(dns, "PTR", "1.100.51.198.in-addr.arpa", what)
    assert socket.gethostbyaddr("198.51.100.1") == ("198.51.100.1", [], ["198.51.100.1"])
    assert socket.getnameinfo(("198.51.100.1", 25), 0) == ("198.51.100.1", "smtp")
    required = outcome(socket.getnameinfo, ("198.51.100.1", 25), socket.NI_NAMEREQD)
    assert required == NONAME


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("ok", "host.example.com"),
        ("two", "second.example.com"),
        ("hostile dash", "-dash.example.com"),
    ],
)
def test_the_last_name_of_an_address_counts(
    dns: FakeDNS, musl: FakeResolver, arrange: Arrange, what: str, name: str
) -> None:
    arrange(dns, "PTR", "1.100.51.198.in-addr.arpa", what)
    assert socket.gethostbyaddr("198.51.100.1") == (name, [], ["198.51.100.1"])


def test_mapped_addresses(dns: FakeDNS, musl: FakeResolver) -> None:
    def mapped(name: str, flags: int) -> list[str]:
        infos = socket.getaddrinfo(name, 80, socket.AF_INET6, socket.SOCK_STREAM, 0, flags)
        return [info[4][0] for info in infos]

    assert mapped("v4.example.com", socket.AI_V4MAPPED) == ["::ffff:192.0.2.4"]
    assert mapped("mail.example.com", socket.AI_V4MAPPED) == [V6]
    both = mapped("mail.example.com", socket.AI_V4MAPPED | socket.AI_ALL)
    assert both == [V6, "::ffff:192.0.2.1"]


def test_odd_characters_are_asked_for(dns: FakeDNS, musl: FakeResolver) -> None:
    dns.add("a\\032b.example.com", "A", V4)
    assert socket.gethostbyname("a b.example.com") == V4


def test_nobody_listens(dns: FakeDNS, musl: FakeResolver, outcome: Outcome) -> None:
    dns.stop()
    assert outcome(addresses, "mail.example.com") == AGAIN
    assert outcome(socket.gethostbyname_ex, "mail.example.com") == AGAIN
