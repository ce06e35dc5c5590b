"""The client says who it is: by LOGIN or by AUTHENTICATE.

Where a login is refused, it is refused in both ways, so that nobody gets through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case
from .asking import on_login

if TYPE_CHECKING:
    from ...imap import FakeIMAP

WRONG = "[AUTHENTICATIONFAILED] wrong credentials"


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 5530 section 3")
def password_refused(server: FakeIMAP) -> None:
    """Each login is answered with NO [AUTHENTICATIONFAILED]. A good client reports that its
    credentials are refused."""
    on_login(server).reply("NO", WRONG)


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 5530 section 3")
def password_refused_and_closed(server: FakeIMAP) -> None:
    """Each login is answered with NO [AUTHENTICATIONFAILED], and the connection ends with FIN. A
    good client reports that its credentials are refused, and gets over a LOGOUT that fails."""
    on_login(server).reply("NO", WRONG).close()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 5530 section 3")
def login_fails_for_now(server: FakeIMAP) -> None:
    """Each login is answered with NO [UNAVAILABLE]: whom to ask is out of reach. A good client
    reports a failure that may pass, and does not say that the password is wrong."""
    on_login(server).reply("NO", "[UNAVAILABLE] try later")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1.3")
def login_not_understood(server: FakeIMAP) -> None:
    """Each login is answered with BAD. A good client reports that, and does not go on as if it were
    logged in."""
    on_login(server).reply("BAD", "cannot parse that")


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 7.1.5")
def bye_at_the_login(server: FakeIMAP) -> None:
    """Each login is answered with an untagged BYE, and the connection ends with FIN. A good client
    reports what it was told, and does not wait for the line that completes its command."""
    on_login(server).reply("BYE", "too many connections of yours").close()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 3.4")
def closed_at_the_login(server: FakeIMAP) -> None:
    """The connection ends with FIN when the login comes. A good client reports that the server has
    gone."""
    on_login(server).close()


@edge_case("imap", operation="fetch", expect=FAILS, source="CPython test_imaplib: timeout tests")
def login_never_answered(server: FakeIMAP) -> None:
    """The login is read and nothing comes back. A good client has a timeout for each command, and
    reports that it passed."""
    on_login(server).stall()


@edge_case("imap", operation="fetch", expect=FAILS, source="RFC 3501 section 2.2.1")
def password_refused_behind_another_tag(server: FakeIMAP) -> None:
    """An OK with a tag that nobody used stands before the NO to the login. A good client compares
    the tags, and reports a failure in any case."""
    on_login(server).reply("OK", "done", tag="x99").reply("NO", WRONG).without_effect()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 2.2.2")
def login_answered_twice(server: FakeIMAP) -> None:
    """The answer to the login comes twice, with the same tag. A good client passes over the second
    one, or reports what nobody asked for, and does not take it for the answer to its next
    command."""
    on_login(server).duplicate()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 7.5")
def plus_before_the_answer(server: FakeIMAP) -> None:
    """A line with a plus stands before the OK to the login, where the client has nothing more to
    say. A good client passes over it, or reports what it cannot make sense of."""
    on_login(server).raw(b"+ go on\r\n").answer()


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.2.3")
def login_disabled(server: FakeIMAP) -> None:
    """LOGINDISABLED is among the capabilities, and LOGIN is answered with NO. A good client logs in
    by AUTHENTICATE, or reports a failure without having sent its password."""
    server.capabilities.append("LOGINDISABLED")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 3501 section 6.2.2")
def sasl_refused(server: FakeIMAP) -> None:
    """AUTHENTICATE is offered, and answered with NO for every mechanism. A good client tries LOGIN,
    or reports a failure."""
    server.on("AUTHENTICATE").reply("NO", "[CANNOT] no such mechanism")


@edge_case("imap", operation="fetch", expect=EITHER, source="RFC 4422 section 3")
def challenge_without_end(server: FakeIMAP) -> None:
    """AUTHENTICATE, and each response to it, is answered with one challenge more. A good client
    knows how many its mechanism has, gives up, and reports that or tries LOGIN."""
    server.on("AUTHENTICATE").reply("+", "bW9yZQ==")
    server.on("response").reply("+", "bW9yZQ==").optional()
