"""The way to a data connection: PASV (RFC 959), EPSV (RFC 2428).

A client may take the one or the other, or call for the connection itself by PORT or EPRT; so most
of these can be got round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP
    from ...ftp.rule import FTPRule


def _on_both(server: FakeFTP) -> tuple[FTPRule, FTPRule]:
    return server.on("PASV"), server.on("EPSV").optional()


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 1123 section 4.1.2.13")
def epsv_unknown(server: FakeFTP) -> None:
    """EPSV is answered with 500, as by servers that are older than it. A good client says PASV."""
    server.on("EPSV").reply(500, "EPSV not understood.").optional()


@edge_case("ftp", operation="download", expect=EITHER, source="aioftp test_passive")
def pasv_unknown(server: FakeFTP) -> None:
    """PASV is answered with 502, and EPSV works. A good client says EPSV, or reports what it was
    told."""
    server.on("PASV").reply(502, "Use EPSV.")


@edge_case("ftp", operation="upload", expect=EITHER, source="RFC 1123 section 4.1.2.6")
def no_passive_mode(server: FakeFTP) -> None:
    """PASV and EPSV are answered with 502. A good client names a port of its own by PORT or EPRT,
    or reports what it was told."""
    for rule in _on_both(server):
        rule.reply(502, "Not here.")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 4.2")
def passive_reply_of_many_lines(server: FakeFTP) -> None:
    """The 227 or 229 has a line before the one that names the port. A good client reads the reply
    to its end."""
    pasv, epsv = _on_both(server)
    pasv.insert(b"227-Mind the firewall.\r\n", at=0)
    epsv.insert(b"229-Mind the firewall.\r\n", at=0)


@edge_case("ftp", operation="download", expect=EITHER, source="CPython ftplib: parse227")
def passive_reply_in_words(server: FakeFTP) -> None:
    """The 227 and the 229 have words where numbers belong. A good client finds another way, or
    reports a reply that it cannot read, and does not break down."""
    pasv, epsv = _on_both(server)
    pasv.reply(227, "Entering passive mode (host,port).")
    epsv.reply(229, "Entering extended passive mode (|||port|).")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 4.1.2")
def passive_numbers_out_of_range(server: FakeFTP) -> None:
    """The 227 has 999 for a byte, and the 229 a port of 1,000,000. A good client finds another way,
    or reports a reply that cannot be, and does not break down."""
    pasv, epsv = _on_both(server)
    pasv.reply(227, "Entering passive mode (127,0,0,1,999,1).")
    epsv.reply(229, "Entering extended passive mode (|||1000000|).")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 4.1.2")
def passive_port_0(server: FakeFTP) -> None:
    """The 227 and the 229 name port 0, which nobody can connect to. A good client finds another
    way, or reports a failure."""
    server.passive_address = ("127.0.0.1", 0)
    for rule in _on_both(server):
        rule.answer()


@edge_case(
    "ftp",
    operation="download",
    expect=EITHER,
    source="CVE-2020-8284 (curl), CVE-2021-4189 (ftplib)",
)
def passive_address_of_another_host(server: FakeFTP) -> None:
    """The 227 names another host than that of the control connection, and EPSV is unknown. A good
    client connects to the host that it knows, or reports a failure: it is nobody's port scanner."""
    server.passive_address = "127.0.0.2"
    server.on("EPSV").reply(500, "EPSV not understood.").optional()
    server.on("PASV").answer()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def passive_port_closed(server: FakeFTP) -> None:
    """Nothing listens on the port that is named, as behind a firewall, and no other way is open. A
    good client reports that."""
    server.on("transfer").refuse()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 2428 section 3")
def epsv_port_closed_and_pasv_works(server: FakeFTP) -> None:
    """Nothing listens on the port that EPSV names, and PASV works. A good client says PASV, or
    reports a failure."""
    server.on("EPSV").answer().without_effect()


@edge_case(
    "ftp",
    operation="download",
    expect=EITHER,
    source="aioftp: test_pasv_connection_no_free_port",
)
def no_free_port_for_now(server: FakeFTP) -> None:
    """The first PASV and the first EPSV are answered with 425: no port is free. A good client tries
    another way, or again, or reports a failure that may pass."""
    for rule in _on_both(server):
        rule.reply(425, "No port is free.").once()


@edge_case("ftp", operation="download", expect=EITHER, source="CPython test_ftplib: TestTimeouts")
def passive_never_answered(server: FakeFTP) -> None:
    """PASV and EPSV are read and nothing comes back. A good client has a timeout for each command,
    and reports that it passed."""
    for rule in _on_both(server):
        rule.stall()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def no_data_connection(server: FakeFTP) -> None:
    """RETR is answered with 425: the server cannot open the data connection. A good client reports
    that, and does not wait for data."""
    server.on("RETR").reply(425, "Can't open data connection.")
