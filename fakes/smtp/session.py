"""The conversation: what a well-behaved SMTP server answers.

Each handler is asked with the refusal that the state, the line or the argument already calls for,
or b"". It returns its Answer with the effect in any case: a script may accept what the server would
refuse, and the step then has its effect.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from . import commands, replies, syntax
from .delivery import Delivery
from .outbox import Message
from .rule import check_reply, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.faults import Parts
    from .._core.program import Reply
    from .._core.session import Answer
    from .._core.step import Step
    from .._core.wire import Wire
    from .server import FakeSMTP

CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
MAY_BE_WIDE = ("MAIL", "RCPT", "VRFY", "EXPN")  # RFC 6531 section 3.7


class SMTPSession(Delivery):
    """One connection's conversation."""

    greeted = "2"
    line_limit = commands.LONGEST

    def __init__(self, server: FakeSMTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.helo = ""
        self.refusal = b""  # what the line itself calls for

    # --- what the script asks

    def greet(self, step: Step) -> Answer:
        return replies.say(b"220 %s\r\n" % self.server.greeting.encode("utf-8", "surrogateescape"))

    def silent(self) -> None:
        self.wire.send(replies.SILENT)

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
        self.scripted_challenge = code == 334
        if code == 334:
            self.challenged = True
        if step.verb == "connect" and code >= 400:
            self.state = commands.TURNED_AWAY
        status = str(code)[0]
        if step.verb in ("AUTH", "response") and (status == "2" or code == 334):
            status = commands.AUTHENTICATES
        return (written(code, tuple(lines)),), status

    # --- lines

    def command(self, line: bytes, whole: bool) -> None:
        text = line.decode("utf-8", "surrogateescape").rstrip(" \t")  # RFC 5321 section 4.1.1
        verb, _, argument = text.partition(" ")
        verb = verb.upper()
        step = self.step(verb, argument, line)
        command = self.table.get(verb)
        self.scripted_challenge = None
        limit = commands.LINE if command is None else command.limit
        if not whole or len(line) > limit:
            self.refusal = replies.too_long(limit)
        elif text.isascii() and text.isprintable():
            self.refusal = b""
        else:
            self.refusal = unusual(verb, text)
        if verb == "BDAT":
            self.take_chunk(step)
        else:
            self.answer(step, self.natural, "" if command is None else command.success)

    def natural(self, step: Step) -> Answer:
        """The natural answer to a command."""
        command = self.table.get(step.verb)
        refusal = self.refusal
        if command is None:
            return replies.say(refusal or (replies.UNKNOWN if step.verb else replies.EMPTY))
        if not refusal:
            if self.state not in command.states:
                refusal = commands.OUT_OF_ORDER[self.state]
            elif step.argument:
                refusal = replies.NO_ARGUMENT if command.argument == commands.NONE else b""
            elif command.argument == commands.SOME:
                refusal = replies.MISSING_ARGUMENT
        handler: Callable[[Step, bytes], Answer] = getattr(self, command.handler)
        return handler(step, refusal)

    # --- commands

    def unknown(self, step: Step, refusal: bytes) -> Answer:
        return replies.say(replies.UNKNOWN)

    def unimplemented(self, step: Step, refusal: bytes) -> Answer:
        return replies.say(replies.NOT_DONE)

    def hello(self, step: Step, refusal: bytes) -> Answer:
        """EHLO, HELO, LHLO: RFC 5321 section 4.1.1.1. The name may be any single word."""
        if " " in step.argument:
            refusal = refusal or replies.BAD_SYNTAX
        words = [] if step.verb == "HELO" else self.words()
        text = refusal or self.decided_hello(step, words)
        text = text or written(250, (self.server.hostname, *words))
        return replies.say(text, partial(self.greeted_by, step.argument, words))

    def words(self) -> list[str]:
        """The words of EHLO; RFC 3207 section 4.2 for STARTTLS."""
        words = self.server.capabilities
        encrypted = self.wire.encrypted is not None
        return [word for word in words if not (encrypted and word.upper() == "STARTTLS")]

    def decided_hello(self, step: Step, words: list[str]) -> bytes | None:
        """``decided()`` for EHLO and HELO."""
        return None

    def greeted_by(self, name: str, words: list[str]) -> None:
        """The effect of EHLO: it begins anew, but for who is logged in (section 4.1.4)."""
        self.helo = name
        self.offered = {}
        for word in words:
            keyword, _, rest = word.upper().replace("AUTH=", "AUTH ", 1).partition(" ")
            self.offered[keyword] = f"{self.offered.get(keyword, '')} {rest}"
        self.forget_transaction()
        self.state = commands.READY

    def starttls(self, step: Step, refusal: bytes) -> Answer:
        """STARTTLS: RFC 3207 section 4."""
        if self.wire.encrypted is not None:
            refusal = refusal or replies.TLS_ALREADY
        elif self.server.tls != "starttls":
            refusal = replies.NOT_DONE
        return replies.say(refusal or replies.START_TLS, afterwards=self.encrypt)

    def encrypt(self) -> None:
        """Behind the reply to STARTTLS: what the client said before is forgotten (section 4.2)."""
        self.start_tls()
        if self.wire.encrypted is not None:
            self.forget_transaction()
            self.helo, self.offered, self.user = "", {}, None
            self.state = commands.NEW

    def mail(self, step: Step, refusal: bytes) -> Answer:
        """MAIL: RFC 5321 section 4.1.1.2."""
        path, parameters, refused = self.path(step, "FROM:", replies.BAD_SENDER)
        refusal = refusal or refused
        if not refusal:
            size, most = parameters.get("SIZE", ""), self.server.max_message_size
            if size and int(size) > most:
                refusal = replies.too_big(most)
        text = refusal or self.decided("MAIL", path, parameters) or replies.SENDER_OK
        return replies.say(text, partial(self.begin, path, parameters))

    def begin(self, sender: str, parameters: dict[str, str]) -> None:
        """The effect of MAIL."""
        self.draft = Message(
            sender, [], b"", self.user, self.wire.encrypted is not None, self.helo, parameters
        )
        self.chunks, self.held = [], 0
        self.state = commands.MAIL

    def rcpt(self, step: Step, refusal: bytes) -> Answer:
        """RCPT: RFC 5321 section 4.1.1.3."""
        path, parameters, refused = self.path(step, "TO:", replies.BAD_RECIPIENT)
        refusal = refusal or refused
        most = self.server.max_recipients
        if not refusal and most is not None and len(self.draft.recipients) >= most:
            refusal = replies.too_many(most)
        text = refusal or self.decided("RCPT", path, parameters) or replies.RECIPIENT_OK
        return replies.say(text, partial(self.add, path, parameters))

    def add(self, recipient: str, parameters: dict[str, str]) -> None:
        """The effect of RCPT."""
        self.draft.recipients.append(recipient)
        self.draft.rcpt_options.append(parameters)
        self.state = commands.RCPT

    def path(self, step: Step, keyword: str, malformed: bytes) -> tuple[str, dict[str, str], bytes]:
        """The mailbox and the parameters of MAIL or RCPT, and b"" or what is wrong with them."""
        split = syntax.split_path(step.argument, keyword)
        if split is None:
            return syntax.guess_path(step.argument), {}, replies.BAD_SYNTAX
        path, rest = split
        parameters, refusal = self.parameters(step.verb, rest) if rest else ({}, b"")
        if refusal:
            return path, parameters or {}, refusal
        if not step.argument.isascii() and not self.wide(parameters):
            return path, parameters, replies.NEEDS_UTF8
        if (not path and keyword == "FROM:") or (path.lower() == "postmaster" and keyword == "TO:"):
            return path, parameters, b""  # sections 4.5.5 and 4.1.1.3
        mailbox = syntax.mailbox(path)
        return (path, parameters, malformed) if mailbox is None else (mailbox, parameters, b"")

    def wide(self, parameters: dict[str, str]) -> bool:
        return "SMTPUTF8" in parameters or "SMTPUTF8" in self.draft.mail_options

    def parameters(self, verb: str, text: str) -> tuple[dict[str, str], bytes]:
        """Parameters by keyword, and b"" or what is wrong with them."""
        found = syntax.split_parameters(text)
        if found is None:
            return {}, replies.BAD_SYNTAX
        for keyword, value in found.items():
            known = commands.PARAMETERS[verb].get(keyword)
            if known is None or known.extension not in self.offered:
                return found, b"555 5.5.4 %s is not offered\r\n" % keyword.encode()
            if not known.accepts(value):
                return found, b"501 5.5.4 malformed %s\r\n" % keyword.encode()
            if value.upper() == "BINARYMIME" and "BINARYMIME" not in self.offered:
                return found, b"555 5.5.4 BINARYMIME is not offered\r\n"  # RFC 3030 section 3
        return found, b""

    def rset(self, step: Step, refusal: bytes) -> Answer:
        return replies.say(refusal or self.decided("RSET") or replies.OK, self.forget_transaction)

    def verify(self, step: Step, refusal: bytes) -> Answer:
        """VRFY and EXPN: it tells nothing (RFC 5321 section 7.3)."""
        wide = step.argument.upper().endswith(" SMTPUTF8")
        if not refusal and not step.argument.isascii() and not wide:
            refusal = replies.NEEDS_UTF8
        if not refusal and step.verb == "VRFY":
            refusal = self.decided("VRFY", step.argument) or b""
        return replies.say(refusal or replies.CANNOT_VERIFY)

    def help(self, step: Step, refusal: bytes) -> Answer:
        verbs = (v for v, c in self.table.items() if c.handler not in ("unknown", "unimplemented"))
        return replies.say(refusal or b"214 2.0.0 %s\r\n" % " ".join(verbs).encode())

    def noop(self, step: Step, refusal: bytes) -> Answer:
        return replies.say(refusal or self.decided("NOOP", step.argument or None) or replies.OK)

    def quit(self, step: Step, refusal: bytes) -> Answer:
        goodbye = partial(self.wire.close, "server")
        return replies.say(refusal or self.decided("QUIT") or replies.BYE, afterwards=goodbye)


def unusual(verb: str, text: str) -> bytes:
    """What is said to a line that is not printable ASCII: b"" where that may be."""
    if CONTROLS.search(text):
        return replies.BAD_BYTES
    return b"" if text.isascii() or verb in MAY_BE_WIDE else replies.NOT_ASCII
