"""The record of what was looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lookup:
    """A name or address that was looked up.

    ``function`` is the name of what the client called (``"getaddrinfo"``, ``"connect"``), ``asked``
    the name or address; ``result`` is what it was given, or ``error`` is what was raised; ``time``
    is when it ended, in seconds since the fake DNS started.
    """

    function: str
    asked: str
    result: Any
    error: Exception | None
    time: float

    def __str__(self) -> str:
        outcome = repr(self.result) if self.error is None else repr(self.error)
        return f"{self.function}({self.asked!r}): {outcome}"
