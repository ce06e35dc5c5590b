"""Taking the times: interleaved, in one process, medians of many. Microseconds everywhere.

The subjects take turns within every round, in an order drawn anew, so that the noise of the
machine and the caches that a predecessor leaves behind hit all alike. CPU time is that of the whole
process, client and server. The garbage collector runs between the rounds, never inside a sample.
The process keeps to one CPU where the system lets it: the interpreter runs one thread at a time
anyhow, and on which CPU the scheduler wakes a thread would be most of the noise.
"""

import contextlib
import gc
import math
import os
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter_ns, process_time_ns

Action = Callable[[], object]

SLOW = 50_000.0  # microseconds: an action that takes longer sits out some of the rounds
FEWEST = 3  # samples that a slow action still gives


@dataclass
class Series:
    """The samples of one subject in one row; microseconds an action."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, wall: float, cpu: float) -> None:
        """Take one more sample."""
        self.wall.append(wall)
        self.cpu.append(cpu)

    @property
    def wall_median(self) -> float:
        """Median of elapsed time."""
        return median(self.wall)

    @property
    def cpu_median(self) -> float:
        """Median of processor time."""
        return median(self.cpu)


def keep_to_one_cpu() -> None:
    """Pin this process, and those that it starts, to the last CPU that it may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def sample(action: Action, batch: int) -> tuple[float, float]:
    """Wall and CPU microseconds of one action, from one run of `batch` of them.

    One more before them is not timed: it fills the caches, whoever was there before.
    """
    if batch > 1:
        action()
    cpu, wall = process_time_ns(), perf_counter_ns()
    for _ in range(batch):
        action()
    wall, cpu = perf_counter_ns() - wall, process_time_ns() - cpu
    return wall / batch / 1000, cpu / batch / 1000


class Contender:
    """An action that is warmed up, and how long it takes then; what it raises comes at once."""

    def __init__(self, action: Action) -> None:
        self.action = action
        first, _ = sample(action, 1)  # it may load modules
        second, _ = sample(action, 1)
        self.wall = second if min(first, second) > SLOW else sample(action, 2)[0]

    def pace(self, rounds: int, batch: int) -> tuple[int, int]:
        """In every how many rounds to take part, and with what batch."""
        every = math.ceil(self.wall / SLOW)
        return max(1, min(every, rounds // FEWEST)), max(1, min(batch, int(SLOW / self.wall)))


def interleave(contenders: Mapping[str, Contender], rounds: int, batch: int) -> dict[str, Series]:
    """Measure all in turns; `batch` actions make one sample."""
    paces = {name: contender.pace(rounds, batch) for name, contender in contenders.items()}
    series = {name: Series() for name in contenders}
    names, shuffle = list(contenders), random.Random(0)
    with _collector_held():
        for number in range(rounds):
            gc.collect()
            for name in shuffle.sample(names, len(names)):
                every, size = paces[name]
                if number % every == 0:
                    series[name].add(*sample(contenders[name].action, size))
    return series


@contextlib.contextmanager
def _collector_held() -> Iterator[None]:
    """Collect only when told, and then only what was made meanwhile."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
