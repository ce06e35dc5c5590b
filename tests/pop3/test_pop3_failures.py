"""Failures found in the wild, each a script of at most three lines, and what poplib makes of it.

The numbers are those of the project's collection. A row says what poplib raises and what stands in
the message, at which call (``"greeting"`` is the constructor), and how many of two messages are
left in the mailbox in the end: the client deletes the first.
"""

import poplib
import socket
from collections.abc import Callable
from typing import NamedTuple

import pytest

from fakefarm import FakePOP3, messages

Script = Callable[[FakePOP3], object]
Proto, Reset = poplib.error_proto, ConnectionResetError


class Client(poplib.POP3):
    """poplib, which forgets to close the socket where the greeting is no good."""

    def _getresp(self) -> bytes:
        try:
            return super()._getresp()
        except BaseException:
            if not hasattr(self, "welcome"):
                self.close()
            raise


class Failure(NamedTuple):
    number: int
    name: str
    script: Script
    at: str
    raises: type[Exception] | None
    says: str
    left: int


# fmt: off
FAILURES = [
    (1, "greeting never comes", lambda p: p.on("connect").stall(), "greeting", TimeoutError, "", 2),
    (2, "greeting -ERR",
     lambda p: p.on("connect").reply("-ERR [SYS/TEMP] busy"), "greeting", Proto, "busy", 2),
    (3, "closed, not greeted", lambda p: p.on("connect").close(), "greeting", Proto, "EOF", 2),
    (4, "greeting cut", lambda p: p.on("connect").truncate(after=2), "USER", Proto, "EOF", 2),
    (5, "greeting of another protocol",
     lambda p: p.on("connect").reply("* OK IMAP4rev1"), "greeting", Proto, "IMAP4rev1", 2),
    (6, "greeting too long",
     lambda p: p.on("connect").reply("+OK " + "x" * 3000), "greeting", Proto, "line too long", 2),
    (10, "USER refused", lambda p: p.on("USER").reply("-ERR who?"), "USER", Proto, "who", 2),
    (11, "PASS refused", lambda p: setattr(p, "users", {"ann": "x"}), "PASS", Proto, "AUTH", 2),
    (12, "mailbox locked", lambda p: p.mailbox.lock(), "PASS", Proto, "IN-USE", 2),
    (12, "[SYS/TEMP]",
     lambda p: p.on("PASS").reply("-ERR [SYS/TEMP] disk"), "PASS", Proto, "SYS/TEMP", 2),
    (12, "[LOGIN-DELAY]",
     lambda p: p.on("PASS").reply("-ERR [LOGIN-DELAY] wait"), "PASS", Proto, "LOGIN-DELAY", 2),
    (13, "PASS and gone", lambda p: p.on("PASS").close(), "PASS", Proto, "EOF", 2),
    (13, "PASS and RST", lambda p: p.on("PASS").reset(), "PASS", Reset, "", 2),
    (13, "PASS, OK, and gone", lambda p: p.on("PASS").answer().close(), "STAT", Proto, "EOF", 2),
    (14, "double reply",
     lambda p: p.on("USER").reply("+OK").reply("-ERR x"), "PASS", Proto, "-ERR x", 2),
    (15, "STAT without numbers", lambda p: p.on("STAT").reply("+OK"), "STAT", IndexError, "", 2),
    (16, "STAT not in numbers", lambda p: p.on("STAT").reply("+OK x y"), "STAT", ValueError, "", 2),
    (17, "STAT is not LIST", lambda p: p.on("STAT").reply("+OK 7 700"), "", None, "", 1),
    (18, "LIST refused", lambda p: p.on("LIST").reply("-ERR no"), "LIST", Proto, "no", 2),
    (19, "LIST empty", lambda p: p.on("LIST").reply("+OK", []), "", None, "", 1),
    (20, "LIST without its end",
     lambda p: p.on("LIST").raw(b"+OK\r\n1 99\r\n"), "LIST", TimeoutError, "", 2),
    (21, "LIST cut", lambda p: p.on("LIST").truncate(after=5), "LIST", Proto, "EOF", 2),
    (22, "RETR no such message",
     lambda p: p.on("RETR").reply("-ERR no such message"), "RETR", Proto, "no such", 2),
    (23, "RETR cut: FIN", lambda p: p.on("RETR").truncate(after=100), "RETR", Proto, "EOF", 2),
    (23, "RETR cut: RST", lambda p: p.on("RETR").truncate(after=100).reset(), "RETR", Reset, "", 2),
    (23, "RETR cut at the end",
     lambda p: p.on("RETR").truncate(after=p.mailbox[0].size), "RETR", Proto, "EOF", 2),
    (23, "RETR cut: silence",
     lambda p: p.on("RETR").truncate(after=100).stall(), "RETR", TimeoutError, "", 2),
    (24, "wrong number of octets",
     lambda p: p.on("RETR").reply("+OK 5 octets", p.mailbox[0].content), "", None, "", 1),
    (25, "unstuffed dot",
     lambda p: p.on("RETR").raw(b"+OK\r\na\r\n.\r\nrest\r\n.\r\n"), "DELE", Proto, "rest", 2),
    (26, "line over 2,048 bytes",
     lambda p: p.on("RETR").reply("+OK", messages.line_over_2048()), "RETR", Proto, "too long", 2),
    (27, "bare LF", lambda p: p.on("RETR").reply("+OK", messages.bare_lf()), "", None, "", 1),
    (28, "drip", lambda p: p.on("RETR").drip(size=50, every=0.01), "", None, "", 1),
    (29, "quota",
     lambda p: p.on("RETR").reply("-ERR Download exceed"), "RETR", Proto, "exceed", 2),
    (30, "UIDL not offered", lambda p: p.capabilities.remove("UIDL"), "UIDL", Proto, "offered", 2),
    (30, "TOP not offered", lambda p: p.capabilities.remove("TOP"), "TOP", Proto, "offered", 2),
    (30, "UTF8 not offered",
     lambda p: p.capabilities.remove("UTF8 USER"), "UTF8", Proto, "offered", 2),
    (30, "CAPA unknown", lambda p: p.on("CAPA").reply("-ERR what?"), "CAPA", Proto, "supported", 2),
    (30, "duplicates in UIDL",
     lambda p: setattr(p.mailbox[1], "uid", p.mailbox[0].uid), "", None, "", 1),
    (30, "UIDL cut", lambda p: p.on("UIDL").truncate(after=9), "UIDL", Proto, "EOF", 2),
    (31, "CAPA wants TLS",
     lambda p: p.on("CAPA").reply("-ERR must issue STLS first"), "CAPA", Proto, "supported", 2),
    (32, "STLS not done", lambda p: None, "STLS", Proto, "not implemented", 2),
    (34, "QUIT refused", lambda p: p.on("QUIT").reply("-ERR not removed"), "QUIT", Proto, "not", 2),
    (34, "QUIT and gone", lambda p: p.on("QUIT").close(), "QUIT", Proto, "EOF", 2),
    (34, "QUIT's reply lost", lambda p: p.on("QUIT").truncate(after=0), "QUIT", Proto, "EOF", 1),
    (34, "TOP offered and unknown",
     lambda p: p.on("TOP").reply("-ERR no such command"), "TOP", Proto, "no such", 2),
]
# fmt: on
SILENT = {"greeting never comes", "LIST without its end", "RETR cut: silence"}


def fetch(fake: FakePOP3, patience: float, extra: str, reached: list[str]) -> None:
    """The whole of a conversation; ``reached`` tells how far it came."""
    reached.append("greeting")
    client = Client(fake.host, fake.port, timeout=patience)

    def at(name: str, call: Callable[..., object], *arguments: object) -> None:
        reached.append(name)
        call(*arguments)

    try:
        if extra in ("CAPA", "UTF8", "STLS"):
            at(extra, getattr(client, extra.lower()) if extra != "STLS" else stls(client))
        at("USER", client.user, "ann")
        at("PASS", client.pass_, "secret")
        at("STAT", client.stat)
        at("LIST", client.list)
        at("UIDL", client.uidl)
        if extra == "TOP":
            at("TOP", client.top, 1, 1)
        at("RETR", client.retr, 1)
        at("DELE", client.dele, 1)
        at("QUIT", client.quit)
    finally:
        closed(client)


def stls(client: poplib.POP3) -> Callable[[], object]:
    """STLS, whatever the capabilities say: poplib asks them first."""
    return lambda: client._shortcmd("STLS")


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: f"{row[0]} {row[1]}")
def test_failure(pop3, row) -> None:
    failure = Failure(*row)
    pop3.mailbox.add(messages.plain())
    pop3.mailbox.add(messages.leading_dots())
    failure.script(pop3)
    reached: list[str] = []
    how = 0.2 if failure.name in SILENT else 5, failure.at, reached
    if failure.raises is None:
        fetch(pop3, *how)
        assert reached[-1] == "QUIT"
    else:
        with pytest.raises(failure.raises, match=failure.says or None):
            fetch(pop3, *how)
        assert reached[-1] == failure.at
    pop3.settle()
    assert len(pop3.mailbox) == failure.left


def connected(fake: FakePOP3) -> poplib.POP3:
    return Client(fake.host, fake.port, timeout=5)


def closed(client: poplib.POP3) -> None:
    if client.sock is not None:
        client.close()


def test_a_greeting_made_to_slow_down_apop(pop3) -> None:
    """7: a welcome that an expression like the old one of poplib would look at for minutes."""
    pop3.on("connect").reply("+OK " + "<" * 1000 + ">" * 900)
    client = connected(pop3)
    client.apop("ann", "secret")
    client.close()


def test_a_greeting_without_a_timestamp(pop3) -> None:
    """8"""
    pop3.greeting = "POP3 ready"
    client = connected(pop3)
    with pytest.raises(Proto, match="APOP not supported"):
        client.apop("ann", "secret")
    client.close()
    assert pop3.commands == []


def test_apop_is_refused(pop3) -> None:
    """9"""
    pop3.on("APOP").reply("-ERR no")
    client = connected(pop3)
    with pytest.raises(Proto, match="no"):
        client.apop("ann", "secret")
    client.close()


def test_stls_is_not_offered(pop3) -> None:
    """32: poplib does not even ask; where it is offered, the answer is -ERR, or nothing."""
    client = connected(pop3)
    with pytest.raises(Proto, match="STLS not supported"):
        client.stls()
    pop3.capabilities.append("STLS")
    with pytest.raises(Proto, match="not implemented"):
        client.stls()
    pop3.on("STLS").close()
    with pytest.raises(Proto, match="EOF"):
        client.stls()
    client.close()


@pytest.mark.parametrize(
    ("script", "lines", "answers"),
    [
        (lambda on: None, ["AUTH PLAIN", "*"], ["+", "-ERR"]),
        (lambda on: on("AUTH", "CRAM-MD5*").reply("-ERR no"),
         ["AUTH CRAM-MD5", "AUTH PLAIN AGEAYg=="], ["-ERR", "+OK"]),
        (lambda on: on("AUTH").reply("+"), ["AUTH PLAIN", "AGEAYg=="], ["+", "+OK"]),
        (lambda on: on("AUTH").reply("+ eyJzdGF0dXMiOiI0MDEifQ==").then.reply("-ERR [AUTH] no"),
         ["AUTH XOAUTH2 dXNlcj1h", "*", "AUTH XOAUTH2"], ["+", "-ERR", "-ERR"]),
    ],
    ids=["cancel", "downgrade", "short challenge", "OAuth failure"],
)  # fmt: skip
def test_sasl(pop3, raw, script, lines, answers) -> None:
    """33: poplib has no AUTH."""
    script(pop3.on)
    assert raw(pop3, user="").statuses(*lines) == answers


def test_an_identity_to_act_as_is_refused(raw) -> None:
    """33: bob may not act as ann (RFC 4616 section 2)."""
    with FakePOP3(users={"ann": "a", "bob": "b"}) as fake:
        client = raw(fake, user="")
        assert client.say("AUTH PLAIN YW5uAGJvYgBi").startswith(b"-ERR [AUTH]")


def test_a_line_break_in_a_name(raw) -> None:
    """33: one name, and no second command behind it."""
    with FakePOP3(users={"ann": "secret"}) as fake:
        client = raw(fake, user="")
        assert client.statuses("AUTH PLAIN AGFubg0KU1RBVABzZWNyZXQ=", "NOOP") == ["-ERR", "-ERR"]
        assert fake.commands == ["AUTH", "NOOP"]


def test_quit_and_rst(pop3) -> None:
    """34: whether poplib reads the RST as an end or as an error is a matter of time."""
    pop3.on("QUIT").reset()
    client = connected(pop3)
    with pytest.raises((ConnectionResetError, Proto)):
        client.quit()
    closed(client)


def test_a_reset_greeting(pop3) -> None:
    """3"""
    pop3.on("connect").delay(0.05).reset()
    with pytest.raises((ConnectionResetError, Proto)):
        connected(pop3)


def test_nobody_listens(pop3) -> None:
    pop3.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(pop3.address, timeout=5)
