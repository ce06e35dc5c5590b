"""What a timed row is: one action, who takes part, and what we aim at. The rows themselves stand
with their protocols, in `protocols/`.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clients import Address, conversation
from measure import Contender, Series, interleave
from subjects import Subject

Arrangement = contextlib.AbstractContextManager[Callable[[], object]]


@dataclass(frozen=True)
class Aim:
    """At most so many times what another subject takes, by each of the clocks that are named."""

    times: float
    than: str = "floor"
    clocks: tuple[str, ...] = ("wall", "CPU")


def never_slower_than(peer: str) -> Aim:
    """Elapsed time counts here: a peer may wait, and the processor rests meanwhile."""
    return Aim(1.0, peer, ("wall",))


@dataclass(frozen=True)
class Row:
    """One row: `arrange` gives a subject's action, and `batch` of them make a sample.

    `rounds` is the most that this row takes part in, for actions that are long by themselves.
    """

    name: str
    what: str
    subjects: list[type[Subject]]
    arrange: Callable[[Subject], Arrangement]
    batch: int
    aims: tuple[Aim, ...] = ()
    rounds: int | None = None


@dataclass
class Result:
    """The series of those that could take part, and why the others could not."""

    row: Row
    series: dict[str, Series]
    absent: dict[str, str]

    @property
    def complete(self) -> bool:
        """Whether the fakes themselves took part; a peer may be absent."""
        return "fakefarm" not in self.absent

    def ratios(self, name: str, than: str = "floor") -> dict[str, float]:
        """What one subject takes, in times what another takes, by each clock."""
        one, other = self.series[name], self.series[than]
        return {
            "wall": one.wall_median / other.wall_median,
            "CPU": one.cpu_median / other.cpu_median,
        }


@contextlib.contextmanager
def running(subject: Subject) -> Iterator[Address]:
    """A started and scripted server."""
    address = subject.start()
    try:
        subject.prepare()
        yield address
    finally:
        subject.stop()


@contextlib.contextmanager
def start_stop(subject: Subject) -> Iterator[Callable[[], object]]:
    """Start a server and stop it; nobody connects."""

    def action() -> None:
        subject.start()
        subject.stop()

    yield action


@contextlib.contextmanager
def fresh(subject: Subject) -> Iterator[Callable[[], object]]:
    """A whole conversation on a connection of its own."""
    with running(subject) as address:
        yield lambda: conversation(subject.client, address)


@contextlib.contextmanager
def on_open(subject: Subject) -> Iterator[Callable[[], object]]:
    """One exchange on a connection that stays open."""
    with running(subject) as address, contextlib.closing(subject.client(address)) as client:
        client.exchange_and_stay()
        yield client.exchange


def run(row: Row, rounds: int) -> Result:
    """Measure one row; a subject that is not installed, or cannot do this, is named as absent."""
    contenders: dict[str, Contender] = {}
    absent: dict[str, str] = {}
    rounds = rounds if row.rounds is None else min(rounds, row.rounds)
    with contextlib.ExitStack() as stack:
        for subject in (make() for make in row.subjects):
            try:
                contender = Contender(stack.enter_context(row.arrange(subject)))
            except Exception as error:  # that of a peer's next version included
                if subject.name == "floor":
                    raise
                expected = isinstance(error, (ImportError, OSError))
                absent[subject.name] = str(error) if expected else repr(error)
            else:
                contenders[subject.name] = contender
        return Result(row, interleave(contenders, rounds, row.batch), absent)
