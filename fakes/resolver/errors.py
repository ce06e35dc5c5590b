"""What lookups raise: the codes and the words of each C library, as data."""

from __future__ import annotations

import socket
from typing import NamedTuple

# The numbers are the system's own: macOS and Windows have others, and may lack some.
EAI_NONAME = int(socket.EAI_NONAME)
EAI_AGAIN = int(socket.EAI_AGAIN)
EAI_NODATA = int(getattr(socket, "EAI_NODATA", EAI_NONAME))

# h_errno as <netdb.h> has it, everywhere the same.
HOST_NOT_FOUND, TRY_AGAIN, NO_RECOVERY, NO_DATA = 1, 2, 3, 4
HERROR_TEXTS = {
    0: "Resolver Error 0 (no error)",
    HOST_NOT_FOUND: "Unknown host",
    TRY_AGAIN: "Host name lookup failure",
    NO_RECOVERY: "Unknown server error",
    NO_DATA: "No address associated with name",
}


class Words(NamedTuple):
    """What a C library says to the codes of getaddrinfo."""

    no_name: str
    no_data: str
    again: str


GLIBC = Words(
    "Name or service not known",
    "No address associated with hostname",
    "Temporary failure in name resolution",
)
MUSL = Words("Name does not resolve", "Name does not resolve", "Try again")


class UnknownName(socket.gaierror):
    """A name that the fake DNS knows nothing of was looked up: EAI_NONAME, with what to do."""


def gaierror(code: int, words: Words) -> socket.gaierror:
    """The error of getaddrinfo, with the words of a C library."""
    said = {EAI_NODATA: words.no_data, EAI_AGAIN: words.again, EAI_NONAME: words.no_name}
    return socket.gaierror(code, said[code])


def herror(code: int) -> socket.herror:
    """The error of gethostbyaddr."""
    return socket.herror(code, HERROR_TEXTS[code])
