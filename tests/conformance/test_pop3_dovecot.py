"""The same POP3 conversations, played to FakePOP3 and to Dovecot: statuses and bodies agree.

``AGREED`` are conversations in which they do, ``DIFFERENT`` those in which ours deliberately does
not, each with what decides it. A conversation is what the client sends, line by line, each answered
by a status and perhaps a body.
"""

import base64
import hashlib
import hmac
import importlib.util
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from fakefarm import FakePOP3, messages

_spec = importlib.util.spec_from_file_location("dovecot", Path(__file__).with_name("dovecot.py"))
assert _spec is not None
assert _spec.loader is not None
dovecot = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(dovecot)

MAILS = messages.all()
NUMBERS = {name: number for number, name in enumerate(MAILS, 1)}
LAST = len(MAILS)
LOGIN = ["USER ann", "PASS secret"]
PLAIN = base64.b64encode(b"\0ann\0secret").decode()
GUESS = base64.b64encode(b"\0ann\0guess").decode()


class Agreed(NamedTuple):
    name: str
    lines: list[str]


class Different(NamedTuple):
    name: str
    lines: list[str]
    ours: list[str]
    theirs: list[str]
    because: str


# fmt: off
AGREED = [
    Agreed("login and quit", [*LOGIN, "QUIT"]),
    Agreed("small letters", ["user ann", "pass secret", "stat", "quit"]),
    Agreed("wrong password", ["USER ann", "PASS guess"]),
    Agreed("unknown user", ["USER nobody", "PASS guess"]),
    Agreed("once more, with the name", ["USER ann", "PASS guess", *LOGIN, "STAT"]),
    Agreed("once more, without the name", ["USER ann", "PASS guess", "PASS secret"]),
    Agreed("PASS first", ["PASS secret"]),
    Agreed("two names", ["USER bob", *LOGIN, "STAT"]),
    Agreed("before the login", ["STAT", "LIST"]),
    Agreed("before the login, too", ["RETR 1", "DELE 1"]),
    Agreed("QUIT before the login", ["QUIT"]),
    Agreed("an unknown command", ["XX", "QUIT"]),
    Agreed("login twice", [*LOGIN, "USER ann", "PASS secret", "STAT"]),
    Agreed("AUTH PLAIN", [f"AUTH PLAIN {PLAIN}", "STAT"]),
    Agreed("AUTH PLAIN in two", ["AUTH PLAIN", PLAIN, "STAT"]),
    Agreed("AUTH PLAIN, wrong", [f"AUTH PLAIN {GUESS}", f"AUTH PLAIN {PLAIN}"]),
    Agreed("AUTH LOGIN", ["AUTH LOGIN", "YW5u", "c2VjcmV0", "STAT"]),
    Agreed("AUTH cancelled", ["AUTH PLAIN", "*", "AUTH LOGIN", "YW5u", "*", *LOGIN]),
    Agreed("auth in small letters", [f"auth plain {PLAIN}"]),
    Agreed("NOOP", [*LOGIN, "NOOP"]),
    Agreed("UIDL of one", [*LOGIN, "UIDL 1", "UIDL 2"]),
    Agreed("UIDL of all", [*LOGIN, "UIDL"]),
    Agreed("no such message",
           [*LOGIN, f"LIST {LAST + 1}", f"RETR {LAST + 1}", f"DELE {LAST + 1}", "NOOP"]),
    Agreed("number 0", [*LOGIN, "LIST 0", "RETR 0", "DELE 0", "UIDL 0", "NOOP"]),
    Agreed("no number", [*LOGIN, "LIST x", "RETR x", "DELE -1", "TOP x 1", "TOP 1 x", "NOOP"]),
    Agreed("number missing", [*LOGIN, "RETR", "DELE", "TOP", "TOP 1", "NOOP"]),
    Agreed("unknown behind the login", [*LOGIN, "XX", "", "NOOP"]),
    Agreed("deleted", [*LOGIN, "DELE 2", "DELE 2", "RETR 2", "LIST 2", "UIDL 2", "TOP 2 1"]),
    Agreed("RSET", [*LOGIN, "DELE 2", "RSET", "LIST 2", "UIDL 2"]),
    Agreed("not committed", [*LOGIN, "DELE 1"]),
    Agreed("deleted are not listed", [*LOGIN, "DELE 1", "DELE 3", "UIDL", "RSET", "QUIT"]),
    Agreed("leading zeros", [*LOGIN, "LIST 01", "RETR 01"]),
    Agreed("STLS", ["STLS", *LOGIN]),
]

ABOUT = "RFC 3206 4: [AUTH] is about credentials, and there were none"
DIFFERENT = [
    Different("a command between name and password", ["USER ann", "CAPA", "PASS secret"],
              ["+OK", "+OK", "-ERR"], ["+OK", "+OK", "+OK"], "RFC 1939 7: PASS follows at once"),
    Different("too many arguments", [*LOGIN, "STAT x", "RETR 1 2", "NOOP x"],
              ["+OK", "+OK", "-ERR", "-ERR", "-ERR"], ["+OK", "+OK", "+OK", "-ERR", "+OK"],
              "RFC 1939 3: a command has the arguments that it has"),
    Different("QUIT with an argument", ["QUIT now"], ["-ERR"], ["+OK"], "the same"),
    Different("UTF8", ["UTF8", "QUIT"], ["+OK", "+OK"], ["-ERR", "+OK"], "RFC 6856 2.1: offered"),
    Different("LANG", ["LANG en", "QUIT"], ["+OK", "+OK"], ["-ERR", "+OK"], "RFC 6856 3"),
    Different("AUTH without a mechanism", ["AUTH"], ["-ERR"], ["+OK"], "RFC 5034 4 wants one"),
    Different("XOAUTH2", ["AUTH XOAUTH2"], ["+"], ["-ERR [AUTH]"], "offered"),
    Different("no argument", ["USER", "PASS"], ["-ERR", "-ERR"], ["+OK", "-ERR [AUTH]"],
              "RFC 1939 7: required"),
    Different("AUTH, no base64", ["AUTH PLAIN", "?", "AUTH PLAIN ?"],
              ["+", "-ERR", "-ERR"], ["+", "-ERR [AUTH]", "-ERR [AUTH]"], ABOUT),
    Different("AUTH, malformed", ["AUTH PLAIN YW5u"], ["-ERR"], ["-ERR [AUTH]"], ABOUT),
    Different("AUTH, unknown mechanism", ["AUTH GSSAPI", *LOGIN],
              ["-ERR", "+OK", "+OK"], ["-ERR [AUTH]", "+OK", "+OK"], ABOUT),
    Different("bare LF", [*LOGIN, "NOOP\nNOOP"], ["+OK", "+OK", "-ERR"], ["+OK", "+OK", "+OK"],
              "RFC 1939 3: CRLF ends a command"),
]

# Messages of which the bodies, or the sizes, are not the same, and why.
CONVERTED = "Dovecot sends each bare LF as CRLF; ours sends every byte (RFC 1939 is silent)"
SENT = "RFC 1939 11: the size is that of what is sent, the CRLF behind the last line included"
BODIES = {
    "bare_lf": CONVERTED,
    "mixed_line_ends": CONVERTED,
    "final_lf": CONVERTED,
    "binary": CONVERTED,
    "first_byte_a_dot": "RFC 1939 3: a dot that begins any line is stuffed, that of the first too",
    "empty": "Dovecot sends an empty line for no line at all",
}
SIZES = {**BODIES, "no_final_line_end": SENT}
del SIZES["empty"], SIZES["first_byte_a_dot"]
# fmt: on


class Client:
    """Plays lines; remembers where a body is due."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.sock = socket.create_connection(address, timeout=10)
        self.lines = self.sock.makefile("rb")
        self.greeting = self.lines.readline()
        assert self.greeting.startswith(b"+OK")

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.sock.close()

    def say(self, line: str) -> tuple[str, bytes]:
        """The status, with its code in brackets, and the body."""
        self.sock.sendall(line.encode() + b"\r\n")
        answer = self.lines.readline()
        status = answer.split()[0].decode() if answer.strip() else "(closed)"
        code = re.match(rb"-ERR (\[[A-Z/-]+\])", answer)
        if code:
            status += " " + code[1].decode()
        many = re.match(r"(?i)(RETR|TOP|CAPA)\b|(LIST|UIDL|AUTH|LANG) *$", line)
        return status, self.body() if many and status == "+OK" else self.detail(line, answer)

    def detail(self, line: str, answer: bytes) -> bytes:
        """What must agree of an answer of one line."""
        return answer if re.match(r"UIDL \d", line) and answer.startswith(b"+OK") else b""

    def body(self) -> bytes:
        kept = [b"\r\n", self.lines.readline()]
        while not (kept[-1] == b".\r\n" and kept[-2].endswith(b"\r\n")):
            assert kept[-1]
            kept.append(self.lines.readline())
        return b"".join(kept[1:-1])


def play(address: tuple[str, int], lines: list[str]) -> list[tuple[str, bytes]]:
    with Client(address) as client:
        return [client.say(line) for line in lines]


@pytest.fixture(scope="module")
def theirs():
    reason = dovecot.why_not()
    if reason:
        pytest.skip(reason)
    server = dovecot.Dovecot(MAILS)
    try:
        server.__enter__()
    except dovecot.DoesNotStart as error:
        pytest.skip(str(error))
    yield server
    server.__exit__()


@pytest.fixture(scope="module")
def ours() -> Iterator[FakePOP3]:
    with FakePOP3(users={"ann": "secret"}) as fake:
        for number, content in enumerate(MAILS.values(), 1):
            fake.mailbox.add(content, uid=f"{number:04}.fake.host")
        yield fake


@pytest.mark.parametrize("case", AGREED, ids=lambda case: case.name)
def test_they_agree(ours, theirs, case) -> None:
    assert play(ours.address, case.lines) == play(theirs.address, case.lines)


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: case.name)
def test_the_listed_differences_are_differences(ours, theirs, case) -> None:
    def statuses(address: tuple[str, int]) -> list[str]:
        return [status for status, _ in play(address, case.lines)]

    assert statuses(ours.address) == case.ours, case.because
    assert statuses(theirs.address) == case.theirs
    assert case.ours != case.theirs


@pytest.mark.parametrize("name", MAILS)
def test_bodies_agree(ours, theirs, name) -> None:
    number = NUMBERS[name]
    lines = [*LOGIN, f"RETR {number}", *(f"TOP {number} {n}" for n in (0, 1, 3, 100000))]
    mine, other = play(ours.address, lines), play(theirs.address, lines)
    assert [status for status, _ in mine] == [status for status, _ in other]
    same = [body for _, body in mine] == [body for _, body in other]
    assert same == (name not in BODIES), BODIES.get(name, "")
    if name == "empty":
        assert [body for _, body in mine[2:]] == [b""] * 5
        assert other[2][1] == b"\r\n"
    elif name == "first_byte_a_dot":
        assert [body for _, body in mine[2:]] == [b"." + body for _, body in other[2:]]
    else:  # the rest of the difference is the ends of lines
        assert [crlf(body) for _, body in mine] == [crlf(body) for _, body in other]


def crlf(body: bytes) -> bytes:
    """A body with CRLF for each LF, and without the empty lines at its end."""
    return re.sub(rb"\r?\n", b"\r\n", body).rstrip(b"\r\n")


@pytest.mark.parametrize("name", MAILS)
def test_sizes_agree(ours, theirs, name) -> None:
    def size(address: tuple[str, int]) -> int:
        with Client(address) as client:
            for line in LOGIN:
                client.say(line)
            client.sock.sendall(b"LIST %d\r\n" % NUMBERS[name])
            return int(client.lines.readline().split()[2])

    assert (size(ours.address) == size(theirs.address)) == (name not in SIZES), SIZES.get(name)


def test_apop_and_cram_md5_agree(ours, theirs) -> None:
    for address in (ours.address, theirs.address):
        with Client(address) as client:
            timestamp = client.greeting[client.greeting.index(b"<") :].rstrip()
            digest = hashlib.md5(timestamp + b"secret", usedforsecurity=False).hexdigest()
            assert client.say(f"APOP ann {digest}")[0] == "+OK"
        with Client(address) as client:
            assert client.say("APOP ann " + "0" * 32)[0] == "-ERR [AUTH]"
        with Client(address) as client:
            client.sock.sendall(b"AUTH CRAM-MD5\r\n")
            challenge = base64.b64decode(client.lines.readline().removeprefix(b"+ "))
            digest = hmac.new(b"secret", challenge, "md5").hexdigest()
            assert client.say(base64.b64encode(f"ann {digest}".encode()).decode())[0] == "+OK"


def test_a_locked_mailbox_is_refused_by_both(ours, theirs) -> None:
    """Dovecot waits for the lock, longer than a test should: that it does not let in is seen by
    what it has not said a moment later."""
    with Client(ours.address) as first, Client(ours.address) as second:
        assert [first.say(line)[0] for line in LOGIN] == ["+OK", "+OK"]
        assert [second.say(line)[0] for line in LOGIN] == ["+OK", "-ERR [IN-USE]"]
    with Client(theirs.address) as first, Client(theirs.address) as second:
        assert [first.say(line)[0] for line in LOGIN] == ["+OK", "+OK"]
        second.say(LOGIN[0])
        second.sock.sendall(LOGIN[1].encode() + b"\r\n")
        second.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            second.sock.recv(100)


@pytest.mark.parametrize("end", ["QUIT", None])
def test_deletions_happen_at_quit_alone(theirs, end) -> None:
    """Last, and on a fake of its own: it changes the mailbox."""
    with FakePOP3() as fake:
        for number, content in enumerate(MAILS.values(), 1):
            fake.mailbox.add(content, uid=f"{number:04}.fake.host")
        lists = []
        for address in (fake.address, theirs.address):
            play(address, [*LOGIN, "DELE 2", "DELE 4", *([end] if end else [])])
            lists.append(play(address, [*LOGIN, "UIDL"]))
        theirs.refill()
    assert lists[0] == lists[1]
    assert lists[0][2][1].count(b"\r\n") == (LAST - 2 if end else LAST)
