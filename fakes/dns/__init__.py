"""A fake DNS server."""

from __future__ import annotations

from .question import EDNS, Query
from .rule import DNSRule
from .server import FakeDNS

__all__ = ["EDNS", "DNSRule", "FakeDNS", "Query"]
