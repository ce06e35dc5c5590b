"""FakePOP3: what a test sets and reads."""

from __future__ import annotations

import itertools
import os
import time

from .._core.server import FakeServer
from .._core.settings import Words
from ..mailbox import Accounts
from . import commands
from .rule import POP3Rule
from .session import POP3Session

HOSTNAME = "mail.fakefarm.example"
GREETING = "fakefarm POP3 {timestamp}"


class FakePOP3(Accounts, FakeServer[POP3Rule]):
    """A POP3 server (RFC 1939).

    It does CAPA and response codes (RFC 2449, 3206), USER and PASS, APOP, AUTH (RFC 5034: PLAIN,
    LOGIN, CRAM-MD5, XOAUTH2), TOP, UIDL, UTF8 and LANG (RFC 6856), and PIPELINING. Constructor
    arguments are those of every fake.

    What a test fills and reads: ``mailbox``, the mailbox of everybody who has none of their own in
    ``mailboxes``; ``mailboxes[user]``, made when it is first asked for. Messages that a session
    deletes are gone from there when it says QUIT, and at no other end of it. Any Mailbox can be put
    in their place, also one that other fakes use.

    What a test may change before or while it runs: ``greeting``, the text after ``+OK``, in which
    ``{timestamp}`` stands for a fresh one (RFC 1939 section 7, APOP); ``capabilities``, the words
    of CAPA, sent verbatim and in order, also words that the fake cannot do (TOP, UIDL, USER, SASL,
    UTF8 and LANG it refuses where they are not listed); ``users``; ``timeout`` in seconds, after
    which it closes without a word and without deleting (RFC 1939 section 3).
    """

    protocol = "pop3"
    verbs = commands.VERBS
    phases = commands.PHASES
    rule_class = POP3Rule
    tls_modes = ("starttls", "implicit")
    session_class = POP3Session

    greeting: str
    capabilities = Words()

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, with empty mailboxes."""
        super().forget()
        self.greeting = GREETING
        self.capabilities = list(commands.CAPABILITIES)
        if self.tls == "starttls":
            self.capabilities.append("STLS")
        self.empty_mailboxes()

    def offered(self, word: str) -> list[str] | None:
        """What stands behind a word of the capabilities; None where it is not listed."""
        for capability in self.capabilities:
            first, *rest = capability.upper().split() or [""]
            if first == word:
                return rest
        return None

    def timestamp(self) -> str:
        """A fresh timestamp for a greeting, in its angle brackets."""
        return f"<{os.getpid()}.{next(_serial)}.{time.time_ns()}@{HOSTNAME}>"


_serial = itertools.count(1)
