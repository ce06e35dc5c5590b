"""What runs beside the control connection, in the same thread: transfers.

While one runs, the session waits for both: for what the transfer wants, and for the next command.
Commands that need the data connection wait for the end of the transfer; any other is answered at
once (RFC 959 section 5.2 wants that of ABOR and STAT; pyftpdlib and others do it for all).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core import sockets
from .._core.errors import Ended, Silence
from .._core.line_session import LineSession
from .._core.wire import LineTooLong
from . import commands
from .data import Broken
from .waiting import ENDED, NOTHING, READABLE, Waits, Want, wait_for_any

if TYPE_CHECKING:
    import socket

    from .._core.wire import Wire
    from .server import FakeFTP
    from .transfer import Transfer

NO_WANT = Want(None, NOTHING)


@dataclass(eq=False)
class Task:
    """Something that runs: a generator, what it wants, and until when (monotonic seconds)."""

    life: Waits[None]
    want: Want = NO_WANT
    deadline: float | None = None


class RunningSession(LineSession["FakeFTP"]):
    """The part of a session that goes on with transfers."""

    line_limit = commands.LINE

    def __init__(self, server: FakeFTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.tasks: list[Task] = []
        self.transfer: Transfer | None = None  # the one whose data is not through
        self._deaf = False  # all that the client has to say was read
        self._leaves = False  # the client has ended its side, and that was not read yet
        wire.pending = self.is_pending

    def converse(self) -> None:
        """Answer lines until the connection ends."""
        while True:
            if self.tasks:
                self._attend()
            whole = True
            try:
                line = self.wire.read_line(self.line_limit)
            except LineTooLong as error:
                line, whole = error.line, False
            self.command(line, whole)

    # --- tasks

    def launch(self, life: Waits[None]) -> Task:
        """Run it as far as it goes without waiting, and go on with it from then on."""
        task = Task(life)
        self.tasks.append(task)
        self._advance(task, None)
        return task

    def throw(self, task: Task, error: Exception) -> None:
        """Interrupt what a task waits for."""
        try:
            self._now_wants(task, task.life.throw(error))
        except StopIteration:
            self.tasks.remove(task)

    def _advance(self, task: Task, came: bool | None) -> None:
        try:
            # The first value that a generator is sent has to be None.
            self._now_wants(task, task.life.send(came))  # type: ignore[arg-type]
        except StopIteration:
            self.tasks.remove(task)

    def _now_wants(self, task: Task, want: Want) -> None:
        task.want = want
        task.deadline = None if want.seconds is None else time.monotonic() + want.seconds

    def drop_tasks(self) -> None:
        """End what runs."""
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task.life.close()

    # --- waiting

    def _attend(self) -> None:
        """Go on with what runs until there is a command that may be answered now."""
        while self.tasks and not self._has_command():
            self._wait(hears=not self._deaf and not self._is_held_back())
            if self._deaf and self.transfer is None:
                raise Ended

    def _end_stalls(self) -> None:
        """The client has left: it may be that the end of its data connection cannot be seen,
        behind data that nobody reads."""
        for task in list(self.tasks):
            if task.want.stalls:
                self.throw(task, Broken("fin"))

    def finish_transfer(self) -> None:
        """Go on with the transfer to its end; no command is heard any more."""
        while self.transfer is not None:
            self._wait(hears=False)

    def _has_command(self) -> bool:
        """Whether a line has come, or more than a line may have, that is not held back."""
        waiting = self.wire.peek()
        come = b"\r\n" in waiting or len(waiting) >= self.line_limit
        return come and not self._is_held_back()

    def _is_held_back(self) -> bool:
        """Whether the next command needs the data connection, which is in use."""
        if self.transfer is None:
            return False
        line, end, _ = self.wire.peek().partition(b"\r\n")
        return bool(end) and commands.verb(bytes(line)) in commands.IN_TURN

    def _wait(self, hears: bool) -> None:
        """Wait for the client, for what a task wants, or for the end of its patience."""
        wire, tasks = self.wire, list(self.tasks)
        watches = not (hears or self._deaf or self._leaves) and sockets.TELLS_ENDINGS
        asked = [(wire.sock, READABLE if hears else ENDED if watches else NOTHING)]
        asked += [(t.want.sock, t.want.what) for t in tasks if t.want.sock is not None]
        deadlines = [task.deadline for task in tasks if task.deadline is not None]
        seconds = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
        wire.delayed = any(task.want.scripted for task in tasks)
        ready = wait_for_any(asked, seconds)
        wire.delayed = False
        if wire.stopping.is_set():
            wire.wait(1)  # which raises Ended
        self._serve(tasks, ready)
        if wire.sock in ready:
            if watches:
                self._leaves = True
            else:
                self._hear()
        if self._deaf or self._leaves:
            self._end_stalls()

    def _serve(self, tasks: list[Task], ready: list[socket.socket]) -> None:
        now = time.monotonic()
        for task in tasks:
            if task not in self.tasks:
                continue
            if task.want.sock is not None and task.want.sock in ready:
                self._advance(task, True)
            elif task.deadline is not None and task.deadline <= now:
                self._advance(task, False)

    def _hear(self) -> None:
        """Read what the client says. A client that has ended its side need not be gone: a transfer
        goes on. Raises Ended for one that is."""
        heard = not self._deaf
        try:
            with self._without_waiting():
                self.wire.peek(more=True)
        except Silence:  # there was no whole record of TLS
            return
        except Ended:
            gone = self.wire.stopping.is_set() or self.wire.connection.ended_how != "fin"
            if gone or not heard or self.transfer is None:
                raise
            self._deaf = True

    @contextmanager
    def _without_waiting(self) -> Iterator[None]:
        """There is something to read: but by TLS, perhaps not all of what it takes to tell what."""
        encrypted, wire = self.wire.encrypted, self.wire
        if encrypted is not None:
            encrypted.below.setblocking(False)
        try:
            yield
        finally:
            if encrypted is not None and encrypted.below.fileno() >= 0:
                sockets.limit_waits(encrypted.below, wire.timeout)

    def is_pending(self) -> bool:
        """Whether something of a data connection is still to be read, or a delay to be waited
        for. Asked by other threads."""
        transfer = self.transfer
        if transfer is not None and transfer.wire is not None and transfer.wire.is_bursting:
            return True
        return any(_is_pending(task.want) for task in list(self.tasks))


def _is_pending(want: Want) -> bool:
    if want.scripted:
        return True
    if want.sock is None:
        return False
    if want.what == READABLE and sockets.is_readable(want.sock):
        return True
    return sockets.has_left(want.sock)
