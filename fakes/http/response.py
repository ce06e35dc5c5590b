"""A response: what a test gives, sent as it is, and what we add where it gave nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core.faults import Framing, Parts
from .body import encode, resized
from .message import Headers

if TYPE_CHECKING:
    from .message import Head

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()  # None is JSON, too

Text = str | bytes
Value = str | bytes | int | None
Fields = Mapping[str, Value] | Sequence[tuple[Text, Value]] | None

# RFC 9110 6.4.1: responses that have no content; and 8.6: those that have no Content-Length.
BODYLESS = frozenset({*range(100, 200), 204, 304})

# RFC 9110 renamed them, and http.HTTPStatus did in Python 3.13.
RENAMED = {
    413: b"Content Too Large",
    414: b"URI Too Long",
    416: b"Range Not Satisfiable",
    422: b"Unprocessable Content",
}

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
        self.chunks, listed = _content(body, json, text)
        self.headers = _fields("headers", headers)
        self.trailers = _fields("trailers", trailers)
        self.chunked = chunked or listed or trailers is not None
        self.gzip = gzip
        self.http_version = _text("http_version", http_version)
        self.reason = _phrase(self.status) if reason is None else _text("reason", reason)
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

    def __repr__(self) -> str:
        return f"<Response {self.status} {sum(map(len, self.chunks))} bytes>"

    # --- as bytes

    def build(self, head: Head, ends: bool = False, piece: int | None = None) -> Built:
        """The bytes that answer a request of which this is the head. ``ends``: the connection ends
        after it in any case; ``piece``: the size of the chunks, in bytes, if it is chunked."""
        now = date()
        if self._made[0] is not now or self.gzip:
            self._made = now, {}
        made, key = self._made[1], (head.verb, head.http_version, head.closes, ends, piece)
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


def lines(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Header lines."""
    return b"".join([b"%b: %b\r\n" % field for field in fields])


def _content(body: object, json: Any, text: str | None) -> tuple[list[bytes], bool]:
    """The chunks of the content, and whether they were given as such."""
    given = [json is not ABSENT, text is not None, not isinstance(body, bytes) or body != b""]
    if sum(given) > 1:
        raise ValueError("give one of body, json= and text=")
    if json is not ABSENT:
        from json import dumps

        return [dumps(json).encode()], False
    if text is not None:
        if not isinstance(text, str):
            raise TypeError(f"text={text!r}: give a str")
        return [text.encode()], False
    if isinstance(body, (bytes, bytearray, memoryview)):
        return [bytes(body)], False
    return _chunks(body), True


def _chunks(body: object) -> list[bytes]:
    if isinstance(body, str):
        raise TypeError(f"body={body!r}: give bytes, or text= for a str")
    if not isinstance(body, Iterable) or isinstance(body, Mapping):
        raise TypeError(f"body={body!r}: give bytes or an iterable of bytes")
    chunks = list(body)
    for chunk in chunks:
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise TypeError(f"body: {chunk!r} in it is not bytes")
    return [bytes(chunk) for chunk in chunks]


def _fields(what: str, given: Fields) -> list[tuple[bytes, bytes | None]]:
    pairs = given.items() if isinstance(given, Mapping) else (given or ())
    if isinstance(pairs, (str, bytes)):
        raise TypeError(f"{what}={given!r}: give a dict or a list of pairs")
    fields: list[tuple[bytes, bytes | None]] = []
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{what}: {pair!r} is not a pair of name and value")
        name, value = pair
        fields.append((_text(what, name), None if value is None else _text(what, value)))
    return fields


def _text(what: str, value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return b"%d" % value
    if not isinstance(value, str):
        raise TypeError(f"{what}: {value!r} is not a str")
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"{what}: {value!r} is not Latin-1; give it as bytes") from None


def _phrase(status: int) -> bytes:
    if status in RENAMED:
        return RENAMED[status]
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


_date = (0, b"")  # the second that it is of, and the text


def date() -> bytes:
    """Now, as RFC 9110 5.6.7 writes it. Made once a second."""
    global _date
    second = int(time.time())
    known = _date
    if known[0] != second:
        known = _date = second, http_date(second)
    return known[1]


def http_date(seconds: float) -> bytes:
    """Seconds since the epoch, as RFC 9110 5.6.7 writes them, whatever the locale."""
    t = time.gmtime(seconds)
    day, month = DAYS[t.tm_wday], MONTHS[t.tm_mon - 1]
    clock = f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
    return f"{day}, {t.tm_mday:02} {month} {t.tm_year:04} {clock} GMT".encode()


def accepts_gzip(fields: Headers) -> bool:
    """Whether Accept-Encoding allows gzip (RFC 9110 12.5.3)."""
    weights = {}
    for member in ",".join(fields.get_all("Accept-Encoding")).lower().split(","):
        coding, _, parameter = member.partition(";")
        weights[coding.strip()] = _weight(parameter)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def gzipped(chunks: Sequence[bytes]) -> list[bytes]:
    """The chunks coded, each so that all of it can be read before the next comes."""
    import zlib

    coder = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    coded = [coder.compress(c) + coder.flush(zlib.Z_SYNC_FLUSH) for c in chunks[:-1]]
    return [*coded, b"".join(map(coder.compress, chunks[-1:])) + coder.flush()]
