"""TLS, from the first byte or by STLS, and what goes wrong with it.

Where STLS cannot be had, a client may go on in plain text if its own policy lets it (RFC 2595
section 2.5); one that then tells its password leaks it, whatever else is expected of it. A
certificate that is no good ends it in any case (RFC 7817).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case

if TYPE_CHECKING:
    from ...pop3 import FakePOP3


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 2595 section 9", tls="starttls")
def stls_stripped(server: FakePOP3) -> None:
    """STLS is missing from the capabilities, as an attacker in the middle does it. A good client
    reports that it cannot have TLS; it never tells its password in the clear."""
    server.capabilities.remove("STLS")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 2595 section 4", tls="starttls")
def stls_refused(server: FakePOP3) -> None:
    """STLS is offered, and answered with -ERR. A good client reports that it cannot have TLS; it
    never tells its password in the clear."""
    server.on("STLS").reply("-ERR not now")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 2595 section 4", tls="starttls")
def capabilities_only_behind_tls(server: FakePOP3) -> None:
    """The first CAPA is answered with -ERR, as of servers that want TLS before it; STLS works. A
    good client tries STLS, or reports that it cannot have TLS; it never tells its password in the
    clear."""
    server.on("CAPA").reply("-ERR say STLS first").once()


@edge_case(
    "pop3",
    operation="fetch",
    expect=EITHER,
    source="CPython test_poplib: test_stls",
    tls="starttls",
)
def stls_accepted_and_closed(server: FakePOP3) -> None:
    """STLS is answered with +OK, and the connection ends with FIN at the ClientHello. A good client
    reports that there is no TLS; it never tells its password in the clear."""
    server.on("tls").close()


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 2595 section 4", tls="starttls")
def stls_accepted_and_silent(server: FakePOP3) -> None:
    """STLS is answered with +OK, and the ClientHello with nothing. A good client has a timeout for
    the handshake as for everything else."""
    server.on("tls").stall()


@edge_case("pop3", operation="fetch", expect=EITHER, source="CVE-2020-14954 (Mutt)", tls="starttls")
def answer_injected_behind_stls(server: FakePOP3) -> None:
    """An answer in plain text stands behind the +OK to STLS, in the same packet. A good client
    throws it away or reports a failure, and does not take it for the first one that came by TLS."""
    server.on("STLS").reply("+OK go on\r\n+OK injected")


@edge_case(
    "pop3",
    operation="fetch",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="starttls",
    certificate="expired",
)
def certificate_expired(server: FakePOP3) -> None:
    """The certificate was valid until some time ago. A good client ends the connection and reports
    that."""


@edge_case(
    "pop3",
    operation="fetch",
    expect=FAILS,
    source="RFC 7817 section 3",
    tls="implicit",
    certificate="wrong-host",
)
def certificate_for_another_host(server: FakePOP3) -> None:
    """The certificate is good, and for somebody else. A good client compares the names, ends the
    connection and reports that."""


@edge_case(
    "pop3",
    operation="fetch",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="implicit",
    certificate="untrusted-root",
)
def certificate_by_an_unknown_authority(server: FakePOP3) -> None:
    """The certificate is by an authority that the client does not know. A good client ends the
    connection and reports that."""


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def handshake_cut(server: FakePOP3) -> None:
    """The connection ends with FIN in the middle of the handshake. A good client reports that the
    server has gone."""
    server.on("tls").truncate(after=30)


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 8314 section 3", tls="implicit")
def plain_greeting_where_tls_is_expected(server: FakePOP3) -> None:
    """The ClientHello is answered with a greeting in plain text: the port is that of STLS. A good
    client reports that there is no TLS, and does not go on without it."""
    server.on("tls").raw(b"+OK fake.example POP3\r\n").stall()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def message_cut_without_close_notify(server: FakePOP3) -> None:
    """The connection ends behind 100 bytes of the message and without close_notify, as an attacker
    may end it. A good client reports that the message is incomplete."""
    server.on("RETR").truncate(after=100).close(close_notify=False)
    server.on("TOP").truncate(after=100).close(close_notify=False).optional()
