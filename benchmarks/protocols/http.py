"""HTTP: against pytest-httpserver, pytest-localserver and `http.server`.

The peers are used as their own documentation or plugin uses them, without pytest, on any free port.
Their request logs are off, which favours them: under pytest the records would be captured.
"""

import logging
from typing import Any

from clients import Address, HTTPReader
from floor import FloorHandler
from rows import Aim, Row, fresh, on_open, start_stop
from subjects import Fakefarm, Floor, Serving, Subject

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class HTTPClient(HTTPReader):
    """One open HTTP/1.1 connection; an exchange is a GET with the headers that curl sends."""

    protocol = "HTTP"
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n"


class HTTPHandler(FloorHandler):
    """A canned response for each blank line, on a connection that stays open."""

    def handle(self) -> None:
        """Answer until the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        while line := readline():
            if line == b"\r\n":
                send(RESPONSE)


class FloorHTTP(Floor):
    """Canned HTTP."""

    client = HTTPClient
    handler = HTTPHandler


class FakefarmHTTP(Fakefarm):
    """Our HTTP, with one rule."""

    client = HTTPClient
    fake = "FakeHTTP"
    options = {"strict": False}

    def prepare(self) -> None:
        self.server.on("GET", "/").respond(200, b"ok")


class Httpserver(Subject):
    """pytest-httpserver as its fixture makes it: a werkzeug server without threads."""

    name = "pytest-httpserver"
    client = HTTPClient

    def start(self) -> Address:
        from pytest_httpserver import HTTPServer

        self.server = HTTPServer("127.0.0.1")
        self.server.start()
        return "127.0.0.1", self.server.port

    def prepare(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server.expect_request("/", method="GET").respond_with_data(b"ok")


class LocalserverHTTP(Subject):
    """pytest-localserver's HTTP, which is a werkzeug server without threads."""

    name = "pytest-localserver"
    client = HTTPClient

    def start(self) -> Address:
        from pytest_localserver import http

        self.server = http.ContentServer()
        self.server.start()
        return "127.0.0.1", self.server.server_address[1]

    def prepare(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server.serve_content(b"ok", headers={"Content-Length": "2"})


class StdlibHTTP(Serving):
    """`http.server`, for information: keep-alive and TCP_NODELAY on."""

    name = "http.server"
    client = HTTPClient

    def start(self) -> Address:
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: Any) -> None:
                pass

        return self.serve(ThreadingHTTPServer(("127.0.0.1", 0), Handler))


OURS: list[type[Subject]] = [FloorHTTP, FakefarmHTTP]
ALL = [*OURS, Httpserver, LocalserverHTTP, StdlibHTTP]

ROWS = [
    Row("http-start-stop", "start and stop an HTTP server", ALL, start_stop, 10, (Aim(1.5),)),
    Row("http-conversation", "connect, one GET, leave", ALL, fresh, 5),
    Row("http-request", "one GET on an open connection", ALL, on_open, 20, (Aim(2.0),)),
]
