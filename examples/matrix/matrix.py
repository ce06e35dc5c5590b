"""The matrix: cases, clients, and the cell of each pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cells import LEFT_OUT, Cell
from client import Client

from fakefarm.catalogue import Case
from fakefarm.contract.verdict import BROKEN

WAYS = {
    None: "without TLS",
    "implicit": "with TLS from the first byte",
    "starttls": "with STARTTLS",
}


@dataclass
class Matrix:
    """``cells`` has them by protocol, case and client; ``missing`` says which clients were not
    there, and why."""

    cases: list[Case]
    clients: list[tuple[str, str]]  # protocol and name
    missing: list[tuple[str, str, str]]  # and why
    cells: dict[tuple[str, str, str], Cell]
    platform: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        cases: Iterable[Case],
        clients: Iterable[Client],
        missing: Iterable[Client],
        cells: Iterable[Cell],
    ) -> Matrix:
        """From what was planned and what came of it."""
        return cls(
            list(cases),
            [(each.protocol, each.name) for each in clients],
            [(each.protocol, each.name, each.missing) for each in missing],
            {(cell.job.protocol, cell.job.case, cell.job.client): cell for cell in cells},
        )

    @property
    def protocols(self) -> list[str]:
        """Those that have cases and clients."""
        have = {protocol for protocol, _ in self.clients}
        return list(dict.fromkeys(case.protocol for case in self.cases if case.protocol in have))

    def cases_of(self, protocol: str) -> list[Case]:
        """In the order of the catalogue."""
        return [case for case in self.cases if case.protocol == protocol]

    def clients_of(self, protocol: str) -> list[str]:
        """In the order of the matrix."""
        return [name for each, name in self.clients if each == protocol]

    def cells_of(self, protocol: str, client: str) -> Iterator[Cell]:
        """Those that were run."""
        for case in self.cases_of(protocol):
            cell = self.cells.get((protocol, case.name, client))
            if cell is not None:
                yield cell

    def left_out(self) -> list[tuple[Cell, str]]:
        """By client and mode of TLS, where it leads nowhere: one of the cells, and the ways."""
        found = dict[tuple[str, str, str | None], list[Cell]]()
        for cell in self.cells.values():
            if cell.word == LEFT_OUT:
                job = cell.job
                found.setdefault((job.protocol, job.client, job.tls), []).append(cell)
        return [
            (each[0], f"{', '.join(sorted({cell.job.operation for cell in each}))} {WAYS[key[2]]}")
            for key, each in found.items()
        ]


def is_broken(cell: Cell) -> bool:
    """Whether the contract is."""
    return cell.word in BROKEN
