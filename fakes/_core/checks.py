"""What a parameter must be. Each check raises where the test wrote it, and names the parameter."""

from __future__ import annotations

import math
import threading


def is_number(value: object) -> bool:
    """Whether it is a number to reckon with: finite, and no bool."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def seconds(name: str, value: float) -> float:
    """A number of seconds, 0 or more."""
    if not is_number(value) or not 0 <= value <= threading.TIMEOUT_MAX:
        raise ValueError(f"{name}={value!r}: give a number of seconds, 0 or more")
    return value


def positive(name: str, value: float) -> float:
    """A number over 0."""
    if not is_number(value) or value <= 0:
        raise ValueError(f"{name}={value!r}: give a number over 0")
    return value


def whole(name: str, value: int, least: int = 0) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}={value!r}: give a whole number, {least} or more")
    return value


def as_bytes(name: str, value: object) -> bytes:
    """Bytes, a copy that nobody can change."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{name}={value!r}: give bytes")
