"""What the socket interface spells differently from system to system."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys

BROKEN = 0  # told without being asked for
READABLE = getattr(select, "POLLIN", 1)
ENDED = getattr(select, "POLLRDHUP", 0)
# Linux tells that the other side has ended the connection even behind input that is not read.
TELLS_ENDINGS = bool(ENDED)
LONGEST = 2**31 - 1  # milliseconds that poll(2) can be asked for


def wait_for(sock: socket.socket, what: int, seconds: float | None) -> bool:
    """Wait for READABLE, ENDED or BROKEN, so many seconds at most (None: without end)."""
    if hasattr(select, "poll"):  # select() knows no file descriptor over 1023
        poller = select.poll()
        poller.register(sock, what)
        return bool(poller.poll(None if seconds is None else min(seconds * 1000, LONGEST)))
    return bool(select.select([sock], [], [], seconds)[0])


def limit_waits(sock: socket.socket, seconds: float | None) -> None:
    """Have recv() and sendall() give up after so many seconds without a byte.

    Most systems see to that themselves, and BlockingIOError tells; settimeout(), which TLS needs
    and which raises TimeoutError, would cost a poll(2) before each of them.
    """
    if seconds is None or sys.platform == "win32":
        sock.settimeout(seconds)
        return
    seconds = min(seconds, 1e9)
    limit = struct.pack("ll", int(seconds), max(1, int(seconds % 1 * 1e6)))
    sock.setblocking(True)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def shut_down(sock: socket.socket, how: int) -> None:
    """shutdown(2), of a socket that the other side may have ended already."""
    with contextlib.suppress(OSError):
        sock.shutdown(how)


def close_with_rst(sock: socket.socket) -> None:
    """Close with RST: lingering for zero seconds is how the socket interface spells it."""
    layout = "hh" if sys.platform == "win32" else "ii"
    with contextlib.suppress(OSError):  # the other side was faster
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(layout, 1, 0))
    sock.close()


def has_left(sock: socket.socket) -> bool:
    """Whether the client has ended its side, read to its end by us or not."""
    try:
        if TELLS_ENDINGS:
            return wait_for(sock, ENDED, 0)
        return wait_for(sock, READABLE, 0) and not _peek(sock)
    except (OSError, ValueError):  # closed by its own thread in this moment
        return True


def _peek(sock: socket.socket) -> bytes:
    """The next byte, not waited for: the socket's own thread may have taken it just now."""
    try:
        return sock.recv(1, socket.MSG_PEEK | getattr(socket, "MSG_DONTWAIT", 0))
    except BlockingIOError:
        return b"taken"


def is_readable(sock: socket.socket) -> bool:
    """Whether there is something to read or to accept."""
    try:
        return wait_for(sock, READABLE, 0)
    except (OSError, ValueError):  # closed
        return False


def acknowledge(sock: socket.socket) -> None:
    """Acknowledge what has come now and not 40 ms later, where the other side waits for that before
    it sends more (Nagle) and we have nothing to say that would carry the acknowledgement."""
    if hasattr(socket, "TCP_QUICKACK"):
        with contextlib.suppress(OSError):  # gone
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


SIOCOUTQNSD = 0x894B  # bytes not sent; TIOCOUTQ counts those whose delayed ACK (40 ms) is due, too


def unsent(sock: socket.socket) -> int:
    """Bytes that did not leave for the client's system yet; 0 where the system does not tell, or
    when they never will."""
    if sys.platform == "darwin":
        return sock.getsockopt(socket.SOL_SOCKET, 0x1024)  # SO_NWRITE
    if sys.platform == "linux":
        import fcntl

        if wait_for(sock, BROKEN, 0):
            return 0
        return int.from_bytes(fcntl.ioctl(sock, SIOCOUTQNSD, bytes(4)), sys.byteorder)
    return 0
