"""Base of the line protocols: a client says a line, the server answers it.

Two rules hold here. Only CRLF ends a line (RFC 5321 section 2.3.8, and the same in RFC 1939, 3501
and 959): a bare CR or LF is one more byte of the line. And a challenge makes the next line a
``response`` and not a command, whoever wrote the challenge: the engine or the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from .session import Session
from .wire import LineTooLong

if TYPE_CHECKING:
    from .server import FakeServer
    from .wire import Wire

S = TypeVar("S", bound="FakeServer[Any]")


class LineSession(Session[S]):
    """A conversation in lines: ``command()`` and ``response()`` are what a protocol writes."""

    line_limit: ClassVar[int]  # bytes of the longest line of any kind, its end not counted

    def __init__(self, server: S, wire: Wire) -> None:
        super().__init__(server, wire)
        self.challenged = False  # whether the next line answers a challenge

    def converse(self) -> None:
        """Answer lines until the connection ends."""
        read_line, limit = self.wire.read_line, self.line_limit
        while True:
            whole = True
            if self.challenged:
                self.before_response()
            try:
                line = read_line(limit)
            except LineTooLong as error:
                line, whole = error.line, False
            if self.challenged:
                self.challenged = False
                self.response(line, whole)
            else:
                self.command(line, whole)

    def command(self, line: bytes, whole: bool) -> None:
        """Answer a command. ``whole`` is False when the line was too long and this is its start."""
        raise TypeError(f"{type(self).__name__} knows no commands")

    def before_response(self) -> None:
        """A line that answers a challenge is to be read next."""

    def response(self, line: bytes, whole: bool) -> None:
        """Answer a line that answers a challenge."""
        raise TypeError(f"{type(self).__name__} makes no challenges")
