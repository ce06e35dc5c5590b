"""How the cases of IMAP find what a client asks for, whichever way it asks.

A login is LOGIN or AUTHENTICATE, a selection SELECT or EXAMINE, and a message is had by FETCH or
UID FETCH, as ``BODY[]``, ``BODY.PEEK[]`` or ``RFC822``. A rule that these functions make is for any
of them, so that a case is met by every client and no client finds a way round it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..._core.step import Step
    from ...imap import FakeIMAP
    from ...imap.fetch import Item
    from ...imap.rule import IMAPRule


def logs_in(step: Step) -> bool:
    """Whether a step is a login."""
    return step.verb in ("LOGIN", "AUTHENTICATE")


def selects(step: Step) -> bool:
    """Whether a step selects a mailbox."""
    return step.verb in ("SELECT", "EXAMINE")


def searches(step: Step) -> bool:
    """Whether a step looks for messages."""
    return step.verb in ("SEARCH", "UID SEARCH")


def asked(step: Step) -> list[Item]:
    """The items that a FETCH asks for; none for another step, and for one that is malformed."""
    if step.verb not in ("FETCH", "UID FETCH"):
        return []
    from ...imap import fetch, parser, sequence, values

    try:
        arguments = parser.parse([step.argument.encode("utf-8", "surrogateescape")])
        if len(arguments) < 2:
            return []
        sequence.sequence_set(arguments[0])
        items = fetch.parse_items(arguments[1])
    except values.Malformed:
        return []
    if step.verb == "UID FETCH" and fetch.UID not in items:
        items.insert(0, fetch.UID)
    return items


def fetches(step: Step) -> bool:
    """Whether a step asks for the message, or for the text of it; flags, sizes, and headers alone
    are not meant."""
    given = [item.label for item in asked(step) if item.given is not None]
    return any(b"HEADER" not in label and b"MIME" not in label for label in given)


def asks_for_the_size(step: Step) -> bool:
    """Whether a step asks for the size of the message, and not for the message."""
    return any(item.label == b"RFC822.SIZE" for item in asked(step)) and not fetches(step)


def on_login(server: FakeIMAP) -> IMAPRule:
    """A rule for a login."""
    return server.on("*", where=logs_in)


def on_select(server: FakeIMAP) -> IMAPRule:
    """A rule for a selection."""
    return server.on("*", where=selects)


def on_search(server: FakeIMAP) -> IMAPRule:
    """A rule for a search, which not every client needs."""
    return server.on("*", where=searches).optional()


def on_fetch(server: FakeIMAP) -> IMAPRule:
    """A rule for the FETCH that asks for the message."""
    return server.on("*", where=fetches)
