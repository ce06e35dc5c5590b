"""refuse() on connect: nothing listens, and the port stays ours."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import FakeFailure


def refused(toy: Any) -> bool:
    try:
        socket.create_connection(toy.address, timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_written_before_the_start(toy_class: Any) -> None:
    with toy_class() as toy:
        port = toy.port
    toy = toy_class(port=port)
    toy.on("connect").refuse()
    with toy:
        assert toy.port == port
        assert refused(toy)
        assert refused(toy)
        assert toy.connections == []
        assert toy.steps == []
    toy.verify()


def test_written_while_it_runs(toy: Any, client: Any, notes: Callable[..., list[str]]) -> None:
    port = toy.port
    toy.on("connect").refuse()
    assert refused(toy)
    assert toy.port == port
    assert client.ask("ECHO who is in stays in") == b"+who is in stays in\r\n"
    assert "the port is held and nothing listens on it" in notes(toy, "rule")


def test_who_waits_at_the_door_is_reset(toy: Any, dial: Any) -> None:
    gate = threading.Event()
    toy.on("connect", where=lambda step: gate.wait(5) and False)
    inside = dial(toy, b"")
    waiting = dial(toy, b"")
    listener = toy._reception._listener

    def open_when_closing() -> None:
        while listener.listening:
            time.sleep(0.001)
        gate.set()

    thread = threading.Thread(target=open_when_closing)
    thread.start()
    began = time.monotonic()
    toy.on("connect").refuse()
    assert time.monotonic() - began < 1  # neither waits for the other
    thread.join()
    assert inside.rest() == (b"", "rst")
    assert waiting.rest() == (b"", "rst")
    assert refused(toy)


def test_the_port_stays_ours(toy: Any, toy_class: Any) -> None:
    toy.on("connect").refuse()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(toy.address)
    toy.stop()
    with toy_class(port=toy.port):
        pass


@pytest.mark.parametrize("before", [True, False], ids=["before-start", "after-start"])
@pytest.mark.parametrize(
    "write",
    [lambda rule: rule.after(2).refuse(), lambda rule: rule.refuse().after(2)],
    ids=["after-refuse", "refuse-after"],
)
def test_from_the_nth_connection_on(
    toy_class: Any, dial: Any, before: bool, write: Callable[[Any], Any]
) -> None:
    with toy_class() as toy:
        if before:
            toy.stop()
            write(toy.on("connect"))
            toy.start()
        else:
            write(toy.on("connect"))
        first, second = dial(toy), dial(toy)
        assert refused(toy)
        assert refused(toy)
        assert first.ask("ECHO a") == b"+a\r\n"
        assert second.ask("ECHO b") == b"+b\r\n"
        assert len(toy.connections) == 2


def test_a_refusal_that_had_no_turn_never_fired(toy_class: Any, dial: Any) -> None:
    with toy_class() as toy:
        toy.on("connect").refuse().after(2)
        dial(toy)
        with pytest.raises(FakeFailure, match="never fired"):
            toy.verify()
        toy.reset()


def test_after_none_is_from_now_on(toy: Any) -> None:
    toy.on("connect").refuse().after(0)
    assert refused(toy)


def test_the_rules_before_it_have_their_turn_first(toy: Any, dial: Any) -> None:
    toy.on("connect").reply("+one").once()
    toy.on("connect").refuse()
    dial(toy, b"+one\r\n")
    assert refused(toy)


def test_at_the_end_of_a_sequence(toy: Any, dial: Any) -> None:
    toy.on("connect").reset().then.reply("+two").then.refuse()
    assert dial(toy, b"").rest() == (b"", "rst")
    dial(toy, b"+two\r\n")
    assert refused(toy)


def test_a_rule_that_answers_every_connection_leaves_no_turn(toy: Any, dial: Any) -> None:
    toy.every().after(0)
    toy.on("connect").refuse()
    dial(toy)


def test_reset_lifts_it_on_the_same_port(toy: Any, dial: Any) -> None:
    address = toy.address
    toy.on("connect").refuse()
    assert refused(toy)
    toy.reset()
    assert toy.address == address
    assert dial(toy).ask("ECHO again") == b"+again\r\n"
    toy.on("connect").refuse()
    assert refused(toy)


def test_stop_and_start_while_refusing(toy: Any) -> None:
    toy.on("connect").refuse()
    toy.stop()
    toy.start()
    assert refused(toy)


def test_it_settles(toy: Any, client: Any) -> None:
    toy.on("connect").refuse()
    assert refused(toy)
    toy.settle(timeout=1)
    client.send(b"half")
    client.close()
    toy.settle(timeout=1)
    assert toy.connections[0].ended_by == "client"


@pytest.mark.parametrize(
    "write",
    [
        lambda rule: rule.refuse().once(),
        lambda rule: rule.once().refuse(),
        lambda rule: rule.refuse().times(3),
        lambda rule: rule.refuse().with_probability(0.5),
        lambda rule: rule.with_probability(0.5).refuse(),
    ],
)
def test_what_nobody_sees_cannot_be_counted(toy: Any, write: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="refusals cannot be counted; use reset"):
        write(toy.on("connect"))


def test_nothing_follows_it(toy: Any) -> None:
    rule = toy.on("connect").refuse()
    with pytest.raises(ValueError, match="not seen by anyone"):
        _ = rule.then
    with pytest.raises(ValueError, match=r"nothing can follow refuse\(\)"):
        rule.reply("+")
    with pytest.raises(ValueError, match=r"nothing can follow refuse\(\)"):
        rule.delay(1)


@pytest.mark.parametrize(
    "write",
    [
        lambda rule: rule.reply("+").refuse(),
        lambda rule: rule.delay(1).refuse(),
        lambda rule: rule.drip().refuse(),
        lambda rule: rule.refuse().drip(),
        lambda rule: rule.refuse().without_effect(),
    ],
)
def test_it_stands_alone(toy: Any, write: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="stands alone"):
        write(toy.on("connect"))


def test_it_cannot_look_at_the_client(toy: Any) -> None:
    with pytest.raises(ValueError, match="never gets in"):
        toy.on("connect", "x").refuse()
    with pytest.raises(ValueError, match="never gets in"):
        toy.on("connect", where=bool).refuse()


@pytest.mark.parametrize("verb", ["ECHO", "message", "*"])
def test_it_is_for_connections(toy: Any, verb: str) -> None:
    with pytest.raises(ValueError, match=r"for on\('connect'\) and on\('transfer'\)"):
        toy.on(verb).refuse()
    with pytest.raises(ValueError, match=r"for on\('connect'\)"):
        toy.every().refuse()


def test_a_transfer_is_refused_and_replied_to(toy: Any) -> None:
    """The wire of it is the matter of the protocol that has transfers."""
    for rule in (
        toy.on("transfer").refuse().reply("-425"),
        toy.on("transfer").reply("-425").refuse(),
        toy.on("transfer").refuse().ignore().once(),
        toy.on("transfer", "LIST*").refuse().with_probability(0.5),
    ):
        assert rule.parts[0].refuses


def test_a_client_that_slips_in_is_reset(toy: Any, dial: Any) -> None:
    """Between the writing of the rule and the end of the listening there is a moment."""
    toy._mind_refusal = lambda: None
    toy.script.rules.append(toy.rule_class("connect", None, None, {}, lambda: None, lambda: None))
    toy.script.rules[0].refuse()
    assert dial(toy, b"").rest() == (b"", "rst")


def test_one_who_is_accepted_too_late_is_reset(
    toy: Any, dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system does to those who are still in its queue."""
    listener = toy._reception._listener
    accept = listener.get_request

    def get_request() -> Any:
        accepted = accept()
        listener.listening = False
        return accepted

    monkeypatch.setattr(listener, "get_request", get_request)
    assert dial(toy, b"").rest() == (b"", "rst")
    assert toy.connections == []


def test_refusals_while_clients_come(make: Any) -> None:
    """Neither a deadlock nor a lost port, whoever is in the middle of what."""
    for number in range(20):
        toy = make()
        stop = threading.Event()

        def knock(toy: Any = toy, stop: threading.Event = stop) -> None:
            while not stop.is_set():
                try:
                    with socket.create_connection(toy.address, timeout=5) as client:
                        client.recv(1)
                except ConnectionError:
                    pass

        threads = [threading.Thread(target=knock) for _ in range(2)]
        for thread in threads:
            thread.start()
        toy.wait_until(lambda toy=toy: len(toy.connections) > 3)
        rule = toy.on("connect")
        if number % 2:
            rule.after(len(toy.connections) % 5)
        rule.refuse()
        if number % 3 == 0:
            toy.on("connect").refuse()
        toy.wait_until(lambda toy=toy: not toy._reception._listener.listening)
        thread = toy._reception._listener.thread
        if thread is not None:
            thread.join(5)
        assert refused(toy)
        toy.reset()
        toy.wait_until(lambda toy=toy: toy.connections)
        toy.stop()
        stop.set()
        for thread in threads:
            thread.join()
        assert toy.errors == []
