"""Run every client through every edge case, and write the matrix of verdicts:
`python examples/matrix/run.py [PROTOCOL ...] [--client NAME] [--only CASE] [--folder docs]`.

The exit status is 1 where the findings (see findings/) do not say what was found, or where a case
could not be judged. What the clients do wrong is no failure of the run.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import cells
import markdown
import page
from client import Client
from clients import CLIENTS
from findings import FINDINGS, drift, unknown
from matrix import Matrix
from versions import client_versions, platform_versions

from fakefarm import catalogue
from fakefarm.catalogue import Case

WORKERS = 6 * (os.cpu_count() or 2)  # most of the time of a case is waiting
FOLDER = Path(__file__).parents[2] / "docs"


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for, or all; return the exit status."""
    options = parsed(arguments)
    began = time.monotonic()
    cases, clients, missing = chosen(options)
    for each in missing:
        print(f"left out: {each.protocol} {each.name}: {each.missing}")
    planned = cells.jobs(clients, cases)
    found = looked_at_twice(ran(planned, options.workers), options.workers)
    matrix = Matrix.of(cases, clients, missing, found.values())
    matrix.platform, matrix.versions = platform_versions(), client_versions(clients)
    print(counted(matrix))
    print(f"{len(cases)} cases, {len(planned)} cells, {time.monotonic() - began:.0f} s")
    write(matrix, options.folder)
    return drifted(matrix)


def ran(planned: list[cells.Job], workers: int) -> dict[cells.Job, cells.Cell]:
    """The cells, while those who watch are told how far it is."""
    found = {}
    for cell in cells.run(planned, workers):
        found[cell.job] = cell
        if sys.stderr.isatty():
            print(f"\r{len(found)} of {len(planned)}", end="", file=sys.stderr)
    return {job: found[job] for job in planned}


def looked_at_twice(
    found: dict[cells.Job, cells.Cell], workers: int
) -> dict[cells.Job, cells.Cell]:
    """What is not as the findings say is run once more, a few at a time: a busy machine makes
    clients hang and fail that do not."""
    new, gone = drift(found.values(), FINDINGS)
    again = [cell.job for cell in [*new, *gone]]
    return found | ran(again, min(workers, 4)) if again else found


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Clients through the edge cases: docs/matrix.*")
    known = catalogue.protocols()
    parser.add_argument("protocols", nargs="*", metavar="PROTOCOL", help=", ".join(known))
    parser.add_argument("--client", action="append", metavar="NAME", help="repeatable")
    parser.add_argument("--only", action="append", metavar="CASE", help="may have *; repeatable")
    parser.add_argument(
        "--folder", type=Path, help="to write to; docs/ where nothing is left out, else nowhere"
    )
    parser.add_argument("--workers", type=int, default=WORKERS, metavar="N", help="processes")
    options = parser.parse_args(arguments)
    for name in options.protocols:
        if name not in known:
            parser.error(f"no protocol {name!r}; there are: {', '.join(known)}")
    names = {client.name for client in CLIENTS}
    for name in options.client or []:
        if name not in names:
            parser.error(f"no client {name!r}; there are: {', '.join(sorted(names))}")
    if options.folder is None and not (options.protocols or options.client or options.only):
        options.folder = FOLDER
    return options


def chosen(options: argparse.Namespace) -> tuple[list[Case], list[Client], list[Client]]:
    """The cases, the clients that are here, and those that are not."""
    protocols = options.protocols or catalogue.protocols()
    cases = [
        case
        for protocol in catalogue.protocols()
        if protocol in protocols
        for case in catalogue.cases(protocol)
        if options.only is None or any(fnmatchcase(case.name, each) for each in options.only)
    ]
    wanted = [
        client
        for client in CLIENTS
        if client.protocol in protocols and (not options.client or client.name in options.client)
    ]
    here = [client for client in wanted if not client.missing]
    return cases, here, [client for client in wanted if client.missing]


def counted(matrix: Matrix) -> str:
    """A line for each client and protocol."""
    lines = []
    for protocol in matrix.protocols:
        for client in matrix.clients_of(protocol):
            words = Counter(cell.word for cell in matrix.cells_of(protocol, client))
            told = ", ".join(f"{number} {word}" for word, number in words.most_common())
            lines.append(f"{protocol:<7} {client:<15} {told}")
    return "\n".join(lines)


def write(matrix: Matrix, folder: Path | None) -> None:
    """Both pages, where a folder is told."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in [
        ("matrix.md", markdown.written(matrix, FINDINGS)),
        ("matrix.html", page.written(matrix, FINDINGS)),
    ]:
        (folder / name).write_text(text, encoding="utf-8")
        print(f"{folder / name}: {len(text.encode()):,} bytes")


def drifted(matrix: Matrix) -> int:
    """Say where findings and verdicts differ; the exit status."""
    new, gone = drift(matrix.cells.values(), FINDINGS)
    for cell in new:
        job, why = cell.job, cell.error.partition("\n")[0] or cell.detail
        print(f"NEW  {job.protocol} {job.client} {job.case}: {cell.word}: {why[:160]}")
    for cell in gone:
        job = cell.job
        print(f"GONE {job.protocol} {job.client} {job.case}: {cell.word}, and a finding differs")
    strange = unknown(
        [
            (case.protocol, case.name)
            for each in catalogue.protocols()
            for case in catalogue.cases(each)
        ],
        FINDINGS,
    )
    for case in strange:
        print(f"GONE {case}: findings name it, and the catalogue has it not")
    return int(bool(new or gone or strange))


if __name__ == "__main__":
    sys.exit(main())
