"""Requests: from bytes to a method and its arguments, within bounds.

The standard library's unmarshaller makes the values; this module stands between it and the XML
parser, since what a client sends must not cost more than it is long.
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple
from xml.parsers import expat
from xmlrpc.client import Fault, Unmarshaller, gzip_decode

from .commands import MAX_DEPTH, MAX_PARAMETERS, PROBLEMS


class Asked(NamedTuple):
    """What a request asks: ``method`` is None where it has no name of one."""

    method: str | None
    arguments: tuple[Any, ...]


class Reader(Unmarshaller):
    """An unmarshaller that minds how deep it is."""

    def __init__(self, use_builtin_types: bool) -> None:
        super().__init__(use_builtin_types=use_builtin_types)
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """The beginning of an element. Raises Fault beyond MAX_DEPTH."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refusal("depth")
        super().start(tag, attrs)

    def end(self, tag: str) -> None:
        """The end of an element."""
        self._depth -= 1
        super().end(tag)


def refusal(name: str) -> Fault:
    """The fault that PROBLEMS names so."""
    problem = PROBLEMS[name]
    return Fault(problem.code, problem.text)


def read(data: bytes, use_builtin_types: bool) -> Asked:
    """What a request asks.

    Raises Fault where it goes beyond a bound or holds one itself, and what the standard library
    raises for all else that is wrong: ExpatError, ResponseError, ValueError, TypeError, ...
    """
    reader = Reader(use_builtin_types)
    reader.xml(None, None)  # type: ignore[arg-type]  # as the standard library's parser says it
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _refuse_doctype  # before any entity can be declared
    parser.Parse(data, True)
    arguments = reader.close()
    if len(arguments) > MAX_PARAMETERS:
        raise refusal("parameters")
    return Asked(reader.getmethodname(), arguments)


def _refuse_doctype(*_: object) -> None:
    raise refusal("doctype")


class BadCoding(Exception):
    """The coding of a body: the status that answers it, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def decoded(body: bytes, coding: str, limit: int) -> bytes:
    """A body without its content coding (RFC 9110 8.4), ``limit`` bytes at most. Raises
    BadCoding."""
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        raise BadCoding(501, f"the content coding {coding!r} is not known, gzip is")
    try:
        return gzip_decode(body, limit)
    except (ValueError, EOFError, zlib.error) as error:
        bound = f" (max_message_size of {limit:,} bytes)" if "exceeded" in str(error) else ""
        raise BadCoding(400, f"the gzip content cannot be decoded: {error}{bound}") from None
