"""How a listing looks: LIST, which no standard has, and the facts of MLSD, which RFC 3659 has.

LIST is for people (RFC 959 section 4.1.3), so that nobody has to be able to read a style; but who
reads it has to read it right. In those cases the server does not know MLSD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, SUCCEEDS, edge_case
from ..content import FILES

if TYPE_CHECKING:
    from ...ftp import FakeFTP


def _list(server: FakeFTP, style: str, system: str = "UNIX Type: L8") -> None:
    server.listing_style = style
    server.capabilities.remove("MLST")
    server.on("SYST").reply(215, system).optional()
    server.on("MLSD").reply(500, "MLSD not understood.").optional()
    server.on("LIST").answer()


def _facts(server: FakeFTP, style: str) -> None:
    server.facts_style = style
    server.on("MLSD").answer()


# --- LIST


@edge_case("ftp", operation="list", expect=EITHER, source="GNU ls -l")
def listing_with_a_total(server: FakeFTP) -> None:
    """The first line of LIST tells of blocks on the disk, as of servers that run ls. A good client
    does not take it for a file."""
    _list(server, "unix-total")


@edge_case("ftp", operation="list", expect=EITHER, source="GNU ls -la")
def listing_with_dots(server: FakeFTP) -> None:
    """LIST tells of the folder itself and of the one above it. A good client goes on to the files,
    and does not walk in circles."""
    _list(server, "unix-dots")


@edge_case("ftp", operation="list", expect=EITHER, source="GNU ls -lg")
def listing_without_an_owner(server: FakeFTP) -> None:
    """The lines of LIST have one word where owner and group are expected. A good client does not
    take the date for a part of the name."""
    _list(server, "unix-no-owner")


@edge_case("ftp", operation="list", expect=EITHER, source="GNU ls --time-style=long-iso")
def listing_with_iso_dates(server: FakeFTP) -> None:
    """The dates in LIST are two words in place of three. A good client does not take the first word
    of a name for a part of the date."""
    _list(server, "unix-iso")


@edge_case("ftp", operation="list", expect=EITHER, source="GNU ls in a German locale")
def listing_in_german(server: FakeFTP) -> None:
    """The day stands before the month in LIST, and has a dot. A good client reads it, or reports a
    listing that it cannot read."""
    _list(server, "unix-german")


@edge_case(
    "ftp", operation="list", expect=EITHER, source="GNU ls -l of a link", wants=(*FILES, "link")
)
def listing_with_a_link(server: FakeFTP) -> None:
    """LIST has a symbolic link, with an arrow and what it leads to behind the name. A good client
    does not take those for a part of the name."""
    (server.root / "link").symlink_to("file.bin")
    _list(server, "unix")


@edge_case("ftp", operation="list", expect=EITHER, source="aioftp test_client_list_windows")
def listing_of_windows(server: FakeFTP) -> None:
    """LIST looks as dir has it on Windows: date, time, size, name. A good client reads it, or
    reports a listing that it cannot read."""
    _list(server, "windows", "Windows_NT")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 959 section 4.1.3; OpenVMS")
def listing_of_vms(server: FakeFTP) -> None:
    """LIST has a head, versions behind the names, and long names on a line of their own. A good
    client reads it, or reports a listing that it cannot read."""
    _list(server, "vms", "VMS")


@edge_case("ftp", operation="list", expect=EITHER, source="cr.yp.to/ftp/list/eplf.html")
def listing_in_eplf(server: FakeFTP) -> None:
    """The lines of LIST are facts with a plus before them, a tab, and the name. A good client reads
    it, or reports a listing that it cannot read."""
    _list(server, "eplf")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 959 section 4.1.3; IBM i")
def listing_of_os400(server: FakeFTP) -> None:
    """LIST looks as on an AS/400: owner, size, date, time, type, name. A good client reads it, or
    reports a listing that it cannot read."""
    _list(server, "os400", "OS/400")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 959 section 4.1.3; NetWare")
def listing_of_netware(server: FakeFTP) -> None:
    """The rights in LIST are letters in brackets. A good client reads it, or reports a listing that
    it cannot read."""
    _list(server, "netware", "NETWARE Type: L8")


# --- MLSD


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 3659 section 7.2")
def facts_in_odd_case(server: FakeFTP) -> None:
    """The names of facts and of types have small and large letters, which mean the same. A good
    client knows type=FILE for a file."""
    _facts(server, "odd-case")


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 3659 section 7.5")
def unknown_facts(server: FakeFTP) -> None:
    """MLSD tells facts that the client does not know, one with a slash and one with a dot. A good
    client ignores them."""
    _facts(server, "unknown-facts")


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 3659 section 7.2")
def facts_with_equals_signs(server: FakeFTP) -> None:
    """The value of a fact has signs like that which stands before it. A good client takes the first
    one for the border."""
    _facts(server, "equals-signs")


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 3659 section 7.2")
def no_facts(server: FakeFTP) -> None:
    """MLSD tells no facts, so that each line is a space and a name. A good client takes the names,
    and what they are from elsewhere."""
    _facts(server, "no-facts")


@edge_case("ftp", operation="list", expect=SUCCEEDS, source="RFC 3659 section 7.5.1")
def facts_of_the_folder_itself(server: FakeFTP) -> None:
    """MLSD tells of the folder itself and of the one above it, as cdir and pdir. A good client does
    not take them for files, and does not walk in circles."""
    _facts(server, "dots")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 3659 section 7.2")
def facts_with_spaces(server: FakeFTP) -> None:
    """Spaces stand between the facts, where only the name has one before it. A good client finds
    the names, or reports a listing that it cannot read, and does not take facts for a name."""
    _facts(server, "spaces")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 3659 section 7.2")
def facts_without_the_last_semicolon(server: FakeFTP) -> None:
    """The last fact has no semicolon behind it. A good client finds the names, or reports a listing
    that it cannot read."""
    _facts(server, "no-last-semicolon")


@edge_case("ftp", operation="list", expect=EITHER, source="RFC 3659 section 7.2")
def no_space_before_the_name(server: FakeFTP) -> None:
    """Names follow the last semicolon without a space. A good client finds them, or reports a
    listing that it cannot read, and does not bring back empty names."""
    _facts(server, "no-space")
