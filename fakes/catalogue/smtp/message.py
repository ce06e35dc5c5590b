"""The dot: the message is there, and it is the server's or it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.3.2")
def message_refused(server: FakeSMTP) -> None:
    """The message is answered with 554, as by a filter of spam. A good client reports a failure,
    and does not send it again."""
    server.on("message").reply(554, "5.7.1 looks like spam")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.3.2")
def message_deferred(server: FakeSMTP) -> None:
    """The message is answered with 452, each time: the disk is full. A good client reports a
    failure that may pass."""
    server.on("message").reply(452, "4.3.1 disk full")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.8")
def message_421(server: FakeSMTP) -> None:
    """The message is answered with 421 and not stored, and the connection is closed. A good client
    reports a failure that may pass."""
    server.on("message").reply(421, "4.3.2 shutting down").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 1047")
def closed_before_the_message_is_stored(server: FakeSMTP) -> None:
    """The connection ends with FIN at the dot, and the message is lost. A good client reports that
    the server has gone: a dot without 250 is no delivery."""
    server.on("message").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 1047")
def reply_lost_after_the_message_is_stored(server: FakeSMTP) -> None:
    """The message is stored, and the connection ends with FIN in place of the 250. A good client
    says that it does not know, and does not send a second copy on its own."""
    server.on("message").truncate(after=0)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 1047")
def reply_lost_by_a_reset(server: FakeSMTP) -> None:
    """The message is stored, and the connection ends with RST in place of the 250. A good client
    says that it does not know, and does not send a second copy on its own."""
    server.on("message").truncate(after=0).reset()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.5.3.2.6")
def message_never_answered(server: FakeSMTP) -> None:
    """The message is stored, and nothing comes back. A good client has a timeout for it, says that
    it does not know, and does not send a second copy on its own."""
    server.on("message").truncate(after=0).stall()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.2")
def reply_to_the_message_cut(server: FakeSMTP) -> None:
    """The message is stored, and the connection ends with FIN behind the first two digits of the
    250. A good client does not guess the third one, and reports that the server has gone."""
    server.on("message").truncate(after=2)


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 5321 section 2.3.8")
def reply_to_the_message_without_its_line_end(server: FakeSMTP) -> None:
    """The message is stored, and the connection ends with FIN between the text of the 250 and its
    CRLF. A good client goes by the code that it has, or reports that the server has gone."""
    server.on("message").reply(250, "2.6.0 accepted").truncate(after=18)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.2.1")
def reply_to_the_message_cut_between_lines(server: FakeSMTP) -> None:
    """The message is stored, and the connection ends with FIN behind a 250- that tells of more
    lines. A good client does not take a part of a reply for all of it."""
    server.on("message").reply(250, "2.6.0 accepted", "queued").truncate(after=20)


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.5.3.2.6")
def message_answered_late(server: FakeSMTP) -> None:
    """The 250 comes a moment after the dot, since the server looks at the message first. A good
    client waits, and does not send the message again meanwhile."""
    server.on("message").delay(0.3)


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.2.1")
def message_answered_in_several_lines(server: FakeSMTP) -> None:
    """The 250 to the message has three lines. A good client reads all of them before it says
    QUIT."""
    server.on("message").reply(250, "2.6.0 accepted", "queued as 4711", "bye for now")


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def message_answered_in_pieces(server: FakeSMTP) -> None:
    """The 250 to the message comes a byte at a time. A good client reads on to the end of the
    line."""
    server.on("message").drip(size=1, every=0.005)
