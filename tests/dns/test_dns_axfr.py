"""Zone transfers: AXFR (RFC 5936), IXFR answered by it (RFC 1995), and what can be wrong."""

import struct

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.version
import dns.xfr
import dns.zone
import pytest
from dns_wire import TYPES, answers, framed, question, rcode, read, texts, wire_name

from fakefarm import FakeDNS

ZONE = """\
$ORIGIN example.com.
$TTL 300
@ SOA ns hostmaster 7 3600 600 86400 60
@ NS ns
ns A 192.0.2.53
www A 192.0.2.1
alias CNAME www
*.wild MX 10 www
sub NS ns.sub
ns.sub A 192.0.2.54
text TXT "one" "two"
"""


@pytest.fixture
def filled(fake: FakeDNS) -> FakeDNS:
    fake.load(ZONE)
    fake.add("www.example.org", "A", "192.0.2.99")
    return fake


def transferred(fake: FakeDNS, zone: str = "example.com") -> dns.zone.Zone:
    made = dns.zone.Zone(zone)
    asked, _ = dns.xfr.make_query(made)
    dns.query.inbound_xfr(fake.host, made, asked, port=fake.port, timeout=5)
    return made


def test_the_whole_zone_and_nothing_else(filled) -> None:
    wanted = dns.zone.from_text(ZONE, "example.com")
    assert transferred(filled) == wanted


def test_what_is_on_the_wire(filled, tcp) -> None:
    client = tcp(filled)
    answer = client.ask(question("example.com", "AXFR"))
    message = read(answer, one_rr_per_rrset=True)
    records = texts(message.answer)
    assert message.flags & dns.flags.AA
    assert records[0] == records[-1]
    assert records[0].startswith("example.com SOA ns.example.com. hostmaster.example.com. 7 ")
    assert records[1] == "example.com NS ns.example.com."
    assert len(records) == len(set(records)) + 1 == 10
    assert answers(client.ask(question("www.example.com"))) == ["192.0.2.1"]  # and goes on
    assert filled.commands == ["AXFR", "A"]


def test_a_large_zone_in_several_messages(fake, tcp) -> None:
    fake.add("example.com", "NS", "ns.example.com")
    for i in range(3000):
        fake.add(f"host-{i}.example.com", "A", f"10.0.{i // 256}.{i % 256}")
    made = transferred(fake)
    assert len(made.nodes) == 3001
    client = tcp(fake)
    client.send(framed(question("example.com", "AXFR", id=0x0BAD)))
    found, messages = 0, 0
    while found < 3003:
        answer = client.message()
        assert struct.unpack("!HH", answer[:4]) == (0x0BAD, 0x8500)
        assert answer[4:6] == (b"\x00\x01" if messages == 0 else b"\x00\x00")
        assert len(answer) < 20_000
        found += int.from_bytes(answer[6:8], "big")
        messages += 1
    assert found == 3003  # an NS, and the SOA twice
    assert messages > 3
    assert f"answer: NOERROR, 3003 answers in {messages} messages" in str(fake.transcript)


@pytest.mark.parametrize(
    ("zone", "code"),
    [("www.example.com", "NOTAUTH"), ("elsewhere.net", "NOTAUTH"), ("", "NOTAUTH")],
)
def test_what_is_no_zone_of_ours(filled, tcp, zone, code) -> None:
    for type in ("AXFR", "IXFR"):
        assert rcode(tcp(filled).ask(question(zone, type))) == code


def test_over_udp_it_is_refused(filled, udp) -> None:
    assert rcode(udp(filled).ask(question("example.com", "AXFR"))) == "REFUSED"


def ixfr(serial: int) -> bytes:
    """A question that says which serial its client has."""
    times = struct.pack("!IIIII", serial, 1, 2, 3, 4)
    data = wire_name("ns.example.com") + wire_name("hostmaster.example.com") + times
    soa = struct.pack("!HHIH", TYPES["SOA"], 1, 0, len(data)) + data
    return question("example.com", "IXFR", authority=wire_name("example.com") + soa)


@pytest.mark.parametrize(("serial", "count"), [(6, 10), (8, 10), (7, 1)])
def test_ixfr_is_all_of_the_zone_or_its_soa(filled, tcp, serial, count) -> None:
    answer = tcp(filled).ask(ixfr(serial))
    records = texts(read(answer, one_rr_per_rrset=True).answer)
    assert len(records) == count
    assert " SOA " in records[0]


def test_ixfr_over_udp_is_the_soa(filled, udp) -> None:
    (soa,) = answers(udp(filled).ask(ixfr(1)))
    assert soa.split()[2] == "7"


def test_ixfr_by_dnspython(filled) -> None:
    made = dns.zone.from_text(ZONE.replace("hostmaster 7", "hostmaster 6"), "example.com")
    asked, serial = dns.xfr.make_query(made)
    assert (asked.question[0].rdtype, serial) == (TYPES["IXFR"], 6)
    dns.query.inbound_xfr(filled.host, made, asked, port=filled.port, timeout=5)
    assert made.get_soa().serial == 7


# --- transfers that are wrong

FAULTS = {
    "bad code": (lambda f, z: f.on("AXFR").rcode("REFUSED"), dns.xfr.TransferError),
    "trailing junk": (lambda f, z: f.on("AXFR").trailing(b"junk"), dns.message.TrailingJunk),
    "SOA not first": (lambda f, z: f.on("AXFR").respond(*z[1:], z[0]), dns.exception.FormError),
    "empty": (lambda f, z: f.on("AXFR").respond(), dns.exception.FormError),
    "records after the final SOA":
        (lambda f, z: f.on("AXFR").respond(*z, z[0], z[1]), dns.exception.FormError),
    "unexpected origin": (
        lambda f, z: f.on("AXFR").respond(("a.test", *z[0][1:]), *z[1:], ("a.test", *z[0][1:])),
        dns.exception.FormError,
    ),
    "cut in the middle": (lambda f, z: f.on("AXFR").truncate(after=60), EOFError),
    "no final SOA": (lambda f, z: f.on("AXFR").respond(*z).close(), EOFError),
    "wrong id": (lambda f, z: f.on("AXFR").wrong_id(), dns.query.BadResponse),
    "wrong question": (lambda f, z: f.on("AXFR").wrong_question(), dns.exception.FormError),
    "not a response": (lambda f, z: f.on("AXFR").not_a_response(), dns.query.BadResponse),
}  # fmt: skip


@pytest.mark.parametrize(("write", "error"), FAULTS.values(), ids=FAULTS)
def test_what_dnspython_says(filled, write, error) -> None:
    if error is dns.query.BadResponse and (dns.version.MAJOR, dns.version.MINOR) < (2, 9):
        pytest.skip("dnspython looks at the headers of a transfer from 2.9 on")
    write(filled, filled.records("example.com"))
    with pytest.raises(error):
        transferred(filled)


def test_records_are_what_respond_takes(filled) -> None:
    records = filled.records("example.com")
    assert records[0][:2] == ("example.com", "SOA")
    assert ("text.example.com", "TXT", '"one" "two"', 300) in records
    filled.on("AXFR").respond(*records[:4]).respond(*records[4:], records[0])
    assert len(transferred(filled).nodes) == 8


def test_a_fault_in_the_second_message(fake, tcp) -> None:
    for i in range(1500):
        fake.add(f"host-{i}.example.com", "A", "192.0.2.1")
    fake.on("AXFR").wrong_id(only=2)
    client = tcp(fake)
    client.send(framed(question("example.com", "AXFR")))
    assert [client.message()[:2].hex() for _ in range(2)] == ["1234", "edcb"]
