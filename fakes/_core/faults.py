"""Faults: values that spoil an answer or a connection.

Two rules hold here. A fault is an immutable value, shared by every connection it acts on; what it
must remember while it acts lives in the closure that ``start()`` returns. And a fault that spoils
bytes counts them from the first byte of the body, or of the whole answer where it has no body.

To add one: a class here, and its one-line method in ``rule.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass


class Framing(bytes):
    """Bytes of an answer that are not its body: a status line, headers, the size of a chunk."""


Parts = Sequence[bytes]


class Spoiled(list[bytes]):
    """What a shaping fault made of an answer. ``cut`` says that nothing may follow it."""

    cut = False


# What start() of a shaping fault returns: it is fed the answers of one rule, one after another.
Shaper = Callable[[Parts], Spoiled]
# What start() of a pacing fault returns: (seconds to wait first, bytes) for each piece.
Pacer = Callable[[bytes], Iterable[tuple[float, bytes]]]


class Shaping:
    """A fault that changes the bytes of all that a rule sends."""

    def start(self) -> Shaper:
        raise TypeError(f"{type(self).__name__} does not say what it does")

    @property
    def reaches(self) -> int:
        """How many bytes an answer must have for the fault to act in full."""
        return 0

    def __str__(self) -> str:
        return repr(self)[0].lower() + repr(self)[1:]  # as it is written on a rule


class Pacing:
    """A fault that changes when the bytes leave."""

    def start(self) -> Pacer:
        raise TypeError(f"{type(self).__name__} does not say what it does")


def counted(parts: Parts) -> list[bool]:
    """For each part whether a fault counts its bytes: the body, or all where there is none."""
    body = [not isinstance(part, Framing) for part in parts]
    return body if any(body) else [True] * len(parts)


def body_size(parts: Parts) -> int:
    """How many bytes of ``parts`` a fault counts."""
    return sum(len(part) for part, counts in zip(parts, counted(parts), strict=True) if counts)


@dataclass(frozen=True)
class Truncate(Shaping):
    """Stop after so many bytes of the body."""

    after: int

    @property
    def reaches(self) -> int:
        return self.after

    def start(self) -> Shaper:
        left = self.after

        def cut(parts: Parts) -> Spoiled:
            nonlocal left
            kept = Spoiled()
            for part, counts in zip(parts, counted(parts), strict=True):
                if left == 0 and (counts or kept):
                    break  # the head leaves even before the first byte of a body that is cut
                kept.append(part[:left] if counts else part)
                left -= len(kept[-1]) if counts else 0
            kept.cut = left == 0
            return kept

        return cut


@dataclass(frozen=True)
class Insert(Shaping):
    """Foreign bytes at an offset."""

    data: bytes
    at: int

    @property
    def reaches(self) -> int:
        return self.at

    def start(self) -> Shaper:
        position, done = 0, False

        def insert(parts: Parts) -> Spoiled:
            nonlocal position, done
            made = Spoiled()
            for part, counts in zip(parts, counted(parts), strict=True):
                made.append(bytes(part) if counts else part)  # a head without body stays counted
                if counts and not done and self.at <= position + len(part):
                    split = self.at - position
                    made[-1:] = [part[:split], self.data, part[split:]]
                    done = True
                position += len(part) if counts else 0
            return made

        return insert


@dataclass(frozen=True)
class Garble(Shaping):
    """``count`` bytes from an offset on, each with all its bits flipped."""

    at: int
    count: int = 1

    @property
    def reaches(self) -> int:
        return self.at + self.count

    def start(self) -> Shaper:
        position = 0

        def garble(parts: Parts) -> Spoiled:
            nonlocal position
            made = Spoiled()
            for part, counts in zip(parts, counted(parts), strict=True):
                if counts:
                    made.append(self._flip(part, position))
                    position += len(part)
                else:
                    made.append(part)
            return made

        return garble

    def _flip(self, part: bytes, position: int) -> bytes:
        start = min(max(self.at - position, 0), len(part))
        end = min(max(self.at + self.count - position, start), len(part))
        return part[:start] + bytes(b ^ 0xFF for b in part[start:end]) + part[end:]


@dataclass(frozen=True)
class Duplicate(Shaping):
    """Everything twice."""

    def start(self) -> Shaper:
        def twice(parts: Parts) -> Spoiled:
            return Spoiled([*parts, *parts])

        return twice


@dataclass(frozen=True)
class Drip(Pacing):
    """Pieces of ``size`` bytes, one each ``every`` seconds."""

    size: int
    every: float

    def start(self) -> Pacer:
        wait = 0.0

        def drip(data: bytes) -> Iterator[tuple[float, bytes]]:
            nonlocal wait
            for offset in range(0, len(data), self.size):
                yield wait, data[offset : offset + self.size]
                wait = self.every

        return drip


THROTTLE_STEPS = 20  # pieces a second that a throttled answer is sent in


@dataclass(frozen=True)
class Throttle(Pacing):
    """At most so many bytes a second."""

    bytes_per_second: float

    def start(self) -> Pacer:
        size = max(1, int(self.bytes_per_second / THROTTLE_STEPS))
        wait = 0.0

        def throttle(data: bytes) -> Iterator[tuple[float, bytes]]:
            nonlocal wait
            for offset in range(0, len(data), size):
                piece = data[offset : offset + size]
                yield wait, piece
                wait = len(piece) / self.bytes_per_second

        return throttle


@dataclass
class Stage:
    """One shaping fault at work."""

    fault: Shaping
    shaper: Shaper
    fed: int = 0  # bytes that came to be spoiled so far, as faults count them


@dataclass
class Shape:
    """The shaping and pacing of one firing of a rule, with what it must remember."""

    stages: list[Stage]
    pacers: list[Pacer]
    cut: bool = False
    piece: int | None = None  # bytes of a drip's pieces: chunks, where an answer has such

    @classmethod
    def of(cls, faults: Sequence[Shaping | Pacing]) -> Shape:
        """A fresh start of ``faults``, in the order written."""
        stages = [Stage(f, f.start()) for f in faults if isinstance(f, Shaping)]
        pacers = [f.start() for f in faults if isinstance(f, Pacing)]
        drips = [f.size for f in faults if isinstance(f, Drip)]
        return cls(stages, pacers, piece=min(drips, default=None))

    def spoil(self, parts: Parts) -> tuple[Parts, bool]:
        """``parts`` after every shaping fault, and whether they were cut short."""
        for stage in self.stages:
            stage.fed += body_size(parts)
            spoiled = stage.shaper(parts)
            parts, self.cut = spoiled, self.cut or spoiled.cut
        return parts, self.cut

    def shortfall(self) -> str:
        """Which fault reached beyond all that came to it and so did less than it says; or ""."""
        for stage in self.stages:
            if stage.fault.reaches > stage.fed:
                return f"{stage.fault} reaches beyond the {stage.fed} bytes there were"
        return ""

    def pace(self, data: bytes) -> Iterable[tuple[float, bytes]]:
        """``data`` in pieces, each with the seconds to wait before it."""
        pieces: Iterable[tuple[float, bytes]] = [(0.0, data)]
        for pacer in self.pacers:
            pieces = _paced(pieces, pacer)
        return pieces


def _paced(pieces: Iterable[tuple[float, bytes]], pacer: Pacer) -> Iterator[tuple[float, bytes]]:
    for wait, piece in pieces:
        for more, smaller in pacer(piece):
            yield wait + more, smaller
            wait = 0.0
