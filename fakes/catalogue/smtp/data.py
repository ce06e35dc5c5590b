"""DATA: the server is asked whether it takes a message now.

CHUNKING is not offered here, so that nobody goes round DATA by BDAT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP
    from ...smtp.rule import SMTPRule


def _on_data(server: FakeSMTP) -> SMTPRule:
    server.capabilities.remove("CHUNKING")
    return server.on("DATA")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.3.2")
def data_refused(server: FakeSMTP) -> None:
    """DATA is answered with 554. A good client sends no message, whose lines would be taken for
    commands, and reports a failure."""
    _on_data(server).reply(554, "5.5.1 no valid recipients")


@edge_case("smtp", operation="send", expect=FAILS, source="CPython test_smtplib: 421 from DATA")
def data_421(server: FakeSMTP) -> None:
    """DATA is answered with 421, and the connection is closed. A good client reports a failure that
    may pass."""
    _on_data(server).reply(421, "4.3.2 shutting down").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.1.1.4")
def data_answered_with_250(server: FakeSMTP) -> None:
    """DATA is answered with 250 and not with 354, and no message is expected. A good client sends
    none, and does not take that 250 for the acceptance of a message."""
    _on_data(server).reply(250, "2.0.0 OK")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.5.3.2.4")
def data_never_answered(server: FakeSMTP) -> None:
    """DATA is read and nothing comes back. A good client has a timeout for it and reports that it
    passed."""
    _on_data(server).stall()


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.2.1")
def data_answered_in_several_lines(server: FakeSMTP) -> None:
    """The 354 has three lines. A good client sends the message behind the last of them."""
    _on_data(server).reply(354, "go on", "and end", "with a dot")


@edge_case("smtp", operation="send", expect=FAILS, source="aiosmtplib test_connect: lost in DATA")
def closed_behind_the_354(server: FakeSMTP) -> None:
    """The connection ends with FIN behind the 354. A good client, whose message goes nowhere,
    reports that the server has gone."""
    _on_data(server).reply(354, "go on").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_behind_the_354(server: FakeSMTP) -> None:
    """The connection ends with RST behind the 354. A good client meets that in the middle of its
    message and reports that the server has gone."""
    _on_data(server).reply(354, "go on").reset()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.5.3.2.5")
def content_never_read_to_its_end(server: FakeSMTP) -> None:
    """The server says 354 and never comes to the end of the message. A good client has a timeout
    for the reply and reports that it passed."""
    _on_data(server).reply(354, "go on").stall()
