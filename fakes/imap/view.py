"""A mailbox as one session sees it (RFC 3501 sections 2.3.1.2, 5.2, 7.3).

Messages have the numbers that the client was told of. What others did since then is news, and the
view changes when the client is told, at a moment that the standard allows, and not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..mailbox import SYSTEM_FLAGS, Mail, Mailbox
from . import fetch, parts
from .values import Malformed

if TYPE_CHECKING:
    from datetime import datetime

    from .sequence import SequenceSet

RECENT = "\\Recent"


class Entry:
    """A message as the session sees it. ``told`` is the change that the client knows of."""

    __slots__ = ("is_recent", "mail", "told")

    def __init__(self, mail: Mail, is_recent: bool) -> None:
        self.mail = mail
        self.is_recent = is_recent
        self.told = mail.modseq

    @property
    def content(self) -> bytes:
        return self.mail.content

    @property
    def parsed(self) -> parts.Part:
        """Its structure, found once as long as the content stays the same."""
        known = self.mail.parsed
        if known is None or known[0] is not self.mail.content:
            known = self.mail.parsed = self.mail.content, parts.parse(self.mail.content)
        part: parts.Part = known[1]
        return part

    @property
    def uid(self) -> int:
        return self.mail.imap_uid

    @property
    def flags(self) -> frozenset[str]:
        flags = self.mail.flags
        return flags | {RECENT} if self.is_recent else flags

    @property
    def internal_date(self) -> datetime:
        return self.mail.date

    @property
    def modseq(self) -> int:
        return self.mail.modseq


class View:
    """The messages of ``folder`` by number, from 1 on. A session that has nothing selected has a
    view of nowhere, which is empty."""

    def __init__(self, folder: Mailbox, read_only: bool = True) -> None:
        self.folder = folder
        self.read_only = read_only
        self.entries: list[Entry] = []
        self.keywords: list[str] = []  # that the client was told of
        self.synced = 0  # the change up to which the view is complete
        self.absorb()
        self.keywords = keywords(folder)

    # --- which messages

    @property
    def highest_uid(self) -> int:
        return max((entry.uid for entry in self.entries), default=0)

    @property
    def recent(self) -> int:
        return sum(entry.is_recent for entry in self.entries)

    def pick(self, wanted: SequenceSet, by_uid: bool) -> list[tuple[int, Entry]]:
        """Number and entry of each message in a set. Raises Malformed for a number that no message
        has (a unique id may be of one that is gone, section 6.4.8)."""
        entries = self.entries
        if by_uid:
            uids = set(wanted.among([entry.uid for entry in entries], self.highest_uid))
            return [(n, entry) for n, entry in enumerate(entries, 1) if entry.uid in uids]
        spans = wanted.spans(len(entries))
        if spans[-1][1] > len(entries) or spans[0][0] < 1:
            raise Malformed("no such message")
        return [(n, entries[n - 1]) for low, high in spans for n in range(low, high + 1)]

    def is_gone(self, entry: Entry) -> bool:
        """Whether somebody expunged it, which the client may not know of yet."""
        return entry.mail.mailbox is not self.folder

    # --- what is new

    def absorb(self) -> int:
        """Take up the messages that are new; how many there are. They are recent for the first
        session that sees them and may change the mailbox (section 2.3.2)."""
        with self.folder.at_once:
            known = {entry.mail for entry in self.entries}
            new = [Entry(mail, mail.recent) for mail in self.folder if mail not in known]
            if not self.read_only:
                for entry in new:
                    entry.mail.recent = False
            self.entries += new
            self.synced = self.folder.modseq
        return len(new)

    def news(self, expunges: bool = True, modseq: bool = False) -> bytes:
        """Untagged lines about all that changed and that the client was not told of yet. Where no
        message may vanish, ``expunges`` is False, and they stay as they were for now."""
        if self.folder.modseq == self.synced:
            return b""
        with self.folder.at_once:
            lines = self.expunged() if expunges else []
            if self.absorb():
                lines.append(b"* %d EXISTS\r\n* %d RECENT\r\n" % (len(self.entries), self.recent))
            changed = [
                (number, entry)
                for number, entry in enumerate(self.entries, 1)
                if entry.told != entry.modseq and not self.is_gone(entry)
            ]
            if changed:
                lines += [self.new_keywords(changed), self.flags_of(changed, modseq)]
            if not expunges and any(map(self.is_gone, self.entries)):
                self.synced = 0  # there is more to tell
        return b"".join(lines)

    def expunged(self) -> list[bytes]:
        """A line for each message that is gone, from the last to the first."""
        lines = []
        for number in range(len(self.entries), 0, -1):
            if self.is_gone(self.entries[number - 1]):
                lines.append(b"* %d EXPUNGE\r\n" % number)
                del self.entries[number - 1]
        return lines

    def flags_of(
        self, entries: Iterable[tuple[int, Entry]], modseq: bool = False, uid: bool = False
    ) -> bytes:
        """The lines that tell the flags of messages, as FETCH would. The client knows them then."""
        items = [fetch.UID] if uid else []
        items += [fetch.FLAGS, fetch.MODSEQ] if modseq else [fetch.FLAGS]
        lines = []
        for number, entry in entries:
            entry.told = entry.modseq
            lines += fetch.render(number, entry, items)
        return b"".join(lines)

    def modseqs_of(self, entries: Iterable[tuple[int, Entry]], uid: bool) -> bytes:
        """What STORE tells though it is silent, to who knows CONDSTORE (RFC 7162 section 3.1.3)."""
        items = [fetch.UID, fetch.MODSEQ] if uid else [fetch.MODSEQ]
        return b"".join(part for n, entry in entries for part in fetch.render(n, entry, items))

    def new_keywords(self, entries: Iterable[tuple[int, Entry]]) -> bytes:
        """The lines that tell of keywords that the client has not seen yet; or b""."""
        used = {flag for _, entry in entries for flag in entry.mail.flags}
        new = used.difference(SYSTEM_FLAGS, self.keywords)
        if not new:
            return b""
        self.keywords = sorted(new.union(self.keywords))
        return self.flag_lines()

    def flag_lines(self) -> bytes:
        """The lines that tell which flags there are, and which can be stored."""
        permanent = b"()" if self.read_only else flag_list([*self.keywords, "\\*"])
        return b"* FLAGS %s\r\n* OK [PERMANENTFLAGS %s] these are kept\r\n" % (
            flag_list(self.keywords),
            permanent,
        )


def keywords(folder: Mailbox) -> list[str]:
    """The keywords that messages of a mailbox have."""
    used = {flag for mail in folder for flag in mail.flags}
    return sorted(used.difference(SYSTEM_FLAGS))


def flag_list(more: Iterable[str]) -> bytes:
    """The flags of the standard and ``more``, in parentheses."""
    return b"(%s)" % " ".join([*SYSTEM_FLAGS, *more]).encode("utf-8", "surrogateescape")


NOWHERE = Mailbox()
