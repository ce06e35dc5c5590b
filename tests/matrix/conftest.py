"""The scripts of examples/matrix, and a small matrix of made-up verdicts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "examples" / "matrix")]

from cells import LEFT_OUT, UNJUDGED  # noqa: E402
from findings import Finding  # noqa: E402
from made_up import case, cell  # noqa: E402
from matrix import Matrix  # noqa: E402


@pytest.fixture
def small() -> Matrix:
    """Three cases, three clients, of which one is not there; each kind of cell."""
    return Matrix(
        [case("one"), case("two", "succeeds"), case("three", "either")],
        [("smtp", "good<b>"), ("smtp", "bad")],
        [("smtp", "gone", "gone is not installed")],
        {
            (each.job.protocol, each.job.case, each.job.client): each
            for each in [
                cell("one", "good<b>", "kept"),
                cell("two", "good<b>", "kept", met=False),
                cell("three", "good<b>", LEFT_OUT, tls="starttls"),
                cell("one", "bad", "lied"),
                cell("two", "bad", "failed", met=False),
                cell("three", "bad", UNJUDGED),
            ]
        },
        {"Python": "3.99.1", "C library": "alibc 7"},
        {"good<b>": "1.2.3", "bad": "4.5.6 | x"},
    )


@pytest.fixture
def findings() -> list[Finding]:
    """What they find, one of which is not so."""
    return [
        Finding("smtp", "bad", "lied", "one", "It says what <is> not so."),
        Finding("smtp", "bad", "hung", "two", "It waits for ever."),
    ]
