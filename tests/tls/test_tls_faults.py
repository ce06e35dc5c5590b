"""What a script does to a handshake and to the stream behind it, on every fake that has TLS."""

import re
import shutil
import socket
import ssl
import subprocess
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from raw_client import RawClient
from tls_clients import Speaker

from fakefarm import Authority, FakeHTTP, FakePOP3, FakeSMTP
from fakefarm._core.tls.client_hello import ClientHello, parse

Write = Callable[[Any], object]

GONE = "Connection reset|not connected"  # dnspython may look at its socket before it reads

# A name, the rule, what OpenSSL's client says to it, and what a raw client gets: its first bytes,
# and how it ends ("" where it does not).
FAULTS: list[tuple[str, Write, str, bytes, str]] = [
    ("closed", lambda r: r.close(), "EOF occurred|UNEXPECTED_EOF", b"", "fin"),
    ("reset", lambda r: r.reset(), GONE, b"", "rst"),
    ("silent for a while", lambda r: r.stall(0.03), "EOF occurred|UNEXPECTED_EOF", b"", "fin"),
    ("plain text", lambda r: r.raw(b"400 what\r\n"), "WRONG_VERSION|RECORD_LAYER", b"400 wh", ""),
    (
        "a refusal, and the end",
        lambda r: r.alert("handshake_failure").close(),
        "ALERT_HANDSHAKE_FAILURE",
        b"\x15\x03\x03\x00\x02\x02\x28",
        "fin",
    ),
    (
        "an unknown name",
        lambda r: r.alert("unrecognized_name").close(),
        "UNRECOGNIZED_NAME",
        b"\x15\x03\x03\x00\x02\x02\x70",
        "fin",
    ),
    ("too old", lambda r: r.server_hello("SSLv3"), "VERSION|PROTOCOL", b"\x16\x03\x03", ""),
    ("too new", lambda r: r.server_hello("TLSv1.4"), "VERSION|PROTOCOL", b"\x16\x03\x03", ""),
    (
        "a cipher that nobody offered",
        lambda r: r.server_hello("TLSv1.2", cipher=0x0000),
        "WRONG_CIPHER|UNKNOWN_CIPHER|INTERNAL|LENGTH|BAD_",
        b"\x16\x03\x03",
        "",
    ),
    ("only TLS 1", lambda r: r.negotiate(version="TLSv1"), "PROTOCOL_VERSION", b"\x15\x03", "fin"),
    (
        "only without encryption",
        lambda r: r.negotiate(ciphers="NULL-SHA256"),
        "HANDSHAKE_FAILURE",
        b"\x15\x03",
        "fin",
    ),
    ("garbage", lambda r: r.raw(b"\x16\x03\x03\x00\x04ABCD"), "SSL", b"\x16\x03\x03\x00\x04A", ""),
    ("garbled", lambda r: r.garble(at=0, count=3), "WRONG_VERSION|RECORD", b"\xe9\xfc\xfc", ""),
    ("cut", lambda r: r.truncate(after=30), "EOF occurred|UNEXPECTED_EOF", b"\x16\x03\x03", "fin"),
    ("cut, reset", lambda r: r.truncate(after=3).reset(), GONE, b"\x16\x03\x03", "rst"),
]

NAMES = [fault[0] for fault in FAULTS]


def said(error: BaseException) -> str:
    return str(error.reason if isinstance(error, urllib.error.URLError) else error)


@pytest.mark.parametrize(("name", "write", "says", "first", "how"), FAULTS, ids=NAMES)
def test_what_the_client_says(
    name: str,
    write: Write,
    says: str,
    first: bytes,
    how: str,
    speaker: Speaker,
    running: Any,
    trusting: ssl.SSLContext,
) -> None:
    fake = running(speaker)
    write(fake.on("tls"))
    with pytest.raises(OSError) as caught:
        speaker.talk(fake, trusting)
    assert re.search(says, said(caught.value))
    fake.settle()
    assert fake.connections[0].tls.version is None


@pytest.mark.parametrize(("name", "write", "says", "first", "how"), FAULTS, ids=NAMES)
def test_what_is_on_the_wire(
    name: str,
    write: Write,
    says: str,
    first: bytes,
    how: str,
    speaker: Speaker,
    running: Any,
    dial: Any,
    trusting: ssl.SSLContext,
) -> None:
    fake = running(speaker)
    write(fake.on("tls"))
    client = dial(speaker, fake)
    client.send(hello(trusting))
    if how == "rst" and not first:
        assert client.rest() == (b"", "rst")
        return
    assert client.exactly(len(first)) == first
    if how:
        assert client.rest()[1] == how
    else:
        fake.wait_until(lambda: fake.connections[0].closed is None)


def hello(context: ssl.SSLContext) -> bytes:
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_handshake_a_byte_at_a_time(
    speaker: Speaker, running: Any, trusting: ssl.SSLContext
) -> None:
    fake = running(speaker)
    fake.on("tls").drip(size=7, every=0)
    speaker.talk(fake, trusting)
    fake.settle()
    assert fake.connections[0].tls.version == "TLSv1.3"


def test_the_first_handshake_fails_and_the_second_does_not(
    speaker: Speaker, running: Any, trusting: ssl.SSLContext
) -> None:
    fake = running(speaker)
    fake.on("tls", "localhost").close().once()
    with pytest.raises(OSError):
        speaker.talk(fake, trusting)
    speaker.talk(fake, trusting)


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_one_version(
    version: str, speaker: Speaker, running: Any, trusting: ssl.SSLContext
) -> None:
    fake = running(speaker)
    fake.on("tls").negotiate(version=version)
    speaker.talk(fake, trusting)
    fake.settle()
    assert fake.connections[0].tls.version == version


def test_ciphers_are_limited_whatever_the_certificate(ca: Authority) -> None:
    with FakePOP3(tls="implicit", certificate="weak-rsa-1024") as fake:
        fake.on("tls").negotiate(ciphers="ECDHE-RSA-AES128-SHA")
        context = ca.client_context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with (
            socket.create_connection(fake.address, timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as sock,
        ):
            assert sock.cipher()[0] == "ECDHE-RSA-AES128-SHA"  # type: ignore[index]


def test_an_ending_behind_a_handshake_of_one_version(http: Any, stream: Any) -> None:
    http.on("tls").negotiate(version="TLSv1.2").close()
    sock = stream(http)
    assert sock.version() == "TLSv1.2"
    assert sock.recv(1) == b""


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1"])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_version_for_a_client_that_wants_it(
    version: str, speaker: Speaker, running: Any, ca: Authority
) -> None:
    fake = running(speaker)
    fake.on("tls").negotiate(version=version)
    context = ca.client_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    speaker.talk(fake, context)
    fake.settle()
    assert fake.connections[0].tls.version == version


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda r: r.alert("no_such_alert"), "'no_certificate'|one of"),
        (lambda r: r.alert(40), "handshake_failure"),
        (lambda r: r.server_hello("TLSv9"), "'TLSv1"),
        (lambda r: r.server_hello(12), "known are SSLv3"),
        (lambda r: r.server_hello(cipher=0x10000), "cipher=65536: give a number"),
        (lambda r: r.negotiate(), "give version= or ciphers="),
        (lambda r: r.negotiate(version="TLSv1.3", ciphers="NULL-SHA256"), "no choice of ciphers"),
        (lambda r: r.negotiate(version="SSLv2"), "cannot do it"),
        (lambda r: r.negotiate(version="SSLv3"), "cannot do it"),
        (lambda r: r.negotiate(ciphers="NOTHING-AT-ALL"), "cannot do it"),
    ],
)
def test_bad_parameters(write: Write, says: str) -> None:
    with FakePOP3(tls="implicit", strict=False) as fake, pytest.raises(ValueError, match=says):
        write(fake.on("tls"))


@pytest.mark.parametrize("method", ["alert", "server_hello", "negotiate"])
def test_what_is_for_the_handshake_alone(method: str) -> None:
    with FakePOP3(strict=False) as fake, pytest.raises(ValueError, match=r"is for on\('tls'\)"):
        getattr(fake.on("STAT"), method)(*(["unknown_ca"] if method == "alert" else []))


# --- behind the handshake


@pytest.fixture
def stream(trusting: ssl.SSLContext) -> Any:
    """``stream(fake)``: an SSLSocket that is connected; all are closed in the end."""
    made: list[ssl.SSLSocket] = []

    def stream(fake: Any, suppress: bool = False) -> ssl.SSLSocket:
        plain = socket.create_connection(fake.address, timeout=5)
        made.append(
            trusting.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=suppress)
        )
        return made[-1]

    yield stream
    for sock in made:
        sock.close()


def get(sock: ssl.SSLSocket) -> None:
    sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


@pytest.fixture
def http() -> Any:
    with FakeHTTP(tls="implicit") as fake:
        yield fake


def test_close_ends_tls_before_the_connection(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello").close()
    sock = stream(http)
    get(sock)
    assert read_all(sock).endswith(b"hello")
    http.settle()


def read_all(sock: ssl.SSLSocket) -> bytes:
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


@pytest.mark.parametrize(
    "write",
    [
        lambda r: r.respond(200, b"hello").close(close_notify=False),
        lambda r: r.respond(200, b"hello").truncate(after=3).close(close_notify=False),
    ],
)
def test_a_stream_that_is_cut(http: Any, stream: Any, write: Write) -> None:
    """No close_notify: what an attacker can do who cuts a connection (RFC 8446 section 6.1)."""
    write(http.on("GET", "/"))
    sock = stream(http)
    get(sock)
    with pytest.raises(ssl.SSLError, match="EOF"):
        read_all(sock)
    assert http.connections[0].ended_how == "fin"


def test_reset_behind_tls(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello").reset()
    sock = stream(http)
    get(sock)
    with pytest.raises(OSError):  # Python takes it for an EOF now and then
        read_all(sock)
    assert (http.connections[0].ended_by, http.connections[0].ended_how) == ("script", "rst")


def test_plain_text_in_the_middle(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello").raw(b"plain text", encrypted=False)
    sock = stream(http)
    get(sock)
    with pytest.raises(ssl.SSLError, match=r"WRONG_VERSION|RECORD"):
        read_all(sock)
    assert http.transcript.sent().endswith(b"plain text")


def test_close_notify_then_data(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello").close_notify().raw(b"more")
    sock = stream(http)
    get(sock)
    assert read_all(sock).endswith(b"hello")  # OpenSSL says that this is the end
    below = socket.socket(fileno=sock.detach())
    below.settimeout(5)
    with below:
        assert below.recv(100).endswith(b"more")


def test_half_close_behind_tls(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello").half_close()
    sock = stream(http)
    get(sock)
    assert read_all(sock).endswith(b"hello")


def test_shaping_acts_on_what_is_encrypted(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello").garble(at=1).drip(size=2, every=0)
    sock = stream(http)
    get(sock)
    data = b""
    while not data.endswith(b"llo"):
        data += sock.recv(100)
    assert data.endswith(b"h\x9allo")


def test_a_client_that_ends_tls(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello")
    sock = stream(http)
    get(sock)
    data = sock.recv(100)
    while not data.endswith(b"hello"):
        data += sock.recv(100)
    sock.unwrap().close()
    http.settle()
    assert http.connections[0].tls.close_notify is True
    assert http.connections[0].ended_by == "client"


def test_a_client_that_just_leaves(http: Any, stream: Any) -> None:
    http.on("GET", "/").respond(200, b"hello")
    sock = stream(http)
    get(sock)
    assert sock.recv(12) == b"HTTP/1.1 200"
    read = sock.recv(65536)
    assert read
    socket.socket(fileno=sock.detach()).close()
    http.settle()
    assert http.connections[0].tls.close_notify is False


def test_a_client_that_breaks_the_stream(http: Any, trusting: ssl.SSLContext) -> None:
    with socket.create_connection(http.address, timeout=5) as plain:
        sock = trusting.wrap_socket(
            plain.dup(), server_hostname="localhost", suppress_ragged_eofs=False
        )
        plain.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC"):
            sock.recv(1)
        sock.close()
    http.settle()
    assert http.connections[0].tls.error is not None
    assert "bad record mac" in http.connections[0].tls.error


def test_a_large_body(http: Any, stream: Any) -> None:
    body = bytes(range(256)) * 4000
    http.on("GET", "/").respond(200, body).close()
    sock = stream(http)
    get(sock)
    assert read_all(sock).endswith(body)


def test_no_renegotiation(ca: Authority) -> None:
    """RFC 5746: a client that asks for it is refused."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    with FakePOP3(tls="implicit") as fake:
        command = [openssl, "s_client", "-connect", f"127.0.0.1:{fake.port}", "-tls1_2", "-crlf"]
        run = subprocess.run(
            [*command, "-CAfile", str(ca.pem_path)],
            input=b"R\n",
            capture_output=True,
            timeout=20,
            check=False,
        )
    assert b"error:" in run.stderr
    assert fake.commands == []


def test_a_rule_that_never_fires_on_tls() -> None:
    from fakefarm import FakeFailure

    fake = FakeSMTP(tls="starttls").start()
    fake.on("tls").close()
    fake.stop()
    with pytest.raises(FakeFailure, match=r"on\('tls'\)\.close\(\)"):
        fake.verify()


# --- the ClientHello


@pytest.mark.parametrize("name", ["localhost", "mail.example.com"])
def test_a_client_hello_is_read(name: str, trusting: ssl.SSLContext) -> None:
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    outgoing = ssl.MemoryBIO()
    client = trusting.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    data = outgoing.read()
    found = parse(data)
    assert found is not None
    assert (found.server_name, found.alpn) == (name, ["h2", "http/1.1"])
    assert found.versions == ["TLSv1.3", "TLSv1.2"]
    for cut in range(len(data)):
        assert parse(data[:cut]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",  # a ServerHello
        b"\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03",  # too short
        b"\x16" + bytes(2) + b"\xff\xff" + b"\x01\xff\xff\xff" + bytes(70000),
    ],
)
def test_what_is_no_client_hello(data: bytes) -> None:
    assert parse(data) in (ClientHello(), None)
    assert parse(data + bytes(2**16)) == ClientHello()


def test_a_client_that_says_nothing(http: Any) -> None:
    RawClient(http.address).close()
    http.settle()
    assert http.connections[0].tls is None
    assert http.connections[0].ended_by == "client"
