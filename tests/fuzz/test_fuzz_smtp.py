"""Whatever a client sends costs the fake nothing: the next one is served as if it were alone."""

import socket
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakefarm import FakeSMTP

QUICK = settings(max_examples=60, deadline=None)

WORDS = st.sampled_from(
    [
        *(b"EHLO a", b"HELO a", b"LHLO a", b"RSET", b"NOOP", b"HELP", b"VRFY x", b"EXPN x", b""),
        *(b"MAIL FROM:<a@b.c>", b"MAIL FROM:<>", b"MAIL FROM:<a@b.c> SIZE=10 BODY=8BITMIME"),
        *(b"MAIL FROM:<\xff>", b"MAIL FROM:<\xc3\xa9@b.c> SMTPUTF8", b"x" * 600, b"\0", b"*"),
        *(b"RCPT TO:<a@b.c>", b"RCPT TO:<a@b.c> NOTIFY=NEVER", b"DATA", b".", b"STARTTLS"),
        *(b"AUTH PLAIN", b"AUTH LOGIN", b"AUTH CRAM-MD5", b"AUTH XOAUTH2 YQ==", b"AGEAYg=="),
        *(b"BDAT 3", b"BDAT 0 LAST", b"BDAT x"),
    ]
)
LINES = st.lists(WORDS | st.binary(max_size=40), max_size=25)
PIECES = st.integers(min_value=1, max_value=40)


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeSMTP]:
    """One fake for all examples; its transcript is kept small, and its timeout is long."""
    with FakeSMTP(max_message_size=2**16, transcript_limit=2**20) as fake:
        yield fake


def converse(fake: FakeSMTP, data: bytes, size: int | None = None) -> bytes:
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


def codes(answered: bytes) -> list[int]:
    """The codes of replies; fails where one is not well-formed."""
    found = []
    for line in answered.splitlines(keepends=True):
        assert line.endswith(b"\r\n")
        assert line[:3].isdigit()
        assert line[3:4] in (b" ", b"-")
        if line[3:4] == b" ":
            found.append(int(line[:3]))
    return found


def sends(message: bytes) -> bytes:
    """What a client sends to have ``message`` delivered."""
    stuffed = (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:]
    return (
        b"EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n" + stuffed + b".\r\nQUIT\r\n"
    )


def well(fake: FakeSMTP) -> None:
    """The next client is served, and nothing went wrong in a thread."""
    fake.outbox.clear()
    assert codes(converse(fake, sends(b"hello\r\n"))) == [220, 250, 250, 250, 354, 250, 221]
    assert [m.content for m in fake.outbox] == [b"hello\r\n"]
    assert fake.errors == []
    fake.steps.clear()
    fake.connections.clear()


@QUICK
@given(garbage=st.binary(max_size=2000))
def test_garbage(shared, garbage) -> None:
    codes(converse(shared, garbage))
    well(shared)


@QUICK
@given(lines=LINES, end=st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n"]), size=PIECES)
def test_commands_in_any_order(shared, lines, end, size) -> None:
    answered = codes(converse(shared, end.join(lines), size))
    assert answered[0] == 220
    well(shared)


@QUICK
@given(lines=LINES)
def test_every_complete_line_is_answered_in_lmtp_too(lines) -> None:
    with FakeSMTP(lmtp=True) as fake:
        codes(converse(fake, b"LHLO a\r\n" + b"\r\n".join(lines)))
        assert fake.errors == []


@QUICK
@given(message=st.binary(max_size=600), size=st.sampled_from([None, 1, 7]))
def test_content_comes_back_byte_for_byte(shared, message, size) -> None:
    message += b"\r\n"
    shared.outbox.clear()
    assert codes(converse(shared, sends(message), size))[-2:] == [250, 221]
    assert [m.content for m in shared.outbox] == [message]


DOTS = st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a", b"\0"]), max_size=30)


@QUICK
@given(pieces=DOTS, size=st.sampled_from([None, 1, 3]))
def test_content_of_dots_and_line_ends(shared, pieces, size) -> None:
    message = b"".join(pieces) + b"\r\n"
    shared.outbox.clear()
    assert codes(converse(shared, sends(message), size)) == [220, 250, 250, 250, 354, 250, 221]
    assert [m.content for m in shared.outbox] == [message]


@QUICK
@given(chunks=st.lists(st.binary(max_size=100), max_size=5), size=st.sampled_from([None, 1]))
def test_chunks_come_back_byte_for_byte(shared, chunks, size) -> None:
    said = b"".join(b"BDAT %d\r\n%s" % (len(chunk), chunk) for chunk in chunks)
    said = b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<d@e.f>\r\n" + said + b"BDAT 0 LAST\r\n"
    shared.outbox.clear()
    assert codes(converse(shared, said, size)) == [220] + [250] * (4 + len(chunks))
    assert [m.content for m in shared.outbox] == [b"".join(chunks)]


@QUICK
@given(message=st.binary(max_size=200), cut=st.integers(min_value=0, max_value=300))
def test_half_a_conversation_delivers_nothing(shared, message, cut) -> None:
    shared.outbox.clear()
    said = sends(message + b"\r\n")[:-6]  # without the QUIT
    codes(converse(shared, said[: min(cut, len(said) - 1)]))
    assert shared.outbox == []


@pytest.mark.parametrize(
    "opening",
    [
        b"",
        b"EHLO a\r\nAUTH PLAIN\r\n",
        b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n",
        b"EHLO a\r\nBDAT 99999999999\r\n",
        b"BDAT 4000000\r\n",
    ],
    ids=["line", "response", "message", "endless chunk", "chunk"],
)
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
