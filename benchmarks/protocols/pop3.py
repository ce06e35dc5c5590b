"""POP3: against the floor only, since no server for tests is known."""

from clients import Address, Client
from floor import FloorHandler
from rows import Aim, Row, fresh, on_open, start_stop
from subjects import Fakefarm, Floor, Subject

from .messages import CONTENT, STORED

OK = b"+OK\r\n"
MESSAGE = b"+OK message follows\r\n" + CONTENT


class POP3Client(Client):
    """One open POP3 connection, logged in; an exchange is a RETR."""

    protocol = "POP3"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._expect(b"\r\n")
        self._say(b"USER alice\r\n", b"\r\n")
        self._say(b"PASS secret\r\n", b"\r\n")

    def exchange(self) -> None:
        """RETR, and the message to its final dot."""
        self._say(b"RETR 1\r\n", b"\r\n.\r\n")

    def close(self) -> None:
        """QUIT, and wait until the server has closed."""
        self._say(b"QUIT\r\n", b"\r\n")
        super().close()

    def _say(self, line: bytes, end: bytes) -> None:
        self.connection.sendall(line)
        self._expect(end)

    def _expect(self, end: bytes) -> None:
        """Read one answer, to its ``end``."""
        answer = self.read_some()
        while not answer.endswith(end):
            answer += self.read_some()
        if not answer.startswith(b"+OK"):
            raise ConnectionError(f"expected +OK, got {answer!r}")


class POP3Handler(FloorHandler):
    """A canned answer for each line, and a canned message for RETR."""

    def handle(self) -> None:
        """Answer until QUIT or the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        send(OK)
        while line := readline():
            verb = line[:4]
            send(MESSAGE if verb == b"RETR" else OK)
            if verb == b"QUIT":
                return


class FloorPOP3(Floor):
    """Canned POP3."""

    client = POP3Client
    handler = POP3Handler


class FakefarmPOP3(Fakefarm):
    """Our POP3, with one message."""

    client = POP3Client
    fake = "FakePOP3"

    def prepare(self) -> None:
        self.server.mailbox.add(STORED)


OURS: list[type[Subject]] = [FloorPOP3, FakefarmPOP3]

ROWS = [
    Row("pop3-start-stop", "start and stop a POP3 server", OURS, start_stop, 10, (Aim(1.5),)),
    Row("pop3-conversation", "connect, log in, one RETR, QUIT", OURS, fresh, 5),
    Row("pop3-retr", "one RETR on an open connection", OURS, on_open, 20, (Aim(2.0),)),
]
