"""Clients that call a method."""

from __future__ import annotations

import asyncio
from typing import Any

from client import TOTAL, Client, Errors, context

from fakefarm.contract import standard
from fakefarm.contract.target import Target


def xmlrpc_client_errors() -> Errors:
    """xmlrpc.client: Error, whose children are Fault, ProtocolError and ResponseError; OSError."""
    import xmlrpc.client

    return (xmlrpc.client.Error, OSError)


def aiohttp_xmlrpc_call(target: Target) -> Any:
    """aiohttp-xmlrpc's ServerProxy, on a session that has a timeout."""
    return asyncio.run(aiohttp_xmlrpc_talk(target))


async def aiohttp_xmlrpc_talk(target: Target) -> Any:
    """As its README shows it."""
    import aiohttp
    import aiohttp_xmlrpc.client

    connector = aiohttp.TCPConnector(ssl=context(target) or True)
    timeout = aiohttp.ClientTimeout(total=TOTAL)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        proxy = aiohttp_xmlrpc.client.ServerProxy(target.url, client=session)
        return await proxy.add(2, 3)


def aiohttp_xmlrpc_errors() -> Errors:
    """aiohttp-xmlrpc: XMLRPCError, and what aiohttp raises."""
    import aiohttp
    import aiohttp_xmlrpc.exceptions

    return (aiohttp_xmlrpc.exceptions.XMLRPCError, aiohttp.ClientError, asyncio.TimeoutError)


CLIENTS = [
    Client("xmlrpc", "xmlrpc.client", {"call": standard.call}, "xmlrpc", xmlrpc_client_errors),
    Client(
        "xmlrpc",
        "aiohttp-xmlrpc",
        {"call": aiohttp_xmlrpc_call},
        "aiohttp_xmlrpc",
        aiohttp_xmlrpc_errors,
    ),
]
