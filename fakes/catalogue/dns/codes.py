"""The server answers, and has no address: what it says of that, and that it says nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case
from ..content import ADDRESS, NAME

if TYPE_CHECKING:
    from ...dns import FakeDNS


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2308 section 2.1")
def no_such_name(server: FakeDNS) -> None:
    """The answer is NXDOMAIN, with the SOA of the zone. A good client reports that there is no such
    name."""
    server.add_zone("example.com")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2308 section 2.1.1")
def no_such_name_and_no_soa(server: FakeDNS) -> None:
    """The answer is NXDOMAIN, and nothing else is in it. A good client reports that there is no
    such name."""
    server.on("*").rcode("NXDOMAIN", soa=False)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def no_such_name_and_its_address(server: FakeDNS) -> None:
    """The answer is NXDOMAIN, and has an address of the name all the same. A good client looks at
    the code before it looks at the records, and reports a failure."""
    server.on("A").respond(ADDRESS, rcode="NXDOMAIN")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2308 section 2.2")
def no_address(server: FakeDNS) -> None:
    """The name is there and has no address: NOERROR, an empty answer, the SOA of the zone. A good
    client reports that there is no address."""
    server.add(NAME, "TXT", "no address")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2308 section 2.2")
def no_address_and_no_soa(server: FakeDNS) -> None:
    """The answer is NOERROR, and there is nothing in it. A good client reports that there is no
    address."""
    server.on("*").respond()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def server_failure(server: FakeDNS) -> None:
    """Each question is answered with SERVFAIL. A good client reports a failure that may pass, and
    does not say that there is no such name."""
    server.on("*").rcode("SERVFAIL")


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 9520 section 3.1")
def server_failure_once(server: FakeDNS) -> None:
    """The first question is answered with SERVFAIL, and the next with the address. A good client
    asks again, though not at once and not for ever, or reports a failure that may pass."""
    server.on("A").rcode("SERVFAIL").once()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def refused(server: FakeDNS) -> None:
    """Each question is answered with REFUSED: the server does not serve this client. A good client
    reports a failure, and does not say that there is no such name."""
    server.on("*").rcode("REFUSED")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def format_error(server: FakeDNS) -> None:
    """Each question is answered with FORMERR, however it is asked. A good client reports a failure
    in the end, and does not go on asking in other ways."""
    server.on("*").rcode("FORMERR")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def not_implemented(server: FakeDNS) -> None:
    """Each question is answered with NOTIMP. A good client reports a failure, and does not say that
    there is no such name."""
    server.on("*").rcode("NOTIMP")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def code_that_no_standard_has(server: FakeDNS) -> None:
    """The answer has the code 15, which means nothing yet, and an address. A good client takes a
    code that it does not know for a failure, and no record from such an answer."""
    server.on("A").respond(ADDRESS, rcode=15)
