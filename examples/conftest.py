"""Prints, for each example, what it is about and what crossed the wire."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator

import pytest

from fakefarm import Farm

Say = Callable[[str], None]

LINES = 3  # shown of one event, beside the first
WIDTH = 130  # characters


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints a line of the story, whatever pytest captures."""

    def print_line(line: str) -> None:
        with capsys.disabled():
            print(textwrap.indent(line, "    "))

    return print_line


@pytest.fixture(autouse=True)
def story(request: pytest.FixtureRequest, farm: Farm, say: Say) -> Iterator[None]:
    """The docstring of the example before it, and the transcripts of its fakes behind it."""
    title = inspect.getdoc(request.function) or request.node.name
    say(f"\n\n=== {request.node.name.removeprefix('test_').replace('_', ' ')}")
    say(f"({request.path.name})")
    say("\n".join(textwrap.wrap(title.replace("\n", " "), 90)))
    yield
    for fake in farm.fakes:
        say(f"On the wire of {type(fake).__name__} (<- received, -> sent, -- noted):")
        say(textwrap.indent(shortened(str(fake.transcript)), "  "))


def shortened(page: str) -> str:
    """The page of a transcript, without the middle of what is long and beside the point."""
    kept: list[str] = []
    held: list[str] = []  # lines that go on with one event
    for row in [*page.splitlines(), " 0"]:
        if row.startswith("      "):
            held.append(row)
            continue
        if len(held) > LINES:
            held = [*held[: LINES - 1], f"{held[0][:18]}... {len(held) - LINES + 1} lines more"]
        kept += [*held, row]
        held = []
    return "\n".join(row[:WIDTH] for row in kept[:-1])
