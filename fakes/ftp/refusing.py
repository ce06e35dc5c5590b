"""What the script says of a data connection when its port is announced.

A client that cannot connect need not send its command, so a rule that refuses fires when PASV or
EPSV is answered, and not when the transfer begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._core.script import Firing

if TYPE_CHECKING:
    from .._core.script import Script
    from .rule import FTPRule


@dataclass
class Announced:
    """A port that was announced: the rule that refuses it, if one does, and the rules that counted
    it and let it pass."""

    firing: Firing | None = None
    passed_by: list[FTPRule] = field(default_factory=list)
    used: bool = False

    @classmethod
    def by(cls, script: Script[FTPRule]) -> Announced:
        """What the script says now."""
        announced = cls()
        for rule in script.rules:
            if rule.verb not in ("transfer", None) or rule.current() is None:
                continue
            if not rule.says_refused:
                if (rule.pattern, rule.where) == (None, None):
                    break  # this one will fire
                continue
            part = rule.take_refusal()
            if part is not None:
                announced.firing = Firing(rule, part, part.fired)
                break
            announced.passed_by.append(rule)
        return announced

    @property
    def refused(self) -> bool:
        return self.firing is not None

    def use(self) -> Firing | None:
        """The transfer for it begins: the rule that has fired for it."""
        self.used = True
        return self.firing

    def forget(self) -> None:
        """No transfer came for it. Idempotent."""
        if not self.used:
            self.used = True
            for rule in self.passed_by:
                rule.forget_refusal()
