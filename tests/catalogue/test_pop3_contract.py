"""poplib through every case of POP3, and clients that break the contract."""

import contextlib
import poplib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from fakefarm import EdgeCase, edge_cases
from fakefarm.contract import standard

CASES = {case.name: case for case in edge_cases("pop3")}
FAMILY = (poplib.error_proto, OSError)

# What poplib gets wrong; the contract is kept in all the others.
BROKEN = {
    # IndexError and ValueError in place of error_proto.
    "stat_without_numbers": "crashed",
    "stat_in_words": "crashed",
    # It takes whatever has come for the answer: here that of PASS for that of STAT. Who does not
    # ask STAT gets a status line in the message, see below.
    "name_answered_twice": "crashed",
}
# Where it gets through though it need not.
GETS_THROUGH = {
    "answer_injected_behind_stls",
    "bytes_that_are_no_text",
    "capa_without_its_end",
    "final_dot_with_a_bare_lf",
    "greeting_without_a_timestamp",
    "lines_end_in_bare_lf",
    "sasl_refused",
    "sizes_too_small",
    "stat_counts_more_than_there_are",
    "top_offered_and_unknown",
}
# Where nothing tells it that the server has gone silent but its own timeout.
SILENT = {
    "greeting_never_comes",
    "list_without_its_end",
    "login_never_answered",
    "message_never_comes",
    "message_stops_in_the_middle",
    "quit_never_answered",
    "stls_accepted_and_silent",
}
NOT_MET = {"sasl_refused"}  # poplib has no AUTH


@pytest.mark.parametrize("name", CASES)
def test_poplib(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard, "PATIENCE", 0.2 if name in SILENT else 5.0)
    case = CASES[name]
    verdict = case.check(fetch=standard.pop3_fetch, errors=FAMILY)
    assert verdict.word == BROKEN.get(name, "kept"), str(verdict)
    assert verdict.met == (name not in NOT_MET)
    if case.expect == "either":
        assert (verdict.error is None) == (name in GETS_THROUGH), verdict.error


# --- what poplib does where more is asked


def fetch(target: Any, *before: str) -> bytes:
    """RETR, behind what is asked before it; what is optional may be refused."""
    client = poplib.POP3(target.host, target.port, timeout=0.5)
    try:
        for question in before:
            with contextlib.suppress(poplib.error_proto):
                getattr(client, question)()
        client.user(target.user)
        client.pass_(target.password)
        with contextlib.suppress(poplib.error_proto):
            client.uidl()
        with contextlib.suppress(poplib.error_proto):
            client.top(1, 0)
        _, lines, _ = client.retr(1)
        client.quit()
    finally:
        if client.sock is not None:
            client.close()
    return b"\n".join(lines)


@pytest.mark.parametrize("name", ["uidl_unknown", "capa_unknown", "top_offered_and_unknown"])
def test_what_is_optional(name: str) -> None:
    asked: list[Any] = []

    def ask(target: Any) -> bytes:
        asked.append(target.fake)
        return fetch(target, "capa")

    verdict = CASES[name].check(fetch=ask, errors=FAMILY)
    assert verdict.kept
    assert verdict.error is None
    assert {"CAPA", "UIDL", "TOP"} <= set(asked[0].commands)


def test_capa_without_its_end() -> None:
    verdict = CASES["capa_without_its_end"].check(fetch=lambda t: fetch(t, "capa"), errors=FAMILY)
    assert verdict.kept
    assert isinstance(verdict.error, TimeoutError)


# --- clients that break it


def hasty(target: Any) -> bytes:
    """poplib without a look at what there is, and without a goodbye."""
    client = poplib.POP3(target.host, target.port, timeout=0.5)
    try:
        client.user(target.user)
        client.pass_(target.password)
        return b"\n".join(client.retr(1)[1])
    finally:
        client.close()


def patient(target: Any) -> bytes:
    """Has no timeout."""
    client = poplib.POP3(target.host, target.port)
    try:
        client.user(target.user)
        client.pass_(target.password)
        return b"\n".join(client.retr(1)[1])
    finally:
        client.close()


@contextlib.contextmanager
def said(target: Any, *lines: bytes) -> Iterator[tuple[Any, bytes]]:
    """What comes behind the greeting, a login and these lines, and the answer to the first one."""
    address = target.host, target.port
    with socket.create_connection(address, timeout=5) as sock, sock.makefile("rb") as answers:
        heard = [answers.readline()]
        for line in (b"USER ann", b"PASS x", *lines):
            sock.sendall(line + b"\r\n")
            heard.append(answers.readline())
        assert all(answer.startswith(b"+OK") for answer in heard)
        yield answers, heard[3]


def ends_too_early(target: Any) -> bytes:
    """Looks for the end of the message at the end of what has come so far."""
    data = b""
    with said(target, b"RETR 1") as (answers, _):
        while not data.endswith(b".\r\n") and (more := answers.read1()):
            data += more
    return data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


def to_the_end(target: Any) -> bytes:
    """Takes the end of the connection for the end of the message."""
    with said(target, b"RETR 1") as (answers, _):
        lines = iter(answers.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") for line in iter(lambda: next(lines), b""))


def by_size(target: Any) -> bytes:
    """Takes the size in STAT for the length of the message."""
    with said(target, b"STAT", b"RETR 1") as (answers, stat):
        return answers.read(int(stat.split()[2]))


def careless(target: Any) -> bytes:
    """Takes TLS where it gets it, trusts anybody, and logs in in any case."""
    client = poplib.POP3(target.host, target.port, timeout=5)
    try:
        with contextlib.suppress(poplib.error_proto):
            client.stls(context=ssl._create_unverified_context())
        client.user(target.user)
        client.pass_(target.password)
        return b"\n".join(client.retr(1)[1])
    finally:
        client.close()


def content(target: Any) -> bytes | None:
    """Says that there is nothing, whatever went wrong: which is no lie."""
    with contextlib.suppress(poplib.error_proto, OSError):
        return hasty(target)
    return None


VERDICTS = [
    ("message_cut", hasty, "kept"),
    ("message_cut", content, "kept"),
    ("message_in_pieces", hasty, "kept"),
    # A status line in front of the message, and half a message, which poplib cannot tell.
    ("name_answered_twice", hasty, "lied"),
    ("unstuffed_dot", hasty, "lied"),
    ("message_never_comes", patient, "hung"),
    ("login_never_answered", patient, "hung"),
    ("pause_behind_a_stuffed_dot", ends_too_early, "lied"),
    ("message_cut", ends_too_early, "lied"),
    ("message_cut", to_the_end, "lied"),
    ("message_without_its_final_dot", to_the_end, "succeeded"),
    ("pause_before_the_final_dot", to_the_end, "kept"),
    ("sizes_too_small", by_size, "lied"),
    ("stls_stripped", careless, "leaked"),
    ("stls_refused", careless, "leaked"),
    ("capabilities_only_behind_tls", careless, "leaked"),
    ("certificate_expired", careless, "succeeded"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Any, word: str) -> None:
    case: EdgeCase = CASES[name]
    verdict = case.check(fetch=client, errors=FAMILY, deadline=0.3 if client is patient else 5)
    assert verdict.word == word, str(verdict)
