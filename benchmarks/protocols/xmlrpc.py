"""XML-RPC: against SimpleXMLRPCServer of the standard library."""

from clients import Address, HTTPReader
from floor import FloorHandler
from rows import Aim, Row, fresh, never_slower_than, on_open, start_stop
from subjects import Fakefarm, Floor, Serving, Subject

# What xmlrpc.client sends for `server.add(2, 3)`.
CALL = (
    b"<?xml version='1.0'?>\n<methodCall>\n<methodName>add</methodName>\n<params>\n"
    b"<param>\n<value><int>2</int></value>\n</param>\n"
    b"<param>\n<value><int>3</int></value>\n</param>\n"
    b"</params>\n</methodCall>\n"
)
REQUEST = (
    b"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Python-xmlrpc/3.11\r\n"
    b"Content-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(CALL), CALL)
)
FIVE = (
    b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n"
    b"<param>\n<value><int>5</int></value></param>\n</params>\n</methodResponse>\n"
)
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (
    len(FIVE),
    FIVE,
)


def add(one: int, other: int) -> int:
    """The method that is called."""
    return one + other


class XMLRPCClient(HTTPReader):
    """One open HTTP/1.1 connection; an exchange is a call of `add`."""

    protocol = "XML-RPC"
    request = REQUEST

    def exchange(self) -> None:
        """Call, and look for the sum in the answer."""
        super().exchange()
        if b"<int>5</int>" not in self.body:
            raise ConnectionError(f"expected 5, got {self.body!r}")


class XMLRPCHandler(FloorHandler):
    """A canned response for each request, all of which are alike."""

    def handle(self) -> None:
        """Answer until the end of input."""
        send, read = self.request.sendall, self.rfile.read
        while read(len(REQUEST)):
            send(RESPONSE)


class FloorXMLRPC(Floor):
    """Canned XML-RPC."""

    client = XMLRPCClient
    handler = XMLRPCHandler


class FakefarmXMLRPC(Fakefarm):
    """Our XML-RPC, with one method."""

    client = XMLRPCClient
    fake = "FakeXMLRPC"

    def prepare(self) -> None:
        self.server.register(add)


class StdlibXMLRPC(Serving):
    """SimpleXMLRPCServer with keep-alive, and without its request log, which favours it."""

    name = "SimpleXMLRPCServer"
    client = XMLRPCClient

    def start(self) -> Address:
        from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

        class Handler(SimpleXMLRPCRequestHandler):
            protocol_version = "HTTP/1.1"

        return self.serve(SimpleXMLRPCServer(("127.0.0.1", 0), Handler, logRequests=False))

    def prepare(self) -> None:
        self.server.register_function(add)


OURS: list[type[Subject]] = [FloorXMLRPC, FakefarmXMLRPC]
ALL = [*OURS, StdlibXMLRPC]
NEVER_SLOWER = (never_slower_than("SimpleXMLRPCServer"),)

ROWS = [
    Row("xmlrpc-start-stop", "start and stop an XML-RPC server", ALL, start_stop, 10, (Aim(1.5),)),
    Row("xmlrpc-conversation", "connect, one call, leave", ALL, fresh, 5),
    Row("xmlrpc-call", "one call on an open connection", ALL, on_open, 20, NEVER_SLOWER),
]
