"""AUTH (RFC 4954): one exchange of a SASL mechanism over the lines of a session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .._core import sasl
from .._core.line_session import LineSession
from .._core.session import Answer
from . import commands, replies

if TYPE_CHECKING:
    from .._core.step import Step
    from .._core.wire import Wire
    from .server import FakeSMTP


class Authentication(LineSession["FakeSMTP"]):
    """The part of a session that logs somebody in."""

    def __init__(self, server: FakeSMTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.offered: dict[str, str] = {}  # the words of EHLO, with what stands behind them
        self.user: str | None = None
        self.exchange: sasl.Exchange | None = None  # the one that is under way
        self.said = 0  # the code of a scripted reply to the step at hand

    def auth(self, step: Step, refusal: bytes) -> Answer:
        """AUTH: RFC 4954 section 4."""
        name, _, initial = step.argument.partition(" ")
        offered = self.offered.get("AUTH", "").split()
        kind = sasl.MECHANISMS.get(name.upper()) if name.upper() in offered else None
        if not refusal:
            if "AUTH" not in self.offered:
                refusal = replies.AUTH_NOT_OFFERED
            elif self.user is not None:
                refusal = replies.AUTH_AGAIN
            elif kind is None:
                refusal = replies.NO_MECHANISM
        exchange = (kind or sasl.Exchange)(self.server.users)
        word = initial.encode("utf-8", "surrogateescape")
        try:
            progress = exchange.begin(sasl.decode_initial(word))
        except sasl.BadBase64:
            return self.refused(exchange, refusal or replies.BAD_BASE64)
        return self.refused(exchange, refusal) if refusal else self.progressed(exchange, progress)

    def response(self, line: bytes, whole: bool) -> None:
        """A line that answers a 334."""
        exchange, self.exchange = self.exchange, None
        step = self.step("response", line.decode("utf-8", "surrogateescape"), line)
        self.said = 0
        engine = partial(self.go_on, exchange, whole)
        self.answer(step, engine, commands.AUTHENTICATES)

    def go_on(self, exchange: sasl.Exchange | None, whole: bool, step: Step) -> Answer:
        """The natural answer to a response."""
        if exchange is None:
            return self.refused(sasl.Exchange(None), replies.NO_EXCHANGE)
        if not whole:
            return self.refused(exchange, replies.RESPONSE_TOO_LONG)
        if step.line == sasl.CANCEL:
            return self.refused(exchange, replies.CANCELLED)
        try:
            response = sasl.decode(step.line)
        except sasl.BadBase64:
            return self.refused(exchange, replies.BAD_BASE64)
        return self.progressed(exchange, exchange.respond(response))

    def refused(self, exchange: sasl.Exchange, text: bytes) -> Answer:
        return replies.say(text, partial(self.authenticate, exchange, False))

    def progressed(self, exchange: sasl.Exchange, progress: sasl.Progress) -> Answer:
        if isinstance(progress, bytes):
            text, status = b"334 %s\r\n" % sasl.encode(progress), commands.AUTHENTICATES
            return Answer((text,), status, partial(self.authenticate, exchange, True))
        if progress is sasl.Verdict.ACCEPTED:
            effect = partial(self.authenticate, exchange, False)
            return Answer((replies.LOGGED_IN,), commands.AUTHENTICATES, effect)
        wrong = (
            replies.BAD_SASL if progress is sasl.Verdict.MALFORMED else replies.WRONG_CREDENTIALS
        )
        return self.refused(exchange, wrong)

    def authenticate(self, exchange: sasl.Exchange, goes_on: bool) -> None:
        """The effect of AUTH and its responses: a challenge goes on, a success logs in whoever was
        named."""
        if self.said == 334 or (not self.said and goes_on):
            self.exchange, self.challenged = exchange, True
        else:
            self.user = exchange.user
