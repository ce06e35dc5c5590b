"""The client has the message, and says goodbye.

What it has not deleted is there the next time, so that to report a failure does no harm; and what
it has fetched is whole, so that to report success does none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, edge_case

if TYPE_CHECKING:
    from ...pop3 import FakePOP3


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 6")
def quit_refused(server: FakePOP3) -> None:
    """QUIT is answered with -ERR: some deleted messages were not removed. A good client reports
    that where it had deleted any."""
    server.on("QUIT").reply("-ERR some deleted messages not removed").close()


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 6")
def quit_answered_by_the_end(server: FakePOP3) -> None:
    """The connection ends with FIN at QUIT. A good client that had deleted nothing need not mind;
    one that had does not know whether it is gone."""
    server.on("QUIT").close()


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 6")
def quit_never_answered(server: FakePOP3) -> None:
    """QUIT is read and nothing comes back. A good client has a timeout for that, too."""
    server.on("QUIT").stall()


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 3")
def closed_behind_the_message(server: FakePOP3) -> None:
    """The connection ends with FIN behind the final dot of the message, before QUIT. A good client
    brings back the message that it has, or reports that the server has gone."""
    server.on("RETR").answer().close()
