"""The program of a rule: what it does at one stage of its sequence, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .faults import Pacing, Shaping


@dataclass(frozen=True)
class Reply:
    """A sender: the protocol's own form of an answer."""

    arguments: tuple[Any, ...]
    options: dict[str, Any]


@dataclass(frozen=True)
class Raw:
    """A sender: these bytes, or what a callable of the step returns; ``encrypted`` as the
    connection is, or below its TLS."""

    data: bytes | Callable[[Any], bytes]
    encrypted: bool = True


@dataclass(frozen=True)
class Natural:
    """A sender: the natural answer."""


@dataclass(frozen=True)
class Ignore:
    """No answer."""


@dataclass(frozen=True)
class Delay:
    """A wait, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Ending:
    """An ending: ``"close"``, ``"reset"``, ``"half_close"``, ``"stall"`` or ``"refuse"``."""

    how: str
    seconds: float | None = None
    close_notify: bool = True  # whether TLS is ended before the connection is


@dataclass(frozen=True)
class CloseNotify:
    """The end of TLS, and not of the connection."""


Action = Reply | Raw | Natural | Ignore | Delay | Ending | CloseNotify
SENDERS = (Reply, Raw, Natural, Ignore)
FINAL = ("close", "reset", "refuse")  # endings that nothing can follow


@dataclass
class Part:
    """What a rule does at one stage of its sequence."""

    actions: list[Action] = field(default_factory=list)
    faults: list[Shaping | Pacing] = field(default_factory=list)
    limit: int | None = None  # times it fires; None for ever (once, if a part follows)
    skip: int = 0  # matches that pass by before it fires
    probability: float | None = None
    effect: bool = True
    settings: dict[str, Any] = field(default_factory=dict)  # what only one protocol knows
    fired: int = 0
    passed: int = 0
    in_full: bool = False  # a firing did all that it says
    shortfall: str = ""  # why one did less
    _program: tuple[tuple[int, int], tuple[list[Action], list[Action]]] | None = None

    @property
    def refuses(self) -> bool:
        return any(isinstance(a, Ending) and a.how == "refuse" for a in self.actions)

    @property
    def by_chance(self) -> bool:
        """Whether chance may be why it never fires."""
        return self.probability is not None and self.probability < 1

    def program(self) -> tuple[list[Action], list[Action]]:
        """The actions to run: those that send and wait, and from the first ending on. The natural
        answer is one of them where no sender is written and either no ending is, or a fault that
        needs something to spoil, or a handshake that is to be limited."""
        written = len(self.actions), len(self.faults)
        if self._program is None or self._program[0] != written:
            self._program = written, self._arranged()
        return self._program[1]

    def _arranged(self) -> tuple[list[Action], list[Action]]:
        endings = [i for i, action in enumerate(self.actions) if isinstance(action, Ending)]
        first = endings[0] if endings else len(self.actions)
        before, after = self.actions[:first], self.actions[first:]
        sends = any(isinstance(action, SENDERS) for action in self.actions)
        if not sends and (self.faults or "tls" in self.settings or not endings):
            before.append(Natural())
        return before, after

    def learn(self, shortfall: str) -> None:
        """Remember whether a firing did all that its faults say."""
        self.shortfall = shortfall
        self.in_full = self.in_full or not shortfall

    @property
    def written(self) -> bool:
        return bool(self.actions or self.faults or self.settings or not self.effect)
