"""Zone text (RFC 1035 section 5): words, entries, records. Errors name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dnslib import RR

from . import commands, names, records
from .names import Labels
from .records import Token

PIECE = re.compile(
    r"""(?P<space>[^\S\n]+) | (?P<comment>;[^\n]*) | (?P<end>\n) | (?P<open>\() | (?P<close>\))
    | "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<bad>")
    | (?P<word>(?:[^\s;()"\\]|\\.|"(?:[^"\\]|\\.)*")+) | (?P<backslash>\\)""",
    re.VERBOSE | re.DOTALL,
)
TIME = re.compile(r"(?:\d+[smhdw])+|\d+", re.IGNORECASE)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass
class Entry:
    """An entry of a zone: its words, and the line on which it begins."""

    line: int
    words: list[Token] = field(default_factory=list)
    indented: bool = False  # it has the owner of the one before


class Mistake(ValueError):
    """Internal: what is wrong, and on which line."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def entries(text: str) -> Iterator[Entry]:
    """The entries of a zone text. Raises Mistake."""
    entry, line, depth, at_start = Entry(1), 1, 0, True
    for piece in PIECE.finditer(text):
        kind, content = piece.lastgroup, piece.group()
        match kind:
            case "space":
                entry.indented = entry.indented or at_start
            case "open":
                depth += 1
            case "close":
                depth -= 1
            case "quoted" | "word":
                entry.words.append(_token(kind, piece.group(kind)))
            case "bad" | "backslash":
                raise Mistake(line, f"{content} without an end")
        if depth < 0:
            raise Mistake(line, ") without a (")
        line += content.count("\n")
        at_start = kind == "end" and depth == 0
        if at_start:
            if entry.words:
                yield entry
            entry = Entry(line)
    if depth:
        raise Mistake(entry.line, "( without a )")
    if entry.words:
        yield entry


def _token(kind: str, content: str) -> Token:
    if kind == "word" and '"' in content:  # alpn="h2,h3"
        content = re.sub(r'(?<!\\)"', "", content)
    token = Token(content)
    token.quoted = kind == "quoted"
    return token


def split_words(text: str) -> list[Token]:
    """The words of the data of one record."""
    found = list(entries(text.strip()))
    if len(found) > 1:
        raise ValueError("more than one line")
    return found[0].words if found else []


def read_time(word: str) -> int:
    """Seconds, also as ``1h30m``. Raises ValueError for what is no time."""
    if not TIME.fullmatch(word):
        raise ValueError(f"{word!r} is no time: give seconds, or 1h30m")
    if word.isdigit():
        return int(word)
    return sum(int(n) * UNITS[unit.lower()] for n, unit in re.findall(r"(\d+)([a-zA-Z])", word))


class Reader:
    """Reads a zone text. The origin is the root until ``$ORIGIN`` or an argument says another."""

    def __init__(self, origin: Labels = ()) -> None:
        self.origin = origin
        self.ttl: int | None = None  # of $TTL (RFC 2308 section 4)
        self.last_ttl = records.DEFAULT_TTL  # of the record before
        self.owner: Labels | None = None

    def read(self, text: str) -> list[RR]:
        """The records, in order. Raises ValueError, naming the line."""
        line = 1
        found = []
        try:
            for entry in entries(text):
                line = entry.line
                if entry.words[0].startswith("$") and not entry.indented:
                    self._control(entry.words)
                else:
                    found.append(self._record(entry))
        except (ValueError, TypeError) as error:
            line = error.line if isinstance(error, Mistake) else line
            shown = text.split("\n")[line - 1].strip()
            raise ValueError(f"line {line}: {error}\n  {shown}") from None
        return found

    def _control(self, words: list[Token]) -> None:
        directive, *rest = words
        if directive.upper() not in ("$ORIGIN", "$TTL"):
            raise ValueError(f"{directive} is not known: $ORIGIN and $TTL are")
        if len(rest) != 1:
            raise ValueError(f"{directive} has one word behind it, not {len(rest)}")
        if directive.upper() == "$TTL":
            self.ttl = records.check_ttl(read_time(rest[0]))
        else:
            self.origin = names.labels(rest[0], self.origin)

    def _record(self, entry: Entry) -> RR:
        words = entry.words
        if entry.indented:
            owner = self.owner
            if owner is None:
                raise ValueError("no name stands before this one that it could have")
        else:
            owner = names.labels(words[0], self.origin)
            words = words[1:]
        self.owner = owner
        ttl, code, words = self._head(words)
        rr = records.made(
            owner, code, lambda: records.read_data(code, words, self.origin), ttl, " ".join(words)
        )
        rr.line = entry.line  # for an error that is found later
        return rr

    def _head(self, words: list[Token]) -> tuple[int, int, list[Token]]:
        """TTL and class, in either order and each left out as you like, then the type."""
        ttl = None
        while words:
            word, *rest = words
            if TIME.fullmatch(word) and ttl is None:
                ttl = records.check_ttl(read_time(word))
            elif word.upper() in commands.CLASSES and word.upper() != "ANY":
                if word.upper() != "IN":
                    raise ValueError(f"class {word}: only IN is served")
            else:
                code = records.read_type(word)
                break
            words = rest
        else:
            raise ValueError("a record has a type, and data behind it")
        if ttl is None:
            ttl = self.last_ttl if self.ttl is None else self.ttl
        self.last_ttl = ttl
        return ttl, code, rest
