"""What a C library makes of a lookup: the shape that the flavours share."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Protocol

from .errors import Words
from .message import Reply
from .stub import Server


class Forward(NamedTuple):
    """What became of a name: the code of getaddrinfo, or 0 and the addresses.

    ``owner`` is the name that has them, ``aliases`` those that led to it; ``errno`` is what
    h_errno is set to, if it is.
    """

    code: int
    addresses: tuple[str, ...] = ()
    owner: str = ""
    aliases: tuple[str, ...] = ()
    errno: int | None = None


class Reverse(NamedTuple):
    """What became of an address: its name, or ``""`` with what h_errno is set to, if it is, and
    whether it is worth trying again."""

    name: str
    errno: int | None = None
    is_temporary: bool = False


class Library(Protocol):
    """A flavour: a module with these names."""

    WORDS: Words
    REVERSE_FAILS: bool

    def may_ask(self, name: bytes, family: int) -> bool: ...

    def forward(
        self, server: Server, name: list[bytes], family: int, mapped: str = ""
    ) -> Forward: ...

    def reverse(self, server: Server, name: list[bytes]) -> Reverse: ...


def map_addresses(reply: Reply) -> Reply:
    """The IPv4 addresses of a reply as IPv6 addresses (RFC 4291 section 2.5.5.2)."""
    return replace(reply, data=tuple(f"::ffff:{address}" for address in reply.data))
