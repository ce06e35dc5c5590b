"""The conversation: what crosses the control connection, with the script between."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .._core.script import Firing
from .._core.session import Answer
from . import commands, replies
from .engine import Engine, Plan
from .performing import TransferPerformance
from .refusing import Announced
from .rule import CONTENT, check_reply, encoded, written
from .running import RunningSession
from .transfer import Aborted, Program, Transfer
from .uploads import Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.faults import Parts
    from .._core.program import Part, Reply
    from .._core.session import Engine as Asked
    from .._core.step import Step
    from .._core.tls.encrypted import TLSSocket
    from .._core.wire import Wire
    from .server import FakeFTP

ANONYMOUS = "anonymous"


class FTPSession(RunningSession):
    """One connection's conversation."""

    greeted = commands.DONE

    def __init__(self, server: FakeFTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.part: Part | None = None  # of the rule that has fired at the step at hand
        self.line = ""  # the command at hand
        self.whole = True  # whether it was no longer than it may be
        self.lets_in = False  # a script lets in whoever is named
        self.upload: Upload | None = None  # that the step at hand has begun
        self.encrypted: TLSSocket | None = None  # what the control connection was, CCC or not
        self.is_timed_out = False  # a data connection was silent for too long

    @cached_property
    def engine(self) -> Engine:
        """pyftpdlib's side of the session."""
        return Engine(self)

    @property
    def dry(self) -> bool:
        """Whether the step at hand has no effect."""
        return self.part is not None and not self.part.effect

    # --- what the script asks

    def run(self, connect: Step, firing: Firing | None) -> None:
        with suppress(OSError):  # an ABOR may come as urgent data
            self.wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        try:
            super().run(connect, firing)
        finally:
            self.drop_tasks()
            if "engine" in self.__dict__:
                self.engine.release()

    def greet(self, step: Step) -> Answer:
        lines = self.server.greeting.split("\n")
        return Answer((written(220, tuple(lines)),), commands.DONE, self._let_in)

    def _let_in(self) -> None:
        """The effect of a scripted reply that logs in."""
        if self.lets_in:
            self.engine.log_in(self.engine.username or ANONYMOUS)

    def silent(self) -> None:
        self.wire.send(replies.IDLE)

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        code, *lines = reply.arguments
        if callable(code):
            told = code(step)
            if told is None:
                return None
            if isinstance(told, bytes):
                return (told,), ""
            code, *lines = told if isinstance(told, tuple) else (told,)
            check_reply(code, tuple(lines))
        return (written(code, tuple(lines)),), self._status(step.verb, code)

    def _status(self, verb: str, code: int) -> str:
        """The class of a status, as the effect of a step depends on it."""
        status = str(code)[0]
        if verb in ("USER", "PASS") and code == 332:  # RFC 959 section 5.4
            self.engine.needs_account = True
        self.lets_in = (verb in ("USER", "PASS", "ACCT") and status == "2") or (
            verb == "connect" and code == 230
        )
        return commands.HALF if verb == "USER" and self.lets_in else status

    def play(self, step: Step, engine: Asked, success: str, firing: Firing | None) -> None:
        outer, self.part = self.part, firing.part if firing is not None else None
        try:
            if firing is not None and step.verb in commands.TRANSFERS:
                TransferPerformance(self, step, engine, success, firing).run()
                self.wire.transcript.stir()
            else:
                super().play(step, engine, success, firing)
        finally:
            self.part = outer

    # --- commands

    def command(self, line: bytes, whole: bool) -> None:
        text = commands.stripped(line).decode("utf-8", "surrogateescape")
        verb, _, argument = text.partition(" ")
        step = self.step(verb.upper(), argument, line)
        known = commands.TABLE.get(step.verb)
        self.line, self.whole, self.lets_in = text, whole, False
        self.answer(step, self.natural, commands.DONE if known is None else known.success)
        if "engine" in self.__dict__ and self.engine.closing:
            self.finish_transfer()
            self.wire.close("server")

    def natural(self, step: Step) -> Answer:
        """The natural answer to a command, which has its effect by that, see ``engine.py``."""
        engine = self.engine
        content = None if self.part is None else self.part.settings.get(CONTENT)
        if not self.whole:
            text = encoded(replies.TOO_LONG) + b"\r\n"
        elif content is not None and step.verb in commands.DOWNLOADS and engine.opening():
            engine.forget_restart()
            text = replies.BEGIN
            engine.plan = Plan(iter([content(step) if callable(content) else content]))
        else:
            text = engine.ask(self.line, self.dry)
        status = text[:1].decode()
        if step.verb in commands.UPLOADS and not self.dry:
            self._note_upload(step.verb)
        if step.verb in commands.TRANSFERS:
            return Answer((text,), status, afterwards=lambda: self.begin(step, Program()))
        return Answer((text,), status, self._let_in, self._afterwards(step.verb))

    def _afterwards(self, verb: str) -> Callable[[], None] | None:
        """What follows the reply to a command that protects the control connection, or no more."""
        if verb == "AUTH":
            return self._encrypt
        if verb == "CCC" or (verb == "REIN" and self.server.tls == "starttls"):
            return self._clear
        return None

    def _encrypt(self) -> None:
        """RFC 2228 section 3: who was logged in is that no more."""
        self.start_tls()
        self.engine.flush_account()

    def _clear(self) -> None:
        """RFC 4217 sections 11 and 12.3. A transfer goes on to its end."""
        self.finish_transfer()
        self.wire.leave_tls()

    def secure(self) -> None:
        super().secure()
        self.encrypted = self.wire.encrypted

    def _note_upload(self, command: str) -> None:
        """Write down an upload that begins, before the client is told so."""
        engine = self.engine
        file = engine.plan.file if engine.plan is not None else None
        if file is not None:
            real = str(file.name)
            path = engine.fs.fs2ftp(real)
            begun = path, Path(real), command, engine.username, self.wire.number, file.tell()
            self.upload = Upload(*begun)
            self.server.uploads.append(self.upload)

    # --- transfers

    def begin(self, command: Step, program: Program) -> None:
        """Begin the transfer that was announced to the client."""
        engine = self.engine
        plan, engine.plan = engine.plan, None
        upload, self.upload = self.upload, None
        opening = engine.opening()
        transfer = Transfer(self, command, plan, program, opening, upload)
        engine.lend_opening(transfer)
        step = self.step("transfer", f"{command.verb} {command.argument}".strip(), b"")
        script = self.server.script
        announced = opening.announced if opening is not None else Announced()
        try:
            script.record(step)
            firing = announced.use() or (script.decide(step) if script.rules else None)
        except BaseException:  # of an observer, or a ``where``
            transfer.close()
            raise
        transfer.begin(step, firing)
        self.transfer = transfer
        self.task = self.launch(transfer.run())

    def is_through(self, transfer: Transfer) -> None:
        """The data of a transfer is through: the next one may begin."""
        if self.transfer is transfer:
            self.transfer = None
            self.engine.data_channel = None

    def complete(self, transfer: Transfer, verdict: bytes) -> None:
        """Play the step ``transfer``: perhaps in the middle of an ABOR."""
        answer = Answer((verdict,), verdict[:1].decode(), transfer.have_effect)
        shape, self.wire.shape = self.wire.shape, None
        try:
            self.play(transfer.step, lambda step: answer, commands.DONE, transfer.firing)
        finally:
            self.wire.shape = shape
        if self.is_timed_out:
            self.wire.close("server", "timeout")

    def abort(self) -> None:
        """The effect of ABOR: RFC 959 section 4.1.3."""
        if self.transfer is not None:
            self.throw(self.task, Aborted())

    def announce(self) -> Announced:
        """Ask the script about the data connection whose port is being named to the client."""
        return Announced.by(self.server.script)
