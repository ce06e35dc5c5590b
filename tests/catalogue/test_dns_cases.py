"""Each case of DNS does on the wire what it says.

A row is what a raw client asks and what comes back, in lines. The name that is asked for is that of
the operation, unless it stands behind the type:

    "UDP A"          a datagram that asks, from a client of its own
    "EDNS A"         the same with an OPT record
    "TCP A"          the same on a connection of its own
    "HELLO"          a ClientHello on a connection of its own
    "NOBODY UDP"     nobody listens there
    "SAYS NXDOMAIN"  a message comes: what is not as usual in its header ("id!": another id than
                     was asked with), the code, "opt" if it has an OPT record, and behind commas its
                     records: those of the name that was asked for without it, and "SOA" for one
    bytes            a message, or on TCP bytes, and these
    "SILENCE"        nothing comes
    "LATE"           something comes, 0.3 s behind the question or later
    "FIN" "RST"      nothing more comes but the end
    "PIECES"         the answer is natural, and comes in several pieces
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import dns.flags
import dns.rcode
import dns.rdatatype
import dns_wire
import pytest
import raw_client
from dns_wire import TYPES, Datagrams, Stream, framed, opt, question, read, wire_name

from fakefarm import Farm
from fakefarm.catalogue import cases
from fakefarm.contract.edge_case import make
from fakefarm.contract.target import target_for

CASES = {case.name: case for case in cases("dns")}
Row = tuple[Any, ...]
ID = 0x1234


class Played:
    """A raw client that acts a row out, line by line."""

    def __init__(self, fake: Any, name: str, stack: contextlib.ExitStack) -> None:
        self.fake = fake
        self.name = name
        self.stack = stack
        self.client: Datagrams | Stream | None = None
        self.asked = ("", "")
        self.said = 0.0

    def play(self, row: Row) -> None:
        """Raises AssertionError, naming the line, where the wire has another thing."""
        for number, line in enumerate(row):
            try:
                if isinstance(line, bytes):
                    self.comes(line)
                else:
                    word, _, rest = line.partition(" ")
                    self.acts[word](self, rest)
            except (AssertionError, OSError) as error:
                raise AssertionError(f"line {number}, {line!r}: {error!r}") from error

    # --- asking

    def question(self, asked: str, edns: bytes = b"") -> bytes:
        type, _, name = asked.partition(" ")
        self.asked = (name or self.name, type)
        self.said = time.monotonic()
        return question(name or self.name, type, id=ID, edns=edns)

    def asks(self, asked: str, edns: bytes = b"") -> None:
        self.client = Datagrams(self.fake)
        self.stack.callback(self.client.close)
        self.client.send(self.question(asked, edns))

    def asks_with_edns(self, asked: str) -> None:
        self.asks(asked, opt())

    def asks_over_tcp(self, asked: str) -> None:
        self.client = Stream(self.fake.address)
        self.stack.callback(self.client.close)
        self.client.send(framed(self.question(asked)))

    def says_hello(self, _: str) -> None:
        self.client = Stream(self.fake.address)
        self.stack.callback(self.client.close)
        outgoing = ssl.MemoryBIO()
        context = ssl.create_default_context()
        tls = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        self.client.send(outgoing.read())

    def finds_nobody(self, transport: str) -> None:
        kind = socket.SOCK_DGRAM if transport == "UDP" else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as sock:
            sock.settimeout(raw_client.PATIENCE)
            try:
                sock.connect(self.fake.address)
                sock.send(b"x")
                sock.recv(1)
            except ConnectionRefusedError:
                return
        raise AssertionError("somebody listens")

    # --- reading

    def message(self) -> tuple[bytes, bool]:
        """The next message, and whether it comes from where it was asked for."""
        if isinstance(self.client, Stream):
            return self.client.message(), True
        assert self.client is not None
        data, peer = self.client.receive()
        return data, peer == self.fake.address

    def says(self, text: str) -> None:
        data, is_from_there = self.message()
        said = told(data, *self.asked)
        assert ("" if is_from_there else "port! ") + said == text, said

    def comes(self, data: bytes) -> None:
        if isinstance(self.client, Stream):
            got = self.client.exactly(len(data))
        else:
            got, _ = self.message()
        assert got == data, got

    def hears_nothing(self, _: str) -> None:
        assert self.client is not None
        assert self.client.is_silent(0.03)

    def ends(self, how: str) -> None:
        assert isinstance(self.client, Stream)
        end = self.client.rest()
        assert end == (b"", how), end

    def hears_pieces(self, _: str) -> None:
        assert isinstance(self.client, Stream)
        pieces = []
        while len(b"".join(pieces)) < 2 + len(msg(RECORD)):
            pieces.append(self.client.sock.recv(100))
        assert b"".join(pieces) == framed(msg(RECORD)), pieces
        # Who was kept from reading finds pieces together that were none on the wire.
        assert max(len(pieces), self.client.segments()) > 2, pieces

    def waits(self, _: str) -> None:
        assert self.client is not None
        assert not self.client.is_silent(raw_client.PATIENCE)
        took = time.monotonic() - self.said
        assert took >= 0.3, took

    acts: dict[str, Callable[[Any, str], None]] = {
        "UDP": asks,
        "EDNS": asks_with_edns,
        "TCP": asks_over_tcp,
        "HELLO": says_hello,
        "NOBODY": finds_nobody,
        "SAYS": says,
        "SILENCE": hears_nothing,
        "LATE": waits,
        "FIN": lambda self, _: self.ends("fin"),
        "RST": lambda self, _: self.ends("rst"),
        "PIECES": hears_pieces,
    }


def told(data: bytes, name: str, type: str) -> str:
    """A message in words."""
    message = read(data, one_rr_per_rrset=True)
    flags = message.flags
    words = ["id!"] if message.id != ID else []
    words += [] if flags & dns.flags.QR else ["qr!"]
    words += [] if [(q.name.to_text(True), q.rdtype) for q in message.question] == [
        (name, dns.rdatatype.from_text(type))
    ] else ["question!"]  # fmt: skip
    words += ["tc"] if flags & dns.flags.TC else []
    words += [] if flags & dns.flags.RD else ["rd!"]
    words.append(dns.rcode.to_text(message.rcode()))
    words += ["opt"] if message.edns >= 0 else []
    parts = [" ".join(words)]
    for section in (message.answer, message.authority, message.additional):
        if len(section) > 6:
            parts.append(f"{len(section)} records")
            continue
        for rrset in section:
            kind = dns.rdatatype.to_text(rrset.rdtype)
            owner = rrset.name.to_text(True)
            shown = [] if owner == name and section is message.answer else [owner]
            parts.append(kind if kind == "SOA" else " ".join([*shown, kind, rrset[0].to_text()]))
    return ", ".join(parts)


def msg(*records: bytes, flags: int = 0x8500, counted: int | None = None, ar: int = 0) -> bytes:
    """A message that answers the question for A, with these records behind the question."""
    count = len(records) - ar if counted is None else counted
    head = b"".join(n.to_bytes(2, "big") for n in (ID, flags, 1, count, 0, ar))
    return head + ASKED + b"".join(records)


def rr(owner: bytes, data: bytes, *, type: int = 1, klass: int = 1, ttl: int = 60) -> bytes:
    fixed = type.to_bytes(2, "big") + klass.to_bytes(2, "big") + ttl.to_bytes(4, "big")
    return owner + fixed + len(data).to_bytes(2, "big") + data


NAME, BACK = "host.example.com", "7.2.0.192.in-addr.arpa"
ASKED = wire_name(NAME) + b"\0\1\0\1"
POINTER = b"\xc0\x0c"
IPV4 = bytes([192, 0, 2, 7])
RECORD = rr(POINTER, IPV4)
FORGED = "A 192.0.2.66"
FORTY = [rr(POINTER, bytes([198, 51, 100, n])) for n in range(40)]

WELL = "SAYS NOERROR, A 192.0.2.7"
EMPTY = "SAYS NOERROR"
V6 = "SAYS NOERROR, AAAA 2001:db8::7"
NODATA = "SAYS NOERROR, SOA"
NXDOMAIN = "SAYS NXDOMAIN, SOA"
LONG = ".".join(["x" * 60, "y" * 60, "z" * 60, "w" * 58, "example.com"])


def asks(*lines: Any, type: str = "A") -> Row:
    """Over UDP, and over TCP just so."""
    return (f"UDP {type}", *lines, f"TCP {type}", *lines)


def everything(line: str) -> Row:
    """The same to each question, on each transport."""
    return (*asks(line), *asks(line, type="AAAA"))


def truncated(*lines: Any) -> Row:
    """By TC to TCP, and what comes there."""
    return ("UDP A", "SAYS tc NOERROR", "TCP A", *lines)


def forged(first: Any) -> Row:
    """Over UDP this, and then the answer; over TCP all is well."""
    return ("UDP A", first, WELL, "SILENCE", "TCP A", WELL)


def exactly(message: bytes) -> Row:
    """These bytes, behind their length on TCP."""
    return ("UDP A", message, "SILENCE", "TCP A", framed(message))


GARBAGE = b"\xed\xcb" + b"\xff" * 38  # ID with all bits flipped

TABLE: dict[str, Row] = {
    # codes
    "no_such_name": everything(NXDOMAIN),
    "no_such_name_and_no_soa": everything("SAYS NXDOMAIN"),
    "no_such_name_and_its_address": (*asks("SAYS NXDOMAIN, A 192.0.2.7"), "UDP AAAA", NODATA),
    "no_address": (*everything(NODATA), "UDP TXT", 'SAYS NOERROR, TXT "no address"'),
    "no_address_and_no_soa": everything(EMPTY),
    "server_failure": everything("SAYS SERVFAIL"),
    "server_failure_once": ("UDP AAAA", NODATA, "UDP A", "SAYS SERVFAIL", "UDP A", WELL),
    "refused": everything("SAYS REFUSED"),
    "format_error": (*everything("SAYS FORMERR"), "EDNS A", "SAYS FORMERR opt"),
    "not_implemented": everything("SAYS NOTIMP"),
    "code_that_no_standard_has": (*asks("SAYS 15, A 192.0.2.7"), "UDP AAAA", NODATA),
    # edns
    "edns_is_a_format_error": (
        "EDNS A", "SAYS FORMERR", "EDNS AAAA", "SAYS FORMERR", *asks(WELL),
    ),
    "edns_passed_over": ("EDNS A", WELL, "UDP A", WELL, "EDNS AAAA", "SAYS NOERROR opt, SOA"),
    "edns_dropped": ("EDNS A", "SILENCE", "EDNS AAAA", "SILENCE", *asks(WELL)),
    "edns_option_that_nobody_knows": (
        "EDNS A",
        msg(RECORD, rr(b"\0", b"\xfd\xe9\0\x09" + b"\xff" * 9, type=41, klass=1232, ttl=0), ar=1),
        *asks(WELL),
    ),
    "edns_option_longer_than_its_record": exactly(
        msg(RECORD, rr(b"\0", b"\0\x0a\0\xff\0", type=41, klass=1232, ttl=0), ar=1)
    ),
    # families
    "ipv4_later_than_ipv6": ("UDP AAAA", NODATA, "UDP A", "LATE", WELL),
    "ipv6_later_than_ipv4": ("UDP A", WELL, "UDP AAAA", "LATE", NODATA),
    "ipv6_never_answered": ("UDP A", WELL, "UDP AAAA", "SILENCE", "TCP AAAA", "SILENCE"),
    "ipv6_says_no_such_name": ("UDP A", WELL, "UDP AAAA", NXDOMAIN),
    "ipv6_fails": ("UDP A", WELL, "UDP AAAA", "SAYS SERVFAIL"),
    "ipv4_fails": (*asks("SAYS SERVFAIL"), "UDP AAAA", V6),
    "ipv6_alone": (*asks(NODATA), "UDP AAAA", V6),
    "ipv6_where_ipv4_was_asked_for": asks(V6),
    # forged
    "wrong_id": (*asks("SAYS id! NOERROR, A 192.0.2.7"), "UDP AAAA", "SAYS id! NOERROR, SOA"),
    "wrong_id_before_the_answer": forged(f"SAYS id! NOERROR, {FORGED}"),
    "wrong_id_and_truncated_before_the_answer": (
        "TCP A", WELL, "UDP A", "SAYS id! tc NOERROR", WELL, "SILENCE", "TCP A", "FIN",
    ),
    "garbage_before_the_answer": forged(GARBAGE),
    "short_datagram_before_the_answer": forged(b"\xed\xcb\x84\0"),
    "another_question": asks(f"SAYS question! NOERROR, {FORGED}"),
    "another_question_before_the_answer": forged(f"SAYS question! NOERROR, {FORGED}"),
    "no_question": asks(f"SAYS question! NOERROR, {FORGED}"),
    "not_a_response": asks(f"SAYS qr! NOERROR, {FORGED}"),
    "question_comes_back": exactly(question(NAME, id=ID)),
    "answer_from_another_port": (
        "UDP A", "SAYS port! NOERROR, A 192.0.2.7", "UDP AAAA", "SAYS port! NOERROR, SOA",
        "NOBODY TCP",
    ),
    "address_of_another_name": asks(f"SAYS NOERROR, other.example.com {FORGED}"),
    "address_of_another_name_beside_it": asks(
        f"SAYS NOERROR, A 192.0.2.7, other.example.com {FORGED}"
    ),
    "address_of_another_class": exactly(msg(rr(POINTER, bytes([192, 0, 2, 66]), klass=3))),
    "other_address_in_the_additional_section": asks(
        f"SAYS NOERROR, A 192.0.2.7, {NAME} {FORGED}"
    ),
    "address_in_the_additional_section_alone": asks(f"SAYS NOERROR, {NAME} {FORGED}"),
    "referral": everything(
        "SAYS NOERROR, example.com NS ns.example.com., ns.example.com A 192.0.2.53"
    ),
    # malformed
    "shorter_than_a_header": exactly(b"\x12\x34\x84\0"),
    "garbage": exactly(b"\x12\x34\x84\0\0\1\0\1\0\0\0\0" + b"\xff" * 40),
    "cut_in_the_record": (
        "UDP A", msg(RECORD)[:44], "TCP A", framed(msg(RECORD))[:46], "FIN",
    ),
    "data_beyond_the_message": exactly(msg(RECORD[:10] + b"\xff\xff" + IPV4)),
    "address_of_three_bytes": exactly(msg(rr(POINTER, IPV4[:3]))),
    "address_of_five_bytes": exactly(msg(rr(POINTER, IPV4 + b"\x42"))),
    "name_points_to_itself": exactly(msg(rr(b"\xc0\x22", IPV4))),
    "names_point_to_each_other": exactly(msg(rr(b"\xc0\x32", IPV4), rr(b"\xc0\x22", IPV4))),
    "name_points_beyond_the_message": exactly(msg(rr(b"\xff\xff", IPV4))),
    "label_of_an_unknown_kind": exactly(msg(rr(b"\x84host\xc0\x0c", IPV4))),
    "more_records_counted_than_there_are": exactly(msg(RECORD, counted=2)),
    "bytes_behind_the_message": exactly(msg(RECORD) + b"\0trailer"),
    "unknown_record_beside_the_address": exactly(
        msg(rr(POINTER, b"\xc0\x0c\0", type=65280), RECORD)
    ),
    "name_not_compressed": exactly(msg(rr(wire_name(NAME), IPV4))),
    "name_compressed_in_part": exactly(msg(rr(b"\4host\xc0\x11", IPV4))),
    "ttl_with_its_top_bit_set": exactly(msg(rr(POINTER, IPV4, ttl=2**32 - 1))),
    # names
    "alias": asks("SAYS NOERROR, CNAME real.example.com., real.example.com A 192.0.2.7"),
    "chain_of_five_aliases": asks(
        "SAYS NOERROR, CNAME alias1.example.com., alias1.example.com CNAME alias2.example.com., "
        "alias2.example.com CNAME alias3.example.com., "
        "alias3.example.com CNAME alias4.example.com., "
        "alias4.example.com CNAME real.example.com., real.example.com A 192.0.2.7"
    ),
    "chain_of_forty_aliases": (
        "EDNS A", "SAYS NOERROR opt, 41 records", "TCP A", "SAYS NOERROR, 41 records",
    ),
    "address_before_its_alias": asks(
        "SAYS NOERROR, real.example.com A 192.0.2.7, CNAME real.example.com."
    ),
    "alias_without_the_address": (
        *everything("SAYS NOERROR, CNAME real.example.com."), "UDP A real.example.com", WELL,
    ),
    "alias_loop": everything(
        f"SAYS NOERROR, CNAME real.example.com., real.example.com CNAME {NAME}."
    ),
    "alias_of_itself": everything(f"SAYS NOERROR, CNAME {NAME}."),
    "alias_of_no_name": everything("SAYS NXDOMAIN, CNAME real.example.com., SOA"),
    "alias_of_a_name_without_address": everything("SAYS NOERROR, CNAME real.example.com., SOA"),
    "zone_renamed": asks(
        "SAYS NOERROR, example.com DNAME example.net., CNAME host.example.net., "
        "host.example.net A 192.0.2.7"
    ),
    "zone_renamed_too_long": everything(
        f"SAYS YXDOMAIN, example.com DNAME {'.'.join(['x' * 60] * 4)}.example."
    ),
    "record_in_upper_case": exactly(msg(rr(wire_name(NAME.upper()), IPV4))),
    "question_in_upper_case": ("UDP A", "SAYS question! NOERROR, A 192.0.2.7"),
    "ttl_of_zero": exactly(msg(rr(POINTER, IPV4, ttl=0))),
    "three_addresses": asks("SAYS NOERROR, A 192.0.2.7, A 192.0.2.8, A 198.51.100.9"),
    # reverse
    "address_has_no_name": (*asks(NXDOMAIN, type="PTR"), f"UDP A {NAME}", WELL),
    "address_has_no_pointer": asks(NODATA, type="PTR"),
    "reverse_fails": asks("SAYS SERVFAIL", type="PTR"),
    "reverse_refused": asks("SAYS REFUSED", type="PTR"),
    "reverse_never_answered": asks("SILENCE", type="PTR"),
    "two_names": asks(
        "SAYS NOERROR, PTR host.example.com., PTR alias.example.com.", type="PTR"
    ),
    "hundreds_of_names": (
        "EDNS PTR", "SAYS tc NOERROR opt, 56 records", "TCP PTR", "SAYS NOERROR, 300 records",
    ),
    "pointer_by_an_alias": asks(
        "SAYS NOERROR, CNAME 7.0-63.2.0.192.in-addr.arpa., "
        "7.0-63.2.0.192.in-addr.arpa PTR host.example.com.", type="PTR",
    ),
    "name_has_another_address": (
        "UDP PTR", "SAYS NOERROR, PTR host.example.com.",
        f"UDP A {NAME}", "SAYS NOERROR, A 198.51.100.9",
    ),
    "name_does_not_exist": (
        "UDP PTR", "SAYS NOERROR, PTR host.example.com.", f"UDP A {NAME}", NXDOMAIN,
    ),
    "pointer_of_another_address": asks(
        "SAYS NOERROR, 8.2.0.192.in-addr.arpa PTR forged.example.com.", type="PTR"
    ),
    "pointer_that_points_to_itself": (
        "UDP PTR",
        b"\x12\x34\x85\0\0\1\0\1\0\0\0\0" + wire_name(BACK) + b"\0\x0c\0\1"
        + rr(POINTER, b"\xc0\x34", type=12),
    ),
    "name_is_no_host_name": asks("SAYS NOERROR, PTR <script>.example.com.", type="PTR"),
    "name_begins_with_a_dash": asks("SAYS NOERROR, PTR -rf.example.com.", type="PTR"),
    "name_is_the_root": asks("SAYS NOERROR, PTR .", type="PTR"),
    "name_of_255_bytes": asks(f"SAYS NOERROR, PTR {LONG}.", type="PTR"),
    # silence
    "never_answered": everything("SILENCE"),
    "first_datagram_lost": ("UDP AAAA", NODATA, "UDP A", "SILENCE", "UDP A", WELL),
    "answer_is_late": ("UDP A", "LATE", WELL, "TCP AAAA", "LATE", NODATA),
    "answer_comes_twice": (*asks(WELL, WELL, "SILENCE"), "UDP AAAA", NODATA, NODATA, "SILENCE"),
    "nothing_listens": ("NOBODY UDP", "NOBODY TCP"),
    "datagrams_dropped_and_tcp_well": ("UDP A", "SILENCE", "UDP AAAA", "SILENCE", "TCP A", WELL),
    "datagrams_refused_and_tcp_well": ("NOBODY UDP", "TCP A", WELL),
    # stream
    "tcp_in_pieces": truncated("PIECES", "SILENCE"),
    "tcp_cut_in_the_message": truncated(framed(msg(RECORD))[:22], "FIN"),
    "tcp_cut_in_the_length": truncated(b"\0", "FIN"),
    "tcp_length_of_zero": truncated(b"\0\0", "SILENCE"),
    "tcp_length_too_great": truncated(b"\x03\xe8" + msg(RECORD), "SILENCE"),
    "tcp_length_too_small": truncated(b"\0\x1e" + msg(RECORD), "SILENCE"),
    "tcp_wrong_id": truncated("SAYS id! NOERROR, A 192.0.2.7", "SILENCE"),
    "tcp_answered_by_a_web_server": truncated(b"HTTP/1.1 400 Bad Request\r\n\r\n", "FIN"),
    # tls
    "tls_handshake_never_answered": ("HELLO", "SILENCE", "NOBODY UDP"),
    # truncation
    "truncated": (*truncated(WELL), "EDNS A", "SAYS tc NOERROR opt"),
    "truncated_behind_the_first_address": (
        "UDP A", "SAYS tc NOERROR, A 192.0.2.7",
        "TCP A", "SAYS NOERROR, A 192.0.2.7, A 192.0.2.8, A 198.51.100.9",
    ),
    "thousand_addresses": (
        "UDP A", "SAYS tc NOERROR, 29 records", "EDNS A", "SAYS tc NOERROR opt, 74 records",
        "TCP A", "SAYS NOERROR, 1000 records",
    ),
    "truncated_and_tcp_refused": ("UDP A", "SAYS tc NOERROR", "NOBODY TCP"),
    "truncated_and_tcp_closed": truncated("FIN"),
    "truncated_and_tcp_reset": truncated("RST"),
    "truncated_and_tcp_silent": truncated("SILENCE"),
    "truncated_over_tcp_too": truncated("SAYS tc NOERROR"),
    "datagram_over_512_bytes": ("UDP A", msg(*FORTY), "TCP A", framed(msg(*FORTY))),
    "cut_at_512_bytes": ("UDP A", msg(*FORTY)[:512], "TCP A", framed(msg(*FORTY))),
}  # fmt: skip

# Over TLS: rows of the shared player, with bytes as latin-1.
QUESTION = framed(question(NAME, id=ID)).decode("latin-1")
ANSWER = framed(msg(RECORD)).decode("latin-1")
ENCRYPTED: dict[str, tuple[str, ...]] = {
    "tls_handshake_cut": ("HELLO", "S. \x16\x03\x03", "S# 27", "FIN"),
    "tls_answered_in_the_clear": ("HELLO", "S. \0\x0c\0\0\x80\1\0\0\0\0\0\0\0\0", "FIN"),
    "tls_certificate_expired": ("TLS! certificate has expired",),
    "tls_certificate_for_another_host": ("TLS! Hostname mismatch",),
    "tls_certificate_by_an_unknown_authority": (
        "TLS! unable to get local issuer|self.signed certificate in certificate chain",
    ),
    "tls_cut_in_the_message": ("TLS", f"C. {QUESTION}", f"S. {ANSWER[:22]}", "CUT"),
    "tls_in_pieces": ("TLS", f"C. {QUESTION}", f"PIECES {ANSWER}"),
}


def unmet(fake: Any) -> list[Any]:
    """The rules that did not fire, optional ones too."""
    return [rule for rule in fake.rules if not all(part.fired for part in rule.parts)]


@pytest.fixture
def acted() -> Iterator[Callable[[str], Any]]:
    """``acted(name)`` arranges the case as a check does, acts its row out, and sees that all of the
    case was met. Returns the fake, which is stopped in the end."""
    with contextlib.ExitStack() as stack:

        def acted(name: str) -> Any:
            case = CASES[name]
            fake = stack.enter_context(Farm(strict=False)).add(make(case))
            case.arrange(fake)
            stack.enter_context(target_for(fake, case.operation))
            name_asked = NAME if case.operation == "resolve" else BACK
            Played(fake, name_asked, stack).play(TABLE[name])
            # What nothing comes back to may be still on its way.
            with contextlib.suppress(TimeoutError):
                fake.wait_until(lambda: not unmet(fake), timeout=raw_client.PATIENCE)
            assert not unmet(fake)
            return fake

        yield acted


def test_the_tables_have_every_case() -> None:
    assert TABLE.keys() | ENCRYPTED.keys() == CASES.keys()
    assert not TABLE.keys() & ENCRYPTED.keys()


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, acted: Callable[[str], Any]) -> None:
    acted(name)


@pytest.mark.parametrize("name", ENCRYPTED)
def test_on_the_wire_over_tls(name: str, play: Any) -> None:
    fake = play("dns", name, ENCRYPTED[name])
    is_well = CASES[name].expect == "succeeds"
    with contextlib.closing(socket.socket(type=socket.SOCK_DGRAM)) as sock:
        sock.settimeout(raw_client.PATIENCE)
        sock.connect(fake.address)
        if is_well:  # who speaks no TLS gets through
            sock.send(question(NAME, id=ID))
            assert told(sock.recv(600), NAME, "A") == WELL.removeprefix("SAYS ")
        else:  # and here it does not
            sock.send(question(NAME))
            with pytest.raises(ConnectionRefusedError):
                sock.recv(1)


def test_there_are_enough() -> None:
    plain = [case for case in CASES.values() if case.phase != "tls"]
    assert len(plain) >= 57
    assert len(CASES) - len(plain) >= 4
    assert {case.operation for case in plain} == {"resolve", "reverse"}


WRONG: list[tuple[str, Row, str]] = [
    ("no_such_name", ("UDP A", "SAYS NOERROR, SOA"), "line 1"),
    ("no_such_name", ("UDP A", "SILENCE"), "line 1"),
    ("never_answered", ("UDP A", WELL), "line 1"),
    ("nothing_listens", ("UDP A", WELL), "line"),
    ("truncated", ("NOBODY TCP",), "line 0"),
    ("truncated", ("TCP A", "FIN"), "line 1"),
    ("truncated_and_tcp_closed", ("UDP A", "SAYS tc NOERROR", "TCP A", "RST"), "line 3"),
    ("tcp_in_pieces", ("TCP A", "SILENCE"), "line 1"),
    ("wrong_id", ("UDP A", WELL), "line 1"),
    ("not_a_response", ("UDP A", f"SAYS NOERROR, {FORGED}"), "line 1"),
    ("answer_from_another_port", ("UDP A", WELL), "line 1"),
    ("data_beyond_the_message", ("UDP A", msg(RECORD)), "line 1"),
    ("server_failure_once", ("UDP AAAA", NODATA), "unmet"),
]


@pytest.mark.parametrize(("name", "row", "says"), WRONG)
def test_a_row_that_is_wrong_is_noticed(
    name: str, row: Row, says: str, acted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_client, "PATIENCE", 0.1)
    monkeypatch.setattr(dns_wire, "PATIENCE", 0.1)
    monkeypatch.setitem(TABLE, name, row)
    with pytest.raises(AssertionError, match=says):
        acted(name)


def test_every_type_of_the_table_is_known() -> None:
    asked = {
        line.split()[1]
        for row in TABLE.values()
        for line in row
        if isinstance(line, str) and line.split()[0] in ("UDP", "TCP", "EDNS")
    }
    assert asked <= TYPES.keys() | {"TXT", "PTR"}
