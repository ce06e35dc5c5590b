"""docs/ftp.md says what is so: its scripts can be written, and every setting is told."""

import re
from pathlib import Path

import pytest

from fakefarm import FakeFTP

TEXT = (Path(__file__).parents[2] / "docs" / "ftp.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^    (fake_ftp\..*?)(?:  +#.*)?$", TEXT, re.MULTILINE)


def test_scripts_are_found() -> None:
    assert len(SCRIPTS) > 30


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_written(script: str) -> None:
    fake = FakeFTP(tls="starttls")
    before = dict(vars(fake))
    exec(script, {"fake_ftp": fake})
    assert fake.script.rules or vars(fake) != before


def test_every_setting_is_told() -> None:
    part = TEXT.partition("## What a test may change")[2].partition("##")[0]
    told = set(re.findall(r"`([a-z_]+)`", part))
    fake = FakeFTP(tls="starttls")
    names = {name.lstrip("_") for name in vars(fake)}
    assert told - names == set()
    assert {"require_session_reuse", "passive_address", "early_completion"} <= told
