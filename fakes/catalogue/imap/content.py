"""FETCH: the message is an odd one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case
from .asking import on_fetch
from .telling import quoted, told

if TYPE_CHECKING:
    from ...imap import FakeIMAP

SHORT = b'Subject: a "short" one, \\ and all'
HEAD = b"Subject: odd\r\n\r\n"
# Tags as imaplib, imapclient, curl and others make them.
ANSWERS = HEAD + b")\r\nA1 OK FETCH completed\r\nA003 OK done\r\n* BYE gone\r\n{5}\r\n+ go on\r\n"
LONG_LINE = HEAD + b"x" * 200_000 + b"\r\n"
BARE_LF = b"Subject: odd\n\nThe first line.\nThe last line.\n"
EIGHT_BIT = b"Subject: caf\xe9\r\n\r\n\xff\xfe\x80 na\xefve\r\n"


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 4.3", wants=b"")
def empty_message(server: FakeIMAP) -> None:
    """The message has not a single byte: its literal is {0}. A good client brings back an empty
    message."""
    server.mailbox.add(b"")


@edge_case(
    "imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 9 (nstring)", wants=SHORT
)
def message_in_quotes(server: FakeIMAP) -> None:
    """The message is one line, and comes as a quoted string and not as a literal, which a server
    may choose. A good client reads both, and takes the backslashes out."""
    mail = server.mailbox.add(SHORT)
    on_fetch(server).raw(lambda step: told(step, mail, text=quoted)).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 4.3", wants=ANSWERS)
def message_that_looks_like_answers(server: FakeIMAP) -> None:
    """Lines of the message look like the end of the answer, a BYE, and a literal. A good client
    counts the bytes of the message, and does not look at them."""
    server.mailbox.add(ANSWERS)


@edge_case(
    "imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 4.3", wants=LONG_LINE
)
def message_of_one_long_line(server: FakeIMAP) -> None:
    """The message has a line of 200,000 bytes; a literal has no lines, and no limit for them. A
    good client fetches it, since a message that cannot be fetched stays in the way for ever."""
    server.mailbox.add(LONG_LINE)


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 4.3", wants=BARE_LF)
def lines_end_in_bare_lf(server: FakeIMAP) -> None:
    """The lines of the message end in LF alone. A good client takes as many bytes as the literal
    has, and fetches the message, as few lines or as one."""
    server.mailbox.add(BARE_LF)


@edge_case(
    "imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 4.3.1", wants=EIGHT_BIT
)
def bytes_that_are_no_text(server: FakeIMAP) -> None:
    """The message has bytes that are neither ASCII nor UTF-8, in a header and in its text, which a
    literal may have. A good client fetches bytes, and does not change them."""
    server.mailbox.add(EIGHT_BIT)


@edge_case(
    "imap",
    operation="fetch",
    expect=EITHER,
    source="RFC 3501 section 4.3.1",
    wants=HEAD + b"a\0b\r\n",
)
def message_with_a_nul(server: FakeIMAP) -> None:
    """The message has a zero byte, which a literal must not have and servers send all the same. A
    good client fetches it as it is, or reports a failure, and does not end the message there."""
    server.mailbox.add(HEAD + b"a\0b\r\n")
