"""What was delivered: the entries of the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage


@dataclass(eq=False)
class Message:
    """A message that the fake accepted.

    ``sender`` and ``recipients`` are the mailboxes of MAIL and RCPT, without angle brackets and
    source routes; the null sender is ``""``. ``content`` is every byte of the message, dots
    unstuffed. ``user`` is who was logged in, or None. ``tls`` says whether it came encrypted.
    ``helo`` is the name that the client gave itself.

    ``mail_options`` are the parameters of MAIL by keyword (RFC 1870, 3461, 4954, 6152, 6531), their
    values as they were sent and ``""`` where there is none; ``rcpt_options`` are those of each
    RCPT, in the order of ``recipients``.
    """

    sender: str
    recipients: list[str] = field(default_factory=list)
    content: bytes = field(default=b"", repr=False)
    user: str | None = None
    tls: bool = False
    helo: str = ""
    mail_options: dict[str, str] = field(default_factory=dict)
    rcpt_options: list[dict[str, str]] = field(default_factory=list)
    _message: EmailMessage | None = field(default=None, repr=False)

    @property
    def message(self) -> EmailMessage:
        """The content as the standard library parses it, with the policy ``SMTPUTF8`` where the
        client said so (RFC 6531) and ``default`` otherwise. Parsed when first asked for."""
        if self._message is None:
            from email import message_from_bytes, policy

            utf8 = "SMTPUTF8" in self.mail_options
            chosen = policy.SMTPUTF8 if utf8 else policy.default
            self._message = message_from_bytes(self.content, policy=chosen)
        return self._message
