"""Real clients and a well-behaved server, and what they make of one that is not."""

import poplib
import shutil
import subprocess
from pathlib import Path

import pytest

from fakefarm import FakePOP3, FakeSMTP, messages

CURL, MPOP = shutil.which("curl"), shutil.which("mpop")
needs_curl = pytest.mark.skipif(CURL is None, reason="the curl binary is not installed")
needs_mpop = pytest.mark.skipif(MPOP is None, reason="the mpop binary is not installed")


def test_poplib(pop3) -> None:
    pop3.mailbox.add(messages.plain())
    pop3.mailbox.add(messages.leading_dots())
    client = poplib.POP3(pop3.host, pop3.port, timeout=5)
    assert client.getwelcome().startswith(b"+OK fakefarm")
    assert client.capa()["SASL"] == ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"]
    assert client.utf8() == b"+OK UTF8 enabled"
    client.user("ann")
    client.pass_("secret")
    assert client.stat() == (2, sum(mail.size for mail in pop3.mailbox))
    assert client.list()[1] == [b"%d %d" % (n, m.size) for n, m in enumerate(pop3.mailbox, 1)]
    assert client.list(2) == b"+OK 2 %d" % pop3.mailbox[1].size
    assert client.uidl()[1] == [b"1 uid-1", b"2 uid-2"]
    assert client.uidl(1) == b"+OK 1 uid-1"
    assert b"\r\n".join(client.retr(2)[1]) + b"\r\n" == messages.leading_dots()
    assert client.top(2, 1)[1][-2:] == [b"", b"."]
    assert client.dele(1) == b"+OK"
    client.rset()
    client.dele(2)
    client.noop()
    assert client.quit() == b"+OK bye"
    assert [mail.content for mail in pop3.mailbox] == [messages.plain()]


@pytest.mark.parametrize("password", ["secret", "guess"])
def test_poplib_and_apop(password) -> None:
    with FakePOP3(users={"ann": "secret"}) as fake:
        client = poplib.POP3(fake.host, fake.port, timeout=5)
        if password == "secret":
            assert client.apop("ann", password) == b"+OK logged in"
        else:
            with pytest.raises(poplib.error_proto, match="AUTH"):
                client.apop("ann", password)
        client.close()


# --- curl


def curl(fake: FakePOP3, path: str = "", *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [CURL or "", "-sS", "--max-time", "10", "--noproxy", "*", "--user", "ann:secret"]
    return subprocess.run(
        [*command, *options, f"{fake.url}/{path}"], capture_output=True, check=False
    )


@needs_curl
@pytest.mark.parametrize("login", ["*", "AUTH=PLAIN", "AUTH=LOGIN", "AUTH=CRAM-MD5", "AUTH=+APOP"])
def test_curl_logs_in(login) -> None:
    options = [] if login == "*" else ["--login-options", login]
    with FakePOP3(users={"ann": "secret"}) as fake:
        fake.mailbox.add(messages.leading_dots())
        got = curl(fake, "1", *options)
        assert (got.returncode, got.stderr) == (0, b"")
        assert got.stdout == messages.leading_dots()


@needs_curl
def test_curl_and_xoauth2() -> None:
    with FakePOP3(users={"ann": "token"}) as fake:
        fake.mailbox.add("x")
        got = curl(fake, "1", "--login-options", "AUTH=XOAUTH2", "--oauth2-bearer", "token")
        assert (got.returncode, got.stdout) == (0, b"x\r\n")


@needs_curl
def test_curl_lists(pop3) -> None:
    pop3.mailbox.add("x")
    assert curl(pop3).stdout == b"1 3\r\n"
    assert curl(pop3, "", "-X", "UIDL").stdout == b"1 uid-1\r\n"


@needs_curl
@pytest.mark.parametrize("name", messages.all())
def test_curl_gets_every_message(pop3, name) -> None:
    """A line ends at CRLF and nowhere else for curl: behind a bare LF it keeps the stuffed dot."""
    mail = pop3.mailbox.add(getattr(messages, name)())
    got = curl(pop3, "1")
    expected = mail.content.replace(b"\n.", b"\n..").replace(b"\r\n..", b"\r\n.")
    assert got.returncode == 0
    assert got.stdout in (expected, expected + b"\r\n")


@needs_curl
@pytest.mark.parametrize(
    "script",
    [
        lambda on: on("PASS").reply("-ERR no"),
        lambda on: on("RETR").reply("-ERR no such message"),
        lambda on: on("RETR").truncate(after=20).reset(),
        lambda on: on("connect").close(),
        lambda on: on("connect").reply("-ERR busy"),
    ],
)
def test_curl_is_failed(pop3, script) -> None:
    """Its exit status differs from version to version; 28 would be its timeout."""
    pop3.mailbox.add(messages.plain())
    pop3.capabilities[:] = ["USER"]
    pop3.greeting = "no timestamp"
    script(pop3.on)
    assert curl(pop3, "1").returncode not in (0, 28)


@needs_curl
def test_curl_takes_a_message_that_is_cut_for_whole(pop3) -> None:
    """It is FIN in the middle of the body, and curl ends with 0."""
    pop3.mailbox.add(messages.plain())
    pop3.on("RETR").truncate(after=20)
    got = curl(pop3, "1")
    assert (got.returncode, got.stdout) == (0, messages.plain()[:20])


# --- mpop


def mpop(fake: FakePOP3, folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Fetch all into a maildir."""
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / name).mkdir(parents=True, exist_ok=True)
    (folder / "mpoprc").touch(mode=0o600)
    command = [MPOP or "", f"--file={folder / 'mpoprc'}", f"--host={fake.host}"]
    command += [f"--port={fake.port}", "--user=ann", "--passwordeval=echo secret", "--tls=off"]
    command += [f"--uidls-file={folder / 'uidls'}", f"--delivery=maildir,{folder / 'mail'}"]
    command += ["--received-header=off", "--timeout=10"]
    return subprocess.run([*command, *options], capture_output=True, check=False, timeout=30)


def delivered(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "mail" / "new").iterdir()]


@needs_mpop
@pytest.mark.parametrize("login", ["user", "plain", "cram-md5", "apop"])
def test_mpop(tmp_path, login) -> None:
    """It fetches, pipelining, and deletes; maildirs have LF as their line end."""
    with FakePOP3(users={"ann": "secret"}) as fake:
        fake.mailbox.add(messages.plain())
        fake.mailbox.add(messages.leading_dots())
        got = mpop(fake, tmp_path, f"--auth={login}", "--keep=off")
        assert (got.returncode, got.stderr) == (0, b"")
        assert len(fake.mailbox) == 0
    expected = [messages.plain(), messages.leading_dots()]
    assert sorted(delivered(tmp_path)) == sorted(m.replace(b"\r\n", b"\n") for m in expected)


@needs_mpop
def test_mpop_keeps_and_knows_what_it_has(pop3, tmp_path) -> None:
    pop3.mailbox.add(messages.plain())
    assert mpop(pop3, tmp_path, "--auth=user", "--keep=on").returncode == 0
    pop3.mailbox.add("Subject: second\n\nx\n")
    assert mpop(pop3, tmp_path, "--auth=user", "--keep=on").returncode == 0
    assert pop3.commands.count("RETR") == 2  # the first was not fetched again
    assert (len(delivered(tmp_path)), len(pop3.mailbox)) == (2, 2)


@needs_mpop
@pytest.mark.parametrize(
    ("script", "says"),
    [
        (lambda p: p.mailbox.lock(), b"IN-USE"),
        (lambda p: p.on("RETR").reply("-ERR [SYS/TEMP] later"), b"SYS/TEMP"),
        (lambda p: p.on("RETR").truncate(after=30).reset(), b""),
    ],
)
def test_mpop_fails_and_deletes_nothing(pop3, tmp_path, script, says) -> None:
    """(mpop 1.4.16 reads for ever where a FIN takes the place of the RST.)"""
    pop3.mailbox.add(messages.plain())
    script(pop3)
    got = mpop(pop3, tmp_path, "--auth=user", "--keep=off")
    assert got.returncode != 0
    assert says in got.stderr
    assert delivered(tmp_path) == []
    assert len(pop3.mailbox) == 1


# --- sent by SMTP, read by POP3


def test_what_is_sent_can_be_read(pop3) -> None:
    import smtplib

    with FakeSMTP() as smtp:
        smtp.deliver_to(pop3.mailbox)
        with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as sender:
            sender.sendmail("ann@example.com", ["bob@example.com"], messages.leading_dots())
        client = poplib.POP3(pop3.host, pop3.port, timeout=5)
        client.user("bob")
        client.pass_("secret")
        assert b"\r\n".join(client.retr(1)[1]) + b"\r\n" == messages.leading_dots()
        client.quit()
