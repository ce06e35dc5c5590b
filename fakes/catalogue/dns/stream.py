"""The client has been sent to TCP by TC, and a message comes there, or something like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...dns import DNSRule, FakeDNS


def _over_tcp(server: FakeDNS) -> DNSRule:
    """A rule for the question over TCP, where every client comes."""
    server.on("A", transport="udp").truncate()
    return server.on("A", transport="tcp")


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 7766 section 8")
def tcp_in_pieces(server: FakeDNS) -> None:
    """The answer over TCP comes a byte at a time, its length, too. A good client reads on until it
    has as many bytes as were announced."""
    _over_tcp(server).drip(size=1, every=0.002)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7766 section 8")
def tcp_cut_in_the_message(server: FakeDNS) -> None:
    """The connection ends with FIN behind 20 bytes of a longer message. A good client reports a
    failure, and does not read what it has as if it were all."""
    _over_tcp(server).truncate(after=20)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7766 section 8")
def tcp_cut_in_the_length(server: FakeDNS) -> None:
    """The connection ends with FIN behind the first byte of the length. A good client reports a
    failure."""
    _over_tcp(server).raw(b"\0").close()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.2.2")
def tcp_length_of_zero(server: FakeDNS) -> None:
    """The length is 0, and nothing follows it. A good client reports a failure, and does not take
    it for an end that is in order."""
    _over_tcp(server).raw(b"\0\0")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.2.2")
def tcp_length_too_great(server: FakeDNS) -> None:
    """The length before the message is 1,000, and the message is shorter; then there is silence. A
    good client waits for the rest, though not for ever, and reports a failure."""
    _over_tcp(server).length_prefix(1000)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.2.2")
def tcp_length_too_small(server: FakeDNS) -> None:
    """The length before the message is 30, which is in the middle of the question. A good client
    reads 30 bytes, sees that this is no message, and reports a failure."""
    _over_tcp(server).length_prefix(30)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 7766 section 7")
def tcp_wrong_id(server: FakeDNS) -> None:
    """The answer over TCP has another id than the question. A good client does not believe it, and
    reports a failure."""
    _over_tcp(server).wrong_id()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.2.2")
def tcp_answered_by_a_web_server(server: FakeDNS) -> None:
    """Something speaks HTTP at the port, so that the length seems to be 18,516, and the connection
    ends with FIN behind a line. A good client reports a failure."""
    _over_tcp(server).raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").close()
