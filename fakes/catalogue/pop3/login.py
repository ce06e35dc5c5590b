"""The client says who it is: by USER and PASS, by APOP, or by AUTH.

Where a login is refused, it is refused in every way, so that nobody gets through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case

if TYPE_CHECKING:
    from ...pop3 import FakePOP3


def _refuse_logins(server: FakePOP3, line: str) -> None:
    server.on("PASS").reply(line)
    server.on("APOP").reply(line).optional()
    server.on("AUTH").reply(line).optional()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 7")
def name_refused(server: FakePOP3) -> None:
    """USER is answered with -ERR, and so is every other way to log in. A good client reports it,
    and does not send the password behind that."""
    for verb in ("PASS", "APOP", "AUTH"):
        server.on(verb).reply("-ERR never heard of you").optional()
    server.on("USER").reply("-ERR never heard of you")


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 3206")
def password_refused(server: FakePOP3) -> None:
    """Each login is answered with -ERR [AUTH]. A good client reports that its credentials are
    refused."""
    _refuse_logins(server, "-ERR [AUTH] wrong credentials")


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 3206")
def login_fails_for_now(server: FakePOP3) -> None:
    """Each login is answered with -ERR [SYS/TEMP]: whom to ask is out of reach. A good client
    reports a failure that may pass, and does not say that the password is wrong."""
    _refuse_logins(server, "-ERR [SYS/TEMP] try later")


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 2449 section 8.1")
def mailbox_in_use(server: FakePOP3) -> None:
    """Another session holds the mailbox, and the login is answered with -ERR [IN-USE]. A good
    client reports that, and does not say that the password is wrong."""
    server.mailbox.lock()


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 2449 section 8.1")
def login_too_soon(server: FakePOP3) -> None:
    """Each login is answered with -ERR [LOGIN-DELAY]. A good client reports a failure that passes,
    and does not knock again at once."""
    _refuse_logins(server, "-ERR [LOGIN-DELAY] wait a minute")


@edge_case("pop3", operation="fetch", expect=FAILS, source="RFC 1939 section 3")
def closed_at_the_login(server: FakePOP3) -> None:
    """The connection ends with FIN when the password comes. A good client reports that the server
    has gone."""
    server.on("PASS").close()
    server.on("APOP").close().optional()
    server.on("AUTH").close().optional()


@edge_case("pop3", operation="fetch", expect=FAILS, source="CPython test_poplib: TestTimeouts")
def login_never_answered(server: FakePOP3) -> None:
    """The password is read and nothing comes back. A good client has a timeout for each command,
    and reports that it passed."""
    server.on("PASS").stall()
    server.on("APOP").stall().optional()
    server.on("AUTH").stall().optional()


@edge_case("pop3", operation="fetch", expect=EITHER, source="CPython test_poplib: DummyPOP3Handler")
def name_answered_twice(server: FakePOP3) -> None:
    """The +OK to USER comes twice, so that each later answer seems to be that to the next command,
    and the status line of RETR the first line of the message. A good client notices, or comes
    through, and does not bring back what is no part of the message."""
    server.on("USER").duplicate()


@edge_case("pop3", operation="fetch", expect=FAILS, source="CPython test_poplib: DummyPOP3Handler")
def password_refused_behind_an_extra_answer(server: FakePOP3) -> None:
    """USER is answered twice, and the login is refused: who is out of step takes the extra +OK for
    its answer. A good client reports a failure in any case."""
    server.on("USER").duplicate()
    _refuse_logins(server, "-ERR [AUTH] wrong credentials")


@edge_case("pop3", operation="fetch", expect=EITHER, source="RFC 5034 section 4")
def sasl_refused(server: FakePOP3) -> None:
    """AUTH is offered, and answered with -ERR for every mechanism. A good client tries USER and
    PASS, or APOP, or reports a failure."""
    server.on("AUTH").reply("-ERR mechanism not available")
