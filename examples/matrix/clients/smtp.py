"""Clients that send a message."""

from __future__ import annotations

import asyncio

from client import TIMEOUT, TOTAL, Client, Errors, context, ran

from fakefarm.contract import standard
from fakefarm.contract.target import Target

SENDER, RECIPIENT = "ann@example.com", "bob@example.com"


def smtplib_errors() -> Errors:
    """smtplib: SMTPException, which is an OSError, and OSError."""
    return (OSError,)


def aiosmtplib_send(target: Target) -> None:
    """aiosmtplib.send()."""
    import aiosmtplib

    login = (
        {} if target.fake.tls is None else {"username": target.user, "password": target.password}
    )
    sending = aiosmtplib.send(
        target.content,
        sender=SENDER,
        recipients=[RECIPIENT],
        hostname=target.host,
        port=target.port,
        use_tls=target.fake.tls == "implicit",
        start_tls=target.fake.tls == "starttls",
        tls_context=context(target),
        timeout=TIMEOUT,
        **login,
    )
    asyncio.run(sending)


def aiosmtplib_errors() -> Errors:
    """aiosmtplib: SMTPException; its timeouts and lost connections are among those."""
    import aiosmtplib

    return (aiosmtplib.SMTPException,)


def curl_send(target: Target) -> None:
    """curl smtp://, which says EHLO with the path of the URL."""
    words = f"curl -q -sS --max-time {TOTAL} --mail-from {SENDER} --mail-rcpt {RECIPIENT}"
    if target.fake.tls is not None:
        words += " --ssl-reqd --user {user}:{password}"
    ran(target, words + " --upload-file {file} {url}client.example")


CLIENTS = [
    Client("smtp", "smtplib", {"send": standard.send}, "smtplib", smtplib_errors),
    Client("smtp", "aiosmtplib", {"send": aiosmtplib_send}, "aiosmtplib", aiosmtplib_errors),
    Client("smtp", "curl", {"send": curl_send}, "curl", is_program=True),
]
