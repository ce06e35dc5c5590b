"""What a well-behaved server answers: the algorithm of RFC 1034, and the header around it."""

import struct
import threading

import dns.flags
import dns.message
import dns.resolver
import pytest
from dns_wire import answers, opt, question, rcode, read, texts, wire_name

from fakefarm import FakeDNS

ZONE = """\
$ORIGIN example.com.
@ SOA ns hostmaster 1 2 3 4 5
@ NS ns
ns A 192.0.2.53
www A 192.0.2.1
deep.below.here A 192.0.2.2
alias CNAME www
alias2 CNAME alias
dangling CNAME nowhere
nodata CNAME deep.below.here
away CNAME www.elsewhere.net.
over CNAME www.example.org.
self CNAME self
loop1 CNAME loop2
loop2 CNAME loop1
*.wild A 192.0.2.3
*.wild MX 10 www
there.wild TXT "there"
*.alias CNAME www
sub NS ns.sub
sub NS ns.elsewhere.net.
ns.sub A 192.0.2.54
renamed DNAME other.example.org.
r DNAME this-is-a-longer-name.example.org.
mx MX 10 www
mx MX 20 www.elsewhere.net.
_sip._tcp SRV 1 2 5060 www
both A 192.0.2.4
both A 192.0.2.5
both TXT "x"
$ORIGIN example.org.
@ SOA ns hostmaster 1 2 3 4 5
www A 198.51.100.1
deep.other A 198.51.100.2
child SOA ns.child hostmaster 1 2 3 4 5
www.child A 198.51.100.3
child NS ns.child
child DS 1 2 1 2BB183AF5F22588179A53B0A98631FAD1A292118
"""
SOA = "example.com SOA ns.example.com. hostmaster.example.com. 1 2 3 4 5"
WWW = "www.example.com A 192.0.2.1"
ALIAS = "alias.example.com CNAME www.example.com."

# Name, type, code, the three sections.
ANSWERS = [
    ("www", "A", "NOERROR", [WWW], [], []),
    ("www", "AAAA", "NOERROR", [], [SOA], []),
    ("nope", "A", "NXDOMAIN", [], [SOA], []),
    ("a.b.c.nope", "A", "NXDOMAIN", [], [SOA], []),
    ("below.here", "A", "NOERROR", [], [SOA], []),  # an empty non-terminal
    ("here", "ANY", "NOERROR", [], [SOA], []),
    ("x.below.here", "A", "NXDOMAIN", [], [SOA], []),
    ("alias", "A", "NOERROR", ["alias.example.com CNAME www.example.com.", WWW], [], []),
    ("alias", "CNAME", "NOERROR", ["alias.example.com CNAME www.example.com."], [], []),
    ("alias", "ANY", "NOERROR", ["alias.example.com CNAME www.example.com."], [], []),
    ("alias2", "A", "NOERROR",
     ["alias2.example.com CNAME alias.example.com.", ALIAS, WWW], [], []),
    ("alias", "MX", "NOERROR", ["alias.example.com CNAME www.example.com."], [SOA], []),
    ("dangling", "A", "NXDOMAIN", ["dangling.example.com CNAME nowhere.example.com."], [SOA], []),
    ("nodata", "AAAA", "NOERROR", ["nodata.example.com CNAME deep.below.here.example.com."],
     [SOA], []),
    ("away", "A", "NOERROR", ["away.example.com CNAME www.elsewhere.net."], [], []),
    ("over", "A", "NOERROR",
     ["over.example.com CNAME www.example.org.", "www.example.org A 198.51.100.1"], [], []),
    ("self", "A", "NOERROR", ["self.example.com CNAME self.example.com."], [], []),
    ("loop1", "A", "NOERROR",
     ["loop1.example.com CNAME loop2.example.com.", "loop2.example.com CNAME loop1.example.com."],
     [], []),
    ("x.wild", "A", "NOERROR", ["x.wild.example.com A 192.0.2.3"], [], []),
    ("a.b.wild", "A", "NOERROR", ["a.b.wild.example.com A 192.0.2.3"], [], []),
    ("*.wild", "A", "NOERROR", ["*.wild.example.com A 192.0.2.3"], [], []),
    ("x.wild", "TXT", "NOERROR", [], [SOA], []),
    ("wild", "A", "NOERROR", [], [SOA], []),
    ("there.wild", "A", "NOERROR", [], [SOA], []),  # a name that exists is not the wildcard's
    ("x.there.wild", "A", "NXDOMAIN", [], [SOA], []),  # nor what is below it
    ("x.wild", "MX", "NOERROR", ["x.wild.example.com MX 10 www.example.com."], [], [WWW]),
    ("x.alias", "A", "NOERROR", ["x.alias.example.com CNAME www.example.com.", WWW], [], []),
    ("sub", "A", "NOERROR", [],
     ["sub.example.com NS ns.sub.example.com.", "sub.example.com NS ns.elsewhere.net."],
     ["ns.sub.example.com A 192.0.2.54"]),
    ("x.sub", "A", "NOERROR", [],
     ["sub.example.com NS ns.sub.example.com.", "sub.example.com NS ns.elsewhere.net."],
     ["ns.sub.example.com A 192.0.2.54"]),
    ("sub", "DS", "NOERROR", [], [SOA], []),
    ("", "NS", "NOERROR", ["example.com NS ns.example.com."], [], ["ns.example.com A 192.0.2.53"]),
    ("", "SOA", "NOERROR", [SOA], [], []),
    ("deep.renamed", "A", "NOERROR",
     ["renamed.example.com DNAME other.example.org.",
      "deep.renamed.example.com CNAME deep.other.example.org.",
      "deep.other.example.org A 198.51.100.2"], [], []),
    ("renamed", "A", "NOERROR", [], [SOA], []),
    ("renamed", "DNAME", "NOERROR", ["renamed.example.com DNAME other.example.org."], [], []),
    (".".join(["x" * 60] * 3) + ".renamed", "A", "NXDOMAIN", None, None, None),
    (".".join(["x" * 60] * 3) + "." + "y" * 41 + ".r", "A", "YXDOMAIN",
     ["r.example.com DNAME this-is-a-longer-name.example.org."], [], []),
    ("mx", "MX", "NOERROR",
     ["mx.example.com MX 10 www.example.com.", "mx.example.com MX 20 www.elsewhere.net."],
     [], [WWW]),
    ("_sip._tcp", "SRV", "NOERROR", ["_sip._tcp.example.com SRV 1 2 5060 www.example.com."],
     [], [WWW]),
    ("both", "ANY", "NOERROR",
     ["both.example.com A 192.0.2.4", "both.example.com A 192.0.2.5", 'both.example.com TXT "x"'],
     [], []),
    ("www", "TYPE65280", "NOERROR", [], [SOA], []),
]  # fmt: skip


@pytest.fixture
def filled(fake: FakeDNS) -> FakeDNS:
    fake.load(ZONE)
    return fake


@pytest.mark.parametrize(("name", "type", "code", "answer", "authority", "additional"), ANSWERS,
                         ids=[f"{n[:20]}-{t}" for n, t, *_ in ANSWERS])  # fmt: skip
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_answers(
    filled, transport, udp, tcp, name, type, code, answer, authority, additional
) -> None:
    asked = question(f"{name}.example.com", type, edns=opt(4096))
    client = udp(filled) if transport == "udp" else tcp(filled)
    got = client.ask(asked)
    message = read(got)
    assert rcode(got) == code
    referral = bool(authority) and " NS " in authority[0]
    assert bool(message.flags & dns.flags.AA) is not referral
    if answer is not None:
        assert texts(message.answer) == answer
        assert texts(message.authority) == authority
        assert texts(message.additional) == additional
    assert filled.queries[-1].transport == transport


def test_a_zone_below_another_of_ours_answers_for_itself(filled, udp) -> None:
    client = udp(filled)
    answer = client.ask(question("nope.child.example.org"))
    assert texts(read(answer).authority)[0].startswith("child.example.org SOA ")
    assert answers(client.ask(question("www.child.example.org"))) == ["198.51.100.3"]
    # DS is a record of the zone above (RFC 4035 section 3.1.4.1).
    assert answers(client.ask(question("child.example.org", "DS"))) != []
    filled.remove("child.example.org", "DS")
    ds = read(client.ask(question("child.example.org", "DS")))
    assert texts(ds.authority)[0].startswith("example.org SOA ")
    given = [(owner, type) for owner, type, *_ in filled.records("example.org")]
    assert ("child.example.org", "NS") in given
    assert ("child.example.org", "SOA") not in given


@pytest.mark.parametrize("name", ["www.elsewhere.net", "com", "", "example.com.example.net"])
def test_what_is_not_ours_is_refused(filled, udp, name) -> None:
    answer = udp(filled).ask(question(name))
    message = read(answer)
    assert rcode(answer) == "REFUSED"
    assert not message.flags & dns.flags.AA
    assert texts(message.authority) == []


def test_a_chain_is_followed_to_its_end(fake, udp) -> None:
    for i in range(30):
        fake.add(f"c{i}.example.com", "CNAME", f"c{i + 1}.example.com")
    fake.add("c30.example.com", "A", "192.0.2.1")
    answer = read(udp(fake).ask(question("c0.example.com", edns=opt(4096))))
    assert len(texts(answer.answer)) == 31


def test_names_in_any_case_and_the_question_as_it_was_asked(filled, udp) -> None:
    client = udp(filled)
    for asked in ("WwW.eXample.COM", "www.EXAMPLE.com"):
        answer = client.ask(question(asked))
        assert wire_name(asked) == answer[12 : 12 + len(wire_name(asked))]
        assert answers(answer) == ["192.0.2.1"]
    wild = client.ask(question("MiXed.wild.example.com"))
    assert texts(read(wild).answer) == ["MiXed.wild.example.com A 192.0.2.3"]


@pytest.mark.parametrize("label", ["\xff\xfe", "a b", "a\0b", "a\\b", 'q"x', "(x;y)", "@", "$"])
def test_labels_of_any_bytes(filled, udp, label) -> None:
    answer = udp(filled).ask(question(f"{label}.example.com"))
    assert rcode(answer) == "NXDOMAIN"
    assert filled.queries[-1].name.endswith(".example.com")


# --- the header


def header(data: bytes) -> tuple[int, ...]:
    return struct.unpack("!HHHHHH", data[:12])


@pytest.mark.parametrize("flags", [0x0000, 0x0100, 0x0110, 0x0120, 0x0040])
def test_flags(filled, udp, flags) -> None:
    """RD and CD are copied, AA is set, RA and AD are not: nobody is asked on your behalf."""
    id, got, *counts = header(udp(filled).ask(question("www.example.com", flags=flags, id=0xBEEF)))
    assert id == 0xBEEF
    assert got == 0x8400 | (flags & 0x0110)
    assert counts == [1, 1, 0, 0]


OTHER_REQUESTS = [
    (question("www.example.com", flags=0x2000), "NOTIMP"),  # NOTIFY
    (question("www.example.com", flags=0x2800), "NOTIMP"),  # UPDATE
    (question("www.example.com", flags=0x0800), "NOTIMP"),  # IQUERY
    (question("www.example.com", flags=0x7800), "NOTIMP"),  # nobody's
    (struct.pack("!HHHHHH", 0x1234, 0x3000, 0, 0, 0, 0), "NOTIMP"),  # DSO, without a question
    (question("www.example.com", qclass=3), "REFUSED"),
    (question("www.example.com", qclass=255), "REFUSED"),
    (question("www.example.com", qclass=0), "REFUSED"),
    (question("www.example.com", "OPT"), "FORMERR"),
    (question("www.example.com", "TSIG"), "FORMERR"),
    (question("www.example.com", edns=opt(version=1)), "BADVERS"),
    (question("www.example.com", edns=opt(version=255)), "BADVERS"),
]  # fmt: skip


@pytest.mark.parametrize(("packet", "code"), OTHER_REQUESTS)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_other_requests(filled, udp, tcp, transport, packet, code) -> None:
    answer = (udp(filled) if transport == "udp" else tcp(filled)).ask(packet)
    opcode = answer[2] & 0x78
    readable = answer[:2] + bytes([answer[2] ^ opcode]) + answer[3:]  # as if it were a QUERY
    assert rcode(readable) == code
    assert header(answer)[0] == 0x1234
    assert header(answer)[1] & 0x7800 == header(packet)[1] & 0x7800
    assert header(answer)[2] == header(packet)[2]  # the question is there, if there was one
    assert header(answer)[3:5] == (0, 0)


GOOD = question("www.example.com")
BROKEN = {
    "two bytes": GOOD[:2],
    "half a header": GOOD[:7],
    "eleven bytes": GOOD[:11],
    "no question": GOOD[:12],
    "half a name": GOOD[:18],
    "no type": GOOD[:-4],
    "half a class": GOOD[:-1],
    "no questions": GOOD[:4] + bytes(8),
    "two questions": GOOD[:5] + b"\x02" + GOOD[6:] + GOOD[12:],
    "a pointer to itself": GOOD[:12] + b"\xc0\x0c\x00\x01\x00\x01",
    "a pointer beyond": GOOD[:12] + b"\xff\xff\x00\x01\x00\x01",
    "two pointers in a circle": GOOD[:12] + b"\x01a\xc0\x0e\xc0\x0c\x00\x01\x00\x01",
    "half a pointer": GOOD[:12] + b"\xc0",
    "an unknown kind of label": GOOD[:12] + b"\x41x\x00\x00\x01\x00\x01",
    "a name of 256": GOOD[:12] + b"\x3fx" + b"x" * 62 + (b"\x3f" + b"x" * 63) * 3 + b"\0\0\1\0\1",
    "no record behind": GOOD[:11] + b"\x01" + GOOD[12:],
    "half a record": question("www.example.com", edns=opt())[:-3],
    "a record that reaches beyond": question("www.example.com", edns=opt()[:-2] + b"\x00\x05"),
    "two OPT": question("www.example.com", edns=opt() + opt())[:11]
    + b"\x02"
    + GOOD[12:]
    + opt() * 2,
    "OPT with a name": question("www.example.com", edns=b"\x01a" + opt()),
    "an option cut": question("www.example.com", edns=opt(options=b"\x00\x0a\x00\x08abc")),
    "half an option": question("www.example.com", edns=opt(options=b"\x00\x0a")),
}


@pytest.mark.parametrize("packet", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_broken_messages_get_formerr(filled, udp, tcp, transport, packet) -> None:
    client = udp(filled) if transport == "udp" else tcp(filled)
    answer = client.ask(packet)
    rd = packet[2] << 8 & 0x0100 if len(packet) > 3 else 0
    assert header(answer)[:3] == (0x1234, 0x8001 | rd, 0)
    (query,) = filled.queries
    assert query.problem
    assert (query.verb, query.line) == ("", packet)
    assert answers(client.ask(GOOD)) == ["192.0.2.1"]  # and goes on


@pytest.mark.parametrize("packet", [b"", b"\x12", question("www.example.com", flags=0x8100)])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_what_has_no_id_or_is_an_answer_is_dropped(filled, udp, tcp, transport, packet) -> None:
    if transport == "udp":
        client = udp(filled)
        client.send(packet)
        answer = client.ask(GOOD)
    else:
        stream = tcp(filled)
        stream.send(len(packet).to_bytes(2, "big") + packet)
        answer = stream.ask(GOOD)
    assert answers(answer) == ["192.0.2.1"]
    assert len(filled.queries) == 1
    assert "not answered: the message " in str(filled.transcript)


def test_bytes_behind_a_message_do_not_matter(filled, udp) -> None:
    assert answers(udp(filled).ask(GOOD + b"junk")) == ["192.0.2.1"]


# --- size, and EDNS (RFC 6891)


@pytest.fixture
def large(fake: FakeDNS) -> FakeDNS:
    """60 addresses: 990 bytes and more; and 200 strings of 200 bytes."""
    fake.add("many.example.com", "A", *[f"192.0.2.{i}" for i in range(60)])
    fake.add("huge.example.com", "TXT", *[f"{i}" + "x" * 200 for i in range(200)])
    return fake


@pytest.mark.parametrize(
    ("edns", "limit"),
    [(b"", 512), (opt(0), 512), (opt(512), 512), (opt(700), 700), (opt(1232), 1232)],
    ids=["none", "0", "512", "700", "1232"],
)
def test_an_answer_fits_or_says_that_it_is_cut(large, udp, edns, limit) -> None:
    answer = udp(large).ask(question("many.example.com", edns=edns))
    message = read(answer)
    assert limit - 16 < len(answer) + (0 if limit < 1000 else 300)
    assert len(answer) <= limit
    assert bool(message.flags & dns.flags.TC) is (limit < 1000)
    assert (message.edns == 0) is bool(edns)
    assert 0 < len(answers(answer)) <= 60


def test_all_of_it_over_tcp(large, tcp, udp) -> None:
    client = tcp(large)
    assert len(answers(client.ask(question("many.example.com")))) == 60
    huge = client.ask(question("huge.example.com", "TXT"))
    assert len(huge) > 40_000
    assert len(answers(huge)) == 200
    whole = udp(large).ask(question("huge.example.com", "TXT", edns=opt(65535)))
    assert len(answers(whole)) == 200


def test_additional_records_are_left_out_without_a_word(fake, udp) -> None:
    fake.add("example.com", "MX", "10 mail.example.com")
    fake.add("mail.example.com", "A", *[f"192.0.2.{i}" for i in range(60)])
    message = read(udp(fake).ask(question("example.com", "MX")))
    assert not message.flags & dns.flags.TC
    assert texts(message.answer) == ["example.com MX 10 mail.example.com."]
    assert 0 < len(texts(message.additional)) < 60


def test_opt_answers_opt(filled, udp) -> None:
    client = udp(filled)
    plain = read(client.ask(question("www.example.com")))
    assert plain.edns == -1
    for flags in (0, 0x8000):
        message = read(client.ask(question("www.example.com", edns=opt(flags=flags))))
        assert (message.edns, message.payload, message.ednsflags) == (0, 1232, flags)
    # A second record beside OPT, an option that nobody knows: nothing happens.
    odd = question("www.example.com", edns=opt(options=b"\xfd\xe9\x00\x02hi"))
    assert answers(client.ask(odd)) == ["192.0.2.1"]


def test_compressed_names_reach_no_further_than_pointers_can(fake, tcp) -> None:
    """Names behind the first 16,384 bytes cannot be pointed to."""
    for i in range(700):
        fake.add("example.com", "NS", f"name-server-number-{i}.of{i}.example.net")
    got = answers(tcp(fake).ask(question("example.com", "NS")))
    assert len(set(got)) == 700


# --- what is kept of answers


def test_an_answer_that_is_kept_is_that_of_now(fake, udp) -> None:
    fake.add("a.example.com", "A", "192.0.2.1")
    client = udp(fake)
    for i in range(2, 6):
        for id in (1, 2):
            answer = client.ask(question("a.example.com", id=id))
            assert (header(answer)[0], len(answers(answer))) == (id, i - 1)
        fake.add("a.example.com", "A", f"192.0.2.{i}")


def test_what_is_kept_is_bounded(fake, udp) -> None:
    fake.add("*.example.com", "A", "192.0.2.1")
    client = udp(fake)
    for i in range(1500):
        client.ask(question(f"n{i}.example.com"))
    assert len(fake.engine._kept[1]) <= 1024


def test_many_clients_at_once(fake, udp) -> None:
    fake.add("*.example.com", "A", "192.0.2.1")
    wrong = []

    def ask(client, number: int) -> None:
        for i in range(50):
            answer = client.ask(question(f"c{number}-{i}.example.com", id=i))
            if answers(answer) != ["192.0.2.1"] or header(answer)[0] != i:
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(udp(fake), i)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(fake.queries) == 400


def test_a_resolver_of_dnspython(filled) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [filled.host], filled.port
    assert resolver.resolve("alias.example.com", "A").rrset.to_text().endswith("A 192.0.2.1")
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("nope.example.com", "A")
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("www.example.com", "AAAA")
    with pytest.raises(dns.resolver.NoNameservers):
        resolver.resolve("www.elsewhere.net", "A")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.5"])
def test_hosts(host, udp, tcp) -> None:
    import socket
    import sys

    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 on this machine")
    if host == "127.0.0.5" and sys.platform == "darwin":
        pytest.skip("macOS has only 127.0.0.1")
    try:
        fake = FakeDNS(host=host).start()
    except OSError as error:
        pytest.skip(f"no {host} on this machine: {error}")
    with fake:
        fake.add("a.example.com", "A", "192.0.2.1")
        assert answers(udp(fake).ask(question("a.example.com"))) == ["192.0.2.1"]
        assert answers(tcp(fake).ask(question("a.example.com"))) == ["192.0.2.1"]
