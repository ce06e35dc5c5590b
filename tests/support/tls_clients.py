"""Each fake that has TLS, in each of its modes, with a client of it: the standard library's, and
dnspython for DNS."""

from __future__ import annotations

import contextlib
import ftplib
import imaplib
import poplib
import smtplib
import ssl
import urllib.request
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dns.message
import dns.query
from raw_client import PATIENCE, RawClient

from fakefarm import FakeDNS, FakeFTP, FakeHTTP, FakeIMAP, FakePOP3, FakeSMTP, FakeXMLRPC

MESSAGE = "Subject: x\r\n\r\nhello\r\n"


@dataclass(frozen=True)
class Speaker:
    """``talk(fake, context)`` has a whole conversation by TLS, and raises what the client raises.
    ``plain`` is what a client says before its ClientHello: lines, and how many lines answer."""

    kind: type[Any]
    mode: str
    talk: Callable[[Any, ssl.SSLContext], object]
    plain: tuple[tuple[bytes, bytes], ...] = ()

    def __str__(self) -> str:
        return f"{self.kind.protocol}-{self.mode}"

    def make(self, **arguments: Any) -> Any:
        """The fake, not started."""
        fake = self.kind(tls=self.mode, **arguments)
        if self.kind in (FakePOP3, FakeIMAP):
            fake.mailbox.add(MESSAGE)
        if self.kind is FakeFTP:
            (fake.root / "notes.txt").write_text("hello")
        if self.kind is FakeDNS:
            fake.add("www.example.com", "TXT", "hello")
        if self.kind is FakeXMLRPC:
            fake.register(lambda word: word, "echo")
        if self.kind is FakeHTTP:
            fake.on("GET", "/x").respond(200, b"hello").optional()
        return fake

    def dial(self, fake: Any) -> RawClient:
        """A raw client for whom a ClientHello is next to say."""
        client = self.dial_without_reading(fake)
        if self.plain:
            client.up_to(self.plain[-1][1])
        return client

    def dial_without_reading(self, fake: Any, behind: bytes = b"") -> RawClient:
        """The same, with the answer to the command that asks for TLS not read yet, and ``behind``
        sent with it in one go."""
        client = RawClient(fake.address)
        for says, answered in self.plain[:-1]:
            client.send(says)
            client.up_to(answered)
        if self.plain:
            client.send(self.plain[-1][0] + behind)
        return client


def smtp_starttls(fake: Any, context: ssl.SSLContext) -> None:
    client = smtplib.SMTP("localhost", fake.port, timeout=PATIENCE)
    try:  # and not `with`, which says QUIT to a socket that is closed and hides why it is
        client.starttls(context=context)
        client.sendmail("ann@example.com", ["bob@example.com"], MESSAGE)
        client.quit()
    finally:
        client.close()


def smtp_implicit(fake: Any, context: ssl.SSLContext) -> None:
    with smtplib.SMTP_SSL("localhost", fake.port, context=context, timeout=PATIENCE) as client:
        client.sendmail("ann@example.com", ["bob@example.com"], MESSAGE)


def pop3_starttls(fake: Any, context: ssl.SSLContext) -> None:
    client = poplib.POP3("localhost", fake.port, timeout=PATIENCE)
    try:
        client.stls(context=context)
        pop3_fetch(client)
    finally:
        with contextlib.suppress(OSError):  # of a socket that is closed: it would hide why
            client.close()


def pop3_implicit(fake: Any, context: ssl.SSLContext) -> None:
    client = poplib.POP3_SSL("localhost", fake.port, context=context, timeout=PATIENCE)
    try:
        pop3_fetch(client)
    finally:
        client.close()


def pop3_fetch(client: poplib.POP3) -> None:
    client.user("ann")
    client.pass_("secret")
    assert client.retr(1)[1][-1] == b"hello"
    client.quit()


def imap_starttls(fake: Any, context: ssl.SSLContext) -> None:
    client = imaplib.IMAP4("localhost", fake.port, timeout=PATIENCE)
    try:
        client.starttls(context)
        imap_fetch(client)
    finally:
        with contextlib.suppress(OSError):
            client.shutdown()


def imap_implicit(fake: Any, context: ssl.SSLContext) -> None:
    client = imaplib.IMAP4_SSL("localhost", fake.port, ssl_context=context, timeout=PATIENCE)
    try:
        imap_fetch(client)
    finally:
        with contextlib.suppress(OSError):
            client.shutdown()


def imap_fetch(client: imaplib.IMAP4) -> None:
    client.login("ann", "secret")
    client.select()
    _, data = client.fetch("1", "BODY[TEXT]")
    assert data[0][1] == b"hello\r\n"
    client.logout()


def xmlrpc_call(fake: Any, context: ssl.SSLContext) -> None:
    url = f"https://localhost:{fake.port}/"
    with xmlrpc.client.ServerProxy(url, context=context) as proxy:
        assert proxy.echo("hello") == "hello"


class ImplicitFTP(ftplib.FTP_TLS):
    """ftplib knows AUTH TLS alone; this control connection is encrypted as soon as it stands."""

    _sock: Any = None

    @property
    def sock(self) -> Any:
        return self._sock

    @sock.setter
    def sock(self, sock: Any) -> None:
        if sock is not None and not isinstance(sock, ssl.SSLSocket):
            sock = self.context.wrap_socket(sock, server_hostname=self.host)
        self._sock = sock


def ftp_retrieve(kind: type[ftplib.FTP_TLS]) -> Callable[[Any, ssl.SSLContext], None]:
    def talk(fake: Any, context: ssl.SSLContext) -> None:
        client = kind(context=context, timeout=PATIENCE)
        try:
            client.connect("localhost", fake.port)
            client.login("ann", "secret", secure=kind is ftplib.FTP_TLS)
            client.prot_p()
            received = bytearray()
            client.retrbinary("RETR notes.txt", received.extend)
            assert received == b"hello"
            client.quit()
        finally:
            client.close()

    return talk


def dns_ask(fake: Any, context: ssl.SSLContext) -> None:
    asked = dns.message.make_query("www.example.com", "TXT")
    options: Any = {"port": fake.port, "ssl_context": context, "server_hostname": "localhost"}
    answer = dns.query.tls(asked, fake.host, PATIENCE, **options)
    assert answer.answer[0][0].strings == (b"hello",)


def http_get(fake: Any, context: ssl.SSLContext) -> None:
    url = f"https://localhost:{fake.port}/x"
    with urllib.request.urlopen(url, timeout=PATIENCE, context=context) as answer:
        assert answer.read() == b"hello"


SPEAKERS = [
    Speaker(
        FakeSMTP,
        "starttls",
        smtp_starttls,
        ((b"EHLO x\r\n", b"250 STARTTLS\r\n"), (b"STARTTLS\r\n", b"220 2.0.0 go on with TLS\r\n")),
    ),
    Speaker(FakeSMTP, "implicit", smtp_implicit),
    Speaker(
        FakePOP3,
        "starttls",
        pop3_starttls,
        ((b"", b"\r\n"), (b"STLS\r\n", b"+OK go on with TLS\r\n")),
    ),
    Speaker(FakePOP3, "implicit", pop3_implicit),
    Speaker(
        FakeIMAP,
        "starttls",
        imap_starttls,
        ((b"", b"\r\n"), (b"a STARTTLS\r\n", b"a OK STARTTLS completed\r\n")),
    ),
    Speaker(FakeIMAP, "implicit", imap_implicit),
    Speaker(
        FakeFTP,
        "starttls",
        ftp_retrieve(ftplib.FTP_TLS),
        (
            (b"", b"220 fakefarm FTP\r\n"),
            (b"AUTH TLS\r\n", b"234 AUTH TLS successful; go on with TLS.\r\n"),
        ),
    ),
    Speaker(FakeFTP, "implicit", ftp_retrieve(ImplicitFTP)),
    Speaker(FakeHTTP, "implicit", http_get),
    Speaker(FakeXMLRPC, "implicit", xmlrpc_call),
    Speaker(FakeDNS, "implicit", dns_ask),
]
