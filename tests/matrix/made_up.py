"""Made-up cases and cells, whose texts mean no good."""

from __future__ import annotations

from pathlib import Path

from cells import Cell, Job

from fakefarm.catalogue import Case

ROOT = Path(__file__).parents[2]
HOSTILE = '</script><script>alert("1 | 2")</script><img src=http://evil.example/>'


def case(name: str, expect: str = "fails") -> Case:
    """One of SMTP."""
    return Case("smtp", name, "made_up", "send", expect, f"{HOSTILE} It says.", HOSTILE, print)


def cell(case: str, client: str, word: str, met: bool = True, tls: str | None = None) -> Cell:
    """With texts that mean no good."""
    return Cell(Job("smtp", client, case, "send", tls), word, met, HOSTILE, HOSTILE, HOSTILE)
