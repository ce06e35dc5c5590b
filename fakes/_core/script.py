"""The script: rules and their counters. For each step it decides which rule fires, if any.

It knows no protocol: it compares steps with rules and counts.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from .program import Part
from .rule import Rule
from .step import PHASES, Step

R = TypeVar("R", bound=Rule)


@dataclass(slots=True)
class Firing:
    """A rule that fires at a step, with the part of it whose turn it is."""

    rule: Rule
    part: Part
    count: int


class Script(Generic[R]):
    """The rules of a fake, in the order written, and the steps that they were asked about."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rules: list[R] = []
        self.steps: list[Step] = []
        self.observers: list[Callable[[Step], object]] = []
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget rules, observers and steps."""
        self.rules, self.steps, self.observers = [], [], []

    def add(self, rule: R) -> R:
        """Append a rule."""
        self.rules.append(rule)
        return rule

    def generator(self) -> Callable[[], random.Random]:
        """For the next rule: its own source of chance, so that rules do not disturb each other."""
        name, made = f"{self.seed}:{len(self.rules)}", list[random.Random]()

        def generator() -> random.Random:
            if not made:
                made.append(random.Random(name))
            return made[0]

        return generator

    def record(self, step: Step) -> None:
        """Write the step down and tell the observers."""
        self.steps.append(step)
        for observer in self.observers:
            observer(step)

    def decide(self, step: Step) -> Firing | None:
        """The rule that fires at this step, or None for the natural answer."""
        for rule in self.rules:
            if rule.current() is None or not rule.wants(step):
                continue
            if rule.where is not None and not rule.where(step):
                continue
            with self._lock:
                part = rule.take()
                if part is not None:
                    return Firing(rule, part, part.fired)
        return None

    def refuses_next(self) -> bool:
        """Whether a rule says that nothing listens for the next connection."""
        for rule in self.rules:
            if rule.verb in ("connect", None):
                with self._lock:
                    part = rule.current()
                    if part is None or part.passed < part.skip:
                        continue
                    if part.refuses:
                        part.fired = 1
                        return True
                    if (rule.pattern, rule.where, part.probability) == (None, None, None):
                        return False
        return False

    # --- at the end

    def complaints(self) -> Iterator[str]:
        """A paragraph for each rule that never fired, or never in full."""
        for rule in self.rules:
            if rule.is_optional:
                continue
            lead = f"{rule}\n  written at {rule.written_at}"
            number, silent = next(
                ((n, part) for n, part in enumerate(rule.parts, 1) if not part.fired), (0, None)
            )
            if silent is not None and not silent.by_chance:
                of = f": of its {len(rule.parts)} parts, number {number}" if number > 1 else ""
                yield f"{lead}{of} never fired.\n{self._nearest(rule)}"
            for part in rule.parts:
                if part.shortfall and not part.in_full:
                    yield f"{lead} fired, but {part.shortfall}."

    def _nearest(self, rule: Rule) -> str:
        """The step that came nearest to a rule, part by part."""
        best = max(self.steps, key=lambda step: nearness(rule, step), default=None)
        if best is None:
            return "  There was no step at all: did the client connect to this fake?"
        return f"  Nearest of {len(self.steps)} steps: {describe(best)}\n{explain(rule, best)}"

    def nearest_rules(self, step: Step, most: int = 3) -> str:
        """The rules that a step came nearest to, part by part, and where they were written."""
        near = sorted(self.rules, key=lambda rule: nearness(rule, step), reverse=True)[:most]
        if not near:
            return "  There is no rule at all."
        return "\n".join(
            f"  Near: {rule}\n  written at {rule.written_at}\n{explain(rule, step)}"
            for rule in near
        )


def nearness(rule: Rule, step: Step) -> tuple[bool, bool, int]:
    """How near a step came to a rule: the same verb first, then how many parts hold."""
    holding = sum(ok for _, ok, _ in rule.compare(step))
    return rule.is_for(step), (rule.verb in PHASES) == step.is_phase, holding


def explain(rule: Rule, step: Step) -> str:
    """Rule against step, part by part, a line each."""
    verb = rule.is_for(step)
    rows = [("verb", verb, f"{step.verb!r} {'matches' if verb else 'is not'} {rule.verb!r}")]
    rows += rule.compare(step)
    if rule.where is not None and all(ok for _, ok, _ in rows):
        rows.append(("where", False, "was asked and did not say yes"))
    elif all(ok for _, ok, _ in rows):
        rows.append(("turn", False, f"matches, but {_why_not(rule)}"))
    return "\n".join(f"    {'ok ' if ok else 'NOT'} {name}: {text}" for name, ok, text in rows)


def _why_not(rule: Rule) -> str:
    """Why a rule did not fire at a step that it matches."""
    if rule.current() is None:
        return "the rule is used up"
    if any(part.fired for part in rule.parts):
        return "the part before answered it, and nothing came after"
    if rule.parts[0].passed:
        return "it passed by: see after() and with_probability()"
    return "an earlier rule answered it"


def describe(step: Step) -> str:
    """A step in a few words."""
    words = f"{step.verb} {step.argument}".strip() or "an empty line"
    return f"{words[:120]} (connection {step.connection}, {step.time:.4f} s)"
