"""Real clients and a well-behaved server, and what they make of one that is not."""

import asyncio
import ftplib
import io
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from pathlib import Path

import aioftp
import pytest

from fakefarm import FakeFTP

CURL, LFTP, WGET = shutil.which("curl"), shutil.which("lftp"), shutil.which("wget")
needs_curl = pytest.mark.skipif(CURL is None, reason="the curl binary is not installed")
needs_lftp = pytest.mark.skipif(LFTP is None, reason="the lftp binary is not installed")
needs_wget = pytest.mark.skipif(WGET is None, reason="the wget binary is not installed")
USERS = {"ann": "secret"}
BIG = bytes(range(256)) * 8192  # 2 MiB
Completed = subprocess.CompletedProcess[bytes]


def run(command: list[str], folder: Path | None = None, text: bytes = b"") -> Completed:
    """Run a program that finds no proxy and no settings of the user."""
    home = {"HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(
        command, cwd=folder, input=text, capture_output=True, check=False, timeout=60, env=home
    )


# --- ftplib


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_ftplib(ftp, client, tmp_path, passive) -> None:
    ann = client(ftp)
    ann.set_pasv(passive)
    assert ann.getwelcome().startswith("220 ")
    assert ann.mkd("new") == "/new"
    ann.cwd("new")
    assert ann.pwd() == "/new"
    assert ann.storbinary("STOR big.bin", io.BytesIO(BIG)).startswith("226")
    ann.storbinary("APPE big.bin", io.BytesIO(b"more"))
    assert ann.size("big.bin") == len(BIG) + 4
    received = bytearray()
    assert ann.retrbinary("RETR big.bin", received.extend).startswith("226")
    assert received == BIG + b"more"
    received.clear()
    ann.retrbinary("RETR big.bin", received.extend, rest=len(BIG))
    assert received == b"more"
    ann.storlines("STOR text", io.BytesIO(b"one\ntwo\n"))
    lines: list[str] = []
    ann.retrlines("RETR text", lines.append)
    assert lines == ["one", "two"]
    assert sorted(ann.nlst()) == ["big.bin", "text"]
    assert {name: facts["type"] for name, facts in ann.mlsd()} == {
        "big.bin": "file",
        "text": "file",
    }
    ann.rename("text", "renamed")
    ann.delete("renamed")
    ann.cwd("..")
    with pytest.raises(ftplib.error_perm, match="550"):
        ann.rmd("new")
    ann.delete("new/big.bin")
    ann.rmd("new")
    assert ann.quit().startswith("221")
    assert list(ftp.root.iterdir()) == []
    assert [(upload.path, upload.complete) for upload in ftp.uploads] == [
        ("/new/big.bin", True), ("/new/big.bin", True), ("/new/text", True),
    ]  # fmt: skip


# --- aioftp


def aio(fake: FakeFTP, conversation: Callable[[aioftp.Client], Awaitable[None]], **how) -> None:
    async def connected() -> None:
        ann = aioftp.Client.context(
            fake.host, fake.port, "ann", "secret", socket_timeout=5, connection_timeout=5, **how
        )
        async with ann as client:
            await conversation(client)

    asyncio.run(connected())


def test_aioftp(ftp, tmp_path) -> None:
    (tmp_path / "tree" / "below").mkdir(parents=True)
    (tmp_path / "tree" / "below" / "big.bin").write_bytes(BIG)
    (tmp_path / "tree" / "note").write_bytes(b"note")

    async def conversation(client: aioftp.Client) -> None:
        await client.upload(tmp_path / "tree")
        found = [(str(path), info["type"]) for path, info in await client.list(recursive=True)]
        assert sorted(found) == [
            ("tree", "dir"), ("tree/below", "dir"), ("tree/below/big.bin", "file"),
            ("tree/note", "file"),
        ]  # fmt: skip
        assert (await client.stat("tree/note"))["size"] == "4"
        await client.download("tree", tmp_path / "back", write_into=True)
        async with client.download_stream("tree/below/big.bin", offset=len(BIG) - 3) as stream:
            assert await stream.read() == BIG[-3:]
        async with client.append_stream("tree/note") as stream:
            await stream.write(b" more")
        await client.rename("tree/note", "tree/renamed")
        await client.remove("tree/below")
        assert not await client.exists("tree/below")

    aio(ftp, conversation)
    assert (tmp_path / "back" / "below" / "big.bin").read_bytes() == BIG
    assert (ftp.root / "tree" / "renamed").read_bytes() == b"note more"


def listed(fake: FakeFTP, **how) -> list[tuple[str, str]]:
    """What aioftp finds in the root: names and types."""
    found: list[tuple[str, str]] = []

    async def conversation(client: aioftp.Client) -> None:
        for path, info in await client.list(**how):
            found.append((str(path), info["type"]))

    aio(fake, conversation)
    return sorted(found)


FILLED = [("data.bin", "file"), ("notes.txt", "file"), ("pub", "dir")]


def test_25_aioftp_falls_back_on_pasv(served) -> None:
    served.on("EPSV").reply(500, "what?")
    assert listed(served) == FILLED
    assert "PASV" in served.commands


@pytest.mark.filterwarnings("ignore:unclosed", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_63_aioftp_falls_back_on_list(served) -> None:
    """(It forgets to close the data connection of MLSD.)"""
    served.on("MLSD").reply(500, "what?")
    assert listed(served) == FILLED
    assert "LIST" in served.commands


@pytest.mark.parametrize("style", ["unix", "unix-numeric", "unix-year", "windows-dir"])
def test_66_aioftp_reads_a_listing(served, style) -> None:
    served.listing_style = style
    assert listed(served, raw_command="LIST") == FILLED


# --- curl


def curl(fake: FakeFTP, path: str, *options: str, text: bytes = b"") -> Completed:
    command = [CURL or "", "-sS", "--max-time", "20", "--noproxy", "*", "--user", "ann:secret"]
    return run([*command, *options, f"{fake.url}/{path}"], text=text)


WAYS = {
    "passive": ["--disable-epsv"],
    "extended passive": [],
    "active": ["--ftp-port", "-", "--disable-eprt"],
    "extended active": ["--ftp-port", "-"],
}


@needs_curl
@pytest.mark.parametrize("way", WAYS)
def test_curl_downloads_and_uploads(served, tmp_path, way) -> None:
    served.users = dict(USERS)
    (served.root / "big.bin").write_bytes(BIG)
    got = curl(served, "big.bin", *WAYS[way])
    assert (got.returncode, got.stderr) == (0, b"")
    assert got.stdout == BIG
    assert curl(served, "new/sub/up.bin", "-T", "-", "--ftp-create-dirs", *WAYS[way],
                text=BIG).returncode == 0  # fmt: skip
    assert (served.root / "new" / "sub" / "up.bin").read_bytes() == BIG
    assert [(upload.path, upload.complete) for upload in served.uploads] == [
        ("/new/sub/up.bin", True)
    ]


@needs_curl
def test_curl_resumes(served, tmp_path) -> None:
    (served.root / "big.bin").write_bytes(BIG)
    (tmp_path / "down").write_bytes(BIG[:1000])
    assert curl(served, "big.bin", "-C", "-", "-o", str(tmp_path / "down")).returncode == 0
    assert (tmp_path / "down").read_bytes() == BIG
    (served.root / "up").write_bytes(BIG[:1000])
    (tmp_path / "local").write_bytes(BIG)
    assert curl(served, "up", "-C", "-", "-T", str(tmp_path / "local")).returncode == 0
    assert (served.root / "up").read_bytes() == BIG
    assert curl(served, "big.bin", "-r", "5-9").stdout == BIG[5:10]


@needs_curl
def test_curl_lists(served) -> None:
    assert sorted(curl(served, "", "--list-only").stdout.split()) == [
        b"data.bin", b"notes.txt", b"pub",
    ]  # fmt: skip
    assert curl(served, "pub/").stdout.endswith(b" readme\n")
    assert curl(served, "", "-X", "MLSD").stdout.count(b"type=file;") == 2
    served.listing_style = "windows"
    assert b"<DIR>          pub\n" in curl(served, "").stdout


@needs_curl
def test_curl_asks_for_what_it_wants(served) -> None:
    got = curl(served, "notes.txt", "-I")
    assert b"Content-Length: 10\r\n" in got.stdout
    assert curl(served, "notes.txt", "-Q", "-DELE notes.txt").stdout == b"one\r\ntwo\r\n"
    assert not (served.root / "notes.txt").exists()


@needs_curl
@pytest.mark.parametrize(
    ("script", "status"),
    [
        (lambda f: setattr(f, "users", {}), 67),
        (lambda f: f.on("connect").reply(554, "no"), 8),
        (lambda f: f.on("RETR").reply(550, "no"), 78),
        (lambda f: f.on("EPSV").reply(229, "ok"), 13),
        (lambda f: (f.on("EPSV").reply(500, "no"), f.on("PASV").reply(227, "ok")), 14),
        (lambda f: f.on("RETR").truncate(after=100), 18),  # it asked for the size
        (lambda f: f.on("RETR").truncate(after=100).reset(), 56),
        (lambda f: f.on("transfer").reply(451, "disk"), 18),
    ],
)
def test_curl_is_failed(served, script, status) -> None:
    """The numbers are those of libcurl: 18 is a partial file, 56 a failure to receive."""
    script(served)
    assert curl(served, "data.bin").returncode == status


@needs_curl
def test_25_curl_falls_back_on_pasv(served) -> None:
    served.on("EPSV").reply(500, "what?")
    assert curl(served, "notes.txt").stdout == b"one\r\ntwo\r\n"
    assert "PASV" in served.commands


# --- lftp


def lftp(fake: FakeFTP, script: str, folder: Path | None = None, **settings: str) -> Completed:
    """Run a script of lftp; it does no more than it must: no FEAT, no waiting."""
    given = {"net:max-retries": "1", "net:timeout": "10", "cmd:fail-exit": "yes"}
    given |= {"ftp:sync-mode": "on", "file:charset": "UTF-8", "xfer:log": "no"}
    given |= {key.replace("__", ":").replace("_", "-"): value for key, value in settings.items()}
    head = "".join(f"set {key} {value}; " for key, value in given.items())
    return run(
        [LFTP or "", "--norc", "-c", f"{head}open -u ann,secret {fake.url}; {script}"], folder
    )


@needs_lftp
def test_lftp(ftp, tmp_path) -> None:
    (tmp_path / "big.bin").write_bytes(BIG)
    ftp.users = dict(USERS)
    got = lftp(ftp, "mkdir -p a/b; cd a/b; put big.bin; get big.bin -o back; mv big.bin x; rm x; "
               "cd /; rmdir a/b; rmdir a", tmp_path)  # fmt: skip
    assert (got.returncode, got.stderr) == (0, b"")
    assert (tmp_path / "back").read_bytes() == BIG
    assert list(ftp.root.iterdir()) == []
    assert [upload.content for upload in ftp.uploads] == [BIG]


@needs_lftp
def test_lftp_mirrors_and_resumes(served, tmp_path) -> None:
    (served.root / "big.bin").write_bytes(BIG)
    got = lftp(
        served, "mirror . copy; put copy/big.bin -o other; reput copy/big.bin -o part", tmp_path
    )
    assert (got.returncode, got.stderr) == (0, b"")
    assert (tmp_path / "copy" / "big.bin").read_bytes() == BIG
    assert (tmp_path / "copy" / "pub" / "readme").read_bytes() == b"read me\n"
    (tmp_path / "copy" / "big.bin").write_bytes(BIG[:5000])
    assert lftp(served, "get -c big.bin -o copy/big.bin", tmp_path).returncode == 0
    assert (tmp_path / "copy" / "big.bin").read_bytes() == BIG
    assert any(step.verb == "REST" and step.argument == "5000" for step in served.steps)


LFTP_READS = [
    "unix", "unix-total", "unix-dots", "unix-numeric", "unix-no-group", "unix-no-links",
    "unix-year", "unix-acl", "unix-attributes", "unix-selinux", "windows", "windows-long-year",
    "eplf", "mac",
]  # fmt: skip


@needs_lftp
@pytest.mark.parametrize("style", LFTP_READS)
def test_66_lftp_reads_a_listing(served, style) -> None:
    """Names, kinds and sizes, as it has understood them."""
    served.listing_style = style
    got = lftp(served, "cls -1 --size --block-size=1 --sort=name", ftp__use_mlsd="off")
    found = {tuple(line.split()) for line in got.stdout.decode().splitlines()}
    assert {("10240", "data.bin"), ("10", "notes.txt")} <= found
    assert any(words[-1] == "pub/" for words in found)


@needs_lftp
def test_lftp_is_told_of_a_cut_download(served, tmp_path) -> None:
    served.on("RETR").truncate(after=100)
    got = lftp(served, "get data.bin", tmp_path)
    assert got.returncode == 1
    assert b"file size decreased during transfer" in got.stderr


# --- wget


def wget(fake: FakeFTP, path: str, folder: Path, *options: str) -> Completed:
    command = [WGET or "", "--no-config", "--no-proxy", "--tries=1", "--timeout=10", "-nv"]
    command += ["--user=ann", "--password=secret", *options, f"{fake.url}/{path}"]
    return run(command, folder)


@needs_wget
@pytest.mark.parametrize("how", [[], ["--no-passive-ftp"]], ids=["passive", "active"])
def test_wget(served, tmp_path, how) -> None:
    served.users = dict(USERS)
    (served.root / "big.bin").write_bytes(BIG)
    assert wget(served, "big.bin", tmp_path, *how).returncode == 0
    assert (tmp_path / "big.bin").read_bytes() == BIG
    (tmp_path / "big.bin").write_bytes(BIG[:1000])
    assert wget(served, "big.bin", tmp_path, "-c", *how).returncode == 0
    assert (tmp_path / "big.bin").read_bytes() == BIG


@needs_wget
def test_wget_fetches_a_tree(served, tmp_path) -> None:
    assert wget(served, "", tmp_path, "-r", "-nH").returncode == 0
    assert (tmp_path / "pub" / "readme").read_bytes() == b"read me\n"
    assert (tmp_path / "data.bin").stat().st_size == 10240


# What it takes for the system, by the reply to SYST, decides how it reads a listing.
SYSTEMS = {
    "unix": "UNIX Type: L8",
    "unix-total": "UNIX Type: L8",
    "unix-numeric": "UNIX Type: L8",
    "windows": "Windows_NT",
    "windows-long-year": "Windows_NT",
    "vms": "VMS OpenVMS V8.4",
}


@needs_wget
@pytest.mark.parametrize("style", SYSTEMS)
def test_66_wget_reads_a_listing(served, tmp_path, style) -> None:
    """It writes what it has understood into a page."""
    served.listing_style = style
    served.on("SYST").reply(215, SYSTEMS[style])
    assert wget(served, "", tmp_path).returncode == 0
    page = (tmp_path / "index.html").read_text()
    assert 'notes.txt">notes.txt</a>' in page
    assert "(10 bytes)" in page or style == "vms"


@needs_wget
def test_wget_keeps_the_time_of_a_file(served, tmp_path) -> None:
    import os

    os.utime(served.root / "notes.txt", (1e9, 1e9))
    assert wget(served, "notes.txt", tmp_path, "-N").returncode == 0
    found = datetime.fromtimestamp((tmp_path / "notes.txt").stat().st_mtime, timezone.utc)
    assert found.date() == datetime(2001, 9, 9, tzinfo=timezone.utc).date()
