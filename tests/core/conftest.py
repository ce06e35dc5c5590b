"""A toy protocol that stands on the core alone, and a client that hides nothing of the wire.

The toy greets with ``+hello`` and answers lines: ``ECHO text``, ``BULK n`` (a head and ``n`` bytes
of body), ``MARK text`` (has an effect), ``TAKE n`` (``n`` bytes of data follow), ``SEND`` (one line
of content follows, which is the phase ``message``), ``NOTHING`` (answered by no bytes), ``QUIT``.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from raw_client import PATIENCE, RawClient, connecting

from fakefarm._core.faults import Framing, Parts
from fakefarm._core.program import Reply
from fakefarm._core.rule import Rule
from fakefarm._core.server import FakeServer
from fakefarm._core.session import Answer, Session
from fakefarm._core.step import Step
from fakefarm._core.wire import LineTooLong

LIMIT = 1000  # bytes of a line


class ToyRule(Rule):
    def reply(self, text: str | Callable[[Step], str]) -> ToyRule:
        return self._reply("reply", (text,))


class ToySession(Session["Toy"]):
    greeted = "+"

    def greet(self, step: Step) -> Answer:
        return Answer((b"+hello\r\n",), "+", lambda: self.server.marks.append("greeted"))

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str]:
        text = reply.arguments[0]
        text = text(step) if callable(text) else text
        return (text.encode() + b"\r\n",), text[:1]

    def silent(self) -> None:
        self.wire.send(b"-silent\r\n")

    def converse(self) -> None:
        while True:
            try:
                line = self.wire.read_line(LIMIT)
            except LineTooLong as error:
                self.answer(self.step("LONG", "", error.line), self.natural, "+")
                continue
            verb, _, argument = line.decode("latin-1").partition(" ")
            if verb == "LEAVE":  # a protocol whose conversation simply ends
                return
            success = "3" if verb == "SEND" else "+"
            self.answer(self.step(verb, argument, line), self.natural, success)

    def natural(self, step: Step) -> Answer:
        method = getattr(self, f"do_{step.verb}", None)
        return method(step) if method else Answer((b"-what\r\n",), "-")

    def do_ECHO(self, step: Step) -> Answer:
        self.server.asked.append(step.argument)
        return Answer((b"+" + step.argument.encode("latin-1") + b"\r\n",), "+")

    def do_BULK(self, step: Step) -> Answer:
        size = int(step.argument)
        body = (b"0123456789" * (size // 10 + 1))[:size]
        return Answer((Framing(b"size %d\r\n" % size), body), "+")

    def do_HEAD(self, step: Step) -> Answer:
        return Answer((Framing(b"one\r\n"), Framing(b"two\r\n")), "+")

    def do_MARK(self, step: Step) -> Answer:
        return Answer(
            (b"+marked\r\n",),
            "+",
            lambda: self.server.marks.append(step.argument),
            lambda: self.server.marks.append(f"after {step.argument}"),
        )

    def do_TAKE(self, step: Step) -> Answer:
        data = self.wire.read_exactly(int(step.argument), "data")
        return Answer((b"+%d\r\n" % len(data),), "+")

    def do_SEND(self, step: Step) -> Answer:
        return Answer((b"3go\r\n",), "3", afterwards=self.take_message)

    def take_message(self) -> None:
        text = self.wire.read_line(LIMIT, channel="data")
        message = self.step("message", "", b"", text)
        self.answer(message, self.accept, "+")

    def accept(self, step: Step) -> Answer:
        return Answer((b"+stored\r\n",), "+", lambda: self.server.marks.append("stored"))

    def do_NOTHING(self, step: Step) -> Answer:
        return Answer((), "+", lambda: self.server.marks.append("nothing"))

    def do_QUIT(self, step: Step) -> Answer:
        return Answer((b"+bye\r\n",), "+", afterwards=lambda: self.wire.close("server"))


class Toy(FakeServer[ToyRule]):
    protocol = "toy"
    verbs: ClassVar[frozenset[str]] = frozenset(
        {"BULK", "ECHO", "HEAD", "LONG", "MARK", "NOTHING", "QUIT", "SEND", "TAKE"}
    )
    phases = frozenset({"connect", "message", "transfer"})
    rule_class = ToyRule
    session_class = ToySession

    def forget(self) -> None:
        super().forget()
        self.marks: list[str] = []  # effects, in order
        self.asked: list[str] = []  # what the engine was asked to echo


class Client(RawClient):
    """A bare socket that asks in lines."""

    def ask(self, text: str) -> bytes:
        """The line that answers a line."""
        self.send_line(text)
        return self.line()


@pytest.fixture
def toy_class() -> type[Toy]:
    """The toy server, not made yet."""
    return Toy


@pytest.fixture
def make() -> Iterator[Callable[..., Toy]]:
    """Makes started toys, lenient unless told otherwise, and stops them in the end."""
    with contextlib.ExitStack() as stack:

        def make(**arguments: Any) -> Toy:
            toy = Toy(**({"strict": False} | arguments))
            stack.callback(toy.stop)
            return toy.start()

        yield make


@pytest.fixture
def toy(make: Callable[..., Toy]) -> Toy:
    """A started toy, lenient."""
    return make()


@pytest.fixture
def dial() -> Iterator[Callable[..., Client]]:
    """Connects: ``dial(toy)`` is a client that has read the greeting, unless ``greeting=b""``."""
    with connecting(Client) as connect:

        def dial(toy: Toy, greeting: bytes = b"+hello\r\n") -> Client:
            client = connect(toy.address)
            assert client.exactly(len(greeting)) == greeting
            return client

        yield dial


@pytest.fixture
def client(toy: Toy, dial: Callable[..., Client]) -> Client:
    """A greeted client of ``toy``."""
    return dial(toy)


@pytest.fixture
def notes() -> Callable[..., list[str]]:
    """``notes(toy, "closed")``: the notes of one kind, in order."""

    def notes(toy: Toy, kind: str) -> list[str]:
        return [event.note for event in toy.transcript if event.kind == kind]

    return notes


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    """Every thread that a test's fakes made has ended with the test."""
    before = set(threading.enumerate())
    yield
    stayed = [t for t in threading.enumerate() if t not in before and "fakefarm" in t.name]
    for thread in stayed:
        thread.join(PATIENCE)
    assert not [thread for thread in stayed if thread.is_alive()]
