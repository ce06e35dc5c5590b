"""One datagram's wire: what a conversation of one question and its answers goes over.

There is no connection behind it. Each answer is a datagram of its own; nothing can be ended, half
closed or reset; and silence is all that a ``stall`` is.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import NoReturn

from .errors import Ended
from .faults import Framing, Parts
from .transcript import Transcript
from .wire import Connection, Wire

# Runs a conversation in a thread of its own, so that those behind it need not wait.
Detach = Callable[[Wire, Callable[[], None]], None]


class DatagramWire(Wire):
    """Sends datagrams to one client. An answer is in parts; an empty ``Framing`` begins each of
    its datagrams."""

    source: socket.socket | None = None  # what the answers are sent from, if not the port itself

    def __init__(
        self,
        sock: socket.socket,
        connection: Connection,
        transcript: Transcript,
        stopping: threading.Event,
        detach: Detach,
    ) -> None:
        self.sock = sock
        self.connection = connection
        self.number = connection.number
        self.transcript = transcript
        self.stopping = stopping
        self.timeout = None
        self._buffer = bytearray()
        self._detach = detach

    def detach(self, conversation: Callable[[], None]) -> None:
        """Go on in a thread of its own: this one waits."""
        self._detach(self, conversation)

    def deliver(self, parts: Parts) -> bool:
        """Send an answer through the shaping of the rule in force. False when that cut it."""
        cut = False
        if parts and not isinstance(parts[0], Framing):
            parts = (Framing(), *parts)
        if self.shape is not None:
            parts, cut = self.shape.spoil(parts)
        for each in groups(parts):
            self.send(b"".join(each))
        return not cut

    def send(self, data: bytes, channel: str = "control") -> None:
        """Send one datagram. Raises Ended when the fake has stopped, OSError for one that is too
        long for the system."""
        if self.stopping.is_set():
            raise Ended
        event = self.transcript.record(self.number, "sent", data, channel)
        sock = self.source or self.sock
        try:
            sock.sendto(data, self.connection.peer)
        except ConnectionError:  # some systems tell here that the client of before has left
            return
        except OSError:
            event.data = b""
            if self.stopping.is_set():  # closed by who stops the fake
                raise Ended from None
            raise

    def stall(self, seconds: float | None) -> None:
        """There is nothing to hold open: silence."""

    def close(self, by: str, how: str = "fin", close_notify: bool = True) -> NoReturn:
        """The conversation is over, and nobody sees it. Raises Ended."""
        raise Ended

    def reset(self, by: str) -> NoReturn:
        """The same."""
        raise Ended

    def half_close(self, by: str) -> None:
        """There is nothing to shut down."""

    def end_after_error(self) -> None:
        """There is nothing to end."""

    def finish(self) -> None:
        """The conversation is over: close what was opened for it alone. Idempotent."""
        if self.source is not None:
            self.source.close()

    def is_settled(self) -> bool:
        """Whether nobody waits for its end: it is being answered."""
        return False

    def left(self, how: str, channel: str = "control") -> Ended:
        return Ended()

    def _mark(self, by: str, how: str, word: str = "closed") -> None:
        """No one ends what is no connection."""


def groups(parts: Parts) -> list[list[bytes]]:
    """The parts of an answer message by message: each begins with its ``Framing``, if there is
    one."""
    found: list[list[bytes]] = []
    for part in parts:
        if isinstance(part, Framing) or not found:
            found.append([])
        found[-1].append(part)
    return found
