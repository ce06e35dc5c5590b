"""An edge case that a client can be run through."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .. import catalogue
from .._core import checks
from .._core.errors import close_matches
from ..farm import Farm
from .judge import Outcome, judge
from .target import Target, target_for
from .verdict import Verdict

if TYPE_CHECKING:
    from ..catalogue import Case

Operation = Callable[[Target], Any]
GRACE = 2.0  # seconds that a client gets to notice that its server is gone


class EdgeCase:
    """A case of the catalogue: ``name``, ``protocol``, ``operation``, ``expect``, ``summary`` and
    ``source`` tell what it is, ``check()`` runs a client through it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.name = case.name
        self.protocol = case.protocol
        self.phase = case.phase
        self.operation = case.operation
        self.expect = case.expect
        self.summary = case.summary
        self.source = case.source

    def __repr__(self) -> str:
        return f"<EdgeCase {self.case}>"

    def is_named(self, pattern: str) -> bool:
        """Whether a pattern, which may have ``*``, means it: by its name, or by phase and name, as
        ``"tls/*"`` does."""
        return fnmatchcase(self.name, pattern) or fnmatchcase(f"{self.phase}/{self.name}", pattern)

    def check(
        self,
        *,
        deadline: float = 10,
        errors: type[BaseException] | tuple[type[BaseException], ...] = Exception,
        **operations: Operation,
    ) -> Verdict:
        """Run the client's operation of this case against a fake that is arranged for it.

        Each operation is a callable that takes a Target (``host``, ``port``, ``url``, ``name``,
        ``content``, ``user``, ``password``) and does what its keyword says: ``send``, ``fetch``,
        ``download``, ``upload``, ``list``, ``resolve``, ``reverse``, ``get``, ``post``, ``call``.
        One that fetches returns what it got; all report a failure by an exception. ``errors`` is
        the family of exceptions that the client documents; ``deadline`` is in seconds.

        Raises TypeError where the operation of this case is not among those given, for one that
        the protocol does not have, and for one that cannot be called.
        """
        check_operations(self.protocol, operations, deadline)
        if self.operation not in operations:
            raise TypeError(
                f"{self.case}: give {self.operation}=, a callable that takes the target"
            )
        with Farm(strict=False) as farm:
            fake = farm.add(make(self.case))
            self.case.arrange(fake)
            rules = fake.rules  # a client's callables may write more
            with target_for(fake, self.operation) as target:
                outcome = run(operations[self.operation], target, deadline)
                outcome.met = _met(fake, rules)
                return judge(self.case, fake, target, outcome, errors)


def check_operations(protocol: str, operations: Mapping[str, Any], deadline: float = 1) -> None:
    """Raise TypeError for an operation that the protocol does not have, or that cannot be called,
    and ValueError for a deadline or a protocol that is none."""
    checks.positive("deadline", deadline)
    known = catalogue.OPERATIONS.get(protocol)
    if known is None:
        hint = close_matches(protocol, frozenset(catalogue.OPERATIONS))
        raise ValueError(f"there is no protocol {protocol!r}: {hint}")
    for name, operation in operations.items():
        if name not in known:
            offered = ", ".join(f"{each}=" for each in known)
            raise TypeError(f"{protocol} has no such operation as {name}=; give {offered}")
        if not callable(operation) or inspect.iscoroutinefunction(operation):
            raise TypeError(
                f"{name}={operation!r}: give a callable that takes the target and returns when all "
                "is done (of a coroutine: lambda target: asyncio.run(...))"
            )


def make(case: Case) -> Any:
    """The fake of a case, not started."""
    return kind_of(case.protocol)(strict=False, **case.arguments)


def kind_of(protocol: str) -> Any:
    """The class of the fakes of a protocol."""
    name = "FakeXMLRPC" if protocol == "xmlrpc" else f"Fake{protocol.upper()}"
    return getattr(import_module(f"..{protocol}", __package__), name)


def _met(fake: Any, rules: list[Any]) -> bool:
    """Whether a rule of the case fired; one without rules, or with none but optional ones, is met
    by whoever connects. A refusal, which nobody sees, counts where there is nothing else."""
    if all(rule.is_optional for rule in rules):
        return bool(fake.connections or fake.steps)
    refusals = [rule for rule in rules if rule.verb == "connect" and rule.parts[-1].refuses]
    seen = [rule for rule in rules if rule not in refusals] or refusals
    return any(part.fired for rule in seen for part in rule.parts)


def run(operation: Operation, target: Target, deadline: float) -> Outcome:
    """What came of an operation within ``deadline`` seconds. The fake of one that hangs is stopped,
    so that it ends after all."""
    outcome = Outcome()
    done = threading.Event()

    def work() -> None:
        try:
            outcome.value = _at_hand(operation(target))
        except BaseException as error:  # also SystemExit, which is a failure that is reported
            outcome.error = error
        done.set()

    thread = threading.Thread(target=work, name="fakefarm-client", daemon=True)
    started = time.monotonic()
    thread.start()
    outcome.hung = not done.wait(deadline)
    outcome.seconds = time.monotonic() - started
    if outcome.hung:
        outcome.stood_at = target.fake.steps[-1:]
        target.fake.stop()
    thread.join(GRACE)
    return outcome


def _at_hand(value: Any) -> Any:
    """What a client brought, to be looked at more than once: what it yields it has to read now."""
    is_read = isinstance(value, Iterator) and not hasattr(value, "read")
    return list(value) if is_read else value


def edge_cases(protocol: str) -> list[EdgeCase]:
    """The edge cases of a protocol: ``"smtp"``, ``"pop3"``, ``"imap"``, ``"ftp"``, ``"dns"``,
    ``"http"`` or ``"xmlrpc"``. Raises ValueError for another."""
    return [EdgeCase(case) for case in catalogue.cases(protocol)]
