"""How a rule says what it is, and where it was written."""

from __future__ import annotations

import sys
from pathlib import Path


def shown(value: object, width: int = 60) -> str:
    """A value as a rule shows it: short, and callables by name."""
    if hasattr(value, "__qualname__"):
        return str(value.__qualname__)
    if hasattr(value, "pattern"):
        return f"re.compile({value.pattern!r})"
    if isinstance(value, (bytes, str)) and len(value) > width:
        return f"{value[: width // 2]!r}... ({len(value):,} in all)"
    text = repr(value)
    return text if len(text) <= 2 * width else text[: 2 * width] + "..."


def caller() -> str:
    """Where the test wrote the rule: the first frame that is not of this package."""
    package = __name__.partition(".")[0]
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
