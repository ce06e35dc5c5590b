"""Commands by which messages come into a mailbox and leave it (RFC 3501 sections 6.3.11, 6.4)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..mailbox import Mail, Mailbox
from . import replies, values
from .messages import MessageCommands, Numbered, flag_set
from .parser import Literal, Token, parse
from .replies import Refusal
from .sequence import written
from .values import Malformed

if TYPE_CHECKING:
    from datetime import datetime

    from .._core.session import Answer
    from .._core.step import Step
    from .reading import Incoming


class StorageCommands(MessageCommands):
    """The part of a session that copies, moves, expunges and appends."""

    # --- COPY and MOVE

    def copy(self, step: Step, arguments: list[Token]) -> Answer:
        """COPY: RFC 3501 section 6.4.7, RFC 4315 section 3."""
        entries, folder = self.destination(step, arguments)
        copied: list[Mail] = []
        effect = partial(self.copied, entries, folder, copied)
        return self.done(effect=effect, text=partial(self.copy_code, entries, folder, copied))

    def move(self, step: Step, arguments: list[Token]) -> Answer:
        """MOVE: RFC 6851 section 3."""
        entries, folder = self.destination(step, arguments)
        copied: list[Mail] = []

        def line() -> bytes:
            code = self.copy_code(entries, folder, copied)
            return b"* OK %smoved\r\n" % code if code else b""

        def effect() -> None:
            self.copied(entries, folder, copied)
            self.view.folder.remove(*(entry.mail for _, entry in entries))

        if self.view.read_only:
            raise Refusal(replies.READ_ONLY)
        return self.done(line, effect)

    def destination(self, step: Step, arguments: list[Token]) -> tuple[Numbered, Mailbox]:
        """The messages of COPY or MOVE, and where they are to go."""
        entries = self.picked(step, arguments[0])
        folder = self.folder(self.named(arguments[1]), replies.TRY_CREATE)
        self.present(entries)
        if step.verb.endswith("COPY") and not self.folders.has_room(
            *(entry.content for _, entry in entries)
        ):
            raise Refusal(replies.OVER_QUOTA)
        return entries, folder

    def copied(self, entries: Numbered, folder: Mailbox, copied: list[Mail]) -> None:
        """The effect of COPY: the copies, which keep flags and date."""
        with folder.at_once:
            for _, entry in entries:
                mail = entry.mail
                copied.append(folder.add(mail.content, flags=mail.flags, date=mail.date))

    def copy_code(self, entries: Numbered, folder: Mailbox, copied: list[Mail]) -> bytes:
        """The response code that tells the new unique ids."""
        if not entries or not self.offers("UIDPLUS"):
            return b""
        uids = [mail.imap_uid for mail in copied] or range(
            folder.uidnext, folder.uidnext + len(entries)
        )
        old = written_in_order([entry.uid for _, entry in entries])
        return f"[COPYUID {folder.uidvalidity} {old} {written_in_order(uids)}] ".encode()

    # --- EXPUNGE and CLOSE

    def expunge(self, step: Step, arguments: list[Token]) -> Answer:
        """EXPUNGE: RFC 3501 section 6.4.3; UID EXPUNGE: RFC 4315 section 2.1."""
        chosen = None
        if arguments:
            chosen = {entry.mail for _, entry in self.picked(step, arguments[0])}
        if self.view.read_only:
            raise Refusal(replies.READ_ONLY)
        return self.done(effect=partial(self.expunged, chosen))

    def expunged(self, chosen: set[Mail] | None) -> None:
        """The effect of EXPUNGE: what is marked goes."""
        folder = self.view.folder
        with folder.at_once:
            marked = [mail for mail in folder if "\\Deleted" in mail.flags]
            gone = [mail for mail in marked if chosen is None or mail in chosen]
            if gone:
                folder.remove(*gone)

    def close(self, step: Step, arguments: list[Token]) -> Answer:
        """CLOSE: RFC 3501 section 6.4.2; UNSELECT, which expunges nothing: RFC 3691 section 2."""

        def effect() -> None:
            if step.verb == "CLOSE" and not self.view.read_only:
                self.expunged(None)
            self.forget_view()

        return self.done(effect=effect)

    # --- APPEND

    def append(self, step: Step, arguments: list[Token]) -> Answer:
        """APPEND: RFC 3501 section 6.3.11, RFC 4315 section 3."""
        mailbox, *options, message = arguments
        flags, date = append_options(options)
        if not isinstance(message, Literal):
            raise Malformed("the message must be a literal")
        content, folder = bytes(message), self.folder(self.named(mailbox), replies.TRY_CREATE)
        added: list[Mail] = []

        def effect() -> None:
            added.append(folder.add(content, flags=flags, date=date))

        def code() -> bytes:
            if not self.offers("UIDPLUS"):
                return b""
            uid = added[0].imap_uid if added else folder.uidnext
            return b"[APPENDUID %d %d] " % (folder.uidvalidity, uid)

        if not self.folders.has_room(content):
            raise Refusal(replies.OVER_QUOTA, effect)
        return self.done(effect=effect, text=code)

    def append_objection(self, incoming: Incoming, size: int) -> bytes:
        """Why the message of an APPEND need not be sent."""
        try:
            self.folder(self.named(parse(incoming.chunks_so_far)[0]), replies.TRY_CREATE)
        except Refusal as refusal:
            return refusal.text
        except Malformed as error:
            return b"BAD %s" % str(error).encode()
        most = self.server.max_message_size
        return replies.message_too_big(most) if size > most else b""


def append_options(options: list[Token]) -> tuple[frozenset[str], datetime | None]:
    """Flags and date of an APPEND. Raises Malformed."""
    flags, date = frozenset[str](), None
    if options and isinstance(options[0], list):
        flags, options = flag_set(options[0]), options[1:]
    if options and isinstance(options[0], bytes):
        date, options = values.parse_internal_date(options[0]), options[1:]
    if options:
        raise Malformed("flags, a date and a message are expected")
    return flags, date


def written_in_order(uids: list[int] | range) -> str:
    """Unique ids as a set that keeps their order, as COPYUID pairs them."""
    rising = list(uids) == sorted(set(uids))
    return written(uids) if rising else ",".join(map(str, uids))
