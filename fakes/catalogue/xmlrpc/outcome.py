"""Whether the answer is a value or a fault, and answers that are neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case

if TYPE_CHECKING:
    from ...xmlrpc import FakeXMLRPC


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Fault example"
)
def fault(server: FakeXMLRPC) -> None:
    """The answer is a fault. A good client reports it, with its code and its text."""
    server.on("add").fault(4, "Too many parameters.")


@edge_case(
    "xmlrpc", operation="call", expect=EITHER, source="xmlrpc.com specification: Fault example"
)
def fault_once(server: FakeXMLRPC) -> None:
    """The first call is answered with a fault, the next one is done. A good client reports the
    fault, or calls again because it knows what that one means."""
    server.on("add").fault(503, "busy").once()


@edge_case("xmlrpc", operation="call", expect=FAILS, source="CPython test_non_existing_multicall")
def method_that_is_unknown(server: FakeXMLRPC) -> None:
    """The answer is the fault of a server that does not know the method. A good client reports
    it."""
    server.on("add").fault(-32601, 'method "add" is not supported')


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Fault example"
)
def fault_of_negative_code_and_no_text(server: FakeXMLRPC) -> None:
    """The answer is a fault with the lowest code that there is, and an empty text. A good client
    reports it: neither is nothing."""
    server.on("add").fault(-(2**31), "")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Fault example"
)
def fault_with_more_members(server: FakeXMLRPC) -> None:
    """The fault has a third member, which it must not have. A good client reports the fault."""
    server.on("add").malformed("fault with more members")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Fault example"
)
def fault_that_is_a_string(server: FakeXMLRPC) -> None:
    """The fault is a text, and no struct. A good client reports a fault, or a malformed one."""
    server.on("add").malformed("fault not a struct")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Fault example"
)
def fault_without_code(server: FakeXMLRPC) -> None:
    """The fault has a text and no code. A good client reports a fault, or a malformed one."""
    server.on("add").malformed("fault without faultCode")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Fault example"
)
def fault_whose_code_is_a_word(server: FakeXMLRPC) -> None:
    """The code of the fault is a string. A good client reports a fault, or a malformed one."""
    server.on("add").malformed("fault with a word for its code")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Response format"
)
def two_values(server: FakeXMLRPC) -> None:
    """The answer has two values, where there is to be one. A good client reports that, and hands
    over neither a list of both nor the first."""
    server.on("add").malformed("two params", 5)


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Response format"
)
def no_value(server: FakeXMLRPC) -> None:
    """The answer has parameters, and none in them. A good client reports that there is no value."""
    server.on("add").malformed("no params")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Response format"
)
def neither_value_nor_fault(server: FakeXMLRPC) -> None:
    """The answer is a methodResponse with nothing in it. A good client reports that it is none."""
    server.on("add").malformed("no content")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Response format"
)
def call_for_an_answer(server: FakeXMLRPC) -> None:
    """The answer is a call of another method. A good client reports that it is no answer."""
    server.on("add").malformed("methodCall")
