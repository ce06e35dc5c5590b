"""A call: what a test reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.step import Step

if TYPE_CHECKING:
    from xmlrpc.client import Fault

    from ..http import Request


class Call(Step):
    """A call of a method.

    ``verb`` is the method, ``arguments`` is a tuple of what it was called with, and ``argument``
    the same as text: ``"2, 'three'"``. ``request`` is the HTTP request that it came in, and
    ``path`` the path of that, one of the fake's ``paths``; ``content`` is the XML, decoded if it
    came with gzip. ``in_multicall`` says that it is one of those in a ``system.multicall``, which
    is a call, too, and stands before them.

    ``result`` is the value that it was answered with, ``fault`` the ``xmlrpc.client.Fault``. Both
    are None as long as there is no answer, and where that was neither: raw bytes, malformed XML,
    an ending.
    """

    __slots__ = ("arguments", "fault", "in_multicall", "is_told", "path", "request", "result")

    def __init__(
        self,
        method: str,
        arguments: tuple[Any, ...],
        request: Request,
        path: str,
        content: bytes,
        in_multicall: bool = False,
    ) -> None:
        self.verb = method
        self.arguments = arguments
        self.request = request
        self.path = path
        self.content = content
        self.in_multicall = in_multicall
        self.line = request.line
        self.connection = request.connection
        self.time = request.time
        self.result: Any = None
        self.fault: Fault | None = None
        self.is_told = False  # whether these two say how it was answered

    @property
    def argument(self) -> str:  # type: ignore[override]  # made when it is looked at
        """The arguments as text, as Python writes them."""
        return ", ".join(map(repr, self.arguments))

    @property
    def method(self) -> str:
        """The same as ``verb``."""
        return self.verb

    @property
    def is_phase(self) -> bool:
        """False: a method may be called "connect"."""
        return False

    def tell(self, result: Any, fault: Fault | None) -> None:
        """Write down what it is answered with."""
        self.result, self.fault, self.is_told = result, fault, True

    def __repr__(self) -> str:
        return f"<Call {self.verb}({self.argument}) (connection {self.connection})>"
