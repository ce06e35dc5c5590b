"""wait_until() and settle()."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest


def test_a_predicate_that_is_true_already(toy: Any) -> None:
    toy.wait_until(lambda: True, timeout=0)


def test_a_predicate_is_asked_after_each_event(toy: Any, client: Any) -> None:
    seen: list[int] = []

    def three() -> bool:
        seen.append(len(toy.commands))
        return len(toy.commands) == 3

    def chat() -> None:
        for _ in range(3):
            client.ask("ECHO x")

    thread = threading.Thread(target=chat)
    thread.start()
    toy.wait_until(three)
    thread.join()
    assert seen == sorted(seen)
    assert seen[-1] == 3
    assert len(seen) <= 40  # asked, and not polled


def test_a_timeout_shows_the_transcript(toy: Any, client: Any) -> None:
    client.ask("ECHO shown in the report")

    def never() -> bool:
        return False

    began = time.monotonic()
    with pytest.raises(TimeoutError) as problem:
        toy.wait_until(never, timeout=0.05)
    assert 0.05 <= time.monotonic() - began < 1
    assert str(problem.value).startswith(f"never did not become true in 0.05 s\n{toy}\n")
    assert "<- ECHO shown in the report" in str(problem.value)


def test_a_predicate_without_a_name(toy: Any) -> None:
    class Never:
        def __call__(self) -> bool:
            return False

        def __repr__(self) -> str:
            return "Never()"

    with pytest.raises(TimeoutError, match=r"^Never\(\) did not become true in 0 s"):
        toy.wait_until(Never(), timeout=0)


def test_a_last_look_at_the_deadline(toy: Any) -> None:
    answers = [False, True]
    toy.wait_until(lambda: answers.pop(0), timeout=0)


def test_the_exception_of_a_predicate_is_the_callers(toy: Any, client: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        toy.wait_until(lambda: 1 / 0)
    assert client.ask("ECHO x") == b"+x\r\n"
    assert toy.transcript._waiting == 0


def test_several_wait_at_once(toy: Any, client: Any) -> None:
    woken: list[str] = []

    def wait(verb: str) -> None:
        toy.wait_until(lambda: verb in toy.commands)
        woken.append(verb)

    threads = [threading.Thread(target=wait, args=(verb,)) for verb in ("ECHO", "MARK", "BULK")]
    for thread in threads:
        thread.start()
    for verb in ("MARK x", "ECHO x", "BULK 0"):
        client.ask(verb)
    for thread in threads:
        thread.join(5)
    assert sorted(woken) == ["BULK", "ECHO", "MARK"]


def test_a_reset_wakes_who_waits(toy: Any, client: Any) -> None:
    client.ask("ECHO x")
    timer = threading.Timer(0.02, toy.reset)
    timer.start()
    toy.wait_until(lambda: not toy.commands, timeout=2)
    timer.join()


# --- settle


def test_nothing_happened_is_settled(toy: Any, toy_class: Any) -> None:
    toy.settle(timeout=0)
    toy_class().settle(timeout=0)


def test_who_is_still_there_is_not_waited_for(toy: Any, client: Any) -> None:
    toy.settle(timeout=2)
    client.send(b"half a line")
    toy.settle(timeout=2)
    toy.on("ECHO").stall()
    client.send(b"\r\nECHO x\r\n" + b"unread\r\n" * 1000)
    toy.wait_until(lambda: "ECHO" in toy.commands)
    toy.settle(timeout=2)


def test_who_holds_back_is_not_waited_for(toy: Any, client: Any) -> None:
    """A delayed answer and one that is not read, with input unread behind."""
    toy.on("ECHO").delay(60)
    client.send(b"BULK 30000000\r\n" + b"unread\r\n" * 10_000)
    toy.wait_until(lambda: len(toy.transcript.sent()) > 1000)
    toy.settle(timeout=2)


def test_clients_that_leave_before_they_are_let_in(toy: Any) -> None:
    """connect, send and leave are over in microseconds, and nobody is missed."""
    missed = 0
    for number in range(1, 101):
        with socket.create_connection(toy.address, timeout=5) as client:
            client.sendall(b"MARK %d\r\nhalf" % number)
        toy.settle()
        ends = [connection.closed for connection in toy.connections]
        missed += str(number) not in toy.marks or len(ends) != number or None in ends
        toy.wait_until(lambda number=number: str(number) in toy.marks and not toy._reception.live)
    assert missed <= 2  # a system under load delivers late even on its loopback


def test_clients_that_reset_before_they_are_let_in(toy: Any) -> None:
    for number in range(1, 51):
        with socket.create_connection(toy.address, timeout=5) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        toy.settle()
        toy.wait_until(lambda: all(each.closed is not None for each in toy.connections))
        assert len(toy.connections) <= number
    assert toy.errors == []


def test_clients_that_come_all_at_once(toy: Any) -> None:
    def visit() -> None:
        for _ in range(10):
            with socket.create_connection(toy.address, timeout=5) as client:
                client.sendall(b"ECHO x\r\n")

    threads = [threading.Thread(target=visit) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    toy.settle()
    assert toy.commands == ["ECHO"] * 50
    assert not toy._reception.live


def test_more_than_the_system_holds_back_is_read_to_its_end(toy: Any, client: Any) -> None:
    """The FIN of a client that left is behind megabytes that are still on their way."""
    data = bytes(8 * 2**20)
    client.send(b"TAKE 100000000\r\n" + data)
    client.close()
    toy.settle()
    assert toy.transcript.received("data") == data
    assert toy.connections[0].ended_by == "client"


def test_who_left_behind_a_delay_is_waited_for(toy: Any, client: Any) -> None:
    toy.on("MARK").delay(0.05)
    client.send(b"MARK x\r\n")
    client.close()
    toy.settle()
    assert "x" in toy.marks


@pytest.mark.parametrize("write", [lambda r: r.delay(60), lambda r: r.drip(1, 60)])
def test_the_end_of_a_test_does_not_wait_for_a_delay(
    toy: Any, client: Any, write: Callable[[Any], Any], notes: Callable[..., list[str]]
) -> None:
    write(toy.on("MARK"))
    client.send(b"MARK x\r\n")
    client.close()
    toy.wait_until(lambda: notes(toy, "rule"))
    began = time.monotonic()
    toy.settle_briefly()
    assert time.monotonic() - began < 1
    with pytest.raises(TimeoutError):
        toy.settle(timeout=0.05)


def test_who_left_and_is_not_read_to_the_end_in_time(toy: Any, client: Any) -> None:
    gate = threading.Event()
    toy.on("MARK", where=lambda step: gate.wait(5))
    client.send(b"MARK x\r\n")
    client.close()
    toy.wait_until(lambda: toy.commands)
    with pytest.raises(TimeoutError, match=r"(?s)^settle\(\) did not.* in 0\.05 s.*MARK x"):
        toy.settle(timeout=0.05)
    threading.Timer(0.02, gate.set).start()
    toy.settle()
    assert toy.connections[0].ended_by == "client"


def test_one_who_is_let_in_slowly_is_waited_for(toy: Any, dial: Callable[..., Any]) -> None:
    gate = threading.Event()
    toy.on("connect", where=lambda step: gate.wait(5) and False)
    client = dial(toy, b"")
    client.close()
    with pytest.raises(TimeoutError):
        toy.settle(timeout=0.02)
    threading.Timer(0.02, gate.set).start()
    toy.settle()
    assert toy.connections[0].ended_by == "client"


def test_one_who_is_let_in_and_says_nothing_is_settled(make: Any) -> None:
    """No event follows the opening where the client speaks first."""
    toy = make()
    toy.on("connect").ignore()
    for _ in range(30):
        with socket.create_connection(toy.address, timeout=5):
            toy.settle(timeout=2)
