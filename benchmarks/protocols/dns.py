"""DNS: against dnslib's DNSServer, over UDP and over TCP.

Ours listens on UDP and TCP at once, and so does the floor; a DNSServer does one of the two.
"""

import socket
import socketserver
import threading
from typing import Any

from clients import Address, Client
from floor import FloorHandler, FloorServer
from rows import Aim, Row, fresh, on_open, start_stop
from subjects import Fakefarm, Subject

ZONE = "www.example.com. 60 IN A 192.0.2.1"
NAME = b"\x03www\x07example\x03com\x00"
# One question for A, as the resolvers of most systems ask it: no EDNS, recursion desired.
QUESTION = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + NAME + b"\x00\x01\x00\x01"
RECORD = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
ANSWER = b"\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00" + QUESTION[12:] + RECORD


def check(answer: bytes) -> None:
    """Raise ConnectionError unless it is a good answer to the question."""
    if answer[:2] != QUESTION[:2] or answer[3] & 15 or not answer.endswith(RECORD[-6:]):
        raise ConnectionError(f"expected an answer with the record, got {answer!r}")


class TCPClient(Client):
    """One open connection; an exchange is a question."""

    protocol = "DNS over TCP"

    def exchange(self) -> None:
        """Ask, and read the answer, whose length stands before it."""
        self.connection.sendall(len(QUESTION).to_bytes(2, "big") + QUESTION)
        answer = self.read_some()
        while len(answer) < 2 or len(answer) < 2 + int.from_bytes(answer[:2], "big"):
            answer += self.read_some()
        check(answer[2:])

    def exchange_and_stay(self) -> None:
        """The same, twice: a server that is done after one answer does not say so in it."""
        self.exchange()
        try:
            self.exchange()
        except OSError:
            raise ConnectionError("ends the connection after every answer") from None


class UDPClient(Client):
    """One socket; an exchange is a question."""

    protocol = "DNS over UDP"

    def __init__(self, address: Address) -> None:
        self.connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.connection.connect(address)

    def exchange(self) -> None:
        """Ask, and read the answer."""
        self.connection.send(QUESTION)
        check(self.connection.recv(65536))

    def close(self) -> None:
        """No more questions."""
        self.connection.close()


class StreamHandler(FloorHandler):
    """A canned answer for each question."""

    def handle(self) -> None:
        """Answer until the end of input."""
        send, read = self.request.sendall, self.rfile.read
        while length := read(2):
            question = read(int.from_bytes(length, "big"))
            answer = question[:2] + ANSWER
            send(len(answer).to_bytes(2, "big") + answer)


class DatagramHandler(socketserver.BaseRequestHandler):
    """A canned answer for a question."""

    def handle(self) -> None:
        """Answer once."""
        question, sock = self.request
        sock.sendto(question[:2] + ANSWER, self.client_address)


class FloorServers:
    """One for TCP, and one for UDP that answers in its own thread. Each has a port of its own,
    which costs the same."""

    def __init__(self) -> None:
        self.streams = FloorServer(StreamHandler)
        self.datagrams = socketserver.UDPServer(("127.0.0.1", 0), DatagramHandler)
        self.thread = threading.Thread(target=self._answer)
        self._stopping = False

    def start(self) -> None:
        """Answer from now on."""
        self.streams.start()
        self.thread.start()

    def stop(self) -> None:
        """Wake and join the threads."""
        self.streams.stop()
        self._stopping = True
        self.datagrams.socket.sendto(b"", self.datagrams.server_address)
        self.thread.join()
        self.datagrams.server_close()

    def _answer(self) -> None:
        while True:
            request, address = self.datagrams.get_request()
            if self._stopping:
                return
            self.datagrams.process_request(request, address)


class FloorUDP(Subject):
    """Canned DNS, asked over UDP."""

    name = "floor"
    client: type[Client] = UDPClient

    def start(self) -> Address:
        self.server = FloorServers()
        self.server.start()
        return self.address()

    def address(self) -> Address:
        """Where this one is asked."""
        host, port = self.server.datagrams.server_address
        return host, port


class FloorTCP(FloorUDP):
    """Canned DNS, asked over TCP."""

    client = TCPClient

    def address(self) -> Address:
        host, port = self.server.streams.server_address
        return host, port


class FakefarmUDP(Fakefarm):
    """Our DNS with one record, asked over UDP."""

    client: type[Client] = UDPClient
    fake = "FakeDNS"

    def prepare(self) -> None:
        self.server.load(ZONE)


class FakefarmTCP(FakefarmUDP):
    """Our DNS with one record, asked over TCP."""

    client = TCPClient


class DnslibUDP(Subject):
    """dnslib's DNSServer on UDP, with its zone resolver, and without its log, which favours it."""

    name = "dnslib"
    client: type[Client] = UDPClient
    options: dict[str, Any] = {}

    def start(self) -> Address:
        from dnslib.server import DNSLogger, DNSServer
        from dnslib.zoneresolver import ZoneResolver

        quiet = DNSLogger("-request,-reply,-truncated,-error")
        resolver = ZoneResolver(ZONE)
        self.server = DNSServer(resolver, "127.0.0.1", 0, logger=quiet, **self.options)
        self.server.start_thread()
        host, port = self.server.server.server_address
        return host, port

    def stop(self) -> None:
        self.server.stop()
        self.server.thread.join()
        self.server.server.server_close()


class DnslibTCP(DnslibUDP):
    """The same on TCP."""

    client = TCPClient
    options = {"tcp": True}


OURS: list[type[Subject]] = [FloorUDP, FakefarmUDP, FloorTCP, FakefarmTCP]
UDP: list[type[Subject]] = [FloorUDP, FakefarmUDP, DnslibUDP]
TCP: list[type[Subject]] = [FloorTCP, FakefarmTCP, DnslibTCP]
# dnslib waits up to half a second for its end; the processor rests meanwhile.
STARTS = (Aim(1.5), Aim(1 / 300, "dnslib", ("wall",)))
CHEAPER = (Aim(1 / 3, "dnslib"),)

ROWS = [
    Row("dns-start-stop", "start and stop a DNS server", UDP, start_stop, 10, STARTS),
    Row("dns-udp-question", "one question over UDP", UDP, on_open, 20, CHEAPER),
    Row("dns-tcp-conversation", "connect, one question, leave", TCP, fresh, 5),
    Row("dns-tcp-question", "one question on an open connection", TCP, on_open, 20),
]
