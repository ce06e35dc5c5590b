"""Commands about messages: in the selected mailbox (RFC 3501 section 6.4), and APPEND."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..mailbox import CANONICAL
from . import fetch, replies, search
from .fetch import Item
from .parser import Token, atom, listed, number
from .quota import QuotaCommands
from .replies import Refusal
from .sequence import sequence_set, written
from .values import Malformed
from .view import Entry

if TYPE_CHECKING:
    from .._core.faults import Parts
    from .._core.session import Answer
    from .._core.step import Step

Numbered = list[tuple[int, Entry]]
Change = Callable[[frozenset[str]], frozenset[str]]
LARGEST_MODSEQ = 2**63 - 1  # RFC 7162 section 3.1.1


class MessageCommands(QuotaCommands):
    """The part of a session that deals with messages."""

    def picked(self, step: Step, token: Token) -> Numbered:
        """The messages that a command is about. Raises Malformed."""
        return self.view.pick(sequence_set(token), step.verb.startswith("UID "))

    def present(self, entries: Numbered) -> None:
        """Raises Refusal where some are gone, which the client was not told of yet."""
        if any(self.view.is_gone(entry) for _, entry in entries):
            raise Refusal(replies.GONE)

    # --- FETCH

    def fetch(self, step: Step, arguments: list[Token]) -> Answer:
        """FETCH: RFC 3501 section 6.4.5, RFC 7162 section 3.1.4. Of messages that somebody else
        expunged it still tells what they were (RFC 2180 section 4.1.1)."""
        entries = self.picked(step, arguments[0])
        items = fetch.parse_items(arguments[1])
        since = changed_since(arguments[2]) if len(arguments) > 2 else None
        if since is not None:
            entries = [(n, entry) for n, entry in entries if entry.modseq > since]
            items = with_item(items, fetch.MODSEQ)
        if step.verb.startswith("UID "):
            items = with_item(items, fetch.UID, first=True)
        by_reading: set[Entry] = set()
        effect = partial(self.read, entries, items, since is not None, by_reading)
        return self.done(partial(self.fetched, entries, items, by_reading), effect)

    def read(
        self, entries: Numbered, items: list[Item], modseq: bool, by_reading: set[Entry]
    ) -> None:
        """The effect of FETCH: what is read has been seen."""
        self.wants_modseq |= modseq or fetch.MODSEQ in items
        if self.view.read_only or not any(item.sets_seen for item in items):
            return
        for _, entry in entries:
            if "\\Seen" not in entry.mail.flags and not self.view.is_gone(entry):
                self.change(entry, lambda flags: flags | {"\\Seen"})
                by_reading.add(entry)

    def fetched(self, entries: Numbered, items: list[Item], by_reading: set[Entry]) -> Parts:
        """The lines of FETCH; flags that it changed itself are told, too (section 6.4.5)."""
        with_flags = items
        if by_reading:
            with_flags = with_item(items, fetch.FLAGS)
            if self.wants_modseq:
                with_flags = with_item(with_flags, fetch.MODSEQ)  # RFC 7162 section 3.1
        lines: list[bytes] = []
        for number_, entry in entries:
            lines += fetch.render(number_, entry, with_flags if entry in by_reading else items)
        return lines

    # --- STORE

    def change(self, entry: Entry, change: Change) -> None:
        """Change the flags of a message; the client knows of it."""
        with self.view.folder.at_once:
            known = entry.told == entry.modseq
            entry.mail.flags = change(entry.mail.flags)
            if known:
                entry.told = entry.modseq

    def store(self, step: Step, arguments: list[Token]) -> Answer:
        """STORE: RFC 3501 section 6.4.6, RFC 7162 section 3.1.3."""
        chosen, *rest = arguments
        entries = self.picked(step, chosen)
        limit = unchanged_since(rest.pop(0)) if isinstance(rest[0], list) else None
        change, silent = self.flag_change(rest)
        if self.view.read_only:
            raise Refusal(replies.READ_ONLY)
        self.present(entries)
        modified: Numbered = []
        by_uid = step.verb.startswith("UID ")
        told = self.wants_modseq or limit is not None

        def lines() -> bytes:
            new = self.view.new_keywords(entries)
            if not silent:
                return new + self.view.flags_of(entries, told, by_uid)
            return new + (self.view.modseqs_of(entries, by_uid) if told else b"")

        def code() -> bytes:
            uids = [entry.uid if by_uid else n for n, entry in modified]
            return b"[MODIFIED %s] " % written(uids).encode() if uids else b""

        def effect() -> None:
            self.wants_modseq |= told
            with self.view.folder.at_once:  # nobody comes between a condition and its change
                if limit is not None:
                    modified.extend(pair for pair in entries if pair[1].modseq > limit)
                    entries[:] = [pair for pair in entries if pair[1].modseq <= limit]
                for _, entry in entries:
                    if not self.view.is_gone(entry):
                        self.change(entry, change)

        return self.done(lines, effect, text=code)

    def flag_change(self, words: list[Token]) -> tuple[Change, bool]:
        """What ``+FLAGS.SILENT (\\Seen)`` asks for, and whether it is not to be told."""
        item, *rest = (words or [""])[0], *words[1:]
        name, _, suffix = atom(item).upper().partition(".")
        change = CHANGES.get(name)
        if change is None or suffix not in ("", "SILENT"):
            raise Malformed("FLAGS, +FLAGS or -FLAGS is expected")
        if not rest:
            raise Malformed("the flags are missing")
        flags = flag_set(rest[0] if len(rest) == 1 and isinstance(rest[0], list) else rest)
        return partial(change, flags), bool(suffix)

    # --- SEARCH

    def search(self, step: Step, arguments: list[Token]) -> Answer:
        """SEARCH: RFC 3501 section 6.4.4, RFC 7162 section 3.1.5."""
        try:
            query = search.parse(arguments)
        except search.BadCharset:
            raise Refusal(replies.BAD_CHARSET) from None
        highest, highest_uid = len(self.view.entries), self.view.highest_uid
        found = [
            (number_, entry)
            for number_, entry in enumerate(self.view.entries, 1)
            if query.matches(number_, entry, highest, highest_uid)
        ]
        by_uid = step.verb.startswith("UID ")
        words = [b"%d" % (entry.uid if by_uid else number_) for number_, entry in found]
        if query.uses_modseq and found:
            words.append(b"(MODSEQ %d)" % max(entry.modseq for _, entry in found))
        effect = self.enable_condstore if query.uses_modseq else None
        return self.done(b" ".join([b"* SEARCH", *words]) + b"\r\n", effect)


# --- arguments


def flag_set(tokens: list[Token] | Token) -> frozenset[str]:
    """Flags that a client can store. Raises Malformed."""
    flags = [atom(token) for token in tokens] if isinstance(tokens, list) else []
    for flag in flags:
        if flag.startswith("\\") and flag.lower() not in CANONICAL:
            raise Malformed(f"no such flag: {flag}")
        if any(character in flag for character in "%*]"):
            raise Malformed("malformed flag")
    return frozenset(CANONICAL.get(flag.lower(), flag) for flag in flags)


def without(flags: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Flags without others, which are the same in any case."""
    folded = {flag.lower() for flag in others}
    return frozenset(flag for flag in flags if flag.lower() not in folded)


CHANGES: dict[str, Callable[[frozenset[str], frozenset[str]], frozenset[str]]] = {
    "FLAGS": lambda given, flags: given,
    "+FLAGS": lambda given, flags: flags | without(given, flags),
    "-FLAGS": lambda given, flags: without(flags, given),
}


def changed_since(token: Token) -> int:
    """``(CHANGEDSINCE n)``: RFC 7162 section 3.1.4.1. Raises Malformed."""
    return modifier(token, "CHANGEDSINCE")


def unchanged_since(token: Token) -> int:
    """``(UNCHANGEDSINCE n)``: RFC 7162 section 3.1.3. Raises Malformed."""
    return modifier(token, "UNCHANGEDSINCE")


def modifier(token: Token, name: str) -> int:
    words = listed(token)
    if len(words) != 2 or atom(words[0]).upper() != name:
        raise Malformed(f"{name} and a number are expected")
    return number(words[1], LARGEST_MODSEQ)


def with_item(items: list[Item], item: Item, first: bool = False) -> list[Item]:
    """Items with one more, unless it is among them."""
    if item in items:
        return items
    return [item, *items] if first else [*items, item]
