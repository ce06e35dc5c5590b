"""A folder that is served: files, conditions, ranges, and no way out."""

import gzip
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fakefarm.http.files import is_refused, ranges

TEXT = b"0123456789" * 10
BINARY = bytes(range(256))
DAY = 86400
MODIFIED = 1_700_000_000
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "with index").mkdir()
    (root / "a.txt").write_bytes(TEXT)
    (root / "b.bin").write_bytes(BINARY)
    (root / "empty.txt").write_bytes(b"")
    (root / "data.tar.gz").write_bytes(b"gz")
    (root / "no extension").write_bytes(b"?")
    (root / "sub" / '<&">é.html').write_bytes(b"<p>")
    (root / "with index" / "index.html").write_bytes(b"<h1>")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    os.utime(root / "a.txt", (MODIFIED, MODIFIED))
    return root


class Files:
    """Asks for files of a served folder."""

    def __init__(self, fake: Any, client: Any) -> None:
        self.fake, self.client = fake, client

    def get(self, target: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        from fakefarm.http import Headers

        self.client.ask(target, method, **headers)
        head = self.client.read_head()
        found = Headers.parse(head[head.index(b"\r\n") :])
        size = 0 if method == "HEAD" else int(found.get("Content-Length", 0))
        return int(head[9:12]), found, self.client.exactly(size)


@pytest.fixture
def files(fake: Any, client: Any, folder: Path) -> Files:
    assert fake.serve(folder) == folder
    return Files(fake, client)


@pytest.fixture
def wrong(lenient: Any, connect: Any, folder: Path) -> Files:
    """Asks for what is not there."""
    lenient.serve(folder)
    return Files(lenient, connect(lenient))


@pytest.mark.parametrize(
    ("target", "kind", "content"),
    [
        ("/a.txt", "text/plain", TEXT),
        ("/a.txt?query", "text/plain", TEXT),
        ("/%61.txt", "text/plain", TEXT),
        ("//a.txt", "text/plain", TEXT),
        ("http://other/a.txt", "text/plain", TEXT),
        ("/b.bin", "application/octet-stream", BINARY),
        ("/empty.txt", "text/plain", b""),
        ("/data.tar.gz", "application/gzip", b"gz"),
        ("/no%20extension", "application/octet-stream", b"?"),
        ("/sub/%3C&%22%3E%C3%A9.html", "text/html", b"<p>"),
        ("/with%20index/", "text/html", b"<h1>"),
    ],
)
def test_get_and_head(files: Files, target: str, kind: str, content: bytes) -> None:
    status, headers, body = files.get(target)
    assert (status, headers["Content-Type"], body) == (200, kind, content)
    assert files.get(target, "HEAD") == (status, headers, b"")
    assert headers["Content-Length"] == str(len(content))
    files.fake.verify()  # a served request is no complaint


def test_validators(files: Files) -> None:
    _, headers, _ = files.get("/a.txt")
    assert headers["Last-Modified"] == DATE
    assert headers["ETag"].startswith('"')
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("target", ["/none", "/a.txt/", "/sub/none", "/a.txt/x", "/sub/deep/x"])
def test_404(wrong: Files, target: str) -> None:
    assert wrong.get(target)[0] == 404


def test_listing(files: Files) -> None:
    status, headers, body = files.get("/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b'<a href="./sub/">sub/</a>' in body
    assert b'<a href="./no%20extension">no extension</a>' in body
    _, _, body = files.get("/sub/")
    assert b"&lt;&amp;&quot;&gt;\xc3\xa9.html" in body
    assert b"<&" not in body


def test_a_listing_escapes_the_path(files: Files, folder: Path) -> None:
    (folder / "<b>").mkdir()
    assert b"<b>" not in files.get("/%3Cb%3E/")[2]


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/sub", "/sub/"),
        ("/sub?a=b", "/sub/?a=b"),
        ("/with%20index", "/with%20index/"),
        ("//sub", "/sub/"),
    ],
)
def test_redirect_to_the_slash(files: Files, target: str, location: str) -> None:
    status, headers, _ = files.get(target)
    assert (status, headers["Location"]) == (301, location)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_405(wrong: Files, method: str) -> None:
    status, headers, _ = wrong.get("/a.txt", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_501(wrong: Files) -> None:
    assert wrong.get("/a.txt", "BREW")[0] == 501


# --- strictness


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/nope", 404), ("HEAD", "/nope", 404), ("PUT", "/a.txt", 405), ("X", "/a.txt", 501)],
)
def test_what_is_not_served_is_a_complaint(
    files: Files, method: str, target: str, status: int
) -> None:
    assert files.get(target, method)[0] == status
    said = f"{method} {target} matched no rule and no file that is served"
    with pytest.raises(AssertionError, match=said):
        files.fake.verify()
    assert [request.path for request in files.fake.unmatched] == [target]
    files.fake.reset()


@pytest.mark.parametrize(
    ("method", "target", "status"), [("GET", "/nope", 404), ("PUT", "/a.txt", 405)]
)
def test_a_rule_says_that_it_is_wanted(files: Files, method: str, target: str, status: int) -> None:
    files.fake.on(method, target).answer()
    assert files.get(target, method)[0] == status
    assert files.fake.unmatched == []


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/sub", {}, 301),
        ("/a.txt", {"If_None_Match": "*"}, 304),
        ("/a.txt", {"If_Match": '"x"'}, 412),
        ("/a.txt", {"Range": "bytes=0-0"}, 206),
        ("/a.txt", {"Range": "bytes=1000-"}, 416),
    ],
)
def test_what_is_served_is_no_complaint(
    files: Files, target: str, headers: dict[str, str], status: int
) -> None:
    assert files.get(target, **headers)[0] == status
    assert files.fake.unmatched == []


# --- no way out


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/sub/../a.txt",
        "/./a.txt",
        "/%2e%2e/secret.txt",
        "/%2E./secret.txt",
        "/..%2fsecret.txt",
        "/sub%2f..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/%2e%2e%5csecret.txt",
        "//../secret.txt",
        "/%252e%252e/secret.txt",
        "/%2fetc/passwd",
        "/C:/Windows/win.ini",
        "/a.txt::$DATA",
        "/a.txt%00",
        "/%00",
        "/a.txt%00.html",
        "/" + "a" * 5000,
        "/%ff",
        "/link.txt",
        "/linked/secret.txt",
        "/linked/",
        "/loop",
    ],
)
def test_no_way_out(wrong: Files, folder: Path, tmp_path: Path, target: str) -> None:
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder / "loop")
    status, _, body = wrong.get(target)
    assert status == 404
    assert b"secret\n" not in body
    assert wrong.fake.errors == []


NAMES_OF_WINDOWS = ["aux.h", "nul", "CON.txt", "com1", "LPT9.x", "a:b", "a.txt::$DATA", "a\\b"]


@pytest.mark.parametrize("name", NAMES_OF_WINDOWS)
def test_names_that_only_windows_refuses(name: str) -> None:
    assert is_refused(name, windows=True)
    assert not is_refused(name, windows=False)


@pytest.mark.parametrize("windows", [True, False])
@pytest.mark.parametrize("name", [".", "..", "a/b", "/", "a\0"])
def test_names_that_are_refused_everywhere(name: str, windows: bool) -> None:
    assert is_refused(name, windows)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no files of these names")
@pytest.mark.parametrize("name", [*NAMES_OF_WINDOWS, "..\\secret.txt"])
def test_they_are_served_elsewhere(files: Files, folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"x")
    assert files.get("/" + quote(name))[::2] == (200, b"x")
    assert f'href="./{quote(name)}"'.encode() in files.get("/")[2]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no folders of these names")
def test_a_backslash_makes_no_host_of_a_name(files: Files, folder: Path) -> None:
    (folder / "\\evil.example").mkdir()
    status, headers, _ = files.get("/\\evil.example")
    assert (status, headers["Location"]) == (301, "/%5Cevil.example/")
    assert files.get(headers["Location"])[0] == 200


def test_an_index_that_leads_out_is_not_followed(
    files: Files, folder: Path, tmp_path: Path
) -> None:
    (folder / "sub" / "index.html").symlink_to(tmp_path / "secret.txt")
    assert b"secret" not in files.get("/sub/")[2].replace(b"secret.txt", b"")


def test_links_that_stay_inside_are_followed(files: Files, folder: Path) -> None:
    (folder / "sub" / "link").symlink_to(folder / "a.txt")
    assert files.get("/sub/link")[2] == TEXT


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_not_opened(wrong: Files, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert wrong.get("/pipe")[0] == 404


def test_a_file_that_may_not_be_read(
    files: Files, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert files.get("/a.txt")[0] == 403


# --- prefixes


def test_prefix(fake: Any, client: Any, folder: Path) -> None:
    fake.serve(folder, prefix="/static")
    files = Files(fake, client)
    assert files.get("/static/a.txt")[0] == 200
    assert files.get("/static")[1]["Location"] == "/static/"
    assert files.get("/static/")[0] == 200
    fake.verify()
    assert files.get("/staticx/a.txt")[0] == 404
    assert files.get("/a.txt")[0] == 404
    assert len(fake.unmatched) == 2
    fake.strict = False


def test_the_longest_prefix_wins(fake: Any, client: Any, folder: Path, tmp_path: Path) -> None:
    fake.serve(tmp_path)
    fake.serve(folder, "/r/")
    files = Files(fake, client)
    assert files.get("/r/a.txt")[2] == TEXT
    assert files.get("/secret.txt")[2] == b"secret"


def test_rules_come_first(files: Files) -> None:
    files.fake.on("GET", "/a.txt").respond(503).once()
    assert [files.get("/a.txt")[0], files.get("/a.txt")[0]] == [503, 200]


def test_bad_folders(fake: Any, tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="no such folder"):
        fake.serve(tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="no such folder"):
        fake.serve(str(tmp_path / "file"))
    with pytest.raises(ValueError, match="begins with a slash"):
        fake.serve(tmp_path, "static")
    with pytest.raises(TypeError, match="did you mean 'prefix'"):
        fake.serve(tmp_path, prefx="/")


def test_a_folder_that_vanishes(wrong: Files, folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    assert wrong.get("/a.txt")[0] == 404


# --- conditions (RFC 9110 13)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": "{tag}"}, 304),
        ({"If_None_Match": 'W/"x", W/{tag}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"x"'}, 200),
        ({"If_None_Match": '"x"', "If_Modified_Since": DATE}, 200),
        ({"If_Modified_Since": DATE}, 304),
        ({"If_Modified_Since": "Tuesday, 14-Nov-23 22:13:20 GMT"}, 304),
        ({"If_Modified_Since": "Wed, 15 Nov 2023 22:13:20 GMT"}, 304),
        ({"If_Modified_Since": "Tue, 14 Nov 2023 22:13:19 GMT"}, 200),
        ({"If_Modified_Since": "nonsense"}, 200),
        ({"If_Modified_Since": "Tue, 99 Nov 99999999999 99:99:99 GMT"}, 200),
        ({"If_Match": "{tag}"}, 200),
        ({"If_Match": '"x", {tag}'}, 200),
        ({"If_Match": '"x"'}, 412),
        ({"If_Match": "W/{tag}"}, 412),
        ({"If_Match": "W/{tag}, {tag}"}, 200),
        ({"If_Match": "*"}, 200),
        ({"If_Unmodified_Since": DATE}, 200),
        ({"If_Unmodified_Since": "Tue, 14 Nov 2023 22:13:19 GMT"}, 412),
        ({"If_Unmodified_Since": "nonsense"}, 200),
        ({"If_Match": "{tag}", "If_None_Match": "{tag}"}, 304),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions(files: Files, headers: dict[str, str], status: int, method: str) -> None:
    tag = files.get("/a.txt")[1]["ETag"]
    given = {name: value.format(tag=tag) for name, value in headers.items()}
    got, fields, body = files.get("/a.txt", method, **given)
    assert got == status
    assert fields["ETag"] == tag
    assert body == (TEXT if (status, method) == (200, "GET") else b"")
    assert status != 304 or "Content-Length" not in fields


def test_a_changed_file_has_another_tag(files: Files, folder: Path) -> None:
    before = files.get("/a.txt")[1]["ETag"]
    os.utime(folder / "a.txt", (MODIFIED + DAY, MODIFIED + DAY))
    assert files.get("/a.txt", If_None_Match=before)[0] == 200


# --- ranges (RFC 9110 14)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("BYTES=90-", (90, 100)),
        ("bytes= 90-1000 ", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=5-5,200-300", (5, 6)),
    ],
)
def test_range(files: Files, asked: str, span: tuple[int, int]) -> None:
    status, headers, body = files.get("/a.txt", Range=asked)
    assert (status, body) == (206, TEXT[slice(*span)])
    assert headers["Content-Range"] == f"bytes {span[0]}-{span[1] - 1}/100"
    assert headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=500-,600-"])
def test_unsatisfiable(files: Files, asked: str) -> None:
    status, headers, _ = files.get("/a.txt", Range=asked)
    assert (status, headers["Content-Range"]) == (416, "bytes */100")


def test_nothing_of_an_empty_file_can_be_had(files: Files) -> None:
    assert files.get("/empty.txt", Range="bytes=0-")[0] == 416


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-4", "bytes=a-b", "bytes=-", "bytes", "lines=0-1", "bytes=0-1,x", "bytes="]
    + ["bytes=" + ",".join(["0-0"] * 17)],
)
def test_ranges_that_are_ignored(files: Files, asked: str) -> None:
    assert files.get("/a.txt", Range=asked)[::2] == (200, TEXT)


def test_several_ranges(files: Files) -> None:
    status, headers, body = files.get("/a.txt", Range="bytes=0-1,-2")
    assert status == 206
    boundary = headers["Content-Type"].removeprefix("multipart/byteranges; boundary=").encode()
    assert body == (
        b"--%b\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/100\r\n\r\n01\r\n"
        b"--%b\r\nContent-Type: text/plain\r\nContent-Range: bytes 98-99/100\r\n\r\n89\r\n"
        b"--%b--\r\n" % (boundary, boundary, boundary)
    )
    assert "Content-Range" not in headers


def test_head_ignores_ranges(files: Files) -> None:
    assert files.get("/a.txt", "HEAD", Range="bytes=0-1")[0] == 200


@pytest.mark.parametrize(
    ("condition", "status"),
    [("{tag}", 206), (DATE, 206), ('"x"', 200), ("W/{tag}", 200), (DATE[:-5] + "1 GMT", 200)],
)
def test_if_range(files: Files, condition: str, status: int) -> None:
    tag = files.get("/a.txt")[1]["ETag"]
    given = {"Range": "bytes=0-1", "If_Range": condition.format(tag=tag)}
    assert files.get("/a.txt", **given)[0] == status


def test_a_condition_comes_before_the_range(files: Files) -> None:
    tag = files.get("/a.txt")[1]["ETag"]
    assert files.get("/a.txt", Range="bytes=0-1", If_None_Match=tag)[0] == 304


def test_ranges_of_nothing() -> None:
    assert ranges("bytes=0-", 0) == []


# --- gzip


def test_gzip(files: Files) -> None:
    status, headers, body = files.get("/a.txt", Accept_Encoding="gzip")
    assert (status, gzip.decompress(body)) == (200, TEXT)
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    plain = files.get("/a.txt")[1]
    assert plain["ETag"] != headers["ETag"]
    assert plain["Vary"] == "Accept-Encoding"
    again = files.get("/a.txt", Accept_Encoding="gzip", If_None_Match=headers["ETag"])
    assert again[0] == 304


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/b.bin", {"Accept_Encoding": "gzip"}),
        ("/data.tar.gz", {"Accept_Encoding": "gzip"}),
        ("/empty.txt", {"Accept_Encoding": "gzip"}),
        ("/a.txt", {"Accept_Encoding": "br"}),
        ("/a.txt", {"Accept_Encoding": "gzip", "Range": "bytes=0-1"}),
    ],
)
def test_not_coded(files: Files, target: str, headers: dict[str, str]) -> None:
    assert "Content-Encoding" not in files.get(target, **headers)[1]


@pytest.mark.parametrize(
    ("name", "coded"),
    [("a.json", True), ("a.svg", True), ("a.js", True), ("a.xhtml", True), ("a.png", False)],
)
def test_what_is_compressible(files: Files, folder: Path, name: str, coded: bool) -> None:
    (folder / name).write_bytes(b"x")
    headers = files.get(f"/{name}", Accept_Encoding="gzip")[1]
    assert ("Content-Encoding" in headers) == coded
