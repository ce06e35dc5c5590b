"""A thousand fakes of each kind, and nothing left of them: no thread, no file descriptor.

Counted right after the last `stop()`, with the garbage collector off, because a stop must not leave
it to the collector to close a socket. The floor is counted too, to show that the count is right.
"""

import contextlib
import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clients import conversation
from subjects import (
    FakefarmHTTP,
    FakefarmPOP3,
    FakefarmSMTP,
    FloorHTTP,
    FloorPOP3,
    FloorSMTP,
    Subject,
)

SUBJECTS: list[type[Subject]] = [
    FloorSMTP,
    FakefarmSMTP,
    FloorPOP3,
    FakefarmPOP3,
    FloorHTTP,
    FakefarmHTTP,
]


@dataclass
class Leak:
    """What was left after `count` servers; `descriptors` is None where they cannot be counted."""

    subject: str
    case: str
    count: int
    threads: int = 0
    descriptors: int | None = 0
    absent: str = ""

    @property
    def clean(self) -> bool:
        """Whether the servers could be made and nothing was left of them."""
        return not (self.absent or self.threads or self.descriptors)


def unvisited(subject: Subject) -> None:
    """Start and stop."""
    subject.start()
    subject.stop()


def visited(subject: Subject) -> None:
    """Stop after one whole conversation."""
    address = subject.start()
    subject.prepare()
    conversation(subject.client, address)
    subject.stop()


def occupied(subject: Subject) -> None:
    """Stop while a client is still connected."""
    address = subject.start()
    subject.prepare()
    client = subject.client(address)
    client.exchange()
    subject.stop()
    client.connection.close()


CASES: dict[str, Callable[[Subject], None]] = {
    "no client": unvisited,
    "one conversation": visited,
    "client connected at stop": occupied,
}


def run(count: int) -> Iterator[Leak]:
    """Start and stop that many of each subject in each case."""
    for subject in (make() for make in SUBJECTS):
        name = f"{subject.name} {subject.client.protocol}"
        for case, use in CASES.items():
            yield _count_left(Leak(name, case, count), use, subject)


def _count_left(leak: Leak, use: Callable[[Subject], None], subject: Subject) -> Leak:
    try:
        use(subject)  # the first may load modules and make what all later ones share
    except ImportError as error:
        leak.absent = str(error)
        return leak
    with _collector_off():
        threads, descriptors = threading.active_count(), _descriptors()
        for _ in range(leak.count):
            use(subject)
        leak.threads = threading.active_count() - threads
        now = _descriptors()
    leak.descriptors = None if now is None or descriptors is None else now - descriptors
    return leak


@contextlib.contextmanager
def _collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _descriptors() -> int | None:
    """How many file descriptors are open, or None on a system that does not list them."""
    for folder in (Path("/proc/self/fd"), Path("/dev/fd")):
        if folder.is_dir():
            return len(list(folder.iterdir()))
    return None
