"""RETR: a message comes, in full or not.

Where it cannot be had, it cannot be had by TOP either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import MESSAGE

if TYPE_CHECKING:
    from ...pop3 import FakePOP3
    from ...pop3.rule import POP3Rule

STUFFED = MESSAGE.replace(b"\r\n.", b"\r\n..")  # as it crosses the wire, but for the final dot
HEAD = b"Subject: odd\r\n\r\n"
LONG_LINE = HEAD + b"x" * 5000 + b"\r\n"
DOTS = HEAD + b".\r\n..\r\n...\r\n.x\r\n.\r\n\r\n.\r\n"
BARE_LF = b"Subject: odd\n\nThe first line.\nThe last line.\n"
EIGHT_BIT = b"Subject: caf\xe9\r\n\r\n\xff\xfe\x80 na\xefve\r\n"


def _on_both(server: FakePOP3) -> tuple[POP3Rule, POP3Rule]:
    return server.on("RETR"), server.on("TOP").optional()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 5")
def no_such_message(server: FakePOP3) -> None:
    """RETR is answered with -ERR: the message is gone by now. A good client reports that, and does
    not bring back an empty one."""
    for rule in _on_both(server):
        rule.reply("-ERR no such message")


@edge_case("pop3", operation="fetch", expect=FAILS, source="CPython test_poplib: TestTimeouts")
def message_never_comes(server: FakePOP3) -> None:
    """RETR is read and nothing comes back. A good client has a timeout for each command, and
    reports that it passed."""
    for rule in _on_both(server):
        rule.stall()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def message_cut(server: FakePOP3) -> None:
    """The connection ends with FIN behind 100 bytes of the message. A good client reports that the
    message is incomplete."""
    for rule in _on_both(server):
        rule.truncate(after=100)


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 9293 section 3.5.3")
def message_cut_by_a_reset(server: FakePOP3) -> None:
    """The connection ends with RST behind 100 bytes of the message. A good client reports that the
    message is incomplete."""
    for rule in _on_both(server):
        rule.truncate(after=100).reset()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def message_stops_in_the_middle(server: FakePOP3) -> None:
    """Behind 100 bytes of the message there is silence. A good client has a timeout for each read,
    and reports that it passed."""
    for rule in _on_both(server):
        rule.truncate(after=100).stall()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def message_without_its_final_dot(server: FakePOP3) -> None:
    """The connection ends with FIN behind the last line of the message, before the final dot. A
    good client, which cannot know that there is no more, reports that the message is incomplete."""
    for rule in _on_both(server):
        rule.reply("+OK message follows", MESSAGE).truncate(after=len(STUFFED))


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 3")
def final_dot_with_a_bare_lf(server: FakePOP3) -> None:
    """The final dot is followed by LF, where only CRLF ends a line. A good client takes it for the
    end, or reports a failure when its timeout has passed."""
    server.on("RETR").raw(b"+OK\r\n" + STUFFED + b".\n")


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def message_in_pieces(server: FakePOP3) -> None:
    """The message comes in pieces of seven bytes. A good client puts them together, wherever the
    borders are."""
    server.on("RETR").drip(size=7, every=0.002)


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 3")
def pause_behind_a_stuffed_dot(server: FakePOP3) -> None:
    """The message pauses behind a line that is a stuffed dot, so that what has come by then ends
    in a dot and CRLF. A good client looks at lines and not at the end of what has come."""
    before, dot, rest = STUFFED.partition(b"\r\n..\r\n")
    server.on("RETR").raw(b"+OK\r\n" + before + dot).delay(0.2).raw(rest + b".\r\n")


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 3")
def pause_before_the_final_dot(server: FakePOP3) -> None:
    """The final dot comes a moment after the message. A good client waits for it, and does not
    leave it to be the answer to its next command."""
    server.on("RETR").raw(b"+OK\r\n" + STUFFED).delay(0.2).raw(b".\r\n")


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 5")
def wrong_number_of_octets(server: FakePOP3) -> None:
    """The text behind the +OK to RETR tells of 5 octets, and the message has more. A good client
    reads it to its final dot: that text is for people."""
    server.on("RETR").reply("+OK 5 octets", MESSAGE)


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 3")
def message_behind_a_bare_status(server: FakePOP3) -> None:
    """RETR is answered with +OK without any text, and the message. A good client needs no text."""
    server.on("RETR").reply("+OK", MESSAGE)


@edge_case("pop3", operation="fetch", expect=EITHER, source="python/cpython#95252")
def unstuffed_dot(server: FakePOP3) -> None:
    """The server does not stuff the dots of the message, so that a line of it that is a dot ends it
    early and its rest is the answer to the next command. A good client guesses what is meant, or
    notices that it is out of step, and does not report half a message as the whole."""
    server.on("RETR").raw(b"+OK\r\n" + MESSAGE + b".\r\n")


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 3", wants=DOTS)
def message_of_dots(server: FakePOP3) -> None:
    """Most lines of the message are dots, and are stuffed. A good client takes one dot from each
    and no more."""
    server.mailbox.add(DOTS)


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 3", wants=b"")
def empty_message(server: FakePOP3) -> None:
    """The message has not a single byte: the final dot comes at once. A good client brings back an
    empty message."""
    server.mailbox.add(b"")


@edge_case("pop3", operation="fetch", expect=EITHER, source="odoo/odoo#10920", wants=LONG_LINE)
def line_over_2048(server: FakePOP3) -> None:
    """The message has a line of 5,000 bytes, where mail has at most 998 (RFC 5322 section 2.1.1)
    and POP3 has no limit. A good client fetches it, or reports that it cannot, and does not cut
    the line."""
    server.mailbox.add(LONG_LINE)


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 5322 section 2.3", wants=BARE_LF)
def lines_end_in_bare_lf(server: FakePOP3) -> None:
    """The lines of the message end in LF alone, up to the CRLF before the final dot. A good client
    fetches the message, as few lines or as one."""
    server.mailbox.add(BARE_LF)


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 5322 section 2.1", wants=EIGHT_BIT)
def bytes_that_are_no_text(server: FakePOP3) -> None:
    """The message has bytes that are neither ASCII nor UTF-8, in a header and in its text. A good
    client fetches bytes, or reports a failure, and does not break down or change them."""
    server.mailbox.add(EIGHT_BIT)
