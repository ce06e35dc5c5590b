"""The client has connected, and is to be greeted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP


@edge_case("ftp", operation="download", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def greeting_never_comes(server: FakeFTP) -> None:
    """The connection is accepted, and then there is silence. A good client has a timeout and
    reports that it passed."""
    server.on("connect").stall()


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def greeting_is_late(server: FakeFTP) -> None:
    """The greeting comes a moment after the connection. A good client says nothing before it was
    greeted, and then goes on."""
    server.on("connect").delay(0.2)


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def replies_in_pieces(server: FakeFTP) -> None:
    """The replies of the control connection come a byte at a time, since TCP is a stream and keeps
    no borders. A good client reads on to the end of each line."""
    server.on("connect").drip(size=1, every=0.001)
    for verb in ("USER", "PASS", "TYPE", "PASV", "EPSV"):
        server.on(verb).drip(size=1, every=0.001).optional()
    server.on("transfer").drip(size=1, every=0.001)


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def closed_before_the_greeting(server: FakeFTP) -> None:
    """The connection is accepted and ends with FIN at once. A good client reports that the server
    has gone."""
    server.on("connect").close()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_before_the_greeting(server: FakeFTP) -> None:
    """The connection is accepted and ends with RST, as at the limit of a firewall. A good client
    reports that the server has gone."""
    server.on("connect").reset()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def greeting_421(server: FakeFTP) -> None:
    """The greeting is 421, since there are too many connections, and the connection is closed. A
    good client reports what it says, and tells no password."""
    server.on("connect").reply(421, "Too many connections.").close()


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def greeting_120_before_the_220(server: FakeFTP) -> None:
    """The greeting is 120, ready in some minutes, and 220 follows it. A good client waits for the
    220, and does not take it for the reply to its first command."""
    server.on("connect").reply(120, "Service ready in 0 minutes.").reply(220, "Ready.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2")
def greeting_cut_in_its_code(server: FakeFTP) -> None:
    """The connection ends with FIN behind the first two digits of the greeting. A good client
    reports that the server has gone."""
    server.on("connect").truncate(after=2)


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 4.2")
def greeting_of_many_lines(server: FakeFTP) -> None:
    """The greeting has lines in which its own code stands, once behind spaces and once before a
    hyphen. A good client reads on to the line that begins with the code and a space."""
    server.on("connect").raw(
        b"220-Welcome.\r\n\r\n 220 files are here.\r\n220-220 of them new.\r\n220 Ready.\r\n"
    )


@edge_case(
    "ftp",
    operation="download",
    expect=EITHER,
    source="aioftp test_connection: test_bad_sublines_seq",
)
def another_code_among_the_lines_of_the_greeting(server: FakeFTP) -> None:
    """A line in the middle of the greeting begins with another code, which servers are to indent. A
    good client passes over it, or reports a reply that it cannot read, and is not out of step."""
    server.on("connect").raw(b"220-Welcome.\r\n221 files are here.\r\n220 Ready.\r\n")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2")
def greeting_without_its_last_line(server: FakeFTP) -> None:
    """The greeting has several lines, the last of which never comes. A good client has a timeout
    and reports that it passed."""
    server.on("connect").raw(b"220-Welcome.\r\n220-One moment.\r\n").stall()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2")
def greeting_of_endless_lines(server: FakeFTP) -> None:
    """The greeting goes on and on, 20,000 lines, and its last line never comes. A good client has a
    timeout or a limit, and reports a failure."""
    server.on("connect").raw(b"220-x\r\n" * 20_000).stall()


@edge_case(
    "ftp", operation="download", expect=FAILS, source="CPython test_ftplib: test_line_too_long"
)
def greeting_in_an_endless_line(server: FakeFTP) -> None:
    """The greeting is a line of 100,000 bytes that has no end. A good client has a limit for a
    line, or a timeout, and reports a failure."""
    server.on("connect").raw(b"220 " + b"x" * 100_000).stall()


@edge_case("ftp", operation="download", expect=EITHER, source="bpo-39380 (ftplib)")
def greeting_that_is_not_utf8(server: FakeFTP) -> None:
    """The text of the greeting is in an old encoding, as of servers that are older than RFC 2640. A
    good client reads the code, or reports a reply that it cannot read, and does not break down."""
    server.on("connect").raw(b"220 Gr\xfc\xdf Gott.\r\n")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 854, The NVT printer")
def greeting_with_a_nul(server: FakeFTP) -> None:
    """A NUL stands in the greeting, which Telnet lets one ignore. A good client does, or reports a
    reply that it cannot read, and does not take the reply to end there."""
    server.on("connect").raw(b"220 Ready\0 or not.\r\n")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2")
def another_protocol_answers(server: FakeFTP) -> None:
    """A web server is at the port, and answers with its own error. A good client reports that this
    is no FTP, and tells no password."""
    server.on("connect").raw(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").close()
