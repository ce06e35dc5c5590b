"""Mailboxes: the messages that the mail fakes hold and share.

Three rules hold here. What is stored is given out byte for byte: nothing is added, folded or
decoded. A mailbox may be used by any number of threads, those of the fakes and those of the test.
And every change of a mailbox has a number, higher than those before, and is told to who watches.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage, Message

    Content = Message | bytes | str | os.PathLike[str]

GRACE = 1.0  # seconds that a session is waited for whose client has left already
LINE_END = re.compile(r"\r\n|\r|\n")
INBOX = "INBOX"
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


class Folders(Mapping[str, Mailbox]):
    """The folders of an account by name, its INBOX among them: ``folders["Work/2024"]``.

    The levels of a name are divided by ``delimiter``, a slash unless a test sets another before
    anybody connects. A level above a folder need not be a folder itself.

    ``subscribed`` are the names that LSUB tells: a set to edit. ``quota`` are the limits that the
    account has (RFC 9208), none by default: ``{"STORAGE": 100, "MESSAGE": 10}`` are 100 units of
    1,024 bytes and 10 messages.
    """

    def __init__(self, inbox: Mailbox) -> None:
        self.delimiter = "/"
        self.subscribed: set[str] = set()
        self.quota: dict[str, int] = {}
        self._lock = inbox.at_once
        self._by_name = {INBOX: inbox}
        self._validity = inbox.uidvalidity

    def __getitem__(self, name: str) -> Mailbox:
        found = self._by_name.get(canonical(name))
        if found is None:
            raise KeyError(f"{name!r}: folders.create() makes it; there are {', '.join(self)}")
        return found

    def __iter__(self) -> Iterator[str]:
        """The names of this moment, INBOX first and the others in the order they were made."""
        with self._lock:
            return iter(list(self._by_name))

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"<Folders {', '.join(self)}>"

    def create(self, name: str, *messages: Content, attributes: Iterable[str] = ()) -> Mailbox:
        """Make a folder, with ``messages`` in it. ``attributes`` are words for LIST, as
        ``["\\\\Sent"]``. Raises ValueError for a name that is in use, or empty."""
        name = canonical(name)
        if not name or not isinstance(name, str):
            raise ValueError(f"create({name!r}): give the name of a folder")
        name.encode()  # UnicodeEncodeError is a ValueError
        folder = Mailbox(*messages)
        folder._folders = self
        folder.attributes = list(attributes)
        with self._lock:
            if name in self._by_name:
                raise ValueError(f"create({name!r}): there is such a folder")
            self._validity += 1
            folder.uidvalidity = self._validity
            self._by_name[name] = folder
        return folder

    def delete(self, name: str) -> None:
        """Remove a folder and its messages; those below it stay. Raises KeyError where there is
        none, ValueError for INBOX."""
        folder = self[name]
        if canonical(name) == INBOX:
            raise ValueError("INBOX cannot be deleted")
        with self._lock:
            del self._by_name[canonical(name)]
        folder.clear()  # who has it selected learns that all is gone

    def rename(self, old: str, new: str) -> None:
        """Rename a folder and those below it; of INBOX only the messages move (RFC 3501 section
        6.3.5). Raises KeyError where there is none, ValueError for a new name that is in use."""
        old, new = canonical(old), canonical(new)
        below = old + self.delimiter
        if old == INBOX:
            self._move_inbox(new)
            return
        with self._lock:
            names = {
                name: new + name[len(old) :]
                for name in self._by_name
                if name == old or name.startswith(below)
            }
            if not names:
                raise KeyError(f"{old!r}: there is no such folder")
            if new in self._by_name or new.startswith(below) or not new:
                raise ValueError(f"rename({old!r}, {new!r}): give a name that is not in use")
            self._by_name = {names.get(n, n): folder for n, folder in self._by_name.items()}

    def _move_inbox(self, new: str) -> None:
        inbox, folder = self[INBOX], self.create(new)
        with inbox.at_once:
            for mail in inbox:
                folder.add(mail.content, mail.uid, flags=mail.flags, date=mail.date)
            inbox.clear()

    def subscribe(self, name: str) -> None:
        """Have LSUB tell the name, whether there is such a folder or not."""
        with self._lock:
            self.subscribed = self.subscribed | {canonical(name)}

    def unsubscribe(self, name: str) -> None:
        """The opposite."""
        with self._lock:
            self.subscribed = self.subscribed - {canonical(name)}

    def usage(self) -> dict[str, int]:
        """What is in use of each resource that a quota can limit."""
        return self._usage_with(())

    def has_room(self, *contents: bytes) -> bool:
        """Whether messages of these contents can be added without exceeding a quota."""
        if not self.quota:
            return True
        usage = self._usage_with(contents)
        return all(usage[name] <= most for name, most in self.quota.items() if name in usage)

    def _usage_with(self, more: Iterable[bytes]) -> dict[str, int]:
        sizes = [len(mail.content) for name in self for mail in self._by_name.get(name, ())]
        sizes += map(len, more)
        return {"STORAGE": -(-sum(sizes) // 1024), "MESSAGE": len(sizes)}


class Mailboxes(dict[str, Mailbox]):
    """Mailboxes by user; one that is asked for is made."""

    def __missing__(self, user: str) -> Mailbox:
        return self.setdefault(user, Mailbox())

    def __setitem__(self, user: str, mailbox: Mailbox) -> None:
        super().__setitem__(user, checked(mailbox))


def checked(mailbox: Any) -> Mailbox:
    """It, if it is a Mailbox; else TypeError."""
    if not isinstance(mailbox, Mailbox):
        raise TypeError(f"{mailbox!r}: give a Mailbox, and add() messages to it")
    return mailbox


def canonical(name: str) -> str:
    """The name of a folder, INBOX in capitals (RFC 3501 section 5.1)."""
    return INBOX if isinstance(name, str) and name.upper() == INBOX else name


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
