"""What a well-behaved server says, as it leaves.

Enhanced codes are those of RFC 3463 and 5248. RFC 2034 wants one in every 2xx, 4xx and 5xx but the
greeting and the answer to EHLO.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.authentication import Failure
from .._core.session import Answer
from . import commands

if TYPE_CHECKING:
    from collections.abc import Callable

OK = b"250 2.0.0 OK\r\n"
UNKNOWN = b"500 5.5.2 no such command\r\n"
EMPTY = b"500 5.5.2 an empty line is no command\r\n"
BAD_BYTES = b"500 5.5.2 the line has control characters or is not UTF-8\r\n"
NOT_ASCII = b"500 5.5.2 only ASCII is allowed here\r\n"
NO_ARGUMENT = b"501 5.5.4 takes no argument\r\n"
MISSING_ARGUMENT = b"501 5.5.4 needs an argument\r\n"
BAD_SYNTAX = b"501 5.5.4 malformed argument\r\n"
NOT_DONE = b"502 5.5.1 not implemented here\r\n"
START_TLS = b"220 2.0.0 go on with TLS\r\n"
TLS_ALREADY = b"503 5.5.1 there is TLS already\r\n"
NEEDS_UTF8 = b"553 5.6.7 a non-ASCII address needs SMTPUTF8\r\n"  # RFC 6531 section 3.5
BAD_SENDER = b"553 5.1.7 malformed mailbox\r\n"
BAD_RECIPIENT = b"553 5.1.3 malformed mailbox\r\n"
SENDER_OK = b"250 2.1.0 sender OK\r\n"
RECIPIENT_OK = b"250 2.1.5 recipient OK\r\n"
GO_AHEAD = b"354 end with CRLF . CRLF\r\n"
ACCEPTED = b"250 2.6.0 message accepted\r\n"
CANNOT_VERIFY = b"252 2.5.0 cannot tell, but send it and see\r\n"
BYE = b"221 2.0.0 bye\r\n"
LOGGED_IN = b"235 2.7.0 logged in\r\n"
WRONG_CREDENTIALS = b"535 5.7.8 wrong credentials\r\n"
BAD_SASL = b"501 5.5.2 not what the mechanism calls for\r\n"
BAD_BASE64 = b"501 5.5.2 not base64\r\n"
CANCELLED = b"501 5.7.0 cancelled\r\n"
NO_EXCHANGE = b"503 5.5.1 no AUTH is under way\r\n"
AUTH_NOT_OFFERED = b"503 5.5.1 AUTH is not offered\r\n"
AUTH_AGAIN = b"503 5.5.1 already logged in\r\n"
NO_MECHANISM = b"504 5.5.4 no such mechanism\r\n"
SILENT = b"421 4.4.2 silent for too long, closing\r\n"

# --- over a bound, which is named

RESPONSE_TOO_LONG = (  # RFC 4954 section 4
    b"500 5.5.6 the response is over its limit, %d bytes and CRLF\r\n" % commands.LONGEST
)


def too_long(limit: int) -> bytes:
    """To a line of over ``limit`` bytes, its CRLF not counted: RFC 5321 section 4.5.3.1.9."""
    return b"500 5.5.2 the line is over its limit, %d bytes and CRLF\r\n" % limit


def too_big(limit: int) -> bytes:
    """To a message of over ``limit`` bytes: RFC 1870 section 6."""
    return b"552 5.3.4 the message is over max_message_size, %d bytes\r\n" % limit


def too_many(limit: int) -> bytes:
    """To a recipient more than ``limit``: RFC 5321 section 4.5.3.1.10."""
    return b"452 4.5.3 the message is over max_recipients, %d\r\n" % limit


FAILURES = {
    Failure.NO_EXCHANGE: NO_EXCHANGE,
    Failure.TOO_LONG: RESPONSE_TOO_LONG,
    Failure.CANCELLED: CANCELLED,
    Failure.BAD_BASE64: BAD_BASE64,
    Failure.MALFORMED: BAD_SASL,
    Failure.WRONG: WRONG_CREDENTIALS,
}


def say(
    text: bytes,
    effect: Callable[[], object] | None = None,
    afterwards: Callable[[], object] | None = None,
) -> Answer:
    """The answer that says ``text``; the class of its status is the first digit."""
    return Answer((text,), text[:1].decode(), effect, afterwards)
