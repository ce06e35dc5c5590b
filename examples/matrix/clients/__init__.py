"""The clients of the matrix, a module a protocol: each does what its documentation shows, with a
timeout, and looks at the status as a careful user does."""

from __future__ import annotations

from client import Client

from . import dns, ftp, http, imap, pop3, smtp, xmlrpc

CLIENTS: list[Client] = [
    client for module in (smtp, pop3, imap, ftp, dns, http, xmlrpc) for client in module.CLIENTS
]
