"""What a parameter must be. Each check raises where the test wrote it, and names the parameter."""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from .errors import close_matches

P = ParamSpec("P")
T = TypeVar("T")


def keywords(function: Callable[P, T], more: Iterable[str] = ()) -> Callable[P, T]:
    """Have an unknown keyword argument raise TypeError with the close matches. ``more`` are those
    that the function takes as ``**``."""
    code = function.__code__
    named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    known = frozenset([*named, *more]) - {"self"}

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True
        if not known.issuperset(kwargs):
            unknown = next(name for name in kwargs if name not in known)
            hint = close_matches(unknown, known)
            name = function.__qualname__
            if name.endswith("__init__"):  # perhaps that of a base class
                name = type(args[0]).__name__
            raise TypeError(f"{name}() knows no argument {unknown!r}: {hint}")
        return function(*args, **kwargs)

    return checked


def is_number(value: object) -> bool:
    """Whether it is a number to reckon with: finite, and no bool."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def seconds(name: str, value: float) -> float:
    """A number of seconds, 0 or more."""
    __tracebackhide__ = True
    if not is_number(value) or not 0 <= value <= threading.TIMEOUT_MAX:
        raise ValueError(f"{name}={value!r}: give a number of seconds, 0 or more")
    return value


def positive(name: str, value: float) -> float:
    """A number over 0."""
    __tracebackhide__ = True
    if not is_number(value) or value <= 0:
        raise ValueError(f"{name}={value!r}: give a number over 0")
    return value


def whole(name: str, value: int, least: int = 0) -> int:
    """A whole number."""
    __tracebackhide__ = True
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}={value!r}: give a whole number, {least} or more")
    return value


def as_bytes(name: str, value: object) -> bytes:
    """Bytes, a copy that nobody can change."""
    __tracebackhide__ = True
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{name}={value!r}: give bytes")
