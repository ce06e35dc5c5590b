"""The player of the tables notices where a row and the wire differ."""

from collections.abc import Callable
from typing import Any

import pytest

Play = Callable[[str, str, tuple[str, ...]], Any]

WRONG = [
    ("greeting_421", ("S: 421 4.3.2 *",), None),  # right, though not all of it
    ("greeting_421", ("S: 420 *",), "line 0"),
    ("greeting_421", ("S: 421 4.3.2",), "line 0"),
    ("greeting_421", ("S. 422",), "line 0"),
    ("greeting_421", ("S> 250",), "line 0"),
    ("greeting_421", ("S# 4000",), "line 0"),
    ("greeting_421", ("FIN",), "line 0"),
    ("greeting_421", ("S: 421 *", "RST"), "line 1"),
    ("greeting_421", ("S: 421 *", "CUT"), "line 1"),
    ("greeting_421", ("S: 421 *", "SILENCE"), "line 1"),
    ("greeting_421", ("PIECES 421 4.3.2",), "line 0"),
    ("greeting_421", ("LATE 3",), "line 0"),
    ("greeting_ends_in_a_bare_lf", ("S: 220 *",), "line 0"),
    ("closed_before_the_greeting", ("RST",), "line 0"),
    ("closed_before_the_greeting", ("SILENCE",), "line 0"),
    ("reset_behind_the_354", ("S: 220 *",), "never fired"),
    ("handshake_refused", ("TLS",), "line 0"),
    ("closed_without_close_notify", ("TLS", "S: 220 *", "C: QUIT", "FIN"), "line 3"),
    ("login_refused", ("TLS", "S: 220 *", "C: QUIT", "S: 221 *", "CUT"), "line 4"),
]


@pytest.mark.parametrize(("name", "row", "says"), WRONG)
def test_what_is_wrong(name: str, row: tuple[str, ...], says: str | None, play: Play) -> None:
    if says is None:
        play("smtp", name, row)
    else:
        with pytest.raises(AssertionError, match=says):
            play("smtp", name, row)


def test_a_handshake_that_need_not_fail(play: Play) -> None:
    with pytest.raises(pytest.fail.Exception):
        play("smtp", "login_refused", ("TLS! expired",))


LOGGED_IN = (
    *("S: 220 *", "C: USER x", "S: 331 *", "C: PASS x", "S: 230 *"),
    *("C: TYPE I", "S: 200 *", "PASSIVE EPSV"),
)
WRONG_OF_FTP = [
    ("empty_file", (*LOGGED_IN, "C: RETR file.bin", "S: 150 *", "DATA FIN", "S: 226 *"), None),
    ("empty_file", (*LOGGED_IN, "C: RETR file.bin", "S: 150 *", "DATA RST"), "line 10"),
    ("empty_file", (*LOGGED_IN, "C: RETR file.bin", "S: 150 *", "DATA S. x"), "line 10"),
    ("empty_file", ("DATA S: 220 *",), "no PASSIVE"),
    ("empty_file", (*LOGGED_IN[:7], "PASSIVE! EPSV"), "DID NOT RAISE"),
    ("passive_port_closed", (*LOGGED_IN[:7], "PASSIVE EPSV"), "line 7"),
    ("passive_reply_in_words", (*LOGGED_IN[:7], "PASSIVE EPSV"), "line 7.*port"),
    ("nlst_unknown", ("S| 220 *",), "never fired"),
    ("nlst_unknown", ("S| 221 *",), "line 0"),
    ("greeting_of_many_lines", ("S| 220-W*||220-2*| 220*",), None),
    ("greeting_of_many_lines", ("S| 220-W*| 220 *||221-2*",), "line 0"),
]


@pytest.mark.parametrize(("name", "row", "says"), WRONG_OF_FTP)
def test_what_is_wrong_of_two_connections(
    name: str, row: tuple[str, ...], says: str | None, play: Play
) -> None:
    if says is None:
        play("ftp", name, row)
    else:
        with pytest.raises((AssertionError, pytest.fail.Exception), match=says):
            play("ftp", name, row)
