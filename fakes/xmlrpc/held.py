"""Where a rule of the HTTP below acts on the answer to a call that has a rule of its own.

The rule of the call is played first, on what stands here in the place of the wire; what it would
have sent is the natural answer of the other, which then spoils, delays or repeats it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from .._core.errors import Ended
from .._core.faults import Pacer, Parts, Shape

if TYPE_CHECKING:
    from .._core.wire import Wire


class Held:
    """Keeps what is sent, and how the connection is to end after it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.shape: Shape | None = None
        self.parts: list[bytes] = []
        self._endings: list[Callable[[], object]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def deliver(self, parts: Parts) -> bool:
        """Keep what is sent, shaped; what says when the bytes leave is left to the wire."""
        if self.shape is None:
            self.parts += parts
            return True
        spoiled, cut = self.shape.spoil(parts)
        self.parts += spoiled
        self._pace(self.shape.pacers)
        self.shape.pacers = []
        return not cut

    def _pace(self, pacers: list[Pacer]) -> None:
        shape = self._wire.shape
        if pacers and shape is None:
            self._wire.shape = Shape([], pacers)
        elif shape is not None:
            shape.pacers[:0] = pacers

    def below_tls(self) -> NoReturn:
        """Not to be kept. Raises ValueError, which is for the test."""
        raise ValueError("raw(encrypted=False) has no place in an answer that an HTTP rule spoils")

    # --- endings

    def half_close(self, by: str) -> None:
        """Remember to."""
        self._endings.append(partial(self._wire.half_close, by))

    def stall(self, seconds: float | None) -> None:
        """Remember to."""
        self._endings.append(partial(self._wire.stall, seconds))

    def close(self, by: str, *arguments: Any, **options: Any) -> NoReturn:
        """Remember to. Raises Ended, as the wire does."""
        self._endings.append(partial(self._wire.close, by, *arguments, **options))
        raise Ended

    def reset(self, by: str) -> NoReturn:
        """Remember to. Raises Ended, as the wire does."""
        self._endings.append(partial(self._wire.reset, by))
        raise Ended

    def end(self) -> None:
        """When all has left: end the connection as was said."""
        for ending in self._endings:
            ending()
