"""TLS, from the first byte or by STARTTLS, and what goes wrong with it.

Where STARTTLS cannot be had, a client may go on in plain text if its own policy lets it (RFC 3207
section 4); one that then tells its password leaks it, whatever else is expected of it. A
certificate that is no good ends it in any case: who is given a password submits mail, and has to
check whom it submits it to (RFC 7817).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


def wants_tls(server: FakeSMTP) -> None:
    """Who does not even ask for TLS never sees the certificate, and does not get through either:
    RFC 3207 section 4."""
    server.on("MAIL", where=lambda step: not server.connections[step.connection - 1].tls).reply(
        530, "5.7.0 Must issue a STARTTLS command first"
    ).optional()


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 3207 section 6", tls="starttls")
def starttls_stripped(server: FakeSMTP) -> None:
    """STARTTLS is missing from the extensions, as an attacker in the middle does it. A good client
    reports that it cannot have TLS; it never tells its password in the clear."""
    server.capabilities.remove("STARTTLS")


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 3207 section 4", tls="starttls")
def starttls_refused(server: FakeSMTP) -> None:
    """STARTTLS is offered, and answered with 454. A good client reports that it cannot have TLS;
    it never tells its password in the clear."""
    server.on("STARTTLS").reply(454, "4.7.0 TLS not available for now")


@edge_case(
    "smtp",
    operation="send",
    expect=EITHER,
    source="aiosmtplib test_tls: disconnect before the upgrade",
    tls="starttls",
)
def starttls_accepted_and_closed(server: FakeSMTP) -> None:
    """STARTTLS is answered with 220, and the connection ends with FIN at the ClientHello. A good
    client reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").close()


@edge_case(
    "smtp",
    operation="send",
    expect=EITHER,
    source="aiosmtplib test_timeouts: STARTTLS and silence",
    tls="starttls",
)
def starttls_accepted_and_silent(server: FakeSMTP) -> None:
    """STARTTLS is answered with 220, and the ClientHello with nothing. A good client has a timeout
    for the handshake as for everything else."""
    server.on("tls").stall()


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 3207 section 4.1", tls="starttls")
def starttls_accepted_and_plain(server: FakeSMTP) -> None:
    """STARTTLS is answered with 220, and the ClientHello with a reply in plain text. A good client
    reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").raw(b"500 5.5.2 no such command\r\n").close()


@edge_case("smtp", operation="send", expect=EITHER, source="CVE-2021-38371 (Exim)", tls="starttls")
def reply_injected_behind_starttls(server: FakeSMTP) -> None:
    """A reply in plain text stands behind the 220 to STARTTLS, in the same packet. A good client
    throws it away or reports a failure, and does not take it for the first one that came by TLS."""
    server.on("STARTTLS").reply(220, "2.0.0 go on\r\n250-injected\r\n250 AUTH PLAIN")


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 3207 section 4.2", tls="starttls")
def extensions_change_behind_starttls(server: FakeSMTP) -> None:
    """Before TLS the server lists SIZE 10 and no AUTH, as an attacker may have it; behind TLS the
    truth. A good client forgets the first list and says EHLO again."""
    server.on("EHLO").reply(250, "fake.example", "SIZE 10", "STARTTLS").once()


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="starttls",
    certificate="expired",
)
def certificate_expired(server: FakeSMTP) -> None:
    """The certificate was valid until some time ago. A good client ends the connection and reports
    that."""
    wants_tls(server)


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="RFC 7817 section 3",
    tls="starttls",
    certificate="wrong-host",
)
def certificate_for_another_host(server: FakeSMTP) -> None:
    """The certificate is good, and for somebody else. A good client compares the names, ends the
    connection and reports that."""
    wants_tls(server)


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="starttls",
    certificate="self-signed",
)
def certificate_self_signed(server: FakeSMTP) -> None:
    """The certificate is signed by itself. A good client trusts nobody that it was not told to
    trust, ends the connection and reports that."""
    wants_tls(server)


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="implicit",
    certificate="untrusted-root",
)
def certificate_by_an_unknown_authority(server: FakeSMTP) -> None:
    """The certificate is by an authority that the client does not know. A good client ends the
    connection and reports that."""


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="RFC 8446 section 4.4.2",
    tls="implicit",
    certificate="incomplete-chain",
)
def certificate_without_its_chain(server: FakeSMTP) -> None:
    """The certificate comes without the intermediate that signed it. A good client, which cannot
    tell who that was, ends the connection and reports that."""


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 8446 section 6.2", tls="implicit")
def handshake_refused(server: FakeSMTP) -> None:
    """The ClientHello is answered with the alert handshake_failure. A good client reports that, and
    does not try again in plain text."""
    server.on("tls").alert("handshake_failure").close()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def handshake_cut(server: FakeSMTP) -> None:
    """The connection ends with FIN in the middle of the handshake. A good client reports that the
    server has gone."""
    server.on("tls").truncate(after=30)


@edge_case(
    "smtp",
    operation="send",
    expect=FAILS,
    source="aiosmtplib test_tls: TLS to a server without it",
    tls="implicit",
)
def plain_greeting_where_tls_is_expected(server: FakeSMTP) -> None:
    """The ClientHello is answered with a greeting in plain text: the port is that of STARTTLS. A
    good client reports that there is no TLS, and does not go on without it."""
    server.on("tls").raw(b"220 fake.example ESMTP\r\n").stall()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 8996 section 4", tls="implicit")
def tls_1_0_and_no_other(server: FakeSMTP) -> None:
    """The server speaks TLS 1.0 and nothing later, which must not be used any more. A good client
    reports that they have no version in common."""
    server.on("tls").negotiate(version="TLSv1")


@edge_case("smtp", operation="send", expect=SUCCEEDS, source="RFC 8446 section 6.1", tls="implicit")
def closed_without_close_notify(server: FakeSMTP) -> None:
    """The connection ends at QUIT without a 221 and without close_notify. A good client, whose
    message is delivered, reports success."""
    server.on("QUIT").close(close_notify=False)
