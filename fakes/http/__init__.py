"""A fake HTTP server, HTTP/1.0 and 1.1 (RFC 9110, RFC 9112)."""

from __future__ import annotations

from .message import Headers, Request
from .response import Response
from .rule import HTTPRule
from .server import FakeHTTP

__all__ = ["FakeHTTP", "HTTPRule", "Headers", "Request", "Response"]
