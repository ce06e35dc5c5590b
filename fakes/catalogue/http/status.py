"""The status line, and what its code says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import LENGTH, SIZE, head, whole

if TYPE_CHECKING:
    from ...http import FakeHTTP


# --- as a line


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 4")
def reason_is_empty(server: FakeHTTP) -> None:
    """Nothing stands behind the code and its space, as from every server behind HTTP/2. A good
    client goes by the code alone."""
    server.on("GET").respond(200, CONTENT, reason="")


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 4")
def space_behind_the_code_missing(server: FakeHTTP) -> None:
    """The status line ends with the code, without the space that has to be there. A good client
    goes by the code or reports a malformed answer."""
    server.on("GET").raw(whole("HTTP/1.1 200", LENGTH))


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 4")
def reason_that_is_no_ascii(server: FakeHTTP) -> None:
    """The text behind the code has bytes over 127. A good client ignores the text."""
    server.on("GET").raw(whole("HTTP/1.1 200 D\xe9j\xe0 vu", LENGTH))


@edge_case("http", operation="get", expect=FAILS, source="urllib3 test_bad_statusline")
def code_is_no_number(server: FakeHTTP) -> None:
    """There is text where the code should be. A good client reports a malformed answer."""
    server.on("GET").raw(whole("HTTP/1.1 Omg What Is This?", LENGTH))


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15")
def code_of_two_digits(server: FakeHTTP) -> None:
    """The code is 20, which is none. A good client takes it for the failure of a server, as every
    code that is not from 100 to 599, and not for 200."""
    server.on("GET").raw(whole("HTTP/1.1 20 OK", LENGTH))


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15")
def code_over_599(server: FakeHTTP) -> None:
    """The code is 700, which is none. A good client takes it for the failure of a server."""
    server.on("GET").respond(700, b"oops", reason="Very Wrong")


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9110 section 15")
def success_by_an_unknown_code(server: FakeHTTP) -> None:
    """The code is 299, which nobody has defined. A good client takes it for 200, as every unknown
    code of its class."""
    server.on("GET").respond(299, CONTENT)


@edge_case("http", operation="get", expect=FAILS, source="urllib3 test_unknown_protocol")
def version_that_is_none(server: FakeHTTP) -> None:
    """The answer says that it is of HTTP/1000. A good client reports that it does not know that."""
    server.on("GET").raw(whole("HTTP/1000 200 OK", LENGTH))


@edge_case("http", operation="get", expect=EITHER, source="urllib3 test_retry_weird_http_version")
def version_0_5_once(server: FakeHTTP) -> None:
    """The first answer says that it is of HTTP/0.5, the next one is good. A good client reports
    that it does not know that version, or tries again."""
    rule = server.on("GET").raw(whole("HTTP/0.5 200 OK", LENGTH)).then
    rule.respond(200, CONTENT).optional()


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 6.2")
def minor_version_of_the_future(server: FakeHTTP) -> None:
    """The answer says that it is of HTTP/1.7. A good client takes it for HTTP/1.1, the highest
    version with that major number that it knows, or reports that it does not know this one."""
    server.on("GET").respond(200, CONTENT, http_version="HTTP/1.7")


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 2.2")
def empty_line_before_the_answer(server: FakeHTTP) -> None:
    """An empty line stands before the status line, as behind an answer that was a line too long. A
    good client passes it over or reports a malformed answer."""
    server.on("GET").raw(b"\r\n" + whole("HTTP/1.1 200 OK", LENGTH))


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def status_line_cut(server: FakeHTTP) -> None:
    """The connection ends with FIN behind the status line, whose line end is missing. A good client
    reports an incomplete answer, and does not take that for an empty page."""
    server.on("GET").raw(b"HTTP/1.1 200 OK").close()


@edge_case("http", operation="get", expect=FAILS, source="CPython test_overflowing_status_line")
def status_line_without_end(server: FakeHTTP) -> None:
    """The status line has 100,000 bytes and no end. A good client has a limit for a line, and
    reports a failure."""
    server.on("GET").raw(b"HTTP/1.1 200 " + b"x" * 100_000).stall()


# --- interim answers


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9110 section 15.2.1")
def interim_100_unasked(server: FakeHTTP) -> None:
    """A 100 (Continue) that nobody asked for stands before the answer. A good client reads on to
    the answer."""
    server.on("GET").raw(head("HTTP/1.1 100 Continue")).respond(200, CONTENT)


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 8297 section 2")
def interim_103(server: FakeHTTP) -> None:
    """A 103 (Early Hints) with a header stands before the answer. A good client reads on to the
    answer, as behind every 1xx that it does not know (RFC 9110 section 15.2)."""
    hints = head("HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload")
    server.on("GET").raw(hints).respond(200, CONTENT)


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9110 section 15.2")
def interim_answers_of_several_kinds(server: FakeHTTP) -> None:
    """A 100, a 102 and another 100 stand before the answer. A good client reads on to the
    answer: there may be any number of them."""
    interim = [head(f"HTTP/1.1 {status}") for status in ("100 Continue", "102 Processing")]
    server.on("GET").raw(b"".join([*interim, interim[0]])).respond(200, CONTENT)


@edge_case("http", operation="get", expect=FAILS, source="CVE-2021-3737 (CPython)")
def interim_100_with_endless_headers(server: FakeHTTP) -> None:
    """Behind a 100 (Continue) come header lines without end. A good client has a limit for them,
    and reports a failure."""
    server.on("GET").raw(b"HTTP/1.1 100 Continue\r\n" + b"X-More: y\r\n" * 20_000).stall()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.2")
def interim_100_and_nothing(server: FakeHTTP) -> None:
    """A 100 (Continue) comes, and then the connection ends with FIN. A good client reports that
    there was no answer."""
    server.on("GET").raw(head("HTTP/1.1 100 Continue")).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 7.8")
def protocol_switched_unasked(server: FakeHTTP) -> None:
    """The answer is a 101 to another protocol, which nobody asked for. A good client reports a
    failure: there is no content in it."""
    switched = head("HTTP/1.1 101 Switching Protocols", "Upgrade: foo", "Connection: Upgrade")
    server.on("GET").raw(switched).close()


# --- final answers


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.5.5")
def not_found_with_a_page(server: FakeHTTP) -> None:
    """The answer is a 404 with a page for people. A good client reports that, and does not take the
    page for what it asked for."""
    server.on("GET").respond(404, text="<h1>There is nothing here</h1>")


@edge_case("http", operation="get", expect=FAILS, source="urllib3 test_pool_size_retry_drain_fail")
def failure_that_cannot_be_read(server: FakeHTTP) -> None:
    """The answer is a 404 of 1,000 bytes, and the connection ends with FIN before the first of
    them. A good client reports the 404 or the end."""
    server.on("GET").respond(404, b"x" * 1000).truncate(after=0)


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 11.4")
def unauthorized_for_ever(server: FakeHTTP) -> None:
    """Each request is answered with 401 and a challenge, with credentials and without. A good
    client reports that, and does not try the same ones again and again."""
    server.on("GET").respond(401, headers={"WWW-Authenticate": 'Basic realm="x"'})


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 11.6.1")
def unauthorized_by_an_unknown_scheme(server: FakeHTTP) -> None:
    """The answer is a 401 whose challenge is of a scheme that nobody knows. A good client reports
    that it is not let in."""
    server.on("GET").respond(401, headers={"WWW-Authenticate": "Mystery a=b, c"})


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 15.6.4")
def unavailable_once(server: FakeHTTP) -> None:
    """The first answer is a 503 that says when to come again, the next one is good. A good client
    comes again or reports that the server is busy."""
    rule = server.on("GET").respond(503, b"busy", headers={"Retry-After": "0"}).then
    rule.respond(200, CONTENT).optional()


@edge_case("http", operation="get", expect=FAILS, source="RFC 6585 section 4")
def too_many_requests_for_ever(server: FakeHTTP) -> None:
    """Each request is answered with 429 and that it may come again at once. A good client gives up
    at last and reports that."""
    server.on("GET").respond(429, b"slow down", headers={"Retry-After": "0"})


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 6.3", wants=b"")
def no_content_with_a_length(server: FakeHTTP) -> None:
    """The answer is a 204 that has a Content-Length of 5, no content, and leaves the connection
    open. A good client knows that a 204 ends with its head, and waits for nothing."""
    server.on("GET").raw(head("HTTP/1.1 204 No Content", "Content-Length: 5")).stall()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.4.5")
def not_modified_though_unasked(server: FakeHTTP) -> None:
    """The answer is a 304 to a request without any condition. A good client that has nothing stored
    reports a failure."""
    server.on("GET").respond(304)


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 15.3.7")
def part_though_unasked(server: FakeHTTP) -> None:
    """The answer is a 206 with the first 100 bytes, though no range was asked for. A good client
    looks at the Content-Range and asks for the rest, or reports a failure."""
    span = {"Content-Range": f"bytes 0-99/{SIZE}"}
    server.on("GET").respond(206, CONTENT[:100], headers=span)
