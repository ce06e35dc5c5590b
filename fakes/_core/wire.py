"""One connection's bytes: the only place that touches a client's socket.

Three rules hold here. Every byte that crosses is in the transcript. Every wait ends at once when
the fake stops. Each way of ending a connection is true on the wire: a FIN is never turned into an
RST by input left unread, and an RST is never a FIN.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from . import sockets
from .errors import Ended, Silence
from .faults import Parts, Shape
from .transcript import Transcript

if TYPE_CHECKING:
    from .tls.encrypted import TLSSocket

CHUNK = 65536  # bytes asked of the socket at once
BURST = 16384  # bytes read at once that tell of more on their way,
PAUSE = 0.02  # for so many seconds
LINGER = 5.0  # seconds at most that a closed connection is drained, waiting for the client's end
COURTESY = 0.1  # seconds that a client has to end TLS before we do, where it goes on in plain text
LOOKAHEAD = 65536  # bytes kept of what a client sends while the script holds it
FLOOD = 2**24  # bytes still drained when LINGER is over: more than a system holds back


@dataclass(eq=False)
class Connection:
    """What is known of one connection.

    ``opened`` and ``closed`` are seconds since the fake started (``closed`` is None while it is
    open). ``ended_by`` is who ended it first: ``"client"``, ``"server"``, ``"script"`` or
    ``"stop"``; ``ended_how`` is ``"fin"``, ``"rst"`` or ``"timeout"``. ``tls`` holds what was
    negotiated, None on a plain connection.
    """

    number: int
    peer: tuple[Any, ...]
    opened: float
    closed: float | None = None
    ended_by: str | None = None
    ended_how: str | None = None
    tls: Any = None


@dataclass(eq=False)
class Fuse:
    """Lets ``left`` bytes more be sent, and then the connection ends: ``"fin"`` or ``"rst"``."""

    left: int
    how: str

    def burn(self, wanted: int) -> int:
        """How many of so many bytes may be sent."""
        allowed = min(wanted, self.left)
        self.left -= allowed
        return allowed


class LineTooLong(Exception):
    """A line exceeded its limit; ``line`` is as much as was kept, all of it was read."""

    def __init__(self, line: bytes) -> None:
        super().__init__(f"line over {len(line)} bytes")
        self.line = line


@dataclass(eq=False)
class Wire:
    """Reads, sends, waits and ends, for one connection."""

    sock: socket.socket
    connection: Connection
    transcript: Transcript
    stopping: threading.Event
    timeout: float | None
    shape: Shape | None = None  # of the rule in force
    half_closed: bool = False
    held: bool = False  # waits for something else than bytes of the client
    delayed: bool = False  # waits because a rule says so
    fuse: Fuse | None = None  # ends the connection after so many bytes
    encrypted: TLSSocket | None = None  # what ``sock`` is while there is TLS
    # Called by who stops the fake, for a wait that is not one for the socket.
    interrupt: Callable[[], object] | None = None
    # Asked by who waits until all was read: whether more than what comes here is still to be read.
    pending: Callable[[], bool] | None = None
    _buffer: bytearray = field(default_factory=bytearray)
    _burst: float = -PAUSE  # when there was one
    _drains_until: float = 0.0  # after it was closed by us

    def __post_init__(self) -> None:
        self.number = self.connection.number
        with contextlib.suppress(OSError):  # some systems refuse it when the client has left
            sockets.limit_waits(self.sock, self.timeout)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # --- reading

    def read_line(self, limit: int, end: bytes = b"\r\n", channel: str = "control") -> bytes:
        """One line without its ``end``. Raises LineTooLong when it has over ``limit`` bytes, once
        all of it was read: what comes next is the next line."""
        buffer, searched = self._buffer, 0
        if not buffer:
            self._fill(channel)
        while (found := buffer.find(end, searched)) < 0:
            if len(buffer) >= limit + len(end):
                raise self._skip_line(limit, end, channel)
            searched = max(0, len(buffer) - len(end) + 1)
            self._fill(channel)
        line = self.take(found + len(end), channel)[:found]
        if found > limit:
            raise LineTooLong(line[:limit])
        return line

    def _skip_line(self, limit: int, end: bytes, channel: str) -> LineTooLong:
        """Read to the end of a line that is too long, keeping no more than its beginning."""
        kept = bytes(self._buffer[:limit])
        while (found := self._buffer.find(end)) < 0:
            self.take(max(0, len(self._buffer) - len(end) + 1), channel)
            self._fill(channel)
        self.take(found + len(end), channel)
        return LineTooLong(kept)

    def read_exactly(self, size: int, channel: str = "control") -> bytes:
        """``size`` bytes, neither more nor fewer. Raises Ended when the client leaves first."""
        while len(self._buffer) < size:
            self._fill(channel)
        return self.take(size, channel)

    def read_some(self, limit: int = CHUNK, channel: str = "control") -> bytes:
        """At least one byte and at most ``limit``."""
        if not self._buffer:
            self._fill(channel)
        return self.take(min(limit, len(self._buffer)), channel)

    def peek(self, more: bool = False, channel: str = "control") -> bytearray:
        """What has come and is not taken yet; with ``more``, after waiting for more of it."""
        if more:
            self._fill(channel)
        return self._buffer

    def take(self, size: int, channel: str = "control") -> bytes:
        """Take ``size`` bytes of what has come, and write them into the transcript."""
        if size == len(self._buffer):
            data = bytes(self._buffer)
            self._buffer.clear()
        else:
            data = bytes(self._buffer[:size])
            del self._buffer[:size]
        if data:
            self.transcript.record(self.number, "received", data, channel)
        return data

    def discard_input(self) -> None:
        """Take what has come and forget it: what was pipelined behind a STARTTLS, say."""
        self.take(len(self._buffer))

    def _fill(self, channel: str = "control") -> None:
        try:
            data = self._receive()
        except (TimeoutError, BlockingIOError):
            raise self._silence() from None
        except OSError:
            raise self.left("rst", channel) from None
        if not data:
            raise self._over(channel)
        self._buffer += data
        self.transcript.stir()

    def _silence(self) -> Silence:
        return Silence(f"the client was silent for {self.timeout} s")

    def _over(self, channel: str = "control") -> Ended:
        """Nothing more comes."""
        if self.encrypted is not None and self.encrypted.broken:
            self.close("server")
        return self.left("fin", channel)

    def _receive(self) -> bytes:
        data = self.sock.recv(CHUNK)
        if len(data) >= BURST:
            self._burst = time.monotonic()
        return data

    def left(self, how: str, channel: str = "control") -> Ended:
        """The client is gone, or the fake is stopping."""
        self.take(len(self._buffer), channel)
        if self.stopping.is_set():
            self._mark("stop", "fin")
        else:
            self._mark("client", how)
        return Ended()

    # --- sending

    def deliver(self, parts: Parts) -> bool:
        """Send an answer through the shaping of the rule in force. False when that cut it."""
        if self.shape is None:
            self.send(parts[0] if len(parts) == 1 else b"".join(parts))
            return True
        spoiled, cut = self.shape.spoil(parts)
        data = b"".join(spoiled)
        if not self.shape.pacers:
            self.send(data)
            return not cut
        for wait, piece in self.shape.pace(data):
            self.wait(wait)
            self.send(piece)
        return not cut

    def send(self, data: bytes, channel: str = "control") -> None:
        """Send ``data`` in one write. Raises Ended when the client is gone, or does not read."""
        if self.half_closed or not data:
            return
        if self.fuse is not None:
            data = data[: self.fuse.burn(len(data))]
            if not data:
                self.end("script", self.fuse.how)
        event = self.transcript.record(self.number, "sent", data, channel)
        sent = 0
        try:
            while sent < len(data):  # mostly once
                sent += self.sock.send(memoryview(data)[sent:] if sent else data)
        except (TimeoutError, BlockingIOError):
            event.data = event.data[:sent]
            self.note("timeout", f"the client did not read for {self.timeout} s")
            self._mark("server", "timeout")
            raise Ended from None
        except OSError:
            event.data = event.data[:sent]
            raise self.left("rst") from None
        if self.fuse is not None and not self.fuse.left:
            self.end("script", self.fuse.how)

    def transmit(self, data: bytes) -> bool:
        """Send what is no part of the conversation, a handshake, through the shaping of the rule in
        force. False when that cut it. Raises OSError as the socket does."""
        pieces: Iterable[tuple[float, bytes]] = [(0.0, data)] if data else []
        cut = False
        if self.shape is not None:
            spoiled, cut = self.shape.spoil((data,))
            pieces = self.shape.pace(b"".join(spoiled))
        for wait, piece in pieces:
            self.wait(wait)
            self.sock.sendall(piece)
        return not cut

    def note(self, kind: str, text: str) -> None:
        """Write a note into the transcript."""
        self.transcript.note(self.number, kind, text)

    # --- TLS

    @contextlib.contextmanager
    def below_tls(self) -> Iterator[None]:
        """What is sent inside goes out as it is."""
        sock = self.sock
        if self.encrypted is not None:
            self.sock = self.encrypted.below
        try:
            yield
        finally:
            self.sock = sock

    def end_tls(self) -> None:
        """Say that nothing more comes by TLS."""
        if self.encrypted is not None:
            with contextlib.suppress(OSError):  # the client is gone, which the next step meets
                self.encrypted.send_close_notify()

    def leave_tls(self) -> None:
        """End TLS, wait until the client has ended it as well, and go on in plain text. Raises
        Ended where the client leaves."""
        encrypted = self.encrypted
        if encrypted is None:
            return
        # Who is first is not said anywhere. lftp takes our end, if it comes with the reply, for
        # that of the connection; curl waits for it.
        sockets.wait_for(encrypted.below, sockets.READABLE, COURTESY)
        self.end_tls()
        try:
            behind = encrypted.leave()
        except (TimeoutError, BlockingIOError):
            raise self._silence() from None
        except OSError:
            raise self.left("rst") from None
        if behind is None:
            raise self._over()
        self.sock, self.encrypted = encrypted.below, None
        self._buffer += behind
        self.note("tls", "ended by both sides; plain text from here on")

    # --- waiting

    def wait(self, seconds: float) -> None:
        """Wait. Raises Ended when the fake stops."""
        if seconds > 0:
            self.delayed = True
            stopped = self.stopping.wait(min(seconds, threading.TIMEOUT_MAX))
            self.delayed = False
            if stopped:
                raise self.left("fin")

    def stall(self, seconds: float | None) -> None:
        """Hold the connection open and silent until ``seconds`` have passed. Raises Ended when the
        client leaves or the fake stops."""
        self.held = True
        leaves = self._leaves_within(seconds)
        self.held = False
        if leaves:
            while True:  # what it sent before it left is kept, and ends in Ended
                self.take(len(self._buffer))
                self._fill()

    def _leaves_within(self, seconds: float | None) -> bool:
        if sockets.TELLS_ENDINGS:
            return sockets.wait_for(self.sock, sockets.ENDED, seconds)
        return self._leaves_reading(seconds)

    def _leaves_reading(self, seconds: float | None) -> bool:
        """Where the system tells no ending behind unread input, read ahead up to LOOKAHEAD."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while len(self._buffer) < LOOKAHEAD:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not sockets.wait_for(self.sock, sockets.READABLE, left):
                return False
            self._fill()
        return self.stopping.wait(None if deadline is None else deadline - time.monotonic())

    def is_settled(self) -> bool:
        """Whether the client has not left. While there is input that we are going to read, and
        just after a burst of it, its end may be behind that, on its way."""
        if sockets.has_left(self.sock) or (self.pending is not None and self.pending()):
            return False
        if self.held or sockets.unsent(self.sock) > 0:
            return True
        return not sockets.is_readable(self.sock) and time.monotonic() - self._burst > PAUSE

    # --- ending

    def close(self, by: str, how: str = "fin", close_notify: bool = True) -> NoReturn:
        """End with FIN. What the client still sends is drained in ``finish``, until it leaves or
        LINGER is over, so that no RST takes the place of the FIN. Raises Ended."""
        self._mark(by, how)
        if self.encrypted is not None and not close_notify:
            self.encrypted.notifies = False
        sockets.shut_down(self.sock, socket.SHUT_WR)
        self._drains_until = time.monotonic() + LINGER
        raise Ended

    def half_close(self, by: str) -> None:
        """Shut down our sending side. Reading goes on; what is sent from now on is lost."""
        if not self.half_closed:
            self._mark(by, "fin", "half-closed")
            self.half_closed = True
            sockets.shut_down(self.sock, socket.SHUT_WR)

    def end(self, by: str, how: str) -> NoReturn:
        """End with ``"fin"`` or ``"rst"``. Raises Ended."""
        if how == "rst":
            self.reset(by)
        self.close(by, how, close_notify=False)

    def reset(self, by: str) -> NoReturn:
        """End with RST, once all that was sent has arrived. Raises Ended."""
        self._await_delivery()
        self._mark(by, "rst")
        if self.encrypted is not None:
            self.encrypted.notifies = False
        self.take(len(self._buffer))
        sockets.close_with_rst(self.sock)
        raise Ended

    def end_after_error(self) -> None:
        """The thread of the connection failed: end with FIN what is not ended yet."""
        if self.connection.closed is None:
            with contextlib.suppress(Ended):
                self.close("server")

    def finish(self) -> None:
        """The thread of the connection is done with it: close the socket. Idempotent."""
        if self.sock.fileno() >= 0:
            if not self._drains_until:
                self.take(len(self._buffer))
                self._mark("stop" if self.stopping.is_set() else "server", "fin")
            self._drain(self._drains_until)
            self.sock.close()

    def _mark(self, by: str, how: str, word: str = "closed") -> None:
        """Write down who ended the connection and how: the first to end it is the one, and the
        end of a half-closed one is told as well."""
        connection = self.connection
        if connection.closed is not None:
            return
        if connection.ended_by is None:
            connection.ended_by, connection.ended_how = by, how
        if word == "closed":
            connection.closed = self.transcript.clock()
        self.note("closed", f"{word} by {by} ({how})")

    def _drain(self, deadline: float) -> None:
        data, late = bytes(self._buffer), 0
        self._buffer.clear()
        while late <= FLOOD:
            if data:
                self.transcript.record(self.number, "received", data, kind="drained")
            left = deadline - time.monotonic()
            try:
                self.sock.settimeout(max(0.0, left))
                data = self._receive()
                if not data and self.encrypted is not None:  # behind the end of TLS
                    data = self.encrypted.below.recv(CHUNK)
            except OSError:  # nothing more in time, or gone
                return
            if not data:
                return
            late += len(data) if left <= 0 else 0

    def _await_delivery(self) -> None:
        """An RST throws away what has not left yet: wait until the client's system has it all, as
        long as the client goes on reading."""
        queued, deadline = sockets.unsent(self.sock), time.monotonic() + LINGER
        while queued and time.monotonic() < deadline:
            self.wait(0.001)  # the system gives no event for it
            before, queued = queued, sockets.unsent(self.sock)
            if queued < before:
                deadline = time.monotonic() + LINGER
        if queued:
            self.note("fault", f"{queued:,} bytes were not read by the client and are lost")
