"""Whatever a client sends costs the fake nothing, and whatever is stored comes back whole."""

import imaplib
import re
import socket
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from imap_values import fetched

from fakefarm import FakeIMAP, Mailbox
from fakefarm.imap import fetch, search
from fakefarm.imap.parser import Literal, parse
from fakefarm.imap.values import Malformed

QUICK = settings(max_examples=60, deadline=None)

# fmt: off
ARGUMENTS = [
    "", "1", "*", "1:*", "0", "9", "x", "()", "(", ")", '"', '"a', "{", "{1", "{3}", "{3+}", "NIL",
    "FLAGS", "(FLAGS UID)", "BODY[]", "BODY[1.1]<0.5>", "BODY[HEADER.FIELDS (TO)]", "ALL",
    "BODYSTRUCTURE", "+FLAGS (\\Seen x)", "-FLAGS \\Deleted", "FLAGS.SILENT ()", "INBOX",
    "(UNCHANGEDSINCE 1)", "(CHANGEDSINCE 1)", "SEEN", "NOT SEEN", "OR 1 2", "SUBJECT x",
    "CHARSET UTF-8", "MODSEQ 1", "SINCE 1-Jan-2026", "UID 1", '"" *', '"" %', "Work", "Work/x",
    "&AOk-", "&", "(MESSAGES UNSEEN)", "CONDSTORE", "(CONDSTORE)", "(STORAGE 5)", "x" * 200,
]
VERBS = [
    "CAPABILITY", "NOOP", "LOGOUT", "ID", "LOGIN", "ENABLE", "SELECT", "EXAMINE", "CREATE",
    "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB", "STATUS", "APPEND",
    "NAMESPACE", "MOVE",
    "GETQUOTA", "GETQUOTAROOT", "SETQUOTA", "CHECK", "CLOSE", "UNSELECT", "EXPUNGE", "SEARCH",
    "FETCH", "STORE", "COPY", "UID EXPUNGE", "UID SEARCH", "UID FETCH", "UID STORE", "UID COPY",
    "UID MOVE", "UID", "XX",
]
OTHERS = [
    b"IDLE", b"AUTHENTICATE PLAIN", b"AUTHENTICATE LOGIN", b"AUTHENTICATE XOAUTH2 YQ==",
    b"STARTTLS", b"DONE", b"*", b"AGEAYg==", b"", b" ", b"\0", b"APPEND INBOX {3+}\r\nabc",
    b"SELECT {5}\r\nINBOX",
    b"SELECT {99999999999999+}", b"SEARCH TEXT {2+}\r\n\xff\xff",
]
# fmt: on
WORDS = st.lists(st.sampled_from(ARGUMENTS), max_size=3).map(" ".join)
COMMANDS = st.tuples(st.sampled_from(VERBS), WORDS).map(" ".join).map(str.rstrip).map(str.encode)
ANYTHING = COMMANDS | st.sampled_from(OTHERS) | st.binary(max_size=40)
INSIDE = [b"LOGIN a b", b"SELECT INBOX"]
PIECES = st.integers(min_value=1, max_value=60)
MULTIPART = b"Content-Type: multipart/mixed; boundary=x"
ODD = [b"\r", b"\n", b"\r\n", b"a: b", b"\0", b"--x", MULTIPART]
CONTENT = st.binary(max_size=300) | st.lists(st.sampled_from(ODD), max_size=30).map(b"".join)


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeIMAP]:
    """One fake for all examples; its transcript is kept small."""
    with FakeIMAP(transcript_limit=2**20) as fake:
        yield fake


def converse(fake: FakeIMAP, data: bytes, size: int | None = None) -> bytes:
    """Send ``data``, in pieces of ``size``, then FIN; all that was answered."""
    with socket.create_connection(fake.address, timeout=10) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(data), size or max(1, len(data))):
            sock.sendall(data[at : at + (size or len(data))])
        sock.shutdown(socket.SHUT_WR)
        answered = b""
        while piece := sock.recv(65536):
            answered += piece
        return answered


def tagged(commands: list[bytes], end: bytes = b"\r\n") -> bytes:
    """Commands, each with a tag of its own."""
    return b"".join(b"t%d %s%s" % (n, command, end) for n, command in enumerate(commands))


def well(fake: FakeIMAP) -> None:
    """The next client is served, and nothing went wrong in a thread."""
    fake.mailbox = Mailbox(b"one\r\n")
    answered = converse(fake, tagged([*INSIDE, b"FETCH 1 BODY[]", b"LOGOUT"]))
    assert b"* 1 FETCH (BODY[] {5}\r\none\r\n FLAGS (\\Seen \\Recent))\r\nt2 OK " in answered
    assert answered.endswith(b"t3 OK LOGOUT completed\r\n")
    assert fake.errors == []
    fake.steps.clear()
    fake.connections.clear()


# --- the conversation


@QUICK
@given(garbage=st.binary(max_size=2000))
def test_garbage(shared, garbage) -> None:
    converse(shared, garbage)
    well(shared)


@QUICK
@given(
    commands=st.lists(ANYTHING, max_size=20),
    inside=st.booleans(),
    end=st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n"]),
    size=PIECES,
)
def test_commands_in_any_order(shared, commands, inside, end, size) -> None:
    shared.mailbox = Mailbox(b"one\r\n", b"\r\n.\r\n")
    start = tagged(INSIDE) if inside else b""
    answered = converse(shared, start + tagged(commands, end), size)
    assert answered.startswith(b"* OK ")
    assert answered.endswith(b"\r\n")
    well(shared)


@settings(max_examples=200, deadline=None)
@given(commands=st.lists(COMMANDS, max_size=12), inside=st.booleans())
@example(commands=[b"FETCH 1 BODY[", b"SEARCH ()", b"STORE 1"], inside=True)
def test_every_command_is_completed_once(shared, commands, inside) -> None:
    """Whatever its arguments are, where no literal waits and nobody has said LOGOUT."""
    shared.mailbox = Mailbox(b"one\r\n", b"two\r\n")
    commands = [command for command in commands if not re.search(rb"\{\d+\+?\}\Z", command)]
    commands = [*(INSIDE if inside else []), *commands]
    answered = converse(shared, tagged(commands))
    ends = [n for n, command in enumerate(commands) if command == b"LOGOUT"]
    expected = range(ends[0] + 1 if ends else len(commands))
    completions = re.findall(rb"^t(\d+) (?:OK|NO|BAD) [^\r\n]+\r\n", answered, re.MULTILINE)
    assert [int(number) for number in completions] == list(expected)
    assert shared.errors == []


@QUICK
@given(texts=st.lists(st.binary(max_size=30), min_size=1, max_size=4), plus=st.booleans())
def test_literals_carry_anything(shared, texts, plus) -> None:
    """A name of a mailbox in a literal: it is made, or refused, and the next command is read."""
    shared.mailbox = Mailbox()
    said = b"t0 LOGIN a b\r\n"
    for text in texts:
        said += b"t1 CREATE {%d%s}\r\n%s\r\n" % (len(text), b"+" if plus else b"", text)
    answered = converse(shared, said + b"t2 NOOP\r\n")
    assert len(re.findall(rb"^t1 (?:OK|NO|BAD) ", answered, re.MULTILINE)) == len(texts)
    assert answered.endswith(b"t2 OK NOOP completed\r\n")


# --- what is stored


@QUICK
@given(content=CONTENT, size=st.sampled_from([None, 1, 3]))
def test_what_is_stored_comes_back_byte_for_byte(shared, content, size) -> None:
    shared.mailbox = Mailbox(content)
    said = tagged([*INSIDE, b"FETCH 1 (BODY.PEEK[] BODY[HEADER] BODY[TEXT] RFC822.SIZE)"])
    line = converse(shared, said, size).partition(b"SELECT completed\r\n")[2]
    _, items = fetched(line.removesuffix(b"t2 OK FETCH completed\r\n"))
    assert items["BODY[]"] == items["BODY[HEADER]"] + items["BODY[TEXT]"] == content
    assert items["RFC822.SIZE"] == len(content)


@QUICK
@given(content=CONTENT)
def test_envelope_and_structure_of_anything_are_well_formed(shared, content) -> None:
    shared.mailbox = Mailbox(content)
    said = tagged([*INSIDE, b"FETCH 1 (ENVELOPE BODY BODYSTRUCTURE)"])
    line = converse(shared, said).partition(b"SELECT completed\r\n")[2]
    _, items = fetched(line.removesuffix(b"t2 OK FETCH completed\r\n"))
    assert len(items["ENVELOPE"]) == 10
    assert items["BODY"]
    assert items["BODYSTRUCTURE"]


@QUICK
@given(content=CONTENT)
def test_imaplib_stays_in_step(shared, content) -> None:
    shared.mailbox = Mailbox()
    with imaplib.IMAP4(shared.host, shared.port, timeout=10) as client:
        client.login("a", "b")
        assert client.append("INBOX", None, None, content)[0] == "OK"
        client.select("INBOX")
        stored = shared.mailbox[0].content
        assert stored == imaplib.MapCRLF.sub(b"\r\n", content)
        assert client.fetch("1", "(BODY[])")[1][0][1] == stored
        assert client.noop() == ("OK", [b"NOOP completed"])


# --- what parses arguments, without a connection

TEXTS = st.binary(max_size=60) | st.lists(
    st.sampled_from([word.encode() for word in [*ARGUMENTS, *search.KEYS]]), max_size=8
).map(b" ".join)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_arguments_are_parsed_or_malformed(texts) -> None:
    """Nothing else is raised, and what is said of it fits into a line."""
    chunks = [Literal(text) if n % 2 else text for n, text in enumerate(texts)]
    errors: list[Exception] = []
    try:
        tokens = parse(chunks)
    except Malformed as error:
        errors, tokens = [error], []
    for token in tokens:
        try:
            assert fetch.parse_items(token)
        except Malformed as error:
            errors.append(error)
    try:
        assert search.parse(tokens).key
    except (Malformed, search.BadCharset) as error:
        errors.append(error)
    assert all(str(error).isprintable() for error in errors)


# --- bounds


@pytest.mark.parametrize(
    "opening",
    [
        b"",
        b"a ",
        b"a LOGIN ",
        b"a LOGIN {99999999+}\r\n",
        b"a APPEND INBOX {99999999+}\r\n",
        b"a AUTHENTICATE PLAIN\r\n",
        b"a LOGIN a b\r\na SELECT INBOX\r\na IDLE\r\n",
    ],
    ids=["line", "tag", "argument", "literal", "message", "response", "idle"],
)
@pytest.mark.parametrize("filler", [b"x", b"\n", b"(", b'"'], ids=repr)
def test_megabytes_without_an_end_are_not_kept(shared, opening, filler) -> None:
    piece = filler * 2**16
    with socket.create_connection(shared.address, timeout=10) as sock:
        sock.sendall(opening + piece)
        shared.wait_until(lambda: shared.connections)
        tracemalloc.start()
        for _ in range(32):
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    # What is kept: the transcript, up to its limit, and a buffer.
    assert peak < 2**20 + 2**19
    well(shared)


@pytest.mark.parametrize(
    "command",
    [
        b"SEARCH " + b"(" * 30_000,
        b"SEARCH " + b"NOT " * 15_000 + b"SEEN",
        b"SEARCH " + b"OR SEEN " * 8_000 + b"SEEN",
        b"SEARCH " + b"1:*," * 15_000 + b"1",
        b"FETCH " + b"1," * 30_000 + b"1 FLAGS",
        b"FETCH 1 (" + b"BODY[" * 10_000,
        b"FETCH 1 (" + b"BODYSTRUCTURE " * 4_000 + b"FLAGS)",
        b"FETCH 1 BODY[" + b"1." * 30_000 + b"1]",
        b"STORE 1 +FLAGS (" + b"\\Seen " * 10_000 + b"x)",
        b'LIST "" ' + b"*%" * 30_000,
        b'LIST "" ' + b"*a" * 30_000,
        b"CREATE " + b"a/" * 30_000 + b"a",
        b"ID (" + b'"a" "b" ' * 7_000 + b'"a" "b")',
    ],
    ids=lambda command: command[:12].decode(),
)
def test_no_command_takes_long(shared, command) -> None:
    shared.mailbox = Mailbox(*[b"Subject: x\r\n\r\nx\r\n"] * 20)
    with socket.create_connection(shared.address, timeout=3) as sock, sock.makefile("rb") as lines:
        sock.sendall(tagged([*INSIDE, command]))
        completed = [line for line in iter(lines.readline, b"") if until(line, b"t2 ", sock)]
    assert re.fullmatch(rb"t2 (OK|NO|BAD) .*\r\n", completed[0])
    well(shared)


def until(line: bytes, tag: bytes, sock: socket.socket) -> bool:
    """Whether it is the line that is waited for; we leave then."""
    if line.startswith(tag):
        sock.shutdown(socket.SHUT_WR)
    return line.startswith(tag)


def test_half_a_command_and_gone(shared) -> None:
    shared.mailbox = Mailbox(b"one")
    for said in (
        b"a LOG",
        b"a LOGIN {5}\r\nab",
        b"a APPEND INBOX {10+}\r\nabc",
        b"a AUTHENTICATE PLAIN\r\nAG",
        tagged(INSIDE) + b"a IDLE\r\n",
        tagged(INSIDE) + b"a IDLE\r\nDO",
        tagged(INSIDE) + b"a APPEND INBOX {10}\r\nabc",
        tagged(INSIDE) + b"a STORE 1 +FLAGS (\\Dele",
    ):
        converse(shared, said)
    assert len(shared.mailbox) == 1
    assert shared.mailbox[0].flags == set()
    well(shared)
