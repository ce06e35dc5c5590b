"""Whatever a client sends costs the fake nothing, and whatever is stored comes back whole."""

import poplib
import re
import socket
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakefarm import FakePOP3, Mailbox

QUICK = settings(max_examples=60, deadline=None)

WORDS = st.sampled_from(
    [
        *(b"USER ann", b"PASS x", b"APOP ann 0", b"CAPA", b"STLS", b"UTF8", b"LANG", b"LANG en"),
        *(b"AUTH PLAIN", b"AUTH LOGIN", b"AUTH CRAM-MD5", b"AUTH XOAUTH2 YQ==", b"AGEAYg==", b"*"),
        *(b"STAT", b"LIST", b"LIST 1", b"LIST 2", b"UIDL", b"UIDL 1", b"RETR 1", b"RETR 2"),
        *(b"TOP 1 0", b"TOP 1 1", b"DELE 1", b"RSET", b"NOOP", b"", b".", b"\0", b"x" * 300),
    ]
)
LINES = st.lists(WORDS | st.binary(max_size=40), max_size=25)
PIECES = st.integers(min_value=1, max_value=40)
ODD = st.lists(st.sampled_from([b".", b"..", b"\r", b"\n", b"\r\n", b"a", b"\0"]), max_size=30)
CONTENT = st.binary(max_size=300) | ODD.map(b"".join)


@pytest.fixture(scope="module")
def shared() -> Iterator[FakePOP3]:
    """One fake for all examples; its transcript is kept small."""
    with FakePOP3(transcript_limit=2**20) as fake:
        yield fake


def converse(fake: FakePOP3, data: bytes, size: int | None = None) -> bytes:
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


def well(fake: FakePOP3) -> None:
    """The next client is served, and nothing went wrong in a thread."""
    fake.mailbox = Mailbox(b"one\r\n")
    answered = converse(fake, b"USER a\r\nPASS b\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n")
    assert answered.endswith(b"logged in\r\n+OK 5 octets\r\none\r\n.\r\n+OK\r\n+OK bye\r\n")
    assert len(fake.mailbox) == 0
    assert fake.errors == []
    fake.steps.clear()
    fake.connections.clear()


@QUICK
@given(garbage=st.binary(max_size=2000))
def test_garbage(shared, garbage) -> None:
    converse(shared, garbage)
    well(shared)


@QUICK
@given(lines=LINES, end=st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n"]), size=PIECES)
def test_commands_in_any_order(shared, lines, end, size) -> None:
    shared.mailbox = Mailbox(b"one\r\n", b"\r\n.\r\n")
    answered = converse(shared, end.join(lines), size)
    assert answered.startswith(b"+OK")
    assert answered.endswith(b"\r\n")
    assert len(shared.mailbox) == 2  # there was no QUIT
    well(shared)


@QUICK
@given(lines=LINES)
def test_every_complete_line_is_answered(shared, lines) -> None:
    """As many statuses as lines, where nothing has a body: before the login."""
    lines = [re.sub(rb"[\r\n]", b"", line) for line in lines]
    lines = [x for x in lines if x[:4].upper() not in (b"PASS", b"APOP", b"AUTH", b"CAPA", b"LANG")]
    shared.on("*", custom=True).answer().optional()
    answered = converse(shared, b"".join(line + b"\r\n" for line in lines))
    quits = [i for i, line in enumerate(lines) if line.upper() == b"QUIT"]
    statuses = re.findall(rb"^(?:\+OK|-ERR)(?: [^\r\n]*)?\r\n", answered, re.MULTILINE)
    assert len(statuses) == 1 + (quits[0] + 1 if quits else len(lines))
    shared.script.forget()


def unstuffed(body: bytes, end: bytes) -> bytes:
    return (end + body).replace(end + b"..", end + b".")[len(end) :]


@QUICK
@given(content=CONTENT, size=st.sampled_from([None, 1, 3]))
def test_what_is_stored_comes_back_byte_for_byte(shared, content, size) -> None:
    shared.mailbox = Mailbox(content)
    answered = converse(shared, b"USER a\r\nPASS b\r\nRETR 1\r\nQUIT\r\n", size)
    body = answered.split(b"octets\r\n", 1)[1].removesuffix(b".\r\n+OK bye\r\n")
    assert b"\n" + body == b"\n" or (b"\n" + body).endswith(b"\r\n")
    assert not re.search(rb"(?:\A|\n)\.\r?\n", body)  # nothing in it ends it
    assert unstuffed(body, b"\n") in (content, content + b"\r\n")
    assert len(unstuffed(body, b"\n")) == shared.mailbox[0].size


@QUICK
@given(content=CONTENT, count=st.integers(min_value=0, max_value=5))
def test_top_is_a_beginning_of_retr(shared, content, count) -> None:
    shared.mailbox = Mailbox(content)
    said = b"USER a\r\nPASS b\r\nTOP 1 %d\r\nQUIT\r\n" % count
    body = converse(shared, said).split(b"logged in\r\n+OK\r\n", 1)[1]
    body = unstuffed(body.removesuffix(b".\r\n+OK bye\r\n"), b"\n")
    assert content.startswith((body, body.removesuffix(b"\r\n")))


@QUICK
@given(content=CONTENT.filter(lambda c: not re.search(rb"(?:\A|\n)\r\.\r?\n|\r\n\Z", c)))
def test_poplib_stays_in_step(shared, content) -> None:
    """(But for LF CR dot, which poplib takes for a line end of old.)"""
    shared.mailbox = Mailbox(content)
    client = poplib.POP3(shared.host, shared.port, timeout=10)
    client.user("a")
    client.pass_("b")
    client.retr(1)
    assert client.noop() == b"+OK"
    client.quit()


@pytest.mark.parametrize("opening", [b"", b"AUTH PLAIN\r\n"], ids=["line", "response"])
@pytest.mark.parametrize("filler", [b"x", b"\n", b"\r", b".", b"\0"], ids=repr)
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


def test_half_a_command_and_gone(shared) -> None:
    shared.mailbox = Mailbox(b"one")
    for said in (b"US", b"USER a\r\nPASS b\r\nDELE 1\r\nQUI", b"AUTH PLAIN\r\nAG"):
        converse(shared, said)
    assert len(shared.mailbox) == 1
    well(shared)
