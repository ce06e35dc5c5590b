"""The wire of a data connection: the only place that touches its socket.

The rules of the control connection's wire hold here, too: every byte that crosses is in the
transcript, and each way of ending is true on the wire. But nothing here blocks: what has to be
waited for is yielded, see ``waiting.py``.
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

from .._core import sockets
from .._core.wire import BURST, FLOOD, LINGER, PAUSE
from .waiting import BLIND, ENDED, NOTHING, READABLE, WRITABLE, Waits, Want, pause

if TYPE_CHECKING:
    from .._core.transcript import Transcript

CHUNK = 2**18  # bytes read and written at once
DELIVERY = 0.001  # seconds after which it is asked again whether all has arrived


class Broken(Exception):
    """The client has ended the connection (``how``: ``"fin"``, ``"rst"`` or ``"timeout"``) before
    the transfer was over."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class DataWire:
    """Reads, sends and ends, for one data connection."""

    def __init__(
        self, sock: socket.socket, number: int, transcript: Transcript, timeout: float
    ) -> None:
        self.sock = sock
        self.number = number
        self.transcript = transcript
        self.timeout = timeout
        self.sent = self.received = 0
        self.ended = self.half_closed = False
        self._burst = -PAUSE  # when much was read at once
        sock.setblocking(False)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = sock.getpeername()
            self.note("opened", f"data connection with {peer[0]}:{peer[1]}")

    def note(self, kind: str, text: str) -> None:
        self.transcript.record(self.number, "note", b"", "data", kind, text)

    # --- bytes

    def send(self, data: bytes) -> Waits[None]:
        """Send ``data``. Raises Broken."""
        if self.half_closed or not data:
            return
        event = self.transcript.record(self.number, "sent", data, "data")
        done = 0
        try:
            while done < len(data):
                try:
                    done += self.sock.send(memoryview(data)[done:] if done else data)
                except BlockingIOError:
                    if not (yield Want(self.sock, WRITABLE, self.timeout)):
                        raise Broken("timeout") from None
                except OSError:
                    raise Broken("rst") from None
        finally:
            self.sent += done
            if done < len(data):
                event.data = event.data[:done]

    def receive(self, limit: int) -> Waits[bytes]:
        """At most ``limit`` bytes; b"" when the client has ended its side. Raises Broken."""
        while True:
            try:
                data = self.sock.recv(limit)
            except BlockingIOError:
                if not (yield Want(self.sock, READABLE, self.timeout)):
                    raise Broken("timeout") from None
                continue
            except OSError:
                raise Broken("rst") from None
            if data:
                if len(data) >= BURST:
                    self._burst = time.monotonic()
                self.received += len(data)
                self.transcript.record(self.number, "received", data, "data")
            return data

    @property
    def is_bursting(self) -> bool:
        """Whether so much has come just now that more of it may be on its way."""
        return time.monotonic() - self._burst <= PAUSE

    def stall(self, seconds: float | None) -> Waits[None]:
        """Do nothing for so long. Raises Broken when the client leaves."""
        self.note("fault", "holds the data connection open and silent")
        if sockets.TELLS_ENDINGS:
            timed = seconds is not None
            if (yield Want(self.sock, ENDED, seconds, scripted=timed, stalls=True)):
                raise Broken("fin")
            return
        deadline = None if seconds is None else time.monotonic() + seconds
        while deadline is None or time.monotonic() < deadline:
            yield Want(None, NOTHING, BLIND, scripted=seconds is not None, stalls=True)
            if sockets.has_left(self.sock):
                raise Broken("fin")

    # --- endings

    def close(self, by: str, how: str = "fin") -> None:
        """End our side with FIN. What the client still sends is for ``drain``."""
        if not self.ended:
            self.ended = True
            self.note("closed", f"data connection closed by {by} ({how})")
            sockets.shut_down(self.sock, socket.SHUT_WR)

    def half_close(self, by: str) -> None:
        """End our side with FIN, and go on reading."""
        if not self.half_closed and not self.ended:
            self.half_closed = True
            self.note("closed", f"data connection half-closed by {by} (fin)")
            sockets.shut_down(self.sock, socket.SHUT_WR)

    def reset(self, by: str) -> Waits[None]:
        """End with RST, once all that was sent has arrived, as long as the client reads."""
        queued, deadline = sockets.unsent(self.sock), time.monotonic() + LINGER
        while queued and time.monotonic() < deadline:
            yield from pause(DELIVERY)
            before, queued = queued, sockets.unsent(self.sock)
            if queued < before:
                deadline = time.monotonic() + LINGER
        if queued:
            self.note("fault", f"{queued:,} bytes were not read by the client and are lost")
        if not self.ended:
            self.ended = True
            self.note("closed", f"data connection closed by {by} (rst)")
            sockets.close_with_rst(self.sock)

    def may_have_input(self, expected: bool) -> bool:
        """Whether there is something to drain, or, if that is ``expected``, may be."""
        return self.sock.fileno() >= 0 and (expected or sockets.is_readable(self.sock))

    def drain(self) -> Waits[None]:
        """Behind a FIN: read what the client still sends, until it leaves or LINGER is over, so
        that no RST takes the place of the FIN."""
        deadline, late = time.monotonic() + LINGER, 0
        while self.sock.fileno() >= 0 and late <= FLOOD:
            try:
                data = self.sock.recv(CHUNK)
            except BlockingIOError:
                left = deadline - time.monotonic()
                if left <= 0 or not (yield Want(self.sock, READABLE, left)):
                    return
                continue
            except OSError:
                return
            if not data:
                return
            self.transcript.record(self.number, "received", data, "data", "drained")
            late += len(data) if time.monotonic() > deadline else 0

    def finish(self, by: str) -> None:
        """Close the socket, whatever the state. Idempotent."""
        if self.sock.fileno() >= 0:
            self.close(by)
            self.sock.close()
