"""The content is compressed (RFC 9110 section 8.4), by a server that does not mind what the client
takes."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import SECRET

if TYPE_CHECKING:
    from ...http import FakeHTTP

GZIP = {"Content-Encoding": "gzip"}
ZIPPED = gzip.compress(CONTENT, mtime=0)


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9110 section 12.5.3")
def gzip_where_it_is_taken(server: FakeHTTP) -> None:
    """The content is compressed if the client says that it takes that, and else it is not. A good
    client that says so decompresses it."""
    server.on("GET").respond(200, CONTENT, gzip=True)


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 12.5.3")
def gzip_though_not_asked(server: FakeHTTP) -> None:
    """The content is compressed, whatever the client says that it takes. A good client decompresses
    it or reports a failure; it does not take the compressed bytes for the file."""
    server.on("GET").respond(200, ZIPPED, headers=GZIP)


@edge_case("http", operation="get", expect=EITHER, source="RFC 1952 section 2.2")
def gzip_in_two_members(server: FakeHTTP) -> None:
    """The compressed content is of two members, one behind the other. A good client goes on behind
    the first, or reports a failure; it does not take the first for all."""
    members = gzip.compress(CONTENT[:100], mtime=0) + gzip.compress(CONTENT[100:], mtime=0)
    server.on("GET").respond(200, members, headers=GZIP)


@edge_case("http", operation="get", expect=EITHER, source="RFC 1952 section 2.2")
def gzip_with_garbage_behind(server: FakeHTTP) -> None:
    """Bytes that are not of gzip stand behind the compressed content. A good client ignores them or
    reports a failure."""
    server.on("GET").respond(200, ZIPPED + b"\0\0garbage", headers=GZIP)


@edge_case("http", operation="get", expect=FAILS, source="RFC 1952 section 2.3")
def gzip_cut_inside(server: FakeHTTP) -> None:
    """The compressed content ends before its checksum, though its Content-Length is right. A good
    client reports that it is incomplete, and not only where the connection was cut."""
    server.on("GET").respond(200, ZIPPED[:-20], headers=GZIP)


@edge_case("http", operation="get", expect=EITHER, source="RFC 1952 section 2.3.1.2")
def gzip_with_a_wrong_checksum(server: FakeHTTP) -> None:
    """The checksum of the compressed content is that of another one. A good client compares it and
    reports a failure, or has no need to look at it and decompresses all."""
    spoiled = ZIPPED[:-8] + bytes(4) + ZIPPED[-4:]
    server.on("GET").respond(200, spoiled, headers=GZIP)


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 8.4")
def gzip_that_is_none(server: FakeHTTP) -> None:
    """The answer says that it is compressed, and the content is not. A good client reports that,
    or takes it as it is."""
    server.on("GET").respond(200, CONTENT, headers=GZIP)


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 8.4", wants=b"")
def gzip_of_nothing(server: FakeHTTP) -> None:
    """The answer says that it is compressed, and there is no content at all. A good client takes
    that for nothing, or reports that it is no compressed content."""
    server.on("GET").respond(200, b"", headers=GZIP)


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 8.4.1.2")
def deflate_without_its_wrapper(server: FakeHTTP) -> None:
    """The content is of deflate, without the header of zlib that has to be around it, as many
    servers send it. A good client tries both, or reports a failure."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bare = packer.compress(CONTENT) + packer.flush()
    server.on("GET").respond(200, bare, headers={"Content-Encoding": "deflate"})


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 8.4")
def coded_twice(server: FakeHTTP) -> None:
    """The content is compressed by deflate and then by gzip. A good client undoes both, the last
    one first, or reports a failure."""
    both = gzip.compress(zlib.compress(CONTENT), mtime=0)
    server.on("GET").respond(200, both, headers={"Content-Encoding": "deflate, gzip"})


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 8.4")
def unknown_content_coding(server: FakeHTTP) -> None:
    """The content is coded by something that nobody knows. A good client reports that, and does not
    take the coded bytes for the file."""
    server.on("GET").respond(200, SECRET, headers={"Content-Encoding": "x-secret"})
