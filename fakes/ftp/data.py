"""The wire of a data connection: the only place that touches its socket.

The rules of the control connection's wire hold here, too: every byte that crosses is in the
transcript, and each way of ending is true on the wire. But nothing here blocks: what has to be
waited for is yielded, see ``waiting.py``.
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING, cast

from .._core import sockets
from .._core.program import Action, Delay, Ending
from .._core.wire import BURST, FLOOD, LINGER, PAUSE
from .waiting import BLIND, ENDED, NOTHING, READABLE, WRITABLE, Waits, Want, pause

if TYPE_CHECKING:
    from .._core.transcript import Transcript
    from .securing import DataSocket

CHUNK = 2**18  # bytes read and written at once
DELIVERY = 0.001  # seconds after which it is asked again whether all has arrived


class Broken(Exception):
    """The client has ended the connection (``how``: ``"fin"``, ``"rst"`` or ``"timeout"``) before
    the transfer was over."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class NotSecured(Exception):
    """The data connection came about, and TLS on it did not: ``reply`` is what is said of that."""

    def __init__(self, reply: bytes, how: str = "fin") -> None:
        super().__init__(reply)
        self.reply = reply
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
        self.encrypted: DataSocket | None = None  # what ``sock`` is while there is TLS
        self._written = 0  # bytes of the last that was to be sent
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
        try:
            yield from self.transmit(data)
        finally:
            self.sent += self._written
            if self._written < len(data):
                event.data = event.data[: self._written]

    def transmit(self, data: bytes) -> Waits[None]:
        """Send what is no part of the content: a handshake, say. Raises Broken."""
        done = self._written = 0
        try:
            while done < len(data):
                try:
                    done += self.sock.send(memoryview(data)[done:] if done else data)
                    self._written = done
                except BlockingIOError:
                    yield from self._until_writable()
            while self.encrypted is not None and not self.encrypted.flush():
                yield from self._until_writable()
        except OSError:
            raise Broken("rst") from None

    def _until_writable(self) -> Waits[None]:
        if not (yield Want(self.sock, WRITABLE, self.timeout)):
            raise Broken("timeout")

    def receive(self, limit: int) -> Waits[bytes]:
        """At most ``limit`` bytes; b"" when the client has ended its side. Raises Broken."""
        data = yield from self.read(limit)
        if data:
            if len(data) >= BURST:
                self._burst = time.monotonic()
            self.received += len(data)
            self.transcript.record(self.number, "received", data, "data")
        return data

    def read(self, limit: int) -> Waits[bytes]:
        """The same of what is no part of the content."""
        while True:
            try:
                data = self.sock.recv(limit)
            except BlockingIOError:
                if not (yield Want(self.sock, READABLE, self.timeout)):
                    raise Broken("timeout") from None
            except OSError:
                raise Broken("rst") from None
            else:
                if not data and self.encrypted is not None and self.encrypted.facts.error:
                    raise Broken("fin")
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

    # --- TLS

    def encrypt(self, encrypted: DataSocket) -> None:
        """All that follows is encrypted."""
        self.sock, self.encrypted = cast("socket.socket", encrypted), encrypted
        self.note("tls", f"data connection: {encrypted.facts}")

    def end_tls(self) -> Waits[None]:
        """Say that nothing more comes by TLS. Nothing happens where that was said, or where there
        is none. Raises Broken."""
        encrypted = self.encrypted
        if encrypted is not None and encrypted.notifies and not self.ended:
            with contextlib.suppress(OSError):  # the client is gone
                encrypted.send_close_notify()
            yield from self.transmit(b"")

    # --- endings

    def end_as_written(self, actions: list[Action]) -> Waits[None]:
        """The endings of a rule, and the waits between them."""
        for action in actions:
            match action:
                case Delay(seconds):
                    yield from pause(seconds)
                case Ending("close", _, close_notify):
                    if close_notify:
                        yield from self.end_tls()
                    self.close("script", close_notify=close_notify)
                case Ending("reset"):
                    yield from self.reset("script")
                case Ending("half_close"):
                    yield from self.end_tls()
                    self.half_close("script")
                case Ending("stall", seconds):
                    yield from self.stall(seconds)
        endings = [action for action in actions if isinstance(action, Ending)]
        if endings[-1].how == "stall":  # silence that is the last word ends with FIN
            self.close("script")

    def close(self, by: str, how: str = "fin", close_notify: bool = True) -> None:
        """End our side with FIN. What the client still sends is for ``drain``."""
        if not self.ended:
            self.ended = True
            if self.encrypted is not None and not close_notify:
                self.encrypted.notifies = False
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
            if self.encrypted is not None:
                self.encrypted.notifies = False
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
