"""DNS over TLS (RFC 7858): the TCP side of a fake with ``tls=``; what is not of DNS alone is in
tests/tls/, which runs on FakeDNS, too."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import dns.message
import dns.query
import pytest
from dns_wire import Datagrams, answers, framed, question, rcode
from raw_client import PATIENCE

from fakefarm import Authority, FakeDNS, Farm

WWW = question("www.example.com")
Connect = Callable[[FakeDNS], ssl.SSLSocket]


@pytest.fixture
def ca() -> Authority:
    return Farm().ca


@pytest.fixture
def fake() -> Iterator[FakeDNS]:
    with FakeDNS(tls="implicit") as fake:
        fake.add_host("www.example.com", "192.0.2.1")
        yield fake


@pytest.fixture
def connect(ca: Authority) -> Iterator[Connect]:
    """``connect(fake)`` is a stream; all are closed in the end."""
    context = ca.client_context()
    context.set_alpn_protocols(["dot"])
    with ExitStack() as stack:

        def connect(fake: FakeDNS) -> ssl.SSLSocket:
            plain = socket.create_connection(fake.address, PATIENCE)
            return stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))

        yield connect


def message(sock: ssl.SSLSocket) -> bytes:
    stream = sock.makefile("rb")
    data: bytes = stream.read(int.from_bytes(stream.read(2), "big"))
    stream.close()
    return data


def test_questions_on_a_connection(fake: FakeDNS, connect: Connect) -> None:
    sock = connect(fake)
    assert sock.selected_alpn_protocol() == "dot"
    for number in range(3):
        sock.sendall(framed(question("www.example.com", id=number)))
        answer = message(sock)
        assert (answer[1], answers(answer)) == (number, ["192.0.2.1"])
    assert [query.transport for query in fake.queries] == ["tcp"] * 3
    assert [connection.tls.alpn for connection in fake.connections] == ["dot"]
    assert fake.transcript.received() == framed(*[query.line for query in fake.queries])


def test_datagrams_go_on_as_they_are(fake: FakeDNS, connect: Connect, udp: Any) -> None:
    client: Datagrams = udp(fake)
    assert answers(client.ask(WWW)) == ["192.0.2.1"]
    assert fake.connections[0].tls is None
    assert "tls" not in [step.verb for step in fake.steps]


def test_the_stream_takes_no_plain_question(fake: FakeDNS, tcp: Any) -> None:
    client = tcp(fake)
    client.send(framed(WWW))
    assert client.rest() == (b"", "fin")
    assert fake.queries == []


def test_a_transfer(fake: FakeDNS, ca: Authority) -> None:
    asked = dns.message.make_query("example.com", "AXFR")
    options: Any = {"ssl_context": ca.client_context(), "server_hostname": "localhost"}
    answer = dns.query.tls(asked, fake.host, PATIENCE, fake.port, **options)
    assert len(answer.answer[0]) == 1
    assert "www.example.com. 60 IN A 192.0.2.1" in answer.to_text()


def test_faults_of_messages(fake: FakeDNS, connect: Connect) -> None:
    fake.on("A", transport="tcp").rcode("SERVFAIL").wrong_id(only=1).then.respond("192.0.2.9")
    sock = connect(fake)
    sock.sendall(framed(WWW, WWW))
    first = message(sock)
    assert (first[:2], rcode(first)) == (b"\xed\xcb", "SERVFAIL")
    assert answers(message(sock)) == ["192.0.2.9"]


def test_a_rule_for_every_step_lets_the_handshake_be(fake: FakeDNS, connect: Connect) -> None:
    fake.every().rcode("REFUSED")
    sock = connect(fake)
    sock.sendall(framed(WWW))
    assert rcode(message(sock)) == "REFUSED"


def test_the_url(fake: FakeDNS) -> None:
    assert fake.url == f"tls://127.0.0.1:{fake.port}"


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda f: f.on("tls").respond("192.0.2.1"), "nothing is asked yet"),
        (lambda f: f.on("tls").wrong_id(), "nothing is asked yet"),
        (lambda f: f.on("tls").truncate(), "nothing is asked yet"),
        (lambda f: f.on("tls").from_other_port(), "is for udp"),
        (lambda f: f.on("tls", transport="udp"), "a datagram has no handshake"),
    ],
)
def test_what_a_handshake_cannot_have(write: Callable[[FakeDNS], object], says: str) -> None:
    fake = FakeDNS(tls="implicit")
    with pytest.raises(ValueError, match=says):
        write(fake)
