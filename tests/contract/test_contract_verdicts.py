"""The judge sees what a client does wrong, and what it does well."""

import contextlib
import smtplib
import socket
import urllib.request
from typing import Any

import pytest

from fakefarm import BrokenContract, EdgeCase, Verdict, edge_cases
from fakefarm.contract.standard import CLIENTS

MESSAGE = "Subject: x\r\n\r\nhello\r\n"


def send(target: Any) -> None:
    with smtplib.SMTP(target.host, target.port, timeout=5) as client:
        client.sendmail("ann@example.com", ["bob@example.com"], MESSAGE)


def send_and_lie(target: Any) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        send(target)


def send_again(target: Any) -> None:
    try:
        send(target)
    except (OSError, smtplib.SMTPException):
        send(target)


def send_badly(target: Any) -> None:
    raise KeyError("a bug")


def wait_for_ever(target: Any) -> None:
    with socket.create_connection(target.fake.address) as sock:
        while sock.recv(100):
            pass


def get(target: Any) -> bytes:
    with urllib.request.urlopen(target.url, timeout=5) as answer:
        return answer.read()


def get_a_part(target: Any) -> bytes:
    with urllib.request.urlopen(target.url, timeout=5) as answer:
        return answer.read(10)


def refused(fake: Any) -> None:
    fake.on("RCPT").reply(550, "5.1.1 nobody")


def refused_once(fake: Any) -> None:
    fake.on("RCPT").reply(450, "4.2.0 later").once()


def reply_lost(fake: Any) -> None:
    fake.on("message").truncate(after=0).once()


def helo_only(fake: Any) -> None:
    fake.on("EHLO").reply(502, "no")


def dropped(fake: Any) -> None:
    fake.on("message").reply(250, "ok").without_effect()


# What the server does, what is expected, the client, the verdict, and what its detail says.
SENDING: list[tuple[Any, str, Any, str, str]] = [
    (helo_only, "succeeds", send, "kept", "got through"),
    (refused, "fails", send, "kept", "reported a failure"),
    (refused, "succeeds", send, "failed", "had to get through"),
    (refused, "fails", send_and_lie, "lied", "nothing arrived"),
    (refused, "either", send_and_lie, "lied", "nothing arrived"),
    (helo_only, "fails", send, "succeeded", "claims success"),
    (reply_lost, "either", send_again, "duplicated", "did it 2 times"),
    (refused_once, "succeeds", send_again, "kept", "got through"),
    (helo_only, "either", send_badly, "crashed", "outside the family"),
    (dropped, "either", send, "lied", "nothing arrived"),
]


@pytest.mark.parametrize(
    ("arrange", "expect", "client", "word", "detail"),
    SENDING,
    ids=[f"{row[0].__name__}-{row[1]}-{row[2].__name__}" for row in SENDING],
)
def test_who_sends(
    case: Any, arrange: Any, expect: str, client: Any, word: str, detail: str
) -> None:
    verdict = case("smtp", "send", expect, arrange).check(
        send=client, errors=(OSError, smtplib.SMTPException)
    )
    assert verdict.word == word
    assert detail in verdict.detail
    assert verdict.kept is (word == "kept")


def test_who_hangs(case: Any) -> None:
    silent = case("smtp", "send", "fails", lambda fake: fake.on("connect").stall())
    verdict = silent.check(send=wait_for_ever, deadline=0.1)
    assert verdict.word == "hung"
    assert verdict.error is None  # what it raises when the fake is stopped is not its doing
    assert verdict.detail.endswith("the last step was connect")
    assert 0.1 <= verdict.seconds < 5


def test_who_fetches_a_part(case: Any) -> None:
    for expect in ("succeeds", "fails", "either"):
        verdict = case("http", "get", expect).check(get=get_a_part)
        assert verdict.word == "lied"
        assert "brought back the first 10 bytes, and it is 9,263" in verdict.detail
    assert case("http", "get", "succeeds").check(get=get).kept


@pytest.mark.parametrize("mistake", [AttributeError, ImportError, NameError, TypeError])
def test_a_mistake_in_the_program_is_no_report(case: Any, mistake: type[Exception]) -> None:
    def send_wrongly(target: Any) -> None:
        raise mistake

    refuses = case("smtp", "send", "fails", refused)
    assert refuses.check(send=send_wrongly).word == "crashed"
    assert refuses.check(send=send_wrongly, errors=mistake).kept
    assert refuses.check(send=send_badly).kept


def test_who_brings_back_what_cannot_be(case: Any) -> None:
    verdict = case("http", "get", "either").check(get=lambda target: 7)
    assert verdict.word == "lied"
    assert verdict.detail == (
        "brought back what cannot be: 7: an operation that fetches returns bytes, str or the path "
        "of a file"
    )


def test_a_case_may_want_another_thing(case: Any) -> None:
    def other(fake: Any) -> None:
        fake.on("GET").respond(200, b"another")

    assert case("http", "get", "succeeds", other, wants=b"another").check(get=get).kept
    assert case("http", "get", "succeeds", other).check(get=get).word == "lied"


def test_nothing_found_is_a_failure_reported(case: Any) -> None:
    verdict = case("dns", "resolve", "fails").check(resolve=lambda target: [])
    assert verdict.kept
    assert verdict.met is False
    for empty in (b"", ""):
        assert case("http", "get", "fails").check(get=lambda target, e=empty: e).word == "lied"


def test_who_tells_the_password_to_everybody(case: Any) -> None:
    def stripped(fake: Any) -> None:
        fake.capabilities.remove("STARTTLS")

    def careless(target: Any) -> None:
        with smtplib.SMTP(target.host, target.port, timeout=5) as client:
            client.ehlo()
            client.user, client.password = target.user, target.password
            client.auth("PLAIN", client.auth_plain)  # and not by CRAM-MD5, which does not tell it
            client.sendmail("ann@example.com", ["bob@example.com"], MESSAGE)

    leaky = case("smtp", "send", "fails", stripped, {"tls": "starttls"})
    assert leaky.check(send=careless).word == "leaked"
    assert leaky.check(send=CLIENTS["smtp"]["send"]).kept


def test_who_never_comes_to_the_point(case: Any) -> None:
    verdict = case("smtp", "send", "either", lambda fake: fake.on("VRFY").reply(550)).check(
        send=send
    )
    assert verdict.kept
    assert verdict.met is False
    assert "never came to the point" in str(verdict)
    assert case("smtp", "send", "either", helo_only).check(send=send).met is True


def test_the_message_of_a_broken_contract(case: Any) -> None:
    verdict = case("smtp", "send", "fails", refused).check(send=send_and_lie)
    with pytest.raises(BrokenContract) as caught:
        verdict.raise_if_broken()
    text = str(caught.value)
    for part in (
        "smtp made_up: lied",
        "The server does this.",
        "RFC 0000 section 0",
        "report a failure",
        "550 5.1.1 nobody",
    ):
        assert part in text


def test_the_error_of_the_client_is_the_cause(case: Any) -> None:
    verdict = case("smtp", "send", "succeeds", refused).check(send=send)
    with pytest.raises(BrokenContract) as caught:
        verdict.raise_if_broken()
    assert isinstance(caught.value.__cause__, smtplib.SMTPRecipientsRefused)
    assert "SMTPRecipientsRefused" in str(caught.value)


def test_an_exit_is_a_failure_that_is_reported(case: Any) -> None:
    def leave(target: Any) -> None:
        raise SystemExit(1)

    assert case("smtp", "send", "fails", refused).check(send=leave, errors=SystemExit).kept


def test_the_operation_has_to_be_given(case: Any) -> None:
    with pytest.raises(TypeError, match="give send="):
        case("smtp", "send", "fails").check(fetch=send)


def test_what_an_operation_is_given(case: Any) -> None:
    seen: list[Any] = []
    case("ftp", "upload", "either").check(upload=seen.append)
    target = seen[0]
    assert (target.host, target.name) == ("127.0.0.1", "upload.bin")
    assert target.url == f"ftp://127.0.0.1:{target.port}/upload.bin"
    assert target.content[:256] == bytes(range(256))
    assert target.protocol == "ftp"


def test_unknown_protocols() -> None:
    with pytest.raises(ValueError, match="smtp"):
        edge_cases("smpt")


def test_it_says_what_it_is(case: Any) -> None:
    made: EdgeCase = case("smtp", "send", "fails")
    assert repr(made) == "<EdgeCase smtp made_up>"
    verdict: Verdict = made.check(send=send)
    assert isinstance(verdict, Verdict)
