"""The content comes in chunks (RFC 9112 section 7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import CHUNKED, OK, SECRET, SIZE, chunk, head, whole

if TYPE_CHECKING:
    from ...http import FakeHTTP

HEAD = head(OK, CHUNKED)
LAST = b"0\r\n\r\n"
GOOD = chunk(CONTENT) + LAST


# --- odd, and right


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 7.1")
def chunks_of_all_sizes(server: FakeHTTP) -> None:
    """The chunks have one byte, a hundred, and thousands. A good client puts them together."""
    server.on("GET").respond(200, [CONTENT[:1], CONTENT[1:2], CONTENT[2:102], CONTENT[102:]])


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 7.1.1")
def chunk_with_extensions(server: FakeHTTP) -> None:
    """Names and values stand behind the sizes of the chunks. A good client ignores those that it
    does not know."""
    extended = chunk(CONTENT, f'{SIZE:x};asd=qwe;q="a b"')
    server.on("GET").raw(HEAD + extended + b"0;last\r\n\r\n")


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 7.1")
def chunk_size_with_zeros_in_front(server: FakeHTTP) -> None:
    """The size of the chunk is in capital letters and has zeros before it. A good client reads it
    as the number that it is; only zeros alone are the end."""
    server.on("GET").raw(HEAD + chunk(CONTENT, f"0000{SIZE:X}") + b"0000\r\n\r\n")


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 7.1.2")
def trailers_behind_the_chunks(server: FakeHTTP) -> None:
    """Two headers stand behind the last chunk. A good client reads them or throws them away, and
    does not take them for content."""
    trailers = {"X-Checksum": "4711", "X-Other": "y"}
    server.on("GET").respond(200, CONTENT, trailers=trailers)


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 7")
def coding_in_odd_case(server: FakeHTTP) -> None:
    """The name of the coding is written cHuNkEd. A good client does not mind its case."""
    server.on("GET").raw(head(OK, "transfer-encoding: cHuNkEd") + GOOD)


# --- contradictions


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 6.3")
def chunked_and_a_length(server: FakeHTTP) -> None:
    """The answer is chunked, and has a Content-Length of 100, as where an answer is smuggled into
    another. A good client goes by the chunks or reports a malformed answer."""
    server.on("GET").raw(head(OK, "Content-Length: 100", CHUNKED) + GOOD)


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 6.1")
def chunked_in_http_1_0(server: FakeHTTP) -> None:
    """The answer says that it is of HTTP/1.0, which has no chunks, and is chunked. A good client
    reads the chunks, or reports a malformed answer; it does not take their sizes for content."""
    server.on("GET").raw(head("HTTP/1.0 200 OK", CHUNKED) + GOOD).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 7.1")
def chunked_is_said_and_not_done(server: FakeHTTP) -> None:
    """The answer says that it is chunked, and the content comes as it is. A good client reports a
    malformed answer."""
    server.on("GET").raw(whole(OK, CHUNKED)).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 6.3")
def unknown_transfer_coding(server: FakeHTTP) -> None:
    """The content is coded by something that nobody knows, and then chunked. A good client, which
    did not say that it takes such a coding, reports a failure, and does not take the coded bytes
    for the file."""
    coded = head(OK, "Transfer-Encoding: x-secret, chunked")
    server.on("GET").raw(coded + chunk(SECRET) + LAST)


# --- sizes that are none


@edge_case(
    "http", operation="get", expect=FAILS, source="urllib3 test_response: invalid chunk length"
)
def chunk_size_is_no_number(server: FakeHTTP) -> None:
    """There is ZZZ where the size of a chunk should be. A good client reports a malformed
    answer."""
    server.on("GET").raw(HEAD + chunk(CONTENT[:100]) + chunk(CONTENT[100:], "ZZZ") + LAST).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 7.1")
def chunk_size_is_negative(server: FakeHTTP) -> None:
    """The size of the second chunk is -5. A good client reports a malformed answer."""
    server.on("GET").raw(HEAD + chunk(CONTENT[:100]) + chunk(CONTENT[100:], "-5") + LAST).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 7.1")
def chunk_size_that_no_integer_holds(server: FakeHTTP) -> None:
    """The size of the chunk has 17 digits, the low 16 of which say 9. A good client does not lose
    digits, and reports an incomplete or malformed answer."""
    server.on("GET").raw(HEAD + chunk(b"the start", "10000000000000009") + LAST).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 7.1")
def chunk_longer_than_its_size(server: FakeHTTP) -> None:
    """The chunk goes on where its size says that it ends. A good client sees that there is no line
    end, and reports a malformed answer."""
    server.on("GET").raw(HEAD + chunk(CONTENT, f"{SIZE - 100:x}") + LAST).close()


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 7.1.1")
def chunk_with_an_endless_extension(server: FakeHTTP) -> None:
    """What stands behind the size of the chunk has 100,000 bytes. A good client ignores it, or has
    a limit and reports that it was passed."""
    server.on("GET").raw(HEAD + chunk(CONTENT, f"{SIZE:x};{'x' * 100_000}") + LAST)


# --- ends that come too early


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def chunk_cut(server: FakeHTTP) -> None:
    """The connection ends with FIN in the middle of a chunk. A good client reports an incomplete
    message."""
    server.on("GET").respond(200, [CONTENT[:500], CONTENT[500:]]).truncate(after=600)


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def last_chunk_missing(server: FakeHTTP) -> None:
    """The connection ends with FIN behind a chunk that has all the content, and the chunk of size
    zero is missing. A good client reports an incomplete message: there might be more."""
    server.on("GET").raw(HEAD + chunk(CONTENT)).close()


@edge_case(
    "http", operation="get", expect=FAILS, source="urllib3 test_response: no chunk before the end"
)
def no_chunk_at_all(server: FakeHTTP) -> None:
    """The connection ends with FIN behind the head, before any chunk. A good client reports an
    incomplete message, and does not take that for an empty page."""
    server.on("GET").raw(HEAD).close()


@edge_case(
    "http", operation="get", expect=EITHER, source="urllib3 test_response: last chunk without CRLF"
)
def empty_line_behind_the_last_chunk_missing(server: FakeHTTP) -> None:
    """The connection ends with FIN behind the chunk of size zero, and the empty line is missing. A
    good client has all the content, or reports an incomplete message."""
    server.on("GET").raw(HEAD + GOOD[:-2]).close()


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="urllib3 test_connection_closed_on_read_timeout_preload_false",
)
def chunks_stall(server: FakeHTTP) -> None:
    """Behind the first chunk there is silence. A good client reports that its timeout passed."""
    server.on("GET").raw(HEAD + chunk(CONTENT[:500])).stall()


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 7.1.2")
def trailers_without_end(server: FakeHTTP) -> None:
    """Behind the last chunk come headers without end. A good client has a limit, or a timeout, and
    reports a failure; or it has stopped reading at the last chunk."""
    server.on("GET").raw(HEAD + GOOD[:-2] + b"X-More: y\r\n" * 20_000).stall()
