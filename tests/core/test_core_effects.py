"""What a step does besides its answer, and when a rule takes it away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

KEPT = ["x", "after x"]


@pytest.mark.parametrize(
    ("write", "marks"),
    [
        (lambda rule: rule.answer(), KEPT),
        (lambda rule: rule.delay(0), KEPT),
        (lambda rule: rule.duplicate(), KEPT),
        (lambda rule: rule.drip(size=3, every=0), KEPT),
        (lambda rule: rule.reply("+fine"), KEPT),
        (lambda rule: rule.reply("+fine").reply("-no"), KEPT),
        (lambda rule: rule.answer().raw(b"\n"), KEPT),
        (lambda rule: rule.reply("-no"), []),
        (lambda rule: rule.reply("-no").reply("+fine"), KEPT),
        (lambda rule: rule.reply(""), []),
        (lambda rule: rule.raw(b"+fine\r\n"), []),
        (lambda rule: rule.raw(b"-no\r\n").answer(), KEPT),
        (lambda rule: rule.without_effect(), []),
        (lambda rule: rule.answer().without_effect(), []),
        (lambda rule: rule.reply("+fine").without_effect(), []),
    ],
)
def test_the_effect_of_a_step(
    toy: Any, client: Any, write: Callable[[Any], Any], marks: list[str]
) -> None:
    write(toy.on("MARK"))
    client.ask("MARK x")
    client.send(b"QUIT\r\n")
    client.rest()
    assert toy.marks == ["greeted", *marks]


def test_ignore_has_no_effect_and_the_conversation_goes_on(toy: Any, client: Any) -> None:
    toy.on("MARK").ignore()
    client.send(b"MARK x\r\n")
    assert client.ask("ECHO next") == b"+next\r\n"
    assert toy.marks == ["greeted"]


@pytest.mark.parametrize("ending", ["close", "reset", "half_close", "stall"])
def test_an_ending_alone_has_no_effect(toy: Any, client: Any, ending: str) -> None:
    getattr(toy.on("MARK"), ending)(*([0] if ending == "stall" else []))
    client.send(b"MARK x\r\n")
    assert client.rest()[0] == b""
    client.close()
    toy.settle()
    assert toy.marks == ["greeted"]


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_an_answer_before_the_ending_keeps_the_effect_but_not_what_is_afterwards(
    toy: Any, client: Any, ending: str
) -> None:
    getattr(toy.on("MARK").answer(), ending)()
    client.send(b"MARK x\r\n")
    assert client.rest()[0] == b"+marked\r\n"
    assert toy.marks == ["greeted", "x"]


@pytest.mark.parametrize("after", [0, 3])
def test_a_natural_answer_that_is_cut_keeps_the_effect(toy: Any, client: Any, after: int) -> None:
    toy.on("message").truncate(after=after)
    client.ask("SEND")
    client.send(b"text\r\n")
    assert client.rest() == (b"+stored\r\n"[:after], "fin")
    assert toy.marks == ["greeted", "stored"]


def test_the_effect_comes_before_the_answer(toy: Any, client: Any) -> None:
    toy.on("MARK").reply("+scripted").delay(0.01).raw(b"more\n")
    for number in range(1, 11):
        assert client.ask(f"MARK {number}") == b"+scripted\r\n"
        assert toy.marks[-1] == str(number)
        assert client.line() == b"more\n"


def test_a_greeting_that_is_scripted(toy: Any, dial: Any) -> None:
    toy.on("connect").reply("-go away").then.reply("+come in")
    dial(toy, b"-go away\r\n").ask("ECHO")
    assert toy.marks == []
    dial(toy, b"+come in\r\n").ask("ECHO")
    assert toy.marks == ["greeted"]


def test_success_is_the_class_of_the_step(toy: Any, client: Any) -> None:
    toy.on("SEND").reply("+go").then.reply("3scripted")
    assert client.ask("SEND") == b"+go\r\n"
    assert client.ask("ECHO no content was taken") == b"+no content was taken\r\n"
    assert client.ask("SEND") == b"3scripted\r\n"
    assert client.ask("the content") == b"+stored\r\n"


def test_the_engine_is_not_called_for_a_scripted_failure(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("-no").then.raw(b"raw\n").then.ignore().then.close()
    client.ask("ECHO a")
    client.ask("ECHO b")
    client.send(b"ECHO c\r\nECHO d\r\n")
    client.rest()
    assert toy.asked == []


def test_the_engine_is_called_once_however_many_answers(toy: Any, client: Any) -> None:
    toy.on("ECHO").answer().answer().reply("+x")
    client.ask("ECHO a")
    assert (client.line(), client.line()) == (b"+a\r\n", b"+x\r\n")
    assert toy.asked == ["a"]


def test_an_effect_without_bytes_wakes_who_waits_for_it(toy: Any, client: Any) -> None:
    began = time.monotonic()
    client.send(b"NOTHING\r\n")
    toy.wait_until(lambda: "nothing" in toy.marks, timeout=2)
    toy.on("NOTHING").answer()
    client.send(b"NOTHING\r\n")
    toy.wait_until(lambda: toy.marks.count("nothing") == 2, timeout=2)
    assert time.monotonic() - began < 1.5  # woken, and not asked at the deadline


def test_quit_without_effect_does_not_end(toy: Any, client: Any) -> None:
    toy.on("QUIT").without_effect()
    assert client.ask("QUIT") == b"+bye\r\n"
    assert client.ask("ECHO still here") == b"+still here\r\n"
