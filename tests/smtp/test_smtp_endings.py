"""Every ending and every shaping fault of the rule language, seen from a raw socket."""

import itertools
import socket
import time

import pytest

from fakefarm import FakeSMTP

MAIL, RCPT = "MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>"
PIPELINE = b"NOOP\r\n" + b"RSET\r\n" * 1000

# Where it happens: what the client says before the step, and the step's name.
TO_RCPT = [b"EHLO a\r\n", b"MAIL FROM:<>\r\n", b"RCPT TO:<b@c.d>\r\n"]
STEPS = [
    ("connect", []),
    ("EHLO", [b"EHLO a\r\n"]),
    ("NOOP", [b"EHLO a\r\n", b"NOOP\r\n"]),
    ("MAIL", [b"EHLO a\r\n", b"MAIL FROM:<>\r\n"]),
    ("RCPT", TO_RCPT),
    ("DATA", [*TO_RCPT, b"DATA\r\n"]),
    ("message", [*TO_RCPT, b"DATA\r\n", b"x\r\n.\r\n"]),
    ("response", [b"EHLO a\r\n", b"AUTH PLAIN\r\n", b"AGEAYg==\r\n"]),
    ("QUIT", [b"EHLO a\r\n", b"QUIT\r\n"]),
]


def come_to(raw, fake, lines):
    """A client that has said the lines and read the replies to all but the last."""
    client = raw(fake, greeted=False)
    for line in lines:
        client.reply()
        client.send(line)
    return client


@pytest.mark.parametrize("unread", [b"", PIPELINE], ids=["", "unread input"])
@pytest.mark.parametrize(("step", "lines"), STEPS, ids=[step for step, _ in STEPS])
def test_close_is_a_fin(smtp, raw, step, lines, unread) -> None:
    smtp.on(step).close()
    client = come_to(raw, smtp, lines)
    client.send(unread)  # which is never read as commands
    assert client.rest() == (b"", "fin")
    smtp.settle()
    connection = smtp.connections[0]
    assert (connection.ended_by, connection.ended_how) == ("script", "fin")
    assert smtp.outbox == []


@pytest.mark.parametrize(("step", "lines"), STEPS, ids=[step for step, _ in STEPS])
def test_reset_is_an_rst(smtp, raw, step, lines) -> None:
    smtp.on(step).reset()
    client = come_to(raw, smtp, lines)
    assert client.rest() == (b"", "rst")
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)
    assert smtp.connections[0].ended_how == "rst"


@pytest.mark.parametrize(("step", "lines"), STEPS, ids=[step for step, _ in STEPS])
def test_a_reply_before_the_end_arrives(smtp, raw, step, lines) -> None:
    smtp.on(step).reply(421, "4.3.2 going").close()
    client = come_to(raw, smtp, lines)
    answered, how = client.rest()
    assert answered.endswith(b"421 4.3.2 going\r\n")
    assert how == "fin"


@pytest.mark.parametrize(("step", "lines"), STEPS, ids=[step for step, _ in STEPS])
@pytest.mark.parametrize("count", [0, 2])
def test_truncate(smtp, raw, step, lines, count) -> None:
    """Exactly so many bytes, whatever the natural answer is; and its effect is had."""
    smtp.on(step).truncate(after=count)
    answered, how = come_to(raw, smtp, lines).rest()
    assert (len(answered), how) == (count, "fin")
    assert len(smtp.outbox) == (1 if step == "message" else 0)


def test_half_close_leaves_reading_open(smtp, raw) -> None:
    smtp.on("EHLO").answer().half_close()
    client = raw(smtp, greeted=False)
    client.reply()
    client.send(b"EHLO a\r\n")
    answered, how = client.rest()
    assert answered.endswith(b"250 HELP\r\n")
    assert how == "fin"
    client.send(f"{MAIL}\r\n{RCPT}\r\nDATA\r\nx\r\n.\r\n".encode())
    smtp.wait_until(lambda: smtp.outbox)
    assert [step.verb for step in smtp.steps[2:]] == ["MAIL", "RCPT", "DATA", "message"]
    assert smtp.connections[0].closed is None
    client.close()
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)


def test_stall_is_silent(smtp, raw) -> None:
    smtp.on("NOOP").stall()
    client = raw(smtp)
    client.send(b"NOOP\r\nRSET\r\n")
    client.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.sock.recv(1)
    assert smtp.connections[0].closed is None
    client.sock.shutdown(socket.SHUT_WR)
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)
    assert "RSET" not in smtp.commands


def test_stall_for_a_time_then_fin(smtp, raw) -> None:
    smtp.on("NOOP").stall(0.1)
    client = raw(smtp)
    started = time.monotonic()
    client.send(b"NOOP\r\n")
    assert client.rest() == (b"", "fin")
    assert time.monotonic() - started >= 0.1


def test_a_stalled_fake_stops_at_once(raw) -> None:
    with FakeSMTP() as fake:
        fake.on("NOOP").stall()
        client = raw(fake)
        client.send(b"NOOP\r\n")
        fake.wait_until(lambda: "NOOP" in fake.commands)
        started = time.monotonic()
    assert time.monotonic() - started < 1
    assert client.rest()[0] == b""


def test_it_stops_at_once_in_the_middle_of_an_upload(raw) -> None:
    with FakeSMTP() as fake:
        client = raw(fake)
        client.codes(MAIL, RCPT, "DATA")
        client.send(b"x" * 100)
        fake.wait_until(lambda: fake.transcript.received("data"))
        started = time.monotonic()
    assert time.monotonic() - started < 1
    assert fake.connections[0].ended_by == "stop"
    assert fake.outbox == []


def test_refuse(smtp, raw) -> None:
    smtp.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        raw(smtp)
    smtp.reset()
    assert raw(smtp).codes("NOOP") == [250]


def test_ignore(smtp, raw) -> None:
    smtp.on("NOOP").ignore()
    client = raw(smtp)
    client.send(b"NOOP\r\nRSET\r\n")
    assert client.reply() == b"250 2.0.0 OK\r\n"


def test_delay(smtp, raw) -> None:
    smtp.on("NOOP").delay(0.1)
    client = raw(smtp)
    started = time.monotonic()
    assert client.codes("NOOP") == [250]
    assert time.monotonic() - started >= 0.1


def test_drip(smtp, raw) -> None:
    smtp.on("NOOP").reply(250, "abc").drip(size=2, every=0.02)
    client = raw(smtp)
    assert client.say("NOOP") == b"250 abc\r\n"
    pieces = [e for e in smtp.transcript if e.direction == "sent"][-5:]
    assert [piece.data for piece in pieces] == [b"25", b"0 ", b"ab", b"c\r", b"\n"]
    assert all(b.time - a.time >= 0.02 for a, b in itertools.pairwise(pieces))


def test_throttle(smtp, raw) -> None:
    smtp.on("NOOP").reply(250, "x" * 94).throttle(1000)
    client = raw(smtp)
    started = time.monotonic()
    assert client.codes("NOOP") == [250]
    assert 0.04 <= time.monotonic() - started < 1


def test_insert_garble_duplicate(smtp, raw) -> None:
    smtp.on("NOOP").reply(250, "ok").insert(b"\0\0", at=1).once()
    smtp.on("NOOP").reply(250, "ok").garble(at=4, count=2).once()
    smtp.on("NOOP").reply(250, "ok").duplicate().once()
    client = raw(smtp)
    client.send(b"NOOP\r\nNOOP\r\nNOOP\r\nQUIT\r\n")
    garbled = bytes(255 - byte for byte in b"ok")
    assert client.rest()[0] == (
        b"2\0\x0050 ok\r\n250 " + garbled + b"\r\n250 ok\r\n250 ok\r\n221 2.0.0 bye\r\n"
    )


def test_a_sequence(smtp, raw) -> None:
    smtp.on("connect").reset().then.reply(421, "4.3.2 busy").close().then.answer()
    assert raw(smtp, greeted=False).rest() == (b"", "rst")
    assert raw(smtp, greeted=False).rest() == (b"421 4.3.2 busy\r\n", "fin")
    assert raw(smtp).codes("NOOP") == [250]


def test_close_while_the_client_writes_its_message(smtp, raw) -> None:
    """The client sees the end, as FIN, though megabytes of it were never asked for."""
    smtp.on("DATA").reply(354, "go on").close()
    client = raw(smtp)
    assert client.codes(MAIL, RCPT, "DATA") == [250, 250, 354]
    client.send(b"x" * 2**20)
    assert client.rest() == (b"", "fin")
    assert smtp.outbox == []
