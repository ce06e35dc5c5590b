"""Each fault as it is on the wire, with what dnspython makes of it."""

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import pytest
from dns_wire import answers, opt, question, rcode, read, texts, wire_name

from fakefarm import FakeFailure

WWW = question("www.example.com")


@pytest.fixture
def good(zone, udp) -> bytes:
    """The natural answer."""
    return udp(zone).ask(WWW)


BAD_OPT = bytes.fromhex("00 0029 04d0 00000000 0005 000a00ff00")


def spliced(good: bytes, at: int, new: bytes, end: int | None = None) -> bytes:
    return good[:at] + new + good[at + len(new) if end is None else end :]


NAME = wire_name("www.example.com")
END = 12 + len(NAME) + 4  # of the question, where the record begins
WWW_BEHIND_MAIL = b"\0\x01\0\x01\x03www\xc0\x11"  # type, class, a label, a pointer

# The rule, and the bytes that it makes of the natural answer.
FAULTS = {
    "wrong_id": (lambda r: r.wrong_id(), lambda g: spliced(g, 0, b"\xed\xcb")),
    "not_a_response": (lambda r: r.not_a_response(), lambda g: spliced(g, 2, b"\x05")),
    "not_aa": (lambda r: r.flags(aa=False), lambda g: spliced(g, 2, b"\x81")),
    "flags": (lambda r: r.flags(tc=True, ra=True, ad=True, cd=True, rd=False),
              lambda g: spliced(g, 2, b"\x86\xb0")),
    "opcode": (lambda r: r.flags(opcode=5), lambda g: spliced(g, 2, b"\xad")),
    "no_question": (lambda r: r.no_question(),
                    lambda g: g[:5] + b"\0" + g[6:12] + NAME + g[END + 2 :]),
    "wrong_question": (
        lambda r: r.wrong_question("mail.example.com"),
        lambda g: g[:12] + wire_name("mail.example.com") + WWW_BEHIND_MAIL + g[END + 2 :],
    ),
    "wrong_type": (lambda r: r.wrong_question(type="MX"), lambda g: spliced(g, END - 4, b"\0\x0f")),
    "other_owner": (lambda r: r.other_owner("a.test"),
                    lambda g: g[:END] + wire_name("a.test") + g[END + 2 :]),
    "bad_pointer": (lambda r: r.bad_pointer(), lambda g: spliced(g, END, bytes([0xC0, END]))),
    "bad_pointer_far": (lambda r: r.bad_pointer(0x3FFF), lambda g: spliced(g, END, b"\xff\xff")),
    "bad_rdlength": (lambda r: r.bad_rdlength(), lambda g: spliced(g, END + 10, b"\xff\xff")),
    "bad_rdlength_3": (lambda r: r.bad_rdlength(3), lambda g: spliced(g, END + 10, b"\0\x03")),
    "bad_opt": (lambda r: r.bad_opt(), lambda g: spliced(g, 11, b"\x01") + BAD_OPT),
    "trailing": (lambda r: r.trailing(b"junk"), lambda g: g + b"junk"),
    "truncate_after": (lambda r: r.truncate(after=20), lambda g: g[:20]),
    "short_header": (lambda r: r.truncate(after=5), lambda g: g[:5]),
    "nothing": (lambda r: r.truncate(after=0), lambda g: b""),
    "garble": (lambda r: r.garble(at=3), lambda g: spliced(g, 3, bytes([g[3] ^ 0xFF]))),
    "insert": (lambda r: r.insert(b"\0\0", at=12), lambda g: g[:12] + b"\0\0" + g[12:]),
    "composed": (lambda r: r.wrong_id().flags(aa=False).trailing(b"x"),
                 lambda g: b"\xed\xcb\x81" + g[3:] + b"x"),
    "message_first": (lambda r: r.trailing(b"junk").truncate(after=10), lambda g: g[:10]),
}  # fmt: skip


@pytest.mark.parametrize(("write", "spoil"), FAULTS.values(), ids=FAULTS)
def test_over_udp(zone, good, udp, write, spoil) -> None:
    write(zone.on("A"))
    client = udp(zone)
    assert client.ask(WWW) == spoil(good)
    assert client.is_silent()


@pytest.mark.parametrize(("write", "spoil"), FAULTS.values(), ids=FAULTS)
def test_over_tcp(zone, good, tcp, write, spoil) -> None:
    """The same bytes behind their length, which tells of cuts that were not meant."""
    write(zone.on("A"))
    client = tcp(zone)
    client.send(len(WWW).to_bytes(2, "big") + WWW)
    spoiled = spoil(good)
    before = client.exactly(2)
    assert client.exactly(len(spoiled)) == spoiled
    lost = ".truncate(after" in str(zone.script.rules[0])
    grown = ".insert" in str(zone.script.rules[0])
    meant = len(good) + (4 if ".trailing(b'junk')" in str(zone.script.rules[0]) else 0)
    assert int.from_bytes(before, "big") == (meant if lost or grown else len(spoiled))
    if lost:
        assert client.rest() == (b"", "fin")
    else:
        assert client.is_silent()


def test_a_fault_for_one_of_several_messages(zone, good, udp) -> None:
    """A forged answer comes first."""
    zone.on("A").respond("192.0.2.66").answer().wrong_id(only=1)
    client = udp(zone)
    assert client.ask(WWW)[:2] == b"\xed\xcb"
    assert client.receive()[0] == good


def test_twice(zone, good, udp, tcp) -> None:
    zone.on("A").duplicate()
    client = udp(zone)
    assert [client.ask(WWW), client.receive()[0]] == [good, good]
    assert client.is_silent()
    zone.on("AAAA").raw(b"x").duplicate()
    assert [client.ask(question("a.example.com", "AAAA")), client.receive()[0]] == [b"x", b"x"]
    stream = tcp(zone)
    assert [stream.ask(WWW), stream.message()] == [good, good]


# --- TC


@pytest.mark.parametrize("edns", [b"", opt()], ids=["plain", "edns"])
@pytest.mark.parametrize("kept", [0, 2, 99])
def test_truncated(fake, udp, tcp, edns, kept) -> None:
    fake.add("many.example.com", "A", *[f"192.0.2.{i}" for i in range(5)])
    fake.on("A").truncate(answers=kept)
    asked = question("many.example.com", edns=edns)
    answer = udp(fake).ask(asked)
    message = read(answer)
    assert message.flags & dns.flags.TC
    assert len(answers(answer)) == min(kept, 5)
    assert (message.edns == 0) is bool(edns)
    assert len(answers(tcp(fake).ask(asked))) == 5  # who comes again is answered


def test_truncated_negative_answers_and_errors(zone, udp) -> None:
    zone.on("A").truncate()
    client = udp(zone)
    negative = read(client.ask(question("nope.example.com")))
    assert (negative.rcode(), negative.authority) == (3, [])
    assert client.ask(question("x.org"))[2] & 0x02


def test_truncated_over_tcp_if_that_is_written(zone, tcp) -> None:
    zone.on("A", transport="tcp").truncate()
    assert read(tcp(zone).ask(WWW)).flags & dns.flags.TC


# --- where it comes from


def test_from_other_port(zone, good, udp) -> None:
    zone.on("A").from_other_port()
    client = udp(zone)
    client.send(WWW)
    data, (host, port) = client.receive()
    assert (data, host) == (good, zone.host)
    assert port != zone.port


@pytest.mark.parametrize("address", ["127.0.0.2", "127.3.2.1"])
def test_from_other_address(zone, good, udp, address) -> None:
    try:
        zone.on("A").from_other_address(address)
    except OSError:
        pytest.skip("this system has no other loopback address than 127.0.0.1")
    client = udp(zone)
    client.send(WWW)
    data, (host, _) = client.receive()
    assert (data, host) == (good, address)
    assert answers(client.ask(question("example.com", "MX"))) == ["10 mail.example.com."]


def test_from_the_address_that_it_has(unchecked, udp) -> None:
    unchecked.on("A").from_other_address("127.0.0.1")
    udp(unchecked).send(WWW)
    unchecked.settle()
    with pytest.raises(FakeFailure, match="that is the fake's own"):
        unchecked.verify()


# --- what dnspython says

READERS = {
    "wrong_id": dns.query.BadResponse,
    "not_a_response": dns.query.BadResponse,
    "wrong_question": dns.query.BadResponse,
    "wrong_type": dns.query.BadResponse,
    "bad_pointer": dns.name.BadPointer,
    "bad_pointer_far": dns.name.BadPointer,
    "bad_rdlength": dns.exception.FormError,
    "bad_rdlength_3": dns.exception.FormError,
    "bad_opt": dns.exception.FormError,
    "trailing": dns.message.TrailingJunk,
    "truncate_after": dns.exception.FormError,
    "short_header": dns.message.ShortHeader,
    "nothing": dns.message.ShortHeader,
}


@pytest.mark.parametrize(("name", "error"), READERS.items(), ids=READERS)
def test_dnspython_does_not_take_it(zone, name, error) -> None:
    FAULTS[name][0](zone.on("A"))
    asked = dns.message.make_query("www.example.com", "A", use_edns=False)
    with pytest.raises(error):
        dns.query.udp(asked, zone.host, port=zone.port, timeout=5)


def test_dnspython_takes_an_answer_for_another_owner(zone) -> None:
    zone.on("A").other_owner("a.test")
    asked = dns.message.make_query("www.example.com", "A")
    got = dns.query.udp(asked, zone.host, port=zone.port, timeout=5)
    assert texts(got.answer) == ["a.test A 192.0.2.1"]


# --- a fault never does less than it says


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda r: r.other_owner("a.test"), "the answer has no records"),
        (lambda r: r.bad_rdlength(), "the answer has no record"),
        (lambda r: r.raw(b"junk").no_question(), "is no message to put a fault into"),
        (lambda r: r.raw(b"junk" * 5).bad_pointer(), "is no message to put a fault into"),
        (lambda r: r.garble(at=500), "reaches beyond the"),
        (lambda r: r.truncate(after=500), "reaches beyond the"),
        (lambda r: r.insert(b"x", at=500), "reaches beyond the"),
    ],
)
def test_what_finds_nothing_to_spoil_fails(unchecked, udp, write, message) -> None:
    write(unchecked.on("A"))
    udp(unchecked).send(WWW)
    unchecked.settle()
    with pytest.raises(FakeFailure, match=message):
        unchecked.verify()


def test_bad_pointer_without_a_record_is_in_the_question(fake, udp) -> None:
    fake.on("A").bad_pointer()
    answer = udp(fake).ask(WWW)
    assert answer[12:] == b"\xc0\x0c\x00\x01\x00\x01"


def test_bad_opt_in_the_place_of_the_good_one(zone, udp) -> None:
    zone.on("A").bad_opt()
    answer = udp(zone).ask(question("www.example.com", edns=opt()))
    assert answer.endswith(BAD_OPT)
    assert answer[10:12] == b"\x00\x01"


def test_a_short_address(zone, udp) -> None:
    """Data that are cut, in a message that is whole."""
    zone.on("A").respond("\\# 3 C00002")
    answer = udp(zone).ask(WWW)
    assert answer.endswith(b"\x00\x03\xc0\x00\x02")
    with pytest.raises(dns.exception.FormError):
        read(answer)


def test_faults_on_codes(zone, udp) -> None:
    zone.on("A").rcode("NXDOMAIN").wrong_id().then.rcode("SERVFAIL").no_question()
    client = udp(zone)
    answer = client.ask(WWW)
    assert (answer[:2], rcode(answer)) == (b"\xed\xcb", "NXDOMAIN")
    assert client.ask(WWW)[4:] == bytes(8)
