"""Patterns of steps: a string in which only ``*`` is special, a compiled expression, or None."""

from __future__ import annotations

import re
from functools import lru_cache

Pattern = str | re.Pattern[str] | None


def check_pattern(pattern: object) -> None:
    """Raise TypeError, or ValueError, for what is no pattern."""
    if isinstance(pattern, re.Pattern):
        if isinstance(pattern.pattern, bytes):
            raise TypeError(f"pattern={pattern!r}: steps are text, compile it from str")
    elif isinstance(pattern, str):
        compiled(pattern)
    elif pattern is not None:
        raise TypeError(f"pattern={pattern!r}: give a str, a compiled re.Pattern of str, or None")


def matches(pattern: Pattern, text: str, ignore_case: bool = False) -> bool:
    """Whether ``pattern`` matches: a string all of ``text``, an expression somewhere in it."""
    if pattern is None:
        return True
    if isinstance(pattern, str):
        return compiled(pattern, ignore_case).fullmatch(text) is not None
    return pattern.search(text) is not None


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    r"""The expression that a string pattern stands for; ``\*`` in it is a star."""
    pieces = re.split(r"(\\\*|\*+)", pattern)
    regex = "".join(
        ".*" if piece and not piece.strip("*") else re.escape("*" if piece == "\\*" else piece)
        for piece in pieces
    )
    return re.compile(regex, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
