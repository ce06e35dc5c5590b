"""Each way of ending a connection, as a raw socket sees it and as the fake tells of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakefarm._core import sockets
from fakefarm._core import wire as wires
from fakefarm._core.transcript import Transcript

MEGABYTES = 8 * 2**20
PIPELINED = b"ECHO unread\r\n" * 2000  # more than one read takes

Notes = Callable[..., list[str]]


def ending_of(toy: Any) -> tuple[str, str]:
    (connection,) = toy.connections
    assert connection.closed is not None
    assert connection.closed >= connection.opened
    return connection.ended_by, connection.ended_how


# --- FIN


@pytest.mark.parametrize("pipelined", [b"", b"x", PIPELINED, bytes(MEGABYTES)], ids=len)
def test_a_close_is_a_fin_also_with_unread_input(
    toy: Any, client: Any, notes: Notes, pipelined: bytes
) -> None:
    toy.on("ECHO").raw(b"last words").close()
    client.send(b"ECHO x\r\n" + pipelined)
    assert client.rest() == (b"last words", "fin")
    assert client.rest() == (b"", "fin")
    client.close()
    toy.settle()
    assert ending_of(toy) == ("script", "fin")
    assert notes(toy, "closed") == ["closed by script (fin)"]
    drained = b"".join(event.data for event in toy.transcript if event.kind == "drained")
    assert drained == pipelined
    assert toy.transcript.received() == b"ECHO x\r\n" + pipelined
    assert toy.commands == ["ECHO"]


def test_what_comes_after_the_fin_is_drained_too(toy: Any, client: Any) -> None:
    toy.on("ECHO").close()
    client.send(b"ECHO x\r\n")
    assert client.rest() == (b"", "fin")
    for _ in range(20):  # an RST would make one of these fail
        client.send(b"more\r\n")
        time.sleep(0.001)
    client.close()
    toy.settle()
    drained = b"".join(event.data for event in toy.transcript if event.kind == "drained")
    assert drained == b"more\r\n" * 20


def test_the_natural_end_is_a_fin_too(toy: Any, client: Any, notes: Notes) -> None:
    client.send(b"QUIT\r\n" + PIPELINED)
    assert client.rest() == (b"+bye\r\n", "fin")
    assert ending_of(toy) == ("server", "fin")
    assert notes(toy, "closed") == ["closed by server (fin)"]


def test_a_conversation_that_simply_ends_is_closed(toy: Any, client: Any) -> None:
    client.send(b"LEAVE\r\n" + PIPELINED)
    assert client.rest() == (b"", "fin")
    for _ in range(5):  # an RST would make one of these fail
        client.send(b"more\r\n")
        time.sleep(0.001)
    assert ending_of(toy) == ("server", "fin")


def test_a_client_that_never_leaves_is_not_waited_for_for_ever(
    toy: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "LINGER", 0.05)
    client.send(b"QUIT\r\n")
    client.rest()
    toy.wait_until(lambda: not toy._reception.live)
    client.sock.setblocking(False)
    assert client.sock.recv(1) == b""


def test_a_client_that_floods_is_not_drained_for_ever(
    toy: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "LINGER", 0)
    client.send(b"QUIT\r\n")
    client.rest()
    with pytest.raises(ConnectionError):
        client.send(bytes(2**26))
    toy.wait_until(lambda: not toy._reception.live)


def test_also_not_one_that_never_pauses(wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "FLOOD", 2**20)
    monkeypatch.setattr(wire, "_receive", lambda: bytes(2**16))
    wire._drain(0)
    assert 2**20 <= len(wire.transcript.received()) < 2**21


@pytest.fixture
def wire() -> Iterator[wires.Wire]:
    """A wire without a fake."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = wires.Connection(1, ("here", 0), 0.0)
        yield wires.Wire(ours, connection, Transcript(2**23), threading.Event(), 5)


# --- RST


def test_a_reader_that_goes_on_is_waited_for(wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes in all."""
    monkeypatch.setattr(wires, "LINGER", 0.06)
    queued = list(range(100))
    monkeypatch.setattr(sockets, "unsent", lambda sock: queued.pop())
    wire._await_delivery()
    assert queued == []
    assert len(wire.transcript) == 0


@pytest.mark.parametrize("pipelined", [b"", PIPELINED], ids=len)
def test_a_reset_is_an_rst(toy: Any, client: Any, notes: Notes, pipelined: bytes) -> None:
    toy.on("ECHO").reset()
    client.send(b"ECHO x\r\n" + pipelined)
    assert client.rest() == (b"", "rst")
    toy.settle()
    assert ending_of(toy) == ("script", "rst")
    assert notes(toy, "closed") == ["closed by script (rst)"]


@pytest.mark.parametrize("size", [1, 10, 10_000, MEGABYTES])
def test_what_was_sent_before_a_reset_arrives_complete(toy: Any, client: Any, size: int) -> None:
    toy.on("BULK").answer().reset()
    client.send(b"BULK %d\r\n" % size)
    head = b"size %d\r\n" % size
    data, how = client.rest()
    assert (len(data), how) == (len(head) + size, "rst")


def test_also_to_a_reader_that_is_slow(toy: Any, client: Any, notes: Notes) -> None:
    toy.on("BULK").answer().reset()
    client.send(b"BULK %d\r\n" % MEGABYTES)
    got = 0
    for _ in range(30):
        time.sleep(0.002)
        got += len(client.exactly(20_000))
    data, how = client.rest()
    assert (got + len(data), how) == (MEGABYTES + 14, "rst")
    assert notes(toy, "fault") == []


def test_a_reset_is_quick_in_the_middle_of_a_conversation(toy: Any, dial: Any) -> None:
    """A system acknowledges the last answer up to 40 ms late; that is not waited for."""
    lasted = []
    for _ in range(5):  # a busy machine may be slow each time, and hardly all of them
        toy.on("ECHO").answer().reset().after(20).once()
        client = dial(toy)
        for _ in range(21):
            began = time.monotonic()
            assert client.ask("ECHO x") == b"+x\r\n"
        assert client.rest() == (b"", "rst")
        lasted.append(time.monotonic() - began)
    assert min(lasted) < 0.03


def test_a_reader_that_does_not_read_is_told_of_and_reset(
    toy: Any, client: Any, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "LINGER", 0.05)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    toy.on("BULK").answer().reset()
    client.send(b"BULK 1000000\r\n")
    toy.wait_until(lambda: toy.connections[0].closed is not None)
    (note,) = notes(toy, "fault")
    assert note.endswith("bytes were not read by the client and are lost")
    assert client.rest()[1] == "rst"


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_a_client_that_leaves_before_the_reset_is_not_waited_for(
    toy: Any, client: Any, leave: str
) -> None:
    toy.on("BULK").answer().reset()
    client.send(b"BULK 1000000\r\n")
    client.exactly(1)
    began = time.monotonic()
    getattr(client, leave)()
    toy.wait_until(lambda: not toy._reception.live)
    assert time.monotonic() - began < 1


# --- half-closed


def test_a_half_close_leaves_reading_open(toy: Any, client: Any, notes: Notes) -> None:
    toy.on("ECHO", "first").answer().half_close()
    client.send(b"ECHO first\r\n")
    assert client.rest() == (b"+first\r\n", "fin")
    client.send(b"ECHO second\r\nMARK third\r\n")
    toy.wait_until(lambda: "after third" in toy.marks)
    assert toy.commands == ["ECHO", "ECHO", "MARK"]
    assert toy.connections[0].closed is None
    assert toy.transcript.sent() == b"+hello\r\n+first\r\n"
    client.close()
    toy.settle()
    assert ending_of(toy) == ("script", "fin")
    assert notes(toy, "closed") == ["half-closed by script (fin)", "closed by client (fin)"]


def test_a_half_close_twice_is_one(toy: Any, client: Any, notes: Notes) -> None:
    toy.on("ECHO").half_close()
    client.send(b"ECHO a\r\nECHO b\r\n")
    client.close()
    toy.settle()
    assert notes(toy, "closed")[0] == "half-closed by script (fin)"
    assert len(notes(toy, "closed")) == 2


def test_a_half_close_then_a_reset(toy: Any, client: Any, notes: Notes) -> None:
    toy.on("ECHO").raw(b"some").half_close().delay(0.02).reset()
    client.send(b"ECHO x\r\n")
    assert client.rest() == (b"some", "fin")
    toy.wait_until(lambda: not toy._reception.live)
    with pytest.raises(ConnectionError):  # the RST shows when one writes
        client.send(bytes(2**24))
    assert notes(toy, "closed") == ["half-closed by script (fin)", "closed by script (rst)"]
    assert ending_of(toy) == ("script", "fin")


def test_a_half_close_then_a_close(toy: Any, client: Any, notes: Notes) -> None:
    toy.on("ECHO").half_close().close()
    client.send(b"ECHO x\r\nmore")
    assert client.rest() == (b"", "fin")
    client.close()
    toy.settle()
    assert notes(toy, "closed") == ["half-closed by script (fin)", "closed by script (fin)"]


# --- silence


def test_a_stall_is_silent_and_open_until_the_client_leaves(
    toy: Any, client: Any, notes: Notes
) -> None:
    toy.on("ECHO").raw(b"so far").stall()
    client.send(b"ECHO x\r\n")
    assert client.exactly(6) == b"so far"
    assert client.is_silent()
    client.send(b"anybody there?")
    assert client.is_silent()
    assert toy.connections[0].closed is None
    assert notes(toy, "fault") == ["holds the connection open and silent"]
    client.close()
    toy.settle()
    assert ending_of(toy) == ("client", "fin")
    assert toy.transcript.received() == b"ECHO x\r\nanybody there?"


@pytest.mark.parametrize("unread", [b"", b"x", PIPELINED], ids=len)
def test_a_stall_ends_when_the_client_leaves_whatever_is_unread(
    toy: Any, client: Any, unread: bytes
) -> None:
    toy.on("ECHO").stall()
    client.send(b"ECHO x\r\n" + unread)
    client.close()
    toy.settle()
    assert ending_of(toy)[0] == "client"
    assert toy.transcript.received() == b"ECHO x\r\n" + unread


@pytest.mark.parametrize("unread", [b"", PIPELINED], ids=len)
def test_a_stall_ends_when_the_client_resets(toy: Any, client: Any, unread: bytes) -> None:
    toy.on("ECHO").stall()
    client.send(b"ECHO x\r\n" + unread)
    toy.wait_until(lambda: any(event.kind == "fault" for event in toy.transcript))
    client.reset()
    toy.settle()
    assert ending_of(toy) == ("client", "rst")


@pytest.mark.parametrize(
    ("write", "data", "how"),
    [
        (lambda rule: rule.stall(0.06), b"", "fin"),
        (lambda rule: rule.stall(0.06).close(), b"", "fin"),
        (lambda rule: rule.stall(0.06).reset(), b"", "rst"),
        (lambda rule: rule.answer().stall(0.06), b"+x\r\n", "fin"),
        (lambda rule: rule.drip(2, 0.001).stall(0.06), b"+x\r\n", "fin"),
        (lambda rule: rule.half_close().stall(0.06), b"", "fin"),
    ],
)
def test_a_stall_of_some_seconds(
    toy: Any, client: Any, write: Callable[[Any], Any], data: bytes, how: str
) -> None:
    write(toy.on("ECHO"))
    began = time.monotonic()
    client.send(b"ECHO x\r\n" + PIPELINED)
    assert client.rest() == (data, how)
    toy.wait_until(lambda: toy.connections[0].closed is not None)
    assert time.monotonic() - began >= 0.06
    assert ending_of(toy)[0] == "script"


def test_a_stall_then_a_half_close_goes_on_reading(toy: Any, client: Any) -> None:
    toy.on("ECHO").stall(0.01).half_close()
    client.send(b"ECHO x\r\nMARK y\r\n")
    assert client.rest() == (b"", "fin")
    toy.wait_until(lambda: "y" in toy.marks)


# --- what the client does


@pytest.mark.parametrize("partial", [b"", b"ECHO hal", b"ECHO whole\r"], ids=len)
def test_a_client_that_leaves(toy: Any, client: Any, notes: Notes, partial: bytes) -> None:
    client.send(b"ECHO x\r\n" + partial)
    client.line()
    client.close()
    toy.settle()
    assert ending_of(toy) == ("client", "fin")
    assert notes(toy, "closed") == ["closed by client (fin)"]
    assert toy.transcript.received() == b"ECHO x\r\n" + partial
    assert toy.commands == ["ECHO"]
    assert not [event for event in toy.transcript if event.kind == "drained"]


def test_a_client_that_resets(toy: Any, client: Any, notes: Notes) -> None:
    client.ask("ECHO x")
    client.send(b"half a li")
    toy.wait_until(lambda: toy._reception.live)
    client.reset()
    toy.settle()
    assert ending_of(toy) == ("client", "rst")
    assert notes(toy, "closed") == ["closed by client (rst)"]


def test_a_client_that_leaves_while_it_is_sent_to(toy: Any, client: Any) -> None:
    toy.on("BULK").drip(size=1, every=0.001)
    client.send(b"BULK 10000\r\n")
    client.exactly(20)
    client.reset()
    toy.wait_until(lambda: toy.connections[0].closed is not None)
    assert ending_of(toy) == ("client", "rst")
    assert toy.errors == []


def test_a_client_that_says_fin_and_goes_on_reading_is_answered(toy: Any, client: Any) -> None:
    client.send(b"ECHO a\r\nECHO b\r\n")
    client.half_close()
    assert client.rest() == (b"+a\r\n+b\r\n", "fin")
    toy.settle()
    assert ending_of(toy) == ("client", "fin")


def test_a_client_that_is_silent_for_too_long(make: Any, dial: Any, notes: Notes) -> None:
    toy = make(timeout=0.05)
    client = dial(toy)
    client.send(b"half a line")
    assert client.rest() == (b"-silent\r\n", "fin")
    assert ending_of(toy) == ("server", "timeout")
    assert notes(toy, "timeout") == ["the client was silent for 0.05 s"]
    assert notes(toy, "closed") == ["closed by server (timeout)"]
    client.close()
    toy.settle()
    assert toy.transcript.received() == b"half a line"
    toy.verify()


def test_a_client_that_does_not_read_for_too_long(make: Any, dial: Any, notes: Notes) -> None:
    toy = make(timeout=0.05)
    client = dial(toy)
    client.send(b"BULK 30000000\r\n")
    toy.wait_until(lambda: toy.connections[0].closed is not None)
    assert ending_of(toy) == ("server", "timeout")
    assert notes(toy, "timeout") == ["the client did not read for 0.05 s"]
    assert 0 < len(client.rest()[0]) < 30_000_000
    toy.wait_until(lambda: not toy._reception.live)
    toy.verify()


def test_closed_notes_stand_in_order_across_connections(toy: Any, dial: Any) -> None:
    toy.on("ECHO", "rst").reset()
    first, second, third = dial(toy), dial(toy), dial(toy)
    second.send(b"ECHO rst\r\n")
    second.rest()
    toy.wait_until(lambda: toy.connections[1].closed is not None)
    third.send(b"QUIT\r\n")
    third.rest()
    toy.wait_until(lambda: toy.connections[2].closed is not None)
    first.close()
    toy.settle()
    closed = [(event.connection, event.note) for event in toy.transcript if event.kind == "closed"]
    assert closed == [
        (2, "closed by script (rst)"),
        (3, "closed by server (fin)"),
        (1, "closed by client (fin)"),
    ]
    assert [connection.number for connection in toy.connections] == [1, 2, 3]
    assert toy.connections[0].peer == first.address


def test_many_endings_at_once(toy: Any, dial: Any) -> None:
    toy.on("ECHO", "rst").raw(b"abc").reset()
    toy.on("ECHO", "fin").raw(b"abc").close()
    results: dict[int, tuple[bytes, str]] = {}
    clients = [dial(toy) for _ in range(30)]

    def play(number: int) -> None:
        clients[number].send(b"ECHO %s\r\n%s" % (b"rst" if number % 2 else b"fin", PIPELINED))
        results[number] = clients[number].rest()

    threads = [threading.Thread(target=play, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(30):
        assert results[number] == (b"abc", "rst" if number % 2 else "fin")
