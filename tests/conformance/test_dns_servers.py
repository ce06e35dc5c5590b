"""The same questions about the same zones, asked of FakeDNS and of BIND, Knot DNS and NSD: the
code, the flags and the sections agree.

The questions are in dns_zones.py. Each is asked over UDP and TCP, with EDNS and without, and with
DNSSEC wanted. ``DIFFERENT`` lists, for each server, in which parts of an answer ours deliberately
is not as theirs, with what decides it; a difference that is listed and is none fails the test too.

Sections are compared as sets of owner, TTL, type and data; of an answer that was cut, all but what
is left of the sections.
"""

import importlib.util
import re
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import dns.edns
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone
import pytest
from dns_wire import Stream, framed, opt, question
from raw_client import connecting

from fakefarm import FakeDNS


def beside(name: str) -> Any:
    """A module of this folder, which is not a package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


servers, zones = beside("dns_servers"), beside("dns_zones")
COM, ZONES, CASES = zones.COM, zones.ZONES, zones.CASES

PATIENCE = 5  # seconds

VARIANTS = {
    "UDP": (dns.query.udp, {}),
    "UDP, EDNS": (dns.query.udp, {"use_edns": 0, "payload": 1232}),
    "UDP, EDNS 4096": (dns.query.udp, {"use_edns": 0, "payload": 4096}),
    "UDP, EDNS 100": (dns.query.udp, {"use_edns": 0, "payload": 100}),
    "UDP, DNSSEC": (dns.query.udp, {"want_dnssec": True}),
    "UDP, RD not set": (dns.query.udp, {"flags": 0}),
    "TCP": (dns.query.tcp, {}),
    "TCP, EDNS": (dns.query.tcp, {"use_edns": 0}),
}


class Different(NamedTuple):
    server: str  # those that it is for: "BIND NSD"
    cases: str  # an expression that is all of the case
    parts: str  # "authority additional"
    because: str
    variants: str = ".*"  # an expression that is all of the variant


ACROSS = "RFC 1034 4.3.2 step 3a: the search begins again, in whatever zone of ours the target is"
# fmt: off
DIFFERENT = [
    Different("BIND Knot", r"(other|to-dname|www\.renamed) A", "answer", ACROSS),
    Different("BIND Knot", r"other AAAA|www\.renamed TXT", "authority", ACROSS),
    Different("BIND Knot", r"nope\.renamed A", "authority code", ACROSS),
    Different("BIND", r"(self|loop1) A", "code",
              "SERVFAIL for a loop (RFC 1034 3.6.2: an error); ours says NOERROR, as Knot and NSD"),
    Different("BIND", r"(@|mxs|x\.wild) MX", "additional", "BIND adds the TLSA of mail servers"),
    Different("Knot NSD", r"(@|www|x\.wild|renamed) ANY", "answer",
              "RFC 8482 4.1 lets a server pick one; a test wants to see all"),
    Different("NSD", r"(@|mxs|x\.wild) MX|(srv|_sip\._tcp) SRV", "additional",
              "its minimal-responses; without that it sends more than the others"),
    Different("BIND Knot NSD", "huge TXT", "TC",
              "RFC 6891 6.2.5: as much as the client takes; theirs is 1232 bytes unless configured",
              "UDP, EDNS 4096"),
    Different("BIND", r"(@|child) NS|(srv|_sip\._tcp) SRV", "additional",
              "RFC 6891 6.2.3: less than 512 is 512; BIND adds nothing then", "UDP, EDNS 100"),
]
# fmt: on


@pytest.mark.parametrize("kind", servers.ALL, ids=lambda kind: kind.name)
def test_it_is_installed(kind) -> None:
    """Where it is not, this one skip stands for all that it is asked."""
    if kind.binary() is None:
        pytest.skip(f"{kind.program} is not installed")
    assert Path(kind.binary()).is_file()


@pytest.fixture(
    scope="module",
    params=[kind for kind in servers.ALL if kind.binary() is not None],
    ids=lambda kind: kind.name,
)
def theirs(request, tmp_path_factory) -> Iterator[Any]:
    server = request.param(tmp_path_factory.mktemp(request.param.program), ZONES)
    try:
        server.__enter__()
    except servers.DoesNotStart as error:
        pytest.skip(str(error))
    yield server
    server.__exit__()


@pytest.fixture(scope="module")
def ours() -> Iterator[FakeDNS]:
    with FakeDNS() as fake:
        for origin, text in ZONES.items():
            fake.load(text, origin)
        yield fake


@pytest.fixture
def tcp() -> Iterator[Callable[[tuple[str, int]], Stream]]:
    with connecting(Stream) as dial:
        yield dial


def absolute(name: str) -> str:
    return name if name.endswith(".") else f"{COM}." if name == "@" else f"{name}.{COM}."


def ask(address: tuple[str, int], case: str, variant: str) -> dns.message.Message:
    name, type = case.split()
    send, options = VARIANTS[variant]
    asked = dns.message.make_query(absolute(name), type, **options)
    return send(asked, address[0], PATIENCE, address[1])


FLAGS = {"AA": 0x0400, "TC": 0x0200, "RD": 0x0100, "RA": 0x0080, "AD": 0x0020, "CD": 0x0010}


def parts(message: dns.message.Message) -> dict[str, Any]:
    """What is compared."""
    found: dict[str, Any] = {
        "code": dns.rcode.to_text(message.rcode()),
        **{name: bool(message.flags & bit) for name, bit in FLAGS.items()},
        "question": message.question,
        "EDNS": (message.edns, message.ednsflags & 0x8000),
    }
    if not found["TC"]:
        for name in ("answer", "authority", "additional"):
            found[name] = {
                (rrs.name, rrs.ttl, rrs.rdtype, rr) for rrs in getattr(message, name) for rr in rrs
            }
    return found


def unlike(mine: dict[str, Any], other: dict[str, Any]) -> set[str]:
    both = mine.keys() & other.keys()
    return {name for name in both if mine[name] != other[name]}


def shown(part: Any) -> str:
    """A section as lines of a zone file."""
    if not isinstance(part, set):
        return str(part)
    rows = [f"{name} {ttl} {dns.rdatatype.to_text(type)} {rr}" for name, ttl, type, rr in part]
    return "; ".join(sorted(rows)) or "nothing"


def listed(server: str, case: str, variant: str) -> set[str]:
    return {
        part
        for different in DIFFERENT
        if server in different.server.split()
        and re.fullmatch(different.cases, case)
        and re.fullmatch(different.variants, variant)
        for part in different.parts.split()
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_answers_agree(ours, theirs, variant) -> None:
    wrong = []
    for case in CASES:
        mine, other = (parts(ask(each.address, case, variant)) for each in (ours, theirs))
        found, wanted = unlike(mine, other), listed(theirs.name, case, variant)
        wrong += [f"{case}: {name} agrees, and is listed" for name in wanted - found]
        wrong += [
            f"{case}: {name}: ours {shown(mine[name])}, theirs {shown(other[name])}"
            for name in found - wanted
        ]
    assert not wrong, "\n".join(wrong)


def test_what_is_listed_is_asked() -> None:
    for different in DIFFERENT:
        assert any(re.fullmatch(different.cases, case) for case in CASES), different
        assert any(re.fullmatch(different.variants, variant) for variant in VARIANTS), different


def test_the_question_is_repeated_letter_by_letter(ours, theirs) -> None:
    for name in ("wWw.ExAmPlE.CoM", "NOPE.example.com", "X.wIlD.example.com"):
        asked = question(name, "AAAA")
        for each in (ours, theirs):
            assert exchange(each.address, asked)[12 : len(asked)] == asked[12:]


# --- zone transfers


@pytest.mark.parametrize("zone", ZONES)
def test_transfers_agree(ours, theirs, zone) -> None:
    assert transferred(ours.address, zone) == transferred(theirs.address, zone)


def transferred(address: tuple[str, int], zone: str) -> set[Any]:
    """All records, but for the SOA at the end."""
    asked = dns.message.make_query(zone, "AXFR")
    made = dns.zone.Zone(zone, relativize=False)
    dns.query.inbound_xfr(address[0], made, asked, port=address[1], timeout=PATIENCE)
    return set(made.iterate_rdatas())


def test_a_transfer_begins_and_ends_with_the_soa(ours, theirs, tcp) -> None:
    for each in (ours, theirs):
        answer = dns.message.from_wire(
            tcp(each.address).ask(question("example.org", "AXFR")), one_rr_per_rrset=True
        )
        types = [dns.rdatatype.to_text(rrs.rdtype) for rrs in answer.answer]
        assert (types[0], types[-1], sorted(types)) == (
            "SOA",
            "SOA",
            ["A", "A", "NS", "SOA", "SOA"],
        )


# --- messages that are no plain questions: the code, and AA and CD; "" is silence

WWW = question(f"www.{COM}")
ONE, NAME = struct.pack("!6H", 1, 0x0100, 1, 0, 0, 0), WWW[12:-4]
RECORD = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4abcd"


def counted(*counts: int) -> bytes:
    """The header of a question that counts so many questions, answers and so on."""
    return struct.pack("!6H", 1, 0x0100, *counts)


def typed(type: int) -> bytes:
    return WWW[:-4] + struct.pack("!HH", type, 1)


class Odd(NamedTuple):
    name: str
    packet: bytes
    ours: str
    theirs: dict[str, str] = {}  # where it is another
    because: str = ""


NOBODY = "we are nobody's secondary, and nothing updates us"
CLASSES = "one class is served; no standard says what the others get"
DROPS = "RFC 1035 4.1.1 has FORMERR for it; Knot drops what it cannot read"
NUMBERS = "RFC 6895 3.1: nothing that a zone holds; Knot and NSD say that it is not there"
SHORT = "it has an id that can be answered to"
STRICT = "NSD takes no question with records of that kind"
NOT_THERE = "NOERROR AA"
# fmt: off
ODD = [
    Odd("NOTIFY", question(COM, "SOA", flags=0x2000), "NOTIMP",
        {"BIND": "NOERROR AA", "Knot": "NOTAUTH", "NSD": "REFUSED"}, NOBODY),
    Odd("UPDATE", question(COM, "SOA", flags=0x2800), "NOTIMP",
        {"BIND": "REFUSED", "Knot": "NOTAUTH"}, NOBODY),
    Odd("STATUS", question(f"www.{COM}", flags=0x1000), "NOTIMP"),
    Odd("IQUERY", question(f"www.{COM}", flags=0x0800), "NOTIMP"),
    Odd("DSO", question(f"www.{COM}", flags=0x3000), "NOTIMP"),
    Odd("opcode 9", question(f"www.{COM}", flags=0x4800), "NOTIMP"),
    Odd("class CH", question(f"www.{COM}", qclass=3), "REFUSED"),
    Odd("class HS", question(f"www.{COM}", qclass=4), "REFUSED"),
    Odd("class NONE", question(f"www.{COM}", qclass=254), "REFUSED", {"BIND": "FORMERR"}, CLASSES),
    Odd("class ANY", question(f"www.{COM}", qclass=255), "REFUSED",
        {"BIND": "FORMERR", "Knot": "NOERROR AA", "NSD": "NOERROR"}, CLASSES),
    Odd("class 0", question(f"www.{COM}", qclass=0), "REFUSED", {"BIND": "FORMERR"}, CLASSES),
    Odd("class 4711", question(f"www.{COM}", qclass=4711), "REFUSED", {"BIND": "NOTIMP"}, CLASSES),
    Odd("an answer", question(f"www.{COM}", flags=0x8100), ""),
    Odd("no byte", b"", ""),
    Odd("1 byte", b"x", ""),
    Odd("2 bytes", b"\1\2", "FORMERR", {"BIND": "", "Knot": "", "NSD": ""}, SHORT),
    Odd("11 bytes", bytes(11), "FORMERR", {"BIND": "", "Knot": "", "NSD": ""}, SHORT),
    Odd("no question", counted(0, 0, 0, 0), "FORMERR"),
    Odd("two questions", counted(2, 0, 0, 0) + WWW[12:] * 2, "FORMERR", {"Knot": ""}, DROPS),
    Odd("question missing", ONE, "FORMERR", {"Knot": ""}, DROPS),
    Odd("question cut", WWW[:-1], "FORMERR", {"Knot": ""}, DROPS),
    Odd("name cut", WWW[:20], "FORMERR", {"Knot": ""}, DROPS),
    Odd("label of a kind that is none", ONE + b"\x41a\0\0\1\0\1", "FORMERR", {"Knot": ""}, DROPS),
    Odd("pointer to itself", ONE + b"\xc0\x0c\0\1\0\1", "FORMERR", {"Knot": ""}, DROPS),
    Odd("name of 256 octets", question(".".join(["x" * 63] * 4)), "FORMERR", {"Knot": ""}, DROPS),
    Odd("name of 255 octets", question(".".join(["x" * 63] * 3 + ["y" * 61])), "REFUSED"),
    Odd("octets over 127", question(f"\xe9.{COM}"), "NXDOMAIN AA"),
    Odd("more behind it", WWW + b"junk", "NOERROR AA", {"Knot": "FORMERR"}, "nobody needs it"),
    Odd("EDNS 1", question(f"www.{COM}", edns=opt(version=1)), "BADVERS"),
    Odd("EDNS option that is cut",
        question(f"www.{COM}", edns=opt(options=b"\0\x0a\0\xff\0")), "FORMERR"),
    Odd("EDNS option that is not known",
        question(f"www.{COM}", edns=opt(options=b"\xff\0\0\1x")), "NOERROR AA"),
    Odd("EDNS size 0", question(f"www.{COM}", edns=opt(size=0)), "NOERROR AA"),
    Odd("two OPT", counted(1, 0, 0, 2) + WWW[12:] + opt() * 2, "FORMERR"),
    Odd("OPT of a name", question(f"www.{COM}", edns=b"\1a" + opt()), "FORMERR",
        {"Knot": "NOERROR AA"}, "RFC 6891 6.1.2: MUST be the root"),
    Odd("OPT cut", question(f"www.{COM}", edns=opt())[:-1], "FORMERR"),
    Odd("type 0", typed(0), NOT_THERE, {"Knot": "NOTIMP"}, "RFC 6895 3.1: reserved"),
    Odd("type NULL", typed(10), NOT_THERE),
    Odd("type OPT", typed(41), "FORMERR", {"Knot": NOT_THERE, "NSD": NOT_THERE}, NUMBERS),
    Odd("type TSIG", typed(250), "FORMERR", {"Knot": NOT_THERE, "NSD": NOT_THERE}, NUMBERS),
    Odd("type TKEY", typed(249), "FORMERR", {"Knot": NOT_THERE, "NSD": NOT_THERE}, NUMBERS),
    Odd("type MAILB", typed(253), "NOTIMP", {"Knot": NOT_THERE, "NSD": NOT_THERE}, NUMBERS),
    Odd("type MAILA", typed(254), "NOTIMP", {"Knot": NOT_THERE, "NSD": NOT_THERE}, NUMBERS),
    Odd("type 128", typed(128), NOT_THERE, {"BIND": "FORMERR"}, "RFC 6895 3.1: not assigned"),
    Odd("type 65535", typed(65535), NOT_THERE),
    Odd("AXFR over UDP", question(COM, "AXFR"), "REFUSED",
        {"BIND": "FORMERR", "Knot": "NOTIMP", "NSD": "NOTIMP"}, "RFC 5936 4.2 leaves it open"),
    Odd("IXFR without a SOA", question(COM, "IXFR"), "FORMERR"),
    Odd("the flags of an answer", question(f"www.{COM}", flags=0x07E0), "NOERROR AA"),
    Odd("CD", question(f"www.{COM}", flags=0x0010), "NOERROR AA CD",
        {"Knot": "NOERROR AA", "NSD": "NOERROR AA"}, "RFC 4035 3.1.6: MUST be copied"),
    Odd("a code in a question", question(f"www.{COM}", flags=0x0105), "NOERROR AA",
        {"NSD": "FORMERR"}, STRICT),
    Odd("an answer in a question", counted(1, 1, 0, 0) + WWW[12:] + RECORD, "NOERROR AA",
        {"NSD": "FORMERR"}, STRICT),
    Odd("an authority in a question", counted(1, 0, 1, 0) + WWW[12:] + RECORD, "NOERROR AA",
        {"NSD": "FORMERR"}, STRICT),
    Odd("an answer that is counted and not there", counted(1, 1, 0, 0) + WWW[12:], "FORMERR"),
]
# Over TCP some say otherwise. NSD closes the connection for what is too short to be a question.
OVER_TCP = {
    "no question": {"NSD": ""},
    "question missing": {"NSD": ""},
    "AXFR over UDP": {
        "ours": "NOERROR AA", "BIND": "NOERROR AA", "Knot": "NOERROR", "NSD": "NOERROR AA",
    },
}
# fmt: on


def exchange(address: tuple[str, int], packet: bytes, patience: float = PATIENCE) -> bytes:
    """The datagram that answers a datagram."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.settimeout(patience)
        sock.connect(address)
        sock.send(packet)
        return sock.recv(65536)


def said(answer: bytes) -> str:
    """The code of an answer, and whether it has AA and CD."""
    flags, opt_at = int.from_bytes(answer[2:4], "big"), answer.rfind(b"\0\0\x29")
    upper = answer[opt_at + 5] << 4 if answer[11] and opt_at > 0 else 0
    words = [dns.rcode.to_text(dns.rcode.Rcode(flags & 15 | upper))]
    return " ".join(words + [name for name in ("AA", "CD") if flags & FLAGS[name]])


def outcome(address: tuple[str, int], packet: bytes, silent: bool) -> str:
    try:
        return said(exchange(address, packet, 0.1 if silent else PATIENCE))
    except TimeoutError:
        return ""


@pytest.mark.parametrize("row", ODD, ids=lambda row: row.name)
def test_odd_messages(ours, theirs, row) -> None:
    other = row.theirs.get(theirs.name, row.ours)
    assert outcome(ours.address, row.packet, row.ours == "") == row.ours, row.because
    assert outcome(theirs.address, row.packet, other == "") == other
    assert (row.ours == other) or row.because


@pytest.mark.parametrize("row", ODD, ids=lambda row: row.name)
def test_odd_messages_over_tcp(ours, theirs, tcp, row) -> None:
    """The same, but that a server may close the connection instead of saying nothing."""
    mine = OVER_TCP.get(row.name, {}).get("ours", row.ours)
    other = OVER_TCP.get(row.name, {}).get(theirs.name, row.theirs.get(theirs.name, row.ours))
    for address, wanted in ((ours.address, mine), (theirs.address, other)):
        client = tcp(address)
        client.send(framed(row.packet))
        if wanted:
            assert said(client.message()) == wanted
        else:
            assert client.is_silent() or client.rest()[0] == b""


def test_questions_behind_each_other_on_one_connection(ours, theirs, tcp) -> None:
    """RFC 7766 6.2.1.1: each is answered, in whatever order."""
    for each in (ours, theirs):
        client = tcp(each.address)
        client.send(framed(*(question(f"www.{COM}", id=n) for n in range(1, 6))))
        assert sorted(client.message()[:2] for _ in range(5)) == [
            bytes([0, n]) for n in range(1, 6)
        ]
