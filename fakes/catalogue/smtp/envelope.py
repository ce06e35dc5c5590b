"""MAIL and RCPT: from whom, to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.3.2")
def sender_refused(server: FakeSMTP) -> None:
    """MAIL is answered with 550. A good client reports that the sender is refused, and does not go
    on with RCPT."""
    server.on("MAIL").reply(550, "5.7.1 sender not allowed")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.3.2")
def sender_deferred(server: FakeSMTP) -> None:
    """MAIL is answered with 451, each time. A good client reports a failure that may pass."""
    server.on("MAIL").reply(451, "4.3.0 local error, try later")


@edge_case("smtp", operation="send", expect=FAILS, source="CPython test_smtplib: 421 from MAIL")
def sender_421(server: FakeSMTP) -> None:
    """MAIL is answered with 421, and the connection is closed. A good client reports a failure that
    may pass, and does not wait for an answer to RSET."""
    server.on("MAIL").reply(421, "4.3.2 shutting down").close()


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.2.1")
def sender_answered_in_several_lines(server: FakeSMTP) -> None:
    """The 250 to MAIL has three lines. A good client reads all of them, whatever command they are
    for."""
    server.on("MAIL").reply(250, "2.1.0 sender", "is", "welcome")


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 4.2")
def replies_without_text(server: FakeSMTP) -> None:
    """MAIL and RCPT are answered with the bare code 250. A good client goes by the code and needs
    no text."""
    server.on("MAIL").reply(250)
    server.on("RCPT").reply(250)


@edge_case(
    "smtp", operation="send", expect=SUCCEEDS, source="aiosmtplib test_commands: badly encoded text"
)
def reply_that_is_no_utf8(server: FakeSMTP) -> None:
    """The text of the 250 to MAIL has bytes that are no UTF-8. A good client goes by the code (RFC
    5321 section 4.2) and does not break down over the text."""
    server.on("MAIL").reply(250, b"2.1.0 exp\xe9diteur accept\xe9")


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 5321 section 4.2")
def success_by_an_unknown_code(server: FakeSMTP) -> None:
    """RCPT is answered with 259, a success that no standard lists. A good client goes by the first
    digit, or reports a failure."""
    server.on("RCPT").reply(259, "2.1.5 fine")


@edge_case(
    "smtp", operation="send", expect=EITHER, source="aiosmtplib test_protocol: double replies"
)
def sender_answered_twice(server: FakeSMTP) -> None:
    """The 250 to MAIL comes twice, so that each later reply seems to be that to the next command. A
    good client notices or comes through, and does not take a reply for another and lie."""
    server.on("MAIL").duplicate()


@edge_case(
    "smtp", operation="send", expect=FAILS, source="aiosmtplib test_protocol: unsolicited data"
)
def recipient_refused_behind_an_extra_reply(server: FakeSMTP) -> None:
    """MAIL is answered twice, and RCPT is refused: who is out of step takes the extra 250 for its
    answer. A good client reports a failure in any case."""
    server.on("MAIL").duplicate()
    server.on("RCPT").reply(550, "5.1.1 no such user")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.8")
def closed_behind_the_sender(server: FakeSMTP) -> None:
    """MAIL is answered with 250, and the connection ends with FIN without a 421. A good client
    notices at its next command and reports that the server has gone."""
    server.on("MAIL").answer().close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.3")
def recipient_refused(server: FakeSMTP) -> None:
    """RCPT is answered with 550. A good client reports the recipient as refused, and sends no DATA
    where no other is left."""
    server.on("RCPT").reply(550, "5.1.1 no such user")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 6647 section 2.4")
def recipient_greylisted(server: FakeSMTP) -> None:
    """RCPT is answered with 450, for some minutes longer than the client is there. A good client
    reports a failure that may pass."""
    server.on("RCPT").reply(450, "4.2.0 greylisted, try again in five minutes")


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 5321 section 3.4")
def recipient_forwarded(server: FakeSMTP) -> None:
    """RCPT is answered with 251: the server will forward the message. A good client takes it for
    the success that it is."""
    server.on("RCPT").reply(251, "2.1.5 will forward to <bob@example.net>")


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.4")
def recipient_has_moved(server: FakeSMTP) -> None:
    """RCPT is answered with 551, which names another address. A good client reports a failure, and
    does not send to an address that nobody gave it."""
    server.on("RCPT").reply(551, "5.1.6 please try <bob@example.net>")


@edge_case("smtp", operation="send", expect=FAILS, source="CPython test_smtplib: 421 from RCPT")
def recipient_421(server: FakeSMTP) -> None:
    """RCPT is answered with 421, and the connection is closed. A good client reports a failure that
    may pass."""
    server.on("RCPT").reply(421, "4.7.0 too many connections").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_at_the_recipient(server: FakeSMTP) -> None:
    """The connection ends with RST when RCPT comes. A good client reports that the server has
    gone."""
    server.on("RCPT").reset()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 4.5.3.2.3")
def recipient_never_answered(server: FakeSMTP) -> None:
    """RCPT is read and nothing comes back. A good client has a timeout for each command, and
    reports that it passed."""
    server.on("RCPT").stall()


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="aiosmtplib test_sendmail: a disconnect at the silent RSET",
)
def closed_at_the_reset_of_a_refusal(server: FakeSMTP) -> None:
    """RCPT is refused, and the connection ends with FIN at the RSET behind that. A good client
    reports the refusal, whatever became of RSET."""
    server.on("RCPT").reply(550, "5.1.1 no such user")
    server.on("RSET").close().optional()
