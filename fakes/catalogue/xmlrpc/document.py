"""The XML of the answer, and what stands before and behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from .answers import returned

if TYPE_CHECKING:
    from ...xmlrpc import FakeXMLRPC


@edge_case("xmlrpc", operation="call", expect=FAILS, source="python-wordpress-xmlrpc#108")
def answer_is_empty(server: FakeXMLRPC) -> None:
    """The answer is a 200 with nothing in it, as of a program that has crashed. A good client
    reports that it is no answer."""
    server.on("add").malformed("empty")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="XML 1.0 section 2.1")
def answer_is_a_line_of_text(server: FakeXMLRPC) -> None:
    """The answer is a 200 with a sentence. A good client reports that it is no XML."""
    server.on("add").malformed("not XML")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="XML 1.0 section 2.1")
def answer_is_a_page(server: FakeXMLRPC) -> None:
    """The answer is a 200 with a page for people, which is no XML. A good client reports that it is
    no answer."""
    server.on("add").malformed("HTML page")


@edge_case(
    "xmlrpc", operation="call", expect=FAILS, source="xmlrpc.com specification: Response format"
)
def answer_is_a_page_of_xml(server: FakeXMLRPC) -> None:
    """The answer is a page for people that is well-formed XML. A good client reports that it is no
    answer to a call."""
    server.on("add").malformed("XHTML page")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="XML 1.0 section 2.1")
def xml_cut_inside(server: FakeXMLRPC) -> None:
    """The XML ends in its middle, though the Content-Length is right. A good client reports that it
    is incomplete."""
    server.on("add").malformed("cut")


@edge_case("xmlrpc", operation="call", expect=EITHER, source="XML 1.0 section 2.8")
def text_before_the_xml(server: FakeXMLRPC) -> None:
    """A warning of the server's language stands before the XML. A good client reports that it is no
    XML, or finds where it begins."""
    server.on("add").malformed("junk before the prolog", 5)


@edge_case("xmlrpc", operation="call", expect=EITHER, source="XML 1.0 section 2.8")
def empty_line_before_the_xml(server: FakeXMLRPC) -> None:
    """An empty line stands before the declaration, which has to be the very first. A good client
    reports that it is no XML, or passes it over."""
    server.on("add").malformed("whitespace before the prolog", 5)


@edge_case("xmlrpc", operation="call", expect=EITHER, source="XML 1.0 section 2.1")
def text_behind_the_xml(server: FakeXMLRPC) -> None:
    """A warning of the server's language stands behind the XML. A good client reports that it is no
    XML, or ends where the answer does."""
    server.on("add").malformed("junk after", 5)


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="XML 1.0 section 2.1")
def empty_lines_behind_the_xml(server: FakeXMLRPC) -> None:
    """Empty lines stand behind the XML, as it allows. A good client does not mind them."""
    server.on("add").malformed("whitespace after", 5)


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="XML 1.0 appendix F.1")
def byte_order_mark(server: FakeXMLRPC) -> None:
    """A byte order mark of UTF-8 stands before the declaration. A good client does not take it for
    content."""
    server.on("add").malformed("byte order mark", 5)


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="XML 1.0 section 2.2")
def xml_in_utf_16(server: FakeXMLRPC) -> None:
    """The XML is in UTF-16, which all that read XML have to read. A good client reads it as any
    other."""
    prolog = "<?xml version='1.0' encoding='UTF-16'?>\n"
    server.on("add").xml(returned("<int>5</int>", prolog).encode("utf-16"))


@edge_case("xmlrpc", operation="call", expect=SUCCEEDS, source="XML 1.0 section 2.5")
def comments_between_the_tags(server: FakeXMLRPC) -> None:
    """Comments and line ends stand between the tags. A good client does not mind them."""
    text = returned("<int>5</int>").replace("><", ">\n<!-- <int>6</int> -->\n<")
    server.on("add").xml(text.replace("<int>5", "<int>5<!-- five -->"))


@edge_case("xmlrpc", operation="call", expect=FAILS, source="XML 1.0 section 2.2")
def encoding_that_is_wrong(server: FakeXMLRPC) -> None:
    """The XML says that it is in UTF-8, and is in Latin-1. A good client reports that, and does not
    hand over other letters."""
    server.on("add").malformed("wrong encoding")


@edge_case("xmlrpc", operation="call", expect=EITHER, source="XML 1.0 section 4.3.3")
def encoding_that_is_unknown(server: FakeXMLRPC) -> None:
    """The XML says that it is in an encoding that nobody knows. A good client reports that, or
    reads what is ASCII all the same."""
    server.on("add").malformed("unknown encoding", 5)


@edge_case("xmlrpc", operation="call", expect=FAILS, source="XML 1.0 section 2.2")
def character_that_xml_has_not(server: FakeXMLRPC) -> None:
    """A string holds the character 1, which XML cannot have. A good client reports that it is no
    XML."""
    server.on("add").malformed("control character")


@edge_case("xmlrpc", operation="call", expect=FAILS, source="XML 1.0 section 4.1")
def entity_that_is_undefined(server: FakeXMLRPC) -> None:
    """A string holds an entity of HTML, which XML does not know. A good client reports that it is
    no XML."""
    server.on("add").malformed("undefined entity")


@edge_case(
    "xmlrpc", operation="call", expect=EITHER, source="CVE-2003-1564 (libxml2)", wants="ha" * 1000
)
def entities_that_expand(server: FakeXMLRPC) -> None:
    """Entities in entities make many characters of few; here they are 2,000, and could be billions.
    A good client refuses them, or expands them to the last."""
    server.on("add").malformed("entity expansion")


@edge_case("xmlrpc", operation="call", expect=EITHER, source="XML 1.0 section 4.2.2", wants="")
def entity_that_is_a_file(server: FakeXMLRPC) -> None:
    """An entity is the content of a file of the client's own machine. A good client does not open
    it: it refuses the answer, or takes the entity for nothing."""
    server.on("add").malformed("external entity")
