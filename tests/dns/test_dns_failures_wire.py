"""Failures found in the wild, 21 to 38 and 41: cut answers and messages that are wrong. Each is a
script of at most three lines; the rows say what dnspython makes of the message alone, what its
resolver does, and what the standard library's lookups do (through FakeResolver, which has the ways
of glibc). The bytes of each fault are in test_dns_wire_faults.py.

The numbers are those of the project's collection.
"""

import socket
from collections.abc import Callable
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.resolver
import pytest
from dns_wire import answers, opt, question, read

from fakefarm import FakeDNS, FakeResolver

PATIENCE = 5.0  # seconds for what is answered
IMPATIENCE = 0.05  # seconds for what never is

NONAME, AGAIN = socket.EAI_NONAME, socket.EAI_AGAIN
NODATA = getattr(socket, "EAI_NODATA", NONAME)  # macOS has it not
WWW = "www.example.com"
V4, V6 = "192.0.2.1", "2001:db8::1"  # its addresses in the fixture `zone`

BadResponse, Source = dns.query.BadResponse, dns.query.UnexpectedSource
Form, Short = dns.exception.FormError, dns.message.ShortHeader
NoAnswer, NoNameservers = dns.resolver.NoAnswer, dns.resolver.NoNameservers
Timeout = dns.resolver.LifetimeTimeout

GOOD: tuple[list[str], ...] = ([V4, V6], [V4], [V6])
NEVER = (AGAIN, AGAIN, AGAIN)
UNUSABLE = (NONAME, NODATA, NONAME)  # glibc's answers of two libraries
LOST = (AGAIN, NONAME, AGAIN)  # the same, for what was cut and cannot be asked for again
CUT = 12 + 21 + 12 + 2  # bytes: into the data of the one record of an answer for WWW

Outcome = type[Exception] | list[str]


class Failure(NamedTuple):
    number: int
    name: str
    script: Callable[[FakeDNS], object]
    message: Outcome  # of dns.query.udp: the error, or the addresses in it
    dnspython: Outcome  # of its resolver
    lookup: tuple[int | list[str], ...]  # EAI_, or the addresses: AF_UNSPEC, AF_INET, AF_INET6


# fmt: off
FAILURES = [Failure(*row) for row in [
    (21, "cut, and all of it over TCP", lambda d: d.on("*").truncate(), [], [V4], GOOD),
    (23, "cut, and TCP is closed",
     lambda d: (d.on("*").truncate(), d.on("*", transport="tcp").close()),
     [], NoNameservers, LOST),
    (23, "cut, and TCP is reset",
     lambda d: (d.on("*").truncate(), d.on("*", transport="tcp").reset()),
     [], NoNameservers, LOST),
    (23, "cut, and TCP is closed before the question",
     lambda d: (d.on("*").truncate(), d.on("connect").close()), [], NoNameservers, LOST),
    (23, "cut, and TCP is refused",
     lambda d: (d.on("*").truncate(), d.on("connect", transport="tcp").refuse()),
     [], NoNameservers, (AGAIN, AGAIN, AGAIN)),
    (23, "cut, and TCP is silent, and closed",
     lambda d: (d.on("*").truncate(), d.on("*", transport="tcp").stall(0.01)),
     [], NoNameservers, LOST),
    (23, "cut, over TCP too",
     lambda d: (d.on("*").truncate(), d.on("*", transport="tcp").truncate()),
     [], NoAnswer, (NODATA, NODATA, NODATA)),
    (24, "cut, with one answer of it", lambda d: d.on("*").truncate(answers=1), [V4], [V4], GOOD),
    (24, "cut in the middle of a record",
     lambda d: d.on("*", transport="udp").flags(tc=True).truncate(after=CUT), Form, [V4], GOOD),
    (25, "cut, with the wrong id", lambda d: d.on("*").truncate().wrong_id(),
     BadResponse, Timeout, NEVER),
    (27, "wrong id", lambda d: d.on("*").wrong_id(), BadResponse, Timeout, NEVER),
    (28, "from another address", lambda d: d.on("*").from_other_address(), Source, Timeout, NEVER),
    (28, "from another port", lambda d: d.on("*").from_other_port(), Source, Timeout, NEVER),
    (29, "no response by its flag", lambda d: d.on("*").not_a_response(),
     BadResponse, Timeout, GOOD),
    (29, "the question comes back", lambda d: d.on("*").raw(lambda query: query.line),
     BadResponse, Timeout, NEVER),
    (30, "garbage", lambda d: d.on("*").raw(b"garbage, more than a header"),
     Form, Timeout, NEVER),
    (30, "garbage behind the id", lambda d: d.on("*").message(b"??" + b"\xff" * 30),
     Form, Timeout, NEVER),
    (30, "garbage behind the header",
     lambda d: d.on("*").message(b"??\x80\0\0\1\0\1\0\0\0\0" + b"\xff" * 30),
     Form, Timeout, UNUSABLE),
    (30, "a flipped byte in the flags", lambda d: d.on("*").garble(at=3),
     [V4], NoNameservers, (NONAME, NONAME, NONAME)),
    (31, "more behind it", lambda d: d.on("*").trailing(b"junk"),
     dns.message.TrailingJunk, Timeout, GOOD),
    (32, "shorter than a header", lambda d: d.on("*").truncate(after=11), Short, Timeout, NEVER),
    (32, "one byte", lambda d: d.on("*").raw(b"x"), Short, Timeout, NEVER),
    (32, "no byte at all", lambda d: d.on("*").raw(b""), Short, Timeout, NEVER),
    (33, "no question", lambda d: d.on("*").no_question(), BadResponse, Timeout, NEVER),
    (33, "no question, and SERVFAIL", lambda d: d.on("*").rcode("SERVFAIL").no_question(),
     [], NoNameservers, NEVER),
    (34, "another name", lambda d: d.on("*").wrong_question("a.test"), BadResponse, Timeout, NEVER),
    (34, "another type", lambda d: d.on("*").wrong_question(type="MX"),
     BadResponse, Timeout, NEVER),
    (35, "for another owner", lambda d: d.on("*").other_owner("a.test"),
     [V4], NoAnswer, UNUSABLE),
    (36, "a length beyond the end", lambda d: d.on("*").bad_rdlength(), Form, Timeout, UNUSABLE),
    (36, "a length of 3 for an address", lambda d: d.on("*").bad_rdlength(3),
     Form, Timeout, UNUSABLE),
    (36, "an address of 3 bytes", lambda d: d.on("*").respond("\\# 3 C00002"),
     Form, Timeout, UNUSABLE),
    (36, "the data cut", lambda d: d.on("*").truncate(after=CUT), Form, Timeout, UNUSABLE),
    (37, "a pointer to itself", lambda d: d.on("*").bad_pointer(),
     dns.name.BadPointer, Timeout, UNUSABLE),
    (37, "a pointer out of the message", lambda d: d.on("*").bad_pointer(0x3FFF),
     dns.name.BadPointer, Timeout, UNUSABLE),
    (37, "a pointer to the flags", lambda d: d.on("*").bad_pointer(2), Form, Timeout, UNUSABLE),
    (38, "a bad OPT", lambda d: d.on("*").bad_opt(), Form, Timeout, GOOD),
    (38, "two OPT", lambda d: d.on("*").raw(
        lambda query: query.line[:2] + b"\x84\0\0\1\0\0\0\0\0\2" + query.line[12:] + opt() * 2),
     dns.message.BadEDNS, Timeout, (NODATA, NODATA, NODATA)),
]]
# fmt: on
for_each = pytest.mark.parametrize("failure", FAILURES, ids=lambda row: f"{row.number} {row.name}")


def arrange(zone: FakeDNS, failure: Failure) -> None:
    """Write the script; skip where this system cannot do it."""
    zone.strict = False  # a rule for TCP has nothing to do for who does not come over it
    try:
        failure.script(zone)
    except OSError as error:
        pytest.skip(str(error))


def by_udp(fake: FakeDNS, timeout: float = PATIENCE, **options: object) -> dns.message.Message:
    """What dnspython reads in one datagram."""
    asked = dns.message.make_query(WWW, "A", use_edns=False)
    return dns.query.udp(asked, fake.host, timeout, fake.port, **options)


def check(outcome: Outcome, call: Callable[[], list[str]]) -> None:
    if isinstance(outcome, list):
        assert call() == outcome
    else:
        with pytest.raises(outcome):
            call()


@for_each
def test_message(zone, failure) -> None:
    arrange(zone, failure)
    check(failure.message, lambda: [rr.address for rrs in by_udp(zone).answer for rr in rrs])


@for_each
def test_dnspython(zone, failure) -> None:
    arrange(zone, failure)
    never = failure.dnspython is Timeout
    lookups = FakeResolver(zone, timeout=IMPATIENCE if never else PATIENCE, attempts=1)
    resolver = lookups.dnspython()
    check(failure.dnspython, lambda: [rr.address for rr in resolver.resolve(WWW)])


@for_each
@pytest.mark.parametrize("family", ["AF_UNSPEC", "AF_INET", "AF_INET6"])
def test_standard_library(zone, failure, family) -> None:
    arrange(zone, failure)
    wanted = failure.lookup[["AF_UNSPEC", "AF_INET", "AF_INET6"].index(family)]
    never = failure.lookup == NEVER and "refused" not in failure.name
    timeout = IMPATIENCE if never else PATIENCE
    with FakeResolver(zone, timeout=timeout, attempts=1):
        check_lookup(getattr(socket, family), wanted)


def check_lookup(family: int, wanted: int | list[str]) -> None:
    if isinstance(wanted, list):
        found = socket.getaddrinfo(WWW, 80, family, socket.SOCK_STREAM)
        assert [address[0] for *_, address in found] == wanted
    else:
        with pytest.raises(socket.gaierror) as error:
            socket.getaddrinfo(WWW, 80, family)
        assert error.value.errno == wanted


# --- what takes more to say


@pytest.fixture
def resolver(zone: FakeDNS) -> dns.resolver.Resolver:
    """dnspython, with as much time as it may need."""
    return FakeResolver(zone, timeout=PATIENCE).dnspython()


@pytest.mark.parametrize("fault", ["from_other_address", "from_other_port", "wrong_id"])
def test_28_dnspython_waits_for_the_good_one_if_it_is_told_to(zone, fault) -> None:
    """The wrong one is sent by the rule, the good one by the next question."""
    try:
        getattr(zone.on("A").once(), fault)()
    except OSError as error:
        pytest.skip(str(error))
    with pytest.raises(dns.exception.Timeout):
        by_udp(zone, IMPATIENCE, ignore_unexpected=True, ignore_errors=True)
    assert by_udp(zone, ignore_unexpected=True, ignore_errors=True).answer


def test_31_dnspython_takes_what_is_more_if_it_is_told_to(zone) -> None:
    zone.on("A").trailing(b"junk")
    assert by_udp(zone, ignore_trailing=True).answer


@pytest.mark.parametrize("edns", [b"", opt(4000, flags=0x8000)], ids=["plain", "EDNS"])
@pytest.mark.parametrize("fault", ["no_question", "wrong_question", "other_owner"])
def test_33_to_35_nothing_else_is_changed(zone, udp, fault, edns) -> None:
    getattr(zone.on("A"), fault)(*["a.test"] if fault == "other_owner" else [])
    zone.add(WWW, "A", "192.0.2.2")
    answer = udp(zone).ask(question(WWW, edns=edns))
    assert answers(answer) == [V4, "192.0.2.2"]
    assert read(answer).edns == (0 if edns else -1)


TAKEN = {
    "for another owner": (lambda rule: rule.other_owner("a.test"), V4),
    "the data cut": (lambda rule: rule.truncate(after=CUT), "192.0.0.0"),
}


@pytest.mark.parametrize(("script", "address"), TAKEN.values(), ids=TAKEN)
def test_35_and_36_musl_takes_what_glibc_does_not(zone, script, address) -> None:
    script(zone.on("A"))
    with FakeResolver(zone, libc="musl"):
        assert socket.gethostbyname(WWW) == address


# --- 41: the race


def test_41_the_first_of_two_answers_counts(zone, resolver) -> None:
    zone.on("A").respond("192.0.2.66").answer()
    assert [rr.address for rr in resolver.resolve(WWW)] == ["192.0.2.66"]
    with FakeResolver(zone, timeout=PATIENCE):
        assert socket.gethostbyname(WWW) == "192.0.2.66"


@pytest.mark.parametrize("fault", ["wrong_id", "wrong_question", "no_question", "not_a_response"])
def test_41_a_forged_answer_that_is_not_good_enough(zone, resolver, fault) -> None:
    getattr(zone.on("A").respond("192.0.2.66").answer(), fault)(only=1)
    assert [rr.address for rr in resolver.resolve(WWW)] == [V4]
    with FakeResolver(zone, timeout=PATIENCE):
        got = socket.gethostbyname(WWW)
    assert got == ("192.0.2.66" if fault == "not_a_response" else V4)  # glibc does not look at QR


def test_41_the_forged_one_is_late(zone, resolver) -> None:
    zone.on("A").answer().delay(0.01).respond("192.0.2.66")
    assert [rr.address for rr in resolver.resolve(WWW)] == [V4]
    zone.settle()


def test_41_the_same_answer_twice(zone, udp, resolver) -> None:
    zone.on("A").duplicate()
    client = udp(zone)
    assert client.ask(question(WWW)) == client.receive()[0]
    assert [rr.address for rr in resolver.resolve(WWW)] == [V4]


def test_41_the_answer_to_the_question_before(zone) -> None:
    """A socket that is used again after a timeout: what was late is not for the second question."""
    zone.on("A").delay(0.3).then.answer()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        with pytest.raises(dns.exception.Timeout):
            by_udp(zone, IMPATIENCE, sock=sock)
        zone.settle()  # the late answer is in the queue of the socket then
        with pytest.raises(BadResponse):
            by_udp(zone, sock=sock)
        assert read(by_udp(zone, sock=sock, ignore_errors=True).to_wire()).answer
