"""Real clients and a well-behaved server."""

import asyncio
import shutil
import smtplib
import subprocess
import threading
from email.message import EmailMessage

import aiosmtplib
import pytest

CURL = shutil.which("curl")


def letter(to: str = "bob@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "ann@example.com"
    message["To"] = to
    message["Subject"] = "dots"
    message.set_content(".\n..\n.a\nb\n")
    return message


def test_smtplib(smtp) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        assert client.send_message(letter()) == {}
        assert client.send_message(letter("carol@example.com")) == {}
        assert client.verify("bob")[0] == 252
        assert client.expn("bob")[0] == 252
        assert client.help().startswith(b"2.0.0 EHLO")
    assert [m.recipients for m in smtp.outbox] == [["bob@example.com"], ["carol@example.com"]]
    assert smtp.outbox[0].message.get_content().splitlines() == [".", "..", ".a", "b"]
    assert smtp.outbox[0].message["Subject"] == "dots"


def test_smtplib_and_smtputf8(smtp) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.send_message(letter("jos\u00e9@example.com"))
    (message,) = smtp.outbox
    assert message.recipients == ["jos\u00e9@example.com"]
    assert "SMTPUTF8" in message.mail_options
    assert message.message["To"] == "jos\u00e9@example.com"
    assert "jos\u00e9".encode() in message.content


def test_smtplib_where_smtputf8_is_not_offered(smtp) -> None:
    smtp.capabilities.remove("SMTPUTF8")
    refusal = pytest.raises(smtplib.SMTPNotSupportedError)
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client, refusal:
        client.send_message(letter("jos\u00e9@example.com"))


def test_smtplib_and_dsn(smtp) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.sendmail(
            "ann@example.com",
            ["bob@example.com"],
            "x\r\n",
            mail_options=["RET=HDRS", "ENVID=7"],
            rcpt_options=["NOTIFY=SUCCESS,FAILURE"],
        )
    assert smtp.outbox[0].mail_options == {"SIZE": "3", "RET": "HDRS", "ENVID": "7"}
    assert smtp.outbox[0].rcpt_options == [{"NOTIFY": "SUCCESS,FAILURE"}]


def test_smtplib_many_at_once(smtp) -> None:
    def send(number: int) -> None:
        with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as client:
            for _ in range(5):
                client.sendmail(f"{number}@example.com", ["bob@example.com"], f"{number}\r\n")

    threads = [threading.Thread(target=send, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(m.sender for m in smtp.outbox) == sorted(
        f"{n}@example.com" for n in range(10) for _ in range(5)
    )
    assert all(m.content == m.sender.split("@")[0].encode() + b"\r\n" for m in smtp.outbox)


def test_aiosmtplib(smtp) -> None:
    asyncio.run(aiosmtplib.send(letter(), hostname=smtp.host, port=smtp.port, timeout=5))
    assert smtp.outbox[0].message.get_content().splitlines() == [".", "..", ".a", "b"]


def test_aiosmtplib_is_refused(smtp) -> None:
    smtp.on("RCPT").reply(550, "5.1.1 no")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        asyncio.run(aiosmtplib.send(letter(), hostname=smtp.host, port=smtp.port, timeout=5))


@pytest.mark.skipif(CURL is None, reason="the curl binary is not installed")
@pytest.mark.parametrize("login", [False, True])
def test_curl(smtp, login) -> None:
    command = [CURL, "-sS", "--max-time", "10", smtp.url, "--noproxy", "*"]
    command += ["--mail-from", "ann@example.com", "--mail-rcpt", "bob@example.com", "-T", "-"]
    command += ["--user", "ann:secret"] if login else []
    content = b"Subject: hi\r\n\r\n.\r\n..dots\r\nend\r\n"
    sent = subprocess.run(command, input=content, capture_output=True, check=False)
    assert (sent.returncode, sent.stderr) == (0, b"")
    (message,) = smtp.outbox
    assert (message.sender, message.recipients) == ("ann@example.com", ["bob@example.com"])
    assert message.content == content
    assert message.user == ("ann" if login else None)


@pytest.mark.skipif(CURL is None, reason="the curl binary is not installed")
def test_curl_is_refused(smtp) -> None:
    smtp.on("MAIL").reply(451, "4.3.0 later")
    command = [CURL, "-sS", "--max-time", "10", smtp.url, "--noproxy", "*", "-T", "-"]
    command += ["--mail-from", "ann@example.com", "--mail-rcpt", "bob@example.com"]
    sent = subprocess.run(command, input=b"x\r\n", capture_output=True, check=False)
    assert sent.returncode == 55  # the command failed
    assert b"451" in sent.stderr
