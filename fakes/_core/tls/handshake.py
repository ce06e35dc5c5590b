"""The phase ``tls``: a client has said hello, and the script says whether it comes to an agreement.

The natural answer is a handshake; it is the effect of the step, so whatever a rule sends instead
(an alert, plain text, nothing) leaves the connection without one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ..errors import Silence
from ..session import Answer
from .client_hello import ClientHello, parse
from .encrypted import HandshakeFailed, TLSFacts, TLSSocket

if TYPE_CHECKING:
    import socket

    from ..session import Session
    from ..step import Step
    from ..wire import Wire
    from .contexts import Shown

AGREED = "tls"  # the class of status of a handshake


def secure(session: Session[Any]) -> None:
    """Wait for a ClientHello and answer it. Returns when all that follows is encrypted; where the
    script does not let it come to that, the client is listened to no more until it leaves."""
    try:
        _answer_hello(session)
    except Silence as silence:  # what a protocol says to that has no place here
        session.wire.note("timeout", str(silence))
        session.wire.close("server", "timeout")


def _answer_hello(session: Session[Any]) -> None:
    wire = session.wire
    hello = read_hello(wire)
    facts = wire.connection.tls = TLSFacts(hello.server_name, hello.versions)
    step, script = session.step("tls", hello.server_name, bytes(wire.peek())), session.server.script
    script.record(step)
    firing = script.decide(step) if script.rules else None

    def engine(step: Step) -> Answer:
        limits = firing.part.settings.get("tls") if firing is not None else None
        shown = session.server.certificates.to(hello.server_name, limits)
        return Answer((), AGREED, partial(shake_hands, wire, shown, hello, facts))

    session.play(step, engine, AGREED, firing)
    if wire.encrypted is None:
        wire.note("tls", "no handshake: waits for the client to leave")
        wire.stall(None)


def read_hello(wire: Wire) -> ClientHello:
    """What the client asks for; it is not taken."""
    hello = parse(bytes(wire.peek()))
    while hello is None:
        hello = parse(bytes(wire.peek(more=True)))
    return hello


def shake_hands(wire: Wire, shown: Shown, hello: ClientHello, facts: TLSFacts) -> None:
    """Come to an agreement with the client, and have the wire encrypt from then on; unless the
    shaping in force cuts it. Raises Ended where the client refuses, or OpenSSL does."""
    facts.certificate, context = shown
    encrypted = TLSSocket(wire.sock, context, facts)
    received = bytes(wire.peek())
    wire.peek().clear()
    try:
        agreed = encrypted.shake_hands(received, wire.transmit)
    except HandshakeFailed as failure:
        if wire.stopping.is_set():
            raise wire.left("fin") from None
        wire.note("tls", f"handshake failed: {failure}")
        facts.error = facts.error or str(failure)
        if failure.ours:
            wire.close("server")
        while True:  # how it leaves ends in Ended
            wire.read_some()
    except (TimeoutError, BlockingIOError):
        raise Silence(f"the client was silent for {wire.timeout} s in the handshake") from None
    except OSError:
        if not wire.stopping.is_set():
            facts.error = facts.error or "the client reset the connection"
        raise wire.left("rst") from None
    if agreed:
        wire.sock, wire.encrypted = cast("socket.socket", encrypted), encrypted
        wire.note("tls", str(facts))
