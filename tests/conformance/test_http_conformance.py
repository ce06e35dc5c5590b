"""The same requests to FakeHTTP.serve() and to http.server: where both can, they agree.

Each deliberate difference stands in DIFFERENCES, with the section that decides it.
"""

import contextlib
import functools
import http.server
import os
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fakefarm import FakeHTTP

MODIFIED = 1_700_000_000
SINCE = "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"
BEFORE = "If-Modified-Since: Tue, 14 Nov 2023 22:13:19 GMT"
HOST = "Host: test"
COMPARED = ("content-type", "content-length", "last-modified", "location", "content-range")

# Request lines with their headers. A Host and the end of the connection are added.
REQUESTS = [
    ["GET /a.txt HTTP/1.1"],
    ["HEAD /a.txt HTTP/1.1"],
    ["GET /a.txt HTTP/1.0"],
    ["GET /a.txt?query HTTP/1.1"],
    ["GET /%61.txt HTTP/1.1"],
    ["GET /page.html HTTP/1.1"],
    ["GET /b.png HTTP/1.1"],
    ["GET /data.tar.gz HTTP/1.1"],
    ["GET /none HTTP/1.1"],
    ["GET /sub/none HTTP/1.1"],
    ["GET /a.txt/ HTTP/1.1"],
    ["GET /sub HTTP/1.1"],
    ["GET /sub?a=b HTTP/1.1"],
    ["HEAD /sub HTTP/1.1"],
    ["GET /sub/ HTTP/1.1"],
    ["GET /a.txt HTTP/1.1", SINCE],
    ["GET /a.txt HTTP/1.1", BEFORE],
    ["GET /a.txt HTTP/1.1", "If-Modified-Since: nonsense"],
    ["GET /a.txt HTTP/1.1", SINCE, 'If-None-Match: "x"'],
    ["GET /../secret.txt HTTP/1.1"],
    ["GET /%2e%2e/secret.txt HTTP/1.1"],
    ["GET /..%2fsecret.txt HTTP/1.1"],
    ["BREW / HTTP/1.1"],
    ["GET / HTTP/2.0"],
    ["GET / HTTP/x.y"],
    ["GET / a b HTTP/1.1"],
    ["GARBAGE"],
]


class Difference(NamedTuple):
    """What we answer, what http.server does, and the section that says so."""

    request: list[str]
    ours: int
    theirs: int
    section: str


DIFFERENCES = [
    Difference(["POST /a.txt HTTP/1.1"], 405, 501, "RFC 9110 15.5.6 and 9.1: POST is known"),
    Difference(["DELETE /a.txt HTTP/1.1"], 405, 501, "RFC 9110 15.5.6"),
    Difference(["GET /a.txt HTTP/1.1", "Range: bytes=0-1"], 206, 200, "RFC 9110 14.2"),
    Difference(["GET /a.txt HTTP/1.1", "Range: bytes=999-"], 416, 200, "RFC 9110 15.5.17"),
    Difference(["GET /a.txt HTTP/1.1", "If-Match: *"], 200, 200, "RFC 9110 13.1.1"),
    Difference(["GET /a.txt HTTP/1.1", 'If-Match: "x"'], 412, 200, "RFC 9110 13.1.1"),
    Difference(["GET /a.txt HTTP/1.1", HOST], 400, 200, "RFC 9112 3.2: two Hosts"),
    Difference(["GET /a.txt HTTP/1.1", "Space : b"], 400, 200, "RFC 9112 5.1"),
    Difference(["GET /a.txt HTTP/1.1", "Folded: b\r\n c"], 400, 200, "RFC 9112 5.2"),
    Difference(["GET /a.txt HTTP/1.1", "Bare: b\nLf: c"], 400, 200, "RFC 9112 2.2: may be refused"),
    Difference(["GET /a.txt HTTP/1.1", "No colon"], 400, 200, "RFC 9112 5"),
    Difference(["GET /a.txt HTTP/1.1", "Nul: \0"], 400, 200, "RFC 9110 5.5"),
    Difference(["GET /a.txt HTTP/1.1", "Content-Length: -1"], 400, 200, "RFC 9112 6.3"),
    Difference(["GET /a.txt HTTP/1.1", "Expect: tea"], 417, 200, "RFC 9110 10.1.1"),
    Difference(["GET a.txt HTTP/1.1"], 400, 200, "RFC 9112 3.2: a target begins with a slash"),
    Difference(["GET http://test/a.txt HTTP/1.1"], 200, 404, "RFC 9112 3.2.2: MUST be accepted"),
    Difference(
        ["GET /sub/../a.txt HTTP/1.1"], 404, 200, "RFC 3986 6.2.2.3: the client's to remove"
    ),
    Difference(["GET  / HTTP/1.1"], 400, 200, "RFC 9112 3: one space, and others may be refused"),
    Difference(["GET /a.txt HTTP/0.9"], 505, 0, "RFC 9110 15.6.6; theirs has no status line"),
    Difference(
        ["GET /" + "a" * 9000 + " HTTP/1.1"], 414, 404, "RFC 9112 3: ours is the lower bound"
    ),
    Difference(["GET /a.txt HTTP/1.1", "X: " + "a" * 66000], 431, 431, "RFC 6585 5"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served") / "root"
    (root / "sub").mkdir(parents=True)
    (root.parent / "secret.txt").write_bytes(b"secret")
    for name in ("a.txt", "page.html", "b.png", "data.tar.gz", "sub/index.html"):
        (root / name).write_bytes(name.encode() * 10)
    os.utime(root / "a.txt", (MODIFIED, MODIFIED))
    return root


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def reference(folder: Path) -> Iterator[tuple[str, int]]:
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[0], server.server_address[1]  # type: ignore[misc]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[tuple[str, int]]:
    with FakeHTTP(strict=False) as fake:
        fake.serve(folder)
        yield fake.address


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(address: tuple[str, int], request: list[str]) -> Answer:
    lines = [request[0], HOST, "Connection: close", *request[1:], "", ""]
    answer = b""
    with socket.create_connection(address, timeout=5) as client:
        client.sendall("\r\n".join(lines).encode("latin-1"))
        with contextlib.suppress(ConnectionResetError):  # http.server leaves input unread
            while data := client.recv(65536):
                answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    pairs = (field.partition(": ") for field in fields)
    if not status.startswith("HTTP/"):  # as if to HTTP/0.9, which http.server still speaks
        error = re.search(rb"Error code: ([0-9]{3})", answer)
        return Answer(int(error[1]) if error else 0, {}, answer)
    return Answer(int(status[9:12]), {name.lower(): value for name, _, value in pairs}, body)


def name_of(request: list[str]) -> str:
    return " ".join(request)[:60]


@pytest.mark.parametrize("request_", REQUESTS, ids=name_of)
def test_they_agree(
    served: tuple[str, int], reference: tuple[str, int], request_: list[str]
) -> None:
    ours, theirs = ask(served, request_), ask(reference, request_)
    assert ours.status == theirs.status
    assert ours.status != 304 or not ours.body
    if ours.status < 400:
        assert ours.body == theirs.body
        for name in COMPARED:
            if name in theirs.headers and not (name == "content-type" and ours.status != 200):
                assert ours.headers.get(name) == theirs.headers[name], name


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: name_of(d.request))
def test_where_they_differ(
    served: tuple[str, int], reference: tuple[str, int], difference: Difference
) -> None:
    ours, theirs = ask(served, difference.request), ask(reference, difference.request)
    assert (ours.status, theirs.status) == (difference.ours, difference.theirs)


def test_keep_alive_and_expectation(served: tuple[str, int], reference: tuple[str, int]) -> None:
    """Three requests on one connection, the last with 100 (Continue)."""
    sent = b"HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n"
    sent += b"GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    counts = []
    for address in (served, reference):
        answer = b""
        with socket.create_connection(address, timeout=5) as client:
            client.sendall(sent)
            while data := client.recv(65536):
                answer += data
        counts.append((answer.count(b"HTTP/1.1 200 "), answer.count(b"\r\n\r\na.txt")))
    assert counts == [(3, 2), (3, 2)]


def test_listings_name_the_same_files(served: tuple[str, int], reference: tuple[str, int]) -> None:
    request = ["GET / HTTP/1.1"]
    for name in (b">a.txt<", b">sub/<", b">data.tar.gz<"):
        assert name in ask(served, request).body
        assert name in ask(reference, request).body
