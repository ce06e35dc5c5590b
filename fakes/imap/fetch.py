"""FETCH: what is asked of a message, and what is said of it (RFC 3501 sections 6.4.5 and 7.4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from .._core.faults import Framing
from . import values
from .envelope import envelope
from .parser import Section, Token, astring, listed
from .parts import DEPTH, Part
from .structure import body, bodystructure
from .values import Malformed


class Entry(Protocol):
    """What is read of a message in a mailbox."""

    @property
    def content(self) -> bytes: ...
    @property
    def parsed(self) -> Part: ...
    @property
    def uid(self) -> int: ...
    @property
    def flags(self) -> Collection[str]: ...
    @property
    def internal_date(self) -> datetime: ...
    @property
    def modseq(self) -> int: ...


Told = Callable[[Entry], bytes]  # what is said of a message, as it leaves
Given = Callable[[Entry], "bytes | None"]  # bytes of it, which a literal carries; None is NIL


class Item(NamedTuple):
    """One data item: what the answer calls it, and what tells it: ``told``, or ``given``.
    ``sets_seen`` says that asking for it is reading the message."""

    label: bytes
    told: Told | None = None
    given: Given | None = None
    sets_seen: bool = False


FLAGS = Item(b"FLAGS", lambda entry: values.flag_list(entry.flags))
UID = Item(b"UID", lambda entry: b"%d" % entry.uid)
MODSEQ = Item(b"MODSEQ", lambda entry: b"(%d)" % entry.modseq)  # RFC 7162 section 3.1.2
DATE = Item(b"INTERNALDATE", lambda entry: values.internal_date(entry.internal_date))
SIZE = Item(b"RFC822.SIZE", lambda entry: b"%d" % len(entry.content))
ENVELOPE = Item(b"ENVELOPE", lambda entry: envelope(entry.parsed))
BODY = Item(b"BODY", lambda entry: body(entry.parsed))

# Section 6.4.5, in its order, and MODSEQ.
ITEMS = {
    item.label.decode(): item
    for item in [
        BODY,
        Item(b"BODYSTRUCTURE", lambda entry: bodystructure(entry.parsed)),
        ENVELOPE,
        FLAGS,
        DATE,
        Item(b"RFC822", given=lambda entry: entry.content, sets_seen=True),
        Item(b"RFC822.HEADER", given=lambda entry: entry.parsed.header.raw),
        SIZE,
        Item(b"RFC822.TEXT", given=lambda entry: entry.parsed.text, sets_seen=True),
        UID,
        MODSEQ,
    ]
}
# The commonest sections.
ALL_OF_IT = {
    "BODY": Item(b"BODY[]", given=lambda entry: entry.content, sets_seen=True),
    "BODY.PEEK": Item(b"BODY[]", given=lambda entry: entry.content),
}
FAST = [FLAGS, DATE, SIZE]
MACROS = {"FAST": FAST, "ALL": [*FAST, ENVELOPE], "FULL": [*FAST, ENVELOPE, BODY]}

NUMBERS = re.compile(r"([1-9]\d{0,9}(?:\.[1-9]\d{0,9})*)(?:\.(?=[A-Z])|\Z)")
# Of these a section may say one behind its numbers; each takes the part that the numbers name.
WHOLE, HEADER, TEXT, MIME = "", "HEADER", "TEXT", "MIME"
FIELDS, OTHERS = "HEADER.FIELDS", "HEADER.FIELDS.NOT"
LEVELS = 2 * DEPTH  # numbers in one section


# --- what is asked


def parse_items(token: Token) -> list[Item]:
    """The items that the argument of FETCH asks for. Raises Malformed."""
    if isinstance(token, str) and token.upper() in MACROS:
        return list(MACROS[token.upper()])
    asked = listed(token) if isinstance(token, list) else [token]
    items: dict[bytes, Item] = {}
    for item in map(_item, asked):
        known = items.get(item.label)
        if known is None or item.sets_seen:  # the same with and without PEEK is told once
            items[item.label] = item
    if not items:
        raise Malformed("an item is missing")
    return list(items.values())


def _item(token: Token) -> Item:
    if isinstance(token, Section) and token.name in ("BODY", "BODY.PEEK"):
        return _section(token)
    if isinstance(token, str) and token.upper() in ITEMS:
        return ITEMS[token.upper()]
    name = token.name if isinstance(token, Section) else token
    raise Malformed(f"there is no item {name}" if isinstance(name, str) else "an item is expected")


def _section(token: Section) -> Item:
    """``BODY[...]<...>``."""
    if not token.inside and token.partial is None:
        return ALL_OF_IT[token.name]
    numbers, what, names = _inside(token.inside)
    label = b"BODY[%s]" % _written(numbers, what, names)
    give = partial(_give, numbers, what, names)
    if token.partial is not None:
        first, count = token.partial
        if not count or max(token.partial) > values.LARGEST:
            raise Malformed("malformed partial")
        label += b"<%d>" % first
        give = partial(_cut, give, first, count)
    return Item(label, given=give, sets_seen=token.name == "BODY")


def _inside(inside: list[Token]) -> tuple[list[int], str, list[bytes]]:
    """What stands in the brackets: the numbers of a part, what of it, and the names of fields."""
    if not inside:
        return [], WHOLE, []
    text, *rest = inside
    if not isinstance(text, str):
        raise Malformed("malformed section")
    what, numbers = text.upper(), []
    if found := NUMBERS.match(what):
        numbers = [int(each) for each in found[1].split(".")]
        what = what[found.end() :]
    allowed = (
        (WHOLE, HEADER, TEXT, MIME, FIELDS, OTHERS) if numbers else (HEADER, TEXT, FIELDS, OTHERS)
    )
    if what not in allowed or len(numbers) > LEVELS:
        raise Malformed("malformed section")
    takes_names = what in (FIELDS, OTHERS)
    if len(rest) != takes_names or (takes_names and not rest[0]):
        raise Malformed("malformed list of fields")
    return numbers, what, [astring(name) for name in listed(rest[0])] if takes_names else []


def _written(numbers: list[int], what: str, names: list[bytes]) -> bytes:
    """The section as the answer repeats it."""
    text = ".".join([*map(str, numbers), *([what] if what else [])]).encode()
    return b"%s (%s)" % (text, b" ".join(map(values.astring, names))) if names else text


# --- what is said


def _give(numbers: list[int], what: str, names: list[bytes], entry: Entry) -> bytes | None:
    """The bytes of a section; None where there is no such part, and where HEADER or TEXT is asked
    of a part that is no message."""
    part = entry.parsed.find(numbers) if numbers else entry.parsed
    if part is not None and numbers and what not in (WHOLE, MIME):
        part = part.message
    if part is None:
        return None
    if what == WHOLE:
        return part.text if numbers else entry.content
    if what == TEXT:
        return part.text
    if what in (FIELDS, OTHERS):
        return part.header.subset(names, others=what == OTHERS)
    return part.header.raw


def _cut(give: Given, first: int, count: int, entry: Entry) -> bytes | None:
    whole = give(entry)
    return None if whole is None else whole[first : first + count]


def render(number: int, entry: Entry, items: Iterable[Item]) -> list[bytes]:
    """The parts of an untagged FETCH: what faults count are the bytes of the message."""
    parts: list[bytes] = []
    line = b"* %d FETCH (" % number
    for place, item in enumerate(items):
        line += b" " + item.label + b" " if place else item.label + b" "
        if item.told is not None:
            line += item.told(entry)
        elif item.given is not None:
            given = item.given(entry)
            if given is None:
                line += values.NIL
            else:
                parts += [Framing(line + b"{%d}\r\n" % len(given)), given]
                line = b""
    return [*parts, Framing(line + b")\r\n")]
