"""The client says who it is, and hears what the server can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 3.2")
def ehlo_rejected(server: FakeSMTP) -> None:
    """The server is older than EHLO, and answers it with 502. A good client says HELO and goes on
    without extensions."""
    server.on("EHLO").reply(502, "5.5.1 command not implemented")


@edge_case(
    "smtp",
    operation="send",
    expect=SUCCEEDS,
    source="aiosmtplib test_commands: an EHLO error sets no ESMTP",
)
def ehlo_rejected_with_a_list(server: FakeSMTP) -> None:
    """The refusal of EHLO has lines that look like extensions. A good client says HELO and uses
    none of them."""
    server.on("EHLO").reply(502, "fake.example", "SIZE 10", "8BITMIME")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.1.1.1")
def ehlo_and_helo_rejected(server: FakeSMTP) -> None:
    """EHLO and HELO are both answered with 550, as to a client that is not wanted. A good client
    reports a failure."""
    server.on("EHLO").reply(550, "5.7.1 not you")
    server.on("HELO").reply(550, "5.7.1 not you").optional()


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 1869 section 4.7")
def closed_at_ehlo(server: FakeSMTP) -> None:
    """The connection ends with FIN when EHLO comes, as of servers that do not know it. A good
    client connects again and says HELO, or reports that the server has gone."""
    server.on("EHLO").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.8")
def ehlo_421(server: FakeSMTP) -> None:
    """EHLO is answered with 421, and the connection is closed: the server goes down. A good client
    reports a failure, and does not try HELO on a connection that is gone."""
    server.on("EHLO").reply(421, "4.3.2 shutting down").close()
    server.on("HELO").reply(421, "4.3.2 shutting down").close().optional()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.5.3.2")
def ehlo_never_answered(server: FakeSMTP) -> None:
    """EHLO is read and nothing comes back. A good client has a timeout for each command, and
    reports that it passed."""
    server.on("EHLO").stall()
    server.on("HELO").stall().optional()


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 5321 section 4.2.1")
def ehlo_cut_in_a_keyword(server: FakeSMTP) -> None:
    """The connection ends with FIN in the middle of the list of extensions. A good client does not
    use the half of a list; it reports that the server has gone, or comes again with HELO."""
    server.on("EHLO").truncate(after=40)


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.1.1.1")
def ehlo_without_extensions(server: FakeSMTP) -> None:
    """The answer to EHLO is one line, without any extension. A good client sends the message
    without parameters of MAIL or RCPT."""
    server.capabilities = []


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.1.1.1")
def ehlo_in_odd_case(server: FakeSMTP) -> None:
    """The extensions are listed in small letters and in mixed ones. A good client compares them
    without regard to case."""
    server.capabilities = ["size 1000000", "8bitMime", "pipelining", "auth plain login"]


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 2.2.2")
def ehlo_with_a_hundred_extensions(server: FakeSMTP) -> None:
    """A hundred extensions are listed that nobody has heard of. A good client ignores what it does
    not know."""
    server.capabilities += [f"XNOTHING{number} A=1 B" for number in range(100)]


@edge_case("smtp", operation="send", expect=EITHER, source="smtp4dev offers SIZE=32")
def ehlo_with_malformed_extensions(server: FakeSMTP) -> None:
    """Some lines of the list are no extensions: empty, with a space in front, with an equals sign.
    A good client leaves them out, or reports a failure, and does not break down."""
    server.on("EHLO").reply(250, "fake.example", "SIZE=32", "", " X", "AUTH=LOGIN", "SIZE x")


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 1870 section 3")
def size_zero_is_no_limit(server: FakeSMTP) -> None:
    """The server lists SIZE 0, which says that there is no fixed limit. A good client does not
    conclude that its message is too big."""
    server.capabilities = ["SIZE 0", "8BITMIME"]


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 1870 section 6.1")
def message_over_the_size_limit(server: FakeSMTP) -> None:
    """The server lists SIZE 50 and refuses what is larger, at MAIL or at the dot. A good client
    does not send the message, or is told 552, and reports that it is too big."""
    server.max_message_size = 50
