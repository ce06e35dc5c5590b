"""Lines, messages and input that is no line at all."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from fakefarm._core.transcript import Transcript
from fakefarm._core.wire import Connection, Wire

LIMIT = 1000  # of the toy


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_a_line_up_to_the_limit(toy: Any, client: Any, size: int) -> None:
    argument = "x" * (size - 5)
    assert client.ask(f"ECHO {argument}") == f"+{argument}\r\n".encode()


@pytest.mark.parametrize("pause", [0, 1, 2, 3])
@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
def test_the_limit_holds_however_the_line_is_cut_in_segments(
    toy: Any, client: Any, size: int, pause: int
) -> None:
    """The line end may come in pieces: a line is not too long before its last byte says so."""
    line = b"ECHO " + b"x" * (size - 5) + b"\r\n"
    first = line[: len(line) - pause]
    client.send(first)
    if pause:
        # Either all is held back, or it was too long already.
        toy.wait_until(lambda: held_back(toy) == len(first) or toy.transcript.received())
        client.send(line[len(line) - pause :])
    assert client.line()[:2] == (b"+x" if size == LIMIT else b"-w")


def held_back(toy: Any) -> int:
    ((wire, _),) = toy._reception.live.values()
    return len(wire.peek())


@pytest.mark.parametrize("size", [LIMIT + 1, 5000, 70_000, 4_000_000])
def test_a_line_over_the_limit_is_read_to_its_end(toy: Any, client: Any, size: int) -> None:
    line = b"y" * size
    client.send(line + b"\r\nECHO next\r\n")
    assert client.line() == b"-what\r\n"
    assert client.line() == b"+next\r\n"
    assert toy.steps[1].verb == "LONG"
    assert toy.steps[1].line == b"y" * LIMIT
    assert toy.transcript.received() == line + b"\r\nECHO next\r\n"


@pytest.mark.parametrize("tail", [b"\r", b"\n", b"\r\r\n", b"\n\r\n", b"x\r\r\n"])
def test_line_ends_within_a_line_over_the_limit(toy: Any, client: Any, tail: bytes) -> None:
    client.send(b"y" * 2000 + tail)
    if not tail.endswith(b"\r\n"):
        client.send(b"\r\n")
    assert client.line() == b"-what\r\n"
    assert client.ask("ECHO next") == b"+next\r\n"


def test_megabytes_without_a_newline_cost_nothing(make: Any, dial: Any) -> None:
    toy = make(transcript_limit=100_000)
    client = dial(toy)
    began = time.monotonic()
    for _ in range(320):
        client.send(bytes(100_000))
    client.close()
    toy.settle()
    assert time.monotonic() - began < 5
    kept = sum(len(event.data) for event in toy.transcript)
    assert kept <= 100_000
    assert toy.connections[0].ended_by == "client"
    assert toy.commands == []


def test_the_buffer_of_a_line_that_never_ends_is_bounded(toy: Any, client: Any) -> None:
    client.send(bytes(3_000_000))
    toy.wait_until(lambda: len(toy.transcript.received()) > 2_999_000)
    assert held_back(toy) < 3


def test_a_line_of_exactly_nothing(toy: Any, client: Any) -> None:
    client.send(b"\r\n" * 3)
    assert client.exactly(21) == b"-what\r\n" * 3
    assert toy.commands == [""] * 3


def test_content_of_a_given_size(toy: Any, client: Any) -> None:
    data = bytes(range(256)) * 1000
    client.send(b"TAKE %d\r\n" % len(data) + data + b"ECHO next\r\n")
    assert client.line() == b"+256000\r\n"
    assert client.line() == b"+next\r\n"
    assert toy.transcript.received("data") == data


def test_content_that_ends_too_early_is_kept_in_its_channel(toy: Any, client: Any) -> None:
    client.send(b"TAKE 100\r\nonly this")
    client.close()
    toy.settle()
    assert toy.transcript.received("data") == b"only this"
    assert toy.transcript.received("control") == b"TAKE 100\r\n"


def test_pipelined_commands_are_answered_in_order(toy: Any, client: Any) -> None:
    client.send(b"".join(b"ECHO %d\r\n" % number for number in range(2000)) + b"QUIT\r\n")
    data, how = client.rest()
    assert data == b"".join(b"+%d\r\n" % number for number in range(2000)) + b"+bye\r\n"
    assert how == "fin"


def test_bytes_one_at_a_time(toy: Any, client: Any) -> None:
    for byte in b"ECHO a\r\nECHO b\r\n":
        client.send(bytes([byte]))
    assert client.line() == b"+a\r\n"
    assert client.line() == b"+b\r\n"


def test_the_other_ways_to_read() -> None:
    """What a protocol may use that the toy does not."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        transcript = Transcript(10_000)
        wire = Wire(ours, Connection(1, ("here", 0), 0.0), transcript, threading.Event(), 5)
        theirs.sendall(b"abcdef")
        assert wire.read_some(2) == b"ab"
        assert wire.peek() == b"cdef"
        assert wire.read_some(channel="data") == b"cdef"
        theirs.sendall(b"gh")
        assert wire.peek(more=True) == b"gh"
        wire.discard_input()
        assert wire.peek() == b""
        assert transcript.received() == b"abcdefgh"
        assert transcript.received("data") == b"cdef"
        wire.finish()
        wire.finish()
        assert wire.connection.ended_by == "server"
