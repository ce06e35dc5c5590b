"""A session: the conversation on one connection.

The engine of a protocol says what a well-behaved server answers; the script says whether that is
what happens. This module is where the two meet, and the only place that runs a rule's program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import Ended, Silence
from .faults import Parts, Shape
from .program import Action, CloseNotify, Delay, Ending, Ignore, Natural, Raw, Reply
from .script import Firing
from .step import Step

if TYPE_CHECKING:
    from .server import FakeServer
    from .wire import Wire

S = TypeVar("S", bound="FakeServer[Any]")


@dataclass(slots=True)
class Answer:
    """What an engine answers to a step.

    ``parts`` are the bytes, see ``faults.py``; ``status`` is the class of their status: ``"2"``,
    ``"3"``, ``"+"``, ``"OK"``. If it is the class that means success at this step, the step has its
    ``effect``, before the answer leaves, and what happens ``afterwards``, when it has left.
    """

    parts: Parts
    status: str = ""
    effect: Callable[[], object] | None = None
    afterwards: Callable[[], object] | None = None


class Late(Answer):
    """An answer whose bytes are not there before its effect, which is ``compute()`` and gives them:
    what a function returns, what a program writes.

    Raises ValueError where a rule wants the bytes and takes the effect away.
    """

    def __init__(self, compute: Callable[[], Parts], status: str = "") -> None:
        self._compute = compute
        self._computed: Parts | None = None
        self.status = status
        self.effect = self._happen
        self.afterwards = None

    def _happen(self) -> None:
        self.effect = None  # which is a reference to ourselves
        self._computed = self._compute()

    @property
    def parts(self) -> Parts:
        """The bytes, when the effect has happened."""
        if self._computed is None:
            raise ValueError(
                "without_effect(): the natural answer is what its effect brings about, so a rule "
                "that has none must say what is sent"
            )
        return self._computed

    @parts.setter
    def parts(self, parts: Parts) -> None:
        self._computed = parts


Engine = Callable[[Step], Answer]


class Session(Generic[S]):
    """Base of the conversations: ``converse()`` is what a protocol writes."""

    greeted = ""  # the class of status of a greeting that lets the client in

    def __init__(self, server: S, wire: Wire) -> None:
        self.server = server
        self.wire = wire

    # --- what a protocol writes

    def converse(self) -> None:
        """Speak until the connection ends, which raises Ended."""
        raise TypeError(f"{type(self).__name__} has no conversation")

    def greet(self, step: Step) -> Answer:
        """The natural answer to a connection: nothing, where the client speaks first."""
        return Answer(())

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        """The bytes of a scripted reply in the protocol's own form, and its status class; None
        where a callable of the test chose the natural answer."""
        raise TypeError(f"{type(self).__name__} has no reply of its own")

    def silent(self) -> None:
        """The client was silent for ``timeout`` seconds."""

    # --- what the server calls

    def run(self, connect: Step, firing: Firing | None) -> None:
        """The whole connection, from the greeting to its end."""
        try:
            try:
                if self.server.tls == "implicit":
                    self.secure()
                self.play(connect, self.greet, self.greeted, firing)
                self.converse()
                self.wire.close("server")
            except Silence as silence:
                self.wire.note("timeout", str(silence))
                self.silent()
                self.wire.close("server", "timeout")
        except Ended:
            pass

    # --- what a protocol calls

    def step(self, verb: str, argument: str, line: bytes, content: bytes = b"") -> Step:
        """A step of this connection, now."""
        wire = self.wire
        return Step(verb, argument, line, wire.number, wire.transcript.clock(), content)

    def answer(self, step: Step, engine: Engine, success: str = "") -> None:
        """Answer one step: by the rule that fires, or naturally by ``engine``. ``success`` is the
        class of status with which the step has its effect."""
        script = self.server.script
        script.record(step)
        self.play(step, engine, success, script.decide(step) if script.rules else None)

    def secure(self) -> None:
        """Have a TLS handshake; all that follows is encrypted."""
        if self.wire.encrypted is None:
            from .tls.handshake import secure  # OpenSSL is for those who need it

            secure(self)

    def start_tls(self) -> None:
        """What follows a reply that says to go on with TLS. What the client has sent in plain text
        behind its command is forgotten, and not taken for what came encrypted (CVE-2011-0411)."""
        if self.server.tls == "starttls":
            self.wire.discard_input()
            self.secure()

    def play(self, step: Step, engine: Engine, success: str, firing: Firing | None) -> None:
        """Answer a step that the script has decided about."""
        if firing is not None:
            Performance(self, step, engine, success, firing).run()
        else:
            natural = engine(step)
            succeeds = natural.status == success
            if succeeds and natural.effect is not None:
                natural.effect()
            self.wire.deliver(natural.parts)
            if succeeds and natural.afterwards is not None:
                natural.afterwards()
        self.wire.transcript.stir()  # an effect need not be followed by bytes


class Performance:
    """One firing of a rule: its program, run on a connection."""

    def __init__(
        self, session: Session[Any], step: Step, engine: Engine, success: str, firing: Firing
    ) -> None:
        self.session = session
        self.wire = session.wire
        self.step = step
        self.engine = engine
        self.success = success
        self.rule, self.part, self.count = firing.rule, firing.part, firing.count
        self.natural: Answer | None = None
        self.succeeds = False  # as soon as one of the senders does
        self.cut = False

    def run(self) -> None:
        """Run the program, then let the step's afterwards happen."""
        self.wire.note("rule", self.rule.announcement(self.count))
        before, rest = self.part.program()
        self._send_all(before)
        if rest:
            self._end_all(rest)
        elif self.cut:  # a cut without an ending of its own ends with FIN
            self.wire.close("script")
        if self.succeeds and self.part.effect:
            afterwards = self._natural().afterwards
            if afterwards is not None:
                afterwards()

    def _send_all(self, actions: list[Action]) -> None:
        shape = self.wire.shape = Shape.of(self.part.faults) if self.part.faults else None
        try:
            for action in actions:
                # Behind a cut nothing is sent any more; the waits still happen.
                if not self.cut or isinstance(action, Delay):
                    self._do(action)
        finally:
            self.wire.shape = None
        if shape is not None:
            self.part.learn(shape.shortfall())

    def _end_all(self, actions: list[Action]) -> None:
        for action in actions:
            self._do(action)
        endings = [action for action in actions if isinstance(action, Ending)]
        if endings[-1].how == "stall":  # silence that is the last word ends with FIN
            self.wire.close("script")

    def _do(self, action: Action) -> None:
        match action:
            case Natural():
                natural = self._natural()
                self._have_effect(natural.status == self.success)
                self._say(natural.parts)
            case Reply():
                scripted = self.session.scripted(self.step, action)
                if scripted is None:
                    self._do(Natural())
                else:
                    parts, status = scripted
                    self._have_effect(bool(status) and status == self.success)
                    self._say(parts)
            case Raw(data, encrypted):
                parts = (data(self.step) if callable(data) else data,)
                if encrypted:
                    self._say(parts)
                else:
                    with self.wire.below_tls():
                        self._say(parts)
            case Delay(seconds):
                self.wire.wait(seconds)
            case Ignore():
                self._say(())
            case CloseNotify():
                self.wire.end_tls()
            case Ending():
                self._end(action)

    def _natural(self) -> Answer:
        if self.natural is None:
            self.natural = self.engine(self.step)
        return self.natural

    def _have_effect(self, succeeds: bool) -> None:
        """Before the first answer that succeeds leaves, and once."""
        if succeeds and not self.succeeds:
            self.succeeds = True
            effect = self._natural().effect if self.part.effect else None
            if effect is not None:
                effect()

    def _say(self, parts: Parts) -> None:
        self.cut = not self.wire.deliver(parts)

    def _end(self, ending: Ending) -> None:
        match ending.how:
            case "close":
                self.wire.close("script", close_notify=ending.close_notify)
            case "reset":
                self.wire.reset("script")
            case "half_close":
                self.wire.half_close("script")
            case "refuse" if self.step.verb == "connect":
                self.wire.reset("script")  # of one that slipped in while the port was being closed
            case "stall":
                self.wire.note("fault", "holds the connection open and silent")
                self.wire.stall(ending.seconds)
