"""AUTH: the client says who it is, on a connection that has TLS from its first byte.

The servers here want a login and answer MAIL with 530 before one (RFC 4954 section 6), so that a
client that does not log in cannot get through either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case

if TYPE_CHECKING:
    from ...smtp import FakeSMTP


def _wants_a_login(server: FakeSMTP) -> None:
    server.on("MAIL").reply(530, "5.7.0 log in first").optional()


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 4954 section 6", tls="implicit")
def login_refused(server: FakeSMTP) -> None:
    """Each way to log in is answered with 535. A good client reports that its credentials are
    refused, and does not send the message without a login."""
    server.on("AUTH").reply(535, "5.7.8 wrong credentials")
    _wants_a_login(server)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 4954 section 6", tls="implicit")
def login_deferred(server: FakeSMTP) -> None:
    """AUTH is answered with 454: whom to ask is out of reach. A good client reports a failure that
    may pass, and does not say that the password is wrong."""
    server.on("AUTH").reply(454, "4.7.0 try later")
    _wants_a_login(server)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 4954 section 6", tls="implicit")
def login_wanted_and_not_offered(server: FakeSMTP) -> None:
    """MAIL is answered with 530, and AUTH is not among the extensions. A good client reports that
    it cannot log in."""
    server.capabilities = [word for word in server.capabilities if not word.startswith("AUTH")]
    server.on("AUTH").reply(503, "5.5.1 not offered").optional()
    server.on("MAIL").reply(530, "5.7.0 log in first").optional()


@edge_case("smtp", operation="send", expect=EITHER, source="RFC 4954 section 4", tls="implicit")
def first_mechanism_not_known_after_all(server: FakeSMTP) -> None:
    """The first mechanism that a client tries is answered with 504, though it is offered; the next
    one is accepted. A good client tries another one of those offered, or reports a failure."""
    server.on("AUTH").reply(504, "5.5.4 no such mechanism").once()


@edge_case(
    "smtp",
    operation="send",
    expect=EITHER,
    source="aiosmtplib test_esmtp_utils: the old spelling of AUTH",
    tls="implicit",
)
def mechanisms_in_the_old_spelling(server: FakeSMTP) -> None:
    """The mechanisms are offered as AUTH=PLAIN LOGIN, as before RFC 2554. A good client knows the
    old spelling, or reports that no login is offered."""
    server.capabilities = ["AUTH=PLAIN LOGIN"]


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 4954 section 4", tls="implicit")
def challenge_is_no_base64(server: FakeSMTP) -> None:
    """AUTH is answered with a 334 whose text is not base64. A good client cancels with a star and
    reports a failure of the login."""
    server.on("AUTH").reply(334, "a")
    server.on("response").reply(501, "5.5.2 not base64").optional()
    _wants_a_login(server)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 4954 section 4", tls="implicit")
def challenges_without_end(server: FakeSMTP) -> None:
    """Each response is answered with another challenge. A good client gives up after a few, and
    reports a failure of the login."""
    server.on("AUTH").reply(334, "bW9yZQ==")
    server.on("response").reply(334, "bW9yZQ==").optional()
    _wants_a_login(server)


@edge_case("smtp", operation="send", expect=FAILS, source="RFC 5321 section 3.8", tls="implicit")
def closed_at_the_login(server: FakeSMTP) -> None:
    """The connection ends with FIN at AUTH. A good client reports that the server has gone, and
    does not send the message without a login."""
    server.on("AUTH").close()
    _wants_a_login(server)
