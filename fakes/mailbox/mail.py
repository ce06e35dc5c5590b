"""A message in a mailbox: its bytes, and what POP3 and IMAP know of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .content import is_whole

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

    from .mailbox import Mailbox

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")  # RFC 3501 2.3.2
CANONICAL = {flag.lower(): flag for flag in SYSTEM_FLAGS}


class Mail:
    """A message in a mailbox.

    ``content`` are its bytes. ``uid`` is what UIDL calls it (RFC 1939 section 7), and ``imap_uid``
    the number that IMAP has for it (RFC 3501 section 2.3.1.1); a test may set them to anything,
    also to what another message has. ``modseq`` numbers the last change of its flags (RFC 7162),
    and ``recent`` is true until an IMAP session has been told of it.
    """

    __slots__ = (
        "_date",
        "_flags",
        "_home",
        "_message",
        "content",
        "imap_uid",
        "modseq",
        "parsed",
        "recent",
        "uid",
    )

    def __init__(
        self,
        content: bytes,
        uid: str,
        imap_uid: int = 0,
        flags: frozenset[str] = frozenset(),
        date: datetime | None = None,
    ) -> None:
        self.content = content
        self.uid = uid
        self.imap_uid = imap_uid
        self.modseq = 1
        self.recent = True
        self.parsed: tuple[bytes, Any] | None = None  # what a fake made of which content
        self._flags = flags
        self._date: datetime | float = time.time() if date is None else date
        self._home: Mailbox | None = None
        self._message: EmailMessage | None = None

    @property
    def flags(self) -> frozenset[str]:
        """Its flags and keywords, as IMAP has them. Set others with ``mail.flags = [...]`` or
        ``mail.flags |= {...}``: sessions that have the mailbox selected are told."""
        return self._flags

    @flags.setter
    def flags(self, flags: Iterable[str]) -> None:
        flags = as_flags(flags)
        if self._home is None:
            self._flags = flags
        else:
            self._home._flag(self, flags)

    @property
    def date(self) -> datetime:
        """When it arrived: what IMAP calls the internal date. It has a time zone."""
        if isinstance(self._date, float):
            from datetime import datetime, timezone

            self._date = datetime.fromtimestamp(int(self._date), timezone.utc)
        return self._date

    @date.setter
    def date(self, date: datetime) -> None:
        self._date = as_date(date)

    @property
    def mailbox(self) -> Mailbox | None:
        """Where it is; None when it was removed."""
        return self._home

    @property
    def size(self) -> int:
        """Its size in octets as POP3 counts (RFC 1939 section 11): what a client has received when
        it has taken away the stuffed dots. That is every byte of ``content``, and a CRLF more
        where it does not end in one, for no line can be sent without."""
        return len(self.content) + (0 if is_whole(self.content) else 2)

    @property
    def message(self) -> EmailMessage:
        """The content as the standard library parses it, with the policy ``default``. Parsed when
        first asked for."""
        if self._message is None:
            from email import message_from_bytes, policy

            self._message = message_from_bytes(self.content, policy=policy.default)
        return self._message

    def __repr__(self) -> str:
        return f"<Mail {self.uid!r}, {len(self.content):,} bytes>"


def as_flags(flags: Any) -> frozenset[str]:
    """Flags, those of the standard in its spelling. Raises TypeError or ValueError for others."""
    wrong = isinstance(flags, (str, bytes)) or not isinstance(flags, Iterable)
    given = [] if wrong else list(flags)
    if wrong or not all(isinstance(flag, str) for flag in given):
        raise TypeError(f"flags={flags!r}: give a list of str, as ['\\\\Seen']")
    if any(flag.lower() == "\\recent" for flag in given):
        raise ValueError("\\Recent is what a session sees and no flag to set (RFC 3501 2.3.2)")
    return frozenset(CANONICAL.get(flag.lower(), flag) for flag in given)


def as_date(date: Any) -> datetime:
    """A time with its zone; one that has none is of this machine's. Raises TypeError."""
    from datetime import datetime

    if not isinstance(date, datetime):
        raise TypeError(f"date={date!r}: give a datetime")
    return date if date.tzinfo is not None else date.astimezone()
