"""SMTP: against aiosmtpd and pytest-localserver.

The peers are used as their own documentation or plugin uses them, without pytest, on any free port.
"""

from typing import Any

from clients import Address, Client
from floor import FloorHandler
from rows import Aim, Row, fresh, on_open, start_stop
from subjects import Fakefarm, Floor, Subject

from .messages import CONTENT

MAIL = b"MAIL FROM:<alice@example.com>\r\n"
RCPT = b"RCPT TO:<bob@example.com>\r\n"

GREETING = b"220 localhost floor\r\n"
OK = b"250 OK\r\n"
REPLIES = {b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"}


class SMTPClient(Client):
    """One open SMTP connection, greeted; an exchange is a message, four round trips."""

    protocol = "SMTP"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._expect(b"220")
        self._say(b"EHLO client.example.com\r\n", b"250")

    def exchange(self) -> None:
        """MAIL, RCPT, DATA and the content."""
        self._say(MAIL, b"250")
        self._say(RCPT, b"250")
        self._say(b"DATA\r\n", b"354")
        self._say(CONTENT, b"250")

    def close(self) -> None:
        """QUIT, and wait until the server has closed."""
        self._say(b"QUIT\r\n", b"221")
        super().close()

    def _say(self, line: bytes, code: bytes) -> None:
        self.connection.sendall(line)
        self._expect(code)

    def _expect(self, code: bytes) -> None:
        """Read one reply, to its last line, of which the fourth byte is a space."""
        reply = self.read_some()
        while not (reply.endswith(b"\r\n") and reply[reply.rfind(b"\n", 0, -1) + 4 :][:1] == b" "):
            reply += self.read_some()
        if not reply.startswith(code):
            raise ConnectionError(f"expected {code.decode()}, got {reply!r}")


class SMTPHandler(FloorHandler):
    """A canned reply for each line; the lines of DATA are read to the final dot."""

    def handle(self) -> None:
        """Answer until QUIT or the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        send(GREETING)
        while line := readline():
            verb = line[:4]
            send(REPLIES.get(verb, OK))
            if verb == b"QUIT":
                return
            if verb == b"DATA":
                while readline() not in (b".\r\n", b""):
                    pass
                send(OK)


class FloorSMTP(Floor):
    """Canned SMTP."""

    client = SMTPClient
    handler = SMTPHandler


class FakefarmSMTP(Fakefarm):
    """Our SMTP."""

    client = SMTPClient
    fake = "FakeSMTP"


class Aiosmtpd(Subject):
    """aiosmtpd's Controller with a handler that keeps the envelopes."""

    name = "aiosmtpd"
    client = SMTPClient

    def start(self) -> Address:
        from aiosmtpd.controller import Controller

        class Keep:
            def __init__(self) -> None:
                self.outbox: list[Any] = []

            async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
                self.outbox.append(envelope)
                return "250 OK"

        class AnyPort(Controller):
            server: Any

            def _trigger_server(self) -> None:  # it connects to `port`, which must not be 0
                self.port = self.server.sockets[0].getsockname()[1]
                super()._trigger_server()  # type: ignore[no-untyped-call, unused-ignore]

        self.server = AnyPort(Keep(), hostname="127.0.0.1", port=0, server_hostname="localhost")
        self.server.start()
        return "127.0.0.1", self.server.port


class LocalserverSMTP(Subject):
    """pytest-localserver's SMTP, which is aiosmtpd and parses each message."""

    name = "pytest-localserver"
    client = SMTPClient

    def start(self) -> Address:
        from pytest_localserver import smtp

        self.server = smtp.Server("127.0.0.1")
        self.server.start()
        return "127.0.0.1", self.server.addr[1]


OURS: list[type[Subject]] = [FloorSMTP, FakefarmSMTP]
ALL = [*OURS, Aiosmtpd, LocalserverSMTP]

ROWS = [
    Row("smtp-start-stop", "start and stop an SMTP server", ALL, start_stop, 10, (Aim(1.5),)),
    Row("smtp-conversation", "connect, EHLO, one message, QUIT", ALL, fresh, 5),
    Row("smtp-message", "one message on an open connection", ALL, on_open, 20, (Aim(2.0),)),
]
