"""An answer is too long for a datagram: TC says so, and TCP has all of it, or has not.

Over TCP the cases act on a question for A alone; what else a client asks there is answered well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import NAME

if TYPE_CHECKING:
    from ...dns import FakeDNS

THREE = ("192.0.2.7", "192.0.2.8", "198.51.100.9")
FORTY = tuple(f"198.51.100.{n}" for n in range(40))  # about 670 bytes
THOUSAND = tuple(f"10.0.{n // 250}.{n % 250}" for n in range(1000))  # about 16,000 bytes


def _truncate(server: FakeDNS) -> None:
    server.on("A", transport="udp").truncate()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 7766 section 5")
def truncated(server: FakeDNS) -> None:
    """The datagram that answers has TC set and no record, and over TCP all is well. A good client
    asks again over TCP."""
    _truncate(server)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 2181 section 9", wants=THREE)
def truncated_behind_the_first_address(server: FakeDNS) -> None:
    """The datagram that answers has TC set and one address of three, and TCP has all three. A good
    client asks again over TCP, and does not make do with one."""
    server.add(NAME, "A", *THREE)
    server.on("A", transport="udp").truncate(answers=1)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 7766 section 8", wants=THOUSAND)
def thousand_addresses(server: FakeDNS) -> None:
    """The answer has a thousand addresses: TC over UDP, 16,000 bytes over TCP. A good client reads
    all of the message, whose length stands before it, and brings back all addresses."""
    server.add(NAME, "A", *THOUSAND)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7766 section 5")
def truncated_and_tcp_refused(server: FakeDNS) -> None:
    """The datagram that answers has TC set and no record, and nobody listens for TCP. A good client
    reports a failure, and does not say that there is no address."""
    _truncate(server)
    server.on("connect", transport="tcp").refuse()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7766 section 6.2.4")
def truncated_and_tcp_closed(server: FakeDNS) -> None:
    """The datagram that answers has TC set and no record, and a connection ends with FIN when the
    question has come. A good client reports a failure."""
    _truncate(server)
    server.on("A", transport="tcp").close()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7766 section 6.2.4")
def truncated_and_tcp_reset(server: FakeDNS) -> None:
    """The datagram that answers has TC set and no record, and a connection ends with RST when the
    question has come. A good client reports a failure."""
    _truncate(server)
    server.on("A", transport="tcp").reset()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.2.2")
def truncated_and_tcp_silent(server: FakeDNS) -> None:
    """The datagram that answers has TC set and no record, and over TCP nothing comes back. A good
    client has a limit for TCP, too, and reports that it passed."""
    _truncate(server)
    server.on("A", transport="tcp").stall()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2181 section 9")
def truncated_over_tcp_too(server: FakeDNS) -> None:
    """The answer has TC set and no record, over UDP and over TCP. A good client reports a failure,
    and does not come back for ever."""
    _truncate(server)
    server.on("A", transport="tcp").truncate()


@edge_case("dns", operation="resolve", expect=EITHER, source="CVE-2015-7547 (glibc)", wants=FORTY)
def datagram_over_512_bytes(server: FakeDNS) -> None:
    """The datagram that answers has 670 bytes, whatever size the client takes. A good client reads
    all of it, asks over TCP, or reports a failure; it does not make do with what its memory holds.
    """
    server.add(NAME, "A", *FORTY)
    server.on("A", transport="udp").respond(*FORTY)


@edge_case("dns", operation="resolve", expect=EITHER, source="DnsClient.NET#52", wants=FORTY)
def cut_at_512_bytes(server: FakeDNS) -> None:
    """The datagram that answers is cut at 512 bytes, in the middle of a record, and TC is not set;
    TCP has all of it. A good client asks over TCP, or reports a failure, and does not bring back
    the addresses before the cut."""
    server.add(NAME, "A", *FORTY)
    server.on("A", transport="udp").respond(*FORTY).truncate(after=512)
