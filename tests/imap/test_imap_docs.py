"""docs/imap.md says what is so: its scripts run, its numbers and names are those of the fake."""

import inspect
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from fakefarm import FakeIMAP, messages
from fakefarm.imap import commands, folders, parser

TEXT = (Path(__file__).parents[2] / "docs" / "imap.md").read_text(encoding="utf-8")
SCRIPTS = [
    line.partition("  #")[0].rstrip()
    for line in re.findall(r"^    ((?:fake_imap|assert).*)$", TEXT, re.MULTILINE)
]


@pytest.mark.parametrize("script", [line for line in SCRIPTS if ".on(" in line])
def test_every_script_can_be_written(script) -> None:
    fake = FakeIMAP(strict=False)
    exec(script, {"fake_imap": fake})
    assert len(fake.script.rules) == 1


def test_the_mailboxes() -> None:
    fake = FakeIMAP()
    names = {"fake_imap": fake, "yesterday": datetime.now(timezone.utc), "messages": messages}
    fake.mailbox.add("x", flags=["\\Answered"])
    for script in SCRIPTS:
        if ".on(" not in script:
            exec(script.replace("(...)", "('x')"), names)
    assert len(fake.mailbox.folders["Sent"]) == 2
    assert "IDLE" not in fake.capabilities


def test_the_arguments_of_the_constructor() -> None:
    block = re.search(r"    FakeIMAP\((.*?)\)\n", TEXT, re.DOTALL)
    assert block is not None
    named = re.findall(r"(\w+)=", block[1])
    known = inspect.signature(FakeIMAP.__init__).parameters
    assert sorted(named) == sorted(name for name in known if name != "self")


def test_the_limits() -> None:
    assert f"{commands.LONGEST:,} bytes" in TEXT
    assert f"nest {parser.DEPTH} deep" in TEXT
    assert f"{folders.LONGEST_NAME:,} characters" in TEXT


def test_the_phases() -> None:
    assert re.findall(r"^- `(\w+)`: ", TEXT, re.MULTILINE) == ["connect", "response", "literal"]
    assert {"connect", "response", "literal"} == commands.PHASES


def test_every_extension_is_named() -> None:
    for word in commands.CAPABILITIES:
        name = word.partition("=")[2 if word.startswith("AUTH=") else 0]
        assert name.removesuffix("SET") in TEXT
