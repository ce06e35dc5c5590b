"""The judge: from what a client did and what the fake saw to a verdict."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .evidence import EVIDENCE
from .verdict import BROKEN, KEPT, Verdict

if TYPE_CHECKING:
    from ..catalogue import Case
    from .target import Target


@dataclass
class Outcome:
    """What came of an operation."""

    value: Any = None
    error: BaseException | None = None
    hung: bool = False
    seconds: float = 0.0
    met: bool = True
    stood_at: list[Any] = field(default_factory=list)  # the last step of one that hung


def judge(
    case: Case,
    fake: Any,
    target: Target,
    outcome: Outcome,
    errors: type[BaseException] | tuple[type[BaseException], ...],
) -> Verdict:
    """The verdict; the first thing that is wrong in the order of BROKEN."""
    if not outcome.hung:
        fake.settle_briefly()
    word, detail = _verdict(case, fake, target, outcome, errors)
    return Verdict(
        case,
        word,
        detail or BROKEN.get(word, ""),
        outcome.error,
        outcome.seconds,
        outcome.met,
        str(fake.transcript),
    )


def _verdict(
    case: Case,
    fake: Any,
    target: Target,
    outcome: Outcome,
    errors: type[BaseException] | tuple[type[BaseException], ...],
) -> tuple[str, str]:
    if outcome.hung:
        at = f"; the last step was {outcome.stood_at[0].verb}" if outcome.stood_at else ""
        return "hung", BROKEN["hung"] + at
    evidence = EVIDENCE[case.protocol, case.operation]
    times = evidence.done(fake) if evidence.done is not None else None
    if outcome.error is None and (lie := _lie(case, evidence, times, outcome.value)):
        return "lied", lie
    if times is not None and times > 1:
        return "duplicated", f"did it {times} times"
    if leaks(fake, target):
        return "leaked", ""
    if outcome.error is not None and not isinstance(outcome.error, errors):
        return "crashed", ""
    if outcome.error is not None and case.expect == "succeeds":
        return "failed", ""
    if (
        outcome.error is None
        and case.expect == "fails"
        and not (times is None and nothing(case, outcome.value))
    ):
        return "succeeded", ""
    return KEPT, "got through" if outcome.error is None else "reported a failure"


def _lie(case: Case, evidence: Any, times: int | None, value: Any) -> str:
    """What is not so of what a client claims; "" where all is."""
    if times == 0 and evidence.wants is None:
        return "returned as if all were well, and nothing arrived whole"
    if evidence.wants is None or nothing(case, value):
        return ""
    wants = evidence.wants if case.wants is None else evidence.reads(case.wants)
    got = evidence.reads(value)
    return "" if got == wants else f"brought back {_shown(got)}, and it is {_shown(wants)}"


def nothing(case: Case, value: Any) -> bool:
    """Whether a client says that it found nothing, which is a way to report a failure. An empty
    body is none: it is a body."""
    if isinstance(value, (bytes, str)):
        return case.protocol == "dns" and not value.strip()
    return value is None or (hasattr(value, "__len__") and len(value) == 0)


def leaks(fake: Any, target: Target) -> bool:
    """Whether the password crossed in the clear on a fake that has TLS."""
    if fake.tls is None:
        return False
    password, user = target.password.encode(), target.user.encode()
    spellings = [
        password,
        base64.b64encode(password),
        base64.b64encode(b"\0%s\0%s" % (user, password)),
    ]
    for connection in fake.connections:
        if connection.tls is None or connection.tls.version is None:
            said = fake.transcript.received(connection=connection.number)
            if any(each in said for each in spellings):
                return True
    return False


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes ({value[:24]!r}...)"
    try:
        return repr(value)[:120]
    except RecursionError:
        return f"a {type(value).__name__} that is nested too deep to be shown"
