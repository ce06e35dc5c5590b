"""The rules of SMTP as data.

A conversation is in one of six states, and each command says in which it is allowed:

    NEW         the client has not said hello yet
    READY       it has; no mail transaction is open
    MAIL        a transaction has a sender
    RCPT        and at least one recipient
    CHUNKS      a message is under way in BDAT chunks (RFC 3030)
    TURNED_AWAY the greeting said that there is no service here (RFC 5321 section 3.1)

The engine looks at the state after the script was asked, so a rule may accept a command in a state
that does not allow it, and it then has its effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .._core import authentication
from . import syntax

NEW, READY, MAIL, RCPT, CHUNKS, TURNED_AWAY = (
    "NEW",
    "READY",
    "MAIL",
    "RCPT",
    "CHUNKS",
    "TURNED_AWAY",
)
ANY = frozenset({NEW, READY, MAIL, RCPT, CHUNKS})
EVER = ANY | {TURNED_AWAY}
OPEN = frozenset({RCPT, CHUNKS})  # content may follow

# Why a command is out of order: the reply in each state that does not allow it.
OUT_OF_ORDER = {
    NEW: b"503 5.5.1 say hello first\r\n",
    READY: b"503 5.5.1 MAIL comes first\r\n",
    MAIL: b"503 5.5.1 a mail transaction has begun, and no recipient is accepted yet\r\n",
    RCPT: b"503 5.5.1 a mail transaction is under way\r\n",
    CHUNKS: b"503 5.5.1 not between BDAT chunks\r\n",
    TURNED_AWAY: b"503 5.5.1 there is no service here, QUIT\r\n",
}

LINE = 510  # RFC 5321 section 4.5.3.1.4, the CRLF not counted
# What extensions add to that: SIZE 26 (RFC 1870), SMTPUTF8 10 (RFC 6531), BODY 17 (RFC 6152),
# AUTH= 500 (RFC 4954), RET= and ENVID= 116, and 500 for RCPT (RFC 3461).
MAIL_LINE = LINE + 26 + 10 + 17 + 500 + 116
RCPT_LINE = LINE + 500
AUTH_LINE = 12286  # RFC 4954 section 4
LONGEST = AUTH_LINE

NONE, SOME, EITHER = "none", "some", "either"  # whether a command has an argument


@dataclass(frozen=True)
class Command:
    """One verb: the method of the session that answers it, the class of status with which it has
    its effect, the states that allow it, whether it has an argument, and where it is described."""

    verb: str
    handler: str
    success: str
    states: frozenset[str]
    argument: str
    section: str
    limit: int = LINE


AUTHENTICATES = authentication.AUTHENTICATES  # 2xx or 334

HELLO = [
    Command("EHLO", "hello", "2", ANY, SOME, "RFC 5321 4.1.1.1"),
    Command("HELO", "hello", "2", ANY, SOME, "RFC 5321 4.1.1.1"),
]
LMTP_HELLO = [
    Command("LHLO", "hello", "2", ANY, SOME, "RFC 2033 4.1"),
    Command("EHLO", "unknown", "", EVER, EITHER, "RFC 2033 4.1"),
    Command("HELO", "unknown", "", EVER, EITHER, "RFC 2033 4.1"),
]
COMMON = [
    Command("MAIL", "mail", "2", frozenset({READY}), SOME, "RFC 5321 4.1.1.2", MAIL_LINE),
    Command("RCPT", "rcpt", "2", frozenset({MAIL, RCPT}), SOME, "RFC 5321 4.1.1.3", RCPT_LINE),
    Command("DATA", "data", "3", frozenset({RCPT}), NONE, "RFC 5321 4.1.1.4"),
    Command("BDAT", "bdat", "2", frozenset({RCPT, CHUNKS}), SOME, "RFC 3030 2"),
    Command("RSET", "rset", "2", ANY, NONE, "RFC 5321 4.1.1.5"),
    Command("VRFY", "verify", "2", ANY, SOME, "RFC 5321 4.1.1.6"),
    Command("EXPN", "verify", "2", ANY, SOME, "RFC 5321 4.1.1.7"),
    Command("HELP", "help", "2", ANY, EITHER, "RFC 5321 4.1.1.8"),
    Command("NOOP", "noop", "2", ANY, EITHER, "RFC 5321 4.1.1.9"),
    Command("QUIT", "quit", "2", EVER, NONE, "RFC 5321 4.1.1.10"),
    Command("AUTH", "auth", AUTHENTICATES, frozenset({READY}), SOME, "RFC 4954 4", AUTH_LINE),
    Command("STARTTLS", "starttls", "2", frozenset({READY}), NONE, "RFC 3207 4"),
    # Known and not done here: 502 and not 500 (RFC 5321 section 4.2.4).
    Command("ETRN", "unimplemented", "", EVER, EITHER, "RFC 1985 5"),
    Command("TURN", "unimplemented", "", EVER, EITHER, "RFC 5321 F.1"),
    Command("SEND", "unimplemented", "", EVER, EITHER, "RFC 5321 F.6"),
    Command("SOML", "unimplemented", "", EVER, EITHER, "RFC 5321 F.6"),
    Command("SAML", "unimplemented", "", EVER, EITHER, "RFC 5321 F.6"),
]

SMTP = {command.verb: command for command in HELLO + COMMON}
LMTP = {command.verb: command for command in LMTP_HELLO + COMMON}
VERBS = frozenset(SMTP) | frozenset(LMTP) | {""}  # an empty line is a step with no verb
PHASES = frozenset({"connect", "message", "response"})

# --- the parameters of MAIL and RCPT

XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")  # RFC 3461 section 4


def is_xtext(text: str) -> bool:
    """Whether it is xtext, as RFC 3461 section 4 writes what a parameter cannot hold as it is."""
    return XTEXT.fullmatch(text) is not None


def _is_notify(text: str) -> bool:
    words = text.upper().split(",")
    return words == ["NEVER"] or set(words) <= {"SUCCESS", "FAILURE", "DELAY"}


# RFC 6533 section 3, utf-8-addr-unitext: RFC 6531 lets UTF-8 come as it is.
UNITEXT = re.compile(rf"(?:[!-*,-<>-\[\]-~{syntax.WIDE}]|\\x\{{[0-9A-F]{{2,6}}\}})*")


def _is_original_recipient(text: str) -> bool:
    kind, semicolon, address = text.partition(";")
    if not (kind and semicolon and address and is_xtext(kind)):
        return False
    if kind.lower() == "utf-8" and (UNITEXT.fullmatch(address) or syntax.mailbox(address)):
        return True
    return is_xtext(address)


@dataclass(frozen=True)
class Parameter:
    """One keyword: the extension that brings it, whether a value is good, where it is described."""

    extension: str
    accepts: Callable[[str], bool]
    section: str


PARAMETERS: dict[str, dict[str, Parameter]] = {
    "MAIL": {
        "SIZE": Parameter(
            "SIZE", lambda v: v.isdecimal() and v.isascii() and len(v) <= 20, "RFC 1870 4"
        ),
        "BODY": Parameter(
            "8BITMIME", lambda v: v.upper() in ("7BIT", "8BITMIME", "BINARYMIME"), "RFC 6152 2"
        ),
        "SMTPUTF8": Parameter("SMTPUTF8", lambda v: not v, "RFC 6531 3.4"),
        "RET": Parameter("DSN", lambda v: v.upper() in ("FULL", "HDRS"), "RFC 3461 4.3"),
        "ENVID": Parameter("DSN", lambda v: 0 < len(v) <= 100 and is_xtext(v), "RFC 3461 4.4"),
        "AUTH": Parameter("AUTH", lambda v: bool(v) and is_xtext(v), "RFC 4954 5"),
    },
    "RCPT": {
        "NOTIFY": Parameter("DSN", _is_notify, "RFC 3461 4.1"),
        "ORCPT": Parameter(
            "DSN", lambda v: len(v) <= 500 and _is_original_recipient(v), "RFC 3461 4.2"
        ),
    },
}
