"""What an IMAP server says, read strictly by the grammar of RFC 3501 section 9 and turned into
values: what the tests of FakeIMAP and the conformance with Dovecot compare."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

NUMBER = re.compile(rb"\d+(?=[ )\r]|\Z)")
QUOTED = re.compile(rb'"((?:[^"\\\r\n\0]|\\["\\])*)"')
LITERAL = re.compile(rb"\{(\d+)\}\r\n")
ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){\"]+")
SECTION = re.compile(rb"(BODY)\[([^\]]*)\](<\d+>)?", re.IGNORECASE)
ANNOUNCES = re.compile(rb"\{(\d+)\}\r\n\Z")


class NotIMAP(AssertionError):
    """It is not what the grammar allows."""


def read_response(line: Callable[[], bytes], exactly: Callable[[int], bytes]) -> bytes:
    """One response with the literals in it; b"" at the end of the connection."""
    response = line()
    while found := ANNOUNCES.search(response):
        response += exactly(int(found[1])) + line()
    return response


def values(data: bytes) -> list[Any]:
    """The values in a line, whose end is taken away: int, bytes for a string, None for NIL, str for
    an atom (in capitals), list. A ``BODY[...]`` is a str, too."""
    data = data.removesuffix(b"\r\n")
    found, at = _values(data, 0)
    if at != len(data):
        raise NotIMAP(f"{data[at:][:80]!r} is left of {data[:200]!r}")
    return found


def _values(data: bytes, at: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    after_list = False
    while at < len(data) and data[at : at + 1] != b")":
        if found:
            if data[at : at + 1] == b" ":
                at += 1
            elif not (after_list and data[at : at + 1] == b"("):  # (...)(...) in a multipart
                raise NotIMAP(f"no space before {data[at:][:80]!r}")
        after_list = data[at : at + 1] == b"("
        value, at = _value(data, at)
        found.append(value)
    return found, at


def _value(data: bytes, at: int) -> tuple[Any, int]:
    if data[at : at + 1] == b"(":
        inside, at = _values(data, at + 1)
        if data[at : at + 1] != b")":
            raise NotIMAP("a parenthesis is open")
        return inside, at + 1
    if found := QUOTED.match(data, at):
        return re.sub(rb"\\(.)", rb"\1", found[1]), found.end()
    if found := LITERAL.match(data, at):
        end = found.end() + int(found[1])
        if end > len(data):
            raise NotIMAP("a literal is too short")
        return data[found.end() : end], end
    if found := SECTION.match(data, at):
        return found[0].decode().upper(), found.end()
    if found := NUMBER.match(data, at):
        return int(found[0]), found.end()
    if found := ATOM.match(data, at):
        return None if found[0].upper() == b"NIL" else found[0].decode().upper(), found.end()
    raise NotIMAP(f"neither atom nor string: {data[at:][:80]!r}")


def fetched(response: bytes) -> tuple[int, dict[str, Any]]:
    """Number and items of an untagged FETCH."""
    star, number, name, items = values(response)
    if (star, name) != ("*", "FETCH") or len(items) % 2:
        raise NotIMAP(f"no FETCH: {response[:200]!r}")
    return number, dict(zip(items[::2], items[1::2], strict=True))
