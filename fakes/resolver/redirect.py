"""Putting functions in the place of those of the module ``socket``, and what was there back.

Whoever comes last is in force. Resolvers may end in any order, in any thread: one that ended while
another stands on top of it steps aside, and is taken out when the other ends.
"""

from __future__ import annotations

import functools
import socket
import threading
from collections.abc import Callable
from typing import Any

# Of the module; getfqdn goes through gethostbyaddr.
FUNCTIONS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")
# Of socket.socket: where the address stands among the arguments.
METHODS = {"connect": 0, "connect_ex": 0, "bind": 0, "sendto": -1, "sendmsg": 3}

MARK = "__fakefarm_replacement__"
MISSING = object()

_lock = threading.RLock()

Call = Callable[..., Any]


class Replacement:
    """One function in the place of another. ``make(found)`` makes it."""

    def __init__(self, owner: Any, name: str, make: Callable[[Call], Call]) -> None:
        self.owner = owner
        self.name = name
        self.before = vars(owner).get(name, MISSING)  # a class may inherit it
        self.found: Call = getattr(owner, name)
        self.in_force = True
        self.function = self._wrap(make(self.found))
        setattr(owner, name, self.function)

    def _wrap(self, made: Call) -> Call:
        @functools.wraps(self.found)
        def function(*args: Any, **kwargs: Any) -> Any:
            return (made if self.in_force else self.found)(*args, **kwargs)

        setattr(function, MARK, self)
        return function

    def undo(self) -> None:
        """Put back what was there, unless something stands on top of it."""
        self.in_force = False
        if vars(self.owner).get(self.name) is not self.function:
            return
        before = self.before
        while isinstance(below := getattr(before, MARK, None), Replacement) and not below.in_force:
            before = below.before
        if before is MISSING:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, before)


class Redirection:
    """All replacements of one resolver. ``functions`` has methods of the names of FUNCTIONS that
    take first what they replace, and ``numeric(method, sock, address)``."""

    def __init__(self, functions: Any) -> None:
        with _lock:
            self._replacements = [
                Replacement(socket, name, functools.partial(_function, getattr(functions, name)))
                for name in FUNCTIONS
            ]
            self._replacements += [
                Replacement(
                    socket.socket, name, functools.partial(_method, functions.numeric, name, at)
                )
                for name, at in METHODS.items()
                if hasattr(socket.socket, name)  # Windows has no sendmsg
            ]

    def undo(self) -> None:
        """Put back what was there."""
        with _lock:
            for replacement in self._replacements:
                replacement.undo()


def _function(looks_up: Call, found: Call) -> Call:
    return functools.partial(looks_up, found)


def _method(numeric: Call, name: str, at: int, found: Call) -> Call:
    """A method of a socket whose address has no name in it any more."""

    def method(sock: socket.socket, *args: Any, **kwargs: Any) -> Any:
        if args and at < len(args):
            given = list(args)
            given[at] = numeric(name, sock, given[at])
            args = tuple(given)
        return found(sock, *args, **kwargs)

    return method
