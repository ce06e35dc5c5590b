"""IMAP: against the floor only, since no server for tests is known."""

from clients import Address, Client
from floor import FloorHandler
from rows import Aim, Row, fresh, on_open, start_stop
from subjects import Fakefarm, Floor, Subject

from .messages import STORED

# One tag for all commands: one is answered before the next is sent.
LOGIN = b"a LOGIN alice secret\r\n"
SELECT = b"a SELECT INBOX\r\n"
FETCH = b"a FETCH 1 BODY.PEEK[]\r\n"
LOGOUT = b"a LOGOUT\r\n"

GREETING = b"* OK floor\r\n"
ANSWERS = {
    LOGIN: b"a OK done\r\n",
    SELECT: (
        b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
        b"* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] flags\r\n"
        b"* 1 EXISTS\r\n"
        b"* 0 RECENT\r\n"
        b"* OK [UIDVALIDITY 1] UIDs\r\n"
        b"* OK [UIDNEXT 2] next\r\n"
        b"a OK [READ-WRITE] done\r\n"
    ),
    FETCH: b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\na OK done\r\n" % (len(STORED), STORED),
    LOGOUT: b"* BYE floor\r\na OK done\r\n",
}


class IMAPClient(Client):
    """One open IMAP connection, logged in, INBOX selected; an exchange is a FETCH."""

    protocol = "IMAP"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._expect(b"* OK", b"* ")
        self._say(LOGIN, b"")
        self._say(SELECT, b"* ")

    def exchange(self) -> None:
        """FETCH, and the whole message."""
        self._say(FETCH, b"* 1 FETCH (")

    def close(self) -> None:
        """LOGOUT, and wait until the server has closed."""
        self._say(LOGOUT, b"* BYE")
        super().close()

    def _say(self, line: bytes, start: bytes) -> None:
        self.connection.sendall(line)
        self._expect(start, b"a OK")

    def _expect(self, start: bytes, status: bytes) -> None:
        """Read one answer, to the end of the line that begins with ``status``."""
        answer = self.read_some()
        while not (
            answer.endswith(b"\r\n") and answer[answer.rfind(b"\n", 0, -1) + 1 :].startswith(status)
        ):
            if answer.endswith(b"\r\n") and b"\na " in b"\n" + answer:
                raise ConnectionError(f"expected {status.decode()}, got {answer!r}")
            answer += self.read_some()
        if not answer.startswith(start):
            raise ConnectionError(f"expected {start.decode()}, got {answer!r}")


class IMAPHandler(FloorHandler):
    """A canned answer for each of the lines that the client has."""

    def handle(self) -> None:
        """Answer until LOGOUT or the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        send(GREETING)
        while line := readline():
            send(ANSWERS[line])
            if line == LOGOUT:
                return


class FloorIMAP(Floor):
    """Canned IMAP."""

    client = IMAPClient
    handler = IMAPHandler


class FakefarmIMAP(Fakefarm):
    """Our IMAP, with one message."""

    client = IMAPClient
    fake = "FakeIMAP"

    def prepare(self) -> None:
        self.server.mailbox.add(STORED)


OURS: list[type[Subject]] = [FloorIMAP, FakefarmIMAP]

ROWS = [
    Row("imap-start-stop", "start and stop an IMAP server", OURS, start_stop, 10, (Aim(1.5),)),
    Row("imap-conversation", "connect, LOGIN, SELECT, one FETCH, LOGOUT", OURS, fresh, 5),
    Row("imap-fetch", "one FETCH on an open connection", OURS, on_open, 20, (Aim(3.0),)),
]
