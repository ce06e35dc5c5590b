"""TLS, from the first byte or by STARTTLS, and what goes wrong with it.

Where STARTTLS cannot be had, a client may go on in plain text if its own policy lets it (RFC 3501
section 11.1); one that then tells its password leaks it, whatever else is expected of it. A
certificate that is no good ends it in any case (RFC 7817).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from .asking import on_fetch

if TYPE_CHECKING:
    from ...imap import FakeIMAP


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 11.1", tls="starttls")
def starttls_stripped(server: FakeIMAP) -> None:
    """STARTTLS is missing from the capabilities, as an attacker in the middle does it. A good
    client reports that it cannot have TLS; it never tells its password in the clear."""
    server.capabilities.remove("STARTTLS")


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.2.1", tls="starttls"
)
def starttls_refused(server: FakeIMAP) -> None:
    """STARTTLS is offered, and answered with NO. A good client reports that it cannot have TLS; it
    never tells its password in the clear."""
    server.on("STARTTLS").reply("NO", "[UNAVAILABLE] not now")


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.2.1", tls="starttls"
)
def starttls_accepted_and_closed(server: FakeIMAP) -> None:
    """STARTTLS is answered with OK, and the connection ends with FIN at the ClientHello. A good
    client reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").close()


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.2.1", tls="starttls"
)
def starttls_accepted_and_silent(server: FakeIMAP) -> None:
    """STARTTLS is answered with OK, and the ClientHello with nothing. A good client has a timeout
    for the handshake as for everything else."""
    server.on("tls").stall()


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.2.1", tls="starttls"
)
def starttls_accepted_and_plain(server: FakeIMAP) -> None:
    """STARTTLS is answered with OK, and the ClientHello with a line in plain text. A good client
    reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").raw(b"* BAD no such command\r\n").close()


@edge_case("imap", operation="fetch", expect=EITHER, source="CVE-2020-14954 (Mutt)", tls="starttls")
def answer_injected_behind_starttls(server: FakeIMAP) -> None:
    """An answer in plain text stands behind the OK to STARTTLS, in the same packet. A good client
    throws it away or reports a failure, and does not take it for the first one that came by TLS."""
    server.on("STARTTLS").reply("OK", "go on\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED")


@edge_case(
    "imap", operation="fetch", expect=EITHER, source="CVE-2020-12398 (Thunderbird)", tls="starttls"
)
def preauth_before_starttls(server: FakeIMAP) -> None:
    """The greeting is PREAUTH, and who is logged in cannot have STARTTLS any more, as an attacker
    in the middle does it. A good client reports that it cannot have TLS; it never tells its
    password in the clear."""
    server.on("connect").reply("PREAUTH", "you are ann")


@edge_case("imap", operation="fetch", expect=EITHER, source="CVE-2020-28896 (Mutt)", tls="starttls")
def no_greeting_before_starttls(server: FakeIMAP) -> None:
    """What stands where the greeting belongs is none, and everything else is well. A good client
    ends the connection and reports that, or asks for TLS all the same; it never tells its password
    in the clear."""
    server.on("connect").raw(b"220 fake.example ready\r\n")


@edge_case(
    "imap", operation="fetch", expect=SUCCEEDS, source="RFC 3501 section 6.2.1", tls="starttls"
)
def capabilities_change_behind_starttls(server: FakeIMAP) -> None:
    """Before TLS the server lists LOGINDISABLED, and behind TLS not. A good client forgets the
    first list, asks again, and logs in."""
    server.capabilities.append("LOGINDISABLED")


@edge_case(
    "imap",
    operation="fetch",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="starttls",
    certificate="expired",
)
def certificate_expired(server: FakeIMAP) -> None:
    """The certificate was valid until some time ago. A good client ends the connection and reports
    that."""


@edge_case(
    "imap",
    operation="fetch",
    expect=FAILS,
    source="RFC 7817 section 3",
    tls="implicit",
    certificate="wrong-host",
)
def certificate_for_another_host(server: FakeIMAP) -> None:
    """The certificate is good, and for somebody else. A good client compares the names, ends the
    connection and reports that."""


@edge_case(
    "imap",
    operation="fetch",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="starttls",
    certificate="self-signed",
)
def certificate_self_signed(server: FakeIMAP) -> None:
    """The certificate is signed by itself. A good client trusts nobody that it was not told to
    trust, ends the connection and reports that."""


@edge_case(
    "imap",
    operation="fetch",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="implicit",
    certificate="untrusted-root",
)
def certificate_by_an_unknown_authority(server: FakeIMAP) -> None:
    """The certificate is by an authority that the client does not know. A good client ends the
    connection and reports that."""


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 8446 section 6.2", tls="implicit")
def handshake_refused(server: FakeIMAP) -> None:
    """The ClientHello is answered with the alert handshake_failure. A good client reports that, and
    does not try again in plain text."""
    server.on("tls").alert("handshake_failure").close()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def handshake_cut(server: FakeIMAP) -> None:
    """The connection ends with FIN in the middle of the handshake. A good client reports that the
    server has gone."""
    server.on("tls").truncate(after=30)


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 8314 section 3", tls="implicit")
def plain_greeting_where_tls_is_expected(server: FakeIMAP) -> None:
    """The ClientHello is answered with a greeting in plain text: the port is that of STARTTLS. A
    good client reports that there is no TLS, and does not go on without it."""
    server.on("tls").raw(b"* OK fake.example ready\r\n").stall()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 8996 section 4", tls="implicit")
def tls_1_0_and_no_other(server: FakeIMAP) -> None:
    """The server speaks TLS 1.0 and nothing later, which must not be used any more. A good client
    reports that they have no version in common."""
    server.on("tls").negotiate(version="TLSv1")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 8446 section 5.1", tls="implicit")
def plain_text_between_the_records(server: FakeIMAP) -> None:
    """Plain text stands in the middle of what is encrypted, before the message, as an attacker may
    put it there. A good client ends the connection and reports that."""
    on_fetch(server).raw(b"* 1 FETCH (BODY[] {5}\r\nhello)\r\n", encrypted=False).answer()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def message_cut_without_close_notify(server: FakeIMAP) -> None:
    """The connection ends behind 100 bytes of the message and without close_notify, as an attacker
    may end it. A good client reports that the message is incomplete."""
    on_fetch(server).truncate(after=100).close(close_notify=False)


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 8446 section 6.1", tls="starttls")
def logout_answered_without_close_notify(server: FakeIMAP) -> None:
    """The connection ends at LOGOUT without an answer and without close_notify. A good client,
    which has the message and wanted to leave, need not mind."""
    server.on("LOGOUT").close(close_notify=False)
