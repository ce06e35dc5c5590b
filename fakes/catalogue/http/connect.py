"""The client has connected and has asked, and nothing comes, or nothing that is HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import head

if TYPE_CHECKING:
    from ...http import FakeHTTP


@edge_case("http", operation="get", expect=FAILS, source="RFC 9293 section 3.6")
def closed_before_the_request(server: FakeHTTP) -> None:
    """Each connection is accepted and ends with FIN at once. A good client reports that the server
    has gone, and does not try for ever."""
    server.on("connect").close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_before_the_request(server: FakeHTTP) -> None:
    """Each connection is accepted and ends with RST, as at the limit of a firewall. A good client
    reports that the server has gone."""
    server.on("connect").delay(0.02).reset()


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 9.3.1")
def first_connection_closed(server: FakeHTTP) -> None:
    """The first connection ends with FIN before anything is said, the next one is good. A good
    client tries again, which GET lets it do, or reports that the server has gone."""
    server.on("connect").close().once()


@edge_case(
    "http", operation="get", expect=FAILS, source="urllib3 test_connection_read_timeout (sockets)"
)
def request_never_answered(server: FakeHTTP) -> None:
    """The request is read, and then there is silence. A good client has a timeout and reports that
    it passed."""
    server.on("GET").stall()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 9.5")
def request_answered_by_the_end(server: FakeHTTP) -> None:
    """The request is read, and the connection ends with FIN. A good client reports that there was
    no answer, and does not take that for an empty page."""
    server.on("GET").close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9293 section 3.5.3")
def request_answered_by_a_reset(server: FakeHTTP) -> None:
    """The request is read, and the connection ends with RST: the program has crashed. A good client
    reports that there was no answer."""
    server.on("GET").reset()


@edge_case(
    "http", operation="get", expect=EITHER, source="urllib3 test_timeout_errors_cause_retries"
)
def first_request_ends_in_a_reset(server: FakeHTTP) -> None:
    """The first request ends with RST, the next one is answered. A good client tries again, which
    GET lets it do, or reports a failure."""
    server.on("GET").reset().then.respond(200, CONTENT).optional()


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 9.5")
def answer_is_late(server: FakeHTTP) -> None:
    """The answer comes a moment after the request. A good client waits for it within its
    timeout."""
    server.on("GET").delay(0.2).respond(200, CONTENT)


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def answer_in_pieces(server: FakeHTTP) -> None:
    """The answer, its head too, comes in small pieces, since TCP is a stream and keeps no borders.
    A good client puts them together."""
    server.on("GET").respond(200, CONTENT).drip(size=50, every=0.001)


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.5.9")
def answer_before_the_request(server: FakeHTTP) -> None:
    """The connection is greeted with 408 and ends, as servers end one that is idle. A good client
    does not take it for the page; it tries again on another connection or reports a failure."""
    server.on("connect").raw(head("HTTP/1.1 408 Request Timeout", "Content-Length: 0")).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 4")
def another_protocol_answers(server: FakeHTTP) -> None:
    """A mail server is at the port, and greets the client. A good client reports that this is no
    HTTP."""
    server.on("connect").raw(b"220 fake.example ESMTP\r\n").close()


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 2.3")
def answer_of_http_0_9(server: FakeHTTP) -> None:
    """The content comes without any head, as before HTTP/1.0. A good client reports that this is no
    HTTP, or takes all up to the end of the connection."""
    server.on("GET").raw(CONTENT).close()
