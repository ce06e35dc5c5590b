"""FakeIMAP: what a test sets and reads."""

from __future__ import annotations

from .._core.server import FakeServer
from .._core.settings import Words
from ..mailbox import Accounts
from . import commands
from .rule import IMAPRule
from .session import IMAPSession

GREETING = "fakefarm IMAP ready"


class MaybeWords(Words):
    """The same, or None."""

    def __get__(self, fake: object, owner: type) -> list[str] | None:  # type: ignore[override]
        return fake.__dict__[self.name]  # type: ignore[no-any-return]

    def __set__(self, fake: object, words: list[str] | None) -> None:
        if words is None:
            fake.__dict__[self.name] = None
        else:
            super().__set__(fake, words)


class FakeIMAP(Accounts, FakeServer[IMAPRule]):
    """An IMAP server (IMAP4rev1, RFC 3501).

    It does LITERAL+ (RFC 7888), IDLE (2177), UIDPLUS (4315), MOVE (6851), NAMESPACE (2342),
    UNSELECT (3691), SASL-IR (4959), ENABLE (5161), CONDSTORE (7162), SPECIAL-USE (6154), CHILDREN
    (3348), ID (2971), QUOTA (9208), and AUTHENTICATE with PLAIN, LOGIN, CRAM-MD5 and XOAUTH2.
    Constructor arguments are those of every fake.

    What a test fills and reads: ``mailbox``, the account of everybody who has none of their own in
    ``mailboxes``; ``mailboxes[user]``, made when it is first asked for. An account is a Mailbox: it
    is its own INBOX, the others are in its ``folders``. Sessions are told of what a test adds,
    removes and flags at the moments that the standard allows; one that is idle, at once.

    What a test may change before or while it runs: ``greeting``, the text of the greeting;
    ``capabilities``, the words of CAPABILITY, sent verbatim and in order, also words that the fake
    cannot do (extensions and mechanisms that are not listed are refused; LOGINDISABLED in the list
    has LOGIN refused); ``capabilities_after_login``, the same for who is logged in, None for those
    of ``capabilities`` that are not about logging in; ``users``; ``max_message_size`` in bytes;
    ``timeout`` in seconds, after which it says BYE.
    """

    protocol = "imap"
    verbs = commands.VERBS
    phases = commands.PHASES
    rule_class = IMAPRule
    tls_modes = ("starttls", "implicit")
    session_class = IMAPSession

    greeting: str
    capabilities = Words()
    capabilities_after_login = MaybeWords()

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, with empty mailboxes."""
        super().forget()
        self.greeting = GREETING
        self.capabilities = list(commands.CAPABILITIES)
        if self.tls == "starttls":
            self.capabilities.append("STARTTLS")
        self.capabilities_after_login = None
        self.empty_mailboxes()

    def words(self, inside: bool) -> list[str]:
        """The words of CAPABILITY, before or after the login."""
        after = self.capabilities_after_login
        if not inside:
            return self.capabilities
        if after is not None:
            return after
        door = commands.FOR_THE_DOOR
        return [word for word in self.capabilities if not word.upper().startswith(door)]
