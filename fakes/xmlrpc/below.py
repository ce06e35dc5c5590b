"""The HTTP that a FakeXMLRPC stands on: a FakeHTTP that hands over what is a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.script import Script
from ..http import FakeHTTP, HTTPRule, Request, Response
from ..http.authentication import challenge
from ..http.cgi import Program
from .commands import ALLOW
from .page import page
from .session import XMLRPCSession

if TYPE_CHECKING:
    from .._core.step import Step
    from .server import FakeXMLRPC


class RequestScript(Script[HTTPRule]):
    """The rules for requests, and for the phases that come before any: those are steps of both."""

    def __init__(self, seed: int, above: Script[Any]) -> None:
        super().__init__(seed)
        self.above = above

    def record(self, step: Step) -> None:
        """Write the step down, above too if it is a phase, and tell the observers."""
        if not isinstance(step, Request):
            self.above.record(step)
        super().record(step)


class HTTPBelow(FakeHTTP):
    """What ``FakeXMLRPC.http`` is. It has the port, the connections and the transcript."""

    session_class = XMLRPCSession

    def __init__(self, above: FakeXMLRPC, **common: Any) -> None:
        super().__init__(**common)
        self.above = above

    def __repr__(self) -> str:
        return repr(self.above)

    def reset(self) -> None:
        """Reset all of the fake."""
        self.above.reset()

    def natural(self, request: Request, matched: bool) -> Response | Program:
        """What answers without a rule: to GET and HEAD, the documentation of a path."""
        if request.path not in self.above.paths:
            return super().natural(request, matched)
        if self.users is not None and request.user is None:
            return challenge(request)
        if request.verb in ("GET", "HEAD"):
            text = page(self.above.dispatcher_at(request.path), request.path)
            kind = {"Content-Type": "text/html; charset=utf-8"}
            return Response(200, text.encode(), headers=kind)
        if not matched:
            self.unmatched.append(request)
        text = f"405: {request.verb} {request.argument} is neither a call nor a question\n"
        return Response(405, text=text, headers={"Allow": ALLOW})


HTTPBelow.__name__ = FakeHTTP.__name__  # errors call it what it is to a test


class Shared:
    """An attribute of a FakeXMLRPC that is the one of the HTTP below."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, fake: Any, owner: type) -> Any:
        return self if fake is None else getattr(fake.http, self.name)

    def __set__(self, fake: Any, value: Any) -> None:
        setattr(fake.http, self.name, value)


def shared() -> Any:
    """A Shared, for a class body that says its type."""
    return Shared()
