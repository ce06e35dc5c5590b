"""A fake POP3 server."""

from __future__ import annotations

from .rule import POP3Rule
from .server import FakePOP3

__all__ = ["FakePOP3", "POP3Rule"]
