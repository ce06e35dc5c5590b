"""What the socket interface spells differently from system to system."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys

READABLE = getattr(select, "POLLIN", 1)
ENDED = getattr(select, "POLLRDHUP", 0)
# Linux tells that the other side has ended the connection even behind input that is not read.
TELLS_ENDINGS = bool(ENDED)


def wait_for(sock: socket.socket, what: int, seconds: float | None) -> bool:
    """Wait for READABLE or ENDED, so many seconds at most (None: without end)."""
    if hasattr(select, "poll"):  # select() knows no file descriptor over 1023
        poller = select.poll()
        poller.register(sock, what)
        return bool(poller.poll(None if seconds is None else seconds * 1000))
    return bool(select.select([sock], [], [], seconds)[0])


def shut_down(sock: socket.socket, how: int) -> None:
    """shutdown(2), of a socket that the other side may have ended already."""
    with contextlib.suppress(OSError):
        sock.shutdown(how)


def close_with_rst(sock: socket.socket) -> None:
    """Close with RST: lingering for zero seconds is how the socket interface spells it."""
    layout = "hh" if sys.platform == "win32" else "ii"
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(layout, 1, 0))
    sock.close()


def has_left(sock: socket.socket) -> bool:
    """Whether the client has ended its side, read to its end by us or not."""
    try:
        if TELLS_ENDINGS:
            return wait_for(sock, ENDED, 0)
        return wait_for(sock, READABLE, 0) and not sock.recv(1, socket.MSG_PEEK)
    except (OSError, ValueError):  # closed by its own thread in this moment
        return True


def is_readable(sock: socket.socket) -> bool:
    """Whether there is something to read or to accept."""
    try:
        return wait_for(sock, READABLE, 0)
    except (OSError, ValueError):  # closed
        return False


def unsent(sock: socket.socket) -> int:
    """Bytes that the client's system has not received yet; 0 where the system does not tell."""
    if sys.platform == "darwin":
        return sock.getsockopt(socket.SOL_SOCKET, 0x1024)  # SO_NWRITE
    if sys.platform == "linux":
        import fcntl
        import termios

        answer = fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(answer, sys.byteorder)
    return 0
