"""What glibc's getaddrinfo and gethostbyaddr make of what became of their questions.

The tables were measured on glibc 2.36 against a scripted server.
"""

from __future__ import annotations

import socket

from . import names
from .errors import (
    EAI_AGAIN,
    EAI_NODATA,
    EAI_NONAME,
    HOST_NOT_FOUND,
    NO_DATA,
    NO_RECOVERY,
    TRY_AGAIN,
)
from .errors import GLIBC as WORDS
from .library import Forward, Reverse, map_addresses
from .message import AAAA, PTR, A, Kind, Reply
from .stub import Server, ask

__all__ = ["REVERSE_FAILS", "WORDS", "forward", "may_ask", "reverse"]

REVERSE_FAILS = True  # gethostbyaddr, for an address without a name

# getaddrinfo for one family: AF_INET, AF_INET6. They differ where the libraries' own code does.
ONE_FAMILY: dict[Kind, tuple[int, int]] = {
    Kind.NXDOMAIN: (EAI_NONAME, EAI_NONAME),
    Kind.NODATA: (EAI_NODATA, EAI_NODATA),
    Kind.FAILED: (EAI_AGAIN, EAI_AGAIN),
    Kind.ERROR: (EAI_NONAME, EAI_NONAME),
    Kind.UNUSABLE: (EAI_NODATA, EAI_NONAME),
    Kind.MALFORMED: (EAI_NODATA, EAI_NONAME),
    Kind.SILENT: (EAI_AGAIN, EAI_AGAIN),
    Kind.GARBAGE: (EAI_AGAIN, EAI_AGAIN),
    Kind.CUT_OFF: (EAI_NONAME, EAI_AGAIN),
}

# h_errno after one question; None leaves what an earlier lookup of the thread has put there.
H_ERRNO: dict[Kind, int | None] = {
    Kind.NXDOMAIN: HOST_NOT_FOUND,
    Kind.NODATA: NO_DATA,
    Kind.FAILED: TRY_AGAIN,
    Kind.ERROR: NO_RECOVERY,
    Kind.UNUSABLE: None,
    Kind.MALFORMED: None,
    Kind.SILENT: TRY_AGAIN,
    Kind.GARBAGE: TRY_AGAIN,
    Kind.CUT_OFF: TRY_AGAIN,
}

# Of two families without an address the one that comes first here decides.
NO_NAME = (Kind.NXDOMAIN, Kind.ERROR, Kind.UNUSABLE, Kind.MALFORMED)
# Either of these ends a lookup of both families, whatever the other question brought.
FATAL = (Kind.GARBAGE, Kind.CUT_OFF)

# Of these getnameinfo says EAI_AGAIN; of the others that there is no name.
TEMPORARY = (Kind.FAILED, Kind.SILENT, Kind.GARBAGE, Kind.CUT_OFF)


def one_family(type: int, reply: Reply) -> int:
    """The code for AF_INET or AF_INET6; 0 where there are addresses."""
    return 0 if reply.kind is Kind.ANSWERED else ONE_FAMILY[reply.kind][type == AAAA]


def both_families(a: Reply, aaaa: Reply) -> int:
    """The code for AF_UNSPEC, whose questions are asked together; 0 where there are addresses."""
    kinds = (a.kind, aaaa.kind)
    if a.kind is Kind.SILENT or any(kind in FATAL for kind in kinds):
        return EAI_AGAIN
    if a.kind is Kind.MALFORMED:  # what follows is not looked at
        return EAI_NONAME
    return 0 if Kind.ANSWERED in kinds else neither(a, aaaa)


def neither(*replies: Reply) -> int:
    """The code for two families of which none has an address."""
    kinds = [reply.kind for reply in replies]
    if any(kind in NO_NAME for kind in kinds):
        return EAI_NONAME
    return EAI_NODATA if Kind.NODATA in kinds else EAI_AGAIN


def may_ask(name: bytes, family: int) -> bool:
    """Whether it asks for such a name at all. For AF_INET alone, one of digits and dots can only be
    an address, and is a wrong one."""
    return names.is_host_name(name) and not (
        family == socket.AF_INET and names.is_dotted_number(name)
    )


def forward(server: Server, name: list[bytes], family: int, mapped: str = "") -> Forward:
    """The addresses of a name. ``mapped``: ``"instead"`` for AI_V4MAPPED, ``"all"`` with AI_ALL."""
    if family == socket.AF_UNSPEC:
        a, aaaa = ask(server, name, (A, AAAA))
        return found(both_families(a, aaaa), a, aaaa)
    type = A if family == socket.AF_INET else AAAA
    (reply,) = ask(server, name, (type,))
    code = one_family(type, reply)
    if not mapped or (mapped != "all" and not code):
        return found(code, reply)
    (v4,) = ask(server, name, (A,))
    v4 = map_addresses(v4)
    return found(neither(reply, v4) if Kind.ANSWERED not in (reply.kind, v4.kind) else 0, reply, v4)


def found(code: int, *replies: Reply) -> Forward:
    """What getaddrinfo returns: all addresses, and the name that the first of them has."""
    if code:
        errors = [H_ERRNO[reply.kind] for reply in replies if reply.kind is not Kind.ANSWERED]
        return Forward(code, errno=next((error for error in errors if error is not None), None))
    # Behind a good answer for IPv4, those that one for IPv6 has before it is malformed count too.
    good = [reply for reply in replies if reply.data]
    addresses = tuple(address for reply in good for address in reply.data)
    return Forward(0, addresses, good[0].owner, good[0].aliases)


def reverse(server: Server, name: list[bytes]) -> Reverse:
    """The name of an address. What has no address of that name is not looked at."""
    (reply,) = ask(server, name, (PTR,))
    if reply.kind is Kind.ANSWERED:
        return Reverse(reply.data[0])
    return Reverse("", H_ERRNO[reply.kind], reply.kind in TEMPORARY)
