"""What a rule may say in the place of the natural answer, and to whom."""

import re
import socket
import threading
import time

import dns.flags
import pytest
from dns_wire import answers, framed, opt, question, rcode, read, texts

from fakefarm import FakeDNS, FakeFailure
from fakefarm.dns import EDNS

WWW = question("www.example.com")


def flags(data: bytes) -> str:
    return dns.flags.to_text(read(data).flags)


# --- respond

RESPONSES = [
    ("A", lambda rule: rule.respond("192.0.2.9"), ["www.example.com A 192.0.2.9"]),
    ("A", lambda rule: rule.respond("192.0.2.9", "192.0.2.8", ttl=5),
     ["www.example.com A 192.0.2.9", "www.example.com A 192.0.2.8"]),
    ("A", lambda rule: rule.respond(), []),
    ("A", lambda rule: rule.respond("192.0.2.9", owner="other.example.com"),
     ["other.example.com A 192.0.2.9"]),
    ("A", lambda rule: rule.respond(("CNAME", "x.example.com"),
                                    ("x.example.com", "A", "192.0.2.9")),
     ["www.example.com CNAME x.example.com.", "x.example.com A 192.0.2.9"]),
    ("A", lambda rule: rule.respond("\\# 4 C0000209"), ["www.example.com A 192.0.2.9"]),
    ("MX", lambda rule: rule.respond("10 a.example.com", (20, "b.example.com")),
     ["www.example.com MX 10 a.example.com.", "www.example.com MX 20 b.example.com."]),
    ("A", lambda rule: rule.respond(lambda query: "192.0.2.7"), ["www.example.com A 192.0.2.7"]),
    ("A", lambda rule: rule.respond(lambda query: ["192.0.2.7", ("TXT", query.name)]),
     ["www.example.com A 192.0.2.7", 'www.example.com TXT "www.example.com"']),
    ("A", lambda rule: rule.respond(lambda query: []), []),
    ("A", lambda rule: rule.respond(lambda query: None), ["www.example.com A 192.0.2.1"]),
    ("A", lambda rule: rule.respond(lambda query: query.message.reply()), []),
    ("A", lambda rule: rule.answer(), ["www.example.com A 192.0.2.1"]),
    ("A", lambda rule: rule, ["www.example.com A 192.0.2.1"]),
    ("ANY", lambda rule: rule.respond(("A", "192.0.2.3")), ["www.example.com A 192.0.2.3"]),
]  # fmt: skip


@pytest.mark.parametrize(("type", "write", "wanted"), RESPONSES)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_respond(zone, udp, tcp, transport, type, write, wanted) -> None:
    write(zone.on(type, "www.example.com"))
    client = udp(zone) if transport == "udp" else tcp(zone)
    answer = client.ask(question("www.example.com", type))
    assert texts(read(answer).answer) == wanted


def test_respond_says_everything_about_the_answer(zone, udp) -> None:
    soa = ("example.com", "SOA", "ns.example.com h.example.com 1 2 3 4 5", 9)
    zone.on("A").respond(
        "192.0.2.9",
        rcode="NXDOMAIN",
        ttl=3,
        authority=[soa],
        additional=[("ns.example.com", "A", "192.0.2.53")],
    )
    message = read(udp(zone).ask(question("www.example.com", edns=opt(flags=0x8000))))
    assert dns.rcode.to_text(message.rcode()) == "NXDOMAIN"
    assert texts(message.answer) == ["www.example.com A 192.0.2.9"]
    assert message.answer[0].ttl == 3
    assert message.authority[0].ttl == 9
    assert texts(message.additional) == ["ns.example.com A 192.0.2.53"]
    assert (message.edns, message.ednsflags) == (0, 0x8000)
    assert message.flags & dns.flags.AA


def test_what_is_scripted_is_sent_whatever_its_size(zone, udp) -> None:
    """More than 512 bytes for a client that said nothing of EDNS, and no TC."""
    zone.on("A").respond(*[f"192.0.2.{i}" for i in range(100)])
    answer = udp(zone).ask(WWW)
    assert len(answer) > 1600
    assert "TC" not in flags(answer)


def test_several_answers_to_one_question(zone, udp, tcp) -> None:
    zone.on("A").respond("192.0.2.9").respond("192.0.2.1")
    client = udp(zone)
    first, second = client.ask(WWW), client.receive()[0]
    assert (answers(first), answers(second)) == (["192.0.2.9"], ["192.0.2.1"])
    assert client.is_silent()
    stream = tcp(zone)
    assert answers(stream.ask(WWW)) == ["192.0.2.9"]
    assert answers(stream.message()) == ["192.0.2.1"]


def test_message_gets_the_id_of_the_question_and_raw_is_untouched(zone, udp, tcp) -> None:
    captured = b"\xff\xff" + udp(zone).ask(WWW)[2:]
    zone.on("A").message(captured).then.raw(captured).then.raw(lambda query: query.line[::-1])
    client = udp(zone)
    assert client.ask(WWW) == WWW[:2] + captured[2:]
    assert client.ask(WWW) == captured
    assert client.ask(WWW) == WWW[::-1]
    zone.on("AAAA").message(captured).then.raw(captured).close()
    stream = tcp(zone)
    asked = question("www.example.com", "AAAA")
    assert stream.ask(asked) == WWW[:2] + captured[2:]
    stream.send(framed(asked))
    assert stream.rest() == (captured, "fin")  # no length before it


# --- rcode

RCODES = [
    (("NXDOMAIN",), "NXDOMAIN", True, False),
    (("nxdomain",), "NXDOMAIN", True, False),
    (("NOERROR",), "NOERROR", True, False),
    (("SERVFAIL",), "SERVFAIL", False, False),
    (("REFUSED",), "REFUSED", False, False),
    (("FORMERR",), "FORMERR", False, False),
    (("NOTIMP",), "NOTIMP", False, False),
    (("YXDOMAIN",), "YXDOMAIN", False, False),
    ((11,), "DSOTYPENI", False, False),
    (("BADVERS",), "BADVERS", False, True),
    (("BADCOOKIE",), "BADCOOKIE", False, True),
    ((4095,), "4095", False, True),
    ((lambda query: "REFUSED",), "REFUSED", False, False),
]


@pytest.mark.parametrize(("given", "wanted", "soa", "has_opt"), RCODES)
@pytest.mark.parametrize("edns", [b"", opt()], ids=["plain", "edns"])
def test_rcode(zone, udp, given, wanted, soa, has_opt, edns) -> None:
    zone.on("*").rcode(*given)
    answer = udp(zone).ask(question("www.example.com", edns=edns))
    message = read(answer)
    assert rcode(answer) == wanted
    assert bool(message.flags & dns.flags.AA) is soa
    assert texts(message.answer) == []
    assert [text[:15] for text in texts(message.authority)] == (["example.com SOA"] if soa else [])
    assert (message.edns == 0) is (has_opt or bool(edns))


def test_rcode_without_soa_or_with(zone, udp) -> None:
    zone.on("A").rcode("NXDOMAIN", soa=False).then.rcode("SERVFAIL", soa=True)
    client = udp(zone)
    answer = client.ask(WWW)
    assert texts(read(answer).authority) == []
    assert "AA" in flags(answer)
    answer = client.ask(WWW)
    assert rcode(answer) == "SERVFAIL"
    assert len(texts(read(answer).authority)) == 1


def test_a_negative_answer_about_a_name_of_nobody(fake, udp) -> None:
    fake.on("PTR", "*.2.0.192.in-addr.arpa").rcode("NXDOMAIN")
    answer = udp(fake).ask(question("1.2.0.192.in-addr.arpa", "PTR"))
    assert rcode(answer) == "NXDOMAIN"
    assert texts(read(answer).authority)[0].startswith("in-addr.arpa SOA")


# --- what it is matched by

MATCHES = [
    (("A", "www.example.com"), {}, True),
    (("A", "WWW.Example.Com."), {}, True),
    (("A", "*.example.com"), {}, True),
    (("A", "*"), {}, True),
    (("A", "example.com"), {}, False),
    (("A", re.compile(r"^www\.")), {}, True),
    (("A", re.compile("^mail")), {}, False),
    (("A",), {"transport": "udp"}, True),
    (("A",), {"transport": "tcp"}, False),
    (("AAAA",), {}, False),
    (("*",), {}, True),
    (("*", "www.example.com"), {"where": lambda query: query.edns is None}, True),
    (("A",), {"where": lambda query: query.edns}, False),
    (("A",), {"where": lambda query: query.client[0] == "127.0.0.1"}, True),
]


@pytest.mark.parametrize(("arguments", "matchers", "fires"), MATCHES)
def test_matching(zone, udp, arguments, matchers, fires) -> None:
    zone.on(*arguments, **matchers).rcode("SERVFAIL").optional()
    assert (rcode(udp(zone).ask(WWW)) == "SERVFAIL") is fires


def test_types_without_a_name_and_opcodes(zone, udp) -> None:
    zone.on("TYPE65280", custom=True).respond("\\# 2 abcd")
    zone.on("NOTIFY", "example.com").respond()
    zone.on("OPCODE9", custom=True).rcode("REFUSED")
    client = udp(zone)
    answer = client.ask(question("www.example.com", "TYPE65280"))
    assert answers(answer) == ["\\# 2 abcd"]
    assert client.ask(question("example.com", "SOA", flags=0x2000))[2:4] == b"\xa4\x00"
    assert client.ask(question("example.com", flags=0x4800))[2:4] == b"\xc8\x05"
    assert zone.commands == ["TYPE65280", "NOTIFY", "OPCODE9"]
    assert [query.type for query in zone.queries] == ["TYPE65280", "SOA", "A"]


def test_broken_messages_are_for_every(zone, udp) -> None:
    zone.on("*").rcode("SERVFAIL").optional()
    zone.every().rcode("REFUSED")
    client = udp(zone)
    assert client.ask(WWW[:-1])[2:4] == b"\x81\x05"
    assert rcode(client.ask(WWW)) == "SERVFAIL"


def test_a_step_is_a_query(zone, udp, tcp) -> None:
    seen = []
    zone.observe(seen.append)
    client = udp(zone)
    client.ask(question("WWW.example.com", "AAAA", id=7, edns=opt(4000, flags=0x8000)))
    stream = tcp(zone)
    stream.ask(WWW)
    first, second = zone.queries
    assert seen == [step for step in zone.steps if step in (first, second) or step.is_phase]
    assert (first.verb, first.type, first.argument, first.name) == ("AAAA",) * 2 + (
        "WWW.example.com",
    ) * 2
    assert first.edns == (4000, 0x8000) == EDNS(4000, 0x8000)
    assert first.edns.do
    assert (first.id, first.transport, first.client) == (7, "udp", client.address)
    assert first.line == question("WWW.example.com", "AAAA", id=7, edns=opt(4000, flags=0x8000))
    assert first.recursion_desired
    assert (second.transport, second.client, second.edns) == ("tcp", stream.address, None)
    assert second.line == WWW
    assert second.message.q.qname == "www.example.com."
    assert zone.commands == ["AAAA", "A"]
    assert [step.verb for step in zone.steps] == ["AAAA", "connect", "A"]
    assert repr(second) == "<Query A www.example.com (tcp, connection 2)>"


def test_the_root_is_a_dot(fake, udp) -> None:
    fake.on("NS", ".").respond("ns.example.com")
    assert answers(udp(fake).ask(question("", "NS"))) == ["ns.example.com."]
    assert fake.queries[0].name == "."


def test_sequences(zone, udp) -> None:
    zone.on("A").rcode("SERVFAIL").then.ignore().then.respond("192.0.2.7")
    client = udp(zone)
    assert rcode(client.ask(WWW)) == "SERVFAIL"
    client.send(WWW)
    assert answers(client.ask(WWW)) == ["192.0.2.7"]  # not the one before


# --- time


def test_ignore_and_stall_are_silence(zone, udp) -> None:
    zone.on("A").ignore()
    zone.on("AAAA").stall()
    client = udp(zone)
    client.send(WWW)
    client.send(question("www.example.com", "AAAA"))
    assert answers(client.ask(question("example.com", "MX"))) == ["10 mail.example.com."]
    assert client.is_silent()
    zone.settle()


def test_a_question_that_waits_holds_no_other(zone, udp) -> None:
    zone.on("AAAA").delay(0.2)
    client = udp(zone)
    begin = time.monotonic()
    client.send(question("www.example.com", "AAAA", id=1))
    client.send(question("www.example.com", "A", id=2))
    first, second = client.receive()[0], client.receive()[0]
    assert (first[:2], second[:2]) == (b"\x00\x02", b"\x00\x01")
    assert answers(second) == ["2001:db8::1"]
    assert time.monotonic() - begin >= 0.2


def test_answers_with_waits_between(zone, udp) -> None:
    zone.on("A").respond("192.0.2.9").delay(0.1).respond("192.0.2.8")
    client = udp(zone)
    assert answers(client.ask(WWW)) == ["192.0.2.9"]
    begin = time.monotonic()
    assert answers(client.receive()[0]) == ["192.0.2.8"]
    assert time.monotonic() - begin >= 0.08


def test_no_more_than_so_many_wait_at_once(zone, udp, monkeypatch) -> None:
    from fakefarm._core import datagram_reception as reception

    monkeypatch.setattr(reception, "MOST_LATE", 2)
    zone.on("A").delay(0.1)
    client = udp(zone)
    for _ in range(3):
        client.send(WWW)
    client.receive()
    client.receive()
    zone.settle()
    assert client.is_silent()
    assert "dropped: 2 datagrams are being answered" in str(zone.transcript)


# --- nothing listens


def refused(fake: FakeDNS, transport: str) -> bool:
    if transport == "tcp":
        try:
            socket.create_connection(fake.address, 5).close()
        except ConnectionRefusedError:
            return True
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.connect(fake.address)  # what is sent from such a socket is told of ICMP
        sock.send(WWW)
        try:
            sock.recv(600)
        except ConnectionRefusedError:
            return True
        return False


@pytest.mark.parametrize("only", [None, "udp", "tcp"])
@pytest.mark.parametrize("running", [True, False], ids=["running", "before start"])
def test_refuse(only, running) -> None:
    fake = FakeDNS()
    if running:
        fake.start()
    fake.on("connect", **({"transport": only} if only else {})).refuse()
    with fake:
        assert [refused(fake, t) for t in ("udp", "tcp")] == [only != "tcp", only != "udp"]
        port = fake.port
        fake.reset()
        assert fake.port == port
        assert [refused(fake, t) for t in ("udp", "tcp")] == [False, False]


def test_refuse_from_the_second_connection_on(zone, tcp) -> None:
    zone.on("connect", transport="tcp").after(1).refuse()
    assert answers(tcp(zone).ask(WWW)) == ["192.0.2.1"]
    assert refused(zone, "tcp")
    assert not refused(zone, "udp")


def test_refuse_both_from_the_second_connection_on(zone, udp, tcp) -> None:
    zone.on("connect").after(1).refuse()
    client = udp(zone)
    assert answers(client.ask(WWW)) == ["192.0.2.1"]  # no connection, and not counted
    assert answers(tcp(zone).ask(WWW)) == ["192.0.2.1"]
    assert refused(zone, "tcp")
    assert refused(zone, "udp")


# --- strictness, and what it says


def test_a_rule_that_never_fired_fails_and_says_what_came_near(unchecked, udp) -> None:
    unchecked.on("A", "mail.example.com").respond("192.0.2.1")
    unchecked.on("A", "www.example.com").close()
    udp(unchecked).ask(WWW)
    with pytest.raises(FakeFailure) as failure:
        unchecked.verify()
    text = str(failure.value)
    assert "on('A', 'mail.example.com').respond('192.0.2.1')" in text
    assert "NOT pattern: 'www.example.com' is not 'mail.example.com'" in text
    assert "NOT transport: 'udp' is not 'tcp', which close() is for" in text


def test_what_a_rule_says_of_itself(fake) -> None:
    rule = fake.on("A", "x.com", transport="udp").respond("192.0.2.1", ttl=5, rcode=3)
    rule.wrong_id(only=2).flags(aa=False, opcode=4).truncate().then.rcode("NXDOMAIN", soa=False)
    rule.then.other_owner("y.com").bad_pointer().bad_rdlength().bad_opt().trailing(b"x")
    rule.then.wrong_question("z.com", "MX").no_question(only=1).not_a_response().from_other_port()
    rule.then.respond(("MX", "1 a"), additional=[("a", "A", "192.0.2.1")]).optional()
    assert str(rule) == (
        "on('A', 'x.com', transport='udp').respond('192.0.2.1', ttl=5, rcode=3).wrong_id(only=2)"
        ".flags(aa=False, opcode=4).truncate().then.rcode('NXDOMAIN', soa=False)"
        ".then.other_owner('y.com').bad_pointer().bad_rdlength(65535).bad_opt().trailing(b'x')"
        ".then.wrong_question('z.com', 'MX').no_question(only=1).not_a_response()"
        ".from_other_port().then.respond(('MX', '1 a'), "
        "additional=[('a', 'A', '192.0.2.1')]).optional()"
    )


BAD = [
    (lambda f: f.on("AA"), ValueError, "no such verb"),
    (lambda f: f.on("a"), ValueError, "did you mean 'A'"),
    (lambda f: f.on("A", transport="sctp"), ValueError, "give 'udp' or 'tcp'"),
    (lambda f: f.on("A", trnsport="udp"), TypeError, "did you mean 'transport'"),
    (lambda f: f.on("A", b"x"), TypeError, "pattern="),
    (lambda f: f.on("A").respond("nope"), ValueError, "name.invalid A 'nope'"),
    (lambda f: f.on("MX").respond("mail"), ValueError, "MX has 2 words"),
    (lambda f: f.on("A").respond(("A",)), ValueError, "give .type, data."),
    (lambda f: f.on("A").respond(("B", "x")), ValueError, "type='B' is not known"),
    (lambda f: f.on("A").respond(7), TypeError, "give its data as a str"),
    (lambda f: f.on("A").respond("192.0.2.1", ttl=-1), ValueError, "ttl=-1"),
    (lambda f: f.on("A").respond("192.0.2.1", owner="a..b"), ValueError, "an empty label"),
    (lambda f: f.on("A").respond(rcode="NOPE"), ValueError, "rcode='NOPE' is not known"),
    (lambda f: f.on("A").respond(rcode=4096), ValueError, "0 to 4095"),
    (lambda f: f.on("A").respond(additional="x A 192.0.2.1"), TypeError, "a list of records"),
    (lambda f: f.on("ANY").respond("192.0.2.1"), ValueError, "say of which type it is"),
    (lambda f: f.on("AXFR").respond("192.0.2.1"), ValueError, "say of which type it is"),
    (lambda f: f.on("A").rcode("NXDOMIAN"), ValueError, "did you mean 'NXDOMAIN'"),
    (lambda f: f.on("A").rcode(True), TypeError, "rcode=True"),
    (lambda f: f.on("A").rcode(None), TypeError, "rcode=None"),
    (lambda f: f.on("A").message("text"), TypeError, "give bytes"),
    (lambda f: f.on("A").message(b"x"), ValueError, "2 to 65535"),
    (lambda f: f.on("connect").respond("192.0.2.1"), ValueError, "nothing is asked yet"),
    (lambda f: f.on("connect").wrong_id(), ValueError, "nothing is asked yet"),
    (lambda f: f.on("connect", transport="udp").close(), ValueError, "close.. is for tcp"),
    (lambda f: f.on("connect", transport="udp").raw(b"x"), ValueError, "nobody connects"),
    (lambda f: f.on("connect", transport="udp").after(1), ValueError, "nobody connects"),
    (lambda f: f.on("A", transport="udp").reset(), ValueError, "reset.. is for tcp"),
    (lambda f: f.on("A", transport="udp").drip(), ValueError, "drip.. is for tcp"),
    (lambda f: f.on("A", transport="tcp").from_other_port(), ValueError, "is for udp"),
    (lambda f: f.on("A").from_other_port().close(), ValueError, "close.. is for tcp, and from"),
    (lambda f: f.on("A").throttle(9).truncate(), ValueError, "truncate.. is for udp, and throt"),
    (lambda f: f.on("A").from_other_address("192.0.2.1"), ValueError, "another loopback address"),
    (lambda f: f.on("A").from_other_address("x"), ValueError, "'x' does not appear"),
    (lambda f: f.on("A").length_prefix(65536), ValueError, "from 0 to 65535"),
    (lambda f: f.on("A").wrong_id(only=0), ValueError, "only=0"),
    (lambda f: f.on("A").flags(), ValueError, "name the flags"),
    (lambda f: f.on("A").flags(opcode=16), ValueError, "opcode=16"),
    (lambda f: f.on("A").other_owner("a..b"), ValueError, "an empty label"),
    (lambda f: f.on("A").wrong_question(type="B"), ValueError, "type='B'"),
    (lambda f: f.on("A").bad_pointer(16384), ValueError, "to=16384"),
    (lambda f: f.on("A").bad_rdlength(-1), ValueError, "length=-1"),
    (lambda f: f.on("A").trailing("x"), TypeError, "give bytes"),
    (lambda f: f.on("A").truncate(5, answers=1), TypeError, "after or answers"),
    (lambda f: f.on("A").truncate(answers=-1), ValueError, "answers=-1"),
    (lambda f: f.on("A").refuse(), ValueError, "refuse.. is for on"),
]


@pytest.mark.parametrize(("write", "error", "message"), BAD)
def test_bad_rules_are_refused_at_the_line_that_wrote_them(write, error, message) -> None:
    with pytest.raises(error, match=message):
        write(FakeDNS())


def test_an_exception_of_a_callable_reaches_the_test(unchecked, udp) -> None:
    def fails(query) -> str:
        raise ZeroDivisionError("in the rule")

    unchecked.on("A").respond(fails).then.delay(0.01).respond(fails)
    unchecked.add("www.example.com", "AAAA", "2001:db8::1")
    client = udp(unchecked)
    client.send(WWW)
    client.send(WWW)
    assert answers(client.ask(question("www.example.com", "AAAA"))) == ["2001:db8::1"]
    unchecked.wait_until(lambda: len(unchecked.errors) == 2)
    with pytest.raises(FakeFailure, match="in the rule") as failure:
        unchecked.verify()
    assert isinstance(failure.value.__cause__, ZeroDivisionError)


def test_data_of_the_wrong_kind_is_found_when_the_question_tells_the_kind(unchecked, udp) -> None:
    unchecked.on("*").respond("192.0.2.1")
    client = udp(unchecked)
    assert answers(client.ask(WWW)) == ["192.0.2.1"]
    client.send(question("www.example.com", "AAAA"))
    unchecked.settle()
    with pytest.raises(FakeFailure, match=r"AAAA '192\.0\.2\.1'"):
        unchecked.verify()


def test_a_rule_is_changed_while_questions_come(zone, udp) -> None:
    stop = threading.Event()
    client = udp(zone)
    bad = []

    def ask() -> None:
        while not stop.is_set():
            got = answers(client.ask(WWW))
            if got not in (["192.0.2.1"], ["192.0.2.1", "192.0.2.2"], ["192.0.2.2"]):
                bad.append(got)

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(100):
        zone.add("www.example.com", "A", "192.0.2.2")
        zone.remove("www.example.com", "A")
        zone.on("A").respond("192.0.2.2").once().optional()
        zone.add("www.example.com", "A", "192.0.2.1")
    stop.set()
    thread.join()
    assert [got for got in bad if got != []] == []
