"""The peers, each as its own documentation or plugin uses it, without pytest, on any free port.

Their request logs are off, which favours them: under pytest the records would be captured.
"""

import logging
import threading
from typing import Any

from clients import Address, HTTPClient, SMTPClient
from subjects import Subject


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


class StdlibHTTP(Subject):
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

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return "127.0.0.1", self.server.server_port

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
