"""The listener: ``socketserver`` accepts, and stops at once.

``serve_forever`` of the standard library looks twice a second whether it should stop. This one
blocks in accept(2) and is woken: a listening socket that is shut down returns from accept on Linux,
and elsewhere a connection of our own does it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Any

from . import sockets

Accepted = Callable[[socket.socket, tuple[Any, ...]], None]
Failed = Callable[[BaseException], None]


class Listener(socketserver.TCPServer):
    """Accepts in a thread of its own and hands each socket to ``accepted(socket, peer)``."""

    request_queue_size = 128
    # On Windows the option would let two servers share a port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, host: str, port: int, accepted: Accepted, failed: Failed, name: str) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._accepted = accepted
        self._failed = failed
        self._closing = False
        self._thread: threading.Thread | None = None
        self._name = name
        super().__init__((host, port), socketserver.BaseRequestHandler, bind_and_activate=False)

    def open(self, listening: bool = True) -> None:
        """Bind, and listen unless the port is to be held while nothing listens on it."""
        try:
            self.server_bind()
            if listening:
                self.server_activate()
        except OSError as error:
            self.server_close()
            host, port = self.server_address[:2]
            raise OSError(
                error.errno, f"cannot listen on {host}:{port}: {error.strerror}"
            ) from None
        if listening:
            self._thread = threading.Thread(target=self.serve_forever, name=self._name, daemon=True)
            self._thread.start()

    def serve_forever(self, poll_interval: float = 0) -> None:
        """Accept until closed."""
        while not self._closing:
            try:
                request, peer = self.get_request()
            except ConnectionAbortedError:  # the client left before it was let in
                continue
            except OSError as error:
                if not self._closing:
                    self._failed(error)
                return
            if self._closing:
                request.close()
            else:
                self._accepted(request, peer)

    def close(self) -> None:
        """Stop accepting and give the port back. From the thread that accepts, too."""
        self._closing = True
        if self._thread is not None and self._thread is not threading.current_thread():
            self._wake()
            self._thread.join()
        self.server_close()

    def _wake(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # not everywhere a listening socket can be shut down
            with contextlib.suppress(OSError), socket.socket(self.address_family) as waker:
                waker.setblocking(False)
                waker.connect(self.server_address)

    def pending(self) -> bool:
        """Whether a client is connected and not accepted yet."""
        return sockets.is_readable(self.socket)
