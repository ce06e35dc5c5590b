"""STAT, LIST, UIDL, CAPA, TOP: what is there, and what the server can do.

Nobody needs them all to fetch a message. Where one is broken, a client that does without it may get
through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case
from ..content import MESSAGE

if TYPE_CHECKING:
    from ...pop3 import FakePOP3

SIZE = len(MESSAGE)


def _list(server: FakePOP3, row: str) -> None:
    server.on("LIST", "").reply("+OK one message", row)
    server.on("LIST", "1").reply(f"+OK {row}").optional()


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 5")
def stat_without_numbers(server: FakePOP3) -> None:
    """STAT is answered with +OK and nothing behind it. A good client reports an answer that it
    cannot read, or does without, and does not break down."""
    server.on("STAT").reply("+OK")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 5")
def stat_in_words(server: FakePOP3) -> None:
    """STAT is answered with words where numbers belong. A good client reports an answer that it
    cannot read, or does without, and does not break down."""
    server.on("STAT").reply("+OK one message")


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 5")
def stat_and_list_with_more_words(server: FakePOP3) -> None:
    """Behind the numbers of STAT and LIST stand other words, as the standard allows. A good client
    reads the numbers and ignores what follows them."""
    server.on("STAT").reply(f"+OK 1 {SIZE} (not read)")
    _list(server, f"1 {SIZE} an edge case")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 5")
def stat_counts_more_than_there_are(server: FakePOP3) -> None:
    """STAT counts seven messages where LIST has one. A good client fetches what there is, or
    reports the difference."""
    server.on("STAT").reply("+OK 7 9999")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 11")
def sizes_too_small(server: FakePOP3) -> None:
    """STAT and LIST tell a size of 10 octets, and the message is larger. A good client reads it to
    its final dot, and does not cut it to that size."""
    server.on("STAT").reply("+OK 1 10")
    _list(server, "1 10")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 5")
def list_refused(server: FakePOP3) -> None:
    """LIST is answered with -ERR. A good client does without, or reports what it was told."""
    server.on("LIST").reply("-ERR cannot list")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 3")
def list_cut(server: FakePOP3) -> None:
    """The connection ends with FIN in the first line of the list. A good client reports that the
    server has gone, and does not take the list for a short one."""
    server.on("LIST").truncate(after=3)


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 1939 section 3")
def list_without_its_end(server: FakePOP3) -> None:
    """The list has all its lines and no final dot, and then there is silence. A good client has a
    timeout and reports that it passed."""
    server.on("LIST", "").raw(b"+OK\r\n1 %d\r\n" % SIZE).stall()


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 1939 section 7")
def uidl_unknown(server: FakePOP3) -> None:
    """The server does not have UIDL, which is optional. A good client fetches the message all the
    same."""
    server.capabilities.remove("UIDL")


@edge_case("pop3", operation="fetch", expect=SUCCEEDS, source="RFC 2449 section 5")
def capa_unknown(server: FakePOP3) -> None:
    """The server is older than CAPA, and answers it with -ERR. A good client goes on with the
    commands that every server has."""
    server.on("CAPA").reply("-ERR no such command").optional()


@edge_case("pop3", operation="fetch", expect=EITHER, source="smtp4dev offers TOP without it")
def top_offered_and_unknown(server: FakePOP3) -> None:
    """CAPA lists TOP, and TOP is answered with -ERR. A good client does without, since RETR does
    not need TOP, or reports what it was told."""
    server.on("TOP").reply("-ERR no such command").optional()


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 2449 section 5")
def capa_without_its_end(server: FakePOP3) -> None:
    """The answer to CAPA has no final dot, and then there is silence. A good client has a timeout;
    one that does not ask gets through."""
    server.on("CAPA").raw(b"+OK\r\nUSER\r\nUIDL\r\n").stall().optional()
