"""IPv4 and IPv6 are asked for one by one, and are not answered alike.

What is to be found are the IPv4 addresses. A client may ask for those of IPv6, too, and may find
them; but where there is none of IPv4, it has not found one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import NAME

if TYPE_CHECKING:
    from ...dns import FakeDNS

IPV6 = "2001:db8::7"


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 8305 section 3")
def ipv4_later_than_ipv6(server: FakeDNS) -> None:
    """That there is no IPv6 address comes at once, and the IPv4 address 0.3 seconds later. A good
    client does not take the first answer for all there is."""
    server.on("A").delay(0.3)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 8305 section 3")
def ipv6_later_than_ipv4(server: FakeDNS) -> None:
    """The IPv4 address comes at once, and that there is no IPv6 address 0.3 seconds later. A good
    client that asks for both waits a moment, or goes on with what it has."""
    server.on("AAAA").delay(0.3).optional()


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 4074 section 4.1")
def ipv6_never_answered(server: FakeDNS) -> None:
    """Questions for IPv6 are dropped, those for IPv4 are answered: load balancers have done so. A
    good client that asks for both has a limit, and does not forget what it has found."""
    server.on("AAAA").ignore().optional()


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 4074 section 4.2")
def ipv6_says_no_such_name(server: FakeDNS) -> None:
    """The question for IPv6 is answered with NXDOMAIN, as if there were no such name at all, and
    that for IPv4 with the address (slackhq/nebula#1668). A good client that asks for both brings
    the address back, or takes the server at its word."""
    server.on("AAAA").rcode("NXDOMAIN").optional()


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 4074 section 4.3")
def ipv6_fails(server: FakeDNS) -> None:
    """The question for IPv6 is answered with SERVFAIL, and that for IPv4 with the address. A good
    client that asks for both brings back what it has found, or reports a failure that may pass."""
    server.on("AAAA").rcode("SERVFAIL").optional()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def ipv4_fails(server: FakeDNS) -> None:
    """The question for IPv4 is answered with SERVFAIL, and that for IPv6 with an address. A good
    client that wants IPv4 reports a failure that may pass."""
    server.add_host(NAME, IPV6)
    server.on("A").rcode("SERVFAIL")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2308 section 2.2")
def ipv6_alone(server: FakeDNS) -> None:
    """The name has an IPv6 address and none of IPv4. A good client that wants IPv4 reports that
    there is none."""
    server.add_host(NAME, IPV6)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1034 section 5.3.3")
def ipv6_where_ipv4_was_asked_for(server: FakeDNS) -> None:
    """The question for IPv4 is answered with an address of IPv6. A good client looks at the type of
    a record before it reads its data, and does not make four bytes of sixteen."""
    server.on("A").respond(("AAAA", IPV6))
