"""Failures found in the wild, 1 to 20 and 42: codes and time. Each is a script of at most three
lines; the rows say what is on the wire, what dnspython makes of it, and what the standard library's
lookups make of it (through FakeResolver, which has the ways of glibc).

The numbers are those of the project's collection.
"""

import socket
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.nameserver
import dns.query
import dns.rcode
import dns.resolver
import pytest
from dns_wire import opt, question

from fakefarm import FakeDNS, FakeResolver

PATIENCE = 5.0  # seconds for what is answered
IMPATIENCE = 0.1  # seconds for what never is

NONAME, AGAIN = socket.EAI_NONAME, socket.EAI_AGAIN
NODATA = getattr(socket, "EAI_NODATA", NONAME)  # macOS has it not
WWW = "www.example.com"
V4, V6 = "192.0.2.1", "2001:db8::1"  # its addresses in the fixture `zone`

NXDOMAIN, NoAnswer = dns.resolver.NXDOMAIN, dns.resolver.NoAnswer
NoNameservers, Timeout = dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout

# An EAI_ code, or the addresses, for AF_UNSPEC, AF_INET and AF_INET6.
Looked = tuple[int | list[str], int | list[str], int | list[str]]


class Failure(NamedTuple):
    number: int
    name: str
    script: Callable[[FakeDNS], object]
    wire: str  # code, flags, records in answer, authority, additional; "" for silence
    dnspython: type[Exception] | list[str]
    lookup: Looked
    type: str = "A"  # what the wire and dnspython are asked for


# fmt: off
FAILURES = [Failure(*row) for row in [
    (1, "NXDOMAIN", lambda d: d.on("*").rcode("NXDOMAIN"),
     "NXDOMAIN AA 0 1 0", NXDOMAIN, (NONAME, NONAME, NONAME)),
    (1, "NXDOMAIN, naturally", lambda d: d.remove(WWW),
     "NXDOMAIN AA 0 1 0", NXDOMAIN, (NONAME, NONAME, NONAME)),
    (2, "NXDOMAIN without SOA", lambda d: d.on("*").rcode("NXDOMAIN", soa=False),
     "NXDOMAIN AA 0 0 0", NXDOMAIN, (NONAME, NONAME, NONAME)),
    (3, "NODATA", lambda d: d.on("*").rcode("NOERROR"),
     "NOERROR AA 0 1 0", NoAnswer, (NODATA, NODATA, NODATA)),
    (3, "NODATA, naturally", lambda d: d.remove(WWW, "AAAA"),
     "NOERROR AA 0 1 0", NoAnswer, ([V4], [V4], NODATA), "AAAA"),
    (4, "NODATA without SOA", lambda d: d.on("*").respond(),
     "NOERROR AA 0 0 0", NoAnswer, (NODATA, NODATA, NODATA)),
    (4, "NODATA without SOA, as a code", lambda d: d.on("*").rcode("NOERROR", soa=False),
     "NOERROR AA 0 0 0", NoAnswer, (NODATA, NODATA, NODATA)),
    (4, "NODATA without SOA and authority", lambda d: d.on("*").respond().flags(aa=False),
     "NOERROR 0 0 0", NoAnswer, (AGAIN, AGAIN, AGAIN)),
    (5, "SERVFAIL", lambda d: d.on("*").rcode("SERVFAIL"),
     "SERVFAIL 0 0 0", NoNameservers, (AGAIN, AGAIN, AGAIN)),
    (6, "SERVFAIL, then all is well", lambda d: d.on("A").rcode("SERVFAIL").once(),
     "SERVFAIL 0 0 0", NoNameservers, ([V6], [V4], [V6])),
    (7, "REFUSED", lambda d: d.on("*").rcode("REFUSED"),
     "REFUSED 0 0 0", NoNameservers, (AGAIN, AGAIN, AGAIN)),
    (8, "FORMERR", lambda d: d.on("*").rcode("FORMERR"),
     "FORMERR 0 0 0", NoNameservers, (NONAME, NONAME, NONAME)),
    (9, "NOTIMP", lambda d: d.on("*").rcode("NOTIMP"),
     "NOTIMP 0 0 0", NoNameservers, (AGAIN, AGAIN, AGAIN)),
    (10, "YXDOMAIN", lambda d: d.on("*").rcode("YXDOMAIN"),
     "YXDOMAIN 0 0 0", dns.resolver.YXDOMAIN, (NONAME, NONAME, NONAME)),
    (11, "another code", lambda d: d.on("*").rcode("NOTAUTH"),
     "NOTAUTH 0 0 0", NoNameservers, (NONAME, NONAME, NONAME)),
    (11, "a code without a name", lambda d: d.on("*").rcode(12),
     "12 0 0 0", NoNameservers, (NONAME, NONAME, NONAME)),
    (12, "BADVERS", lambda d: d.on("*").rcode("BADVERS"),
     "BADVERS 0 0 1", NoNameservers, (NODATA, NODATA, NODATA)),
    (12, "an extended code", lambda d: d.on("*").rcode(4095),
     "4095 0 0 1", NoNameservers, (NONAME, NONAME, NONAME)),
    (13, "NXDOMAIN with an answer", lambda d: d.on("A").respond(V4, rcode="NXDOMAIN"),
     "NXDOMAIN AA 1 0 0", NoNameservers, ([V6], NONAME, [V6])),
    (14, "NXDOMAIN for AAAA alone", lambda d: d.on("AAAA").rcode("NXDOMAIN"),
     "NXDOMAIN AA 0 1 0", NXDOMAIN, ([V4], [V4], NONAME), "AAAA"),
    (15, "never answered", lambda d: d.on("*").ignore(), "", Timeout, (AGAIN, AGAIN, AGAIN)),
    (15, "A never answered", lambda d: d.on("A").ignore(), "", Timeout, (AGAIN, AGAIN, [V6])),
    (15, "AAAA never answered", lambda d: d.on("AAAA").ignore(),
     "", Timeout, ([V4], [V4], AGAIN), "AAAA"),
    (16, "answered too late", lambda d: d.on("*").delay(30), "", Timeout, (AGAIN, AGAIN, AGAIN)),
    (17, "A slow, AAAA fast", lambda d: d.on("A").delay(0.02),
     "NOERROR AA 1 0 0", [V4], ([V4, V6], [V4], [V6])),
    (17, "AAAA slow, A fast", lambda d: d.on("AAAA").delay(0.02),
     "NOERROR AA 1 0 0", [V6], ([V4, V6], [V4], [V6]), "AAAA"),
    (18, "A SERVFAIL, AAAA NXDOMAIN",
     lambda d: (d.on("A").rcode("SERVFAIL"), d.on("AAAA").rcode("NXDOMAIN")),
     "SERVFAIL 0 0 0", NoNameservers, (NONAME, AGAIN, NONAME)),
    (20, "nobody is there", lambda d: d.on("connect").refuse(),
     "", Timeout, (AGAIN, AGAIN, AGAIN)),
]]
# fmt: on
for_each = pytest.mark.parametrize("failure", FAILURES, ids=lambda row: f"{row.number} {row.name}")


def said(answer: bytes) -> str:
    """Code, flags but for QR and RD, and how many records are in each section."""
    message = dns.message.from_wire(answer)
    flags = dns.flags.to_text(message.flags).replace("QR", "").replace("RD", "").split()
    counts = [int.from_bytes(answer[at : at + 2], "big") for at in (6, 8, 10)]
    return " ".join([dns.rcode.to_text(message.rcode()), *flags, *map(str, counts)])


@for_each
def test_wire(zone, udp, failure) -> None:
    zone.strict = False  # the rule for the other type has nothing to do
    failure.script(zone)
    client = udp(zone)
    if failure.wire:
        assert said(client.ask(question(WWW, failure.type))) == failure.wire
    else:
        client.send(question(WWW, failure.type))
        assert client.is_silent()


@pytest.fixture
def lookups(zone: FakeDNS, failure: Failure) -> Iterator[FakeResolver]:
    """What asks the fake; it waits no longer than it must."""
    never = failure.dnspython is Timeout
    timeout, attempts = (IMPATIENCE, 1) if never else (PATIENCE, 2)
    with FakeResolver(zone, timeout=timeout, attempts=attempts) as resolver:
        yield resolver


@for_each
def test_dnspython(zone, lookups, failure) -> None:
    zone.strict = False
    failure.script(zone)
    resolver = lookups.dnspython()
    if isinstance(failure.dnspython, list):
        assert [rr.address for rr in resolver.resolve(WWW, failure.type)] == failure.dnspython
    else:
        with pytest.raises(failure.dnspython):
            resolver.resolve(WWW, failure.type)


@for_each
@pytest.mark.parametrize("family", ["AF_UNSPEC", "AF_INET", "AF_INET6"])
def test_standard_library(zone, lookups, failure, family) -> None:
    zone.strict = False
    failure.script(zone)
    wanted = failure.lookup[["AF_UNSPEC", "AF_INET", "AF_INET6"].index(family)]
    if isinstance(wanted, list):
        found = socket.getaddrinfo(WWW, 80, getattr(socket, family), socket.SOCK_STREAM)
        assert [address[0] for *_, address in found] == wanted
    else:
        with pytest.raises(socket.gaierror) as error:
            socket.getaddrinfo(WWW, 80, getattr(socket, family))
        assert error.value.errno == wanted


@for_each
def test_gethostbyname(zone, lookups, failure) -> None:
    """It ends as getaddrinfo does for IPv4."""
    zone.strict = False
    failure.script(zone)
    wanted = failure.lookup[1]
    if isinstance(wanted, list):
        assert socket.gethostbyname(WWW) == wanted[0]
        assert socket.gethostbyname_ex(WWW) == (WWW, [], wanted)
    else:
        with pytest.raises(socket.gaierror) as error:
            socket.gethostbyname(WWW)
        assert error.value.errno == wanted


# --- what takes more than one question, or more than one server


@pytest.fixture
def resolver(zone: FakeDNS) -> dns.resolver.Resolver:
    """dnspython, with as much time as it may need."""
    return FakeResolver(zone, timeout=PATIENCE).dnspython()


def test_2_musl_needs_no_soa_either(zone) -> None:
    zone.on("*").rcode("NXDOMAIN", soa=False)
    with FakeResolver(zone, libc="musl"), pytest.raises(socket.gaierror) as error:
        socket.getaddrinfo(WWW, 80)
    assert error.value.errno == NONAME


def test_5_dnspython_gives_up_a_server_that_fails(zone, resolver) -> None:
    zone.on("A").rcode("SERVFAIL").then.answer().optional()
    with pytest.raises(NoNameservers, match="answered SERVFAIL"):
        resolver.resolve(WWW)
    assert len(zone.queries) == 1


def test_6_dnspython_asks_again_if_it_is_told_to(zone, resolver) -> None:
    zone.on("A").rcode("SERVFAIL").then.answer()
    resolver.retry_servfail = True
    assert [rr.address for rr in resolver.resolve(WWW)] == [V4]
    assert len(zone.queries) == 2


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED", "FORMERR", "NOTIMP", "NOTAUTH"])
def test_6_dnspython_asks_the_next_server(zone, resolver, code) -> None:
    with FakeDNS() as bad:
        bad.on("A").rcode(code)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*f.address) for f in (bad, zone)]
        assert [rr.address for rr in resolver.resolve(WWW)] == [V4]
        assert [len(f.queries) for f in (bad, zone)] == [1, 1]


def test_6_the_standard_library_asks_again(zone) -> None:
    zone.on("A").rcode("SERVFAIL").then.answer()
    with FakeResolver(zone, timeout=PATIENCE):
        assert socket.gethostbyname(WWW) == V4
    assert zone.commands == ["A", "A"]


def test_12_a_server_without_edns(zone, udp) -> None:
    """FORMERR to EDNS, as in RFC 6891 section 7; dnspython does not ask without it by itself."""
    zone.on("A", where=lambda query: query.edns).rcode("FORMERR")
    client = udp(zone)
    assert said(client.ask(question(WWW, edns=opt())))[:7] == "FORMERR"
    assert said(client.ask(question(WWW))) == "NOERROR AA 1 0 0"


def test_12_edns_of_a_later_version(zone, udp) -> None:
    """Not scripted: BADVERS is what this version says to others (RFC 6891 section 6.1.3)."""
    assert said(udp(zone).ask(question(WWW, edns=opt(version=1)))) == "BADVERS 0 0 1"


def test_14_musl_gives_up_the_address_that_is_there(zone) -> None:
    zone.on("AAAA").rcode("NXDOMAIN")
    with FakeResolver(zone, libc="musl"), pytest.raises(socket.gaierror) as error:
        socket.getaddrinfo(WWW, 80)
    assert error.value.errno == NONAME
    assert sorted(zone.commands) == ["A", "AAAA"]


def test_15_dnspython_asks_again_and_is_answered(zone) -> None:
    zone.on("A").ignore().then.answer()
    resolver = FakeResolver(zone, timeout=IMPATIENCE, attempts=50).dnspython()
    assert [rr.address for rr in resolver.resolve(WWW)] == [V4]
    assert len(zone.queries) >= 2


def test_16_zone_for_name_takes_no_longer_than_its_lifetime(zone, resolver) -> None:
    zone.on("SOA").delay(30)
    begin = time.monotonic()
    with pytest.raises(Timeout):
        dns.resolver.zone_for_name(WWW, resolver=resolver, lifetime=IMPATIENCE)
    assert IMPATIENCE <= time.monotonic() - begin < PATIENCE


@pytest.mark.parametrize(("slow", "fast"), [("A", "AAAA"), ("AAAA", "A")])
def test_17_the_fast_one_is_there_first(zone, udp, slow, fast) -> None:
    zone.on(slow).delay(0.05)
    client = udp(zone)
    client.send(question(WWW, slow, id=1))
    client.send(question(WWW, fast, id=2))
    assert [client.receive()[0][:2] for _ in range(2)] == [b"\0\2", b"\0\1"]


NEGATIVE = {"NXDOMAIN": NXDOMAIN, "NOERROR": NoAnswer}


@pytest.mark.parametrize("code", NEGATIVE)
@pytest.mark.parametrize("soa", [True, False], ids=["SOA", "no SOA"])
def test_19_dnspython_keeps_what_is_not_there(zone, resolver, code, soa) -> None:
    """Without a SOA too, which RFC 2308 section 5 says it should not."""
    zone.on("A").rcode(code, soa=soa)
    resolver.cache = dns.resolver.Cache()
    for _ in range(3):
        with pytest.raises(NEGATIVE[code]):
            resolver.resolve(WWW)
    assert len(zone.queries) == 1


def test_19_kept_as_long_as_the_minimum_of_the_soa(zone, resolver) -> None:
    zone.add("example.com", "SOA", "ns hostmaster 1 3600 600 86400 7", ttl=9)
    zone.remove(WWW)
    with pytest.raises(NXDOMAIN) as error:
        resolver.resolve(WWW)
    (response,) = error.value.responses().values()
    assert response.authority[0].ttl == 7


def test_20_nobody_is_there_and_who_hears_of_it(zone, resolver) -> None:
    """The system says so at once, to a socket that is connected; that of dnspython is not."""
    zone.on("connect").refuse()
    with FakeResolver(zone, timeout=PATIENCE), pytest.raises(socket.gaierror) as error:
        socket.getaddrinfo(WWW, 80)
    assert error.value.errno == AGAIN
    with pytest.raises(ConnectionRefusedError):
        dns.query.tcp(dns.message.make_query(WWW, "A"), zone.host, PATIENCE, zone.port)
    with pytest.raises(NoNameservers, match="refused"):
        resolver.resolve(WWW, tcp=True)


def test_20_a_server_that_was_stopped(zone) -> None:
    zone.stop()
    with FakeResolver(zone, timeout=PATIENCE), pytest.raises(socket.gaierror) as error:
        socket.getaddrinfo(WWW, 80)
    assert error.value.errno == AGAIN


def test_20_no_nameserver(zone, resolver) -> None:
    resolver.nameservers = []
    with pytest.raises(NoNameservers):
        resolver.resolve(WWW)
    assert zone.queries == []


OPCODES = {"IQUERY": 1, "STATUS": 2, "NOTIFY": 4, "UPDATE": 5, "DSO": 6, "OPCODE9": 9}


@pytest.mark.parametrize(("name", "code"), OPCODES.items(), ids=OPCODES)
def test_42_an_opcode_that_is_not_served(zone, udp, name, code) -> None:
    answer = udp(zone).ask(question(WWW, flags=code << 11))
    assert answer[:12] == b"\x12\x34" + bytes([0x80 | code << 3, 4, 0, 1]) + bytes(6)
    assert zone.commands == [name]


def test_42_an_opcode_that_is_refused(zone, udp) -> None:
    zone.on("NOTIFY").rcode("REFUSED")
    assert said(udp(zone).ask(question(WWW, flags=4 << 11))) == "REFUSED 0 0 0"


@pytest.mark.parametrize("qclass", ["CH", "HS", "NONE", "CLASS4711"])
def test_42_a_class_that_is_refused(zone, resolver, qclass) -> None:
    if qclass == "NONE":
        with pytest.raises(dns.resolver.NoMetaqueries):
            resolver.resolve(WWW, rdclass=qclass)
        return
    with pytest.raises(NoNameservers, match="REFUSED"):
        resolver.resolve(WWW, rdclass=qclass)
