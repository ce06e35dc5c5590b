"""The rules of IMAP4rev1 as data.

A conversation is in one of four states, and each command says in which it is allowed:

    NOT_AUTHENTICATED   nobody is logged in yet (RFC 3501 section 3.1)
    AUTHENTICATED       somebody is (section 3.2)
    SELECTED            and has selected a mailbox (section 3.3)
    TURNED_AWAY         the greeting was a ``BYE``: there is no service here

The engine looks at the state after the script was asked, so a rule may accept a command in a state
that does not allow it, and it then has its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._core.authentication import AUTHENTICATES

OK, NO, BAD, BYE, PREAUTH, CHALLENGE = "OK", "NO", "BAD", "BYE", "PREAUTH", "+"
STATUSES = frozenset({OK, NO, BAD, BYE, PREAUTH, CHALLENGE})

NOT_AUTHENTICATED, AUTHENTICATED = "NOT_AUTHENTICATED", "AUTHENTICATED"
SELECTED, TURNED_AWAY = "SELECTED", "TURNED_AWAY"
BEFORE = frozenset({NOT_AUTHENTICATED})
INSIDE = frozenset({AUTHENTICATED, SELECTED})
WITHIN = frozenset({SELECTED})
EITHER = BEFORE | INSIDE
EVER = EITHER | {TURNED_AWAY}

# Why a command is out of order: the answer in each state that does not allow it.
OUT_OF_ORDER = {
    NOT_AUTHENTICATED: b"BAD log in first",
    AUTHENTICATED: b"BAD not with nothing selected",
    SELECTED: b"BAD already logged in",
    TURNED_AWAY: b"BAD there is no service here, LOGOUT",
}

LONGEST = 65536  # bytes of a command without the message in it; RFC 2683 3.2.1.5 says 8000
MANY = 10**6  # tokens, of a command that reads its arguments itself


@dataclass(frozen=True)
class Command:
    """One verb: the method of the session that answers it, the states that allow it, how many
    arguments it has at least and at most, the word of CAPABILITY that offers it (``""``: none has
    to), where it is described, and the class of status with which it has its effect."""

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
        # Any state
        Command("CAPABILITY", "capability", EITHER, 0, 0, "", "RFC 3501 6.1.1"),
        Command("NOOP", "noop", EITHER, 0, 0, "", "RFC 3501 6.1.2"),
        Command("LOGOUT", "logout", EVER, 0, 0, "", "RFC 3501 6.1.3"),
        Command("ID", "identify", EITHER, 1, 1, "ID", "RFC 2971 3.1"),
        # Not authenticated
        Command("STARTTLS", "starttls", BEFORE, 0, 0, "", "RFC 3501 6.2.1"),
        Command("LOGIN", "login", BEFORE, 2, 2, "", "RFC 3501 6.2.3"),
        Command("AUTHENTICATE", "auth", BEFORE, 1, 2, "", "RFC 3501 6.2.2, 4959", AUTHENTICATES),
        # Authenticated
        Command("ENABLE", "enable", INSIDE, 1, MANY, "ENABLE", "RFC 5161 3.1"),
        Command("SELECT", "select", INSIDE, 1, 2, "", "RFC 3501 6.3.1"),
        Command("EXAMINE", "select", INSIDE, 1, 2, "", "RFC 3501 6.3.2"),
        Command("CREATE", "create", INSIDE, 1, 1, "", "RFC 3501 6.3.3"),
        Command("DELETE", "delete", INSIDE, 1, 1, "", "RFC 3501 6.3.4"),
        Command("RENAME", "rename", INSIDE, 2, 2, "", "RFC 3501 6.3.5"),
        Command("SUBSCRIBE", "subscribe", INSIDE, 1, 1, "", "RFC 3501 6.3.6"),
        Command("UNSUBSCRIBE", "subscribe", INSIDE, 1, 1, "", "RFC 3501 6.3.7"),
        Command("LIST", "list_all", INSIDE, 2, 2, "", "RFC 3501 6.3.8"),
        Command("LSUB", "list_subscribed", INSIDE, 2, 2, "", "RFC 3501 6.3.9"),
        Command("STATUS", "status", INSIDE, 2, 2, "", "RFC 3501 6.3.10"),
        Command("APPEND", "append", INSIDE, 2, 4, "", "RFC 3501 6.3.11"),
        Command("NAMESPACE", "namespace", INSIDE, 0, 0, "NAMESPACE", "RFC 2342 5"),
        Command("IDLE", "idle", INSIDE, 0, 0, "IDLE", "RFC 2177 3", CHALLENGE),
        Command("GETQUOTA", "get_quota", INSIDE, 1, 1, "QUOTA", "RFC 9208 4.1.2"),
        Command("GETQUOTAROOT", "get_quota_root", INSIDE, 1, 1, "QUOTA", "RFC 9208 4.1.3"),
        Command("SETQUOTA", "set_quota", INSIDE, 2, 2, "QUOTA", "RFC 9208 4.1.1"),
        # Selected
        Command("CHECK", "noop", WITHIN, 0, 0, "", "RFC 3501 6.4.1"),
        Command("CLOSE", "close", WITHIN, 0, 0, "", "RFC 3501 6.4.2"),
        Command("UNSELECT", "close", WITHIN, 0, 0, "UNSELECT", "RFC 3691 2"),
        Command("EXPUNGE", "expunge", WITHIN, 0, 0, "", "RFC 3501 6.4.3"),
        Command("SEARCH", "search", WITHIN, 1, MANY, "", "RFC 3501 6.4.4"),
        Command("FETCH", "fetch", WITHIN, 2, 3, "", "RFC 3501 6.4.5"),
        Command("STORE", "store", WITHIN, 3, MANY, "", "RFC 3501 6.4.6"),
        Command("COPY", "copy", WITHIN, 2, 2, "", "RFC 3501 6.4.7"),
        Command("MOVE", "move", WITHIN, 2, 2, "MOVE", "RFC 6851 3.1"),
        Command("UID EXPUNGE", "expunge", WITHIN, 1, 1, "UIDPLUS", "RFC 4315 2.1"),
        Command("UID SEARCH", "search", WITHIN, 1, MANY, "", "RFC 3501 6.4.8"),
        Command("UID FETCH", "fetch", WITHIN, 2, 3, "", "RFC 3501 6.4.8"),
        Command("UID STORE", "store", WITHIN, 3, MANY, "", "RFC 3501 6.4.8"),
        Command("UID COPY", "copy", WITHIN, 2, 2, "", "RFC 3501 6.4.8"),
        Command("UID MOVE", "move", WITHIN, 2, 2, "MOVE", "RFC 6851 3.2"),
    ]
}
VERBS = frozenset(TABLE) | {""}  # a line without a command is a step with no verb
PHASES = frozenset({"connect", "response", "literal"})

# RFC 3501 section 7.4.1: no EXPUNGE while these are answered, whose numbers it would change.
WITHOUT_EXPUNGE = frozenset({"FETCH", "STORE", "SEARCH"})

# The words of CAPABILITY, with their sources.
CAPABILITIES = (
    "IMAP4rev1",  # RFC 3501
    "LITERAL+",  # RFC 7888
    "SASL-IR",  # RFC 4959
    "AUTH=PLAIN",  # RFC 3501 6.2.2, 4616
    "AUTH=LOGIN",
    "AUTH=CRAM-MD5",  # RFC 2195
    "AUTH=XOAUTH2",
    "ID",  # RFC 2971
    "ENABLE",  # RFC 5161
    "IDLE",  # RFC 2177
    "NAMESPACE",  # RFC 2342
    "UIDPLUS",  # RFC 4315
    "UNSELECT",  # RFC 3691
    "MOVE",  # RFC 6851
    "CHILDREN",  # RFC 3348
    "SPECIAL-USE",  # RFC 6154
    "CONDSTORE",  # RFC 7162
    "QUOTA",  # RFC 9208
    "QUOTA=RES-STORAGE",
    "QUOTA=RES-MESSAGE",
    "QUOTASET",
)
# What nobody needs to be told who is logged in, and who has TLS.
FOR_THE_DOOR = ("AUTH=", "SASL-IR", "LOGINDISABLED", "STARTTLS")
FOR_PLAIN_TEXT = ("LOGINDISABLED", "STARTTLS")  # RFC 3501 sections 6.2.1 and 6.2.3
