"""The content ends where it should not, or not at all; its length is told by Content-Length, or by
the end of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import LENGTH, OK, SIZE, whole

if TYPE_CHECKING:
    from ...http import FakeHTTP


# --- less, or more, than was said


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8", wants=b"x" * 1000)
def body_cut_short(server: FakeHTTP) -> None:
    """The connection ends with FIN after 100 bytes of a body whose Content-Length is larger. A good
    client reports an incomplete message, and does not take the 100 bytes for the file."""
    server.on("GET").respond(200, b"x" * 1000).truncate(after=100)


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def body_cut_before_its_first_byte(server: FakeHTTP) -> None:
    """The connection ends with FIN behind the head. A good client reports an incomplete message,
    and does not take that for an empty page."""
    server.on("GET").respond(200, CONTENT).truncate(after=0)


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def body_cut_before_its_last_byte(server: FakeHTTP) -> None:
    """The connection ends with FIN when one byte is missing. A good client counts to the last."""
    server.on("GET").respond(200, CONTENT).truncate(after=SIZE - 1)


@edge_case("http", operation="get", expect=FAILS, source="RFC 9293 section 3.5.3")
def body_cut_by_a_reset(server: FakeHTTP) -> None:
    """The connection ends with RST after 100 bytes of the content. A good client reports that."""
    server.on("GET").respond(200, CONTENT).truncate(after=100).reset()


@edge_case("http", operation="get", expect=FAILS, source="urllib3 test_delayed_body_read_timeout")
def body_withheld(server: FakeHTTP) -> None:
    """The head comes, and then there is silence. A good client's timeout holds for the content,
    too, and it reports that it passed."""
    server.on("GET").respond(200, CONTENT).truncate(after=0).stall()


@edge_case("http", operation="get", expect=FAILS, source="urllib3 test_enforce_content_length_get")
def body_stalls(server: FakeHTTP) -> None:
    """After 100 bytes of the content there is silence. A good client reports that its timeout
    passed, and throws away what it has."""
    server.on("GET").respond(200, CONTENT).truncate(after=100).stall()


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 6.3")
def body_longer_than_its_length(server: FakeHTTP) -> None:
    """More bytes come than the Content-Length says. A good client takes as many as were said, and
    does not use the connection again, or reports that it does not believe any of it."""
    server.on("GET").raw(whole(OK, LENGTH) + b"and more").close()


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 9.2")
def answer_sent_twice(server: FakeHTTP) -> None:
    """The whole answer comes twice. A good client takes the first, and does not take the second for
    the answer to what it asks next."""
    server.on("GET").respond(200, CONTENT).duplicate()


@edge_case(
    "http",
    operation="get",
    expect=SUCCEEDS,
    source="urllib3 test_stream_none_unchunked_response_does_not_hang",
)
def kept_open_behind_the_body(server: FakeHTTP) -> None:
    """The content is complete, and the connection stays open, whatever the client asked for. A good
    client counts, and does not wait for the end."""
    server.on("GET").raw(whole(OK, LENGTH)).stall()


# --- lengths that are none


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 6.3")
def two_different_lengths(server: FakeHTTP) -> None:
    """There are two Content-Lengths, 100 and the right one, as where an answer is smuggled into
    another. A good client throws the answer away and reports a failure."""
    server.on("GET").raw(whole(OK, "Content-Length: 100", LENGTH))


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 8.6")
def length_said_twice(server: FakeHTTP) -> None:
    """There are two Content-Lengths, which are the same. A good client takes them for one or
    reports a malformed answer."""
    server.on("GET").raw(whole(OK, LENGTH, LENGTH))


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 8.6")
def length_is_a_list(server: FakeHTTP) -> None:
    """The Content-Length is a list of two numbers, which are the same. A good client takes them for
    one or reports a malformed answer."""
    server.on("GET").raw(whole(OK, f"{LENGTH}, {SIZE}"))


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 6.3")
def length_is_negative(server: FakeHTTP) -> None:
    """The Content-Length is -1. A good client throws the answer away and reports a failure."""
    server.on("GET").raw(whole(OK, "Content-Length: -1")).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 6.3")
def length_is_no_number(server: FakeHTTP) -> None:
    """The Content-Length is a word. A good client throws the answer away and reports a failure."""
    server.on("GET").raw(whole(OK, "Content-Length: many")).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 8.6")
def length_with_a_sign(server: FakeHTTP) -> None:
    """The Content-Length has a plus before it, where there may be nothing but digits. A good client
    throws the answer away and reports a failure."""
    server.on("GET").raw(whole(OK, f"Content-Length: +{SIZE}"))


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 8.6")
def length_that_no_integer_holds(server: FakeHTTP) -> None:
    """The Content-Length has 25 digits, and the connection ends behind the content. A good client
    does not lose digits, and reports an incomplete message."""
    server.on("GET").raw(whole(OK, "Content-Length: " + "9" * 25)).close()


# --- without a length


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 6.3")
def body_to_the_end_of_the_connection(server: FakeHTTP) -> None:
    """The answer has no Content-Length, and ends with the connection. A good client takes all that
    comes up to the FIN."""
    server.on("GET").respond(200, CONTENT, headers={"Content-Length": None})


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 6.3")
def body_of_http_1_0(server: FakeHTTP) -> None:
    """The answer is one of HTTP/1.0, with neither a length nor anything else but a type. A good
    client takes all that comes up to the FIN."""
    server.on("GET").raw(whole("HTTP/1.0 200 OK", "Content-Type: a/b")).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def body_without_length_cut_by_a_reset(server: FakeHTTP) -> None:
    """The answer has no Content-Length, and the connection ends with RST after 100 bytes. A good
    client knows that this is not the end of the content, and reports it."""
    nothing_said = {"Content-Length": None}
    server.on("GET").respond(200, CONTENT, headers=nothing_said).truncate(after=100).reset()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 6.3")
def body_without_length_and_without_end(server: FakeHTTP) -> None:
    """The answer has no Content-Length, and the connection does not end. A good client reports that
    its timeout passed: there may be more."""
    server.on("GET").raw(whole(OK, "Content-Type: a/b")).stall()
