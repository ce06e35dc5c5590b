"""Names of mailboxes: modified UTF-7 (RFC 3501 section 5.1.3), INBOX (5.1), wildcards (6.3.8).

Inside the fake a name is text; on the wire it is ASCII. A name has one encoding and no other.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from ..mailbox import DELIMITER, INBOX
from .values import Malformed

PLAIN = re.compile(r"([\x20-\x7e]+)")  # characters that stand for themselves, but for "&"
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


def parents(name: str, delimiter: str = DELIMITER) -> list[str]:
    """The names of the levels above it, the topmost first."""
    levels = name.split(delimiter)
    return [delimiter.join(levels[:count]) for count in range(1, len(levels))]


def matcher(pattern: str, delimiter: str = DELIMITER) -> Callable[[str], bool]:
    """Tells of a name whether LIST asks for it: ``*`` is anything, ``%`` anything within a level.
    INBOX is matched in any case. A name may be at several places of the pattern; all are followed
    at once, as the bits of a number, so that no pattern makes it go back."""
    pattern = WILDCARDS.sub(lambda run: "*" if "*" in run[0] else "%", pattern)
    having: dict[str, int] = {}  # the places of each character
    for place, character in enumerate(pattern):
        having[character] = having.get(character, 0) | 1 << place
    anything = having.pop("*", 0)
    wild = anything | having.pop("%", 0)

    def matches(name: str) -> bool:
        first = name.partition(delimiter)[0]
        folded = len(INBOX) if first.upper() == INBOX else 0
        places = 1 | (wild & 1) << 1  # a wildcard may stand for nothing
        for at, character in enumerate(name):
            here = having.get(character, 0)
            if at < folded:
                here |= having.get(character.swapcase(), 0)
            stays = places & (anything if character == delimiter else wild)
            places = stays | (places & here) << 1
            places |= (places & wild) << 1
        return bool(places >> len(pattern) & 1)

    return matches
