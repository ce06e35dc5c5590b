"""The bytes of a message, whatever a test gives for one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

    Content = Message | bytes | str | os.PathLike[str]

LINE_END = re.compile(r"\r\n|\r|\n")


def is_whole(content: bytes) -> bool:
    """Whether a message ends as its last line must; an empty one has no line."""
    return not content or content.endswith(b"\r\n")


def as_content(message: Content) -> bytes:
    """The bytes of a message. Raises TypeError for what is none."""
    if isinstance(message, (bytes, bytearray, memoryview)):
        return bytes(message)
    if isinstance(message, str):
        return LINE_END.sub("\r\n", message).encode("utf-8", "surrogateescape")
    if isinstance(message, os.PathLike):
        return Path(message).read_bytes()
    from email.message import Message

    if isinstance(message, Message):
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    raise TypeError(f"{message!r}: give an EmailMessage, bytes, str, or the path of a file")
