"""The cells of the matrix: each client is run through each case, in processes of their own.

A process at a time runs one case, for the resolver's fake answers for all of a process.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import normal
from client import DEADLINE, Client
from clients import CLIENTS

from fakefarm import catalogue
from fakefarm.catalogue import Case
from fakefarm.contract.control import control
from fakefarm.contract.edge_case import EdgeCase

LOOPBACK = "127.0.0.1,localhost,::1"
UNJUDGED = "unjudged"  # the case itself, or the adapter, went wrong
LEFT_OUT = "left out"  # the client does not get through where nothing goes wrong


@dataclass(frozen=True)
class Job:
    """One client in one case; ``case`` is "" for the control, of ``operation`` and ``tls``."""

    protocol: str
    client: str
    case: str
    operation: str
    tls: str | None

    @property
    def way(self) -> tuple[str, str, str, str | None]:
        """What a control is run for once."""
        return self.protocol, self.client, self.operation, self.tls


@dataclass(frozen=True)
class Cell:
    """What became of a job: all of it is text that is the same in each run."""

    job: Job
    word: str
    met: bool = True
    detail: str = ""
    error: str = ""
    transcript: str = ""


def jobs(clients: Iterable[Client], cases: Iterable[Case]) -> list[Job]:
    """Each client with each case that it has an operation for."""
    cases = list(cases)
    return [
        Job(case.protocol, client.name, case.name, case.operation, case.arguments.get("tls"))
        for client in clients
        for case in cases
        if case.protocol == client.protocol and case.operation in client.operations
    ]


def controls(planned: Iterable[Job]) -> list[Job]:
    """A job for each way in which a client is used, in which nothing goes wrong."""
    return [
        Job(protocol, client, "", operation, tls)
        for protocol, client, operation, tls in dict.fromkeys(job.way for job in planned)
    ]


def run(planned: list[Job], workers: int) -> Iterator[Cell]:
    """The cells, as they come. Those of a way that leads nowhere are "left out"."""
    with pool(workers) as submit:
        fit = dict[tuple[str, str, str, str | None], Cell]()
        for cell in [each.result() for each in [submit(job) for job in controls(planned)]]:
            fit[cell.job.way] = cell
        waiting = []
        for job in planned:
            control_cell = fit[job.way]
            if control_cell.word == "kept":
                waiting.append(submit(job))
            else:
                why = control_cell.error or control_cell.detail
                yield Cell(job, LEFT_OUT, detail=why)
        for each in waiting:
            yield each.result()


class pool:
    """Processes to submit jobs to; with one worker, this process itself."""

    def __init__(self, workers: int) -> None:
        self.executor: ProcessPoolExecutor | None = None
        if workers > 1:
            # Not forked: threads and event loops do not live through that.
            self.executor = ProcessPoolExecutor(
                workers, multiprocessing.get_context("spawn"), quieten
            )

    def __enter__(self) -> pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self.executor is not None:
            self.executor.shutdown(cancel_futures=True)

    def __call__(self, job: Job) -> Future[Cell]:
        if self.executor is not None:
            return self.executor.submit(judged, job)
        done = Future[Cell]()
        done.set_result(judged(job))
        return done


def quieten() -> None:
    """In a process of the pool: no proxy stands between, programs speak English, and what
    libraries log and threads of clients that hang raise is not for the terminal."""
    os.environ |= {"no_proxy": LOOPBACK, "NO_PROXY": LOOPBACK, "LC_ALL": "C", "TZ": "UTC"}
    logging.disable()
    threading.excepthook = lambda _: None
    sys.unraisablehook = lambda _: None


@cache
def known_cases(protocol: str) -> dict[str, Case]:
    """By name."""
    return {case.name: case for case in catalogue.cases(protocol)}


def judged(job: Job) -> Cell:
    """Run one job."""
    client = next(
        each for each in CLIENTS if (each.protocol, each.name) == (job.protocol, job.client)
    )
    if job.case:
        case = known_cases(job.protocol)[job.case]
    else:
        case = control(job.protocol, job.operation, **({"tls": job.tls} if job.tls else {}))
    try:
        verdict = EdgeCase(case).check(
            deadline=DEADLINE,
            errors=client.errors(),
            **{job.operation: client.operations[job.operation]},
        )
    except Exception as error:
        return Cell(job, UNJUDGED, error=told(error))
    return Cell(
        job,
        verdict.word,
        verdict.met,
        normal.text(verdict.detail),
        told(verdict.error) if verdict.error is not None else "",
        normal.page(verdict.transcript),
    )


def told(error: BaseException) -> str:
    """An error in a line or a few."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    # Cut behind that: half a name would not be known.
    return normal.text(f"{module}{kind.__qualname__}: {error}")[: normal.LONGEST // 4]
