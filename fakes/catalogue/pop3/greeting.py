"""The client has connected, and is to be greeted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...pop3 import FakePOP3


@edge_case("pop3", operation="fetch", expect=FAILS, source="CPython test_poplib: TestTimeouts")
def greeting_never_comes(server: FakePOP3) -> None:
    """The connection is accepted, and then there is silence. A good client has a timeout and
    reports that it passed."""
    server.on("connect").stall()


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 4")
def greeting_is_late(server: FakePOP3) -> None:
    """The greeting comes a moment after the connection. A good client says nothing before it was
    greeted, and then goes on."""
    server.on("connect").delay(0.3)


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def greeting_in_pieces(server: FakePOP3) -> None:
    """The greeting comes a byte at a time, since TCP is a stream and keeps no borders. A good
    client reads on to the end of the line."""
    server.on("connect").drip(size=1, every=0.005)


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 4")
def closed_before_the_greeting(server: FakePOP3) -> None:
    """The connection is accepted and ends with FIN at once. A good client reports that the server
    has gone."""
    server.on("connect").close()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_before_the_greeting(server: FakePOP3) -> None:
    """The connection is accepted and ends with RST, as at the limit of a firewall. A good client
    reports that the server has gone."""
    server.on("connect").reset()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def greeting_is_an_error(server: FakePOP3) -> None:
    """The greeting is -ERR, and the connection is closed. A good client reports what it says, and
    tells no password."""
    server.on("connect").reply("-ERR [SYS/TEMP] too many connections").close()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def greeting_cut_in_its_status(server: FakePOP3) -> None:
    """The connection ends with FIN behind the first two bytes of the greeting. A good client
    reports that the server has gone, and does not take +O for +OK."""
    server.on("connect").truncate(after=2)


@edge_case(
    "pop3", operation="fetch", expect=FAILS, source="CPython test_poplib: test_too_long_lines"
)
def greeting_in_an_endless_line(server: FakePOP3) -> None:
    """The greeting is a line of 100,000 bytes that has no end, where 512 are the limit (RFC 1939
    section 3). A good client has a limit for a line, and reports a failure."""
    server.on("connect").raw(b"+OK " + b"x" * 100_000).stall()


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="CVE-2018-1060 (poplib)")
def greeting_made_to_slow_down_apop(server: FakePOP3) -> None:
    """The greeting has hundreds of angle brackets, which a careless expression looks for a
    timestamp in for minutes. A good client finds at once whether there is one, and logs in."""
    server.on("connect").reply("+OK " + "<" * 250 + ">" * 250)


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 7")
def greeting_without_a_timestamp(server: FakePOP3) -> None:
    """The greeting has no timestamp, so that there is no APOP. A good client logs in by another
    way, or reports that it may not."""
    server.greeting = "fake.example POP3"


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def another_protocol_answers(server: FakePOP3) -> None:
    """A mail server of the other kind is at the port, and greets with 220. A good client reports
    that this is no POP3, and tells no password."""
    server.on("connect").raw(b"220 fake.example ESMTP\r\n")
    server.on("*").raw(b"500 5.5.2 no such command\r\n").optional()
