"""The client has connected, and is to be greeted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.5.3.2.1")
def greeting_never_comes(server: FakeSMTP) -> None:
    """The connection is accepted, and then there is silence. A good client has a timeout for the
    greeting and reports that it passed."""
    server.on("connect").stall()


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.5.3.2.1")
def greeting_is_late(server: FakeSMTP) -> None:
    """The greeting comes a moment after the connection, as from servers that look the client up
    first. A good client says nothing before it was greeted, and then goes on."""
    server.on("connect").delay(0.3)


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def greeting_in_pieces(server: FakeSMTP) -> None:
    """The greeting comes a byte at a time, since TCP is a stream and keeps no borders. A good
    client reads on to the end of the line."""
    server.on("connect").drip(size=1, every=0.005)


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.2")
def greeting_in_several_lines(server: FakeSMTP) -> None:
    """The greeting is a reply of four lines, as of servers that state their terms. A good client
    reads all of them before it says EHLO."""
    server.on("connect").reply(220, "fake.example ESMTP", "No advertising", "", "Welcome")


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 5321 section 2.3.8")
def greeting_ends_in_a_bare_lf(server: FakeSMTP) -> None:
    """The greeting ends in LF, where only CRLF ends a line. A good client takes it for a line or
    reports a failure when its timeout has passed."""
    server.on("connect").raw(b"220 fake.example ESMTP\n")


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 5321 section 4.2.1")
def greeting_with_two_codes(server: FakeSMTP) -> None:
    """The lines of the greeting have the codes 220 and 554, which have to be the same. A good
    client goes by the one or the other, and does not come out of step."""
    server.on("connect").raw(b"220-fake.example ESMTP\r\n554 no service\r\n")


@edge_case(
    "smtp", operation="send", expect=FAILS, source="aiosmtplib test_connect: close on connect"
)
def closed_before_the_greeting(server: FakeSMTP) -> None:
    """The connection is accepted and ends with FIN at once. A good client reports that the server
    has gone."""
    server.on("connect").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_before_the_greeting(server: FakeSMTP) -> None:
    """The connection is accepted and ends with RST, as at the limit of a firewall. A good client
    reports that the server has gone."""
    server.on("connect").reset()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.8")
def greeting_421(server: FakeSMTP) -> None:
    """The greeting is a 421, and the connection is closed: the server is busy. A good client
    reports a failure that may pass."""
    server.on("connect").reply(421, "4.3.2 fake.example is busy, try later").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.1")
def greeting_554(server: FakeSMTP) -> None:
    """The greeting is a 554, and all but QUIT is answered with 503: there is no service here. A
    good client says QUIT and reports a failure."""
    server.on("connect").reply(554, "5.3.2 no mail here")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.2")
def greeting_cut_in_its_code(server: FakeSMTP) -> None:
    """The connection ends with FIN behind the first two digits of the code. A good client reports
    that the server has gone, and does not take 22 for a code."""
    server.on("connect").truncate(after=2)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.2.1")
def greeting_of_endless_lines(server: FakeSMTP) -> None:
    """The greeting is a line that tells of more lines, and no more come. A good client has a
    timeout for the greeting and reports that it passed."""
    server.on("connect").raw(b"220-fake.example ESMTP\r\n").stall()


@edge_case("smtp", operation="send", expect=FAILS, source="CPython test_smtplib: TooLongLineTests")
def greeting_in_an_endless_line(server: FakeSMTP) -> None:
    """The greeting is a line of 100,000 bytes that has no end. A good client has a limit for a
    line, and reports a failure."""
    server.on("connect").raw(b"220 " + b"x" * 100_000).stall()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.2")
def another_protocol_answers(server: FakeSMTP) -> None:
    """A web server is at the port, and answers what it is told with 400. A good client reports that
    this is no mail server, and does not send it a message."""
    server.on("connect").raw(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").close()
