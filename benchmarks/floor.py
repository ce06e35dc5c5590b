"""The floor: the cheapest `socketserver` servers that still look like SMTP, POP3 and HTTP.

They understand nothing and keep nothing. What they cost is what Python's sockets and threads cost,
so a ratio against them shows what a subject adds of its own. Two rules keep the comparison fair:

- one thread a connection, TCP_NODELAY, every answer in one send: as a good fake does it;
- `stop()` wakes the acceptor (no polling interval) and returns when every thread has ended.
"""

import contextlib
import socket
import socketserver
import threading
from typing import Any

from clients import CONTENT

GREETING = b"220 localhost floor\r\n"
OK = b"250 OK\r\n"
REPLIES = {b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"}
POP3_OK = b"+OK\r\n"
POP3_MESSAGE = b"+OK message follows\r\n" + CONTENT
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class SMTPFloor(socketserver.StreamRequestHandler):
    """A canned reply for each line; the lines of DATA are read to the final dot."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer until QUIT or the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        send(GREETING)
        while line := readline():
            verb = line[:4]
            send(REPLIES.get(verb, OK))
            if verb == b"QUIT":
                return
            if verb == b"DATA":
                while readline() not in (b".\r\n", b""):
                    pass
                send(OK)


class POP3Floor(socketserver.StreamRequestHandler):
    """A canned answer for each line, and a canned message for RETR."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer until QUIT or the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        send(POP3_OK)
        while line := readline():
            verb = line[:4]
            send(POP3_MESSAGE if verb == b"RETR" else POP3_OK)
            if verb == b"QUIT":
                return


class HTTPFloor(socketserver.StreamRequestHandler):
    """A canned response for each blank line, on a connection that stays open."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer until the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        while line := readline():
            if line == b"\r\n":
                send(RESPONSE)


class FloorServer(socketserver.ThreadingTCPServer):
    """A threading server with a blocking accept, which `stop()` wakes."""

    def __init__(self, handler: type[socketserver.StreamRequestHandler]) -> None:
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
