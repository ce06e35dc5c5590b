"""What lookups raise, row by row: which function, which answer on the wire, which error."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from fakefarm import FakeDNS, FakeResolver

Arrange = Callable[[FakeDNS, str, str, str], object]
Outcome = Callable[..., Any]
Resolving = Callable[..., FakeResolver]

NODATA = getattr(socket, "EAI_NODATA", socket.EAI_NONAME)  # not everywhere
STREAM = socket.SOCK_STREAM
INET, INET6 = socket.AF_INET, socket.AF_INET6
SHORT = 0.05  # seconds of a timeout that is waited for

NONAME = (socket.gaierror, socket.EAI_NONAME, "Name or service not known")
NO_ADDRESS = (socket.gaierror, NODATA, "No address associated with hostname")
AGAIN = (socket.gaierror, socket.EAI_AGAIN, "Temporary failure in name resolution")
H_STALE = (socket.herror, 0, "Resolver Error 0 (no error)")
H_UNKNOWN = (socket.herror, 1, "Unknown host")
H_AGAIN = (socket.herror, 2, "Host name lookup failure")
H_ERROR = (socket.herror, 3, "Unknown server error")
H_NO_DATA = (socket.herror, 4, "No address associated with name")

V4, V6 = ("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)
NUMERIC = ("198.51.100.1", "smtp")
GOOD_NAME = ("host.example.com", "smtp")


class Row(NamedTuple):
    """What is on the wire, and what comes of it; None: it is not told."""

    what: str
    unspec: Any
    inet: Any
    inet6: Any
    by_name: Any = None
    by_address: Any = None
    nameinfo: Any = None
    required: Any = None
    waits: bool = False


TABLE = [
    Row("nxdomain", NONAME, NONAME, NONAME, NONAME, H_UNKNOWN, NUMERIC, NONAME),
    Row("nxdomain, no soa", NONAME, NONAME, NONAME, NONAME, H_UNKNOWN, NUMERIC, NONAME),
    Row("nodata", *[NO_ADDRESS] * 4, H_NO_DATA, NUMERIC, NONAME),
    Row("nodata, no soa", *[NO_ADDRESS] * 4, H_NO_DATA, NUMERIC, NONAME),
    Row("servfail", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN),
    Row("refused", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN),
    Row("notimp", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN),
    Row("formerr", *[NONAME] * 4, H_ERROR, NUMERIC, NONAME),
    Row("rcode 6", *[NONAME] * 4, H_ERROR, NUMERIC, NONAME),
    Row("dropped", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN, waits=True),
    Row("wrong id", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN, waits=True),
    Row("wrong question", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN, waits=True),
    Row("no question", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN, waits=True),
    Row("garbage", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN),
    # QR=0: the question itself comes back. An answer that lacks nothing but QR is one to glibc.
    Row("echo", *[AGAIN] * 4, H_AGAIN, AGAIN, AGAIN),
    Row("qr 0", [V4, V6], [V4], [V6], V4[0], ("host.example.com",), GOOD_NAME, GOOD_NAME),
    Row("cut", NONAME, NO_ADDRESS, NONAME, NO_ADDRESS),
    Row("bad rdlength", NONAME, NO_ADDRESS, NONAME, NO_ADDRESS),
    Row("rdlength beyond", NONAME, NO_ADDRESS, NONAME, NO_ADDRESS),
    Row("cname loop", NONAME, NO_ADDRESS, NONAME, NO_ADDRESS),
    Row("cname to nodata", NONAME, NO_ADDRESS, NONAME, NO_ADDRESS),
    Row("wrong owner", NONAME, NO_ADDRESS, NONAME, NO_ADDRESS),
    Row("tc, tcp closed", AGAIN, NONAME, AGAIN, NONAME),
    Row("tc", [V4, V6], [V4], [V6], V4[0], ("host.example.com",), GOOD_NAME, GOOD_NAME),
    Row("dangling cname", NONAME, NONAME, NONAME, NONAME),
]

CALLS: dict[str, Callable[[str], Any]] = {
    "unspec": lambda name: addresses(name, 0),
    "inet": lambda name: addresses(name, INET),
    "inet6": lambda name: addresses(name, INET6),
    "by_name": lambda name: socket.gethostbyname(name),
}


def addresses(name: str, family: int) -> list[Any]:
    """The socket addresses of a name."""
    return [info[4] for info in socket.getaddrinfo(name, 80, family, STREAM)]


def cells() -> Iterator[Any]:
    """Each column of each row on its own."""
    for row in TABLE:
        for column in ("unspec", "inet", "inet6", "by_name", "by_address", "nameinfo", "required"):
            expected = getattr(row, column)
            if expected is not None:
                yield pytest.param(row, column, expected, id=f"{row.what}-{column}")


@pytest.mark.parametrize(("row", "column", "expected"), list(cells()))
def test_a_row(
    dns: FakeDNS,
    resolving: Resolving,
    arrange: Arrange,
    outcome: Outcome,
    row: Row,
    column: str,
    expected: Any,
) -> None:
    resolving(timeout=SHORT if row.waits else 1)
    name, address = "asked.example.com", "198.51.100.1"
    arrange(dns, "A", name, row.what)
    arrange(dns, "AAAA", name, row.what)
    arrange(dns, "PTR", "1.100.51.198.in-addr.arpa", row.what)
    begun = time.monotonic()
    if column in CALLS:
        got = outcome(CALLS[column], name)
    elif column == "by_address":
        got = outcome(socket.gethostbyaddr, address)
    else:
        flags = socket.NI_NAMEREQD if column == "required" else 0
        got = outcome(socket.getnameinfo, (address, 25), flags)
    taken = time.monotonic() - begun
    if expected == ("host.example.com",):
        expected = ("host.example.com", [], [address])
    assert got == expected
    assert taken >= 2 * SHORT if row.waits else taken < 1


@pytest.mark.parametrize("row", TABLE, ids=[row.what for row in TABLE])
def test_gethostbyname_ex_and_connect_fail_as_gethostbyname_does(
    dns: FakeDNS,
    resolving: Resolving,
    arrange: Arrange,
    outcome: Outcome,
    connected: Callable[..., socket.socket],
    row: Row,
) -> None:
    resolving(timeout=SHORT if row.waits else 1)
    arrange(dns, "A", "asked.example.com", row.what)
    ok = row.by_name == V4[0]
    listed = outcome(socket.gethostbyname_ex, "asked.example.com")
    assert listed == (("asked.example.com", [], [V4[0]]) if ok else row.by_name)
    sock = connected()
    reached = outcome(sock.connect, ("asked.example.com", 9))
    assert (sock.getpeername()[0] if ok else reached) == row.by_name


# --- one family, two families


@pytest.mark.parametrize(
    ("name", "family", "expected"),
    [
        ("v4.example.com", INET6, NO_ADDRESS),
        ("v6.example.com", INET, NO_ADDRESS),
        ("v4.example.com", 0, [("192.0.2.4", 80)]),
        ("v6.example.com", 0, [("2001:db8::6", 80, 0, 0)]),
    ],
)
def test_a_name_of_one_family(
    resolver: FakeResolver, outcome: Outcome, name: str, family: int, expected: Any
) -> None:
    assert outcome(addresses, name, family) == expected


@pytest.mark.parametrize(
    ("a", "aaaa", "expected"),
    [
        ("servfail", "ok", [V6]),
        ("ok", "servfail", [V4]),
        ("nxdomain", "ok", [V6]),
        ("ok", "nxdomain", [V4]),
        ("nodata", "servfail", NO_ADDRESS),
        ("nxdomain", "servfail", NONAME),
    ],
)
def test_one_family_that_fails_does_not_fail_both(
    dns: FakeDNS,
    resolver: FakeResolver,
    arrange: Arrange,
    outcome: Outcome,
    a: str,
    aaaa: str,
    expected: Any,
) -> None:
    arrange(dns, "A", "asked.example.com", a)
    arrange(dns, "AAAA", "asked.example.com", aaaa)
    assert outcome(addresses, "asked.example.com", 0) == expected


def test_aaaa_is_dropped(
    dns: FakeDNS, resolving: Resolving, arrange: Arrange, outcome: Outcome
) -> None:
    resolving(timeout=0.3)
    arrange(dns, "A", "asked.example.com", "ok")
    arrange(dns, "AAAA", "asked.example.com", "dropped")
    begun = time.monotonic()
    assert outcome(addresses, "asked.example.com", 0) == [V4]
    assert time.monotonic() - begun >= 3 * 0.3
    begun = time.monotonic()
    assert outcome(addresses, "asked.example.com", INET) == [V4]
    assert time.monotonic() - begun < 3 * 0.3


def test_a_is_dropped(
    dns: FakeDNS, resolving: Resolving, arrange: Arrange, outcome: Outcome
) -> None:
    resolving(timeout=0.3)
    arrange(dns, "A", "asked.example.com", "dropped")
    arrange(dns, "AAAA", "asked.example.com", "ok")
    begun = time.monotonic()
    assert outcome(addresses, "asked.example.com", 0) == AGAIN
    assert time.monotonic() - begun >= 2 * 0.3
    assert outcome(addresses, "asked.example.com", INET) == AGAIN


def test_nobody_listens(dns: FakeDNS, resolver: FakeResolver, outcome: Outcome) -> None:
    dns.stop()
    begun = time.monotonic()
    for name, call in CALLS.items():
        assert outcome(call, "mail.example.com") == AGAIN, name
    assert outcome(socket.gethostbyaddr, "192.0.2.1") == H_AGAIN
    assert outcome(socket.getnameinfo, ("192.0.2.1", 25), 0) == AGAIN
    assert outcome(socket.getnameinfo, ("192.0.2.1", 25), socket.NI_NAMEREQD) == AGAIN
    assert time.monotonic() - begun < 2


# --- names of addresses


@pytest.mark.parametrize("what", ["hostile dash", "hostile markup", "hostile space", "hostile nul"])
def test_a_name_that_no_host_can_have(
    dns: FakeDNS, resolver: FakeResolver, arrange: Arrange, outcome: Outcome, what: str
) -> None:
    arrange(dns, "PTR", "1.100.51.198.in-addr.arpa", what)
    assert outcome(socket.gethostbyaddr, "198.51.100.1") == H_STALE
    assert outcome(socket.getnameinfo, ("198.51.100.1", 25), 0) == NUMERIC
    assert outcome(socket.getnameinfo, ("198.51.100.1", 25), socket.NI_NAMEREQD) == NONAME
    outcome(socket.gethostbyname, "nowhere.example.com")
    assert outcome(socket.gethostbyaddr, "198.51.100.1") == H_UNKNOWN  # what was left there


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("root", "."),
        ("under_score", "under_score.example.com"),
        ("two", "host.example.com"),
        ("no address", "without.example.com"),
        ("rfc 2317", "host.example.com"),
    ],
)
def test_odd_names_that_are_fine(
    dns: FakeDNS,
    resolver: FakeResolver,
    arrange: Arrange,
    outcome: Outcome,
    what: str,
    expected: str,
) -> None:
    arrange(dns, "PTR", "1.100.51.198.in-addr.arpa", what)
    assert outcome(socket.gethostbyaddr, "198.51.100.1") == (expected, [], ["198.51.100.1"])
    for flags in (0, socket.NI_NAMEREQD):
        assert outcome(socket.getnameinfo, ("198.51.100.1", 25), flags) == (expected, "smtp")


def test_gethostbyaddr_of_a_name_fails_as_the_step_that_fails(
    dns: FakeDNS, resolver: FakeResolver, outcome: Outcome
) -> None:
    assert outcome(socket.gethostbyaddr, "nowhere.example.com") == NONAME
    assert outcome(socket.gethostbyaddr, "nameless.example.com") == H_UNKNOWN
    assert outcome(socket.gethostbyaddr, "v4.example.com") == ("v4.example.com", [], ["192.0.2.4"])


@pytest.mark.parametrize("host", ["nowhere.example.com", "nameless.example.com", "192.0.2.99"])
def test_getfqdn_never_raises(resolver: FakeResolver, host: str) -> None:
    assert socket.getfqdn(host) == host


# --- literals and odd input

REFUSED_BY_IDNA = ["foo..bar", "a" * 64 + ".example.com"]
OTHER_FAMILY = getattr(socket, "EAI_ADDRFAMILY", socket.EAI_NONAME)


def test_literals(
    dns: FakeDNS,
    resolver: FakeResolver,
    outcome: Outcome,
    connected: Callable[..., socket.socket],
) -> None:
    assert outcome(socket.gethostbyname, "") == "0.0.0.0"
    assert outcome(socket.getaddrinfo, "", 80)[:2] == (socket.gaierror, socket.EAI_NONAME)
    for host, address in (("127.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1")):
        assert socket.gethostbyname(host) == address
        assert addresses(host, 0) == [(address, 80)]
    for fails in (
        outcome(socket.gethostbyname, "::1"),
        outcome(connected().connect, ("::1", 9)),
    ):
        assert fails[:2] == (socket.gaierror, OTHER_FAMILY)
    assert outcome(socket.getnameinfo, ("mail.example.com", 25), 0)[1] == socket.EAI_NONAME
    assert dns.queries == []


def test_an_address_that_is_none(
    dns: FakeDNS,
    resolver: FakeResolver,
    outcome: Outcome,
    connected: Callable[..., socket.socket],
) -> None:
    assert outcome(socket.gethostbyname, "256.1.1.1") == NONAME
    assert outcome(connected().connect, ("256.1.1.1", 9)) == NONAME
    assert dns.queries == []
    dns.add("256.1.1.1", "A", "192.0.2.1")
    assert outcome(addresses, "256.1.1.1", 0) == [V4]


@pytest.mark.parametrize("host", REFUSED_BY_IDNA)
def test_names_that_idna_refuses(
    dns: FakeDNS,
    resolver: FakeResolver,
    outcome: Outcome,
    connected: Callable[..., socket.socket],
    host: str,
) -> None:
    for call in (
        lambda: socket.getaddrinfo(host, 80),
        lambda: socket.gethostbyname(host),
        lambda: socket.gethostbyname_ex(host),
        lambda: socket.gethostbyaddr(host),
        lambda: socket.getfqdn(host),
    ):
        assert issubclass(outcome(call)[0], UnicodeError)
    assert outcome(connected().connect, (host, 9)) == NONAME
    assert dns.queries == []


def test_idn_is_in_ascii_on_the_wire(dns: FakeDNS, resolver: FakeResolver) -> None:
    dns.add("xn--bcher-kva.example.com", "A", "192.0.2.1")
    assert socket.gethostbyname("bücher.example.com") == "192.0.2.1"
    assert [query.name for query in dns.queries] == ["xn--bcher-kva.example.com"]
