"""The control: a conversation in which nothing goes wrong.

A client that does not get through this one was not started as it has to be, and what it does in
the edge cases says nothing about it.
"""

from __future__ import annotations

from typing import Any

from ..catalogue import SUCCEEDS, Case
from ..catalogue.case import Arrange


def control(protocol: str, operation: str, **arguments: Any) -> Case:
    """The case of a fake made with ``arguments`` that does all as it should."""
    arrange: Arrange = nothing
    if protocol == "smtp" and arguments.get("tls") == "starttls":
        # Who does not ask for TLS comes to the point of none of its cases. (In the other protocols
        # it has to tell a password, which is a leak.)
        from ..catalogue.smtp.tls import wants_tls

        arrange = wants_tls
    return Case(
        protocol,
        "nothing_goes_wrong",
        "control",
        operation,
        SUCCEEDS,
        "The server does as the standard says. The client gets through, exactly once.",
        "the standard of the protocol",
        arrange,
        arguments,
    )


def nothing(fake: Any) -> None:
    """Script nothing."""
