"""docs/matrix.html: one file with the tables as HTML, and the transcripts behind a click.

The tables are there without scripts. What a click shows is packed (zlib, base64), and is put into
the page as text only: transcripts hold HTML of servers that mean no good.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cells import Cell
from findings import Finding
from markdown import left_out, occurs
from matrix import Matrix, is_broken
from words import EXPECTED, HOW, INTRODUCTION, MEANINGS, shown

HERE = Path(__file__).parent
UNMET = "the client never came to the point that the case is about"
# Nothing is loaded from anywhere, whatever a text in here says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def written(matrix: Matrix, findings: Iterable[Finding]) -> str:
    """The whole page."""
    findings = list(findings)
    return "\n".join([
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        "<title>The matrix: clients and edge cases</title>",
        f"<style>{(HERE / 'page.css').read_text(encoding='utf-8')}</style></head><body>",
        "<h1>The matrix</h1>",
        *(f"<p>{prose(each)}</p>" for each in INTRODUCTION),
        f"<p>Made by {prose(HOW)}.</p>",
        contents(matrix),
        legend(),
        form(matrix),
        *(section(matrix, protocol) for protocol in matrix.protocols),
        numbers(matrix),
        told(matrix, findings),
        versions(matrix),
        '<dialog id="cell" aria-labelledby="cell-title"></dialog>',
        f'<script type="text/plain" id="data">{packed(matrix, findings)}</script>',
        f"<script>{(HERE / 'page.js').read_text(encoding='utf-8')}</script>",
        "</body></html>\n",
    ])  # fmt: skip


def safe(text: str) -> str:
    """Text in HTML, also in an attribute."""
    return html.escape(text, quote=True)


def prose(text: str) -> str:
    """The little of Markdown that the introduction has."""
    pieces = safe(text).split("`")
    words = "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))
    return words.replace("[The contract](contract.md)", '<a href="contract.md">The contract</a>')


def contents(matrix: Matrix) -> str:
    """Where what is."""
    links = "".join(f'<a href="#{safe(each)}">{safe(each)}</a> ' for each in matrix.protocols)
    rest = '<a href="#numbers">in numbers</a> <a href="#findings">what it finds</a>'
    return f'<nav>{links}{rest} <a href="#versions">versions</a></nav>'


def legend() -> str:
    """The words in their colours."""
    rows = "".join(
        f'<div><dt class="v {word}">{word}</dt><dd>{safe(meaning)}</dd></div>'
        for word, meaning in MEANINGS.items()
    )
    faint = f'<div><dt class="v kept unmet">kept</dt><dd>and {UNMET}</dd></div>'
    return f'<dl class="legend">{rows}{faint}</dl>'


def form(matrix: Matrix) -> str:
    """The filter, which the script shows."""
    options = "".join(f"<option>{safe(each)}</option>" for each in matrix.protocols)
    return (
        '<form id="filter" hidden><label>Protocol <select id="protocol"><option value="">all'
        f'</option>{options}</select></label> <label><input type="checkbox" id="broken"> only '
        'broken</label> <output id="count"></output></form>'
        "<noscript><p>With scripts, a click on a cell shows what crossed the wire.</p></noscript>"
    )


def section(matrix: Matrix, protocol: str) -> str:
    """The table of a protocol."""
    clients = matrix.clients_of(protocol)
    head = "".join(f'<th scope="col">{safe(each)}</th>' for each in clients)
    rows = "\n".join(
        f'<tr data-case="{safe(case.name)}"><th scope="row" title="{safe(case.summary)}">'
        f"{safe(case.name).replace('_', '_<wbr>')}</th><td>{EXPECTED[case.expect]}</td>"
        + "".join(button(matrix.cells.get((protocol, case.name, c))) for c in clients)
        + "</tr>"
        for case in matrix.cases_of(protocol)
    )
    name = safe(protocol)
    return (
        f'<section data-protocol="{name}"><h2 id="{name}">{name}</h2>'
        f"{box(name)}<table><thead><tr>"
        f'<th scope="col">case</th><th scope="col">has to</th>{head}</tr></thead><tbody>\n'
        f"{rows}\n</tbody></table></div></section>"
    )


def box(name: str) -> str:
    """What scrolls, also by keys, under the heading of a name."""
    return f'<div class="box" tabindex="0" role="region" aria-labelledby="{name}">'


def button(cell: Cell | None) -> str:
    """A cell."""
    word = shown(cell)
    if cell is None or not word:
        return "<td></td>"
    unmet = "" if cell.met else " unmet"
    # What is said of it by colour is said in words, too.
    label = "" if cell.met else f' aria-label="{word}, {UNMET}" title="{UNMET}"'
    broken, id = "", ""
    if is_broken(cell):
        broken, id = " b", f' id="{safe(key(cell))}"'  # where a finding leads to
    return f'<td><button class="v {word}{unmet}{broken}"{id}{label}>{word}</button></td>'


def key(cell: Cell) -> str:
    """What stands behind the # of its address."""
    return f"{cell.job.protocol}/{cell.job.case}/{cell.job.client}"


def numbers(matrix: Matrix) -> str:
    """Counts by client."""
    head = "".join(f'<th scope="col">{word}</th>' for word in MEANINGS)
    rows = []
    for protocol in matrix.protocols:
        for client in matrix.clients_of(protocol):
            counted = Counter(cell.word for cell in matrix.cells_of(protocol, client))
            cells = "".join(f"<td>{counted[word] or ''}</td>" for word in MEANINGS)
            name = f"{safe(protocol)} {safe(client)}"
            rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    return (
        f'<h2 id="numbers">In numbers</h2>{box("numbers")}<table class="numbers"><thead><tr>'
        f'<th scope="col">client</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div>"
    )


def told(matrix: Matrix, findings: list[Finding]) -> str:
    """The findings that occurred, by client."""
    parts = ['<h2 id="findings">What it finds</h2>']
    for client, version in matrix.versions.items():
        lines = []
        for each in findings:
            cases = [case for case in each.cases.split() if occurs(matrix, each, case)]
            if each.client == client and cases:
                links = ", ".join(
                    f'<a href="#{each.protocol}/{case}/{safe(client)}">{case}</a>' for case in cases
                )
                lines.append(
                    f'<li>{each.protocol}, <span class="v {each.word}">{each.word}</span>: '
                    f"{safe(each.text)} <small>({links})</small></li>"
                )
        if lines:
            parts.append(f"<h3>{safe(client)} ({safe(version)})</h3><ul>{''.join(lines)}</ul>")
    return "\n".join(parts)


def versions(matrix: Matrix) -> str:
    """What was checked, and what was left out."""
    known = {**matrix.platform, **matrix.versions}
    rows = "".join(
        f'<tr><th scope="row">{safe(name)}</th><td>{safe(version)}</td></tr>'
        for name, version in known.items()
    )
    left = "".join(f"<li>{safe(each)}</li>" for each in left_out(matrix))
    return (
        '<h2 id="versions">Versions</h2>'
        f"{box('versions')}<table><tbody>{rows}</tbody></table></div>"
        + (f"<p>Left out:</p><ul>{left}</ul>" if left else "")
    )


def packed(matrix: Matrix, findings: list[Finding]) -> str:
    """All that a click shows. Transcripts that are the same are there once."""
    transcripts = dict[str, int]()
    cells: dict[str, Any] = {}
    for cell in matrix.cells.values():
        if shown(cell):
            number = transcripts.setdefault(cell.transcript, len(transcripts))
            cells[key(cell)] = [
                cell.word, cell.met, cell.detail, cell.error, number,
            ]  # fmt: skip
    data = {
        "cases": {
            f"{case.protocol}/{case.name}": [case.summary, case.source, case.expect, case.operation]
            for case in matrix.cases
        },
        "cells": cells,
        "findings": dict(explained(findings)),
        "meanings": MEANINGS,
        "transcripts": list(transcripts),
        "versions": matrix.versions,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode()


def explained(findings: list[Finding]) -> Iterator[tuple[str, str]]:
    """By protocol, case, client and word: what a finding says."""
    for each in findings:
        for protocol, client, case, word in each.places():
            yield f"{protocol}/{case}/{client}/{word}", each.text
