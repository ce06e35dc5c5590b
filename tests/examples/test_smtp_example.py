import smtplib

import pytest

MESSAGE = b"Subject: Report\r\n\r\nAll is well.\r\n"


def send(server):
    with smtplib.SMTP(server.host, server.port, timeout=5) as client:
        return client.sendmail("ann@example.com", ["bob@example.com"], MESSAGE)


def test_falls_back_to_helo(fake_smtp):
    fake_smtp.on("EHLO").reply(502, "5.5.1 command not implemented")
    send(fake_smtp)
    assert fake_smtp.commands[:2] == ["EHLO", "HELO"]
    assert fake_smtp.outbox[0].message["Subject"] == "Report"


def test_greylisted_once(fake_smtp):
    fake_smtp.on("RCPT", "TO:<bob@*").reply(450, "4.2.0 come back later").once()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(fake_smtp)
    send(fake_smtp)
    assert len(fake_smtp.outbox) == 1


def test_stored_but_the_reply_is_lost(fake_smtp):
    fake_smtp.on("message").truncate(after=0)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(fake_smtp)
    assert len(fake_smtp.outbox) == 1  # sending again would deliver it twice


@pytest.mark.fake_smtp(users={"ann": "secret"})
def test_wrong_password(fake_smtp):
    with (
        smtplib.SMTP(fake_smtp.host, fake_smtp.port, timeout=5) as client,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        client.login("ann", "guess")
