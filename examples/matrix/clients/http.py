"""Clients that get a page and post content. All of them follow redirections that can."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from client import TIMEOUT, TOTAL, Client, Errors, Refused, ca, context, ran

from fakefarm.contract import standard
from fakefarm.contract.target import Target


@contextlib.contextmanager
def connection(target: Target) -> Iterator[http.client.HTTPConnection]:
    """http.client, closed behind its use."""
    made: http.client.HTTPConnection
    if target.fake.tls is None:
        made = http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT)
    else:
        made = http.client.HTTPSConnection(
            target.host, target.port, timeout=TIMEOUT, context=context(target)
        )
    with contextlib.closing(made):
        yield made


def good(status: int, reason: str | None) -> None:
    """What a careful user does who is given a status and no method to check it. A 206 is a part,
    for which nobody has asked."""
    if not 200 <= status < 300 or status == 206:
        raise Refused(f"{status} {reason}")


def http_client_get(target: Target) -> bytes:
    """http.client's request() and getresponse()."""
    with connection(target) as made:
        made.request("GET", urlsplit(target.url).path)
        answer = made.getresponse()
        content = answer.read()
        good(answer.status, answer.reason)
    return content


def http_client_post(target: Target) -> None:
    """http.client's request() with a body."""
    with connection(target) as made:
        made.request("POST", urlsplit(target.url).path, target.content)
        answer = made.getresponse()
        answer.read()
        good(answer.status, answer.reason)


def http_client_errors() -> Errors:
    """http.client: HTTPException, and OSError."""
    return (http.client.HTTPException, OSError, Refused)


def urllib_errors() -> Errors:
    """urllib.request: URLError, which is an OSError; the answer that it returns is http.client's,
    whose read() raises IncompleteRead."""
    return (OSError, http.client.IncompleteRead)


def requests_get(target: Target) -> bytes:
    """requests.get() and raise_for_status()."""
    import requests

    answer = requests.get(target.url, timeout=TIMEOUT, verify=ca(target) or True)
    answer.raise_for_status()
    return bytes(answer.content)


def requests_post(target: Target) -> None:
    """requests.post() and raise_for_status()."""
    import requests

    verify = ca(target) or True
    answer = requests.post(target.url, data=target.content, timeout=TIMEOUT, verify=verify)
    answer.raise_for_status()


def requests_errors() -> Errors:
    """requests: RequestException."""
    import requests

    return (requests.RequestException,)


def httpx_client(target: Target) -> Any:
    """httpx.Client, which follows redirections where it is asked to."""
    import httpx

    verify = context(target) or True
    return httpx.Client(timeout=TIMEOUT, verify=verify, follow_redirects=True)


def httpx_get(target: Target) -> bytes:
    """httpx's get() and raise_for_status()."""
    with httpx_client(target) as client:
        answer = client.get(target.url)
        answer.raise_for_status()
        return bytes(answer.content)


def httpx_post(target: Target) -> None:
    """httpx's post() and raise_for_status()."""
    with httpx_client(target) as client:
        client.post(target.url, content=target.content).raise_for_status()


def httpx_errors() -> Errors:
    """httpx: those of its page on exceptions."""
    import httpx

    return (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)


async def aiohttp_talk(target: Target, method: str, content: bytes | None) -> bytes:
    """aiohttp's ClientSession, which raises for the status where it is asked to."""
    import aiohttp

    async with (
        aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TOTAL), raise_for_status=True
        ) as session,
        session.request(method, target.url, data=content, ssl=context(target) or True) as answer,
    ):
        return await answer.read()


def aiohttp_get(target: Target) -> bytes:
    """aiohttp."""
    return asyncio.run(aiohttp_talk(target, "GET", None))


def aiohttp_post(target: Target) -> None:
    """aiohttp."""
    asyncio.run(aiohttp_talk(target, "POST", target.content))


def aiohttp_errors() -> Errors:
    """aiohttp: ClientError, and asyncio's timeout."""
    import aiohttp

    return (aiohttp.ClientError, asyncio.TimeoutError)


def urllib3_get(target: Target) -> bytes:
    """urllib3's PoolManager, which tries again as it does by default."""
    import urllib3

    with urllib3.PoolManager(timeout=TIMEOUT, ca_certs=ca(target) or None) as pool:
        answer = pool.request("GET", target.url)
        good(answer.status, answer.reason)
        return bytes(answer.data)


def urllib3_post(target: Target) -> None:
    """urllib3's PoolManager."""
    import urllib3

    with urllib3.PoolManager(timeout=TIMEOUT, ca_certs=ca(target) or None) as pool:
        answer = pool.request("POST", target.url, body=target.content)
        good(answer.status, answer.reason)


def urllib3_errors() -> Errors:
    """urllib3: HTTPError."""
    import urllib3

    return (urllib3.exceptions.HTTPError, Refused)


def curl_get(target: Target) -> bytes:
    """curl --fail --location --compressed"""
    return ran(target, f"curl -q -sS --max-time {TOTAL} --fail --location --compressed {{url}}")


def curl_post(target: Target) -> None:
    """curl --data-binary @file"""
    words = f"curl -q -sS --max-time {TOTAL} --fail --location --data-binary @{{file}}"
    ran(target, words + " {url}")


def wget(target: Target) -> str:
    """The words that its operations share."""
    words = f"wget --no-config -nv --tries=1 --timeout={TIMEOUT} -O -"
    return words if target.fake.tls is None else f"{words} --ca-certificate={ca(target)}"


def wget_get(target: Target) -> bytes:
    """wget -O -"""
    return ran(target, wget(target) + " {url}")


def wget_post(target: Target) -> None:
    """wget --post-file"""
    ran(target, wget(target) + " --post-file={file} {url}")


CLIENTS = [
    Client(
        "http",
        "http.client",
        {"get": http_client_get, "post": http_client_post},
        "http",
        http_client_errors,
    ),
    Client(
        "http",
        "urllib.request",
        {"get": standard.get, "post": standard.post},
        "urllib",
        urllib_errors,
    ),
    Client(
        "http",
        "requests",
        {"get": requests_get, "post": requests_post},
        "requests",
        requests_errors,
    ),
    Client("http", "httpx", {"get": httpx_get, "post": httpx_post}, "httpx", httpx_errors),
    Client(
        "http", "aiohttp", {"get": aiohttp_get, "post": aiohttp_post}, "aiohttp", aiohttp_errors
    ),
    Client(
        "http", "urllib3", {"get": urllib3_get, "post": urllib3_post}, "urllib3", urllib3_errors
    ),
    Client("http", "curl", {"get": curl_get, "post": curl_post}, "curl", is_program=True),
    Client("http", "wget", {"get": wget_get, "post": wget_post}, "wget", is_program=True),
]
