"""Sequence sets: ``1:3,7,10:*`` (RFC 3501 section 9, sequence-set)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from .parser import Token
from .values import Malformed

RANGE = re.compile(r"([1-9][0-9]{0,9}|\*)(?::([1-9][0-9]{0,9}|\*))?")
MOST = 2**32 - 1


class SequenceSet:
    """Numbers of messages, or unique ids. ``*`` is the highest number in use."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ranges: list[tuple[int | None, int | None]] = []  # None is the star
        for piece in text.split(","):
            found = RANGE.fullmatch(piece)
            if found is None:
                raise Malformed("malformed set of messages")
            first = _number(found[1])
            self.ranges.append((first, first if found[2] is None else _number(found[2])))

    def spans(self, highest: int) -> list[tuple[int, int]]:
        """Its ranges, each rising whichever way it was written, and all of them together."""
        spans = []
        for first, last in self.ranges:
            a = highest if first is None else first
            b = highest if last is None else last
            spans.append((a, b) if a <= b else (b, a))
        return spans if len(spans) == 1 else _merged(spans)

    def among(self, numbers: Iterable[int], highest: int) -> list[int]:
        """Those of ``numbers`` that are in the set, in their order."""
        spans = self.spans(highest)
        starts = [low for low, _ in spans]
        found = []
        for number in numbers:
            place = bisect_right(starts, number) - 1
            if place >= 0 and number <= spans[place][1]:
                found.append(number)
        return found


def _number(text: str) -> int | None:
    if text == "*":
        return None
    number = int(text)
    if number > MOST:
        raise Malformed("a number of a message has at most 32 bits")
    return number


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in rising order, those that touch made one."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return merged


def sequence_set(token: Token) -> SequenceSet:
    """A token as a sequence set. Raises Malformed."""
    if not isinstance(token, str):
        raise Malformed("a set of messages is expected")
    return SequenceSet(token)


def written(numbers: Iterable[int]) -> str:
    """Numbers as a set, runs of them as ranges: ``1:3,7``."""
    spans = _merged([(number, number) for number in numbers])
    return ",".join(f"{a}:{b}" if a < b else f"{a}" for a, b in spans)
