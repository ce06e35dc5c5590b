"""How the cases of IMAP tell a message in another way than the fake does: with all that was asked
for, so that nothing but what a case is about is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .asking import asked

if TYPE_CHECKING:
    from ..._core.step import Step
    from ...mailbox import Mail

ANNOUNCED = re.compile(rb"\{\d+\}\r\n\Z")
WORD = re.compile(rb'"(?:[^"\\]|\\.)*"|[A-Z]+')


def literal(text: bytes) -> bytes:
    """A literal, announced with its size."""
    return b"{%d}\r\n%s" % (len(text), text)


def quoted(text: bytes) -> bytes:
    """A quoted string; a literal where there are lines."""
    if b"\r" in text or b"\n" in text:
        return literal(text)
    return b'"%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def lower(line: bytes) -> bytes:
    """Words in lower case, but for those in quotes."""
    return WORD.sub(lambda word: word[0] if word[0][:1] == b'"' else word[0].lower(), line)


def told(
    step: Step,
    mail: Mail,
    number: int = 1,
    *,
    text: Callable[[bytes], bytes] = literal,
    around: Callable[[bytes], bytes] = bytes,
) -> bytes:
    """The untagged FETCH for this message with what the step asks for, and no completion behind it.
    ``text`` writes the message, or what of it was asked for, and ``around`` all else."""
    from ..._core.faults import Framing
    from ...imap.fetch import render
    from ...imap.view import Entry

    parts = render(number, Entry(mail, False), asked(step))
    return b"".join(
        around(ANNOUNCED.sub(b"", part)) if isinstance(part, Framing) else text(part)
        for part in parts
    )
