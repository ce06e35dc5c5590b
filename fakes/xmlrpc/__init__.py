"""A fake XML-RPC server, on a fake HTTP server."""

from __future__ import annotations

from .call import Call
from .malformed import MALFORMED
from .rule import XMLRPCRule
from .server import FakeXMLRPC

__all__ = ["MALFORMED", "Call", "FakeXMLRPC", "XMLRPCRule"]
