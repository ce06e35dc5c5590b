"""What clients have sent to be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Upload:
    """A transfer to the server.

    ``path`` is the path as the client sees it, ``file`` the real one; ``command`` is ``"STOR"``,
    ``"APPE"`` or ``"STOU"``; ``user`` who was logged in; ``offset`` where in the file it began, in
    bytes (REST, APPE). ``complete`` is True when all of it was read and the reply said so: False
    for what is under way, was cut off, or was answered by anything but success.
    """

    path: str
    file: Path
    command: str
    user: str
    connection: int
    offset: int = 0
    complete: bool = False
    pieces: list[bytes] = field(default_factory=list, repr=False)
    size: int = 0

    @property
    def content(self) -> bytes:
        """The bytes that were stored so far. Text (TYPE A) has the line ends of this system."""
        return b"".join(self.pieces)

    def add(self, piece: bytes) -> None:
        """Some more of it."""
        self.pieces.append(piece)
        self.size += len(piece)
