"""Text on its way (TYPE A): RFC 959 section 3.1.1.1. On the wire a line ends with CRLF, and here as
this system has it. A line end may fall between two chunks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

BARE_LF = re.compile(rb"(?<!\r)\n")
HERE = os.linesep.encode()


def to_network(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Each LF that no CR stands before becomes CRLF."""
    before = b""
    for chunk in chunks:
        yield BARE_LF.sub(b"\r\n", before + chunk)[len(before) :]
        before = b"\r" if chunk.endswith(b"\r") else b""


class FromNetwork:
    """Each CRLF becomes a line end of this system."""

    def __init__(self) -> None:
        self._held = b""  # a CR at the end, whose LF may come

    def feed(self, chunk: bytes) -> bytes:
        """A chunk, converted as far as it can be."""
        chunk = self._held + chunk
        self._held = b"\r" if chunk.endswith(b"\r") else b""
        return chunk[: len(chunk) - len(self._held)].replace(b"\r\n", HERE)

    def end(self) -> bytes:
        """What was held back."""
        return self._held
