"""smtplib through every case of SMTP, and clients that break the contract."""

import base64
import contextlib
import smtplib
import socket
import ssl
from typing import Any

import pytest

from fakefarm import EdgeCase, edge_cases
from fakefarm.contract import standard

CASES = {case.name: case for case in edge_cases("smtp")}
FAMILY = (smtplib.SMTPException, OSError)

# What smtplib gets wrong; the contract is kept in all the others.
BROKEN = {
    # The end of its `with` block raises what QUIT is answered with, though the message is delivered
    # (CPython's test_with_statement_QUIT_failure has it so): who tries again sends it twice.
    "quit_421": "failed",
}
# Where it gets through though it need not.
GETS_THROUGH = {
    "ehlo_with_malformed_extensions",
    "first_mechanism_not_known_after_all",
    "greeting_ends_in_a_bare_lf",
    "mechanisms_in_the_old_spelling",
    "reply_injected_behind_starttls",
    "reply_to_the_message_without_its_line_end",
    "reset_behind_the_250",
}
# Where nothing tells it that the server has gone silent but its own timeout.
SILENT = {
    "content_never_read_to_its_end",
    "data_never_answered",
    "ehlo_never_answered",
    "greeting_never_comes",
    "greeting_of_endless_lines",
    "message_never_answered",
    "quit_never_answered",
    "recipient_never_answered",
    "starttls_accepted_and_silent",
}


@pytest.mark.parametrize("name", CASES)
def test_smtplib(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard, "PATIENCE", 0.2 if name in SILENT else 5.0)
    case = CASES[name]
    verdict = case.check(send=standard.send, errors=FAMILY)
    assert verdict.word == BROKEN.get(name, "kept"), str(verdict)
    assert verdict.met
    if case.expect == "either":
        assert (verdict.error is None) == (name in GETS_THROUGH), verdict.error


# --- clients that break it


def deliver(client: smtplib.SMTP, target: Any) -> None:
    client.sendmail("ann@example.com", ["bob@example.com"], target.content)


def careful(target: Any) -> None:
    """Not one of the bad ones: reports what goes wrong before the 250, and nothing behind it."""
    client = smtplib.SMTP(target.host, target.port, timeout=0.7)
    try:
        deliver(client, target)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            client.quit()
    finally:
        client.close()


def liar(target: Any) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        careful(target)


def persistent(target: Any) -> None:
    """Sends again whatever it was that went wrong."""
    try:
        careful(target)
    except (smtplib.SMTPException, OSError):
        careful(target)


def patient(target: Any) -> None:
    """Has no timeout."""
    with smtplib.SMTP(target.host, target.port) as client:
        deliver(client, target)


def unstuffed(target: Any) -> None:
    """Does not know that a line with a dot ends the message."""
    with socket.create_connection((target.host, target.port), timeout=5) as sock:
        answers = sock.makefile("rb")
        said = (b"HELO me", b"MAIL FROM:<ann@example.com>", b"RCPT TO:<bob@example.com>", b"DATA")
        for line in (b"", *said, target.content + b"."):
            sock.sendall(line + b"\r\n" if line else b"")
            assert answers.readline()[:1] in b"23"
        answers.close()


def eager(target: Any) -> None:
    """Takes TLS where it gets it, trusts anybody, and logs in in any case."""
    anybody = ssl._create_unverified_context()
    with smtplib.SMTP(target.host, target.port, timeout=2) as client:
        with contextlib.suppress(smtplib.SMTPException):
            client.starttls(context=anybody)
        client.ehlo()
        credentials = f"\0{target.user}\0{target.password}".encode()
        client.docmd("AUTH", "PLAIN " + base64.b64encode(credentials).decode())
        deliver(client, target)


def logging_in(target: Any) -> None:
    """smtplib without `with`, whose QUIT hides what went wrong behind the answer to QUIT."""
    client = smtplib.SMTP_SSL(target.host, target.port, timeout=5, context=standard.context(target))
    try:
        client.login(target.user, target.password)
        deliver(client, target)
    finally:
        client.close()


def clumsy(target: Any) -> None:
    """Raises what nobody expects of a mailer where EHLO was not understood."""
    with smtplib.SMTP(target.host, target.port, timeout=2) as client:
        client.ehlo()
        assert client.esmtp_features["size"]
        deliver(client, target)


VERDICTS = [
    ("quit_421", careful, "kept"),
    ("recipient_refused", careful, "kept"),
    ("recipient_refused", liar, "lied"),
    ("greeting_cut_in_its_code", liar, "lied"),
    ("reply_lost_after_the_message_is_stored", liar, "succeeded"),
    ("reply_to_the_message_cut", persistent, "duplicated"),
    ("reply_lost_by_a_reset", persistent, "duplicated"),
    ("message_never_answered", persistent, "duplicated"),
    ("message_refused", persistent, "kept"),
    ("greeting_never_comes", patient, "hung"),
    ("data_never_answered", patient, "hung"),
    ("message_answered_in_pieces", unstuffed, "lied"),
    ("starttls_stripped", eager, "leaked"),
    ("starttls_refused", eager, "leaked"),
    ("certificate_expired", eager, "succeeded"),
    ("certificate_for_another_host", eager, "succeeded"),
    # It has not seen the certificate, and is told to.
    ("certificate_expired", careful, "kept"),
    ("certificate_for_another_host", careful, "kept"),
    ("certificate_self_signed", careful, "kept"),
    ("reply_injected_behind_starttls", eager, "kept"),
    ("ehlo_rejected", clumsy, "crashed"),
    ("login_refused", logging_in, "kept"),
    ("challenge_is_no_base64", logging_in, "crashed"),  # binascii.Error, a ValueError
    ("challenges_without_end", logging_in, "kept"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Any, word: str) -> None:
    case: EdgeCase = CASES[name]
    verdict = case.check(send=client, errors=FAMILY, deadline=0.3 if client is patient else 5)
    assert verdict.word == word, str(verdict)
