"""Clients that fetch the message of a mailbox, by its number and without marking it as seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from client import TIMEOUT, TOTAL, Client, Errors, Refused, context, ran

from fakefarm.contract.target import Target

PART = "BODY.PEEK[]"


def imaplib_fetch(target: Target) -> bytes:
    """imaplib, which returns the status of each command."""
    import imaplib

    client: imaplib.IMAP4
    if target.fake.tls == "implicit":
        client = imaplib.IMAP4_SSL(
            target.host, target.port, timeout=TIMEOUT, ssl_context=context(target)
        )
    else:
        client = imaplib.IMAP4(target.host, target.port, timeout=TIMEOUT)
    with contextlib.ExitStack() as stack:
        stack.callback(quietly, client.shutdown)
        if target.fake.tls == "starttls":
            client.starttls(context(target))
        client.login(target.user, target.password)
        ok(*client.select("INBOX"))
        data = ok(*client.fetch("1", f"({PART})"))
        client.logout()
    for each in data:
        if isinstance(each, tuple):
            message: bytes = each[1]
            return message
    raise Refused(f"no message in {data!r}")


def quietly(close: Callable[[], object]) -> None:
    """Close what may be closed already."""
    with contextlib.suppress(OSError):
        close()


def ok(status: str, data: Any) -> Any:
    """The data of an answer that is OK."""
    if status != "OK":
        raise Refused(f"{status} {data!r}")
    return data


def imaplib_errors() -> Errors:
    """imaplib: IMAP4.error, whose children are abort and readonly, and OSError."""
    import imaplib

    return (imaplib.IMAP4.error, OSError, Refused)


def imapclient_fetch(target: Target) -> bytes:
    """IMAPClient, with message numbers as the others have them."""
    import imapclient

    client = imapclient.IMAPClient(
        target.host,
        target.port,
        use_uid=False,
        ssl=target.fake.tls == "implicit",
        ssl_context=context(target) if target.fake.tls == "implicit" else None,
        timeout=TIMEOUT,
    )
    with contextlib.ExitStack() as stack:
        stack.callback(quietly, client.shutdown)
        if target.fake.tls == "starttls":
            client.starttls(context(target))
        client.login(target.user, target.password)
        client.select_folder("INBOX")
        fetched = client.fetch([1], [PART])
        client.logout()
    message = fetched.get(1, {}).get(b"BODY[]")
    if not isinstance(message, bytes):
        raise Refused(f"no message in {fetched!r}")
    return message


def imapclient_errors() -> Errors:
    """IMAPClient: IMAPClientError, which is imaplib's, and errors of the socket and of TLS."""
    import imapclient.exceptions

    return (imapclient.exceptions.IMAPClientError, OSError, Refused)


def aioimaplib_fetch(target: Target) -> bytes:
    """aioimaplib, which returns the status of each command. It has no STARTTLS."""
    return asyncio.run(aioimaplib_talk(target))


async def aioimaplib_talk(target: Target) -> bytes:
    """As the README of aioimaplib shows it."""
    import aioimaplib

    if target.fake.tls == "starttls":
        raise Refused("there is no STARTTLS in aioimaplib")
    client: Any
    if target.fake.tls == "implicit":
        client = aioimaplib.IMAP4_SSL(
            target.host, target.port, timeout=TIMEOUT, ssl_context=context(target)
        )
    else:
        client = aioimaplib.IMAP4(target.host, target.port, timeout=TIMEOUT)
    await client.wait_hello_from_server()
    ok(*await client.login(target.user, target.password))
    ok(*await client.select("INBOX"))
    lines = ok(*await client.fetch("1", f"({PART})"))
    await client.logout()
    # The literals are bytearrays, the lines around them are bytes.
    for line in lines:
        if isinstance(line, bytearray):
            return bytes(line)
    raise Refused(f"no message in {lines!r}")


def aioimaplib_errors() -> Errors:
    """aioimaplib: its own, asyncio's timeout, and OSError."""
    import aioimaplib.aioimaplib

    return (aioimaplib.aioimaplib.AioImapException, asyncio.TimeoutError, OSError, Refused)


def curl_fetch(target: Target) -> bytes:
    """curl imap://.../INBOX;MAILINDEX=1"""
    words = f"curl -q -sS --max-time {TOTAL} --user {{user}}:{{password}}"
    if target.fake.tls is not None:
        words += " --ssl-reqd"
    return ran(target, words + " '{url};MAILINDEX=1'")


CLIENTS = [
    Client("imap", "imaplib", {"fetch": imaplib_fetch}, "imaplib", imaplib_errors),
    Client("imap", "imapclient", {"fetch": imapclient_fetch}, "imapclient", imapclient_errors),
    Client("imap", "aioimaplib", {"fetch": aioimaplib_fetch}, "aioimaplib", aioimaplib_errors),
    Client("imap", "curl", {"fetch": curl_fetch}, "curl", is_program=True),
]
