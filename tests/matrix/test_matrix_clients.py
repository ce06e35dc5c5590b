"""Each client of the matrix gets through where nothing goes wrong: else its verdicts would tell of
its adapter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest
from cells import Job, run
from clients import CLIENTS
from findings import WHY_LEFT_OUT

from fakefarm.contract.edge_case import kind_of

NAMES = {(client.protocol, client.name): client for client in CLIENTS}


def ways() -> Iterator[Job]:
    """Each operation, plain and in each mode of TLS that the protocol has."""
    for client in CLIENTS:
        for tls in (None, *kind_of(client.protocol).tls_modes):
            for operation in client.operations:
                if (client.protocol, client.name, tls) not in WHY_LEFT_OUT:
                    yield Job(client.protocol, client.name, "", operation, tls)


JOBS = {key: list(jobs) for key, jobs in groupby(ways(), lambda job: (job.protocol, job.client))}


@pytest.fixture(scope="module")
def words() -> dict[Job, str]:
    """What became of all of them, in processes of their own: clients may leave things open."""
    here = [job for key, jobs in JOBS.items() if not NAMES[key].missing for job in jobs]
    found = {cell.job: cell for cell in run(here, 4)}
    # Once more, and fewer at a time: where the machine was busy, patience was too short.
    again = [job for job, cell in found.items() if cell.word != "kept"]
    found |= {cell.job: cell for cell in run(again, 2)}
    return {job: f"{cell.word} {cell.detail} {cell.error}" for job, cell in found.items()}


@pytest.mark.parametrize("key", JOBS, ids="-".join)
def test_a_client_gets_through_where_nothing_goes_wrong(key, words) -> None:
    if NAMES[key].missing:
        pytest.skip(NAMES[key].missing)
    for job in JOBS[key]:
        assert words[job] == "kept got through ", job


@pytest.mark.parametrize("key", NAMES, ids="-".join)
def test_a_client_has_a_family_of_errors(key) -> None:
    if NAMES[key].missing:
        pytest.skip(NAMES[key].missing)
    family = NAMES[key].errors()
    assert family
    assert all(issubclass(each, Exception) and each is not Exception for each in family)


def test_a_client_that_is_not_installed_says_so() -> None:
    import client

    module = client.Client("smtp", "no_such", {}, "no_such_module")
    program = client.Client("smtp", "no-such", {}, "no-such-program", is_program=True)
    assert module.missing == "no_such_module is not installed"
    assert program.missing == "there is no program no-such-program"
