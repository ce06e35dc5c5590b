"""Waiting for two things at once: what the client says, and what becomes of the mailbox."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .._core.sockets import LONGEST

if TYPE_CHECKING:
    from ..mailbox import Mailbox


class Bell:
    """Rung by who changes a mailbox, heard by who waits for that and for a socket."""

    def __init__(self) -> None:
        self._rung, self._heard = socket.socketpair()
        self._rung.setblocking(False)
        self._heard.setblocking(False)

    def ring(self) -> None:
        """Never waits: when it was rung so often that nothing more goes in, it will be heard."""
        with contextlib.suppress(OSError):
            self._rung.send(b"!")

    def hear(self) -> None:
        """Forget how often it was rung."""
        with contextlib.suppress(OSError):
            while self._heard.recv(4096):
                pass

    def wait(self, sock: socket.socket, seconds: float | None) -> bool | None:
        """Wait until it is rung (True), or there is something to read (False); None when neither
        came in so many seconds."""
        if hasattr(select, "poll"):  # select() knows no file descriptor over 1023
            poller = select.poll()
            poller.register(sock, select.POLLIN)
            poller.register(self._heard, select.POLLIN)
            most = None if seconds is None else min(seconds * 1000, LONGEST)
            ready = [fd for fd, _ in poller.poll(most)]
            return None if not ready else sock.fileno() not in ready
        found = select.select([sock, self._heard], [], [], seconds)[0]
        return None if not found else sock not in found

    def close(self) -> None:
        self._rung.close()
        self._heard.close()


@contextlib.contextmanager
def watching(folder: Mailbox) -> Iterator[Bell]:
    """A bell that each change of ``folder`` rings."""
    bell = Bell()
    folder.watch(bell.ring)
    try:
        yield bell
    finally:
        folder.unwatch(bell.ring)
        bell.close()
