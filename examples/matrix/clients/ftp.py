"""Clients that download, upload and list."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from client import TIMEOUT, TOTAL, Client, Errors, ca, context, ran

from fakefarm.contract import standard
from fakefarm.contract.target import Target


def ftplib_errors() -> Errors:
    """ftplib: those of all_errors."""
    import ftplib

    return ftplib.all_errors


@contextlib.asynccontextmanager
async def aioftp_client(target: Target) -> AsyncIterator[Any]:
    """aioftp, logged in: what Client.context() does, with a context of TLS for AUTH."""
    import aioftp

    client = aioftp.Client(
        socket_timeout=TIMEOUT,
        connection_timeout=TIMEOUT,
        path_timeout=TIMEOUT,
        ssl=context(target) if target.fake.tls == "implicit" else None,
    )
    try:
        await client.connect(target.host, target.port)
        if target.fake.tls == "starttls":
            await client.upgrade_to_tls(context(target))
        await client.login(target.user, target.password)
        try:
            yield client
        finally:
            await client.quit()
    finally:
        client.close()


def aioftp_download(target: Target) -> bytes:
    """aioftp's download_stream()."""

    async def download() -> bytes:
        async with aioftp_client(target) as client, client.download_stream(target.name) as stream:
            return b"".join([block async for block in stream.iter_by_block()])

    return asyncio.run(download())


def aioftp_upload(target: Target) -> None:
    """aioftp's upload_stream()."""

    async def upload() -> None:
        async with aioftp_client(target) as client, client.upload_stream(target.name) as stream:
            await stream.write(target.content)

    asyncio.run(upload())


def aioftp_list(target: Target) -> list[str]:
    """aioftp's list(), which prefers MLSD."""

    async def listing() -> list[str]:
        async with aioftp_client(target) as client:
            return [str(path) for path, _ in await client.list()]

    return asyncio.run(listing())


def aioftp_errors() -> Errors:
    """aioftp: AIOFTPException, asyncio's timeout, and OSError."""
    import aioftp

    return (aioftp.AIOFTPException, asyncio.TimeoutError, OSError)


def curl(target: Target) -> str:
    """The words that all of its operations share."""
    words = f"curl -q -sS --max-time {TOTAL} --user {{user}}:{{password}}"
    return words if target.fake.tls is None else words + " --ssl-reqd"


def curl_download(target: Target) -> bytes:
    """curl ftp://.../file"""
    return ran(target, curl(target) + " {url}")


def curl_upload(target: Target) -> None:
    """curl --upload-file"""
    ran(target, curl(target) + " --upload-file {file} {url}")


def curl_list(target: Target) -> bytes:
    """curl --list-only, which is NLST."""
    return ran(target, curl(target) + " --list-only {url}")


def wget_download(target: Target) -> bytes:
    """wget ftp://, and ftps:// for TLS; --ftps-implicit is TLS from the first byte."""
    words = f"wget --no-config -nv --tries=1 --timeout={TIMEOUT} -O -"
    words += " --ftp-user={user} --ftp-password={password}"
    if target.fake.tls is not None:
        words += f" --ca-certificate={ca(target)}"
    if target.fake.tls == "implicit":
        words += " --ftps-implicit"
    scheme = "ftp" if target.fake.tls is None else "ftps"
    return ran(target, f"{words} {scheme}://{{host}}:{{port}}/{{name}}")


CLIENTS = [
    Client(
        "ftp",
        "ftplib",
        {"download": standard.download, "upload": standard.upload, "list": standard.listing},
        "ftplib",
        ftplib_errors,
    ),
    Client(
        "ftp",
        "aioftp",
        {"download": aioftp_download, "upload": aioftp_upload, "list": aioftp_list},
        "aioftp",
        aioftp_errors,
    ),
    Client(
        "ftp",
        "curl",
        {"download": curl_download, "upload": curl_upload, "list": curl_list},
        "curl",
        is_program=True,
    ),
    Client("ftp", "wget", {"download": wget_download}, "wget", is_program=True),
]
