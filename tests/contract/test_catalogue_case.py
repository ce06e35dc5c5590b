"""How a case gets into the catalogue, and which mistakes are told."""

import importlib
from typing import Any

import pytest

from fakefarm import edge_cases
from fakefarm.catalogue import EITHER, case, edge_case
from fakefarm.catalogue.http import body

GOOD = {"operation": "get", "expect": EITHER, "source": "RFC 9112"}


@pytest.fixture(autouse=True)
def _catalogue_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    edge_cases("http")  # what is imported by now is not lost when the old one is back
    known = {protocol: dict(each) for protocol, each in case._cases.items()}
    monkeypatch.setattr(case, "_cases", known)


def of_our_own(fake: Any) -> None:
    """The server does as we like. A good client does, too."""


def undocumented(fake: Any) -> None:
    pass


def body_cut_short(fake: Any) -> None:
    """A name that is taken. By another module."""


def test_a_case_of_our_own() -> None:
    assert edge_case("http", **GOOD)(of_our_own) is of_our_own
    added = edge_cases("http")[-1]
    assert (added.name, added.phase) == ("of_our_own", "test_catalogue_case")
    assert added.summary == "The server does as we like. A good client does, too."


@pytest.mark.parametrize(
    ("protocol", "changes", "says"),
    [
        ("htp", {}, "'htp'.*did you mean 'http'"),
        ("http", {"operation": "send"}, "operation='send'.*one of get, post"),
        ("http", {"expect": "perhaps"}, "expect='perhaps': give SUCCEEDS, FAILS or EITHER"),
    ],
)
def test_mistakes(protocol: str, changes: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        edge_case(protocol, **GOOD | changes)


@pytest.mark.parametrize(
    ("arrange", "changes"), [(undocumented, {}), (of_our_own, {"source": ""}), (body_cut_short, {})]
)
def test_what_a_case_has(arrange: Any, changes: dict[str, str]) -> None:
    with pytest.raises(
        ValueError, match=f"{arrange.__name__}: a case has a name of its own, a doc"
    ):
        edge_case("http", **GOOD | changes)(arrange)


def test_a_module_that_is_imported_once_more() -> None:
    before = [each.name for each in edge_cases("http")]
    importlib.reload(body)
    assert [each.name for each in edge_cases("http")] == before
