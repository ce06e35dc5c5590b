"""What is measured: each server behind the same three calls. Here the floor and ourselves.

Imports happen in `start()`, so that a subject which is not installed can say so in its own line.
"""

from typing import Any

from clients import STORED, Address, Client, HTTPClient, POP3Client, SMTPClient
from floor import FloorServer, HTTPFloor, POP3Floor, SMTPFloor


class Subject:
    """One server. `start()` and `stop()` may alternate any number of times."""

    name: str
    client: type[Client]
    server: Any

    def start(self) -> Address:
        """Make and start a server; return host and port."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Script the answer to a request, where a server needs that; not part of a start."""

    def stop(self) -> None:
        """Stop the server as its users do."""
        self.server.stop()


class FloorSMTP(Subject):
    """Canned SMTP from a bare `socketserver`."""

    name = "floor"
    client = SMTPClient

    def start(self) -> Address:
        self.server = server = FloorServer(SMTPFloor)
        return server.start()


class FloorPOP3(Subject):
    """Canned POP3 from a bare `socketserver`."""

    name = "floor"
    client = POP3Client

    def start(self) -> Address:
        self.server = server = FloorServer(POP3Floor)
        return server.start()


class FloorHTTP(Subject):
    """Canned HTTP from a bare `socketserver`."""

    name = "floor"
    client = HTTPClient

    def start(self) -> Address:
        self.server = server = FloorServer(HTTPFloor)
        return server.start()


class FakefarmSMTP(Subject):
    """Our SMTP."""

    name = "fakefarm"
    client = SMTPClient

    def start(self) -> Address:
        from fakefarm import FakeSMTP

        self.server = FakeSMTP()
        self.server.start()
        return str(self.server.host), int(self.server.port)


class FakefarmPOP3(Subject):
    """Our POP3, with one message."""

    name = "fakefarm"
    client = POP3Client

    def start(self) -> Address:
        from fakefarm import FakePOP3

        self.server = FakePOP3()
        self.server.start()
        return str(self.server.host), int(self.server.port)

    def prepare(self) -> None:
        self.server.mailbox.add(STORED)


class FakefarmHTTP(Subject):
    """Our HTTP, with one rule."""

    name = "fakefarm"
    client = HTTPClient

    def start(self) -> Address:
        from fakefarm import FakeHTTP

        self.server = FakeHTTP(strict=False)
        self.server.start()
        return str(self.server.host), int(self.server.port)

    def prepare(self) -> None:
        self.server.on("GET", "/").respond(200, b"ok")
