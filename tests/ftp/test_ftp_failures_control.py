"""Failures found in the wild, 1 to 24: the control connection. Each is a script of at most four
lines, and what ftplib makes of it.

The numbers are those of the project's collection. A row says at which call ftplib raises, what, and
what stands in the message; calls before it succeed, and so do all where nothing is raised.

It is the same on Python 3.10 to 3.13.
"""

import ftplib
from collections.abc import Callable
from typing import NamedTuple

import pytest

from fakefarm import FakeFTP

Perm, Temp, Reply, Proto = (
    ftplib.error_perm,
    ftplib.error_temp,
    ftplib.error_reply,
    ftplib.error_proto,
)
Script = Callable[[FakeFTP], object]


class Failure(NamedTuple):
    number: int
    name: str
    script: Script
    at: str
    raises: type[Exception] | None
    says: str


# fmt: off
FAILURES = [
    (1, "greeting never comes", lambda f: f.on("connect").stall(), "connect", TimeoutError, ""),
    (2, "closed, not greeted", lambda f: f.on("connect").close(), "connect", EOFError, ""),
    (3, "greeting cut to 22", lambda f: f.on("connect").truncate(after=2), "login", EOFError, ""),
    (4, "greeting 421",
     lambda f: f.on("connect").reply(421, "too many connections").close(),
     "connect", Temp, "421 too many"),
    (5, "greeting 120, then 220",  # which it takes for the reply to USER, and for a login
     lambda f: f.on("connect").reply(120, "in 0 minutes").reply(220, "ready"),
     "NOOP", Reply, "331"),
    (6, "greeting never ends",
     lambda f: f.on("connect").raw(b"220-one\r\n220-two\r\n"), "connect", TimeoutError, ""),
    (7, "another code in a greeting of lines",
     lambda f: f.on("connect").raw(b"220-one\r\n221-two\r\n220 three\r\n"), "", None, ""),
    (8, "line too long",
     lambda f: f.on("connect").reply(220, "x" * 9000), "connect", ftplib.Error, "more than 8192"),
    (8, "flood of lines",
     lambda f: f.on("connect").raw(b"220-x\r\n" * 10000).close(), "connect", EOFError, ""),
    (9, "HTTP on the port of FTP",
     lambda f: f.on("connect").raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").close(),
     "connect", Proto, "HTTP/1.1 400"),
    (10, "NUL in a greeting", lambda f: f.on("connect").raw(b"220 a\0b\r\n"), "", None, ""),
    (10, "NUL in a reply", lambda f: f.on("NOOP").reply(200, "a\0b"), "", None, ""),
    (11, "code 999", lambda f: f.on("NOOP").reply(999, "what"), "NOOP", Proto, "999 what"),
    (11, "code 633", lambda f: f.on("NOOP").reply(633, "what"), "NOOP", Proto, "633 what"),
    (11, "code 314", lambda f: f.on("NOOP").reply(314, "what"), "NOOP", Reply, "314 what"),
    (12, "USER needs no password", lambda f: f.on("USER").reply(230, "welcome"), "", None, ""),
    (13, "USER refused", lambda f: f.on("USER").reply(530, "who?"), "login", Perm, "530 who"),
    (14, "PASS refused",
     lambda f: setattr(f, "users", {"ann": "another"}), "login", Perm, "530"),
    (14, "PASS 430", lambda f: f.on("PASS").reply(430, "no"), "login", Temp, "430 no"),
    (14, "PASS 314, which asks for ACCT",
     lambda f: f.on("PASS").reply(314, "what"), "login", Perm, "50[0-9]"),
    (15, "ACCT wanted and given",
     lambda f: (f.on("PASS").reply(332, "account?"), f.on("ACCT").reply(230, "in")),
     "", None, ""),
    (15, "ACCT wanted and refused",
     lambda f: (f.on("PASS").reply(332, "account?"), f.on("ACCT").reply(530, "bad account")),
     "login", Perm, "530 bad account"),
    (15, "ACCT wanted of one who has none",
     lambda f: (f.on("PASS").reply(332, "account?"), f.on("ACCT").reply(501, "say which")),
     "login", Perm, "501 say which"),
    (15, "asked for more and more, 333",
     lambda f: (f.on("PASS").reply(333, "go on"), f.on("ACCT").reply(333, "go on")),
     "login", Reply, "333 go on"),
    (18, "PASS before USER",
     lambda f: f.on("USER").raw(b"331 say it\r\n").without_effect(), "login", Perm, "503"),
    (20, "RST in place of a reply",
     lambda f: f.on("NOOP").reset(), "NOOP", ConnectionResetError, ""),
    (20, "FIN in place of a reply", lambda f: f.on("NOOP").close(), "NOOP", EOFError, ""),
    (24, "QUIT refused", lambda f: f.on("QUIT").reply(550, "stay"), "QUIT", Perm, "550 stay"),
    (24, "QUIT and gone", lambda f: f.on("QUIT").close(), "QUIT", EOFError, ""),
]
# fmt: on
SILENT = {"greeting never comes", "greeting never ends"}


def converse(fake: FakeFTP, patience: float, reached: list[str]) -> None:
    """The whole of a conversation; ``reached`` tells how far it came."""
    client = ftplib.FTP(timeout=patience)
    calls = {
        "connect": lambda: client.connect(fake.host, fake.port),
        "login": lambda: client.login("ann", "secret"),
        "NOOP": lambda: client.voidcmd("NOOP"),
        "QUIT": client.quit,
    }
    try:
        for name, call in calls.items():
            reached.append(name)
            call()
    finally:
        client.close()


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: f"{row[0]} {row[1]}")
def test_failure(ftp, row) -> None:
    failure = Failure(*row)
    failure.script(ftp)
    reached: list[str] = []
    patience = 0.2 if failure.name in SILENT else 5
    if failure.raises is None:
        converse(ftp, patience, reached)
        assert reached[-1] == "QUIT"
    else:
        with pytest.raises(failure.raises, match=failure.says or None):
            converse(ftp, patience, reached)
        assert reached[-1] == failure.at


def test_12_nobody_has_to_log_in(ftp, client) -> None:
    ftp.on("connect").reply(230, "welcome, whoever you are")
    assert client(ftp, login=False).pwd() == "/"
    assert ftp.commands == ["PWD"]


def test_16_idle_for_too_long(ftp, client) -> None:
    """421, and ftplib meets it at the next command."""
    ftp.timeout = 0.05
    late = client(ftp)
    ftp.wait_until(lambda: ftp.connections[0].closed is not None)
    with pytest.raises(Temp, match="421"):
        late.voidcmd("NOOP")


def test_17_three_failed_logins(ftp, client) -> None:
    ftp.users = {"ann": "another"}
    guesser = client(ftp, login=False)
    for _ in range(3):
        with pytest.raises(Perm, match="530"):
            guesser.login("ann", "guess")
    with pytest.raises(EOFError):
        guesser.login("ann", "guess")


@pytest.mark.parametrize("command", ["RNTO x", "PASS secret"])
def test_18_in_the_wrong_order(ftp, client, command) -> None:
    with pytest.raises(Perm, match="503"):
        client(ftp, login=command.startswith("RN")).sendcmd(command)


@pytest.mark.parametrize(("command", "code"), [("REIN", "230"), ("USER bob", "331")])
def test_19_another_login_in_the_middle_of_a_transfer(served, client, command, code) -> None:
    """The transfer goes on to its end (RFC 959 section 4.1.1, REIN)."""
    served.on("RETR").drip(size=2048, every=0.02)
    busy = client(served)
    busy.voidcmd("TYPE I")
    with busy.transfercmd("RETR data.bin") as conn:
        busy.putcmd(command)
        received = b"".join(iter(lambda: conn.recv(65536), b""))
    assert received == (served.root / "data.bin").read_bytes()
    assert {busy.getresp()[:3], busy.getresp()[:3]} == {code, "226"}


def test_20_an_exception_in_a_callable_of_the_test() -> None:
    """It ends the connection, and reaches the test."""
    from fakefarm import FakeFailure

    fake = FakeFTP().start()
    fake.on("NOOP").reply(lambda step: 1 / 0)
    client = ftplib.FTP(timeout=5)
    client.connect(fake.host, fake.port)
    with pytest.raises(EOFError):
        client.voidcmd("NOOP")
    client.close()
    fake.stop()
    with pytest.raises(FakeFailure, match="ZeroDivisionError"):
        fake.verify()


def test_21_clients_that_leave_at_once(ftp, raw, client) -> None:
    for _ in range(10):
        raw(ftp, greeted=False).reset()
    assert client(ftp).pwd() == "/"


def test_22_a_command_that_is_not_utf8(ftp, client) -> None:
    """pyftpdlib says 501 to it; naturally FakeFTP takes any bytes for a name."""
    ftp.on("CWD", where=lambda step: not step.line.isascii()).reply(501, "can't decode command")
    with pytest.raises(Perm, match="501 can't decode"):
        client(ftp, encoding="latin-1").cwd("\xff\xfe")
    assert ftp.steps[-1].line == b"CWD \xff\xfe"


def test_23_a_line_break_in_a_name(ftp, client) -> None:
    """ftplib sends nothing at all."""
    injected = client(ftp)
    with pytest.raises(ValueError, match="newline"):
        injected.mkd("a\r\nDELE b")
    assert ftp.commands == ["USER", "PASS"]


def test_24_quit_refused_at_the_end_of_a_with_block(ftp) -> None:
    ftp.on("QUIT").reply(550, "stay")
    with pytest.raises(Perm, match="stay"), ftplib.FTP(timeout=5) as client:
        client.connect(ftp.host, ftp.port)


def test_24_quit_and_gone_at_the_end_of_a_with_block(ftp) -> None:
    """It is swallowed there."""
    ftp.on("QUIT").close()
    with ftplib.FTP(timeout=5) as client:
        client.connect(ftp.host, ftp.port)
    assert ftp.commands == ["QUIT"]
