"""Failures found in the wild, 21 to 26 and 40: who is told to come again over TCP, or ought to be,
and streams that are wrong. Each is a script of at most three lines, with what dnspython makes of
it, and the standard library where it is a lookup (through FakeResolver, which has glibc's ways).

The numbers are those of the project's collection.
"""

import socket

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.resolver
import pytest
from dns_wire import answers, framed, question

from fakefarm import FakeDNS, FakeResolver

PATIENCE = 5.0  # seconds for what is answered
IMPATIENCE = 0.05  # seconds for what never is

NONAME = socket.EAI_NONAME
NODATA = getattr(socket, "EAI_NODATA", NONAME)  # macOS has it not
WWW = "www.example.com"
V4, V6 = "192.0.2.1", "2001:db8::1"  # its addresses in the fixture `zone`
CUT = 12 + 21 + 12 + 2  # bytes: into the data of the one record of an answer for WWW

BadResponse, Timeout = dns.query.BadResponse, dns.resolver.LifetimeTimeout
Form, Short = dns.exception.FormError, dns.message.ShortHeader


def by_udp(fake: FakeDNS, timeout: float = PATIENCE, **options: object) -> dns.message.Message:
    """What dnspython reads in one datagram."""
    asked = dns.message.make_query(WWW, "A", use_edns=False)
    return dns.query.udp(asked, fake.host, timeout, fake.port, **options)


def check_lookup(family: int, wanted: int | list[str]) -> None:
    if isinstance(wanted, list):
        found = socket.getaddrinfo(WWW, 80, family, socket.SOCK_STREAM)
        assert [address[0] for *_, address in found] == wanted
    else:
        with pytest.raises(socket.gaierror) as error:
            socket.getaddrinfo(WWW, 80, family)
        assert error.value.errno == wanted


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
