"""What a rule responds with is what is sent."""

import gzip
import re
from typing import Any

import pytest

from fakefarm.http import Response

DATE = re.compile(rb"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n")


def send(client: Any, method: str = "GET", version: str = "1.1", **headers: str) -> None:
    lines = [f"{method} / HTTP/{version}", "Host: a"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    client.send("\r\n".join([*lines, "", ""]).encode())


def exchange(client: Any, method: str = "GET", version: str = "1.1", **headers: str) -> bytes:
    """All that is sent until the end, without the Date and without Connection."""
    send(client, method, version, **headers)
    client.half_close()
    answer = client.rest()[0]
    return DATE.sub(b"", answer)


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def test_bytes(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"body")
    assert exchange(client) == b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"


def test_nothing(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond()
    assert exchange(client) == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_date(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond()
    send(client)
    assert DATE.search(client.read_head())


def test_text(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, text="é")
    assert exchange(client) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 2\r\n\r\n\xc3\xa9"
    )


@pytest.mark.parametrize(("value", "body"), [({"a": [1]}, b'{"a": [1]}'), (None, b"null")])
def test_json(fake: Any, client: Any, value: Any, body: bytes) -> None:
    fake.on("GET", "/").respond(200, json=value)
    answer = exchange(client)
    assert b"\r\nContent-Type: application/json\r\n" in answer
    assert body_of(answer) == body


def test_headers_keep_their_order_and_case(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(
        201,
        headers=[("x-B", "1"), ("X-a", b"\xff"), ("x-B", 2), ("Set-Cookie", "é")],
        reason="Made it",
    )
    assert exchange(client) == (
        b"HTTP/1.1 201 Made it\r\nx-B: 1\r\nX-a: \xff\r\nx-B: 2\r\nSet-Cookie: \xe9\r\n"
        b"Content-Length: 0\r\n\r\n"
    )


def test_what_is_given_is_not_added(fake: Any, client: Any) -> None:
    headers = {"date": "never", "CONTENT-TYPE": "a/b", "content-length": "2"}
    fake.on("GET", "/").respond(200, json={}, headers=headers)
    assert exchange(client) == (
        b"HTTP/1.1 200 OK\r\ndate: never\r\nCONTENT-TYPE: a/b\r\ncontent-length: 2\r\n\r\n{}"
    )


def test_none_is_left_out(fake: Any, client: Any) -> None:
    headers = {"Date": None, "Content-Type": None, "Content-Length": None, "Connection": None}
    fake.on("GET", "/").respond(200, text="a", headers=headers)
    send(client)
    assert client.rest() == (b"HTTP/1.1 200 OK\r\n\r\na", "fin")


@pytest.mark.parametrize(("length", "body"), [(10, b"short"), (3, b"longer"), ("x", b"none")])
def test_a_wrong_length_stays_wrong(fake: Any, client: Any, length: Any, body: bytes) -> None:
    fake.on("GET", "/").respond(200, body, headers={"Content-Length": length})
    send(client)
    assert b"Content-Length: %b\r\n" % str(length).encode() in client.read_head()
    assert client.exactly(len(body)) == body
    assert client.is_silent(0.03)  # the connection stays, as the answer says


def test_a_transfer_encoding_of_the_test(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"3\r\nabc", headers={"Transfer-encoding": "Chunked"})
    send(client)
    assert b"Content-Length" not in client.read_head()
    assert client.exactly(6) == b"3\r\nabc"
    assert client.is_silent(0.03)


def test_a_transfer_encoding_that_is_not_chunked_ends_the_connection(
    fake: Any, client: Any
) -> None:
    fake.on("GET", "/").respond(200, b"abc", headers={"Transfer-Encoding": "gzip"})
    send(client)
    answer, how = client.rest()
    assert (body_of(answer), how) == (b"abc", "fin")


@pytest.mark.parametrize("status", [100, 199, 204, 299, 304, 418, 599, 999])
def test_any_three_digits(fake: Any, client: Any, status: int) -> None:
    fake.on("GET", "/").respond(status)
    answer = exchange(client)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert (b"Content-Length" in answer) == (status not in (100, 199, 204, 304))
    assert body_of(answer) == b""


def test_phrases_are_those_of_rfc_9110(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(413)
    assert exchange(client).startswith(b"HTTP/1.1 413 Content Too Large\r\n")


def test_no_reason(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, reason="")
    assert exchange(client).startswith(b"HTTP/1.1 200 \r\n")


def test_a_body_for_204_is_sent_if_given(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(204, b"odd")
    assert exchange(client) == b"HTTP/1.1 204 No Content\r\n\r\nodd"


def test_interim_responses_come_before_the_final_one(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(103, headers={"Link": "</a>"}).respond(200, b"ok")
    assert exchange(client) == (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    )


@pytest.mark.parametrize(
    "options", [{"body": b"body"}, {"body": [b"bo", b"dy"]}, {"text": "body"}, {"json": 1}]
)
def test_head_has_the_same_head_and_no_body(fake: Any, connect: Any, options: Any) -> None:
    fake.on("*", "/").respond(200, **options)
    head, full = (exchange(connect(fake), method) for method in ("HEAD", "GET"))
    assert full.startswith(head)
    assert head.endswith(b"\r\n\r\n")


def test_head_keeps_the_connection(fake: Any, client: Any) -> None:
    fake.on("*", "/").respond(200, b"body")
    send(client, "HEAD")
    assert b"Content-Length: 4\r\n" in client.read_head()
    send(client)
    assert client.answer() == (200, b"body")


def test_connect(fake: Any, client: Any) -> None:
    fake.on("CONNECT", "b:443").respond(200)
    fake.on("GET", "/in").respond(200, b"through the tunnel")
    client.send(b"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n")
    assert DATE.sub(b"", client.read_head()) == b"HTTP/1.1 200 OK\r\n\r\n"
    client.ask("/in")
    assert client.answer() == (200, b"through the tunnel")


# --- chunks and trailers

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


def test_chunked(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"hello", chunked=True)
    assert exchange(client) == CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n"


def test_each_item_is_a_chunk(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, (c for c in [b"a" * 16, b"", b"b"]))
    assert body_of(exchange(client)) == b"10\r\n" + b"a" * 16 + b"\r\n1\r\nb\r\n0\r\n\r\n"


def test_a_generator_is_not_used_up(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, (c for c in [b"a"])).times(2)
    send(client)
    assert client.up_to(b"0\r\n\r\n").endswith(b"1\r\na\r\n0\r\n\r\n")
    send(client)
    assert client.up_to(b"0\r\n\r\n").endswith(b"1\r\na\r\n0\r\n\r\n")


@pytest.mark.parametrize("body", [[], b""])
def test_no_chunk(fake: Any, client: Any, body: Any) -> None:
    fake.on("GET", "/").respond(200, body, chunked=True)
    assert body_of(exchange(client)) == b"0\r\n\r\n"


def test_chunks_for_an_old_client_end_with_the_connection(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, [b"a", b"b"], trailers={"T": "1"})
    send(client, version="1.0", Connection="keep-alive")
    answer, how = client.rest()
    assert DATE.sub(b"", answer) == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab"
    assert how == "fin"


def test_trailers(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"a", trailers=[("X-Sum", "1"), ("x-End", "2")])
    assert exchange(client) == (
        CHUNKED + b"Trailer: X-Sum, x-End\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nx-End: 2\r\n\r\n"
    )


def test_a_trailer_header_of_the_test_stays(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"a", trailers={"X-Sum": 1}, headers={"trailer": "X-Other"})
    answer = exchange(client)
    assert b"\r\ntrailer: X-Other\r\n" in answer
    assert b"\r\nTrailer:" not in answer


def test_chunked_and_a_length_are_both_sent(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"a", chunked=True, headers={"Content-Length": 9})
    answer = exchange(client)
    assert b"Content-Length: 9\r\n" in answer
    assert b"Transfer-Encoding: chunked\r\n" in answer


# --- gzip


@pytest.mark.parametrize(
    ("accepted", "coded"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("deflate", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=x", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("body", [b"hello" * 100, [b"hello"] * 100])
def test_gzip_on_request(fake: Any, client: Any, accepted: str, coded: bool, body: Any) -> None:
    fake.on("GET", "/").respond(200, body, gzip=True)
    send(client, Accept_Encoding=accepted, Connection="close")
    answer, _ = client.rest()
    head = answer.partition(b"\r\n\r\n")[0]
    assert b"Vary: Accept-Encoding" in head
    assert (b"Content-Encoding: gzip" in head) == coded
    content = body_of(answer)
    if isinstance(body, list):
        content = b"".join(re.findall(rb"(?s)[0-9a-f]+\r\n(.*?)\r\n(?=[0-9a-f]+\r\n)", content))
    assert (gzip.decompress(content) if coded else content) == b"hello" * 100


def test_no_coding_of_an_unknown_client(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"a", gzip=True, headers={"Vary": "*"})
    assert exchange(client) == b"HTTP/1.1 200 OK\r\nVary: *\r\nContent-Length: 1\r\n\r\na"


def test_a_content_encoding_of_the_test_stays(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"a", gzip=True, headers={"Content-Encoding": "br"})
    assert exchange(client, Accept_Encoding="gzip").count(b"Content-Encoding") == 1


# --- what becomes of the connection


@pytest.mark.parametrize(
    ("options", "stays"),
    [
        ({}, True),
        ({"headers": {"Connection": "close"}}, False),
        ({"headers": {"Connection": "Keep-Alive"}}, True),
        ({"http_version": "HTTP/1.0"}, False),
        ({"http_version": "HTTP/1.0", "headers": {"Connection": "keep-alive"}}, True),
        ({"headers": {"Content-Length": None}}, False),
        ({"chunked": True}, True),
        ({"status": 204, "body": b""}, True),
    ],
)
def test_persistence_follows_the_response(
    fake: Any, client: Any, options: dict[str, Any], stays: bool
) -> None:
    fake.on("GET", "/").respond(**{"body": b"ok"} | options)
    send(client)
    client.read_head()
    if not stays:
        assert client.rest() == (b"ok", "fin")
        return
    fake.wait_until(lambda: b"GET" in fake.transcript.received())
    client.buffer.clear()
    send(client)
    assert client.up_to(b"HTTP/1.")


def test_http_version_is_sent_as_it_is(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, http_version="HTTP/0.5")
    assert exchange(client).startswith(b"HTTP/0.5 200 OK\r\n")


def test_raw_keeps_the_connection_as_the_request_says(fake: Any, connect: Any) -> None:
    fake.on("GET", "/").raw(b"anything")
    client = connect(fake)
    send(client)
    assert client.exactly(8) == b"anything"
    assert client.is_silent(0.03)
    send(client, Connection="close")
    assert client.rest() == (b"anything", "fin")


def test_raw_callable(fake: Any, client: Any) -> None:
    fake.on("GET", "/").raw(lambda request: request.raw).close()
    send(client)
    assert client.rest() == (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "fin")


# --- callables


@pytest.mark.parametrize(
    ("returned", "answer"),
    [
        (Response(201, b"a"), (201, b"a")),
        ((202, b"b"), (202, b"b")),
        ((203, b"c", {"X-C": "d"}), (203, b"c")),
        ((204, b"", [("Content-Length", "0")]), (204, b"")),
        ((200,), (200, b"")),
        (b"HTTP/1.1 299 Raw\r\nContent-Length: 1\r\n\r\nz", (299, b"z")),
    ],
)
def test_callable(fake: Any, client: Any, returned: Any, answer: tuple[int, bytes]) -> None:
    fake.on("GET", "/").respond(lambda request: returned)
    send(client)
    assert client.answer() == answer


def test_callable_takes_the_request(fake: Any, client: Any) -> None:
    fake.on("POST", "/").respond(lambda request: (200, request.body[::-1]))
    client.ask("/", "POST", b"abc")
    assert client.answer() == (200, b"cba")


def test_callable_returning_none_is_the_natural_answer(
    fake: Any, client: Any, tmp_path: Any
) -> None:
    (tmp_path / "f").write_bytes(b"natural")
    fake.serve(tmp_path)
    fake.on("GET", "/f").respond(lambda request: None)
    client.ask("/f")
    assert client.answer() == (200, b"natural")


def test_callable_bytes_and_connection_close(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(lambda request: b"bytes")
    send(client, Connection="close")
    assert client.rest() == (b"bytes", "fin")


@pytest.mark.parametrize("returned", ["text", 200, (), (1, 2, 3, 4), {"status": 200}])
def test_callable_returning_nonsense(lenient: Any, connect: Any, returned: Any) -> None:
    lenient.on("GET", "/").respond(lambda request: returned)
    client = connect(lenient)
    send(client)
    assert client.rest() == (b"", "fin")
    (error,) = lenient.errors
    assert isinstance(error, TypeError)
    assert "natural answer" in str(error)
    lenient.errors.clear()


def test_an_exception_of_a_callable_is_kept(lenient: Any, connect: Any) -> None:
    lenient.on("GET", "/").respond(lambda request: 1 / 0)
    client = connect(lenient)
    send(client)
    assert client.rest() == (b"", "fin")
    assert isinstance(lenient.errors[0], ZeroDivisionError)
    lenient.errors.clear()


def test_with_every_sender_and_then(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(503).then.respond(429).times(2).then.respond(200, b"ok")
    statuses = []
    for _ in range(5):
        send(client)
        statuses.append(client.answer()[0])
    assert statuses == [503, 429, 429, 200, 200]


# --- arguments that are wrong


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((99,), {}, ValueError),
        ((1000,), {}, ValueError),
        (("200",), {}, ValueError),
        ((True,), {}, ValueError),
        ((200, "text"), {}, TypeError),
        ((200, 5), {}, TypeError),
        ((200, {"a": 1}), {}, TypeError),
        ((200, ["text"]), {}, TypeError),
        ((200, b"a"), {"json": 1}, ValueError),
        ((200, b"a"), {"text": "a"}, ValueError),
        ((200, [b"a"]), {"text": "a"}, ValueError),
        ((200,), {"json": None, "text": "a"}, ValueError),
        ((200,), {"text": b"a"}, TypeError),
        ((200,), {"json": object()}, TypeError),
        ((200,), {"headers": "A: b"}, TypeError),
        ((200,), {"headers": ["A: b"]}, TypeError),
        ((200,), {"headers": {"A": 1.5}}, TypeError),
        ((200,), {"headers": {"A": "\u20ac"}}, ValueError),
        ((200,), {"headers": {1.5: "A"}}, TypeError),
        ((200,), {"trailers": ["A"]}, TypeError),
        ((200,), {"reason": b"ok", "http_version": None}, TypeError),
        ((200,), {"header": {}}, TypeError),
        ((lambda request: None, b"a"), {}, TypeError),
        ((lambda request: None,), {"text": "a"}, TypeError),
    ],
)
def test_bad_arguments_raise_at_the_line(
    lenient: Any, arguments: Any, options: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        lenient.on("GET", "/").respond(*arguments, **options)


@pytest.mark.parametrize(
    ("wrong", "meant"), [("heders", "headers"), ("trailer", "trailers"), ("jsn", "json")]
)
def test_unknown_keywords(lenient: Any, wrong: str, meant: str) -> None:
    with pytest.raises(TypeError, match=f"{wrong}.*did you mean '{meant}'"):
        lenient.on("GET", "/").respond(200, **{wrong: {}})
    with pytest.raises(TypeError, match=f"{wrong}.*did you mean '{meant}'"):
        Response(200, **{wrong: {}})


def test_response_shows_itself() -> None:
    assert repr(Response(201, b"abc")) == "<Response 201 3 bytes>"


def test_the_rule_shows_itself(lenient: Any) -> None:
    rule = lenient.on("GET", "/a", query={"b": "c"}).respond(200, b"d", headers={"E": "f"})
    assert str(rule) == ("on('GET', '/a', query={'b': 'c'}).respond(200, b'd', headers={'E': 'f'})")
    assert str(lenient.on("*").respond()) == "on('*').respond(200)"
    assert str(lenient.on("*").respond(200, text="a")) == "on('*').respond(200, text='a')"
