"""SEARCH: what is looked for, and whether a message is it (RFC 3501 section 6.4.4).

A query is parsed into one function, a Key. The keys are rows of a table: what stands behind each,
and what it asks, which ``matching.py`` has.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from . import matching
from .fetch import Entry
from .matching import Candidate, Key, flagged, inverted
from .parser import Token, astring, atom, number
from .sequence import SequenceSet, sequence_set
from .values import Malformed, parse_date

CHARSETS = ("US-ASCII", "UTF-8")
DEPTH = 100  # keys within keys: NOT, OR, parentheses
LARGEST_MODSEQ = 2**63 - 1  # RFC 7162 section 7


class BadCharset(ValueError):
    """A charset that is not known here: NO with BADCHARSET (section 6.4.4)."""

    def __init__(self) -> None:
        super().__init__(f"[BADCHARSET ({' '.join(CHARSETS)})] unknown charset")


@dataclass(frozen=True)
class Query:
    """What a SEARCH looks for. ``uses_modseq`` says that the answer names the highest modification
    sequence (RFC 7162 section 3.1.5)."""

    key: Key
    uses_modseq: bool

    def matches(self, number: int, entry: Entry, highest: int, highest_uid: int) -> bool:
        """Whether the message ``number`` is one of those; ``highest`` and ``highest_uid`` are what
        a star stands for."""
        return self.key(Candidate(number, entry, highest, highest_uid))


def parse(tokens: list[Token]) -> Query:
    """The arguments of SEARCH. Raises Malformed, or BadCharset."""
    return _Parser(tokens).query()


class _Parser:
    """Takes the tokens of a query one by one."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = deque(tokens)
        self.charset = CHARSETS[0]
        self.depth = 0
        self.uses_modseq = False

    def query(self) -> Query:
        if self.tokens and _upper(self.tokens[0]) == "CHARSET":
            self.tokens.popleft()
            self.charset = astring(self.take()).decode("ascii", "replace").upper()
            if self.charset not in CHARSETS:
                raise BadCharset
        return Query(self.all_of(self.tokens), self.uses_modseq)

    def take(self) -> Token:
        if not self.tokens:
            raise Malformed("an argument of a search key is missing")
        return self.tokens.popleft()

    def all_of(self, tokens: deque[Token]) -> Key:
        """Keys side by side: all of them must hold."""
        outer, self.tokens = self.tokens, tokens
        if not tokens:
            raise Malformed("a search key is missing")
        keys = []
        while self.tokens:
            keys.append(self.key())
        self.tokens = outer
        return keys[0] if len(keys) == 1 else lambda candidate: all(k(candidate) for k in keys)

    def key(self) -> Key:
        """The next key, with what stands behind it."""
        self.depth += 1
        if self.depth > DEPTH:
            raise Malformed(f"search keys nest deeper than {DEPTH}")
        token = self.take()
        made = self.all_of(deque(token)) if isinstance(token, list) else self.named(token)
        self.depth -= 1
        return made

    def named(self, token: Token) -> Key:
        name = _upper(token)
        if name in KEYS:
            return KEYS[name](self)
        if isinstance(token, str) and token[:1] in "*0123456789":
            return matching.in_set(sequence_set(token))
        raise Malformed(f"there is no search key {name}" if name else "a search key is expected")

    # --- what stands behind a key

    def text(self) -> str:
        """A text to look for, in the charset of the query."""
        try:
            return astring(self.take()).decode(self.charset).casefold()
        except UnicodeDecodeError:
            raise Malformed(f"the text is not in {self.charset}") from None

    def day(self) -> date:
        return parse_date(astring(self.take()))

    def field(self) -> bytes:
        return astring(self.take()).lower()

    def keyword(self) -> str:
        """A flag that is no system flag."""
        word = atom(self.take())
        if not KEYWORD.fullmatch(word):
            raise Malformed("malformed keyword")
        return word.lower()

    def size(self) -> int:
        return number(self.take())

    def set(self) -> SequenceSet:
        return sequence_set(self.take())

    def modseq(self) -> int:
        """MODSEQ's arguments: RFC 7162 section 3.1.5. Which entry is asked does not matter."""
        first = self.take()
        if not isinstance(first, str):
            if atom(self.take()).lower() not in ("priv", "shared", "all"):
                raise Malformed("malformed MODSEQ")
            first = self.take()
        self.uses_modseq = True
        return number(first, LARGEST_MODSEQ)


KEYWORD = re.compile(r"[^\\%*\]]+")


def _upper(token: Token) -> str:
    return token.upper() if isinstance(token, str) else ""


# Section 6.4.4. Each takes what stands behind the key from the parser.
KEYS: dict[str, Callable[[_Parser], Key]] = {
    "ALL": lambda p: matching.everything,
    "ANSWERED": lambda p: flagged("\\answered"),
    "BCC": lambda p: matching.in_field(b"bcc", p.text()),
    "BEFORE": lambda p: matching.arrived(matching.BEFORE, p.day()),
    "BODY": lambda p: matching.in_body(p.text()),
    "CC": lambda p: matching.in_field(b"cc", p.text()),
    "DELETED": lambda p: flagged("\\deleted"),
    "DRAFT": lambda p: flagged("\\draft"),
    "FLAGGED": lambda p: flagged("\\flagged"),
    "FROM": lambda p: matching.in_field(b"from", p.text()),
    "HEADER": lambda p: matching.in_field(p.field(), p.text()),
    "KEYWORD": lambda p: flagged(p.keyword()),
    "LARGER": lambda p: matching.larger(p.size()),
    "NEW": lambda p: matching.both(matching.RECENT, matching.UNSEEN),
    "NOT": lambda p: inverted(p.key()),
    "OLD": lambda p: inverted(matching.RECENT),
    "ON": lambda p: matching.arrived(matching.ON, p.day()),
    "OR": lambda p: matching.either(p.key(), p.key()),
    "RECENT": lambda p: matching.RECENT,
    "SEEN": lambda p: flagged("\\seen"),
    "SENTBEFORE": lambda p: matching.sent(matching.BEFORE, p.day()),
    "SENTON": lambda p: matching.sent(matching.ON, p.day()),
    "SENTSINCE": lambda p: matching.sent(matching.SINCE, p.day()),
    "SINCE": lambda p: matching.arrived(matching.SINCE, p.day()),
    "SMALLER": lambda p: matching.smaller(p.size()),
    "SUBJECT": lambda p: matching.in_field(b"subject", p.text()),
    "TEXT": lambda p: matching.in_message(p.text()),
    "TO": lambda p: matching.in_field(b"to", p.text()),
    "UID": lambda p: matching.in_uids(p.set()),
    "UNANSWERED": lambda p: inverted(flagged("\\answered")),
    "UNDELETED": lambda p: inverted(flagged("\\deleted")),
    "UNDRAFT": lambda p: inverted(flagged("\\draft")),
    "UNFLAGGED": lambda p: inverted(flagged("\\flagged")),
    "UNKEYWORD": lambda p: inverted(flagged(p.keyword())),
    "UNSEEN": lambda p: matching.UNSEEN,
    "MODSEQ": lambda p: matching.changed_since(p.modseq()),  # RFC 7162 section 3.1.5
}
