"""The value in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from .answers import returned

if TYPE_CHECKING:
    from ...xmlrpc import FakeXMLRPC


# --- good ones, oddly written


@edge_case(
    "xmlrpc", operation="call", expect=SUCCEEDS, source="xmlrpc.com specification: Scalar values"
)
def int_by_its_other_name(server: FakeXMLRPC) -> None:
    """The value is of the type i4, which is the other name of int. A good client knows both."""
    server.on("add").xml(returned("<i4>5</i4>"))


@edge_case(
    "xmlrpc",
    operation="call",
    expect=SUCCEEDS,
    source="xmlrpc.com specification: Questions",
    wants=-5,
)
def int_with_zeros_in_front(server: FakeXMLRPC) -> None:
    """The value is -0005, and leading zeros do not count. A good client reads it as -5."""
    server.on("add").xml(returned("<int>-0005</int>"))


@edge_case(
    "xmlrpc",
    operation="call",
    expect=SUCCEEDS,
    source="xmlrpc.com specification: Scalar values",
    wants="five",
)
def value_without_a_type(server: FakeXMLRPC) -> None:
    """The value has no type, and so is a string. A good client takes it for one."""
    server.on("add").xml(returned("five"))


@edge_case(
    "xmlrpc",
    operation="call",
    expect=SUCCEEDS,
    source="XML 1.0 section 2.7",
    wants="a < b & c \xe9",
)
def string_in_cdata(server: FakeXMLRPC) -> None:
    """The string is in a CDATA section and behind it in character references. A good client sees
    the characters, however they are written."""
    server.on("add").xml(returned("<string><![CDATA[a < b ]]>&amp; c &#233;</string>"))


@edge_case(
    "xmlrpc",
    operation="call",
    expect=SUCCEEDS,
    source="RFC 2045 section 6.8",
    wants=b"hello " * 20,
)
def base64_in_several_lines(server: FakeXMLRPC) -> None:
    """The base64 is in lines, with line ends and spaces between. A good client passes over what is
    not of its alphabet."""
    lines = "aGVsbG8gaGVsbG8gaGVsbG8g\r\n  " * 6 + "aGVsbG8gaGVsbG8g"
    server.on("add").xml(returned(f"<base64>\r\n  {lines}\r\n</base64>"))


# --- types that some servers have and the specification has not


@edge_case(
    "xmlrpc",
    operation="call",
    expect=EITHER,
    source="CPython test_xmlrpc: test_load_extension_types",
    wants=2**63 - 1,
)
def int_of_64_bits(server: FakeXMLRPC) -> None:
    """The value is of the type i8, which the specification has not. A good client reads all of its
    digits, or reports that it does not know the type."""
    server.on("add").malformed("i8")


@edge_case(
    "xmlrpc",
    operation="call",
    expect=EITHER,
    source="xmlrpc.com specification: Scalar values",
    wants=2**31,
)
def int_over_32_bits(server: FakeXMLRPC) -> None:
    """The value is an int of 2,147,483,648, which does not fit into its 32 bits. A good client
    reads it as that, or reports it; it does not turn it into a negative one."""
    server.on("add").malformed("int out of range")


@edge_case("xmlrpc", operation="call", expect=EITHER, source="CPython test_load_extension_types")
def nil_though_not_asked(server: FakeXMLRPC) -> None:
    """The value is nil, which the specification has not. A good client takes it for no value, or
    reports that it does not know the type."""
    server.on("add").malformed("nil")


# --- values that are none


@edge_case("xmlrpc", operation="call", expect=FAILS, source="CPython test_loads_unsupported")
def type_that_is_unknown(server: FakeXMLRPC) -> None:
    """The value is of a type that nobody knows. A good client reports that, and does not hand over
    its text."""
    server.on("add").malformed("unknown tag")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Scalar values"
)
def int_that_is_a_word(server: FakeXMLRPC) -> None:
    """The value is an int that reads five. A good client reports that it is none."""
    server.on("add").malformed("invalid int")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Scalar values"
)
def int_without_digits(server: FakeXMLRPC) -> None:
    """The value is an int with nothing in it. A good client reports that, and does not take it for
    zero."""
    server.on("add").malformed("empty int")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="CVE-2020-10735 (CPython)")
def int_of_5000_digits(server: FakeXMLRPC) -> None:
    """The value is an int of 5,000 digits. A good client reports that it is none, and does not
    reckon for long."""
    server.on("add").malformed("huge int")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Scalar values"
)
def boolean_that_is_a_word(server: FakeXMLRPC) -> None:
    """The value is a boolean that reads true, where there is 1 and 0. A good client reports that it
    is none."""
    server.on("add").malformed("bad boolean")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Questions")
def double_that_is_no_number(server: FakeXMLRPC) -> None:
    """The value is a double that reads nan, for which there is no representation. A good client
    reports that it is none."""
    server.on("add").malformed("NaN double")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="RFC 4648 section 3.2")
def base64_cut_inside(server: FakeXMLRPC) -> None:
    """The value is base64 without its end. A good client reports that, and does not hand over the
    rest of the bytes."""
    server.on("add").malformed("cut base64")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: structs")
def member_without_a_name(server: FakeXMLRPC) -> None:
    """The value is a struct with a member that has no name. A good client reports that it is
    none."""
    server.on("add").malformed("struct without a name")
