"""Programs that look up names meet name servers that misbehave."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

import pytest

from fakefarm import FakeDNS, FakeHTTP, FakeResolver

Say = Callable[[str], None]


def test_no_name_and_no_data(fake_dns: FakeDNS, fake_resolver: FakeResolver, say: Say) -> None:
    """A name that does not exist, and one that has no address: two errors, and two numbers."""
    fake_dns.add("example.com", "MX", "10 mail.example.com")
    with pytest.raises(socket.gaierror, match="Name or service not known"):
        socket.getaddrinfo("nowhere.example.com", 25)
    with pytest.raises(socket.gaierror, match="No address associated with hostname"):
        socket.getaddrinfo("example.com", 25)
    say("getaddrinfo raised EAI_NONAME for the one and EAI_NODATA for the other.")


def test_no_reverse_name(fake_dns: FakeDNS, fake_resolver: FakeResolver, say: Say) -> None:
    """An address without a name is a herror, which no `except gaierror` catches."""
    fake_dns.add_host("mail.example.com", "192.0.2.1", reverse=False)
    with pytest.raises(socket.herror, match="Unknown host"):
        socket.gethostbyaddr("192.0.2.1")
    assert socket.getfqdn("192.0.2.1") == "192.0.2.1"
    say("gethostbyaddr raised herror, getfqdn gave the address back.")


def test_one_family_fails(fake_dns: FakeDNS, fake_resolver: FakeResolver, say: Say) -> None:
    """The server cannot answer for IPv6: the name has its IPv4 address all the same."""
    fake_dns.add_host("www.example.com", "192.0.2.1")
    fake_dns.on("AAAA", "www.example.com").rcode("SERVFAIL")
    infos = socket.getaddrinfo("www.example.com", 80, type=socket.SOCK_STREAM)
    assert [info[4] for info in infos] == [("192.0.2.1", 80)]
    say("getaddrinfo returned the address of the family that was answered.")


@pytest.mark.fake_resolver(timeout=0.1)
def test_one_family_is_silent(fake_dns: FakeDNS, fake_resolver: FakeResolver, say: Say) -> None:
    """Questions for IPv6 are dropped on the way: a lookup takes three timeouts, and succeeds."""
    fake_dns.add_host("www.example.com", "192.0.2.1")
    fake_dns.on("AAAA", "www.example.com").ignore()
    begun = time.monotonic()
    assert socket.getaddrinfo("www.example.com", 80)
    taken = time.monotonic() - begun
    assert taken >= 0.3
    say(f"It took {taken:.1f} s; with glibc's own timeout of 5 s it would have been 15.")


def test_an_answer_too_long_for_a_datagram(
    fake_dns: FakeDNS, fake_resolver: FakeResolver, say: Say
) -> None:
    """The answer is cut and says so: the resolver asks again over TCP."""
    fake_dns.add("many.example.com", "A", *(f"192.0.2.{number}" for number in range(1, 101)))
    assert len(socket.gethostbyname_ex("many.example.com")[2]) == 100
    assert [query.transport for query in fake_dns.queries] == ["udp", "tcp"] * 2
    say("gethostbyname_ex returned all hundred addresses.")


def test_the_first_address_is_dead(
    fake_dns: FakeDNS, fake_resolver: FakeResolver, fake_http: FakeHTTP, say: Say
) -> None:
    """A name has two addresses, and nobody listens at the first: the second is tried."""
    fake_dns.add("www.example.com", "A", "127.0.0.3", fake_http.host)
    fake_http.on("GET", "/").respond(200, b"hello")
    client = http.client.HTTPConnection("www.example.com", fake_http.port, timeout=2)
    client.request("GET", "/")
    assert client.getresponse().read() == b"hello"
    client.close()
    say("http.client got its page from the second address.")


def test_a_name_that_nobody_planned_for(fake_dns: FakeDNS, say: Say) -> None:
    """A program asks for a name that the test says nothing of: nothing leaves the machine."""
    with (
        FakeResolver(fake_dns, strict=False) as resolver,
        pytest.raises(socket.gaierror, match=r"'telemetry\.example\.net' is in no zone"),
    ):
        socket.create_connection(("telemetry.example.net", 443), timeout=2)
    assert [lookup.asked for lookup in resolver.lookups] == ["telemetry.example.net"]
    say("It was refused with an error that names it, and stands among the lookups.")
