"""FETCH: the message comes in full, and the answer around it is an odd one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case
from .asking import asks_for_the_size, on_fetch
from .telling import lower, told

if TYPE_CHECKING:
    from ..._core.step import Step
    from ...imap import FakeIMAP

SIZE = re.compile(rb"RFC822\.SIZE \d+")
BEHIND = b" FLAGS (\\Seen))\r\n"


def _told_by(server: FakeIMAP) -> Callable[[Step], bytes]:
    """The whole message."""
    return lambda step: told(step, server.mailbox[0])


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 2.2.2")
def other_answers_before_the_message(server: FakeIMAP) -> None:
    """Before the message stand an alert and what there is in the mailbox. A good client takes any
    answer at any time, and passes over what it did not ask for."""
    on_fetch(server).untagged("OK [ALERT] disk full", "1 EXISTS", "0 RECENT").answer()


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 7.4.2")
def flags_before_the_message(server: FakeIMAP) -> None:
    """Before the FETCH with the message stands another one for it, with its flags: somebody has
    changed them. A good client puts together what it is told of a message, and looks for what it
    asked for."""
    on_fetch(server).untagged("1 FETCH (FLAGS (\\Answered))").answer()


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 7.4.2")
def flags_behind_the_message(server: FakeIMAP) -> None:
    """In the parentheses with the message stand its flags, behind it, as servers tell them where
    reading has changed them. A good client reads on behind the literal."""
    tell = _told_by(server)
    on_fetch(server).raw(lambda step: tell(step)[:-3] + BEHIND).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.4.5")
def size_too_small(server: FakeIMAP) -> None:
    """RFC822.SIZE is 10, also where nobody asked for it, and the message is larger. A good client
    goes by the literal, or reports the difference, and does not cut the message to that size."""

    def small(step: Step) -> bytes:
        line, count = SIZE.subn(b"RFC822.SIZE 10", told(step, server.mailbox[0]))
        return line if count else line.replace(b"(", b"(RFC822.SIZE 10 ", 1)

    for rule in (on_fetch(server), server.on("*", where=asks_for_the_size).optional()):
        rule.raw(small).reply("OK", "FETCH completed")


@edge_case(
    "imap",
    operation="fetch",
    expect=EITHER,
    source="IMAPClient: test_same_message_appearing_multiple_times",
)
def message_told_twice(server: FakeIMAP) -> None:
    """The message comes twice in one answer. A good client brings back one message, or reports what
    it cannot make sense of."""
    on_fetch(server).raw(_told_by(server)).answer()


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 9")
def answer_in_lower_case(server: FakeIMAP) -> None:
    """FETCH, BODY and OK come in lower case, which means the same in everything that IMAP says. A
    good client fetches the message."""

    def whole(step: Step) -> bytes:
        tag = step.line.split()[0]
        return told(step, server.mailbox[0], around=lower) + tag + b" ok fetch completed\r\n"

    on_fetch(server).raw(whole)


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 7.1.1")
def patience_is_asked_for(server: FakeIMAP) -> None:
    """The server is busy, and says so in untagged lines until the message comes. A good client
    waits, and does not take such an OK for the end of its command."""
    rule = on_fetch(server)
    for _ in range(3):
        rule.untagged("OK Hang in there..").delay(0.1)
    rule.answer()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7")
def blank_line_before_the_message(server: FakeIMAP) -> None:
    """An empty line stands before the message, which is nothing that a server says. A good client
    passes over it, or reports what it cannot make sense of."""
    on_fetch(server).raw(b"\r\n").answer()


@edge_case("imap", operation="fetch", expect=EITHER, source="paperless-ngx/paperless-ngx#13412")
def items_behind_the_parenthesis(server: FakeIMAP) -> None:
    """The parenthesis is closed behind the message, and its flags stand in a line of their own that
    begins with a space. A good client passes over them, or reports what it cannot make sense of."""
    tell = _told_by(server)
    on_fetch(server).raw(lambda step: tell(step) + BEHIND).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 2.2.2")
def never_completed(server: FakeIMAP) -> None:
    """The message comes, and not the line that completes the FETCH. A good client has a timeout and
    reports that it passed, or brings back the message, which it has."""
    on_fetch(server).raw(_told_by(server)).stall()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 2.2.1")
def completed_with_another_tag(server: FakeIMAP) -> None:
    """The message comes, and an OK with a tag that nobody used. A good client reports that, or when
    its timeout has passed, or brings back the message, which it has."""
    on_fetch(server).raw(_told_by(server)).reply("OK", "FETCH completed", tag="x99")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 9 (resp-text)")
def completed_without_text(server: FakeIMAP) -> None:
    """The FETCH is completed with OK and nothing behind it, where a text has to be. A good client,
    which needs no text, brings back the message, or reports a line that it cannot read."""
    on_fetch(server).raw(_told_by(server)).reply("OK")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.4.5")
def completed_with_no(server: FakeIMAP) -> None:
    """The message comes, and the FETCH is completed with NO. A good client reports what it was
    told, or brings back the message, which it has."""
    on_fetch(server).raw(_told_by(server)).reply("NO", "[SERVERBUG] something was lost")
