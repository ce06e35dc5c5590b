"""XML-RPC."""

from __future__ import annotations

from .finding import Finding

FINDINGS = [
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "duplicated",
        "call_read_and_closed call_read_and_reset answer_lost_once answer_cut_by_a_reset",
        "Transport.request() calls a second time where the connection ended before the answer: "
        "what the server has done already is done twice.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "succeeded",
        "length_too_long",
        "The answer may be shorter than its Content-Length.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "crashed",
        "answer_cut answer_cut_before_its_first_byte answer_is_empty answer_is_a_line_of_text "
        "answer_is_a_page xml_cut_inside text_before_the_xml empty_line_before_the_xml "
        "text_behind_the_xml encoding_that_is_wrong character_that_xml_has_not "
        "entity_that_is_undefined length_too_short",
        "What is no XML, or was cut, raises ExpatError, which is no xmlrpc.client.Error.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "crashed",
        "chunk_cut chunk_size_is_no_number another_protocol_answers",
        "What is no HTTP raises an exception of http.client, and not ProtocolError.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "crashed",
        "encoding_that_is_unknown gzip_cut_inside fault_that_is_a_string fault_without_code "
        "int_that_is_a_word int_without_digits int_of_5000_digits boolean_that_is_a_word "
        "base64_cut_inside member_without_a_name",
        "Values and faults are not checked before they are converted: LookupError, EOFError, "
        "TypeError, ValueError, binascii.Error and IndexError come out, and not ResponseError.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "lied",
        "two_values",
        "An answer of two values, which there is none of, is handed over as a tuple.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "lied",
        "double_that_is_no_number",
        "A double that reads nan is handed over as that.",
    ),
    Finding(
        "xmlrpc",
        "xmlrpc.client",
        "lied",
        "no_value call_for_an_answer",
        "An answer without a value is an empty tuple, and a call is taken for an answer.",
    ),
    Finding(
        "xmlrpc",
        "aiohttp-xmlrpc",
        "crashed",
        "answer_is_empty answer_is_a_line_of_text answer_is_a_page xml_cut_inside "
        "text_before_the_xml empty_line_before_the_xml text_behind_the_xml "
        "encoding_that_is_wrong encoding_that_is_unknown character_that_xml_has_not "
        "entity_that_is_undefined entity_that_is_a_file no_content gzip_cut_inside",
        "What is no XML raises lxml's XMLSyntaxError, and not XMLRPCError.",
    ),
    Finding(
        "xmlrpc",
        "aiohttp-xmlrpc",
        "crashed",
        "answer_is_a_page_of_xml redirected_to_a_page fault_with_more_members "
        "fault_that_is_a_string fault_without_code fault_whose_code_is_a_word two_values no_value "
        "neither_value_nor_fault int_of_64_bits int_over_32_bits type_that_is_unknown "
        "int_that_is_a_word int_without_digits int_of_5000_digits boolean_that_is_a_word "
        "double_that_is_no_number base64_cut_inside member_without_a_name",
        "XML that its schema does not know raises a bare ValueError, and not XMLRPCError; faults "
        "that are not quite as they should be are among that.",
    ),
    Finding(
        "xmlrpc",
        "aiohttp-xmlrpc",
        "crashed",
        "comments_between_the_tags",
        "A comment between the tags of a value raises TypeError.",
    ),
]
