"""Requests that are wrong: the answer that the standard gives, then the end."""

from typing import Any

import pytest

from fakefarm import FakeHTTP

HOST = b"Host: a\r\n"
POST = b"POST /p HTTP/1.1\r\n" + HOST

CASES = {
    # request lines
    "no version": (400, b"GET /\r\n"),
    "one word": (400, b"GARBAGE\r\n"),
    "two spaces": (400, b"GET  / HTTP/1.1\r\n"),
    "space in the target": (400, b"GET /a b HTTP/1.1\r\n"),
    "space behind": (400, b"GET / HTTP/1.1 \r\n"),
    "lower-case http": (400, b"GET / http/1.1\r\n"),
    "no digit": (400, b"GET / HTTP/1.x\r\n"),
    "not ASCII": (400, b"GET /\xc3\xa9 HTTP/1.1\r\n"),
    "bad method": (400, b"G(T / HTTP/1.1\r\n"),
    "space first": (400, b" GET / HTTP/1.1\r\n"),
    "TLS": (400, b"\x16\x03\x01\x02\x00\x01"),
    "NUL first": (400, b"\0"),
    "bare LF": (400, b"GET / HTTP/1.1\n"),
    "bare LF later": (400, b"GET / HTTP/1.1\r\nHost: a\n"),
    "relative target": (400, b"GET a HTTP/1.1\r\n" + HOST + b"\r\n"),
    "star to GET": (400, b"GET * HTTP/1.1\r\n" + HOST + b"\r\n"),
    "path to CONNECT": (400, b"CONNECT /a HTTP/1.1\r\n" + HOST + b"\r\n"),
    "HTTP/2": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "HTTP/3": (505, b"GET / HTTP/3.0\r\n"),
    "HTTP/0.9": (505, b"GET / HTTP/0.9\r\n"),
    "long target": (414, b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
    "long line that does not end": (414, b"GET /" + b"a" * 9000),
    # headers
    "no host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two hosts": (400, b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n"),
    "two hosts, HTTP/1.0": (400, b"GET / HTTP/1.0\r\n" + HOST + HOST + b"\r\n"),
    "no host at all": (400, b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    "space before the colon": (400, b"GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    "tab before the colon": (400, b"GET / HTTP/1.1\r\n" + HOST + b"A\t: b\r\n\r\n"),
    "folded": (400, b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n"),
    "folded at once": (400, b"GET / HTTP/1.1\r\n A: b\r\n\r\n"),
    "no colon": (400, b"GET / HTTP/1.1\r\n" + HOST + b"Broken\r\n\r\n"),
    "no name": (400, b"GET / HTTP/1.1\r\n" + HOST + b": b\r\n\r\n"),
    "space in a name": (400, b"GET / HTTP/1.1\r\n" + HOST + b"A B: c\r\n\r\n"),
    "NUL": (400, b"GET / HTTP/1.1\r\n" + HOST + b"A: \0\r\n\r\n"),
    "bare CR": (400, b"GET / HTTP/1.1\r\n" + HOST + b"A: b\rC: d\r\n\r\n"),
    "long head": (431, b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"b" * 70000 + b"\r\n\r\n"),
    "long head that does not end": (431, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000),
    "expectation": (417, POST + b"Expect: tea\r\n\r\n"),
    # bodies
    "negative length": (400, POST + b"Content-Length: -1\r\n\r\n"),
    "signed length": (400, POST + b"Content-Length: +1\r\n\r\n"),
    "hexadecimal length": (400, POST + b"Content-Length: 0x1\r\n\r\n"),
    "empty length": (400, POST + b"Content-Length:\r\n\r\n"),
    "different lengths": (400, POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
    "different lengths in one": (400, POST + b"Content-Length: 1, 2\r\n\r\n"),
    "length and chunked": (400, POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "chunked and length": (400, POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
    "chunked, HTTP/1.0": (
        400,
        b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "unknown coding": (501, POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n"),
    "identity": (501, POST + b"Transfer-Encoding: identity\r\n\r\n"),
    "chunked twice": (400, POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n"),
    "no coding": (400, POST + b"Transfer-Encoding:\r\n\r\n"),
    "large": (413, POST + b"Content-Length: 1000001\r\n\r\n"),
    "very large": (413, POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"),
}
CHUNKS = {
    "no size": (400, b"\r\n"),
    "bad size": (400, b"zz\r\n"),
    "negative size": (400, b"-1\r\n"),
    "prefixed size": (400, b"0x1\r\na\r\n"),
    "space before": (400, b" 1\r\na\r\n"),
    "bare LF": (400, b"1\na\r\n"),
    "long extension": (400, b"1;" + b"a" * 5000),
    "content too long": (400, b"1\r\nab\r\n"),
    "bad trailer": (400, b"0\r\nno colon\r\n\r\n"),
    "long trailer": (431, b"0\r\nA: " + b"b" * 70000),
    "many trailers": (431, b"0\r\n" + b"A: bbbb\r\n" * 10000),
    "large": (413, b"f4241\r\n"),
    "very large": (413, b"FFFFFFFFFFFFFFF\r\n"),
}
CASES |= {
    f"chunk: {name}": (status, POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n" + chunk)
    for name, (status, chunk) in CHUNKS.items()
}


@pytest.fixture(params=list(CASES))
def case(request: Any) -> tuple[int, bytes]:
    return CASES[request.param]


@pytest.fixture
def small() -> Any:
    with FakeHTTP(max_message_size=1_000_000) as fake:
        yield fake


def test_the_answer_that_the_standard_gives(
    small: Any, connect: Any, case: tuple[int, bytes]
) -> None:
    status, sent = case
    small.on("*").respond(200, b"not this").optional()
    client = connect(small)
    client.send(sent)
    answer, how = client.rest()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert how == "fin"
    assert b"Connection: close\r\n" in answer
    assert b"RFC " in answer
    (request,) = small.requests
    assert "RFC" in request.problem
    assert small.script.rules[0].parts[0].fired == 0
    small.verify()  # it is no complaint, either


def test_byte_by_byte(small: Any, connect: Any, case: tuple[int, bytes]) -> None:
    status, sent = case
    if len(sent) > 2000:
        sent, rest = sent[:2000], sent[2000:]
    else:
        rest = b""
    client = connect(small)
    with_problem = suppress_left(client, sent, rest)
    assert with_problem.startswith(b"HTTP/1.1 %d " % status)


def suppress_left(client: Any, sent: bytes, rest: bytes) -> bytes:
    """Feed byte by byte; the fake may answer before it has everything."""
    try:
        client.send_bytewise(sent)
        client.send(rest)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return bytes(client.rest()[0])


def test_a_malformed_request_is_a_step(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    client.send(b"GET /x?y HTTP/1.1\r\nA: b\r\n\r\n")
    client.rest()
    (request,) = lenient.requests
    assert (request.verb, request.argument, request.path) == ("GET", "/x?y", "/x")
    assert request.headers["A"] == "b"
    assert request.raw == b"GET /x?y HTTP/1.1\r\nA: b\r\n\r\n"


def test_of_garbage_the_verb_is_empty(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    client.send(b"\x16\x03\x01")
    client.rest()
    (request,) = lenient.requests
    assert (request.verb, request.raw) == ("", b"\x16\x03\x01")
    assert lenient.commands == [""]


def test_a_method_is_kept_of_a_bad_line(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    client.send(b"GET /a b HTTP/1.1\r\n")
    client.rest()
    assert lenient.commands == ["GET"]


def test_every_rule_is_asked_about_malformed_ones(fake: Any, connect: Any) -> None:
    fake.every().after(1).reset()
    client = connect(fake)
    client.send(b"GARBAGE\r\n")
    assert client.rest() == (b"", "rst")


def test_a_near_miss_says_that_it_was_malformed(lenient: Any, connect: Any) -> None:
    lenient.on("GET", "/").respond(200)
    client = connect(lenient)
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    client.rest()
    lenient.strict = True
    with pytest.raises(AssertionError, match=r"malformed: an HTTP/1\.1 request has no Host"):
        lenient.verify()
    lenient.strict = False


def test_what_came_of_a_malformed_body_is_kept(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
    client.rest()
    (request,) = lenient.requests
    assert (request.body, request.complete) == (b"abc", False)
    assert request.raw.endswith(b"\r\n\r\n3\r\nabc\r\nzz\r\n")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("large", "max_message_size of 1,000,000 bytes"),
        ("chunk: large", "max_message_size of 1,000,000 bytes"),
        ("long target", "the request line is over MAX_LINE of 8,192 bytes"),
        ("long head", "the head is over MAX_HEAD of 65,536 bytes"),
        ("chunk: many trailers", "the trailers are over MAX_HEAD of 65,536 bytes"),
        ("chunk: long trailer", "the trailers are over MAX_HEAD of 65,536 bytes"),
        ("chunk: long extension", "size line of a chunk is over MAX_CHUNK_LINE of 4,096 bytes"),
        ("chunk: bad size", "the size of a chunk is not a hexadecimal number"),
    ],
)
def test_a_bound_that_is_hit_is_named(small: Any, connect: Any, case: str, said: str) -> None:
    client = connect(small)
    client.send(CASES[case][1])
    answer, _ = client.rest()
    assert said in answer.decode()
    assert said in small.requests[0].problem


def test_a_bound_of_nothing_is_named(connect: Any) -> None:
    with FakeHTTP(max_message_size=0) as fake:
        client = connect(fake)
        client.send(POST + b"Content-Length: 1\r\n\r\n")
        assert b"over max_message_size of 0 bytes" in client.rest()[0]


def test_a_malformed_head_has_no_body(fake: Any, client: Any) -> None:
    client.ask(method="HEAD", Expect="tea")
    answer, _ = client.rest()
    assert answer.startswith(b"HTTP/1.1 417 ")
    assert answer.endswith(b"\r\n\r\n")


# --- silence


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", None),
        (b"GET / HT", 408),
        (b"GET / HTTP/1.1\r\nHost:", 408),
        (POST + b"Content-Length: 5\r\n\r\n", 408),
        (POST + b"Content-Length: 5\r\n\r\nab", 408),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n", 408),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    ],
)
def test_silence(connect: Any, sent: bytes, status: int | None) -> None:
    with FakeHTTP(timeout=0.05, strict=False) as fake:
        client = connect(fake)
        client.send(sent)
        answer, how = client.rest()
        assert how == "fin"
        assert (int(answer[9:12]) if answer else None) == status
        assert answer.count(b"HTTP/1.1") == (status is not None)
        fake.wait_until(lambda: fake.connections[0].closed is not None)
        assert fake.connections[0].ended_how == "timeout"
        assert [r.complete for r in fake.requests] == (
            [] if b"\r\n\r\n" not in sent else [status == 404]
        )
