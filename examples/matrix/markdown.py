"""docs/matrix.md: the verdicts as tables, and in plain words what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cells import UNJUDGED, Cell
from findings import WHY_LEFT_OUT, Finding, way
from matrix import Matrix, is_broken
from words import EXPECTED, HOW, INTRODUCTION, MEANINGS, shown

KEPT, UNMET = "·", "–"


def written(matrix: Matrix, findings: Iterable[Finding]) -> str:
    """The whole page."""
    parts = [
        [
            "# The matrix",
            *INTRODUCTION,
            f"Made by {HOW}; matrix.html beside this page has the "
            "same, and the transcript of each cell behind a click.",
        ],
        ["## Versions", table(["", "version"], versions(matrix)), *missing(matrix)],
        ["## The words", table(["", "the client"], meanings())],
        ["## In numbers", table(["protocol", "client", *MEANINGS], numbers(matrix))],
        ["## What it finds", *told(matrix, findings)],
        *([f"## {protocol}", verdicts(matrix, protocol)] for protocol in matrix.protocols),
    ]
    return "\n\n".join(block for part in parts for block in part) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def versions(matrix: Matrix) -> Iterator[tuple[str, str]]:
    """What is below, and each client."""
    yield from matrix.platform.items()
    yield from matrix.versions.items()


def missing(matrix: Matrix) -> Iterator[str]:
    """Who was not there, and what was not tried."""
    lines = list(left_out(matrix))
    if lines:
        yield "Left out:"
        yield "\n".join(f"- {line}" for line in lines)


def left_out(matrix: Matrix) -> Iterator[str]:
    """A line each, with the reason."""
    for protocol, name, why in matrix.missing:
        yield f"{protocol} by {name}: {why}"
    for cell, ways in matrix.left_out():
        why = WHY_LEFT_OUT.get(way(cell), "it does not get through where nothing goes wrong")
        yield f"{cell.job.protocol} by {cell.job.client}, {ways}: {why}"


def meanings() -> Iterator[tuple[str, str]]:
    """The legend."""
    for word, meaning in MEANINGS.items():
        yield (f"{KEPT} {word}" if word == "kept" else f"**{word}**"), meaning
    yield UNMET, "kept, and the client never came to the point that the case is about"
    yield "(empty)", "the client has no such operation, or was left out"


def numbers(matrix: Matrix) -> Iterator[list[str]]:
    """Counts by client."""
    for protocol in matrix.protocols:
        for client in matrix.clients_of(protocol):
            counted = Counter(cell.word for cell in matrix.cells_of(protocol, client))
            yield [protocol, client, *(str(counted[word] or "") for word in MEANINGS)]


def told(matrix: Matrix, findings: Iterable[Finding]) -> Iterator[str]:
    """The findings that occurred, by client."""
    for client, version in matrix.versions.items():
        lines = []
        for each in findings:
            cases = [case for case in each.cases.split() if occurs(matrix, each, case)]
            if each.client == client and cases:
                names = ", ".join(f"`{case}`" for case in cases)
                lines.append(f"- {each.protocol}, **{each.word}**: {each.text} ({names})")
        if lines:
            yield f"### {client} ({version})"
            yield "\n".join(lines)


def occurs(matrix: Matrix, finding: Finding, case: str) -> bool:
    """Whether a finding is so in this matrix."""
    cell = matrix.cells.get((finding.protocol, case, finding.client))
    return cell is not None and cell.word == finding.word


def verdicts(matrix: Matrix, protocol: str) -> str:
    """The table of a protocol."""
    clients = matrix.clients_of(protocol)
    rows = []
    for case in matrix.cases_of(protocol):
        cells = [matrix.cells.get((protocol, case.name, client)) for client in clients]
        rows.append([f"`{case.name}`", EXPECTED[case.expect], *map(mark, cells)])
    return table(["case", "has to", *clients], rows)


def mark(cell: Cell | None) -> str:
    """What stands in a cell."""
    word = shown(cell)
    if cell is None or not word:
        return ""
    if is_broken(cell):
        return f"**{word}**" if cell.met else f"**{word}** {UNMET}"
    if word == UNJUDGED:
        return "?"
    return KEPT if cell.met else UNMET
