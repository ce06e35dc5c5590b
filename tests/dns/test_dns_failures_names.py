"""Failures found in the wild, 43 to 50: chains of aliases, and names that are odd. Each is a script
of at most three lines, with what dnspython makes of it, and the standard library (through
FakeResolver, which has the ways of glibc).

The numbers are those of the project's collection.
"""

import itertools
import socket
from collections.abc import Callable
from typing import NamedTuple

import dns.flags
import dns.name
import dns.resolver
import pytest
from dns_wire import question, rcode, read, texts

from fakefarm import FakeDNS, FakeResolver

NONAME = socket.EAI_NONAME
NODATA = getattr(socket, "EAI_NODATA", NONAME)  # macOS has it not
WWW = "www.example.com"
V4, V6 = "192.0.2.1", "2001:db8::1"  # its addresses in the fixture `zone`

NXDOMAIN, NoAnswer = dns.resolver.NXDOMAIN, dns.resolver.NoAnswer
NoNameservers = dns.resolver.NoNameservers
GOOD: tuple[list[str], ...] = ([V4, V6], [V4], [V6])
UNUSABLE = (NONAME, NODATA, NONAME)  # glibc's answers of two libraries


def chain(fake: FakeDNS, length: int) -> None:
    """So many aliases from a.example.com to www.example.com."""
    names = ["a.example.com", *[f"c{i}.example.com" for i in range(length - 1)], WWW]
    for name, target in itertools.pairwise(names):
        fake.add(name, "CNAME", target)


class Failure(NamedTuple):
    number: int
    name: str
    script: Callable[[FakeDNS], object]  # a.example.com is asked for
    answers: int  # records in the answer to A
    dnspython: type[Exception] | list[str]
    lookup: tuple[int | list[str], ...]  # EAI_, or the addresses: AF_UNSPEC, AF_INET, AF_INET6


# fmt: off
FAILURES = [Failure(*row) for row in [
    (43, "an alias", lambda d: d.add("a.example.com", "CNAME", WWW), 2, [V4], GOOD),
    (43, "15 aliases", lambda d: chain(d, 15), 16, [V4], GOOD),
    (43, "17 aliases, too many for dnspython", lambda d: chain(d, 17), 18, NoNameservers, GOOD),
    (43, "an alias, and its target not sent along",
     lambda d: d.add("a.example.com", "CNAME", "www.example.net"), 1, NoAnswer, UNUSABLE),
    (44, "an alias of itself",
     lambda d: d.add("a.example.com", "CNAME", "a.example.com"), 1, NoNameservers, UNUSABLE),
    (44, "two aliases of each other",
     lambda d: (d.add("a.example.com", "CNAME", "b.example.com"),
                d.add("b.example.com", "CNAME", "a.example.com")), 2, NoNameservers, UNUSABLE),
    (44, "two aliases of one name",
     lambda d: d.on("*").respond(("CNAME", "x.test"), ("CNAME", "y.test")), 2, NoAnswer, UNUSABLE),
    (45, "an alias that leads nowhere",
     lambda d: d.add("a.example.com", "CNAME", "nope.example.com"),
     1, NXDOMAIN, (NONAME, NONAME, NONAME)),
    (46, "an alias of a name without an address",
     lambda d: d.add("a.example.com", "CNAME", "example.com"), 1, NoAnswer, UNUSABLE),
    (46, "an alias, and no SOA behind it",
     lambda d: d.on("*").respond(("CNAME", "example.com")), 1, NoAnswer, UNUSABLE),
]]
# fmt: on
for_each = pytest.mark.parametrize("failure", FAILURES, ids=lambda row: f"{row.number} {row.name}")


@pytest.fixture
def resolver(zone: FakeDNS) -> dns.resolver.Resolver:
    return FakeResolver(zone, timeout=5).dnspython()


@for_each
def test_wire(zone, tcp, failure) -> None:
    failure.script(zone)
    answer = tcp(zone).ask(question("a.example.com"))
    assert int.from_bytes(answer[6:8], "big") == failure.answers
    assert rcode(answer) == ("NXDOMAIN" if failure.dnspython is NXDOMAIN else "NOERROR")


@for_each
def test_dnspython(zone, resolver, failure) -> None:
    failure.script(zone)
    if isinstance(failure.dnspython, list):
        answer = resolver.resolve("a.example.com")
        assert [rr.address for rr in answer] == failure.dnspython
        assert answer.canonical_name == dns.name.from_text(WWW)
    else:
        with pytest.raises(failure.dnspython):
            resolver.resolve("a.example.com")


@for_each
@pytest.mark.parametrize("family", ["AF_UNSPEC", "AF_INET", "AF_INET6"])
def test_standard_library(zone, failure, family) -> None:
    failure.script(zone)
    wanted = failure.lookup[["AF_UNSPEC", "AF_INET", "AF_INET6"].index(family)]
    kind = getattr(socket, family), socket.SOCK_STREAM
    with FakeResolver(zone, timeout=5):
        if isinstance(wanted, list):
            found = socket.getaddrinfo("a.example.com", 80, *kind, flags=socket.AI_CANONNAME)
            assert [address[0] for *_, address in found] == wanted
            assert found[0][3] == WWW
        else:
            with pytest.raises(socket.gaierror) as error:
                socket.getaddrinfo("a.example.com", 80, *kind)
            assert error.value.errno == wanted


def test_43_the_names_on_the_way(zone) -> None:
    chain(zone, 3)
    with FakeResolver(zone):
        name, aliases, addresses = socket.gethostbyname_ex("a.example.com")
    assert (name, addresses) == (WWW, [V4])
    assert aliases == ["a.example.com", "c0.example.com", "c1.example.com"]


def test_43_what_dnspython_says_of_a_chain(zone, resolver) -> None:
    chain(zone, 17)
    with pytest.raises(NoNameservers, match="chain is too long"):
        resolver.resolve("a.example.com")


# --- 47: names that are never asked for

LABEL, NAME = "x" * 64 + ".example.com", ".".join(["x" * 60] * 5)
NEVER_ASKED = {
    "an empty label": ("foo..bar", dns.name.EmptyLabel, UnicodeError),
    "a label that is too long": (LABEL, dns.name.LabelTooLong, UnicodeError),
    "a name that is too long": (NAME, dns.name.NameTooLong, socket.gaierror),
    "a leading dot": (".example.com", dns.name.EmptyLabel, UnicodeError),
}


@pytest.mark.parametrize(
    ("name", "error", "_"), NEVER_ASKED.values(), ids=[f"47 {name}" for name in NEVER_ASKED]
)
def test_names_that_dnspython_never_asks_for(zone, resolver, name, error, _) -> None:
    with pytest.raises(error):
        resolver.resolve(name)
    assert zone.queries == []


@pytest.mark.parametrize("function", ["getaddrinfo", "gethostbyname", "gethostbyname_ex"])
@pytest.mark.parametrize(
    ("name", "_", "error"), NEVER_ASKED.values(), ids=[f"47 {name}" for name in NEVER_ASKED]
)
def test_names_that_the_library_never_asks_for(zone, function, name, _, error) -> None:
    arguments = (name, 80) if function == "getaddrinfo" else (name,)
    with FakeResolver(zone, strict=False, timeout=5), pytest.raises(error):
        getattr(socket, function)(*arguments)
    assert zone.queries == []


@pytest.mark.parametrize("name", ["foo..bar", LABEL])
def test_47_connect_says_so_otherwise(zone, name) -> None:
    looking = FakeResolver(zone, strict=False)
    with looking, socket.socket() as sock, pytest.raises(socket.gaierror) as error:
        sock.connect((name, 80))
    assert error.value.errno == NONAME
    assert zone.queries == []


def test_47_names_with_other_letters_are_asked_for_in_ascii(zone, resolver) -> None:
    zone.add("bücher.example.com", "A", "192.0.2.7")
    assert [rr.address for rr in resolver.resolve("bücher.example.com")] == ["192.0.2.7"]
    with FakeResolver(zone):
        assert socket.gethostbyname("bücher.example.com") == "192.0.2.7"
    assert [query.name for query in zone.queries] == ["xn--bcher-kva.example.com"] * 2


# --- 48 to 50


def test_48_an_address_of_the_link(zone, resolver) -> None:
    """fe80::1 says nothing without an interface, which the DNS has no room for."""
    zone.add("link.example.com", "AAAA", "fe80::1")
    assert [rr.address for rr in resolver.resolve("link.example.com", "AAAA")] == ["fe80::1"]
    with FakeResolver(zone):
        found = socket.getaddrinfo("link.example.com", 80, 0, socket.SOCK_STREAM)
    assert [address for *_, address in found] == [("fe80::1", 80, 0, 0)]


MANY = [f"10.0.{i // 256}.{i % 256}" for i in range(2000)]


@pytest.mark.parametrize("count", [25, 300, 2000])
def test_49_many_addresses(zone, resolver, count) -> None:
    """None is lost, in as many bytes as it takes: up to 32,000 over TCP here."""
    zone.add("many.example.com", "A", *MANY[:count])
    assert [rr.address for rr in resolver.resolve("many.example.com")] == MANY[:count]
    with FakeResolver(zone, timeout=5):
        assert socket.gethostbyname_ex("many.example.com")[2] == MANY[:count]
    # CPython's gethostbyname_ex looks twice, and each of the three comes again if it must.
    assert len(zone.queries) == (3 if count == 25 else 6)


def test_49_more_than_a_message_holds(zone, tcp) -> None:
    zone.add("many.example.com", "TXT", *[f"{i:0250}" for i in range(300)])
    answer = tcp(zone).ask(question("many.example.com", "TXT"))
    assert 65000 < len(answer) <= 65535
    assert read(answer).flags & dns.flags.TC


def test_50_localhost_is_not_asked_for(zone, resolver) -> None:
    """The system knows it; dnspython asks, and nobody serves it (dnspython#821)."""
    with FakeResolver(zone):
        assert socket.gethostbyname("localhost") == "127.0.0.1"
    assert zone.queries == []
    with pytest.raises(NoNameservers, match="REFUSED"):
        resolver.resolve("localhost")
    zone.on("*", "localhost").rcode("NXDOMAIN")
    with pytest.raises(NXDOMAIN):
        resolver.resolve("localhost")


def test_50_a_server_of_names_below_localhost(zone, udp) -> None:
    zone.add("localhost", "A", "127.0.0.1")
    assert texts(read(udp(zone).ask(question("localhost"))).answer) == ["localhost A 127.0.0.1"]
    assert rcode(udp(zone).ask(question("a.localhost"))) == "NXDOMAIN"


def test_names_in_any_case(zone, udp, resolver) -> None:
    """Who mixes cases to make forging harder sees his own spelling again."""
    answer = udp(zone).ask(question("wWw.ExAmPlE.CoM"))
    assert b"\3wWw\7ExAmPlE\3CoM\0" in answer
    assert [rr.address for rr in resolver.resolve("WWW.EXAMPLE.COM")] == [V4]
