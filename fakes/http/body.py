"""Bodies: those that are counted, and the chunked transfer coding (RFC 9112 6 and 7.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .._core.faults import Framing
from .commands import MAX_CHUNK_LINE, MAX_HEAD
from .head import FIELD, Malformed
from .message import Headers

# Extensions are read and forgotten (RFC 9112 7.1.1).
SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\0\r\n]*)?")


class Counted:
    """Reads a body of so many bytes, but for the last ``leave`` of them."""

    trailers = Headers()
    framed: bytearray | None = None  # it comes as it is
    is_kept = True

    def __init__(self, size: int) -> None:
        self.body = bytearray()
        self.leave = 0
        self._left = size

    @property
    def wanted(self) -> int:
        """How many bytes are to be read still."""
        return self._left - self.leave

    @property
    def done(self) -> bool:
        """Whether no more is to be read."""
        return self._left <= self.leave

    @property
    def is_whole(self) -> bool:
        """Whether all of the body has been read."""
        return not self._left

    def feed(self, data: bytes | bytearray) -> int:
        """Read the beginning of ``data``; how many bytes that was."""
        piece = data[: self.wanted]
        self.body += piece
        self._left -= len(piece)
        return len(piece)

    def keep(self, data: bytes) -> None:
        """Nothing of it: the body is the bytes as they came."""


class Decoder:
    """Decodes what it is fed, as far as it goes; ``done`` at the end of the message."""

    wanted = 0  # nobody knows

    def __init__(self, limit: int) -> None:
        self.body = bytearray()
        self.framed = bytearray()  # the bytes as they came
        self.is_kept = True  # all of them
        self.trailers = Headers()
        self.done = False
        self.leave = 0  # all of it is read
        self._limit = limit  # of the body, in bytes
        self._left: int | None = None  # bytes missing of the chunk; None: its size comes next
        self._trailing = False
        self._fields = b""

    @property
    def is_whole(self) -> bool:
        """Whether all of the body has been read."""
        return self.done

    def feed(self, data: bytes | bytearray) -> int:
        """Decode the beginning of ``data``; how many bytes that was. Raises Malformed."""
        used, step = 0, -1
        while step and not self.done:
            step = self._next(data, used)
            used += step
        return used

    def keep(self, data: bytes) -> None:
        """Keep the bytes that came, as many of them as there may be bytes of the body."""
        room = self._limit - len(self.framed)
        self.framed += data[:room]
        self.is_kept = self.is_kept and len(data) <= room

    def _next(self, data: bytes | bytearray, at: int) -> int:
        """One element that begins at an offset; 0 when it is not all there."""
        if self._left:
            return self._content(data, at)
        if self._left == 0 and data[at : at + 2] not in (b"", b"\r", b"\r\n"):
            raise Malformed("chunk end")
        limit = MAX_HEAD if self._trailing else MAX_CHUNK_LINE
        end = data.find(b"\r\n", at, at + limit)
        if end < 0:
            if len(data) - at >= limit:
                raise Malformed("long trailers" if self._trailing else "long chunk")
            return 0
        line = bytes(data[at:end])
        if self._trailing:
            self._trailer(line)
        elif self._left == 0:
            self._left = None  # that was the line end behind its content
        else:
            self._size(line)
        return end + 2 - at

    def _content(self, data: bytes | bytearray, at: int) -> int:
        assert self._left is not None
        piece = data[at : at + self._left]
        self.body += piece
        self._left -= len(piece)
        return len(piece)

    def _size(self, line: bytes) -> None:
        found = SIZE.fullmatch(line)
        if found is None:
            raise Malformed("chunk")
        size = int(found[1], 16)
        if len(self.body) + size > self._limit:
            raise Malformed("large", self._limit)
        self._trailing = size == 0
        self._left = size or None

    def _trailer(self, line: bytes) -> None:
        if not line:
            self.trailers = Headers.parse(self._fields)
            self.done = True
            return
        self._fields += b"\r\n" + line
        if len(self._fields) > MAX_HEAD:
            raise Malformed("long trailers")
        if not FIELD.fullmatch(b"\r\n" + line):
            raise Malformed("trailer")


def encode(chunks: Sequence[bytes], trailers: bytes = b"") -> list[bytes]:
    """Chunks as parts of an answer: sizes, line ends and last chunk are Framing, not body."""
    parts: list[bytes] = []
    for chunk in filter(None, chunks):  # an empty chunk would be the last one
        parts += Framing(b"%x\r\n" % len(chunk)), chunk, Framing(b"\r\n")
    return [*(parts or [b""]), Framing(b"0\r\n" + trailers + b"\r\n")]


def resized(chunks: Sequence[bytes], size: int) -> list[bytes]:
    """The same content in chunks of ``size`` bytes."""
    content = b"".join(chunks)
    return [content[i : i + size] for i in range(0, len(content), size)]
