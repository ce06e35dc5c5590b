"""What a test may write, and what raises at the line that wrote it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

NO_SECONDS = [-1, -0.001, math.nan, math.inf, True, "1", None, 10**400, 1e300]
NO_WHOLE = [-1, 1.0, True, "1", None, math.nan]


@pytest.mark.parametrize("value", NO_SECONDS)
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("seconds", lambda rule, value: rule.delay(value)),
        ("every", lambda rule, value: rule.drip(every=value)),
    ],
    ids=["delay", "drip-every"],
)
def test_seconds_are_a_finite_number_of_0_or_more(
    toy: Any, name: str, write: Callable[..., Any], value: Any
) -> None:
    with pytest.raises(ValueError, match=rf"^{name}=.*number of seconds"):
        write(toy.on("ECHO"), value)


@pytest.mark.parametrize("value", [v for v in NO_SECONDS if v is not None])
def test_a_stall_may_be_endless_or_seconds(toy: Any, value: Any) -> None:
    toy.on("ECHO").stall(None)
    with pytest.raises(ValueError, match=r"^seconds="):
        toy.on("ECHO").stall(value)


@pytest.mark.parametrize("value", NO_WHOLE)
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("after", lambda rule, value: rule.truncate(after=value)),
        ("at", lambda rule, value: rule.insert(b"x", at=value)),
        ("at", lambda rule, value: rule.garble(at=value)),
        ("count", lambda rule, value: rule.garble(at=0, count=value)),
        ("size", lambda rule, value: rule.drip(size=value)),
        ("n", lambda rule, value: rule.times(value)),
        ("n", lambda rule, value: rule.after(value)),
    ],
    ids=["truncate", "insert", "garble-at", "garble-count", "drip-size", "times", "after"],
)
def test_counts_and_offsets_are_whole_numbers(
    toy: Any, name: str, write: Callable[..., Any], value: Any
) -> None:
    with pytest.raises(ValueError, match=rf"^{name}=.*whole number"):
        write(toy.on("ECHO"), value)


@pytest.mark.parametrize(
    "write",
    [
        lambda rule: rule.garble(at=0, count=0),
        lambda rule: rule.drip(size=0),
        lambda rule: rule.times(0),
    ],
    ids=["garble", "drip", "times"],
)
def test_nothing_at_all_is_no_count(toy: Any, write: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="=0: give a whole number, 1 or more"):
        write(toy.on("ECHO"))


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, True, "1", None])
def test_a_rate_is_a_number_over_0(toy: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^bytes_per_second=.*over 0"):
        toy.on("ECHO").throttle(value)


@pytest.mark.parametrize("value", [-0.1, 1.1, 2, True, math.nan, "0.5", None])
def test_a_probability_is_from_0_to_1(toy: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^p=.*from 0 to 1"):
        toy.on("ECHO").with_probability(value)


@pytest.mark.parametrize("value", ["text", None, 5, ["x"]])
def test_bytes_are_bytes(toy: Any, value: Any) -> None:
    with pytest.raises(TypeError, match=r"^data=.*give bytes"):
        toy.on("ECHO").raw(value)
    with pytest.raises(TypeError, match=r"^data=.*give bytes"):
        toy.on("ECHO").insert(value, at=0)


def test_bytes_given_are_copied(toy: Any, client: Any) -> None:
    data = bytearray(b"first\n")
    toy.on("ECHO").raw(data)
    data[:] = b"other\n"
    assert client.ask("ECHO") == b"first\n"


@pytest.mark.parametrize("pattern", [b"x", 5, ["a"], re.compile(b"x")])
def test_a_pattern_is_text(toy: Any, pattern: Any) -> None:
    with pytest.raises(TypeError, match=r"^pattern="):
        toy.on("ECHO", pattern)


def test_where_is_a_callable(toy: Any) -> None:
    with pytest.raises(TypeError, match=r"^where='a'"):
        toy.on("ECHO", where="a")


@pytest.mark.parametrize(
    ("verb", "hint"),
    [("ECO", "did you mean 'ECHO'"), ("echo", "did you mean 'ECHO'"), ("conect", "'connect'")],
)
def test_an_unknown_verb_or_phase_names_the_close_ones(toy: Any, verb: str, hint: str) -> None:
    with pytest.raises(ValueError, match=rf"on\('{verb}'\): Toy has no such verb.*{hint}"):
        toy.on(verb)


def test_a_verb_like_no_other_names_them_all(toy: Any) -> None:
    with pytest.raises(ValueError, match=r"known are BULK, ECHO, HEAD.*connect.*custom=True"):
        toy.on("XYZZY")


@pytest.mark.parametrize("verb", [None, 5, b"ECHO"])
def test_a_verb_is_text(toy: Any, verb: Any) -> None:
    with pytest.raises(TypeError, match="a verb is a str"):
        toy.on(verb)


def test_custom_verbs(toy: Any, client: Any) -> None:
    toy.on("XYZZY", custom=True).reply("+plugh")
    toy.on("ECHO", custom=True).reply("+known ones may have it")
    assert client.ask("XYZZY") == b"+plugh\r\n"
    assert client.ask("ECHO") == b"+known ones may have it\r\n"


@pytest.mark.parametrize("verb", ["", " X", "X\n", "tls", "response"])
def test_custom_does_not_make_anything_a_verb(toy: Any, verb: str) -> None:
    with pytest.raises(ValueError, match="no such verb or phase"):
        toy.on(verb, custom=True)


@pytest.mark.parametrize(
    ("matcher", "hint"), [("wher", "'where'"), ("costum", "'custom'"), ("qqq", "known are")]
)
def test_an_unknown_matcher_names_the_close_ones(toy: Any, matcher: str, hint: str) -> None:
    with pytest.raises(TypeError, match=rf"on\('ECHO', {matcher}=\.\.\.\).*{hint}"):
        toy.on("ECHO", **{matcher: 1})


def test_an_observer_is_a_callable(toy: Any) -> None:
    with pytest.raises(TypeError, match=r"observe\('x'\)"):
        toy.observe("x")


# --- what may follow what

FINAL: dict[str, Callable[[Any], Any]] = {
    "close": lambda rule: rule.close(),
    "reset": lambda rule: rule.reset(),
}
ENDINGS: dict[str, Callable[[Any], Any]] = FINAL | {
    "half_close": lambda rule: rule.half_close(),
    "stall": lambda rule: rule.stall(1),
}
SENDERS: dict[str, Callable[[Any], Any]] = {
    "reply": lambda rule: rule.reply("+"),
    "raw": lambda rule: rule.raw(b"x"),
    "answer": lambda rule: rule.answer(),
    "ignore": lambda rule: rule.ignore(),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("sender", SENDERS)
def test_nothing_is_sent_after_an_ending(toy: Any, ending: str, sender: str) -> None:
    rule = ENDINGS[ending](toy.on("ECHO"))
    with pytest.raises(ValueError, match=rf"{ending}\("):
        SENDERS[sender](rule)


@pytest.mark.parametrize("first", FINAL)
@pytest.mark.parametrize("second", [*ENDINGS, "delay"])
def test_nothing_follows_the_end(toy: Any, first: str, second: str) -> None:
    rule = FINAL[first](toy.on("ECHO"))
    write = ENDINGS.get(second, lambda rule: rule.delay(0))
    with pytest.raises(ValueError, match=rf"nothing can follow {first}\(\), but for \.then"):
        write(rule)


def test_nothing_follows_an_endless_stall(toy: Any) -> None:
    with pytest.raises(ValueError, match="a stall\\(\\) that has no seconds"):
        toy.on("ECHO").stall().reset()


@pytest.mark.parametrize("ending", FINAL)
@pytest.mark.parametrize("before", ["half_close", "stall"])
def test_endings_that_others_may_follow(toy: Any, before: str, ending: str) -> None:
    ENDINGS[ending](ENDINGS[before](toy.on("ECHO")).delay(0))


def test_a_sequence_begins_anew_after_an_ending(toy: Any) -> None:
    toy.on("ECHO").close().then.reply("+").reset().then.answer()


def test_there_is_something_before_then(toy: Any) -> None:
    with pytest.raises(ValueError, match=r"nothing is written before \.then"):
        _ = toy.on("ECHO").then
    with pytest.raises(ValueError, match=r"nothing is written before \.then"):
        _ = toy.on("ECHO").close().then.once().then


def test_shaping_alone_is_something_before_then(toy: Any) -> None:
    assert toy.on("ECHO").duplicate().then.without_effect().then.answer()


# --- what a rule says of itself


def test_a_rule_shows_all_that_was_written(toy: Any) -> None:
    def fussy(step: Any) -> bool:
        return True

    rule = toy.on("ECHO", "a*", where=fussy).delay(1).raw(b"x").drip(2, 0.5).truncate(after=3)
    rule = rule.after(1).times(2).optional().then.reply("+" * 100).stall(1.5).reset()
    assert str(rule) == (
        "on('ECHO', 'a*', where=test_a_rule_shows_all_that_was_written.<locals>.fussy)"
        ".delay(1).raw(b'x').drip(size=2, every=0.5).truncate(after=3).after(1).times(2)"
        f".optional().then.reply({'+' * 30!r}... (100 in all)).stall(1.5).reset()"
    )
    assert str(toy.every().half_close()) == "every().half_close()"
    rule = toy.on("ECHO", re.compile("x+")).insert(b"y", at=1).garble(at=2, count=3).duplicate()
    assert str(rule.throttle(9).without_effect().with_probability(0.5).once()) == (
        "on('ECHO', re.compile('x+')).insert(b'y', at=1).garble(at=2, count=3).duplicate()"
        ".throttle(9).without_effect().with_probability(0.5).once()"
    )


def test_a_rule_knows_where_it_was_written(toy: Any) -> None:
    rule = toy.on("ECHO")
    assert re.fullmatch(r"test_core_writing_rules\.py:\d+", rule.written_at)
    assert rule.written_at in repr(rule)
    assert int(toy.on("ECHO").written_at.partition(":")[2]) == int(rule.written_at[-3:]) + 3


def test_huge_values_are_shown_short(toy: Any) -> None:
    assert len(str(toy.on("ECHO", "x" * 10_000).raw(b"y" * 10_000))) < 300
    assert len(str(toy.on("ECHO").reply(list(range(10_000))))) < 300


def test_a_method_that_there_is_none_of(toy: Any) -> None:
    with pytest.raises(AttributeError, match=r"^on\('ECHO'\) has no 'trunkate': .*'truncate'"):
        toy.on("ECHO").trunkate(after=3)
    assert not hasattr(toy.on("ECHO"), "__wrapped__")
