"""A transfer: from the reply that begins it to the one that completes it.

It is a generator that never blocks, see ``waiting.py``; the session runs it beside the control
connection. The step ``transfer`` is decided when it begins, since a rule for it may say that there
is no data connection, and played when the data is through.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._core.faults import Shape
from .._core.program import Action, CloseNotify, Delay, Part
from . import commands, replies
from .carrying import receive, send
from .connecting import NotConnected
from .data import Broken, DataWire, NotSecured
from .rule import REFUSED, STOP_AFTER
from .storing import FileFailed, OverLimit, Store
from .waiting import Waits, pause

if TYPE_CHECKING:
    from .._core.script import Firing
    from .._core.step import Step
    from .connecting import Opening
    from .engine import Plan
    from .session import FTPSession
    from .uploads import Upload


class Aborted(Exception):
    """Thrown into a transfer: the client said ABOR."""


def _say_nothing(action: Action) -> None:
    """Where no rule is in force there is nothing more to say."""


@dataclass
class Program:
    """What a rule does on the data connection: the actions before the data, whether the data comes
    at all, the shape of it, and the actions behind it, from the first ending on."""

    before: list[Action] = field(default_factory=list)
    carries: bool = True
    shape: Shape | None = None
    behind: list[Action] = field(default_factory=list)
    part: Part | None = None
    say: Callable[[Action], None] = _say_nothing  # a sender, on the control connection


class Transfer:
    """One transfer. ``plan`` is None where a script began one that the engine refuses."""

    def __init__(
        self,
        session: FTPSession,
        command: Step,
        plan: Plan | None,
        program: Program,
        opening: Opening | None,
        upload: Upload | None,
    ) -> None:
        self.session = session
        self.command = command
        self.plan = plan
        self.program = program
        self.opening = opening
        self.upload = upload
        self.wire: DataWire | None = None
        self.is_protected = session.engine.protects  # by TLS
        self.running = True  # the data is not through yet
        self.whole = False  # all of an upload was read
        self._completed = False
        self._succeeds = False  # whether the reply that completes it is a success
        self._began = time.monotonic()

    # --- what pyftpdlib's handler asks of its data channel

    @property
    def tot_bytes_sent(self) -> int:
        return self.wire.sent if self.wire else 0

    @property
    def tot_bytes_received(self) -> int:
        return self.wire.received if self.wire else 0

    def get_elapsed_time(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def transfer_in_progress(self) -> bool:
        return True

    # --- its life

    def begin(self, step: Step, firing: Firing | None) -> None:
        """Take what the script says to its ``transfer`` step."""
        self.step, self.firing = step, firing
        settings = firing.part.settings if firing is not None else {}
        self.limit: int | None = settings.get(STOP_AFTER)
        self.refused = REFUSED in settings

    @property
    def is_upload(self) -> bool:
        return self.command.verb in commands.UPLOADS

    def run(self) -> Waits[None]:
        """All of it. Raises Ended when the control connection is over."""
        try:
            if self.session.server.early_completion:
                self._complete(replies.COMPLETE)
            verdict = yield from self._carried()
            self.running = False
            self._judge()
            self._learn()
            self._complete(verdict)
            # Input that nobody has read would make an RST of the FIN; the end of TLS is one.
            if (
                self.wire is not None
                and not self.whole
                and self.wire.may_have_input(self.is_upload or self.is_protected)
            ):
                yield from self.wire.drain()
        finally:
            self.close()

    def close(self) -> None:
        """Close what is open. Idempotent."""
        self.running = False
        self._close_file()
        if self.opening is not None:
            self.opening.close()
        if self.wire is not None:
            self.wire.finish("stop" if self.session.wire.stopping.is_set() else "server")
        self.session.is_through(self)

    def _close_file(self) -> None:
        if self.plan is not None and self.plan.file is not None:
            self.plan.file.close()

    def _complete(self, verdict: bytes) -> None:
        if not self.running:
            self._close_file()  # before the client is told
            self.session.is_through(self)
        if not self._completed:
            self._completed = True
            self.session.complete(self, verdict)

    def have_effect(self) -> None:
        """The effect of the completion, which may come before the data is through."""
        self._succeeds = True
        self._judge()

    def _judge(self) -> None:
        if self.upload is not None:
            self.upload.complete = self.whole and self._succeeds
            self.session.wire.transcript.stir()

    def _learn(self) -> None:
        """Remember for the end of the test whether the faults did what they say."""
        program = self.program
        if program.shape is not None and program.part is not None:
            program.part.learn(program.shape.shortfall())
        if self.limit is not None and self.firing is not None:
            done = self.tot_bytes_sent + self.tot_bytes_received
            text = f"truncate(after={self.limit}) reaches beyond the {done} bytes there were"
            self.firing.part.learn(text if done < self.limit else "")

    # --- the data

    def _carried(self) -> Waits[bytes]:
        """Connect, carry the data, and end the data connection. How that went, as a reply."""
        try:
            yield from self._connect()
            yield from self._carry()
        except Aborted:
            self._end("client")
            return replies.ABORTED
        except NotConnected as error:
            return replies.NO_CONNECTION if error.peer is None else replies.foreign(error.peer)
        except NotSecured as error:
            self._end("server", error.how)
            return error.reply
        except Broken as broken:
            return self._broken(broken.how)
        except OverLimit as over:
            self._end("server")
            return replies.TOO_BIG % over.limit
        except FileFailed as error:
            self._end("server")
            return replies.FILE_ERROR % str(error).encode()
        return replies.COMPLETE

    def _broken(self, how: str) -> bytes:
        if how != "timeout":
            self._end("client", how)
            return replies.BROKEN
        self._end("server", how)
        self.session.is_timed_out = True
        return replies.SILENT

    def _connect(self) -> Waits[None]:
        if self.opening is None or self.refused:
            raise NotConnected
        timeout, control = self.session.server.timeout, self.session.wire
        sock = yield from self.opening.connect(timeout)
        self.wire = DataWire(sock, control.number, control.transcript, timeout)
        if self.is_protected:
            from .securing import secure  # OpenSSL is for those who need it

            yield from secure(self.session, self.wire, self.step.argument)

    def _carry(self) -> Waits[None]:
        program, ender = self.program, "server"
        assert self.wire is not None
        for action in program.before:
            if isinstance(action, Delay):
                yield from pause(action.seconds)
            elif isinstance(action, CloseNotify):
                yield from self.wire.end_tls()
            else:
                program.say(action)
        if program.carries and self.is_upload:
            store = Store(self.plan, self.upload, self.session.server.max_message_size)
            cut = yield from receive(self.wire, store, program.shape, self.limit)
            self.whole = not cut
            ender = "script" if cut else "client"
        elif program.carries:
            cut = yield from send(self.wire, self.plan, program.shape, self.limit)
            ender = "script" if cut else "server"
        if program.behind:
            yield from self.wire.end_as_written(program.behind)
        yield from self.wire.end_tls()
        self._end(ender)

    def _end(self, by: str, how: str = "fin") -> None:
        if self.wire is not None:
            self.wire.close(by, how)
