"""handle_cgi(): one request, read and answered as a CGI program does."""

import gzip
import io
import os
import sys
import xmlrpc.client
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from fakefarm import FakeHTTP, FakeXMLRPC


def run(fake: FakeXMLRPC, body: bytes = b"", **environ: str) -> tuple[dict[str, str], bytes]:
    """The fields and the body of what is written."""
    known = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "text/xml"}
    output = io.BytesIO()
    fake.handle_cgi(io.BytesIO(body), output, {**known, **environ})
    head, _, content = output.getvalue().partition(b"\r\n\r\n")
    pairs = (line.partition(": ") for line in head.decode("latin-1").split("\r\n"))
    return {name: value for name, _, value in pairs}, content


def call(method: str, *arguments: Any) -> bytes:
    return xmlrpc.client.dumps(arguments, method).encode()


@pytest.fixture
def unstarted() -> FakeXMLRPC:
    fake = FakeXMLRPC()
    fake.register(lambda a, b: a + b, "add")
    return fake


def test_a_call(unstarted: FakeXMLRPC) -> None:
    fields, body = run(unstarted, call("add", 1, 2), REMOTE_USER="ann", REMOTE_ADDR="192.0.2.1")
    assert fields == {
        "Status": "200 OK",
        "Content-Type": "text/xml",
        "Content-Length": str(len(body)),
    }
    assert xmlrpc.client.loads(body)[0] == (3,)
    (made,) = unstarted.calls
    assert (made.arguments, made.result, made.request.user) == ((1, 2), 3, "ann")
    assert b"<methodName>add" in unstarted.transcript.received()
    assert b"<int>3</int>" in unstarted.transcript.sent()


def test_the_page(unstarted: FakeXMLRPC) -> None:
    fields, body = run(unstarted, REQUEST_METHOD="GET")
    assert fields["Content-Type"] == "text/html; charset=utf-8"
    assert b"<strong>add</strong>" in body


def test_gzip_both_ways(unstarted: FakeXMLRPC) -> None:
    body = gzip.compress(call("add", "x" * 2000, ""))
    fields, answer = run(unstarted, body, HTTP_CONTENT_ENCODING="gzip", HTTP_ACCEPT_ENCODING="gzip")
    assert fields["Content-Encoding"] == "gzip"
    assert xmlrpc.client.loads(gzip.decompress(answer))[0] == ("x" * 2000,)


def test_paths() -> None:
    fake = FakeXMLRPC(paths=("/a", "/b"))
    fake.register(lambda: "b", "where", path="/b")
    assert b"<string>b</string>" in run(fake, call("where"), PATH_INFO="/b", QUERY_STRING="x=1")[1]
    assert b"not supported" in run(fake, call("where"), PATH_INFO="/other")[1]
    assert [made.path for made in fake.calls] == ["/b", "/a"]
    assert fake.calls[0].request.query == {"x": "1"}


def test_rules(unstarted: FakeXMLRPC) -> None:
    unstarted.on("add").fault(4, "x").then.malformed("nil").then.truncate(after=5)
    unstarted.http.on("POST").answer().times(3).then.respond(503)
    assert b"<int>4</int>" in run(unstarted, call("add"))[1]
    assert b"<nil/>" in run(unstarted, call("add"))[1]
    assert run(unstarted, call("add", 1, 2))[1] == b"<?xml"
    assert run(unstarted, call("add"))[0]["Status"] == "503 Service Unavailable"
    unstarted.verify()


@pytest.mark.parametrize("ending", ["close", "reset", "half_close", "stall"])
def test_an_ending_is_the_end_of_the_output(unstarted: FakeXMLRPC, ending: str) -> None:
    getattr(unstarted.on("add").raw(b"raw"), ending)()
    output = io.BytesIO()
    body = call("add")
    unstarted.handle_cgi(io.BytesIO(body), output, {"CONTENT_LENGTH": str(len(body))})
    assert output.getvalue() == b"raw"


def test_bounds() -> None:
    fake = FakeXMLRPC(max_message_size=10)
    fields, body = run(fake, b"x" * 11)
    assert fields["Status"] == "413 Content Too Large"
    assert b"max_message_size of 10 bytes" in body


@pytest.mark.parametrize(
    "environ", [{"CONTENT_LENGTH": "x"}, {"HTTP_X": "a\r\n\r\nb"}, {"REQUEST_METHOD": "GET / x"}]
)
def test_an_environment_that_is_none(unstarted: FakeXMLRPC, environ: dict[str, str]) -> None:
    assert run(unstarted, b"", **environ)[0]["Status"] == "400 Bad Request"
    assert unstarted.calls == []


def test_input_that_ends_early(unstarted: FakeXMLRPC) -> None:
    assert b"no element found" in run(unstarted, b"", CONTENT_LENGTH="99")[1]
    assert unstarted.http.requests[0].complete is False


def test_no_length_is_no_body(unstarted: FakeXMLRPC) -> None:
    assert b"no element found" in run(unstarted, call("add"), CONTENT_LENGTH="")[1]


def test_standard_input_and_output(unstarted: FakeXMLRPC, monkeypatch: pytest.MonkeyPatch) -> None:
    body, output = call("add", 1, 2), io.BytesIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(output, write_through=True))
    monkeypatch.setenv("REQUEST_METHOD", "POST")
    monkeypatch.setenv("CONTENT_LENGTH", str(len(body)))
    unstarted.handle_cgi()
    assert b"<int>3</int>" in output.getvalue()


PROGRAM = f"""#!{sys.executable}
import sys
from fakefarm import FakeXMLRPC

fake = FakeXMLRPC()
fake.register(lambda a, b: a + b, "add")
print("one call", file=sys.stderr)
fake.handle_cgi()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable files")
def test_as_a_program_that_fake_http_runs(tmp_path: Path) -> None:
    (tmp_path / "rpc").write_text(PROGRAM)
    (tmp_path / "rpc").chmod(0o755)
    with FakeHTTP() as site:
        site.serve(tmp_path, "/cgi-bin", cgi=True)
        with xmlrpc.client.ServerProxy(site.url_for("/cgi-bin/rpc")) as proxy:
            assert proxy.add(2, 3) == 5
            site.on("POST").truncate(after=30).once()
            with pytest.raises(xmlrpc.client.expat.ExpatError):  # type: ignore[attr-defined]
                proxy.add(2, 3)
        with urlopen(site.url_for("/cgi-bin/rpc"), timeout=5) as page:
            assert b"<strong>add</strong>" in page.read()
        notes = [event.note for event in site.transcript if event.kind == "stderr"]
        assert notes == ["one call"] * 3
