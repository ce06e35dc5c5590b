"""The judge: from what a client did and what the fake saw to a verdict."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .evidence import EVIDENCE
from .printed import Printed
from .verdict import BROKEN, KEPT, Verdict

if TYPE_CHECKING:
    from ..catalogue import Case
    from .target import Target


MISTAKES = (AttributeError, ImportError, NameError, TypeError)
BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}")


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
        None if outcome.hung else outcome.error,  # what it raised since is our doing
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
    value = outcome.value
    if outcome.error is None and (odd := _odd(evidence, value)):
        return "lied", odd
    if outcome.error is None and (lie := _lie(case, evidence, times, value)):
        return "lied", lie
    if times is not None and times > 1:
        return "duplicated", f"did it {times} times"
    if leaks(fake, target):
        return "leaked", ""
    if outcome.error is not None and not _is_report(outcome.error, errors):
        return "crashed", ""
    failed = outcome.error is not None or _came_back_without(case, value)
    if failed and case.expect == "succeeds":
        return "failed", ""
    if not failed and case.expect == "fails":
        return "succeeded", ""
    return KEPT, "reported a failure" if failed else "got through"


def _is_report(
    error: BaseException, errors: type[BaseException] | tuple[type[BaseException], ...]
) -> bool:
    """Whether an error is a way to report a failure. Where the test names no family, any is, but
    for those that tell of a mistake in the program."""
    return isinstance(error, errors) and not (errors is Exception and isinstance(error, MISTAKES))


def _odd(evidence: Any, value: Any) -> str:
    """Why what a client brought can be no answer at all; "" where it can."""
    try:
        if evidence.wants is not None and value is not None:
            evidence.reads(value)
    except Exception as error:  # also a path where there is no file
        return f"brought back what cannot be: {error}"
    return ""


def _lie(case: Case, evidence: Any, times: int | None, value: Any) -> str:
    """What is not so of what a client claims; "" where all is."""
    if times == 0 and evidence.wants is None:
        return "returned as if all were well, and nothing arrived whole"
    if evidence.wants is None or nothing(case, value):
        return ""
    wants, got = _wanted(case, evidence), evidence.reads(value)
    if evidence.same(got, wants):
        return ""
    if isinstance(got, bytes) and isinstance(wants, bytes) and wants.startswith(got):
        count = f"the first {len(got):,}" if got else "0"
        return f"brought back {count} bytes, and it is {len(wants):,} bytes"
    return f"brought back {_shown(got)}, and it is {_shown(wants)}"


def _wanted(case: Case, evidence: Any) -> Any:
    """What a client has to bring back, as it is read."""
    return evidence.wants if case.wants is None else evidence.reads(case.wants)


def _came_back_without(case: Case, value: Any) -> bool:
    """Whether a client that was to bring something says that there is nothing, and there is."""
    evidence = EVIDENCE[case.protocol, case.operation]
    if evidence.wants is None or not nothing(case, value):
        return False
    return value is None or bool(evidence.reads(value) != _wanted(case, evidence))


def nothing(case: Case, value: Any) -> bool:
    """Whether a client says that it found nothing, which is a way to report a failure. An empty
    body is none: it is a body; nor is a list of no files: it says that the folder is empty; nor is
    an empty value of XML-RPC. Of mail, an empty list is one: there are no messages."""
    if value is not None and case.protocol == "dns":
        return not EVIDENCE[case.protocol, case.operation].reads(value)
    if isinstance(value, Printed):
        return case.operation == "call" and value.is_nil
    empty = isinstance(value, (list, tuple, dict, set)) and not value
    return value is None or (case.operation == "fetch" and empty)


def leaks(fake: Any, target: Target) -> bool:
    """Whether the password crossed in the clear on a fake that has TLS."""
    if fake.tls is None:
        return False
    password = target.password.encode()
    for connection in fake.connections:
        said = _in_the_clear(fake, connection)
        if password in said or any(password in _decoded(word) for word in BASE64.findall(said)):
            return True
    return False


def _in_the_clear(fake: Any, connection: Any) -> bytes:
    """What a client sent before TLS was there; all of it where none ever was."""
    has_tls = connection.tls is not None and connection.tls.version is not None
    said = b""
    for event in fake.transcript:
        if event.connection != connection.number:
            continue
        if event.kind == "tls" and has_tls:
            break
        if event.direction == "received":
            said += event.data
    return said


def _decoded(word: bytes) -> bytes:
    whole = word[: len(word) - (len(word) % 4 == 1)]  # a letter alone is half of a byte
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes ({value[:24]!r}...)"
    try:
        return repr(value)[:120]
    except RecursionError:
        return f"a {type(value).__name__} that is nested too deep to be shown"
