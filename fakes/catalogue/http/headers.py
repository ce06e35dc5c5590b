"""The header lines between the status line and the content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import LENGTH, OK, head, whole

if TYPE_CHECKING:
    from ...http import FakeHTTP


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9110 section 5.1")
def header_names_in_odd_case(server: FakeHTTP) -> None:
    """The names of the headers are in lower and in mixed case. A good client does not mind the
    case of a name."""
    server.on("GET").raw(whole(OK, LENGTH.replace("Content", "cONTENT"), "content-type: a/b"))


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 5")
def header_without_space_behind_the_colon(server: FakeHTTP) -> None:
    """No space stands behind the colons, where it is optional, and a tab behind a value. A good
    client reads name and value all the same."""
    server.on("GET").raw(whole(OK, LENGTH.replace(" ", "") + "\t"))


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 5.1")
def header_with_space_before_the_colon(server: FakeHTTP) -> None:
    """A space stands between Content-Length and its colon, where there must be none. A good client
    reports a malformed answer, or gets the content right by whatever it takes the line for."""
    server.on("GET").raw(whole(OK, LENGTH.replace(":", " :"))).close()


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 5.2")
def header_folded(server: FakeHTTP) -> None:
    """A header goes on in the next line, which begins with a space, as it was once allowed. A good
    client takes the two lines for one."""
    server.on("GET").raw(whole(OK, "X-Long: one", " and two", LENGTH))


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 2.2")
def lines_end_in_a_bare_lf(server: FakeHTTP) -> None:
    """All lines of the head end in LF, as a program writes them that does not know better. A good
    client may take LF for the end of a line, or reports a malformed answer."""
    server.on("GET").raw(whole(OK, LENGTH, end="\n"))


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 2.2")
def bare_cr_in_a_header(server: FakeHTTP) -> None:
    """A CR stands in the middle of a value. A good client takes it for a space or reports a
    malformed answer; it does not take it for the end of the line."""
    server.on("GET").raw(whole(OK, "X-Odd: a\rContent-Length: 3", LENGTH))


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 5.5")
def nul_in_a_header(server: FakeHTTP) -> None:
    """A NUL stands in the middle of a value. A good client reports a malformed answer or takes it
    for a space, and does not end the value there."""
    server.on("GET").raw(whole(OK, "X-Odd: a\0b", LENGTH))


@edge_case(
    "http", operation="get", expect=EITHER, source="urllib3 test_header_without_colon_or_value"
)
def header_without_colon(server: FakeHTTP) -> None:
    """A line without any colon stands among the headers, before the Content-Length. A good client
    passes it over or reports a malformed answer."""
    server.on("GET").raw(whole(OK, "Broken Header", LENGTH))


@edge_case(
    "http", operation="get", expect=FAILS, source="urllib3 test_header_without_colon_or_value"
)
def header_without_colon_hides_the_length(server: FakeHTTP) -> None:
    """A line without colon stands before the Content-Length, and the content is cut short by FIN. A
    good client reports it: neither has it overlooked the length, nor is a broken head well."""
    server.on("GET").raw(head(OK, "Broken Header", LENGTH) + CONTENT[:100]).close()


@edge_case("http", operation="get", expect=EITHER, source="urllib3 test_header_without_name")
def header_without_name(server: FakeHTTP) -> None:
    """A line begins with its colon, before the Content-Length. A good client passes it over or
    reports a malformed answer."""
    server.on("GET").raw(whole(OK, ": a value", LENGTH))


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9110 section 5.5")
def header_that_is_no_ascii(server: FakeHTTP) -> None:
    """A value has bytes over 127, some of which are no UTF-8. A good client passes them on or
    ignores them, and fetches the content."""
    server.on("GET").raw(whole(OK, "X-Name: J\xf6rg \xff\x85 \xc3\xa9", LENGTH))


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 6265 section 3")
def cookies_in_two_lines(server: FakeHTTP) -> None:
    """Two Set-Cookie lines stand in the head, which may not be made one with a comma. A good client
    reads both, one of which has a date with a comma in it."""
    cookies = [("Set-Cookie", "a=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT"), ("Set-Cookie", "b=2")]
    server.on("GET").respond(200, CONTENT, headers=cookies)


@edge_case(
    "http", operation="get", expect=SUCCEEDS, source="urllib3 test_header_message_rfc822 (sockets)"
)
def content_is_a_message(server: FakeHTTP) -> None:
    """The type of the content is message/rfc822, which upsets parsers of mail that are used for
    headers. A good client fetches it as any other."""
    server.on("GET").respond(200, CONTENT, headers={"Content-Type": "message/rfc822"})


@edge_case(
    "http",
    operation="get",
    expect=SUCCEEDS,
    source="RFC 9110 section 8.3.3, urllib3 test_multipart_assert_header_parsing_no_defects",
)
def content_is_multipart_without_boundary(server: FakeHTTP) -> None:
    """The type of the content is multipart/mixed, without the boundary that mail would need. A good
    client fetches it as any other."""
    server.on("GET").respond(200, CONTENT, headers={"Content-Type": "multipart/mixed"})


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 5.4")
def header_of_100_000_bytes(server: FakeHTTP) -> None:
    """A header has a value of 100,000 bytes. A good client reads it, or has a limit for a line and
    reports that it was passed."""
    server.on("GET").respond(200, CONTENT, headers={"X-Long": "x" * 100_000})


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 5.4")
def headers_by_the_hundreds(server: FakeHTTP) -> None:
    """There are 300 headers. A good client reads them, or has a limit for their number and reports
    that it was passed."""
    server.on("GET").respond(200, CONTENT, headers={f"X-{i}": "y" for i in range(300)})


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 5.4")
def headers_without_end(server: FakeHTTP) -> None:
    """Header lines come one after another, and no blank line ends them. A good client has a limit,
    or a timeout, and reports a failure."""
    server.on("GET").raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: y\r\n" * 20_000).stall()


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="urllib3 test_early_eof_doesnt_cause_infinite_loop",
)
def head_cut_behind_the_status_line(server: FakeHTTP) -> None:
    """The connection ends with FIN behind the status line. A good client reports an incomplete
    answer (RFC 9112 section 8), and does not take that for an empty page."""
    server.on("GET").raw(b"HTTP/1.1 200 OK\r\n").close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def head_cut_in_a_header(server: FakeHTTP) -> None:
    """The connection ends with FIN in the middle of a header's value. A good client reports an
    incomplete answer, and does not take that for an empty page."""
    server.on("GET").raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/pl").close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def head_stalls(server: FakeHTTP) -> None:
    """The head comes up to its last line, and then there is silence. A good client has a timeout
    for the head, too, and reports that it passed."""
    server.on("GET").raw(f"{OK}\r\n{LENGTH}\r\n".encode()).stall()
