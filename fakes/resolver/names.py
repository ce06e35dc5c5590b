"""Names and addresses as the C library takes them."""

from __future__ import annotations

import _socket
import ipaddress
import socket
import string

HOST_NAME = frozenset(f"{string.ascii_letters}{string.digits}-_.".encode())
DIGITS_AND_DOTS = frozenset(f"{string.digits}.".encode())
MAX_LABEL = 63  # octets, RFC 1035 section 2.3.4
MAX_NAME = 255  # octets on the wire, the lengths of the labels and the root included
# The addresses that every /etc/hosts has a name for.
LOOPBACK = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


def labels(name: bytes) -> list[bytes] | None:
    """The labels of a name that a packet can carry; None for one whose labels are empty or too
    long, which no C library asks for."""
    found = name.removesuffix(b".").split(b".") if name != b"." else []
    fits = all(0 < len(label) <= MAX_LABEL for label in found)
    return found if fits and sum(map(len, found)) + len(found) < MAX_NAME else None


def is_host_name(name: bytes) -> bool:
    """Whether glibc lets it pass for the name of a host (its res_hnok), in a packet as well."""
    return HOST_NAME.issuperset(name) and not name.startswith(b"-")


def is_dotted_number(name: bytes) -> bool:
    """Whether it has digits and dots alone, as an address has."""
    return DIGITS_AND_DOTS.issuperset(name) and name[-1:].isdigit()


def literal(host: bytes, family: int) -> str | None:
    """The address that ``host`` is already: ``127.1``, ``::1``, ``fe80::1%lo``; None for a name.

    Raises gaierror (EAI_ADDRFAMILY) for an address of another family, as the system does.
    """
    if not host:
        return None
    try:
        found = _socket.getaddrinfo(host, None, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            return None
        raise
    return str(found[0][4][0])


def reverse_name(address: str) -> bytes | None:
    """The name that is asked for an address (RFC 1035 section 3.5, RFC 3596 section 2.5); that of
    ``192.0.2.1`` for ``::ffff:192.0.2.1``. None for ``::``, which glibc asks nobody for."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_unspecified:
            return None
        ip = ip.ipv4_mapped or ip
    return ip.reverse_pointer.encode("ascii")


def is_loopback(address: str) -> bool:
    """Whether it is 127.0.0.1 or ::1."""
    return ipaddress.ip_address(address.partition("%")[0]) in LOOPBACK


def is_mapped(address: str) -> bool:
    """Whether it is an IPv4 address written as an IPv6 one (RFC 4291 section 2.5.5.2)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None
