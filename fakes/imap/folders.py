"""Commands about mailboxes as a whole (RFC 3501 section 6.3)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from ..mailbox import INBOX, Mailbox
from . import commands, names, replies, values
from .authorization import Authorization
from .parser import Token, astring, atom, listed
from .replies import Late, Refusal
from .values import Malformed
from .view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.faults import Parts
    from .._core.session import Answer
    from .._core.step import Step

LONGEST_NAME = 1000  # characters of a name that a client gives


def told(name: str) -> bytes:
    """The name of a mailbox as an answer has it."""
    return values.astring(names.encode(name))


class FolderCommands(Authorization):
    """The part of a session that deals with mailboxes."""

    def named(self, token: Token) -> str:
        """The name of a mailbox. Raises Malformed."""
        return self.folders.canonical(names.decode(astring(token)))

    def folder(self, name: str, missing: bytes = replies.NO_FOLDER) -> Mailbox:
        """The mailbox of that name. Raises Refusal where there is none, or one without messages."""
        found = self.folders.get(name)
        if found is None:
            above = name + self.folders.delimiter
            if any(each.startswith(above) for each in self.folders):
                raise Refusal(replies.NOT_SELECTABLE)
            raise Refusal(missing)
        if any(word.lower() == "\\noselect" for word in found.attributes):
            raise Refusal(replies.NOT_SELECTABLE)
        return found

    # --- SELECT

    def select(self, step: Step, arguments: list[Token]) -> Answer:
        """SELECT and EXAMINE: RFC 3501 sections 6.3.1 and 6.3.2, RFC 7162 section 3.1.8."""
        name = self.named(arguments[0])
        for parameter in listed(arguments[1]) if len(arguments) > 1 else []:
            if atom(parameter).upper() != "CONDSTORE":
                raise Malformed("no such parameter")
        modseq = self.wants_modseq or len(arguments) > 1
        try:
            folder = self.folder(name)
        except Refusal as refusal:
            return self.failed_selection(refusal.text)
        read_only = step.verb == "EXAMINE"
        return self.done(
            self.selection,
            partial(self.open, folder, read_only, modseq),
            text=b"[READ-ONLY] " if read_only else b"[READ-WRITE] ",
        )

    def open(self, folder: Mailbox, read_only: bool, modseq: bool) -> None:
        """The effect of SELECT."""
        self.view = View(folder, read_only)
        self.state = commands.SELECTED
        self.wants_modseq = modseq

    def failed_selection(self, text: bytes) -> Answer:
        """Nothing is selected then, either (section 6.3.1)."""

        def render() -> Parts:
            self.forget_view()
            return (self.completion(text),)

        return Late(render, commands.NO)

    def selection(self) -> bytes:
        """The untagged lines that describe what is selected."""
        view = self.view
        folder, count = view.folder, len(view.entries)
        unseen = (n for n, entry in enumerate(view.entries, 1) if "\\Seen" not in entry.flags)
        first = next(unseen, None)
        return b"".join(
            [
                view.flag_lines(),
                b"* %d EXISTS\r\n* %d RECENT\r\n" % (count, view.recent),
                b"* OK [UNSEEN %d] the first\r\n" % first if first else b"",
                b"* OK [UIDVALIDITY %d] UIDs are valid\r\n" % folder.uidvalidity,
                b"* OK [UIDNEXT %d] is next\r\n" % folder.uidnext,
                b"* OK [HIGHESTMODSEQ %d] is the highest\r\n" % view.synced
                if self.offers("CONDSTORE")
                else b"",
            ]
        )

    # --- names

    def create(self, step: Step, arguments: list[Token]) -> Answer:
        """CREATE: RFC 3501 section 6.3.3. A delimiter at the end says that others will be below."""
        name = self.named(arguments[0]).removesuffix(self.folders.delimiter)
        self.check_new(name)
        return self.done(effect=attempt(self.folders.create, name))

    def check_new(self, name: str) -> None:
        """Raises Refusal for a name that cannot be had."""
        if len(name) > LONGEST_NAME:
            raise Refusal(replies.NAME_TOO_LONG)
        if not all(name.split(self.folders.delimiter)):
            raise Refusal(replies.NO_SUCH_NAME)
        if name in self.folders:
            raise Refusal(replies.EXISTS_ALREADY)

    def delete(self, step: Step, arguments: list[Token]) -> Answer:
        """DELETE: RFC 3501 section 6.3.4."""
        name = self.named(arguments[0])
        if name == INBOX:
            raise Refusal(replies.KEEPS_INBOX)
        if name not in self.folders:
            raise Refusal(replies.NO_FOLDER)
        return self.done(effect=attempt(self.folders.delete, name))

    def rename(self, step: Step, arguments: list[Token]) -> Answer:
        """RENAME: RFC 3501 section 6.3.5."""
        old, new = (self.named(token) for token in arguments)
        names = self.folders.renamed(old, new)
        if not names:
            raise Refusal(replies.NO_FOLDER)
        for name in [new, *(set(names.values()) - names.keys())]:
            self.check_new(name)
        if new.startswith(old + self.folders.delimiter):
            raise Refusal(replies.NO_SUCH_NAME)
        return self.done(effect=attempt(self.folders.rename, old, new))

    def subscribe(self, step: Step, arguments: list[Token]) -> Answer:
        """SUBSCRIBE and UNSUBSCRIBE: RFC 3501 sections 6.3.6 and 6.3.7."""
        name = self.named(arguments[0])
        if step.verb == "UNSUBSCRIBE":
            return self.done(effect=partial(self.folders.unsubscribe, name))
        if name not in self.folders:
            raise Refusal(replies.NO_FOLDER, partial(self.folders.subscribe, name))
        return self.done(effect=partial(self.folders.subscribe, name))

    # --- LIST and LSUB

    def list_all(self, step: Step, arguments: list[Token]) -> Answer:
        """LIST: RFC 3501 section 6.3.8, with the attributes of RFC 3348 and 6154."""
        pattern = self.pattern(arguments)
        if pattern is None:
            return self.done(self.row(b"LIST", ["\\Noselect"], ""))
        found = self.levels(self.folders, pattern)
        return self.done(b"".join(self.row(b"LIST", self.attributes(name), name) for name in found))

    def list_subscribed(self, step: Step, arguments: list[Token]) -> Answer:
        """LSUB: RFC 3501 section 6.3.9. A level above what is subscribed is told as no mailbox."""
        pattern = self.pattern(arguments)
        if pattern is None:
            return self.done(self.row(b"LSUB", ["\\Noselect"], ""))
        subscribed = self.folders.subscribed
        rows = [
            self.row(b"LSUB", [] if name in subscribed else ["\\Noselect"], name)
            for name in self.levels(sorted(subscribed), pattern, "%" in pattern)
        ]
        return self.done(b"".join(rows))

    def pattern(self, arguments: list[Token]) -> str | None:
        """Reference and pattern as one; None for no pattern, which asks for the delimiter."""
        reference, pattern = (astring(token).decode("utf-8", "replace") for token in arguments)
        if not pattern:
            return None
        return readable(reference + pattern)

    def levels(self, known: Iterable[str], pattern: str, above: bool = True) -> list[str]:
        """The names that a pattern asks for, with the levels above them that it matches."""
        delimiter = self.folders.delimiter
        found = dict.fromkeys(known)
        if above:
            more = [level for name in found for level in names.parents(name, delimiter)]
            found.update(dict.fromkeys(more))
        matches = names.matcher(pattern, delimiter)
        return [name for name in found if matches(name)]

    def attributes(self, name: str) -> list[str]:
        """What LIST says of a mailbox; one that is only a level above others holds nothing."""
        folder, below = self.folders.get(name), name + self.folders.delimiter
        children = any(each.startswith(below) for each in self.folders)
        return [
            *(["\\Noselect"] if folder is None else folder.attributes),
            *([f"\\Has{'' if children else 'No'}Children"] if self.offers("CHILDREN") else []),
        ]

    def row(self, verb: bytes, attributes: list[str], name: str) -> bytes:
        delimiter = values.quoted(self.folders.delimiter.encode())
        flags = " ".join(attributes).encode("utf-8", "surrogateescape")
        return b"* %s (%s) %s %s\r\n" % (verb, flags, delimiter, told(name))

    def namespace(self, step: Step, arguments: list[Token]) -> Answer:
        """NAMESPACE: RFC 2342 section 5."""
        delimiter = values.quoted(self.folders.delimiter.encode())
        return self.done(b'* NAMESPACE (("" %s)) NIL NIL\r\n' % delimiter)

    # --- STATUS

    def status(self, step: Step, arguments: list[Token]) -> Answer:
        """STATUS: RFC 3501 section 6.3.10, RFC 7162 section 3.1.7."""
        mailbox, items = arguments
        asked = [atom(token).upper() for token in listed(items)]
        known = set(STATUS) if self.offers("CONDSTORE") else set(STATUS) - {"HIGHESTMODSEQ"}
        if not asked or not set(asked) <= known:
            raise Malformed("no such status data item")
        name = self.named(mailbox)
        folder = self.folder(name)

        def line() -> bytes:
            with folder.at_once:
                pairs = " ".join(f"{item} {STATUS[item](folder)}" for item in asked)
            return b"* STATUS %s (%s)\r\n" % (told(name), pairs.encode())

        effect = self.enable_condstore if "HIGHESTMODSEQ" in asked else None
        return self.done(line, effect)


def attempt(change: Callable[..., object], *names: str) -> Callable[[], None]:
    """An effect that changes folders. Somebody else may have been faster."""

    def effect() -> None:
        with contextlib.suppress(KeyError, ValueError):
            change(*names)

    return effect


def readable(pattern: str) -> str:
    """A pattern of LIST with its names readable; left as it is where it is no modified UTF-7."""
    try:
        return names.decode(pattern.encode())
    except Malformed:
        return pattern


def _unseen(folder: Mailbox) -> int:
    return sum("\\Seen" not in mail.flags for mail in folder)


STATUS: dict[str, Callable[[Mailbox], int]] = {
    "MESSAGES": len,
    "RECENT": lambda folder: sum(mail.recent for mail in folder),
    "UIDNEXT": lambda folder: folder.uidnext,
    "UIDVALIDITY": lambda folder: folder.uidvalidity,
    "UNSEEN": _unseen,
    "HIGHESTMODSEQ": lambda folder: folder.modseq,
}
