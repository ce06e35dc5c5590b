"""Everything that crossed the wire, in order, in both directions, and what the script did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

EVENT_COST = 200  # bytes that an event weighs in memory beside its data, against the limit
SHOWN_LINES = 40  # of one event, on the page of a report
SHOWN_WIDTH = 200  # characters of one line, on the page of a report


@dataclass(slots=True, eq=False)
class Event:
    """One thing that happened on the wire.

    ``time`` is in seconds since the fake started. ``kind`` is ``"data"`` for bytes of the
    conversation, ``"drained"`` for bytes read only to end the connection cleanly, and for notes
    the sort of note: ``"opened"``, ``"rule"``, ``"fault"``, ``"tls"``, ``"closed"``, ``"error"``,
    ``"limit"``.
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

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.changed = threading.Condition()
        self._events: list[Event] = []
        self._weight = 0
        self._lost = 0
        self._stirs = 0
        self._origin = time.perf_counter()

    def clock(self) -> float:
        """Seconds since the fake started."""
        return time.perf_counter() - self._origin

    def restart(self) -> None:
        """Forget everything; time begins anew."""
        with self.changed:
            self._events = []
            self._weight = self._lost = 0
            self._origin = time.perf_counter()
            self.changed.notify_all()

    def record(
        self,
        connection: int,
        direction: str,
        data: bytes,
        channel: str = "control",
        kind: str = "data",
    ) -> None:
        """Bytes that crossed the wire."""
        self._add(Event(self.clock(), connection, direction, channel, data, "", kind))

    def note(self, connection: int, kind: str, text: str) -> None:
        """Something that happened beside the bytes."""
        self._add(Event(self.clock(), connection, "note", "control", b"", text, kind))

    def stir(self) -> None:
        """Have every ``wait_until`` ask again: something changed that is no event."""
        with self.changed:
            self._stirs += 1
            self.changed.notify_all()

    def _add(self, event: Event) -> None:
        with self.changed:
            weight = EVENT_COST + len(event.data)
            # A note of an opening or an ending is kept whatever happens: they are few.
            if self._weight + weight <= self.limit or event.kind in ("opened", "closed", "error"):
                self._weight += weight
                self._events.append(event)
            else:
                self._lose(event)
            self.changed.notify_all()

    def _lose(self, event: Event) -> None:
        if not self._lost:
            text = f"transcript_limit of {self.limit:,} bytes reached: later bytes are not kept"
            self._events.append(
                Event(event.time, event.connection, "note", "control", b"", text, "limit")
            )
        self._lost += len(event.data)

    def __iter__(self) -> Iterator[Event]:
        return iter(tuple(self._events))

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
        page = [row for event in self for row in _rows(event)]
        if self._lost:
            page.append(f"({self._lost:,} bytes more are not kept)")
        return "\n".join(page) or "(nothing crossed the wire)"

    def wait_until(self, predicate: Callable[[], object], timeout: float) -> bool:
        """Ask ``predicate`` now and after each event; False when it is still falsy after
        ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self._version()
            if predicate():
                return True
            with self.changed:
                while self._version() == seen:
                    if not self.changed.wait(max(0.0, deadline - time.monotonic())):
                        return False

    def _version(self) -> tuple[int, int, int, float]:
        return len(self._events), self._lost, self._stirs, self._origin


_ARROWS = {"received": "<-", "sent": "->", "note": "--"}


def _rows(event: Event) -> Iterator[str]:
    """The lines of one event on the page: time, connection, arrow, text."""
    lead = f"{event.time:9.4f}  #{event.connection}  {_ARROWS[event.direction]} "
    if event.direction == "note":
        yield f"{lead}{event.kind}: {event.note}"
        return
    mark = {"data": "", "drained": "[drained] "}.get(event.kind, "")
    if event.channel == "data":
        mark += "[data] "
    lines = event.data.splitlines(keepends=True) if event.data else [b""]
    for line in lines[:SHOWN_LINES]:
        yield lead + mark + printable(line)
        lead = " " * len(lead)
    if len(lines) > SHOWN_LINES:
        rest = sum(map(len, lines[SHOWN_LINES:]))
        yield f"{lead}{mark}... {len(lines) - SHOWN_LINES:,} lines more, {rest:,} bytes"


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
