"""imaplib through every case of IMAP, a client that keeps the contract in all of them, and clients
that break it."""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from fakefarm import EdgeCase, Farm, edge_cases
from fakefarm.contract import standard

CASES = {case.name: case for case in edge_cases("imap")}
# ValueError: that of who uses imaplib, which returns a NO as if it were an answer like others.
FAMILY = (imaplib.IMAP4.error, OSError, ValueError)

# What imaplib gets wrong; the contract is kept in all the others.
BROKEN = {
    # What is told of a message is handed on as it came, without a look at numbers and items, and
    # the message is where its documentation takes it from, data[0][1], only if nothing else is.
    "flags_before_the_message": "failed",
    "message_in_quotes": "failed",
    "message_gone": "crashed",  # TypeError: data is [None]
    "another_message_comes": "lied",
    # What stands behind a literal is not looked at: the end of a message is lost in silence.
    "literal_too_short_in_a_last_line": "lied",
    # Words are known in upper case alone.
    "answer_in_lower_case": "failed",
}
if not hasattr(imaplib, "_SAFE_BUF_SIZE"):
    # MemoryError: as much is reserved as is announced, up to Python 3.10.16, 3.11.11, 3.12.8 and
    # 3.13.1 (python/cpython#119511).
    BROKEN["literal_of_four_exabytes"] = "crashed"

# Where it gets through though it need not.
GETS_THROUGH = {
    "answer_injected_behind_starttls",
    "bye_behind_the_message",
    "challenge_without_end",
    "exists_counts_more_than_there_are",
    "greeting_without_text",
    "list_refused",
    "logout_without_bye",
    "message_told_twice",
    "message_with_a_nul",
    "nothing_told_at_the_selection",
    "plus_before_the_answer",
    "sasl_refused",
    "search_finds_what_is_gone",
    "search_refused",
    "search_tells_a_unique_id",
    "size_too_small",
    "uid_is_zero",
    "uidvalidity_is_zero",
}
# Where nothing tells it that the server has gone silent but its own timeout.
SILENT = {
    "capability_never_completed",
    "greeting_never_comes",
    "literal_announced_too_long",
    "login_never_answered",
    "logout_never_answered",
    "message_never_comes",
    "message_stops_in_the_middle",
    "never_completed",
    "selection_never_answered",
    "starttls_accepted_and_silent",
}
NOT_MET = {"challenge_without_end", "sasl_refused"}  # it says LOGIN


@pytest.mark.parametrize("name", CASES)
def test_imaplib(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard, "PATIENCE", 0.2 if name in SILENT else 5.0)
    case = CASES[name]
    verdict = case.check(fetch=standard.imap_fetch, errors=FAMILY)
    assert verdict.word == BROKEN.get(name, "kept"), str(verdict)
    assert verdict.met == (name not in NOT_MET)
    if case.expect == "either" and verdict.kept:
        assert (verdict.error is None) == (name in GETS_THROUGH), verdict.error


# --- a client that keeps it


class Refused(Exception):
    """The server said no."""


class Careful:
    """Reads whole answers, whatever stands between them, and believes nothing that it did not ask
    for."""

    most = 10**6  # bytes of a line, and of a literal
    wanted = re.compile(
        rb"1 FETCH \((?:.* )?BODY\[\] (?:\{\d+\}\r\n|\"((?:[^\"\\]|\\.)*)\".*)", re.I | re.S
    )

    def __init__(self, target: Any, patience: float) -> None:
        address = target.host, target.port
        self.sock = socket.create_connection(address, timeout=patience)
        self.file = self.sock.makefile("rb")
        self.count = 0

    def wrap(self, target: Any) -> None:
        self.file.close()
        self.sock = Farm().ca.client_context().wrap_socket(self.sock, server_hostname=target.host)
        self.file = self.sock.makefile("rb")

    def close(self) -> None:
        self.file.close()
        self.sock.close()

    def line(self) -> bytes:
        line = self.file.readline(self.most)
        if not line.endswith(b"\r\n"):
            raise Refused(f"no whole line: {line[:80]!r}")
        return line

    def answer(self) -> list[bytes]:
        """One answer: text, and literals between."""
        parts = [self.line()]
        while found := re.search(rb"\{(\d+)\}\r\n\Z", parts[-1]):
            size = int(found[1])
            literal = self.file.read(size) if size <= self.most else b""
            if len(literal) < size:
                raise Refused(f"{len(literal)} bytes of {size}")
            parts += [literal, self.line()]
        return parts

    def ask(self, command: str) -> list[list[bytes]]:
        """What is told, without stars, when the command was completed with OK."""
        self.count += 1
        tag = f"C{self.count}"
        self.sock.sendall(f"{tag} {command}\r\n".encode())
        told = []
        while (parts := self.answer())[0].startswith(b"* "):
            if parts[0].upper().startswith(b"* BYE") and command != "LOGOUT":
                raise Refused(repr(parts[0]))
            told.append([parts[0][2:], *parts[1:]])
        if not parts[0].upper().startswith(f"{tag} OK".encode()):
            raise Refused(repr(parts[0]))
        return told

    def message(self) -> bytes:
        for first, *rest in self.ask("FETCH 1 BODY.PEEK[]"):
            if not (found := self.wanted.fullmatch(first)):
                continue
            if found[1] is not None:
                return re.sub(rb"\\(.)", rb"\1", found[1])
            if rest[1][:1] in (b" ", b")"):
                return rest[0]
        raise Refused("no message 1")


def carefully(target: Any, patience: float = 5.0) -> bytes:
    with contextlib.closing(Careful(target, patience)) as client:
        if target.fake.tls == "implicit":
            client.wrap(target)
        greeting = client.answer()[0].upper()
        if not greeting.startswith((b"* OK", b"* PREAUTH")):
            raise Refused(repr(greeting))
        if target.fake.tls == "starttls":
            client.ask("STARTTLS")
            client.wrap(target)
        if greeting.startswith(b"* OK"):
            client.ask(f"LOGIN {target.user} {target.password}")
        client.ask("SELECT INBOX")
        message = client.message()
        with contextlib.suppress(OSError, Refused):
            client.ask("LOGOUT")
    return message


@pytest.mark.parametrize("name", CASES)
def test_a_careful_client(name: str) -> None:
    patience = 0.2 if name in SILENT else 5.0
    verdict = CASES[name].check(
        fetch=lambda target: carefully(target, patience), errors=(Refused, OSError)
    )
    assert verdict.kept, str(verdict)


# --- what imaplib does where more is asked


def fetch(target: Any, *before: str) -> bytes:
    """FETCH of all that SEARCH finds, behind what is asked before it."""
    with connected(target) as client:
        for command in before:
            getattr(client, command)()
        client.select("INBOX")
        status, found = client.search(None, "ALL")
        if status != "OK":
            raise Refused(f"{status} {found!r}")
        numbers = b",".join(found[0].split()).decode()
        return client.fetch(numbers, "(BODY.PEEK[])")[1][0][1]


@contextlib.contextmanager
def connected(target: Any, patience: float | None = 0.5) -> Iterator[imaplib.IMAP4]:
    """imaplib, logged in."""
    client = imaplib.IMAP4(target.host, target.port, timeout=patience)
    try:
        client.login(target.user, target.password)
        yield client
    finally:
        with contextlib.suppress(OSError):
            client.shutdown()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("list_with_a_name_in_a_literal", None),
        ("list_refused", None),
        ("search_refused", "LIMIT"),
        ("search_finds_what_is_gone", "no such message|BAD"),
        ("search_tells_a_unique_id", "no such message|BAD"),
    ],
)
def test_a_client_that_looks_for_its_message(name: str, says: str | None) -> None:
    verdict = CASES[name].check(
        fetch=lambda target: fetch(target, "list"), errors=(Refused, *FAMILY)
    )
    assert verdict.kept
    assert verdict.met
    if says is None:
        assert verdict.error is None
    else:
        assert re.search(says, str(verdict.error))


# --- clients that break it


def hasty(target: Any) -> bytes:
    """imaplib without a look at what it says, and without a goodbye."""
    with connected(target) as client:
        client.select("INBOX")
        return b"" + client.fetch("1", "(RFC822)")[1][0][1]


def patient(target: Any) -> bytes:
    """Has no timeout."""
    with connected(target, None) as client:
        client.select("INBOX")
        return client.fetch("1", "(RFC822)")[1][0][1]


def obliging(target: Any) -> bytes:
    """Answers every challenge."""
    client = imaplib.IMAP4(target.host, target.port, timeout=5)
    try:
        client.authenticate("PLAIN", lambda challenge: b"\0ann\0secret")
        return b""
    finally:
        client.shutdown()


@contextlib.contextmanager
def said(target: Any) -> Iterator[tuple[Any, list[bytes]]]:
    """What comes behind the first line of the answer to a FETCH, and that line in words."""
    address = target.host, target.port
    with socket.create_connection(address, timeout=0.5) as sock, sock.makefile("rb") as answers:
        for line in (b"a LOGIN ann x", b"b SELECT INBOX", b"A1 FETCH 1 BODY.PEEK[]"):
            sock.sendall(line + b"\r\n")
            last = line.split()[0] + b" OK"
            while line[:2] != b"A1" and last not in (heard := answers.readline()):
                assert heard, "the server has gone"
        yield answers, answers.readline().split()


def to_what_looks_like_the_end(target: Any) -> bytes:
    """Looks for its tag in what comes, and not at the size."""
    lines = []
    with said(target) as (answers, _):
        while (line := answers.readline()) and not line.startswith(b"A1 OK"):
            lines.append(line)
    return b"".join(lines[:-1])  # without the parenthesis


def what_has_come(target: Any) -> bytes:
    """Reads once and not until it has as much as was announced."""
    with said(target) as (answers, words):
        size = int(words[-1].strip(b"{}"))
        return answers.read1(size)[:size]


def by_size(target: Any) -> bytes:
    """Takes RFC822.SIZE for the length of the message."""
    with said(target) as (answers, words):
        size = words[words.index(b"(RFC822.SIZE") + 1]
        return answers.read(int(size))


def careless(target: Any) -> bytes:
    """Takes TLS where it gets it, trusts anybody, and logs in in any case."""
    client = imaplib.IMAP4(target.host, target.port, timeout=5)
    try:
        with contextlib.suppress(imaplib.IMAP4.error):
            client.starttls(ssl._create_unverified_context())
        with contextlib.suppress(imaplib.IMAP4.error):
            client.login(target.user, target.password)
        client.select("INBOX")
        return client.fetch("1", "(RFC822)")[1][0][1]
    finally:
        with contextlib.suppress(OSError):
            client.shutdown()


def content(target: Any) -> bytes | None:
    """Says that there is nothing, whatever went wrong: which is no lie."""
    with contextlib.suppress(*FAMILY):
        return hasty(target)
    return None


VERDICTS = [
    ("message_cut", hasty, "kept"),
    ("message_cut", content, "kept"),
    ("message_in_quotes", hasty, "crashed"),
    ("half_a_message_and_no", hasty, "crashed"),
    ("another_message_comes", hasty, "lied"),
    ("message_never_comes", patient, "hung"),
    ("login_never_answered", patient, "hung"),
    ("challenge_without_end", obliging, "hung"),
    ("message_that_looks_like_answers", to_what_looks_like_the_end, "lied"),
    ("message_cut", to_what_looks_like_the_end, "lied"),
    ("message_in_pieces", what_has_come, "lied"),
    ("message_cut", what_has_come, "lied"),
    ("literal_announced_too_short", what_has_come, "lied"),
    ("size_too_small", by_size, "lied"),
    ("starttls_stripped", careless, "leaked"),
    ("starttls_refused", careless, "leaked"),
    ("certificate_expired", careless, "succeeded"),
    ("preauth_before_starttls", careless, "kept"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Any, word: str) -> None:
    case: EdgeCase = CASES[name]
    deadline = 0.3 if word == "hung" else 5
    verdict = case.check(fetch=client, errors=FAMILY, deadline=deadline)
    assert verdict.word == word, str(verdict)
