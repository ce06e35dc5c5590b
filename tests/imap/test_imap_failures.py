"""Failures found in the wild, each a script of at most three lines, and what imaplib makes of it.

The numbers are those of the project's collection. A row says which call fails (``"greeting"`` is
the constructor; the calls before it succeed), with what, and what stands in the message; or, where
imaplib takes it, what the call returns.
"""

import contextlib
import imaplib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from fakefarm import FakeIMAP, messages

Script = Callable[[FakeIMAP], object]
Error, Abort, ReadOnly = imaplib.IMAP4.error, imaplib.IMAP4.abort, imaplib.IMAP4.readonly
Client = imaplib.IMAP4

PLAIN = messages.plain()

CALLS: dict[str, Callable[[Client], Any]] = {
    "login": lambda c: c.login("ann", "secret"),
    "select": lambda c: c.select("INBOX"),
    "fetch": lambda c: c.fetch("1", "(BODY.PEEK[])"),
    "flags": lambda c: c.fetch("1", "(FLAGS)"),
    "envelope": lambda c: c.fetch("1", "(ENVELOPE)"),
    "structure": lambda c: c.fetch("1", "(BODYSTRUCTURE)"),
    "search": lambda c: c.search(None, "ALL"),
    "noop": lambda c: c.noop(),
    "list": lambda c: c.list(),
    "append": lambda c: c.append("INBOX", None, None, PLAIN),
    "enable": lambda c: c.enable("CONDSTORE"),
    "quota": lambda c: c.getquota(""),
    "logout": lambda c: c.logout(),
}
# Those that come before each, where it is not the two that lead to a selected mailbox.
LEADS = {"login": (), "select": ("login",), "enable": ("login",)}


class Failure(NamedTuple):
    number: int
    name: str
    script: Script
    call: str
    raises: type[Exception] | None
    says: object  # a pattern of the message, or what is returned


# fmt: off
FAILURES = [
    Failure(1, "greeting cut", lambda p: p.on("connect").truncate(after=4),
            "greeting", Abort, r"unterminated line: b'\* OK'"),
    Failure(1, "closed, not greeted", lambda p: p.on("connect").close(), "greeting", Abort, "EOF"),
    Failure(2, "greeting with LF", lambda p: p.on("connect").raw(b"* OK hi\n"),
            "greeting", Abort, "unterminated line"),
    Failure(2, "completion with LF", lambda p: p.on("NOOP").raw(b"* OK hi\n"),
            "noop", Abort, "unterminated line"),
    Failure(3, "greeting never comes", lambda p: p.on("connect").stall(),
            "greeting", TimeoutError, ""),
    Failure(3, "greeting in drops", lambda p: p.on("connect").drip(size=20, every=0.01),
            "noop", None, ("OK", [b"NOOP completed"])),
    Failure(4, "greeting BYE", lambda p: p.on("connect").reply("BYE", "[UNAVAILABLE] busy"),
            "greeting", Error, "busy"),
    Failure(6, "SEARCH of 64 KB",
            lambda p: p.on("SEARCH").untagged("SEARCH" + " 1234567" * 8192).answer(),
            "search", None, ("OK", [b" ".join([b"1234567"] * 8192), b"1 2"])),
    Failure(6, "line over a million bytes",
            lambda p: p.on("SEARCH").untagged("SEARCH" + " 1" * 500_000),
            "search", Error, "got more than 1000000 bytes"),
    Failure(7, "greeting of another protocol", lambda p: p.on("connect").raw(b"220 mail ESMTP\r\n"),
            "greeting", Abort, "unexpected response: b'220 mail ESMTP'"),
    Failure(7, "garbage in a greeting", lambda p: p.on("connect").garble(at=0, count=4),
            "greeting", Abort, "unexpected response"),
    Failure(8, "CAPABILITY BAD", lambda p: p.on("CAPABILITY").reply("BAD", "what?"),
            "greeting", Error, "CAPABILITY command error: BAD"),
    Failure(8, "CAPABILITY says nothing", lambda p: (p.on("CAPABILITY").reply("OK", "done"),
                                                     p.on("connect").reply("OK", "hello")),
            "greeting", Error, "no CAPABILITY response"),
    Failure(8, "CAPABILITY in the greeting alone", lambda p: p.on("CAPABILITY").reply("OK", "done"),
            "noop", None, ("OK", [b"NOOP completed"])),
    Failure(8, "not IMAP4rev1", lambda p: p.capabilities.remove("IMAP4rev1"),
            "greeting", Error, "not IMAP4 compliant"),
    Failure(10, "tagged OK without text", lambda p: p.on("NOOP").reply("OK"),
            "noop", Abort, r"unexpected response: b'[A-Z]{4}\d+ OK'"),
    *(Failure(11, f"LOGIN {code}", lambda p, code=code: p.on("LOGIN").reply("NO", f"[{code}] no"),
              "login", Error, rf"\[{code}\] no")
      for code in ("AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "UNAVAILABLE", "EXPIRED",
                   "PRIVACYREQUIRED", "CONTACTADMIN", "LIMIT", "INUSE")),
    Failure(11, "wrong password", lambda p: setattr(p, "users", {"ann": "x"}),
            "login", Error, "AUTHENTICATIONFAILED"),
    Failure(12, "LOGIN BYE", lambda p: p.on("LOGIN").reply("BYE", "too many").close(),
            "login", Abort, "too many"),
    Failure(12, "LOGIN and gone", lambda p: p.on("LOGIN").close(), "login", Abort, "EOF"),
    Failure(13, "wrong tag", lambda p: p.on("NOOP").reply("OK", "done", tag="x99"),
            "noop", Abort, "unexpected response: b'x99 OK done'"),
    Failure(17, "LOGINDISABLED", lambda p: p.capabilities.append("LOGINDISABLED"),
            "login", Error, "PRIVACYREQUIRED"),
    Failure(18, "SELECT NO", lambda p: p.on("SELECT").reply("NO", "[NONEXISTENT] no such mailbox"),
            "select", None, ("NO", [b"[NONEXISTENT] no such mailbox"])),
    Failure(18, "READ-ONLY", lambda p: p.on("SELECT").untagged("2 EXISTS").reply("OK",
            "[READ-ONLY] done"),
            "select", ReadOnly, "not writable"),
    Failure(18, "UID 0", lambda p: setattr(p.mailbox[0], "imap_uid", 0),
            "flags", None, ("OK", [b"1 (FLAGS (\\Recent))"])),
    Failure(19, "ENABLE not offered", lambda p: p.capabilities.remove("ENABLE"),
            "enable", Error, "does not support ENABLE"),
    Failure(19, "ENABLE refused", lambda p: p.on("ENABLE").reply("BAD", "no"), "enable", Error,
            "BAD"),
    Failure(19, "ENABLED is empty", lambda p: p.on("ENABLE").untagged("ENABLED").reply("OK",
            "done"),
            "enable", None, ("OK", [b"done"])),
    Failure(21, "literal cut: FIN", lambda p: p.on("FETCH").truncate(after=100),
            "fetch", Abort, "EOF"),
    Failure(22, "literal cut: silence", lambda p: p.on("FETCH").truncate(after=100).stall(),
            "fetch", TimeoutError, ""),
    Failure(23, "literal longer than announced", lambda p: p.on("FETCH").literals(off_by=-10),
            "fetch", Abort, r"unexpected response: b'\)'"),
    Failure(23, "literal longer, and nobody notices",
            lambda p: (setattr(p.mailbox[0], "content", b"\r\nthe end"),
                       p.on("FETCH").literals(off_by=-3)),
            "fetch", None, ("OK", [(b"1 (BODY[] {6}", b"\r\nthe "), b"end)"])),
    Failure(23, "literal shorter than announced", lambda p: p.on("FETCH").literals(off_by=3),
            "fetch", TimeoutError, ""),
    Failure(24, "literal cut: RST", lambda p: p.on("FETCH").truncate(after=100).reset(),
            "fetch", ConnectionResetError, ""),
    Failure(25, "no completion", lambda p: p.on("FETCH").untagged("1 FETCH (FLAGS ())"),
            "flags", TimeoutError, ""),
    Failure(26, "OK and no data", lambda p: p.on("FETCH").reply("OK", "done"),
            "flags", None, ("OK", [None])),
    Failure(27, "EXISTS and EXPUNGE between",
            lambda p: p.on("FETCH").untagged("5 EXISTS", "2 EXPUNGE", "OK [ALERT] full").answer(),
            "flags", None, ("OK", [b"1 (FLAGS (\\Recent))"])),
    Failure(28, "BYE in the middle", lambda p: p.on("FETCH").untagged("BYE shutting down").close(),
            "fetch", Abort, "shutting down"),
    Failure(29, "line over a million bytes",
            lambda p: p.on("FETCH").untagged("1 FETCH (FLAGS (" + "x" * 1_000_000 + "))"),
            "flags", Error, "got more than 1000000 bytes"),
    Failure(30, "size of a literal is none",
            lambda p: p.on("FETCH").untagged("1 FETCH (A {x}").reply("OK", "x"),
            "flags", None, ("OK", [b"1 (A {x}"])),
    Failure(30, "parenthesis open",
            lambda p: p.on("FETCH").untagged("1 FETCH (FLAGS (").reply("OK", "x"),
            "flags", None, ("OK", [b"1 (FLAGS ("])),
    Failure(30, "no number", lambda p: p.on("FETCH").untagged("abc FETCH (UID 1)").reply("OK", "x"),
            "flags", Abort, r"unexpected response: b'\* abc FETCH"),
    Failure(30, "UID is no number", lambda p: p.on("FETCH").untagged("1 FETCH (UID x)").reply("OK",
            "x"),
            "flags", None, ("OK", [b"1 (UID x)"])),
    Failure(31, "no date", lambda p: setattr(p.mailbox[0], "content", b"\r\nHello\r\n"),
            "envelope", None, ("OK", [b"1 (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))"])),
    Failure(31, "invalid date", lambda p: setattr(p.mailbox[0], "content",
        b"Date: yesterday\r\n\r\n"),
            "envelope", None, ("OK",
            [b'1 (ENVELOPE ("yesterday" NIL NIL NIL NIL NIL NIL NIL NIL NIL))'])),
    Failure(31, "empty addresses",
            lambda p: p.on("FETCH").untagged("1 FETCH (ENVELOPE (NIL NIL () NIL NIL))").reply("OK",
                "x"),
            "envelope", None, ("OK", [b"1 (ENVELOPE (NIL NIL () NIL NIL))"])),
    Failure(32, "multipart without boundary",
            lambda p: setattr(p.mailbox[0], "content", b"Content-Type: multipart/mixed\r\n\r\n"),
            "structure", None,
            ("OK", [b'1 (BODYSTRUCTURE (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 '
                    b'NIL NIL NIL NIL) "mixed" NIL NIL NIL NIL))'])),
    Failure(32, "type without subtype",
            lambda p: setattr(p.mailbox[0], "content", b"Content-Type: text\r\n\r\n"),
            "structure", None,
            ("OK", [b'1 (BODYSTRUCTURE ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 '
                    b'NIL NIL NIL NIL))'])),
    Failure(32, "quotes not escaped",
            lambda p: p.on("FETCH").untagged('1 FETCH (BODYSTRUCTURE ("text" "a"b"))').reply("OK",
                "x"),
            "structure", None, ("OK", [b'1 (BODYSTRUCTURE ("text" "a"b"))'])),
    Failure(33, "the same message twice",
            lambda p: p.on("FETCH").untagged("1 FETCH (FLAGS (\\Seen))").answer(),
            "flags", None, ("OK", [b"1 (FLAGS (\\Seen))", b"1 (FLAGS (\\Recent))"])),
    Failure(34, "SEARCH BAD", lambda p: p.on("SEARCH").reply("BAD", "could not parse"),
            "search", Error, "could not parse"),
    Failure(35, "LIST NO", lambda p: p.on("LIST").reply("NO", "later"),
            "list", None, ("NO", [b"later"])),
    Failure(35, "name in a literal",
            lambda p: p.on("LIST").untagged('LIST () "/" {7}\r\nFoo\\Bar').reply("OK", "x"),
            "list", None, ("OK", [(b'() "/" {7}', b"Foo\\Bar"), b""])),
    Failure(35, "name of digits", lambda p: p.on("LIST").untagged('LIST () "/" 2024').reply("OK",
            "x"),
            "list", None, ("OK", [b'() "/" 2024'])),
    Failure(35, "name with quotes", lambda p: p.mailbox.folders.create('a "b" \\c'),
            "list", None, ("OK", [b'(\\HasNoChildren) "/" INBOX',
            b'(\\HasNoChildren) "/" "a \\"b\\" \\\\c"'])),
    Failure(35, "blank lines", lambda p: p.on("LIST").raw(b"\r\n").answer(),
            "list", Abort, "unexpected response: b''"),
    Failure(36, "APPEND refused at once", lambda p: p.on("literal").reply("NO",
            "[TRYCREATE] no such mailbox"),
            "append", None, ("NO", [b"[TRYCREATE] no such mailbox"])),
    Failure(37, "APPEND refused at the end", lambda p: p.on("APPEND").reply("NO",
            "[OVERQUOTA] full"),
            "append", None, ("NO", [b"[OVERQUOTA] full"])),
    Failure(37, "no + for APPEND", lambda p: p.on("literal").ignore(), "append", TimeoutError, ""),
    Failure(37, "OK in the place of +", lambda p: p.on("literal").reply("OK", "done"),
            "append", None, ("OK", [b"done"])),
    Failure(40, "LOGOUT without BYE", lambda p: p.on("LOGOUT").reply("OK", "bye"),
            "logout", None, ("OK", [b"bye"])),
    Failure(40, "LOGOUT and gone", lambda p: p.on("LOGOUT").close(), "logout", Abort, "EOF"),
    Failure(40, "NOOP and gone", lambda p: p.on("NOOP").close(), "noop", Abort, "EOF"),
    Failure(40, "a line break in an error", lambda p: p.on("NOOP").reply("NO", "no\r\n* BYE in"),
            "noop", None, ("NO", [b"no"])),
    Failure(40, "a line break in the root of a quota",
            lambda p: p.on("GETQUOTA").untagged('QUOTA "a\r\n* BYE injected" ()').answer(),
            "quota", Abort, "injected"),
]
# fmt: on


def connected(fake: FakeIMAP, patience: float = 5) -> Client:
    return Client(fake.host, fake.port, timeout=patience)


def left(client: Client) -> None:
    """Leave without a word."""
    with contextlib.suppress(OSError):  # it has left already
        client.shutdown()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda row: f"{row.number} {row.name}")
def test_failure(imap, failure) -> None:
    imap.mailbox.add(PLAIN)
    imap.mailbox.add(messages.leading_dots())
    failure.script(imap)
    reached: list[str] = []
    patience = 0.2 if failure.raises is TimeoutError else 5
    if failure.raises is None:
        assert run(imap, failure.call, patience, reached) == failure.says
    else:
        with pytest.raises(failure.raises, match=failure.says or None) as caught:
            run(imap, failure.call, patience, reached)
        assert type(caught.value) is failure.raises
    assert reached[-1] == failure.call
    imap.settle()


def run(fake: FakeIMAP, call: str, patience: float, reached: list[str]) -> Any:
    """The calls that lead to ``call``, and what it returns; ``reached`` tells how far it came."""
    reached.append("greeting")
    client = connected(fake, patience)
    try:
        for lead in LEADS.get(call, ("login", "select")):
            reached.append(lead)
            CALLS[lead](client)
        reached.append(call)
        return CALLS[call](client)
    finally:
        left(client)
