"""NLST, LIST, MLSD: the names come, in full or not.

A case spoils all three, so that it does not matter which of them a client says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import FILES

if TYPE_CHECKING:
    from ...ftp import FakeFTP
    from ...ftp.rule import FTPRule

ROWS = {
    "NLST": b"%s",
    "LIST": b"-rw-r--r--   1 ftp      ftp            12 Nov 22  2025 %s",
    "MLSD": b"type=file;size=12;modify=20251122183000; %s",
}
FACTS_AND_NAMES = ("a=b.txt", "a;b.txt", "type=dir;x.txt")
LONG = "x" * 9000


def _on_listings(server: FakeFTP) -> list[FTPRule]:
    return [server.on("NLST"), server.on("LIST").optional(), server.on("MLSD").optional()]


def _has(server: FakeFTP, *names: bytes, end: bytes = b"\r\n", last: bytes = b"\r\n") -> None:
    """The folder has these names, and their lines these ends."""
    for rule, row in zip(_on_listings(server), ROWS.values(), strict=True):
        rule.content(end.join(row % name for name in names) + last)


NAMES = tuple(name.encode() for name in FILES)


@edge_case("ftp", operation="list", expect=FAILS, source="RFC 959 section 5.4")
def listing_refused(server: FakeFTP) -> None:
    """The listing is answered with 530. A good client reports that it may not look, and does not
    say that the folder is empty."""
    for rule in _on_listings(server):
        rule.reply(530, "Not for you.")


@edge_case(
    "ftp",
    operation="list",
    expect=EITHER,
    source="RFC 959 section 5.4",
    wants=(),
)
def empty_folder_refused(server: FakeFTP) -> None:
    """The folder is empty, and the listing is answered with 450, no files found. A good client says
    that there is nothing, or reports what it was told."""
    for rule in _on_listings(server):
        rule.reply(450, "No files found.")


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 959 section 4.1.3", wants=())
def empty_folder(server: FakeFTP) -> None:
    """The folder is empty, and the data connection ends without a byte. A good client says that
    there is nothing."""
    for rule in _on_listings(server):
        rule.content(b"")


@edge_case("ftp", operation="list", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def listing_never_answered(server: FakeFTP) -> None:
    """The command is read, and neither a reply nor a listing comes. A good client has a timeout and
    reports that it passed."""
    for rule in _on_listings(server):
        rule.ignore()


@edge_case("ftp", operation="list", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def listing_stops_in_the_middle(server: FakeFTP) -> None:
    """Behind 12 bytes of the listing there is silence. A good client has a timeout for each read,
    and reports that it passed."""
    for rule in _on_listings(server):
        rule.truncate(after=12).stall()


@edge_case("ftp", operation="list", expect=FAILS, source="RFC 959 section 5.4")
def listing_cut_and_426(server: FakeFTP) -> None:
    """The data connection ends with FIN behind 12 bytes of the listing, and 426 says that it was
    broken. A good client reads that, and does not take a part for the whole."""
    for rule in _on_listings(server):
        rule.truncate(after=12)
    server.on("transfer").reply(426, "Connection closed; transfer aborted.")


@edge_case("ftp", operation="list", expect=FAILS, source="RFC 959 section 4.1.3")
def listing_cut_and_226(server: FakeFTP) -> None:
    """The data connection ends with FIN in the middle of a line, and 226 says that all is well. A
    good client sees that the line has no end, and does not bring back half a name."""
    for rule in _on_listings(server):
        rule.truncate(after=12)


@edge_case("ftp", operation="list", expect=FAILS, source="RFC 9293 section 3.5.3")
def listing_cut_by_a_reset(server: FakeFTP) -> None:
    """The data connection ends with RST behind 12 bytes of the listing, and 426 says that it was
    broken. A good client reports that."""
    for rule in _on_listings(server):
        rule.truncate(after=12).reset()
    server.on("transfer").reply(426, "Connection closed; transfer aborted.")


@edge_case("ftp", operation="list", expect=FAILS, source="RFC 959 section 5.4")
def disk_error_behind_the_listing(server: FakeFTP) -> None:
    """All of the listing seems to come, and 451 says that reading the folder has failed. A good
    client reports that: there may be more files."""
    server.on("transfer").reply(451, "Read error.")


@edge_case("ftp", operation="list", expect=EITHER, source="CPython test_ftplib: TestTimeouts")
def completion_of_the_listing_never_comes(server: FakeFTP) -> None:
    """All of the listing comes, and no 226. A good client has a timeout for that, too, and reports
    that it passed, or brings back the names that it has."""
    server.on("transfer").ignore()


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def listing_in_pieces(server: FakeFTP) -> None:
    """The listing comes in pieces of three bytes, so that names and line ends fall apart. A good
    client puts them together."""
    for rule in _on_listings(server):
        rule.drip(size=3, every=0.001)


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 959 section 4.1.3")
def lines_end_in_bare_lf(server: FakeFTP) -> None:
    """The lines of the listing end in LF alone, as of servers that pass on what ls prints. A good
    client takes that for the end of a line, or reports a listing that it cannot read."""
    _has(server, *NAMES, end=b"\n", last=b"\n")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 959 section 4.1.3")
def last_line_without_its_end(server: FakeFTP) -> None:
    """All of the listing comes but the CRLF of its last line. A good client brings back that name
    as well, or reports that the listing is cut."""
    _has(server, *NAMES, last=b"")


@edge_case(
    "ftp",
    operation="list",
    expect=SUCCEEDS,
    source="RFC 2640 section 3",
    wants=("naïve café.txt", *FILES),
)
def names_in_utf8(server: FakeFTP) -> None:
    """A name has letters that are not ASCII, in UTF-8. A good client reads it so."""
    _has(server, "naïve café.txt".encode(), *NAMES)


@edge_case(
    "ftp", operation="list", expect=EITHER, source="RFC 2640 section 2", wants=("caf?.txt", *FILES)
)
def name_that_is_not_utf8(server: FakeFTP) -> None:
    """A name is in an old encoding, and no UTF-8. A good client brings it back as it can, or
    reports a listing that it cannot read, and does not break down or leave it out."""
    _has(server, b"caf\xe9.txt", *NAMES)


@edge_case(
    "ftp",
    operation="list",
    expect=SUCCEEDS,
    source="RFC 3659 section 7.2",
    wants=(*FACTS_AND_NAMES, *FILES),
)
def names_that_look_like_facts(server: FakeFTP) -> None:
    """Names have the signs in them that stand between the facts of MLSD. A good client takes all
    that stands behind the first space for the name."""
    _has(server, *(name.encode() for name in FACTS_AND_NAMES), *NAMES)


@edge_case(
    "ftp",
    operation="list",
    expect=EITHER,
    source="RFC 3659 section 7.2",
    wants=(" first.txt", *FILES),
)
def name_that_begins_with_a_space(server: FakeFTP) -> None:
    """A name begins with a space. A good client keeps it, or reports a name that it cannot have: it
    could not ask for that file without it."""
    _has(server, b" first.txt", *NAMES)


@edge_case(
    "ftp",
    operation="list",
    expect=EITHER,
    source="CPython test_ftplib: test_retrlines_too_long",
    wants=(LONG, *FILES),
)
def name_of_9000_bytes(server: FakeFTP) -> None:
    """A line of the listing has more than 9,000 bytes. A good client brings back that name, or
    reports that the line is too long, and does not bring back a part."""
    _has(server, LONG.encode(), *NAMES)


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 959 section 4.1.3")
def names_with_their_folder(server: FakeFTP) -> None:
    """NLST sends paths, as servers do that pass on what ls prints: the folder stands before each
    name. A good client knows them for the files that they are."""
    server.on("NLST").content(b"".join(b"./%s\r\n" % name for name in NAMES))


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 1123 section 4.1.2.13")
def nlst_unknown(server: FakeFTP) -> None:
    """NLST is answered with 502, and LIST works. A good client reads that, or reports what it was
    told."""
    server.on("NLST").reply(502, "Not here.")


@edge_case("ftp", operation="list", expect=EITHER, source="aioftp test_list_fallback")
def mlsd_offered_and_unknown(server: FakeFTP) -> None:
    """FEAT has MLST, and MLSD is answered with 500. A good client says LIST or NLST, which every
    server has, or reports what it was told."""
    server.on("MLSD").reply(500, "MLSD not understood.").optional()


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 3659 section 7")
def mlsd_never_answered(server: FakeFTP) -> None:
    """MLSD is read and nothing comes back. A good client that says it has a timeout, and reports
    that it passed, or does without."""
    server.on("MLSD").ignore()
