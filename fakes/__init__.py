"""fakefarm: a farm of fake servers for tests.

Servers that really speak their protocol, over real sockets, in this process; any step of any
conversation can be scripted to go wrong. The names below are the public ones, and only they.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._core.errors import FakeFailure
    from ._core.step import Step
    from ._core.transcript import Event, Transcript
    from ._core.wire import Connection
    from .farm import Farm
    from .http import FakeHTTP, Request, Response
    from .mailbox import Mail, Mailbox
    from .pop3 import FakePOP3
    from .smtp import FakeSMTP, Message

# Where each public name lives. They are imported when first asked for, so that a test run that
# uses no fake does not pay for any.
_HOMES = {
    "Connection": "._core.wire",
    "Event": "._core.transcript",
    "FakeFailure": "._core.errors",
    "FakeHTTP": ".http",
    "FakePOP3": ".pop3",
    "FakeSMTP": ".smtp",
    "Farm": ".farm",
    "Mail": ".mailbox",
    "Mailbox": ".mailbox",
    "Message": ".smtp",
    "Request": ".http",
    "Response": ".http",
    "Step": "._core.step",
    "Transcript": "._core.transcript",
}

__all__ = [
    "Connection",
    "Event",
    "FakeFailure",
    "FakeHTTP",
    "FakePOP3",
    "FakeSMTP",
    "Farm",
    "Mail",
    "Mailbox",
    "Message",
    "Request",
    "Response",
    "Step",
    "Transcript",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
