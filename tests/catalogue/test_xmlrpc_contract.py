"""xmlrpc.client through every case of XML-RPC, and clients that break the contract."""

import contextlib
import http.client
import socket
import xmlrpc.client
from typing import Any

import pytest

from fakefarm import EdgeCase, edge_cases
from fakefarm.contract import standard

CASES = {case.name: case for case in edge_cases("xmlrpc")}
FAMILY = (xmlrpc.client.Error, http.client.HTTPException, OSError)

# What xmlrpc.client gets wrong; the contract is kept in all the others.
BROKEN = {
    # It calls again by itself where the connection ends behind the call, with FIN or with RST, even
    # in the middle of an answer: what is called is done twice.
    "call_read_and_closed": "duplicated",
    "call_read_and_reset": "duplicated",
    "answer_lost_once": "duplicated",
    "answer_cut_by_a_reset": "duplicated",
    # It does not count what it reads: what is cut is an ExpatError, or no error at all.
    "length_too_long": "succeeded",
    **dict.fromkeys(["answer_cut", "answer_cut_before_its_first_byte"], "crashed"),
    "length_too_short": "crashed",
    # ExpatError is not one of the errors that it documents.
    **dict.fromkeys(["answer_is_empty", "answer_is_a_line_of_text", "answer_is_a_page"], "crashed"),
    **dict.fromkeys(["xml_cut_inside", "text_before_the_xml", "text_behind_the_xml"], "crashed"),
    **dict.fromkeys(["empty_line_before_the_xml", "encoding_that_is_wrong"], "crashed"),
    **dict.fromkeys(["character_that_xml_has_not", "entity_that_is_undefined"], "crashed"),
    # Nor are LookupError, EOFError, ValueError, TypeError, IndexError and binascii.Error.
    "encoding_that_is_unknown": "crashed",
    "gzip_cut_inside": "crashed",
    **dict.fromkeys(["int_that_is_a_word", "int_without_digits", "int_of_5000_digits"], "crashed"),
    **dict.fromkeys(["boolean_that_is_a_word", "base64_cut_inside"], "crashed"),
    "member_without_a_name": "crashed",
    **dict.fromkeys(["fault_that_is_a_string", "fault_without_code"], "crashed"),
    # Two values are a tuple of two, none is an empty one, and so is what a call returns that came
    # for an answer; a double may be nan.
    "two_values": "lied",
    **dict.fromkeys(["no_value", "call_for_an_answer"], "lied"),
    "double_that_is_no_number": "lied",
}
# Where it gets through though it need not.
GETS_THROUGH = {
    "entities_that_expand",
    "entity_that_is_a_file",
    "first_connection_closed",
    "int_of_64_bits",
    "int_over_32_bits",
    "nil_though_not_asked",
    "type_is_not_xml",
}
# Where nothing tells it that the server has gone silent but its own timeout.
SILENT = {"answer_stalls", "call_never_answered"}


@pytest.mark.parametrize("name", CASES)
def test_xmlrpc_client(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard, "PATIENCE", 0.3 if name in SILENT else 5.0)
    case = CASES[name]
    verdict = case.check(call=standard.call, errors=FAMILY)
    assert verdict.word == BROKEN.get(name, "kept"), str(verdict)
    assert verdict.met
    if case.expect == "either" and verdict.kept:
        assert (verdict.error is None) == (name in GETS_THROUGH), verdict.error


# --- clients that break it


def careful(target: Any) -> Any:
    """Not one of the bad ones: one POST, and every error one of the family."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=1)
    body = xmlrpc.client.dumps((2, 3), target.name)
    with contextlib.closing(connection):
        connection.request("POST", "/RPC2", body, {"Content-Type": "text/xml"})
        answer = connection.getresponse()
        content = answer.read()
    if answer.status != 200:
        raise http.client.HTTPException(answer.status)
    try:
        values, _ = xmlrpc.client.loads(content)
    except xmlrpc.client.Fault:
        raise
    except Exception as error:
        raise xmlrpc.client.ResponseError from error
    if len(values) != 1 or values[0] != values[0]:
        raise xmlrpc.client.ResponseError
    return values[0]


def liar(target: Any) -> Any:
    """Says that the sum is 0 where there was none."""
    with contextlib.suppress(xmlrpc.client.Error, http.client.HTTPException, OSError):
        return careful(target)
    return 0


def persistent(target: Any) -> Any:
    """Calls again whatever it was that went wrong."""
    try:
        return careful(target)
    except (xmlrpc.client.Error, http.client.HTTPException, OSError):
        return careful(target)


def patient(target: Any) -> Any:
    """Has no timeout."""
    with xmlrpc.client.ServerProxy(target.url) as proxy:
        return proxy.add(2, 3)


def opening(target: Any) -> Any:
    """Opens what an entity says, as XML lets it."""
    careful(target)
    return socket.gethostname()


VERDICTS = [
    ("call_read_and_closed", careful, "kept"),
    ("call_read_and_closed", persistent, "duplicated"),
    ("answer_cut", careful, "kept"),
    ("answer_cut", persistent, "duplicated"),
    ("answer_lost_once", persistent, "duplicated"),
    ("unavailable_once", persistent, "kept"),
    ("fault_once", persistent, "kept"),
    ("fault", persistent, "kept"),
    ("fault", liar, "lied"),
    ("answer_is_a_page", careful, "kept"),
    ("answer_is_a_page", liar, "lied"),
    ("length_too_long", careful, "kept"),
    ("two_values", careful, "kept"),
    ("double_that_is_no_number", careful, "kept"),
    ("entity_that_is_a_file", opening, "lied"),
    ("call_never_answered", patient, "hung"),
    ("answer_stalls", patient, "hung"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Any, word: str) -> None:
    case: EdgeCase = CASES[name]
    verdict = case.check(call=client, errors=FAMILY, deadline=0.4 if client is patient else 5)
    assert verdict.word == word, str(verdict)
