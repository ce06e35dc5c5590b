"""What verify() complains of, and in which words."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import FakeFailure


@pytest.fixture
def strict(make: Callable[..., Any]) -> Any:
    return make(strict=True)


def complaint(toy: Any) -> str:
    with pytest.raises(FakeFailure) as failure:
        toy.verify()
    return str(failure.value)


def test_a_clean_run_has_no_complaint(strict: Any, dial: Any) -> None:
    strict.on("ECHO").reply("+r").once()
    dial(strict).ask("ECHO")
    strict.verify()
    assert list(strict.complaints()) == []


def test_failures_are_assertion_errors(strict: Any) -> None:
    strict.on("ECHO")
    with pytest.raises(AssertionError):
        strict.verify()


def test_a_rule_that_never_fired(strict: Any, dial: Any) -> None:
    client = dial(strict)
    client.ask("ECHO abc")
    client.ask("MARK abc")
    rule = strict.on("ECHO", "x*").reply("-no").once()
    step = strict.steps[1]
    assert complaint(strict) == (
        "on('ECHO', 'x*').reply('-no').once()\n"
        f"  on {strict},\n"
        f"  written at {rule.written_at} never fired.\n"
        f"  Nearest of 3 steps: ECHO abc (connection 1, {step.time:.4f} s)\n"
        "    ok  verb: 'ECHO' matches 'ECHO'\n"
        "    NOT pattern: 'abc' is not 'x*'"
    )
    assert re.match(r"test_core_strictness\.py:\d+$", rule.written_at)


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda on: on.raw(b"+\n").once().then.raw(b"+\n"), "the part before answered it"),
        (lambda on: on.raw(b"+\n").after(9), "it passed by"),
    ],
)
def test_why_a_rule_that_matches_did_not_fire(
    strict: Any, dial: Any, write: Callable[[Any], Any], why: str
) -> None:
    write(strict.on("ECHO", "abc"))
    dial(strict).ask("ECHO abc")
    assert f"NOT turn: matches, but {why}" in complaint(strict)


def test_the_nearest_has_the_verb_first_and_then_the_argument(strict: Any, dial: Any) -> None:
    client = dial(strict)
    client.ask("MARK xyz")
    client.ask("ECHO abc")
    strict.on("ECHO", "xyz")
    assert "Nearest of 3 steps: ECHO abc" in complaint(strict)
    strict.script.forget()
    client.ask("MARK other")
    strict.on("ECHO", "other")
    text = complaint(strict)
    assert "NOT verb: 'MARK' is not 'ECHO'\n    ok  pattern: 'other' matches 'other'" in text


def test_a_command_is_nearer_to_a_command_and_a_phase_to_a_phase(strict: Any, dial: Any) -> None:
    dial(strict).ask("MARK x")
    strict.on("message").reply("-no")
    assert "Nearest of 2 steps: connect (connection 1" in complaint(strict)
    strict.script.rules.clear()
    strict.on("*", "none")
    assert "Nearest of 2 steps: MARK x (connection 1" in complaint(strict)


def test_where_said_no(strict: Any, dial: Any) -> None:
    dial(strict).ask("ECHO abc")
    strict.reset()
    strict.on("ECHO", "a*", where=lambda step: False)
    dial(strict).ask("ECHO abc")
    assert complaint(strict).endswith(
        "ok  pattern: 'abc' matches 'a*'\n    NOT where: was asked and did not say yes"
    )


def test_an_earlier_rule_answered(strict: Any, dial: Any) -> None:
    strict.on("ECHO")
    strict.on("ECHO", re.compile("b"))
    dial(strict).ask("ECHO abc")
    assert complaint(strict).endswith(
        "ok  pattern: 'abc' matches re.compile('b')\n"
        "    NOT turn: matches, but an earlier rule answered it"
    )


def test_a_rule_for_every_step(strict: Any, dial: Any) -> None:
    strict.every().after(5)
    dial(strict)
    assert "NOT turn: matches" in complaint(strict)


def test_no_step_at_all(strict: Any) -> None:
    strict.on("ECHO")
    assert complaint(strict).endswith(
        "There was no step at all: did the client connect to this fake?"
    )


def test_an_empty_line_is_called_so(strict: Any, dial: Any) -> None:
    dial(strict).ask("")
    strict.on("*", "x")
    assert "an empty line (connection 1" in complaint(strict)


def test_long_steps_are_shown_short(strict: Any, dial: Any) -> None:
    dial(strict).ask("ECHO " + "x" * 900)
    strict.on("ECHO", "y")
    (nearest,) = (row for row in complaint(strict).splitlines() if "Nearest" in row)
    assert len(nearest) < 200


def test_a_part_of_a_sequence_that_never_fired(strict: Any, dial: Any) -> None:
    client = dial(strict)
    strict.on("ECHO").reply("+1").then.reply("+2").times(2).then.reply("+3")
    client.ask("ECHO")
    assert ": of its 3 parts, number 2 never fired." in complaint(strict)
    client.ask("ECHO")
    assert ": of its 3 parts, number 3 never fired." in complaint(strict)
    client.ask("ECHO")
    client.ask("ECHO")
    strict.verify()


def test_times_need_not_be_used_up(strict: Any, dial: Any) -> None:
    strict.on("ECHO").reply("+1").times(3)
    dial(strict).ask("ECHO")
    strict.verify()


def test_all_complaints_are_made_at_once(strict: Any) -> None:
    strict.on("ECHO")
    strict.on("MARK")
    text = complaint(strict)
    assert text.count("never fired") == 2
    assert text.count(str(strict)) == 2


# --- faults that did less than they say


@pytest.mark.parametrize(
    ("write", "problem"),
    [
        (lambda rule: rule.truncate(after=50), "truncate(after=50) reaches beyond the 4 bytes"),
        (lambda rule: rule.garble(at=3, count=2), "garble(at=3, count=2) reaches beyond the 4"),
        (lambda rule: rule.insert(b"x", at=5), "insert(data=b'x', at=5) reaches beyond the 4"),
        (lambda rule: rule.ignore().garble(at=0), "garble(at=0, count=1) reaches beyond the 0"),
        (lambda rule: rule.truncate(after=50).close(), "truncate(after=50)"),
        (lambda rule: rule.truncate(after=50).reset(), "truncate(after=50)"),
        (lambda rule: rule.truncate(after=50).stall(0), "truncate(after=50)"),
    ],
)
def test_a_fault_that_reached_beyond_the_answer(
    strict: Any, dial: Any, write: Callable[[Any], Any], problem: str
) -> None:
    rule = write(strict.on("ECHO"))
    client = dial(strict)
    client.send(b"ECHO x\r\nQUIT\r\n")
    client.rest()
    client.close()
    strict.settle()
    text = complaint(strict)
    assert f"written at {rule.written_at} fired, but {problem}" in text


def test_once_in_full_is_enough(strict: Any, dial: Any) -> None:
    strict.on("ECHO").garble(at=5)
    client = dial(strict)
    client.ask("ECHO long enough")
    client.ask("ECHO")
    strict.verify()


def test_a_fault_that_reached_its_byte_is_well(strict: Any, dial: Any) -> None:
    strict.on("ECHO").garble(at=3).truncate(after=4)
    client = dial(strict)
    client.send(b"ECHO x\r\n")
    client.rest()
    strict.verify()


def test_a_client_that_leaves_first_is_not_the_rules_fault(strict: Any, dial: Any) -> None:
    strict.on("ECHO").raw(b"abc").delay(0.05).raw(b"def").truncate(after=5)
    client = dial(strict)
    client.send(b"ECHO x\r\n")
    client.exactly(3)
    client.reset()
    strict.settle()
    strict.verify()


def test_a_fake_that_stops_first_is_not_the_rules_fault(strict: Any, dial: Any) -> None:
    strict.on("ECHO").delay(60).truncate(after=5)
    client = dial(strict)
    client.send(b"ECHO x\r\n")
    strict.wait_until(lambda: strict.commands)
    strict.stop()
    strict.verify()


# --- what is excused


def test_optional(strict: Any, dial: Any) -> None:
    strict.on("ECHO").reply("+").optional()
    strict.on("MARK").reply("+1").then.reply("+2").optional()
    strict.on("BULK").truncate(after=1000).optional()
    client = dial(strict)
    client.ask("MARK")
    client.ask("BULK 1")
    strict.verify()


def test_chance_is_an_excuse(strict: Any) -> None:
    strict.on("ECHO").with_probability(0.001)
    strict.on("ECHO").with_probability(0)
    strict.verify()


def test_certainty_is_none(strict: Any) -> None:
    strict.on("ECHO").with_probability(1)
    assert "never fired" in complaint(strict)


def test_the_chance_of_a_later_part_does_not_excuse_an_earlier_one(strict: Any, dial: Any) -> None:
    strict.on("ECHO").reply("+1").then.reply("+2").with_probability(0.001).then.reply("+3")
    assert "never fired" in complaint(strict)
    dial(strict).ask("ECHO")
    strict.verify()


def test_a_lenient_fake_has_no_complaint(toy: Any, client: Any) -> None:
    toy.on("MARK")
    toy.on("ECHO").garble(at=100)
    client.ask("ECHO")
    toy.verify()


def test_reset_forgets_complaints(strict: Any) -> None:
    strict.on("ECHO")
    strict.reset()
    strict.verify()


def test_a_context_manager_verifies(toy_class: Any) -> None:
    with pytest.raises(FakeFailure, match="never fired"), toy_class() as toy:
        toy.on("ECHO")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(toy.address, timeout=5)


def test_a_context_manager_does_not_hide_the_exception_on_its_way(toy_class: Any) -> None:
    def fail() -> None:
        with toy_class() as toy:
            toy.on("ECHO")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
