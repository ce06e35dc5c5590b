"""What a well-behaved server says, as it leaves. Codes in brackets: RFC 2449, RFC 3206."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.authentication import Failure
from .._core.faults import Framing
from .._core.session import Answer
from .commands import ERR, LINE, LONGEST, OK
from .content import END

if TYPE_CHECKING:
    from collections.abc import Callable

DONE = b"+OK\r\n"
BYE = b"+OK bye\r\n"
NAME_OK = b"+OK now the password\r\n"
LOGGED_IN = b"+OK logged in\r\n"
UTF8_ON = b"+OK UTF8 enabled\r\n"
UNKNOWN = b"-ERR no such command\r\n"
EMPTY = b"-ERR an empty line is no command\r\n"
TOO_LONG = b"-ERR the line is over its limit, %d bytes and CRLF\r\n" % LINE
BAD_BYTES = b"-ERR the line has control characters or is not UTF-8\r\n"
NOT_ASCII = b"-ERR only ASCII is allowed here\r\n"
NO_ARGUMENT = b"-ERR takes no argument\r\n"
MISSING_ARGUMENT = b"-ERR needs an argument\r\n"
TOO_MANY_ARGUMENTS = b"-ERR has too many arguments\r\n"
NO_NUMBER = b"-ERR malformed number\r\n"
NO_MESSAGE = b"-ERR no such message\r\n"
DELETED = b"-ERR that message is deleted\r\n"
NOT_OFFERED = b"-ERR not offered here\r\n"
NOT_DONE = b"-ERR not implemented here\r\n"
START_TLS = b"+OK go on with TLS\r\n"
TLS_ALREADY = b"-ERR there is TLS already\r\n"
NAME_FIRST = b"-ERR USER comes first\r\n"
NO_TIMESTAMP = b"-ERR the greeting had no timestamp\r\n"
NO_MECHANISM = b"-ERR no such mechanism\r\n"
NO_LANGUAGE = b"-ERR no such language\r\n"
IN_USE = b"-ERR [IN-USE] the mailbox is locked by another session\r\n"
WRONG_CREDENTIALS = b"-ERR [AUTH] wrong credentials\r\n"

FAILURES = {
    Failure.NO_EXCHANGE: b"-ERR no AUTH is under way\r\n",
    Failure.TOO_LONG: b"-ERR the response is over its limit, %d bytes and CRLF\r\n" % LONGEST,
    Failure.CANCELLED: b"-ERR cancelled\r\n",
    Failure.BAD_BASE64: b"-ERR not base64\r\n",
    Failure.MALFORMED: b"-ERR not what the mechanism calls for\r\n",
    Failure.WRONG: WRONG_CREDENTIALS,
}


def say(
    text: bytes,
    effect: Callable[[], object] | None = None,
    afterwards: Callable[[], object] | None = None,
) -> Answer:
    """The answer that says ``text``, one line."""
    return Answer((text,), OK if text.startswith(b"+OK") else ERR, effect, afterwards)


def lines(text: bytes, body: bytes, effect: Callable[[], object] | None = None) -> Answer:
    """A multi-line answer (RFC 1939 section 3). Faults count the bytes of ``body``, which has its
    dots stuffed."""
    return Answer((Framing(text), body, END), OK, effect)
