"""FakeXMLRPC: what a test sets and reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from .._core import checks
from .._core.pattern import Pattern
from .._core.script import Script
from .._core.server import FakeServer, takes_common
from .._core.step import PHASES
from .below import HTTPBelow, RequestScript, shared
from .call import Call
from .commands import METHODS, MULTICALL, NAME, PATHS
from .functions import Functions, checked_paths
from .multicall import multicall
from .rule import XMLRPCRule
from .session import XMLRPCSession
from .writing import Outcome, attempt

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._core.reception import Reception
    from .._core.rule import Rule
    from .._core.server import Common
    from .._core.tls.contexts import Certificates
    from .._core.transcript import Transcript
    from .._core.wire import Connection


class FakeXMLRPC(Functions, FakeServer[XMLRPCRule]):
    """A fake XML-RPC server: the standard library's dispatcher on a FakeHTTP.

    Introspection (``system.listMethods`` and its like) and ``system.multicall`` are there from the
    start; a GET is answered with a page that documents the methods. A function that raises is
    answered with a fault, as the standard library does it; a failed assertion in one, or what is no
    Exception, fails the test as well.

    It takes the constructor arguments of every fake, and

    - ``allow_none``: whether None can be sent, as ``<nil/>``.
    - ``use_builtin_types``: whether functions get ``datetime`` and ``bytes`` where they would get
      ``xmlrpc.client.DateTime`` and ``Binary``.
    - ``paths``: where it can be called; all others are 404.

    What a test reads: ``calls``; ``http``, the FakeHTTP below, for rules that act on requests, and
    for ``http.requests``. Its rules are asked first, and what one of them answers is no call.
    """

    protocol = "xmlrpc"
    verbs = frozenset(METHODS)
    tls_modes, alpn, tls_tickets = HTTPBelow.tls_modes, HTTPBelow.alpn, HTTPBelow.tls_tickets
    rule_class = XMLRPCRule
    session_class = XMLRPCSession

    # What both levels have is that of the level below.
    users: dict[str, str] | None = shared()
    timeout: float = shared()
    max_message_size: int = shared()
    strict: bool = shared()
    tls: str | None = shared()
    cut: tuple[int, str] | None = shared()
    errors: list[BaseException] = shared()
    connections: list[Connection] = shared()
    transcript: Transcript = shared()
    _address: tuple[str, int] = shared()
    _asked_port: int = shared()
    _certificates: Certificates | None = shared()
    _reception: Reception | None = shared()

    @takes_common
    def __init__(
        self,
        *,
        allow_none: bool = False,
        use_builtin_types: bool = False,
        paths: Iterable[str] = PATHS,
        **common: Unpack[Common],
    ) -> None:
        self.paths = PATHS if paths is PATHS else checked_paths(paths)
        self.allow_none = bool(allow_none)
        self.use_builtin_types = bool(use_builtin_types)
        # All that the constructor of fakes sets is that of the HTTP: it is not run twice.
        self.http = HTTPBelow(self, **common)
        self.script = Script(self.http.seed)
        self.http.script = RequestScript(self.seed, self.script)
        self.forget_functions()

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, and forget the functions
        and the script of the HTTP below."""
        self.http.forget()
        self.http.script.forget()
        self.forget_functions()

    def _open(self, port: int) -> None:
        self.http._open(port)

    # --- what a test sets

    def on(
        self,
        verb: str,
        pattern: Pattern = None,
        *,
        where: Callable[[Any], object] | None = None,
        custom: bool = False,
        arguments: tuple[Any, ...] | None = None,
        path: str | None = None,
        **matchers: Any,
    ) -> XMLRPCRule:
        """A rule for the calls of one method (or ``"*"``: any), or for the phase ``connect``.

        - ``verb``: a method, registered or not. What is no name by the specification, and the
          names of phases, are methods with ``custom=True``.
        - ``pattern``: of the arguments as text, ``"2, 'three'"``.
        - ``arguments``: equal to the arguments, a tuple.
        - ``path``: the path that was called.
        - ``where``: a callable that takes the Call.

        Raises ValueError for what cannot be a method or a path, TypeError for a bad matcher.
        """
        __tracebackhide__ = True
        of_phase = verb in PHASES and not custom
        if of_phase and (arguments, path) != (None, None):
            raise ValueError(f"on({verb!r}, ...): a client that connects has called nothing")
        if arguments is not None:
            if not isinstance(arguments, tuple):
                raise TypeError(f"arguments={arguments!r}: give a tuple")
            matchers["arguments"] = arguments
        if path is not None:
            matchers["path"] = self.known_path(path)
        rule = super().on(verb, pattern, where=where, custom=custom, **matchers)
        if of_phase:
            self._place_below(rule)
        return rule

    def _check_verb(self, verb: str, custom: bool) -> None:
        __tracebackhide__ = True
        is_method = isinstance(verb, str) and NAME.fullmatch(verb) and verb not in PHASES
        if not is_method and not (custom and verb in PHASES):
            super()._check_verb(verb, custom)

    def _add(self, verb: str | None, *arguments: Any) -> XMLRPCRule:
        rule = super()._add(verb, *arguments)
        rule.allow_none = self.allow_none
        if verb is None:  # connections, too
            self.http.script.rules.append(rule)  # type: ignore[arg-type]
        return rule

    def _place_below(self, rule: XMLRPCRule) -> None:
        """Phases are of the level below."""
        rule.of_phase = True
        self.script.rules.remove(rule)
        self.http.script.rules.append(rule)  # type: ignore[arg-type]

    @property
    def rules(self) -> list[Rule]:
        """All rules so far: those for calls, then those of the HTTP below. One for every step is
        of both, and is here once."""
        return list(dict.fromkeys([*super().rules, *self.http.rules]))

    def refuses(self, transport: str) -> bool:
        """Whether a rule says that nothing listens from now on."""
        return self.http.refuses(transport)

    # --- what a test reads

    @property
    def calls(self) -> list[Call]:
        """The calls so far."""
        return [step for step in self.script.steps if isinstance(step, Call)]

    @property
    def url(self) -> str:
        """The address to call: that of the first path."""
        return self.http.url + self.paths[0]

    def url_for(self, path: str) -> str:
        """The address of one of ``paths``. Raises ValueError for another."""
        known = self.known_path(path)
        return self.http.url + known

    # --- the natural answers

    def outcome_of(self, call: Call, session: XMLRPCSession) -> Outcome:
        """Call the function of a method."""
        dispatcher = self.dispatcher_at(call.path)
        ours = dispatcher.funcs.get(MULTICALL) == dispatcher.system_multicall
        if call.verb == MULTICALL and ours and len(call.arguments) == 1:
            return multicall(session, call)
        return attempt(partial(dispatcher._dispatch, call.verb, call.arguments), self.complain)

    def complain(self, error: BaseException) -> None:
        """Keep for the test what a function raised that no remote procedure would."""
        self.errors.append(error)
        self.transcript.note(0, "error", f"{type(error).__name__} in a function: {error}")

    @checks.keywords
    def handle_cgi(
        self,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Answer one request as a CGI program does (RFC 3875): read it from standard input and the
        environment, write the answer to standard output, or to what is given in their places.

        The fake need not be started. Functions and rules act as on a connection, of which the end
        is the end of the output.
        """
        from .cgi import handle

        handle(self, stdin, stdout, environ)

    # --- judging

    def complaints(self) -> Iterator[str]:
        """What ``verify()`` would say, of both levels."""
        # What is of both, a rule for every step and an error in a thread, is said once.
        yield from dict.fromkeys([*super().complaints(), *self.http.complaints()])
