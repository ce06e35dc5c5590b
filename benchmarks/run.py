"""Run the benchmarks: `python benchmarks/run.py [--rounds N] [--quick] [ROW ...]`.

The exit status is 1 when threads, file descriptors or files are left over, or when one of our own
fakes could not be measured. It never depends on a time.
"""

import argparse
import faulthandler
import sys
from dataclasses import dataclass

import leaks
import measure
import plugin_load
import report
import rows
from protocols import ROWS

LIMIT = 600  # seconds for one row; then the stacks of all threads are shown and the run ends
TIMED = {row.name: row for row in ROWS}
NAMES = [*TIMED, "plugin-load", "leaks"]


@dataclass(frozen=True)
class Effort:
    """How often: rounds of a timed row, fresh processes for the plugin, servers for leaks."""

    rounds: int
    processes: int
    servers: int


FULL = Effort(rounds=300, processes=25, servers=1000)
QUICK = Effort(rounds=30, processes=5, servers=100)


def main(arguments: list[str] | None = None) -> int:
    """Run the rows that were named, or all; return the exit status."""
    options = _parse(arguments)
    effort = QUICK if options.quick else FULL
    if options.rounds:
        effort = Effort(options.rounds, effort.processes, effort.servers)
    measure.keep_to_one_cpu()
    print(report.heading(), flush=True)
    clean = True
    for name in options.rows or NAMES:
        faulthandler.dump_traceback_later(LIMIT, exit=True)
        print(flush=True)
        clean &= _run(name, effort)
    faulthandler.cancel_dump_traceback_later()
    return 0 if clean else 1


def _run(name: str, effort: Effort) -> bool:
    """Run and print one row; say whether nothing is wrong with our own fakes."""
    if name == "leaks":
        return _leaks(effort.servers)
    if name == "plugin-load":
        try:
            print(report.plugin(plugin_load.measure(effort.processes)))
        except ImportError as error:
            print(f"plugin-load: {error}")
        return True
    result = rows.run(TIMED[name], effort.rounds)
    print(report.timed(result))
    return result.complete


def _leaks(servers: int) -> bool:
    print("leaks: threads, file descriptors and files left after the last stop")
    clean = True
    for left in leaks.run(servers):
        print(report.leak(left), flush=True)
        clean &= left.clean
    return clean


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="fakefarm against the floor and its peers.")
    parser.add_argument("--rounds", type=_positive, metavar="N", help="rounds of each timed row")
    parser.add_argument("--quick", action="store_true", help="a tenth of the effort, coarser")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"any of: {', '.join(NAMES)}")
    options = parser.parse_args(arguments)
    for name in options.rows:
        if name not in NAMES:
            parser.error(f"no row {name!r}; there are: {', '.join(NAMES)}")
    return options


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds, from 1 up")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
