"""Sockets that answer for the fake and are not its own: the wrong address, the wrong port."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import FakeDNS

OTHER_PORT = ""  # in the place of an address: the fake's own, with another port


def check_address(address: str) -> str:
    """Raise ValueError for what is no loopback address, OSError for one that this system has not:
    on Linux all of 127.0.0.0/8 are there, elsewhere those that were made."""
    if not ipaddress.ip_address(address).is_loopback:
        raise ValueError(f"address={address!r}: give another loopback address, such as 127.0.0.2")
    _bound(address, 0).close()
    return address


def other_source(address: str, server: FakeDNS) -> socket.socket:
    """A socket with another address than the fake's, or, for OTHER_PORT, with another port."""
    if address == OTHER_PORT:
        return _bound(_own(server), 0)
    if address == _own(server):
        raise ValueError(f"from_other_address({address!r}): that is the fake's own")
    try:
        return _bound(address, server.port)
    except OSError:  # somebody has that port there; the address is wrong all the same
        return _bound(address, 0)


def _own(server: FakeDNS) -> str:
    return "127.0.0.1" if server.host in ("localhost", "0.0.0.0") else server.host


def _bound(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.bind((address, port))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot send from {address}: {error.strerror}") from None
    return sock
