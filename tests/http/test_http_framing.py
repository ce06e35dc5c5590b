"""Requests, fed whole, byte by byte, and with the next one behind them."""

from typing import Any, NamedTuple

import pytest

from fakefarm import FakeHTTP

HOST = b"Host: a\r\n"


class Case(NamedTuple):
    sent: bytes
    method: str
    target: str
    body: bytes = b""
    version: str = "HTTP/1.1"
    trailers: list[tuple[str, str]] = []


CHUNKED = b"POST /c HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
CASES = {
    "get": Case(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", "GET", "/"),
    "old": Case(
        b"GET /o HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET", "/o", version="HTTP/1.0"
    ),
    "minor version": Case(b"GET / HTTP/1.7\r\n" + HOST + b"\r\n", "GET", "/"),
    "empty lines first": Case(b"\r\n\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n", "GET", "/"),
    "no host is a host": Case(b"GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET", "/"),
    "length": Case(
        b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", "POST", "/b", b"hello"
    ),
    "length 0": Case(b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n", "POST", "/b"),
    "the same length twice": Case(
        b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: 2, 2\r\n\r\nhi", "POST", "/b", b"hi"
    ),
    "a body that looks like a request": Case(
        b"PUT /b HTTP/1.1\r\n" + HOST + b"content-length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "PUT",
        "/b",
        b"GET / HTTP/1.1\r\n\r\n",
    ),
    "get with a body": Case(
        b"GET /g HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nhi", "GET", "/g", b"hi"
    ),
    "chunked": Case(CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "POST", "/c", b"hello"),
    "chunked, nothing": Case(CHUNKED + b"0\r\n\r\n", "POST", "/c"),
    "chunk extensions": Case(
        CHUNKED + b'2;a=b\r\nhe\r\n03 ; c="d"\r\nllo\r\n0;z\r\n\r\n', "POST", "/c", b"hello"
    ),
    "trailers": Case(
        CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum:  1 \r\nx-sum: 2\r\n\r\n",
        "POST",
        "/c",
        b"hello",
        trailers=[("X-Sum", "1"), ("x-sum", "2")],
    ),
    "line ends in chunks": Case(
        CHUNKED + b"A\r\n\r\n0\r\n\r\n\r\n\n\r\n0\r\n\r\n", "POST", "/c", b"\r\n0\r\n\r\n\r\n\n"
    ),
    "absolute form": Case(
        b"GET http://b/p?q=1 HTTP/1.1\r\n" + HOST + b"\r\n", "GET", "http://b/p?q=1"
    ),
    "authority form": Case(b"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n", "CONNECT", "b:443"),
    "authority form, IPv6": Case(
        b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", "CONNECT", "[::1]:443"
    ),
    "asterisk form": Case(b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", "OPTIONS", "*"),
    "made-up method": Case(b"X-Y.z! / HTTP/1.1\r\n" + HOST + b"\r\n", "X-Y.z!", "/"),
}
NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(autouse=True)
def answers(fake: Any) -> None:
    fake.on("*").respond(200, b"ok").optional()


@pytest.fixture(params=list(CASES))
def case(request: Any) -> Case:
    return CASES[request.param]


def check(request: Any, case: Case) -> None:
    assert (request.verb, request.argument) == (case.method, case.target)
    assert (request.body, request.complete) == (case.body, True)
    assert request.http_version == case.version
    assert request.trailers.items() == case.trailers
    assert request.problem == ""


def test_whole(fake: Any, client: Any, case: Case) -> None:
    client.send(case.sent)
    client.read_head()
    check(fake.requests[0], case)


def test_byte_by_byte(fake: Any, client: Any, case: Case) -> None:
    client.send_bytewise(case.sent)
    client.read_head()
    check(fake.requests[0], case)


def test_with_the_next_one_behind_it(fake: Any, client: Any, case: Case) -> None:
    client.send(case.sent + NEXT)
    client.read_head()
    fake.wait_until(lambda: len(fake.requests) == 2)
    check(fake.requests[0], case)
    assert (fake.requests[1].path, fake.requests[1].body) == ("/next", b"")


@pytest.mark.parametrize("how", ["whole", "bytewise"])
def test_raw_is_the_request_as_it_came(fake: Any, client: Any, case: Case, how: str) -> None:
    (client.send if how == "whole" else client.send_bytewise)(case.sent + NEXT)
    fake.wait_until(lambda: len(fake.requests) == 2)
    request, sent = fake.requests[0], case.sent.lstrip(b"\r\n")
    assert request.raw == sent
    assert request.head_bytes == sent[: sent.index(b"\r\n\r\n") + 4]
    assert request.line == sent[: sent.index(b"\r\n")]
    assert fake.requests[1].raw == NEXT


def test_of_a_chunked_body_raw_keeps_no_more_than_max_message_size(connect: Any) -> None:
    chunks = b"1;extension\r\na\r\n" * 20 + b"0\r\n\r\n"
    with FakeHTTP(max_message_size=100, strict=False) as fake:
        client = connect(fake)
        client.send(CHUNKED + chunks)
        assert client.answer()[0] == 404
        (request,) = fake.requests
        assert (request.body, request.complete) == (b"a" * 20, True)
        assert request.raw == CHUNKED + chunks[:100]
        assert "limit: max_message_size of 100 bytes reached" in str(fake.transcript)


def test_as_many_bytes_as_max_message_size_are_kept(connect: Any) -> None:
    chunks = b"a\r\n0123456789\r\n0\r\n\r\n"
    with FakeHTTP(max_message_size=len(chunks), strict=False) as fake:
        client = connect(fake)
        client.send(CHUNKED + chunks)
        assert client.answer()[0] == 404
        assert fake.requests[0].raw == CHUNKED + chunks
        assert "limit" not in str(fake.transcript)


@pytest.mark.parametrize("how", ["whole", "bytewise"])
def test_pipelined_requests_are_answered_in_order(fake: Any, client: Any, how: str) -> None:
    fake.reset()
    fake.on("GET", "/*").respond(lambda request: (200, request.path.encode()))
    pipeline = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(5))
    again = type(client)(fake.address)
    (again.send if how == "whole" else again.send_bytewise)(pipeline)
    assert [again.answer()[1] for _ in range(5)] == [b"/0", b"/1", b"/2", b"/3", b"/4"]
    again.close()
    assert {r.connection for r in fake.requests} == {1}


# --- keep-alive


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [
        ("1.1", None, True),
        ("1.1", "keep-alive", True),
        ("1.1", "close", False),
        ("1.1", "Foo, CLOSE", False),
        ("1.0", None, False),
        ("1.0", "Keep-Alive", True),
        ("1.0", "close", False),
        ("1.0", "keep-alive, close", False),
    ],
)
def test_persistence(
    fake: Any, client: Any, version: str, connection: str | None, stays: bool
) -> None:
    head = f"GET / HTTP/{version}\r\nHost: a\r\n"
    head += "" if connection is None else f"Connection: {connection}\r\n"
    client.send(head.encode() + b"\r\n")
    answer = client.read_head()
    assert client.exactly(2) == b"ok"
    if stays:
        assert client.is_silent(0.03)
        assert (b"Connection: keep-alive" in answer) == (version == "1.0")
    else:
        assert client.rest() == (b"", "fin")
        assert b"Connection: close\r\n" in answer


# --- clients that leave


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel", b"hel"),
        (CHUNKED + b"2\r\nhe\r\n3\r\nl", b"hel"),
        (CHUNKED + b"2\r\nhe\r\n0\r\nA: b\r\n", b"he"),
    ],
)
def test_a_client_that_leaves_in_the_body(
    lenient: Any, connect: Any, sent: bytes, body: bytes
) -> None:
    lenient.on("POST").respond(200).optional()
    seen: list[Any] = []
    lenient.observe(lambda step: seen.append(step.verb))
    client = connect(lenient)
    client.send(sent)
    client.close()
    lenient.settle()
    (request,) = lenient.requests
    assert (request.body, request.complete) == (body, False)
    assert request.raw == sent
    assert seen == ["connect", "POST"]
    assert lenient.script.rules[0].parts[0].fired == 0


def test_a_client_that_leaves_in_the_head(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    client.send(b"GET / HTTP/1.1\r\nHo")
    client.close()
    lenient.settle()
    assert lenient.requests == []
    assert lenient.transcript.received() == b"GET / HTTP/1.1\r\nHo"


def test_a_request_is_not_shown_half_read(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    client.send(b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
    lenient.wait_until(lambda: lenient.transcript.received().endswith(b"hel"))
    assert lenient.requests == []
    client.send(b"lo")
    assert client.answer()[0] == 404
    assert lenient.requests[0].body == b"hello"


# --- 100 (Continue)

EXPECTING = b"PUT /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def test_100_comes_before_the_body(fake: Any, client: Any) -> None:
    client.send(EXPECTING)
    assert client.read_head() == CONTINUE
    client.send(b"hello")
    assert client.answer() == (200, b"ok")
    assert fake.requests[0].body == b"hello"


def test_100_for_a_chunked_body(fake: Any, client: Any) -> None:
    client.send(CHUNKED.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
    assert client.read_head() == CONTINUE
    client.send(b"1\r\nx\r\n0\r\n\r\n")
    assert client.answer() == (200, b"ok")


def test_no_100_where_there_is_no_body(fake: Any, client: Any) -> None:
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
    assert client.answer() == (200, b"ok")


def test_no_100_to_an_old_client(fake: Any, client: Any) -> None:
    client.send(EXPECTING.replace(b"HTTP/1.1", b"HTTP/1.0") + b"hello")
    assert client.answer() == (200, b"ok")


# --- what a Request says


def ask(fake: Any, client: Any, target: str, body: bytes = b"", **headers: str) -> Any:
    client.ask(target, method="POST", body=body, **headers)
    client.answer()
    return fake.requests[-1]


def test_target(fake: Any, client: Any) -> None:
    request = ask(fake, client, "/a%20b/%C3%A9?x=1&y=a+b&x=2&empty=")
    assert request.path == "/a b/é"
    assert request.raw_path == "/a%20b/%C3%A9"
    assert request.target == request.argument
    assert request.method == "POST"
    assert request.query == {"x": "2", "y": "a b", "empty": ""}
    assert request.query_list == [("x", "1"), ("y", "a b"), ("x", "2"), ("empty", "")]
    assert request.query_string == "x=1&y=a+b&x=2&empty="


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("http://a/p/q?x", "/p/q"),
        ("http://a", "/"),
        ("http://a?x", "/"),
        ("//a/b", "//a/b"),
        ("/%ff", "/\ufffd"),
        ("/%zz", "/%zz"),
    ],
)
def test_path(fake: Any, client: Any, target: str, path: str) -> None:
    assert ask(fake, client, target).path == path


def test_headers(fake: Any, client: Any) -> None:
    client.send(
        b"GET / HTTP/1.1\r\nHOST: a\r\nx-B:  one \t\r\nX-b: two\r\nX-Empty:\r\n"
        b"X-Latin: \xe9\r\n\r\n"
    )
    client.answer()
    headers = fake.requests[0].headers
    assert headers["host"] == "a"
    assert headers["X-B"] == headers.get("x-b") == "one"
    assert headers.get_all("x-b") == ["one", "two"]
    assert headers.get("none") is None
    assert headers.get("none", 1) == 1
    assert headers["x-empty"] == ""
    assert headers["x-latin"] == "é"
    assert "X-EMPTY" in headers
    assert "none" not in headers
    assert 1 not in headers
    assert list(headers) == headers.keys() == ["HOST", "x-B", "X-b", "X-Empty", "X-Latin"]
    assert headers.values() == ["a", "one", "two", "", "é"]
    assert len(headers) == 5
    assert dict(headers)["HOST"] == "a"
    assert headers == type(headers)(headers.items())
    assert headers != headers.items()
    assert "x-B" in repr(headers)
    with pytest.raises(KeyError, match="none"):
        headers["none"]


def test_json(fake: Any, client: Any) -> None:
    request = ask(fake, client, "/", b'{"a": [1, null]}')
    assert request.json() == {"a": [1, None]}
    with pytest.raises(ValueError, match="Expecting"):
        ask(fake, client, "/", b"no").json()


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", "é".encode(), "é"),
        ("text/plain; charset=latin-1", b"\xe9", "é"),
        ('text/plain; charset="ISO-8859-1"', b"\xe9", "é"),
        ("text/plain; charset=nonsense", "é".encode(), "é"),
        ("text/plain", b"\xff", "\ufffd"),
    ],
)
def test_text(fake: Any, client: Any, kind: str, body: bytes, text: str) -> None:
    assert ask(fake, client, "/", body, Content_Type=kind).text == text


def test_form(fake: Any, client: Any) -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    assert ask(fake, client, "/", b"a=1&b=%C3%A9&a=2&c=", Content_Type=kind).form == {
        "a": "2",
        "b": "é",
        "c": "",
    }
    assert ask(fake, client, "/", b"a=1").form == {}


def test_repr(fake: Any, client: Any) -> None:
    assert repr(ask(fake, client, "/x")) == "<Request POST /x (connection 1)>"


def test_steps_hold_the_phases_too(fake: Any, client: Any) -> None:
    ask(fake, client, "/x")
    assert [step.verb for step in fake.steps] == ["connect", "POST"]
    assert fake.commands == ["POST"]
    assert [request.verb for request in fake.requests] == ["POST"]


def test_url(fake: Any) -> None:
    assert fake.url == f"http://127.0.0.1:{fake.port}"
    assert fake.url_for("/a?b") == fake.url + "/a?b"
    with pytest.raises(ValueError, match="begins with a slash"):
        fake.url_for("a")


def test_reset_forgets_and_keeps_the_port(fake: Any, client: Any, tmp_path: Any) -> None:
    fake.serve(tmp_path)
    ask(fake, client, "/x")
    port = fake.port
    fake.reset()
    assert (fake.requests, fake.port, fake.script.rules) == ([], port, [])
    fake.strict = False
    again = type(client)(fake.address)
    again.ask("/")
    assert again.answer()[0] == 404
    again.close()
