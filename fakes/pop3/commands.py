"""The rules of POP3 as data.

A conversation is in one of three states, and each command says in which it is allowed:

    AUTHORIZATION   nobody is logged in yet (RFC 1939 section 4)
    TRANSACTION     somebody is, and holds the mailbox (section 5)
    TURNED_AWAY     the greeting was no ``+OK``: there is no service here

UPDATE (section 6) is no state of its own here: it is what QUIT does in TRANSACTION.

The engine looks at the state after the script was asked, so a rule may accept a command in a state
that does not allow it, and it then has its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._core.authentication import AUTHENTICATES

OK, ERR, CHALLENGE = "+OK", "-ERR", "+"

AUTHORIZATION, TRANSACTION, TURNED_AWAY = "AUTHORIZATION", "TRANSACTION", "TURNED_AWAY"
BEFORE = frozenset({AUTHORIZATION})
AFTER = frozenset({TRANSACTION})
EITHER = BEFORE | AFTER
EVER = EITHER | {TURNED_AWAY}

# Why a command is out of order: the answer in each state that does not allow it.
OUT_OF_ORDER = {
    AUTHORIZATION: b"-ERR log in first\r\n",
    TRANSACTION: b"-ERR already logged in\r\n",
    TURNED_AWAY: b"-ERR there is no service here, QUIT\r\n",
}

LINE = 253  # RFC 2449 section 4: 255 octets, of which two are the CRLF
LONGEST = 12286  # of a response to a challenge, as RFC 4954 section 4 has it; 5034 sets no limit

MANY = 99  # words, of a command whose one argument may have spaces


@dataclass(frozen=True)
class Command:
    """One verb: the method of the session that answers it, the states that allow it, how many words
    of argument it has at least and at most, the word of CAPA that offers it (``""``: none has to),
    where it is described, and the class of status with which it has its effect."""

    verb: str
    handler: str
    states: frozenset[str]
    least: int
    most: int
    capability: str
    section: str
    success: str = OK


TABLE = {
    command.verb: command
    for command in [
        Command("USER", "name", BEFORE, 1, MANY, "USER", "RFC 1939 7"),
        Command("PASS", "password", BEFORE, 1, MANY, "USER", "RFC 1939 7"),
        Command("APOP", "apop", BEFORE, 2, 2, "", "RFC 1939 7"),
        Command("AUTH", "auth", BEFORE, 1, 2, "SASL", "RFC 5034 4", AUTHENTICATES),
        Command("STAT", "stat", AFTER, 0, 0, "", "RFC 1939 5"),
        Command("LIST", "scan", AFTER, 0, 1, "", "RFC 1939 5"),
        Command("RETR", "retr", AFTER, 1, 1, "", "RFC 1939 5"),
        Command("DELE", "dele", AFTER, 1, 1, "", "RFC 1939 5"),
        Command("NOOP", "noop", AFTER, 0, 0, "", "RFC 1939 5"),
        Command("RSET", "rset", AFTER, 0, 0, "", "RFC 1939 5"),
        Command("TOP", "top", AFTER, 2, 2, "TOP", "RFC 1939 7"),
        Command("UIDL", "uidl", AFTER, 0, 1, "UIDL", "RFC 1939 7"),
        Command("QUIT", "quit", EVER, 0, 0, "", "RFC 1939 4, 6"),
        Command("CAPA", "capa", EITHER, 0, 0, "", "RFC 2449 5"),
        Command("UTF8", "utf8", BEFORE, 0, 0, "UTF8", "RFC 6856 2.1"),
        Command("LANG", "lang", EITHER, 0, 1, "LANG", "RFC 6856 3"),
        Command("STLS", "stls", BEFORE, 0, 0, "", "RFC 2595 4"),
    ]
}
VERBS = frozenset(TABLE) | {""}  # an empty line is a step with no verb
PHASES = frozenset({"connect", "response"})

# The words of CAPA, with their sections.
CAPABILITIES = (
    "TOP",  # RFC 2449 6.1
    "USER",  # RFC 2449 6.2
    "SASL PLAIN LOGIN CRAM-MD5 XOAUTH2",  # RFC 5034 3
    "RESP-CODES",  # RFC 2449 6.4
    "AUTH-RESP-CODE",  # RFC 3206 5
    "PIPELINING",  # RFC 2449 6.6
    "EXPIRE NEVER",  # RFC 2449 6.7
    "UIDL",  # RFC 2449 6.8
    "UTF8 USER",  # RFC 6856 2.1, 2.2
    "LANG",  # RFC 6856 3
    "IMPLEMENTATION fakefarm",  # RFC 2449 6.9
)

LANGUAGES = {"i-default": "Default language", "en": "English"}  # RFC 6856 section 3.2
