"""fakefarm: a farm of fake servers for tests.

Servers that really speak their protocol, over real sockets, in this process; any step of any
conversation can be scripted to go wrong. The names below are the public ones, and only they.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._core.errors import FakeFailure
    from ._core.step import Step
    from ._core.tls.certificates import Authority, Certificate
    from ._core.tls.encrypted import TLSFacts
    from ._core.transcript import Event, Transcript
    from ._core.wire import Connection
    from .contract import BrokenContract, EdgeCase, Verdict, edge_cases, truncate_everywhere
    from .dns import FakeDNS, Query
    from .farm import Farm
    from .ftp import FakeFTP, Upload
    from .http import FakeHTTP, Request, Response
    from .imap import FakeIMAP
    from .mailbox import Mail, Mailbox
    from .pop3 import FakePOP3
    from .resolver import FakeResolver, Lookup
    from .smtp import FakeSMTP, Message
    from .xmlrpc import Call, FakeXMLRPC

# Where each public name lives. They are imported when first asked for, so that a test run that
# uses no fake does not pay for any.
_HOMES = {
    "Authority": "._core.tls.certificates",
    "BrokenContract": ".contract",
    "Call": ".xmlrpc",
    "Certificate": "._core.tls.certificates",
    "Connection": "._core.wire",
    "EdgeCase": ".contract",
    "Event": "._core.transcript",
    "FakeDNS": ".dns",
    "FakeFTP": ".ftp",
    "FakeFailure": "._core.errors",
    "FakeHTTP": ".http",
    "FakeIMAP": ".imap",
    "FakePOP3": ".pop3",
    "FakeResolver": ".resolver",
    "FakeSMTP": ".smtp",
    "FakeXMLRPC": ".xmlrpc",
    "Farm": ".farm",
    "Lookup": ".resolver",
    "Mail": ".mailbox",
    "Mailbox": ".mailbox",
    "Message": ".smtp",
    "Query": ".dns",
    "Request": ".http",
    "Response": ".http",
    "Step": "._core.step",
    "TLSFacts": "._core.tls.encrypted",
    "Transcript": "._core.transcript",
    "Upload": ".ftp",
    "Verdict": ".contract",
    "edge_cases": ".contract",
    "truncate_everywhere": ".contract",
}

__all__ = [
    "Authority",
    "BrokenContract",
    "Call",
    "Certificate",
    "Connection",
    "EdgeCase",
    "Event",
    "FakeDNS",
    "FakeFTP",
    "FakeFailure",
    "FakeHTTP",
    "FakeIMAP",
    "FakePOP3",
    "FakeResolver",
    "FakeSMTP",
    "FakeXMLRPC",
    "Farm",
    "Lookup",
    "Mail",
    "Mailbox",
    "Message",
    "Query",
    "Request",
    "Response",
    "Step",
    "TLSFacts",
    "Transcript",
    "Upload",
    "Verdict",
    "edge_cases",
    "truncate_everywhere",
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
