"""The HTTP around the answer."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from .answers import GOOD, XML

if TYPE_CHECKING:
    from ...xmlrpc import FakeXMLRPC


@edge_case("xmlrpc", operation="call", expect=FAILS, source="CPython test_xmlrpc: test_404")
def not_found(server: FakeXMLRPC) -> None:
    """The answer is a 404: there is no XML-RPC at this path. A good client reports that."""
    server.http.on("POST").respond(404, b"nothing here")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="CPython FailingServerTestCase")
def internal_error(server: FakeXMLRPC) -> None:
    """The answer is a 500 with a page for people. A good client reports that."""
    server.http.on("POST").respond(500, text="<h1>Oops</h1>")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Response format"
)
def internal_error_with_a_value(server: FakeXMLRPC) -> None:
    """The answer is a 500 whose content is a good value. A good client goes by the status: an
    answer to a call has 200, always."""
    server.http.on("POST").respond(500, GOOD, headers=XML)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 15.5.2")
def unauthorized(server: FakeXMLRPC) -> None:
    """The answer is a 401 with a challenge. A good client without credentials reports that."""
    challenge = {"WWW-Authenticate": 'Basic realm="x"'}
    server.http.on("POST").respond(401, headers=challenge)


@edge_case("xmlrpc", operation="call", expect=EITHER, source="RFC 9110 section 15.6.4")
def unavailable_once(server: FakeXMLRPC) -> None:
    """The first answer is a 503 that says when to come again. A good client comes again, since
    nothing was done, or reports that the server is busy."""
    server.http.on("POST").respond(503, b"busy", headers={"Retry-After": "0"}).once()


@edge_case("xmlrpc", operation="call", expect=EITHER, source="RFC 9110 section 15.4.8")
def redirected_with_307(server: FakeXMLRPC) -> None:
    """The answer is a 307 to another path, where XML-RPC is, too. A good client calls there, or
    reports that it does not follow."""
    server.http.on("POST", "/RPC2").respond(307, headers={"Location": "/"})


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 15.4.3")
def redirected_to_a_page(server: FakeXMLRPC) -> None:
    """The answer is a 302 to a page where people log in. A good client reports that, and does not
    take the page for an answer."""
    server.http.on("POST").respond(302, headers={"Location": "/login"})
    page = "<html><body>Log in</body></html>"
    server.http.on("GET", "/login").respond(200, text=page).optional()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9110 section 15.3.5")
def no_content(server: FakeXMLRPC) -> None:
    """The answer is a 204, which has no content, and so no value. A good client reports that."""
    server.http.on("POST").respond(204)


@edge_case(
    "xmlrpc", operation="call", expect=EITHER, source="xmlrpc.com specification: Response format"
)
def type_is_not_xml(server: FakeXMLRPC) -> None:
    """The XML says that it is of the type text/html, where it has to be text/xml. A good client
    takes it for what it is, or reports that it is no answer."""
    server.http.on("POST").respond(200, GOOD, headers={"Content-Type": "text/html"})


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 8")
def length_too_long(server: FakeXMLRPC) -> None:
    """The XML is whole, and the Content-Length is larger when the connection ends with FIN. A good
    client reports an incomplete answer."""
    headers = {**XML, "Content-Length": str(len(GOOD) + 100)}
    server.http.on("POST").respond(200, GOOD, headers=headers).close()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 6.3")
def length_too_short(server: FakeXMLRPC) -> None:
    """The Content-Length ends in the middle of the XML, as where characters were counted and not
    bytes. A good client reads as far as that, and reports a failure."""
    headers = {**XML, "Content-Length": str(len(GOOD) - 30)}
    server.http.on("POST").respond(200, GOOD, headers=headers).close()


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9112 section 7.1")
def answer_is_chunked(server: FakeXMLRPC) -> None:
    """The XML comes in three chunks, which end in the middle of tags. A good client puts them
    together."""
    server.http.on("POST").respond(200, [GOOD[:30], GOOD[30:31], GOOD[31:]], headers=XML)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 8")
def chunk_cut(server: FakeXMLRPC) -> None:
    """The XML comes in chunks, and the connection ends with FIN in the second of them. A good
    client reports an incomplete answer."""
    server.http.on("POST").respond(200, [GOOD[:30], GOOD[30:]], headers=XML).truncate(after=40)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 7.1")
def chunk_size_is_no_number(server: FakeXMLRPC) -> None:
    """There is ZZZ where the size of a chunk should be. A good client reports a malformed
    answer."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.http.on("POST").raw(head + b"ZZZ\r\n" + GOOD + b"\r\n0\r\n\r\n").close()


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9110 section 15.2.1")
def interim_100_unasked(server: FakeXMLRPC) -> None:
    """A 100 (Continue) that nobody asked for stands before the answer. A good client reads on to
    the answer."""
    server.on("add").raw(b"HTTP/1.1 100 Continue\r\n\r\n").answer()


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9112 section 6.3")
def answer_of_http_1_0(server: FakeXMLRPC) -> None:
    """The answer is one of HTTP/1.0, without a length. A good client takes all that comes up to the
    FIN."""
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n"
    server.http.on("POST").raw(head + GOOD).close()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 9112 section 4")
def another_protocol_answers(server: FakeXMLRPC) -> None:
    """A mail server is at the port, and greets the client. A good client reports that this is no
    HTTP."""
    server.on("connect").raw(b"220 fake.example ESMTP\r\n").close()


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="RFC 9110 section 12.5.3")
def gzip_where_it_is_taken(server: FakeXMLRPC) -> None:
    """The XML is compressed if the client says that it takes that, and else it is not. A good
    client that says so decompresses it."""
    server.http.on("POST").respond(200, GOOD, headers=XML, gzip=True)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 1952 section 2.3")
def gzip_cut_inside(server: FakeXMLRPC) -> None:
    """The compressed XML ends before its checksum, though its Content-Length is right. A good
    client reports that it is incomplete."""
    headers = {**XML, "Content-Encoding": "gzip"}
    server.http.on("POST").respond(200, gzip.compress(GOOD, mtime=0)[:-20], headers=headers)


@edge_case("xmlrpc", operation="call", expect=EITHER, source="RFC 9110 section 8.4")
def gzip_that_is_none(server: FakeXMLRPC) -> None:
    """The answer says that it is compressed, and the XML is not. A good client reports that, or
    takes it as it is."""
    server.http.on("POST").respond(200, GOOD, headers={**XML, "Content-Encoding": "gzip"})
