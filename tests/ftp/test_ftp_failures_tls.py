"""Failures found in the wild, 70: FTP over TLS. Each is a script of at most four lines, and what
ftplib makes of it.

A row says at which call ftplib raises, what, and what stands in the message; calls before it
succeed, and so do all where nothing is raised. Where OpenSSL raises, the words are those of several
of its versions.
"""

import contextlib
import ftplib
import io
import ssl
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from fakefarm import FakeFTP, Farm

IMPATIENCE = 0.3  # seconds, of a client that meets silence
Perm, Proto, TLSError = ftplib.error_perm, ftplib.error_proto, ssl.SSLError
Script = Callable[[FakeFTP], object]


class Failure(NamedTuple):
    name: str
    script: Script
    at: str
    raises: type[Exception] | None
    says: str


# fmt: off
FAILURES = [
    ("AUTH is not known", lambda f: f.on("AUTH").reply(500, "what?"), "auth", Perm, "500"),
    ("AUTH, and the end",
     lambda f: f.on("tls").close(), "auth", TLSError, "EOF occurred|UNEXPECTED_EOF"),
    ("AUTH, and an RST", lambda f: f.on("tls").reset(), "auth", ConnectionResetError, "reset"),
    ("AUTH, and silence", lambda f: f.on("tls").stall(), "auth", TimeoutError, "timed out"),
    ("AUTH, and on in plain text",
     lambda f: f.on("tls").raw(b"220 ready\r\n"), "auth", TLSError, "WRONG_VERSION|RECORD_LAYER"),
    # CVE-2011-0411: a reply in plain text behind the 234, in one go, and it is not taken for one
    # that came encrypted.
    ("a reply pipelined behind AUTH",
     lambda f: f.on("AUTH").reply(234, "go on\r\n530 injected"), "", None, ""),
    ("everybody is let in by the greeting",  # and AUTH makes that be forgotten: RFC 2228 section 3
     lambda f: f.on("connect").reply(230, "welcome"), "", None, ""),
    ("PBSZ is refused", lambda f: f.on("PBSZ").reply(503, "no"), "prot", Perm, "503 no"),
    ("PROT P is not supported",
     lambda f: f.on("PROT", "P").reply(521, "no"), "prot", Perm, "521 no"),
    ("PROT P is 536", lambda f: f.on("PROT", "P").reply(536, "no"), "prot", Perm, "536 no"),
    ("PROT P is 431",
     lambda f: f.on("PROT", "P").reply(431, "no"), "prot", ftplib.error_temp, "431 no"),
    ("PROT P is accepted, and data is plain",
     lambda f: f.on("PROT").reply(200, "ok").without_effect(),
     "RETR", TLSError, "WRONG_VERSION|RECORD_LAYER"),
    ("RETR wants PROT P", lambda f: f.on("RETR").reply(522, "use PROT P"), "RETR", Perm, "522 use"),
    ("TLS is silent on the data connection",
     lambda f: f.on("tls", "RETR*").stall(), "RETR", TimeoutError, "timed out"),
    ("TLS ends on the data connection",
     lambda f: f.on("tls", "RETR*").close(), "RETR", TLSError, "EOF occurred|UNEXPECTED_EOF"),
    ("an alert on the data connection",
     lambda f: f.on("tls", "RETR*").alert("handshake_failure").close(),
     "RETR", TLSError, "HANDSHAKE_FAILURE"),
    ("a session has to be resumed",  # which ftplib does not do: cpython#63699
     lambda f: setattr(f, "require_session_reuse", True), "RETR", Perm, "522 .*resume"),
    # cpython#75908, cpython#77303: ftplib waits for the end of TLS, whoever has sent the data.
    ("no end of TLS behind a download",
     lambda f: f.on("RETR").answer().close(close_notify=False), "RETR", OSError, ""),
    ("no end of TLS behind an upload",
     lambda f: f.on("STOR").answer().close(close_notify=False), "STOR", OSError, ""),
    ("an unforeseen end of the control connection",
     lambda f: f.on("PBSZ").close(close_notify=False), "prot", EOFError, ""),
    ("CCC is refused", lambda f: f.on("CCC").reply(533, "no"), "ccc", Perm, "533 no"),
]
# fmt: on


@pytest.fixture
def fake() -> Iterator[FakeFTP]:
    with FakeFTP(tls="starttls") as fake:
        (fake.root / "notes.txt").write_bytes(b"hello")
        yield fake


@pytest.fixture
def client(fake: FakeFTP) -> Iterator[ftplib.FTP_TLS]:
    client = ftplib.FTP_TLS(context=Farm().ca.client_context(), timeout=5)
    yield client
    client.close()


def converse(client: ftplib.FTP_TLS, port: int) -> Iterator[str]:
    """The calls of ftplib, each named before it is made."""
    yield "connect"
    client.connect("localhost", port)
    yield "auth"
    client.auth()
    yield "login"
    assert client.login("ann", "secret").startswith("230")
    yield "prot"
    client.prot_p()
    yield "RETR"
    received = bytearray()
    client.retrbinary("RETR notes.txt", received.extend)
    assert received == b"hello"
    yield "STOR"
    client.storbinary("STOR new", io.BytesIO(b"new"))
    yield "ccc"
    client.ccc()
    yield "quit"
    client.quit()


@pytest.mark.parametrize("row", FAILURES, ids=[row[0] for row in FAILURES])
def test_70(fake: FakeFTP, client: ftplib.FTP_TLS, row: tuple[str, Script, str, type, str]) -> None:
    failure = Failure(*row)
    failure.script(fake)
    if failure.raises is TimeoutError:
        client.timeout = IMPATIENCE
    calls = []
    expected = contextlib.nullcontext()
    if failure.raises is not None:
        expected = pytest.raises(failure.raises, match=failure.says or None)
    with expected:
        calls.extend(converse(client, fake.port))
    assert calls[-1:] == [failure.at or "quit"]


def test_70_prot_before_pbsz(fake: FakeFTP, client: ftplib.FTP_TLS) -> None:
    client.connect("localhost", fake.port)
    client.auth()
    with pytest.raises(Perm, match="503 Use PBSZ first"):
        client.voidcmd("PROT P")


def test_70_the_upload_is_there_though_its_client_raises(
    fake: FakeFTP, client: ftplib.FTP_TLS
) -> None:
    fake.on("STOR").answer().close(close_notify=False)
    client.connect("localhost", fake.port)
    client.login("ann", "secret")
    client.prot_p()
    with pytest.raises(OSError):
        client.storbinary("STOR new", io.BytesIO(b"new"))
    assert client.getresp().startswith("226")
    assert fake.uploads[0].complete
    assert fake.uploads[0].content == b"new"


def test_70_resuming_a_session(fake: FakeFTP) -> None:
    """What a subclass of ftplib's has to do, as many have written it: cpython#63699."""

    class Resuming(ftplib.FTP_TLS):
        def ntransfercmd(self, cmd, rest=None):
            conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
            session = self.sock.session
            return self.context.wrap_socket(conn, server_hostname="x", session=session), size

    fake.require_session_reuse = True
    context = Farm().ca.client_context()
    context.check_hostname = False
    with Resuming(context=context, timeout=5) as client:
        for call in converse(client, fake.port):
            if call == "ccc":
                break
        client.quit()
    assert [facts.reused for facts in fake.data_tls] == [True, True]
