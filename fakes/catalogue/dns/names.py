"""One name leads to another: aliases, and names that are spelled otherwise. And what a name has."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import ADDRESS, NAME

if TYPE_CHECKING:
    from ...dns import FakeDNS

REAL = "real.example.com"
THREE = ("192.0.2.7", "192.0.2.8", "198.51.100.9")


def _chain(server: FakeDNS, length: int) -> None:
    """So many aliases, and the address behind them."""
    links = [NAME, *(f"alias{n}.example.com" for n in range(1, length)), REAL]
    for name, target in pairwise(links):
        server.add(name, "CNAME", target)
    server.add_host(REAL, ADDRESS)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1034 section 3.6.2")
def alias(server: FakeDNS) -> None:
    """The name is an alias, and the answer has the CNAME and the address of the other name. A good
    client brings back that address."""
    _chain(server, 1)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1034 section 3.6.2")
def chain_of_five_aliases(server: FakeDNS) -> None:
    """The name is an alias of an alias, five times, and the answer has them all and the address. A
    good client follows them."""
    _chain(server, 5)


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 1034 section 3.6.2")
def chain_of_forty_aliases(server: FakeDNS) -> None:
    """The name is an alias of an alias, forty times, and the answer has them all and the address. A
    good client follows them, or has a limit and reports that it was passed."""
    _chain(server, 40)


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 1034 section 4.3.1")
def address_before_its_alias(server: FakeDNS) -> None:
    """The answer has the address of the other name first, and the CNAME that leads there behind it.
    A good client finds its way, or reports that there is no address."""
    server.on("A").respond((REAL, "A", ADDRESS), ("CNAME", REAL))


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 1034 section 5.3.3")
def alias_without_the_address(server: FakeDNS) -> None:
    """The answer has the CNAME alone, and the other name has an address, which has to be asked for.
    A good client asks for it, or reports that there is no address."""
    server.add_host(REAL, ADDRESS)
    server.on("*", NAME).respond(("CNAME", REAL))


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1034 section 3.6.2")
def alias_loop(server: FakeDNS) -> None:
    """The name is an alias of another, which is an alias of the first. A good client reports a
    failure, and does not go round for ever."""
    server.add(NAME, "CNAME", REAL)
    server.add(REAL, "CNAME", NAME)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1034 section 3.6.2")
def alias_of_itself(server: FakeDNS) -> None:
    """The name is an alias of itself. A good client reports a failure, and does not go round for
    ever."""
    server.add(NAME, "CNAME", NAME)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 6604 section 3")
def alias_of_no_name(server: FakeDNS) -> None:
    """The name is an alias of one that does not exist: NXDOMAIN, with the CNAME in the answer. A
    good client reports that there is no address."""
    server.add(NAME, "CNAME", REAL)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2308 section 2.2")
def alias_of_a_name_without_address(server: FakeDNS) -> None:
    """The name is an alias of one that has no address: NOERROR, with the CNAME in the answer. A
    good client reports that there is no address."""
    server.add(NAME, "CNAME", REAL)
    server.add(REAL, "TXT", "no address")


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 6672 section 3.1")
def zone_renamed(server: FakeDNS) -> None:
    """All of the zone is an alias: the answer has a DNAME, the CNAME that it means, and the
    address. A good client that does not know DNAME goes by the CNAME."""
    server.add("example.com", "DNAME", "example.net")
    server.add_host("host.example.net", ADDRESS)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 6672 section 2.2")
def zone_renamed_too_long(server: FakeDNS) -> None:
    """All of the zone is an alias, and this name would have more than 255 bytes then: YXDOMAIN. A
    good client reports a failure."""
    label = "x" * 60
    server.add("example.com", "DNAME", ".".join([label, label, label, label, "example"]))


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 4343 section 3")
def record_in_upper_case(server: FakeDNS) -> None:
    """The question comes back as it was asked, and the record has the name in capitals. A good
    client does not mind the case of a name."""
    server.on("A").respond(ADDRESS, owner=NAME.upper())


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 4343 section 3")
def question_in_upper_case(server: FakeDNS) -> None:
    """The question comes back in capitals. A good client does not mind; one that mixes the case of
    what it asks, to know its answers by it, does not believe this one."""
    server.on("A").wrong_question(NAME.upper())


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1035 section 3.2.1")
def ttl_of_zero(server: FakeDNS) -> None:
    """The address has a TTL of 0. A good client uses it for this once, and does not take it for
    one that is over."""
    server.add_host(NAME, ADDRESS, ttl=0)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 2181 section 5", wants=THREE)
def three_addresses(server: FakeDNS) -> None:
    """The name has three addresses. A good client that is asked for the addresses brings back all
    of them."""
    server.add(NAME, "A", *THREE)
