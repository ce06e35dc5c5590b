"""The command, from end to end, with clients of the standard library; and its texts."""

from __future__ import annotations

import dataclasses

import cells
import normal
import pytest
import run
from findings import Finding

from fakefarm._core.tls.certificates import authority

KEPT = "ehlo_rejected"
BROKEN = "quit_421"
ASKED = ["smtp", "--client", "smtplib", "--only", KEPT, "--only", BROKEN]


@pytest.fixture
def ran(tmp_path, capsys):
    """Runs it, and gives the exit status, what it says, and what it writes."""

    def running(*arguments: str) -> tuple[int, str, str, str]:
        status = run.main([*arguments, "--folder", str(tmp_path), "--workers", "1"])
        said = capsys.readouterr().out
        pages = [(tmp_path / name).read_text() for name in ("matrix.md", "matrix.html")]
        return status, said, *pages

    return running


def test_it_runs_what_it_was_asked_for(ran) -> None:
    status, said, text, html = ran(*ASKED)
    assert status == 0
    assert f"| `{KEPT}` | succeed | · |" in text.splitlines()
    assert f"| `{BROKEN}` | succeed | **failed** |" in text.splitlines()
    assert "| smtplib | of Python 3." in text
    assert "1 kept, 1 failed" in said
    assert html.count("<button") == 2


@pytest.fixture
def hurried(monkeypatch) -> None:
    """No pauses are told: those of a busy machine are not the same each time."""
    monkeypatch.setattr(normal, "PAUSE", 1e9)


def test_it_writes_the_same_each_time(ran, hurried) -> None:
    assert ran(*ASKED)[2:] == ran(*ASKED)[2:]


def test_what_no_finding_covers_is_told_in_a_line(ran, monkeypatch) -> None:
    monkeypatch.setattr(run, "FINDINGS", [])
    status, said, *_ = ran(*ASKED)
    assert status == 1
    assert f"NEW  smtp smtplib {BROKEN}: failed: smtplib.SMTPResponseException: (421" in said


def test_a_finding_that_is_gone_is_told_in_a_line(ran, monkeypatch) -> None:
    finding = Finding("smtp", "smtplib", "hung", KEPT, "It hangs.")
    monkeypatch.setattr(run, "FINDINGS", [*run.FINDINGS, finding])
    status, said, *_ = ran(*ASKED)
    assert status == 1
    assert f"GONE smtp smtplib {KEPT}: kept" in said


def test_a_finding_about_no_case_is_told_in_a_line(ran, monkeypatch) -> None:
    finding = Finding("smtp", "smtplib", "hung", "no_such_case", "It hangs.")
    monkeypatch.setattr(run, "FINDINGS", [*run.FINDINGS, finding])
    status, said, *_ = ran(*ASKED)
    assert status == 1
    assert "GONE smtp no_such_case" in said


@pytest.mark.parametrize("word", ["hung", cells.LEFT_OUT])
def test_a_verdict_that_is_not_what_it_was_is_looked_at_twice(word, monkeypatch) -> None:
    """The first time around the machine was busy."""
    job = cells.Job("smtp", "smtplib", KEPT, "send", None)
    busy, quiet = cells.Cell(job, word), cells.Cell(job, "kept")
    monkeypatch.setattr(cells, "run", lambda planned, workers: [quiet for _ in planned])
    assert run.looked_at_twice({job: busy}, 8) == {job: quiet}


def test_processes_of_their_own_find_the_same() -> None:
    job = cells.Job("smtp", "smtplib", BROKEN, "send", None)
    (apart,), (here,) = cells.run([job], 2), cells.run([job], 1)
    # Who is first at the end, client or server, differs from run to run.
    assert dataclasses.replace(apart, transcript="") == dataclasses.replace(here, transcript="")
    assert "<- QUIT" in apart.transcript
    assert (here.word, here.met) == ("failed", True)
    assert "(421" in here.error


def test_a_client_that_does_not_get_through_is_left_out() -> None:
    job = cells.Job("imap", "aioimaplib", "certificate_expired", "fetch", "starttls")
    pytest.importorskip("aioimaplib", reason="aioimaplib is not installed")
    (cell,) = cells.run([job], 1)
    assert cell.word == cells.LEFT_OUT
    assert "no STARTTLS" in cell.detail


def test_an_adapter_that_brings_nonsense_is_not_blamed_on_the_client(monkeypatch) -> None:
    monkeypatch.setattr(cells.EdgeCase, "check", lambda *_, **__: 1 / 0)
    cell = cells.judged(cells.Job("smtp", "smtplib", KEPT, "send", None))
    assert (cell.word, cell.error) == (cells.UNJUDGED, "ZeroDivisionError: division by zero")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["smpt"], "no protocol 'smpt'; there are: smtp"),
        (["--client", "crul"], "no client 'crul'; there are: "),
    ],
)
def test_a_mistake_is_told(arguments, hint, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert hint in capsys.readouterr().err


def test_a_part_is_written_nowhere_unless_a_folder_is_told() -> None:
    assert run.parsed(["smtp"]).folder is None
    assert run.parsed([]).folder == run.FOLDER


# --- texts that are the same in each run


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("connect to 127.0.0.1:40123 failed", "connect to 127.0.0.1:PORT failed"),
        ("from 127.0.0.1#36153: timed out", "from 127.0.0.1#PORT: timed out"),
        ("227 Passive (127,0,0,1,156,2).", "227 Passive (127,0,0,1,p,p)."),
        ("229 Extended (|||40123|).", "229 Extended (|||PORT|)."),
        ("EPRT |1|127.0.0.1|40123|", "EPRT |1|127.0.0.1|PORT|"),
        ("<Socket at 0x7f0011223344>", "<Socket at 0x...>"),
        ("timed out after 3001 milliseconds", "timed out after ... milliseconds"),
        ("rule: on('X') written at a.py:7 fired, time 1", "rule: on('X') fired"),
        ("+OK <10250.1.17953835899@host>", "+OK <...@host>"),
        ("2026-11-22 21:44:21 ERROR 404", "(time) ERROR 404"),
        ("Date: Sun, 22 Nov 2026 21:40:24 GMT", "Date: (date)"),
        ("ftp  9263 Nov  2 18:30 notes.txt", "ftp  9263 (time) notes.txt"),
        ("ftp  9263 22. Nov 18:30 notes.txt", "ftp  9263 (time) notes.txt"),
        ("ftp  9263 2026-11-22 18:30 notes.txt", "ftp  9263 (time) notes.txt"),
        ("11-22-26  06:30PM  9263 notes.txt", "(time)  9263 notes.txt"),
        ("notes.txt;1  3  22-NOV-2026 18:30:05  [FTP]", "notes.txt;1  3  (time)  [FTP]"),
        ("FTP  9263 11/22/26 18:30:05 *STMF notes.txt", "FTP  9263 (time) *STMF notes.txt"),
        ("+i1ga,m1795372205,up644,r,s9263,", "+i1ga,m(time),up644,r,s9263,"),
        ("type=file;modify=20261122183005; notes.txt", "type=file;modify=(time); notes.txt"),
        ("250 fetched 9263 bytes in 12 lines", "250 fetched 9263 bytes in 12 lines"),
    ],
)
def test_what_differs_from_run_to_run_is_taken_out(said, kept) -> None:
    assert normal.text(said) == kept


def test_nothing_of_this_machine_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(normal.tempfile, "gettempdir", lambda: str(tmp_path))
    said = f"cannot read {authority().pem_path} or {tmp_path}/fakefarm-x1_/content"
    assert normal.text(said) == "cannot read CA.pem or FOLDER/content"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("EHLO box", "EHLO client.example"),
        ("from box.lan. and box-2, my.box, boxes", "from client.example. and box-2, my.box, boxes"),
        ("EHLO [10.1.2.3] and 10.1.2.30, 127.0.0.1", "EHLO [192.0.2.1] and 10.1.2.30, 127.0.0.1"),
    ],
)
def test_no_name_of_this_machine_is_told(said, kept, monkeypatch) -> None:
    addresses = ["127.0.0.1", "10.1.2.3"]
    monkeypatch.setattr(normal.socket, "gethostname", lambda: "box")
    monkeypatch.setattr(normal.socket, "getfqdn", lambda: "box.lan")
    monkeypatch.setattr(normal.socket, "gethostbyname_ex", lambda name: (name, [], addresses))
    monkeypatch.setattr(normal, "own", normal.own.__wrapped__)
    assert normal.text(said) == kept


def test_an_error_is_cut_behind_what_names_this_machine(monkeypatch) -> None:
    path = str(normal.Path.cwd())
    said = cells.told(OSError("x" * (normal.LONGEST // 4 - len(path) // 2 - 10) + " " + path))
    assert path[: len(path) // 2] not in said


def test_a_transcript_has_no_times_but_pauses() -> None:
    told = (
        "   0.0010  #1  -- opened: by x\n   0.0020  #1  <- a\n              b\n   2.0040  #1  -> c"
    )
    assert normal.page(told).splitlines() == [
        "#1  -- opened: by x",
        "#1  <- a",
        "   b",
        "    (2.0 s later)",
        "#1  -> c",
    ]


def test_a_transcript_is_limited() -> None:
    assert normal.page("x" * 5000).endswith("... 1,000 characters more")
