"""TLS: FakeHTTP behind a handshake, against a bare ``ssl.SSLSocket`` with the same certificate.

Neither side resumes a session, so that each conversation has a whole handshake in it.
"""

import functools
import ssl
from typing import Any

from clients import Address, connect
from floor import FloorServer
from rows import Aim, Row, fresh, on_open, start_stop
from subjects import Subject

from .http import FakefarmHTTP, FloorHTTP, HTTPClient


@functools.cache
def client_context() -> ssl.SSLContext:
    """One for all clients: to make it costs more than a handshake."""
    from fakefarm import Farm

    return Farm().ca.client_context()


@functools.cache
def server_context() -> ssl.SSLContext:
    """That of the floor."""
    from fakefarm import Farm

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Farm().ca.kind("valid").path)
    context.num_tickets = 0
    return context


class HTTPSClient(HTTPClient):
    """One open HTTPS connection."""

    protocol = "HTTPS"

    def __init__(self, address: Address) -> None:
        plain = connect(address)
        self.connection = client_context().wrap_socket(plain, server_hostname="localhost")


class TLSServer(FloorServer):
    """Has the handshake happen in the thread of the connection, when it first reads."""

    def get_request(self) -> tuple[Any, Any]:
        plain, address = super().get_request()
        self._live.discard(plain)
        request = server_context().wrap_socket(
            plain, server_side=True, do_handshake_on_connect=False
        )
        self._live.add(request)
        return request, address


class FloorTLS(FloorHTTP):
    """Canned HTTP behind a handshake."""

    client = HTTPSClient

    def start(self) -> Address:
        server_context()
        self.server = server = TLSServer(self.handler)
        return server.start()


class FakefarmTLS(FakefarmHTTP):
    """Our HTTP, with TLS from the first byte."""

    client = HTTPSClient
    options = {"strict": False, "tls": "implicit"}


OURS: list[type[Subject]] = [FloorTLS, FakefarmTLS]

ROWS = [
    Row("tls-start-stop", "start and stop an HTTPS server", OURS, start_stop, 10, (Aim(1.5),)),
    Row("tls-conversation", "connect, a handshake, one GET, leave", OURS, fresh, 5, (Aim(1.5),)),
    Row("tls-request", "one GET on an open HTTPS connection", OURS, on_open, 20, (Aim(2.0),)),
]
