"""What the words of the matrix mean, for both pages."""

from __future__ import annotations

from cells import LEFT_OUT, UNJUDGED, Cell

from fakefarm.contract.verdict import BROKEN

MEANINGS = {
    "kept": "the contract is kept",
    "hung": f"{BROKEN['hung']}, though it was given a timeout that is far below",
    "lied": "returned as if all were well, and what it brought back is not what was served, or "
    "what it sent has not arrived",
    "duplicated": BROKEN["duplicated"],
    "leaked": BROKEN["leaked"],
    "crashed": BROKEN["crashed"],
    "failed": BROKEN["failed"],
    "succeeded": BROKEN["succeeded"],
}
RARE = {UNJUDGED: "the matrix itself went wrong", LEFT_OUT: "not run"}
EXPECTED = {"succeeds": "succeed", "fails": "fail", "either": "either"}

INTRODUCTION = [
    "What real clients make of the edge cases of the catalogue (`fakefarm list` shows them all): "
    "each client did its operation against a fake server that was arranged for the case, as its "
    "documentation shows it, with a timeout, and with a look at the status where it leaves that to "
    "its user. A client has to come through, or has to report a failure, or may do either; and in "
    "any case it must not hang, not lie, not do twice what it was told once, and not tell a "
    "password to whom it should not. [The contract](contract.md) says more.",
    "A broken contract is not always a bug: some are decisions, of which one has to know. Where "
    "there is another option, or another version, this says nothing of that one.",
]
HOW = "`tox -e matrix`, or `python examples/matrix/run.py [PROTOCOL ...] [--client NAME]`"


def shown(cell: Cell | None) -> str:
    """The word of a cell; "" where it was not run."""
    return "" if cell is None or cell.word == LEFT_OUT else cell.word
