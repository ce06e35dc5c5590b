"""What an aiosmtpd handler sees of the server: the ``server`` argument of its hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core import sasl

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from aiosmtpd.smtp import Envelope
    from aiosmtpd.smtp import Session as ClientSession

    from .._core.wire import Wire
    from .hooks import AskingSession


class Transport:
    """What a hook may ask of ``server.transport``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """``peername``, ``sockname`` or ``socket``, as asyncio's transports have them."""
        sock = self._wire.sock
        known: dict[str, Callable[[], Any]] = {
            "peername": lambda: self._wire.connection.peer,
            "sockname": sock.getsockname,
            "socket": lambda: sock,
        }
        return known[name]() if name in known else default

    def close(self) -> None:
        """End the connection, here and now."""
        self._wire.close("server")


class Face:
    """The ``server`` argument of a hook: what handlers use of aiosmtpd's SMTP class."""

    enable_SMTPUTF8 = True
    tls_context = None

    def __init__(self, session: AskingSession) -> None:
        self._session = session
        self.transport = Transport(session.wire)
        self.event_handler = session.handler

    @property
    def hostname(self) -> str:
        """The name that the fake gives itself."""
        return self._session.server.hostname

    @property
    def data_size_limit(self) -> int:
        """Bytes of the largest message."""
        return self._session.server.max_message_size

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of this connection."""
        return self._session.loop

    @property
    def session(self) -> ClientSession:
        """aiosmtpd's Session of this connection."""
        return self._session.client

    @property
    def envelope(self) -> Envelope:
        """aiosmtpd's Envelope of this transaction."""
        return self._session.envelope

    async def push(self, status: str | bytes) -> None:
        """Send a line that is no answer to anything."""
        text = status.encode() if isinstance(status, str) else status
        self._session.wire.deliver((text + b"\r\n",))

    async def challenge_auth(
        self,
        challenge: str | bytes,
        encode_to_b64: bool = True,
        log_client_response: bool = False,
    ) -> Any:
        """Send a 334 with ``challenge`` and return the client's response, decoded; or MISSING when
        it cancelled or was no base64, which the client has been told then."""
        text = challenge.encode() if isinstance(challenge, str) else challenge
        return self._session.challenge(sasl.encode(text) if encode_to_b64 else text)
