"""Resolvers that do not go through the module socket: what they make of each answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import FakeDNS, FakeResolver

Arrange = Callable[[FakeDNS, str, str, str], object]
Resolving = Callable[..., FakeResolver]

NAME = "asked.example.com"
SHORT = 0.15  # seconds of a timeout that is waited for

DNSPYTHON = {
    "nxdomain": "NXDOMAIN",
    "nodata": "NoAnswer",
    "servfail": "NoNameservers",
    "refused": "NoNameservers",
    "formerr": "NoNameservers",
    "notimp": "NoNameservers",
    "tc, tcp closed": "NoNameservers",
    "cname loop": "NoNameservers",
    "yxdomain": "YXDOMAIN",
    "dropped": "LifetimeTimeout",
    "wrong id": "LifetimeTimeout",
    "wrong question": "LifetimeTimeout",
    "garbage": "LifetimeTimeout",
    "cut": "LifetimeTimeout",
    "echo": "LifetimeTimeout",
    "qr 0": "LifetimeTimeout",
}
# The numbers of c-ares.
AIODNS = {
    "nxdomain": 4,
    "nodata": 1,
    "servfail": 3,
    "refused": 6,
    "formerr": 2,
    "notimp": 5,
    "dropped": 12,
    "garbage": 10,
    "cut": 10,
    "tc, tcp closed": 11,
}


def arrange_question(dns: FakeDNS, arrange: Arrange, what: str) -> None:
    if what == "yxdomain":
        dns.on("A", NAME).rcode("YXDOMAIN")
    else:
        arrange(dns, "A", NAME, what)


# --- dnspython


def test_dnspython(dns: FakeDNS) -> None:
    pytest.importorskip("dns.resolver", reason="dnspython is not installed")
    dns.add("example.com", "MX", "10 mail.example.com")
    found = FakeResolver(dns).dnspython().resolve("example.com", "MX")
    assert [str(each.exchange) for each in found] == ["mail.example.com."]


def test_dnspython_of_an_address(dns: FakeDNS) -> None:
    pytest.importorskip("dns.resolver", reason="dnspython is not installed")
    found = FakeResolver(dns).dnspython().resolve_address("192.0.2.4")
    assert [str(each) for each in found] == ["v4.example.com."]


@pytest.mark.parametrize("what", DNSPYTHON)
def test_what_dnspython_raises(dns: FakeDNS, arrange: Arrange, what: str) -> None:
    resolver = pytest.importorskip("dns.resolver", reason="dnspython is not installed")
    arrange_question(dns, arrange, what)
    asking = FakeResolver(dns, timeout=SHORT, attempts=1).dnspython()
    with pytest.raises(getattr(resolver, DNSPYTHON[what])):
        asking.resolve(NAME, "A", search=False)


def test_dnspython_with_asyncio(dns: FakeDNS) -> None:
    pytest.importorskip("dns.asyncresolver", reason="dnspython is not installed")

    async def ask() -> list[str]:
        found = await FakeResolver(dns).dnspython_async().resolve("v4.example.com", "A")
        return [str(each) for each in found]

    assert asyncio.run(ask()) == ["192.0.2.4"]


# --- aiodns


def asked_by_aiodns(dns: FakeDNS, **arguments: Any) -> Any:
    aiodns = pytest.importorskip("aiodns", reason="aiodns is not installed")

    async def ask() -> Any:
        async with FakeResolver(dns, **arguments).aiodns() as asking:
            try:
                return (await asking.query_dns(NAME, "A")).answer
            except aiodns.error.DNSError as error:
                return error.args[0]

    return asyncio.run(ask())


def test_aiodns(dns: FakeDNS, arrange: Arrange) -> None:
    arrange_question(dns, arrange, "ok")
    answer = asked_by_aiodns(dns)
    assert [record.data.addr for record in answer] == ["192.0.2.1"]


@pytest.mark.parametrize("what", AIODNS)
def test_what_aiodns_raises(dns: FakeDNS, arrange: Arrange, what: str) -> None:
    arrange_question(dns, arrange, what)
    assert asked_by_aiodns(dns, timeout=SHORT, attempts=1) == AIODNS[what]


def test_aiodns_and_addresses(dns: FakeDNS) -> None:
    aiodns = pytest.importorskip("aiodns", reason="aiodns is not installed")
    dns.on("PTR", "1.100.51.198.in-addr.arpa").rcode("SERVFAIL")

    async def ask() -> Any:
        async with FakeResolver(dns, timeout=SHORT).aiodns() as asking:
            named = await asking.getnameinfo(("198.51.100.1", 25), 0)
            try:
                await asking.gethostbyaddr("198.51.100.1")
            except aiodns.error.DNSError as error:
                return named.node, error.args[0]

    assert asyncio.run(ask()) == ("198.51.100.1", 4)


def test_pointing_at_ipv6() -> None:
    if not socket.has_ipv6:
        pytest.skip("this system has no IPv6")
    pytest.importorskip("dns.resolver", reason="dnspython is not installed")
    with FakeDNS(host="::1") as dns, FakeResolver(dns) as resolver:
        dns.add(NAME, "A", "192.0.2.1")
        assert socket.gethostbyname(NAME) == "192.0.2.1"
        assert [str(each) for each in resolver.dnspython().resolve(NAME, "A")] == ["192.0.2.1"]
        assert [record.data.addr for record in asked_by_aiodns(dns)] == ["192.0.2.1"]
