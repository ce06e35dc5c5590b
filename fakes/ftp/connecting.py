"""How a data connection comes about: RFC 959 section 3.2, RFC 2428.

Passive (PASV, EPSV): a port of ours is named and listened on from then on; who connected is let in
when the transfer begins. Active (PORT, EPRT): the client has named a port, and is called then.
pyftpdlib makes both, as its handler's ``passive_dtp`` and ``active_dtp``.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Any, Protocol

from .refusing import Announced
from .waiting import READABLE, WRITABLE, Waits, Want

if TYPE_CHECKING:
    from .engine import Engine

BACKLOG = 8
ACCEPTED = "200 Port taken; it will be called for the next transfer."
PASSIVE = "227 Entering passive mode (%s,%d,%d)."
EXTENDED = "229 Entering extended passive mode (|||%d|)."


class NotConnected(Exception):
    """No data connection came about; ``peer`` is who was turned away, if anybody was."""

    def __init__(self, peer: tuple[Any, ...] | None = None) -> None:
        super().__init__(f"no data connection, {peer} was turned away")
        self.peer = peer


class Opening(Protocol):
    """What both have in common."""

    announced: Announced  # what the script said when the client was told of it

    def connect(self, seconds: float) -> Waits[socket.socket]:
        """Connect within so many seconds. Raises NotConnected."""

    def close(self) -> None:
        """Forget it. Idempotent."""


class Listening:
    """A port that was announced to the client."""

    def __init__(self, handler: Engine, extended: bool = False) -> None:
        self.announced = Announced() if handler.dry else handler.session.announce()
        self.peer = None if handler.permit_foreign_addresses else handler.socket.getpeername()[0]
        host = handler.socket.getsockname()[0]
        self.sock = socket.socket(handler.socket.family)
        self.sock.bind((host, 0))
        port = self.sock.getsockname()[1]
        if not self.announced.refused and not handler.dry:  # else the port is held, and closed
            self.sock.listen(BACKLOG)
            self.sock.setblocking(False)
        host, port = named(handler.fake.passive_address, host, port)
        if extended:
            handler.respond(EXTENDED % port)
        else:
            handler.respond(PASSIVE % (host.replace(".", ","), port // 256, port % 256))
        if handler.dry:
            self.close()

    def connect(self, seconds: float) -> Waits[socket.socket]:
        while True:
            try:
                sock, peer = self.sock.accept()
                break
            except BlockingIOError:
                if not (yield Want(self.sock, READABLE, seconds, stalls=True)):
                    raise NotConnected from None
            except ConnectionAbortedError:
                continue
            except OSError:
                raise NotConnected from None
        self.close()
        if self.peer not in (None, peer[0]):  # RFC 2577 section 5
            sock.close()
            raise NotConnected(peer)
        return sock

    def close(self) -> None:
        self.announced.forget()
        self.sock.close()


class Calling:
    """A port that the client has named."""

    def __init__(self, host: str, port: int, handler: Engine) -> None:
        self.announced = Announced()
        self.address = host, port
        self.source = handler.socket.getsockname()[0]
        self.sock: socket.socket | None = None
        handler.respond(ACCEPTED)

    def connect(self, seconds: float) -> Waits[socket.socket]:
        sock = self.sock = socket.socket(
            socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        )
        sock.setblocking(False)
        try:
            sock.bind((self.source, 0))
            code = sock.connect_ex(self.address)
        except (OSError, OverflowError, UnicodeError):
            raise NotConnected from None
        if code in IN_PROGRESS and not (yield Want(sock, WRITABLE, seconds)):
            raise NotConnected
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or code not in (0, *IN_PROGRESS):
            raise NotConnected
        self.sock = None
        return sock

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()


IN_PROGRESS = (errno.EINPROGRESS, errno.EWOULDBLOCK)


def named(given: str | tuple[str, int] | None, host: str, port: int) -> tuple[str, int]:
    """What PASV names: the address in ``given``, and the port in it, or those that are true."""
    if given is None:
        host = host.removeprefix("::ffff:")
        return host, port
    return (given, port) if isinstance(given, str) else given


def checked_address(given: Any) -> str | tuple[str, int] | None:
    """What ``passive_address`` may be. Raises TypeError or ValueError."""
    host, port = given if isinstance(given, tuple) and len(given) == 2 else (given, 1)
    if given is not None and not isinstance(host, str):
        raise TypeError(f"passive_address = {given!r}: give an address, (address, port), or None")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise ValueError(f"passive_address = {given!r}: give a port from 0 to 65535")
    return given  # type: ignore[no-any-return]
