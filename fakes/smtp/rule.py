"""What a test writes to script an SMTP step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from .._core.rule import Rule

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.step import Step

Text = str | bytes
# What a callable given to reply() may return; see SMTPRule.reply.
Said = tuple[Any, ...] | int | bytes | None


KEYWORDS = ("FROM:", "TO:")  # RFC 5321 2.4: in any case; smtplib of Python 3.13 has them lower


class SMTPRule(Rule):
    """A rule of a FakeSMTP: the common rule language, and ``reply``.

    A pattern sees ``FROM:`` and ``TO:`` in capitals, however the client wrote them.
    """

    def subject(self, step: Step) -> str:
        """The argument, with the keyword before a path in capitals."""
        argument = step.argument
        for keyword in KEYWORDS:
            if argument[: len(keyword)].upper() == keyword:
                return keyword + argument[len(keyword) :]
        return argument

    @overload
    def reply(self, code: int, *lines: Text) -> Self: ...

    @overload
    def reply(self, code: Callable[[Step], Said]) -> Self: ...

    def reply(self, code: int | Callable[[Step], Said], *lines: Text) -> Self:
        """Send a reply (RFC 5321 section 4.2): any three-digit code, any text, byte for byte.

        Several lines make a multiline reply, each with the code. A text is str, sent as UTF-8, or
        bytes; one that has line breaks in it is sent as it is. A callable takes the Step and
        returns ``(code, *lines)``, a code, bytes that are sent untouched, or None for the natural
        answer.

        A code of the class that means success at this step keeps the step's effect: 2xx, but 3xx
        for DATA. A 334 makes the next line a ``response``. Raises ValueError for a code that has
        not three digits, TypeError for a text that is none.
        """
        if callable(code):
            if lines:
                raise TypeError(f"reply({code!r}, ...): the callable returns the lines as well")
            return self._reply("reply", (code,))
        check_reply(code, lines)
        return self._reply("reply", (code, *lines))


def check_reply(code: object, lines: tuple[object, ...]) -> None:
    """Raise ValueError or TypeError for what cannot be a reply."""
    if not isinstance(code, int) or isinstance(code, bool) or not 100 <= code <= 999:
        raise ValueError(f"reply({code!r}, ...): give a code of three digits, 100 to 999")
    for line in lines:
        if not isinstance(line, (str, bytes)):
            raise TypeError(f"reply({code}, {line!r}): give the text as str or bytes")


def written(code: int, lines: tuple[Text, ...]) -> bytes:
    """The bytes of a reply."""
    if not lines:
        return b"%d\r\n" % code
    texts = [
        line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line for line in lines
    ]
    return b"".join(b"%d-%s\r\n" % (code, text) for text in texts[:-1]) + b"%d %s\r\n" % (
        code,
        texts[-1],
    )
