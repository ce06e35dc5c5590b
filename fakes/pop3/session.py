"""The conversation: what a well-behaved POP3 server answers.

Each handler is asked with the refusal that the state, the line or the argument already calls for,
or b"". It returns its Answer with the effect in any case: a script may accept what the server would
refuse, and the step then has its effect.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from .._core.authentication import AUTHENTICATES
from .._core.session import Answer
from . import commands, replies
from .authorization import Authorization
from .content import stuffed, top
from .rule import check_line, checked_body, encoded, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.faults import Parts
    from .._core.program import Reply
    from .._core.step import Step
    from .._core.wire import Wire
    from ..mailbox import Mail
    from .server import FakePOP3

CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
MAY_BE_WIDE = ("USER", "PASS", "APOP")  # RFC 6856 section 2.2


class POP3Session(Authorization):
    """One connection's conversation."""

    greeted = commands.OK
    line_limit = commands.LONGEST
    refusal = b""  # what the line at hand calls for

    def __init__(self, server: FakePOP3, wire: Wire) -> None:
        super().__init__(server, wire)
        # By number: the message, and RETR's answer, which is put together once.
        self.fetched: dict[int, tuple[bytes, Parts]] = {}

    # --- what the script asks

    def greet(self, step: Step) -> Answer:
        greeting = encoded(self.server.greeting.replace("{timestamp}", self.server.timestamp()))
        return replies.say(b"+OK %s\r\n" % greeting, partial(self.greet_with, greeting))

    def greet_with(self, greeting: bytes) -> None:
        """The effect of a greeting; a scripted one has been written down by now."""
        if self.greeting is None:
            self.greeting = greeting

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        line, *body = reply.arguments
        if callable(line):
            told = line(step)
            if told is None:
                return None
            if isinstance(told, bytes):
                return (told,), ""
            line, *body = told if isinstance(told, tuple) else (told,)
            check_line(line)
            body = [checked_body(line, each) for each in body]
        text = encoded(line)
        status = text.split(None, 1)[0].decode("latin-1") if text.strip() else ""
        if step.verb == "connect":
            self.greeting = text
            if status != commands.OK:
                self.state = commands.TURNED_AWAY
        self.scripted_challenge = self.challenged = status == commands.CHALLENGE
        if step.verb in ("AUTH", "response") and status in (commands.OK, commands.CHALLENGE):
            status = AUTHENTICATES
        return written(line, *body), status

    # --- lines

    def command(self, line: bytes, whole: bool) -> None:
        text = line.decode("utf-8", "surrogateescape")
        verb, _, argument = text.partition(" ")
        verb = verb.upper()
        step = self.step(verb, argument, line)
        command = commands.TABLE.get(verb)
        self.scripted_challenge = None
        self.candidate, self.named = self.named, None
        if not whole or len(line) > commands.LINE:
            self.refusal = replies.TOO_LONG
        elif text.isascii() and text.isprintable():
            self.refusal = b""
        else:
            self.refusal = self.unusual(verb, text)
        self.answer(step, self.natural, "" if command is None else command.success)
        self.release_unless_in()

    def unusual(self, verb: str, text: str) -> bytes:
        """What is said to a line that is not printable ASCII: b"" where that may be."""
        if CONTROLS.search(text):
            return replies.BAD_BYTES
        wide = verb in MAY_BE_WIDE and "USER" in (self.server.offered("UTF8") or [])
        return b"" if text.isascii() or wide else replies.NOT_ASCII

    def natural(self, step: Step) -> Answer:
        """The natural answer to a command."""
        command = commands.TABLE.get(step.verb)
        refusal = self.refusal
        if command is None:
            return replies.say(refusal or (replies.UNKNOWN if step.verb else replies.EMPTY))
        if not refusal:
            refusal = self.out_of_order(command) or wrong_arguments(command, step.argument)
        handler: Callable[[Step, bytes], Answer] = getattr(self, command.handler)
        return handler(step, refusal)

    def out_of_order(self, command: commands.Command) -> bytes:
        if self.state not in command.states:
            return commands.OUT_OF_ORDER[self.state]
        if command.capability and self.server.offered(command.capability) is None:
            return replies.NOT_OFFERED
        return b""

    # --- commands

    def stat(self, step: Step, refusal: bytes) -> Answer:
        """STAT: RFC 1939 section 5. Deleted messages are not counted."""
        return replies.say(refusal or b"+OK %d %d\r\n" % self.totals())

    def totals(self) -> tuple[int, int]:
        sizes = [mail.size for _, mail in self.remaining()]
        return len(sizes), sum(sizes)

    def remaining(self) -> list[tuple[int, Mail]]:
        """Number and message, of those that are not deleted."""
        return [pair for pair in enumerate(self.mails, 1) if pair[0] not in self.deleted]

    def scan(self, step: Step, refusal: bytes) -> Answer:
        """LIST: RFC 1939 section 5."""
        head = b"+OK %d messages (%d octets)\r\n" % self.totals()
        return self.listing(step, refusal, head, lambda mail: b"%d" % mail.size)

    def uidl(self, step: Step, refusal: bytes) -> Answer:
        """UIDL: RFC 1939 section 7."""
        return self.listing(step, refusal, replies.DONE, lambda mail: encoded(mail.uid))

    def listing(
        self, step: Step, refusal: bytes, head: bytes, tell: Callable[[Mail], bytes]
    ) -> Answer:
        """A line for each message, or for the one that is asked for."""
        if not refusal and step.argument:
            _, mail, refusal = self.pick(step.argument)
            if mail is not None:
                return replies.say(b"+OK %s %s\r\n" % (step.argument.encode(), tell(mail)))
        if refusal:
            return replies.say(refusal)
        rows = (b"%d %s\r\n" % (number, tell(mail)) for number, mail in self.remaining())
        return replies.lines(head, b"".join(rows))

    def retr(self, step: Step, refusal: bytes) -> Answer:
        """RETR: RFC 1939 section 5."""
        number, mail, reason = self.pick(step.argument)
        if refusal or mail is None:
            return replies.say(refusal or reason)
        known = self.fetched.get(number)
        if known is None or known[0] is not mail.content:
            answer = replies.lines(b"+OK %d octets\r\n" % mail.size, stuffed(mail.content))
            known = self.fetched[number] = mail.content, answer.parts
        return Answer(known[1], commands.OK)

    def top(self, step: Step, refusal: bytes) -> Answer:
        """TOP: RFC 1939 section 7."""
        number, _, count = step.argument.partition(" ")
        _, mail, reason = self.pick(number)
        lines = whole_number(count)
        if not refusal and lines is None:
            refusal = replies.NO_NUMBER
        if refusal or mail is None:
            return replies.say(refusal or reason)
        return replies.lines(replies.DONE, stuffed(top(mail.content, lines or 0)))

    def pick(self, text: str) -> tuple[int, Mail | None, bytes]:
        """The number and the message that ``text`` names, or 0, None and what is wrong with it."""
        number = whole_number(text)
        if number is None:
            return 0, None, replies.NO_NUMBER
        if not 1 <= number <= len(self.mails):
            return 0, None, replies.NO_MESSAGE
        if number in self.deleted:
            return number, None, replies.DELETED
        return number, self.mails[number - 1], b""

    def dele(self, step: Step, refusal: bytes) -> Answer:
        """DELE: RFC 1939 section 5. It only marks."""
        number, _, reason = self.pick(step.argument)
        return replies.say(refusal or reason or replies.DONE, partial(self.deleted.add, number))

    def rset(self, step: Step, refusal: bytes) -> Answer:
        return replies.say(refusal or replies.DONE, self.deleted.clear)

    def noop(self, step: Step, refusal: bytes) -> Answer:
        return replies.say(refusal or replies.DONE)

    def quit(self, step: Step, refusal: bytes) -> Answer:
        """QUIT: RFC 1939 sections 4 and 6."""
        goodbye = partial(self.wire.close, "server")
        return replies.say(refusal or replies.BYE, self.update, goodbye)

    def update(self) -> None:
        """The effect of QUIT: what is marked is removed, and the mailbox is free again."""
        if self.mailbox is not None:
            self.mailbox.remove(
                *(mail for n, mail in enumerate(self.mails, 1) if n in self.deleted)
            )
        self.release()

    def capa(self, step: Step, refusal: bytes) -> Answer:
        """CAPA: RFC 2449 section 5."""
        if refusal:
            return replies.say(refusal)
        words = b"".join(encoded(word) + b"\r\n" for word in self.words())
        return replies.lines(replies.DONE, stuffed(words))

    def words(self) -> list[str]:
        """The words of CAPA; RFC 2595 section 4 for STLS."""
        words = self.server.capabilities
        encrypted = self.wire.encrypted is not None
        return [word for word in words if not (encrypted and word.upper() == "STLS")]

    def stls(self, step: Step, refusal: bytes) -> Answer:
        """STLS: RFC 2595 section 4."""
        if self.wire.encrypted is not None:
            refusal = refusal or replies.TLS_ALREADY
        elif self.server.tls != "starttls":
            refusal = replies.NOT_DONE
        return replies.say(refusal or replies.START_TLS, afterwards=self.encrypt)

    def encrypt(self) -> None:
        """Behind the answer to STLS: a name that was given before is forgotten."""
        self.start_tls()
        self.named = self.candidate = None

    def utf8(self, step: Step, refusal: bytes) -> Answer:
        """UTF8: RFC 6856 section 2.1. Messages are sent as they are in any case."""
        return replies.say(refusal or replies.UTF8_ON)

    def lang(self, step: Step, refusal: bytes) -> Answer:
        """LANG: RFC 6856 section 3. It has English and nothing else."""
        if refusal:
            return replies.say(refusal)
        if not step.argument:
            rows = [f"{tag} {name}\r\n".encode() for tag, name in commands.LANGUAGES.items()]
            return replies.lines(b"+OK languages follow\r\n", b"".join(rows))
        tag = "i-default" if step.argument == "*" else step.argument.lower()
        known = tag in commands.LANGUAGES
        return replies.say(b"+OK %s now\r\n" % tag.encode() if known else replies.NO_LANGUAGE)


def wrong_arguments(command: commands.Command, argument: str) -> bytes:
    """b"", or what is said to too few words of argument or too many."""
    words = len(argument.split())
    if words < command.least:
        return replies.MISSING_ARGUMENT
    if words > command.most:
        return replies.TOO_MANY_ARGUMENTS if command.most else replies.NO_ARGUMENT
    return b""


def whole_number(text: str) -> int | None:
    """A number of messages or lines, or None."""
    return int(text) if text.isdecimal() and text.isascii() else None
