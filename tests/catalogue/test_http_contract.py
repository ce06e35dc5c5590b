"""urllib.request through every case of HTTP, and clients that break the contract."""

import contextlib
import http.client
import ssl
import sys
import urllib.request
from typing import Any

import pytest

from fakefarm import EdgeCase, edge_cases
from fakefarm.catalogue.content import CONTENT
from fakefarm.contract import standard

CASES = {case.name: case for case in edge_cases("http")}
FAMILY = (OSError, http.client.HTTPException)  # URLError is an OSError

# What urllib.request gets wrong; the contract is kept in all the others.
BROKEN = {
    # A head that is cut counts as complete, and its content as empty.
    "status_line_cut": "lied",
    "head_cut_behind_the_status_line": "lied",
    "head_cut_in_a_header": "lied",
    "post_done_and_answer_cut": "succeeded",
    # Headers are read as those of mail: a bare CR ends a line, and a line without colon ends the
    # head, so that the Content-Length behind it is not seen.
    "bare_cr_in_a_header": "lied",
    "header_without_colon_hides_the_length": "lied",
    # The first of two lengths counts; one that is no number is passed over; int() takes a sign, and
    # what is larger than a pointer is an OverflowError, which nobody expects.
    "two_different_lengths": "lied",
    "length_is_negative": "succeeded",
    "length_is_no_number": "succeeded",
    "length_with_a_sign": "succeeded",
    "length_that_no_integer_holds": "crashed",
    "chunk_size_is_negative": "crashed",
    "chunk_size_that_no_integer_holds": "crashed",
    # Any Transfer-Encoding but "chunked" alone is passed over, the sizes of chunks are content.
    "unknown_transfer_coding": "lied",
    # No 1xx but 100 is interim.
    "interim_103": "failed",
    "interim_answers_of_several_kinds": "failed",
    # A part counts as the whole, and what is coded is handed over as it is.
    "part_though_unasked": "lied",
    "gzip_though_not_asked": "lied",
    "gzip_in_two_members": "lied",
    "gzip_with_garbage_behind": "lied",
    "gzip_cut_inside": "lied",
    "gzip_with_a_wrong_checksum": "lied",
    "deflate_without_its_wrapper": "lied",
    "coded_twice": "lied",
    "unknown_content_coding": "lied",
    # The end of TLS is not waited for.
    "body_without_length_cut_in_tls": "lied",
}
# Where it gets through though it need not.
GETS_THROUGH = {
    "body_longer_than_its_length",
    "certificate_with_a_common_name_alone",
    "chunked_and_a_length",
    "chunked_in_http_1_0",
    "closed_behind_the_redirect",
    "empty_line_behind_the_last_chunk_missing",
    "gzip_of_nothing",
    "gzip_that_is_none",
    "header_with_space_before_the_colon",
    "header_without_colon",
    "header_without_name",
    "length_is_a_list",
    "length_said_twice",
    "lines_end_in_a_bare_lf",
    "minor_version_of_the_future",
    "nul_in_a_header",
    "post_answered_with_303",
    "redirect_to_a_path_that_is_no_uri",
    "redirect_to_a_query_alone",
    "redirect_to_a_relative_path",
    "space_behind_the_code_missing",
}
if sys.version_info >= (3, 11):
    GETS_THROUGH.add("redirect_308")  # which it did not know before
# Where nothing tells it that the server has gone silent but its own timeout.
SILENT = {
    "body_stalls",
    "body_stalls_in_tls",
    "body_without_length_and_without_end",
    "body_withheld",
    "chunks_stall",
    "handshake_never_answered",
    "head_stalls",
    "post_done_and_never_answered",
    "request_never_answered",
    "trailers_without_end",
}


@pytest.mark.parametrize("name", CASES)
def test_urllib(name: str, monkeypatch: pytest.MonkeyPatch, patiently: Any) -> None:
    case, word = CASES[name], BROKEN.get(name, "kept")

    def run(patience: float) -> Any:
        monkeypatch.setattr(standard, "PATIENCE", patience)
        return case.check(get=standard.get, post=standard.post, errors=FAMILY)

    patience = (0.3, 1.0, 5.0) if name in SILENT else (5.0,)
    verdict = patiently(run, lambda verdict: verdict.met and verdict.word == word, *patience)
    assert verdict.word == word, str(verdict)
    assert verdict.met
    if case.expect == "either" and verdict.kept:
        assert (verdict.error is None) == (name in GETS_THROUGH), verdict.error


# --- clients that break it


def careful(target: Any) -> bytes:
    """Not one of the bad ones: one request by http.client, and no other."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", target.name)
        answer = connection.getresponse()
        if answer.status != 200:
            raise http.client.HTTPException(answer.status)
        return answer.read()


def liar(target: Any) -> bytes:
    """Gives what there is."""
    try:
        return careful(target)
    except http.client.IncompleteRead as error:
        return error.partial


def blind(target: Any) -> bytes:
    """Does not look at the status."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", target.name)
        return connection.getresponse().read()


def silent(target: Any) -> bytes:
    """Reports nothing: a page that could not be had is an empty one."""
    try:
        return careful(target)
    except (OSError, http.client.HTTPException):
        return b""


def patient(target: Any) -> bytes:
    """Has no timeout."""
    with urllib.request.urlopen(target.url) as answer:
        data: bytes = answer.read()
    return data


def clumsy(target: Any) -> bytes:
    """Raises what nobody expects of a client of HTTP."""
    data = careful(target)
    assert data.endswith(b"the end")
    return data


def credulous(target: Any) -> bytes:
    """Trusts anybody."""
    anybody = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection(target.host, target.port, timeout=5, context=anybody)
    with contextlib.closing(connection):
        connection.request("GET", target.name)
        return connection.getresponse().read()


def stores(target: Any) -> None:
    standard.post(target)


def persistent(target: Any) -> None:
    """Sends again whatever it was that went wrong."""
    try:
        stores(target)
    except (OSError, http.client.HTTPException):
        stores(target)


def forgetful(target: Any) -> None:
    """Goes on with GET where it is to send again elsewhere."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("POST", target.name, target.content)
        answer = connection.getresponse()
        answer.read()
        if answer.status in (303, 307):
            connection.request("GET", answer.headers["Location"])
            connection.getresponse().read()


def steady(target: Any) -> None:
    """Sends again wherever it is led to, also where that is a page about what it has sent."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("POST", target.name, target.content)
        answer = connection.getresponse()
        answer.read()
        if answer.status in (303, 307):
            connection.request("POST", answer.headers["Location"], target.content)
            connection.getresponse().read()


VERDICTS = [
    ("body_cut_short", careful, "kept"),
    ("body_cut_short", liar, "lied"),
    ("body_cut_before_its_first_byte", liar, "lied"),
    ("body_cut_before_its_last_byte", liar, "lied"),
    ("last_chunk_missing", liar, "succeeded"),
    ("not_found_with_a_page", careful, "kept"),
    ("not_found_with_a_page", blind, "lied"),
    ("redirect_without_location", blind, "lied"),
    ("request_answered_by_the_end", silent, "lied"),
    ("no_content_with_a_length", blind, "kept"),
    ("request_never_answered", patient, "hung"),
    ("body_stalls", patient, "hung"),
    ("interim_103", careful, "failed"),
    ("body_cut_short", clumsy, "kept"),
    ("code_is_no_number", clumsy, "kept"),
    ("two_different_lengths", clumsy, "crashed"),
    ("certificate_expired", credulous, "succeeded"),
    ("certificate_for_another_host", credulous, "succeeded"),
    ("handshake_refused", credulous, "kept"),
    ("post_done_and_answer_lost", stores, "kept"),
    ("post_done_and_answer_lost", persistent, "duplicated"),
    ("post_done_and_reset", persistent, "duplicated"),
    ("post_never_read_once", persistent, "kept"),
    ("post_unavailable_once", persistent, "kept"),
    ("post_forbidden", persistent, "kept"),
    ("post_forbidden", forgetful, "lied"),
    ("post_redirected_with_307", forgetful, "lied"),
    ("post_redirected_with_307", steady, "kept"),
    ("post_answered_with_303", forgetful, "kept"),
    ("post_answered_with_303", steady, "duplicated"),
    ("post_answered_with_100_first", steady, "kept"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Any, word: str) -> None:
    case: EdgeCase = CASES[name]
    operations = {case.operation: client}
    verdict = case.check(errors=FAMILY, deadline=0.4 if client is patient else 5, **operations)
    assert verdict.word == word, str(verdict)


def test_an_empty_page_is_a_claim() -> None:
    verdict = CASES["answer_is_late"].check(get=lambda target: b"")
    assert verdict.word == "lied"
    assert f"and it is {len(CONTENT):,} bytes" in verdict.detail
