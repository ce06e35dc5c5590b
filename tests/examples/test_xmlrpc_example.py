import xmlrpc.client
from xml.parsers.expat import ExpatError

import pytest


def place_order(url, order):
    """The code under test."""
    with xmlrpc.client.ServerProxy(url) as server:
        return server.orders.place(order)


def test_what_was_called(fake_xmlrpc):
    fake_xmlrpc.on("orders.place").returns({"id": 7})
    assert place_order(fake_xmlrpc.url, {"item": "tea"}) == {"id": 7}
    assert fake_xmlrpc.calls[0].arguments == ({"item": "tea"},)


def test_a_fault(fake_xmlrpc):
    fake_xmlrpc.on("orders.place").fault(4, "too many")
    with pytest.raises(xmlrpc.client.Fault, match="too many"):
        place_order(fake_xmlrpc.url, {"item": "tea"})


def test_an_order_is_placed_twice_when_the_answer_is_lost(fake_xmlrpc):
    placed = []
    fake_xmlrpc.register(lambda order: placed.append(order) or True, "orders.place")
    fake_xmlrpc.http.on("POST").truncate(after=0).reset().once()
    assert place_order(fake_xmlrpc.url, {"item": "tea"}) is True  # it called again by itself
    assert len(placed) == 2


@pytest.mark.parametrize("wrong", ["HTML page", "junk before the prolog", "unknown tag"])
def test_what_is_no_xmlrpc_is_an_error(fake_xmlrpc, wrong):
    fake_xmlrpc.on("orders.place").malformed(wrong)
    with pytest.raises((ExpatError, xmlrpc.client.ResponseError)):
        place_order(fake_xmlrpc.url, {"item": "tea"})
