"""Commands as data: the arguments of a command line, as a tree of tokens (RFC 3501 section 9).

A token is one of:

    str       an atom, a number, a flag, a sequence set, a name with wildcards: what has no quotes
    Quoted    bytes: what stood between two quotes, backslashes taken away
    Literal   bytes: what a ``{n}`` announced
    list      what stood in parentheses: tokens again
    Section   ``BODY[...]<...>`` and its like, which only FETCH has

A client can write the same argument in several ways; ``astring()`` and its like read them all.
What is no command raises Malformed. Depth is bounded here, sizes by who reads the lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .values import Malformed

DEPTH = 32  # parentheses in parentheses; deeper is refused
SHORT = 200  # bytes of arguments that are remembered


class Quoted(bytes):
    """What stood between two quotes."""


class Literal(bytes):
    """What came behind a ``{n}``."""


@dataclass(frozen=True)
class Section:
    """``BODY.PEEK[HEADER.FIELDS (To)]<0.100>``: name ``BODY.PEEK`` in capitals, ``inside`` the
    tokens ``["HEADER.FIELDS", ["To"]]``, ``partial`` the pair (0, 100), or None."""

    name: str
    inside: list[Token]
    partial: tuple[int, int] | None


Token = str | Quoted | Literal | list["Token"] | Section

# Wildcards, backslashes and brackets are let in: flags, patterns of LIST, and names of mailboxes
# like [Gmail]/Trash have them.
ATOM, SPACE, QUOTED, OPENING, CLOSING, SECTION = range(1, 7)
ATOM_CHARACTERS = r'[^\x00-\x20\x7f-\xff(){"%s]+'
TOKEN = r"""
    (?!(?:BODY|BINARY)(?:\.PEEK|\.SIZE)?\[) (%s)
  | ([ ])
  | " ((?: [^"\\\r\n\x00] | \\["\\] )*) "
  | (\()
  | (%s)
  | ((?:BODY|BINARY)(?:\.PEEK|\.SIZE)?) \[
"""


def _token(closing: str, but: str = "") -> re.Pattern[bytes]:
    text = TOKEN % (ATOM_CHARACTERS % but, closing)
    return re.compile(text.encode("ascii"), re.IGNORECASE | re.VERBOSE)


IN_LIST = _token(r"\)")
IN_SECTION = _token(r"\] (?: < [0-9]{1,10} \. [0-9]{1,10} > )?", r"\]")
ESCAPED = re.compile(rb'\\(["\\])')


def parse(chunks: Sequence[bytes]) -> list[Token]:
    """The tokens of a command's arguments: pieces of its line, and between them the ``Literal``
    that each piece announced, its ``{n}`` taken away. Raises Malformed. Nobody changes what is in
    them: clients say the same again and again, and what is short is parsed once."""
    if len(chunks) == 1 and len(chunks[0]) <= SHORT:
        return [*_parsed_before((chunks[0],))]
    return _parsed(chunks)


def _parsed(chunks: Sequence[bytes]) -> list[Token]:
    parser = Parser()
    for chunk in chunks:
        if isinstance(chunk, Literal):
            parser.add(chunk)
        else:
            parser.read(chunk)
    return parser.end()


_parsed_before = lru_cache(maxsize=256)(_parsed)


class Parser:
    """Reads tokens, and keeps the lists and sections that are not closed yet."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []  # of the list or section at hand
        self.ready = True  # whether a token may come: at the start, and behind a space
        # What is around it: its tokens, and the name if what is at hand is a section.
        self.outer: list[tuple[list[Token], str | None]] = []

    def add(self, token: Token) -> None:
        """A token is whole."""
        if not self.ready:
            raise Malformed("a space is missing between two arguments")
        self.tokens.append(token)
        self.ready = False

    def read(self, text: bytes) -> None:
        """Take all tokens of a piece of text."""
        at, pattern = 0, self.pattern()
        while at < len(text):
            found = pattern.match(text, at)
            if found is None:
                raise Malformed(_unexpected(text[at : at + 1]))
            at, kind = found.end(), found.lastindex
            if kind == ATOM:
                self.add(found[ATOM].decode("ascii"))
            elif kind == SPACE:
                self.space()
            elif kind == QUOTED:
                data = found[QUOTED]
                self.add(Quoted(ESCAPED.sub(rb"\1", data) if b"\\" in data else data))
            else:
                if kind == CLOSING:
                    self.close(found[CLOSING])
                else:
                    self.open(found[SECTION] if kind == SECTION else None)
                pattern = self.pattern()

    def pattern(self) -> re.Pattern[bytes]:
        return IN_SECTION if self.outer and self.outer[-1][1] is not None else IN_LIST

    def space(self) -> None:
        if self.ready:
            raise Malformed("an argument is missing between two spaces")
        self.ready = True

    def open(self, section: bytes | None) -> None:
        """A list begins, or a section of that name."""
        if not self.ready:
            raise Malformed("a space is missing between two arguments")
        if len(self.outer) == DEPTH:
            raise Malformed(f"parentheses nest deeper than {DEPTH}")
        self.outer.append((self.tokens, None if section is None else section.decode().upper()))
        self.tokens = []

    def close(self, closing: bytes) -> None:
        """The list or section at hand ends."""
        if not self.outer:
            raise Malformed("unexpected closing parenthesis")
        self.check_no_space()
        inside, (self.tokens, name) = self.tokens, self.outer.pop()
        self.ready = True
        self.add(inside if name is None else Section(name, inside, _partial(closing)))

    def check_no_space(self) -> None:
        if self.ready and self.tokens:
            raise Malformed("a space at the end")

    def end(self) -> list[Token]:
        """All tokens."""
        if self.outer:
            raise Malformed(f"a {')' if self.outer[-1][1] is None else ']'} is missing")
        self.check_no_space()
        return self.tokens


def _partial(closing: bytes) -> tuple[int, int] | None:
    """The numbers of ``]<0.100>``; None where there are none."""
    if len(closing) == 1:
        return None
    first, _, count = closing[2:-1].partition(b".")
    return int(first), int(count)


def _unexpected(byte: bytes) -> str:
    if byte == b'"':
        return "malformed quoted string"
    if byte == b"{":
        return "malformed literal"
    return f"unexpected {byte.decode('latin-1')!r}"


# --- arguments, however the client wrote them


def astring(token: Token) -> bytes:
    """The bytes of an atom or a string (RFC 3501 section 9, astring). Raises Malformed."""
    if isinstance(token, str):
        return token.encode("ascii")
    if isinstance(token, bytes):
        return token
    raise Malformed("a string is expected")


def atom(token: Token) -> str:
    """An atom. Raises Malformed."""
    if isinstance(token, str):
        return token
    raise Malformed("an atom is expected")


def number(token: Token, most: int = 2**32 - 1) -> int:
    """A number of at most 32 bits (64 for modification sequences). Raises Malformed."""
    if isinstance(token, str) and token.isdecimal() and len(token) <= 20 and int(token) <= most:
        return int(token)
    raise Malformed("a number is expected")


def listed(token: Token) -> list[Token]:
    """A parenthesised list. Raises Malformed."""
    if isinstance(token, list):
        return token
    raise Malformed("a list in parentheses is expected")
