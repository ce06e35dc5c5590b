"""FETCH: the message comes, in full or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import MESSAGE
from .asking import on_fetch
from .telling import told

if TYPE_CHECKING:
    from ..._core.step import Step
    from ...imap import FakeIMAP
    from ...mailbox import Mail

OTHER = MESSAGE.replace(b"an edge case", b"another one")


def _mail(content: bytes, uid: int) -> Mail:
    from ...mailbox import Mail

    return Mail(content, f"uid-{uid}", uid)


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 5530 section 3")
def message_refused(server: FakeIMAP) -> None:
    """The FETCH is answered with NO [EXPUNGEISSUED]: the message is gone by now. A good client
    reports that, and does not bring back an empty one."""
    on_fetch(server).reply("NO", "[EXPUNGEISSUED] some of these messages are gone")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 2180 section 4.1")
def message_gone(server: FakeIMAP) -> None:
    """The FETCH is answered with OK and no message: another client has removed it. A good client
    reports that there is no such message, and does not break down."""
    on_fetch(server).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 9 (nstring)")
def message_is_nil(server: FakeIMAP) -> None:
    """The FETCH is answered with NIL where the message belongs: the server does not have it. A good
    client reports that, and does not bring back an empty one."""

    def nil(step: Step) -> bytes:
        return told(step, server.mailbox[0], text=lambda text: b"NIL")

    on_fetch(server).raw(nil).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.4.2")
def another_message_comes(server: FakeIMAP) -> None:
    """The FETCH is answered with message 2, which nobody asked for, and OK. A good client looks at
    the number, and reports that its message did not come."""
    other = _mail(OTHER, 2)
    on_fetch(server).raw(lambda step: told(step, other, 2)).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=FAILS, source="CPython test_imaplib: timeout tests")
def message_never_comes(server: FakeIMAP) -> None:
    """The FETCH is read and nothing comes back. A good client has a timeout for each command, and
    reports that it passed."""
    on_fetch(server).stall()


@edge_case("imap", operation="fetch", expect=FAILS, source="chatmail/async-imap#94")
def message_cut(server: FakeIMAP) -> None:
    """The connection ends with FIN behind 100 bytes of the message. A good client reports that the
    message is incomplete."""
    on_fetch(server).truncate(after=100)


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 9293 section 3.5.3")
def message_cut_by_a_reset(server: FakeIMAP) -> None:
    """The connection ends with RST behind 100 bytes of the message. A good client reports that the
    message is incomplete."""
    on_fetch(server).truncate(after=100).reset()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 4.3")
def message_stops_in_the_middle(server: FakeIMAP) -> None:
    """Behind 100 bytes of the message there is silence. A good client has a timeout for each read,
    and reports that it passed."""
    on_fetch(server).truncate(after=100).stall()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1.2")
def half_a_message_and_no(server: FakeIMAP) -> None:
    """A literal has the first 100 bytes of the message and says so, and the FETCH is completed with
    NO: the server could not read on. A good client reports a failure, and does not bring back
    the half."""
    half = _mail(MESSAGE[:100], 1)
    on_fetch(server).raw(lambda step: told(step, half)).reply("NO", "[SERVERBUG] cannot read it")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1.5")
def bye_in_place_of_the_message(server: FakeIMAP) -> None:
    """The FETCH is answered with an untagged BYE, and the connection ends with FIN. A good client
    reports what it was told."""
    on_fetch(server).reply("BYE", "shutting down").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7.4.2")
def closed_behind_the_literal(server: FakeIMAP) -> None:
    """The connection ends with FIN behind the last byte of the message, before the parenthesis and
    the line that completes the FETCH. A good client reports that, or brings back the message,
    which it has."""
    on_fetch(server).truncate(after=len(MESSAGE))


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def message_in_pieces(server: FakeIMAP) -> None:
    """The answer comes in pieces of seven bytes. A good client puts them together, wherever the
    borders are."""
    on_fetch(server).drip(size=7, every=0.002)


# --- literals


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 4.3")
def literal_announced_too_long(server: FakeIMAP) -> None:
    """The literal is announced with five bytes more than the message has, so that the end of the
    answer seems to be part of it. A good client notices that the answer does not end, and does not
    bring back what is no part of the message."""
    on_fetch(server).literals(off_by=5)


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 4.3")
def literal_announced_too_short(server: FakeIMAP) -> None:
    """The literal is announced with ten bytes fewer than the message has, so that its last line
    stands where the answer goes on. A good client notices that, and does not bring back the message
    without its end."""
    on_fetch(server).literals(off_by=-10)


@edge_case(
    "imap",
    operation="fetch",
    expect=EITHER,
    source="RFC 3501 section 9 (msg-att)",
    wants=MESSAGE.rstrip(),
)
def literal_too_short_in_a_last_line(server: FakeIMAP) -> None:
    """The literal is announced with five bytes fewer than the message has, and no line of it ends
    there: what is missing stands before the parenthesis. A good client sees that neither a space
    nor the parenthesis follows the literal, and does not bring back the message without its end."""
    server.mailbox.add(MESSAGE.rstrip())
    on_fetch(server).literals(off_by=-5)


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="IMAPClient test_response_parser: bad literal"
)
def literal_of_no_size(server: FakeIMAP) -> None:
    """The literal is announced as {x}, and the message and an OK follow it. A good client reports
    an answer that it cannot read, and does not bring back what may be part of another thing."""

    def announced_wrong(step: Step) -> bytes:
        return told(step, server.mailbox[0], text=lambda text: b"{x}\r\n" + text)

    on_fetch(server).raw(announced_wrong).reply("OK", "FETCH completed")


@edge_case("imap", operation="fetch", expect=FAILS, source="python/cpython#119511")
def literal_of_four_exabytes(server: FakeIMAP) -> None:
    """The literal is announced with 2 to the 62nd bytes, and the connection ends behind those of
    the message. A good client reserves no memory for what has not come, and reports that the
    message is incomplete."""

    def cut(step: Step) -> bytes:
        whole = told(step, server.mailbox[0], text=lambda text: b"{%d}\r\n" % 2**62 + text)
        return whole.removesuffix(b")\r\n")

    on_fetch(server).raw(cut).close()
