"""Failures found in the wild, 62: DNS over HTTP and over TLS, and a client that is used again after
a timeout. Each is a script of at most three lines, with what dnspython makes of it.

The number is that of the project's collection.
"""

import asyncio
import http.client
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import dns.exception
import dns.message
import dns.query
import dns.resolver
import pytest

from fakefarm import FakeDNS, FakeHTTP, FakeResolver, Farm

PATIENCE = 5.0  # seconds for what is answered
IMPATIENCE = 0.05  # seconds for what never is
WWW, V4 = "www.example.com", "192.0.2.1"

Form = dns.exception.FormError


# --- 62: DNS over HTTP (RFC 8484). dnspython does the messages; the HTTP is ours, and three lines.

DNS_MESSAGE = {"Content-Type": "application/dns-message"}


def over_http(fake: FakeHTTP, method: str = "POST") -> dns.message.Message:
    """Ask for www.example.com; raises what a client ought to raise."""
    message = dns.message.make_query(WWW, "A", id=0)
    connection = http.client.HTTPConnection(fake.host, fake.port, timeout=PATIENCE)
    try:
        connection.request(method, "/dns-query", message.to_wire(), DNS_MESSAGE)
        response = connection.getresponse()
        if response.status != 200:
            raise ConnectionError(f"{response.status}")
        if response.headers.get_content_type() != "application/dns-message":
            raise ConnectionError(response.headers.get_content_type())
        answer = dns.message.from_wire(response.read())
        if not message.is_response(answer):
            raise dns.query.BadResponse
        return answer
    finally:
        connection.close()


def natural(fake: FakeDNS) -> Callable[[Any], Any]:
    """The answer of a FakeDNS, so that one zone serves both."""

    def relay(request: Any) -> Any:
        message = dns.message.from_wire(request.body)
        answer = dns.query.udp(message, fake.host, PATIENCE, fake.port)
        return 200, answer.to_wire(), DNS_MESSAGE

    return relay


@pytest.fixture
def doh() -> Iterator[FakeHTTP]:
    with FakeHTTP() as fake:
        yield fake


def test_62_doh(zone, doh) -> None:
    doh.on("POST", "/dns-query").respond(natural(zone))
    assert [rr.address for rrs in over_http(doh).answer for rr in rrs] == [V4]
    assert zone.commands == ["A"]


DOH = {
    "404": (lambda r: r.respond(404), ConnectionError),
    "405": (lambda r: r.respond(405, headers={"Allow": "GET"}), ConnectionError),
    "400": (lambda r: r.respond(400), ConnectionError),
    "429": (lambda r: r.respond(429, headers={"Retry-After": "1"}), ConnectionError),
    "503": (lambda r: r.respond(503), ConnectionError),
    "a wrong type": (lambda r: r.respond(200, b"x", headers={"Content-Type": "text/html"}),
                     ConnectionError),
    "no type": (lambda r: r.respond(200, b"x"), ConnectionError),
    "empty": (lambda r: r.respond(200, b"", headers=DNS_MESSAGE), dns.message.ShortHeader),
    "no message": (lambda r: r.respond(200, b"junk" * 5, headers=DNS_MESSAGE), Form),
    "the question again":
        (lambda r: r.respond(lambda q: (200, q.body, DNS_MESSAGE)), dns.query.BadResponse),
    "cut": (lambda r: r.respond(200, bytes(50), headers=DNS_MESSAGE).truncate(after=9),
            http.client.IncompleteRead),
    "reset": (lambda r: r.reset(), ConnectionResetError),
    "closed": (lambda r: r.close(), http.client.RemoteDisconnected),
}  # fmt: skip


@pytest.mark.parametrize(("script", "error"), DOH.values(), ids=[f"62 {name}" for name in DOH])
def test_over_http(doh, script, error) -> None:
    script(doh.on("POST", "/dns-query"))
    with pytest.raises(error):
        over_http(doh)


def test_62_a_method_that_is_not_known(doh) -> None:
    doh.on("GET", "/dns-query").respond(405, headers={"Allow": "POST"})
    with pytest.raises(ConnectionError, match="405"):
        over_http(doh, "GET")


# --- 62: DNS over TLS (RFC 7858)

CERTIFICATES = ["expired", "not-yet-valid", "wrong-host", "self-signed", "untrusted-root"]


def over_tls(fake: FakeDNS, farm: Farm, patience: float = PATIENCE) -> dns.message.Message:
    message = dns.message.make_query(WWW, "A")
    trusted, host = str(farm.ca.pem_path), "localhost"
    where = fake.host, patience, fake.port
    return dns.query.tls(message, *where, verify=trusted, server_hostname=host)


@pytest.mark.parametrize("certificate", CERTIFICATES, ids=[f"62 {name}" for name in CERTIFICATES])
def test_certificates(farm, certificate) -> None:
    fake = farm.dns(tls="implicit", certificate=certificate)
    with pytest.raises(ssl.SSLCertVerificationError):
        over_tls(fake, farm)
    assert fake.queries == []


DOT = {
    "closed before the handshake": (lambda d: d.on("tls").close(), (EOFError, OSError)),
    "silent before the handshake": (lambda d: d.on("tls").stall(), dns.exception.Timeout),
    "closed": (lambda d: d.on("A").close(), EOFError),
    "cut, and nothing says so":
        (lambda d: d.on("A").truncate(after=20).close(close_notify=False), (EOFError, OSError)),
    "silent": (lambda d: d.on("A").ignore(), dns.exception.Timeout),
    "wrong id": (lambda d: d.on("A").wrong_id(), dns.query.BadResponse),
}  # fmt: skip


@pytest.mark.parametrize(("script", "error"), DOT.values(), ids=[f"62 {name}" for name in DOT])
def test_over_tls(farm, script, error) -> None:
    fake = farm.dns(tls="implicit")
    script(fake)
    with pytest.raises(error):
        over_tls(fake, farm, 0.3 if error is dns.exception.Timeout else PATIENCE)


def test_62_nobody_speaks_tls_there(zone, farm) -> None:
    """A ClientHello is a message of 5,635 bytes to a server without TLS, which waits for them."""
    with pytest.raises(dns.exception.Timeout):
        over_tls(zone, farm, IMPATIENCE)


# --- 62: a client that is used again after a timeout


@pytest.mark.parametrize("late", [None, 0.5], ids=["no answer", "late answer"])
def test_62_dnspython_is_used_again_after_a_timeout(zone, late) -> None:
    rule = zone.on("A").ignore() if late is None else zone.on("A").delay(late)
    rule.then.answer()
    resolver = FakeResolver(zone, timeout=PATIENCE).dnspython()
    with pytest.raises(dns.resolver.LifetimeTimeout):
        resolver.resolve(WWW, lifetime=IMPATIENCE)
    assert [rr.address for rr in resolver.resolve(WWW)] == [V4]


@pytest.mark.parametrize("late", [None, 0.5], ids=["no answer", "late answer"])
def test_62_dnspython_with_asyncio_is_used_again_after_a_timeout(zone, late) -> None:
    rule = zone.on("A").ignore() if late is None else zone.on("A").delay(late)
    rule.then.answer()

    async def twice() -> list[str]:
        resolver = FakeResolver(zone, timeout=PATIENCE).dnspython_async()
        with pytest.raises(dns.resolver.LifetimeTimeout):
            await resolver.resolve(WWW, lifetime=IMPATIENCE)
        return [rr.address for rr in await resolver.resolve(WWW)]

    assert asyncio.run(twice()) == [V4]
