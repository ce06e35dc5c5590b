"""Records: what a test may write, which names are ours, and what the errors say."""

import ipaddress

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from dns_wire import answers, question, rcode, read, texts

from fakefarm import FakeDNS
from fakefarm.dns.message import Buffer

# Type, data as written, what dnspython reads of it.
RECORDS = [
    ("A", "192.0.2.1", "192.0.2.1"),
    ("A", ipaddress.ip_address("192.0.2.1"), "192.0.2.1"),
    ("AAAA", "2001:DB8::1", "2001:db8::1"),
    ("AAAA", "fe80::1", "fe80::1"),
    ("a", "192.0.2.1", "192.0.2.1"),
    ("NS", "ns.example.org", "ns.example.org."),
    ("CNAME", "Other.Example.org.", "Other.Example.org."),
    ("PTR", ".", "."),
    ("PTR", "-dash.<script>.a\\032b.a\\000b._x", "-dash.<script>.a\\032b.a\\000b._x."),
    ("PTR", "a\\.b.c\\046d.e", "a\\.b.c\\.d.e."),
    ("MX", "10 mail.example.com", "10 mail.example.com."),
    ("MX", ("10", "mail.example.com"), "10 mail.example.com."),
    ("MX", (10, "mail.example.com"), "10 mail.example.com."),
    ("SRV", "1 2 5060 sip.example.com", "1 2 5060 sip.example.com."),
    ("SOA", "ns.x.org h.x.org 7 1h 10m 1d 30", "ns.x.org. h.x.org. 7 3600 600 86400 30"),
    ("TXT", "v=spf1 -all", '"v=spf1 -all"'),
    ("TXT", '"two" "strings"', '"two" "strings"'),
    ("TXT", "", '""'),
    ("TXT", 'say "hi" \\ there', '"say \\"hi\\" \\\\ there"'),
    ("TXT", "gr\u00fc\u00dfe", '"gr\\195\\188\\195\\159e"'),
    ("TXT", "x" * 300, f'"{"x" * 255}" "{"x" * 45}"'),
    ("SPF", "v=spf1 -all", '"v=spf1 -all"'),
    ("HINFO", '"PDP 11" unix', '"PDP 11" "unix"'),
    ("CAA", '0 issue "ca.example.net"', '0 issue "ca.example.net"'),
    ("NAPTR", '1 2 "U" "E2U+sip" "!^.*$!\\\\1@x!" .', '1 2 "U" "E2U+sip" "!^.*$!\\\\1@x!" .'),
    ("HTTPS", '1 . alpn="h2,h3" port=8443', '1 . alpn="h2,h3" port="8443"'),
    ("SVCB", "1 svc.example.org port=53", '1 svc.example.org. port="53"'),
    ("DNAME", "example.org", "example.org."),
    ("AFSDB", "1 afs.example.org", "1 afs.example.org."),
    ("RP", "ann.example.org txt.example.org", "ann.example.org. txt.example.org."),
    ("DS", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
     "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"),
    ("SSHFP", "2 1 123456789abcdef67890123456789abcdef67890",
     "2 1 123456789abcdef67890123456789abcdef67890"),
    ("TLSA", "0 0 0 d2abde24", "0 0 0 d2abde24"),
    ("LOC", "37 14 12.094 N 115 48 14.649 W 1381.00m", "37 14 12.094 N 115 48 14.649 W 1381.00m"),
    ("NSEC", "b.example.com A MX", "b.example.com. A MX"),
    ("A", "\\# 4 C0000201", "192.0.2.1"),
    ("TYPE65280", "\\# 3 abcdef", "\\# 3 abcdef"),
    ("NULL", "\\# 0", "\\# 0"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type", "data", "wanted"), RECORDS, ids=[f"{t}-{d}"[:30] for t, d, _ in RECORDS]
)
def test_every_kind_of_data_is_what_dnspython_reads(type, data, wanted) -> None:
    fake = FakeDNS()
    fake.add("host.test.example", type, data)
    (rr,) = fake.zones
    packed = packed_data(rr)
    made = dns.rdata.from_wire(dns.rdataclass.IN, rr.rtype, packed, 0, len(packed))
    assert made == dns.rdata.from_text("IN", rr.rtype, wanted)
    # What records() shows can be added again.
    shown = [each for each in fake.records(fake.zones.apexes[0]) if each[0] == "host.test.example"]
    assert [each[1:2] for each in shown] == [(type.upper(),)]
    other = FakeDNS()
    other.add(*shown[0][:3])
    assert [packed_data(rr) for rr in other.zones] == [packed]


def packed_data(rr) -> bytes:
    buffer = Buffer()
    buffer.compresses = False
    rr.rdata.pack(buffer)
    return bytes(buffer.data)


def test_a_record_for_each_of_the_data(fake, udp) -> None:
    fake.add("a.example.com", "A", "192.0.2.1", "192.0.2.2", ttl=7)
    fake.add("a.example.com", "A", "192.0.2.3")
    fake.add("m.example.com", "MX", (10, "a.example.com"), (20, "b.example.com"))
    fake.add("n.example.com", "MX", 5, "a.example.com")
    client = udp(fake)
    answer = client.ask(question("a.example.com"))
    assert answers(answer) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert read(answer).answer[0].ttl == 7
    assert answers(client.ask(question("m.example.com", "MX"))) == [
        "10 a.example.com.",
        "20 b.example.com.",
    ]
    assert answers(client.ask(question("n.example.com", "MX"))) == ["5 a.example.com."]


def test_the_same_record_is_there_once_with_its_last_ttl(fake, udp) -> None:
    for ttl in (60, 5):
        fake.add("a.example.com", "A", "192.0.2.1", ttl=ttl)
        fake.add("a.example.com", "NS", "NS.example.com" if ttl == 5 else "ns.example.com")
    found = fake.zones.lookup("A.EXAMPLE.com", "ANY").authority
    assert len(found) == 1
    fake.add("x.example.org", "A", "192.0.2.1", ttl=60)
    fake.add("x.example.org", "A", "192.0.2.1", ttl=5)
    answer = read(udp(fake).ask(question("x.example.org")))
    assert (len(answer.answer[0]), answer.answer[0].ttl) == (1, 5)


def test_hosts_have_an_address_and_a_name_that_leads_back(fake, udp) -> None:
    fake.add_host("mail.example.com", "192.0.2.25")
    fake.add_host("mail.example.com.", "2001:db8::25", ttl=9)
    client = udp(fake)
    six = "5.2.0.0" + ".0" * 20 + ".8.b.d.0.1.0.0.2.ip6.arpa"
    assert answers(client.ask(question("mail.example.com"))) == ["192.0.2.25"]
    assert answers(client.ask(question("mail.example.com", "AAAA"))) == ["2001:db8::25"]
    for name in ("25.2.0.192.in-addr.arpa", six):
        assert answers(client.ask(question(name, "PTR"))) == ["mail.example.com."]


def test_without_reverse_the_address_is_ours_and_has_no_name(fake, udp) -> None:
    fake.add_host("mail.example.com", "192.0.2.25", reverse=False)
    answer = udp(fake).ask(question("25.2.0.192.in-addr.arpa", "PTR"))
    assert rcode(answer) == "NXDOMAIN"
    assert texts(read(answer).authority)[0].startswith("in-addr.arpa SOA ")


def test_host_for_another_fake(fake, udp) -> None:
    with FakeDNS() as other:
        fake.host_for(other, "ns.example.com")
        fake.host_for(other, "ns.example.org", reverse=False)
    client = udp(fake)
    assert answers(client.ask(question("ns.example.com"))) == ["127.0.0.1"]
    assert answers(client.ask(question("ns.example.org"))) == ["127.0.0.1"]
    back = client.ask(question("1.0.0.127.in-addr.arpa", "PTR"))
    assert answers(back) == ["ns.example.com."]
    with pytest.raises(TypeError, match="give a fake"):
        fake.host_for("127.0.0.1", "x.example.com")
    fake.host_for(FakeDNS(host="localhost"), "lo.example.com")
    assert answers(client.ask(question("lo.example.com"))) == ["127.0.0.1"]


def test_remove(fake, udp) -> None:
    fake.add("a.example.com", "A", "192.0.2.1")
    fake.add("a.example.com", "TXT", "x")
    fake.add("b.example.com", "A", "192.0.2.2")
    client = udp(fake)
    assert answers(client.ask(question("a.example.com"))) == ["192.0.2.1"]
    fake.remove("A.example.com.", "A")
    answer = client.ask(question("a.example.com"))  # not what was kept of before
    assert (rcode(answer), answers(answer)) == ("NOERROR", [])
    fake.remove("a.example.com")
    assert rcode(client.ask(question("a.example.com"))) == "NXDOMAIN"
    with pytest.raises(ValueError, match=r"there are A of that name"):
        fake.remove("b.example.com", "MX")
    with pytest.raises(ValueError, match="there are no records of that name"):
        fake.remove("a.example.com")
    fake.remove("b.example.com")
    assert rcode(client.ask(question("b.example.com"))) == "NXDOMAIN"  # and still ours


# --- which names are ours


@pytest.mark.parametrize(
    ("added", "zone"),
    [
        ("www.example.com", "example.com"),
        ("a.b.c.example.com", "example.com"),
        ("example.com", "example.com"),
        ("printer", "printer"),
        (".", "."),
        ("1.2.0.192.in-addr.arpa", "in-addr.arpa"),
        ("www.Example.CO.uk", "CO.uk"),
    ],
)
def test_the_zone_is_that_of_the_last_two_labels(added, zone) -> None:
    fake = FakeDNS()
    fake.add(added, "TXT", "x")
    assert fake.zones.apexes == [zone]


def test_a_soa_makes_the_zone(fake, udp) -> None:
    fake.add("example.co.uk", "SOA", "ns.example.co.uk h.example.co.uk 9 1 2 3 4")
    fake.add("www.example.co.uk", "A", "192.0.2.1")
    assert fake.zones.apexes == ["example.co.uk"]
    client = udp(fake)
    answer = client.ask(question("nope.example.co.uk"))
    assert rcode(answer) == "NXDOMAIN"
    assert texts(read(answer).authority) == [
        "example.co.uk SOA ns.example.co.uk. h.example.co.uk. 9 1 2 3 4"
    ]
    assert read(answer).authority[0].ttl == 4  # RFC 2308 section 3
    assert rcode(client.ask(question("other.co.uk"))) == "REFUSED"


def test_the_soa_made_for_a_zone_counts_the_changes(fake, udp) -> None:
    fake.add("a.example.com", "A", "192.0.2.1")
    client = udp(fake)
    serials = []
    for i in range(3):
        (soa,) = answers(client.ask(question("example.com", "SOA")))
        serials.append(int(soa.split()[2]))
        fake.add("a.example.com", "A", f"192.0.2.{i + 2}")
    assert serials == sorted(set(serials))


def test_a_zone_without_records(fake, udp) -> None:
    fake.add_zone("example.com")
    client = udp(fake)
    assert rcode(client.ask(question("www.example.com"))) == "NXDOMAIN"
    assert answers(client.ask(question("example.com", "SOA"))) != []
    assert rcode(client.ask(question("example.org"))) == "REFUSED"


def test_reset_forgets_the_zones(fake, udp) -> None:
    fake.add("a.example.com", "A", "192.0.2.1")
    fake.reset()
    assert rcode(udp(fake).ask(question("a.example.com"))) == "REFUSED"


# --- zone text

ZONE = """\
$ORIGIN example.com.   ; a comment; with a second
$TTL 1h
@       IN SOA ns hostmaster (
                2026   ; serial
                1h 10m 1w
                5 )
        NS  ns
ns      60 IN A 192.0.2.53
www     IN 30 A 192.0.2.1
        AAAA 2001:db8::1
alias   CNAME www
mail\tMX 10 mail.example.org.
text    TXT "one ; not a comment" two\\032words ( "three"
        )
$ORIGIN sub
deep    A 192.0.2.9
*       A 192.0.2.10
@       TXT "in sub"
outside.example.org. 1h30m A 192.0.2.11
"""


def test_zone_text(fake, udp) -> None:
    fake.load(ZONE)
    client = udp(fake)
    for name, type, wanted, ttl in [
        ("example.com", "SOA",
         "ns.example.com. hostmaster.example.com. 2026 3600 600 604800 5", 3600),
        ("example.com", "NS", "ns.example.com.", 3600),
        ("ns.example.com", "A", "192.0.2.53", 60),
        ("www.example.com", "A", "192.0.2.1", 30),
        ("www.example.com", "AAAA", "2001:db8::1", 3600),
        ("mail.example.com", "MX", "10 mail.example.org.", 3600),
        ("text.example.com", "TXT", '"one ; not a comment" "two words" "three"', 3600),
        ("deep.sub.example.com", "A", "192.0.2.9", 3600),
        ("any.sub.example.com", "A", "192.0.2.10", 3600),
        ("sub.example.com", "TXT", '"in sub"', 3600),
        ("outside.example.org", "A", "192.0.2.11", 5400),
    ]:  # fmt: skip
        answer = client.ask(question(name, type))
        assert answers(answer) == [wanted]
        assert read(answer).answer[0].ttl == ttl
    assert fake.zones.apexes == ["example.com", "example.org"]


def test_zone_text_without_an_origin_is_absolute(fake, udp, tmp_path) -> None:
    fake.load("www.example.com A 192.0.2.1\n\twww.example.com TXT x"[:27])
    fake.load("www A 192.0.2.2", origin="example.org")
    path = tmp_path / "zone"
    path.write_text("www.example.net. A 192.0.2.3\n", encoding="utf-8")
    fake.load(path)
    client = udp(fake)
    for i, zone in enumerate(("com", "org", "net"), 1):
        assert answers(client.ask(question(f"www.example.{zone}"))) == [f"192.0.2.{i}"]


MISTAKES = [
    ("a A 192.0.2.1\nb A 192.0.2\n", "line 2: b A '192.0.2'"),
    ("a A 192.0.2.1\n\n; x\nb FOO 1\n", "line 4: type='FOO' is not known"),
    ("a A (\n192.0.2.1\n", r"line 1: \( without a \)"),
    ("a A 192.0.2.1 )\n", r"line 1: \) without a \("),
    ('a TXT "open\n', 'line 1: " without an end'),
    (" A 192.0.2.1\n", "line 1: no name stands before"),
    ("a\n", "line 1: a record has a type"),
    ("a 60 IN\n", "line 1: a record has a type"),
    ("a CH A 192.0.2.1\n", "line 1: class CH: only IN"),
    ("$INCLUDE x\n", r"line 1: \$INCLUDE is not known"),
    ("$TTL\n", r"line 1: \$TTL has one word"),
    ("$TTL soon\n", "line 1: 'soon' is no time"),
    ("a..b A 192.0.2.1\n", "line 1: name='a..b': an empty label"),
    ("a MX (\n 10\n mail extra )\n", "line 1: a MX '10 mail extra': MX has 2 words"),
    ("x TXT a\n\n$ORIGIN " + "y" * 64 + "\n", "line 3: .*a label of 64 octets"),
    ("a A 192.0.2.1\na CNAME b\n", "line 2: a CNAME: the name has A already, and a CNAME stands"),
    ("a 99999999999 A 192.0.2.1", "line 1: ttl=99999999999"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[m[:24] for _, m in MISTAKES])
def test_zone_text_that_is_wrong_names_the_line(text, message) -> None:
    fake = FakeDNS()
    with pytest.raises(ValueError, match=message):
        fake.load(text)
    assert fake.zones.apexes == []  # nothing of it was added


# --- errors of the calls

BAD = [
    (("", "A", "192.0.2.1"), ValueError, "an empty label"),
    (("a..b", "A", "192.0.2.1"), ValueError, "name='a..b': an empty label"),
    (("x" * 64, "A", "192.0.2.1"), ValueError, "a label of 64 octets"),
    ((".".join(["x" * 60] * 5), "A", "192.0.2.1"), ValueError, "longer than 255"),
    (("a\\300", "A", "192.0.2.1"), ValueError, "300 is no octet"),
    (("a\\", "A", "192.0.2.1"), ValueError, "behind a backslash"),
    (("\u2028" * 3, "A", "192.0.2.1"), ValueError, "IDNA"),
    ((b"a", "A", "192.0.2.1"), TypeError, "give a str"),
    (("a", "AA", "192.0.2.1"), ValueError, "did you mean .*'AAAA'"),
    (("a", 1, "192.0.2.1"), TypeError, "give a str"),
    (("a", "ANY", "192.0.2.1"), ValueError, "can be asked for, and no record has it"),
    (("a", "AXFR", "x"), ValueError, "can be asked for"),
    (("a", "A"), ValueError, "give the data"),
    (("a", "A", "mail.example.com"), ValueError, "a A 'mail.example.com': Expected 4 octets"),
    (("a", "A", "2001:db8::1"), ValueError, "a A '2001:db8::1'"),
    (("a", "AAAA", "192.0.2.1"), ValueError, "a AAAA '192.0.2.1'"),
    (("a", "AAAA", "fe80::1%eth0"), ValueError, "has a zone"),
    (("a", "A", b"1"), TypeError, "give its data as a str"),
    (("a", "MX", "mail"), ValueError, "MX has 2 words of data, not 1"),
    (("a", "MX", "ten mail"), ValueError, "a MX 'ten mail'"),
    (("a", "MX", 70000, "mail"), ValueError, "a MX"),
    (("a", "MX", (10, None)), TypeError, "None is no part"),
    (("a", "HIP", "x"), ValueError, "write its bytes as"),
    (("a", "A", "\\# 3 C0000201"), ValueError, "is followed by the length"),
    (("a", "A", "\\# 4 XX"), ValueError, "a A"),
]


@pytest.mark.parametrize(("given", "error", "message"), BAD, ids=[m for *_, m in BAD])
def test_bad_records_are_refused_at_the_line_that_wrote_them(given, error, message) -> None:
    fake = FakeDNS()
    with pytest.raises(error, match=message):
        fake.add(*given)
    assert fake.zones.apexes == []


@pytest.mark.parametrize("ttl", [-1, 2**31, 1.5, "60", True])
def test_bad_ttl(ttl) -> None:
    with pytest.raises(ValueError, match="ttl="):
        FakeDNS().add("a", "A", "192.0.2.1", ttl=ttl)


def test_a_cname_stands_alone() -> None:
    fake = FakeDNS()
    fake.add("a.example.com", "A", "192.0.2.1")
    fake.add("b.example.com", "CNAME", "a.example.com")
    for name, type, data in [
        ("a.example.com", "CNAME", "b.example.com"),
        ("b.example.com", "A", "192.0.2.1"),
        ("b.example.com", "CNAME", "c.example.com"),
    ]:
        with pytest.raises(ValueError, match="a CNAME stands alone"):
            fake.add(name, type, data)
    fake.add("b.example.com", "CNAME", "a.example.com")  # the same again


def test_other_bad_arguments() -> None:
    fake = FakeDNS()
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        fake.add_host("a.example.com", "nope")
    with pytest.raises(TypeError, match="give the text as a str"):
        fake.load(b"a A 192.0.2.1")
    with pytest.raises(ValueError, match="there is no such zone; there are none"):
        fake.records("example.com")
    with pytest.raises(ValueError, match="an empty label"):
        fake.add_zone("a..b")
    with pytest.raises(TypeError, match="knows no argument 'prot'"):
        FakeDNS(prot=53)


def test_idna_names_are_written_as_they_go_over_the_wire(fake, udp) -> None:
    fake.add("b\u00fccher.example.com", "A", "192.0.2.1")
    assert answers(udp(fake).ask(question("xn--bcher-kva.example.com"))) == ["192.0.2.1"]


def test_ten_thousand_records_are_added_one_by_one_in_good_time(fake, udp) -> None:
    for i in range(10_000):
        fake.add(f"h{i}.example.com", "A", f"10.0.{i // 256}.{i % 256}")
    assert answers(udp(fake).ask(question("h9999.example.com"))) == ["10.0.39.15"]
