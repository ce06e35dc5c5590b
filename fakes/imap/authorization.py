"""Letting somebody in, and what can be said at any time (RFC 3501 sections 6.1 and 6.2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .._core import sasl
from .._core.authentication import AUTHENTICATES, Failure
from .._core.faults import Framing
from .._core.session import Answer
from . import commands, replies
from .parser import Token, astring, atom
from .reading import Reading
from .replies import Late, Refusal
from .rule import encoded
from .values import Malformed
from .view import NOWHERE, View

if TYPE_CHECKING:
    from .._core.faults import Parts
    from .._core.step import Step
    from .._core.wire import Wire
    from ..mailbox import Folders, Mailbox
    from .server import FakeIMAP

Text = bytes | Callable[[], bytes]
Untagged = bytes | Callable[[], "Parts | bytes"]


class Authorization(Reading["FakeIMAP"]):
    """The part of a session that lets somebody in."""

    failures = replies.FAILURES

    def __init__(self, server: FakeIMAP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.state = commands.NOT_AUTHENTICATED
        self.view = View(NOWHERE)
        self.wants_modseq = False  # whether the client has shown that it knows CONDSTORE

    # --- answers

    def done(
        self,
        untagged: Untagged = b"",
        effect: Callable[[], object] | None = None,
        *,
        text: Text = b"",
        afterwards: Callable[[], object] | None = None,
    ) -> Answer:
        """The answer to a command that succeeds: ``untagged`` lines, news of the mailbox, and the
        tagged line, with ``text`` (a response code, say) in front. What is a callable is asked when
        the answer leaves, after the effect."""
        verb, tag = self.incoming.verb, self.tag

        def render() -> Parts:
            parts = untagged() if callable(untagged) else untagged
            code = text() if callable(text) else text
            news = self.news(verb)
            line = b"%s OK %s%s completed\r\n" % (tag.encode(), code, verb.encode())
            data = (Framing(parts),) if isinstance(parts, bytes) else parts
            return (*data, Framing(news + line))

        return Late(render, commands.OK, effect, afterwards)

    def news(self, verb: str) -> bytes:
        """What the client is told of at the end of a command."""
        return self.view.news(verb not in commands.WITHOUT_EXPUNGE, self.wants_modseq)

    def say(self, text: bytes, effect: Callable[[], object] | None = None) -> Answer:
        """The answer to a command that does not succeed."""
        return Answer((self.completion(text),), text.partition(b" ")[0].decode(), effect)

    def refused(self, exchange: sasl.Exchange, text: bytes) -> Answer:
        return super().refused(exchange, self.completion(text))

    # --- the account

    @property
    def account(self) -> Mailbox:
        return self.server.mailbox_of(self.user or "")

    @property
    def folders(self) -> Folders:
        return self.account.folders

    def log_in(self, user: str) -> None:
        """The effect of a login."""
        super().log_in(user)
        self.view = View(NOWHERE)
        self.state = commands.AUTHENTICATED

    def knows(self, user: str, password: str) -> bool:
        users = self.server.users
        return users is None or users.get(user) == password

    def words(self, inside: bool) -> list[str]:
        """The words of CAPABILITY, before or after the login."""
        words = self.server.words(inside)
        if self.wire.encrypted is None:
            return words
        return [word for word in words if word.upper() not in commands.FOR_PLAIN_TEXT]

    def capability_code(self, inside: bool) -> bytes:
        """The response code that tells them, and a space."""
        words = self.words(inside)
        return b"[CAPABILITY %s] " % b" ".join(map(encoded, words)) if words else b""

    def offers(self, word: str) -> bool:
        """Whether a word is listed now."""
        words = self.words(self.state in commands.INSIDE)
        return word in words or any(each.upper() == word for each in words)

    # --- any state

    def capability(self, step: Step, arguments: list[Token]) -> Answer:
        """CAPABILITY: RFC 3501 section 6.1.1."""
        inside = self.state not in commands.BEFORE
        return self.done(b"* CAPABILITY %s\r\n" % b" ".join(map(encoded, self.words(inside))))

    def noop(self, step: Step, arguments: list[Token]) -> Answer:
        """NOOP and CHECK: RFC 3501 sections 6.1.2 and 6.4.1."""
        return self.done()

    def logout(self, step: Step, arguments: list[Token]) -> Answer:
        """LOGOUT: RFC 3501 section 6.1.3."""
        goodbye = partial(self.wire.close, "server")
        return self.done(replies.GOODBYE, self.forget_view, afterwards=goodbye)

    def forget_view(self) -> None:
        """Nothing is selected any more."""
        self.view = View(NOWHERE)
        if self.state == commands.SELECTED:
            self.state = commands.AUTHENTICATED

    def identify(self, step: Step, arguments: list[Token]) -> Answer:
        """ID: RFC 2971 section 3."""
        pairs = arguments[0]
        if not isinstance(pairs, list) and atom(pairs).upper() != "NIL":
            raise Malformed("a list of pairs is expected, or NIL")
        return self.done(b'* ID ("name" "fakefarm")\r\n')

    # --- not authenticated

    def starttls(self, step: Step, arguments: list[Token]) -> Answer:
        """STARTTLS: RFC 3501 section 6.2.1."""
        if self.wire.encrypted is not None:
            return self.say(replies.TLS_ALREADY)
        if self.server.tls != "starttls":
            return self.say(replies.NOT_DONE)
        return self.done(afterwards=self.start_tls)

    def login(self, step: Step, arguments: list[Token]) -> Answer:
        """LOGIN: RFC 3501 section 6.2.3."""
        user, password = (astring(token).decode("utf-8", "surrogateescape") for token in arguments)
        effect = partial(self.log_in, user)
        if any(word.upper() == "LOGINDISABLED" for word in self.words(False)):
            raise Refusal(replies.LOGIN_DISABLED, effect)
        if not self.knows(user, password):
            raise Refusal(replies.WRONG_CREDENTIALS, effect)
        return self.done(effect=effect, text=partial(self.capability_code, True))

    def auth(self, step: Step, arguments: list[Token]) -> Answer:
        """AUTHENTICATE: RFC 3501 section 6.2.2, with an initial response RFC 4959."""
        name = atom(arguments[0]).upper()
        initial = ""
        if len(arguments) > 1:
            initial = astring(arguments[1]).decode("utf-8", "surrogateescape")
        refusal = b""
        kind = sasl.MECHANISMS.get(name) if self.offers("AUTH=" + name) else None
        if kind is None:
            refusal = replies.NO_MECHANISM
        elif initial and not self.offers("SASL-IR"):
            refusal = replies.NO_INITIAL
        return self.begin_exchange(kind, initial, refusal)

    def challenge_line(self, data: bytes) -> bytes:
        return b"+ %s\r\n" % data

    def welcome(self, exchange: sasl.Exchange) -> Answer:
        line = b"OK %sAUTHENTICATE completed" % self.capability_code(True)
        return Answer((self.completion(line),), AUTHENTICATES)

    def no_exchange(self, step: Step) -> Answer:
        """The answer to a line that nobody asked for but a script."""
        return self.say(self.failures[Failure.NO_EXCHANGE])

    # --- authenticated

    def enable(self, step: Step, arguments: list[Token]) -> Answer:
        """ENABLE: RFC 5161 section 3.1. What is not known is passed over."""
        names = [atom(token).upper() for token in arguments]
        enabled = [n for n in dict.fromkeys(names) if n == "CONDSTORE" and self.offers(n)]
        effect = self.enable_condstore if enabled else None
        return self.done(b"* ENABLED%s\r\n" % "".join(f" {n}" for n in enabled).encode(), effect)

    def enable_condstore(self) -> None:
        """RFC 7162 section 3.1: from now on the client is told modification sequences."""
        self.wants_modseq = True
