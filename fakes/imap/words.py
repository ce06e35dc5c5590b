"""The text of a message as a reader sees it, which SEARCH looks into (RFC 3501 section 6.4.4).

What cannot be decoded is not lost: it is taken as it is, as well as that goes.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header

from . import mime
from .header import LINE_END
from .parts import Part

# Python has these as charsets; no mail does, and they take a time that is not linear.
NO_CHARSETS = frozenset({"punycode", "idna"})
NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")  # RFC 2045 section 6.8: to be ignored
PADDING = re.compile(rb"=+")
FOLDED = re.compile(rb"\r?\n(?=[ \t])")


def decoded(data: bytes, charset: str | None) -> str:
    """Text in a charset that may be missing, unknown or a lie: UTF-8 is the next guess, and
    Latin-1, in which anything is a text, the last."""
    for guess in (charset, "utf-8"):
        if guess and guess.lower() not in NO_CHARSETS:
            try:
                return data.decode(guess)
            except (LookupError, ValueError):
                pass
    return data.decode("latin-1")


def field_text(value: bytes) -> str:
    """The value of a field, unfolded, its encoded words decoded (RFC 2047)."""
    text = decoded(value, None)
    if "=?" not in text:
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


def header_text(part: Part) -> str:
    """All fields of a header, names included, a line each."""
    lines = LINE_END.split(FOLDED.sub(b"", part.header.raw))
    return "\n".join(map(field_text, lines))


def body_texts(part: Part) -> Iterator[str]:
    """The texts in a body: those of its parts, and of messages in it the headers, too."""
    waiting = [part]
    while waiting:
        at = waiting.pop()
        waiting += reversed(at.parts)
        if at.parts:
            continue
        if at.message is not None:
            yield header_text(at.message)
            waiting.append(at.message)
        elif at.kind.is_a(b"text") or at.kind.is_a(b"message"):
            yield decoded(_unencoded(at), _charset(at))


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
