"""What a client is asked to do: where, what to send, and what it has to bring back.

Without a case everything is well: the server holds what is to be fetched, and takes what is sent.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalogue.content import ADDRESS, CONTENT, FILES, MESSAGE, NAME, PASSWORD, USER

if TYPE_CHECKING:
    from .._core.server import FakeServer


@dataclass
class Target:
    """What an operation is given.

    ``host``, ``port`` and ``url`` say where, ``user`` and ``password`` who. ``name`` is what is to
    be had or sent there: the path of a URL, a file, a host name, an address, a method. ``content``
    is what to send, in bytes, and ``file`` a file that has it. ``fake`` is the fake itself.
    """

    fake: FakeServer[Any]
    url: str
    name: str
    content: bytes
    file: Path
    user: str = USER
    password: str = PASSWORD

    @property
    def host(self) -> str:
        """Where the fake listens; by name where it has TLS, for a certificate is for a name."""
        return self.fake.host if self.fake.tls is None else "localhost"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.fake.port

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fake, name)


@contextlib.contextmanager
def target_for(fake: Any, operation: str) -> Iterator[Target]:
    """The target of an operation on a started fake, which is made ready for it."""
    prepare, name, content = PREPARED[fake.protocol, operation]
    prepare(fake)
    scheme, _, rest = fake.url.partition("://")
    host = fake.host if fake.tls is None else "localhost"
    path = rest.partition("/")[2] or name.removeprefix("/")  # of XML-RPC it is where to call
    with tempfile.TemporaryDirectory(prefix="fakefarm-") as folder:
        file = Path(folder) / "content"
        file.write_bytes(content)
        yield Target(fake, f"{scheme}://{host}:{fake.port}/{path}", name, content, file)


def _nothing(fake: Any) -> None:
    pass


def _mailbox(fake: Any) -> None:
    if not len(fake.mailbox):
        fake.mailbox.add(MESSAGE)


def _folder(fake: Any) -> None:
    for name in FILES:
        path = fake.root / name
        if not path.exists():
            path.write_bytes(CONTENT)


def _zone(fake: Any) -> None:
    if not fake.zones.apexes:
        fake.add_host(NAME, ADDRESS)


def _page(fake: Any) -> None:
    fake.on("GET", "/file").respond(200, CONTENT).optional()


def _form(fake: Any) -> None:
    fake.on("POST", "/file").respond(200, b"stored").optional()


def _method(fake: Any) -> None:
    fake.register(lambda a, b: a + b, "add")


# By protocol and operation: what makes the fake ready, the name, and what the client is to send.
PREPARED: dict[tuple[str, str], tuple[Callable[[Any], None], str, bytes]] = {
    ("smtp", "send"): (_nothing, "", MESSAGE),
    ("pop3", "fetch"): (_mailbox, "1", b""),
    ("imap", "fetch"): (_mailbox, "INBOX", b""),
    ("ftp", "download"): (_folder, "file.bin", b""),
    ("ftp", "upload"): (_folder, "upload.bin", CONTENT),
    ("ftp", "list"): (_folder, "", b""),
    ("dns", "resolve"): (_zone, NAME, b""),
    ("dns", "reverse"): (_zone, ADDRESS, b""),
    ("http", "get"): (_page, "/file", b""),
    ("http", "post"): (_form, "/file", CONTENT),
    ("xmlrpc", "call"): (_method, "add", b""),
}
