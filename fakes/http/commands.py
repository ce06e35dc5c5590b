"""What HTTP says of methods and of requests that are wrong, as data.

The sections are those of RFC 9110 (semantics) and RFC 9112 (HTTP/1.1), unless they name another.
"""

from __future__ import annotations

from typing import NamedTuple


class Method(NamedTuple):
    """A method, and where it is defined."""

    section: str
    implemented: bool = True  # False: the natural answer is 501, RFC 9110 9.1


METHODS = {
    "GET": Method("RFC 9110 9.3.1"),
    "HEAD": Method("RFC 9110 9.3.2"),
    "POST": Method("RFC 9110 9.3.3"),
    "PUT": Method("RFC 9110 9.3.4"),
    "DELETE": Method("RFC 9110 9.3.5"),
    "CONNECT": Method("RFC 9110 9.3.6", implemented=False),
    "OPTIONS": Method("RFC 9110 9.3.7"),
    "TRACE": Method("RFC 9110 9.3.8"),
    "PATCH": Method("RFC 5789 2"),
    "PROPFIND": Method("RFC 4918 9.1"),
    "PROPPATCH": Method("RFC 4918 9.2"),
    "MKCOL": Method("RFC 4918 9.3"),
    "COPY": Method("RFC 4918 9.8"),
    "MOVE": Method("RFC 4918 9.9"),
    "LOCK": Method("RFC 4918 9.10"),
    "UNLOCK": Method("RFC 4918 9.11"),
    "REPORT": Method("RFC 3253 3.6"),
    "SEARCH": Method("RFC 5323 2"),
}

# Bounds in bytes. RFC 9112 3 recommends to support request lines of 8,000 at least.
MAX_LINE = 8192
MAX_HEAD = 65536
MAX_CHUNK_LINE = 4096  # the size of a chunk, and its extensions

# Of programs that are run (RFC 3875): bytes of what one writes to its standard error that are
# noted, and how often one may lead to another.
MAX_STDERR = 65536
MAX_REDIRECTS = 10

# Fields that a program does not get as HTTP_ variables: they have variables of their own, are
# secrets of the server (RFC 3875 9.2), or are about the connection. A field Proxy would be taken
# for a setting of many HTTP clients.
NOT_FOR_PROGRAMS = frozenset(
    {
        *("authorization", "proxy-authorization", "content-length", "content-type"),
        *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy"),
    }
)


class Problem(NamedTuple):
    """What is wrong with a request: the natural answer to it, and the section that gives it. A
    ``{}`` in the text is the bound that was hit, in bytes, if that is a setting."""

    status: int
    text: str
    section: str


PROBLEMS = {
    "line": Problem(400, "the request line is not 'method target HTTP/x.y'", "RFC 9112 3"),
    "version": Problem(505, "the major version of HTTP is not 1", "RFC 9110 15.6.6"),
    "long line": Problem(
        414, f"the request line is over MAX_LINE of {MAX_LINE:,} bytes", "RFC 9110 15.5.15"
    ),
    "long head": Problem(431, f"the head is over MAX_HEAD of {MAX_HEAD:,} bytes", "RFC 6585 5"),
    "long trailers": Problem(
        431, f"the trailers are over MAX_HEAD of {MAX_HEAD:,} bytes", "RFC 6585 5"
    ),
    "bare LF": Problem(400, "a line ends with LF and not with CRLF", "RFC 9112 2.2"),
    "bare CR": Problem(400, "a CR is not followed by LF", "RFC 9112 2.2"),
    "NUL": Problem(400, "the header section holds a NUL", "RFC 9110 5.5"),
    "folded": Problem(400, "a header line is folded", "RFC 9112 5.2"),
    "space": Problem(400, "there is space between a header's name and its colon", "RFC 9112 5.1"),
    "header": Problem(400, "a header line is not 'name: value'", "RFC 9112 5"),
    "no host": Problem(400, "an HTTP/1.1 request has no Host", "RFC 9112 3.2"),
    "two hosts": Problem(400, "there is more than one Host", "RFC 9112 3.2"),
    "host": Problem(400, "the value of Host is not a host", "RFC 9112 3.2"),
    "target": Problem(400, "the target has none of the four forms", "RFC 9112 3.2"),
    "length": Problem(400, "Content-Length is not a number of bytes", "RFC 9112 6.3"),
    "two lengths": Problem(400, "there are different Content-Lengths", "RFC 9112 6.3"),
    "both": Problem(400, "there are Transfer-Encoding and Content-Length", "RFC 9112 6.1"),
    "old coding": Problem(400, "there is a Transfer-Encoding in HTTP/1.0", "RFC 9112 6.1"),
    "coding": Problem(501, "the only transfer coding known is chunked", "RFC 9112 6.1"),
    "two codings": Problem(400, "chunked is not applied once, as the last coding", "RFC 9112 6.3"),
    "chunk": Problem(400, "the size of a chunk is not a hexadecimal number", "RFC 9112 7.1"),
    "long chunk": Problem(
        400,
        f"the size line of a chunk is over MAX_CHUNK_LINE of {MAX_CHUNK_LINE:,} bytes",
        "RFC 9112 7.1.1",
    ),
    "chunk end": Problem(400, "a chunk does not end where its size says", "RFC 9112 7.1"),
    "trailer": Problem(400, "a trailer line is not 'name: value'", "RFC 9112 7.1.2"),
    "expect": Problem(417, "the only expectation known is 100-continue", "RFC 9110 10.1.1"),
    "large": Problem(413, "the content is over max_message_size of {:,} bytes", "RFC 9110 15.5.14"),
    "slow": Problem(408, "the rest of the request did not come in time", "RFC 9110 15.5.9"),
}
