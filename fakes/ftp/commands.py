"""The rules of FTP as data, and how a verb is found in a line.

What a well-behaved server answers to a command is pyftpdlib's business (``engine.py``). Here stands
what the script must know of it: which verbs there are, and the class of status with which a command
has its effect (RFC 959 section 4.2): ``1`` a transfer begins, ``2`` it is done, ``3`` it is half of
something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BEGINS, DONE, HALF = "1", "2", "3"

LINE = 4096  # bytes of the longest command line; RFC 959 sets no limit, and a path has as many


@dataclass(frozen=True)
class Command:
    """One verb, where it is described, and the class of status with which it has its effect."""

    verb: str
    section: str
    success: str = DONE


TABLE = {
    command.verb: command
    for command in [
        # Access: RFC 959 section 4.1.1
        Command("USER", "RFC 959 4.1.1", HALF),
        Command("PASS", "RFC 959 4.1.1"),
        Command("ACCT", "RFC 959 4.1.1"),
        Command("CWD", "RFC 959 4.1.1"),
        Command("CDUP", "RFC 959 4.1.1"),
        Command("SMNT", "RFC 959 4.1.1"),
        Command("QUIT", "RFC 959 4.1.1"),
        Command("REIN", "RFC 959 4.1.1"),
        # Transfer parameters: section 4.1.2
        Command("PORT", "RFC 959 4.1.2"),
        Command("PASV", "RFC 959 4.1.2"),
        Command("TYPE", "RFC 959 4.1.2"),
        Command("STRU", "RFC 959 4.1.2"),
        Command("MODE", "RFC 959 4.1.2"),
        # Services: section 4.1.3
        Command("RETR", "RFC 959 4.1.3", BEGINS),
        Command("STOR", "RFC 959 4.1.3", BEGINS),
        Command("STOU", "RFC 959 4.1.3", BEGINS),
        Command("APPE", "RFC 959 4.1.3", BEGINS),
        Command("ALLO", "RFC 959 4.1.3"),
        Command("REST", "RFC 959 4.1.3, RFC 3659 5", HALF),
        Command("RNFR", "RFC 959 4.1.3", HALF),
        Command("RNTO", "RFC 959 4.1.3"),
        Command("ABOR", "RFC 959 4.1.3"),
        Command("DELE", "RFC 959 4.1.3"),
        Command("RMD", "RFC 959 4.1.3"),
        Command("MKD", "RFC 959 4.1.3"),
        Command("PWD", "RFC 959 4.1.3"),
        Command("LIST", "RFC 959 4.1.3", BEGINS),
        Command("NLST", "RFC 959 4.1.3", BEGINS),
        Command("SITE", "RFC 959 4.1.3"),
        Command("SYST", "RFC 959 4.1.3"),
        Command("STAT", "RFC 959 4.1.3"),
        Command("HELP", "RFC 959 4.1.3"),
        Command("NOOP", "RFC 959 4.1.3"),
        # Their old names: RFC 775, and RFC 1123 section 4.1.3.1
        Command("XCUP", "RFC 775"),
        Command("XCWD", "RFC 775"),
        Command("XMKD", "RFC 775"),
        Command("XPWD", "RFC 775"),
        Command("XRMD", "RFC 775"),
        # Extensions
        Command("FEAT", "RFC 2389 3"),
        Command("OPTS", "RFC 2389 4"),
        Command("EPRT", "RFC 2428 2"),
        Command("EPSV", "RFC 2428 3"),
        Command("MDTM", "RFC 3659 3"),
        Command("SIZE", "RFC 3659 4"),
        Command("MLST", "RFC 3659 7", DONE),
        Command("MLSD", "RFC 3659 7", BEGINS),
        Command("MFMT", "draft-somers-ftp-mfxx-04 3"),
        # With tls=
        Command("AUTH", "RFC 4217 4"),
        Command("PBSZ", "RFC 4217 8"),
        Command("PROT", "RFC 4217 9"),
        Command("CCC", "RFC 4217 12.3"),
        # Known and not done here.
        Command("ADAT", "RFC 2228 3"),
        Command("MIC", "RFC 2228 3"),
        Command("CONF", "RFC 2228 3"),
        Command("ENC", "RFC 2228 3"),
        Command("LANG", "RFC 2640 4.1"),
        Command("HOST", "RFC 7151 3"),
        Command("LPRT", "RFC 1639 3"),
        Command("LPSV", "RFC 1639 3"),
        Command("MFCT", "draft-somers-ftp-mfxx-04 4"),
        Command("MFF", "draft-somers-ftp-mfxx-04 5"),
        Command("CLNT", "no standard"),
    ]
}
VERBS = frozenset(TABLE) | {""}  # an empty line is a step with no verb
PHASES = frozenset({"connect", "transfer"})

DOWNLOADS = frozenset({"RETR", "LIST", "NLST", "MLSD"})
UPLOADS = frozenset({"STOR", "STOU", "APPE"})
TRANSFERS = DOWNLOADS | UPLOADS
# What waits for the end of a running transfer; anything else is answered while it runs.
IN_TURN = TRANSFERS | {"PORT", "PASV", "EPRT", "EPSV", "LPRT", "LPSV", "AUTH", "CCC"}
WITH_OPTIONS = frozenset({"LIST", "NLST", "STAT"})  # that clients write as for ls: "LIST -la /x"

# The words of FEAT, with their sections. Behind MLST the session tells its facts.
_WORDS = (
    "EPRT",  # RFC 2428 2
    "EPSV",  # RFC 2428 3
    "MDTM",  # RFC 3659 3
    "MFMT",  # draft-somers-ftp-mfxx-04 3
    "MLST",  # RFC 3659 7.8
    "REST STREAM",  # RFC 3659 5
    "SIZE",  # RFC 3659 4
    "TVFS",  # RFC 3659 6
    "UTF8",  # RFC 2640 3
)
CAPABILITIES = {  # by the mode of TLS: RFC 4217 section 6
    None: sorted(_WORDS),
    "implicit": sorted((*_WORDS, "PBSZ", "PROT")),
    "starttls": sorted((*_WORDS, "AUTH TLS", "PBSZ", "PROT")),
}

# What Telnet (RFC 854) may have put among the bytes of a command; RFC 959 section 4.1.3 has ABOR
# come behind an Interrupt Process and a Synch: IAC and a command of one byte, IAC and a negotiation
# of two, and IAC IAC for the byte itself.
TELNET = re.compile(rb"\xff(?:[\xf0-\xfa]|[\xfb-\xfe].?|(\xff))", re.DOTALL)


def stripped(line: bytes) -> bytes:
    """A line without what Telnet has put there."""
    return TELNET.sub(lambda mark: mark[1] or b"", line) if b"\xff" in line else line


def verb(line: bytes) -> str:
    """The first word of a line."""
    return stripped(line).partition(b" ")[0].decode("utf-8", "surrogateescape").upper()
