"""The listener: ``socketserver`` accepts, and stops at once.

``serve_forever`` of the standard library looks twice a second whether it should stop. This one
waits for a client without end and is woken: on Linux by shutting the listening socket down, and
elsewhere by a connection of our own.
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

PATIENCE = 5.0  # seconds that the end of a thread is waited for
RETRY = 0.05  # seconds after which accepting is tried again when the system refused it

Accepted = Callable[[socket.socket, tuple[Any, ...]], None]
Failed = Callable[[BaseException], None]


class Listener(socketserver.TCPServer):
    """Accepts in a thread of its own and hands each socket to ``accepted(socket, peer)``.

    ``failed`` is told of an error of the system, ``entered`` that a client is let in whole.
    """

    request_queue_size = 128
    # On Windows the option would let two servers share a port.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        accepted: Accepted,
        failed: Failed,
        entered: Callable[[], None],
        stopping: threading.Event,
        name: str,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.thread: threading.Thread | None = None
        self.listening = False
        self._accepted = accepted
        self._failed = failed
        self._entered = entered
        self._stopping = stopping
        self._entering = False  # a client is accepted, and not let in yet
        self._door = threading.Lock()  # held while a client is taken from the system's queue
        self._name = name
        super().__init__((host, port), socketserver.BaseRequestHandler, bind_and_activate=False)

    def open(self, listening: bool = True) -> None:
        """Bind, and listen unless the port is to be held while nothing listens on it."""
        try:
            self.server_bind()
            if listening:
                self.server_activate()
                self.socket.setblocking(False)  # a client may leave between wait and accept
        except OSError as error:
            self.server_close()
            where = ":".join(map(str, self.server_address[:2]))
            raise OSError(error.errno, f"cannot listen on {where}: {error.strerror}") from None
        if listening:
            self.listening = True
            self.thread = threading.Thread(target=self.serve_forever, name=self._name, daemon=True)
            self.thread.start()

    def serve_forever(self, poll_interval: float = 0) -> None:
        """Accept until closed."""
        failed = False
        while self.listening:
            try:
                sockets.wait_for(self.socket, sockets.READABLE, None)
                with self._door:
                    request, peer = self.get_request()
                    self._entering = True
            except (BlockingIOError, ConnectionAbortedError):  # the client left again
                continue
            except OSError as error:
                if self.listening:
                    if not failed:
                        self._failed(error)
                    self._stopping.wait(RETRY)  # out of descriptors, say: some may be free then
                failed = True
                continue
            failed = False
            if self.listening:
                self._accepted(request, peer)
            else:  # too late: as the system does to those who are still in its queue
                sockets.close_with_rst(request)
            self._entering = False
            self._entered()

    def close(self) -> None:
        """Stop accepting and give the port back. From the thread that accepts, too. Only a
        callable of the test can hold that thread, and it is not waited for longer than PATIENCE."""
        self._stop_accepting()
        self.server_close()

    def refuse(self) -> None:
        """Stop accepting and hold the port, so that clients are refused from now on."""
        self._stop_accepting()
        self.server_close()
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_bind()

    def _stop_accepting(self) -> None:
        self.listening = False
        if self.thread is not None and self.thread is not threading.current_thread():
            self._wake()
            self.thread.join(PATIENCE)

    def _wake(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # not everywhere a listening socket can be shut down
            # Established and only then left, or a system may drop it before it wakes anyone.
            with contextlib.suppress(OSError), socket.socket(self.address_family) as waker:
                waker.settimeout(1)
                waker.connect(self.server_address)

    def pending(self) -> bool:
        """Whether a client is connected and not let in yet."""
        with self._door:
            return self._entering or (self.listening and sockets.is_readable(self.socket))
