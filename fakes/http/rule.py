"""Rules of HTTP: what a request may be matched by, and what answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, overload

from .._core import checks
from .._core import pattern as patterns
from .._core.program import Part, Raw, Reply
from .._core.rule import Rule
from .._core.wording import shown
from .given import ABSENT, Fields
from .message import Request
from .response import Response

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.script import Firing
    from .._core.step import Step

# What a callable given to respond() may return; None is the natural answer.
Computed = Response | bytes | tuple[Any, ...] | None

DEFAULTS: dict[str, Any] = {
    "headers": None,
    "json": ABSENT,
    "text": None,
    "reason": None,
    "chunked": False,
    "trailers": None,
    "gzip": False,
    "http_version": "HTTP/1.1",
}


class HTTPRule(Rule):
    """A rule for requests. Its pattern is matched against the path, decoded or as sent; with a
    ``?`` in it against the whole target."""

    matcher_names = frozenset({"query", "headers", "json", "body"})

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        if self.matchers and self.verb in (None, "connect"):
            raise ValueError(f"{self}: a client that connects has sent nothing that could match")
        for name, value in self.matchers.items():
            CHECKS[name](name, value)
        self._looks_at_body = "json" in self.matchers or "body" in self.matchers
        plain = isinstance(self.pattern, str) and not set(self.pattern) & set("*?\\")
        self._path = self.pattern if plain else None  # to be compared and not matched

    # --- senders

    @overload
    def respond(self, status: Callable[[Request], Computed], /) -> Self: ...

    @overload
    def respond(
        self,
        status: int = 200,
        body: bytes | Iterable[bytes] = b"",
        *,
        headers: Fields = None,
        json: Any = ABSENT,
        text: str | None = None,
        reason: str | None = None,
        chunked: bool = False,
        trailers: Fields = None,
        gzip: bool = False,
        http_version: str = "HTTP/1.1",
    ) -> Self: ...

    def respond(self, status: Any = 200, body: Any = b"", **options: Any) -> Self:
        """Send a response; see :class:`Response` for the arguments.

        What is given is sent as it is: a wrong Content-Length stays wrong. Whether the connection
        goes on follows what the response says. ``status`` may be a callable that takes the Request
        and returns a Response, bytes (sent untouched), a tuple ``(status, body[, headers])``, or
        None for the natural answer.
        """
        if self.verb == "connect":
            raise ValueError(f"{self}: nothing is asked yet that could be responded to; use raw()")
        if callable(status):
            if body or options:
                raise TypeError(f"{self}: the callable says all; return a Response from it")
            return self._act(Reply((status,), {}), f".respond({shown(status)})")
        words = [shown(status)] + ([shown(body)] if not isinstance(body, bytes) or body else [])
        words += [f"{k}={shown(v)}" for k, v in options.items() if v is not DEFAULTS.get(k)]
        response = Response(status, body, **options)
        return self._act(Reply((response,), {}), f".respond({', '.join(words)})")

    @checks.keywords
    def answer_before_body(self, unread: int | None = None) -> Self:
        """Answer before the request's body has been read, or when all but ``unread`` bytes of it
        have been; then the connection ends (FIN), unless an ending is written.

        The rule is chosen on the head alone: ``where``, if any, is asked when there is no body
        yet. A rule written earlier that looks at the body has it read first. Raises ValueError
        if this one does. With ``unread``, a chunked body, whose length nobody knows before its
        end, is an error of the test, and so is a body of fewer bytes.
        """
        if self.verb == "connect":
            raise ValueError(f"{self}: nothing is asked yet that could be answered")
        if self._looks_at_body:
            raise ValueError(f"{self}: looks at the body, so it cannot answer before it")
        if unread is not None:
            checks.whole("unread", unread)
        self.parts[-1].settings["unread"] = unread
        return self._wrote(f".answer_before_body({'' if unread is None else f'unread={unread}'})")

    # --- deciding

    def wants(self, step: Step) -> bool:
        """Whether the step is one of the rule's, ``where`` not asked. A body that the rule must
        look at, or that is to be read before it answers, is read here."""
        if step.verb != self.verb and not self.is_for(step):
            return False
        if not isinstance(step, Request):
            return super().wants(step)
        if step.problem and self.verb is not None:
            return False
        if self.pattern is not None and step.head.path != self._path and not self._fits(step):
            return False
        if step.unread:
            if not all(ok for _, ok, _ in self._compare_head(step)):
                return False
            if self._reads(step):
                step.receive()
        return not self.matchers or all(ok for _, ok, _ in self.compare(step))

    def _reads(self, request: Request) -> bool:
        part = self.current()
        if part is None or self._looks_at_body:
            return self._looks_at_body
        if answers_early(part, request):
            return False
        return self.where is not None or part.passed >= part.skip

    def _fits(self, request: Request) -> bool:
        return any(patterns.matches(self.pattern, text) for text in self._subjects(request))

    def _subjects(self, request: Request) -> list[str]:
        """All that the pattern may match."""
        target = request.argument
        if isinstance(self.pattern, str) and "?" not in self.pattern:
            return [request.path, request.raw_path, target.partition("?")[0]]
        origin = request.raw_path + target[len(target.partition("?")[0]) :]
        return [target, origin, request.path, request.raw_path]

    def subject(self, step: Step) -> str:
        """The text that the pattern is matched against, for a message."""
        if isinstance(step, Request) and "?" not in str(self.pattern):
            return step.path
        return step.argument

    def compare(self, step: Step) -> Iterator[tuple[str, bool, str]]:
        """Part by part: what is asked, whether it holds, and how it compares."""
        if not isinstance(step, Request):
            yield from super().compare(step)
            return
        if step.problem and self.verb is not None:
            yield "request", False, f"it is malformed: {step.problem}"
        yield from self._compare_head(step)
        if "json" in self.matchers:
            yield _compare_json(self.matchers["json"], step)
        if "body" in self.matchers:
            wanted = self.matchers["body"]
            ok = _holds(wanted, step.body if isinstance(wanted, (bytes, re.Pattern)) else step.text)
            yield "body", ok, _comparison(step.body, ok, wanted)

    def _compare_head(self, request: Request) -> Iterator[tuple[str, bool, str]]:
        if self.pattern is not None:
            ok = self._fits(request)
            yield "path", ok, _comparison(self.subject(request), ok, self.pattern)
        for name, wanted in self.matchers.get("query", {}).items():
            values = [value for key, value in request.query_list if key == name]
            ok = values == wanted if isinstance(wanted, list) else _last_holds(wanted, values)
            yield f"query {name}", ok, _comparison(_single(values), ok, wanted)
        for name, wanted in self.matchers.get("headers", {}).items():
            values = request.headers.get_all(name)
            ok = any(_holds(wanted, value) for value in values)
            yield f"header {name}", ok, _comparison(_single(values), ok, wanted)


def answers_early(part: Part, request: Request) -> bool:
    """Whether a part answers before the body has been read: because it says so, or because the
    client waits for 100 (Continue) and a raw answer is all that is sent."""
    if "unread" in part.settings:
        return True
    return request.head.continues and says_raw(part)


def leaves(part: Part, request: Request) -> int | None:
    """How many bytes of the body a part that answers early leaves unread; None: all of it."""
    raw = request.head.continues and says_raw(part)
    unread: int | None = None if raw else part.settings.get("unread")
    return unread


def check_unread(firing: Firing, request: Request) -> None:
    """Raise ValueError, which is for the test, if a body has not the bytes to be left unread."""
    rule, length = firing.rule, request.head.length
    unread = firing.part.settings["unread"] or 0
    if length is not None and unread > length:
        why = f"is more than the {length:,} bytes of the body of {request!r}"
    elif length is None and request.unread and leaves(firing.part, request) is not None:
        why = f"needs a Content-Length, and the body of {request!r} came chunked"
    else:
        return
    raise ValueError(f"{rule}\n  written at {rule.written_at}: unread={unread} {why}")


def says_raw(part: Part) -> bool:
    """Whether raw bytes are among what a part sends."""
    return any(isinstance(action, Raw) for action in part.actions)


# --- matchers


def _holds(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return wanted.search(value) is not None
    return bool(wanted == value)


def _last_holds(wanted: Any, values: list[str]) -> bool:
    return bool(values) and _holds(wanted, values[-1])


def _single(values: list[str]) -> Any:
    """What is shown of the values of a name: None, the one, or all."""
    return values if len(values) > 1 else next(iter(values), None)


def _comparison(value: Any, ok: bool, wanted: Any) -> str:
    if value is None:
        return f"there is none, wanted {shown(wanted)}"
    return f"{shown(value)} {'matches' if ok else 'is not'} {shown(wanted)}"


def _compare_json(wanted: Any, request: Request) -> tuple[str, bool, str]:
    try:
        value = request.json()
    except (ValueError, RecursionError):
        return "json", False, f"{shown(request.body)} is not JSON, wanted {shown(wanted)}"
    return "json", value == wanted, _comparison(value, value == wanted, wanted)


def _check_query(name: str, given: object) -> None:
    _check_named(name, given)
    for key, value in given.items():  # type: ignore[attr-defined]
        listed = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not listed and not _is_text(value):
            raise TypeError(f"{name}: {key}={value!r}: give a str, a list of str or a re.Pattern")


def _check_headers(name: str, given: object) -> None:
    _check_named(name, given)
    for key, value in given.items():  # type: ignore[attr-defined]
        if not _is_text(value):
            raise TypeError(f"{name}: {key}={value!r}: give a str or a compiled re.Pattern of str")


def _check_named(name: str, given: object) -> None:
    if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
        raise TypeError(f"{name}={given!r}: give a dict of names and values")


def _check_json(name: str, given: object) -> None:
    from json import dumps

    try:
        dumps(given)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name}={given!r}: no JSON is equal to it: {error}") from None


def _check_body(name: str, given: object) -> None:
    compiled = isinstance(given, re.Pattern) and isinstance(given.pattern, bytes)
    if not compiled and not isinstance(given, (bytes, str)):
        raise TypeError(f"{name}={given!r}: give bytes, a str, or a compiled re.Pattern of bytes")


def _is_text(value: object) -> bool:
    if isinstance(value, re.Pattern):
        return isinstance(value.pattern, str)
    return isinstance(value, str)


CHECKS: dict[str, Callable[[str, object], None]] = {
    "query": _check_query,
    "headers": _check_headers,
    "json": _check_json,
    "body": _check_body,
}
