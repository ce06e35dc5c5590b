"""A verdict: what a client did, and whether that keeps the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..catalogue import Case

KEPT = "kept"
# Whatever is expected of a client, these break the contract.
BROKEN = {
    "hung": "was still at it when the deadline passed",
    "lied": "says that it is done, and it is not",
    "duplicated": "did it more than once",
    "leaked": "sent the password in the clear, where it had to have TLS",
    "crashed": "raised an error outside the family that it documents",
    "failed": "failed where it had to get through",
    "succeeded": "claims success where it had to report a failure",
}


class BrokenContract(AssertionError):
    """A client does not keep the contract; the message shows case, verdict and transcript."""

    __module__ = "fakefarm"


@dataclass
class Verdict:
    """What one client did in one edge case.

    ``word`` is ``"kept"``, or how the contract is broken: ``"hung"``, ``"lied"``,
    ``"duplicated"``, ``"leaked"``, ``"crashed"``, ``"failed"`` or ``"succeeded"``. ``detail`` says
    it in a sentence; ``error`` is what the client raised; ``seconds`` how long it took; ``met`` is
    False where the client never came to the point that the case is about; ``transcript`` is the
    page that a report shows.
    """

    case: Case
    word: str
    detail: str = ""
    error: BaseException | None = None
    seconds: float = 0.0
    met: bool = True
    transcript: str = field(default="", repr=False)

    @property
    def kept(self) -> bool:
        """Whether the contract is kept."""
        return self.word == KEPT

    def __str__(self) -> str:
        case = self.case
        rows = [
            f"{case}: {self.word}",
            f"  the case: {case.summary}",
            f"  source: {case.source}",
            f"  the client has to: {EXPECTED[case.expect]}",
            f"  the client {self.detail}, in {self.seconds:.2f} s",
        ]
        if self.error is not None:
            rows.append(f"  its error: {type(self.error).__qualname__}: {self.error}")
        if not self.met:
            rows.append("  it never came to the point that the case is about")
        return "\n".join([*rows, "  what crossed the wire:", self.transcript])

    def raise_if_broken(self) -> None:
        """Raise BrokenContract unless the contract is kept."""
        __tracebackhide__ = True
        if not self.kept:
            raise BrokenContract(str(self)) from self.error


EXPECTED = {
    "succeeds": "get through, exactly once",
    "fails": "report a failure",
    "either": "get through or report a failure, and never to say what is not so",
}
