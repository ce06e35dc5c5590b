"""Failures found in the wild, 51 to 59: the name of an address. Each is a script of at most three
lines; the rows say what dnspython makes of it, and gethostbyaddr, getnameinfo and getfqdn of the
standard library (through FakeResolver, which has the ways of glibc).

The numbers are those of the project's collection.
"""

import socket
from collections.abc import Callable
from typing import NamedTuple

import dns.resolver
import pytest

from fakefarm import FakeDNS, FakeResolver

PATIENCE = 5.0  # seconds for what is answered
IMPATIENCE = 0.05  # seconds for what never is

AGAIN, NONAME = socket.EAI_AGAIN, socket.EAI_NONAME
# What herror says (h_errno of <netdb.h>): 1 no such host, 2 try again, 3 an error, 4 no such data.
ADDRESS, NAME = "192.0.2.1", "www.example.com"  # as in the fixture `zone`
POINTER = "1.2.0.192.in-addr.arpa"

NXDOMAIN, NoAnswer = dns.resolver.NXDOMAIN, dns.resolver.NoAnswer
NoNameservers, Timeout = dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout


class Failure(NamedTuple):
    number: int
    name: str
    script: Callable[[FakeDNS], object]
    dnspython: type[Exception] | list[str]
    by_address: int | str  # of gethostbyaddr: h_errno, or the name
    name_info: int | str  # of getnameinfo: EAI_, or the name; "" for the number
    name_required: int | str  # the same with NI_NAMEREQD


# fmt: off
FAILURES = [Failure(*row) for row in [
    (51, "no such name", lambda d: d.on("PTR").rcode("NXDOMAIN"), NXDOMAIN, 1, "", NONAME),
    (51, "no such name, naturally", lambda d: d.remove(POINTER), NXDOMAIN, 1, "", NONAME),
    (52, "no such data", lambda d: d.on("PTR").rcode("NOERROR"), NoAnswer, 4, "", NONAME),
    (52, "no such data, naturally",
     lambda d: (d.remove(POINTER), d.add(POINTER, "TXT", "x")), NoAnswer, 4, "", NONAME),
    (53, "SERVFAIL", lambda d: d.on("PTR").rcode("SERVFAIL"), NoNameservers, 2, AGAIN, AGAIN),
    (53, "REFUSED", lambda d: d.on("PTR").rcode("REFUSED"), NoNameservers, 2, AGAIN, AGAIN),
    (53, "NOTIMP", lambda d: d.on("PTR").rcode("NOTIMP"), NoNameservers, 2, AGAIN, AGAIN),
    (53, "FORMERR", lambda d: d.on("PTR").rcode("FORMERR"), NoNameservers, 3, "", NONAME),
    (54, "never answered", lambda d: d.on("PTR").ignore(), Timeout, 2, AGAIN, AGAIN),
    (54, "wrong id", lambda d: d.on("PTR").wrong_id(), Timeout, 2, AGAIN, AGAIN),
    (55, "a name without an address",
     lambda d: d.on("PTR").respond("nowhere.example.com"),
     ["nowhere.example.com."], *["nowhere.example.com"] * 3),
    (56, "two names", lambda d: d.add(POINTER, "PTR", "second.example.com"),
     ["www.example.com.", "second.example.com."], NAME, NAME, NAME),
    (57, "an alias, as in RFC 2317",
     lambda d: (d.remove(POINTER), d.add(POINTER, "CNAME", "1.0-25.2.0.192.in-addr.arpa"),
                d.add("1.0-25.2.0.192.in-addr.arpa", "PTR", NAME)),
     ["www.example.com."], NAME, NAME, NAME),
    (57, "an alias that leads nowhere",
     lambda d: (d.remove(POINTER), d.add(POINTER, "CNAME", "1.0-25.2.0.192.in-addr.arpa")),
     NXDOMAIN, 1, "", NONAME),
    (58, "a dash in front", lambda d: d.on("PTR").respond("-dash.example.com"),
     ["-dash.example.com."], 0, "", NONAME),
    (58, "markup", lambda d: d.on("PTR").respond("<script>.example.com"),
     ["<script>.example.com."], 0, "", NONAME),
    (58, "a space", lambda d: d.on("PTR").respond("a\\032b.example.com"),
     ["a\\032b.example.com."], 0, "", NONAME),
    (58, "a NUL", lambda d: d.on("PTR").respond("a\\000b.example.com"),
     ["a\\000b.example.com."], 0, "", NONAME),
    (58, "a line break", lambda d: d.on("PTR").respond("a\\013\\010b.example.com"),
     ["a\\013\\010b.example.com."], 0, "", NONAME),
    (58, "no ASCII", lambda d: d.on("PTR").respond("\\195\\169.example.com"),
     ["\\195\\169.example.com."], 0, "", NONAME),
    (58, "an underscore", lambda d: d.on("PTR").respond("under_score.example.com"),
     ["under_score.example.com."], *["under_score.example.com"] * 3),
    (58, "an address for a name", lambda d: d.on("PTR").respond("127.0.0.1"),
     ["127.0.0.1."], *["127.0.0.1"] * 3),
    (59, "the root", lambda d: d.on("PTR").respond("."), ["."], ".", ".", "."),
]]
# fmt: on
for_each = pytest.mark.parametrize("failure", FAILURES, ids=lambda row: f"{row.number} {row.name}")


@pytest.fixture
def lookups(zone: FakeDNS, failure: Failure) -> FakeResolver:
    failure.script(zone)
    timeout = IMPATIENCE if failure.number == 54 else PATIENCE
    return FakeResolver(zone, timeout=timeout, attempts=1)


@for_each
def test_dnspython(lookups, failure) -> None:
    resolver = lookups.dnspython()
    if isinstance(failure.dnspython, list):
        assert [str(rr) for rr in resolver.resolve_address(ADDRESS)] == failure.dnspython
    else:
        with pytest.raises(failure.dnspython):
            resolver.resolve_address(ADDRESS)


@for_each
def test_gethostbyaddr(lookups, failure) -> None:
    with lookups:
        if isinstance(failure.by_address, str):
            assert socket.gethostbyaddr(ADDRESS) == (failure.by_address, [], [ADDRESS])
        else:
            with pytest.raises(socket.herror) as error:
                socket.gethostbyaddr(ADDRESS)
            assert error.value.errno == failure.by_address


@for_each
@pytest.mark.parametrize("flags", [0, socket.NI_NAMEREQD], ids=["as it is", "NAMEREQD"])
def test_getnameinfo(lookups, failure, flags) -> None:
    wanted = failure.name_required if flags else failure.name_info
    with lookups:
        if isinstance(wanted, str):
            found = socket.getnameinfo((ADDRESS, 80), flags | socket.NI_NUMERICSERV)
            assert found == (wanted or ADDRESS, "80")
        else:
            with pytest.raises(socket.gaierror) as error:
                socket.getnameinfo((ADDRESS, 80), flags)
            assert error.value.errno == wanted


@for_each
def test_getfqdn_never_fails(lookups, failure) -> None:
    with lookups:
        found = socket.getfqdn(ADDRESS)
    named = isinstance(failure.by_address, str) and "." in failure.by_address
    assert found == (failure.by_address if named else ADDRESS)


def test_51_a_host_that_was_added_without_its_reverse_name(fake) -> None:
    fake.add_host("mail.example.com", "192.0.2.9", reverse=False)
    with FakeResolver(fake, timeout=PATIENCE):
        assert socket.gethostbyname("mail.example.com") == "192.0.2.9"
        with pytest.raises(socket.herror, match="Unknown host"):
            socket.gethostbyaddr("192.0.2.9")


def test_51_a_name_that_leads_to_an_address_without_a_name(fake) -> None:
    """gethostbyaddr takes names too; the error tells which of the two lookups failed."""
    fake.add_host("mail.example.com", "192.0.2.9", reverse=False)
    with FakeResolver(fake, timeout=PATIENCE):
        with pytest.raises(socket.herror):
            socket.gethostbyaddr("mail.example.com")
        with pytest.raises(socket.gaierror):
            socket.gethostbyaddr("nope.example.com")
        assert socket.getfqdn("mail.example.com") == "mail.example.com"


def test_51_the_name_of_an_address_of_ipv6(zone) -> None:
    zone.add_host("six.example.com", "2001:db8::6")
    with FakeResolver(zone, timeout=PATIENCE):
        assert socket.gethostbyaddr("2001:db8::6")[0] == "six.example.com"
        with pytest.raises(socket.herror, match="Unknown host"):
            socket.gethostbyaddr("2001:db8::7")


def test_55_the_name_does_not_lead_back(zone) -> None:
    """What a mail server looks at: the name is there, and its address is another."""
    zone.remove(POINTER)
    zone.add(POINTER, "PTR", "other.example.com")
    zone.add("other.example.com", "A", "192.0.2.77")
    with FakeResolver(zone, timeout=PATIENCE):
        name = socket.gethostbyaddr(ADDRESS)[0]
        assert socket.gethostbyname(name) != ADDRESS


def test_56_musl_takes_the_last_of_two(zone) -> None:
    zone.add(POINTER, "PTR", "second.example.com")
    with FakeResolver(zone, libc="musl"):
        assert socket.gethostbyaddr(ADDRESS)[0] == "second.example.com"


@pytest.mark.parametrize("code", ["NXDOMAIN", "SERVFAIL", "NOERROR"])
def test_51_to_53_with_musl_the_number_is_its_own_name(zone, code) -> None:
    zone.on("PTR").rcode(code)
    with FakeResolver(zone, libc="musl", timeout=IMPATIENCE, attempts=1):
        assert socket.gethostbyaddr(ADDRESS)[0] == ADDRESS
        assert socket.getnameinfo((ADDRESS, 80), socket.NI_NUMERICSERV) == (ADDRESS, "80")


def test_59_getfqdn_of_any_address(zone) -> None:
    """getfqdn("::") waited half a minute for a reverse name (cpython#100374); it is the name of
    this machine that is looked for."""
    zone.on("PTR").ignore().optional()
    with FakeResolver(zone, strict=False, timeout=IMPATIENCE, attempts=1):
        assert socket.getfqdn("::")
