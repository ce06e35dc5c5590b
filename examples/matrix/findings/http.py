"""HTTP. Several clients stand on http.client, or have the same habits: a finding may name many."""

from __future__ import annotations

from .finding import Finding


def each(clients: str, word: str, cases: str, text: str) -> list[Finding]:
    """The same of several clients."""
    return [Finding("http", client, word, cases, text) for client in clients.split()]


BROKEN_HEADS = "head_cut_behind_the_status_line head_cut_in_a_header"
LENGTHS = "length_is_negative length_is_no_number length_with_a_sign"

FINDINGS = [
    # --- the end of the connection
    *each(
        "http.client urllib.request requests urllib3 wget",
        "lied",
        f"status_line_cut {BROKEN_HEADS}",
        "The end of the connection in the middle of the head is taken for the end of the head: an "
        "answer that was cut there is an empty page.",
    ),
    *each(
        "curl",
        "lied",
        BROKEN_HEADS,
        "The end of the connection in the middle of the head is taken for the end of the head: an "
        "answer that was cut there is an empty page, and the exit status is 0.",
    ),
    *each(
        "http.client urllib.request requests urllib3 curl wget",
        "succeeded",
        "post_done_and_answer_cut",
        "The same for a POST: an answer that was cut in its head is a success.",
    ),
    *each(
        "http.client urllib.request requests httpx aiohttp urllib3 curl",
        "lied",
        "body_without_length_cut_in_tls",
        "Content without a length may end without close_notify: what an attacker has cut off is "
        "not missed.",
    ),
    *each(
        "aiohttp",
        "lied",
        "body_without_length_cut_by_a_reset",
        "Content without a length may end with RST: the part that came is taken for the whole.",
    ),
    *each(
        "wget",
        "lied",
        "chunk_cut chunk_longer_than_its_size",
        "Where the connection ends inside a chunk, or the chunks are out of step, what came is "
        "taken for the whole.",
    ),
    # --- lengths
    *each(
        "http.client urllib.request requests urllib3",
        "succeeded",
        LENGTHS,
        "A Content-Length that is no number, or is negative, is passed over, and all up to the end "
        "is the content; one with a plus sign is taken.",
    ),
    *each(
        "wget",
        "succeeded",
        "length_is_negative length_with_a_sign length_that_no_integer_holds",
        "A Content-Length that is none (negative, with a plus sign, too large) is passed over, and "
        "all up to the end is the content.",
    ),
    *each(
        "wget",
        "lied",
        "length_is_no_number",
        "A Content-Length that is a word is taken for 0: the page is empty, and the exit status 0.",
    ),
    *each(
        "curl",
        "succeeded",
        "length_with_a_sign length_that_no_integer_holds",
        "A Content-Length with a plus sign is taken, and one that is too large is passed over.",
    ),
    *each(
        "http.client urllib.request wget",
        "lied",
        "two_different_lengths",
        "Of two Content-Lengths that differ, the first counts: what is behind it is cut off.",
    ),
    *each(
        "curl",
        "succeeded",
        "two_different_lengths",
        "Of two Content-Lengths that differ, the last counts, and that is not reported.",
    ),
    *each(
        "http.client urllib.request urllib3",
        "crashed",
        "length_that_no_integer_holds chunk_size_that_no_integer_holds",
        "A length, or the size of a chunk, that is too large raises OverflowError.",
    ),
    *each(
        "http.client urllib.request requests urllib3",
        "crashed",
        "chunk_size_is_negative",
        "A negative size of a chunk raises ValueError.",
    ),
    *each(
        "wget",
        "lied",
        "chunk_size_that_no_integer_holds",
        "The size of a chunk overflows: what follows is brought back, chunks and all, as the page.",
    ),
    # --- codings
    *each(
        "http.client urllib.request wget",
        "lied",
        "gzip_though_not_asked gzip_in_two_members gzip_with_garbage_behind gzip_cut_inside "
        "gzip_with_a_wrong_checksum deflate_without_its_wrapper coded_twice "
        "unknown_content_coding",
        "It does not look at Content-Encoding: compressed content is handed over as it is, and "
        "without a word, as it is documented: that is left to its user (wget has --compression).",
    ),
    *each(
        "requests httpx aiohttp urllib3 curl",
        "lied",
        "gzip_cut_inside",
        "The end of compressed content is not missed: what could be unpacked of it is taken for "
        "the whole.",
    ),
    *each(
        "requests httpx aiohttp urllib3",
        "lied",
        "unknown_content_coding",
        "Content of a coding that it does not know is handed over as it is, and without a word.",
    ),
    *each(
        "httpx",
        "lied",
        "gzip_in_two_members",
        "Of compressed content of several members it takes the first for all.",
    ),
    *each(
        "aiohttp",
        "lied",
        "coded_twice",
        "Content that is coded twice is handed over as it is, and without a word.",
    ),
    *each(
        "requests aiohttp",
        "lied",
        "unknown_transfer_coding",
        "A transfer coding that it does not know, before chunked, is passed over: what is coded is "
        "handed over as it is.",
    ),
    *each(
        "urllib.request",
        "lied",
        "unknown_transfer_coding",
        "Only where Transfer-Encoding is exactly chunked are chunks taken apart: behind another "
        "coding their sizes become part of the page.",
    ),
    # --- the head
    *each(
        "http.client urllib.request",
        "lied",
        "bare_cr_in_a_header",
        "A CR in the middle of a header is taken for the end of the line: what stands behind it "
        "becomes a header of its own, here a Content-Length.",
    ),
    *each(
        "http.client urllib.request requests urllib3",
        "lied",
        "header_without_colon_hides_the_length",
        "A line without colon ends the head: the Content-Length behind it is lost, and content "
        "that was cut is not missed.",
    ),
    *each(
        "urllib.request",
        "crashed",
        "chunk_with_an_endless_extension another_protocol_answers answer_of_http_0_9 "
        "header_of_100_000_bytes headers_by_the_hundreds headers_without_end code_is_no_number "
        "code_of_two_digits version_that_is_none version_0_5_once empty_line_before_the_answer "
        "status_line_without_end interim_100_with_endless_headers",
        "An answer that is no HTTP, or passes a limit, raises an exception of http.client, which "
        "is no URLError, though that is what urlopen() says that it raises on protocol errors.",
    ),
    *each(
        "wget",
        "lied",
        "another_protocol_answers",
        "Whatever is no HTTP is taken for a page of HTTP/0.9: the greeting of a mail server, here.",
    ),
    *each(
        "wget",
        "succeeded",
        "version_that_is_none",
        "It does not mind a version of HTTP that there is none of.",
    ),
    # --- the status
    *each(
        "http.client urllib.request urllib3",
        "failed",
        "interim_103 interim_answers_of_several_kinds",
        "Of the interim answers it passes over 100 alone: a 102 or 103 is taken for the answer.",
    ),
    *each(
        "requests",
        "lied",
        "interim_103 interim_answers_of_several_kinds",
        "A 102 or 103 is taken for the answer, and raise_for_status() says nothing of it: the page "
        "is empty.",
    ),
    *each(
        "requests",
        "lied",
        "redirect_without_location code_over_599 protocol_switched_unasked "
        "not_modified_though_unasked",
        "raise_for_status() raises for 400 to 599 alone: 101, a 302 without Location, 304 and 700 "
        "are successes.",
    ),
    *each(
        "aiohttp",
        "lied",
        "redirect_without_location protocol_switched_unasked not_modified_though_unasked",
        "raise_for_status raises from 400 on alone: 101, a 302 without Location and 304 are "
        "successes.",
    ),
    *each(
        "curl",
        "lied",
        "redirect_without_location not_modified_though_unasked",
        "--fail is about 400 and above alone: a 302 without Location and a 304 are successes.",
    ),
    *each(
        "urllib.request requests httpx aiohttp curl wget",
        "lied",
        "part_though_unasked",
        "A 206 that nobody asked for is a success: the part is taken for the whole.",
    ),
    *each(
        "requests",
        "crashed",
        "redirect_to_a_path_that_is_no_uri",
        "A Location that is no UTF-8 raises UnicodeDecodeError.",
    ),
    # --- TLS
    *each(
        "wget",
        "succeeded",
        "certificate_for_another_purpose tls_1_0_and_no_other",
        "With GnuTLS, as Debian builds it, it takes a certificate that is not for servers, and "
        "TLS 1.0.",
    ),
]
