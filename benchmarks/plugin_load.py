"""What loading the plugin costs a pytest run that does not use it. Milliseconds.

Two figures, each the median over fresh processes:

- the import of the plugin after `import pytest`, timed inside the process: the steadier of the two;
- a whole pytest run of one trivial test, with the plugin and with `-p no:`, in pairs; the plugins
  of other packages are kept out of both, since they may load the same modules and hide the cost.

The processes may write byte code, and the first of each kind, which does, is not counted.
"""

import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

PLUGIN = "fakefarm.fixtures.plugin"
AIM = 5.0  # milliseconds
LIMIT = 60  # seconds that one process may take

IMPORT = f"""
import sys, time, importlib, pytest
before = len(sys.modules)
cpu, wall = time.process_time_ns(), time.perf_counter_ns()
importlib.import_module({PLUGIN!r})
wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
print(wall / 1e6, cpu / 1e6, len(sys.modules) - before)
"""


@dataclass
class Run:
    """One process, in milliseconds."""

    wall: float
    cpu: float


@dataclass
class PluginLoad:
    """Medians, in milliseconds; `modules` counts what the import added to `sys.modules`.

    `run_wall` and `run_cpu` are what a run takes more with the plugin than without, and half of all
    pairs took between the two `run_quartiles` (CPU) more.
    """

    import_wall: float
    import_cpu: float
    modules: int
    run_wall: float
    run_cpu: float
    run_quartiles: tuple[float, float]
    run_without: float


def measure(processes: int) -> PluginLoad:
    """Measure in so many processes and so many pairs; ImportError if it is not installed."""
    registered = {entry.name for entry in entry_points(group="pytest11")}
    if PLUGIN not in registered:
        raise ImportError(f"no installed package registers the plugin {PLUGIN}")
    imports = [_import() for _ in range(processes + 1)][1:]
    others = [f"-pno:{name}" for name in sorted(registered - {PLUGIN})]
    pairs = _pairs(processes + 1, others)[1:]
    cpu = [loaded.cpu - without.cpu for without, loaded in pairs]
    low, _, high = quantiles(cpu, n=4)
    return PluginLoad(
        import_wall=median(wall for wall, _, _ in imports),
        import_cpu=median(cpu for _, cpu, _ in imports),
        modules=int(imports[0][2]),
        run_wall=median(loaded.wall - without.wall for without, loaded in pairs),
        run_cpu=median(cpu),
        run_quartiles=(low, high),
        run_without=median(without.wall for without, _ in pairs),
    )


def _import() -> tuple[float, float, float]:
    """Wall and CPU milliseconds of one import in a fresh process, and the modules it added."""
    wall, cpu, modules = _python("-c", IMPORT).split()
    return float(wall), float(cpu), float(modules)


def _pairs(count: int, others: list[str]) -> list[tuple[Run, Run]]:
    """Whole runs (without, with), the order changing from pair to pair."""
    loaded = ["-m", "pytest", "-q", "-pno:cacheprovider", *others]
    without = [*loaded, f"-pno:{PLUGIN}"]
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pytest.ini").write_text("[pytest]\n")  # no other settings are looked for
        Path(folder, "test_trivial.py").write_text("def test_nothing():\n    pass\n")
        for number in range(count):
            if number % 2:
                pairs.append((_run(without, folder), _run(loaded, folder)))
            else:
                pairs.append((_run(loaded, folder), _run(without, folder))[::-1])
    return pairs


def _run(arguments: list[str], folder: str) -> Run:
    """Time one process."""
    cpu, wall = _children_cpu(), perf_counter()
    _python(*arguments, folder=folder)
    return Run((perf_counter() - wall) * 1000, (_children_cpu() - cpu) * 1000)


def _children_cpu() -> float:
    """Seconds of CPU that the ended children took; not a number where the system does not tell."""
    try:
        import resource
    except ImportError:
        return math.nan
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _python(*arguments: str, folder: str | None = None) -> str:
    """What a fresh interpreter prints, free of the caller's options for pytest and of `-B`."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=settings,
        stdout=subprocess.PIPE,
        timeout=LIMIT,
        text=True,
    )
    if finished.returncode:
        raise RuntimeError(f"{arguments} failed:\n{finished.stdout}")
    return finished.stdout
