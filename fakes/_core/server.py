"""What all fakes share: starting and stopping, rules, and reading what happened."""

from __future__ import annotations

import random
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypedDict, TypeVar

from . import checks
from .errors import FakeFailure, close_matches
from .reception import Reception
from .rule import Rule
from .script import Script
from .step import PHASES
from .transcript import Transcript

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from .datagram_wire import DatagramWire
    from .pattern import Pattern
    from .session import Session
    from .tls.contexts import CertificateChoice, Certificates
    from .wire import Connection

RECHECK = 0.05  # seconds after which settle() looks again though nothing happened

P = ParamSpec("P")
R = TypeVar("R", bound=Rule)


class Common(TypedDict, total=False):
    """The constructor arguments that all fakes share, for the type checker."""

    host: str
    port: int
    tls: str | None
    certificate: CertificateChoice
    client_certificate: str | None
    users: dict[str, str] | None
    strict: bool
    allow_remote: bool
    seed: int | None
    timeout: float
    transcript_limit: int
    max_message_size: int


def takes_common(function: Callable[P, None]) -> Callable[P, None]:
    """``checks.keywords`` for a constructor that takes the arguments of ``Common`` as well."""
    return checks.keywords(function, Common.__annotations__)


class FakeServer(Generic[R]):
    """Base of the fakes: a server that really speaks its protocol over a real socket.

    Constructor arguments, all by keyword:

    - ``host``, ``port``: where to listen; port 0 takes a free one. Only loopback addresses are
      accepted, unless ``allow_remote`` is True.
    - ``tls``: ``"implicit"`` (from the first byte), ``"starttls"`` (when the client asks for it) or
      None.
    - ``certificate``: what the fake shows: the name of a kind (``"valid"``, ``"expired"``, ...), a
      certificate of ``farm.ca``, the ``pathlib.Path`` of a PEM file, or the paths of chain and key;
      a dict of such by server name lets SNI decide. It is valid for localhost and example.com.
    - ``client_certificate``: ``"optional"`` or ``"required"``; the authority is ``farm.ca``.
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
    tls_modes: ClassVar[tuple[str, ...]] = ()  # "implicit", "starttls"
    alpn: ClassVar[tuple[str, ...]] = ()  # what is offered, RFC 7301
    tls_tickets: ClassVar[int] = 0  # by which a client may resume a session
    datagrams: ClassVar[bool] = False  # whether it has a UDP port of the same number
    rule_class: type[R]
    session_class: type[Session[Any]]

    @checks.keywords
    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: str | None = None,
        certificate: CertificateChoice = "valid",
        client_certificate: str | None = None,
        users: dict[str, str] | None = None,
        strict: bool = True,
        allow_remote: bool = False,
        seed: int | None = None,
        timeout: float = 300.0,
        transcript_limit: int = 16 * 2**20,
        max_message_size: int = 32 * 2**20,
    ) -> None:
        self._address: tuple[str, int] = (host, port)
        self.tls = tls
        self._certificates = self._make_certificates(certificate, client_certificate)
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
        limit = checks.whole("transcript_limit", transcript_limit)
        self.transcript = Transcript(limit, self._unread)
        self.script: Script[R] = Script(random.getrandbits(32) if seed is None else seed)
        self._asked_port = port
        self._settings = (
            users,
            checks.positive("timeout", timeout),
            checks.whole("max_message_size", max_message_size),
        )
        self._reception: Reception | None = None
        self.forget()

    users: dict[str, str] | None
    timeout: float
    max_message_size: int

    def _make_certificates(
        self, certificate: CertificateChoice, client_certificate: str | None
    ) -> Certificates | None:
        __tracebackhide__ = True
        if self.tls is None:
            if certificate != "valid" or client_certificate is not None:
                raise ValueError(f"certificate={certificate!r}: name tls= as well")
            return None
        if self.tls not in self.tls_modes:
            offered = ", ".join(map(repr, self.tls_modes)) or "no TLS"
            raise ValueError(f"tls={self.tls!r}: {type(self).__name__} offers {offered}")
        from .tls.contexts import Certificates

        return Certificates(certificate, client_certificate, self.alpn, self.tls_tickets)

    @property
    def certificates(self) -> Certificates:
        """What clients are shown. Raises RuntimeError for a fake without TLS."""
        if self._certificates is None:
            raise RuntimeError(f"{self} has no TLS")
        return self._certificates

    # --- starting and stopping

    def start(self) -> Self:
        """Listen. Returns the fake. Raises OSError, naming the port, if that is in use."""
        if self._reception is None:
            if not self.connections:
                self.transcript.restart()
            self._open(self._asked_port)
        return self

    def _open(self, port: int) -> None:
        host = self._address[0]
        reception = Reception(self)
        self._address = host, reception.open(host, port)
        self._reception = reception

    def stop(self) -> None:
        """Stop at once, whatever the clients are doing. Idempotent.

        Raises RuntimeError, naming what it does, if a thread of a connection does not end: it can
        only be held by a callable of the test.
        """
        reception, self._reception = self._reception, None
        if reception is not None:
            reception.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.settle_briefly()
        self.stop()
        if error is None:
            self.verify()

    def reset(self) -> None:
        """Forget script, settings, state and transcript and end all connections; keep the port.

        Rules are forgotten whether they fired or not: ``verify()`` before tells. An exception in a
        thread of the fake is not forgotten.
        """
        reception, self._reception = self._reception, None
        if reception is not None:
            reception.close()
        self.script.forget()
        self.connections.clear()
        self.transcript.restart()
        self.forget()
        if reception is not None:  # a new one: who waits to be let in by the old one is left out
            self._open(self._address[1])

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given. Protocols add theirs."""
        users, self.timeout, self.max_message_size = self._settings
        self.cut: tuple[int, str] | None = None
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
        """``smtp://127.0.0.1:40001`` and the like; with TLS from the first byte, ``smtps://``."""
        host, port = self.address
        scheme = self.protocol + ("s" if self.tls == "implicit" else "")
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

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
        __tracebackhide__ = True
        self._check_verb(verb, custom)
        unknown = [name for name in matchers if name not in self.rule_class.matcher_names]
        if unknown:
            known = self.rule_class.matcher_names | {"where", "custom", "pattern"}
            raise TypeError(f"on({verb!r}, {unknown[0]}=...): {close_matches(unknown[0], known)}")
        return self._add(verb, pattern, where, matchers)

    def every(self) -> R:
        """A rule for every step, phases included."""
        return self._add(None, None, None, {})

    @property
    def rules(self) -> list[Rule]:
        """All rules so far, in the order written."""
        return [*self.script.rules]

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
        __tracebackhide__ = True
        if not isinstance(verb, str):
            raise TypeError(f"on({verb!r}): a verb is a str")
        if verb == "*" or verb in self.verbs or verb in self.phases:
            return
        if verb == "tls" and self.tls_modes:
            if self.tls is None:
                raise ValueError(
                    f"on('tls'): this fake has no TLS; give it tls={self.tls_modes[0]!r}"
                )
            return
        if not custom or not verb or verb != verb.strip() or verb in PHASES:
            hint = close_matches(verb, self.verbs | self.phases)
            raise ValueError(
                f"on({verb!r}): {type(self).__name__} has no such verb or phase; {hint}"
                + ("" if verb in PHASES else " (custom=True allows any)")
            )

    def refuses(self, transport: str) -> bool:
        """Whether a rule says that nothing listens on ``"tcp"``, or ``"udp"``, from now on."""
        return self.script.refuses_next()

    def take_datagram(self, wire: DatagramWire, packet: bytes) -> None:
        """Answer a datagram. Protocols that have them say how."""
        raise TypeError(f"{type(self).__name__} has no datagrams")

    def _mind_refusal(self) -> None:
        if self._reception is not None:
            self._reception.mind_refusal()

    def cut_connections(self, after: int, how: str = "fin") -> None:
        """End each connection that comes from now on when ``after`` bytes have been sent to it,
        wherever in the conversation that is: with ``"fin"`` (TLS is not ended before), or
        ``"rst"``. What is sent by datagrams, or on the data connections of FTP, is not counted.

        Raises ValueError for a bad argument.
        """
        if how not in ("fin", "rst"):
            raise ValueError(f"how={how!r}: give 'fin' or 'rst'")
        self.cut = checks.whole("after", after), how

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
        """Wait until every client that left has been read to its end. The delays of rules are
        waited for; a ``stall()`` ends when the client leaves.

        Raises TimeoutError with the transcript after ``timeout`` seconds.
        """
        if not self._settles(timeout):
            raise self._timed_out("settle()", timeout)

    def settle_briefly(self) -> None:
        """For the end of a test: what a client sent just before it left is still read."""
        self._settles(1, delays=False)

    def _settles(self, timeout: float, delays: bool = True) -> bool:
        reception = self._reception
        deadline = time.monotonic() + timeout
        # Not all that settles is an event: a client may stop reading in the middle of a send.
        while reception is not None and not self.transcript.wait_until(
            lambda: reception.is_settled(delays), min(timeout, RECHECK)
        ):
            if time.monotonic() >= deadline:
                return False
        return True

    def wait_until(self, predicate: Callable[[], object], timeout: float = 5) -> None:
        """Wait until ``predicate()``, called after each event, is true.

        Raises TimeoutError with the transcript after ``timeout`` seconds.
        """
        if not self.transcript.wait_until(predicate, timeout):
            raise self._timed_out(getattr(predicate, "__name__", repr(predicate)), timeout)

    def _timed_out(self, what: str, timeout: float) -> TimeoutError:
        return TimeoutError(f"{what} did not become true in {timeout} s\n{self}\n{self.transcript}")

    def _unread(self) -> Iterator[tuple[int, bytes]]:
        return iter(()) if self._reception is None else self._reception.unread()

    # --- judging

    def verify(self) -> None:
        """Raise FakeFailure for what went wrong: an exception in a thread, and, if ``strict``, a
        rule that never fired. The fixtures call it at teardown."""
        __tracebackhide__ = True
        complaints = list(self.complaints())
        if complaints:
            raise FakeFailure("\n".join(complaints)) from next(iter(self.errors), None)

    def complaints(self) -> Iterator[str]:
        """What ``verify()`` would say, a paragraph each. Protocols add theirs."""
        yield from self.thread_complaints()
        if self.strict:
            for complaint in self.script.complaints():
                rule, _, why = complaint.partition("\n")
                yield f"{rule}\n  on {self},\n{why}"

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
