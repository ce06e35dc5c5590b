"""stop() returns at once, whatever the clients are doing."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakefarm import FakeFailure
from fakefarm._core import listener, reception

AT_ONCE = 1.0  # seconds; a machine under load is not to fail, and PATIENCE would be 5


def saying(data: bytes) -> Callable[[Any, Any], None]:
    def play(toy: Any, client: Any) -> None:
        client.send(data)
        toy.wait_until(lambda: toy.commands)

    return play


def not_reading(toy: Any, client: Any) -> None:
    client.send(b"BULK 30000000\r\n")
    toy.wait_until(lambda: len(toy.transcript.sent()) > 1000)
    client.exactly(100)


def closing(toy: Any, client: Any) -> None:
    client.send(b"QUIT\r\n")
    client.rest()  # and stays connected, which close() waits for


def half_closed(toy: Any, client: Any) -> None:
    client.send(b"ECHO half\r\n")
    client.rest()


def uploading(toy: Any, client: Any) -> None:
    client.send(b"TAKE 1000000\r\n" + bytes(500_000))
    toy.wait_until(lambda: toy.transcript.received())


SITUATIONS = {
    "connected": lambda toy, client: None,
    "half a line": lambda toy, client: client.send(b"ECHO hal"),
    "uploading": uploading,
    "stalled": saying(b"ECHO stall\r\n"),
    "stalled, input unread": saying(b"ECHO stall\r\n" + b"ECHO more\r\n" * 10_000),
    "stalled for seconds": saying(b"ECHO stall seconds\r\n"),
    "delayed": saying(b"ECHO delay\r\n"),
    "dripping": saying(b"ECHO drip\r\n"),
    "throttled": saying(b"ECHO throttle\r\n"),
    "not reading": not_reading,
    "closing": closing,
    "half-closed": half_closed,
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("way", ["stop", "reset"])
def test_at_once(toy: Any, client: Any, situation: str, way: str) -> None:
    toy.on("ECHO", "stall").stall()
    toy.on("ECHO", "stall seconds").stall(100)
    toy.on("ECHO", "delay").delay(100)
    toy.on("ECHO", "drip").drip(1, 100)
    toy.on("ECHO", "throttle").throttle(0.001)
    toy.on("ECHO", "half").half_close()
    SITUATIONS[situation](toy, client)
    connection = toy.connections[0]
    began = time.monotonic()
    getattr(toy, way)()
    assert time.monotonic() - began < AT_ONCE
    assert toy._reception is None or not toy._reception.live
    expected = {"closing": ("server", "fin"), "half-closed": ("script", "fin")}
    assert (connection.ended_by, connection.ended_how) == expected.get(situation, ("stop", "fin"))
    assert connection.closed is not None
    client.rest()
    assert toy.errors == []


def test_a_reset_in_wait_for_delivery_ends_too(toy: Any, client: Any) -> None:
    toy.on("BULK").answer().reset()
    client.send(b"BULK 3000000\r\n")
    toy.wait_until(lambda: len(toy.transcript.sent()) > 1000)
    client.exactly(100)
    began = time.monotonic()
    toy.stop()
    assert time.monotonic() - began < AT_ONCE


def test_many_connections_at_once(toy: Any, dial: Any) -> None:
    toy.on("ECHO").stall()
    for _ in range(50):
        dial(toy).send(b"ECHO x\r\n")
    began = time.monotonic()
    toy.stop()
    assert time.monotonic() - began < 2 * AT_ONCE
    assert {connection.ended_by for connection in toy.connections} == {"stop"}


def test_stopping_is_told_in_the_transcript(
    toy: Any, client: Any, notes: Callable[..., list[str]]
) -> None:
    client.send(b"half a line")
    toy.stop()
    assert notes(toy, "closed") == ["closed by stop (fin)"]
    assert client.rest() == (b"", "fin")


def test_stop_is_idempotent_and_needs_no_start(toy_class: Any) -> None:
    toy = toy_class()
    toy.stop()
    toy.start()
    toy.stop()
    toy.stop()


def test_stop_gives_the_port_back(make: Any) -> None:
    for _ in range(3):
        toy = make()
        port = toy.port
        toy.stop()
        assert make(port=port).port == port


# --- held by a callable of the test


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "PATIENCE", 0.1)
    monkeypatch.setattr(reception, "PATIENCE", 0.1)


@pytest.fixture
def gate() -> Any:
    """A callable that blocks until the test is over, and says that it was called."""

    class Gate:
        called = threading.Event()
        opened = threading.Event()

        def __call__(self, step: Any) -> str:
            self.called.set()
            self.opened.wait(10)
            return "+late"

    gate = Gate()
    gate.called, gate.opened = threading.Event(), threading.Event()
    yield gate
    gate.opened.set()


def hold(toy: Any, where: str, gate: Any) -> None:
    if where == "where":
        toy.on("ECHO", where=gate)
    elif where == "reply":
        toy.on("ECHO").reply(gate)
    else:
        toy.observe(lambda step: step.verb == "ECHO" and gate(step))


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("where", ["where", "reply", "observer"])
def test_a_callable_that_does_not_end_is_named(
    toy: Any, client: Any, gate: Any, where: str
) -> None:
    hold(toy, where, gate)
    client.send(b"ECHO x\r\n")
    assert gate.called.wait(5)
    with pytest.raises(RuntimeError, match="a callable of the test does not end") as problem:
        toy.stop()
    assert "fakefarm-toy-1" in str(problem.value)
    assert "self.opened.wait(10)" in str(problem.value)
    toy.stop()
    gate.opened.set()


@pytest.mark.usefixtures("patience")
def test_also_when_it_holds_the_thread_that_accepts(
    make: Any, dial: Any, toy: Any, gate: Any
) -> None:
    other = dial(toy)
    toy.on("connect", where=gate)
    client = dial(toy, b"")
    assert gate.called.wait(5)
    with pytest.raises(RuntimeError, match="fakefarm-toy:"):
        toy.stop()
    assert other.rest() == (b"", "fin")
    gate.opened.set()
    assert client.rest() == (b"", "fin")
    assert toy.connections[1].ended_by == "stop"
    make(port=toy.port)


@pytest.mark.usefixtures("patience")
def test_all_that_are_held_are_named(toy: Any, dial: Any, gate: Any) -> None:
    toy.on("ECHO").reply(gate)
    for _ in range(3):
        dial(toy).send(b"ECHO\r\n")
    toy.wait_until(lambda: len(toy.commands) == 3)
    with pytest.raises(RuntimeError) as problem:
        toy.stop()
    assert [f"fakefarm-toy-{n}:" in str(problem.value) for n in (1, 2, 3)] == [True] * 3
    gate.opened.set()


# --- exceptions in a callable of the test


class Broken(Exception):
    pass


def broken(step: Any) -> Any:
    if step.verb == "ECHO":
        raise Broken("on purpose")


@pytest.mark.parametrize("where", ["where", "reply", "raw", "observer"])
def test_an_exception_in_a_callable_reaches_verify(
    make: Any, dial: Any, notes: Callable[..., list[str]], where: str
) -> None:
    toy = make(strict=False)
    if where == "where":
        toy.on("ECHO", where=broken)
    elif where == "observer":
        toy.observe(broken)
    else:
        getattr(toy.on("ECHO"), where)(broken)
    client = dial(toy)
    client.send(b"ECHO x\r\n" + b"ECHO y\r\n" * 5000)
    assert client.rest() == (b"", "fin")
    client.close()
    toy.settle()
    with pytest.raises(FakeFailure, match="on purpose") as failure:
        toy.verify()
    assert isinstance(failure.value.__cause__, Broken)
    assert "an exception in a thread of the fake" in str(failure.value)
    assert "in broken" in str(failure.value)
    assert any(note.endswith("Broken: on purpose") for note in notes(toy, "error"))
    assert toy.connections[0].ended_by == "server"
    assert dial(toy).ask("MARK still serving") == b"+marked\r\n"


@pytest.mark.parametrize("where", ["where", "observer"])
def test_also_when_a_client_is_let_in(make: Any, dial: Any, where: str) -> None:
    toy = make()

    def fail(step: Any) -> None:
        raise Broken("at the door")

    if where == "where":
        toy.on("connect", where=fail)
    else:
        toy.observe(fail)
    client = dial(toy, b"")
    assert client.rest() == (b"", "fin")
    with pytest.raises(FakeFailure, match="at the door"):
        toy.verify()
    assert toy.connections[0].ended_by == "server"
    assert toy.connections[0].closed is not None
    toy.reset()
    assert dial(toy).ask("ECHO x") == b"+x\r\n"
    with pytest.raises(FakeFailure, match="at the door"):
        toy.verify()  # a reset does not hide it
    toy.errors.clear()


@pytest.mark.parametrize("error", [TimeoutError, ConnectionResetError, OSError, SystemExit])
def test_an_exception_that_the_wire_knows_too_is_the_tests_own(
    make: Any, dial: Any, error: type[BaseException]
) -> None:
    toy = make()

    def fail(step: Any) -> str:
        raise error("mine")

    toy.on("ECHO").reply(fail)
    client = dial(toy)
    client.send(b"ECHO\r\n")
    assert client.rest() == (b"", "fin")
    toy.wait_until(lambda: toy.errors)
    with pytest.raises(FakeFailure, match="mine") as failure:
        toy.verify()
    assert isinstance(failure.value.__cause__, error)


def test_an_exception_after_a_half_close(make: Any, dial: Any) -> None:
    toy = make()
    toy.on("MARK").half_close()
    toy.on("ECHO").reply(broken)
    client = dial(toy)
    client.send(b"MARK\r\nECHO\r\n")
    client.rest()
    client.close()
    toy.settle()
    assert isinstance(toy.errors[0], Broken)


def test_the_first_of_several_exceptions_is_the_cause(make: Any, dial: Any) -> None:
    toy = make()
    toy.on("ECHO").reply(broken)
    for _ in range(2):
        client = dial(toy)
        client.send(b"ECHO\r\n")
        client.rest()
    toy.wait_until(lambda: len(toy.errors) == 2)
    with pytest.raises(FakeFailure) as failure:
        toy.verify()
    assert failure.value.__cause__ is toy.errors[0]
    assert str(failure.value).count("on purpose") >= 2
    assert len(list(toy.thread_complaints())) == 2


# --- a callable of the test that stops the fake


@pytest.mark.parametrize("verb", ["ECHO", "connect"])
@pytest.mark.parametrize("way", ["stop", "reset"])
def test_from_inside(make: Any, dial: Any, verb: str, way: str) -> None:
    toy = make()
    done = threading.Event()

    def stop(step: Any) -> bool:
        if not done.is_set():
            getattr(toy, way)()
            done.set()
        return False

    toy.on(verb, where=stop)
    client = dial(toy, b"" if verb == "connect" else b"+hello\r\n")
    client.send(b"ECHO x\r\n")
    assert done.wait(5)
    client.rest()
    toy.stop()
    assert toy.errors == []


# --- nothing stays


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def test_200_fakes_leave_no_thread_and_no_descriptor(toy_class: Any) -> None:
    from socket import create_connection

    gc.collect()
    before = threading.active_count(), descriptors()
    for number in range(200):
        toy = toy_class(strict=False).start()
        if number % 4 == 0:
            toy.on("connect").refuse()
        elif number % 4 == 1:
            toy.reset()
        elif number % 4 == 2:
            with create_connection(toy.address, timeout=5) as client:
                client.sendall(b"QUIT\r\n")
        toy.stop()
    assert (threading.active_count(), descriptors()) == before


def test_nothing_is_opened_before_the_start(toy_class: Any) -> None:
    before = threading.active_count(), descriptors()
    toys = [toy_class() for _ in range(10)]
    assert (threading.active_count(), descriptors()) == before
    assert len(toys) == 10
    assert os.getpid()
