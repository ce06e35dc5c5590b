"""A step: a point of a conversation where a script can act."""

from __future__ import annotations

from dataclasses import dataclass

PHASES = frozenset({"connect", "literal", "message", "response", "tls", "transfer"})


@dataclass(slots=True, eq=False)
class Step:
    """A command, a request, a question, a call, or a phase of the conversation.

    ``line`` is what was received, as bytes without the line end; ``time`` is in seconds since the
    fake started; ``content`` is what a ``message`` carries, in bytes.
    """

    verb: str
    argument: str
    line: bytes
    connection: int
    time: float
    content: bytes = b""

    @property
    def is_phase(self) -> bool:
        """Whether it is a lower-case phase and not something that the client said."""
        return self.verb in PHASES
