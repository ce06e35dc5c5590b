"""A fake SMTP server, or LMTP with ``lmtp=True``."""

from __future__ import annotations

from .outbox import Message
from .rule import SMTPRule
from .server import FakeSMTP

__all__ = ["FakeSMTP", "Message", "SMTPRule"]
