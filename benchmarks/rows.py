"""The timed rows: what one action is, who takes part, and what we aim at."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clients import Address, conversation
from measure import Action, Series, interleave
from peers import Aiosmtpd, Httpserver, LocalserverHTTP, LocalserverSMTP, StdlibHTTP
from subjects import (
    FakefarmHTTP,
    FakefarmPOP3,
    FakefarmSMTP,
    FloorHTTP,
    FloorPOP3,
    FloorSMTP,
    Subject,
)

SMTP: list[type[Subject]] = [FloorSMTP, FakefarmSMTP, Aiosmtpd, LocalserverSMTP]
POP3: list[type[Subject]] = [FloorPOP3, FakefarmPOP3]
HTTP: list[type[Subject]] = [FloorHTTP, FakefarmHTTP, Httpserver, LocalserverHTTP, StdlibHTTP]


@dataclass(frozen=True)
class Row:
    """One row: `arrange` gives a subject's action, and `batch` of them make a sample.

    `aim` is the most that we want to take, in times the floor.
    """

    name: str
    what: str
    subjects: list[type[Subject]]
    arrange: Callable[[Subject], contextlib.AbstractContextManager[Action]]
    batch: int
    aim: float | None = None


@dataclass
class Result:
    """The series of those that could take part, and why the others could not."""

    row: Row
    series: dict[str, Series]
    absent: dict[str, str]


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
def start_stop(subject: Subject) -> Iterator[Action]:
    """Start a server and stop it; nobody connects."""

    def action() -> None:
        subject.start()
        subject.stop()

    yield action


@contextlib.contextmanager
def fresh(subject: Subject) -> Iterator[Action]:
    """A whole conversation on a connection of its own."""
    with running(subject) as address:
        yield lambda: conversation(subject.client, address)


@contextlib.contextmanager
def on_open(subject: Subject) -> Iterator[Action]:
    """One exchange on a connection that stays open."""
    with running(subject) as address, contextlib.closing(subject.client(address)) as client:
        client.exchange_and_stay()
        yield client.exchange


ROWS = [
    Row("smtp-start-stop", "start and stop an SMTP server", SMTP, start_stop, 10, aim=1.5),
    Row("pop3-start-stop", "start and stop a POP3 server", POP3, start_stop, 10, aim=1.5),
    Row("http-start-stop", "start and stop an HTTP server", HTTP, start_stop, 10, aim=1.5),
    Row("smtp-conversation", "connect, EHLO, one message, QUIT", SMTP, fresh, 5),
    Row("pop3-conversation", "connect, log in, one RETR, QUIT", POP3, fresh, 5),
    Row("http-conversation", "connect, one GET, leave", HTTP, fresh, 5),
    Row("smtp-message", "one message on an open connection", SMTP, on_open, 20, aim=2.0),
    Row("pop3-retr", "one RETR on an open connection", POP3, on_open, 20, aim=2.0),
    Row("http-request", "one GET on an open connection", HTTP, on_open, 20, aim=2.0),
]


def run(row: Row, rounds: int) -> Result:
    """Measure one row; a subject that is not installed, or cannot do this, is named as absent."""
    actions: dict[str, Action] = {}
    absent: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for subject in (make() for make in row.subjects):
            try:
                action = stack.enter_context(row.arrange(subject))
                action()
            except (ImportError, OSError) as error:
                absent[subject.name] = str(error)
            else:
                actions[subject.name] = action
        return Result(row, interleave(actions, rounds, row.batch), absent)
