"""Prints, for each example, what it is about and what crossed the wire."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator

import pytest

from fakefarm import Farm

Say = Callable[[str], None]


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
    say("")
    say("\n".join(textwrap.wrap(title.replace("\n", " "), 90)))
    yield
    for fake in farm.fakes:
        say(f"On the wire of {type(fake).__name__} (<- received, -> sent, -- noted):")
        say(textwrap.indent(str(fake.transcript), "  "))
