"""A rule that fires at a command that begins a transfer.

Its senders act on the control connection, and as soon as one of them begins a transfer, the rest of
the program belongs to the data connection. Where no sender can begin one, nothing is different from
any other step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.faults import Shape
from .._core.program import SENDERS, Action, Ending, Natural, Reply
from .._core.session import Performance
from .rule import CONTENT
from .transfer import Program

if TYPE_CHECKING:
    from .session import FTPSession


class TransferPerformance(Performance):
    """One firing of a rule at RETR, STOR, LIST and their like."""

    session: FTPSession

    def run(self) -> None:
        if not self._may_transfer():
            super().run()
            return
        self.wire.note("rule", self.rule.announcement(self.count))
        actions = list(self.part.actions)
        if not any(isinstance(action, SENDERS) for action in actions):
            actions.insert(0, Natural())
        while actions and not self.succeeds and not isinstance(actions[0], Ending):
            self._do(actions.pop(0))
        if self.succeeds:
            self._natural()  # which has the effect, unless that was taken away
            self.session.begin(self.step, self._program(actions))
        elif self._is_scripted():
            self._end_all(actions) if actions else None
        elif actions or self.part.faults:
            self.wire.note("fault", f"{self.rule}: no transfer came about")

    def _may_transfer(self) -> bool:
        senders = [action for action in self.part.actions if isinstance(action, SENDERS)]
        return not senders or any(map(_may_begin, senders))

    def _is_scripted(self) -> bool:
        return self.natural is None

    def _program(self, rest: list[Action]) -> Program:
        """What is left for the data connection. An ending that no sender, fault or content stands
        beside is all there is: no data."""
        part = self.part
        ends = next((i for i, action in enumerate(rest) if isinstance(action, Ending)), len(rest))
        says = any(isinstance(action, SENDERS) for action in part.actions)
        return Program(
            before=rest[:ends],
            carries=says or bool(part.faults) or CONTENT in part.settings or ends == len(rest),
            shape=Shape.of(part.faults) if part.faults else None,
            behind=rest[ends:],
            part=part,
            say=self._do,
        )


def _may_begin(action: Action) -> bool:
    """Whether a sender may be one that begins a transfer."""
    if isinstance(action, Reply):
        code = action.arguments[0]
        return callable(code) or 100 <= code <= 199
    return isinstance(action, Natural)
