"""The document says what there is."""

import re
from pathlib import Path

from fakefarm.xmlrpc import MALFORMED
from fakefarm.xmlrpc.commands import MAX_DEPTH, MAX_PARAMETERS

PAGE = (Path(__file__).parents[2] / "docs" / "xmlrpc.md").read_text(encoding="utf-8")


def test_every_wrong_answer_is_documented() -> None:
    rows = re.findall(r"^\| `([^`(]+)` \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows == [(name, wrong.what) for name, wrong in MALFORMED.items()]


def test_the_bounds_are_documented() -> None:
    assert f"more than {MAX_DEPTH:,} elements" in PAGE
    assert f"more than {MAX_PARAMETERS:,} parameters" in PAGE
