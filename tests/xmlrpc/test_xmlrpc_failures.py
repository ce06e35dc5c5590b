"""Failures found in the wild, each a script of at most three lines, and what xmlrpc.client makes of
it.

The numbers are those of the project's collection. A row says what a call raises and what stands in
the message, or what it returns; and how often the fake was called.
"""

import gzip
import http.client
import xmlrpc.client
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError
from xmlrpc.client import Fault, ProtocolError, ResponseError

import pytest

from fakefarm import FakeXMLRPC
from fakefarm.xmlrpc import MALFORMED

Script = Callable[[FakeXMLRPC], object]

GOOD = xmlrpc.client.dumps((5,), methodresponse=True).encode()
BOMB = xmlrpc.client.dumps(("x" * 5_000_000,), methodresponse=True).encode()
CODED = {"Content-Encoding": "gzip"}


class Failure(NamedTuple):
    number: int
    name: str
    script: Script
    raises: type[BaseException] | None = None
    says: str = ""  # in the error
    returns: object = None
    calls: int = 1
    method: str = "add"


def wrong(name: str) -> Script:
    """A script of one line."""
    return lambda f: f.on("add").malformed(name, value=5)


# fmt: off
FAILURES = [
    (1, "fault", lambda f: f.on("add").fault(4, "too many"), Fault, "too many"),
    (1, "fault of what a function raises", lambda f: f.register(int, "add"), Fault, "TypeError"),
    (3, "404", lambda f: f.http.on("POST").respond(404), ProtocolError, "404 Not Found", None, 0),
    (3, "unknown path is a fault", lambda f: f.on("add").fault(1, "<class 'KeyError'>:'/x'"),
     Fault, "KeyError"),
    (4, "500", lambda f: f.http.on("POST").respond(500), ProtocolError, "500 Internal", None, 0),
    (4, "500 that says why",
     lambda f: f.http.on("POST").respond(500, headers={"X-exception": "it broke"}),
     ProtocolError, "500 Internal", None, 0),
    (5, "redirection", lambda f: f.http.on("POST").respond(302, headers={"Location": "/"}),
     ProtocolError, "302 Found", None, 0),
    (6, "no user", lambda f: setattr(f, "users", {"ann": "x"}), ProtocolError, "401 Unauthorized"),
    (7, "no content", lambda f: f.http.on("POST").respond(204), ProtocolError, "204", None, 0),
    (8, "empty", wrong("empty"), ExpatError, "no element found"),
    (9, "cut XML", wrong("cut"), ExpatError, "no element found"),
    (10, "shorter than Content-Length",
     lambda f: f.on("add").truncate(after=70), ExpatError, "unclosed token"),
    (11, "Content-Length too long",
     lambda f: f.http.on("POST").respond(200, GOOD, headers={"Content-Length": "999"}).close(),
     None, "", 5, 0),
    (12, "Content-Length too short",
     lambda f: f.http.on("POST").respond(200, GOOD, headers={"Content-Length": "99"}),
     ExpatError, "unclosed token", None, 0),
    (13, "junk before", wrong("junk before the prolog"), ExpatError, "syntax error"),
    (14, "whitespace before", wrong("whitespace before the prolog"), ExpatError, "not at start"),
    (14, "byte order mark", wrong("byte order mark"), None, "", 5),
    (15, "junk after", wrong("junk after"), ExpatError, "junk after document"),
    (15, "whitespace after", wrong("whitespace after"), None, "", 5),
    (15, "two documents", wrong("two documents"), ExpatError, "junk after document"),
    (16, "HTML page", wrong("HTML page"), ExpatError, "mismatched tag"),
    (16, "XHTML page", wrong("XHTML page"), ResponseError, ""),
    (17, "plain text", wrong("not XML"), ExpatError, "syntax error"),
    (18, "wrong content type", lambda f: f.on("add").xml(GOOD, "text/plain"), None, "", 5),
    (19, "invalid int", wrong("invalid int"), ValueError, "invalid literal"),
    (19, "empty int", wrong("empty int"), ValueError, "invalid literal"),
    (20, "5,000 digits", wrong("huge int"), ValueError, "Exceeds the limit"),
    (21, "int out of range", wrong("int out of range"), None, "", 2**31),
    (22, "unknown tag", wrong("unknown tag"), ResponseError, "unknown tag 'colour'"),
    (22, "struct without a name", wrong("struct without a name"), IndexError, "out of range"),
    (23, "bad boolean", wrong("bad boolean"), TypeError, "bad boolean"),
    (24, "bad base64", wrong("bad base64"), None, "", b"hello"),
    (24, "cut base64", wrong("cut base64"), ValueError, "padding"),
    (25, "bad double", wrong("bad double"), ValueError, "could not convert"),
    (25, "NaN", wrong("NaN double"), None, "", "nan"),
    (25, "infinity", wrong("infinite double"), None, "", float("inf")),
    (26, "i1", wrong("i1"), None, "", 5),
    (26, "i2", wrong("i2"), None, "", 5),
    (26, "i8", wrong("i8"), None, "", 2**63 - 1),
    (26, "biginteger", wrong("biginteger"), None, "", 10**30 - 1),
    (26, "bigdecimal", wrong("bigdecimal"), None, "", Decimal("1." + "9" * 30)),
    (26, "float", wrong("float"), None, "", 0.5),
    (26, "nil", wrong("nil"), None, "", None),
    (26, "ex:nil", wrong("ex:nil"), None, "", None),
    (27, "no date", wrong("bad dateTime"), None, "", "next Tuesday"),
    (27, "date with dashes", wrong("dateTime with dashes"), None, "", "2024-02-29T12:34:56Z"),
    (28, "control character", wrong("control character"), ExpatError, "not well-formed"),
    (28, "wrong encoding", wrong("wrong encoding"), ExpatError, "not well-formed"),
    (28, "unknown encoding", wrong("unknown encoding"), LookupError, "unknown encoding"),
    (29, "two params", wrong("two params"), None, "", (5, 5)),
    (29, "no params", wrong("no params"), None, "", ()),
    (29, "nothing in it", wrong("no content"), ResponseError, ""),
    (29, "a call", wrong("methodCall"), None, "", ()),
    (30, "fault is no struct", wrong("fault not a struct"), TypeError, "must be a mapping"),
    (30, "fault without code", wrong("fault without faultCode"), TypeError, "'faultCode'"),
    (30, "fault without text", wrong("fault without faultString"), TypeError, "'faultString'"),
    (30, "fault with more", wrong("fault with more members"), Fault, "too many"),
    (30, "fault, code a word", wrong("fault with a word for its code"), Fault, "E_BUSY"),
    (31, "gzip", lambda f: f.http.on("POST").respond(200, gzip.compress(GOOD), headers=CODED),
     None, "", 5, 0),
    (31, "no gzip", lambda f: f.http.on("POST").respond(200, GOOD, headers=CODED),
     gzip.BadGzipFile, "Not a gzipped file", None, 0),
    (32, "gzip cut",
     lambda f: f.http.on("POST").respond(200, gzip.compress(GOOD)[:-20], headers=CODED),
     EOFError, "end-of-stream", None, 0),
    (33, "gzip bomb", lambda f: f.http.on("POST").respond(200, gzip.compress(BOMB), headers=CODED),
     None, "", "x" * 5_000_000, 0),
    (34, "long unclosed token", wrong("long unclosed token"), ExpatError, "unclosed token"),
    (35, "entities", wrong("entity expansion"), None, "", "ha" * 1000),
    (35, "external entity", wrong("external entity"), None, "", ""),
    (35, "undefined entity", wrong("undefined entity"), ExpatError, "undefined entity"),
    (36, "closed before the answer",
     lambda f: f.on("add").close(), http.client.RemoteDisconnected, "", None, 2),
    (36, "closed once, and called twice", lambda f: f.on("add").close().once(), None, "", 3, 2),
    (38, "RST", lambda f: f.on("add").reset(), ConnectionResetError, "reset", None, 2),
    (38, "RST in the answer", lambda f: f.on("add").truncate(after=9).reset(),
     ConnectionResetError, "reset", None, 2),
    (39, "silence", lambda f: f.on("add").stall(), TimeoutError, "timed out"),
    (39, "silence in the answer", lambda f: f.on("add").truncate(after=9).stall(), TimeoutError,
     "timed out"),
    (40, "bad status line", lambda f: f.on("add").raw(b"HTTP/1.1 Omg What?\r\n\r\n").close(),
     http.client.BadStatusLine, "Omg"),
    (40, "header without colon",
     lambda f: f.on("add").raw(b"HTTP/1.1 200 OK\r\nOmg\r\nA: b\r\n\r\n" + GOOD).close(),
     None, "", 5),
    (41, "chunks cut",
     lambda f: f.http.on("POST").respond(200, [GOOD[:50], GOOD[50:]]).truncate(60),
     http.client.IncompleteRead, "", None, 0),
    (41, "bad chunk", lambda f: f.http.on("POST").raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nwhat\r\n").close(),
     http.client.IncompleteRead, "", None, 0),
    (43, "multicall too short", lambda f: f.on("system.multicall").malformed(
        "multicall too short", value=5), None, "", [5], 1, "multicall"),
    (43, "multicall not a list", lambda f: f.on("system.multicall").malformed(
        "multicall not a list", value=5), TypeError, "subscriptable", None, 1, "multicall"),
    (43, "multicall bare element", lambda f: f.on("system.multicall").malformed(
        "multicall bare element"), ValueError, "unexpected type", None, 1, "multicall"),
]
# fmt: on
ROWS = [Failure(*row) for row in FAILURES]  # type: ignore[arg-type]
ELSEWHERE = {2, 37, 42, 44}  # tests of their own, below


class Impatient(xmlrpc.client.Transport):
    """ServerProxy has no timeout of its own."""

    patience = 5.0

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = super().make_connection(host)
        connection.timeout = self.patience
        return connection


@pytest.fixture
def transport() -> Impatient:
    return Impatient()


@pytest.fixture
def client(fake: FakeXMLRPC, transport: Impatient) -> Iterator[xmlrpc.client.ServerProxy]:
    with xmlrpc.client.ServerProxy(fake.url, transport=transport) as client:
        yield client


def call(client: Any, method: str) -> Any:
    if method != "multicall":
        return client.add(1, 2)
    calls = xmlrpc.client.MultiCall(client)
    calls.add(1, 2)
    calls.add(3, 4)
    return list(calls())


def test_every_number_has_its_test() -> None:
    assert {row.number for row in ROWS} | ELSEWHERE == set(range(1, 45))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.number} {row.name}" for row in ROWS])
def test_failure(fake: FakeXMLRPC, client: Any, transport: Impatient, row: Failure) -> None:
    row.script(fake)
    if row.raises is TimeoutError:
        transport.patience = 0.1
    if row.raises is None:
        returned = call(client, row.method)
        assert plain(returned) == row.returns
    else:
        with pytest.raises(row.raises) as caught:
            call(client, row.method)
        assert row.says in f"{caught.value!r}{caught.value}"
    assert len(fake.calls) == row.calls


def plain(value: Any) -> Any:
    """A value that can be compared."""
    if isinstance(value, xmlrpc.client.Binary):
        return value.data
    if isinstance(value, xmlrpc.client.DateTime):
        return value.value
    return "nan" if value != value else value


def test_2_a_method_that_does_not_exist_in_a_multicall(client: Any) -> None:
    calls = xmlrpc.client.MultiCall(client)
    calls.add(1, 2)
    calls.nope()
    results = calls()
    assert results[0] == 3
    with pytest.raises(Fault, match="nope") as caught:
        results[1]
    assert caught.value.faultCode == 1


def test_4_the_error_has_the_header(fake: FakeXMLRPC, client: Any) -> None:
    fake.http.on("POST").respond(500, headers={"X-exception": "it broke"})
    with pytest.raises(ProtocolError) as caught:
        client.add(1, 2)
    assert caught.value.headers["X-exception"] == "it broke"


def test_12_what_is_too_much_is_read_as_the_next_answer(fake: FakeXMLRPC, client: Any) -> None:
    """Here the client gives up on the connection, so that it is not."""
    fake.http.on("POST").respond(200, GOOD, headers={"Content-Length": "99"}).once()
    with pytest.raises(ExpatError):
        client.add(1, 2)
    assert client.add(1, 2) == 3
    assert len(fake.connections) == 2


def test_20_ints_without_a_limit(fake: FakeXMLRPC, client: Any) -> None:
    """A number of 4,000 digits is taken by every Python."""
    fake.on("add").xml(GOOD.replace(b"5", b"9" * 4000))
    assert client.add(1, 2) == 10**4000 - 1


def test_31_a_request_with_bad_gzip(fake: FakeXMLRPC, raw: Any) -> None:
    raw.post(b"no gzip", Content_Encoding="gzip")
    status, body = raw.answer()
    assert (status, b"gzip" in body) == (400, True)
    assert fake.calls == []


def test_37_closed_between_two_calls(fake: FakeXMLRPC, client: Any) -> None:
    """The client learns of it when it calls again, and calls once more without a word."""
    fake.on("add").answer().close().once()
    assert client.add(1, 2) == 3
    fake.wait_until(lambda: fake.connections[0].ended_by == "script")
    assert client.add(3, 4) == 7
    assert [call.arguments for call in fake.calls] == [(1, 2), (3, 4)]
    assert len(fake.connections) == 2


def test_42_half_a_call(fake: FakeXMLRPC, raw: Any) -> None:
    body = xmlrpc.client.dumps((1, 2), "add").encode()
    raw.send(b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body))
    raw.send(body[:50])
    raw.half_close()
    assert raw.rest() == (b"", "fin")
    assert [request.complete for request in fake.http.requests] == [False]
    assert fake.calls == []


def test_44_connections_are_kept_and_closed(fake: FakeXMLRPC, client: Any) -> None:
    assert client.add(1, 2) == client.add(2, 1)
    assert len(fake.connections) == 1
    client("close")()
    assert client.add(1, 2) == 3
    assert len(fake.connections) == 2


def test_44_connections_that_the_server_does_not_keep(fake: FakeXMLRPC, client: Any) -> None:
    """HTTP/1.0, as the standard library's server speaks it."""
    fake.http.on("POST").respond(200, GOOD, http_version="HTTP/1.0").times(2)
    assert client.add(1, 2) == client.add(1, 2) == 5
    assert len(fake.connections) == 2


@pytest.mark.parametrize("name", MALFORMED)
def test_every_wrong_answer_is_a_right_http_answer(fake: FakeXMLRPC, raw: Any, name: str) -> None:
    fake.on("*").malformed(name, value=5)
    raw.call("add", 1, 2)
    raw.call("system.multicall", [{"methodName": "add", "params": [1, 2]}] * 3)
    answers = [raw.answer(), raw.answer()]
    assert [status for status, _ in answers] == [200, 200]
    assert raw.is_silent(0)
    if name.startswith("multicall "):
        found = {"too short": 2, "not a list": 0, "bare element": 3}[
            name.removeprefix("multicall ")
        ]
        assert len(multicall_items(answers[1][1])) == found


def multicall_items(body: bytes) -> list[Any]:
    (value,), _ = xmlrpc.client.loads(body)
    return value if isinstance(value, list) else []
