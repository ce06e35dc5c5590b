"""SELECT, LIST, SEARCH: the client looks for its message.

Nobody needs LIST or SEARCH to fetch it. Where one of them is broken, a client that does without it
gets through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import MESSAGE
from .asking import on_search, on_select

if TYPE_CHECKING:
    from ...imap import FakeIMAP

# What a selection tells beside the number of messages.
TOLD = (
    "FLAGS (\\Seen \\Deleted)",
    "0 RECENT",
    "OK [UIDVALIDITY 1] that are valid",
    "OK [UIDNEXT 2] that is next",
)
NAME = 'LIST () "/" {7}\r\nfoo bar'


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 5530 section 3")
def mailbox_missing(server: FakeIMAP) -> None:
    """The selection is answered with NO [NONEXISTENT]. A good client reports that, and does not
    say that there is no mail."""
    on_select(server).reply("NO", "[NONEXISTENT] no such mailbox")


@edge_case("imap", operation="fetch", expect=FAILS, source="CPython test_imaplib: timeout tests")
def selection_never_answered(server: FakeIMAP) -> None:
    """The selection is read and nothing comes back. A good client has a timeout for each command,
    and reports that it passed."""
    on_select(server).stall()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 3.4")
def closed_at_the_selection(server: FakeIMAP) -> None:
    """The connection ends with FIN when the selection comes. A good client reports that the server
    has gone."""
    on_select(server).close()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1.5")
def bye_behind_the_selection(server: FakeIMAP) -> None:
    """The selection succeeds, and a BYE and FIN are behind it: the server is shut down. A good
    client reports that the server has gone, and does not say that there is no mail."""
    on_select(server).answer().untagged("BYE shutting down").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.3.1")
def mailbox_read_only(server: FakeIMAP) -> None:
    """SELECT is answered with OK [READ-ONLY]: there is nothing to be changed here. A good client
    fetches the message, which changes nothing, or reports that it wanted to write."""
    told = ("1 EXISTS", *TOLD, "OK [PERMANENTFLAGS ()] none")
    server.on("SELECT").untagged(*told).reply("OK", "[READ-ONLY] SELECT completed")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.3.1")
def nothing_told_at_the_selection(server: FakeIMAP) -> None:
    """The selection is answered with OK alone, where EXISTS and others have to be. A good client
    fetches the message, or reports what is missing, and does not break down."""
    on_select(server).reply("OK", "completed")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7.3.1")
def exists_counts_more_than_there_are(server: FakeIMAP) -> None:
    """The selection tells of seven messages where there is one. A good client fetches what there
    is, or reports the difference."""
    on_select(server).untagged("7 EXISTS", *TOLD).reply("OK", "[READ-WRITE] completed")


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 2.2.2")
def selection_between_other_answers(server: FakeIMAP) -> None:
    """Before the answer to the selection stand an alert, the status of another mailbox, a name in
    a literal, and an extension. A good client takes any answer at any time, and passes over what
    it did not ask for."""
    others = ("OK [ALERT] disk full", "STATUS Sent (MESSAGES 3)", NAME, 'XQUEUE "a b" (1 2)')
    on_select(server).untagged(*others).answer()


@edge_case("imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 2.3.1.1")
def uid_over_31_bits(server: FakeIMAP) -> None:
    """The unique id of the message is 4294967294, and the next one has all 32 bits set. A good
    client takes them for the numbers without sign that they are."""
    server.mailbox.add(MESSAGE).imap_uid = 2**32 - 2
    server.mailbox.uidnext = 2**32 - 1


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 9 (nz-number)")
def uid_is_zero(server: FakeIMAP) -> None:
    """The unique id of the message is 0, which none can be. A good client fetches it by its number,
    or reports an answer that it cannot read, and does not break down."""
    server.mailbox.add(MESSAGE).imap_uid = 0


@edge_case("imap", operation="fetch", expect=EITHER, source="modern-email/defects#52")
def uidvalidity_is_zero(server: FakeIMAP) -> None:
    """The UIDVALIDITY of the mailbox is 0, which none can be. A good client fetches the message, or
    reports an answer that it cannot read, and does not break down."""
    server.mailbox.uidvalidity = 0


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.3.8")
def list_refused(server: FakeIMAP) -> None:
    """LIST is answered with NO. A good client, which knows that there is an INBOX, does without, or
    reports what it was told."""
    server.on("LIST").reply("NO", "cannot list").optional()


@edge_case(
    "imap", operation="fetch", expect=SUCCEEDS, source="IMAPClient TestListFolders: literals"
)
def list_with_a_name_in_a_literal(server: FakeIMAP) -> None:
    """The name of a mailbox in the list is a literal, which a name may be. A good client reads on
    behind it, and fetches the message."""
    server.on("LIST").untagged(NAME).answer().optional()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.4.4")
def search_refused(server: FakeIMAP) -> None:
    """Each search is answered with NO. A good client does without, or reports what it was told."""
    on_search(server).reply("NO", "[LIMIT] cannot search now")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7.4.1")
def search_finds_what_is_gone(server: FakeIMAP) -> None:
    """A search finds the message and two more, which are gone when they are asked for. A good
    client fetches what there is, or reports what there is not."""
    on_search(server).untagged("SEARCH 1 7 9").reply("OK", "SEARCH completed")


@edge_case("imap", operation="fetch", expect=EITHER, source="rnwood/smtp4dev#1519")
def search_tells_a_unique_id(server: FakeIMAP) -> None:
    """SEARCH finds message 41, which is the unique id of message 1. A good client reports that
    there is no message 41, or uses UID SEARCH, and does not break down."""
    server.mailbox.add(MESSAGE).imap_uid = 41
    server.on("SEARCH").untagged("SEARCH 41").reply("OK", "SEARCH completed").optional()
