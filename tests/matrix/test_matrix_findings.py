"""Findings that say what is not so, and verdicts that no finding covers, are told."""

from __future__ import annotations

import pytest
from cells import LEFT_OUT, UNJUDGED
from clients import CLIENTS
from findings import FINDINGS, WHY_LEFT_OUT, Finding, drift, unknown
from made_up import cell

from fakefarm import catalogue
from fakefarm.contract.verdict import BROKEN

LIES = Finding("smtp", "bad", "lied", "one two", "It lies.")


def test_a_verdict_that_a_finding_covers_is_nothing_new() -> None:
    assert drift([cell("one", "bad", "lied"), cell("three", "bad", "kept")], [LIES]) == ([], [])


@pytest.mark.parametrize(
    ("found", "new"),
    [
        (cell("three", "bad", "lied"), True),
        (cell("one", "other", "lied"), True),
        (cell("three", "bad", UNJUDGED), True),
        (cell("three", "bad", LEFT_OUT), True),
        (cell("three", "bad", "kept"), False),
    ],
    ids=["case", "client", "unjudged", "left-out", "kept"],
)
def test_what_no_finding_covers_is_new(found, new) -> None:
    assert drift([found], [LIES]) == ([found] if new else [], [])


@pytest.mark.parametrize("word", ["kept", "failed", LEFT_OUT])
def test_a_finding_that_is_not_so_is_gone(word) -> None:
    found = cell("two", "bad", word)
    assert drift([found, cell("one", "bad", "lied")], [LIES]) == ([], [found])


def test_a_finding_of_what_was_not_run_is_not_gone() -> None:
    assert drift([], [LIES]) == ([], [])


def test_a_case_that_the_catalogue_has_not_is_told() -> None:
    assert unknown([("smtp", "one")], [LIES]) == ["smtp two"]


# --- those that are there


def test_the_findings_are_of_cases_and_clients_that_there_are() -> None:
    known = [(p, case.name) for p in catalogue.protocols() for case in catalogue.cases(p)]
    assert unknown(known, FINDINGS) == []
    clients = {(client.protocol, client.name) for client in CLIENTS}
    assert {(each.protocol, each.client) for each in FINDINGS} <= clients
    assert {(protocol, client) for protocol, client, _ in WHY_LEFT_OUT} <= clients
    assert {each.word for each in FINDINGS} <= set(BROKEN)


def test_no_case_of_a_client_has_two_findings() -> None:
    places = [place[:3] for finding in FINDINGS for place in finding.places()]
    assert sorted(places) == sorted(set(places))


def test_a_finding_is_a_sentence_or_two() -> None:
    for finding in FINDINGS:
        assert finding.text.endswith((".", ".)")), finding
        assert len(finding.text) < 300, finding
        assert "  " not in finding.text, finding
