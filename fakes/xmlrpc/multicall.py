"""The calls in a ``system.multicall``: each is a step, and a rule that names its method may answer
it.

None has an HTTP answer of its own. So a rule may give one value or one fault, wait, and end the
connection; what else it says cannot be done here, and raises for the test.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .._core.faults import Parts, Shape
from .call import Call
from .commands import MAX_PARAMETERS
from .reading import refusal
from .writing import Outcome, attempt, failed

if TYPE_CHECKING:
    from .._core.wire import Wire
    from .session import XMLRPCSession


class Told(bytes):
    """What is sent in answer to a call that has no HTTP answer: its outcome."""

    outcome: Outcome

    @classmethod
    def of(cls, outcome: Outcome) -> Told:
        """An outcome, in the form of something that is sent."""
        told = cls()
        told.outcome = outcome
        return told


class Place:
    """Stands in for the wire while a call in a multicall is answered."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.shape: Shape | None = None
        self._told: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def deliver(self, parts: Parts) -> bool:
        """Take what is sent."""
        self._told += parts
        if self.shape is not None:
            self._told.append(b"shaped")
        return True

    def outcome(self, call: Call) -> Outcome:
        """The outcome that was sent. Raises ValueError, which is for the test, for all else."""
        if len(self._told) != 1 or not isinstance(self._told[0], Told):
            raise ValueError(
                f"{call!r} is one of those in a system.multicall, and has no HTTP answer of its "
                "own: a rule may give it one value or one fault, wait, or end the connection; "
                "write what else it does for on('system.multicall')"
            )
        return self._told[0].outcome


def multicall(session: XMLRPCSession, call: Call) -> Outcome:
    """The outcome of a multicall: those of its calls, one after another."""
    listed, results = call.arguments[0], list[Any]()
    try:
        entries = list(listed)
    except TypeError as error:
        return failed(error)
    for entry in entries:
        try:
            name, arguments = entry["methodName"], entry["params"]
        except Exception as error:  # it has no such members, or is no struct
            return failed(error)
        results.append(_result(_one(session, call, name, arguments)))
    return Outcome(results)


def _one(session: XMLRPCSession, whole: Call, name: Any, arguments: Any) -> Outcome:
    if not isinstance(name, str) or not isinstance(arguments, list):
        fake = session.server.above  # no call that a rule could be for
        dispatch = fake.dispatcher_at(whole.path)._dispatch
        return attempt(partial(dispatch, name, arguments), fake.complain)
    if len(arguments) > MAX_PARAMETERS:
        return Outcome(fault=refusal("parameters"))
    call = Call(name, tuple(arguments), whole.request, whole.path, whole.content, True)
    return session.answer_in_multicall(call)


def _result(outcome: Outcome) -> list[Any] | dict[str, Any]:
    if outcome.fault is None:
        return [outcome.value]
    return {"faultCode": outcome.fault.faultCode, "faultString": outcome.fault.faultString}
