"""Resolvers that do not go through the module ``socket``, pointed at a fake DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import asyncio

    import aiodns
    import dns.asyncresolver
    import dns.resolver

    from .stub import Server

R = TypeVar("R", "dns.resolver.Resolver", "dns.asyncresolver.Resolver")


def dnspython(server: Server) -> dns.resolver.Resolver:
    """dnspython's resolver, which waits as long as the C library would."""
    import dns.resolver

    return _pointed(dns.resolver.Resolver(configure=False), server)


def dnspython_async(server: Server) -> dns.asyncresolver.Resolver:
    """The same for asyncio and trio."""
    import dns.asyncresolver

    return _pointed(dns.asyncresolver.Resolver(configure=False), server)


def _pointed(resolver: R, server: Server) -> R:
    host, resolver.port = server.address
    resolver.nameservers = [host]
    resolver.timeout = server.timeout
    resolver.lifetime = server.timeout * server.attempts
    return resolver


def aiodns_resolver(server: Server, loop: asyncio.AbstractEventLoop | None) -> aiodns.DNSResolver:
    """aiodns's resolver."""
    import aiodns

    host, port = server.address
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return aiodns.DNSResolver(
        nameservers=[at], loop=loop, timeout=server.timeout, tries=server.attempts
    )
