"""docs/tls.md says what is so: its scripts can be written, its names are those there are."""

import re
import smtplib
from pathlib import Path
from typing import Any

import pytest

from fakefarm import FakeSMTP, Farm, TLSFacts
from fakefarm._core.tls.certificates import KINDS

TEXT = (Path(__file__).parents[2] / "docs" / "tls.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^    (fake(?:_smtp)?\..*)$", TEXT, re.MULTILINE)


def test_scripts_are_found() -> None:
    assert len(SCRIPTS) > 10


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_written(script: str) -> None:
    fake = FakeSMTP(tls="starttls")
    exec(script, {"fake": fake, "fake_smtp": fake})
    assert fake.script.rules or "STARTTLS" not in fake.capabilities


def test_every_kind_of_certificate_is_told() -> None:
    table = "".join(line for line in TEXT.splitlines() if line.startswith('| `"'))
    assert set(re.findall(r"`\"([a-z0-9-]+)\"`", table)) == set(KINDS)


def test_every_fact_is_told() -> None:
    part = TEXT.partition("## What happened")[2].partition("## ")[0]
    assert {name for name in vars(TLSFacts()) if f"`{name}`" not in part} == set()


@pytest.mark.fake_smtp(tls="starttls", certificate="expired")
def test_the_first_example(fake_smtp: Any, farm: Farm) -> None:
    with smtplib.SMTP("localhost", fake_smtp.port) as client, pytest.raises(OSError):
        client.starttls(context=farm.ca.client_context())
    fake_smtp.settle()
    assert fake_smtp.connections[0].tls.alert == "certificate_expired"
