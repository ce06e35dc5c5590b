"""A farm makes fakes, stops all that it started, and verifies them together."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

import fakefarm
from fakefarm import FakeFailure, Farm
from fakefarm._core import listener, reception


def serves(toy: Any) -> bool:
    try:
        with socket.create_connection(toy.address, timeout=5) as client:
            return client.recv(100) == b"+hello\r\n"
    except ConnectionRefusedError:
        return False


def test_any_number(toy_class: Any) -> None:
    with Farm() as farm:
        toys = [farm.add(toy_class()) for _ in range(5)]
        assert farm.fakes == toys
        assert len({toy.port for toy in toys}) == 5
        assert all(serves(toy) for toy in toys)
    assert not any(serves(toy) for toy in toys)


def test_one_added_twice_is_one(toy_class: Any) -> None:
    with Farm() as farm:
        toy = farm.add(toy_class())
        assert farm.add(toy) is toy
        assert farm.fakes == [toy]


def test_verify_joins_the_complaints_of_all(toy_class: Any) -> None:
    farm = Farm()
    toys = [farm.add(toy_class()) for _ in range(3)]
    toys[0].on("ECHO")
    toys[2].on("MARK")
    farm.stop()
    with pytest.raises(FakeFailure) as failure:
        farm.verify()
    text = str(failure.value)
    assert f"on('ECHO')\n  on {toys[0]}," in text
    assert f"on('MARK')\n  on {toys[2]}," in text
    assert str(toys[1]) not in text
    assert failure.value.__cause__ is None


def test_the_cause_is_the_first_exception_of_a_thread(toy_class: Any) -> None:
    with Farm() as farm:
        farm.add(toy_class()).on("ECHO").optional()
        toy = farm.add(toy_class())
        error = ZeroDivisionError("on purpose")
        toy.errors.append(error)
        with pytest.raises(FakeFailure, match="on purpose") as failure:
            farm.verify()
        assert failure.value.__cause__ is error
        toy.errors.clear()


def test_exceptions_of_threads_are_taken_once(toy_class: Any) -> None:
    with Farm() as farm:
        toy = farm.add(toy_class())
        toy.on("ECHO").optional()
        assert farm.take_thread_complaints() == []
        toy.errors.append(ZeroDivisionError("on purpose"))
        (complaint,) = farm.take_thread_complaints()
        assert "ZeroDivisionError: on purpose" in complaint
        assert farm.take_thread_complaints() == []


def test_a_client_that_left_just_before_the_end_is_still_read(toy_class: Any) -> None:
    for _ in range(20):
        with Farm() as farm:
            toy = farm.add(toy_class())
            toy.on("ECHO").reply("-no")
            with socket.create_connection(toy.address, timeout=5) as client:
                client.sendall(b"ECHO x\r\n")
        assert toy.commands == ["ECHO"]


def test_leaving_verifies(toy_class: Any) -> None:
    with pytest.raises(FakeFailure), Farm() as farm:
        farm.add(toy_class()).on("ECHO")


def test_leaving_with_an_exception_does_not_hide_it(toy_class: Any) -> None:
    def fail() -> None:
        with farm:
            farm.add(toy_class()).on("ECHO")
            raise KeyError

    farm = Farm()
    with pytest.raises(KeyError):
        fail()
    assert not serves(farm.fakes[0])


def test_all_are_stopped_even_if_one_fails(toy_class: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "PATIENCE", 0.05)
    monkeypatch.setattr(reception, "PATIENCE", 0.05)
    gate, called = threading.Event(), threading.Event()

    def block(step: Any) -> None:
        called.set()
        gate.wait(10)

    farm = Farm()
    toys = [farm.add(toy_class()) for _ in range(3)]
    toys[1].on("connect", where=block)
    with socket.create_connection(toys[1].address, timeout=5):
        assert called.wait(5)
        with pytest.raises(RuntimeError, match=f"{toys[1].port}>: a callable of the test"):
            farm.stop()
    assert not any(serves(toy) for toy in toys)
    gate.set()
    farm.stop()


def test_of_two_that_fail_the_first_is_told(toy_class: Any) -> None:
    farm = Farm()
    toys = [farm.add(toy_class()) for _ in range(3)]

    def fail(number: int) -> None:
        raise ValueError(number)

    stops = [toy.stop for toy in toys]
    for number in (0, 1):
        toys[number].stop = lambda number=number: fail(number)
    with pytest.raises(ValueError, match=r"^0$"):
        farm.stop()
    assert not serves(toys[2])
    for stop in stops:
        stop()


def test_one_that_cannot_start_is_not_kept(toy_class: Any) -> None:
    with Farm() as farm:
        toy = farm.add(toy_class())
        with pytest.raises(OSError, match="cannot listen"):
            farm.add(toy_class(port=toy.port))
        assert farm.fakes == [toy]


@pytest.mark.parametrize("name", ["smtp", "http"])
def test_its_fakes_and_their_defaults(name: str) -> None:
    with Farm(strict=False, seed=7) as farm:
        first = getattr(farm, name)()
        second = getattr(farm, name)(seed=8, strict=True)
        assert (first.strict, first.seed) == (False, 7)
        assert (second.strict, second.seed) == (True, 8)
        assert first.port != second.port
        assert farm.fakes == [first, second]


def test_the_public_names() -> None:
    assert dir(fakefarm) == sorted(fakefarm.__all__)
    for name in fakefarm.__all__:
        assert getattr(fakefarm, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'Fake'"):
        _ = fakefarm.Fake


def test_a_fake_that_there_is_none_of() -> None:
    with pytest.raises(AttributeError, match=r"^a farm has no 'smpt': did you mean 'smtp'"):
        Farm().smpt()
