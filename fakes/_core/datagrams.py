"""A port for datagrams: a thread that takes each from the system's queue, and stops at once.

Two rules hold here. The socket is bound before the thread starts, so that nothing that a client
sends after ``start()`` is lost. And a datagram is in the system's queue until this says that it is
busy with it, so that ``pending()`` is never wrong.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections.abc import Callable
from typing import Any

from . import sockets
from .listener import PATIENCE, RETRY

LONGEST = 65535  # bytes of a datagram
QUEUED = 2**20  # bytes that we ask the system to queue; it may grant fewer
TOO_LONG_TO_PEEK = getattr(errno, "WSAEMSGSIZE", None)  # how Windows says that there is more

Received = Callable[[socket.socket, bytes, tuple[Any, ...]], None]


class DatagramPort:
    """Hands each datagram to ``received(socket, packet, peer)``, in a thread of its own.

    ``failed`` is told of an error of the system, ``idle`` that a datagram has been dealt with.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        received: Received,
        failed: Callable[[BaseException], None],
        idle: Callable[[], None],
        stopping: threading.Event,
        name: str,
    ) -> None:
        self.address: tuple[Any, ...] = (host, port)
        self.receiving = False
        self.thread: threading.Thread | None = None
        self._received = received
        self._failed = failed
        self._idle = idle
        self._stopping = stopping
        self._busy = False  # with a datagram that is not in the system's queue any more
        self._name = name
        self.socket = socket.socket(
            socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM
        )

    def open(self, receiving: bool = True) -> None:
        """Bind, and receive unless the port is to be held while nothing is there."""
        try:
            self.socket.bind(self.address)
            self.address = self.socket.getsockname()
        except OSError as error:
            self.socket.close()
            where = ":".join(map(str, self.address[:2]))
            raise OSError(error.errno, f"cannot receive on {where}: {error.strerror}") from None
        if not receiving:
            self._turn_away()
            return
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUED)
        self.receiving = True
        self.thread = threading.Thread(target=self._receive_all, name=self._name, daemon=True)
        self.thread.start()

    def _receive_all(self) -> None:
        while self.receiving:
            try:
                self._await()
                self._busy = True
                packet, peer = self.socket.recvfrom(LONGEST)
                if self.receiving:
                    self._received(self.socket, packet, peer)
            except (BlockingIOError, ConnectionResetError):  # Windows: an answer found nobody
                pass
            except OSError as error:
                if self.receiving:
                    self._failed(error)
                    self._stopping.wait(RETRY)
            finally:
                self._busy = False
            self._idle()

    def _await(self) -> None:
        """Wait for a datagram, and leave it in the queue."""
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except OSError as error:
            if TOO_LONG_TO_PEEK is None or error.errno != TOO_LONG_TO_PEEK:
                raise

    def close(self) -> None:
        """Stop receiving and give the port back. From its own thread, too. Only a callable of the
        test can hold that thread, and it is not waited for longer than PATIENCE."""
        self._stop_receiving()
        self.socket.close()

    def refuse(self) -> None:
        """Stop receiving and hold the port, so that datagrams are refused from now on."""
        self._stop_receiving()
        self._turn_away()

    def _turn_away(self) -> None:
        # Bound to itself alone it hears nobody else, and the system answers for it that the port
        # is unreachable.
        self.socket.connect(self.address)

    def _stop_receiving(self) -> None:
        self.receiving = False
        if self.thread is not None and self.thread is not threading.current_thread():
            self._wake()
            self.thread.join(PATIENCE)

    def _wake(self) -> None:
        """Have it look again: by a datagram, unless its queue is full, when it looks anyway."""
        host, *rest = self.address
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        kind = self.socket.family, socket.SOCK_DGRAM
        with contextlib.suppress(OSError), socket.socket(*kind) as waker:
            waker.sendto(b"", (here, *rest))

    def pending(self) -> bool:
        """Whether a datagram has come and is not dealt with yet."""
        return self.receiving and (sockets.is_readable(self.socket) or self._busy)
