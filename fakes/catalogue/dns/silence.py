"""Datagrams get lost, come late, come twice; or nobody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...dns import FakeDNS


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.2.1")
def never_answered(server: FakeDNS) -> None:
    """No question is ever answered, over UDP or TCP. A good client asks again a few times, has a
    limit for all of it, and reports that it passed."""
    server.on("*").ignore()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1035 section 4.2.1")
def first_datagram_lost(server: FakeDNS) -> None:
    """The first question by datagram is not answered, the next one is. A good client asks again,
    since datagrams may be lost."""
    server.on("A", transport="udp").ignore().once()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1035 section 4.2.1")
def answer_is_late(server: FakeDNS) -> None:
    """The answer comes 0.3 seconds after the question, as it does where a server has to ask others.
    A good client waits that long."""
    server.on("*").delay(0.3)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1035 section 7.3")
def answer_comes_twice(server: FakeDNS) -> None:
    """Each answer comes twice, as datagrams may. A good client takes one, and does not take the
    other for the answer to its next question."""
    server.on("*").duplicate()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1122 section 4.1.3.3")
def nothing_listens(server: FakeDNS) -> None:
    """Nobody is at the port: a datagram brings an ICMP error, a connection is refused. A good
    client reports that, at once or when its time is over."""
    server.on("connect").refuse()


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 7766 section 5")
def datagrams_dropped_and_tcp_well(server: FakeDNS) -> None:
    """Datagrams are dropped, as by a firewall, and questions over TCP are answered. A good client
    may try TCP in the end, or reports that its time is over."""
    server.on("*", transport="udp").ignore()


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 7766 section 5")
def datagrams_refused_and_tcp_well(server: FakeDNS) -> None:
    """Nobody listens for datagrams, so that they bring an ICMP error, and questions over TCP are
    answered. A good client may try TCP, or reports a failure."""
    server.on("connect", transport="udp").refuse()
