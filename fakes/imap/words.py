"""The text of a message as a reader sees it, which SEARCH looks into (RFC 3501 section 6.4.4).

What cannot be decoded is not lost: it is taken as it is, as well as that goes.
"""

from __future__ import annotations

import binascii
import codecs
import contextlib
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header

from . import mime
from .header import LINE_END
from .parts import Part

# Python has these as charsets; no mail does. They take a time that is not linear, or warn.
NO_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape"})
LONGEST = 10_000  # characters of a field that are decoded: that takes the square of their number
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")  # RFC 2045 section 6.8: to be ignored
PADDING = re.compile(rb"=+")
SPACES = re.compile(rb"[ \t]+")


def decoded(data: bytes, charset: str | None) -> str:
    """Text in a charset that may be missing, unknown or a lie: UTF-8 is the next guess, and
    Latin-1, in which anything is a text, the last."""
    for guess in (charset, "utf-8"):
        with contextlib.suppress(LookupError, ValueError):
            if guess and codecs.lookup(guess).name not in NO_CHARSETS:
                return data.decode(guess)
    return data.decode("latin-1")


def field_text(value: bytes) -> str:
    """A field that is unfolded, with one space for white space and its encoded words decoded (RFC
    2047)."""
    text = decoded(SPACES.sub(b" ", value), None)
    if "=?" not in text or len(text) > LONGEST:
        return text
    try:
        pieces = decode_header(text)
    except (MessageError, ValueError):
        return text
    # What is not encoded comes as str or as bytes, in a charset that holds all of Unicode.
    return "".join(
        piece if isinstance(piece, str) else _piece(piece, charset) for piece, charset in pieces
    )


def _piece(data: bytes, charset: str | None) -> str:
    return decoded(data, charset) if charset else data.decode("raw-unicode-escape", "replace")


def header_texts(message: Part) -> Iterator[str]:
    """The fields of a message, names included, and those of all its parts, a line each."""
    for part in _within(message):
        for field in part.header.fields:
            yield field_text(LINE_END.sub(b"", field.raw))


def body_texts(message: Part) -> Iterator[str]:
    """The texts in its body: those of its parts, and of the messages in it."""
    for part in _within(message):
        is_leaf = not part.parts and part.message is None
        if is_leaf and (part.kind.is_a(b"text") or part.kind.is_a(b"message")):
            yield decoded(_unencoded(part), _charset(part))


def _within(message: Part) -> Iterator[Part]:
    """A part and all that is in it, in their order."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(part.parts)
        if part.message is not None:
            waiting.append(part.message)


def _charset(part: Part) -> str | None:
    charset = part.kind.parameter(b"charset")
    return None if charset is None else charset.decode("ascii", "replace")


def _unencoded(part: Part) -> bytes:
    """The body without its transfer encoding, as far as there is sense in it (RFC 2045 section
    6)."""
    encoding = mime.encoding(part.header.first(b"content-transfer-encoding")).lower()
    if encoding == b"base64":
        return b"".join(map(_group, PADDING.split(NO_BASE64.sub(b"", part.text))))
    return binascii.a2b_qp(part.text) if encoding == b"quoted-printable" else part.text


def _group(data: bytes) -> bytes:
    """What stands between two paddings. One digit that is left over says nothing."""
    data = data[: len(data) - (len(data) % 4 == 1)]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
