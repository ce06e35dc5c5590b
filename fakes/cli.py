"""The command line: ``fakefarm list``, ``fakefarm serve``, ``fakefarm check``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from . import catalogue
from ._core.errors import close_matches
from ._core.transcript import rows
from .contract import EdgeCase, Verdict, edge_cases, report
from .contract.control import control
from .contract.edge_case import kind_of
from .contract.program import ProgramFailed, program
from .contract.standard import CLIENTS
from .contract.target import target_for

Check = partial[Verdict]  # of an EdgeCase; its keywords are the operations, and more
INTERRUPTED, BROKEN_PIPE = 130, 141  # exit status, as shells have it for SIGINT and SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 for a broken contract, 2 for a mistake."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who read has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
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
    check.add_argument(
        "--only", action="append", metavar="NAME", help="or PHASE/NAME; may have *; repeatable"
    )
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
    """Print events as they come, for ever; what is printed need not be kept."""
    while True:
        if fake.transcript.wait_until(lambda: len(fake.transcript), 3600):
            for event in fake.transcript.take():
                print(*rows(event), sep="\n", flush=True)


# --- check


def run_check(options: argparse.Namespace) -> int:
    """Run a client through the edge cases; 1 where it breaks the contract."""
    check, cases = _check(options), edge_cases(options.protocol)
    if options.junit:
        options.junit.touch()  # where that cannot be, say so before all the work
    tell = _say if options.json else partial(print, flush=True)
    verdicts, fit, left_out = [], dict[Any, bool](), 0
    for case in cases:
        if case.operation in check.keywords and _wanted(case, options.only):
            way = case.operation, case.case.arguments.get("tls")
            if way not in fit:
                fit[way] = _gets_through(check, options.protocol, *way)
            if not fit[way]:
                left_out += 1
                continue
            verdict = check(case)
            verdicts.append(verdict)
            tell(report.line(verdict))
    if not verdicts:
        raise ValueError(f"no edge case is left to check; `fakefarm list {options.protocol}`")
    if options.junit:
        options.junit.write_text(report.as_junit(options.protocol, verdicts), encoding="utf-8")
    if options.json:
        print(report.as_json(verdicts))
    tell(report.summary(verdicts) + (f", {left_out} left out" if left_out else ""))
    return int(any(not verdict.kept for verdict in verdicts))


def _gets_through(check: Check, protocol: str, operation: str, tls: str | None) -> bool:
    """Whether the client does where nothing goes wrong; else what it does wrong tells nothing."""
    verdict = check(EdgeCase(control(protocol, operation, **({"tls": tls} if tls else {}))))
    if not verdict.kept:
        where = f"{operation}, {'tls=' + tls if tls else 'without TLS'}"
        why = verdict.error or verdict.detail
        _say(f"LEFT OUT {where}: the client does not get through where nothing goes wrong: {why}")
    return verdict.kept


def _check(options: argparse.Namespace) -> Check:
    """``EdgeCase.check`` with the programs that were given, or else with the standard library's
    clients. Raises ValueError for an operation that the protocol has not."""
    known = catalogue.OPERATIONS[options.protocol]
    check = partial(EdgeCase.check, deadline=options.deadline)
    given: dict[str, Any] = {}
    for operation in dict.fromkeys(o for each in catalogue.OPERATIONS.values() for o in each):
        template = getattr(options, operation)
        if template is not None and operation not in known:
            raise ValueError(
                f"{options.protocol} has no --{operation}; it has --{' --'.join(known)}"
            )
        if template is not None:
            given[operation] = program(template, options.deadline)
    if given:  # a program that crashes has reported nothing
        return partial(check, errors=ProgramFailed, **given)
    return partial(check, **dict[str, Any](CLIENTS[options.protocol]))


def _wanted(case: EdgeCase, patterns: list[str] | None) -> bool:
    return patterns is None or any(case.is_named(pattern) for pattern in patterns)


def _say(text: str) -> None:
    """To who watches, and not into what another program reads."""
    print(text, file=sys.stderr, flush=True)
