"""Messages whose charset or transfer encoding breaks clients (RFC 2045)."""

from __future__ import annotations

from .build import letter

UTF8 = "Content-Type: text/plain; charset=utf-8"


def unknown_charset() -> bytes:
    """A charset that nobody knows (RFC 2046 section 4.1.2)."""
    return letter("unknown charset", "Content-Type: text/plain; charset=x-klingon", "", "nuqneH")


def no_charset() -> bytes:
    """Bytes over 127 and no word of a charset: ASCII, by RFC 2045 section 5.2, and in truth
    Windows-1252."""
    return letter("no charset", "Content-Type: text/plain", "", b"\x84Caf\xe9\x93 \x80 5")


def lying_charset() -> bytes:
    """It says UTF-8 and is Latin-1."""
    return letter("lying charset", UTF8, "Content-Transfer-Encoding: 8bit", "", b"caf\xe9")


def lying_ascii() -> bytes:
    """It says ASCII and 7bit and is UTF-8."""
    return letter(
        "lying ascii",
        "Content-Type: text/plain; charset=us-ascii",
        "Content-Transfer-Encoding: 7bit",
        "",
        "caf\u00e9",
    )


def utf16() -> bytes:
    """UTF-16 with a byte order mark, in base64, as no text part may be (RFC 2046 section 4.1.1)."""
    return letter(
        "UTF-16",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Transfer-Encoding: base64",
        "",
        "//5jAGEAZgDpAA==",
    )


def truncated_base64() -> bytes:
    """Base64 that ends in the middle of a group of four, without its padding (RFC 2045 section
    6.8)."""
    return letter(
        "truncated base64", UTF8, "Content-Transfer-Encoding: base64", "", "SGVsbG8sIHdvcmxkI"
    )


def dirty_base64() -> bytes:
    """Base64 with characters that are none, padding in the middle, and text behind it, as lists
    append their footers (section 6.8: to be ignored)."""
    return letter(
        "dirty base64",
        UTF8,
        "Content-Transfer-Encoding: base64",
        "",
        "SGVs bG8s!*",
        "IHdvcmxk==IQ==",
        "-- ",
        "You are on the list.",
    )


def broken_quoted_printable() -> bytes:
    """Quoted-printable with = and no digits, small letters, spaces at the end of a line, and a soft
    line break as the last byte (RFC 2045 section 6.7)."""
    return letter(
        "broken quoted-printable",
        UTF8,
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "caf=c3=a9 =ZZ = =4",
        "spaces at the end   ",
        "and no more=",
    )


def unknown_encoding() -> bytes:
    """A transfer encoding that nobody knows (RFC 2045 section 6.4: the part is not to be
    decoded)."""
    return letter(
        "unknown encoding", UTF8, "Content-Transfer-Encoding: x-uuencode", "", "begin 644"
    )


def binary() -> bytes:
    """All 256 bytes, as they are, with the encoding ``binary`` (RFC 2045 section 2.9)."""
    return letter(
        "binary",
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: binary",
        "",
        bytes(range(256)),
    )
