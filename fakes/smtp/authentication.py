"""AUTH (RFC 4954): how it reads in SMTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core import sasl
from .._core.authentication import AuthenticatingSession
from .._core.session import Answer
from . import commands, replies

if TYPE_CHECKING:
    from .._core.step import Step
    from .._core.wire import Wire
    from .server import FakeSMTP


class Authentication(AuthenticatingSession["FakeSMTP"]):
    """The part of a session that logs somebody in."""

    failures = replies.FAILURES

    def __init__(self, server: FakeSMTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.offered: dict[str, str] = {}  # the words of EHLO, with what stands behind them

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
        return self.begin_exchange(kind, initial, refusal)

    def challenge_line(self, data: bytes) -> bytes:
        return b"334 %s\r\n" % data

    def welcome(self, exchange: sasl.Exchange) -> Answer:
        return Answer((replies.LOGGED_IN,), commands.AUTHENTICATES)
