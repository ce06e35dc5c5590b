"""Whether a message is what a key of SEARCH asks for (RFC 3501 section 6.4.4).

Each function here makes a Key of what stands behind one; a Key is asked about one message after
another. Texts are compared decoded and without regard to case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection
from datetime import date
from email.utils import parsedate
from functools import cached_property

from .fetch import Entry
from .sequence import SequenceSet
from .values import LARGEST
from .words import body_texts, field_text, header_texts


class Candidate:
    """A message that is looked at. What is decoded of it is so once."""

    def __init__(self, number: int, entry: Entry, highest: int, highest_uid: int) -> None:
        self.number = number
        self.entry = entry
        self.highest = highest
        self.highest_uid = highest_uid

    @cached_property
    def flags(self) -> Collection[str]:
        return {flag.lower() for flag in self.entry.flags}

    @cached_property
    def sent(self) -> date | None:
        """The day of the Date field, whatever the time and the zone are."""
        value = self.entry.parsed.header.last(b"date")
        try:
            found = parsedate(field_text(value)) if value else None
            return date(*found[:3]) if found else None
        except (ValueError, IndexError, OverflowError, TypeError):
            return None

    @cached_property
    def headers(self) -> list[str]:
        return [text.casefold() for text in header_texts(self.entry.parsed)]

    @cached_property
    def body(self) -> list[str]:
        return [text.casefold() for text in body_texts(self.entry.parsed)]

    def fields(self, name: bytes) -> list[str]:
        """The values of the fields of a name, decoded."""
        return [field_text(value).casefold() for value in self.entry.parsed.header.values(name)]


Key = Callable[[Candidate], bool]


def everything(candidate: Candidate) -> bool:
    return True


def flagged(flag: str) -> Key:
    return lambda candidate: flag in candidate.flags


def inverted(key: Key) -> Key:
    return lambda candidate: not key(candidate)


def both(one: Key, other: Key) -> Key:
    return lambda candidate: one(candidate) and other(candidate)


def either(one: Key, other: Key) -> Key:
    return lambda candidate: one(candidate) or other(candidate)


def in_set(numbers: SequenceSet) -> Key:
    holds = membership(numbers)
    return lambda candidate: holds(candidate.number, candidate.highest)


def in_uids(uids: SequenceSet) -> Key:
    holds = membership(uids)
    return lambda candidate: holds(candidate.entry.uid, candidate.highest_uid)


def membership(numbers: SequenceSet) -> Callable[[int, int], bool]:
    """Tells of a number whether it is in a set, given what a star stands for. A set can have
    thousands of ranges, and is asked about each message: they are put in order once."""
    known: dict[int, list[tuple[int, int]]] = {}

    def holds(number: int, highest: int) -> bool:
        if highest not in known:
            known[highest] = numbers.spans(highest)
        spans = known[highest]
        place = bisect_right(spans, (number, LARGEST)) - 1
        return place >= 0 and number <= spans[place][1]

    return holds


def in_field(name: bytes, text: str) -> Key:
    """An empty text asks whether there is such a field."""
    return lambda candidate: any(text in value for value in candidate.fields(name))


def in_body(text: str) -> Key:
    """Headers within the body are none of it."""
    return lambda candidate: not text or any(text in each for each in candidate.body)


def in_message(text: str) -> Key:
    in_text = in_body(text)
    return lambda candidate: any(text in each for each in candidate.headers) or in_text(candidate)


def arrived(holds: Callable[[date, date], bool], day: date) -> Key:
    return lambda candidate: holds(candidate.entry.internal_date.date(), day)


def sent(holds: Callable[[date, date], bool], day: date) -> Key:
    return lambda candidate: candidate.sent is not None and holds(candidate.sent, day)


def larger(size: int) -> Key:
    return lambda candidate: len(candidate.entry.content) > size


def smaller(size: int) -> Key:
    return lambda candidate: len(candidate.entry.content) < size


def changed_since(modseq: int) -> Key:
    return lambda candidate: candidate.entry.modseq >= modseq


RECENT = flagged("\\recent")
UNSEEN = inverted(flagged("\\seen"))
BEFORE, ON, SINCE = date.__lt__, date.__eq__, date.__ge__
