"""The functions of a FakeXMLRPC, by path: what a test registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar, overload
from xmlrpc.server import SimpleXMLRPCDispatcher

from .._core import checks
from .._core.errors import close_matches

F = TypeVar("F", bound=Callable[..., Any])


class Functions:
    """The part of a FakeXMLRPC that has a dispatcher of the standard library for each path."""

    paths: tuple[str, ...]
    allow_none: bool
    use_builtin_types: bool
    _dispatchers: dict[str, SimpleXMLRPCDispatcher]  # those that were asked for

    def forget_functions(self) -> None:
        """Have no functions but those of introspection and multicall."""
        self._dispatchers = {}

    def dispatcher_at(self, path: str) -> SimpleXMLRPCDispatcher:
        """The dispatcher of one of ``paths``."""
        made = self._dispatchers.get(path)
        return made or self._dispatchers.setdefault(path, self._dispatcher())

    def _dispatcher(self) -> SimpleXMLRPCDispatcher:
        made = SimpleXMLRPCDispatcher(self.allow_none, None, self.use_builtin_types)
        made.register_introspection_functions()
        made.register_multicall_functions()
        return made

    @overload
    def register(self, function: F, name: str | None = None, *, path: str | None = None) -> F: ...

    @overload
    def register(
        self, function: None = None, name: str | None = None, *, path: str | None = None
    ) -> Callable[[F], F]: ...

    @checks.keywords
    def register(
        self,
        function: Callable[..., Any] | None = None,
        name: str | None = None,
        *,
        path: str | None = None,
    ) -> Any:
        """Have a function called for a method: that of its own name, or of ``name``; at all paths,
        or at one.

        Returns the function, so that it is a decorator, too: ``@fake_xmlrpc.register`` and
        ``@fake_xmlrpc.register(name="math.add")``. Raises TypeError for what cannot be called, and
        for a function that has no name; ValueError for a path that is none of ``paths``.
        """
        __tracebackhide__ = True
        if function is None:
            return partial(self.register, name=name, path=path)
        if not callable(function):
            raise TypeError(f"register({function!r}): give what can be called")
        known = getattr(function, "__name__", "<") if name is None else name
        if not isinstance(known, str) or (name is None and known.startswith("<")):
            raise TypeError(f"register({function!r}, name={name!r}): give a name, a str")
        for dispatcher in self._dispatchers_at(path):
            dispatcher.register_function(function, known)
        return function

    @checks.keywords
    def register_instance(
        self, instance: object, allow_dotted_names: bool = False, *, path: str | None = None
    ) -> None:
        """Have the methods of an object called, those that begin with ``_`` not; functions that
        are registered come first. At all paths, or at one.

        With ``allow_dotted_names``, ``a.b`` is the method ``b`` of its attribute ``a``. An object
        with a method ``_dispatch(method, arguments)`` is called by that alone. Raises ValueError
        for a path that is none of ``paths``.
        """
        for dispatcher in self._dispatchers_at(path):
            dispatcher.register_instance(instance, allow_dotted_names)

    def _dispatchers_at(self, path: str | None) -> list[SimpleXMLRPCDispatcher]:
        __tracebackhide__ = True
        paths = self.paths if path is None else (self.known_path(path),)
        return [self.dispatcher_at(one) for one in paths]

    def known_path(self, path: str) -> str:
        """The path, if it is one of ``paths``; else ValueError."""
        __tracebackhide__ = True
        if path not in self.paths:
            hint = close_matches(str(path), frozenset(self.paths))
            raise ValueError(f"path={path!r} is none of the paths of the fake; {hint}")
        return path


def checked_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths. Raises TypeError or ValueError for what are none."""
    __tracebackhide__ = True
    if isinstance(paths, (str, bytes)) or not isinstance(paths, Iterable):
        raise TypeError(f"paths={paths!r}: give an iterable of str")
    made = tuple(dict.fromkeys(paths))
    if not made:
        raise ValueError("paths: give one at least")
    for path in made:
        if not isinstance(path, str) or not path.startswith("/"):
            raise ValueError(f"paths: {path!r}: a path begins with a slash")
    return made
