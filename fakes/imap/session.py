"""The conversation: what a well-behaved IMAP server answers.

Each handler returns its Answer, or raises Refusal (NO) or Malformed (BAD). The answer has its
effect in any case: a script may accept what the server would refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .._core.authentication import AUTHENTICATES
from .._core.errors import Silence
from .._core.session import Answer
from . import commands, replies
from .idle import watching
from .parser import Token, parse
from .replies import Refusal
from .rule import check_reply, encoded, written
from .storage import StorageCommands
from .values import Malformed
from .view import NOWHERE

if TYPE_CHECKING:
    from .._core.faults import Parts
    from .._core.program import Reply
    from .._core.step import Step
    from .._core.wire import Wire
    from .reading import Incoming
    from .server import FakeIMAP

Handler = Callable[["Step", list[Token]], Answer]
COMPLETE = (commands.OK, commands.NO, commands.BAD)


class IMAPSession(StorageCommands):
    """One connection's conversation."""

    greeted = commands.OK

    def __init__(self, server: FakeIMAP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.is_idle = False

    # --- what the script asks

    def greet(self, step: Step) -> Answer:
        code = self.capability_code(False)
        return Answer((b"* OK %s%s\r\n" % (code, encoded(self.server.greeting)),), commands.OK)

    def silent(self) -> None:
        self.wire.send(replies.SILENT)

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        if "untagged" in reply.options:
            return (b"".join(b"* %s\r\n" % encoded(line) for line in reply.arguments),), ""
        status, *rest = reply.arguments
        if callable(status):
            told = status(step)
            if told is None:
                return None
            if isinstance(told, bytes):
                return (told,), ""
            status, *rest = told if isinstance(told, tuple) else (told,)
            check_reply(status, *(rest or [""]))
        text = rest[0] if rest else ""
        tag = reply.options.get("tag")
        if step.verb == "connect":
            return self.scripted_greeting(status, text)
        is_login = step.verb in ("AUTHENTICATE", "response") and not self.is_idle
        self.follow(step, status)
        lead = {"BYE": "*", "PREAUTH": "*", "+": ""}.get(status, self.tag if tag is None else tag)
        if is_login and status in (commands.OK, commands.CHALLENGE):
            return (written(lead, status, text),), AUTHENTICATES
        return (written(lead, status, text),), status

    def scripted_greeting(self, status: str, text: str | bytes) -> tuple[Parts, str]:
        if status == commands.PREAUTH:
            self.log_in("")
        elif status != commands.OK:
            self.state = commands.TURNED_AWAY
        return (written("" if status == commands.CHALLENGE else "*", status, text),), status

    def follow(self, step: Step, status: str) -> None:
        """What a scripted status does to the lines that come next."""
        if status == commands.CHALLENGE:
            self.scripted_challenge = True
            self.challenged = step.verb != "literal"
        elif status in COMPLETE:
            self.scripted_challenge = False
            self.be_idle(False)  # which a tagged reply ends, whatever it says

    # --- commands

    def execute(self, incoming: Incoming) -> None:
        command = commands.TABLE.get(incoming.verb)
        step = self.step(incoming.verb, incoming.argument, incoming.raw, incoming.message or b"")
        self.answer(step, self.natural, "" if command is None else command.success)
        self.stay_idle()

    def natural(self, step: Step) -> Answer:
        """The natural answer to a command."""
        command = commands.TABLE.get(step.verb)
        if command is None or self.incoming.refusal:
            return self.say(self.incoming.refusal or replies.UNKNOWN)
        refusal = self.out_of_order(command)
        try:
            arguments = parse(self.incoming.chunks)
            check_count(command, arguments)
            handler: Handler = getattr(self, command.handler)
            answer = handler(step, arguments)
        except Malformed as error:
            answer = self.say(b"BAD %s" % encoded(str(error)))
        except Refusal as reason:
            answer = self.say(reason.text, reason.effect)
        return self.say(refusal, answer.effect) if refusal else answer

    def out_of_order(self, command: commands.Command) -> bytes:
        if self.state not in command.states:
            return commands.OUT_OF_ORDER[self.state]
        if command.capability and not self.offers(command.capability):
            return replies.NOT_OFFERED
        return b""

    def objection(self, incoming: Incoming, size: int) -> bytes:
        command = commands.TABLE.get(incoming.verb)
        if command is None:
            return replies.UNKNOWN
        refusal = self.out_of_order(command)
        if not refusal and incoming.has_message_next:
            return self.append_objection(incoming, size)
        return refusal or (replies.TOO_LONG if size > self.limit_of(incoming) else b"")

    # --- responses and IDLE

    def response(self, line: bytes, whole: bool) -> None:
        if not self.is_idle:
            super().response(line, whole)
            return
        self.scripted_challenge = None
        step = self.step("response", line.decode("utf-8", "surrogateescape"), line)
        self.answer(step, self.natural_end, commands.OK)
        self.stay_idle()

    def idle(self, step: Step, arguments: list[Token]) -> Answer:
        """IDLE: RFC 2177 section 3."""
        return Answer((replies.IDLING,), commands.CHALLENGE, partial(self.be_idle, True))

    def be_idle(self, is_idle: bool) -> None:
        """The effect of IDLE, and of DONE."""
        self.is_idle = is_idle
        self.challenged = is_idle

    def natural_end(self, step: Step) -> Answer:
        """The answer to a line that ends an IDLE: DONE is good, and any other ends it as well."""
        effect = partial(self.be_idle, False)
        if step.line.strip().upper() != b"DONE":
            return Answer((self.completion(replies.NO_DONE),), commands.OK, effect)
        return self.done(effect=effect)

    def stay_idle(self) -> None:
        """While it is idle: tell what becomes of the mailbox until the client says something."""
        if self.is_idle and self.wire.connection.closed is None:
            self.challenged = True
            if self.view.folder is not NOWHERE:
                self.tell_news()

    def tell_news(self) -> None:
        wire, view = self.wire, self.view
        with watching(view.folder) as bell:
            while not wire.peek():
                wire.send(view.news(modseq=self.wants_modseq))
                rung = bell.wait(wire.sock, wire.timeout)
                if rung is None:
                    raise Silence(f"the client was silent for {wire.timeout} s")
                if not rung:
                    return
                bell.hear()


def check_count(command: commands.Command, arguments: list[Token]) -> None:
    """Raises Malformed for too few arguments or too many."""
    if len(arguments) < command.least:
        raise Malformed("an argument is missing")
    if len(arguments) > command.most:
        raise Malformed("too many arguments" if command.most else "takes no argument")
