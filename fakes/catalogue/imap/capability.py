"""CAPABILITY: what the server can do.

A client may read it from the greeting, ask for it, or do without: a fetch needs nothing that not
every server has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...imap import FakeIMAP


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.1.1")
def capability_not_understood(server: FakeIMAP) -> None:
    """CAPABILITY is answered with BAD, though every server has to know it. A good client goes on
    with the commands that every server has, or reports that this is none."""
    server.on("CAPABILITY").reply("BAD", "no such command").optional()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.1.1")
def capability_without_a_list(server: FakeIMAP) -> None:
    """CAPABILITY is answered with OK and no list, and the greeting has none either. A good client
    goes on with the commands that every server has, or reports what is missing."""
    server.on("connect").reply("OK", "fake.example ready")
    server.on("CAPABILITY").reply("OK", "CAPABILITY completed").optional()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 9051 section 6.1.1")
def capability_of_imap4rev2_alone(server: FakeIMAP) -> None:
    """The list has IMAP4rev2 and not IMAP4rev1. A good client that knows the later one goes on;
    another reports that they do not speak the same language."""
    server.capabilities[0] = "IMAP4rev2"


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 9")
def capability_in_lower_case(server: FakeIMAP) -> None:
    """The words of the list are in lower case, which means the same in everything that IMAP says.
    A good client finds what it looks for, and goes on."""
    server.capabilities[:] = [word.lower() for word in server.capabilities]


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 2.2.2")
def capability_never_completed(server: FakeIMAP) -> None:
    """The list comes, and not the line that completes CAPABILITY. A good client has a timeout and
    reports that it passed; one that does not ask gets through."""
    server.on("CAPABILITY").untagged("CAPABILITY IMAP4rev1 AUTH=PLAIN").stall().optional()


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 6.2.3")
def capabilities_change_at_the_login(server: FakeIMAP) -> None:
    """Who is logged in is offered IMAP4rev1 and nothing else, and all that was offered before is
    BAD. A good client does not go by the old list, and fetches the message all the same."""
    server.capabilities_after_login = ["IMAP4rev1"]
