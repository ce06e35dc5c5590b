"""Logging in by SASL (RFC 4422) over the lines of a session.

What the protocols share: an AUTH command begins an exchange, each ``response`` goes on with it, and
a script may answer any of these steps. A protocol writes how its answers read.
"""

from __future__ import annotations

import enum
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from . import sasl
from .line_session import LineSession
from .session import Answer

if TYPE_CHECKING:
    from .server import FakeServer
    from .step import Step
    from .wire import Wire

S = TypeVar("S", bound="FakeServer[Any]")
# The class of status with which AUTH and its responses have their effect: that of a success and
# that of a challenge, which is not the same effect.
AUTHENTICATES = "A"


class Failure(enum.Enum):
    """Why an exchange ends that logs nobody in."""

    NO_EXCHANGE = enum.auto()  # a response to a challenge that no AUTH has led to
    TOO_LONG = enum.auto()
    CANCELLED = enum.auto()
    BAD_BASE64 = enum.auto()
    MALFORMED = enum.auto()
    WRONG = enum.auto()


class AuthenticatingSession(LineSession[S]):
    """The part of a session that logs somebody in."""

    failures: ClassVar[dict[Failure, bytes]]  # what is said to each

    def __init__(self, server: S, wire: Wire) -> None:
        super().__init__(server, wire)
        self.user: str | None = None
        self.exchange: sasl.Exchange | None = None  # the one that is under way
        # Whether a scripted reply to the step at hand is a challenge; None where there is none.
        self.scripted_challenge: bool | None = None

    # --- what a protocol writes

    def challenge_line(self, data: bytes) -> bytes:
        """The line that carries a challenge, which is base64 by now."""
        raise TypeError(f"{type(self).__name__} makes no challenges")

    def welcome(self, exchange: sasl.Exchange) -> Answer:
        """The answer to good credentials: AUTHENTICATES, or why there is no way in all the same."""
        raise TypeError(f"{type(self).__name__} lets nobody in")

    def log_in(self, user: str) -> None:
        """The effect of a success."""
        self.user = user

    # --- what a protocol calls

    def begin_exchange(
        self, kind: type[sasl.Exchange] | None, initial: str, refusal: bytes
    ) -> Answer:
        """The natural answer to AUTH: of a mechanism, or ``refusal`` where there is one. A script
        that accepts what is refused logs in whoever is named."""
        exchange = (kind or sasl.Exchange)(self.server.users)
        try:
            word = sasl.decode_initial(initial.encode("utf-8", "surrogateescape"))
            progress = exchange.begin(word)
        except sasl.BadBase64:
            return self.refused(exchange, refusal or self.failures[Failure.BAD_BASE64])
        return self.refused(exchange, refusal) if refusal else self.progressed(exchange, progress)

    def response(self, line: bytes, whole: bool) -> None:
        exchange, self.exchange = self.exchange, None
        step = self.step("response", line.decode("utf-8", "surrogateescape"), line)
        self.scripted_challenge = None
        self.answer(step, partial(self.go_on, exchange, whole), AUTHENTICATES)

    def go_on(self, exchange: sasl.Exchange | None, whole: bool, step: Step) -> Answer:
        """The natural answer to a response."""
        failure, response = None, b""
        if exchange is None:
            failure = Failure.NO_EXCHANGE
        elif not whole:
            failure = Failure.TOO_LONG
        elif step.line == sasl.CANCEL:
            failure = Failure.CANCELLED
        else:
            try:
                response = sasl.decode(step.line)
            except sasl.BadBase64:
                failure = Failure.BAD_BASE64
        if exchange is None or failure is not None:
            known = exchange or sasl.Exchange(None)
            return self.refused(known, self.failures[failure or Failure.NO_EXCHANGE])
        return self.progressed(exchange, exchange.respond(response))

    def progressed(self, exchange: sasl.Exchange, progress: sasl.Progress) -> Answer:
        if isinstance(progress, bytes):
            text = self.challenge_line(sasl.encode(progress))
            return Answer((text,), AUTHENTICATES, partial(self.authenticate, exchange, True))
        if progress is sasl.Verdict.ACCEPTED:
            answer = self.welcome(exchange)
            answer.effect = partial(self.authenticate, exchange, False)
            return answer
        malformed = progress is sasl.Verdict.MALFORMED
        failure = Failure.MALFORMED if malformed else Failure.WRONG
        return self.refused(exchange, self.failures[failure])

    def refused(self, exchange: sasl.Exchange, text: bytes) -> Answer:
        """``text``; where a script says yes to what is refused, there is an effect all the same."""
        return Answer((text,), "", partial(self.authenticate, exchange, False))

    def authenticate(self, exchange: sasl.Exchange, goes_on: bool) -> None:
        """The effect of AUTH and its responses: a challenge goes on, a success logs in whoever was
        named."""
        scripted = self.scripted_challenge
        if goes_on if scripted is None else scripted:
            self.exchange, self.challenged = exchange, True
        else:
            self.log_in(exchange.user)
