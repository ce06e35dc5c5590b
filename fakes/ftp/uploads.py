"""What clients have sent to be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

KEPT = 4 * 2**20  # bytes of an upload that are kept in memory


@dataclass(eq=False)
class Upload:
    """A transfer to the server.

    ``path`` is the path as the client sees it, ``file`` the real one; ``command`` is ``"STOR"``,
    ``"APPE"`` or ``"STOU"``; ``user`` who was logged in; ``offset`` where in the file it began and
    ``size`` how much was stored, in bytes (REST, APPE). ``complete`` is True when all of it was
    read and the reply said so: False for what is under way, was cut off, or was answered by
    anything but success.
    """

    path: str
    file: Path
    command: str
    user: str
    connection: int
    offset: int = 0
    complete: bool = False
    size: int = 0
    _kept: bytearray | None = field(default_factory=bytearray, repr=False)

    @property
    def content(self) -> bytes:
        """The bytes that were stored so far. Text (TYPE A) has the line ends of this system.

        Over 4 MiB they are read from ``file``, which has to be there as it was: raises OSError
        where it was removed (as a temporary root is when the fake stops) or has become too short.
        """
        kept = self._kept
        if kept is not None:
            return bytes(kept)
        with self.file.open("rb") as file:
            file.seek(self.offset)
            data = file.read(self.size)
        if len(data) < self.size:
            raise OSError(f"{self.file} was changed since {self.size:,} bytes of it were uploaded")
        return data

    def add(self, piece: bytes) -> None:
        """Some more of it, which is in the file."""
        self.size += len(piece)
        if self.size > KEPT:
            self._kept = None
        elif self._kept is not None:
            self._kept += piece
