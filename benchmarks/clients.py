"""Raw-socket clients: what those of all protocols share. Each protocol has its own beside its rows.

They are the same for every subject, and thin, so as not to hide the server's cost: they look at an
answer only so far as to know that it is whole and of the expected kind. There are no timeouts on
the sockets (each would cost a system call): a watchdog bounds every row as a whole.
"""

import contextlib
import socket

Address = tuple[str, int]


def connect(address: Address) -> socket.socket:
    """A connected socket with TCP_NODELAY; the host is numeric, so that nothing is looked up."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
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


class HTTPReader(Client):
    """One open HTTP/1.1 connection that sends the same ``request`` each time."""

    request: bytes
    head = b""
    body = b""

    def exchange(self) -> None:
        """Send the request and read the answer, whose Content-Length must be given."""
        self.connection.sendall(self.request)
        answer = self.read_some()
        while (end := answer.find(b"\r\n\r\n") + 4) < 4:
            answer += self.read_some()
        self.head = head = answer[:end].lower()
        if not head.startswith((b"http/1.1 200 ", b"http/1.0 200 ")):
            raise ConnectionError(f"expected 200, got {answer!r}")
        size = int(head[head.index(b"content-length:") + 15 :].split(None, 1)[0])
        while len(answer) < end + size:
            answer += self.read_some()
        self.body = answer[end:]

    def exchange_and_stay(self) -> None:
        """The same, with a server that keeps the connection."""
        self.exchange()
        if self.head.startswith(b"http/1.0") or b"connection: close" in self.head:
            raise ConnectionError("ends the connection after every answer")


def conversation(client: type[Client], address: Address) -> None:
    """Connect, one exchange, leave, and wait for the server's FIN."""
    connected = client(address)
    connected.exchange()
    connected.close()
