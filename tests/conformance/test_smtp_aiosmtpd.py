"""The same SMTP conversations, played to FakeSMTP and to aiosmtpd: the reply codes agree.

``AGREED`` are conversations in which they do, ``DIFFERENT`` those in which ours deliberately does
not, each with what decides it. A conversation is what the client sends, piece by piece, each piece
answered with one reply, after an EHLO unless it begins with a hello of its own.
"""

import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller

from fakefarm import FakeSMTP

LIMIT = 3000  # bytes of a message, on both sides
MAIL, RCPT = "MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>"
OPEN = [MAIL, RCPT]
PLAIN = "AUTH PLAIN AGFubgBzZWNyZXQ="  # ann, secret


class Agreed(NamedTuple):
    name: str
    pieces: list[str]


class Different(NamedTuple):
    name: str
    pieces: list[str]
    ours: list[int]
    theirs: list[int]
    because: str


# fmt: off
AGREED = [
    Agreed("a message", [*OPEN, "DATA", "Subject: a\r\n\r\nb\r\n.", "QUIT"]),
    Agreed("two messages", [*OPEN, "DATA", "a\r\n.", *OPEN, "DATA", "b\r\n."]),
    Agreed("an empty message", [*OPEN, "DATA", "."]),
    Agreed("stuffed dots", [*OPEN, "DATA", "..\r\n..a\r\n.b\r\n."]),
    Agreed("no end: LF . LF", [*OPEN, "DATA", "a\n.\nQUIT\r\n."]),
    Agreed("no end: LF . CRLF", [*OPEN, "DATA", "a\n.\r\nQUIT\r\n."]),
    Agreed("no end: CRLF . LF", [*OPEN, "DATA", "a\r\n.\nQUIT\r\n."]),
    Agreed("no end: CR . CR", [*OPEN, "DATA", "a\r.\rQUIT\r\n."]),
    Agreed("no end: CRLF . CR", [*OPEN, "DATA", "a\r\n.\rQUIT\r\n."]),
    Agreed("no end: NUL", [*OPEN, "DATA", "a\r\n\0.\r\nQUIT\r\n."]),
    Agreed("HELO", ["HELO client.example", *OPEN, "DATA", "a\r\n."]),
    Agreed("EHLO twice", ["EHLO a", MAIL, "EHLO b", RCPT, MAIL]),
    Agreed("hello without a name", ["EHLO", "HELO"]),
    Agreed("before hello", ["HELO", MAIL, RCPT, "DATA", "NOOP", "RSET"]),
    Agreed("RCPT before MAIL", [RCPT]),
    Agreed("DATA before MAIL", ["DATA"]),
    Agreed("DATA before RCPT", [MAIL, "DATA"]),
    Agreed("nested MAIL", [MAIL, MAIL, RCPT, MAIL]),
    Agreed("RSET", [*OPEN, "RSET", "DATA", MAIL]),
    Agreed("RSET with an argument", ["RSET x"]),
    Agreed("DATA with an argument", [*OPEN, "DATA x"]),
    Agreed("QUIT with an argument", ["QUIT x", "NOOP", "QUIT"]),
    Agreed("NOOP", ["NOOP", "NOOP x"]),
    Agreed("VRFY", ["VRFY bob@example.com", "VRFY"]),
    Agreed("case", ["noop", "mail from:<ann@example.com>", "RCPT to:<bob@example.com>"]),
    Agreed("an unknown command", ["FOO", "FOO bar"]),
    Agreed("an empty line", ["", "NOOP"]),
    Agreed("a line too long", ["NOOP " + "x" * 600, "x" * 5000, "NOOP"]),
    Agreed("MAIL without an argument", ["MAIL", "MAIL FROM", "MAIL FROM:", "MAIL TO:<a@b.c>"]),
    Agreed("RCPT without an argument", [MAIL, "RCPT", "RCPT TO", "RCPT TO:", "RCPT FROM:<a@b.c>"]),
    Agreed("the null sender", ["MAIL FROM:<>"]),
    Agreed("a quoted local part", ['MAIL FROM:<"a b"@example.com>', 'RCPT TO:<"a>b"@example.com>']),
    Agreed("a source route", [MAIL, "RCPT TO:<@a.example,@b.example:bob@example.com>"]),
    Agreed("an address literal", ["MAIL FROM:<ann@[127.0.0.1]>"]),
    Agreed("postmaster", [MAIL, "RCPT TO:<Postmaster>"]),
    Agreed("a bare CR", ["NOOP\rNOOP", "NOOP"]),
    Agreed("a domain that is none", ["MAIL FROM:<ann@>", MAIL, "RCPT TO:<bob@>"]),
    Agreed(
        "SIZE",
        [f"{MAIL} SIZE={LIMIT}", "RSET", f"{MAIL} SIZE={LIMIT + 1}"],
    ),
    Agreed("SIZE that is none", [MAIL + " SIZE=x", MAIL + " SIZE=-1", MAIL + " SIZE="]),
    Agreed(
        "too big", [*OPEN, "DATA", ("x" * 900 + "\r\n") * 4 + ".", *OPEN, "DATA", "."]
    ),
    Agreed(
        "BODY", [MAIL + " BODY=8BITMIME", "RSET", MAIL + " BODY=7BIT", "RSET", MAIL + " BODY=x"]
    ),
    Agreed(
        "SMTPUTF8",
        ["MAIL FROM:<jos\u00e9@example.com> SMTPUTF8", "RCPT TO:<jos\u00e9@example.com>"],
    ),
    Agreed("SMTPUTF8 with a value", [MAIL + " SMTPUTF8=1"]),
    Agreed("unknown parameters", [MAIL + " FOO=BAR", MAIL + " FOO", MAIL, RCPT + " FOO=BAR"]),
    Agreed("malformed parameters", [MAIL + " =BAR", MAIL + " FOO=", MAIL + " F*O=1"]),
    Agreed("AUTH PLAIN", [PLAIN, PLAIN, MAIL]),
    Agreed("AUTH PLAIN, asked", ["AUTH PLAIN", "AGFubgBzZWNyZXQ="]),
    Agreed("AUTH LOGIN", ["AUTH LOGIN", "YW5u", "c2VjcmV0"]),
    Agreed("AUTH LOGIN, initial response", ["AUTH LOGIN YW5u", "c2VjcmV0"]),
    Agreed("AUTH, wrong", ["AUTH PLAIN AGFubgB4", "AUTH LOGIN", "YW5u", "eA==", PLAIN]),
    Agreed("AUTH, cancelled", ["AUTH PLAIN", "*", "AUTH LOGIN", "YW5u", "*", PLAIN]),
    Agreed("AUTH, no base64", ["AUTH PLAIN", "?", "AUTH PLAIN ?", "AUTH LOGIN", "?"]),
    Agreed("AUTH, malformed", ["AUTH PLAIN YW5u", "AUTH"]),
    Agreed("AUTH, unknown mechanism", ["AUTH GSSAPI"]),
    Agreed("AUTH before hello", ["HELO", PLAIN]),
]
# fmt: on

DIFFERENT = [
    Different("EXPN", ["EXPN list"], [252], [502], "RFC 5321 3.5.3: 252, as for VRFY"),
    Different("HELP", ["HELP"], [214], [250], "RFC 5321 4.3.2: 211 or 214"),
    Different("HELP FOO", ["HELP FOO"], [214], [501], "RFC 5321 4.1.1.8: any string"),
    Different("space after the colon", ["MAIL FROM: <a@b.c>"], [501], [250], "RFC 5321 3.3"),
    Different("no brackets", ["MAIL FROM:a@b.c"], [501], [250], "RFC 5321 4.1.2"),
    Different("no domain", ["MAIL FROM:<ann>"], [553], [250], "RFC 5321 4.1.2: but for Postmaster"),
    Different(
        "postmaster sends", ["MAIL FROM:<postmaster>"], [553], [250], "RFC 5321 4.1.1.3: in RCPT"
    ),
    Different("null recipient", [MAIL, "RCPT TO:<>"], [250, 553], [250, 250], "RFC 5321 4.1.1.3"),
    Different("literal", ["MAIL FROM:<a@[256.0.0.1]>"], [553], [250], "RFC 5321 4.1.3"),
    Different("two dots", ["MAIL FROM:<a..b@c.d>"], [553], [250], "RFC 5321 4.1.2: Dot-string"),
    Different("bracket missing", ["MAIL FROM:<a@b.c"], [501], [250], "RFC 5321 4.1.2"),
    Different(
        "text behind", ["MAIL FROM:<a@b.c>x"], [501], [555], "RFC 5321 4.1.1.2: a space first"
    ),
    Different("UTF-8 unasked", ["MAIL FROM:<jos\u00e9@b.c>"], [553], [250], "RFC 6531 3.5"),
    Different(
        "UTF-8 elsewhere", ["NOOP jos\u00e9"], [500], [250], "RFC 6531 3.3: in addresses alone"
    ),
    Different("bare LF", ["NOOP\nNOOP"], [500], [250], "RFC 5321 2.3.8: it ends no line"),
    Different("NUL", ["NOOP \0"], [500], [250], "RFC 5321 4.1.2: String has no controls"),
    Different("HELO with two words", ["HELO a b"], [501], [250], "RFC 5321 4.1.1.1"),
    Different(
        "parameter twice", [MAIL + " SIZE=1 SIZE=2"], [501], [250], "RFC 3461 4: once at most"
    ),
    Different("DSN", [MAIL + " RET=FULL"], [250], [555], "RFC 3461: offered"),
    Different("DSN of RCPT", [MAIL, RCPT + " NOTIFY=NEVER"], [250, 250], [250, 555], "RFC 3461"),
    Different("AUTH=", [MAIL + " AUTH=<>"], [250], [555], "RFC 4954 5"),
    Different("AUTH after MAIL", [MAIL, PLAIN], [250, 503], [250, 235], "RFC 4954 4"),
    Different(
        "HELO, AUTH", ["HELO a", PLAIN], [250, 503], [250, 500], "RFC 4954 3: known, not offered"
    ),
    Different(
        "HELO, SIZE", ["HELO a", MAIL + " SIZE=1"], [250, 555], [250, 501], "RFC 5321 4.1.1.11"
    ),
    Different(
        "auth in small letters", ["AUTH plain"], [334], [504], "RFC 4422 3.1: case means nothing"
    ),
    Different("AUTH CRAM-MD5", ["AUTH CRAM-MD5"], [334], [504], "RFC 2195: offered"),
    Different(
        "STARTTLS", ["STARTTLS"], [502], [454], "RFC 3207 4: 454 is of a server that offers it"
    ),
    Different("SEND", ["SEND FROM:<a@b.c>"], [502], [500], "RFC 5321 4.2.4: 502 for a known verb"),
    Different(
        "BDAT", [*OPEN, "BDAT 0 LAST"], [250, 250, 250], [250, 250, 500], "RFC 3030: offered"
    ),
    Different(
        "a long line of text",
        [*OPEN, "DATA", "x" * 1100 + "\r\n."],
        [250, 250, 354, 250],
        [250, 250, 354, 500],
        "RFC 5321 4.5.3: what exceeds a limit may be taken",
    ),
]


class Reference(Controller):
    """aiosmtpd on a free port."""

    server: Any

    def _trigger_server(self) -> None:  # it connects to `port`, which must not be 0
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Collect:
    """A handler that decides nothing and keeps what comes."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        self.kept.append((sender, envelope.rcpt_tos, envelope.content))
        return "250 OK"


class Policy(Collect):
    """A handler that decides as handlers do."""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        if hostname == "spam.example":
            return ["554 go away"]
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address == "quota@example.com":
            raise RuntimeError("over quota")
        if address.endswith("spam.example"):
            return "550 no"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not address.endswith("@example.com"):
            return "550 not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"virus" in envelope.content:
            return "554 no"
        return await super().handle_DATA(server, session, envelope)

    async def handle_exception(self, error):
        return f"451 {error}"


POLICIES = [
    Agreed("refused hello", ["EHLO spam.example", MAIL, "EHLO a", MAIL]),
    Agreed("refused sender", ["MAIL FROM:<a@spam.example>", RCPT, *OPEN]),
    Agreed(
        "refused recipient", [MAIL, "RCPT TO:<a@other.example>", "DATA", RCPT, "DATA", "a\r\n."]
    ),
    Agreed("refused content", [*OPEN, "DATA", "virus\r\n.", *OPEN, "DATA", "none\r\n."]),
    Agreed("an exception", ["MAIL FROM:<quota@example.com>", *OPEN, "DATA", "a\r\n."]),
    Agreed("hello by HELO", ["HELO a", *OPEN, "DATA", "a\r\n."]),
]


def play(address: tuple[str, int], pieces: list[str]) -> list[int]:
    """Send each piece with a CRLF behind it; the code of the reply to each."""
    with socket.create_connection(address, timeout=5) as sock, sock.makefile("rb") as lines:

        def code() -> int:
            line = lines.readline()
            while line[3:4] == b"-":
                line = lines.readline()
            return int(line[:3])

        def say(piece: str) -> int:
            sock.sendall(piece.encode() + b"\r\n")
            return code()

        assert code() == 220
        if not pieces[0].startswith(("EHLO", "HELO")):
            assert say("EHLO client.example") == 250
        return [say(piece) for piece in pieces]


def reference_with(handler: Collect) -> Reference:
    """aiosmtpd as the fake is by default, so far as it can be."""
    return Reference(
        handler,
        hostname="127.0.0.1",
        port=0,
        server_hostname="localhost",
        enable_SMTPUTF8=True,
        data_size_limit=LIMIT,
        auth_require_tls=False,
        auth_callback=lambda mechanism, login, password: (login, password) == (b"ann", b"secret"),
    )


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    controller = reference_with(Collect())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture(scope="module")
def ours() -> Iterator[FakeSMTP]:
    with FakeSMTP(users={"ann": "secret"}, max_message_size=LIMIT) as fake:
        yield fake


@pytest.mark.parametrize("case", AGREED, ids=lambda case: case.name)
def test_they_agree(ours, reference, case) -> None:
    stored, kept = len(ours.outbox), len(reference.handler.kept)
    theirs = play((reference.hostname, reference.port), case.pieces)
    assert play(ours.address, case.pieces) == theirs
    # What they keep of it agrees, too.
    assert [(m.sender, m.recipients, m.content) for m in ours.outbox[stored:]] == (
        reference.handler.kept[kept:]
    )


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: case.name)
def test_the_listed_differences_are_differences(ours, reference, case) -> None:
    assert play(ours.address, case.pieces) == case.ours, case.because
    assert play((reference.hostname, reference.port), case.pieces) == case.theirs
    assert case.ours != case.theirs


@pytest.mark.parametrize("case", [*AGREED, *POLICIES], ids=lambda case: case.name)
def test_they_agree_with_the_same_handler(case) -> None:
    """Where a handler decides, both ask it the same."""
    users = {"ann": "secret"}
    theirs, mine = Policy(), Policy()
    with FakeSMTP(handler=mine, users=users, max_message_size=LIMIT) as fake:
        answered = play(fake.address, case.pieces)
        outbox = [(m.sender, m.recipients, m.content) for m in fake.outbox]
    controller = reference_with(theirs)
    controller.start()
    try:
        assert play((controller.hostname, controller.port), case.pieces) == answered
    finally:
        controller.stop()
    assert mine.kept == theirs.kept == outbox
