"""Who answers a lookup: the fake DNS, this machine, or nobody."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._core import pattern as patterns
from .._core.program import Ending, Ignore, Raw, Reply
from ..dns import names

if TYPE_CHECKING:
    from .._core.rule import Rule
    from ..dns import FakeDNS


class Knowledge:
    """What a fake DNS knows: the names in its zones, and those that a rule answers for."""

    def __init__(self, fake_dns: FakeDNS) -> None:
        self.fake_dns = fake_dns

    def has(self, name: str, types: Sequence[str]) -> bool:
        """Whether the test said something of this very name: a record, or a rule with a pattern."""
        there = self.fake_dns.zones.view.nodes.get(_key(name))
        return bool(there) or self._is_scripted(name, types, by_name=True)

    def knows(self, name: str, types: Sequence[str]) -> bool:
        """Whether there is an answer, if only that the name does not exist."""
        apex = self.fake_dns.zones.view.apex_of(_key(name))
        return apex is not None or self._is_scripted(name, types)

    def _is_scripted(self, name: str, types: Sequence[str], by_name: bool = False) -> bool:
        return any(
            (rule.verb in types or rule.verb in ("*", None))
            and (rule.pattern is not None or not by_name)
            and patterns.matches(rule.pattern, name.removesuffix("."), ignore_case=True)
            and _answers(rule)
            for rule in self.fake_dns.script.rules
        )


def _answers(rule: Rule) -> bool:
    """Whether a rule says what the answer is: one that only delays the natural answer does not."""
    actions: list[Any] = [action for part in rule.parts for action in part.actions]
    return any(isinstance(action, (Reply, Raw, Ignore, Ending)) for action in actions)


def _key(name: str) -> names.Labels:
    """What the zones know a name by; the C library has no escapes in it."""
    labels = name.removesuffix(".").lower().split(".")
    return tuple(label.encode("utf-8") for label in labels if label)


def is_of_this_machine(name: str) -> bool:
    """Whether it is ``localhost`` or the machine's own name, which do without DNS."""
    return name.lower().removesuffix(".") in ("localhost", socket.gethostname().lower())
