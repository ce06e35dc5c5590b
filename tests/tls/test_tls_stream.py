"""The stream behind the handshake, and its end: large, both ways, silent, broken, stopped."""

import shutil
import socket
import ssl
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from raw_client import PATIENCE, RawClient
from tls_clients import Speaker

from fakefarm import Authority, FakeHTTP, FakePOP3, FakeSMTP, TLSFacts
from fakefarm._core.tls.contexts import Certificates
from fakefarm._core.tls.encrypted import TLSSocket

Connect = Callable[..., ssl.SSLSocket]
LARGE = bytes(range(256)) * 2**15  # 8 MiB
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def connect(trusting: ssl.SSLContext) -> Iterator[Connect]:
    """``connect(fake)`` is a client behind its handshake; all are closed in the end."""
    with ExitStack() as stack:

        def connect(fake: Any, plain: socket.socket | None = None) -> ssl.SSLSocket:
            plain = plain or socket.create_connection(fake.address, PATIENCE)
            wrapped = trusting.wrap_socket(
                plain, server_hostname="localhost", suppress_ragged_eofs=False
            )
            return stack.enter_context(wrapped)

        yield connect


@pytest.fixture
def http() -> Iterator[FakeHTTP]:
    with FakeHTTP(tls="implicit") as fake:
        yield fake


def client_hello(context: ssl.SSLContext) -> bytes:
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def read_to_end(sock: Any) -> bytes:
    data = bytearray()
    while piece := sock.recv(65536):
        data += piece
    return bytes(data)


# --- much, and both ways at once


def test_large_bodies_both_ways(http: FakeHTTP, trusting: ssl.SSLContext) -> None:
    http.on("POST", "/").respond(lambda request: (200, request.body))
    asked = urllib.request.Request(f"https://localhost:{http.port}/", data=LARGE)
    with urllib.request.urlopen(asked, timeout=30, context=trusting) as answer:
        assert answer.read() == LARGE


class Below:
    """A socket whose first send is overtaken by the second, if that is let."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.overtaken = threading.Event()
        self.sending = threading.Event()

    def sendall(self, data: bytes) -> None:
        if self.sending.is_set():
            self.overtaken.set()
        else:
            self.sending.set()
            self.overtaken.wait(0.05)
        self.sent.append(data)


def test_records_leave_in_the_order_they_were_made_in(trusting: ssl.SSLContext) -> None:
    """Two threads may send on one connection: one of them answers a client's change of keys."""
    below: Any = Below()
    context = Certificates("valid", None, (), 0).to("localhost").context
    server = TLSSocket(below, context, TLSFacts())
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    incoming.write(server.proceed(outgoing.read())[0])
    client.do_handshake()
    assert server.proceed(outgoing.read()) == (b"", True)

    first = threading.Thread(target=server.send, args=(b"one ",))
    first.start()
    assert below.sending.wait(PATIENCE)
    server.send(b"two")
    first.join(PATIENCE)
    incoming.write(b"".join(below.sent))
    assert client.read() + client.read() == b"one two"


def test_a_client_that_changes_its_keys(ca: Authority) -> None:
    """RFC 8446 section 4.6.3: K asks for ours to be changed as well, k does not."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    with FakePOP3(tls="implicit") as fake:
        where = f"127.0.0.1:{fake.port}"
        command = [openssl, "s_client", "-connect", where, "-tls1_3", "-crlf"]
        pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        with subprocess.Popen([*command, "-CAfile", str(ca.pem_path)], **pipes) as client:
            fake.wait_until(fake.transcript.sent)
            for key in (b"K\n", b"k\n", b"K\n"):
                client.stdin.write(key)
                client.stdin.flush()
                until(client, client.stderr, b"KEYUPDATE")
                client.stdin.write(b"NOOP\n")
                client.stdin.flush()
                until(client, client.stdout, b"-ERR log in first")
            client.communicate(b"Q\n", timeout=20)
    assert fake.commands == ["NOOP"] * 3
    assert fake.connections[0].tls.error is None


def until(client: Any, stream: Any, line: bytes) -> None:
    while stream.readline().strip() != line:
        assert client.poll() is None


# --- half of it


def test_a_client_that_has_said_all_gets_its_answer(
    http: FakeHTTP, trusting: ssl.SSLContext
) -> None:
    """RFC 8446 section 6.1: close_notify ends one direction."""
    http.on("GET", "/").respond(200, LARGE)
    client = RawClient(http.address)
    client.send(last_words(client, trusting, GET))
    answer, how = client.rest()
    assert (len(answer) > len(LARGE), how) == (True, "fin")
    assert http.transcript.sent().endswith(LARGE)
    http.settle()
    assert (http.connections[0].ended_by, http.connections[0].tls.close_notify) == ("client", True)
    client.close()


def last_words(client: RawClient, context: ssl.SSLContext, data: bytes) -> bytes:
    """The records of ``data`` and of the end of TLS, behind a handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            client.send(outgoing.read())
            incoming.write(client.sock.recv(65536))
    tls.write(data)
    with pytest.raises(ssl.SSLWantReadError):
        tls.unwrap()
    return outgoing.read()


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_what_comes_behind_our_half_is_read(
    trusting: ssl.SSLContext, connect: Connect, version: str
) -> None:
    trusting.maximum_version = ssl.TLSVersion[version]
    with FakePOP3(tls="implicit") as fake:
        fake.on("NOOP").answer().half_close()
        sock = connect(fake)
        sock.sendall(b"NOOP\r\nCAPA\r\n")
        assert read_to_end(sock).endswith(b"-ERR log in first\r\n")
        fake.wait_until(lambda: fake.commands == ["NOOP", "CAPA"])


# --- the end


def test_what_comes_behind_the_end_of_tls_makes_no_rst(
    http: FakeHTTP, trusting: ssl.SSLContext
) -> None:
    sent = threading.Event()
    http.on("GET", "/").respond(lambda request: (200, b"hello" * sent.wait(PATIENCE)))
    client = RawClient(http.address)
    client.send(last_words(client, trusting, GET) + bytes(200_000))
    sent.set()
    assert client.rest()[1] == "fin"
    client.close()


def test_a_broken_stream_is_ended_by_us(http: FakeHTTP, connect: Connect) -> None:
    """The alert is not lost in an RST, whatever more the client sends."""
    client = RawClient(http.address)
    sock = connect(http, client.sock.dup())
    client.send(b"\x17\x03\x03\x00\x20" + bytes(500_000))
    with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC"):
        sock.recv(1)
    client.close()
    http.settle()
    assert (http.connections[0].ended_by, http.connections[0].ended_how) == ("server", "fin")
    assert http.connections[0].tls.alert is None


def test_close_notify_in_the_handshake(http: FakeHTTP, trusting: ssl.SSLContext) -> None:
    """What some clients send that do not like a certificate: it is theirs, and no error of ours."""
    client = RawClient(http.address)
    client.send(client_hello(trusting))
    assert client.exactly(1) == b"\x16"
    client.send(b"\x15\x03\x03\x00\x02\x01\x00")
    client.close()
    http.settle()
    assert http.connections[0].tls.alert == "close_notify"
    assert http.connections[0].ended_by == "client"


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("after", [0, 1, 1000])
def test_connections_that_are_cut(http: FakeHTTP, connect: Connect, how: str, after: int) -> None:
    """The bytes that are counted are those of the conversation; the handshake is none of it."""
    http.on("GET", "/").respond(200, bytes(5000))
    http.cut_connections(after, how)
    sock = connect(http)
    sock.sendall(GET)
    with pytest.raises(OSError):  # no close_notify; Python takes an RST for an EOF now and then
        read_to_end(sock)
    http.settle()
    connection = http.connections[0]
    assert (connection.ended_by, connection.ended_how) == ("script", how)
    assert len(http.transcript.sent()) == after


# --- silence, and the end of the fake


def test_silence_in_the_handshake_says_nothing(speaker: Speaker, running: Any) -> None:
    """No protocol puts its words for that, in plain text, where a handshake is waited for."""
    fake = running(speaker, timeout=0.05)
    client = speaker.dial(fake)
    assert client.rest() == (b"", "fin")
    client.close()


def test_silence_behind_the_handshake(connect: Connect) -> None:
    with FakeSMTP(tls="implicit", timeout=0.05) as fake:
        assert read_to_end(connect(fake)).endswith(b"421 4.4.2 silent for too long, closing\r\n")
        assert fake.connections[0].ended_how == "timeout"


def test_a_client_that_does_not_read(connect: Connect) -> None:
    with FakeHTTP(tls="implicit", timeout=0.05) as fake:
        fake.on("GET", "/").respond(200, bytes(2**26))
        sock = connect(fake)
        sock.sendall(GET)
        fake.wait_until(lambda: fake.connections[0].ended_how == "timeout")
        assert fake.connections[0].ended_by == "server"


def test_stop_while_a_large_answer_is_sent(connect: Connect) -> None:
    fake = FakeHTTP(tls="implicit").start()
    fake.on("GET", "/").respond(200, bytes(2**26))
    sock = connect(fake)
    sock.sendall(GET)
    assert sock.recv(12) == b"HTTP/1.1 200"
    fake.stop()  # raises if a thread stays
    assert fake.connections[0].ended_by == "stop"
    assert fake.errors == []


@pytest.mark.parametrize("script", ["waits", "sends"])
def test_stop_in_a_handshake_is_no_error_of_the_client(
    trusting: ssl.SSLContext, script: str
) -> None:
    fake = FakeHTTP(tls="implicit").start()
    if script == "sends":
        fake.on("tls").drip(size=1, every=10)
    client = RawClient(fake.address)
    client.send(client_hello(trusting))
    assert client.exactly(1) == b"\x16"
    fake.stop()
    assert fake.connections[0].ended_by == "stop"
    assert fake.connections[0].tls.error is None
    client.close()
