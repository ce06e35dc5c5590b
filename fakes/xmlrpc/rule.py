"""What a test writes to script a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, overload
from xmlrpc.client import Fault

from .._core import checks
from .._core.program import Reply
from .._core.rule import Rule
from .._core.wording import shown
from ..http import Request
from .call import Call
from .commands import CONTENT_TYPE
from .malformed import element, named
from .writing import FAILURE, SUCCESS, Outcome, Said, marshalled

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.step import Step

# What a callable given to fault() may return; None is the natural answer.
Faulted = Fault | tuple[int, str] | None
# What a rule holds of a sender: an answer, or what makes one for a call.
Sender = Said | Callable[[Call], Said | None]


class XMLRPCRule(Rule):
    """A rule of a FakeXMLRPC: the common rule language, and the answers of XML-RPC.

    Its pattern is matched against the arguments as text (``"2, 'three'"``); ``arguments`` and
    ``path`` are compared.
    """

    matcher_names = frozenset({"arguments", "path"})
    allow_none = False  # of the fake
    of_phase = False  # it is for a phase, and not for a method of that name

    # --- senders

    def returns(self, value: Any) -> Self:
        """Return a value: whatever ``xmlrpc.client`` can marshal, as it is now.

        A success, so the call keeps its effect: a function that is registered is called, and what
        it returns or raises is dropped; ``without_effect()`` has it not called.

        A callable takes the Call and returns the value. What it raises fails the test, but for an
        ``xmlrpc.client.Fault``, which is the answer. None is nil where the fake has ``allow_none``,
        and the natural answer where it has not. Raises TypeError or ValueError for a value that
        has no XML.
        """
        self._check_asked("returns")
        if callable(value):
            return self._send(self._computed(value), "returns", value)
        try:
            xml = marshalled(Outcome(value), self.allow_none)
        except (TypeError, OverflowError, RecursionError, AttributeError) as error:
            raise _refused(f"{self}.returns({shown(value)})", value, error) from None
        return self._send(Said(xml, SUCCESS, Outcome(value)), "returns", value)

    @overload
    def fault(self, code: int, text: str = "") -> Self: ...

    @overload
    def fault(self, code: Callable[[Call], Faulted]) -> Self: ...

    def fault(self, code: Any, text: str = "") -> Self:
        """Answer with a fault: a number and a text. The function is not called.

        A callable takes the Call and returns ``(code, text)``, an ``xmlrpc.client.Fault``, or None
        for the natural answer. Raises TypeError for what is no number or no text.
        """
        self._check_asked("fault")
        if callable(code):
            return self._send(self._computed_fault(code), "fault", code)
        outcome = Outcome(fault=checked_fault(f"{self}.fault({code!r}, {text!r})", code, text))
        return self._send(Said(marshalled(outcome, True), FAILURE, outcome), "fault", code, text)

    @checks.keywords
    def malformed(self, name: str, value: Any = "good") -> Self:
        """Answer with what is wrong XML-RPC, by its name in ``fakefarm.xmlrpc.MALFORMED``:
        ``"unknown tag"``, ``"junk before the prolog"``, ``"two params"`` and some fifty more.

        It is a whole HTTP response with the status 200; the function is not called. ``value`` is
        the good one in it, where there is one. Raises ValueError for an unknown name, naming the
        close matches, and TypeError or ValueError for a value that has no XML.
        """
        self._check_asked("malformed")
        wrong, allow_none = named(name), self.allow_none
        try:
            element(value, allow_none)
        except (TypeError, OverflowError, RecursionError, AttributeError) as error:
            raise _refused(f"{self}.malformed({name!r})", value, error) from None

        def say(call: Call) -> Said:
            return Said(wrong.body(value, call, allow_none), content_type=wrong.content_type)

        return self._send(say, "malformed", name)

    def xml(
        self, body: str | bytes | Callable[[Call], str | bytes], content_type: str = CONTENT_TYPE
    ) -> Self:
        """Answer with a body of your own in the place of the XML: bytes, or a str as UTF-8, or a
        callable that takes the Call and returns one. The rest of the HTTP response is right.

        The function is not called. Raises TypeError for what is no such body.
        """
        self._check_asked("xml")
        if callable(body):
            make = body
            return self._send(
                lambda call: Said(_encoded(make(call)), "", None, content_type), "xml", body
            )
        return self._send(Said(_encoded(body), "", None, content_type), "xml", body)

    def _send(self, sender: Sender, name: str, *words: Any) -> Self:
        return self._act(Reply((sender,), {}), f".{name}({', '.join(map(shown, words))})")

    def _check_asked(self, name: str) -> None:
        __tracebackhide__ = True
        if self.of_phase:
            raise ValueError(f"{self}.{name}(): nothing is called yet that it could answer")

    def _computed(self, function: Callable[[Call], Any]) -> Sender:
        allow_none = self.allow_none

        def say(call: Call) -> Said | None:
            try:
                value = function(call)
            except Fault as fault:
                return Said.of(Outcome(fault=fault), allow_none)
            if value is None and not allow_none:
                return None
            return Said(marshalled(Outcome(value), allow_none), SUCCESS, Outcome(value))

        return say

    def _computed_fault(self, function: Callable[[Call], Faulted]) -> Sender:
        what = f"{self}.fault({shown(function)}) returned"

        def say(call: Call) -> Said | None:
            given = function(call)
            if given is None:
                return None
            if not isinstance(given, Fault):
                if not isinstance(given, tuple) or len(given) != 2:
                    raise TypeError(f"{what} {given!r}: give a Fault, (code, text) or None")
                given = checked_fault(f"{what} {given!r}", *given)
            return Said.of(Outcome(fault=given), True)

        return say

    # --- deciding

    def is_for(self, step: Step) -> bool:
        """Whether it is a step of this rule: a phase, or a call. Those in a multicall are for rules
        that name their method."""
        if isinstance(step, Request):
            return False  # the rule stands among those for requests, too
        if not isinstance(step, Call):
            return step.is_phase and (self.verb is None or (self.of_phase and super().is_for(step)))
        if self.of_phase or (step.in_multicall and self.verb in (None, "*")):
            return False
        return super().is_for(step)

    def compare(self, step: Step) -> Iterator[tuple[str, bool, str]]:
        """Part by part: what is asked, whether it holds, and how it compares."""
        yield from super().compare(step)
        for name, wanted in self.matchers.items():
            if isinstance(step, Call):
                value = getattr(step, name)
                ok = value == wanted
                yield name, ok, f"{shown(value)} {'matches' if ok else 'is not'} {shown(wanted)}"
            else:
                yield name, False, "it is no call"


def checked_fault(what: str, code: object, text: object) -> Fault:
    """A fault. Raises TypeError, or ValueError for a code over 32 bits."""
    __tracebackhide__ = True
    if not isinstance(code, int) or isinstance(code, bool) or not isinstance(text, str):
        raise TypeError(f"{what}: give a number and a str")
    if not -(2**31) <= code < 2**31:
        raise ValueError(f"{what}: an XML-RPC int has 32 bits")
    return Fault(int(code), text)


def _refused(what: str, value: object, error: Exception) -> Exception:
    kind = ValueError if isinstance(error, (OverflowError, RecursionError)) else TypeError
    hint = "; give the fake allow_none=True" if "None" in str(error) else ""
    return kind(f"{what}: XML-RPC has no such value: {error}{hint}")


def _encoded(body: object) -> bytes:
    if isinstance(body, str):
        return body.encode("utf-8", "surrogateescape")
    return checks.as_bytes("xml", body)
