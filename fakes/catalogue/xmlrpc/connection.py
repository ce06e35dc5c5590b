"""The connection ends, or goes silent, before the answer is whole.

A call is not to be repeated by a client of its own accord (RFC 9110 section 9.2.2: it is a POST):
where the answer was lost, nobody knows whether it was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...xmlrpc import FakeXMLRPC


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9293 section 3.6")
def closed_before_the_call(server: FakeXMLRPC) -> None:
    """Each connection is accepted and ends with FIN at once. A good client reports that the server
    has gone, and does not try for ever."""
    server.on("connect").close()


@edge_case("xmlrpc", operation="call", expect=EITHER, source="RFC 9110 section 9.2.2")
def first_connection_closed(server: FakeXMLRPC) -> None:
    """The first connection ends with FIN before anything is said, the next one is good. A good
    client that can tell calls again, and any other one reports a failure."""
    server.on("connect").close().once()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 9.2.2")
def call_read_and_closed(server: FakeXMLRPC) -> None:
    """The call is read, and then the connection ends with FIN, each time. A good client reports
    that it does not know what became of it, and does not call again by itself."""
    server.on("add").close()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 9.2.2")
def call_read_and_reset(server: FakeXMLRPC) -> None:
    """The call is read, and then the connection ends with RST, each time. A good client reports
    that it does not know what became of it, and does not call again by itself."""
    server.on("add").reset()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 9.2.2")
def answer_lost_once(server: FakeXMLRPC) -> None:
    """The first call is read, and the connection ends with FIN; a second one would be answered. A
    good client does not call again by itself: the first may have been done."""
    server.on("add").close().then.answer().optional()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 9.2.2")
def call_never_answered(server: FakeXMLRPC) -> None:
    """The call is read, and then there is silence. A good client has a timeout, reports that it
    passed, and does not call again by itself."""
    server.on("add").stall()


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9112 section 9.5")
def answer_is_late(server: FakeXMLRPC) -> None:
    """The answer comes a moment after the call. A good client waits for it within its timeout."""
    server.on("add").delay(0.2).answer()


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def answer_in_pieces(server: FakeXMLRPC) -> None:
    """The answer comes in pieces of two bytes, since TCP is a stream and keeps no borders. A good
    client puts them together."""
    server.on("add").drip(size=2, every=0.0005)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 8")
def answer_cut(server: FakeXMLRPC) -> None:
    """The call is done, and the connection ends with FIN after 50 bytes of the XML. A good client
    reports an incomplete answer."""
    server.on("add").truncate(after=50)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 8")
def answer_cut_before_its_first_byte(server: FakeXMLRPC) -> None:
    """The call is done, and the connection ends with FIN behind the head. A good client reports an
    incomplete answer."""
    server.on("add").truncate(after=0)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9293 section 3.5.3")
def answer_cut_by_a_reset(server: FakeXMLRPC) -> None:
    """The call is done, and the connection ends with RST after 50 bytes of the XML. A good client
    reports that, and does not call again by itself."""
    server.on("add").truncate(after=50).reset()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 9.5")
def answer_stalls(server: FakeXMLRPC) -> None:
    """After 50 bytes of the XML there is silence. A good client reports that its timeout passed."""
    server.on("add").truncate(after=50).stall()
