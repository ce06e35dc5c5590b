"""Name lookups of this process, answered from a fake DNS."""

from __future__ import annotations

from .lookup import Lookup
from .resolver import FakeResolver

__all__ = ["FakeResolver", "Lookup"]
