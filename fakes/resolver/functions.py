"""The functions of the module ``socket`` that look up names, as CPython has them, on a fake DNS.

Each takes first what it stands in the place of (``found``), and leaves to that what needs no DNS:
addresses, wrong arguments, ``localhost``, the machine's own name. The ways of CPython's
``socketmodule.c`` are kept: which functions encode in IDNA, which ask twice, which raise herror.
"""

from __future__ import annotations

import _socket
import enum
import errno
import os
import socket
from collections.abc import Callable
from typing import Any, TypeVar

from . import names
from .asking import TYPES, Asking
from .errors import EAI_AGAIN, EAI_NONAME, gaierror, herror

Found = Callable[..., Any]
Log = Callable[[str, str, Callable[[], Any]], Any]
E = TypeVar("E", bound=enum.IntEnum)

AI_V4MAPPED = int(getattr(socket, "AI_V4MAPPED", 0))
AI_ALL = int(getattr(socket, "AI_ALL", 0))
# Flags that are about names, and nothing to an address.
ABOUT_NAMES = int(socket.AI_CANONNAME) | int(getattr(socket, "AI_ADDRCONFIG", 0))
# Arguments that are no names: any address, and that of a broadcast.
NO_NAMES = (b"", b"<broadcast>")


class Functions:
    """Looks up names for one resolver."""

    def __init__(self, asking: Asking, log: Log) -> None:
        self._asking = asking
        self._log = log

    # --- forward

    def getaddrinfo(
        self,
        found: Found,
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        name = (_encoded(host) or b"").partition(b"\0")[0]  # as a string of C
        if flags & socket.AI_NUMERICHOST or name == b"*" or not _is_name(name):
            return found(host, port, family, type, proto, flags)
        about = (port, family, type, proto, flags)
        _expand("::1" if family == socket.AF_INET6 else "127.0.0.1", *about)  # wrong ones raise

        def look_up() -> Any:
            if self._asking.is_for_system(name, family):
                return found(host, *about)
            asked = self._asking.configured(family, flags)
            there = self._asking.resolve(name, asked, _mapped(family, flags))
            infos = [info for address in there.addresses for info in _expand(address, *about)]
            if flags & socket.AI_CANONNAME:
                infos[0] = (*infos[0][:3], there.owner, infos[0][4])
            return infos

        return self._log("getaddrinfo", _shown(host), look_up)

    def gethostbyname(self, found: Found, host: Any, /) -> Any:
        name = _argument(host)
        if name is None or not _is_name(name):
            return found(host)

        def look_up() -> Any:
            if self._asking.is_for_system(name, socket.AF_INET):
                return found(host)
            return self._asking.resolve(name, socket.AF_INET).addresses[0]

        return self._log("gethostbyname", _shown(host), look_up)

    def gethostbyname_ex(self, found: Found, host: Any, /) -> Any:
        name = _argument(host)
        if name is None or name in NO_NAMES:
            return found(host)
        address = names.literal(name, socket.AF_INET)
        if address is not None:
            return name.decode("ascii"), [], [address]

        def look_up() -> Any:
            if self._asking.is_for_system(name, socket.AF_INET):
                return found(host)
            self._asking.resolve(name, socket.AF_INET)  # CPython asks twice, and judges each
            there = self._asking.forward(name, socket.AF_INET)
            if there.code:
                raise herror(self._asking.h_errno)
            return there.owner, list(there.aliases), list(there.addresses)

        return self._log("gethostbyname_ex", _shown(host), look_up)

    # --- reverse

    def gethostbyaddr(self, found: Found, host: Any, /) -> Any:
        name = _argument(host)
        if name is None or name in NO_NAMES:
            return found(host)

        def look_up() -> Any:
            address = names.literal(name, socket.AF_UNSPEC)
            if address is None:
                if self._asking.is_for_system(name, socket.AF_UNSPEC):
                    return found(host)
                address = self._asking.resolve(name, socket.AF_UNSPEC).addresses[0]
            there = self._asking.reverse(address)
            if there is None:
                return found(address)
            if not there.name and self._asking.library.REVERSE_FAILS:
                raise herror(self._asking.h_errno)
            if names.is_mapped(address):  # CPython asks for IPv6 and is given IPv4
                raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
            return there.name or address, [], [address]

        return self._log("gethostbyaddr", _shown(host), look_up)

    def getnameinfo(self, found: Found, sockaddr: Any, flags: Any, /) -> Any:
        if not isinstance(flags, int) or flags & socket.NI_NUMERICHOST:
            return found(sockaddr, flags)
        numeric = flags & ~socket.NI_NAMEREQD | socket.NI_NUMERICHOST
        host, service = _socket.getnameinfo(sockaddr, numeric)

        def look_up() -> Any:
            there = self._asking.reverse(host)
            if there is None:
                return found(sockaddr, flags)
            if there.name:
                return _without_domain(there.name, flags), service
            if there.is_temporary:
                raise gaierror(EAI_AGAIN, self._asking.library.WORDS)
            if flags & socket.NI_NAMEREQD:
                raise gaierror(EAI_NONAME, self._asking.library.WORDS)
            return host, service

        return self._log("getnameinfo", host, look_up)

    # --- sockets

    def numeric(self, function: str, sock: socket.socket, address: Any) -> Any:
        """``address`` with a host that is no name any more, for a method of a socket."""
        if sock.family not in TYPES or not isinstance(address, tuple) or len(address) < 2:
            return address
        host, *rest = address
        try:  # unlike the functions, methods let ASCII be
            ascii_only = isinstance(host, str) and host.isascii()
            name = host.encode("ascii") if ascii_only else _argument(host)
        except UnicodeError:
            return address
        if name is None or b"\0" in name or not _is_name(name):
            return address

        def look_up() -> Any:
            if self._asking.is_for_system(name, sock.family):
                return address
            return (self._asking.resolve(name, sock.family).addresses[0], *rest)

        return self._log(function, _shown(host), look_up)


# --- arguments


def _encoded(host: Any) -> bytes | None:
    """A host as it goes to the C library. None for what is neither str nor bytes. Raises
    UnicodeError for what IDNA cannot write."""
    if isinstance(host, str):
        return host.encode("idna")
    return bytes(host) if isinstance(host, (bytes, bytearray)) else None


def _argument(host: Any) -> bytes | None:
    """The same for the functions that take no NUL."""
    name = _encoded(host)
    return None if name is None or b"\0" in name else name


def _is_name(host: bytes) -> bool:
    """Whether it is something to look up."""
    return host not in NO_NAMES and names.literal(host, socket.AF_UNSPEC) is None


def _shown(host: Any) -> str:
    return host if isinstance(host, str) else bytes(host).decode("utf-8", "backslashreplace")


def _mapped(family: int, flags: int) -> str:
    """Whether IPv4 addresses are wanted as IPv6 ones: instead of those, or all of them."""
    if family != socket.AF_INET6 or not flags & AI_V4MAPPED:
        return ""
    return "all" if flags & AI_ALL else "instead"


# --- results


def _expand(address: str, port: Any, family: int, type: int, proto: int, flags: int) -> list[Any]:
    """What the system's getaddrinfo says of an address: one entry for each type of socket. Raises
    what it raises for wrong arguments, and for services that it does not know."""
    of = socket.AF_INET6 if ":" in address else family
    numeric = flags & ~ABOUT_NAMES | socket.AI_NUMERICHOST
    infos = _socket.getaddrinfo(address, port, of, type, proto, numeric)
    return [
        (_member(socket.AddressFamily, of), _member(socket.SocketKind, kind), proto, canon, there)
        for of, kind, proto, canon, there in infos
    ]


def _member(kind: type[E], number: int) -> E | int:
    """As the module socket names its numbers."""
    try:
        return kind(number)
    except ValueError:
        return number


def _without_domain(name: str, flags: int) -> str:
    """A name without the domain of this machine, if NI_NOFQDN says so."""
    domain = socket.gethostname().partition(".")[2]
    if flags & socket.NI_NOFQDN and domain:
        return name.removesuffix(f".{domain}")
    return name
