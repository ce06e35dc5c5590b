"""A mailbox: messages in their order, who watches it, and who holds it for itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from .content import as_content
from .mail import Mail, as_date, as_flags

if TYPE_CHECKING:
    from datetime import datetime

    from .content import Content
    from .folders import Folders

GRACE = 1.0  # seconds that a session is waited for whose client has left already


class Holder(Protocol):
    """Who may hold a mailbox for itself: a session."""

    def is_over(self) -> bool:
        """Whether it ended and can do no more."""

    def is_leaving(self) -> bool:
        """Whether its client has left, so that it will end."""


class Mailbox:
    """Messages in the order they were added. ``len()``, iteration, and ``mailbox[0]`` read them.

    A mailbox can be held by one session at a time, as POP3 wants it (RFC 1939 section 4). A test
    may hold it, too: ``mailbox.lock()``. Messages can be added in any case; a POP3 session that is
    under way does not see them, an IMAP session is told.

    For IMAP it is an account: itself its INBOX, and others in ``folders``. ``uidvalidity`` and
    ``uidnext`` are numbers that a test may set (RFC 3501 section 2.3.1.1), ``attributes`` the words
    that LIST has for it, as ``["\\\\Sent"]`` or ``["\\\\Noselect"]``, a list to edit.
    """

    def __init__(self, *messages: Content) -> None:
        self._changed = threading.Condition()
        self._mails: list[Mail] = []
        self._count = 0
        self._holder: object = None
        self._folders: Folders | None = None
        self._watchers: list[Callable[[], object]] = []
        self.uidvalidity = 1
        self.uidnext = 1
        self.modseq = 1  # of the last change
        self.attributes: list[str] = []
        for message in messages:
            self.add(message)

    def add(
        self,
        message: Content,
        uid: str | None = None,
        *,
        flags: Iterable[str] = (),
        date: datetime | None = None,
    ) -> Mail:
        """Store a message; returns its entry.

        ``bytes``, and the file that a path (``pathlib.Path``) names, are stored as they are. A
        ``str`` is the text of a message and no path; it is stored as UTF-8, and an EmailMessage as
        it writes itself, both with CRLF as their line ends.

        ``uid`` is its unique id; by default they are ``"uid-1"`` and so on, counted up and never
        given again. ``flags`` and ``date`` (when it arrived; now, by default) are for IMAP. Raises
        TypeError for anything else, and OSError for a file that cannot be read.
        """
        content, flags = as_content(message), as_flags(flags)
        when = None if date is None else as_date(date)
        with self._changed:
            self._count += 1
            name = f"uid-{self._count}" if uid is None else uid
            mail = Mail(content, name, self.uidnext, flags, when)
            self.uidnext += 1
            self._mails.append(mail)
            mail._home = self
            mail.modseq = self._change()
        return mail

    def remove(self, *mails: Mail) -> None:
        """Remove messages; those that are not there any more are passed over."""
        gone = set(map(id, mails))
        with self._changed:
            self._keep([mail for mail in self._mails if id(mail) not in gone])

    def clear(self) -> None:
        """Remove all messages."""
        with self._changed:
            self._keep([])

    def _keep(self, mails: list[Mail]) -> None:
        if len(mails) == len(self._mails):
            return  # nothing changes
        kept = set(map(id, mails))
        for mail in self._mails:
            if id(mail) not in kept:
                mail._home = None
        self._mails = mails
        self._change()

    def _flag(self, mail: Mail, flags: frozenset[str]) -> None:
        with self._changed:
            if flags != mail._flags:
                mail._flags = flags
                mail.modseq = self._change()

    # --- changes

    def _change(self) -> int:
        """Something changes now, under the lock: its number."""
        self.modseq += 1
        for watcher in self._watchers:
            watcher()
        return self.modseq

    @property
    def at_once(self) -> threading.Condition:
        """A lock to hold while several changes are made that nobody shall see the half of."""
        return self._changed

    def watch(self, watcher: Callable[[], object]) -> None:
        """Have ``watcher()`` called after each change from now on, in the thread that makes it. It
        must not wait for anything."""
        with self._changed:
            self._watchers = [*self._watchers, watcher]

    def unwatch(self, watcher: Callable[[], object]) -> None:
        """Have it called no longer."""
        with self._changed:
            self._watchers = [each for each in self._watchers if each != watcher]

    @property
    def folders(self) -> Folders:
        """The folders of the account; this mailbox is its INBOX, unless it is one of them."""
        with self._changed:
            if self._folders is None:
                from .folders import Folders  # which makes mailboxes

                self._folders = Folders(self)
            return self._folders

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
