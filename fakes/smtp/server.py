"""FakeSMTP: what a test sets and reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.pattern import check_pattern, matches
from .._core.server import FakeServer, takes_common
from .._core.settings import Words
from . import commands
from .outbox import Message
from .rule import SMTPRule
from .session import SMTPSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    from .._core.pattern import Pattern
    from .._core.server import Common
    from ..mailbox import Mailbox

HOSTNAME = "mail.fakefarm.example"
EXTENSIONS = (
    "8BITMIME",
    "SMTPUTF8",
    "PIPELINING",
    "CHUNKING",
    "ENHANCEDSTATUSCODES",
    "DSN",
    "AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2",
    "HELP",
)


class FakeSMTP(FakeServer[SMTPRule]):
    """An SMTP server (RFC 5321), or an LMTP server (RFC 2033) with ``lmtp=True``.

    It offers SIZE (RFC 1870), 8BITMIME (6152), SMTPUTF8 (6531), PIPELINING (2920), CHUNKING (3030),
    ENHANCEDSTATUSCODES (2034), DSN (3461) and AUTH (4954).

    Constructor arguments beside those of every fake:

    - ``lmtp``: speak LMTP: LHLO, and after the dot a reply for each recipient.
    - ``handler``: an aiosmtpd handler, whose ``handle_*`` coroutines then decide what is naturally
      answered. Needs the extra ``aiosmtpd``; raises ImportError without it, and TypeError for a
      handler of the ``process_message`` kind.

    What a test reads: ``outbox``, a list of Message, each there before its 250 leaves.

    What a test may change before or while it runs: ``greeting``, the text after 220;
    ``capabilities``, the words of EHLO, sent verbatim and in order, also words that the fake cannot
    do (what it can do and is not listed, it refuses); ``users``; ``max_message_size`` in bytes,
    whose SIZE word follows it; ``max_recipients`` of one message, None for any number; ``timeout``
    in seconds, after which it says 421 and closes.
    """

    protocol = "smtp"
    verbs = commands.VERBS
    phases = commands.PHASES
    rule_class = SMTPRule
    tls_modes = ("starttls", "implicit")

    greeting: str
    max_recipients: int | None
    outbox: list[Message]
    _destinations: list[tuple[Mailbox, Pattern]]
    capabilities = Words()
    _max_message_size: int

    @takes_common
    def __init__(
        self, *, lmtp: bool = False, handler: object | None = None, **common: Unpack[Common]
    ) -> None:
        self.lmtp = lmtp
        self.handler = handler
        self.session_class = SMTPSession
        if handler is not None:
            self.session_class = _session_for(handler)
        super().__init__(**common)

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, and empty the outbox."""
        self.capabilities = []
        super().forget()
        self.greeting = f"{HOSTNAME} {'LMTP' if self.lmtp else 'ESMTP'} fakefarm"
        self.capabilities = [f"SIZE {self.max_message_size}", *EXTENSIONS]
        if self.tls == "starttls":
            self.capabilities.append("STARTTLS")
        self.max_recipients = None
        self.outbox = []
        self._destinations = []

    @property
    def max_message_size(self) -> int:
        """Bytes that a message may have; the SIZE among ``capabilities`` follows it."""
        return self._max_message_size

    @max_message_size.setter
    def max_message_size(self, size: int) -> None:
        if self.capabilities:
            old = f"SIZE {self._max_message_size}"
            self.capabilities[:] = [f"SIZE {size}" if w == old else w for w in self.capabilities]
        self._max_message_size = size

    def deliver_to(self, mailbox: Mailbox, recipients: Pattern = None) -> None:
        """Put what is accepted from now on into ``mailbox``, too, before its 250 leaves: every
        message, or those for a recipient that matches ``recipients`` (``"bob@*"``, case ignored).

        May be called for several mailboxes. Raises TypeError for what is no Mailbox or pattern.
        """
        from ..mailbox import Mailbox

        if not isinstance(mailbox, Mailbox):
            raise TypeError(f"deliver_to({mailbox!r}): give a Mailbox")
        check_pattern(recipients)
        self._destinations.append((mailbox, recipients))

    def distribute(
        self, content: bytes, recipients: list[str], earlier: Sequence[str] = ()
    ) -> None:
        """Put a message into the mailboxes that want it for ``recipients``, and have not had it for
        those ``earlier``."""
        for mailbox, wanted in self._destinations:
            if _any(wanted, recipients) and not _any(wanted, earlier):
                mailbox.add(content)

    @property
    def url(self) -> str:
        """``smtp://127.0.0.1:40001``, or ``lmtp://``."""
        return super().url.replace(self.protocol, "lmtp", 1) if self.lmtp else super().url

    @property
    def hostname(self) -> str:
        """The name that it gives itself in the replies to EHLO and HELO."""
        return self.greeting.partition(" ")[0] or HOSTNAME


def _any(wanted: Pattern, recipients: Sequence[str]) -> bool:
    return any(matches(wanted, recipient, ignore_case=True) for recipient in recipients)


def _session_for(handler: object) -> type[SMTPSession]:
    """The class of the sessions that an aiosmtpd handler decides in."""
    try:
        from .handler import session_for
    except ModuleNotFoundError as error:
        raise ImportError(
            "FakeSMTP(handler=...) needs aiosmtpd: pip install 'pytest-fakefarm[aiosmtpd]'"
        ) from error
    return session_for(handler)
