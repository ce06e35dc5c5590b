"""The conversation: a message is answered by the rule that fires, or naturally.

Two rules hold here. A datagram is a conversation of its own, and one that waits is held by a thread
of its own; on a connection messages are answered one after another, in order (RFC 7766 section
6.2.1.1 allows it). And a message is answered only if it has an id and is no answer itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.datagram_wire import DatagramWire
from .._core.faults import Framing, Parts
from .._core.program import Delay, Part, Reply
from .._core.session import Answer, Session
from .._core.step import Step
from .engine import Known
from .question import Query, is_response
from .reply import messages_of
from .source import other_source

if TYPE_CHECKING:
    from .._core.script import Firing
    from .server import FakeDNS


class DNSSession(Session[Any]):
    """One connection, or one datagram."""

    server: FakeDNS
    transport = "tcp"
    _known: Known
    _scripted = False  # whether a rule fired

    def converse(self) -> None:
        """Answer messages, each behind its length (RFC 1035 section 4.2.2), until the end."""
        wire = self.wire
        buffer = wire.peek()
        while True:
            while len(buffer) < 2:
                buffer = wire.peek(more=True)
            size = 2 + int.from_bytes(buffer[:2], "big")
            while len(buffer) < size:
                buffer = wire.peek(more=True)
            self._take(wire.take(size)[2:])

    def datagram(self, packet: bytes) -> None:
        """Answer a datagram."""
        self.transport = "udp"
        self._take(packet)

    def _take(self, packet: bytes) -> None:
        server, wire = self.server, self.wire
        if len(packet) < 2 or is_response(packet):
            what = "is an answer itself" if len(packet) > 2 else f"of {len(packet)} bytes"
            wire.note("fault", f"not answered: the message {what}")
            wire.transcript.stir()
            return
        known = self._known = server.engine.read(packet)
        peer, clock = wire.connection.peer, wire.transcript.clock
        query = Query(packet, known.question, self.transport, peer[:2], wire.number, clock())
        wire.note("question", _shown(query))
        script = server.script
        script.record(query)
        firing = script.decide(query) if script.rules else None
        if firing is not None and isinstance(wire, DatagramWire) and _waits(firing.part):
            wire.detach(lambda: self._perform(query, firing))
        else:
            self._perform(query, firing)

    def _perform(self, query: Query, firing: Firing | None) -> None:
        wire = self.wire
        self._scripted = firing is not None
        if firing is None or not isinstance(wire, DatagramWire):
            self.play(query, self._natural, "", firing)
            return
        if "source" in firing.part.settings:
            wire.source = other_source(firing.part.settings["source"], self.server)
        try:
            self.play(query, self._natural, "", firing)
        finally:
            wire.finish()

    def _natural(self, step: Step) -> Answer:
        assert isinstance(step, Query)
        messages, said = self.server.engine.answer(self._known, step)
        if not self._scripted:
            self.wire.note("answer", said)
        return Answer(self._framed(messages))

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        """Messages as a rule gives them, or computes them."""
        if not isinstance(step, Query):
            # A rule for every step, and nothing is asked yet: the handshake goes on.
            return None if step.verb == "tls" else ((), "")
        messages = messages_of(reply.arguments[0], step, self.server.zones)
        return None if messages is None else (self._framed(messages), "")

    def _framed(self, messages: list[bytes]) -> Parts:
        """Each message with what goes before it: its length on a stream, nothing in a datagram."""
        parts = []
        for message in messages:
            prefix = len(message).to_bytes(2, "big") if self.transport == "tcp" else b""
            parts += [Framing(prefix), message]
        return parts


def _waits(part: Part) -> bool:
    return any(isinstance(action, Delay) and action.seconds > 0 for action in part.actions)


def _shown(query: Query) -> str:
    if query.problem:
        return f"a broken message: {query.problem}"
    edns = "" if query.edns is None else f", EDNS {query.edns.size}"
    return f"{query.verb} {query.name} (id {query.id}{edns})"
