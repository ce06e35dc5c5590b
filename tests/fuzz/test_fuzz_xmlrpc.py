"""Garbage costs the fake nothing: it answers the next good call, and nothing failed inside."""

import gzip
import math
import socket
import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fakefarm import FakeXMLRPC
from fakefarm.xmlrpc.reading import BadCoding, decoded, read

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
pure = settings(max_examples=300, deadline=None)


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeXMLRPC]:
    # Little is kept: the examples are many.
    with FakeXMLRPC(
        strict=False, transcript_limit=10_000, max_message_size=100_000, allow_none=True
    ) as fake:
        fake.register(lambda *args: list(args), "echo")
        yield fake


def exchange(fake: FakeXMLRPC, body: bytes, fields: bytes = b"") -> tuple[int, bytes]:
    head = b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%bContent-Length: %d\r\n\r\n"
    answer = b""
    with socket.create_connection(fake.address, timeout=5) as client:
        client.sendall(head % (fields, len(body)) + body)
        while data := client.recv(65536):
            answer += data
    top, _, content = answer.partition(b"\r\n\r\n")
    return int(top[9:12]), content


def check(fake: FakeXMLRPC, body: bytes, fields: bytes = b"") -> int:
    fake.script.forget()
    status, answer = exchange(fake, body, fields)
    if status == 200:
        outcome(answer)
    assert outcome(exchange(fake, GOOD)[1]) == [5]
    assert fake.errors == []
    return status


def outcome(answer: bytes) -> Any:
    """The value, or the fault: an answer is well-formed, or this raises."""
    try:
        return xmlrpc.client.loads(answer)[0][0]
    except xmlrpc.client.Fault as fault:
        return fault


GOOD = xmlrpc.client.dumps((5,), "echo").encode()

TAGS = [
    *("methodCall", "methodName", "params", "param", "value", "array", "data", "struct", "member"),
    *("name", "int", "i4", "i8", "boolean", "string", "double", "base64", "dateTime.iso8601"),
    *("nil", "ex:nil", "fault", "methodResponse", "bigdecimal", "what"),
]
TEXTS = ["", "echo", "1", "-7", "x", "é", "1.5", "nan", "9" * 30, "&amp;", "aGk=", "&x;", "\x01"]
texts = st.sampled_from(TEXTS) | st.text(max_size=5)
elements = st.recursive(
    texts,
    lambda inner: st.builds(
        lambda tag, content: f"<{tag}>{''.join(content)}</{tag}>",
        st.sampled_from(TAGS),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)
calls = elements.map(
    lambda xml: f"<methodCall><methodName>echo</methodName><params>{xml}</params></methodCall>"
)
documents = (elements | calls).map(lambda xml: xml.encode("utf-8", "surrogatepass"))

PIECES = [
    *(b"<?xml version='1.0'?>", b"<methodCall>", b"<methodName>echo</methodName>", b"<params>"),
    *(b"<param>", b"<value>", b"<int>5</int>", b"</value>", b"</param>", b"</params>", b"<nil/>"),
    *(b"</methodCall>", b"<!DOCTYPE a>", b"<!-- ", b"-->", b"<![CDATA[", b"]]>", b"&", b"<", b">"),
]
nearly = st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=20).map(b"".join)

# What XML-RPC can say: no control characters, no halves of surrogate pairs.
characters = st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn"))
strings = st.text(characters, max_size=10)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False)
    | strings
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=15,
)


@quick
@given(st.binary(max_size=300))
def test_garbage(fake: FakeXMLRPC, body: bytes) -> None:
    assert check(fake, body) == 200


@quick
@given(nearly)
def test_what_is_nearly_a_call(fake: FakeXMLRPC, body: bytes) -> None:
    assert check(fake, body) == 200


@quick
@given(documents)
def test_elements_in_any_order(fake: FakeXMLRPC, body: bytes) -> None:
    assert check(fake, body) == 200


@quick
@given(st.binary(max_size=100) | documents.map(gzip.compress), st.integers(0, 200))
def test_gzip(fake: FakeXMLRPC, body: bytes, size: int) -> None:
    assert check(fake, body[:size], b"Content-Encoding: gzip\r\n") in (200, 400)


@quick
@given(st.lists(values, max_size=3))
def test_values_go_there_and_back(fake: FakeXMLRPC, arguments: list[Any]) -> None:
    body = xmlrpc.client.dumps(tuple(arguments), "echo", allow_none=True).encode()
    status, answer = exchange(fake, body)
    assert status == 200
    assert outcome(answer) == arguments
    fake.script.forget()


@quick
@given(values)
def test_multicalls_of_anything(fake: FakeXMLRPC, value: Any) -> None:
    body = xmlrpc.client.dumps((value,), "system.multicall", allow_none=True).encode()
    assert check(fake, body) == 200


@quick
@given(st.lists(st.tuples(st.sampled_from(["echo", "nope", "system.multicall"]), values)))
def test_multicalls(fake: FakeXMLRPC, entries: list[tuple[str, Any]]) -> None:
    listed = [{"methodName": name, "params": [value]} for name, value in entries]
    body = xmlrpc.client.dumps((listed,), "system.multicall", allow_none=True).encode()
    fake.script.forget()
    results = outcome(exchange(fake, body)[1])
    assert len(results) == len(entries)
    for (name, value), result in zip(entries, results, strict=True):
        assert name != "echo" or result == [[value]]
    assert fake.errors == []


@pure
@given(documents | nearly | st.binary(max_size=100), st.booleans())
@example(b"<methodCall><params><param><value><int>5</int></value></param></params>", False)
def test_reading_is_that_of_the_standard_library(data: bytes, builtin: bool) -> None:
    """But for a DOCTYPE."""
    ours, theirs = tried(read, data, builtin), tried(their_read, data, builtin)
    if "DOCTYPE" not in str(ours):
        assert ours == theirs


def their_read(data: bytes, builtin: bool) -> tuple[str | None, Any]:
    arguments, method = xmlrpc.client.loads(data, use_builtin_types=builtin)
    return method, arguments


def tried(function: Any, data: bytes, builtin: bool) -> Any:
    """What it returns or raises, comparable."""
    try:
        return repr(plain(tuple(function(data, builtin))))
    except Exception as error:
        return type(error).__name__, str(getattr(error, "faultString", error))[:30]


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {plain_key(key): plain(one) for key, one in value.items()}
    if isinstance(value, (xmlrpc.client.Binary, xmlrpc.client.DateTime)):
        return str(value)
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def plain_key(key: Any) -> Any:
    return str(plain(key))


@pure
@given(st.binary(max_size=200), st.sampled_from(["gzip", "x-gzip", "", "identity", "br", "é"]))
def test_decoding_raises_nothing_else(data: bytes, coding: str) -> None:
    status = 200
    try:
        assert len(decoded(data, coding, 1000)) <= 1000
    except BadCoding as bad:
        status = bad.status
    known = coding in ("gzip", "x-gzip", "", "identity")
    assert status in ((200, 400) if known else (501,))
