"""Garbage costs the fake nothing: it answers the next good client, and nothing failed inside."""

import contextlib
import re
import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakefarm import FakeHTTP
from fakefarm.http.body import Decoder, encode
from fakefarm.http.head import Head, Malformed, diagnose, parse, salvage
from fakefarm.http.message import Request

STATUS_LINE = re.compile(rb"HTTP/1\.1 [1-5][0-9][0-9] [^\r\n]*\r\n")
GOOD = b"GET /good HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
pure = settings(max_examples=300, deadline=None)


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeHTTP]:
    # Little is kept: the examples are many.
    with FakeHTTP(strict=False, transcript_limit=10_000, max_message_size=100_000) as fake:
        yield fake


def exchange(fake: FakeHTTP, sent: bytes) -> bytes:
    """Send, say that this was all, and read all that comes. The fake may leave in the middle."""
    answer = b""
    with socket.create_connection(fake.address, timeout=5) as client:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(sent)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while data := client.recv(65536):
                answer += data
    return answer


def check(fake: FakeHTTP, sent: bytes) -> None:
    fake.script.forget()
    fake.on("GET", "/good").respond(200, b"good")
    answer = exchange(fake, sent)
    assert answer == b"" or STATUS_LINE.match(answer)
    assert exchange(fake, GOOD).endswith(b"\r\n\r\ngood")
    assert fake.errors == []


PIECES = [
    *(b"GET", b"POST", b"CONNECT", b"PRI", b" ", b"/", b"*", b"a:1", b"http://a/", b"?", b"%2e"),
    *(b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0", b"\t"),
    *(b"GET / HTTP/1.1\r\n", b"POST /p HTTP/1.1\r\nHost: a\r\n", b"Host: a\r\n", b"Host", b":"),
    *(b"Content-Length: 3\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"-1"),
    *(b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"3\r\nabc\r\n", b"0\r\n\r\n", b";"),
]
nearly = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=20).map(b"".join)


@quick
@given(st.binary(max_size=300))
def test_garbage(fake: FakeHTTP, sent: bytes) -> None:
    check(fake, sent)


@quick
@given(nearly)
def test_what_is_nearly_http(fake: FakeHTTP, sent: bytes) -> None:
    check(fake, sent)


@quick
@given(st.binary(max_size=200), st.integers(0, 400))
def test_half_requests(fake: FakeHTTP, body: bytes, size: int) -> None:
    whole = b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    check(fake, whole[:size])


@pytest.mark.parametrize(
    "sent",
    [
        b"a" * 3_000_000,
        b"\0" * 3_000_000,
        b"\r\n" * 1_000_000,
        b"\n" * 1_000_000,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 500_000,
        b"GET / HTTP/1.1\r\nHost: " + b"a" * 3_000_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1\r\na\r\n" * 200_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 3_000_000,
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2_000,
    ],
    ids=lambda sent: repr(sent[-20:]),
)
def test_megabytes(fake: FakeHTTP, sent: bytes) -> None:
    check(fake, sent)


# --- bodies


def body_read(fake: FakeHTTP, sent: bytes) -> Request:
    fake.script.forget()
    fake.on("PUT").respond(lambda request: (200, request.body))
    answer = exchange(fake, sent)
    (request,) = fake.requests
    assert answer.partition(b"\r\n\r\n")[2] == request.body
    assert fake.errors == []
    return request


@quick
@given(st.binary(max_size=5000))
def test_any_body_by_its_length(fake: FakeHTTP, body: bytes) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert body_read(fake, head + body).body == body


@quick
@given(st.binary(max_size=5000), st.lists(st.integers(0, 5000), max_size=20))
def test_any_body_in_any_chunks(fake: FakeHTTP, body: bytes, cuts: list[int]) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    coded = b"".join(encode(cut(body, cuts)))
    assert body_read(fake, head + coded).body == body


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    return [data[a:b] for a, b in pairwise([0, *sorted(cuts), max(len(data), *cuts, 0)])]


# --- the parsers alone


@pure
@given(
    st.lists(st.binary(min_size=1, max_size=50), max_size=10),
    st.lists(st.integers(0, 600), max_size=10),
)
def test_the_decoder_does_not_mind_how_it_is_fed(chunks: list[bytes], cuts: list[int]) -> None:
    coded = b"".join(encode(chunks, b"A: b\r\n")) + b"NEXT"
    decoder, kept = Decoder(10_000), bytearray()
    for piece in cut(coded, cuts):
        kept += piece
        del kept[: decoder.feed(kept)]
    assert decoder.done
    assert bytes(decoder.body) == b"".join(chunks)
    assert decoder.trailers.items() == [("A", "b")]
    assert kept == b"NEXT"


@pure
@given(nearly | st.binary(max_size=100))
def test_the_decoder_ends_or_says_what_is_wrong(data: bytes) -> None:
    decoder = Decoder(1000)
    with contextlib.suppress(Malformed):
        assert 0 <= decoder.feed(data) <= len(data)


@pure
@given(nearly | st.binary(max_size=100))
def test_a_head_is_understood_or_has_a_problem(data: bytes) -> None:
    raw = data + b"\r\n\r\n"
    head = parsed(raw)
    if isinstance(head, Malformed):
        assert 400 <= head.problem.status < 600
        assert salvage(raw).closes
        assert diagnose(raw)
    else:
        assert head.line == raw[: raw.index(b"\r\n")]


def parsed(raw: bytes) -> Head | Malformed:
    try:
        return parse(raw)
    except Malformed as wrong:
        return wrong
