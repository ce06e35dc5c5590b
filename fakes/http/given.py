"""What a test gives to a response, checked and made bytes; dates and the gzip coding."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .message import Headers

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()  # None is JSON, too

Text = str | bytes
Value = str | bytes | int | None
Fields = Mapping[str, Value] | Sequence[tuple[Text, Value]] | None

# RFC 9110 renamed them, and http.HTTPStatus did in Python 3.13.
RENAMED = {
    413: b"Content Too Large",
    414: b"URI Too Long",
    416: b"Range Not Satisfiable",
    422: b"Unprocessable Content",
}

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def lines(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Header lines."""
    return b"".join([b"%b: %b\r\n" % pair for pair in pairs])


def content(body: object, json: Any, text: str | None) -> tuple[list[bytes], bool]:
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


def fields(what: str, given: Fields) -> list[tuple[bytes, bytes | None]]:
    """A dict or a list of pairs as pairs of bytes; ``what`` it is, for the message."""
    pairs = given.items() if isinstance(given, Mapping) else (given or ())
    if isinstance(pairs, (str, bytes)):
        raise TypeError(f"{what}={given!r}: give a dict or a list of pairs")
    made: list[tuple[bytes, bytes | None]] = []
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{what}: {pair!r} is not a pair of name and value")
        name, value = pair
        made.append((encoded(what, name), None if value is None else encoded(what, value)))
    return made


def encoded(what: str, value: object) -> bytes:
    """A str, bytes or a number as bytes; ``what`` it is, for the message."""
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


def phrase(status: int) -> bytes:
    """What is registered for a status, or nothing."""
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
