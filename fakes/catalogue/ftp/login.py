"""The client says who it is: USER, PASS, and ACCT where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def no_password_needed(server: FakeFTP) -> None:
    """USER is answered with 230: that is enough. A good client goes on without the password."""
    server.on("USER").reply(230, "Come in.")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def password_superfluous(server: FakeFTP) -> None:
    """PASS is answered with 202, that it was not needed, which is a success. A good client goes
    on."""
    server.on("PASS").reply(202, "No password is needed here.")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 5.4")
def let_in_by_the_greeting(server: FakeFTP) -> None:
    """The greeting is 230, which the standard does not know: everybody is logged in. A good client
    takes it for a greeting, or reports a reply that it cannot read."""
    server.on("connect").reply(230, "Come in, whoever you are.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def name_refused(server: FakeFTP) -> None:
    """USER is answered with 530. A good client reports it, and does not send the password behind
    that."""
    server.on("USER").reply(530, "Never heard of you.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def password_refused(server: FakeFTP) -> None:
    """PASS is answered with 530. A good client reports that its credentials are refused."""
    server.on("PASS").reply(530, "Login incorrect.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2.1")
def login_fails_for_now(server: FakeFTP) -> None:
    """PASS is answered with 421 and the end: too many users. A good client reports a failure that
    may pass, and does not say that the password is wrong."""
    server.on("PASS").reply(421, "Too many users.").close()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def account_wanted(server: FakeFTP) -> None:
    """PASS is answered with 332: say an account, too; and every account is refused. A good client
    reports that it has none, or that it was refused."""
    server.on("PASS").reply(332, "Need account for login.")
    server.on("ACCT").reply(530, "No such account.").optional()


@edge_case(
    "ftp",
    operation="download",
    expect=FAILS,
    source="aioftp: test_long_login_sequence_fail",
)
def login_that_never_ends(server: FakeFTP) -> None:
    """PASS is answered with 332, and ACCT with 333, however often it comes. A good client reports
    that it was not let in, and does not go on for ever."""
    server.on("PASS").reply(332, "Go on.")
    server.on("ACCT").reply(333, "Go on.").optional()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def closed_at_the_login(server: FakeFTP) -> None:
    """The connection ends with FIN when the password comes. A good client reports that the server
    has gone."""
    server.on("PASS").close()


@edge_case("ftp", operation="download", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def login_never_answered(server: FakeFTP) -> None:
    """The password is read and nothing comes back. A good client has a timeout for each command,
    and reports that it passed."""
    server.on("PASS").stall()


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 4.2")
def message_of_the_day(server: FakeFTP) -> None:
    """The 230 has a thousand lines of news, some of which look like replies. A good client reads
    them all, and none of them is the reply to its next command."""
    news = (f" {100 + number % 500} lines like this" for number in range(1000))
    server.on("PASS").reply(230, "Welcome.", *news, "That is all.")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 5.4")
def name_answered_twice(server: FakeFTP) -> None:
    """The 331 to USER comes twice, so that each later reply seems to be that to the command before
    it. A good client notices, or comes through, and does not say that it has what it has not."""
    server.on("USER").duplicate()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def password_refused_behind_an_extra_reply(server: FakeFTP) -> None:
    """A 230 comes behind the 331 to USER, and the password is refused: who is out of step takes
    itself for logged in. A good client reports a failure in any case."""
    server.on("USER").raw(b"331 Password?\r\n230 Come in.\r\n")
    server.on("PASS").reply(530, "Login incorrect.").optional()
