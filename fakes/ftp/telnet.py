"""What Telnet (RFC 854) may have put among the bytes of a command: RFC 959 section 4.1.3 has ABOR
come behind an Interrupt Process and a Synch."""

from __future__ import annotations

import re

# IAC and a command of one byte, IAC and a negotiation of two, and IAC IAC for the byte itself.
MARKS = re.compile(rb"\xff(?:[\xf0-\xfa]|[\xfb-\xfe].?|(\xff))", re.DOTALL)


def stripped(line: bytes) -> bytes:
    """A line without them."""
    return MARKS.sub(lambda mark: mark[1] or b"", line) if b"\xff" in line else line


def verb(line: bytes) -> str:
    """The first word of a line."""
    return stripped(line).partition(b" ")[0].decode("utf-8", "surrogateescape").upper()
