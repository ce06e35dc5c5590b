"""A rule: a step pattern, what to do there, and how often.

A rule is a small program. Its senders, waits and ending run in the order written; its shaping
faults act on all that it sends. This module holds what a test writes; ``script.py`` decides when
a rule fires and ``session.py`` runs its program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from . import checks
from . import pattern as patterns
from .errors import no_attribute
from .faults import Drip, Duplicate, Garble, Insert, Pacing, Shaping, Throttle, Truncate
from .program import FINAL, SENDERS, Action, Delay, Ending, Ignore, Natural, Part, Raw, Reply
from .tls.faults import TLSFaults
from .wording import caller, shown

if TYPE_CHECKING:
    import random

    from typing_extensions import Self

    from .pattern import Pattern
    from .step import Step


class Rule(TLSFaults):
    """What ``on()`` returns; every method returns the rule, so that they can be chained.

    Every bad parameter raises ValueError or TypeError at the line that wrote it.
    """

    matcher_names: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        verb: str | None,
        pattern: Pattern,
        where: Callable[[Any], object] | None,
        matchers: dict[str, Any],
        refused: Callable[[], None],
        generator: Callable[[], random.Random],
    ) -> None:
        patterns.check_pattern(pattern)
        if where is not None and not callable(where):
            raise TypeError(f"where={where!r}: give a callable that takes the Step")
        self.verb = verb  # None: every step, phases included
        self.pattern = pattern
        self.where = where
        self.matchers = matchers
        self.is_optional = False
        self.parts = [Part()]
        self.written_at = caller()
        self._refused = refused
        self._generator = generator
        self._text = self._opening()

    if not TYPE_CHECKING:  # a type checker knows better

        def __getattr__(self, name: str) -> Any:
            raise no_attribute(self, str(self), name)

    # --- senders

    def raw(self, data: bytes | Callable[[Any], bytes], *, encrypted: bool = True) -> Self:
        """Send these bytes, untouched: no length fixed, no line ending added.

        ``data`` may be a callable that takes the Step and returns bytes. On a connection with TLS,
        ``encrypted=False`` puts them in the middle of its records as they are.
        """
        if not callable(data):
            data = checks.as_bytes("data", data)
        text = f".raw({shown(data)}{'' if encrypted else ', encrypted=False'})"
        return self._act(Raw(data, bool(encrypted)), text)

    def answer(self) -> Self:
        """Send the natural answer: what a well-behaved server sends for this step."""
        return self._act(Natural(), ".answer()")

    def ignore(self) -> Self:
        """Send no answer; the conversation goes on."""
        return self._act(Ignore(), ".ignore()")

    def _reply(self, name: str, arguments: tuple[Any, ...], **options: Any) -> Self:
        """What a protocol's own sender calls with its checked arguments."""
        given = {key: value for key, value in options.items() if value is not None}
        words = [shown(a) for a in arguments] + [f"{k}={shown(v)}" for k, v in given.items()]
        return self._act(Reply(arguments, options), f".{name}({', '.join(words)})")

    # --- waits and endings

    def delay(self, seconds: float) -> Self:
        """Wait so many seconds."""
        return self._act(Delay(checks.seconds("seconds", seconds)), f".delay({seconds})")

    def close(self, *, close_notify: bool = True) -> Self:
        """End with FIN, the client's unread input drained first so that no RST replaces it.

        A connection with TLS ends that before; not with ``close_notify=False``, which is what an
        attacker can do who cuts a stream (RFC 8446 section 6.1).
        """
        text = f".close({'' if close_notify else 'close_notify=False'})"
        return self._act(Ending("close", close_notify=bool(close_notify)), text)

    def reset(self) -> Self:
        """End with RST, after all that was sent before has arrived.

        A client may meet the RST of a ``connect`` step before its own connect() has returned;
        a ``delay`` before it lets it in for sure.
        """
        return self._act(Ending("reset"), ".reset()")

    def half_close(self) -> Self:
        """Shut down our sending side (FIN) and go on reading: later steps are read, recorded and
        have their effect, and their answers are lost."""
        return self._act(Ending("half_close"), ".half_close()")

    def stall(self, seconds: float | None = None) -> Self:
        """Hold the connection open and silent until the client leaves or the fake stops; after
        ``seconds``, if given, the ending written next, or else FIN."""
        if seconds is not None:
            seconds = checks.seconds("seconds", seconds)
        return self._act(Ending("stall", seconds), f".stall({'' if seconds is None else seconds})")

    def refuse(self) -> Self:
        """Nothing listens: on ``connect``, from now (or from the n-th connection on, with
        ``after(n)``) until the fake is reset or stopped, clients get ECONNREFUSED.

        Nobody sees a refused connection, so it cannot be counted: the rule has fired as soon as
        the port is closed, and ``once()``, ``times()``, ``then``, ``with_probability()``, a
        pattern or ``where`` raise ValueError. Use ``reset()`` for one that is counted.
        """
        if self.verb not in ("connect", "transfer"):
            raise ValueError(f"{self}: refuse() is for on('connect') and on('transfer')")
        if self.verb == "connect" and (self.pattern is not None or self.where is not None):
            raise ValueError(f"{self}: refuse() cannot look at a client that never gets in")
        rule = self._act(Ending("refuse"), ".refuse()")
        self._check_refusal()
        self._refused()
        return rule

    # --- shaping

    def drip(self, size: int = 1, every: float = 0.01) -> Self:
        """Send in pieces of ``size`` bytes, one each ``every`` seconds."""
        fault = Drip(checks.whole("size", size, least=1), checks.seconds("every", every))
        return self._shape(fault, f".drip(size={size}, every={every})")

    def throttle(self, bytes_per_second: float) -> Self:
        """Send at most so many bytes a second."""
        fault = Throttle(checks.positive("bytes_per_second", bytes_per_second))
        return self._shape(fault, f".throttle({bytes_per_second})")

    def truncate(self, after: int) -> Self:
        """Stop after so many bytes of the body (of the whole answer where it has no body), then
        end the connection: with FIN, unless an ending is written."""
        return self._shape(Truncate(checks.whole("after", after)), f".truncate(after={after})")

    def insert(self, data: bytes, at: int) -> Self:
        """Insert foreign bytes at an offset in bytes, counted as ``truncate`` counts."""
        fault = Insert(checks.as_bytes("data", data), checks.whole("at", at))
        return self._shape(fault, f".insert({shown(data)}, at={at})")

    def garble(self, at: int, count: int = 1) -> Self:
        """Flip all bits of ``count`` bytes from an offset on, counted as ``truncate`` counts."""
        fault = Garble(checks.whole("at", at), checks.whole("count", count, least=1))
        return self._shape(fault, f".garble(at={at}, count={count})")

    def duplicate(self) -> Self:
        """Send everything twice."""
        return self._shape(Duplicate(), ".duplicate()")

    def without_effect(self) -> Self:
        """Take away what the step does besides its answer: a message accepted and dropped."""
        self.parts[-1].effect = False
        self._check_refusal()
        return self._wrote(".without_effect()")

    # --- how often

    def once(self) -> Self:
        """Fire once; later matches go to the rules that follow."""
        return self._limit(1, ".once()")

    def times(self, n: int) -> Self:
        """Fire ``n`` times; later matches go to the rules that follow."""
        return self._limit(checks.whole("n", n, least=1), f".times({n})")

    def after(self, n: int) -> Self:
        """Let the first ``n`` matches pass."""
        part = self.parts[-1]
        part.skip = checks.whole("n", n)
        rule = self._wrote(f".after({n})")
        if part.refuses:
            part.fired = 0
            self._refused()
        return rule

    def with_probability(self, p: float) -> Self:
        """Fire for each match with probability ``p``, drawn from the fake's ``seed``. A rule that
        chance never let fire is not held against the test, unless ``p`` is 1."""
        if not checks.is_number(p) or not 0 <= p <= 1:
            raise ValueError(f"p={p!r}: give a probability from 0 to 1")
        self.parts[-1].probability = float(p)
        self._check_refusal()
        return self._wrote(f".with_probability({p})")

    def optional(self) -> Self:
        """It is well if the rule never fires."""
        self.is_optional = True
        return self._wrote(".optional()")

    @property
    def then(self) -> Self:
        """Begin the next part of a sequence. The part before fires once (or as often as its
        ``times`` says), then the next one has its turn."""
        part = self.parts[-1]
        if not part.written:
            raise ValueError(f"{self}: nothing is written before .then")
        if part.refuses:
            raise ValueError(f"{self}: a refusal is not seen by anyone, so nothing can follow it")
        if part.limit is None:
            part.limit = 1
        self.parts.append(Part())
        return self._wrote(".then")

    # --- deciding; called by the script

    def wants(self, step: Step) -> bool:
        """Whether the step is one of the rule's, ``where`` not asked."""
        return self.is_for(step) and all(ok for _, ok, _ in self.compare(step))

    def is_for(self, step: Step) -> bool:
        """Whether the verb matches."""
        if self.verb == "*":
            return not step.is_phase
        return self.verb is None or self.verb == step.verb

    def compare(self, step: Step) -> Iterator[tuple[str, bool, str]]:
        """Part by part, but for the verb: what is asked, whether it holds, and how it compares."""
        if self.pattern is not None:
            text = self.subject(step)
            ok = patterns.matches(self.pattern, text)
            yield "pattern", ok, f"{text!r} {'matches' if ok else 'is not'} {shown(self.pattern)}"

    def subject(self, step: Step) -> str:
        """The text that the pattern is matched against."""
        return step.argument

    def current(self) -> Part | None:
        """The part whose turn it is; None when the rule is used up."""
        for part in self.parts:
            if part.limit is None or part.fired < part.limit:
                return part
        return None

    def take(self) -> Part | None:
        """Count a match. The part that fires, or None when this match passes by."""
        part = self.current()
        if part is None:
            return None
        part.passed += 1
        if part.passed <= part.skip:
            return None
        if part.probability is not None and self._generator().random() >= part.probability:
            return None
        part.fired += 1
        return part

    # --- saying what it is

    def __str__(self) -> str:
        return self._text

    def announcement(self, count: int) -> str:
        """What the transcript notes when it fires."""
        return f"{self._text} written at {self.written_at} fired, time {count}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._text} written at {self.written_at}>"

    def _opening(self) -> str:
        if self.verb is None:
            return "every()"
        words = [shown(self.verb)]
        if self.pattern is not None:
            words.append(shown(self.pattern))
        if self.where is not None:
            words.append(f"where={shown(self.where)}")
        words += [f"{key}={shown(value)}" for key, value in self.matchers.items()]
        return f"on({', '.join(words)})"

    # --- writing

    def _act(self, action: Action, text: str) -> Self:
        self._check_follows(action)
        self.parts[-1].actions.append(action)
        return self._wrote(text)

    def _check_follows(self, action: Action) -> None:
        for earlier in self.parts[-1].actions:
            if not isinstance(earlier, Ending) or (
                earlier.how == "refuse" and self.verb != "connect"
            ):
                continue  # a refused transfer is still replied to
            if earlier.how in FINAL:
                raise ValueError(f"{self}: nothing can follow {earlier.how}(), but for .then")
            if earlier.how == "stall" and earlier.seconds is None:
                raise ValueError(f"{self}: nothing can follow a stall() that has no seconds")
            if isinstance(action, SENDERS):
                raise ValueError(f"{self}: nothing can be sent after {earlier.how}()")

    def _shape(self, fault: Shaping | Pacing, text: str) -> Self:
        self.parts[-1].faults.append(fault)
        self._check_refusal()
        return self._wrote(text)

    def _limit(self, n: int, text: str) -> Self:
        self.parts[-1].limit = n
        self._check_refusal()
        return self._wrote(text)

    def _check_refusal(self) -> None:
        part = self.parts[-1]
        if self.verb != "connect" or not part.refuses:
            return
        if part.limit is not None or part.probability is not None:
            raise ValueError(
                f"{self}: nobody sees a refused connection, so refusals cannot be counted; "
                "use reset() for a connection that is let in and thrown out"
            )
        if len(part.actions) > 1 or part.faults or not part.effect:
            raise ValueError(f"{self}: refuse() stands alone, since a refused client gets nothing")

    def _wrote(self, text: str) -> Self:
        self._text += text
        return self
