"""Mailboxes: the messages that the mail fakes hold and share.

Two rules hold here. What is stored is given out byte for byte: nothing is added, folded or decoded.
And a mailbox may be used by any number of threads, those of the fakes and those of the test.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from email.message import EmailMessage, Message

    Content = Message | bytes | str | os.PathLike[str]

GRACE = 1.0  # seconds that a session is waited for whose client has left already
LINE_END = re.compile(r"\r\n|\r|\n")


class Mail:
    """A message in a mailbox.

    ``content`` are its bytes. ``uid`` is what UIDL calls it (RFC 1939 section 7); a test may set it
    to anything, also to what another message has.
    """

    __slots__ = ("_message", "content", "uid")

    def __init__(self, content: bytes, uid: str) -> None:
        self.content = content
        self.uid = uid
        self._message: EmailMessage | None = None

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


class Holder(Protocol):
    """Who may hold a mailbox for itself: a session."""

    def is_over(self) -> bool:
        """Whether it ended and can do no more."""

    def is_leaving(self) -> bool:
        """Whether its client has left, so that it will end."""


class Mailbox:
    """Messages in the order they were added. ``len()``, iteration, and ``mailbox[0]`` read them.

    A mailbox can be held by one session at a time, as POP3 wants it (RFC 1939 section 4). A test
    may hold it, too: ``mailbox.lock()``. Messages can be added in any case; a session that is
    under way does not see them.
    """

    def __init__(self, *messages: Content) -> None:
        self._changed = threading.Condition()
        self._mails: list[Mail] = []
        self._count = 0
        self._holder: object = None
        for message in messages:
            self.add(message)

    def add(self, message: Content, uid: str | None = None) -> Mail:
        """Store a message; returns its entry.

        ``bytes``, and the file that a path (``pathlib.Path``) names, are stored as they are. A
        ``str`` is the text of a message and no path; it is stored as UTF-8, and an EmailMessage as
        it writes itself, both with CRLF as their line ends.

        ``uid`` is its unique id; by default they are ``"uid-1"`` and so on, counted up and never
        given again. Raises TypeError for anything else, and OSError for a file that cannot be
        read.
        """
        content = as_content(message)
        with self._changed:
            self._count += 1
            mail = Mail(content, f"uid-{self._count}" if uid is None else uid)
            self._mails.append(mail)
        return mail

    def remove(self, *mails: Mail) -> None:
        """Remove messages; those that are not there any more are passed over."""
        gone = set(map(id, mails))
        with self._changed:
            self._mails = [mail for mail in self._mails if id(mail) not in gone]

    def clear(self) -> None:
        """Remove all messages."""
        with self._changed:
            self._mails = []

    def __len__(self) -> int:
        return len(self._mails)

    def __iter__(self) -> Iterator[Mail]:
        """The messages of this moment: who adds or removes some meanwhile does not disturb."""
        with self._changed:
            return iter(self._mails[:])

    def __getitem__(self, index: int) -> Mail:
        return self._mails[index]

    def __bool__(self) -> bool:
        return True  # an empty mailbox is one, too

    def __repr__(self) -> str:
        return f"<Mailbox of {len(self)} messages{', locked' if self.locked else ''}>"

    # --- held by one session at a time

    @property
    def locked(self) -> bool:
        """Whether somebody holds it."""
        with self._changed:
            return self._holder is not None and not _asked(self._holder, "is_over")

    def lock(self, holder: Holder | None = None) -> bool:
        """Hold it, if nobody else does: whether that is so now. A session whose client has left is
        waited for, a moment at most, so that a client that comes back at once is let in."""
        who = self if holder is None else holder
        with self._changed:
            self._changed.wait_for(
                lambda: self._holder is who or not _asked(self._holder, "is_leaving"), GRACE
            )
            if self._holder is None or _asked(self._holder, "is_over"):
                self._holder = who
            return self._holder is who

    def unlock(self, holder: Holder | None = None) -> None:
        """Hold it no longer, if ``holder`` (or the test) does."""
        with self._changed:
            if self._holder is (self if holder is None else holder):
                self._holder = None
                self._changed.notify_all()


def _asked(holder: object, question: str) -> bool:
    """What a holder says of itself; nobody and a test say no."""
    answer = getattr(holder, question, None)
    return answer is not None and answer()


def is_whole(content: bytes) -> bool:
    """Whether a message ends as its last line must; an empty one has no line."""
    return not content or content.endswith(b"\r\n")


def as_content(message: Content) -> bytes:
    """The bytes of a message. Raises TypeError for what is none."""
    if isinstance(message, (bytes, bytearray, memoryview)):
        return bytes(message)
    if isinstance(message, str):
        return LINE_END.sub("\r\n", message).encode("utf-8", "surrogateescape")
    if isinstance(message, os.PathLike):
        return Path(message).read_bytes()
    from email.message import Message

    if isinstance(message, Message):
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    raise TypeError(f"{message!r}: give an EmailMessage, bytes, str, or the path of a file")
