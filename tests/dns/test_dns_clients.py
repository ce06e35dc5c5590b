"""Real clients: dnspython with threads and with asyncio, over TLS too (as kdig), and curl with DNS
over HTTPS. Those that are not installed are skipped.
"""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Coroutine, Iterator
from typing import Any, NamedTuple, TypeVar

import dns.asyncbackend
import dns.asyncquery
import dns.asyncresolver
import dns.flags
import dns.message
import dns.query
import dns.resolver
import dns.xfr
import dns.zone
import pytest

from fakefarm import FakeDNS, FakeHTTP, FakeResolver, Farm

PATIENCE = 5.0  # seconds
WWW, V4 = "www.example.com", "192.0.2.1"

ZONE = """\
$ORIGIN example.com.
$TTL 300
@ SOA ns hostmaster 7 3600 600 86400 60
@ NS ns
@ MX 10 mail
ns A 192.0.2.53
www A 192.0.2.1
www AAAA 2001:db8::1
mail A 192.0.2.25
alias CNAME www
text TXT "one" "two"
odd TYPE65280 \\# 2 ABCD
*.wild A 192.0.2.9
"""


@pytest.fixture
def filled(fake: FakeDNS) -> FakeDNS:
    """A fake with a zone, 60 addresses of one name (about 1,000 bytes), and a reverse name."""
    fake.load(ZONE)
    fake.add("many.example.com", "A", *[f"192.0.2.{i}" for i in range(60)])
    fake.add("1.2.0.192.in-addr.arpa", "PTR", WWW)
    return fake


# --- dnspython

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """asyncio.run, which gives the transports that dnspython closed and did not wait for a moment
    to be closed in."""

    async def waiting() -> T:
        try:
            return await coroutine
        finally:
            await asyncio.sleep(0.02)

    return asyncio.run(waiting())


QUESTIONS = [
    (WWW, "A", [V4]),
    (WWW, "AAAA", ["2001:db8::1"]),
    ("example.com", "MX", ["10 mail.example.com."]),
    ("example.com", "NS", ["ns.example.com."]),
    ("alias.example.com", "A", [V4]),
    ("text.example.com", "TXT", ['"one" "two"']),
    ("odd.example.com", "TYPE65280", ["\\# 2 abcd"]),
    ("a.b.wild.example.com", "A", ["192.0.2.9"]),
    ("1.2.0.192.in-addr.arpa", "PTR", ["www.example.com."]),
]


@pytest.fixture
def resolver(filled: FakeDNS) -> dns.resolver.Resolver:
    return FakeResolver(filled, timeout=PATIENCE).dnspython()


@pytest.mark.parametrize(("name", "type", "wanted"), QUESTIONS)
@pytest.mark.parametrize("tcp", [False, True], ids=["UDP", "TCP"])
@pytest.mark.parametrize("mode", ["threads", "asyncio"])
def test_dnspython(filled, name, type, wanted, tcp, mode) -> None:
    lookups = FakeResolver(filled, timeout=PATIENCE)
    if mode == "threads":
        answer = lookups.dnspython().resolve(name, type, tcp=tcp)
    else:
        answer = run(lookups.dnspython_async().resolve(name, type, tcp=tcp))
    assert [rr.to_text() for rr in answer] == wanted
    assert [query.transport for query in filled.queries] == ["tcp" if tcp else "udp"]


def test_dnspython_with_asyncio_asks_many_at_once(filled) -> None:
    async def all_of_them() -> list[str]:
        resolver = FakeResolver(filled, timeout=PATIENCE).dnspython_async()
        answers = await asyncio.gather(
            *(resolver.resolve(f"n{i}.wild.example.com") for i in range(50))
        )
        return [answer[0].address for answer in answers]

    assert run(all_of_them()) == ["192.0.2.9"] * 50
    assert len(filled.queries) == 50


@pytest.mark.parametrize("mode", ["threads", "asyncio"])
def test_dnspython_resolves_a_name_in_all_its_ways(filled, mode) -> None:
    lookups = FakeResolver(filled, timeout=PATIENCE)
    if mode == "threads":
        resolver = lookups.dnspython()
        found, back = resolver.resolve_name(WWW), resolver.resolve_address(V4)
        zone = dns.resolver.zone_for_name(WWW, resolver=resolver)
    else:
        slow = lookups.dnspython_async()
        found, back = run(slow.resolve_name(WWW)), run(slow.resolve_address(V4))
        zone = run(dns.asyncresolver.zone_for_name(WWW, resolver=slow))
    assert list(found.addresses()) in ([V4, "2001:db8::1"], ["2001:db8::1", V4])
    assert back[0].to_text() == "www.example.com."
    assert zone.to_text() == "example.com."


@pytest.mark.parametrize("payload", [512, 600, 900, 1232, 4096])
def test_dnspython_says_how_much_it_takes(filled, payload) -> None:
    asked = dns.message.make_query("many.example.com", "A", use_edns=0, payload=payload)
    answer = dns.query.udp(asked, filled.host, PATIENCE, filled.port)
    assert len(answer.to_wire()) <= payload
    assert bool(answer.flags & dns.flags.TC) is (payload < 1000)
    assert filled.queries[0].edns.size == payload
    full, over_tcp = dns.query.udp_with_fallback(asked, filled.host, PATIENCE, filled.port)
    assert len(full.answer[0]) == 60
    assert over_tcp is (payload < 1000)


def test_dnspython_with_asyncio_comes_again_over_tcp(filled) -> None:
    asked = dns.message.make_query("many.example.com", "A", use_edns=False)
    answer, over_tcp = run(
        dns.asyncquery.udp_with_fallback(asked, filled.host, PATIENCE, filled.port)
    )
    assert over_tcp
    assert len(answer.answer[0]) == 60


@pytest.mark.parametrize("mode", ["threads", "asyncio"])
def test_dnspython_transfers_a_zone(filled, mode) -> None:
    zone = dns.zone.Zone("example.com")
    asked, _ = dns.xfr.make_query(zone)
    if mode == "threads":
        dns.query.inbound_xfr(filled.host, zone, asked, filled.port, PATIENCE)
    else:
        run(
            dns.asyncquery.inbound_xfr(filled.host, zone, asked, port=filled.port, timeout=PATIENCE)
        )
    assert zone.get_soa().serial == 7
    assert len(zone.get_rdataset("many", "A")) == 60
    assert zone.get_rdataset("odd", "TYPE65280")[0].to_text() == "\\# 2 abcd"


def test_dnspython_keeps_a_connection(filled) -> None:
    async def three() -> list[int]:
        backend = dns.asyncbackend.get_default_backend()
        where = filled.host, filled.port
        kind = socket.AF_INET, socket.SOCK_STREAM
        async with await backend.make_socket(*kind, 0, None, where, PATIENCE) as sock:
            asked = dns.message.make_query(WWW, "A")
            return [(await dns.asyncquery.tcp(asked, filled.host, sock=sock)).id for _ in range(3)]

    assert len(run(three())) == 3
    filled.settle()
    assert len(filled.connections) == 1


# --- DNS over TLS (RFC 7858)


@pytest.fixture
def dot(farm: Farm) -> FakeDNS:
    pytest.importorskip("trustme", reason="TLS wants trustme")
    fake = farm.dns(tls="implicit")
    fake.add(WWW, "A", V4)
    return fake


@pytest.mark.parametrize("mode", ["threads", "asyncio"])
def test_dnspython_over_tls(dot, farm, mode) -> None:
    asked = dns.message.make_query(WWW, "A")
    where = {"port": dot.port, "timeout": PATIENCE, "server_hostname": "localhost"}
    trust = {"verify": str(farm.ca.pem_path)}
    if mode == "threads":
        answer = dns.query.tls(asked, dot.host, **where, **trust)
    else:
        answer = run(dns.asyncquery.tls(asked, dot.host, **where, **trust))
    assert answer.answer[0][0].address == V4
    assert dot.connections[0].tls.alpn == "dot"
    assert dns.query.udp(asked, dot.host, PATIENCE, dot.port).answer == answer.answer


def test_kdig_over_tls(dot, farm) -> None:
    path = shutil.which("kdig")
    if path is None:
        pytest.skip("kdig is not installed")
    words = [path, f"@{dot.host}", "-p", str(dot.port), "+tls-hostname=localhost", WWW, "+short"]
    words += [f"+tls-ca={farm.ca.pem_path}", "+retry=0"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == f"{V4}\n", done.stderr
    (query,) = dot.queries
    assert query.edns.size
    assert b"\x00\x0c" in query.line  # padded, RFC 8467


# --- DNS over HTTPS


class Run(NamedTuple):
    code: int
    said: str


@pytest.fixture
def https() -> Iterator[FakeHTTP]:
    pytest.importorskip("trustme", reason="TLS wants trustme")
    with FakeHTTP(tls="implicit") as fake:
        yield fake


def curl(doh: FakeHTTP, url: str) -> Run:
    path = shutil.which("curl")
    if path is None:
        pytest.skip("curl is not installed")
    where = f"https://{doh.host}:{doh.port}/dns-query"
    done = subprocess.run(
        [path, "-qsS", "--noproxy", "*", "--doh-url", where, "--doh-insecure", url],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr)


def test_curl_over_https(filled, https) -> None:
    """62: the zone is that of a FakeDNS, and the server that the name leads to is a FakeHTTP."""

    def relay(request: Any) -> Any:
        asked = dns.message.from_wire(request.body)
        answer = dns.query.udp(asked, filled.host, PATIENCE, filled.port)
        return 200, answer.to_wire(), {"Content-Type": "application/dns-message"}

    https.on("POST", "/dns-query").respond(relay)
    with FakeHTTP() as web:
        filled.host_for(web, "web.example.com")
        web.on("GET", "/hello").respond(200, b"hello")
        assert curl(https, f"http://web.example.com:{web.port}/hello") == (0, "hello")
    assert sorted(filled.commands) == ["A", "AAAA"]


@pytest.mark.parametrize(
    "script",
    [
        lambda rule: rule.respond(404),
        lambda rule: rule.respond(405),
        lambda rule: rule.respond(200, b"<html>", headers={"Content-Type": "text/html"}),
        lambda rule: rule.close(),
    ],
    ids=["404", "405", "wrong type", "closed"],
)
def test_curl_over_https_that_fails(https, script) -> None:
    """62"""
    script(https.on("POST", "/dns-query"))
    done = curl(https, "http://web.example.com:1/hello")
    assert done.code == 6  # could not resolve the host
