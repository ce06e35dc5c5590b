"""Servers that do not know EDNS, or not well. A client that does not use it meets none of this."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case
from ..content import ADDRESS
from .messages import answer, record, with_option

if TYPE_CHECKING:
    from ...dns import FakeDNS, Query

FORMERR = 1
FOR_LOCAL_USE = 65001  # an option (RFC 6891 section 9)


def _has_edns(query: Query) -> bool:
    return query.edns is not None


def _plain(query: Query) -> bytes:
    """An answer without EDNS."""
    return answer(query, record(socket.inet_aton(ADDRESS)))


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 6891 section 7")
def edns_is_a_format_error(server: FakeDNS) -> None:
    """A question with EDNS is answered with FORMERR, as by every server from before EDNS; one
    without it is answered well. A good client falls back to asking without, or reports it."""
    rule = server.on("*", where=_has_edns).optional()
    rule.respond(lambda query: answer(query, rcode=FORMERR))


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 6891 section 6.1.1")
def edns_passed_over(server: FakeDNS) -> None:
    """A question with EDNS is answered as if it had none: there is no OPT record, though there has
    to be one. A good client takes the answer, or reports a failure."""
    server.on("A", where=_has_edns).respond(_plain).optional()


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 8906 section 3.2")
def edns_dropped(server: FakeDNS) -> None:
    """Questions with EDNS are not answered, those without are, as behind some firewalls. A good
    client asks without in the end, or reports a failure when its time is over."""
    server.on("*", transport="udp", where=_has_edns).ignore().optional()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 6891 section 6.1.2")
def edns_option_that_nobody_knows(server: FakeDNS) -> None:
    """The OPT record of the answer has an option that no standard has. A good client passes over
    it."""
    rule = server.on("A", where=_has_edns).optional()
    rule.respond(lambda query: with_option(_plain(query), FOR_LOCAL_USE, b"\xff" * 9))


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 6891 section 6.1.2")
def edns_option_longer_than_its_record(server: FakeDNS) -> None:
    """The answer is whole, and the OPT record behind it has an option that reaches beyond the
    record. A good client brings back the address, or reports a failure."""
    server.on("A").bad_opt()
