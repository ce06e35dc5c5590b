r"""The content of a message, as DATA and BDAT carry it.

One rule holds here: DATA ends at CRLF ``.`` CRLF and at nothing else (RFC 5321 section 4.1.1.4).
``\n.\r\n``, ``\r.\r\n``, ``\r\n.\n`` and their like are content, byte for byte. A server that takes
one of them for the end lets a client smuggle a second message in.

Every byte is looked at once, however small the pieces are in which it comes, and of what is larger
than the limit nothing is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._core.wire import Wire

END = b"\r\n.\r\n"


def read_data(wire: Wire, limit: int) -> bytes | None:
    """The content up to the final dot, unstuffed; None when it has over ``limit`` bytes."""
    # Stuffing adds one byte to lines of at least three: so much can become ``limit`` bytes.
    room = limit + limit // 3 + len(END)
    kept: list[bytes] = []
    size = 0
    before = b"\r\n"  # the line end of DATA itself stands before the first line
    while True:
        window = before + (wire.peek() or wire.peek(more=True))
        found = window.find(END)
        last = found + len(END) if found >= 0 else len(window)
        piece = wire.take(last - len(before), "data")
        size += len(piece)
        if size <= room:
            kept.append(piece)
        else:
            kept.clear()
        if found >= 0:
            break
        before = window[1 - len(END) :]
    if size > room:
        return None
    content = unstuffed(kept[0] if len(kept) == 1 else b"".join(kept))
    return content if len(content) <= limit else None


def unstuffed(data: bytes) -> bytes:
    """What DATA carried, without its final dot and the dots that make it transparent (section
    4.5.2)."""
    content = data[:-3]
    if content.startswith(b"."):
        content = content[1:]
    return content.replace(b"\r\n.", b"\r\n")


def read_chunk(wire: Wire, size: int, keep: bool) -> bytes:
    """The bytes of a BDAT chunk (RFC 3030 section 2): read in any case, kept on request."""
    kept: list[bytes] = []
    while size > 0:
        piece = wire.read_some(min(size, 65536), "data")
        size -= len(piece)
        if keep:
            kept.append(piece)
    return b"".join(kept)
