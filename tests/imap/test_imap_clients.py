"""Real clients and a well-behaved server: imaplib, imapclient, aioimaplib, curl, mbsync."""

import asyncio
import contextlib
import imaplib
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from fakefarm import FakeIMAP, FakeSMTP, messages

MAILS = messages.all()
CURL, MBSYNC = shutil.which("curl"), shutil.which("mbsync")
needs_curl = pytest.mark.skipif(CURL is None, reason="the curl binary is not installed")
needs_mbsync = pytest.mark.skipif(MBSYNC is None, reason="the mbsync binary is not installed")


def subject_of(name: str) -> str:
    return f"Subject: {name}\n\n{name}\n"


# --- imaplib


@contextlib.contextmanager
def logged_in(fake: FakeIMAP) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4(fake.host, fake.port, timeout=5) as client:
        client.login("ann", "secret")
        yield client


def test_imaplib(imap) -> None:
    imap.mailbox.add(messages.plain(), date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    imap.mailbox.add(messages.nested_multiparts(), flags=["\\Seen"])
    with logged_in(imap) as client:
        assert client.select("INBOX") == ("OK", [b"2"])
        assert client.response("UIDNEXT") == ("UIDNEXT", [b"3"])
        _, data = client.fetch("1", "(UID INTERNALDATE RFC822.SIZE RFC822)")
        head = b'1 (UID 1 INTERNALDATE " 2-Jan-2026 03:04:05 +0000" RFC822.SIZE 225 RFC822 {225}'
        assert data == [(head, messages.plain()), b" FLAGS (\\Seen \\Recent))"]
        when = imaplib.Internaldate2tuple(head)
        assert when is not None
        assert client.fetch("2", "(BODY.PEEK[1.1.2])")[1][0][1] == b'<img src="cid:dot">'
        assert client.search(None, "SUBJECT", "nested") == ("OK", [b"2"])
        assert client.copy("2", "INBOX") == ("OK", [b"[COPYUID 1 2 3] COPY completed"])
        assert client.store("2", "+FLAGS", r"(\Deleted work)")[1] == [
            b"2 (FLAGS (\\Deleted \\Seen \\Recent work))"
        ]
        assert client.expunge() == ("OK", [b"2"])
        assert client.uid("SEARCH", "ALL") == ("OK", [b"1 3"])
        assert client.create("Work/2026")[0] == "OK"
        assert client.rename("Work/2026", "Old/2026")[0] == "OK"
        assert client.subscribe("Old/2026")[0] == "OK"
        assert client.lsub()[1] == [b'() "/" Old/2026']
        appended = client.append("Old/2026", r"(\Draft)", '"17-Jul-1996 02:44:25 -0700"', b"x\r\n")
        assert appended == ("OK", [b"[APPENDUID 2 1] APPEND completed"])
        assert client.status("Old/2026", "(MESSAGES UNSEEN)")[1] == [
            b"Old/2026 (MESSAGES 1 UNSEEN 1)"
        ]
        assert client.namespace() == ("OK", [b'(("" "/")) NIL NIL'])
        assert client.delete("Old/2026")[0] == "OK"
        assert client.close()[0] == "OK"
    assert [mail.imap_uid for mail in imap.mailbox] == [1, 3]
    assert list(imap.mailbox.folders) == ["INBOX"]


@pytest.mark.parametrize("name", MAILS)
def test_imaplib_gets_every_message(imap, name) -> None:
    """Byte for byte, and back by APPEND, in which alone imaplib makes CRLF of every line end."""
    imap.mailbox.add(MAILS[name])
    with logged_in(imap) as client:
        client.select("INBOX")
        assert client.fetch("1", "(BODY.PEEK[])")[1][0][1] == MAILS[name]
        if name != "ten_megabytes":
            assert client.append("INBOX", None, None, MAILS[name])[0] == "OK"
            assert imap.mailbox[1].content == imaplib.MapCRLF.sub(b"\r\n", MAILS[name])


@pytest.mark.parametrize(
    "word", ["Entw\u00fcrfe", "a & b", 'quo"te\\', "\u53f0\u5317/\u65e5\u672c"]
)
def test_imaplib_and_names(imap, word) -> None:
    from fakefarm.imap import names

    imap.mailbox.folders.create(word).add("x")
    with logged_in(imap) as client:
        coded = names.encode(word).decode().replace("\\", "\\\\").replace('"', '\\"')
        assert client.select(f'"{coded}"') == ("OK", [b"1"])


# --- imapclient


@contextlib.contextmanager
def imapclient_to(fake: FakeIMAP) -> Iterator[Any]:
    imapclient = pytest.importorskip("imapclient", reason="imapclient is not installed")
    with imapclient.IMAPClient(fake.host, fake.port, ssl=False, timeout=5) as client:
        client.login("ann", "secret")
        yield client


def test_imapclient(imap) -> None:
    imap.mailbox.folders.create("Entw\u00fcrfe", attributes=["\\Drafts"])
    imap.mailbox.add(messages.plain(), flags=["\\Flagged", "work"])
    with imapclient_to(imap) as client:
        assert client.has_capability("MOVE")
        assert client.list_folders() == [
            ((b"\\HasNoChildren",), b"/", "INBOX"),
            ((b"\\Drafts", b"\\HasNoChildren"), b"/", "Entw\u00fcrfe"),
        ]
        assert client.find_special_folder(b"\\Drafts") == "Entw\u00fcrfe"
        assert client.select_folder("INBOX")[b"EXISTS"] == 1
        found = client.fetch([1], ["ENVELOPE", "FLAGS", "BODYSTRUCTURE", "INTERNALDATE"])[1]
        assert found[b"ENVELOPE"].subject == b"plain"
        assert str(found[b"ENVELOPE"].from_[0]) == "Ann <ann@example.com>"
        assert found[b"FLAGS"] == (b"\\Flagged", b"\\Recent", b"work")
        assert found[b"BODYSTRUCTURE"][:3] == (b"text", b"plain", (b"charset", b"utf-8"))
        assert client.search(["FROM", "ann", "UNSEEN", "KEYWORD", "work"]) == [1]
        assert client.search(["SUBJECT", "caf\u00e9"], charset="UTF-8") == []
        assert client.add_flags([1], [b"\\Seen"]) == {
            1: (b"\\Flagged", b"\\Seen", b"\\Recent", b"work")
        }
        client.move([1], "Entw\u00fcrfe")
        assert client.folder_status("Entw\u00fcrfe", ["MESSAGES"]) == {b"MESSAGES": 1}
        client.append("INBOX", b"Subject: x\r\n\r\n", flags=[b"\\Seen"])
        assert client.id_({"name": "test"})[0][:2] == (b"name", b"fakefarm")
        client.unselect_folder()
        client.delete_folder("Entw\u00fcrfe")
    assert imap.mailbox[0].flags == {"\\Seen"}


@pytest.mark.parametrize("name", sorted(MAILS.keys() - {"deep_multiparts", "ten_megabytes"}))
def test_imapclient_understands_every_message(imap, name) -> None:
    """Its parser takes envelope and structure; as many multiparts as it takes are in the next."""
    imap.mailbox.add(MAILS[name])
    with imapclient_to(imap) as client:
        client.select_folder("INBOX")
        found = client.fetch([1], ["ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[]"])[1]
        assert found[b"BODY[]"] == MAILS[name]
        assert found[b"ENVELOPE"].message_id in (None, b"") or b"@" in found[b"ENVELOPE"].message_id
        assert found[b"BODYSTRUCTURE"].is_multipart == (
            b"multipart" in MAILS[name].partition(b"\r\n\r\n")[0].lower()
        )


def test_imapclient_and_a_hundred_multiparts(imap) -> None:
    imap.mailbox.add(messages.deep_multiparts())
    with imapclient_to(imap) as client:
        client.select_folder("INBOX")
        found = client.fetch([1], ["BODYSTRUCTURE"])[1][b"BODYSTRUCTURE"]
        for _ in range(100):
            found = found[0][0]
        assert found[:2] == (b"text", b"plain")


def test_imapclient_idles(imap) -> None:
    with imapclient_to(imap) as client:
        client.select_folder("INBOX")
        client.idle()
        imap.mailbox.add("x")
        assert client.idle_check(timeout=5) == [(1, b"EXISTS"), (1, b"RECENT")]
        imap.mailbox[0].flags = ["\\Seen"]
        [(number, what, flags)] = client.idle_check(timeout=5)
        assert (number, what, flags[1]) == (1, b"FETCH", (b"\\Seen", b"\\Recent"))
        imap.mailbox.clear()
        assert (1, b"EXPUNGE") in client.idle_check(timeout=5)
        client.idle_done()
        assert client.search() == []


# --- aioimaplib


def test_aioimaplib(imap) -> None:
    aioimaplib = pytest.importorskip("aioimaplib", reason="aioimaplib is not installed")
    imap.mailbox.add(messages.plain())

    async def talk() -> None:
        client = aioimaplib.IMAP4(imap.host, imap.port, timeout=5)
        await client.wait_hello_from_server()
        assert (await client.login("ann", "secret")).result == "OK"
        assert (await client.select("INBOX")).result == "OK"
        assert bytes((await client.fetch("1", "(RFC822)")).lines[1]) == messages.plain()
        assert (await client.search("ALL")).lines[0] == b"1"
        assert (await client.append(b"Subject: y\r\n\r\n", mailbox="INBOX")).result == "OK"
        idle = await client.idle_start(timeout=5)
        imap.mailbox.add("z")
        assert b"3 EXISTS" in await client.wait_server_push(5)
        client.idle_done()
        await asyncio.wait_for(idle, 5)
        assert (await client.uid("move", "1", "INBOX")).result == "OK"
        assert (await client.logout()).result == "OK"
        client.protocol.transport.close()  # which it leaves to the collector
        await asyncio.sleep(0)

    asyncio.run(talk())
    assert [mail.imap_uid for mail in imap.mailbox] == [2, 3, 4]


# --- curl


def curl(fake: FakeIMAP, path: str = "", *options: str) -> "subprocess.CompletedProcess[bytes]":
    url = f"imap://{fake.host}:{fake.port}/{path}"
    command = [str(CURL), "-sS", "--max-time", "10", "-u", "ann:secret", url, *options]
    return subprocess.run(command, capture_output=True, check=False, timeout=30)


@needs_curl
@pytest.mark.parametrize("login", ["*", "AUTH=PLAIN", "AUTH=LOGIN", "AUTH=CRAM-MD5", "LOGIN"])
def test_curl_logs_in(login) -> None:
    options = ["--login-options", login] if "=" in login else []
    with FakeIMAP(users={"ann": "secret"}) as fake:
        if login == "LOGIN":  # the command, which curl says where there is nothing better
            fake.capabilities[:] = ["IMAP4rev1"]
        fake.mailbox.add(messages.leading_dots())
        got = curl(fake, "INBOX;UID=1", *options)
        assert (got.returncode, got.stderr) == (0, b"")
        assert got.stdout == messages.leading_dots()


@needs_curl
@pytest.mark.parametrize("name", MAILS)
def test_curl_gets_every_message(imap, name) -> None:
    imap.mailbox.add(MAILS[name])
    got = curl(imap, "INBOX;MAILINDEX=1")
    assert (got.returncode, got.stdout) == (0, MAILS[name])


@needs_curl
def test_curl_gets_sections_and_lists_and_searches(imap) -> None:
    imap.mailbox.add(messages.nested_multiparts())
    assert curl(imap, "INBOX;UID=1;SECTION=1.1.1").stdout == b"plain"
    assert curl(imap).stdout == b'* LIST (\\HasNoChildren) "/" INBOX\r\n'
    assert curl(imap, "INBOX?SUBJECT%20nested").stdout == b"* SEARCH 1\r\n"
    assert b"FLAGS" in curl(imap, "INBOX", "-X", "FETCH 1 FLAGS").stdout


@needs_curl
def test_curl_uploads(imap, tmp_path) -> None:
    (tmp_path / "mail").write_bytes(messages.plain())
    assert curl(imap, "INBOX", "-T", str(tmp_path / "mail")).returncode == 0
    assert imap.mailbox[0].content == messages.plain()


@needs_curl
@pytest.mark.parametrize(
    "script",
    [
        lambda on: on("LOGIN").reply("NO", "[AUTHENTICATIONFAILED] no"),
        lambda on: on("SELECT").reply("NO", "[NONEXISTENT] no"),
        lambda on: on("FETCH").reply("NO", "no"),
        lambda on: on("FETCH").truncate(after=20).reset(),
        lambda on: on("FETCH").truncate(after=20),
        lambda on: on("connect").close(),
        lambda on: on("connect").reply("BYE", "busy"),
    ],
)
def test_curl_is_failed(imap, script) -> None:
    """Its exit status differs from version to version; 28 would be its timeout."""
    imap.mailbox.add(messages.plain())
    imap.capabilities[:] = ["IMAP4rev1"]
    script(imap.on)
    got = curl(imap, "INBOX;MAILINDEX=1")
    assert got.returncode not in (0, 28)


# --- mbsync

MBSYNCRC = """
IMAPAccount fake
Host {host}
Port {port}
User ann
Pass secret
SSLType None
AuthMechs {login}

IMAPStore far
Account fake

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
"""


X_TUID = re.compile(rb"X-TUID: .{12}\n")


class Maildirs:
    """A folder of maildirs that mbsync keeps as a fake's account is."""

    def __init__(self, fake: FakeIMAP, folder: Path, login: str = "LOGIN") -> None:
        self.folder = folder / "mail"
        self.folder.mkdir()
        self.config = folder / "mbsyncrc"
        where = {"host": fake.host, "port": fake.port}
        self.config.write_text(MBSYNCRC.format(folder=self.folder, login=login, **where))
        self.fake = fake

    def sync(self) -> "subprocess.CompletedProcess[str]":
        """Synchronise both ways."""
        command = [str(MBSYNC), "-c", str(self.config), "-a"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    def files(self, name: str = "INBOX") -> list[Path]:
        return sorted(p for sub in ("cur", "new") for p in (self.folder / name / sub).glob("*"))

    def contents(self, name: str = "INBOX") -> list[bytes]:
        """Without the field with which mbsync finds again what it has stored."""
        return sorted(X_TUID.sub(b"", path.read_bytes()) for path in self.files(name))

    def put(self, text: str, flags: str = "", name: str = "INBOX") -> None:
        path = self.folder / name / "cur" / f"1.{len(self.files())}.here:2,{flags}"
        path.write_text(text)

    def find(self, text: str, name: str = "INBOX") -> Path:
        """The file that has a text in it."""
        [path] = [path for path in self.files(name) if text.encode() in path.read_bytes()]
        return path

    def flag(self, text: str, flags: str) -> None:
        """Give a file other flags, which stand at the end of its name."""
        path = self.find(text)
        path.rename(path.parent.parent / "cur" / (path.name.partition(":2,")[0] + ":2," + flags))


@needs_mbsync
def test_mbsync_synchronises_both_ways(imap, tmp_path) -> None:
    """New messages, flags, deletions, folders: each in both directions."""
    inbox = imap.mailbox
    for name in ("one", "two", "three"):
        inbox.add(subject_of(name), flags=["\\Seen"] if name == "two" else [])
    inbox.folders.create("Work/2026").add(subject_of("work"))
    near = Maildirs(imap, tmp_path)

    assert near.sync().returncode == 0
    assert near.contents() == sorted(subject_of(n).encode() for n in ("one", "two", "three"))
    assert near.contents("Work/2026") == [subject_of("work").encode()]
    assert near.find("two").name.endswith(":2,S")

    # New there and here, flags here and there, deleted there and here; a folder made here.
    inbox.add(subject_of("four"))
    near.put(subject_of("five"), "F")
    near.flag("one", "RS")
    inbox[1].flags |= {"\\Flagged"}
    inbox.remove(inbox[2])
    near.find("work", "Work/2026").unlink()
    for sub in ("cur", "new", "tmp"):
        (near.folder / "Mine" / sub).mkdir(parents=True)
    assert near.sync().returncode == 0

    left = {mail.message["Subject"]: mail.flags for mail in inbox}
    assert left == {
        "one": {"\\Answered", "\\Seen"},
        "two": {"\\Flagged", "\\Seen"},
        "four": set(),
        "five": {"\\Flagged"},
    }
    assert near.contents() == sorted(subject_of(name).encode() for name in left)
    assert near.find("two").name.endswith(":2,FS")
    assert len(inbox.folders["Work/2026"]) == 0
    assert "Mine" in inbox.folders

    # Nothing is left to do.
    before = [(mail.content, mail.flags) for mail in inbox], near.files()
    steps = len(imap.steps)
    assert near.sync().returncode == 0
    assert ([(mail.content, mail.flags) for mail in inbox], near.files()) == before
    assert not {"APPEND", "UID STORE", "EXPUNGE"} & {step.verb for step in imap.steps[steps:]}


@needs_mbsync
def test_mbsync_fetches_every_message(imap, tmp_path) -> None:
    """Its maildirs have no CR. It leaves out what has no empty line behind its header."""
    left_out = ("empty", "header_only", "no_blank_line")
    for content in MAILS.values():
        imap.mailbox.add(content)
    near = Maildirs(imap, tmp_path)
    got = near.sync()
    assert got.returncode == 0
    assert got.stderr.count("incomplete header; skipping") == len(left_out)
    taken = [content for name, content in MAILS.items() if name not in left_out]
    assert near.contents() == sorted(content.replace(b"\r", b"") for content in taken)


@needs_mbsync
@pytest.mark.parametrize(
    "script",
    [
        lambda on: on("UID FETCH").truncate(after=20).reset(),
        lambda on: on("UID FETCH").truncate(after=20),
        lambda on: on("UID FETCH").reply("NO", "[UNAVAILABLE] later"),
        lambda on: on("UID FETCH").untagged("BYE shutting down").close(),
        lambda on: on("SELECT").reply("NO", "[UNAVAILABLE] later"),
        lambda on: on("LOGIN").reply("NO", "[AUTHENTICATIONFAILED] no"),
    ],
)
def test_mbsync_fails_and_deletes_nothing(imap, tmp_path, script) -> None:
    imap.mailbox.add(messages.plain())
    near = Maildirs(imap, tmp_path)
    script(imap.on)
    assert near.sync().returncode != 0
    assert near.contents() == []
    assert len(imap.mailbox) == 1
    imap.settle()


@needs_mbsync
def test_mbsync_notices_another_uidvalidity(imap, tmp_path) -> None:
    imap.mailbox.add(subject_of("one"))
    near = Maildirs(imap, tmp_path)
    assert near.sync().returncode == 0
    imap.mailbox.uidvalidity = 99
    imap.mailbox.clear()
    got = near.sync()
    assert got.returncode != 0
    assert "UIDVALIDITY" in got.stderr
    assert len(near.files()) == 1


# --- sent by SMTP, read by IMAP


def test_what_is_sent_can_be_read(imap) -> None:
    import smtplib

    with FakeSMTP() as smtp:
        smtp.deliver_to(imap.mailbox)
        with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as sender:
            sender.sendmail("ann@example.com", ["bob@example.com"], messages.leading_dots())
        with logged_in(imap) as client:
            client.select("INBOX")
            assert client.fetch("1", "(BODY[])")[1][0][1] == messages.leading_dots()
