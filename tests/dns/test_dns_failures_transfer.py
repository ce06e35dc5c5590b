"""Failures found in the wild, 60 and 61: zone transfers. Each is a script of at most three lines,
with what dnspython makes of it.

The numbers are those of the project's collection.
"""

from typing import Any

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.transaction
import dns.version
import dns.xfr
import dns.zone
import pytest

from fakefarm import FakeDNS

PATIENCE = 5.0  # seconds for what is answered
IMPATIENCE = 0.05  # seconds for what never is
WWW, V4 = "www.example.com", "192.0.2.1"

Form = dns.exception.FormError
SINCE_2_9 = (dns.version.MAJOR, dns.version.MINOR) >= (2, 9)  # it looks at more


# --- 60: AXFR

ZONE = "@ 300 SOA ns hostmaster 7 3600 600 86400 60\n@ NS ns\nns A 192.0.2.53\nwww A 192.0.2.1"


def soa(serial: int, owner: str = "example.com") -> tuple[Any, ...]:
    """A SOA as respond() takes it."""
    data = f"ns.example.com hostmaster.example.com {serial} 3600 600 86400 60"
    return owner, "SOA", data, 300


def a(name: str, address: str) -> tuple[Any, ...]:
    return name, "A", address, 300


@pytest.fixture
def primary(fake: FakeDNS) -> FakeDNS:
    """A fake with a small zone, of serial 7."""
    fake.load(ZONE, "example.com")
    return fake


def transferred(fake: FakeDNS, held: str = "", **options: Any) -> dns.zone.Zone:
    """What a secondary has in the end; ``held`` is what it has before, which makes it an IXFR."""
    zone = dns.zone.from_text(held, "example.com") if held else dns.zone.Zone("example.com")
    message, _ = dns.xfr.make_query(zone)
    options = {"timeout": PATIENCE, "lifetime": PATIENCE} | options
    dns.query.inbound_xfr(fake.host, zone, message, port=fake.port, **options)
    return zone


NS, WWW_A = ("NS", "ns.example.com"), a(WWW, V4)
AXFR = {
    "NOTAUTH": (lambda r: r.rcode("NOTAUTH"), dns.xfr.TransferError),
    "REFUSED": (lambda r: r.rcode("REFUSED"), dns.xfr.TransferError),
    "SERVFAIL": (lambda r: r.rcode("SERVFAIL"), dns.xfr.TransferError),
    "something behind it": (lambda r: r.trailing(b"junk"), dns.message.TrailingJunk),
    "SOA not first": (lambda r: r.respond(NS, soa(7), WWW_A, soa(7)), Form),
    "no SOA": (lambda r: r.respond(NS, WWW_A), Form),
    "empty": (lambda r: r.respond(), Form),
    "more behind the last SOA": (lambda r: r.respond(soa(7), NS, soa(7), WWW_A), Form),
    "a message more": (lambda r: r.respond(soa(7), NS, WWW_A, soa(7)).respond(WWW_A), None),
    "of another zone": (lambda r: r.respond(soa(7, "a.test"), NS, soa(7, "a.test")), Form),
    "another SOA at the end": (lambda r: r.respond(soa(7), NS, soa(8)), Form),
    "no SOA at the end": (lambda r: r.respond(soa(7), NS, WWW_A).close(), EOFError),
    "no SOA at the end, and silence":
        (lambda r: r.respond(soa(7), NS, WWW_A), dns.exception.Timeout),
    "cut in the middle": (lambda r: r.truncate(after=60), EOFError),
    "cut in the middle, with RST": (lambda r: r.truncate(after=60).reset(), ConnectionResetError),
    "closed": (lambda r: r.close(), EOFError),
    "wrong id": (lambda r: r.wrong_id(), dns.query.BadResponse if SINCE_2_9 else None),
    "wrong question": (lambda r: r.wrong_question(), Form),
    "wrong type": (lambda r: r.wrong_question(type="A"), Form),
    "a record of another zone": (lambda r: r.respond(soa(7), ("a.test", "A", V4), soa(7)),
                                 None if SINCE_2_9 else KeyError),
    "in two messages": (lambda r: r.respond(soa(7), NS).respond(WWW_A, soa(7)), None),
    "in two messages, the second with an error":
        (lambda r: r.respond(soa(7), NS).rcode("SERVFAIL"), dns.xfr.TransferError),
    "in two messages, the second with a wrong id":
        (lambda r: r.respond(soa(7), NS).respond(WWW_A, soa(7)).wrong_id(only=2),
         dns.query.BadResponse if SINCE_2_9 else None),
    "byte by byte": (lambda r: r.drip(1, every=0), None),
    "with the flag of a cut answer": (lambda r: r.flags(tc=True), None),
}  # fmt: skip


@pytest.mark.parametrize(("script", "error"), AXFR.values(), ids=[f"60 {name}" for name in AXFR])
def test_axfr(primary, script, error) -> None:
    script(primary.on("AXFR"))
    if error is None:
        assert transferred(primary).get_soa().serial == 7
    else:
        lifetime = IMPATIENCE if error is dns.exception.Timeout else PATIENCE
        with pytest.raises(error):
            transferred(primary, lifetime=lifetime)


def test_60_axfr_over_udp(primary, udp) -> None:
    """dnspython does not even ask; the fake refuses (RFC 5936 section 4.2)."""
    message = dns.message.make_query("example.com", "AXFR")
    with pytest.raises(ValueError, match="UDP"):
        list(dns.query.xfr(primary.host, "example.com", port=primary.port, use_udp=True))
    assert udp(primary).ask(message.to_wire())[3] & 15 == dns.rcode.REFUSED


def test_60_axfr_of_what_is_no_zone(primary) -> None:
    zone = dns.zone.Zone("example.net")
    message, _ = dns.xfr.make_query(zone)
    with pytest.raises(dns.xfr.TransferError, match="NOTAUTH"):
        dns.query.inbound_xfr(primary.host, zone, message, primary.port, PATIENCE)


# --- 61: IXFR

HELD = "@ 300 SOA ns hostmaster 6 3600 600 86400 60\n@ 300 NS ns\nwww 300 A 192.0.2.9"
OLD = a(WWW, "192.0.2.9")


def diff(r: Any, *records: Any) -> Any:
    """An answer with the SOA that all IXFR begin with and end with."""
    return r.respond(soa(7), *records, soa(7))


IXFR = {
    "the difference": (lambda r: diff(r, soa(6), OLD, soa(7), WWW_A), [V4]),
    "two differences": (
        lambda r: diff(r, soa(6), OLD, soa(8), soa(8), soa(7), WWW_A), [V4]),
    "nothing new": (lambda r: r.respond(soa(6)), ["192.0.2.9"]),
    "all of it": (lambda r: r.answer(), [V4]),
    "from another serial": (lambda r: diff(r, soa(5), OLD, soa(7), WWW_A), Form),
    "to another serial": (lambda r: diff(r, soa(6), OLD, soa(8), WWW_A), Form),
    "what is deleted was never there":
        (lambda r: diff(r, soa(6), a(WWW, "192.0.2.8"), soa(7), WWW_A),
         dns.transaction.DeleteNotExact),
    "backwards": (lambda r: r.respond(soa(5)), dns.xfr.SerialWentBackwards),
    "refused": (lambda r: r.rcode("REFUSED"), dns.xfr.TransferError),
    "NOTIMP": (lambda r: r.rcode("NOTIMP"), dns.xfr.TransferError),
    "empty": (lambda r: r.respond(), Form),
    "no SOA first": (lambda r: r.respond(WWW_A, soa(7)), Form),
    "more behind the end": (lambda r: diff(r, soa(6), OLD, soa(7), WWW_A, soa(7), OLD), Form),
    "cut": (lambda r: r.respond(soa(7), soa(6), OLD).close(), EOFError),
}  # fmt: skip


@pytest.mark.parametrize(("script", "outcome"), IXFR.values(), ids=[f"61 {name}" for name in IXFR])
def test_ixfr(primary, script, outcome) -> None:
    script(primary.on("IXFR"))
    if isinstance(outcome, list):
        zone = transferred(primary, HELD)
        assert [rr.address for rr in zone.get_rdataset("www", "A")] == outcome
    else:
        with pytest.raises(outcome):
            transferred(primary, HELD)


def test_61_ixfr_over_udp_comes_again_over_tcp(primary) -> None:
    zone = transferred(primary, HELD, udp_mode=dns.query.UDPMode.TRY_FIRST)
    assert zone.get_soa().serial == 7
    assert [query.transport for query in primary.queries] == ["udp", "tcp"]


def test_61_ixfr_over_udp_alone(primary) -> None:
    with pytest.raises(dns.xfr.UseTCP):
        transferred(primary, HELD, udp_mode=dns.query.UDPMode.ONLY)


def test_61_ixfr_that_fits_into_a_datagram(primary) -> None:
    primary.on("IXFR").respond(soa(7), soa(6), OLD, soa(7), WWW_A, soa(7))
    zone = transferred(primary, HELD, udp_mode=dns.query.UDPMode.ONLY)
    assert [rr.address for rr in zone.get_rdataset("www", "A")] == [V4]
