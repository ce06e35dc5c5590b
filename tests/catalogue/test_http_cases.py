"""Each case of HTTP does on the wire what it says."""

import gzip
import zlib

import pytest

from fakefarm.catalogue import cases
from fakefarm.catalogue.content import CONTENT

ALL = CONTENT.decode("latin-1")
SIZE = len(CONTENT)


def asks(method: str = "GET", path: str = "/file", *headers: str) -> tuple[str, ...]:
    lines = (f"{method} {path} HTTP/1.1", "Host: me", *headers, "")
    return tuple(f"C: {line}" for line in lines)


def comes(status: str, *headers: str, end: str = "") -> tuple[str, ...]:
    """The head of an answer, line by line."""
    lines = (f"HTTP/1.1 {status}", *headers, "")
    return tuple(f"S: {line}" for line in lines) + ((f"S. {end}",) if end else ())


def made(status: str, size: int, *headers: str, last: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A head that the fake has completed."""
    return comes(status, *headers, "Date: *", f"Content-Length: {size}", *last)


def chunk(data: str, size: str = "") -> str:
    return f"{size or format(len(data), 'x')}\r\n{data}\r\n"


def text(data: bytes) -> str:
    return "S. " + data.decode("latin-1")


GET = asks()
LENGTH = f"Content-Length: {SIZE}"
BODY = text(CONTENT)
GOOD = (*comes("200 OK", "Date: *", LENGTH), BODY)
STORED = (*made("200 OK", 6), "S. stored")
CHUNKED = (*GET, *comes("200 OK", "Transfer-Encoding: chunked"))
MORE = "X-More: y\r\n" * 20_000

POST = (*asks("POST", "/file", LENGTH), "C. " + ALL)
POST_HEAD = asks("POST", "/file", LENGTH)


def coded(data: bytes, coding: str = "gzip") -> tuple[str, ...]:
    head = made("200 OK", len(data), f"Content-Encoding: {coding}")
    return (*GET, *head, text(data), "SILENCE")


def unzipped(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data)


ZIPPED = gzip.compress(CONTENT, mtime=0)
TWO = gzip.compress(CONTENT[:100], mtime=0) + gzip.compress(CONTENT[100:], mtime=0)
PACKER = zlib.compressobj(wbits=-15)
BARE = PACKER.compress(CONTENT) + PACKER.flush()

CONNECT: dict[str, tuple[str, ...]] = {
    "closed_before_the_request": ("FIN", "NEXT", "FIN"),
    "reset_before_the_request": ("RST", "NEXT", "RST"),
    "first_connection_closed": ("FIN", "NEXT", *GET, *GOOD, "SILENCE"),
    "request_never_answered": ("SILENCE", *GET, "SILENCE"),
    "request_answered_by_the_end": ("SILENCE", *GET, "FIN"),
    "request_answered_by_a_reset": ("SILENCE", *GET, "RST"),
    "first_request_ends_in_a_reset": (*GET, "RST", "NEXT", *GET, *GOOD),
    "answer_is_late": (*GET, "LATE 0.2", *GOOD),
    "answer_in_pieces": (*GET, "S. HTTP/1.1 200 OK", "S> \r\n\r\n", f"PIECES {ALL}"),
    "answer_before_the_request": (*comes("408 Request Timeout", "Content-Length: 0"), "FIN"),
    "another_protocol_answers": ("S: 220 fake.example ESMTP", "FIN"),
    "answer_of_http_0_9": (*GET, BODY, "FIN"),
}
STATUS: dict[str, tuple[str, ...]] = {
    "reason_is_empty": (*GET, *made("200 ", SIZE), BODY, "SILENCE"),
    "space_behind_the_code_missing": (*GET, *comes("200", LENGTH), BODY, "SILENCE"),
    "reason_that_is_no_ascii": (*GET, *comes("200 D\xe9j\xe0 vu", LENGTH), BODY),
    "code_is_no_number": (*GET, *comes("Omg What Is This?", LENGTH), BODY),
    "code_of_two_digits": (*GET, *comes("20 OK", LENGTH), BODY),
    "code_over_599": (*GET, *made("700 Very Wrong", 4), "S. oops"),
    "success_by_an_unknown_code": (*GET, *made("299 *", SIZE), BODY),
    "version_that_is_none": (*GET, "S: HTTP/1000 200 OK", f"S: {LENGTH}", "S: ", BODY),
    "version_0_5_once": (
        *GET, "S: HTTP/0.5 200 OK", f"S: {LENGTH}", "S: ", BODY, *GET, *GOOD,
    ),
    "minor_version_of_the_future": (
        *GET, "S: HTTP/1.7 200 OK", "S: Date: *", f"S: {LENGTH}", "S: ", BODY,
    ),
    "empty_line_before_the_answer": (*GET, "S: ", *comes("200 OK", LENGTH), BODY),
    "status_line_cut": (*GET, "S. HTTP/1.1 200 OK", "FIN"),
    "status_line_without_end": (*GET, "S. HTTP/1.1 200 " + "x" * 100_000, "SILENCE"),
    "interim_100_unasked": (*GET, *comes("100 Continue"), *GOOD),
    "interim_103": (
        *GET, *comes("103 Early Hints", "Link: </style.css>; rel=preload"), *GOOD,
    ),
    "interim_answers_of_several_kinds": (
        *GET, *comes("100 Continue"), *comes("102 Processing"), *comes("100 Continue"), *GOOD,
    ),
    "interim_100_with_endless_headers": (
        *GET, "S: HTTP/1.1 100 Continue", "S. " + MORE, "SILENCE",
    ),
    "interim_100_and_nothing": (*GET, *comes("100 Continue"), "FIN"),
    "protocol_switched_unasked": (
        *GET, *comes("101 Switching Protocols", "Upgrade: foo", "Connection: Upgrade"), "FIN",
    ),
    "not_found_with_a_page": (
        *GET, "S: HTTP/1.1 404 Not Found", "S: Content-Type: text/plain; charset=utf-8",
        "S: Date: *", "S: Content-Length: 30", "S: ", "S. <h1>There is nothing here</h1>",
    ),
    "failure_that_cannot_be_read": (*GET, *made("404 Not Found", 1000), "FIN"),
    "unauthorized_for_ever": (
        *(*GET, *made("401 Unauthorized", 0, 'WWW-Authenticate: Basic realm="x"')),
        *asks("GET", "/file", "Authorization: Basic eDp5"),
        *made("401 Unauthorized", 0, 'WWW-Authenticate: Basic realm="x"'), "SILENCE",
    ),
    "unauthorized_by_an_unknown_scheme": (
        *GET, *made("401 Unauthorized", 0, "WWW-Authenticate: Mystery a=b, c"), "SILENCE",
    ),
    "unavailable_once": (
        *GET, *made("503 Service Unavailable", 4, "Retry-After: 0"), "S. busy", *GET, *GOOD,
    ),
    "too_many_requests_for_ever": (
        *(*GET, *made("429 Too Many Requests", 9, "Retry-After: 0"), "S. slow down") * 3,
    ),
    "no_content_with_a_length": (
        *GET, *comes("204 No Content", "Content-Length: 5"), "SILENCE",
    ),
    "not_modified_though_unasked": (*GET, *comes("304 Not Modified", "Date: *"), "SILENCE"),
    "part_though_unasked": (
        *GET, *made("206 Partial Content", 100, f"Content-Range: bytes 0-99/{SIZE}"),
        text(CONTENT[:100]), "SILENCE",
    ),
}  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "header_names_in_odd_case": (
        *GET, *comes("200 OK", f"cONTENT-Length: {SIZE}", "content-type: a/b"), BODY,
    ),
    "header_without_space_behind_the_colon": (
        *GET, *comes("200 OK", f"Content-Length:{SIZE}\t"), BODY,
    ),
    "header_with_space_before_the_colon": (
        *GET, *comes("200 OK", f"Content-Length : {SIZE}"), BODY, "FIN",
    ),
    "header_folded": (*GET, *comes("200 OK", "X-Long: one", " and two", LENGTH), BODY),
    "lines_end_in_a_bare_lf": (*GET, f"S. HTTP/1.1 200 OK\n{LENGTH}\n\n", BODY, "SILENCE"),
    "bare_cr_in_a_header": (
        *GET, f"S. HTTP/1.1 200 OK\r\nX-Odd: a\rContent-Length: 3\r\n{LENGTH}\r\n\r\n", BODY,
    ),
    "nul_in_a_header": (*GET, *comes("200 OK", "X-Odd: a\0b", LENGTH), BODY),
    "header_without_colon": (*GET, *comes("200 OK", "Broken Header", LENGTH), BODY),
    "header_without_colon_hides_the_length": (
        *GET, *comes("200 OK", "Broken Header", LENGTH), text(CONTENT[:100]), "FIN",
    ),
    "header_without_name": (*GET, *comes("200 OK", ": a value", LENGTH), BODY),
    "header_that_is_no_ascii": (
        *GET, *comes("200 OK", "X-Name: J\xf6rg \xff\x85 \xc3\xa9", LENGTH), BODY,
    ),
    "cookies_in_two_lines": (
        *GET, "S: HTTP/1.1 200 OK",
        "S: Set-Cookie: a=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT", "S: Set-Cookie: b=2",
        "S: Date: *", f"S: {LENGTH}", "S: ", BODY,
    ),
    "content_is_a_message": (
        *GET, *made("200 OK", SIZE, "Content-Type: message/rfc822"), BODY,
    ),
    "content_is_multipart_without_boundary": (
        *GET, *made("200 OK", SIZE, "Content-Type: multipart/mixed"), BODY,
    ),
    "header_of_100_000_bytes": (*GET, *made("200 OK", SIZE, "X-Long: " + "x" * 100_000), BODY),
    "headers_by_the_hundreds": (
        *GET, *made("200 OK", SIZE, *(f"X-{i}: y" for i in range(300))), BODY,
    ),
    "headers_without_end": (*GET, "S: HTTP/1.1 200 OK", "S. " + MORE, "SILENCE"),
    "head_cut_behind_the_status_line": (*GET, "S: HTTP/1.1 200 OK", "FIN"),
    "head_cut_in_a_header": (*GET, "S: HTTP/1.1 200 OK", "S. Content-Type: text/pl", "FIN"),
    "head_stalls": (*GET, "S: HTTP/1.1 200 OK", f"S: {LENGTH}", "SILENCE"),
}  # fmt: skip
WHOLE = (*GET, *comes("200 OK", "Date: *", LENGTH))
BODIES: dict[str, tuple[str, ...]] = {
    "body_cut_short": (*GET, *made("200 OK", 1000), "S. " + "x" * 100, "FIN"),
    "body_cut_before_its_first_byte": (*WHOLE, "FIN"),
    "body_cut_before_its_last_byte": (*WHOLE, text(CONTENT[:-1]), "FIN"),
    "body_cut_by_a_reset": (*WHOLE, text(CONTENT[:100]), "RST"),
    "body_withheld": (*WHOLE, "SILENCE"),
    "body_stalls": (*WHOLE, text(CONTENT[:100]), "SILENCE"),
    "body_longer_than_its_length": (*GET, *comes("200 OK", LENGTH), BODY, "S. and more", "FIN"),
    "answer_sent_twice": (*GET, *GOOD, *GOOD, "SILENCE"),
    "kept_open_behind_the_body": (
        *asks("GET", "/file", "Connection: close"), *comes("200 OK", LENGTH), BODY, "SILENCE",
    ),
    "two_different_lengths": (
        *GET, *comes("200 OK", "Content-Length: 100", LENGTH), BODY, "SILENCE",
    ),
    "length_said_twice": (*GET, *comes("200 OK", LENGTH, LENGTH), BODY, "SILENCE"),
    "length_is_a_list": (*GET, *comes("200 OK", f"{LENGTH}, {SIZE}"), BODY, "SILENCE"),
    "length_is_negative": (*GET, *comes("200 OK", "Content-Length: -1"), BODY, "FIN"),
    "length_is_no_number": (*GET, *comes("200 OK", "Content-Length: many"), BODY, "FIN"),
    "length_with_a_sign": (*GET, *comes("200 OK", f"Content-Length: +{SIZE}"), BODY, "SILENCE"),
    "length_that_no_integer_holds": (
        *GET, *comes("200 OK", "Content-Length: " + "9" * 25), BODY, "FIN",
    ),
    "body_to_the_end_of_the_connection": (
        *GET, *comes("200 OK", "Date: *", "Connection: close"), BODY, "FIN",
    ),
    "body_of_http_1_0": (
        *GET, "S: HTTP/1.0 200 OK", "S: Content-Type: a/b", "S: ", BODY, "FIN",
    ),
    "body_without_length_cut_by_a_reset": (
        *GET, *comes("200 OK", "Date: *", "Connection: close"), text(CONTENT[:100]), "RST",
    ),
    "body_without_length_and_without_end": (
        *asks("GET", "/file", "Connection: close"), *comes("200 OK", "Content-Type: a/b"), BODY,
        "SILENCE",
    ),
}  # fmt: skip
SIZED = chunk(ALL)
SECRET = bytes(byte ^ 0x55 for byte in CONTENT)
CHUNKS: dict[str, tuple[str, ...]] = {
    "chunks_of_all_sizes": (
        *GET, *comes("200 OK", "Date: *", "Transfer-Encoding: chunked"),
        "S. " + chunk(ALL[:1]) + chunk(ALL[1:2]) + chunk(ALL[2:102]) + chunk(ALL[102:]),
        "S. 0\r\n\r\n", "SILENCE",
    ),
    "chunk_with_extensions": (
        *CHUNKED, f'S: {SIZE:x};asd=qwe;q="a b"', BODY, "S: ", "S: 0;last", "S: ", "SILENCE",
    ),
    "chunk_size_with_zeros_in_front": (
        *CHUNKED, f"S: 0000{SIZE:X}", BODY, "S: ", "S: 0000", "S: ", "SILENCE",
    ),
    "trailers_behind_the_chunks": (
        *GET, *comes("200 OK", "Date: *", "Transfer-Encoding: chunked",
                     "Trailer: X-Checksum, X-Other"),
        "S. " + SIZED + "0\r\nX-Checksum: 4711\r\nX-Other: y\r\n\r\n", "SILENCE",
    ),
    "coding_in_odd_case": (
        *GET, *comes("200 OK", "transfer-encoding: cHuNkEd"), f"S. {SIZED}0\r\n\r\n", "SILENCE",
    ),
    "chunked_and_a_length": (
        *GET, *comes("200 OK", "Content-Length: 100", "Transfer-Encoding: chunked"),
        f"S. {SIZED}0\r\n\r\n", "SILENCE",
    ),
    "chunked_in_http_1_0": (
        *GET, "S: HTTP/1.0 200 OK", "S: Transfer-Encoding: chunked", "S: ",
        f"S. {SIZED}0\r\n\r\n", "FIN",
    ),
    "chunked_is_said_and_not_done": (*CHUNKED, BODY, "FIN"),
    "unknown_transfer_coding": (
        *GET, *comes("200 OK", "Transfer-Encoding: x-secret, chunked"),
        "S. " + chunk(SECRET.decode("latin-1")) + "0\r\n\r\n", "SILENCE",
    ),
    "chunk_size_is_no_number": (
        *CHUNKED, "S. " + chunk(ALL[:100]) + chunk(ALL[100:], "ZZZ") + "0\r\n\r\n", "FIN",
    ),
    "chunk_size_is_negative": (
        *CHUNKED, "S. " + chunk(ALL[:100]) + chunk(ALL[100:], "-5") + "0\r\n\r\n", "FIN",
    ),
    "chunk_size_that_no_integer_holds": (
        *CHUNKED, "S: 10000000000000009", "S: the start", "S: 0", "S: ", "FIN",
    ),
    "chunk_longer_than_its_size": (
        *CHUNKED, f"S: {SIZE - 100:x}", BODY, "S: ", "S: 0", "S: ", "FIN",
    ),
    "chunk_with_an_endless_extension": (
        *CHUNKED, f"S: {SIZE:x};" + "x" * 100_000, BODY, "S: ", "S: 0", "S: ", "SILENCE",
    ),
    "chunk_cut": (
        *GET, *comes("200 OK", "Date: *", "Transfer-Encoding: chunked"),
        "S. " + chunk(ALL[:500]), f"S: {SIZE - 500:x}", text(CONTENT[500:600]), "FIN",
    ),
    "last_chunk_missing": (*CHUNKED, "S. " + SIZED, "FIN"),
    "no_chunk_at_all": (*CHUNKED, "FIN"),
    "empty_line_behind_the_last_chunk_missing": (*CHUNKED, "S. " + SIZED, "S: 0", "FIN"),
    "chunks_stall": (*CHUNKED, "S. " + chunk(ALL[:500]), "SILENCE"),
    "trailers_without_end": (*CHUNKED, "S. " + SIZED, "S: 0", "S. " + MORE, "SILENCE"),
}  # fmt: skip
CODINGS: dict[str, tuple[str, ...]] = {
    "gzip_where_it_is_taken": (
        *GET, *comes("200 OK", "Date: *", "Vary: Accept-Encoding", LENGTH), BODY,
        *asks("GET", "/file", "Accept-Encoding: gzip"),
        *comes("200 OK", "Date: *", "Vary: Accept-Encoding", "Content-Encoding: gzip",
               "Content-Length: *"),
        "S. \x1f\x8b", "S# 200",
    ),
    "gzip_though_not_asked": coded(ZIPPED),
    "gzip_in_two_members": coded(TWO),
    "gzip_with_garbage_behind": coded(ZIPPED + b"\0\0garbage"),
    "gzip_cut_inside": coded(ZIPPED[:-20]),
    "gzip_with_a_wrong_checksum": coded(ZIPPED[:-8] + bytes(4) + ZIPPED[-4:]),
    "gzip_that_is_none": coded(CONTENT),
    "gzip_of_nothing": coded(b""),
    "deflate_without_its_wrapper": coded(BARE, "deflate"),
    "coded_twice": coded(gzip.compress(zlib.compress(CONTENT), mtime=0), "deflate, gzip"),
    "unknown_content_coding": coded(SECRET, "x-secret"),
}  # fmt: skip


def moved(location: str, status: str = "302 Found") -> tuple[str, ...]:
    return (*GET, *made(status, 5, f"Location: {location}"), "S. moved")


REDIRECTS: dict[str, tuple[str, ...]] = {
    "redirect_to_a_relative_path": (*moved("./a/../new"), *asks("GET", "/new"), *GOOD),
    "redirect_to_a_query_alone": (*moved("?again"), *asks("GET", "/file?again"), *GOOD),
    "redirect_to_a_path_that_is_no_uri": (
        *moved("/a caf\xe9"), *asks("GET", "/a%20caf%C3%A9"), *GOOD,
        *asks("GET", "/a%20caf%E9"), *GOOD,
    ),
    "redirect_308": (*moved("/new", "308 Permanent Redirect"), *asks("GET", "/new"), *GOOD),
    "closed_behind_the_redirect": (
        *GET, *comes("302 Found", "Location: /new", "Connection: keep-alive", "Date: *",
                     "Content-Length: 5"),
        "S. moved", "FIN", "NEXT", *asks("GET", "/new"), *GOOD, "SILENCE",
    ),
    "redirect_to_itself": (*moved("/file"), *moved("/file"), "SILENCE"),
    "redirects_without_end": (
        *GET, *made("302 Found", 0, "Location: /filex"),
        *asks("GET", "/filex"), *made("302 Found", 0, "Location: /filexx"),
        *asks("GET", "/filexx"), *made("302 Found", 0, "Location: /filexxx"),
    ),
    "redirect_without_location": (*GET, *made("302 Found", 5), "S. moved", "SILENCE"),
    "redirect_to_a_local_file": (*moved("file:///etc/passwd"), "SILENCE"),
    "redirect_to_an_unknown_scheme": (*moved("gibberish:it"), "SILENCE"),
}  # fmt: skip
POSTS: dict[str, tuple[str, ...]] = {
    "post_done_and_answer_lost": (*POST_HEAD, "SILENCE", "C. " + ALL, "FIN"),
    "post_done_and_reset": (*POST_HEAD, "SILENCE", "C. " + ALL, "RST"),
    "post_done_and_never_answered": (*POST, "SILENCE"),
    "post_done_and_answer_cut": (*POST, "S: HTTP/1.1 200 OK", "S. Content-Le", "FIN"),
    "post_never_read_once": ("FIN", "NEXT", *POST, *STORED),
    "post_refused_before_it_is_read": (
        *POST_HEAD, "S: HTTP/1.1 413 *", "S: Date: *", "S: Content-Length: 9",
        "S: Connection: close", "S: ", "S. too large", "C. " + ALL, "FIN",
    ),
    "post_closed_while_it_is_read": (
        *POST_HEAD, "C. " + ALL[:-101], "SILENCE", "C. " + ALL[-101], "FIN",
    ),
    "post_reset_while_it_is_read": (*POST_HEAD, "RST"),
    "post_forbidden": (*POST, *made("403 Forbidden", 7), "S. not you", "SILENCE"),
    "post_answered_with_500": (*POST, *made("500 Internal Server Error", 4), "S. oops"),
    "post_unavailable_once": (
        *POST, *made("503 Service Unavailable", 4, "Retry-After: 0"), "S. busy", *POST, *STORED,
    ),
    "post_answered_with_100_first": (*POST, *comes("100 Continue"), *STORED, "SILENCE"),
    "post_answered_with_201": (*POST, *made("201 Created", 0, "Location: /file/1"), "SILENCE"),
    "post_answered_with_204": (*POST, *comes("204 No Content", "Date: *"), "SILENCE"),
    "post_answered_with_303": (
        *POST, *made("303 See Other", 0, "Location: /thanks"),
        *asks("GET", "/thanks"), *made("200 OK", 9), "S. thank you",
    ),
    "post_redirected_with_307": (
        *POST, *made("307 Temporary Redirect", 0, "Location: /new"),
        *asks("POST", "/new", LENGTH), "C. " + ALL, *STORED,
        *asks("GET", "/new"), *made("200 OK", 12), "S. nothing here",
    ),
}  # fmt: skip
UNTRUSTED = "unable to get local issuer|self.signed certificate in certificate chain"
TLS: dict[str, tuple[str, ...]] = {
    "certificate_expired": ("TLS! certificate has expired",),
    "certificate_not_yet_valid": ("TLS! certificate is not yet valid",),
    "certificate_for_another_host": ("TLS! Hostname mismatch",),
    "certificate_self_signed": ("TLS! : self.signed certificate",),
    "certificate_by_an_unknown_authority": (f"TLS! {UNTRUSTED}",),
    "certificate_without_its_chain": ("TLS! unable to get local issuer",),
    "certificate_for_another_purpose": ("TLS! (?i)unsuitable certificate purpose",),
    "certificate_with_a_common_name_alone": ("TLS", *GET, *GOOD),
    "handshake_never_answered": ("HELLO", "SILENCE"),
    "handshake_refused": ("HELLO", "S. \x15\x03\x03\x00\x02\x02\x28", "FIN"),
    "server_name_not_known": ("HELLO", "S. \x15\x03\x03\x00\x02\x02\x70", "FIN"),
    "handshake_cut": ("HELLO", "S. \x16\x03\x03", "S# 27", "FIN"),
    "plain_answer_where_tls_is_expected": (
        "HELLO", *comes("400 Bad Request", "Content-Length: 0"), "FIN",
    ),
    "tls_1_0_and_no_other": ("TLS! (?i)protocol.version",),
    "body_without_length_cut_in_tls": (
        "TLS", *GET, *comes("200 OK", "Date: *", "Connection: close"), text(CONTENT[:100]), "CUT",
    ),
    "whole_body_and_no_close_notify": ("TLS", *GET, *GOOD, "CUT"),
    "body_stalls_in_tls": ("TLS", *WHOLE, text(CONTENT[:100]), "SILENCE"),
    "request_answered_by_close_notify": ("TLS", *GET, "FIN"),
}  # fmt: skip
TABLE = CONNECT | STATUS | HEADERS | BODIES | CHUNKS | CODINGS | REDIRECTS | POSTS | TLS

# Those whose raw client has to meet an error of TLS: what it says.
ERRORS = {
    "plain_text_behind_the_handshake": r"(?i)line 4, .*wrong.version.number",
    "client_certificate_wanted": "(?i)line [1-4], .*(certificate.required|reset|broken pipe)",
}


def test_the_table_has_every_case() -> None:
    assert TABLE.keys() | ERRORS.keys() == {case.name for case in cases("http")}


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, play) -> None:
    play("http", name, TABLE[name])


@pytest.mark.parametrize("name", ERRORS)
def test_on_the_wire_of_tls(name: str, play) -> None:
    with pytest.raises(AssertionError, match=ERRORS[name]):
        play("http", name, ("TLS", *GET, "S# 1"))


def test_what_is_coded_says_what_it_should() -> None:
    assert unzipped(ZIPPED) == CONTENT
    assert unzipped(TWO) == CONTENT[:100]
    assert zlib.decompress(BARE, wbits=-15) == CONTENT
    assert unzipped(ZIPPED[:-20]) != CONTENT


def test_there_are_enough() -> None:
    known = cases("http")
    assert len(known) >= 60
    assert len([case for case in known if case.phase == "tls"]) >= 8
