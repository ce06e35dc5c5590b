"""The ENVELOPE of a message (RFC 3501 section 7.4.2), of broken ones too.

Nothing is decoded: encoded words leave as they are, bytes over 127 in a literal. Where a field is
there more than once, addresses are taken from all of them, so that no From can hide behind another,
and everything else from the last: no RFC says, and Dovecot does so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .header import Header, Token, tokens
from .parts import Part
from .values import NIL, listed, nstring

ADDRESSES = 10_000  # of one message that are given out


class Address(NamedTuple):
    """The four strings of an address; None is NIL. A group begins with (None, None, name, None) and
    ends with (None, None, None, None)."""

    name: bytes | None
    route: bytes | None
    mailbox: bytes | None
    host: bytes | None


END_OF_GROUP = Address(None, None, None, None)


def envelope(message: Part) -> bytes:
    """That of a message, in its parentheses; put together once."""
    if "ENVELOPE" not in message.written:
        message.written["ENVELOPE"] = _envelope(message.header)
    return message.written["ENVELOPE"]


def _envelope(header: Header) -> bytes:
    sender = _addresses(header, b"from")
    fields = [
        nstring(header.last(b"date")),
        nstring(header.last(b"subject")),
        sender,
        _addresses(header, b"sender", sender),
        _addresses(header, b"reply-to", sender),
        *(_addresses(header, name) for name in (b"to", b"cc", b"bcc")),
        nstring(header.last(b"in-reply-to")),
        nstring(header.last(b"message-id")),
    ]
    return b"(%s)" % b" ".join(fields)


def _addresses(header: Header, name: bytes, default: bytes = NIL) -> bytes:
    """A list of addresses, or ``default`` where there is none in the fields of a name."""
    found = [each for value in header.values(name) for each in addresses(value)][:ADDRESSES]
    return b"(%s)" % b"".join(map(written, found)) if found else default


def written(address: Address) -> bytes:
    """An address as it leaves."""
    return listed([nstring(text) for text in address])


# --- RFC 5322 section 3.4, with the obsolete forms of section 4.4


def addresses(value: bytes) -> Iterator[Address]:
    """The addresses of a field. What is none gives what there is of one, with empty strings for
    what is missing: NIL would make it a group."""
    in_group = False
    piece: list[Token] = []
    in_angle = False
    for token in tokens(value, specials=b",:;<>@[]"):
        in_angle = token.kind == "<" or (in_angle and token.kind != ">")
        if token.kind == ":" and not in_angle and not in_group and not _has(piece, "@"):
            yield Address(None, None, _phrase(piece) or b"", None)
            in_group, piece = True, []
        elif token.kind in (",", ";") and not (in_angle and _is_route(piece)):
            yield from _address(piece)
            piece, in_angle = [], False
            if token.kind == ";" and in_group:
                yield END_OF_GROUP
                in_group = False
        else:
            piece.append(token)
    yield from _address(piece)
    if in_group:
        yield END_OF_GROUP


def _has(piece: list[Token], kind: str) -> bool:
    return any(token.kind == kind for token in piece)


def _is_route(piece: list[Token]) -> bool:
    """Whether a comma behind it is one between two hosts: ``<@a,@b:``."""
    kinds = [token.kind for token in piece if token.kind != "comment"]
    angle = kinds.index("<") if "<" in kinds else len(kinds)
    return kinds[angle + 1 : angle + 2] == ["@"] and ":" not in kinds[angle:]


def _address(piece: list[Token]) -> Iterator[Address]:
    """The address in a piece between two commas, if there is anything in it."""
    bare = [token for token in piece if token.kind != "comment"]
    comments = [token.text for token in piece if token.kind == "comment"]
    if not bare:
        return
    kinds = [token.kind for token in bare]
    name: bytes | None = None
    route: bytes | None = None
    if "<" in kinds:
        angle = kinds.index("<")
        name = _phrase(bare[:angle])
        bare = bare[angle + 1 :]
        kinds = kinds[angle + 1 :]
        if ">" in kinds:
            bare = bare[: kinds.index(">")]
        if bare and bare[0].kind == "@" and ":" in (k := [token.kind for token in bare]):
            route = b"".join(token.text for token in bare[: k.index(":")])
            bare = bare[k.index(":") + 1 :]
    if name is None and comments:
        name = comments[-1]  # RFC 822's way to name somebody: ann@example.com (Ann)
    at = max((i for i, token in enumerate(bare) if token.kind == "@"), default=len(bare))
    mailbox = _joined(bare[:at])
    yield Address(name or None, route, mailbox, _joined(bare[at + 1 :]))


def _phrase(piece: list[Token]) -> bytes | None:
    """Words with a space where there was some between them; None where there are none."""
    text = b"".join((b" " if token.spaced else b"") + token.text for token in piece)
    return text.strip() or None


def _joined(piece: list[Token]) -> bytes:
    """A mailbox or a host, without the white space that may be around its dots."""
    return b"".join(token.text for token in piece)
