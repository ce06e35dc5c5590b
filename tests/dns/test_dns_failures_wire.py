"""Failures found in the wild, 21 to 38, 40 and 41: cut answers and messages that are wrong. Each is
a script of at most three lines; the rows say what dnspython makes of the message alone, what its
resolver does, and what the standard library's lookups do (through FakeResolver, which has the ways
of glibc). The bytes of each fault are in test_dns_wire_faults.py.

The numbers are those of the project's collection.
"""

import socket
import time
from collections.abc import Callable
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.resolver
import pytest
from dns_wire import answers, framed, opt, question, read

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
    (37, "a pointer into the header", lambda d: d.on("*").bad_pointer(0), Form, Timeout, UNUSABLE),
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


def test_21_dnspython_comes_again_over_tcp(zone) -> None:
    zone.on("A").truncate()
    asked = dns.message.make_query(WWW, "A")
    answer, came_over_tcp = dns.query.udp_with_fallback(asked, zone.host, PATIENCE, zone.port)
    assert came_over_tcp
    assert [rr.address for rrs in answer.answer for rr in rrs] == [V4]
    assert [query.transport for query in zone.queries] == ["udp", "tcp"]


def test_21_who_has_more_than_a_datagram_to_say(zone, udp, resolver) -> None:
    """Not scripted: 40 addresses are more than 512 bytes."""
    zone.add("many.example.com", "A", *[f"192.0.2.{i}" for i in range(40)])
    answer = udp(zone).ask(question("many.example.com"))
    assert len(answer) <= 512
    assert answer[2] & 0x02
    assert len(resolver.resolve("many.example.com")) == 40
    assert [query.transport for query in zone.queries] == ["udp", "udp", "tcp"]


def test_22_who_does_not_come_again(zone) -> None:
    """dnspython's udp() hands over what there is, or raises if it is told to; musl 1.2.3 takes the
    empty answer for the whole."""
    zone.on("*").truncate()
    assert by_udp(zone).flags & dns.flags.TC
    with pytest.raises(dns.message.Truncated) as error:
        by_udp(zone, raise_on_truncation=True)
    assert error.value.message().answer == []
    with FakeResolver(zone, libc="musl"):
        check_lookup(socket.AF_INET, NONAME)
    assert {query.transport for query in zone.queries} == {"udp"}


def test_22_no_need_to_come_again(zone) -> None:
    asked = dns.message.make_query(WWW, "A")
    assert not dns.query.udp_with_fallback(asked, zone.host, PATIENCE, zone.port)[1]


def test_23_silence_over_tcp(zone) -> None:
    zone.on("*").truncate()
    zone.on("*", transport="tcp").stall()
    resolver = FakeResolver(zone, timeout=0.2, attempts=1).dnspython()
    with pytest.raises(Timeout):
        resolver.resolve(WWW)
    assert [query.transport for query in zone.queries] == ["udp", "tcp"]


@pytest.mark.parametrize("kept", [1, 2])
def test_24_dnspython_shows_what_came(zone, kept) -> None:
    zone.add(WWW, "A", "192.0.2.2", "192.0.2.3")
    zone.on("A").truncate(answers=kept)
    with pytest.raises(dns.message.Truncated) as error:
        by_udp(zone, raise_on_truncation=True)
    assert [len(rrs) for rrs in error.value.message().answer] == [kept]


def test_24_dnspython_takes_a_cut_record_for_a_cut_answer_if_tc_says_so(zone) -> None:
    zone.on("A").flags(tc=True).truncate(after=CUT)
    with pytest.raises(dns.message.Truncated):
        by_udp(zone, raise_on_truncation=True)


def test_25_a_cut_answer_of_somebody_else_before_the_good_one(zone) -> None:
    zone.on("A").respond().answer().flags(tc=True, only=1).wrong_id(only=1)
    with pytest.raises(BadResponse):
        by_udp(zone)
    answer = by_udp(zone, ignore_errors=True, raise_on_truncation=True)
    assert [rr.address for rrs in answer.answer for rr in rrs] == [V4]


MANY = [f"192.0.2.{i}" for i in range(40)]


def test_26_more_than_512_bytes_for_who_did_not_say_edns(zone, udp) -> None:
    zone.on("A").respond(*MANY)
    answer = udp(zone).ask(question(WWW))
    assert len(answer) > 512
    assert not answer[2] & 0x02
    assert [rr.address for rrs in by_udp(zone).answer for rr in rrs] == MANY
    with FakeResolver(zone):
        assert socket.gethostbyname_ex(WWW) == (WWW, [], MANY)


def test_26_cut_at_512_bytes_and_no_tc(zone, udp) -> None:
    zone.on("A").respond(*MANY).truncate(after=512)
    assert len(udp(zone).ask(question(WWW))) == 512
    with pytest.raises(Form):
        by_udp(zone)
    with FakeResolver(zone):
        check_lookup(socket.AF_INET, NODATA)


def test_26_cut_where_a_record_ends_and_no_tc(zone) -> None:
    """The worst of them: nobody can tell that there was more."""
    zone.add("many.example.com", "A", *MANY)
    zone.on("A", "many.example.com").flags(tc=False)
    with FakeResolver(zone):
        found = socket.gethostbyname_ex("many.example.com")[2]
    assert 20 < len(found) < len(MANY)


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


TAKEN = {
    "for another owner": (lambda rule: rule.other_owner("a.test"), V4),
    "the data cut": (lambda rule: rule.truncate(after=CUT), "192.0.0.0"),
}


@pytest.mark.parametrize(("script", "address"), TAKEN.values(), ids=TAKEN)
def test_35_and_36_musl_takes_what_glibc_does_not(zone, script, address) -> None:
    script(zone.on("A"))
    with FakeResolver(zone, libc="musl"):
        assert socket.gethostbyname(WWW) == address


# --- 40: streams


LIES = {
    "a length that is too great": (lambda rule: rule.length_prefix(500).close(), EOFError),
    "a length that is too small": (lambda rule: rule.length_prefix(20), Form),
    "a length of 0": (lambda rule: rule.length_prefix(0), Short),
    "half a length": (lambda rule: rule.raw(b"\0").close(), EOFError),
    "a length and nothing": (lambda rule: rule.raw(b"\0\x31").close(), EOFError),
    "a message that is cut": (lambda rule: rule.truncate(after=30), EOFError),
    "a message that is cut by RST":
        (lambda rule: rule.truncate(after=30).reset(), ConnectionResetError),
    "no length": (lambda rule: rule.raw(lambda query: query.line).close(), EOFError),
    "nothing": (lambda rule: rule.close(), EOFError),
    "silence in the middle": (lambda rule: rule.truncate(after=30).stall(), dns.exception.Timeout),
    "wrong id": (lambda rule: rule.wrong_id(), BadResponse),
    "byte by byte": (lambda rule: rule.drip(1, every=0), None),
}  # fmt: skip


@pytest.mark.parametrize(("script", "error"), LIES.values(), ids=LIES)
def test_40_tcp(zone, script, error) -> None:
    script(zone.on("A", transport="tcp"))
    asked = dns.message.make_query(WWW, "A", use_edns=False)
    patience = IMPATIENCE if error is dns.exception.Timeout else PATIENCE
    if error is None:
        assert dns.query.tcp(asked, zone.host, patience, zone.port).answer
    else:
        with pytest.raises(error):
            dns.query.tcp(asked, zone.host, patience, zone.port)


@pytest.mark.parametrize("sent", [b"", b"\0", b"\0\x50", b"\0\x50" + bytes(30)])
def test_40_a_question_that_is_cut(zone, tcp, sent) -> None:
    """Who leaves in the middle is no harm to the others."""
    leaving = tcp(zone)
    leaving.send(sent)
    leaving.half_close()
    assert leaving.rest() == (b"", "fin")
    assert answers(tcp(zone).ask(question(WWW))) == [V4]
    assert len(zone.queries) == 1


def test_40_two_messages_in_one_segment_and_one_in_many(zone, tcp) -> None:
    client = tcp(zone)
    client.send(framed(question(WWW, id=1), question(WWW, "AAAA", id=2)))
    assert [answers(client.message()) for _ in range(2)] == [[V4], [V6]]
    client.send_bytewise(framed(question(WWW)))
    assert answers(client.message()) == [V4]


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
    zone.on("A").delay(0.1).then.answer().optional()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        with pytest.raises(dns.exception.Timeout):
            by_udp(zone, IMPATIENCE, sock=sock)
        time.sleep(0.1)  # the late answer is in the queue of the socket then
        zone.settle()
        with pytest.raises(BadResponse):
            by_udp(zone, sock=sock)
        assert read(by_udp(zone, sock=sock, ignore_errors=True).to_wire()).answer
