"""What the matrix finds in the clients, in plain words: data, a module a protocol.

A run compares them with its verdicts, so that the document cannot say what is not so.
"""

from __future__ import annotations

from collections.abc import Iterable

from cells import LEFT_OUT, UNJUDGED, Cell
from matrix import is_broken

from . import dns, ftp, http, imap, mail, xmlrpc
from .finding import Finding

__all__ = ["FINDINGS", "WHY_LEFT_OUT", "Finding", "drift", "unknown", "way"]

FINDINGS: list[Finding] = [
    *mail.FINDINGS,
    *imap.FINDINGS,
    *ftp.FINDINGS,
    *dns.FINDINGS,
    *http.FINDINGS,
    *xmlrpc.FINDINGS,
]

# Why a client does not get through where nothing goes wrong: by protocol, client and mode of TLS.
HANDSHAKE_FIRST = (
    "it wants the TLS handshake of a data connection done before it sends the command, and the "
    "fake begins that behind the 150, as vsftpd does: both wait"
)
WHY_LEFT_OUT: dict[tuple[str, str, str | None], str] = {
    ("imap", "aioimaplib", "starttls"): "it has no STARTTLS",
    ("ftp", "aioftp", "starttls"): HANDSHAKE_FIRST,
    ("ftp", "aioftp", "implicit"): HANDSHAKE_FIRST,
    ("dns", "socket", "implicit"): "the resolver of the C library has no TLS",
}


def drift(cells: Iterable[Cell], findings: Iterable[Finding]) -> tuple[list[Cell], list[Cell]]:
    """The broken cells that no finding covers, that could not be judged, or that are left out for
    no reason that is known; and those of which a finding says another word."""
    said = {place[:3]: place[3] for finding in findings for place in finding.places()}
    new, gone = [], []
    for cell in cells:
        word = said.get(_key(cell))
        if word is not None and word != cell.word:
            gone.append(cell)
        elif (
            cell.word == UNJUDGED
            or (cell.word == LEFT_OUT and way(cell) not in WHY_LEFT_OUT)
            or (is_broken(cell) and word is None)
        ):
            new.append(cell)
    return new, gone


def unknown(known: Iterable[tuple[str, str]], findings: Iterable[Finding]) -> list[str]:
    """Cases of findings that the catalogue, by protocol and name, has not."""
    known = set(known)
    said = {(place[0], place[2]) for finding in findings for place in finding.places()}
    return sorted(f"{protocol} {case}" for protocol, case in said - known)


def way(cell: Cell) -> tuple[str, str, str | None]:
    """How WHY_LEFT_OUT names it."""
    return cell.job.protocol, cell.job.client, cell.job.tls


def _key(cell: Cell) -> tuple[str, str, str]:
    return cell.job.protocol, cell.job.client, cell.job.case
