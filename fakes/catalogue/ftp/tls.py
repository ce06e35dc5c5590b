"""TLS, from the first byte or by AUTH, on both connections, and what goes wrong with it.

Where AUTH cannot be had, a client may go on in plain text if its own policy lets it (RFC 4217
section 10); one that then tells its password leaks it, whatever else is expected of it. A
certificate that is no good ends it in any case. Where a case is about the data connection, the
server takes no transfer from a client that did not ask for TLS there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ..._core.step import Step
    from ...ftp import FakeFTP

FIRST_LINE = {
    "NLST": b"file.bin\r\n",
    "LIST": b"-rw-r--r--   1 ftp      ftp          9263 Nov 22  2025 file.bin\r\n",
    "MLSD": b"type=file;size=9263;modify=20251122183000; file.bin\r\n",
}


def _wants_it_on_data(server: FakeFTP, verb: str) -> None:
    """RFC 4217 section 10."""

    def is_unprotected(step: Step) -> bool:
        said = (each.verb for each in server.steps if each.connection == step.connection)
        return "PROT" not in said

    server.on(verb, where=is_unprotected).reply(521, "Not without PROT P.").optional()


# --- AUTH


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 4217 section 10", tls="starttls")
def auth_stripped(server: FakeFTP) -> None:
    """AUTH is missing from FEAT and answered with 502, as an attacker in the middle does it. A good
    client reports that it cannot have TLS; it never tells its password in the clear."""
    server.capabilities.remove("AUTH TLS")
    server.on("AUTH").reply(502, "AUTH not understood.")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 2228 section 3", tls="starttls")
def auth_refused(server: FakeFTP) -> None:
    """AUTH is in FEAT, and answered with 431: something is out of reach. A good client reports that
    it cannot have TLS; it never tells its password in the clear."""
    server.on("AUTH").reply(431, "TLS is not available for now.")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 4217 section 4", tls="starttls")
def auth_accepted_and_closed(server: FakeFTP) -> None:
    """AUTH is answered with 234, and the connection ends with FIN at the ClientHello. A good client
    reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").close()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 4217 section 4", tls="starttls")
def auth_accepted_and_silent(server: FakeFTP) -> None:
    """AUTH is answered with 234, and the ClientHello with nothing. A good client has a timeout for
    the handshake as for everything else."""
    server.on("tls").stall()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 4217 section 4", tls="starttls")
def auth_accepted_and_plain(server: FakeFTP) -> None:
    """AUTH is answered with 234, and the ClientHello with a reply in plain text. A good client
    reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").raw(b"530 Please login with USER and PASS.\r\n").close()


@edge_case(
    "ftp", operation="download", expect=EITHER, source="CVE-2021-22947 (curl)", tls="starttls"
)
def reply_injected_behind_auth(server: FakeFTP) -> None:
    """A reply in plain text stands behind the 234 to AUTH, in the same packet. A good client throws
    it away or reports a failure, and does not take it for the first one that came by TLS."""
    server.on("AUTH").reply(234, "Go on.\r\n230 injected")


@edge_case(
    "ftp", operation="download", expect=EITHER, source="CVE-2021-22946 (curl)", tls="starttls"
)
def let_in_before_auth(server: FakeFTP) -> None:
    """The greeting is 230, so that it seems too late for AUTH. A good client that is to have TLS
    says AUTH all the same, or reports that it cannot have it."""
    server.on("connect").reply(230, "Come in, whoever you are.")


# --- certificates


@edge_case(
    "ftp",
    operation="download",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="starttls",
    certificate="expired",
)
def certificate_expired(server: FakeFTP) -> None:
    """The certificate was valid until some time ago. A good client ends the connection and reports
    that."""


@edge_case(
    "ftp",
    operation="upload",
    expect=FAILS,
    source="RFC 9525 section 6",
    tls="starttls",
    certificate="wrong-host",
)
def certificate_for_another_host(server: FakeFTP) -> None:
    """The certificate is good, and for somebody else. A good client compares the names, ends the
    connection and reports that."""


@edge_case(
    "ftp",
    operation="download",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="starttls",
    certificate="self-signed",
)
def certificate_self_signed(server: FakeFTP) -> None:
    """The certificate is signed by itself. A good client trusts nobody that it was not told to
    trust, ends the connection and reports that."""


@edge_case(
    "ftp",
    operation="download",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="implicit",
    certificate="untrusted-root",
)
def certificate_by_an_unknown_authority(server: FakeFTP) -> None:
    """There is TLS from the first byte on, and the certificate is by an authority that the client
    does not know. A good client ends the connection and reports that."""


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def handshake_cut(server: FakeFTP) -> None:
    """There is TLS from the first byte on, and the connection ends with FIN in the middle of the
    handshake. A good client reports that the server has gone."""
    server.on("tls").truncate(after=30)


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 8446 section 5", tls="implicit")
def plain_greeting_where_tls_is_expected(server: FakeFTP) -> None:
    """The ClientHello is answered with a greeting in plain text: the port is that of AUTH. A good
    client reports that there is no TLS, and does not go on without it."""
    server.on("tls").raw(b"220 fake.example FTP\r\n").stall()


# --- the data connection


@edge_case("ftp", operation="upload", expect=EITHER, source="RFC 4217 section 9", tls="starttls")
def data_protection_refused(server: FakeFTP) -> None:
    """PROT P is answered with 534, against the policy here. A good client reports that, unless it
    was told that its files may be seen by anybody."""
    server.on("PROT", "P").reply(534, "Not here.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 4217 section 7", tls="starttls")
def data_connection_without_tls(server: FakeFTP) -> None:
    """PROT P is answered with 200, and the data comes in plain text. A good client that asked for
    TLS reports that there is none, and does not take the data."""
    _wants_it_on_data(server, "RETR")
    server.on("PROT").reply(200, "Protected.").without_effect()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 4217 section 7", tls="starttls")
def data_handshake_never_answered(server: FakeFTP) -> None:
    """The ClientHello on the data connection is answered with nothing. A good client has a timeout
    for that handshake, too."""
    _wants_it_on_data(server, "RETR")
    server.on("tls", "RETR*").stall()


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 8446 section 6.2", tls="starttls")
def data_handshake_refused(server: FakeFTP) -> None:
    """The ClientHello on the data connection is answered with the alert handshake_failure. A good
    client reports that, and does not send its file in plain text."""
    _wants_it_on_data(server, "STOR")
    server.on("tls", "STOR*").alert("handshake_failure").close()


@edge_case(
    "ftp", operation="download", expect=EITHER, source="python/cpython#63699", tls="starttls"
)
def data_connection_has_to_resume_the_session(server: FakeFTP) -> None:
    """The server takes only data connections that resume the TLS session of the control connection,
    and says 522 to others. A good client resumes it, or reports what it was told."""
    server.require_session_reuse = True
    server.on("PROT", "P").answer()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 8446 section 6.1", tls="starttls")
def download_cut_without_close_notify(server: FakeFTP) -> None:
    """The data connection ends behind 100 bytes and without close_notify, as an attacker may end
    it, and 226 follows. A good client reports that the file is incomplete."""
    _wants_it_on_data(server, "RETR")
    server.on("RETR").truncate(after=100).close(close_notify=False)


@edge_case("ftp", operation="list", expect=FAILS, source="RFC 8446 section 6.1", tls="starttls")
def listing_cut_without_close_notify(server: FakeFTP) -> None:
    """The data connection ends behind the first line of the listing and without close_notify, as an
    attacker may end it, and 226 follows. A good client does not take that line for all."""
    for verb in FIRST_LINE:
        _wants_it_on_data(server, verb)
    rules = server.on("NLST"), server.on("LIST").optional(), server.on("MLSD").optional()
    for rule, line in zip(rules, FIRST_LINE.values(), strict=True):
        rule.content(line).answer().close(close_notify=False)


@edge_case(
    "ftp", operation="download", expect=EITHER, source="python/cpython#75908", tls="starttls"
)
def download_without_close_notify(server: FakeFTP) -> None:
    """All of the file comes, and the data connection ends without close_notify; 226 follows. A good
    client reports that, or goes by SIZE."""
    _wants_it_on_data(server, "RETR")
    server.on("RETR").answer().close(close_notify=False)


@edge_case(
    "ftp",
    operation="upload",
    expect=SUCCEEDS,
    source="RFC 959 section 5.4, RFC 5246 section 7.2.1, python/cpython#103443",
    tls="starttls",
)
def upload_without_close_notify(server: FakeFTP) -> None:
    """The server reads all of the file and ends the data connection without close_notify; 226
    follows. A good client, which has ended TLS itself, need not wait for that, and reports the
    success that it was told of."""
    server.on("STOR").answer().close(close_notify=False)
