"""One request as a CGI program gets it (RFC 3875), answered as on a connection."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, NoReturn, cast

from .._core.errors import Ended
from .._core.wire import Connection, Wire
from ..http import Request, Response
from ..http.commands import Problem
from ..http.head import Malformed, parse

if TYPE_CHECKING:
    from .server import FakeXMLRPC


class Output(Wire):
    """Stands in for a wire: keeps what is sent, and ends when the connection would."""

    def __post_init__(self) -> None:
        self.number = self.connection.number
        self.sent = bytearray()

    def send(self, data: bytes, channel: str = "control") -> None:
        """Keep it."""
        self.transcript.record(self.number, "sent", data, channel)
        self.sent += data

    def close(self, by: str, *_: Any, **__: Any) -> NoReturn:
        """The end of the output. Raises Ended."""
        raise Ended

    reset = half_close = stall = close  # type: ignore[assignment]


def handle(
    fake: FakeXMLRPC,
    stdin: IO[bytes] | None,
    stdout: IO[bytes] | None,
    environ: Mapping[str, str] | None,
) -> None:
    """See FakeXMLRPC.handle_cgi."""
    environ = os.environ if environ is None else environ
    connection = Connection(0, (environ.get("REMOTE_ADDR", ""), 0), fake.transcript.clock())
    nowhere = cast(Any, None)  # there is no socket
    wire = Output(nowhere, connection, fake.transcript, threading.Event(), fake.timeout)
    with contextlib.suppress(Ended):
        _answer(fake, wire, stdin or sys.stdin.buffer, environ)
    output = stdout or sys.stdout.buffer
    output.write(as_cgi(bytes(wire.sent)))
    output.flush()


def _answer(fake: FakeXMLRPC, wire: Output, stdin: IO[bytes], environ: Mapping[str, str]) -> None:
    raw = head_of(fake, environ)
    try:
        request = Request(parse(raw), raw, 0, wire.connection.opened)
        size = request.head.length or 0
        if size > fake.max_message_size:
            raise Malformed("large", fake.max_message_size)
    except Malformed as wrong:
        _refuse(wire, wrong.problem)
        return
    request.user = environ.get("REMOTE_USER")
    request.content = stdin.read(size) if size else b""
    request.unread, request.complete = False, len(request.content) == size
    wire.transcript.record(0, "received", request.raw)
    script = fake.http.script
    script.record(request)
    fake.http.session_class(fake.http, wire)._perform(request, script.decide(request))


def _refuse(wire: Output, problem: Problem) -> None:
    response = Response(problem.status, text=f"{problem.text} ({problem.section})\n")
    wire.send(b"".join(response.build(parse(b"GET / HTTP/1.0\r\n\r\n")).parts))


def head_of(fake: FakeXMLRPC, environ: Mapping[str, str]) -> bytes:
    """The head of the request that the meta-variables describe (4.1)."""
    path = environ.get("PATH_INFO", "")
    path = path if path in fake.paths else fake.paths[0]
    query = environ.get("QUERY_STRING", "")
    lines = [
        f"{environ.get('REQUEST_METHOD', 'POST')} {path}{'?' if query else ''}{query} HTTP/1.0"
    ]
    for variable, name in [("CONTENT_TYPE", "Content-Type"), ("CONTENT_LENGTH", "Content-Length")]:
        if environ.get(variable):
            lines.append(f"{name}: {environ[variable]}")
    for variable, value in environ.items():
        if variable.startswith("HTTP_"):
            lines.append(f"{variable[5:].replace('_', '-').title()}: {value}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def as_cgi(answer: bytes) -> bytes:
    """An answer as a CGI program gives it: its status is a field (6.3.3), and what is about the
    connection is not its concern."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    if not line.startswith(b"HTTP/"):
        return answer  # a rule has its own way
    kept = [field for field in fields if not field.lower().startswith((b"connection:", b"date:"))]
    return b"\r\n".join([b"Status: " + line.partition(b" ")[2], *kept]) + blank + body
