"""The same requests to FakeXMLRPC and to the servers of the standard library: they agree.

Each deliberate difference stands in DIFFERENCES, with the reason.
"""

import contextlib
import gzip
import html
import re
import socket
import threading
import xmlrpc.client
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.request import urlopen
from xmlrpc.server import (
    DocXMLRPCRequestHandler,
    DocXMLRPCServer,
    MultiPathXMLRPCServer,
    SimpleXMLRPCDispatcher,
    SimpleXMLRPCRequestHandler,
    SimpleXMLRPCServer,
)

import pytest

from fakefarm import FakeXMLRPC

Address = tuple[str, int]


class Library:
    """What is registered as an instance."""

    def titles(self, count: int = 2) -> list[str]:
        """The first of them."""
        return ["one", "two", "three"][:count]

    def _secret(self) -> str:
        return "secret"


def add(a: Any, b: Any) -> Any:
    """Adds <b> to a."""
    return a + b


def refuse(code: int) -> None:
    raise xmlrpc.client.Fault(code, "refused & <done>")


def fail() -> None:
    raise ValueError("é <&>")


def odd() -> Any:
    return object


FUNCTIONS: list[tuple[Any, str]] = [
    *((add, "add"), (refuse, "refuse"), (fail, "fail"), (odd, "odd"), (lambda: None, "nothing")),
    *((lambda *args: list(args), "echo"), (len, "length"), (lambda: {1: 2}, "badkey")),
    *((lambda: "\ud800", "half"), (lambda: 2**31, "big"), (lambda: 1.5, "math.half")),
]


def call(method: str, *arguments: Any) -> bytes:
    return xmlrpc.client.dumps(arguments, method, allow_none=True).encode()


def multi(*calls: Any) -> bytes:
    return call("system.multicall", list(calls))


def one(method: Any, *arguments: Any) -> dict[str, Any]:
    return {"methodName": method, "params": list(arguments)}


def params(xml: str) -> bytes:
    return f"<methodCall><methodName>echo</methodName><params>{xml}</params></methodCall>".encode()


def value(xml: str) -> bytes:
    return params(f"<param><value>{xml}</value></param>")


NIL = "<nil xmlns='http://ws.apache.org/xmlrpc/namespaces/extensions'/>"

BODIES = {
    "add": call("add", 1, 2),
    "floats": call("add", 1.5, -2.5e300),
    "strings": call("add", "é<&>", "\n\t"),
    "structs": call("echo", {"a": [1, {"b": True}], "": {}}, []),
    "dates": call("echo", xmlrpc.client.DateTime("20240229T12:34:56"), xmlrpc.client.Binary(b"\0")),
    "nil in": call("echo", None),
    "nil out": call("nothing"),
    "no arguments": call("echo"),
    "too many": call("add", 1, 2, 3),
    "type error": call("add", 1, "2"),
    "fault": call("refuse", 4),
    "fault with a bad code": call("refuse", "x"),
    "exception": call("fail"),
    "not marshalled": call("odd"),
    "bad key": call("badkey"),
    "big": call("big"),
    "half a pair": call("half"),
    "dotted": call("math.half"),
    "unknown": call("nope"),
    "private": call("_secret"),
    "of the instance": call("titles", 1),
    "empty name": call(" ").replace(b" ", b"", 1),
    "listMethods": call("system.listMethods"),
    "methodHelp": call("system.methodHelp", "add"),
    "methodHelp of the instance": call("system.methodHelp", "titles"),
    "methodHelp of nothing": call("system.methodHelp", "nope"),
    "methodSignature": call("system.methodSignature", "add"),
    "multicall": multi(one("add", 1, 2), one("nope"), one("refuse", 3), one("fail")),
    "multicall of none": multi(),
    "multicall in itself": multi(one("system.multicall", [one("add", 1, 2)])),
    "multicall not a struct": multi(one("add", 1, 2), 5),
    "multicall without a name": multi({"params": []}),
    "multicall without params": multi({"methodName": "add"}),
    "multicall of a number": multi({"methodName": 5, "params": []}),
    "multicall with a number": multi({"methodName": "add", "params": 5}),
    "multicall with a struct": multi({"methodName": "echo", "params": {"a": 1}}),
    "multicall with a string": multi({"methodName": "echo", "params": "ab"}),
    "multicall that cannot be marshalled": multi(one("add", 1, 2), one("odd")),
    "multicall of a number alone": call("system.multicall", 5),
    "empty": b"",
    "no XML": b"no XML",
    "cut": call("add", 1, 2)[:-20],
    "junk before": b"\n" + call("add", 1, 2),
    "junk after": call("add", 1, 2) + b"x",
    "wrong encoding": value("é").decode().encode("latin-1"),
    "latin-1": b"<?xml version='1.0' encoding='latin-1'?>" + value("é").decode().encode("latin-1"),
    "utf-16": value("é").decode().encode("utf-16"),
    "control character": value("\x01"),
    "unknown tag": value("<what>5</what>"),
    "bad int": value("<int>x</int>"),
    "big int": value("<i8>9999999999999999999</i8>"),
    "bad boolean": value("<boolean>true</boolean>"),
    "bad double": value("<double>x</double>"),
    "bad base64": value("<base64>!</base64>"),
    "bad dateTime": value("<dateTime.iso8601>x</dateTime.iso8601>"),
    "bare text": value("text"),
    "empty value": value(""),
    "nil of Apache": value(NIL),
    "two values": params("<param><value>a</value><value>b</value></param>"),
    "no value": params("<param></param>"),
    "values without param": params("<value>a</value>"),
    "member without name": value("<struct><member><value>1</value></member></struct>"),
    "unclosed struct": value("<struct>"),
    "two names": b"<methodCall><methodName>a</methodName><methodName>echo</methodName>"
    b"<params/></methodCall>",
    "no params": b"<methodCall><methodName>echo</methodName></methodCall>",
    "no name": b"<methodCall><params/></methodCall>",
    "an answer": xmlrpc.client.dumps((1,), methodresponse=True).encode(),
    "a fault": xmlrpc.client.dumps(xmlrpc.client.Fault(9, "mine")).encode(),
    "other root": b"<call><methodName>echo</methodName><params/></call>",
    "comments": call("add", 1, 2).replace(b"<params>", b"<!-- x --><?pi?><params>"),
}


class Difference(NamedTuple):
    """Request, then the status and what stands in the answer: of ours and of theirs."""

    head: str
    body: bytes
    ours: tuple[int, bytes]
    theirs: tuple[int, bytes]
    reason: str


POST, GZIP = "POST /RPC2 HTTP/1.1\r\n", "Content-Encoding: gzip\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
ADD = call("add", 1, 2)
DOCTYPE = b"<!DOCTYPE methodCall>" + value("a")
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "x">]>' + value("&b;")
DEEP = value("<array><data><value>" * 200 + "</value></data></array>" * 200)
MANY = params("<param><value>x</value></param>" * 1001)

DIFFERENCES = {
    "doctype": Difference(
        POST, DOCTYPE, (200, b"DOCTYPE"), (200, b"<string>a</string>"), "XML-RPC needs none"
    ),
    "entities": Difference(
        POST, LAUGHS, (200, b"DOCTYPE"), (200, b"<string>x</string>"), "entities can be bombs"
    ),
    "nesting": Difference(POST, DEEP, (200, b"elements in"), (200, b"<array>"), "a bound"),
    "parameters": Difference(POST, MANY, (200, b"1,000"), (200, b"<array>"), "a bound"),
    "broken gzip": Difference(
        f"{POST}{GZIP}", gzip.compress(ADD)[:-9], (400, b"decoded"), (500, b""), "not our fault"
    ),
    "corrupt gzip": Difference(
        f"{POST}{GZIP}",
        gzip.compress(ADD)[:10] + b"\xff" * 20,
        (400, b"decoded"),
        (500, b""),
        "not our fault",
    ),
    "x-gzip": Difference(
        f"{POST}Content-Encoding: x-gzip\r\n",
        gzip.compress(ADD),
        (200, b"<int>3</int>"),
        (501, b""),
        "RFC 9110 8.4.1.3: the same as gzip",
    ),
    "chunked": Difference(
        f"{POST}{CHUNKED}",
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(ADD), ADD),
        (200, b"<int>3</int>"),
        (500, b""),
        "RFC 9112 7.1: must be understood",
    ),
    "query": Difference(
        "POST /RPC2?a=b HTTP/1.1\r\n",
        ADD,
        (200, b"<int>3</int>"),
        (404, b""),
        "a query is not of the path",
    ),
    "head": Difference("HEAD /RPC2 HTTP/1.1\r\n", b"", (200, b""), (501, b""), "RFC 9110 9.3.2"),
    "put": Difference("PUT /RPC2 HTTP/1.1\r\n", ADD, (405, b""), (501, b""), "RFC 9110 15.5.6"),
}
SAME_HEADS = {
    "unknown path": ("POST /nope HTTP/1.1\r\n", ADD, 404),
    "root": ("POST / HTTP/1.1\r\n", ADD, 200),
    "HTTP/1.0": ("POST /RPC2 HTTP/1.0\r\n", ADD, 200),
    "gzip": (f"{POST}{GZIP}", gzip.compress(ADD), 200),
    "no gzip": (f"{POST}{GZIP}", b"no gzip", 400),
    "unknown coding": (f"{POST}Content-Encoding: br\r\n", b"x", 501),
    "other type": (f"{POST}Content-Type: text/plain\r\n", ADD, 200),
}


class Quiet(DocXMLRPCRequestHandler):
    timeout = 5


@contextlib.contextmanager
def serving(server: SimpleXMLRPCServer) -> Iterator[Address]:
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[0], server.server_address[1]  # type: ignore[misc]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module", params=[False, True], ids=["", "allow_none"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Address, Address]]:
    """Ours, and a DocXMLRPCServer, which is a SimpleXMLRPCServer, too."""
    allow_none = request.param
    reference = DocXMLRPCServer(("127.0.0.1", 0), Quiet, logRequests=False, allow_none=allow_none)
    reference.register_introspection_functions()
    reference.register_multicall_functions()
    reference.register_instance(Library())
    with FakeXMLRPC(allow_none=allow_none, strict=False) as fake, serving(reference) as theirs:
        fake.register_instance(Library())
        for function, name in FUNCTIONS:
            fake.register(function, name)
            reference.register_function(function, name)
        yield fake.address, theirs


def ask(address: Address, head: str, body: bytes, length: bool = True) -> tuple[int, str, bytes]:
    """Status, type and body of an answer."""
    fields = f"Host: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    fields = fields if length else fields[: fields.index("Content-Length")]
    answer = b""
    with socket.create_connection(address, timeout=5) as client:
        client.sendall(f"{head}{fields}\r\n".encode() + body)
        with contextlib.suppress(ConnectionResetError):  # theirs leaves input unread
            while data := client.recv(65536):
                answer += data
    top, _, content = answer.partition(b"\r\n\r\n")
    kind = re.search(rb"\r\nContent-type: ([^\r\n]*)", top, re.I)
    return int(top[9:12]), kind[1].decode() if kind else "", content


def named(body: bytes) -> bytes:
    """A body without what is different from run to run: where an object is in memory."""
    return re.sub(rb"0x[0-9a-f]+", b"0x", body)


@pytest.mark.parametrize("name", BODIES)
def test_the_same_answer(both: tuple[Address, Address], name: str) -> None:
    ours, theirs = (ask(address, POST, BODIES[name]) for address in both)
    assert ours[:2] == theirs[:2] == (200, "text/xml")
    assert named(ours[2]) == named(theirs[2])


@pytest.mark.parametrize("name", SAME_HEADS)
def test_the_same_status(both: tuple[Address, Address], name: str) -> None:
    head, body, status = SAME_HEADS[name]
    ours, theirs = (ask(address, head, body) for address in both)
    assert ours[0] == theirs[0] == status
    assert status != 200 or ours[2] == theirs[2]


@pytest.mark.parametrize("name", DIFFERENCES)
def test_where_they_differ(both: tuple[Address, Address], name: str) -> None:
    known = DIFFERENCES[name]
    ours, theirs = (
        ask(address, known.head, known.body, CHUNKED not in known.head) for address in both
    )
    assert (ours[0], theirs[0]) == (known.ours[0], known.theirs[0])
    assert known.ours[1] in ours[2]
    assert known.theirs[1] in theirs[2]


@pytest.mark.parametrize("accepts", ["gzip", "gzip;q=0", "deflate, gzip;q=0.5", "identity", "x"])
@pytest.mark.parametrize("size", [1000, 1400, 5000])
def test_the_same_answers_are_coded(both: tuple[Address, Address], accepts: str, size: int) -> None:
    """And are the same when they are decoded."""
    head, body = f"{POST}Accept-Encoding: {accepts}\r\n", call("echo", "x" * size)
    (_, _, ours), (_, _, theirs) = (ask(address, head, body) for address in both)
    assert ours.startswith(b"\x1f\x8b") == theirs.startswith(b"\x1f\x8b")
    if ours.startswith(b"\x1f\x8b"):
        ours, theirs = gzip.decompress(ours), gzip.decompress(theirs)
    assert ours == theirs


def test_the_pages_document_the_same(both: tuple[Address, Address]) -> None:
    pages = []
    for host, port in both:
        with urlopen(f"http://{host}:{port}/RPC2", timeout=5) as answer:
            assert answer.headers.get_content_type() == "text/html"  # 3.10 names no charset
            text = html.unescape(answer.read().decode())
        pages.append(re.sub(r"<[^<>]*>|\s|&nbsp;|\xa0", "", text))
    for name in [*(name for _, name in FUNCTIONS), "titles", "system.listMethods"]:
        assert all(name in page for page in pages), name
    for text in ("add(a:", "(count:", "Thefirstofthem.", "Returnsalistofthemethods"):
        assert all(text in page for page in pages), text


# --- several paths


class AnyPath(SimpleXMLRPCRequestHandler):
    rpc_paths = ()


def test_several_paths() -> None:
    """MultiPathXMLRPCServer answers an unknown path with a fault, if it may get there at all."""
    reference = MultiPathXMLRPCServer(("127.0.0.1", 0), AnyPath, logRequests=False)
    with FakeXMLRPC(paths=("/a", "/b"), strict=False) as fake, serving(reference) as theirs:
        for path, result in [("/a", 1), ("/b", 2)]:
            dispatcher = reference.add_dispatcher(path, SimpleXMLRPCDispatcher())
            dispatcher.register_introspection_functions()
            dispatcher.register_multicall_functions()
            for one_of_them in (fake.register, dispatcher.register_function):
                options = {"path": path} if one_of_them == fake.register else {}
                one_of_them(lambda result=result: result, "which", **options)
        for path in ("/a", "/b"):
            for body in (call("which"), call("system.listMethods"), call("nope")):
                head = f"POST {path} HTTP/1.1\r\n"
                assert ask(fake.address, head, body) == ask(theirs, head, body)
        unknown = "POST /c HTTP/1.1\r\n"
        assert ask(fake.address, unknown, call("which"))[0] == 404
        status, _, answer = ask(theirs, unknown, call("which"))
        assert (status, b"KeyError" in answer) == (200, True)
        fake.http.on("POST", "/c").respond(200, answer, headers={"Content-Type": "text/xml"})
        assert ask(fake.address, unknown, call("which")) == ask(theirs, unknown, call("which"))
