"""The command line: list, serve, check."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from raw_client import PATIENCE

from fakefarm.cli import main

GOOD = (
    f"{sys.executable} -c 'import sys, urllib.request;"
    "sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=5).read())' {url}"
)
# It takes what comes for all there is.
LIAR = (
    f"{sys.executable} -c 'import sys, urllib.request;"
    "answer = urllib.request.urlopen(sys.argv[1], timeout=5);"
    'sys.stdout.buffer.write(b"".join(iter(lambda: answer.read(500), b"")))\' {url}'
)
# It does not know what TLS is.
PLAIN = (
    f'{sys.executable} -c \'import os, sys; os.environ.pop("SSL_CERT_FILE", None);'
    "import urllib.request;"
    "sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=5).read())' {url}"
)


def test_list(capsys: Any) -> None:
    assert main(["list", "http"]) == 0
    text = capsys.readouterr().out
    assert "body_cut_short" in text
    assert "RFC 9112 section 8" in text
    assert main(["list"]) == 0
    assert "smtp:" in capsys.readouterr().out


def test_check_a_program(capsys: Any) -> None:
    assert main(["check", "http", "--get", GOOD, "--only", "body_cut_short"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "ok   body_cut_short" in told.out
    assert "1 edge cases: 1 kept" in told.out


def test_check_a_program_that_lies(capsys: Any, tmp_path: Path) -> None:
    junit = tmp_path / "report.xml"
    arguments = ["--only", "body_cut_before_*", "--json", "--junit", str(junit)]
    assert main(["check", "http", "--get", LIAR, *arguments]) == 1
    told = capsys.readouterr()
    assert "FAIL body_cut_before_its_first_byte" in told.err
    verdicts = json.loads(told.out)
    assert {verdict["verdict"] for verdict in verdicts} == {"lied"}
    assert verdicts[0]["met"] is True
    suite = ElementTree.fromstring(junit.read_text())
    assert suite.get("failures") == str(len(verdicts))
    assert suite[0][0].get("type") == "lied"


def test_what_breaks_the_contract_is_told_with_its_reasons(capsys: Any) -> None:
    assert main(["check", "smtp", "--only", "ending/quit_421"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("FAIL quit_421 ")
    assert "QUIT is answered with 421" in told[1]
    assert "test_with_statement_QUIT_failure" in told[1]
    assert told[2].startswith("       its error: SMTPResponseException: (421")
    assert told[3:] == ["1 edge cases: 1 failed"]


def test_a_report_that_cannot_be_written_is_told_before_the_work(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["check", "http", "--only", "body_cut_short", "--junit", "no/such/folder/report.xml"])
    told = capsys.readouterr()
    assert "no/such/folder" in told.err
    assert "body_cut_short" not in told.out


def test_a_client_that_never_asks_for_tls_is_not_checked_with_it(capsys: Any) -> None:
    source = (
        "import smtplib, sys; smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=5).sendmail("
        '"ann@example.com", ["bob@example.com"], sys.stdin.read())'
    )
    command = f"{sys.executable} -c '{source}' {{host}} {{port}}"
    only = ["--only", "certificate_expired", "--only", "ehlo_rejected"]
    assert main(["check", "smtp", "--send", command, *only]) == 0
    told = capsys.readouterr()
    assert "LEFT OUT send, tls=starttls" in told.err
    assert "Must issue a STARTTLS" in told.err
    assert told.out.endswith("1 edge cases: 1 kept, 1 left out\n")


def test_a_client_that_does_not_get_through_where_nothing_goes_wrong(capsys: Any) -> None:
    """What it does in an edge case would say nothing."""
    cases = ["--only", "body_cut_short", "--only", "whole_body_and_no_close_notify"]
    assert main(["check", "http", "--get", PLAIN, *cases]) == 0
    told = capsys.readouterr()
    assert "LEFT OUT get, tls=implicit: the client does not get through" in told.err
    assert "CERTIFICATE_VERIFY_FAILED" in told.err
    assert told.out.endswith("1 edge cases: 1 kept, 1 left out\n")
    with pytest.raises(SystemExit) as caught:
        main(["check", "http", "--get", PLAIN, *cases[2:]])
    assert caught.value.code == 2


def test_a_program_is_told_whom_to_trust(capsys: Any) -> None:
    """By `{ca}`, and by the environment, which urllib looks into."""
    told = (
        f"{sys.executable} -c 'import os, sys, urllib.request;"
        'assert sys.argv[2] == os.environ["SSL_CERT_FILE"];'
        "sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=5).read())' {url} {ca}"
    )
    case = "whole_body_and_no_close_notify"
    assert main(["check", "http", "--get", told, "--only", case]) == 0
    assert "1 kept" in capsys.readouterr().out


def test_who_reads_the_list_may_have_enough() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "fakefarm", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline().startswith(b"smtp")
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(PATIENCE) == 141


def test_check_the_standard_library(capsys: Any) -> None:
    assert main(["check", "http", "--only", "body_cut_short"]) == 0
    assert "1 kept" in capsys.readouterr().out


def test_a_program_that_hangs_is_ended(capsys: Any) -> None:
    patient = GOOD.replace(", timeout=5", "")
    arguments = ["check", "http", "--get", patient, "--only", "request_never_answered"]
    assert main([*arguments, "--deadline", "2"]) == 1
    assert "hung" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "http", "--send", "x"], "http has no --send; it has --get --post"),
        (["check", "http", "--get", "x {nonsense}"], "the words in braces are"),
        (["check", "http", "--get", ""], "name a program"),
        (["check", "http", "--get", "no-such-program {url}"], "no program 'no-such-program'"),
        (["check", "http", "--only", "nothing_like_it"], "no edge case is left"),
        (["serve", "http", "--edge-case", "body_cut_shrt"], "'body_cut_short'"),
        (["serve", "http", "--tls", "starttls"], "offers 'implicit'"),
        (["serve", "http", "--host", "192.0.2.1"], "no loopback|not a loopback"),
    ],
)
def test_mistakes(arguments: list[str], says: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    import re

    assert re.search(says, capsys.readouterr().err)


def test_serve_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "fakefarm", "serve", "http", "--edge-case", "body_cut_short"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        assert server.stdout is not None
        said = server.stderr.readline()
        assert said.startswith("FakeHTTP on http://127.0.0.1:")
        with urlopen(said.split()[2], timeout=PATIENCE) as answer:
            assert answer.read(200) == b"x" * 100
        rows = [server.stdout.readline()]
        while "closed" not in rows[-1]:
            rows.append(server.stdout.readline())
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)
        rest = server.stderr.read()
    assert any("GET /file" in row for row in rows)
    assert server.returncode == 130
    assert "Traceback" not in rest
