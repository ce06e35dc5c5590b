"""DNS over TLS (RFC 7858), to a server that the client has been told to trust.

The TCP port speaks TLS. Where a client has to fail, nobody listens for datagrams, so that one that
speaks no TLS fails as well; where it has to succeed, datagrams are answered, so that it gets
through. It comes to the point of none of these cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...dns import FakeDNS


def _no_datagrams(server: FakeDNS) -> None:
    server.on("connect", transport="udp").refuse()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7858 section 3.2", tls="implicit")
def tls_handshake_never_answered(server: FakeDNS) -> None:
    """The server reads the ClientHello, and nothing comes back. A good client has a limit for the
    handshake, too, and reports that it passed."""
    server.on("tls").stall()
    _no_datagrams(server)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def tls_handshake_cut(server: FakeDNS) -> None:
    """The connection ends with FIN in the middle of the handshake. A good client reports it, and
    does not ask in the clear."""
    server.on("tls").truncate(after=30)
    _no_datagrams(server)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7858 section 3.1", tls="implicit")
def tls_answered_in_the_clear(server: FakeDNS) -> None:
    """The ClientHello is answered with FORMERR in plain DNS, as where the port is that of a server
    without TLS. A good client reports it, and does not ask in the clear."""
    server.on("tls").raw(bytes.fromhex("000c 0000 8001 0000 0000 0000 0000")).close()
    _no_datagrams(server)


@edge_case(
    "dns",
    operation="resolve",
    expect=FAILS,
    source="RFC 8310 section 5",
    tls="implicit",
    certificate="expired",
)
def tls_certificate_expired(server: FakeDNS) -> None:
    """The certificate has expired. A good client that was told whom to trust reports it, and asks
    nothing."""
    server.on("tls")
    _no_datagrams(server)


@edge_case(
    "dns",
    operation="resolve",
    expect=FAILS,
    source="RFC 8310 section 5",
    tls="implicit",
    certificate="wrong-host",
)
def tls_certificate_for_another_host(server: FakeDNS) -> None:
    """The certificate is for another host. A good client that was told whom to trust reports it,
    and asks nothing."""
    server.on("tls")
    _no_datagrams(server)


@edge_case(
    "dns",
    operation="resolve",
    expect=FAILS,
    source="RFC 8310 section 5",
    tls="implicit",
    certificate="untrusted-root",
)
def tls_certificate_by_an_unknown_authority(server: FakeDNS) -> None:
    """The certificate is by an authority that the client does not know. A good client that was told
    whom to trust reports it, and asks nothing."""
    server.on("tls")
    _no_datagrams(server)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def tls_cut_in_the_message(server: FakeDNS) -> None:
    """The connection ends behind 20 bytes of the message, without close_notify, as an attacker can
    make it. A good client reports a failure."""
    server.on("A").truncate(after=20).close(close_notify=False)
    _no_datagrams(server)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 7766 section 8", tls="implicit")
def tls_in_pieces(server: FakeDNS) -> None:
    """The answer comes in records of TLS of one byte each, its length, too. A good client reads on
    until it has as many bytes as were announced."""
    server.on("A", transport="tcp").drip(size=1, every=0.002).optional()
