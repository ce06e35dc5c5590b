"""The name of an address: PTR records, and what names they have.

Whatever stands there is data from whoever holds the address. Whether the name leads back to it is
for the client to ask, where that matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import ADDRESS, NAME
from .messages import PTR, answer, question, record

if TYPE_CHECKING:
    from ...dns import FakeDNS, Query

POINTER = "7.2.0.192.in-addr.arpa"
TWO = (NAME, "alias.example.com")
LONGEST = ".".join(["x" * 60, "y" * 60, "z" * 60, "w" * 58, "example.com"])  # 255 bytes on the wire
SCRIPT, OPTION = "<script>.example.com", "-rf.example.com"
HUNDREDS = tuple(f"host{n}.example.com" for n in range(300))


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 2308 section 2.1")
def address_has_no_name(server: FakeDNS) -> None:
    """There is no name for the address: NXDOMAIN. A good client reports that, though the name in
    the other direction is there."""
    server.add_host(NAME, ADDRESS, reverse=False)


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 2308 section 2.2")
def address_has_no_pointer(server: FakeDNS) -> None:
    """The reverse zone has the address, and no PTR record of it: NODATA. A good client reports that
    there is no name."""
    server.add(POINTER, "TXT", "no name")


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 1035 section 4.1.1")
def reverse_fails(server: FakeDNS) -> None:
    """Each question is answered with SERVFAIL, as where the servers of a reverse zone are gone. A
    good client reports a failure that may pass."""
    server.on("*").rcode("SERVFAIL")


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 1035 section 4.1.1")
def reverse_refused(server: FakeDNS) -> None:
    """Each question is answered with REFUSED, since the reverse zone is not the server's. A good
    client reports a failure, and does not say that there is no name."""
    server.on("*").rcode("REFUSED")


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 1035 section 4.2.1")
def reverse_never_answered(server: FakeDNS) -> None:
    """No question is ever answered, as for private addresses on many networks. A good client has a
    limit, and reports that it passed."""
    server.on("*").ignore()


@edge_case("dns", operation="reverse", expect=SUCCEEDS, source="RFC 2181 section 10.2", wants=TWO)
def two_names(server: FakeDNS) -> None:
    """The address has two PTR records, as it may. A good client brings back one of them, or
    both."""
    server.add(POINTER, "PTR", *TWO)


@edge_case("dns", operation="reverse", expect=SUCCEEDS, source="RFC 7766 section 5", wants=HUNDREDS)
def hundreds_of_names(server: FakeDNS) -> None:
    """The address has three hundred PTR records, as of a server of many sites: TC over UDP, 8,000
    bytes over TCP. A good client asks over TCP, and brings back one of them, or more."""
    server.add(POINTER, "PTR", *HUNDREDS)


@edge_case("dns", operation="reverse", expect=SUCCEEDS, source="RFC 2317 section 4")
def pointer_by_an_alias(server: FakeDNS) -> None:
    """The reverse name is an alias in a zone that was given to somebody else, as for less than 256
    addresses. A good client brings back what the PTR record there says."""
    server.add(POINTER, "CNAME", "7.0-63.2.0.192.in-addr.arpa")
    server.add("7.0-63.2.0.192.in-addr.arpa", "PTR", NAME)


@edge_case("dns", operation="reverse", expect=EITHER, source="RFC 1912 section 2.1")
def name_has_another_address(server: FakeDNS) -> None:
    """The PTR record has a name whose own address is another. A good client brings it back as what
    the PTR record says, or looks whether it leads back, and reports that it does not."""
    server.add(POINTER, "PTR", NAME)
    server.add(NAME, "A", "198.51.100.9")


@edge_case("dns", operation="reverse", expect=EITHER, source="RFC 1912 section 2.1")
def name_does_not_exist(server: FakeDNS) -> None:
    """The PTR record has a name that does not exist. A good client brings it back as what the PTR
    record says, or looks whether it leads back, and reports that it does not."""
    server.add(POINTER, "PTR", NAME)
    server.add_zone("example.com")


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 1034 section 5.3.3")
def pointer_of_another_address(server: FakeDNS) -> None:
    """The answer has the PTR record of another address, and none of this one. A good client looks
    at whose records they are, and reports that there is no name."""
    server.on("PTR").respond("forged.example.com", owner="8.2.0.192.in-addr.arpa")


@edge_case("dns", operation="reverse", expect=FAILS, source="RFC 9267 section 2")
def pointer_that_points_to_itself(server: FakeDNS) -> None:
    """The name in the PTR record is a compressed one that leads to itself. A good client reports a
    failure, and does not go round for ever."""

    def message(query: Query) -> bytes:
        place = 12 + len(question(query)) + 12
        return answer(query, record((0xC000 | place).to_bytes(2, "big"), PTR))

    server.on("PTR").respond(message)


@edge_case(
    "dns", operation="reverse", expect=EITHER, source="CVE-2021-3672 (c-ares)", wants=[SCRIPT]
)
def name_is_no_host_name(server: FakeDNS) -> None:
    """The PTR record has a name with angle brackets in it, for who writes it into a page. A good
    client reports that it is no name of a host, or brings it back as it is."""
    server.add(POINTER, "PTR", SCRIPT)


@edge_case("dns", operation="reverse", expect=EITHER, source="RFC 1123 section 2.1", wants=[OPTION])
def name_begins_with_a_dash(server: FakeDNS) -> None:
    """The PTR record has a name that begins with a dash, for who gives it to a program. A good
    client reports that it is no name of a host, or brings it back as it is."""
    server.add(POINTER, "PTR", OPTION)


@edge_case("dns", operation="reverse", expect=EITHER, source="RFC 1035 section 3.1")
def name_is_the_root(server: FakeDNS) -> None:
    """The PTR record has the name of the root, which is a dot alone. A good client reports that
    there is no name, or brings back a name without labels."""
    server.add(POINTER, "PTR", ".")


@edge_case(
    "dns", operation="reverse", expect=SUCCEEDS, source="RFC 1035 section 2.3.4", wants=[LONGEST]
)
def name_of_255_bytes(server: FakeDNS) -> None:
    """The PTR record has a name as long as names may be. A good client brings back all of it."""
    server.add(POINTER, "PTR", LONGEST)
