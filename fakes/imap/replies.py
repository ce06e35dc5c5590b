"""What a well-behaved server says. Codes in brackets: RFC 3501 section 7.1, RFC 5530, and the
documents of the extensions.

The texts stand here without the tag, which is the client's, and without the end of the line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .._core.authentication import Failure
from .._core.session import Answer
from .commands import LONGEST

if TYPE_CHECKING:
    from .._core.faults import Parts

GO_AHEAD = b"+ go ahead\r\n"
IDLING = b"+ idling\r\n"
SILENT = b"* BYE [UNAVAILABLE] silent for too long\r\n"
GOODBYE = b"* BYE logging out\r\n"

EMPTY = b"BAD an empty line is no command"
NO_TAG = b"BAD a command begins with a tag"
NO_COMMAND = b"BAD a command is missing behind the tag"
UNKNOWN = b"BAD no such command"
TOO_LONG = b"BAD [TOOBIG] the command is over its limit, %d bytes" % LONGEST
MISSING_ARGUMENT = b"BAD an argument is missing"
TOO_MANY_ARGUMENTS = b"BAD too many arguments"
NO_ARGUMENT = b"BAD takes no argument"
NOT_OFFERED = b"BAD not offered here"
NOT_DONE = b"BAD not implemented here"
TLS_ALREADY = b"BAD there is TLS already"
NO_LITERAL = b"BAD the message must be a literal"
NO_PLUS = b"BAD LITERAL+ is not offered here"
NO_INITIAL = b"BAD SASL-IR is not offered here"
NO_DONE = b"BAD DONE ends an IDLE"
LOGIN_DISABLED = b"NO [PRIVACYREQUIRED] LOGIN is disabled"
WRONG_CREDENTIALS = b"NO [AUTHENTICATIONFAILED] wrong credentials"
NO_MECHANISM = b"NO [CANNOT] no such mechanism"
NO_FOLDER = b"NO [NONEXISTENT] no such mailbox"
TRY_CREATE = b"NO [TRYCREATE] no such mailbox"
NOT_SELECTABLE = b"NO [CANNOT] it holds no messages"
EXISTS_ALREADY = b"NO [ALREADYEXISTS] there is such a mailbox"
NO_SUCH_NAME = b"NO [CANNOT] no mailbox can have that name"
NAME_TOO_LONG = b"NO [LIMIT] the name is too long"
KEEPS_INBOX = b"NO [CANNOT] INBOX stays"
READ_ONLY = b"NO [READ-ONLY] the mailbox is open for reading alone"
GONE = b"NO [EXPUNGEISSUED] some of these messages are gone"
OVER_QUOTA = b"NO [OVERQUOTA] the quota does not allow it"
NO_QUOTA_ROOT = b"NO [NONEXISTENT] no such quota root"
NO_RESOURCE = b"NO [CANNOT] no such resource"
BAD_CHARSET = b"NO [BADCHARSET (US-ASCII UTF-8)] no such charset"

FAILURES = {
    Failure.NO_EXCHANGE: b"BAD no AUTHENTICATE is under way",
    Failure.TOO_LONG: b"BAD [TOOBIG] the response is over its limit, %d bytes" % LONGEST,
    Failure.CANCELLED: b"BAD cancelled",
    Failure.BAD_BASE64: b"BAD not base64",
    Failure.MALFORMED: b"BAD not what the mechanism calls for",
    Failure.WRONG: WRONG_CREDENTIALS,
}


def message_too_big(most: int) -> bytes:
    return b"NO [TOOBIG] a message has at most %d bytes here" % most


class Refusal(Exception):
    """A command is refused with ``text``; a script that accepts it all the same has ``effect``."""

    def __init__(self, text: bytes, effect: Callable[[], object] | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.effect = effect


class Late(Answer):
    """An answer that is put together when it is sent, and not before: after the effect that it
    tells of, and not at all where a script says something else."""

    __slots__ = ("_parts", "_render")

    def __init__(
        self,
        render: Callable[[], Parts],
        status: str,
        effect: Callable[[], object] | None = None,
        afterwards: Callable[[], object] | None = None,
    ) -> None:
        self._render = render
        self._parts: Parts | None = None
        self.status = status
        self.effect = effect
        self.afterwards = afterwards

    @property
    def parts(self) -> Parts:  # type: ignore[override]
        if self._parts is None:
            self._parts = self._render()
        return self._parts
