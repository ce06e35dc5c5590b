"""Names of mailboxes: modified UTF-7 (RFC 3501 section 5.1.3), INBOX (5.1), wildcards (6.3.8).

Inside the fake a name is text; on the wire it is ASCII. A name has one encoding and no other.
"""

from __future__ import annotations

import base64
import binascii
import re

from .values import Malformed

DELIMITER = "/"
INBOX = "INBOX"
PLAIN = re.compile(r"([\x20-\x7e]+)")  # characters that stand for themselves, but for "&"
WILD = ("*", "%")
WILDCARDS = re.compile(r"[*%]+")
SHIFTED = re.compile(rb"&([^-]*)-")


def encode(name: str) -> bytes:
    """A name as the wire carries it. ValueError for what is no Unicode: half of a pair."""
    pieces = PLAIN.split(name)  # plain ones at the odd places
    return b"".join(
        piece.replace("&", "&-").encode() if place % 2 else _shifted(piece)
        for place, piece in enumerate(pieces)
    )


def _shifted(text: str) -> bytes:
    if not text:
        return b""
    coded = base64.b64encode(text.encode("utf-16-be"), b"+,")
    return b"&%s-" % coded.rstrip(b"=")


def decode(name: bytes) -> str:
    """The text of a name. Malformed for what is not modified UTF-7 as a client must write it:
    ASCII, no shift left open, nothing encoded that need not be."""
    try:
        pieces = SHIFTED.split(name)  # what was between "&" and "-" at the odd places
        text = "".join(
            _unshifted(piece) if place % 2 else piece.decode("ascii")
            for place, piece in enumerate(pieces)
        )
        if encode(text) == name:
            return text
    except (ValueError, binascii.Error):
        pass
    raise Malformed("the name is not in modified UTF-7")


def _unshifted(coded: bytes) -> str:
    if not coded:
        return "&"
    padding = b"=" * (-len(coded) % 4)
    return base64.b64decode(coded + padding, b"+,", validate=True).decode("utf-16-be")


def canonical(name: str, delimiter: str = DELIMITER) -> str:
    """The name with INBOX in capitals, where it is INBOX or below it."""
    first, mark, rest = name.partition(delimiter)
    return first.upper() + mark + rest if first.upper() == INBOX else name


def parents(name: str, delimiter: str = DELIMITER) -> list[str]:
    """The names of the levels above it, the topmost first."""
    levels = name.split(delimiter)
    return [delimiter.join(levels[:count]) for count in range(1, len(levels))]


def matches(pattern: str, name: str, delimiter: str = DELIMITER) -> bool:
    """Whether a name is one that LIST asks for: ``*`` is anything, ``%`` anything within a level.
    INBOX is matched in any case. The time it takes is bounded by the product of the lengths: no
    pattern makes it go back."""
    pattern = WILDCARDS.sub(lambda run: "*" if "*" in run[0] else "%", pattern)
    folded = len(INBOX) if canonical(name, delimiter)[: len(INBOX)] == INBOX else 0
    if name[folded : folded + 1] not in ("", delimiter):
        folded = 0
    places = _through_wildcards(pattern, {0})
    for at, character in enumerate(name):
        reached: set[int] = set()
        for place in places:
            if place == len(pattern):
                continue
            wanted = pattern[place]
            if wanted == "*" or (wanted == "%" and character != delimiter):
                reached.add(place)
            elif wanted == character or (at < folded and wanted.upper() == character.upper()):
                reached.add(place + 1)
        places = _through_wildcards(pattern, reached)
    return len(pattern) in places


def _through_wildcards(pattern: str, places: set[int]) -> set[int]:
    """The places, and those behind wildcards that stand for nothing. No two are side by side."""
    reached = set(places)
    reached.update(at + 1 for at in places if pattern[at : at + 1] in WILD)
    return reached
