"""What the fields of MIME say: type, parameters, disposition, language (RFC 2045, 2183, 3282).

Parameters in pieces are put together, as RFC 2231 section 3 has it; nothing is decoded, since IMAP
gives clients the values as they were written (RFC 2231 section 4.1: with a star behind the name).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from .header import Token, tokens

Pairs = tuple[tuple[bytes, bytes], ...]

TYPE = re.compile(rb"([^\s/]+) ?/ ?([^\s/]+)(?: .*)?", re.DOTALL)
PIECE = re.compile(rb"([^*]+)\*(\d{1,4})(\*?)")  # RFC 2231 section 3: name*0, name*1*
NOT_EXTENDED = re.compile(rb"[^A-Za-z0-9!#$&+.^_`{|}~-]")  # RFC 2231 section 7, attribute-char


@dataclass(frozen=True, slots=True)
class Kind:
    """A type as it was written, with its parameters in their order."""

    main: bytes
    sub: bytes
    parameters: Pairs = ()

    def is_a(self, main: bytes, *subs: bytes) -> bool:
        """Whether it is of a type, and of one of the subtypes, where such are given."""
        return self.main.lower() == main and (not subs or self.sub.lower() in subs)

    def parameter(self, name: bytes) -> bytes | None:
        """The value of the first parameter of a name."""
        return next((value for key, value in self.parameters if key.lower() == name), None)


TEXT = Kind(b"text", b"plain", ((b"charset", b"us-ascii"),))  # RFC 2045 section 5.2
MESSAGE = Kind(b"message", b"rfc822")  # RFC 2046 section 5.1.5
SEVEN_BIT = b"7bit"  # RFC 2045 section 6.1
OPAQUE = Kind(b"application", b"octet-stream")  # what is not looked into


def content_type(value: bytes | None, default: Kind = TEXT) -> Kind:
    """Content-Type: ``default`` where there is none, plain text where it is malformed (RFC 2045
    section 5.2)."""
    if value is None:
        return default
    first, *parameters = _between_semicolons(value)
    found = TYPE.match(b" ".join(_words(first)))
    if found is None:
        return TEXT
    return Kind(found[1], found[2], _parameters(parameters))


def disposition(value: bytes | None) -> tuple[bytes, Pairs] | None:
    """Content-Disposition: what it is, and its parameters."""
    if value is None:
        return None
    first, *parameters = _between_semicolons(value)
    return b" ".join(_words(first)), _parameters(parameters)


def encoding(value: bytes | None) -> bytes:
    """Content-Transfer-Encoding without comments; 7bit where it does not say."""
    words = [token.text for token in tokens(value or b"", specials=b";") if token.kind == "word"]
    return words[0] if words else SEVEN_BIT


def languages(value: bytes | None) -> list[bytes]:
    """Content-Language: tags between commas."""
    found = tokens(value or b"", specials=b",")
    return [token.text for token in found if token.kind in ("word", "quoted")]


def _between_semicolons(value: bytes) -> list[list[Token]]:
    """Its tokens but for comments, cut at each semicolon. There is one piece at least."""
    pieces: list[list[Token]] = [[]]
    for token in tokens(value, specials=b";="):
        if token.kind == ";":
            pieces.append([])
        elif token.kind != "comment":
            pieces[-1].append(token)
    return pieces


def _words(piece: Iterable[Token]) -> list[bytes]:
    return [token.text for token in piece]


def _parameters(pieces: list[list[Token]]) -> Pairs:
    return tuple(_joined(_named(pieces)))


def _named(pieces: list[list[Token]]) -> Iterator[tuple[bytes, bytes]]:
    """Name and value of each piece that has an equals sign. An unquoted value ends at the next
    semicolon, as most readers have it; a quoted one at its quote."""
    for piece in pieces:
        if len(piece) >= 2 and piece[0].kind == "word" and piece[1].kind == "=":
            value = piece[2:3] if piece[2:] and piece[2].kind == "quoted" else piece[2:]
            yield piece[0].text, b" ".join(_words(value))


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """The same with values that came in pieces put together, where none of these is missing."""
    whole: list[tuple[bytes, bytes]] = []
    pieces: list[tuple[bytes, int, bool, bytes, bytes]] = []
    for name, value in pairs:
        found = PIECE.fullmatch(name)
        if found is None:
            whole.append((name, value))
        else:
            pieces.append((found[1].lower(), int(found[2]), bool(found[3]), name, value))
    yield from whole
    for base, group in groupby(sorted(pieces), key=lambda piece: piece[0]):
        run = list(group)
        if [piece[1] for piece in run] != list(range(len(run))):
            yield from ((piece[3], piece[4]) for piece in run)
        elif any(piece[2] for piece in run):
            yield base + b"*", b"".join(v if star else _extended(v) for _, _, star, _, v in run)
        else:
            yield base, b"".join(piece[4] for piece in run)


def _extended(value: bytes) -> bytes:
    """A plain piece between extended ones, which have percent signs."""
    return NOT_EXTENDED.sub(lambda found: b"%%%02X" % ord(found[0]), value)
