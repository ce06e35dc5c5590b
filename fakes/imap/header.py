"""The header of a message or a part, as its bytes, and the tokens of its structured fields.

Two rules hold here. A line ends with LF, with or without a CR before it. And nothing is mended:
what a field has is given out as it stands, but for the folding (RFC 5322 section 2.2.3).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A line, and those that continue it: they begin with white space.
FIELD = re.compile(rb"[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in small letters (b"" for a line that is none), and all of its bytes."""

    name: bytes
    raw: bytes

    @property
    def value(self) -> bytes:
        """What stands behind the colon, unfolded, without white space around it."""
        return LINE_END.sub(b"", self.raw.partition(b":")[2]).strip(b" \t")


class Header:
    """The fields of a header in their order, and the empty line behind them, if there is one."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.fields: list[Field] = []
        self.end = b""  # the empty line
        self._values: dict[bytes, list[bytes]] | None = None
        for found in FIELD.finditer(raw):
            line = found[0]
            if line in (b"\r\n", b"\n"):
                self.end = line
            elif line:
                name, colon, _ = line.partition(b":")
                self.fields.append(Field(name.rstrip(b" \t").lower() if colon else b"", line))

    def values(self, name: bytes) -> list[bytes]:
        """The values of all fields of a name, which is in small letters."""
        if self._values is None:
            self._values = {}
            for field in self.fields:
                self._values.setdefault(field.name, []).append(field.value)
        return self._values.get(name, [])

    def first(self, name: bytes) -> bytes | None:
        """The value of the first field of a name; None where there is none."""
        values = self.values(name)
        return values[0] if values else None

    def last(self, name: bytes) -> bytes | None:
        """The value of the last field of a name; None where there is none."""
        values = self.values(name)
        return values[-1] if values else None

    def subset(self, names: Iterable[bytes], others: bool = False) -> bytes:
        """The fields of these names, or all others, with the empty line (RFC 3501 section 6.4.5,
        HEADER.FIELDS)."""
        wanted = {name.lower() for name in names}
        return b"".join(f.raw for f in self.fields if (f.name in wanted) != others) + self.end


# --- structured fields (RFC 5322 section 3.2, RFC 2045 section 5.1)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is "word", "quoted", "comment", "literal" (a domain in brackets) or the special
    character itself; ``text`` is what it says, without quotes, parentheses and backslashes;
    ``spaced`` tells whether white space stood before it."""

    kind: str
    text: bytes
    spaced: bool


QUOTED_PAIR = re.compile(rb"\\(.)", re.DOTALL)
QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)(?:"|\\?\Z)', re.DOTALL)
IN_BRACKETS = re.compile(rb"\[(?:[^\[\]\\]|\\.)*(?:\]|\\?\Z)", re.DOTALL)
SPACE = re.compile(rb"[ \t\r\n\0]*")
COMMENT_PIECE = re.compile(rb"(?:[^()\\]|\\.|\\\Z)+|[()]", re.DOTALL)


def tokens(value: bytes, specials: bytes) -> Iterator[Token]:
    """The tokens of a structured field. ``specials`` are the characters that no word has; words
    end at white space, quotes and comments as well. Whatever it is given, there is an end."""
    word, at = _word(specials), 0
    while at < len(value):
        begin = at
        at = SPACE.match(value, at).end()  # type: ignore[union-attr]  # it always matches
        if at == len(value):
            break
        spaced = at > begin
        character = value[at : at + 1]
        if character == b'"' and (found := QUOTED.match(value, at)):
            yield Token("quoted", QUOTED_PAIR.sub(rb"\1", found[1]), spaced)
            at = found.end()
        elif character == b"(":
            end = _end_of_comment(value, at)
            inside = value[at + 1 : end].removesuffix(b")")
            yield Token("comment", QUOTED_PAIR.sub(rb"\1", inside).strip(), spaced)
            at = end
        elif character == b"[" and b"[" in specials and (found := IN_BRACKETS.match(value, at)):
            yield Token("literal", found[0], spaced)
            at = found.end()
        elif found := word.match(value, at):
            yield Token("word", found[0], spaced)
            at = found.end()
        else:
            yield Token(character.decode("latin-1"), character, spaced)
            at += 1


@functools.cache
def _word(specials: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'[^ \t\r\n\0"(' + re.escape(specials) + rb"]+")


def _end_of_comment(value: bytes, at: int) -> int:
    """Where a comment ends that begins at ``at``: behind its parenthesis, or with the value."""
    depth = 0
    for piece in COMMENT_PIECE.finditer(value, at):
        if piece[0] == b"(":
            depth += 1
        elif piece[0] == b")":
            depth -= 1
            if depth == 0:
                return piece.end()
    return len(value)
