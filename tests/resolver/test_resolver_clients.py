"""Real clients, by name: the standard library's, asyncio and requests."""

from __future__ import annotations

import asyncio
import http.client
import logging
import logging.handlers
import smtplib
import socket
import urllib.request
from collections.abc import Callable

import pytest

from fakefarm import FakeDNS, FakeHTTP, FakeResolver, FakeSMTP

WWW = "web.example.com"


@pytest.fixture
def web(fake_http: FakeHTTP, dns: FakeDNS) -> FakeHTTP:
    """A server that has a name."""
    dns.host_for(fake_http, WWW)
    fake_http.on("GET", "/").respond(200, b"hello")
    return fake_http


def test_http_client(web: FakeHTTP, resolver: FakeResolver) -> None:
    connection = http.client.HTTPConnection(WWW, web.port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()
    assert web.requests[0].headers["Host"] == f"{WWW}:{web.port}"


def test_urllib(web: FakeHTTP, resolver: FakeResolver) -> None:
    with urllib.request.urlopen(f"http://{WWW}:{web.port}/", timeout=5) as answer:
        assert answer.read() == b"hello"


def test_requests(web: FakeHTTP, resolver: FakeResolver) -> None:
    requests = pytest.importorskip("requests", reason="requests is not installed")
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(f"http://{WWW}:{web.port}/", timeout=5).content == b"hello"


def test_aiohttp_passes_addrconfig(web: FakeHTTP, resolver: FakeResolver) -> None:
    aiohttp = pytest.importorskip("aiohttp", reason="aiohttp is not installed")

    async def get() -> bytes:
        threaded = aiohttp.ThreadedResolver()
        connector = aiohttp.TCPConnector(resolver=threaded)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get(f"http://{WWW}:{web.port}/") as answer,
        ):
            return bytes(await answer.read())

    assert asyncio.run(get()) == b"hello"
    assert resolver.lookups[0].function == "getaddrinfo"


def test_asyncio(web: FakeHTTP, resolver: FakeResolver) -> None:
    async def talk() -> bytes:
        reader, writer = await asyncio.open_connection(WWW, web.port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    assert asyncio.run(talk()).endswith(b"hello")


def test_asyncio_looks_up(resolver: FakeResolver) -> None:
    async def look_up() -> tuple[object, object]:
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo("v4.example.com", 80, type=socket.SOCK_STREAM)
        return infos[0][4], await loop.getnameinfo(("192.0.2.4", 25), 0)

    assert asyncio.run(look_up()) == (("192.0.2.4", 80), ("v4.example.com", "smtp"))


def test_asyncio_fails_as_the_function_does(resolver: FakeResolver) -> None:
    with pytest.raises(socket.gaierror, match="Name or service not known"):
        asyncio.run(asyncio.open_connection("nowhere.example.com", 80))


def test_the_second_address_is_tried(web: FakeHTTP, dns: FakeDNS, resolver: FakeResolver) -> None:
    dns.add("two.example.com", "A", "127.0.0.3", "127.0.0.1")
    connection = http.client.HTTPConnection("two.example.com", web.port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()


def test_smtplib(fake_smtp: FakeSMTP, dns: FakeDNS, resolver: FakeResolver) -> None:
    dns.host_for(fake_smtp, "mx.example.com")
    with smtplib.SMTP("mx.example.com", fake_smtp.port, timeout=5) as client:
        client.sendmail("ann@example.com", ["bob@example.com"], "Subject: hi\n\nhello\n")
    assert fake_smtp.outbox[0].recipients == ["bob@example.com"]


def test_smtplib_says_an_address_where_the_machine_has_no_name(
    fake_smtp: FakeSMTP, dns: FakeDNS, resolver: FakeResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    dns.add_host("client", "127.0.0.9", reverse=False)
    dns.on("PTR", "9.0.0.127.in-addr.arpa").rcode("NXDOMAIN")
    monkeypatch.setattr(socket, "gethostname", lambda: "client")
    with smtplib.SMTP(fake_smtp.host, fake_smtp.port, timeout=5) as client:
        client.ehlo()
    assert [step.argument for step in fake_smtp.steps if step.verb == "EHLO"] == ["[127.0.0.9]"]


@pytest.mark.parametrize(
    "make",
    [
        lambda name, port: logging.handlers.SysLogHandler((name, port)),
        logging.handlers.DatagramHandler,
    ],
    ids=["SysLogHandler", "DatagramHandler"],
)
def test_logging_over_udp(
    make: Callable[[str, int], logging.Handler],
    resolver: FakeResolver,
    connected: Callable[..., socket.socket],
) -> None:
    receiver = connected()
    receiver.bind(("127.0.0.1", 0))
    handler = make("here.example.com", receiver.getsockname()[1])
    handler.handle(logging.makeLogRecord({"msg": "it happened", "level": logging.INFO}))
    handler.close()
    assert b"it happened" in receiver.recv(4096)
    assert "sendto" in [lookup.function for lookup in resolver.lookups]
