"""What a test writes to script an FTP step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from .._core import checks
from .._core.rule import Rule
from .._core.wording import shown
from . import commands

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.program import Part
    from .._core.step import Step

Text = str | bytes
# What a callable given to reply() may return; see FTPRule.reply.
Said = tuple[Any, ...] | int | bytes | None

# Settings of a part of a rule.
CONTENT, REFUSED, STOP_AFTER = "content", "refused", "stop after"


class FTPRule(Rule):
    """A rule of a FakeFTP: the common rule language, ``reply`` and ``content``.

    On RETR, STOR, STOU, APPE, LIST, NLST and MLSD the senders act on the control connection; the
    shaping faults, the endings, and the waits behind the reply act on the data connection. Where
    the reply is scripted and none that begins a transfer, all acts on the control connection.
    """

    _taking = threading.Lock()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._passed_by = 0  # matches that were counted when a port was announced, and not fired

    @overload
    def reply(self, code: int, *lines: Text) -> Self: ...

    @overload
    def reply(self, code: Callable[[Step], Said]) -> Self: ...

    def reply(self, code: int | Callable[[Step], Said], *lines: Text) -> Self:
        """Send a reply (RFC 959 section 4.2): any three-digit code, any text, byte for byte.

        Several lines make a multi-line reply: the first with the code and a hyphen, the last with
        the code, those between as they are. A text is str, sent as UTF-8, or bytes; one that has
        line breaks in it is sent as it is. A callable takes the Step and returns ``(code,
        *lines)``, a code, bytes that are sent untouched, or None for the natural answer.

        A code of the class that means success at this step keeps the step's effect: 1xx where a
        transfer begins, 3xx for USER, REST and RNFR, else 2xx. A 2xx to USER and a 230 for a
        greeting log in. Raises ValueError for a code that has not three digits, TypeError for a
        text that is none.
        """
        if callable(code):
            if lines:
                raise TypeError(f"reply({code!r}, ...): the callable returns the lines as well")
            return self._reply("reply", (code,))
        check_reply(code, lines)
        return self._reply("reply", (code, *lines))

    def content(self, data: bytes | Callable[[Step], bytes]) -> Self:
        """What the data connection carries in place of the natural file or listing, byte for byte;
        the file need not exist.

        ``data`` may be a callable that takes the Step and returns bytes. Raises ValueError on a
        step that sends no data.
        """
        if self.verb not in (*commands.DOWNLOADS, "*", None):
            raise ValueError(f"{self}: content() is for {', '.join(sorted(commands.DOWNLOADS))}")
        if not callable(data):
            data = checks.as_bytes("data", data)
        self.parts[-1].settings[CONTENT] = data
        return self._wrote(f".content({shown(data)})")

    def refuse(self) -> Self:
        """On ``connect``, see :meth:`Rule.refuse`. On ``transfer``: no data connection comes about.
        Nothing listens on the port that PASV or EPSV names, or the server never connects to the
        one that PORT or EPRT named; the natural completion is 425.

        The rule fires when the passive port is announced: a client that cannot connect need not
        send its command. Raises ValueError for a pattern or ``where``, which ask for the command.
        """
        if self.verb != "transfer":
            return super().refuse()
        if self.pattern is not None or self.where is not None:
            raise ValueError(f"{self}: the port is announced before the command is known")
        self.parts[-1].settings[REFUSED] = True
        return self._wrote(".refuse()")

    def truncate(self, after: int) -> Self:
        """See :meth:`Rule.truncate`. On ``transfer``: the data connection ends after so many bytes
        of it, in either direction, and the completion follows at once."""
        if self.verb != "transfer":
            return super().truncate(after)
        self.parts[-1].settings[STOP_AFTER] = checks.whole("after", after)
        return self._wrote(f".truncate(after={after})")

    # --- deciding

    def take(self) -> Part | None:
        with self._taking:
            if self._passed_by:
                self._passed_by -= 1
                return None
            return super().take()

    def take_refusal(self) -> Part | None:
        """Count a match when a port is announced. The part that refuses it, if it fires."""
        part = super().take()
        with self._taking:
            self._passed_by += part is None
        return part

    def forget_refusal(self) -> None:
        """The port that was announced is used by no transfer."""
        with self._taking:
            self._passed_by = max(0, self._passed_by - 1)

    @property
    def says_refused(self) -> bool:
        """Whether the part whose turn it is refuses data connections."""
        part = self.current()
        return part is not None and REFUSED in part.settings


def check_reply(code: object, lines: tuple[object, ...]) -> None:
    """Raise ValueError or TypeError for what cannot be a reply."""
    if not isinstance(code, int) or isinstance(code, bool) or not 100 <= code <= 999:
        raise ValueError(f"reply({code!r}, ...): give a code of three digits, 100 to 999")
    for line in lines:
        if not isinstance(line, (str, bytes)):
            raise TypeError(f"reply({code}, {line!r}): give the text as str or bytes")


def encoded(text: Text) -> bytes:
    """A text as it is sent."""
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def written(code: int, lines: tuple[Text, ...]) -> bytes:
    """The bytes of a reply: RFC 959 section 4.2."""
    if not lines:
        return b"%d\r\n" % code
    first, *between, last = [encoded(line) for line in (lines if len(lines) > 1 else ("", *lines))]
    head = b"%d-%s\r\n" % (code, first) if len(lines) > 1 else b""
    return head + b"".join(line + b"\r\n" for line in between) + b"%d %s\r\n" % (code, last)
