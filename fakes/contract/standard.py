"""The standard library's clients, each doing one operation as its documentation shows it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ftplib
    import ssl

    from .target import Target

PATIENCE = 2.0  # seconds that a client waits, well below the deadline


def context(target: Target) -> ssl.SSLContext:
    """One that trusts the authority of the fakes."""
    from .._core.tls.certificates import authority

    return authority().client_context()


def send(target: Target) -> None:
    """smtplib."""
    import smtplib

    options: dict[str, Any] = {"timeout": PATIENCE}
    kind: Callable[..., smtplib.SMTP] = smtplib.SMTP
    if target.fake.tls == "implicit":
        kind, options["context"] = smtplib.SMTP_SSL, context(target)
    with kind(target.host, target.port, **options) as client:
        if target.fake.tls == "starttls":
            client.starttls(context=context(target))
        if target.fake.tls is not None:
            client.login(target.user, target.password)
        client.sendmail("ann@example.com", ["bob@example.com"], target.content)


def pop3_fetch(target: Target) -> bytes:
    """poplib."""
    import poplib

    kind: Any = poplib.POP3
    options: dict[str, Any] = {"timeout": PATIENCE}
    if target.fake.tls == "implicit":
        kind, options["context"] = poplib.POP3_SSL, context(target)

    class Client(kind):  # type: ignore[misc]
        """Without this it leaves its socket open where the greeting is no good."""

        def _getresp(self) -> Any:
            try:
                return super()._getresp()
            except BaseException:
                if not hasattr(self, "welcome"):
                    _quietly(self.close)
                raise

    with contextlib.ExitStack() as stack:
        client = Client(target.host, target.port, **options)
        stack.callback(_quietly, client.close)
        if target.fake.tls == "starttls":
            client.stls(context=context(target))
        client.user(target.user)
        client.pass_(target.password)
        client.stat()
        client.list()
        _, lines, _ = client.retr(1)
        client.quit()
    return b"\n".join(lines)


def imap_fetch(target: Target) -> bytes:
    """imaplib."""
    import imaplib

    with contextlib.ExitStack() as stack:
        client: imaplib.IMAP4
        if target.fake.tls == "implicit":
            client = imaplib.IMAP4_SSL(
                target.host, target.port, timeout=PATIENCE, ssl_context=context(target)
            )
        else:
            client = imaplib.IMAP4(target.host, target.port, timeout=PATIENCE)
        stack.callback(_quietly, client.shutdown)
        if target.fake.tls == "starttls":
            client.starttls(context(target))
        client.login(target.user, target.password)
        _done(client.select("INBOX"))
        data = _done(client.fetch("1", "(BODY.PEEK[])"))
        client.logout()
    message = data[0][1]
    if not isinstance(message, bytes):
        raise ValueError(f"no message in {data!r}")
    return message


def _done(answer: tuple[str, Any]) -> Any:
    """The data of an answer; ValueError where it is not OK, which imaplib leaves to its user."""
    status, data = answer
    if status != "OK":
        raise ValueError(f"{status} {data!r}")
    return data


def _quietly(close: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):
        close()


@contextlib.contextmanager
def ftp(target: Target) -> Iterator[ftplib.FTP]:
    """ftplib, logged in."""
    import ftplib
    import ssl

    class Implicit(ftplib.FTP_TLS):
        """TLS from the first byte on, which ftplib leaves to its user."""

        def getresp(self) -> str:
            if self.welcome is None and not isinstance(self.sock, ssl.SSLSocket):
                assert self.sock is not None
                assert self.file is not None
                self.file.close()
                self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)
                self.file = self.sock.makefile("r", encoding=self.encoding)
            return super().getresp()

    if target.fake.tls is None:
        with ftplib.FTP(timeout=PATIENCE) as client:
            client.connect(target.host, target.port)
            client.login(target.user, target.password)
            yield client
    else:
        kind = Implicit if target.fake.tls == "implicit" else ftplib.FTP_TLS
        with kind(timeout=PATIENCE, context=context(target)) as secure:
            secure.connect(target.host, target.port)
            secure.login(target.user, target.password)
            secure.prot_p()
            yield secure


def download(target: Target) -> bytes:
    """ftplib."""
    pieces: list[bytes] = []
    with ftp(target) as client:
        client.retrbinary(f"RETR {target.name}", pieces.append)
    return b"".join(pieces)


def upload(target: Target) -> None:
    """ftplib."""
    with ftp(target) as client:
        client.storbinary(f"STOR {target.name}", io.BytesIO(target.content))


def listing(target: Target) -> list[str]:
    """ftplib."""
    with ftp(target) as client:
        return client.nlst()


def resolve(target: Target) -> list[str]:
    """The socket module."""
    import socket

    from ..resolver import FakeResolver

    with FakeResolver(target.fake, timeout=PATIENCE / 4):  # type: ignore[arg-type]
        found = socket.getaddrinfo(target.name, None, socket.AF_INET, socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def reverse(target: Target) -> str:
    """The socket module."""
    import socket

    from ..resolver import FakeResolver

    with FakeResolver(target.fake, timeout=PATIENCE / 4):  # type: ignore[arg-type]
        return socket.gethostbyaddr(target.name)[0]


@contextlib.contextmanager
def opened(target: Target, request: Any) -> Iterator[Any]:
    """urllib.request, with no proxy between: the fake is on this machine."""
    import urllib.error
    import urllib.request

    handlers: list[Any] = [urllib.request.ProxyHandler({})]
    if target.fake.tls is not None:
        handlers.append(urllib.request.HTTPSHandler(context=context(target)))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=PATIENCE) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        error.close()  # it is an answer, too, and holds the connection
        raise


def get(target: Target) -> bytes:
    """urllib.request."""
    with opened(target, target.url) as answer:
        data: bytes = answer.read()
    return data


def post(target: Target) -> None:
    """urllib.request."""
    import urllib.request

    request = urllib.request.Request(target.url, data=target.content, method="POST")
    with opened(target, request) as answer:
        answer.read()


def call(target: Target) -> Any:
    """xmlrpc.client, with a transport that does not wait for ever."""
    import xmlrpc.client

    base: Any = xmlrpc.client.Transport if target.fake.tls is None else xmlrpc.client.SafeTransport

    class Transport(base):  # type: ignore[misc]
        def make_connection(self, host: Any) -> Any:
            connection = super().make_connection(host)
            connection.timeout = PATIENCE
            return connection

    options: dict[str, Any] = {} if target.fake.tls is None else {"context": context(target)}
    with xmlrpc.client.ServerProxy(target.url, transport=Transport(**options)) as proxy:
        return proxy.add(2, 3)


CLIENTS: dict[str, dict[str, Callable[[Target], Any]]] = {
    "smtp": {"send": send},
    "pop3": {"fetch": pop3_fetch},
    "imap": {"fetch": imap_fetch},
    "ftp": {"download": download, "upload": upload, "list": listing},
    "dns": {"resolve": resolve, "reverse": reverse},
    "http": {"get": get, "post": post},
    "xmlrpc": {"call": call},
}
