"""Programs that a folder is served with: RFC 3875, whose sections are named."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakefarm import FakeHTTP
from fakefarm.http.cgi import Scripts
from fakefarm.http.commands import MAX_REDIRECTS, MAX_STDERR

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no executable files")

Write = Callable[..., Path]
ENVIRONMENT = "echo 'Content-Type: text/plain'; echo; env -0"
OK = "echo 'Content-Type: text/plain'; echo; echo ok"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def write(folder: Path) -> Write:
    """Writes a program for the shell."""

    def write(name: str, program: str, mode: int = 0o755) -> Path:
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f"#!/bin/sh\n{program}\n")
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def served(fake: FakeHTTP, folder: Path) -> FakeHTTP:
    assert fake.serve(folder, "/cgi", cgi=True) == folder
    return fake


def variables(body: bytes) -> dict[str, str]:
    pairs = (one.decode("latin-1").partition("=") for one in body.split(b"\0") if one)
    return {name: value for name, _, value in pairs}


# --- what it gets


def test_the_variables_of_a_request(
    served: FakeHTTP, write: Write, client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_USER", "x")
    write("env", ENVIRONMENT)
    client.ask("/cgi/env/a%20b/c?q=1&r=%20", "POST", b"body", Content_Type="text/x", Cookie="a")
    status, body = client.answer()
    found = variables(body)
    for of_the_shell in ("PWD", "SHLVL", "_", "OLDPWD"):
        found.pop(of_the_shell, None)
    assert status == 200
    assert found == {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "PATH": os.defpath,
        "SERVER_SOFTWARE": "fakefarm",
        "SERVER_NAME": "test",
        "SERVER_PORT": str(served.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/cgi/env",
        "PATH_INFO": "/a b/c",
        "PATH_TRANSLATED": f"{folder}/a b/c",
        "QUERY_STRING": "q=1&r=%20",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": "4",
        "CONTENT_TYPE": "text/x",
        "HTTP_HOST": "test",
        "HTTP_COOKIE": "a",
    }


def test_the_variables_that_are_not_there(served: FakeHTTP, write: Write, client: Any) -> None:
    write("env", ENVIRONMENT)
    client.ask("/cgi/env")
    absent = {"PATH_INFO", "PATH_TRANSLATED", "CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_USER"}
    assert not absent & set(variables(client.answer()[1]))


def test_fields_that_a_program_must_not_get(served: FakeHTTP, write: Write, client: Any) -> None:
    """9.2 for the password; a Proxy would be taken for a setting by what the program calls."""
    write("env", ENVIRONMENT)
    fields = ["Authorization: Basic YTpi", "Proxy: http://evil", "X_Under: 1", "TE: trailers"]
    fields += ["X-One: 1", "x-one: 2", "Cookie: a=1", "Cookie: b=2", "X-Latin: caf\xe9"]
    fields += ["Content-Type: caf\xe9", "PROXY: http://evil"]
    head = "\r\n".join(["GET /cgi/env HTTP/1.1", "Host: a:80", *fields, "", ""])
    client.send(head.encode("latin-1"))
    found = variables(client.answer()[1])
    sent = {name: value for name, value in found.items() if name.startswith("HTTP_")}
    assert sent == {
        "HTTP_HOST": "a:80",
        "HTTP_X_ONE": "1, 2",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_LATIN": "caf\xe9",
    }
    assert (found["SERVER_NAME"], found["REMOTE_USER"]) == ("a", "a")
    assert found["CONTENT_TYPE"] == "caf\xe9"


def test_a_body_is_its_standard_input(served: FakeHTTP, write: Write, client: Any) -> None:
    write("cat", "echo 'Content-Type: text/plain'; echo; cat")
    body = bytes(range(256)) * 1000  # more than a pipe holds
    client.ask("/cgi/cat", "PUT", body)
    assert client.answer() == (200, body)


def test_it_runs_in_its_own_folder(
    served: FakeHTTP, write: Write, client: Any, folder: Path
) -> None:
    write("sub/pwd", "echo 'Content-Type: text/plain'; echo; pwd")
    client.ask("/cgi/sub/pwd")
    assert client.answer() == (200, f"{folder}/sub\n".encode())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists them there")
def test_it_inherits_no_descriptor(served: FakeHTTP, write: Write, client: Any) -> None:
    write("fds", "echo 'Content-Type: text/plain'; echo; ls /proc/self/fd")
    client.ask("/cgi/fds")
    names = client.answer()[1].split()
    assert set(names) == {b"0", b"1", b"2", b"3"}  # 3 is the folder that ls reads


def test_users(write: Write, folder: Path, connect: Any) -> None:
    write("env", ENVIRONMENT)
    with FakeHTTP(users={"ann": "secret"}) as fake:
        fake.serve(folder, cgi=True)
        client = connect(fake)
        client.ask("/env")
        assert client.answer()[0] == 401
        client.ask("/env", Authorization="Basic YW5uOnNlY3JldA==")
        found = variables(client.answer()[1])
        assert (found["AUTH_TYPE"], found["REMOTE_USER"]) == ("Basic", "ann")


# --- what it answers


@pytest.mark.parametrize(
    ("output", "status", "reason", "body"),
    [
        ("Content-Type: text/plain\\n\\nhi", 200, b"OK", b"hi"),
        ("Content-Type: text/plain\\r\\n\\r\\nhi", 200, b"OK", b"hi"),
        ("Status: 404 Gone Fishing\\nContent-Type: a/b\\n\\nhi", 404, b"Gone Fishing", b"hi"),
        ("status: 201\\ncontent-type: a/b\\n\\n", 201, b"Created", b""),
        ("Location: http://other/\\n\\n", 302, b"Found", b""),
        ("Location: http://other/\\nStatus: 301 Moved\\n\\n", 301, b"Moved", b""),
        ("Location: /x\\nContent-Type: a/b\\n\\nhi", 302, b"Found", b"hi"),
    ],
)
def test_responses(
    served: FakeHTTP,
    write: Write,
    client: Any,
    output: str,
    status: int,
    reason: bytes,
    body: bytes,
) -> None:
    write("it", f"printf '{output}'")
    client.ask("/cgi/it")
    head = client.read_head()
    assert head.startswith(b"HTTP/1.1 %d %b\r\n" % (status, reason))
    assert b"\r\nStatus:" not in head
    assert client.exactly(len(body)) == body


def test_fields_of_its_own_are_sent_as_they_are(
    served: FakeHTTP, write: Write, client: Any
) -> None:
    write("it", "printf 'Content-Type: a/b\\nX-Odd: 1\\nX-Odd: 2\\nContent-Length: 99\\n\\nshort'")
    client.ask("/cgi/it")
    head = client.read_head()
    assert b"X-Odd: 1\r\nX-Odd: 2\r\nContent-Length: 99\r\n" in head
    assert client.exactly(5) == b"short"


def test_head(served: FakeHTTP, write: Write, client: Any) -> None:
    write("it", OK)
    client.ask("/cgi/it", "HEAD")
    assert b"Content-Length: 3\r\n" in client.read_head()
    client.ask("/cgi/it")
    assert client.answer() == (200, b"ok\n")


def test_a_redirect_to_another_path_here(served: FakeHTTP, write: Write, client: Any) -> None:
    """6.2.2: the client does not learn of it."""
    write("from", "cat >/dev/null; printf 'Location: /cgi/to/x?q=1\\n\\n'")
    write("to", ENVIRONMENT)
    client.ask("/cgi/from", "POST", b"body")
    status, body = client.answer()
    found = variables(body)
    assert (status, found["REQUEST_METHOD"], found["PATH_INFO"]) == (200, "GET", "/x")
    assert found["QUERY_STRING"] == "q=1"


def test_redirects_in_a_circle(served: FakeHTTP, write: Write, client: Any) -> None:
    write("it", "printf 'Location: /cgi/it\\n\\n'")
    client.ask("/cgi/it")
    status, body = client.answer()
    assert status == 500
    assert f"over {MAX_REDIRECTS} times".encode() in body


def test_a_redirect_to_what_is_no_path(served: FakeHTTP, write: Write, client: Any) -> None:
    write("it", "printf 'Location: /a b\\n\\n'")
    client.ask("/cgi/it")
    assert client.answer()[0] == 500


@pytest.mark.parametrize(
    "program",
    [
        *("printf 'no header'", "true", "printf 'X-A: b\\n\\n'"),
        *("printf 'Status: 99\\n\\n'", "printf 'Status: 100\\nContent-Type: a/b\\n\\n'"),
        "printf 'Content-Type: a/b\\nX(Y: 1\\n\\n'",
    ],
)
def test_what_is_no_cgi_answer(served: FakeHTTP, write: Write, client: Any, program: str) -> None:
    write("it", program)
    client.ask("/cgi/it")
    status, body = client.answer()
    assert status == 500
    assert b"wrote no header" in body


def test_standard_error_and_exit_status_are_noted(
    served: FakeHTTP, write: Write, client: Any
) -> None:
    write("it", f"{OK}; echo oops >&2; echo again >&2; exit 3")
    client.ask("/cgi/it")
    assert client.answer() == (200, b"ok\n")
    notes = [(event.kind, event.note) for event in served.transcript]
    assert ("stderr", "oops\nagain") in notes
    assert ("error", "the program ended with 3") in notes


# --- which files are programs


def test_only_executable_files_are_run(lenient: FakeHTTP, write: Write, connect: Any) -> None:
    folder = write("it", OK).parent
    write("plain", OK, 0o644)
    write("sub/deep/it", OK)
    lenient.serve(folder, cgi=True)
    client = connect(lenient)
    wanted = {"/it": 200, "/sub/deep/it": 200, "/plain": 403, "/sub": 404, "/": 404, "/no": 404}
    wanted |= {"/sub/": 404, "/it/": 200, "//it": 200, "/%69t": 200, "/sub/../it": 404}
    for target, status in wanted.items():
        client.ask(target)
        assert (target, client.answer()[0]) == (target, status)
    assert {request.path for request in lenient.unmatched} == {
        *("/sub", "/", "/no", "/sub/", "/sub/../it")
    }


@pytest.mark.parametrize(
    "target",
    ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/link", "/folder/secret", "/it%00", "/%00"],
)
def test_no_path_leads_out(
    lenient: FakeHTTP, write: Write, folder: Path, connect: Any, target: str
) -> None:
    write("it", OK)
    write("../secret", OK)
    (folder / "link").symlink_to("../secret")
    (folder / "folder").symlink_to("..")
    lenient.serve(folder, cgi=True)
    client = connect(lenient)
    client.ask(target)
    assert client.answer()[0] == 404


def test_a_link_inside_is_followed(
    served: FakeHTTP, write: Write, client: Any, folder: Path
) -> None:
    write("it", OK)
    (folder / "link").symlink_to("it")
    client.ask("/cgi/link")
    assert client.answer() == (200, b"ok\n")


@pytest.mark.parametrize(
    "target",
    ["/cgi/bin/it", "//cgi/bin/it", "/cgi//bin/it", "/%63gi/b%69n/it", "http://h//cgi/bin/it"],
)
def test_no_spelling_of_a_prefix_shows_the_source(
    fake: FakeHTTP, write: Write, folder: Path, client: Any, target: str
) -> None:
    """The programs are in a folder of which the files are served."""
    write("cgi/bin/it", OK)
    fake.serve(folder)
    fake.serve(folder / "cgi" / "bin", "/cgi/bin", cgi=True)
    client.ask(target)
    assert client.answer() == (200, b"ok\n")


def test_a_folder_stays_what_it_was(
    fake: FakeHTTP, write: Write, folder: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test may go elsewhere."""
    write("env", ENVIRONMENT)
    monkeypatch.chdir(folder.parent)
    fake.serve(folder.name, cgi=True)
    monkeypatch.chdir("/")
    client.ask("/env/x")
    assert variables(client.answer()[1])["PATH_TRANSLATED"] == f"{folder}/x"


def test_files_are_not_run_where_the_test_did_not_say_so(
    fake: FakeHTTP, write: Write, folder: Path, client: Any
) -> None:
    path = write("it", OK)
    fake.serve(folder)
    client.ask("/it")
    assert client.answer() == (200, path.read_bytes())


def test_what_cannot_be_run(served: FakeHTTP, folder: Path, client: Any) -> None:
    (folder / "it").write_bytes(b"\x7fELF no program")
    (folder / "it").chmod(0o755)
    client.ask("/cgi/it")
    assert client.answer()[0] == 500
    assert any("it cannot be run" in event.note for event in served.transcript)


def test_a_method_that_nobody_knows(lenient: FakeHTTP, write: Write, connect: Any) -> None:
    lenient.serve(write("it", OK).parent, cgi=True)
    client = connect(lenient)
    client.ask("/it", "BREW")
    assert client.answer()[0] == 501


def test_windows_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("fakefarm.http.cgi.WINDOWS", True)
    with pytest.raises(NotImplementedError, match="cgi=True"):
        Scripts(tmp_path, "/")


# --- with rules


def test_rules_act_on_what_it_answers(served: FakeHTTP, write: Write, client: Any) -> None:
    write("it", OK)
    served.on("GET", "/cgi/it").truncate(after=1)
    client.ask("/cgi/it")
    assert b"Content-Length: 3\r\n" in client.read_head()
    assert client.rest() == (b"o", "fin")


def test_a_rule_that_answers_runs_nothing(
    served: FakeHTTP, write: Write, client: Any, folder: Path
) -> None:
    write("it", f"touch ran; {OK}")
    served.on("GET", "/cgi/it").respond(503)
    client.ask("/cgi/it")
    assert client.answer()[0] == 503
    assert not (folder / "ran").exists()


def test_without_effect_needs_an_answer(write: Write, folder: Path, connect: Any) -> None:
    write("it", f"touch ran; {OK}")
    with FakeHTTP() as fake:
        fake.serve(folder, cgi=True)
        fake.on("GET", "/it").answer().without_effect()
        client = connect(fake)
        client.ask("/it")
        assert client.rest()[0] == b""
        fake.settle()
        (error,) = fake.errors
        assert isinstance(error, ValueError)
        assert "without_effect()" in str(error)
        fake.errors.clear()
    assert not (folder / "ran").exists()


# --- bounds


def test_one_that_takes_too_long(write: Write, folder: Path, connect: Any) -> None:
    write("it", "sleep 60 & sleep 60")
    with FakeHTTP(timeout=0.2) as fake:
        fake.serve(folder, cgi=True)
        client = connect(fake)
        client.ask("/it")
        status, body = client.answer()
        assert status == 504
        assert b"timeout of 0.2 seconds" in body


def test_one_that_takes_too_long_and_complains(
    write: Write, folder: Path, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is always something to be read."""
    monkeypatch.setattr("fakefarm.http.cgi.CHUNK", 1)
    write("it", "yes >&2")
    with FakeHTTP(timeout=0.2) as fake:
        fake.serve(folder, cgi=True)
        client = connect(fake)
        client.ask("/it")
        assert client.answer()[0] == 504


def test_one_that_says_too_much(write: Write, folder: Path, connect: Any) -> None:
    write("it", "echo 'Content-Type: a/b'; echo; yes")
    with FakeHTTP(max_message_size=100_000) as fake:
        fake.serve(folder, cgi=True)
        client = connect(fake)
        client.ask("/it")
        status, body = client.answer()
        assert status == 500
        assert b"max_message_size of 100,000 bytes" in body


def test_one_that_complains_too_much(served: FakeHTTP, write: Write, client: Any) -> None:
    write("it", f"yes | head -c 1000000 >&2; {OK}")
    client.ask("/cgi/it")
    assert client.answer() == (200, b"ok\n")
    (note,) = [event.note for event in served.transcript if event.kind == "stderr"]
    assert len(note) <= MAX_STDERR


def test_what_it_left_behind_ends_with_it(
    served: FakeHTTP, write: Write, client: Any, folder: Path
) -> None:
    """A process in the background that has let go of the output."""
    write("it", f"sleep 60 >/dev/null 2>&1 & echo $! >pid; {OK}")
    client.ask("/cgi/it")
    assert client.answer() == (200, b"ok\n")
    assert_ends(int((folder / "pid").read_text()))


def test_it_ends_when_the_fake_stops(write: Write, folder: Path, connect: Any) -> None:
    write("it", "echo $$ >pid.new; mv pid.new pid; sleep 60; true")
    fake = FakeHTTP().start()
    fake.serve(folder, cgi=True)
    client = connect(fake)
    client.ask("/it")
    pid = folder / "pid"
    wait_for(pid.exists)
    began = time.monotonic()
    fake.stop()
    assert time.monotonic() - began < 2
    assert [event.kind for event in fake.transcript if event.kind in ("error", "stderr")] == []
    assert_ends(int(pid.read_text()))
    assert not [one for one in threading.enumerate() if one.name.startswith("fakefarm-http")]


def assert_ends(pid: int) -> None:
    """It may be that nobody has looked after a killed process yet: then it is a zombie."""
    wait_for(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(predicate: Callable[[], bool]) -> None:
    """Of what another process does there are no events."""
    deadline = time.monotonic() + 5
    while not predicate():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_python_programs(served: FakeHTTP, folder: Path, client: Any) -> None:
    path = folder / "it.py"
    path.write_text(f"#!{sys.executable} -I\nprint('Content-Type: text/plain\\n\\nhi', end='')\n")
    path.chmod(0o755)
    client.ask("/cgi/it.py")
    assert client.answer() == (200, b"hi")
