"""Raw-socket clients, the same for every subject, and thin, so as not to hide the server's cost.

They look at an answer only so far as to know that it is whole and of the expected kind. There are
no timeouts on the sockets (each would cost a system call): a watchdog bounds every row as a whole.
"""

import contextlib
import socket

Address = tuple[str, int]

MAIL = b"MAIL FROM:<alice@example.com>\r\n"
RCPT = b"RCPT TO:<bob@example.com>\r\n"
HEADERS = (
    b"From: Alice <alice@example.com>\r\n"
    b"To: Bob <bob@example.com>\r\n"
    b"Subject: Report\r\n"
    b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"\r\n"
)
# About 1 kB in 20 lines, one of them with a stuffed dot.
CONTENT = HEADERS + b"A line of some sixty bytes, as people write their letters.\r\n" * 14
CONTENT += b"..stuffed\r\n.\r\n"
RETR = b"RETR 1\r\n"
# The same message as a POP3 server has it: its dot not stuffed yet.
STORED = CONTENT.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
# The headers that curl sends.
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n"


def connect(address: Address) -> socket.socket:
    """A connected socket with TCP_NODELAY; the host is numeric, so that nothing is looked up."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.connect(address)
    return connection


class Client:
    """One open connection."""

    protocol: str

    def __init__(self, address: Address) -> None:
        self.connection = connect(address)

    def exchange(self) -> None:
        """Ask for one thing and read the whole answer."""
        raise NotImplementedError

    def exchange_and_stay(self) -> None:
        """The same, and raise ConnectionError if the server then ends the connection."""
        self.exchange()

    def close(self) -> None:
        """Say that we are done, wait for the server to be done too, and close."""
        with contextlib.suppress(OSError):  # some systems complain when the server was first
            self.connection.shutdown(socket.SHUT_WR)
        while self.connection.recv(65536):
            pass
        self.connection.close()

    def read_some(self) -> bytes:
        """The next bytes, never none."""
        data = self.connection.recv(65536)
        if not data:
            raise ConnectionError("the server ended the connection in the middle of an answer")
        return data


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
        self._say(RETR, b"\r\n.\r\n")

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


class HTTPClient(Client):
    """One open HTTP/1.1 connection; an exchange is a GET."""

    protocol = "HTTP"
    head = b""

    def exchange(self) -> None:
        """GET / and read the answer, whose Content-Length must be given."""
        self.connection.sendall(REQUEST)
        answer = self.read_some()
        while (end := answer.find(b"\r\n\r\n") + 4) < 4:
            answer += self.read_some()
        self.head = head = answer[:end].lower()
        if not head.startswith((b"http/1.1 200 ", b"http/1.0 200 ")):
            raise ConnectionError(f"expected 200, got {answer!r}")
        size = int(head[head.index(b"content-length:") + 15 :].split(None, 1)[0])
        while len(answer) < end + size:
            answer += self.read_some()

    def exchange_and_stay(self) -> None:
        """GET / of a server that keeps the connection."""
        self.exchange()
        if self.head.startswith(b"http/1.0") or b"connection: close" in self.head:
            raise ConnectionError("ends the connection after every answer")


def conversation(client: type[Client], address: Address) -> None:
    """Connect, one exchange, leave, and wait for the server's FIN."""
    connected = client(address)
    connected.exchange()
    connected.close()
