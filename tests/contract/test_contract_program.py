"""Programs as clients: what they write, how they end, and that none is left."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from raw_client import PATIENCE

from fakefarm.cli import main
from fakefarm.contract import program as module
from fakefarm.contract.program import ProgramCrashed, ProgramFailed, program

posix = pytest.mark.skipif(os.name != "posix", reason="signals and sessions are of POSIX")


@pytest.fixture
def client(tmp_path: Path) -> Any:
    """``client(source, deadline)``: an operation that runs a program of Python."""

    def client(source: str, deadline: float = PATIENCE, arguments: str = "") -> Any:
        path = tmp_path / "client.py"
        path.write_text(source)
        return program(f"{sys.executable} {path} {arguments}", deadline)

    return client


def get(case: Any, operation: Any, expect: str = "either", **arguments: Any) -> Any:
    return case("http", "get", expect).check(get=operation, **arguments)


def test_a_value(client: Any, case: Any) -> None:
    """A program has no types: it writes the value of a call as text."""
    call = client(
        "import sys, xmlrpc.client\nprint(xmlrpc.client.ServerProxy(sys.argv[1]).add(2, 3))",
        arguments="{url}",
    )
    assert case("xmlrpc", "call", "succeeds").check(call=call).word == "kept"

    def another(fake: Any) -> None:
        fake.on("add").returns(6)

    assert case("xmlrpc", "call", "succeeds", another).check(call=call).word == "lied"


def test_nil_is_nothing(client: Any, case: Any) -> None:
    for source, word in (("print(None)", "kept"), ("print()", "lied")):
        assert case("xmlrpc", "call", "fails").check(call=client(source)).word == word


def test_a_status_is_a_failure_that_is_reported(client: Any, case: Any) -> None:
    verdict = get(case, client("raise SystemExit('no \\udcff such thing')"), "fails")
    assert verdict.kept
    assert isinstance(verdict.error, ProgramFailed)
    assert "exit status 1: no" in str(verdict.error)


@posix
def test_a_crash_is_none(client: Any, case: Any) -> None:
    abort = client("import os\nos.abort()")
    verdict = get(case, abort, "fails", errors=ProgramFailed)
    assert verdict.word == "crashed"
    assert isinstance(verdict.error, ProgramCrashed)
    assert "ended by SIGABRT" in str(verdict.error)
    terminated = client("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)")
    assert get(case, terminated, "fails", errors=ProgramFailed).kept


def test_of_all_that_it_writes_a_part_is_kept(
    client: Any, case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 1000)
    noisy = client("import sys\nfor out in sys.stdout, sys.stderr: out.write('x' * 10_000_000)")
    verdict = get(case, noisy)
    assert verdict.word == "lied"
    assert "1,000 bytes" in verdict.detail


@posix
def test_what_it_started_is_ended_with_it(client: Any, case: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        port = listener.getsockname()[1]
        child = f"import socket; socket.create_connection(('127.0.0.1', {port})).recv(1)"
        # It ends at once; its child holds on to its output, so that there may be more to come.
        source = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {child!r}])"
        verdict = get(case, client(source, deadline=1.0), deadline=1.5)
        assert verdict.word == "hung"
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(PATIENCE)
            assert connection.recv(1) == b""  # it is gone


@posix
def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    """It has a session of its own, which the terminal's signal does not reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        source = tmp_path / "client.py"
        address = listener.getsockname()
        source.write_text(f"import socket\nsocket.create_connection({address!r}).recv(1)")
        command = [sys.executable, "-m", "fakefarm", "check", "http"]
        with subprocess.Popen([*command, "--get", f"{sys.executable} {source}"]) as check:
            connection, _ = listener.accept()
            check.send_signal(signal.SIGINT)
            with connection:
                connection.settimeout(PATIENCE)
                assert connection.recv(1) == b""
            assert check.wait(PATIENCE) == 130


@posix
def test_a_crash_on_the_command_line(client: Any, capsys: Any, tmp_path: Path) -> None:
    crashing = (
        "import os, sys, urllib.request\n"
        "try: sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=5).read())\n"
        "except Exception: os.abort()"
    )
    client(crashing)
    command = f"{sys.executable} {tmp_path / 'client.py'} {{url}}"
    assert main(["check", "http", "--get", command, "--only", "body_cut_short"]) == 1
    assert "crashed" in capsys.readouterr().out


def test_braces(capsys: Any) -> None:
    with pytest.raises(ValueError, match=r"a brace itself is written \{\{ or \}\}"):
        program("python3 -c '{print}'", 1)
    with pytest.raises(SystemExit):
        main(["check", "http", "--get", "python3 {url.a}"])
    assert "the words in braces are" in capsys.readouterr().err


def test_a_brace_itself(client: Any, case: Any) -> None:
    echo = client("import sys\nraise SystemExit(sys.argv[1])", arguments="'{{\"a\": {port}}}'")
    said = str(get(case, echo).error)
    assert '{"a": ' in said
    assert said.endswith("}")
