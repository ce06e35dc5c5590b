"""Faults that spoil the bytes of an answer, and when they leave."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from fakefarm._core.faults import (
    Drip,
    Duplicate,
    Framing,
    Garble,
    Insert,
    Pacing,
    Shape,
    Shaping,
    Throttle,
    Truncate,
    body_size,
)

BODY = b"0123456789"


def spoil(parts: Sequence[bytes], *faults: Shaping) -> tuple[bytes, bool]:
    spoiled, cut = Shape.of(faults).spoil(parts)
    return b"".join(spoiled), cut


# --- each fault on an answer that is all body, on one with a head, and on a head alone


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Truncate(0), b""),
        (Truncate(4), b"0123"),
        (Truncate(10), b"0123456789"),
        (Insert(b"XY", 0), b"XY0123456789"),
        (Insert(b"XY", 4), b"0123XY456789"),
        (Insert(b"XY", 10), b"0123456789XY"),
        (Garble(0), b"\xcf123456789"),
        (Garble(4, 2), b"0123\xcb\xca6789"),
        (Garble(9), b"012345678\xc6"),
        (Duplicate(), BODY + BODY),
    ],
    ids=str,
)
@pytest.mark.parametrize("head", [b"", b"head:"], ids=["no-head", "head"])
@pytest.mark.parametrize("tail", [b"", b":tail"], ids=["no-tail", "tail"])
@pytest.mark.parametrize("split", [(10,), (4, 10), (1, 4, 9, 10)], ids=str)
def test_each_fault_counts_from_the_first_byte_of_the_body(
    fault: Shaping, expected: bytes, head: bytes, tail: bytes, split: tuple[int, ...]
) -> None:
    begins = (0, *split)
    body = [BODY[begin:end] for begin, end in zip(begins, split, strict=False)]
    framing = [Framing(b) for b in (head,) if b], [Framing(b) for b in (tail,) if b]
    got, cut = spoil([*framing[0], *body, *framing[1]], fault)
    if isinstance(fault, Truncate):
        assert (got, cut) == (head + expected, True)
    elif isinstance(fault, Duplicate):
        assert (got, cut) == (2 * (head + BODY + tail), False)
    else:
        assert (got, cut) == (head + expected + tail, False)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Truncate(4), b"on"),
        (Insert(b"XY", 4), b"one\nXYtwo\n"),
        (Insert(b"XY", 1), b"oXYne\ntwo\n"),
        (Garble(4), b"one\n\x8bwo\n"),
    ],
    ids=str,
)
def test_where_there_is_no_body_the_whole_answer_counts(fault: Shaping, expected: bytes) -> None:
    if isinstance(fault, Truncate):
        fault = Truncate(2)
    assert spoil([Framing(b"one\n"), Framing(b"two\n")], fault)[0] == expected


def test_framing_between_the_body_is_not_counted() -> None:
    parts = [Framing(b"H"), Framing(b"<"), b"0123", Framing(b"><"), b"4567", Framing(b">")]
    assert body_size(parts) == 8
    assert spoil(parts, Truncate(0)) == (b"H", True)
    assert spoil(parts, Truncate(5)) == (b"H<0123><4", True)
    assert spoil(parts, Truncate(4)) == (b"H<0123", True)
    assert spoil(parts, Garble(3, 2)) == (b"H<012\xcc><\xcb567>", False)
    assert spoil(parts, Insert(b"X", 5)) == (b"H<0123><4X567>", False)


def test_a_truncation_beyond_the_end_does_not_cut() -> None:
    assert spoil([BODY], Truncate(11)) == (BODY, False)


# --- composition


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((Insert(b"XY", 0), Truncate(4)), b"XY01"),
        ((Truncate(4), Insert(b"XY", 0)), b"XY0123"),
        ((Duplicate(), Insert(b"X", 12)), b"012345678901X23456789"),
        ((Garble(0), Duplicate()), b"\xcf123456789\xcf123456789"),
        ((Duplicate(), Garble(10)), b"0123456789\xcf123456789"),
        ((Insert(b"A", 1), Insert(b"B", 1)), b"0BA123456789"),
        ((Garble(1), Garble(1)), BODY),
        ((Truncate(6), Truncate(3)), b"012"),
    ],
    ids=str,
)
def test_faults_compose_in_the_order_written(faults: tuple[Shaping, ...], expected: bytes) -> None:
    assert spoil([BODY], *faults)[0] == expected


def test_insertion_into_a_head_alone_leaves_all_of_it_counted() -> None:
    parts = [Framing(b"one\n"), Framing(b"two\n")]
    assert spoil(parts, Insert(b"X", 1), Garble(5)) == (b"oXne\n\x8bwo\n", False)


@pytest.mark.parametrize(
    ("faults", "short"),
    [
        ((Truncate(10),), ""),
        ((Truncate(11),), "truncate(after=11) reaches beyond the 10 bytes"),
        ((Insert(b"X", 10),), ""),
        ((Insert(b"X", 11),), "insert(data=b'X', at=11) reaches"),
        ((Garble(9),), ""),
        ((Garble(9, 2),), "garble(at=9, count=2) reaches beyond the 10 bytes"),
        ((Duplicate(), Garble(19)), ""),
        ((Duplicate(), Truncate(20)), ""),
        ((Duplicate(), Garble(20)), "reaches beyond the 20 bytes"),
        ((Insert(b"X" * 90, 0), Truncate(100)), ""),
        ((Truncate(3), Garble(5)), "garble(at=5, count=1) reaches beyond the 3 bytes"),
        ((Garble(5), Truncate(3)), ""),
        ((Truncate(11), Garble(0)), "truncate(after=11)"),
    ],
    ids=str,
)
def test_a_fault_knows_when_it_did_less_than_it_says(
    faults: tuple[Shaping, ...], short: str
) -> None:
    shape = Shape.of(faults)
    shape.spoil([BODY])
    assert short in shape.shortfall()
    assert bool(short) == bool(shape.shortfall())


def test_faults_count_over_several_answers() -> None:
    shape = Shape.of([Insert(b"X", 12), Truncate(15)])
    assert b"".join(shape.spoil([BODY])[0]) == BODY
    assert shape.spoil([BODY]) == ([b"01", b"X", b"23"], True)
    assert not shape.shortfall()


def test_a_fault_starts_anew_each_time() -> None:
    fault = Truncate(3)
    for _ in range(2):
        assert spoil([BODY], fault) == (b"012", True)


@pytest.mark.parametrize("base", [Shaping, Pacing])
def test_a_new_fault_says_what_it_does(base: type[Shaping] | type[Pacing]) -> None:
    class Forgetful(base):  # type: ignore[valid-type,misc]
        pass

    with pytest.raises(TypeError, match="Forgetful does not say what it does"):
        Forgetful().start()


# --- pacing


def pace(data: bytes, *faults: Pacing) -> list[tuple[float, bytes]]:
    return list(Shape.of(faults).pace(data))


def test_drip() -> None:
    assert pace(b"abcde", Drip(2, 0.5)) == [(0, b"ab"), (0.5, b"cd"), (0.5, b"e")]
    assert pace(b"", Drip(2, 0.5)) == []


def test_drip_goes_on_from_answer_to_answer() -> None:
    shape = Shape.of([Drip(2, 0.5)])
    assert list(shape.pace(b"ab")) == [(0, b"ab")]
    assert list(shape.pace(b"cd")) == [(0.5, b"cd")]


def test_throttle_is_at_most_so_fast() -> None:
    pieces = pace(bytes(1000), Throttle(100))
    assert sum(len(piece) for _, piece in pieces) == 1000
    sent, clock = 0, 0.0
    for wait, piece in pieces:
        clock += wait
        assert sent <= clock * 100 + 1e-6
        sent += len(piece)
    assert clock == pytest.approx(10, abs=0.1)


def test_throttle_below_a_byte_a_second() -> None:
    assert pace(b"abc", Throttle(0.5)) == [(0, b"a"), (2, b"b"), (2, b"c")]


def test_pacings_compose() -> None:
    pieces = pace(bytes(8), Drip(4, 1), Drip(2, 0.25))
    assert pieces == [(0, b"\0\0"), (0.25, b"\0\0"), (1.25, b"\0\0"), (0.25, b"\0\0")]


# --- through a rule, on the wire

WRITTEN: dict[str, tuple[Callable[[Any], Any], bytes, str]] = {
    "truncate": (lambda rule: rule.truncate(after=4), b"size 10\r\n0123", "fin"),
    "truncate to nothing": (lambda rule: rule.truncate(after=0), b"size 10\r\n", "fin"),
    "truncate, close": (lambda rule: rule.truncate(after=4).close(), b"size 10\r\n0123", "fin"),
    "truncate, reset": (lambda rule: rule.truncate(after=4).reset(), b"size 10\r\n0123", "rst"),
    "reset, truncate": (lambda rule: rule.reset().truncate(after=4), b"size 10\r\n0123", "rst"),
    "truncate, half_close": (
        lambda rule: rule.truncate(after=4).half_close(),
        b"size 10\r\n0123",
        "fin",
    ),
    "truncate, stall": (
        lambda rule: rule.truncate(after=4).stall(0.05),
        b"size 10\r\n0123",
        "fin",
    ),
    "truncate, stall, wait": (
        lambda rule: rule.truncate(after=4).stall(0.02).delay(0.02),
        b"size 10\r\n0123",
        "fin",
    ),
    "truncate, delay": (lambda rule: rule.truncate(after=4).delay(0.02), b"size 10\r\n0123", "fin"),
    "insert, close": (
        lambda rule: rule.insert(b"XY", at=2).close(),
        b"size 10\r\n01XY23456789",
        "fin",
    ),
    "garble, close": (
        lambda rule: rule.garble(at=0).close(),
        b"size 10\r\n\xcf123456789",
        "fin",
    ),
    "duplicate, close": (
        lambda rule: rule.duplicate().close(),
        2 * b"size 10\r\n0123456789",
        "fin",
    ),
    "several senders, truncate": (
        lambda rule: rule.raw(b"abc").raw(b"def").raw(b"ghi").truncate(after=5),
        b"abcde",
        "fin",
    ),
    "several senders, insert": (
        lambda rule: rule.raw(b"abc").raw(b"def").insert(b"X", at=4).close(),
        b"abcdXef",
        "fin",
    ),
    "several senders, garble": (
        lambda rule: rule.raw(b"abc").raw(b"def").garble(at=2, count=2).close(),
        b"ab\x9c\x9bef",
        "fin",
    ),
    "several senders, duplicate": (
        lambda rule: rule.raw(b"abc").raw(b"def").duplicate().close(),
        b"abcabcdefdef",
        "fin",
    ),
    "ignore, truncate to nothing": (lambda rule: rule.ignore().truncate(after=0), b"", "fin"),
    "shaping written first": (
        lambda rule: rule.truncate(after=2).reply("+scripted").reset(),
        b"+s",
        "rst",
    ),
    "drip": (
        lambda rule: rule.drip(size=3, every=0.001).close(),
        b"size 10\r\n0123456789",
        "fin",
    ),
    "all at once": (
        lambda rule: rule.duplicate().insert(b"!", at=10).drip(7, 0.001).truncate(after=12),
        b"size 10\r\n0123456789!size 10\r\n0",
        "fin",
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_shaping_on_the_wire(toy: Any, client: Any, name: str) -> None:
    write, expected, how = WRITTEN[name]
    write(toy.on("BULK"))
    client.send(b"BULK 10\r\n")
    assert client.rest() == (expected, how)
    assert toy.transcript.sent() == b"+hello\r\n" + expected
    (connection,) = toy.connections
    assert (connection.ended_by, connection.ended_how) == ("script", how)


def test_a_truncation_that_is_not_reached_lets_the_conversation_go_on(
    toy: Any, client: Any
) -> None:
    toy.on("ECHO").truncate(after=100)
    assert client.ask("ECHO short") == b"+short\r\n"
    assert client.ask("ECHO again") == b"+again\r\n"


def test_actions_run_in_the_order_written(toy: Any, client: Any) -> None:
    toy.on("ECHO").raw(b"1").delay(0.06).answer().delay(0.06).reply("+last").half_close()
    begin = time.monotonic()
    client.send(b"ECHO x\r\n")
    assert client.exactly(1) == b"1"
    assert client.is_silent(0.02)
    assert client.line() == b"+x\r\n"
    assert time.monotonic() - begin >= 0.06
    assert client.rest() == (b"+last\r\n", "fin")
    assert time.monotonic() - begin >= 0.12
    assert toy.connections[0].closed is None  # half-closed: we still listen


def test_a_delay_alone_delays_the_natural_answer(toy: Any, client: Any) -> None:
    toy.on("ECHO").delay(0.05)
    begin = time.monotonic()
    assert client.ask("ECHO x") == b"+x\r\n"
    assert time.monotonic() - begin >= 0.05


def test_a_dripped_answer_leaves_in_pieces_that_far_apart(toy: Any, client: Any) -> None:
    toy.on("ECHO").drip(size=2, every=0.02)
    assert client.ask("ECHO abc") == b"+abc\r\n"
    sent = [event for event in toy.transcript if event.direction == "sent"][1:]
    assert [event.data for event in sent] == [b"+a", b"bc", b"\r\n"]
    assert sent[2].time - sent[1].time >= 0.02
    assert sent[1].time - sent[0].time >= 0.02


def test_a_throttled_answer(toy: Any, client: Any) -> None:
    toy.on("BULK").throttle(20_000).close()
    begin = time.monotonic()
    client.send(b"BULK 4000\r\n")
    assert len(client.rest()[0]) == 4011
    assert time.monotonic() - begin >= 0.14


def test_raw_computed_from_the_step(toy: Any, client: Any) -> None:
    toy.on("ECHO").raw(lambda step: step.line[::-1] + b"\n")
    assert client.ask("ECHO abc") == b"cba OHCE\n"


def test_a_reply_computed_from_the_step(toy: Any, client: Any) -> None:
    toy.on("ECHO").reply(lambda step: f"+{step.argument.upper()}")
    assert client.ask("ECHO abc") == b"+ABC\r\n"


def test_raw_is_untouched(toy: Any, client: Any) -> None:
    data = bytes(range(256)) * 3
    toy.on("ECHO").raw(data).close()
    client.send(b"ECHO\r\n")
    assert client.rest() == (data, "fin")


def test_the_shaping_of_one_step_is_over_at_the_next(toy: Any, client: Any) -> None:
    toy.on("ECHO", "a").garble(at=0)
    assert client.ask("ECHO a") == b"\xd4a\r\n"
    assert client.ask("ECHO b") == b"+b\r\n"


def test_the_greeting_is_shaped_too(toy: Any, dial: Any) -> None:
    toy.on("connect").truncate(after=2).delay(0.03).reset()
    assert dial(toy, b"").rest() == (b"+h", "rst")
