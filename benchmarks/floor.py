"""The floor: the cheapest `socketserver` server. Each protocol adds a handler with canned answers.

Such a handler understands nothing and keeps nothing. What it costs is what Python's sockets and
threads cost, so a ratio against it shows what a subject adds of its own. Two rules keep the
comparison fair:

- one thread a connection, TCP_NODELAY, every answer in one send: as a good fake does it;
- `stop()` wakes the acceptor (no polling interval) and returns when every thread has ended.
"""

import contextlib
import socket
import socketserver
import threading
from typing import Any


class FloorHandler(socketserver.StreamRequestHandler):
    """Base of the handlers: `handle()` answers on a connection with TCP_NODELAY."""

    disable_nagle_algorithm = True


class FloorServer(socketserver.ThreadingTCPServer):
    """A threading server with a blocking accept, which `stop()` wakes."""

    def __init__(self, handler: type[FloorHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._live: set[Any] = set()
        self._stopping = False
        self._acceptor = threading.Thread(target=self.serve_forever)

    def start(self) -> tuple[str, int]:
        """Accept from now on; return host and port."""
        self._acceptor.start()
        host, port = self.socket.getsockname()
        return host, port

    def serve_forever(self, poll_interval: float = 0) -> None:
        """Accept until woken by `stop()`; nothing is polled."""
        with contextlib.suppress(OSError):
            while True:
                request, address = self.get_request()
                if self._stopping:
                    self.shutdown_request(request)
                    return
                self.process_request(request, address)

    def get_request(self) -> tuple[Any, Any]:
        """Accept one connection and remember it, so that `stop()` can end it."""
        request, address = super().get_request()
        self._live.add(request)
        return request, address

    def shutdown_request(self, request: Any) -> None:
        """Close one connection and forget it."""
        super().shutdown_request(request)
        self._live.discard(request)

    def stop(self) -> None:
        """Wake and join the acceptor, end the live connections, join their threads."""
        self._wake()
        self._acceptor.join()
        for request in list(self._live):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def _wake(self) -> None:
        """End the blocked accept."""
        self._stopping = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # not every system shuts down a listening socket: send it a last visitor
            socket.create_connection(self.socket.getsockname()).close()
