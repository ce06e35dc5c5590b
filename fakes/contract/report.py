"""Verdicts told: a line each, a table, JSON, JUnit."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree

from .verdict import Verdict


def line(verdict: Verdict) -> str:
    """One verdict in a line; of one that breaks the contract, what there is to know below it."""
    mark = "ok  " if verdict.kept else "FAIL"
    unmet = "" if verdict.met else "  (never came to that point)"
    detail = "" if verdict.kept else f": {verdict.detail}"
    rows = [f"{mark} {verdict.case.name:<44} {verdict.word}{detail}{unmet}"]
    if not verdict.kept:
        rows.append(f"       {verdict.case.summary} ({verdict.case.source})")
        if verdict.error is not None:
            rows.append(f"       its error: {type(verdict.error).__qualname__}: {verdict.error}")
    return "\n".join(rows)


def summary(verdicts: list[Verdict]) -> str:
    """How many of each."""
    counted = Counter(verdict.word for verdict in verdicts)
    words = ", ".join(f"{number} {word}" for word, number in counted.most_common())
    unmet = sum(not verdict.met for verdict in verdicts)
    rest = f" ({unmet} never came to the point)" if unmet else ""
    return f"{len(verdicts)} edge cases: {words or 'none'}{rest}"


def as_json(verdicts: list[Verdict]) -> str:
    """A list of objects."""
    return json.dumps([as_dict(verdict) for verdict in verdicts], indent=1)


def as_dict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    case = verdict.case
    return {
        "protocol": case.protocol,
        "case": case.name,
        "operation": case.operation,
        "expect": case.expect,
        "summary": case.summary,
        "source": case.source,
        "verdict": verdict.word,
        "kept": verdict.kept,
        "met": verdict.met,
        "detail": verdict.detail,
        "error": None if verdict.error is None else repr(verdict.error),
        "seconds": round(verdict.seconds, 3),
        "transcript": verdict.transcript,
    }


def as_junit(protocol: str, verdicts: list[Verdict]) -> str:
    """What CI systems read: a test case each."""
    broken = sum(not verdict.kept for verdict in verdicts)
    suite = ElementTree.Element(
        "testsuite", name=f"fakefarm {protocol}", tests=str(len(verdicts)), failures=str(broken)
    )
    for verdict in verdicts:
        test = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"fakefarm.{protocol}.{verdict.case.operation}",
            name=verdict.case.name,
            time=f"{verdict.seconds:.3f}",
        )
        if not verdict.kept:
            failure = ElementTree.SubElement(
                test, "failure", type=verdict.word, message=printable(verdict.detail)
            )
            failure.text = printable(str(verdict))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def printable(text: str) -> str:
    """Without what XML cannot carry."""
    return "".join(c if c in "\t\n" or c.isprintable() else repr(c)[1:-1] for c in text)
