"""What a client may not do: each bound has an answer that names it, and nothing costs more than the
request is long."""

import gzip
import time
import xmlrpc.client
from typing import Any

import pytest

from fakefarm import FakeXMLRPC
from fakefarm.xmlrpc.commands import MAX_DEPTH, MAX_PARAMETERS

HEAD = b"<?xml version='1.0'?>\n"
CALL = b"<methodCall><methodName>add</methodName><params>%b</params></methodCall>"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "%b">]>' % (b"&a;" * 1000)


def nested(elements: int) -> bytes:
    """A call with so many elements in each other: three are those of the call."""
    arrays, rest = divmod(elements - 3, 3)
    deepest = (b"", b"<value>", b"<value><int>")[rest], (b"", b"</value>", b"</int></value>")[rest]
    text = b"5" if rest else b""
    inner = deepest[0] + text + deepest[1]
    value = b"<value><array><data>" * arrays + inner + b"</data></array></value>" * arrays
    return CALL % (b"<param>%b</param>" % value)


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (HEAD + b"<!DOCTYPE methodCall>" + CALL % b"", -32600, "DOCTYPE"),
        (HEAD + LAUGHS + CALL % b"<param><value>&b;</value></param>", -32600, "DOCTYPE"),
        (HEAD + b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + CALL % b"", -32600, "DOCTYPE"),
        (nested(MAX_DEPTH + 1), -32600, f"more than {MAX_DEPTH:,} elements"),
        (b"<a>" * 100_000, -32600, "elements in each other"),
        (
            CALL % (b"<param><value>x</value></param>" * (MAX_PARAMETERS + 1)),
            -32602,
            "1,000 parameters",
        ),
    ],
    ids=["doctype", "entities", "external", "arrays", "elements", "parameters"],
)
def test_beyond_a_bound(raw: Any, fake: FakeXMLRPC, body: bytes, code: int, says: str) -> None:
    raw.post(body)
    found, text = raw.outcome()
    assert (found, says in text) == (code, True)
    assert fake.calls == []
    raw.call("add", 1, 2)
    assert raw.outcome() == 3


def test_up_to_a_bound(raw: Any, fake: FakeXMLRPC) -> None:
    fake.register(lambda *args: len(args), "add")
    raw.post(CALL % (b"<param><value>x</value></param>" * MAX_PARAMETERS))
    assert raw.outcome() == MAX_PARAMETERS
    raw.post(nested(MAX_DEPTH))
    assert raw.outcome() == 1


def test_the_parameters_of_a_call_in_a_multicall(raw: Any, fake: FakeXMLRPC) -> None:
    fake.register(lambda *args: len(args), "count")
    sizes = (MAX_PARAMETERS, MAX_PARAMETERS + 1)
    listed = [{"methodName": "count", "params": ["x"] * size} for size in sizes]
    raw.call("system.multicall", listed)
    good, bad = raw.outcome()
    assert (good, bad["faultCode"]) == ([MAX_PARAMETERS], -32602)
    assert [call.method for call in fake.calls] == ["system.multicall", "count"]


def test_nesting_of_multicalls(raw: Any, fake: FakeXMLRPC) -> None:
    """As deep as it goes, which is not deep."""
    call: dict[str, Any] = {"methodName": "add", "params": [1, 2]}
    depth = 0
    while True:
        listed = {"methodName": "system.multicall", "params": [[call]]}
        raw.call("system.multicall", [listed])
        outcome = raw.outcome()
        if not isinstance(outcome, list):
            break
        call, depth = listed, depth + 1
    assert depth > 10
    assert outcome[0] == -32600


def test_a_body_that_is_too_large(connect: Any) -> None:
    with FakeXMLRPC(max_message_size=1000) as fake:
        client = connect(fake)
        client.call("add", "x" * 1000)
        status, text = client.answer()
        assert (status, b"max_message_size of 1,000 bytes" in text) == (413, True)
        fake.http.on("POST").answer().optional()  # that was a request that no rule matched
        assert fake.calls == []


@pytest.mark.parametrize(
    ("coding", "body", "status", "says"),
    [
        ("gzip", b"no gzip", 400, b"cannot be decoded"),
        ("gzip", gzip.compress(b"x" * 100)[:-9], 400, b"cannot be decoded"),
        ("gzip", gzip.compress(b"x" * 100)[:12] + b"\xff" * 30, 400, b"cannot be decoded"),
        ("gzip", b"", 200, b"no element found"),
        ("gzip", gzip.compress(b" " * 2_000_000), 400, b"max_message_size of 1,000,000 bytes"),
        ("gzip", gzip.compress(b"") * 20_000, 200, b"no element found"),
        ("br", b"x", 501, b"'br' is not known"),
        ("gzip, gzip", b"x", 501, b"not known"),
        ("identity", b"x", 200, b"ExpatError"),
    ],
    ids=["none", "cut", "corrupt", "empty", "bomb", "members", "br", "twice", "identity"],
)
def test_codings(connect: Any, coding: str, body: bytes, status: int, says: bytes) -> None:
    with FakeXMLRPC(max_message_size=1_000_000) as fake:
        client = connect(fake)
        client.post(body, Content_Encoding=coding)
        found, text = client.answer()
        assert (found, says in text) == (status, True)


def test_x_gzip_is_gzip(raw: Any) -> None:
    body = xmlrpc.client.dumps((1, 2), "add").encode()
    raw.post(gzip.compress(body), Content_Encoding="X-Gzip")
    assert raw.outcome() == 3


@pytest.mark.parametrize(
    "body",
    [
        b"<methodCall a='" + b"x" * 8_000_000,
        b"<methodCall>" + b"x" * 8_000_000,
        b"<!--" + b"-" * 8_000_000,
        CALL % (b"<param><value><int>" + b"9" * 4_000_000 + b"</int></value></param>"),
        b"<a/>" * 1_000_000,
    ],
    ids=["attribute", "text", "comment", "digits", "elements"],
)
def test_large_requests_take_no_longer_than_large_ones_may(raw: Any, body: bytes) -> None:
    began = time.process_time()
    raw.post(body)
    assert raw.outcome()[0] in (1, -32600)
    assert time.process_time() - began < 5


# --- what is wrong, and within bounds: the standard library's fault


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no element found"),
        (b"x", "ExpatError'>:syntax error"),
        (CALL % b"<param><value><what>5</what></value></param>", "unknown tag"),
        (CALL % b"<param><value><int>x</int></value></param>", "ValueError"),
        (CALL % b"<param><value><boolean>x</boolean></value></param>", "bad boolean"),
        (b"<methodCall></methodCall>", "ResponseError"),
        (b"<methodResponse><params/></methodResponse>", 'method "None" is not supported'),
        (CALL.replace(b"add", b"") % b"", 'method "" is not supported'),
    ],
)
def test_malformed_calls(raw: Any, fake: FakeXMLRPC, body: bytes, says: str) -> None:
    raw.post(body)
    code, text = raw.outcome()
    assert (code, says in text) == (1, True)
    assert [call.method for call in fake.calls] in ([], [""])


def test_a_fault_for_a_call_is_sent_back(raw: Any) -> None:
    raw.post(xmlrpc.client.dumps(xmlrpc.client.Fault(9, "mine")).encode())
    assert raw.outcome() == (9, "mine")


def test_a_chunked_call(raw: Any) -> None:
    body = xmlrpc.client.dumps((1, 2), "add").encode()
    raw.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    raw.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    assert raw.outcome() == 3


def test_calls_one_behind_the_other(raw: Any) -> None:
    for number in range(20):
        raw.call("add", number, 1)
    assert [raw.outcome() for _ in range(20)] == list(range(1, 21))
