"""A request: what a test reads of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar, overload

from .._core.step import Step
from .head import FIELD, Head

T = TypeVar("T")


class Headers:
    """Header fields in the order received; names in any case, and more than once.

    ``get`` and ``[]`` give the first value of a name, ``get_all`` all of them.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)

    @classmethod
    def parse(cls, lines: bytes) -> Headers:
        """Of header lines that are well-formed, each with a CRLF before it."""
        return cls(
            (name.decode("ascii"), value.rstrip(b" \t").decode("latin-1"))
            for name, value in FIELD.findall(lines)
        )

    def get_all(self, name: str) -> list[str]:
        """Every value of a name, in order."""
        name = name.lower()
        return [value for key, value in self._pairs if key.lower() == name]

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...
    def get(self, name: str, default: Any = None) -> Any:
        """The first value of a name, or ``default``."""
        name = name.lower()
        for key, value in self._pairs:
            if key.lower() == name:
                return value
        return default

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def items(self) -> list[tuple[str, str]]:
        """Names, as they were spelled, and values."""
        return list(self._pairs)

    def keys(self) -> list[str]:
        """Names, as they were spelled."""
        return [name for name, _ in self._pairs]

    def values(self) -> list[str]:
        """Values."""
        return [value for _, value in self._pairs]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return self._pairs == other._pairs if isinstance(other, Headers) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({list(self._pairs)!r})"


class Request(Step):
    """A request.

    ``verb`` is its method, ``argument`` its target as it was sent, ``line`` its request line.
    ``raw`` is all of it as it was received, ``head_bytes`` its head alone: the request line, the
    headers and the blank line. Of a chunked body ``raw`` has the chunks as they were framed, no
    more than ``max_message_size`` bytes of them. ``user`` is who came with right credentials
    (RFC 7617), or with any where the fake has no ``users``; None for all others.
    ``complete`` is False when the client left before the end of the body, or when a rule answered
    before it; ``body`` is then what was read of it. ``trailers`` are the Headers behind a chunked
    body. ``problem`` says what is wrong with a malformed request, and is "" for all others.
    """

    __slots__ = ("__dict__", "head", "head_bytes")  # most requests need no dict

    trailers: Headers = Headers()
    complete: bool = True
    problem: str = ""
    user: str | None = None
    framed: bytearray | None = None  # a chunked body as it came
    unread: bool = False  # the body has not been read yet
    receiver: Callable[[Request], object] | None = None  # reads it

    def __init__(self, head: Head, raw: bytes, connection: int, time: float) -> None:
        self.verb = head.verb
        self.argument = head.argument
        self.line = head.line
        self.connection = connection
        self.time = time
        self.content = b""
        self.head = head
        self.head_bytes = raw
        if head.length != 0:
            self.unread = True

    @property
    def raw(self) -> bytes:
        """The bytes as they were received: the head, and what was read of the body."""
        return self.head_bytes + (self.content if self.framed is None else self.framed)

    @property
    def method(self) -> str:
        """The same as ``verb``."""
        return self.verb

    @property
    def target(self) -> str:
        """The same as ``argument``: the request-target as it was sent."""
        return self.argument

    @property
    def path(self) -> str:
        """The path of the target, decoded; of a target without one, the target."""
        return self.head.path

    @property
    def raw_path(self) -> str:
        """The path as it was sent."""
        return self.head.raw_path

    @property
    def query_string(self) -> str:
        """What is behind the ``?`` of the target, as it was sent."""
        return self.head.query_string

    @property
    def http_version(self) -> str:
        """``"HTTP/1.1"`` or ``"HTTP/1.0"``; whatever it said, if it is malformed."""
        return self.head.http_version

    @property
    def body(self) -> bytes:
        """The content, decoded from chunks; other codings are left as they are."""
        return self.content

    @cached_property
    def headers(self) -> Headers:
        """The header fields."""
        return Headers.parse(self.head.fields)

    @cached_property
    def query_list(self) -> list[tuple[str, str]]:
        """Names and values of the query, in order."""
        return _pairs(self.query_string)

    @property
    def query(self) -> dict[str, str]:
        """The query: each name with its last value."""
        return dict(self.query_list)

    @property
    def text(self) -> str:
        """The body as text, in the charset that Content-Type names, or UTF-8."""
        found = re.search(r"charset=\"?([^\s;\"]+)", self.headers.get("Content-Type", ""), re.I)
        try:
            return self.body.decode(found[1] if found else "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    @property
    def form(self) -> dict[str, str]:
        """An urlencoded body: each name with its last value; other bodies are an empty form."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return dict(_pairs(self.text)) if kind == "application/x-www-form-urlencoded" else {}

    def json(self) -> Any:
        """The body, parsed as JSON. Raises ValueError if it is not JSON."""
        import json

        return json.loads(self.body)

    def receive(self) -> None:
        """Have the body read. Called by rules that look at it, before ``where`` is asked."""
        if self.receiver is not None:
            self.receiver(self)

    def __repr__(self) -> str:
        return f"<Request {self.verb} {self.argument} (connection {self.connection})>"


def _pairs(text: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(text, keep_blank_values=True, errors="replace")
