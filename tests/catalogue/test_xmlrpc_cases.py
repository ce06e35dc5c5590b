"""Each case of XML-RPC does on the wire what it says."""

import gzip
import xmlrpc.client

import pytest

from fakefarm.catalogue import cases

ASKED = xmlrpc.client.dumps((2, 3), "add")
PROLOG = "<?xml version='1.0'?>\n"
ANSWER = xmlrpc.client.dumps((5,), methodresponse=True)


def calls(path: str = "/RPC2", *headers: str) -> tuple[str, ...]:
    lines = (f"POST {path} HTTP/1.1", "Host: me", f"Content-Length: {len(ASKED)}", *headers, "")
    return (*(f"C: {line}" for line in lines), "C. " + ASKED)


def comes(status: str, *headers: str) -> tuple[str, ...]:
    """The head of an answer, line by line."""
    return tuple(f"S: {line}" for line in (f"HTTP/1.1 {status}", *headers, ""))


def made(status: str, size: int, *headers: str) -> tuple[str, ...]:
    """A head that the fake has completed."""
    return comes(status, *headers, "Date: *", f"Content-Length: {size}")


def xml(text: str | bytes, kind: str = "text/xml") -> tuple[str, ...]:
    """A call, and a whole answer of 200 with this in it."""
    data = text if isinstance(text, bytes) else text.encode()
    body = ("S. " + data.decode("latin-1"),) if data else ()
    return (*CALL, *made("200 OK", len(data), f"Content-Type: {kind}"), *body, "SILENCE")


def response(content: str, prolog: str = PROLOG) -> str:
    return f"{prolog}<methodResponse>{content}</methodResponse>\n"


def value(text: str, prolog: str = PROLOG) -> str:
    return response(f"<params><param><value>{text}</value></param></params>", prolog)


def member(name: str, text: str) -> str:
    return f"<member><name>{name}</name><value>{text}</value></member>"


def fault(*members: str) -> tuple[str, ...]:
    return xml(response(f"<fault><value><struct>{''.join(members)}</struct></value></fault>"))


CALL = calls()
HEAD = made("200 OK", len(ANSWER), "Content-Type: text/xml")
ANSWERED = (*HEAD, "S. " + ANSWER)
GOOD = value("<int>5</int>")
ZIPPED = gzip.compress(GOOD.encode(), mtime=0)
PAGE = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><p>It works!</body></html>"
WARNING = "Warning: oops in line "

CONNECTION: dict[str, tuple[str, ...]] = {
    "closed_before_the_call": ("FIN", "NEXT", "FIN"),
    "first_connection_closed": ("FIN", "NEXT", *CALL, *ANSWERED),
    "call_read_and_closed": ("SILENCE", *CALL, "FIN", "NEXT", *CALL, "FIN"),
    "call_read_and_reset": ("SILENCE", *CALL, "RST", "NEXT", *CALL, "RST"),
    "answer_lost_once": (*CALL, "FIN", "NEXT", *CALL, *ANSWERED),
    "call_never_answered": (*CALL, "SILENCE"),
    "answer_is_late": (*CALL, "LATE 0.2", *ANSWERED),
    "answer_in_pieces": (*CALL, "S> \r\n\r\n", "PIECES " + ANSWER),
    "answer_cut": (*CALL, *HEAD, "S. " + ANSWER[:50], "FIN"),
    "answer_cut_before_its_first_byte": (*CALL, *HEAD, "FIN"),
    "answer_cut_by_a_reset": (*CALL, *HEAD, "S. " + ANSWER[:50], "RST"),
    "answer_stalls": (*CALL, *HEAD, "S. " + ANSWER[:50], "SILENCE"),
}
CHUNKED = comes("200 OK", "Content-Type: text/xml", "Date: *", "Transfer-Encoding: chunked")
HTTP: dict[str, tuple[str, ...]] = {
    "not_found": (*CALL, *made("404 Not Found", 12), "S. nothing here"),
    "internal_error": (
        *CALL,
        *made("500 Internal Server Error", 13, "Content-Type: text/plain; charset=utf-8"),
        "S. <h1>Oops</h1>",
    ),
    "internal_error_with_a_value": (
        *CALL, *made("500 Internal Server Error", len(GOOD), "Content-Type: text/xml"),
        "S. " + GOOD,
    ),
    "unauthorized": (*CALL, *made("401 Unauthorized", 0, 'WWW-Authenticate: Basic realm="x"')),
    "unavailable_once": (
        *CALL, *made("503 Service Unavailable", 4, "Retry-After: 0"), "S. busy", *CALL, *ANSWERED,
    ),
    "redirected_with_307": (
        *CALL, *made("307 Temporary Redirect", 0, "Location: /"), *calls("/"), *ANSWERED,
    ),
    "redirected_to_a_page": (
        *CALL, *made("302 Found", 0, "Location: /login"),
        "C: GET /login HTTP/1.1", "C: Host: me", "C: ",
        *made("200 OK", 32, "Content-Type: text/plain; charset=utf-8"),
        "S. <html><body>Log in</body></html>",
    ),
    "no_content": (*CALL, *comes("204 No Content", "Date: *"), "SILENCE"),
    "type_is_not_xml": xml(GOOD, "text/html"),
    "length_too_long": (
        *CALL,
        *comes("200 OK", "Content-Type: text/xml", f"Content-Length: {len(GOOD) + 100}", "Date: *"),
        "S. " + GOOD, "FIN",
    ),
    "length_too_short": (
        *CALL,
        *comes("200 OK", "Content-Type: text/xml", f"Content-Length: {len(GOOD) - 30}", "Date: *"),
        "S. " + GOOD, "FIN",
    ),
    "answer_is_chunked": (
        *CALL, *CHUNKED, f"S. 1e\r\n{GOOD[:30]}\r\n1\r\n{GOOD[30]}\r\n", f"S: {len(GOOD) - 31:x}",
        "S. " + GOOD[31:] + "\r\n0\r\n\r\n", "SILENCE",
    ),
    "chunk_cut": (
        *CALL, *CHUNKED, f"S. 1e\r\n{GOOD[:30]}\r\n", f"S: {len(GOOD) - 30:x}",
        "S. " + GOOD[30:40], "FIN",
    ),
    "chunk_size_is_no_number": (
        *CALL, *comes("200 OK", "Content-Type: text/xml", "Transfer-Encoding: chunked"),
        "S: ZZZ", "S. " + GOOD, "S: ", "S: 0", "S: ", "FIN",
    ),
    "interim_100_unasked": (*CALL, *comes("100 Continue"), *ANSWERED, "SILENCE"),
    "answer_of_http_1_0": (
        *CALL, "S: HTTP/1.0 200 OK", "S: Content-Type: text/xml", "S: ", "S. " + GOOD, "FIN",
    ),
    "another_protocol_answers": ("S: 220 fake.example ESMTP", "FIN"),
    "gzip_where_it_is_taken": (
        *CALL, *comes("200 OK", "Content-Type: text/xml", "Date: *", "Vary: Accept-Encoding",
                      f"Content-Length: {len(GOOD)}"),
        "S. " + GOOD,
        *calls("/RPC2", "Accept-Encoding: gzip"),
        *comes("200 OK", "Content-Type: text/xml", "Date: *", "Vary: Accept-Encoding",
               "Content-Encoding: gzip", "Content-Length: *"),
        "S. \x1f\x8b", "S# 50",
    ),
    "gzip_cut_inside": (
        *CALL,
        *made("200 OK", len(ZIPPED) - 20, "Content-Type: text/xml", "Content-Encoding: gzip"),
        "S. " + ZIPPED[:-20].decode("latin-1"), "SILENCE",
    ),
    "gzip_that_is_none": (
        *CALL, *made("200 OK", len(GOOD), "Content-Type: text/xml", "Content-Encoding: gzip"),
        "S. " + GOOD,
    ),
}  # fmt: skip
ENTITIES = "".join(
    f'<!ENTITY {name} "{text}">'
    for name, text in [("a", "ha"), ("b", "&a;" * 10), ("c", "&b;" * 10), ("d", "&c;" * 10)]
)
DOCUMENT: dict[str, tuple[str, ...]] = {
    "answer_is_empty": xml(""),
    "answer_is_a_line_of_text": xml("The server is too busy.\n", "text/plain"),
    "answer_is_a_page": xml(PAGE, "text/html"),
    "answer_is_a_page_of_xml": xml("<html><body><p>It works!</p></body></html>", "text/html"),
    "xml_cut_inside": xml(value("<string>good</string>").partition("</param>")[0]),
    "text_before_the_xml": xml(f"{WARNING}7\n{GOOD}"),
    "empty_line_before_the_xml": xml("\n" + GOOD),
    "text_behind_the_xml": xml(f"{GOOD}{WARNING}9\n"),
    "empty_lines_behind_the_xml": (
        *CALL, "S: HTTP/1.1 200 OK", "S> \r\n\r\n", "S. " + GOOD + "\n",
    ),
    "byte_order_mark": xml("\ufeff" + GOOD),
    "xml_in_utf_16": xml(
        value("<int>5</int>", "<?xml version='1.0' encoding='UTF-16'?>\n").encode("utf-16")
    ),
    "comments_between_the_tags": (
        *CALL, "S> <int>5<!-- five --></int>", "S. \n<!-- <int>6</int> -->\n</value>",
    ),
    "encoding_that_is_wrong": xml(
        value("caf\xe9", "<?xml version='1.0' encoding='utf-8'?>\n").encode("latin-1")
    ),
    "encoding_that_is_unknown": xml(
        value("<int>5</int>", "<?xml version='1.0' encoding='x-unheard-of'?>\n")
    ),
    "character_that_xml_has_not": xml(value("a\x01b")),
    "entity_that_is_undefined": xml(value("a&nbsp;b")),
    "entities_that_expand": xml(
        value("&d;", f"{PROLOG}<!DOCTYPE methodResponse [{ENTITIES}]>\n")
    ),
    "entity_that_is_a_file": (
        *CALL, 'S> <!ENTITY a SYSTEM "file:///', "S> <value>&a;</value>", "S> </methodResponse>\n",
        "SILENCE",
    ),
}  # fmt: skip
LINES = "aGVsbG8gaGVsbG8gaGVsbG8g\r\n  " * 6 + "aGVsbG8gaGVsbG8g"
VALUE: dict[str, tuple[str, ...]] = {
    "int_by_its_other_name": xml(value("<i4>5</i4>")),
    "int_with_zeros_in_front": xml(value("<int>-0005</int>")),
    "value_without_a_type": xml(value("five")),
    "string_in_cdata": xml(value("<string><![CDATA[a < b ]]>&amp; c &#233;</string>")),
    "base64_in_several_lines": xml(value(f"<base64>\r\n  {LINES}\r\n</base64>")),
    "int_of_64_bits": xml(value("<i8>9223372036854775807</i8>")),
    "int_over_32_bits": xml(value("<int>2147483648</int>")),
    "nil_though_not_asked": xml(value("<nil/>")),
    "type_that_is_unknown": xml(value("<colour>red</colour>")),
    "int_that_is_a_word": xml(value("<int>five</int>")),
    "int_without_digits": xml(value("<int></int>")),
    "int_of_5000_digits": (*CALL, "S> \r\n\r\n", "S. " + value(f"<int>{'9' * 5000}</int>")),
    "boolean_that_is_a_word": xml(value("<boolean>true</boolean>")),
    "double_that_is_no_number": xml(value("<double>nan</double>")),
    "base64_cut_inside": xml(value("<base64>aGVsbG8</base64>")),
    "member_without_a_name": xml(
        value("<struct><member><value><string>good</string></value></member></struct>")
    ),
}
PARAM = "<param><value><int>5</int></value></param>"
CODE, TEXT = member("faultCode", "<int>4</int>"), member("faultString", "too many")


def as_fault(code: int, text: str) -> tuple[str, ...]:
    return xml(xmlrpc.client.dumps(xmlrpc.client.Fault(code, text), methodresponse=True))


OUTCOME: dict[str, tuple[str, ...]] = {
    "fault": as_fault(4, "Too many parameters."),
    "fault_once": (*as_fault(503, "busy"), *CALL, *ANSWERED),
    "method_that_is_unknown": as_fault(-32601, 'method "add" is not supported'),
    "fault_of_negative_code_and_no_text": as_fault(-(2**31), ""),
    "fault_with_more_members": fault(CODE, TEXT, member("trace", "line 7")),
    "fault_that_is_a_string": xml(response("<fault><value>too many</value></fault>")),
    "fault_without_code": fault(TEXT),
    "fault_whose_code_is_a_word": fault(member("faultCode", "E_BUSY"), TEXT),
    "two_values": xml(response(f"<params>{PARAM * 2}</params>")),
    "no_value": xml(response("<params></params>")),
    "neither_value_nor_fault": xml(response("")),
    "call_for_an_answer": xml(f"{PROLOG}<methodCall><methodName>hello</methodName></methodCall>\n"),
}
TLS: dict[str, tuple[str, ...]] = {
    "certificate_expired": ("TLS! certificate has expired",),
    "certificate_for_another_host": ("TLS! Hostname mismatch",),
    "handshake_refused": ("HELLO", "S. \x15\x03\x03\x00\x02\x02\x28", "FIN"),
    "answered_without_close_notify": ("TLS", *CALL, *ANSWERED, "CUT"),
}
TABLE = CONNECTION | HTTP | DOCUMENT | VALUE | OUTCOME | TLS


def test_the_table_has_every_case() -> None:
    assert set(TABLE) == {case.name for case in cases("xmlrpc")}


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, play) -> None:
    play("xmlrpc", name, TABLE[name])


def test_there_are_enough() -> None:
    known = cases("xmlrpc")
    assert len(known) >= 36
    assert len([case for case in known if case.phase == "tls"]) >= 4
