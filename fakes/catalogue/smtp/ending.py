"""The message is delivered, and the client says goodbye.

From the 250 on the message is the server's (RFC 5321 section 6.1). Who reports a failure now has it
sent a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 6.1")
def closed_behind_the_250(server: FakeSMTP) -> None:
    """The connection ends with FIN behind the 250 to the message, before QUIT. A good client
    reports the success that it was told of."""
    server.on("message").answer().close()


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 9293 section 3.5.3")
def reset_behind_the_250(server: FakeSMTP) -> None:
    """The connection ends with RST behind the 250 to the message, before QUIT. A good client
    reports the success that it was told of, or, where its system threw the 250 away at the RST,
    that it does not know."""
    server.on("message").answer().reset()


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.1.1.10")
def quit_never_answered(server: FakeSMTP) -> None:
    """QUIT is read and nothing comes back. A good client does not wait for long, and reports the
    success that it was told of."""
    server.on("QUIT").stall()


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.1.1.10")
def quit_answered_by_the_end(server: FakeSMTP) -> None:
    """The connection ends with FIN at QUIT, without a 221. A good client reports the success that
    it was told of."""
    server.on("QUIT").close()


@edge_case(
    "smtp",
    operation="send",
    expect=SUCCEEDS,
    source="CPython test_smtplib: test_with_statement_QUIT_failure",
)
def quit_421(server: FakeSMTP) -> None:
    """QUIT is answered with 421, and the connection is closed. A good client, whose message is
    delivered, reports success, and does not have it sent again."""
    server.on("QUIT").reply(421, "4.3.2 shutting down").close()
