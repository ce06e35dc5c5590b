"""What the fake says where pyftpdlib has nothing to say, as it leaves."""

from __future__ import annotations

from typing import Any

BEGIN = b"150 File status okay. About to open data connection.\r\n"

# How a transfer ends: RFC 959 section 5.4
COMPLETE = b"226 Transfer complete.\r\n"
NO_CONNECTION = b"425 Can't open data connection.\r\n"
FOREIGN = b"425 Rejected data connection from foreign address %s:%d.\r\n"
BROKEN = b"426 Data connection closed by the client; transfer aborted.\r\n"
ABORTED = b"426 Transfer aborted via ABOR.\r\n"
SILENT = b"421 Data connection timed out.\r\n"
NO_TLS = b"522 No TLS on the data connection came about.\r\n"  # RFC 4217 section 10
NOT_RESUMED = b"522 The data connection has to resume the TLS session of this one.\r\n"
FILE_ERROR = b"451 %s; transfer aborted.\r\n"
TOO_BIG = b"552 Over the limit of %d bytes; transfer aborted.\r\n"

IDLE = b"421 Control connection timed out.\r\n"

# As text, for the engine.
TOO_LONG = "500 Command too long."
UNKNOWN = '500 Command "{}" not understood.'
NOT_DONE = "502 {} is not implemented here."
BAD_BYTES = "501 A NUL is of no use in a command."
CANNOT_ENCODE = "501 The file system cannot have this path."
NO_OPENING = "425 Use PASV or PORT first."


def foreign(peer: tuple[Any, ...]) -> bytes:
    """What is said of somebody else at the data port."""
    return FOREIGN % (str(peer[0]).encode(), peer[1])
