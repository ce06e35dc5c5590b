"""What a test writes to script an IMAP step."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from .._core import pattern as patterns
from .._core.errors import close_matches
from .._core.faults import Framing, Shaping, Spoiled
from .._core.program import Reply
from .._core.rule import Rule
from .._core.wording import shown
from .commands import CHALLENGE, STATUSES
from .names import decode
from .values import Malformed

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.faults import Parts, Shaper
    from .._core.step import Step

Text = str | bytes
# What a callable given to reply() may return; see IMAPRule.reply.
Said = tuple[Any, ...] | str | bytes | None

WRAPPED = re.compile(r'"((?:[^"\\]|\\.)*)"|\{[0-9]+\+?\}\r\n')
ESCAPED = re.compile(r"\\(.)")
ANNOUNCED = re.compile(rb"\{([0-9]+)\}(?=\r\n)")


class IMAPRule(Rule):
    """A rule of a FakeIMAP: the common rule language, ``reply``, ``untagged`` and ``literals``.

    A pattern may be written as a client sends the argument, or with its strings bare and names of
    mailboxes readable: ``on("SELECT", "Entwürfe")`` is for ``SELECT "Entw&APw-rfe"``, too.
    """

    def compare(self, step: Step) -> Iterator[tuple[str, bool, str]]:
        if self.pattern is None:
            return
        spellings = spelled(step.argument)
        ok = any(patterns.matches(self.pattern, text) for text in spellings)
        is_ = "matches" if ok else "is not"
        yield "pattern", ok, f"{spellings[0]!r} {is_} {shown(self.pattern)}"

    @overload
    def reply(self, status: str, text: Text = "", *, tag: str | None = None) -> Self: ...

    @overload
    def reply(self, status: Callable[[Step], Said]) -> Self: ...

    def reply(
        self, status: str | Callable[[Step], Said], text: Text = "", *, tag: str | None = None
    ) -> Self:
        """Send a status (RFC 3501 section 7.1) and any text, byte for byte (str as UTF-8), with its
        response code in brackets if it has one: ``reply("NO", "[UNAVAILABLE] later")``.

        ``OK``, ``NO`` and ``BAD`` complete the command, with the client's tag, or ``tag`` in its
        place; ``BYE`` and ``PREAUTH`` are untagged, and so is all that is said on ``connect``;
        ``+`` asks the client to go on, and makes the next line a ``response`` (at a ``literal``
        step, it takes the literal).

        A callable takes the Step and returns ``(status, text)``, a status, bytes that are sent
        untouched, or None for the natural answer.

        ``OK`` keeps the step's effect, and ``+`` that of IDLE, AUTHENTICATE and ``literal``.
        Raises ValueError for a status that is none, TypeError for a text that is none.
        """
        if callable(status):
            if text or tag is not None:
                raise TypeError(f"reply({status!r}, ...): the callable returns the text as well")
            return self._reply("reply", (status,))
        check_reply(status, text)
        if tag is not None and not isinstance(tag, str):
            raise TypeError(f"reply({status!r}, tag={tag!r}): give the tag as str")
        return self._reply("reply", (status, text) if text else (status,), tag=tag)

    def untagged(self, *lines: Text) -> Self:
        """Send untagged lines, byte for byte: ``untagged("3 EXISTS", "OK [ALERT] full")`` sends
        ``* 3 EXISTS`` and ``* OK [ALERT] full``. A line may have a literal in it.

        It has no effect and completes nothing: write ``.answer()`` or ``.reply()`` behind it, or
        leave the command without its tagged reply. Raises TypeError for a line that is none.
        """
        for line in lines:
            if not isinstance(line, (str, bytes)):
                raise TypeError(f"untagged({line!r}): give lines as str or bytes")
        if not lines:
            raise TypeError("untagged(): give the lines, without their stars")
        return self._act(Reply(lines, UNTAGGED), f".untagged({', '.join(map(shown, lines))})")

    def literals(self, *, off_by: int) -> Self:
        """Announce every literal of the answer with a size that is wrong by so many bytes: more
        than are sent with ``off_by=5``, fewer with ``off_by=-5`` (never under 0)."""
        if not isinstance(off_by, int) or isinstance(off_by, bool) or not off_by:
            raise ValueError(f"literals(off_by={off_by!r}): give a whole number that is not 0")
        return self._shape(Announce(off_by), f".literals(off_by={off_by})")


UNTAGGED: dict[str, Any] = {"untagged": True}


@dataclass(frozen=True)
class Announce(Shaping):
    """Literals announced with a wrong size."""

    off_by: int

    def start(self) -> Shaper:
        def announce(parts: Parts) -> Spoiled:
            return Spoiled(self._spoil(part) for part in parts)

        return announce

    def _spoil(self, part: bytes) -> bytes:
        def wrong(found: re.Match[bytes]) -> bytes:
            return b"{%d}" % max(0, int(found[1]) + self.off_by)

        return type(part)(ANNOUNCED.sub(wrong, part)) if isinstance(part, Framing) else part

    def __str__(self) -> str:
        return f"literals(off_by={self.off_by})"


def spelled(argument: str) -> list[str]:
    """An argument as it was sent, with its strings bare, and with names readable."""
    spellings = [argument]
    if '"' in argument or "{" in argument:
        spellings.append(WRAPPED.sub(lambda found: ESCAPED.sub(r"\1", found[1] or ""), argument))
    if "&" in argument:
        with contextlib.suppress(Malformed):
            spellings.append(decode(spellings[-1].encode()))
    return spellings


def check_reply(status: object, text: object) -> None:
    """Raise ValueError or TypeError for what cannot be a reply."""
    __tracebackhide__ = True
    if not isinstance(status, str):
        raise TypeError(f"reply({status!r}, ...): give the status as str, OK, NO or BAD")
    if status not in STATUSES:
        raise ValueError(
            f"reply({status!r}, ...): {close_matches(status, STATUSES)} (raw() sends anything)"
        )
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"reply({status!r}, {text!r}): give the text as str or bytes")


def encoded(text: Text) -> bytes:
    """A text as it is sent."""
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def written(lead: str, status: str, text: Text) -> bytes:
    """The line of a reply: ``lead`` is the tag, or a star, or nothing before a ``+``."""
    words = [encoded(each) for each in (lead, status) if each]
    if text or status == CHALLENGE:
        words.append(encoded(text))  # "+ " has its space though nothing follows (section 7.5)
    return b" ".join(words) + b"\r\n"
