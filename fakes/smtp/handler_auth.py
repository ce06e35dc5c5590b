"""AUTH where an aiosmtpd handler has ``handle_AUTH`` or ``auth_*`` methods."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import MISSING, AuthResult

from .._core import sasl
from .._core.errors import Ended, Silence
from .._core.session import Answer
from . import commands, replies
from .hooks import AskingSession, Overruled

if TYPE_CHECKING:
    from .._core.step import Step


class HandlerAuthentication(AskingSession):
    """The part of a session in which a handler may decide who is let in."""

    def mechanisms(self) -> dict[str, Any]:
        """The handler's ``auth_*`` methods by the name of the mechanism."""
        found = {}
        for name in dir(self.handler):
            if name.startswith("auth_"):
                method = getattr(self.handler, name)
                plain = name.removeprefix("auth_").replace("__", "-")
                found[getattr(method, "__auth_mechanism_name__", plain)] = method
        return found

    def auth(self, step: Step, refusal: bytes) -> Answer:
        words = step.argument.split()
        method = self.mechanisms().get(words[0].upper()) if words else None
        out_of_order = refusal or "AUTH" not in self.offered or self.user is not None
        if out_of_order or (method is None and not hasattr(self.handler, "handle_AUTH")):
            return super().auth(step, refusal)
        try:
            status = self.call("AUTH", words)
            if status is MISSING:
                if method is None:
                    return super().auth(step, refusal)
                return self.judged(self.complete(method, self.face, words))
        except Overruled:
            return Answer(())
        except (Ended, Silence):
            raise
        except Exception as error:
            status = self.caught(error)
        return self.judged_by(status)

    def judged_by(self, status: Any) -> Answer:
        """The answer to the status of ``handle_AUTH``; None is that it has answered itself."""
        text = self.status(status) if status is not None else b""
        if not text:
            return Answer(())
        return Answer(
            (text,), commands.AUTHENTICATES if self.kept else "5", partial(self.let_in, None)
        )

    def judged(self, result: Any) -> Answer:
        """The answer to what an ``auth_*`` method returned, in aiosmtpd's new way or its old."""
        if not isinstance(result, AuthResult):
            refused = result is None or result is MISSING or result is False
            result = AuthResult(success=not refused, handled=result is None, auth_data=result)
        if not result.success and result.handled:
            return Answer(())
        natural = replies.LOGGED_IN if result.success else replies.WRONG_CREDENTIALS
        text = result.message.encode() + b"\r\n" if result.message else natural
        status = commands.AUTHENTICATES if result.success else "5"
        return Answer((text,), status, partial(self.let_in, result.auth_data))

    def let_in(self, data: Any) -> None:
        """The effect of an AUTH that the handler judged."""
        data = self.client.auth_data if data is None else data
        login = getattr(data, "login", data)
        self.user = login.decode() if isinstance(login, bytes) else str(login or "")
        self.client.authenticated, self.client.auth_data = True, data

    def authenticate(self, exchange: sasl.Exchange, goes_on: bool) -> None:
        super().authenticate(exchange, goes_on)
        self.client.authenticated = self.user is not None
