"""A response: what a test gives, sent as it is, and what we add where it gave nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core import checks
from .._core.faults import Framing, Parts
from .body import encode, resized
from .given import (
    ABSENT,
    Fields,
    accepts_gzip,
    content,
    date,
    encoded,
    fields,
    gzipped,
    lines,
    phrase,
)
from .message import Headers

if TYPE_CHECKING:
    from .head import Head

# RFC 9110 6.4.1: responses that have no content; and 8.6: those that have no Content-Length.
BODYLESS = frozenset({*range(100, 200), 204, 304})


class Built(NamedTuple):
    """A response as bytes for one request, and whether the connection ends after it (None: it is
    an interim response, which says nothing of that)."""

    parts: Parts
    closes: bool | None


class Response:
    """A response to a request; ``respond()`` takes the same arguments.

    - ``status``: three digits. ``reason``: the phrase behind it, by default the registered one.
    - ``body``: bytes, or an iterable of bytes, of which each is a chunk: sent with the chunked
      coding to an HTTP/1.1 client, and to an HTTP/1.0 client up to the end of the connection.
    - ``json``: a value, or ``text``: a str, in place of ``body``.
    - ``headers``: a dict or a list of pairs, sent in their order and case before what we add: Date,
      Content-Type for ``json`` and ``text``, Content-Length, and Connection if it ends. A value
      None keeps us from adding that one. Without Content-Length the body ends with the connection.
      With a Transfer-Encoding of yours the body is sent untouched.
    - ``chunked``: send the body chunked. ``trailers``: fields behind it, which make it chunked.
    - ``gzip``: code the body if the request's Accept-Encoding allows it (RFC 9110 12.5.3).
    - ``http_version``: what the status line says.

    To HEAD only the head is sent. To 1xx, 204 and 304 we add no Content-Length, and a body only if
    you give one. Raises ValueError or TypeError for bad arguments.
    """

    @checks.keywords
    def __init__(
        self,
        status: int = 200,
        body: bytes | Iterable[bytes] = b"",
        *,
        headers: Fields = None,
        json: Any = ABSENT,
        text: str | None = None,
        reason: str | None = None,
        chunked: bool = False,
        trailers: Fields = None,
        gzip: bool = False,
        http_version: str = "HTTP/1.1",
    ) -> None:
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999:
            raise ValueError(f"status={status!r}: give a number of three digits")
        self.status = int(status)
        self.chunks, listed = content(body, json, text)
        self.headers = fields("headers", headers)
        self.trailers = fields("trailers", trailers)
        self.chunked = chunked or listed or trailers is not None
        self.gzip = gzip
        self.http_version = encoded("http_version", http_version)
        self.reason = phrase(self.status) if reason is None else encoded("reason", reason)
        self._given = {name.lower(): value for name, value in self.headers}
        if json is not ABSENT:
            self._default("Content-Type", b"application/json")
        if text is not None:
            self._default("Content-Type", b"text/plain; charset=utf-8")
        self._start = self._first_bytes()
        self._made: tuple[bytes, dict[object, Built]] = b"", {}  # in this second

    def _default(self, name: str, value: bytes) -> None:
        if name.lower().encode() not in self._given:
            self._given[name.lower().encode()] = value
            self.headers.append((name.encode(), value))

    def _first_bytes(self) -> bytes:
        line = b"%b %d %b\r\n" % (self.http_version, self.status, self.reason)
        return line + lines([(n, v) for n, v in self.headers if v is not None])

    def carrying(self, body: bytes, gzip: bool = False) -> Response:
        """The same response with another body."""
        made = Response.__new__(Response)
        made.__dict__ |= self.__dict__ | {"chunks": [body], "gzip": gzip, "_made": (b"", {})}
        return made

    def __repr__(self) -> str:
        return f"<Response {self.status} {sum(map(len, self.chunks))} bytes>"

    # --- as bytes

    def build(self, head: Head, ends: bool = False, piece: int | None = None) -> Built:
        """The bytes that answer a request of which this is the head. ``ends``: the connection ends
        after it in any case; ``piece``: the size of the chunks, in bytes, if it is chunked."""
        now = date()
        if self._made[0] is not now or self.gzip:
            self._made = now, {}
        verb = head.verb if head.verb in ("HEAD", "CONNECT") else ""  # the others are alike
        made, key = self._made[1], (verb, head.http_version, head.closes, ends, piece)
        built = made.get(key)
        if built is None:
            built = made[key] = self._build(head, ends, piece, now)
        return built

    def _build(self, request: Head, ends: bool, piece: int | None, now: bytes) -> Built:
        given = self._given
        bodyless = self.status in BODYLESS or self._opens_tunnel(request)
        extra, chunks = self._coded(request)
        framing = self._framing(request, bodyless)
        if framing == "length":
            extra.append((b"Content-Length", b"%d" % sum(map(len, chunks))))
        elif framing == "chunked":
            self._announce_chunks(extra)
        sends = request.verb != "HEAD" and (not bodyless or any(chunks))
        closes = self._closes(request, ends or (framing == "end" and sends))
        if closes is not None and b"connection" not in given:
            if closes:
                extra.append((b"Connection", b"close"))
            elif request.http_version == "HTTP/1.0":
                extra.append((b"Connection", b"keep-alive"))
        if b"date" not in given and self.status >= 200:
            extra.insert(0, (b"Date", now))
        head = self._start + lines(extra) + b"\r\n"
        if not sends:
            return Built((head,), closes)
        if framing != "chunked":
            return Built((Framing(head), b"".join(chunks)), closes)
        sized = chunks if piece is None else resized(chunks, piece)
        trailers = lines([(n, v) for n, v in self.trailers if v is not None])
        return Built((Framing(head), *encode(sized, trailers)), closes)

    def _opens_tunnel(self, request: Head) -> bool:
        """RFC 9110 9.3.6: it has neither Content-Length nor Transfer-Encoding."""
        return request.verb == "CONNECT" and 200 <= self.status < 300

    def _framing(self, request: Head, bodyless: bool) -> str:
        """How the end of the body is told: ``"length"``, ``"chunked"``, by the ``"end"`` of the
        connection, or not by us, ``""`` (RFC 9112 6)."""
        given = self._given
        if given.get(b"transfer-encoding") is not None:
            codings = given[b"transfer-encoding"] or b""
            return "" if codings.lower().rstrip().endswith(b"chunked") else "end"
        if bodyless:
            return ""
        if self.chunked:
            return "chunked" if request.http_version != "HTTP/1.0" else "end"
        if b"content-length" in given:
            return "end" if given[b"content-length"] is None else ""
        return "length"

    def _announce_chunks(self, extra: list[tuple[bytes, bytes]]) -> None:
        if b"transfer-encoding" not in self._given:
            extra.append((b"Transfer-Encoding", b"chunked"))
        if self.trailers and b"trailer" not in self._given:
            extra.append((b"Trailer", b", ".join(name for name, _ in self.trailers)))

    def _coded(self, request: Head) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
        """Headers to add for the content coding, and the coded chunks."""
        if not self.gzip:
            return [], self.chunks
        extra = [] if b"vary" in self._given else [(b"Vary", b"Accept-Encoding")]
        if not accepts_gzip(Headers.parse(request.fields)):
            return extra, self.chunks
        if b"content-encoding" not in self._given:
            extra.append((b"Content-Encoding", b"gzip"))
        return extra, gzipped(self.chunks)

    def _closes(self, request: Head, ends: bool) -> bool | None:
        """Whether the connection ends after it: as it says, or else as the request asked."""
        if self.status < 200:
            return None
        said = (self._given.get(b"connection") or b"").lower()
        if b"close" in said:
            return True
        if b"keep-alive" in said:
            return ends
        return ends or request.closes or self.http_version == b"HTTP/1.0"


def from_tuple(computed: object) -> Response:
    """What a callable of the test returned: a Response, or a tuple of its first arguments."""
    if isinstance(computed, Response):
        return computed
    if isinstance(computed, tuple) and 1 <= len(computed) <= 3:
        return Response(*computed[:2], headers=computed[2] if len(computed) == 3 else None)
    raise TypeError(
        f"respond(callable) returned {computed!r}: give a Response, bytes, a tuple (status, body), "
        "a tuple (status, body, headers), or None for the natural answer"
    )
