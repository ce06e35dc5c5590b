"""Answers: from values and faults to XML, by the standard library."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from xmlrpc.client import Fault, dumps

from ..http import Response
from .commands import APPLICATION, CONTENT_TYPE, GZIP_OVER

# The classes of status of an answer: it tells of a success, or of something else.
SUCCESS, FAILURE = "returns", "fault"


class Outcome(NamedTuple):
    """What became of a call: the value, or the fault."""

    value: Any = None
    fault: Fault | None = None


def attempt(function: Callable[[], Any], complain: Callable[[BaseException], object]) -> Outcome:
    """The outcome of a function: whatever it raises is a fault, as the standard library says it.

    ``complain`` is told of what no remote procedure raises, and a test does: a failed assertion,
    and what is no Exception.
    """
    try:
        return Outcome(function())
    except Fault as fault:
        return Outcome(fault=fault)
    except BaseException as error:
        if isinstance(error, AssertionError) or not isinstance(error, Exception):
            complain(error)
        return failed(error)


def failed(error: BaseException) -> Outcome:
    """A fault in the words of the standard library."""
    return Outcome(fault=Fault(APPLICATION, f"{type(error)}:{error}"))


def marshalled(outcome: Outcome, allow_none: bool) -> bytes:
    """The XML that tells of an outcome. Raises TypeError, OverflowError and their like for a value
    that has no XML."""
    if outcome.fault is not None:
        text = dumps(outcome.fault, encoding="utf-8", allow_none=allow_none)
    else:
        text = dumps((outcome.value,), methodresponse=True, allow_none=allow_none)
    return text.encode("utf-8", "xmlcharrefreplace")


class Said:
    """An answer that is ready: its XML, the class of its status, and the outcome that it tells of,
    if it tells of one."""

    def __init__(
        self,
        xml: bytes,
        status: str = FAILURE,
        outcome: Outcome | None = None,
        content_type: str = CONTENT_TYPE,
    ) -> None:
        self.xml, self.status = xml, status
        self.outcome, self.content_type = outcome, content_type

    @classmethod
    def of(cls, outcome: Outcome, allow_none: bool) -> Said:
        """What tells of an outcome; of a value that has no XML, the fault that says so."""
        try:
            xml = marshalled(outcome, allow_none)
        except Exception as error:
            outcome = failed(error)
            xml = marshalled(outcome, allow_none)
        return cls(xml, SUCCESS if outcome.fault is None else FAILURE, outcome)

    @property
    def response(self) -> Response:
        """The HTTP response that carries it."""
        return _empty(self.content_type).carrying(self.xml, gzip=len(self.xml) > GZIP_OVER)


@lru_cache(maxsize=16)
def _empty(content_type: str) -> Response:
    return Response(200, headers={"Content-Type": content_type})
