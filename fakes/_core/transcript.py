"""Everything that crossed the wire, in order, in both directions, and what the script did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

EVENT_COST = 200  # bytes that an event weighs in memory beside its data, against the limit
KEPT = frozenset({"opened", "closed", "timeout", "error"})  # kinds of events that no limit drops
SHOWN_EVENTS = 500  # at the beginning and at the end of the page of a report
SHOWN_LINES = 40  # of one event, on the page of a report
DRAINED_LINES = 3  # of what was only drained
SHOWN_WIDTH = 200  # characters of one line, on the page of a report


@dataclass(slots=True, eq=False)
class Event:
    """One thing that happened on the wire.

    ``time`` is in seconds since the fake started. ``kind`` is, of bytes,

    - ``"data"``: they are of the conversation,
    - ``"drained"``: they were read only to end the connection cleanly,
    - ``"unread"``: they came and are not taken yet (half a line),

    and of notes

    - ``"opened"``, ``"closed"``: a connection began, or ended, by whom and how,
    - ``"tls"``: what became of a handshake, or that TLS is over,
    - ``"rule"``: a rule fired, ``"fault"``: what became of a fault,
    - ``"timeout"``: the client was silent, or did not read, for too long,
    - ``"limit"``: a bound was reached, and bytes are not kept,
    - ``"error"``: an exception in a thread of the fake, or a CGI program that failed,
    - ``"stderr"``: what a CGI program wrote to its standard error,
    - ``"question"``, ``"answer"``: those of DNS, in words.
    """

    time: float
    connection: int
    direction: str
    channel: str
    data: bytes = b""
    note: str = ""
    kind: str = "data"


class Transcript:
    """An iterable of :class:`Event`; ``str()`` of it is the page that a report shows.

    At most ``limit`` bytes are kept. What comes after is counted but not kept, and a note of the
    kind ``"limit"`` says so.
    """

    def __init__(
        self, limit: int, unread: Callable[[], Iterable[tuple[int, bytes]]] = lambda: ()
    ) -> None:
        self.limit = limit
        self._unread = unread
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._changes = 0
        self._waiting = 0  # callers of wait_until; while there are none, nobody is told anything
        self._events: list[Event] = []
        self._weight = 0
        self._full = False
        self._lost = 0
        self._origin = time.perf_counter()

    def clock(self) -> float:
        """Seconds since the fake started."""
        return time.perf_counter() - self._origin

    def restart(self) -> None:
        """Forget everything; time begins anew."""
        with self._lock:
            self._events = []
            self._weight = self._lost = 0
            self._full = False
            self._origin = time.perf_counter()
            self._tell()

    def take(self) -> list[Event]:
        """The events so far, which are forgotten by that; time goes on."""
        with self._lock:
            events, self._events = self._events, []
            self._weight = 0
            self._full = False
        return events

    def record(
        self,
        connection: int,
        direction: str,
        data: bytes,
        channel: str = "control",
        kind: str = "data",
        note: str = "",
    ) -> Event:
        """Bytes that crossed the wire."""
        with self._lock:
            now = time.perf_counter() - self._origin
            event = Event(now, connection, direction, channel, data, note, kind)
            self._weight += EVENT_COST + len(data) + len(note)
            # The notes of how a connection begins and ends are kept whatever happens.
            if self._weight <= self.limit or kind in KEPT:
                self._events.append(event)
            else:
                self._lose(event)
            if self._waiting:
                self._tell()
        return event

    def note(self, connection: int, kind: str, text: str) -> None:
        """Something that happened beside the bytes."""
        self.record(connection, "note", b"", "control", kind, text)

    def stir(self) -> None:
        """Have every ``wait_until`` ask again: something changed that is no event."""
        if self._waiting:  # who begins to wait after this asks after the change, too
            with self._lock:
                self._tell()

    def _lose(self, event: Event) -> None:
        """From the first event that does not fit on, keep no bytes: what is kept has no hole."""
        excess = min(self._weight - self.limit, len(event.data))
        self._lost += excess
        if self._full:
            return
        self._full = True
        event.data = event.data[: len(event.data) - excess]
        if event.data:
            self._events.append(event)
        text = f"transcript_limit of {self.limit:,} bytes reached: later bytes are not kept"
        self._events.append(
            Event(event.time, event.connection, "note", "control", b"", text, "limit")
        )

    def _tell(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def __iter__(self) -> Iterator[Event]:
        """The events; behind them what clients have sent and nobody has taken yet: half a line."""
        events = tuple(self._events)
        yield from events
        for connection, data in self._unread():
            yield Event(self.clock(), connection, "received", "control", data, "", "unread")

    def __len__(self) -> int:
        return len(self._events)

    def received(self, channel: str | None = None, connection: int | None = None) -> bytes:
        """All bytes that clients sent, joined; of one channel or connection if named."""
        return self._joined("received", channel, connection)

    def sent(self, channel: str | None = None, connection: int | None = None) -> bytes:
        """All bytes that the fake sent, joined; of one channel or connection if named."""
        return self._joined("sent", channel, connection)

    def _joined(self, direction: str, channel: str | None, connection: int | None) -> bytes:
        return b"".join(
            event.data
            for event in self
            if event.direction == direction
            and channel in (None, event.channel)
            and connection in (None, event.connection)
        )

    def __str__(self) -> str:
        events = tuple(self)
        left_out = len(events) - 2 * SHOWN_EVENTS
        if left_out > 0:
            page = [row for event in events[:SHOWN_EVENTS] for row in rows(event)]
            page.append(f"... {left_out:,} events more, which iterating shows ...")
            events = events[-SHOWN_EVENTS:]
        else:
            page = []
        page += [row for event in events for row in rows(event)]
        if self._lost:
            page.append(f"({self._lost:,} bytes more are not kept)")
        return "\n".join(page) or "(nothing crossed the wire)"

    def wait_until(self, predicate: Callable[[], object], timeout: float) -> bool:
        """Ask ``predicate`` now and after each event; False when it is still falsy after
        ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        with self._lock:
            self._waiting += 1
        try:
            while True:
                seen = self._changes
                if predicate():
                    return True
                if not self._wait_for_change(seen, deadline):
                    return bool(predicate())
        finally:
            with self._lock:
                self._waiting -= 1

    def _wait_for_change(self, seen: int, deadline: float) -> bool:
        with self._lock:
            while self._changes == seen:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    return False
        return True


_ARROWS = {"received": "<-", "sent": "->", "note": "--"}


def rows(event: Event) -> Iterator[str]:
    """The lines of one event on the page: time, connection, arrow, text."""
    lead = f"{event.time:9.4f}  #{event.connection}  {_ARROWS[event.direction]} "
    if event.direction == "note":
        yield f"{lead}{event.kind}: {event.note}"
        return
    mark = "" if event.kind == "data" else f"[{event.kind}] "
    if event.channel == "data":
        mark += "[data] "
    lines = event.data.splitlines(keepends=True) if event.data else [b""]
    shown = DRAINED_LINES if event.kind == "drained" else SHOWN_LINES
    for line in lines[:shown]:
        yield lead + mark + printable(line)
        lead = " " * len(lead)
    if len(lines) > shown:
        rest = sum(map(len, lines[shown:]))
        yield f"{lead}{mark}... {len(lines) - shown:,} lines more, {rest:,} bytes"


def printable(line: bytes) -> str:
    """One line for people: CRLF is what one expects and is not shown, every other ending is."""
    ending = ""
    if line.endswith(b"\r\n"):
        line = line[:-2]
    else:
        ending = "" if line.endswith((b"\n", b"\r")) else " (no line end)"
    cut = f" ... {len(line) - SHOWN_WIDTH:,} bytes more" if len(line) > SHOWN_WIDTH else ""
    text = line[:SHOWN_WIDTH].decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else _escaped(c) for c in text) + cut + ending


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
