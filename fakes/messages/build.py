"""How the messages of the library are written down: as lines."""

from __future__ import annotations

Line = str | bytes

FROM = "From: Ann <ann@example.com>"
TO = "To: Bob <bob@example.com>"
DATE = "Date: Thu, 01 Jan 2026 12:00:00 +0000"
IDENTITY = "Message-ID: <1.fakefarm@example.com>"
MIME = "MIME-Version: 1.0"
PLAIN = "Content-Type: text/plain; charset=utf-8"


def joined(*lines: Line, end: bytes = b"\r\n") -> bytes:
    """Lines, each with its ``end``; str as UTF-8."""
    return b"".join((line.encode() if isinstance(line, str) else line) + end for line in lines)


def letter(subject: str, *lines: Line) -> bytes:
    """A message with the usual headers; ``lines`` are the rest of them, an empty line, the body."""
    return joined(FROM, TO, f"Subject: {subject}", DATE, IDENTITY, MIME, *lines)


def part(*lines: Line, boundary: str = "edge") -> bytes:
    """A part of a multipart body, with the boundary before it and no line end behind it."""
    return joined(f"--{boundary}", *lines)[:-2]
