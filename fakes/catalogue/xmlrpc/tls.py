"""TLS from the first byte on, and what goes wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...xmlrpc import FakeXMLRPC


@edge_case(
    "xmlrpc",
    operation="call",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="implicit",
    certificate="expired",
)
def certificate_expired(server: FakeXMLRPC) -> None:
    """The certificate was valid until some time ago. A good client ends the connection and reports
    that, before it has called anything."""


@edge_case(
    "xmlrpc",
    operation="call",
    expect=FAILS,
    source="RFC 9110 section 4.3.4",
    tls="implicit",
    certificate="wrong-host",
)
def certificate_for_another_host(server: FakeXMLRPC) -> None:
    """The certificate is good, and for somebody else. A good client compares the names, ends the
    connection and reports that."""


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 8446 section 6.2", tls="implicit")
def handshake_refused(server: FakeXMLRPC) -> None:
    """The ClientHello is answered with the alert handshake_failure. A good client reports that, and
    does not try again in plain text."""
    server.on("tls").alert("handshake_failure").close()


@edge_case(
    "xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9112 section 9.8", tls="implicit"
)
def answered_without_close_notify(server: FakeXMLRPC) -> None:
    """The answer has its Content-Length and is whole, and then the connection ends without
    close_notify. A good client knows that it has all."""
    server.on("add").answer().close(close_notify=False)
