"""Which rule fires, and how often."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm._core.pattern import matches

# --- the pattern language


@pytest.mark.parametrize(
    ("pattern", "text", "ok"),
    [
        (None, "anything", True),
        (None, "", True),
        ("", "", True),
        ("", "x", False),
        ("a", "a", True),
        ("a", "ab", False),
        ("a", "ba", False),
        ("a", "A", False),
        ("*", "", True),
        ("*", "any\nthing", True),
        ("a*", "abc", True),
        ("a*", "a", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "wwwXexampleXcom", False),
        ("a*c*e", "abcde", True),
        ("a*c*e", "abcdef", False),
        ("a**b", "axxb", True),
        (r"\*", "*", True),
        (r"\*", "x", False),
        (r"a\**", "a*bc", True),
        (r"a\**", "abc", False),
        (r"*\*", "abc*", True),
        (r"\\*", r"\*", True),
        (r"\\*", r"\x", False),
        ("a?[b].+", "a?[b].+", True),
        ("a?", "a", False),
        (re.compile("b+"), "abbc", True),
        (re.compile("^b+"), "abbc", False),
        (re.compile("B", re.IGNORECASE), "abc", True),
    ],
)
def test_patterns(pattern: Any, text: str, ok: bool) -> None:
    assert matches(pattern, text) is ok


def test_patterns_that_ignore_case() -> None:
    assert matches("a*C", "AbbbC", ignore_case=True)
    assert not matches("a*C", "AbbbC")


@pytest.mark.parametrize("pattern", ["b*b", re.compile("^b"), "b\\*b"])
def test_a_pattern_is_matched_against_the_argument(toy: Any, client: Any, pattern: Any) -> None:
    toy.on("ECHO", pattern).reply("+hit")
    assert client.ask("ECHO b*b") == b"+hit\r\n"
    assert client.ask("ECHO other") == b"+other\r\n"
    assert client.ask("BULK 0") == b"size 0\r\n"


# --- which rule


def test_the_first_that_matches_fires_and_the_others_do_not(toy: Any, client: Any) -> None:
    toy.on("ECHO", "a").reply("+one").once()
    toy.on("ECHO").reply("+two").times(2)
    toy.on("ECHO", "a").reply("+three")
    answers = [client.ask(f"ECHO {text}") for text in "aabaa"]
    assert answers == [b"+one\r\n", b"+two\r\n", b"+two\r\n", b"+three\r\n", b"+three\r\n"]


def test_no_match_is_the_natural_answer(toy: Any, client: Any) -> None:
    toy.on("MARK").reply("+never")
    assert client.ask("ECHO natural") == b"+natural\r\n"


def test_star_is_any_command_and_no_phase(toy: Any, dial: Callable[..., Any]) -> None:
    toy.on("*").reply("+star")
    client = dial(toy)  # reads the natural greeting
    assert client.ask("ECHO x") == b"+star\r\n"
    assert client.ask("UNHEARD of") == b"+star\r\n"
    toy.on("*").reply("+never")
    toy.reset()
    toy.on("*", "x*").reply("+star")
    client = dial(toy)
    assert client.ask("ECHO xy") == b"+star\r\n"
    assert client.ask("ECHO y") == b"+y\r\n"


def test_every_is_any_step_and_phases_too(toy: Any, dial: Callable[..., Any]) -> None:
    toy.every().reply("+every")
    client = dial(toy, b"+every\r\n")
    assert client.ask("ECHO x") == b"+every\r\n"
    assert [step.verb for step in toy.steps] == ["connect", "ECHO"]


def test_rules_for_phases(toy: Any, dial: Callable[..., Any]) -> None:
    toy.on("connect").reply("+welcome")
    toy.on("message").reply("-no room")
    client = dial(toy, b"+welcome\r\n")
    assert client.ask("SEND") == b"3go\r\n"
    assert client.ask("my text") == b"-no room\r\n"
    assert toy.commands == ["SEND"]
    assert toy.steps[-1].content == b"my text"


def test_a_custom_verb_is_not_a_phase_of_that_name(toy: Any, client: Any) -> None:
    toy.on("*").reply("+star")
    assert client.ask("CONNECT") == b"+star\r\n"


# --- where


def test_where_is_asked_at_most_once_a_step(toy: Any, client: Any) -> None:
    asked: list[str] = []

    def where(step: Any) -> bool:
        asked.append(step.argument)
        return bool(step.argument == "yes")

    toy.on("ECHO", "*s", where=where).reply("+where").times(2)
    replies = [client.ask(f"ECHO {text}") for text in ("yes", "no", "this", "yes", "yes")]
    assert replies[0] == replies[3] == b"+where\r\n"
    # Not where the pattern says no already, and not when the rule is used up.
    assert asked == ["yes", "this", "yes"]


def test_where_sees_the_step(toy: Any, client: Any) -> None:
    seen: list[Any] = []
    toy.on("ECHO", where=seen.append).reply("+never")
    assert client.ask("ECHO a b") == b"+a b\r\n"
    (step,) = seen
    assert (step.verb, step.argument, step.line, step.connection) == ("ECHO", "a b", b"ECHO a b", 1)
    assert 0 < step.time < 60
    assert step is toy.steps[-1]


def test_where_is_asked_though_the_rule_lets_the_match_pass(toy: Any, client: Any) -> None:
    asked: list[Any] = []

    def where(step: Any) -> bool:
        asked.append(step)
        return True

    toy.on("ECHO", where=where).reply("+late").after(1)
    assert client.ask("ECHO x") == b"+x\r\n"
    assert client.ask("ECHO x") == b"+late\r\n"
    assert len(asked) == 2


# --- how often


def test_for_ever(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+r")
    assert [client.ask("ECHO") for _ in range(5)] == [b"+r\r\n"] * 5


def test_once_and_times(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+1").once()
    toy.on("ECHO").reply("+2").times(2)
    got = b"".join(client.ask("ECHO 0") for _ in range(4))
    assert got == b"+1\r\n+2\r\n+2\r\n+0\r\n"


def test_after_lets_matches_pass_to_the_rules_that_follow(toy: Any, client: Any) -> None:
    toy.on("ECHO", "x").reply("+late").after(2)
    toy.on("ECHO").reply("+early").once()
    got = [client.ask(f"ECHO {text}") for text in "xyxxx"]
    assert got == [b"+early\r\n", b"+y\r\n", b"+x\r\n", b"+late\r\n", b"+late\r\n"]


def test_after_and_times_together(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+r").after(1).times(2)
    got = b"".join(client.ask("ECHO n") for _ in range(5))
    assert got == b"+n\r\n+r\r\n+r\r\n+n\r\n+n\r\n"


def test_a_sequence_in_its_order(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+1").then.reply("+2").times(2).then.answer().then.reply("+4")
    got = b"".join(client.ask("ECHO 3") for _ in range(7))
    assert got == b"+1\r\n+2\r\n+2\r\n+3\r\n+4\r\n+4\r\n+4\r\n"


def test_a_sequence_that_ends(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+1").then.reply("+2").once()
    got = b"".join(client.ask("ECHO n") for _ in range(4))
    assert got == b"+1\r\n+2\r\n+n\r\n+n\r\n"


def test_each_part_of_a_sequence_counts_for_itself(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+1").after(1).then.reply("+2").after(2)
    got = b"".join(client.ask("ECHO n") for _ in range(6))
    assert got == b"+n\r\n+1\r\n+n\r\n+n\r\n+2\r\n+2\r\n"


def test_a_sequence_across_connections(toy: Any, dial: Callable[..., Any]) -> None:
    toy.on("ECHO").reset().then.reply("-busy").then.reply("+ok")
    first = dial(toy)
    first.send(b"ECHO x\r\n")
    assert first.rest() == (b"", "rst")
    assert dial(toy).ask("ECHO x") == b"-busy\r\n"
    assert dial(toy).ask("ECHO x") == b"+ok\r\n"


def test_the_note_of_a_rule_counts_its_firings(
    toy: Any, client: Any, notes: Callable[..., list[str]]
) -> None:
    rule = toy.on("ECHO").reply("+r")
    client.ask("ECHO")
    client.ask("ECHO")
    where = f"{rule} written at {rule.written_at}"
    assert notes(toy, "rule") == [f"{where} fired, time 1", f"{where} fired, time 2"]


# --- chance


def outcomes(make: Any, dial: Any, seed: int | None, p: float, n: int = 40) -> str:
    toy = make(seed=seed)
    toy.on("ECHO").reply("+r").with_probability(p)
    client = dial(toy)
    return "".join("r" if client.ask("ECHO n") == b"+r\r\n" else "n" for _ in range(n))


def test_the_same_seed_has_the_same_outcome(make: Any, dial: Any) -> None:
    first = outcomes(make, dial, 1, 0.5)
    assert outcomes(make, dial, 1, 0.5) == first
    assert {"r", "n"} == set(first)
    assert outcomes(make, dial, 2, 0.5) != first


def test_a_reset_has_the_same_outcome_again(make: Any, dial: Any) -> None:
    toy = make(seed=3)
    got = []
    for _ in range(2):
        toy.on("ECHO").reply("+r").with_probability(0.5)
        client = dial(toy)
        got.append([client.ask("ECHO n") for _ in range(20)])
        toy.reset()
    assert got[0] == got[1]


def test_rules_do_not_disturb_each_others_chances(make: Any, dial: Any) -> None:
    alone = outcomes(make, dial, 1, 0.5)
    toy = make(seed=1)
    toy.on("ECHO").reply("+r").with_probability(0.5)
    toy.on("MARK").reply("+r").with_probability(0.5)
    client = dial(toy)
    got = ""
    for _ in range(40):
        client.ask("MARK")
        got += "r" if client.ask("ECHO n") == b"+r\r\n" else "n"
    assert got == alone


def test_without_a_seed_there_is_a_fresh_one_to_read(toy_class: Any, make: Any, dial: Any) -> None:
    assert toy_class().seed != toy_class().seed
    assert toy_class(seed=5).seed == 5
    assert isinstance(make().seed, int)


@pytest.mark.parametrize(("p", "all_of"), [(0, "n"), (1, "r"), (0.0, "n"), (1.0, "r")])
def test_certainties(make: Any, dial: Any, p: float, all_of: str) -> None:
    assert outcomes(make, dial, None, p) == all_of * 40


def test_chance_that_passes_goes_to_the_rules_that_follow(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("+never").with_probability(0)
    toy.on("ECHO").reply("+other")
    assert client.ask("ECHO") == b"+other\r\n"


def test_with_once_chance_is_drawn_until_it_fires(make: Any, dial: Any) -> None:
    toy = make(seed=1)
    toy.on("ECHO").reply("+r").with_probability(0.3).once()
    client = dial(toy)
    got = [client.ask("ECHO n") for _ in range(60)]
    assert got.count(b"+r\r\n") == 1


# --- the engine is asked last


def test_a_rule_is_asked_before_the_engine(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply("-scripted")
    assert client.ask("ECHO x") == b"-scripted\r\n"
    assert toy.asked == []


def test_observers_are_told_of_every_step_and_answer_none(toy: Any, dial: Any) -> None:
    seen: list[str] = []

    def observe(step: Any) -> str:
        seen.append(step.verb)
        return "ignored"

    toy.observe(observe)
    toy.observe(lambda step: seen.append("second"))
    toy.on("ECHO").reply("-r")
    client = dial(toy)
    assert client.ask("ECHO") == b"-r\r\n"
    client.ask("MARK")
    assert seen == ["connect", "second", "ECHO", "second", "MARK", "second"]
    toy.reset()
    dial(toy)
    assert len(seen) == 6
