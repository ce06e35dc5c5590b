"""The client has connected, and is to be greeted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...imap import FakeIMAP


@edge_case("imap", operation="fetch", expect=FAILS, source="CPython test_imaplib: timeout tests")
def greeting_never_comes(server: FakeIMAP) -> None:
    """The connection is accepted, and then there is silence. A good client has a timeout and
    reports that it passed."""
    server.on("connect").stall()


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 7.1")
def greeting_is_late(server: FakeIMAP) -> None:
    """The greeting comes a moment after the connection. A good client says nothing before it was
    greeted, and then goes on."""
    server.on("connect").delay(0.3)


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def greeting_in_pieces(server: FakeIMAP) -> None:
    """The greeting comes a byte at a time, since TCP is a stream and keeps no borders. A good
    client reads on to the end of the line."""
    server.on("connect").reply("OK", "fake.example ready").drip(size=1, every=0.005)


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1")
def closed_before_the_greeting(server: FakeIMAP) -> None:
    """The connection is accepted and ends with FIN at once. A good client reports that the server
    has gone."""
    server.on("connect").close()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_before_the_greeting(server: FakeIMAP) -> None:
    """The connection is accepted and ends with RST, as at the limit of a firewall. A good client
    reports that the server has gone."""
    server.on("connect").reset()


@edge_case(
    "imap",
    operation="fetch",
    expect=FAILS,
    source="CPython test_imaplib: test_EOF_without_complete_welcome_message",
)
def greeting_cut_behind_its_status(server: FakeIMAP) -> None:
    """The connection ends with FIN behind the first four bytes of the greeting, "* OK". A good
    client reports that the server has gone, and does not take them for a greeting."""
    server.on("connect").truncate(after=4)


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1.5")
def greeting_is_bye(server: FakeIMAP) -> None:
    """The greeting is BYE, and the connection is closed. A good client reports what it says, and
    tells no password."""
    server.on("connect").reply("BYE", "[UNAVAILABLE] too many connections").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7.1.4")
def greeting_is_preauth(server: FakeIMAP) -> None:
    """The greeting is PREAUTH: the client is logged in already, and LOGIN is BAD from then on. A
    good client goes on without a login, or reports that it is not who it wants to be."""
    server.on("connect").reply("PREAUTH", "you are ann")


@edge_case("imap", operation="fetch", expect=FAILS, source="CPython test_imaplib: test_linetoolong")
def greeting_in_an_endless_line(server: FakeIMAP) -> None:
    """The greeting is a line of more than a million bytes that has no end. A good client has a
    limit for a line, and reports a failure."""
    server.on("connect").raw(b"* OK " + b"x" * 1_100_000).stall()


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="CPython test_imaplib: test_line_termination"
)
def greeting_ends_in_a_bare_lf(server: FakeIMAP) -> None:
    """The line of the greeting ends in LF, where only CRLF ends a line. A good client takes it all
    the same, or reports a failure."""
    server.on("connect").raw(b"* OK fake.example ready\n")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 9 (resp-text)")
def greeting_without_text(server: FakeIMAP) -> None:
    """The greeting is "* OK" and nothing else, where a text has to be. A good client, which needs
    no text, goes on, or reports a greeting that it cannot read."""
    server.on("connect").reply("OK")


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 7.1")
def greeting_with_an_unknown_code(server: FakeIMAP) -> None:
    """The greeting has a response code that is in no standard. A good client passes over the codes
    that it does not know, and goes on."""
    server.on("connect").reply("OK", "[XNODE 7 (a b)] fake.example ready")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1")
def another_protocol_answers(server: FakeIMAP) -> None:
    """An SMTP server is at the port, and greets with 220. A good client reports that this is no
    IMAP, and tells no password."""
    server.on("connect").raw(b"220 fake.example ESMTP\r\n")
    server.on("*").raw(b"500 5.5.2 no such command\r\n").optional()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.5")
def pop3_answers(server: FakeIMAP) -> None:
    """A POP3 server is at the port, and greets with +OK, where a plus is no greeting. A good client
    reports that this is no IMAP, and does not take it for a request to go on."""
    server.on("connect").raw(b"+OK fake.example POP3\r\n")
    server.on("*").raw(b"-ERR no such command\r\n").optional()
