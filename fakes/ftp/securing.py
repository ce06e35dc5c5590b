"""TLS on a data connection: RFC 4217 section 7.

The handshake comes behind the reply that begins the transfer, and the client is the client of it
whoever has connected. It is a step of the phase ``tls``, as that of the control connection is; its
argument is the command of the transfer. Nothing here blocks, see ``waiting.py``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from .._core import sockets
from .._core.faults import Shape
from .._core.program import Action, CloseNotify, Delay, Natural, Raw, Reply
from .._core.tls.client_hello import parse
from .._core.tls.contexts import Limits, Shown
from .._core.tls.encrypted import CHUNK, HandshakeFailed, TLSFacts, TLSSocket
from . import replies
from .data import Broken, DataWire, NotSecured
from .waiting import Waits, pause

if TYPE_CHECKING:
    from .._core.script import Firing
    from .._core.step import Step
    from .session import FTPSession


class DataSocket(TLSSocket):
    """A socket that encrypts and does not block: what does not leave at once is kept.

    It gives the client no tickets: one that only sends would not read them, and its FIN would
    become an RST. It resumes the session of the control connection by the tickets of that.
    """

    def __init__(self, below: socket.socket, shown: Shown, facts: TLSFacts) -> None:
        facts.certificate = shown.certificate
        super().__init__(below, shown.context, facts, tickets=0)
        self._kept = bytearray()  # encrypted, and on its way to the client
        self._come = bytearray()  # decrypted, and not asked for yet

    def _emit(self, records: bytes) -> None:
        self._kept += records
        self.flush()

    def flush(self) -> bool:
        """Send what was kept. Whether all has left. Raises OSError as the socket does."""
        with suppress(BlockingIOError):
            while self._kept:
                del self._kept[: self.below.send(self._kept)]
        return not self._kept

    def send(self, data: bytes | memoryview) -> int:
        if not self.flush():
            raise BlockingIOError
        return super().send(data)

    def recv(self, size: int, flags: int = 0) -> bytes:
        if flags:
            return super().recv(size, flags)
        if not self._come:
            self._come += super().recv(size)
        data = bytes(self._come[:size])
        del self._come[:size]
        return data


def secure(session: FTPSession, wire: DataWire, command: str) -> Waits[None]:
    """Answer the ClientHello of a data connection. Returns when all that follows is encrypted;
    raises NotSecured where it did not come to that, and Broken where the client was silent."""
    handshake = Handshake(session, wire)
    try:
        yield from handshake.run(command)
    except Broken as broken:
        if broken.how == "timeout":
            raise
        raise NotSecured(replies.NO_TLS, broken.how) from None


class Handshake:
    """One of them."""

    def __init__(self, session: FTPSession, wire: DataWire) -> None:
        self.session = session
        self.wire = wire
        self.received = b""
        self.facts = TLSFacts()
        self.shape: Shape | None = None  # of the rule in force
        self.cut = False

    def run(self, command: str) -> Waits[None]:
        """All of it."""
        wire, server, script = self.wire, self.session.server, self.session.server.script
        yield from self._read_hello()
        step = self.session.step("tls", command, self.received)
        server.data_tls.append(self.facts)
        script.record(step)
        firing = script.decide(step) if script.rules else None
        if firing is None:
            yield from self._agree(self._shown(None))
        else:
            yield from self._perform(step, firing)
        if wire.encrypted is None:
            if not wire.ended:
                wire.note("tls", "no handshake: waits for the client to leave")
                yield from wire.stall(None)
            raise NotSecured(replies.NO_TLS)
        if server.require_session_reuse and not self.facts.reused:
            raise NotSecured(replies.NOT_RESUMED)

    def _read_hello(self) -> Waits[None]:
        hello = None
        while hello is None:
            yield from self._read()
            hello = parse(self.received)
        self.facts.server_name, self.facts.offered = hello.server_name, hello.versions

    def _read(self) -> Waits[None]:
        data = yield from self.wire.read(CHUNK)
        if not data:
            raise Broken("fin")
        self.received += data

    def _agree(self, shown: Shown) -> Waits[None]:
        wire = self.wire
        encrypted, done = DataSocket(wire.sock, shown, self.facts), False
        while not done:
            try:
                received, self.received = self.received, b""
                records, done = encrypted.proceed(received)
            except HandshakeFailed as failure:
                wire.note("tls", f"handshake failed: {failure}")
                yield from self._transmit(failure.farewell, wire.transmit)
                raise NotSecured(replies.NO_TLS) from None
            yield from self._transmit(records, wire.transmit)
            if self.cut:
                return
            if not done:
                yield from self._read()
        sockets.acknowledge(wire.sock)
        wire.encrypt(encrypted)

    # --- by a rule

    def _perform(self, step: Step, firing: Firing) -> Waits[None]:
        part = firing.part
        self.wire.note("rule", firing.rule.announcement(firing.count))
        self.shape = Shape.of(part.faults) if part.faults else None
        before, endings = part.program()
        for action in before:
            if isinstance(action, Natural):
                if part.effect and not self.cut and self.wire.encrypted is None:
                    yield from self._agree(self._shown(part.settings.get("tls")))
            elif isinstance(action, Delay):
                yield from pause(action.seconds)
            elif not self.cut:
                yield from self._say(step, action)
        if self.shape is not None:
            part.learn(self.shape.shortfall())
        if endings:
            yield from self.wire.end_as_written(endings)
        elif self.cut:
            self.wire.close("script")

    def _shown(self, limits: Limits | None) -> Shown:
        """What the client is shown: as on the control connection, unless the rule has limits."""
        control = self.session.encrypted
        if limits is None and control is not None:
            return Shown(control.facts.certificate, control.context)
        return self.session.server.certificates.to(self.facts.server_name, limits)

    def _say(self, step: Step, action: Action) -> Waits[None]:
        wire = self.wire
        if isinstance(action, CloseNotify):
            yield from wire.end_tls()
        elif isinstance(action, Raw):
            data = action.data(step) if callable(action.data) else action.data
            sock = wire.sock
            if wire.encrypted is not None and not action.encrypted:
                wire.sock = wire.encrypted.below
            yield from self._transmit(data, wire.send)
            wire.sock = sock
        elif isinstance(action, Reply):
            parts, _ = self.session.scripted(step, action) or ((), "")
            yield from self._transmit(b"".join(parts), wire.send)

    def _transmit(self, data: bytes, send: Callable[[bytes], Waits[None]]) -> Waits[None]:
        """Send through the shaping of the rule in force."""
        pieces: Iterable[tuple[float, bytes]] = [(0.0, data)]
        if self.shape is not None:
            spoiled, self.cut = self.shape.spoil((data,))
            pieces = self.shape.pace(b"".join(spoiled))
        for wait, piece in pieces:
            if wait > 0:
                yield from pause(wait)
            yield from send(piece)
