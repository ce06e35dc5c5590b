"""The client has the message, and says goodbye.

What it has fetched is still there the next time, so that to report a failure does no harm; and it
is whole, so that to report success does none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, edge_case
from .asking import on_fetch

if TYPE_CHECKING:
    from ...imap import FakeIMAP


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 3.4")
def closed_behind_the_message(server: FakeIMAP) -> None:
    """The connection ends with FIN behind the answer with the message, before LOGOUT. A good client
    brings back the message that it has, or reports that the server has gone."""
    on_fetch(server).answer().close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7.1.5")
def bye_behind_the_message(server: FakeIMAP) -> None:
    """A BYE that nobody asked for and FIN are behind the answer with the message. A good client
    brings back the message that it has, or reports what it was told."""
    on_fetch(server).answer().untagged("BYE shutting down").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.1.3")
def logout_without_bye(server: FakeIMAP) -> None:
    """LOGOUT is answered with OK and no BYE before it, and the connection ends with FIN. A good
    client, which wanted to leave, need not mind."""
    server.on("LOGOUT").reply("OK", "LOGOUT completed").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.1.3")
def logout_not_understood(server: FakeIMAP) -> None:
    """LOGOUT is answered with BAD, and the connection stays. A good client leaves all the same."""
    server.on("LOGOUT").reply("BAD", "no such command")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 3.4")
def logout_answered_by_the_end(server: FakeIMAP) -> None:
    """The connection ends with FIN at LOGOUT. A good client, which wanted to leave, need not
    mind."""
    server.on("LOGOUT").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.1.3")
def logout_never_answered(server: FakeIMAP) -> None:
    """LOGOUT is read and nothing comes back. A good client has a timeout for that, too."""
    server.on("LOGOUT").stall()
