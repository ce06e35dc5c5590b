"""What a test writes to script a POP3 step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, overload

from .._core.faults import Framing
from .._core.rule import Rule
from .content import END, stuffed

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.faults import Parts
    from .._core.step import Step

Text = str | bytes
Body = Text | Iterable[Text]
# What a callable given to reply() may return; see POP3Rule.reply.
Said = str | tuple[Text, Body] | bytes | None


class POP3Rule(Rule):
    """A rule of a FakePOP3: the common rule language, and ``reply``."""

    @overload
    def reply(self, line: Text, body: Body | None = None) -> Self: ...

    @overload
    def reply(self, line: Callable[[Step], Said]) -> Self: ...

    def reply(self, line: Text | Callable[[Step], Said], body: Body | None = None) -> Self:
        """Send a status line, any text, byte for byte (str as UTF-8), and a CRLF: ``"-ERR
        locked"``, ``"+OK 2 messages"``, ``"+ "`` and base64 for a challenge.

        With ``body`` it is a multi-line response (RFC 1939 section 3): a message as str or bytes,
        or lines without their ends. Its dots are stuffed, and the final dot follows; ``raw()``
        sends what shall have neither.

        A callable takes the Step and returns a str (the line), ``(line, body)``, bytes that are
        sent untouched, or None for the natural answer.

        The first word is the status: ``+OK`` keeps the step's effect, ``+`` makes the next line a
        ``response``. Raises TypeError for a line or body that is none.
        """
        if callable(line):
            if body is not None:
                raise TypeError(f"reply({line!r}, ...): the callable returns the body as well")
            return self._reply("reply", (line,))
        if body is None:
            check_line(line)
            return self._reply("reply", (line,))
        return self._reply("reply", (line, checked_body(line, body)))


def check_line(line: object) -> None:
    """Raise TypeError for what cannot be a status line."""
    if not isinstance(line, (str, bytes)):
        raise TypeError(f"reply({line!r}): give the status line as str or bytes")


def checked_body(line: object, body: Any) -> Body:
    """A body that can be sent any number of times. Raises TypeError for what cannot be one."""
    check_line(line)
    if isinstance(body, (str, bytes)):
        return body
    lines = list(body) if isinstance(body, Iterable) else [body]
    if not all(isinstance(each, (str, bytes)) for each in lines):
        raise TypeError(f"reply({line!r}, {body!r}): give the body as str, bytes, or lines of them")
    return lines


def encoded(text: Text) -> bytes:
    """A text as it is sent."""
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def written(line: Text, body: Body | None = None) -> Parts:
    """The bytes of a reply."""
    head = encoded(line) + b"\r\n"
    if body is None:
        return (head,)
    if not isinstance(body, (str, bytes)):
        body = b"".join(encoded(each) + b"\r\n" for each in body)
    return Framing(head), stuffed(encoded(body)), END
