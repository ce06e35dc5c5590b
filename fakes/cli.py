"""The command line: ``fakefarm list``, ``fakefarm serve``, ``fakefarm check``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from . import catalogue
from ._core.errors import close_matches
from ._core.transcript import rows
from .contract import EdgeCase, edge_cases, report
from .contract.control import control
from .contract.edge_case import kind_of
from .contract.program import program
from .contract.standard import CLIENTS
from .contract.target import target_for

INTERRUPTED = 130  # exit status, as shells have it for Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 for a broken contract, 2 for a mistake."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who read has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError, ImportError) as error:
        parser.exit(2, f"fakefarm: {error}\n")
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fakefarm", description="Fake servers, and whether a client survives what they do."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    known = catalogue.protocols()

    listing = commands.add_parser("list", help="the edge cases")
    listing.add_argument("protocol", nargs="?", choices=known)
    listing.set_defaults(run=run_list)

    serve = commands.add_parser("serve", help="a fake in the foreground, until Ctrl-C")
    serve.add_argument("protocol", choices=known)
    serve.add_argument("--edge-case", metavar="NAME", help="arranged as `fakefarm list` tells")
    serve.add_argument("--host", default="127.0.0.1", help="a loopback address")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--tls", choices=["implicit", "starttls"])
    serve.add_argument("--certificate", metavar="KIND", help="such as expired; needs --tls")
    serve.set_defaults(run=run_serve)

    check = commands.add_parser(
        "check",
        help="a client through the edge cases",
        description="Give a command for an operation; {host} {port} {url} {file} {name} {user} "
        "{password} {ca} stand for what they are, standard input is {file}. Exit status 0 claims "
        "success; standard output is what was fetched. Without a command the standard library's "
        "client is checked.",
    )
    check.add_argument("protocol", choices=known)
    for operation in dict.fromkeys(o for each in catalogue.OPERATIONS.values() for o in each):
        check.add_argument(f"--{operation}", metavar="COMMAND")
    check.add_argument("--only", action="append", metavar="NAME", help="may have *; repeatable")
    check.add_argument("--deadline", type=float, default=10.0, metavar="SECONDS")
    check.add_argument("--json", action="store_true", help="on standard output")
    check.add_argument("--junit", type=Path, metavar="FILE")
    check.set_defaults(run=run_check)
    return parser


# --- list


def run_list(options: argparse.Namespace) -> int:
    """Print the catalogue."""
    for protocol in [options.protocol] if options.protocol else catalogue.protocols():
        cases = edge_cases(protocol)
        print(f"{protocol}: {len(cases)} edge cases")
        for case in cases:
            print(f"  {case.name}  [{case.phase}; {case.operation} {case.expect}; {case.source}]")
            print(f"      {case.summary}")
    return 0


# --- serve


def run_serve(options: argparse.Namespace) -> int:
    """Run a fake until it is interrupted, and print what crosses the wire."""
    case = _named(options.protocol, options.edge_case) if options.edge_case else None
    arguments: dict[str, Any] = dict(case.case.arguments) if case else {}
    arguments |= {"host": options.host, "port": options.port, "strict": False}
    if options.tls:
        arguments["tls"] = options.tls
    if options.certificate:
        arguments["certificate"] = options.certificate
    operation = case.operation if case else catalogue.OPERATIONS[options.protocol][0]
    fake = kind_of(options.protocol)(**arguments)
    with fake:
        if case is not None:
            case.case.arrange(fake)
        with target_for(fake, operation) as target:
            _say(f"{type(fake).__name__} on {target.url}  (Ctrl-C stops it)")
            if fake.tls is not None:
                from ._core.tls.certificates import authority

                _say(f"its authority: {authority().pem_path}")
            _show(fake)
    return 0


def _named(protocol: str, name: str) -> EdgeCase:
    """Raises ValueError, with the close matches, for a name that no case has."""
    known = {case.name: case for case in edge_cases(protocol)}
    if name not in known:
        hint = close_matches(name, frozenset(known))
        raise ValueError(f"{protocol} has no edge case {name!r}: {hint}")
    return known[name]


def _show(fake: Any) -> None:
    """Print events as they come, for ever."""
    events: list[Any] = []

    def has_more() -> bool:
        return len(fake.transcript) > len(events)

    while True:
        if fake.transcript.wait_until(has_more, 3600):
            more = list(fake.transcript)[len(events) : len(fake.transcript)]
            events += more
            for event in more:
                print(*rows(event), sep="\n", flush=True)


# --- check


def run_check(options: argparse.Namespace) -> int:
    """Run a client through the edge cases; 1 where it breaks the contract."""
    clients, cases = _clients(options), edge_cases(options.protocol)
    if not cases:
        raise ValueError(f"{options.protocol} has no edge cases yet")
    verdicts, fit, left_out = [], dict[Any, bool](), 0
    for case in cases:
        if case.operation in clients and _wanted(case.name, options.only):
            way = case.operation, case.case.arguments.get("tls")
            if way not in fit:
                fit[way] = _gets_through(options, clients, *way)
            if not fit[way]:
                left_out += 1
                continue
            verdict = case.check(deadline=options.deadline, **clients)
            verdicts.append(verdict)
            _say(report.line(verdict))
    if not verdicts:
        raise ValueError(f"no edge case is left to check; `fakefarm list {options.protocol}`")
    if options.junit:
        options.junit.write_text(report.as_junit(options.protocol, verdicts), encoding="utf-8")
    if options.json:
        print(report.as_json(verdicts))
    _say(report.summary(verdicts) + (f", {left_out} left out" if left_out else ""))
    return int(any(not verdict.kept for verdict in verdicts))


def _gets_through(
    options: argparse.Namespace, clients: dict[str, Any], operation: str, tls: str | None
) -> bool:
    """Whether the client does where nothing goes wrong; else what it does wrong tells nothing."""
    case = control(options.protocol, operation, **({"tls": tls} if tls else {}))
    verdict = EdgeCase(case).check(deadline=options.deadline, **clients)
    if not verdict.kept:
        where = f"{operation}, {'tls=' + tls if tls else 'without TLS'}"
        why = verdict.error or verdict.detail
        _say(f"LEFT OUT {where}: the client does not get through where nothing goes wrong: {why}")
    return verdict.kept


def _clients(options: argparse.Namespace) -> dict[str, Any]:
    """By operation: the programs that were given, or else the standard library's clients. Raises
    ValueError for an operation that the protocol has not."""
    known = catalogue.OPERATIONS[options.protocol]
    given = {}
    for operation in dict.fromkeys(o for each in catalogue.OPERATIONS.values() for o in each):
        template = getattr(options, operation)
        if template is not None and operation not in known:
            raise ValueError(
                f"{options.protocol} has no --{operation}; it has --{' --'.join(known)}"
            )
        if template is not None:
            given[operation] = program(template, options.deadline)
    return given or dict(CLIENTS[options.protocol])


def _wanted(name: str, patterns: list[str] | None) -> bool:
    return patterns is None or any(fnmatchcase(name, pattern) for pattern in patterns)


def _say(text: str) -> None:
    """To who watches, and not into what another program reads."""
    print(text, file=sys.stderr, flush=True)
