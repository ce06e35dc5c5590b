"""What all fakes share: starting and stopping, rules, and reading what happened."""

from __future__ import annotations

import random
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypedDict, TypeVar

from . import checks, sockets
from .errors import FakeFailure, close_matches
from .listener import PATIENCE, Listener
from .rule import Rule
from .script import Firing, Script
from .step import PHASES, Step
from .transcript import Transcript
from .wire import Connection, Wire

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from .pattern import Pattern
    from .session import Session

RECHECK = 0.05  # seconds after which settle() looks again though nothing happened

R = TypeVar("R", bound=Rule)


class Common(TypedDict, total=False):
    """The constructor arguments that all fakes share, for the type checker."""

    host: str
    port: int
    tls: str | None
    certificate: str
    users: dict[str, str] | None
    strict: bool
    allow_remote: bool
    seed: int | None
    timeout: float
    transcript_limit: int
    max_message_size: int


class FakeServer(Generic[R]):
    """Base of the fakes: a server that really speaks its protocol over a real socket.

    Constructor arguments, all by keyword:

    - ``host``, ``port``: where to listen; port 0 takes a free one. Only loopback addresses are
      accepted, unless ``allow_remote`` is True.
    - ``tls``, ``certificate``: reserved; only ``tls=None`` is known so far.
    - ``users``: a dict of passwords by user name; until you name users, any credentials are good.
    - ``strict``: whether a rule that never fired is a failure.
    - ``seed``: an int, the source of ``with_probability``; a fresh one by default. Reports show it.
    - ``timeout``: seconds of silence after which the fake ends a connection.
    - ``transcript_limit``, ``max_message_size``: bounds in bytes.

    Raises ValueError for a bad argument.
    """

    protocol: ClassVar[str]
    verbs: ClassVar[frozenset[str]]
    phases: ClassVar[frozenset[str]] = frozenset({"connect"})
    rule_class: type[R]
    session_class: type[Session[Any]]

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: str | None = None,
        certificate: str = "valid",
        users: dict[str, str] | None = None,
        strict: bool = True,
        allow_remote: bool = False,
        seed: int | None = None,
        timeout: float = 300.0,
        transcript_limit: int = 16 * 2**20,
        max_message_size: int = 32 * 2**20,
    ) -> None:
        if tls is not None or certificate != "valid":
            raise ValueError(f"tls={tls!r}, certificate={certificate!r}: TLS is not offered yet")
        if not allow_remote and not _is_loopback(host):
            raise ValueError(
                f"host={host!r} is not a loopback address; allow_remote=True lets it be"
            )
        if checks.whole("port", port) > 65535:
            raise ValueError(f"port={port!r}: give a number from 0 to 65535")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise TypeError(f"seed={seed!r}: give an int")
        if users is not None and not isinstance(users, dict):
            raise TypeError(f"users={users!r}: give a dict of passwords by user name")
        self.strict = strict
        self.errors: list[BaseException] = []
        self.connections: list[Connection] = []
        self.transcript = Transcript(checks.whole("transcript_limit", transcript_limit))
        self.script: Script[R] = Script(random.getrandbits(32) if seed is None else seed)
        self._address: tuple[str, int] = (host, port)
        self._asked_port = port
        self._settings = (
            users,
            checks.positive("timeout", timeout),
            checks.whole("max_message_size", max_message_size),
        )
        self._listener: Listener | None = None
        self._stopping = threading.Event()
        self._live: dict[Connection, tuple[Wire, threading.Thread]] = {}
        self.forget()

    users: dict[str, str] | None
    timeout: float
    max_message_size: int

    # --- starting and stopping

    def start(self) -> Self:
        """Listen. Returns the fake. Raises OSError, naming the port, if that is in use."""
        if self._listener is None:
            if self._stopping.is_set():
                self._stopping = threading.Event()
            if not self.connections:
                self.transcript.restart()
            self._address = (self._address[0], self._asked_port)
            self._listen(not self.script.refuses_next())
        return self

    def _listen(self, listening: bool) -> None:
        host, port = self._address
        try:
            listener = Listener(
                host,
                port,
                accepted=self._accepted,
                failed=self._failed,
                entered=self.transcript.stir,
                name=f"fakefarm-{self.protocol}",
            )
            listener.open(listening)
        except OSError as error:
            raise OSError(error.errno, f"{type(self).__name__} {error.strerror}") from None
        self._listener = listener
        self._address = (host, listener.server_address[1])
        if not listening:
            self._note_refusal()

    def _note_refusal(self) -> None:
        self.transcript.note(0, "rule", "the port is held and nothing listens on it")

    def stop(self) -> None:
        """Stop at once, whatever the clients are doing. Idempotent.

        Raises RuntimeError, naming what it does, if a thread of a connection does not end: it can
        only be held by a callable of the test.
        """
        listener, self._listener = self._listener, None
        if listener is not None:
            self._end(listener)

    def _end(self, listener: Listener) -> None:
        """Give the port back and end all connections."""
        self._stopping.set()
        listener.close()
        live = list(self._live.values())
        for wire, _ in live:
            sockets.shut_down(wire.sock, socket.SHUT_RDWR)
        threads = [thread for _, thread in live]
        deadline = time.monotonic() + PATIENCE
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        self._complain_of_held([*threads, *([listener.thread] if listener.thread else [])])

    def _complain_of_held(self, threads: list[threading.Thread]) -> None:
        current = threading.current_thread()
        stacks = [_stack(t) for t in threads if t is not current and t.is_alive()]
        if stacks:
            raise RuntimeError(
                f"{self}: a callable of the test does not end:\n" + "\n".join(stacks)
            )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is None:
            self.verify()

    def reset(self) -> None:
        """Forget script, settings, state and transcript and end all connections; keep the port."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._end(listener)
        self._stopping = threading.Event()
        self.script.forget()
        self.errors.clear()
        self.connections.clear()
        self.transcript.restart()
        self.forget()
        if listener is not None:  # a new one: who waits to be let in by the old one is left out
            self._listen(True)

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given. Protocols add theirs."""
        users, self.timeout, self.max_message_size = self._settings
        self.users = None if users is None else dict(users)

    # --- where it is

    @property
    def address(self) -> tuple[str, int]:
        """Host and port. Raises RuntimeError before the first start."""
        if not self._address[1]:
            raise RuntimeError(f"{type(self).__name__} has no port before start()")
        return self._address

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self._address[0]

    @property
    def port(self) -> int:
        """The port that it listens on, or listened on before stop()."""
        return self.address[1]

    @property
    def url(self) -> str:
        """``smtp://127.0.0.1:40001`` and the like."""
        host, port = self.address
        return f"{self.protocol}://{f'[{host}]' if ':' in host else host}:{port}"

    def __repr__(self) -> str:
        host, port = self._address
        return f"<{type(self).__name__} {f'{host}:{port}' if port else 'not started'}>"

    # --- scripting

    def on(
        self,
        verb: str,
        pattern: Pattern = None,
        *,
        where: Callable[[Any], object] | None = None,
        custom: bool = False,
        **matchers: Any,
    ) -> R:
        """A rule for the steps of one verb (or phase, or ``"*"``: any command).

        ``pattern`` is matched against the step's argument: a string in which only ``*`` is special
        (``\\*`` is a star), a compiled ``re.Pattern`` that is searched for, or None for any.
        ``where`` is a callable that takes the Step. A verb that the protocol does not know needs
        ``custom=True``. Raises ValueError for an unknown verb, naming the close matches.
        """
        self._check_verb(verb, custom)
        unknown = [name for name in matchers if name not in self.rule_class.matcher_names]
        if unknown:
            known = self.rule_class.matcher_names | {"where", "custom", "pattern"}
            raise TypeError(f"on({verb!r}, {unknown[0]}=...): {close_matches(unknown[0], known)}")
        return self._add(verb, pattern, where, matchers)

    def every(self) -> R:
        """A rule for every step, phases included."""
        return self._add(None, None, None, {})

    def observe(self, callback: Callable[[Any], object]) -> None:
        """Have ``callback`` told of every Step; it answers none."""
        if not callable(callback):
            raise TypeError(f"observe({callback!r}): give a callable that takes the Step")
        self.script.observers.append(callback)

    def _add(
        self,
        verb: str | None,
        pattern: Pattern,
        where: Callable[[Any], object] | None,
        matchers: dict[str, Any],
    ) -> R:
        generator = self.script.generator()
        rule = self.rule_class(verb, pattern, where, matchers, self._mind_refusal, generator)
        return self.script.add(rule)

    def _check_verb(self, verb: str, custom: bool) -> None:
        if not isinstance(verb, str):
            raise TypeError(f"on({verb!r}): a verb is a str")
        if verb == "*" or verb in self.verbs or verb in self.phases:
            return
        if not custom or not verb or verb != verb.strip() or verb in PHASES:
            hint = close_matches(verb, self.verbs | self.phases)
            raise ValueError(
                f"on({verb!r}): {type(self).__name__} has no such verb or phase; {hint}"
                + ("" if verb in PHASES else " (custom=True allows any)")
            )

    def _mind_refusal(self) -> None:
        """Close the port if a rule says that nothing listens from now on; open it again if the
        rule says, on second thoughts, that the next ``n`` are let in."""
        listener = self._listener
        if listener is None:
            return
        refuses = self.script.refuses_next()
        if refuses and listener.listening:
            listener.refuse()
            self._note_refusal()
        elif not refuses and not listener.listening:
            listener.close()
            self._listen(True)

    # --- connections

    def _accepted(self, sock: socket.socket, peer: tuple[Any, ...]) -> None:
        """In the listener's thread: decide about the greeting, then start the conversation."""
        transcript = self.transcript
        connection = Connection(len(self.connections) + 1, peer, transcript.clock())
        self.connections.append(connection)
        transcript.note(connection.number, "opened", f"by {peer[0]}:{peer[1]}")
        wire = Wire(sock, connection, transcript, self._stopping, self.timeout)
        try:
            self._let_in(wire)
        except BaseException as error:
            self._live.pop(connection, None)
            self._failed(error, connection.number)
            wire.finish()

    def _let_in(self, wire: Wire) -> None:
        session = self.session_class(self, wire)
        step = session.step("connect", "", b"")
        firing = None
        self.script.record(step)
        if self.script.rules:
            firing = self.script.decide(step)
            self._mind_refusal()
        if wire.stopping.is_set():  # a callable of the test held us for so long
            wire.finish()
            return
        thread = threading.Thread(
            target=self._converse,
            args=(session, step, firing),
            name=f"fakefarm-{self.protocol}-{wire.number}",
            daemon=True,
        )
        self._live[wire.connection] = wire, thread
        thread.start()

    def _converse(self, session: Session[Any], step: Step, firing: Firing | None) -> None:
        """The thread of a connection."""
        wire = session.wire
        try:
            session.run(step, firing)
        except BaseException as error:
            self._failed(error, wire.number)
            wire.end_after_error()
        finally:
            wire.finish()
            self._live.pop(wire.connection, None)
            self.transcript.stir()

    def _failed(self, error: BaseException, connection: int = 0) -> None:
        """An exception in a thread of the fake: kept for the test that caused it."""
        self.errors.append(error)
        self.transcript.note(
            connection,
            "error",
            "".join(traceback.format_exception_only(type(error), error)).strip(),
        )

    # --- reading what happened

    @property
    def seed(self) -> int:
        """The source of ``with_probability``."""
        return self.script.seed

    @property
    def steps(self) -> list[Any]:
        """The steps so far, phases included."""
        return self.script.steps

    @property
    def commands(self) -> list[str]:
        """The verbs of the steps so far that are commands and not phases."""
        return [step.verb for step in self.script.steps if not step.is_phase]

    def settle(self, timeout: float = 5) -> None:
        """Wait until every client that left has been read to its end.

        Raises TimeoutError with the transcript after ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        # Not all that settles is an event: a client may stop reading in the middle of a send.
        while not self.transcript.wait_until(self._is_settled, min(timeout, RECHECK)):
            if time.monotonic() >= deadline:
                raise self._timed_out("settle()", timeout)

    def _is_settled(self) -> bool:
        listener = self._listener
        if listener is not None and listener.pending():
            return False
        try:
            return all(wire.is_settled() for wire, _ in list(self._live.values()))
        except (OSError, ValueError):  # a socket closed by its own thread in this moment
            return False

    def wait_until(self, predicate: Callable[[], object], timeout: float = 5) -> None:
        """Wait until ``predicate()``, called after each event, is true.

        Raises TimeoutError with the transcript after ``timeout`` seconds.
        """
        if not self.transcript.wait_until(predicate, timeout):
            raise self._timed_out(getattr(predicate, "__name__", repr(predicate)), timeout)

    def _timed_out(self, what: str, timeout: float) -> TimeoutError:
        return TimeoutError(f"{what} did not become true in {timeout} s\n{self}\n{self.transcript}")

    # --- judging

    def verify(self) -> None:
        """Raise FakeFailure for what went wrong: an exception in a thread, and, if ``strict``, a
        rule that never fired. The fixtures call it at teardown."""
        complaints = list(self.complaints())
        if complaints:
            raise FakeFailure("\n".join(complaints)) from next(iter(self.errors), None)

    def complaints(self) -> Iterator[str]:
        """What ``verify()`` would say, a paragraph each. Protocols add theirs."""
        yield from self.thread_complaints()
        if self.strict:
            for complaint in self.script.complaints():
                yield f"{self}: {complaint}"

    def thread_complaints(self) -> Iterator[str]:
        """A paragraph for each exception in a thread of the fake."""
        for error in self.errors:
            text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            yield f"{self}: an exception in a thread of the fake:\n{text}"


def _is_loopback(host: str) -> bool:
    try:  # as numbers: 127.example.com is the name of somebody's machine
        return host in ("localhost", "::1") or socket.inet_aton(host)[0] == 127
    except OSError:
        return False


def _stack(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return f"{thread.name}:\n" + ("".join(traceback.format_stack(frame)) if frame else "")
