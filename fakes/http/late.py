"""Answers whose bytes are not there before their effect: what a program writes, what a function
returns."""

from __future__ import annotations

from collections.abc import Callable

from .._core.faults import Parts
from .._core.session import Answer


class Late(Answer):
    """An answer of which ``compute()``, which is its effect, gives the bytes.

    Raises ValueError where a rule wants the bytes and takes the effect away.
    """

    def __init__(self, compute: Callable[[], Parts], status: str = "") -> None:
        self._compute = compute
        self._computed: Parts | None = None
        self.status = status
        self.effect = self._happen
        self.afterwards = None

    def _happen(self) -> None:
        self.effect = None  # which is a reference to ourselves
        self._computed = self._compute()

    @property
    def parts(self) -> Parts:
        """The bytes, when the effect has happened."""
        if self._computed is None:
            raise ValueError(
                "without_effect(): the natural answer is what its effect brings about, so a rule "
                "that has none must say what is sent"
            )
        return self._computed

    @parts.setter
    def parts(self, parts: Parts) -> None:
        self._computed = parts
