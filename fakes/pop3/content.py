r"""Messages as multi-line responses carry them (RFC 1939 section 3), and the lines of TOP.

Lines end with CRLF, and in a message that is well-formed there is no other CR or LF (RFC 5322
section 2.3): for such a message the standard says all. For the others one rule holds here: an LF
ends a line, with or without a CR before it, and a CR alone does not. So a dot behind a bare LF is
stuffed, too: many clients read lines up to an LF, and a bare ``.`` would be the end of the message
for them, what follows a reply to their next command. A client that lets CRLF alone end a line
keeps one dot more there, and stays in step.

The bytes of the message are sent as they are otherwise. Only where it does not end in CRLF one is
added, since the final ``.`` must stand behind a CRLF.
"""

from __future__ import annotations

import re

from .._core.faults import Framing
from ..mailbox import is_whole

END = Framing(b".\r\n")
EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\n")


def stuffed(content: bytes) -> bytes:
    """The lines of a multi-line response, without its final dot."""
    content = b"\n..".join(content.split(b"\n."))  # one search, and replace() would be two
    if content.startswith(b"."):
        content = b"." + content
    return content if is_whole(content) else content + b"\r\n"


def top(content: bytes, lines: int) -> bytes:
    """The header, the empty line behind it, and so many lines of the body (section 7, TOP).

    Where the cut is behind a bare LF, the CRLF that the final dot needs takes its place: another
    one behind it would be a line more.
    """
    end = header_size(content)
    while lines > 0 and end < len(content):
        end = content.find(b"\n", end) + 1 or len(content)
        lines -= 1
    part = content[:end]
    if end < len(content) and part.endswith(b"\n") and not is_whole(part):
        return part[:-1] + b"\r\n"
    return part


def header_size(content: bytes) -> int:
    """Bytes of the header, with its empty line; all of them where there is no empty line."""
    found = EMPTY_LINE.search(content)
    return found.end() if found else len(content)
