"""A thousand fakes of each kind, and nothing left of them: no thread, no file descriptor, no file.

Counted right after the last `stop()`, with the garbage collector off, because a stop must not leave
it to the collector to close a socket. Temporary files get a folder of their own meanwhile, which is
looked into. The floor is counted too, to show that the count is right.
"""

import contextlib
import gc
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clients import conversation
from protocols import OURS
from subjects import Subject


@dataclass
class Leak:
    """What was left after `count` servers; `descriptors` is None where they cannot be counted."""

    subject: str
    case: str
    count: int
    threads: int = 0
    descriptors: int | None = 0
    files: int = 0
    absent: str = ""

    @property
    def clean(self) -> bool:
        """Whether the servers could be made and nothing was left of them."""
        return not (self.absent or self.threads or self.descriptors or self.files)


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
    with _temporary_files() as folder:
        for subject in (make() for make in OURS):
            name = f"{subject.name} {subject.client.protocol}"
            for case, use in CASES.items():
                yield _count_left(Leak(name, case, count), use, subject, folder)


def _count_left(leak: Leak, use: Callable[[Subject], None], subject: Subject, folder: Path) -> Leak:
    try:
        use(subject)  # the first may load modules and make what all later ones share
    except Exception as error:  # it counts as a leak, and the others are looked at all the same
        leak.absent = repr(error)
        return leak
    with _collector_off():
        threads, descriptors, files = threading.active_count(), _descriptors(), _size(folder)
        for _ in range(leak.count):
            use(subject)
        leak.threads = threading.active_count() - threads
        now = _descriptors()
        leak.files = _size(folder) - files
    leak.descriptors = None if now is None or descriptors is None else now - descriptors
    return leak


@contextlib.contextmanager
def _temporary_files() -> Iterator[Path]:
    """The folder in which they are made meanwhile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = None


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
            return _size(folder)
    return None


def _size(folder: Path) -> int:
    return len(list(folder.iterdir()))
