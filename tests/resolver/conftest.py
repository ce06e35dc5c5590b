"""What the tests of FakeResolver share: a zone, what can happen to a question, and the outcome of a
lookup as a value that can be compared."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakefarm import FakeDNS, FakeResolver

Arrange = Callable[[FakeDNS, str, str, str], object]
Outcome = Callable[..., Any]
Resolving = Callable[..., FakeResolver]

GOOD = {"A": "192.0.2.1", "AAAA": "2001:db8::1", "PTR": "host.example.com"}


def within(name: str) -> int:
    """An offset two bytes behind the beginning of the data of a first record, behind a header, the
    question and the fixed fields."""
    return 12 + len(name) + 2 + 4 + 2 + 10 + 2


# What happens to a question of a type for a name; each takes the rule for it, and the name. Without
# a rule there is a good record.
RULES: dict[str, Callable[[Any, str], object]] = {
    "nxdomain": lambda rule, name: rule.rcode("NXDOMAIN"),
    "nxdomain, no soa": lambda rule, name: rule.rcode("NXDOMAIN", soa=False),
    "nodata": lambda rule, name: rule.rcode("NOERROR"),
    "nodata, no soa": lambda rule, name: rule.respond(),
    "servfail": lambda rule, name: rule.rcode("SERVFAIL"),
    "refused": lambda rule, name: rule.rcode("REFUSED"),
    "notimp": lambda rule, name: rule.rcode("NOTIMP"),
    "formerr": lambda rule, name: rule.rcode("FORMERR"),
    "rcode 6": lambda rule, name: rule.rcode(6),
    "dropped": lambda rule, name: rule.ignore(),
    "wrong id": lambda rule, name: rule.wrong_id(),
    "wrong question": lambda rule, name: rule.wrong_question(),
    "no question": lambda rule, name: rule.no_question(),
    "garbage": lambda rule, name: rule.raw(b"garbage"),
    "echo": lambda rule, name: rule.raw(lambda query: query.line),
    "qr 0": lambda rule, name: rule.not_a_response(),
    "cut": lambda rule, name: rule.truncate(after=within(name)),
    "bad rdlength": lambda rule, name: rule.bad_rdlength(3),
    "rdlength beyond": lambda rule, name: rule.bad_rdlength(),
    "cname loop": lambda rule, name: rule.respond(
        ("CNAME", "loop.example.com"), ("loop.example.com", "CNAME", name)
    ),
    "cname to nodata": lambda rule, name: rule.respond(("CNAME", "nothing.example.com")),
    "wrong owner": lambda rule, name: rule.other_owner("other.example.com"),
    "dangling cname": lambda rule, name: rule.respond(
        ("CNAME", "nothing.example.com"), rcode="NXDOMAIN"
    ),
    "tc": lambda rule, name: rule.truncate(),
    "lame": lambda rule, name: rule.respond().flags(aa=False),
    "hostile dash": lambda rule, name: rule.respond("-dash.example.com"),
    "hostile markup": lambda rule, name: rule.respond("<x>.example.com"),
    "hostile space": lambda rule, name: rule.respond("a\\032b.example.com"),
    "hostile nul": lambda rule, name: rule.respond("a\\000b.example.com"),
    "root": lambda rule, name: rule.respond("."),
    "under_score": lambda rule, name: rule.respond("under_score.example.com"),
    "two": lambda rule, name: rule.respond("host.example.com", "second.example.com"),
    "no address": lambda rule, name: rule.respond("without.example.com"),
    "rfc 2317": lambda rule, name: rule.respond(
        ("CNAME", "1.0-25.2.0.192.in-addr.arpa"),
        ("1.0-25.2.0.192.in-addr.arpa", "PTR", "host.example.com"),
    ),
}


@pytest.fixture
def arrange() -> Arrange:
    """Has something happen to the questions of one type for a name, ``"ok"`` among it."""

    def arrange(dns: FakeDNS, type: str, name: str, what: str) -> None:
        dns.add(name, type, GOOD[type])
        if what == "tc, tcp closed":
            dns.on(type, name).truncate()
            dns.on(type, name, transport="tcp").close()
        elif what == "alias":
            dns.on(type, name).respond(
                ("CNAME", "target.example.com"), ("target.example.com", type, GOOD[type])
            )
        elif what != "ok":
            RULES[what](dns.on(type, name), name)

    return arrange


@pytest.fixture
def dns() -> Iterator[FakeDNS]:
    """A started fake DNS with a zone; rules that never fire are not its tests' matter."""
    with FakeDNS(strict=False) as fake:
        fake.add_zone("example.com")
        fake.add_host("mail.example.com", "192.0.2.1")
        fake.add_host("mail.example.com", "2001:db8::1")
        fake.add_host("v4.example.com", "192.0.2.4")
        fake.add_host("v6.example.com", "2001:db8::6")
        fake.add_host("here.example.com", "127.0.0.1")
        fake.add("www.example.com", "CNAME", "mail.example.com")
        fake.add_host("nameless.example.com", "192.0.2.99", reverse=False)
        yield fake


@pytest.fixture
def resolving(dns: FakeDNS) -> Iterator[Resolving]:
    """Makes the resolver that is active until the test ends: ``resolving(libc="musl")``."""
    made: list[FakeResolver] = []

    def start(**arguments: Any) -> FakeResolver:
        made.append(FakeResolver(dns, **arguments).start())
        return made[-1]

    yield start
    for resolver in reversed(made):
        resolver.stop()
        resolver.verify()


@pytest.fixture
def resolver(resolving: Resolving) -> FakeResolver:
    """An active resolver."""
    return resolving()


@pytest.fixture
def outcome() -> Outcome:
    """What a call returns, or the class and the arguments of what it raises."""

    def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (OSError, UnicodeError, TypeError) as error:
            return type(error), *error.args

    return outcome


@pytest.fixture
def connected() -> Iterator[Callable[..., socket.socket]]:
    """Makes sockets that are closed at the end: ``connected(family, kind)``."""
    made: list[socket.socket] = []

    def make(family: int = socket.AF_INET, kind: int = socket.SOCK_DGRAM) -> socket.socket:
        made.append(socket.socket(family, kind))
        made[-1].settimeout(5)
        return made[-1]

    yield make
    for sock in made:
        sock.close()
