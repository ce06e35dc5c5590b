"""The client sends content, and is to know whether the server has it.

POST is not to be sent twice by a client of its own accord (RFC 9110 section 9.2.2): where the
answer was lost, nobody knows whether it was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from .answers import head

if TYPE_CHECKING:
    from ...http import FakeHTTP


@edge_case("http", operation="post", expect=FAILS, source="RFC 9110 section 9.2.2")
def post_done_and_answer_lost(server: FakeHTTP) -> None:
    """All of the content is read, and then the connection ends with FIN. A good client reports that
    it does not know what became of it, and does not send it again by itself."""
    server.on("POST").close()


@edge_case("http", operation="post", expect=FAILS, source="RFC 9110 section 9.2.2")
def post_done_and_reset(server: FakeHTTP) -> None:
    """All of the content is read, and then the connection ends with RST. A good client reports that
    it does not know what became of it, and does not send it again by itself."""
    server.on("POST").reset()


@edge_case(
    "http",
    operation="post",
    expect=FAILS,
    source="urllib3 test_read_timeout_dont_retry_method_not_in_allowlist",
)
def post_done_and_never_answered(server: FakeHTTP) -> None:
    """All of the content is read, and then there is silence. A good client reports that its timeout
    passed, and does not send it again by itself."""
    server.on("POST").stall()


@edge_case("http", operation="post", expect=FAILS, source="RFC 9112 section 8")
def post_done_and_answer_cut(server: FakeHTTP) -> None:
    """All of the content is read, and the answer ends in the middle of a header. A good client
    reports an incomplete answer, and does not send the content again by itself."""
    server.on("POST").raw(b"HTTP/1.1 200 OK\r\nContent-Le").close()


@edge_case("http", operation="post", expect=EITHER, source="RFC 9110 section 9.2.2")
def post_never_read_once(server: FakeHTTP) -> None:
    """The first connection ends with FIN before anything is read, the next one is good. A good
    client that can tell sends again, and any other one reports a failure."""
    server.on("connect").close().once()


@edge_case("http", operation="post", expect=FAILS, source="urllib3 test_ignore_broken_pipe_errors")
def post_refused_before_it_is_read(server: FakeHTTP) -> None:
    """The answer is a 413, which comes before the content is read, and the connection ends. A good
    client reports the 413, or that it could not send all."""
    server.on("POST").answer_before_body().respond(413, b"too large")


@edge_case("http", operation="post", expect=FAILS, source="RFC 9112 section 9.3")
def post_closed_while_it_is_read(server: FakeHTTP) -> None:
    """The connection ends with FIN when 100 bytes of the content have not been read. A good client
    reports that the server has gone."""
    server.on("POST").answer_before_body(unread=100).close()


@edge_case("http", operation="post", expect=FAILS, source="RFC 9293 section 3.5.3")
def post_reset_while_it_is_read(server: FakeHTTP) -> None:
    """The connection ends with RST when nothing of the content has been read. A good client reports
    that the server has gone."""
    server.on("POST").answer_before_body().reset()


@edge_case("http", operation="post", expect=FAILS, source="RFC 9110 section 15.5.4")
def post_forbidden(server: FakeHTTP) -> None:
    """The answer is a 403. A good client reports that."""
    server.on("POST").respond(403, b"not you")


@edge_case("http", operation="post", expect=FAILS, source="RFC 9110 section 15.6.1")
def post_answered_with_500(server: FakeHTTP) -> None:
    """The answer is a 500. A good client reports that."""
    server.on("POST").respond(500, b"oops")


@edge_case("http", operation="post", expect=EITHER, source="RFC 9110 section 15.6.4")
def post_unavailable_once(server: FakeHTTP) -> None:
    """The first answer is a 503 that says when to come again, the next one is good. A good client
    comes again, since nothing was done, or reports that the server is busy."""
    rule = server.on("POST").respond(503, b"busy", headers={"Retry-After": "0"}).then
    rule.respond(200, b"stored").optional()


@edge_case("http", operation="post", expect=SUCCEEDS, source="RFC 9110 section 15.2.1")
def post_answered_with_100_first(server: FakeHTTP) -> None:
    """A 100 (Continue) that nobody asked for stands before the answer. A good client reads on to
    the answer."""
    server.on("POST").raw(head("HTTP/1.1 100 Continue")).respond(200, b"stored")


@edge_case("http", operation="post", expect=SUCCEEDS, source="RFC 9110 section 15.3.2")
def post_answered_with_201(server: FakeHTTP) -> None:
    """The answer is a 201 with the Location of what was made. A good client is done: that is no
    redirection."""
    server.on("POST").respond(201, headers={"Location": "/file/1"})


@edge_case("http", operation="post", expect=SUCCEEDS, source="RFC 9110 section 15.3.5")
def post_answered_with_204(server: FakeHTTP) -> None:
    """The answer is a 204, which has no content. A good client is done."""
    server.on("POST").respond(204)


@edge_case("http", operation="post", expect=EITHER, source="RFC 9110 section 15.4.4")
def post_answered_with_303(server: FakeHTTP) -> None:
    """The content is taken, and the answer is a 303 to a page about it. A good client asks for the
    page with GET, or is done; it does not send the content there, too."""
    server.on("POST", "/file").respond(303, headers={"Location": "/thanks"})
    server.on("GET", "/thanks").respond(200, b"thank you").optional()
    server.on("POST", "/thanks").respond(200, b"thank you").optional()


@edge_case("http", operation="post", expect=EITHER, source="RFC 9110 section 15.4.8")
def post_redirected_with_307(server: FakeHTTP) -> None:
    """Nothing is done, and the answer is a 307 to where it will be. A good client sends the same
    content there, or reports that it does not; it does not go on with GET."""
    server.on("POST", "/file").respond(307, headers={"Location": "/new"})
    server.on("POST", "/new").respond(200, b"stored").optional()
    server.on("GET", "/new").respond(200, b"nothing here").optional()
