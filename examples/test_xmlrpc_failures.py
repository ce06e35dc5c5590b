"""XML-RPC clients meet servers that misbehave."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Callable, Iterator
from xml.parsers.expat import ExpatError

import pytest

from fakefarm import FakeXMLRPC

Say = Callable[[str], None]


@pytest.fixture
def client(fake_xmlrpc: FakeXMLRPC) -> Iterator[xmlrpc.client.ServerProxy]:
    with xmlrpc.client.ServerProxy(fake_xmlrpc.url) as client:
        yield client


def test_a_call_that_is_made_twice(
    fake_xmlrpc: FakeXMLRPC, client: xmlrpc.client.ServerProxy, say: Say
) -> None:
    """The order is placed and the answer is lost; the client calls again without a word."""
    orders: list[str] = []
    fake_xmlrpc.register(lambda item: orders.append(item) or len(orders), "order")
    fake_xmlrpc.http.on("POST").truncate(after=0).reset().once()
    assert client.order("tea") == 2
    assert orders == ["tea", "tea"]
    say("xmlrpc.client returned 2: two orders for one call.")


def test_a_warning_before_the_answer(
    fake_xmlrpc: FakeXMLRPC, client: xmlrpc.client.ServerProxy, say: Say
) -> None:
    """A plugin of the server prints a warning, and the XML comes behind it."""
    fake_xmlrpc.on("wp.getPosts").malformed("junk before the prolog", value=[])
    with pytest.raises(ExpatError, match="syntax error"):
        client.wp.getPosts(1)
    say("xmlrpc.client raised ExpatError, which is none of its own errors.")


def test_an_answer_that_is_cut_short(
    fake_xmlrpc: FakeXMLRPC, client: xmlrpc.client.ServerProxy, say: Say
) -> None:
    """The connection ends in the middle of the answer, Content-Length or not."""
    fake_xmlrpc.register(lambda: list(range(20)), "numbers")
    fake_xmlrpc.on("numbers").truncate(after=300)
    with pytest.raises(ExpatError, match=r"no element|unclosed token"):
        client.numbers()
    say("xmlrpc.client did not miss the bytes, but the end of the XML: ExpatError.")


def test_a_multicall_with_a_result_too_few(
    fake_xmlrpc: FakeXMLRPC, client: xmlrpc.client.ServerProxy, say: Say
) -> None:
    """Three calls in one request, and two results."""
    fake_xmlrpc.on("system.multicall").malformed("multicall too short", value=True)
    calls = xmlrpc.client.MultiCall(client)
    for item in ("tea", "milk", "sugar"):
        calls.order(item)
    assert list(calls()) == [True, True]
    say("xmlrpc.client returned two results for three calls, and no error.")


def test_a_fault_in_a_multicall(
    fake_xmlrpc: FakeXMLRPC, client: xmlrpc.client.ServerProxy, say: Say
) -> None:
    """One of three calls is refused; the others are made."""
    fake_xmlrpc.register(lambda item: True, "order")
    fake_xmlrpc.on("order", arguments=("milk",)).fault(4, "sold out")
    calls = xmlrpc.client.MultiCall(client)
    for item in ("tea", "milk", "sugar"):
        calls.order(item)
    results = calls()
    assert (results[0], results[2]) == (True, True)
    with pytest.raises(xmlrpc.client.Fault, match="sold out"):
        results[1]
    say("xmlrpc.client raised the fault when its result was looked at, and not before.")
