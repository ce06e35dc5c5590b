"""A fake IMAP server."""

from __future__ import annotations

from .rule import IMAPRule
from .server import FakeIMAP

__all__ = ["FakeIMAP", "IMAPRule"]
