"""The folders of an account, as IMAP has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from .mailbox import Mailbox

if TYPE_CHECKING:
    from .content import Content

INBOX = "INBOX"
DELIMITER = "/"


class Folders(Mapping[str, Mailbox]):
    """The folders of an account by name, its INBOX among them: ``folders["Work/2024"]``.

    The levels of a name are divided by ``delimiter``, a slash unless a test sets another before
    anybody connects. A level above a folder need not be a folder itself.

    ``subscribed`` are the names that LSUB tells: a set to edit. ``quota`` are the limits that the
    account has (RFC 9208), none by default: ``{"STORAGE": 100, "MESSAGE": 10}`` are 100 units of
    1,024 bytes and 10 messages.
    """

    def __init__(self, inbox: Mailbox) -> None:
        self.delimiter = DELIMITER
        self.subscribed: set[str] = set()
        self.quota: dict[str, int] = {}
        self._lock = inbox.at_once
        self._by_name = {INBOX: inbox}
        self._validity = inbox.uidvalidity

    def __getitem__(self, name: str) -> Mailbox:
        found = self._by_name.get(self.canonical(name))
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

    def canonical(self, name: str) -> str:
        """The name as it is kept: INBOX in capitals, also where it is the first level of others
        (RFC 3501 section 5.1)."""
        if not isinstance(name, str):
            return name
        first, mark, rest = name.partition(self.delimiter)
        return first.upper() + mark + rest if first.upper() == INBOX else name

    def create(self, name: str, *messages: Content, attributes: Iterable[str] = ()) -> Mailbox:
        """Make a folder, with ``messages`` in it. ``attributes`` are words for LIST, as
        ``["\\\\Sent"]``. Raises ValueError for a name that is in use, or empty."""
        name = self.canonical(name)
        check_name(name)
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
        if self.canonical(name) == INBOX:
            raise ValueError("INBOX cannot be deleted")
        with self._lock:
            del self._by_name[self.canonical(name)]
        folder.clear()  # who has it selected learns that all is gone

    def rename(self, old: str, new: str) -> None:
        """Rename a folder and those below it; of INBOX only the messages move (RFC 3501 section
        6.3.5). Raises KeyError where there is none, ValueError for new names that are in use."""
        old, new = self.canonical(old), self.canonical(new)
        check_name(new)
        if old == INBOX:
            self._move_inbox(new)
            return
        with self._lock:
            names = self.renamed(old, new)
            if not names:
                raise KeyError(f"{old!r}: there is no such folder")
            in_use = (set(names.values()) - names.keys() | {new}) & self._by_name.keys()
            if in_use or new.startswith(old + self.delimiter):
                raise ValueError(
                    f"rename({old!r}, {new!r}): give a name that is not in use, nor below it; "
                    f"there are {', '.join(self)}"
                )
            self._by_name = {names.get(n, n): folder for n, folder in self._by_name.items()}

    def renamed(self, old: str, new: str) -> dict[str, str]:
        """What a folder and those below it would be called, by what they are called."""
        below = old + self.delimiter
        return {
            name: new + name[len(old) :] for name in self if name == old or name.startswith(below)
        }

    def _move_inbox(self, new: str) -> None:
        inbox, folder = self[INBOX], self.create(new)
        with inbox.at_once:
            for mail in inbox:
                folder.add(mail.content, mail.uid, flags=mail.flags, date=mail.date)
            inbox.clear()

    def subscribe(self, name: str) -> None:
        """Have LSUB tell the name, whether there is such a folder or not."""
        with self._lock:
            self.subscribed = self.subscribed | {self.canonical(name)}

    def unsubscribe(self, name: str) -> None:
        """The opposite."""
        with self._lock:
            self.subscribed = self.subscribed - {self.canonical(name)}

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


def check_name(name: str) -> None:
    """Raise ValueError for what cannot be the name of a folder."""
    if not name or not isinstance(name, str):
        raise ValueError(f"{name!r}: give the name of a folder")
    name.encode()  # UnicodeEncodeError is a ValueError
