"""What a case of the catalogue is, and how it gets there."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar

from .._core.errors import close_matches

# What a good client does.
SUCCEEDS = "succeeds"  # it gets through, exactly once
FAILS = "fails"  # it reports a failure
EITHER = "either"  # the one or the other, and never a lie

# What a client can be asked to do, by protocol; the first is what a case is about by default.
OPERATIONS: dict[str, tuple[str, ...]] = {
    "smtp": ("send",),
    "pop3": ("fetch",),
    "imap": ("fetch",),
    "ftp": ("download", "upload", "list"),
    "dns": ("resolve", "reverse"),
    "http": ("get", "post"),
    "xmlrpc": ("call",),
}

PROTOCOLS = frozenset(OPERATIONS)

Arrange = Callable[[Any], object]
A = TypeVar("A", bound=Arrange)


@dataclass(frozen=True)
class Case:
    """One edge case.

    ``name`` is unique in its protocol; ``phase`` is the module that it stands in; ``operation`` is
    what the client does (see OPERATIONS); ``expect`` is ``"succeeds"``, ``"fails"`` or
    ``"either"``; ``summary`` says in two sentences what the server does and what a good client
    does; ``source`` is the section of a standard, or the public bug, that it comes from.
    ``arguments`` are those of the fake's constructor. ``wants`` is what the client must bring back
    where that is not what the operation brings back without a case.
    """

    protocol: str
    name: str
    phase: str
    operation: str
    expect: str
    summary: str
    source: str
    arrange: Arrange = field(repr=False)
    arguments: dict[str, Any] = field(default_factory=dict, repr=False)
    wants: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.protocol} {self.name}"


_cases: dict[str, dict[str, Case]] = {}


def edge_case(
    protocol: str,
    *,
    operation: str,
    expect: str,
    source: str,
    wants: Any = None,
    **arguments: Any,
) -> Callable[[A], A]:
    """Put a function into the catalogue; its name is the case's, its docstring the summary.

    The function takes the started fake and scripts it. ``arguments`` are those of the fake's
    constructor (``tls="starttls"``). Raises ValueError for an unknown protocol, operation or
    expectation, a name that is taken, and a function without docstring.
    """
    if operation not in OPERATIONS.get(protocol, ()):
        known = OPERATIONS.get(protocol)
        hint = f"one of {', '.join(known)}" if known else close_matches(protocol, PROTOCOLS)
        raise ValueError(f"edge_case({protocol!r}, operation={operation!r}): {hint}")
    if expect not in (SUCCEEDS, FAILS, EITHER):
        raise ValueError(f"expect={expect!r}: give SUCCEEDS, FAILS or EITHER")

    def register(arrange: A) -> A:
        name, phase = arrange.__name__, arrange.__module__.rpartition(".")[2]
        summary = " ".join((inspect.getdoc(arrange) or "").split())
        known = _cases.setdefault(protocol, {})
        taken = name in known and not _is_same(known[name].arrange, arrange)
        if taken or not summary or not source:
            raise ValueError(
                f"{protocol} {name}: a case has a name of its own, a docstring, a source"
            )
        known[name] = Case(
            protocol, name, phase, operation, expect, summary, source, arrange, arguments, wants
        )
        return arrange

    return register


def _is_same(one: Arrange, other: Arrange) -> bool:
    """Whether it is the same function of a module that was imported once more, which happens where
    tests run other tests in their own process."""
    places = [
        (each.__module__, getattr(getattr(each, "__code__", None), "co_firstlineno", 0))
        for each in (one, other)
    ]
    return places[0] == places[1]


def protocols() -> list[str]:
    """Those that have cases."""
    return list(OPERATIONS)


def cases(protocol: str) -> list[Case]:
    """The cases of a protocol, by phase and in the order written. Raises ValueError for a protocol
    that there is none of."""
    if protocol not in OPERATIONS:
        raise ValueError(f"edge_cases({protocol!r}): {close_matches(protocol, PROTOCOLS)}")
    folder = import_module(f".{protocol}", __package__)
    for module in pkgutil.iter_modules(folder.__path__):
        import_module(f".{module.name}", folder.__name__)
    return list(_cases.get(protocol, {}).values())
