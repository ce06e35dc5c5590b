"""Mail clients meet servers that misbehave."""

from __future__ import annotations

import smtplib
from collections.abc import Callable

import aiosmtplib
import pytest

from fakefarm import FakeSMTP, Farm

Say = Callable[[str], None]
MESSAGE = b"Subject: Report\r\n\r\nAll is well.\r\n"


def send(fake: FakeSMTP, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(fake.host, fake.port, timeout=2) as client:
        return client.sendmail("ann@example.com", recipients or ["bob@example.com"], MESSAGE)


def test_a_server_that_knows_no_ehlo(fake_smtp: FakeSMTP, say: Say) -> None:
    """The server refuses EHLO: a good client goes on with HELO."""
    fake_smtp.on("EHLO").reply(502, "5.5.1 command not implemented")
    send(fake_smtp)
    assert fake_smtp.commands[:2] == ["EHLO", "HELO"]
    assert fake_smtp.outbox[0].message["Subject"] == "Report"
    say("smtplib fell back to HELO and the message arrived.")


def test_greylisting(fake_smtp: FakeSMTP, say: Say) -> None:
    """The server turns the first attempt away for now (greylisting) and takes the second."""
    fake_smtp.on("RCPT").reply(450, "4.2.0 greylisted, come back later").once()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(fake_smtp)
    assert send(fake_smtp) == {}
    assert len(fake_smtp.outbox) == 1
    say("smtplib raised SMTPRecipientsRefused; sending again delivered the message, once.")


def test_one_recipient_of_three_is_refused(fake_smtp: FakeSMTP, say: Say) -> None:
    """One of three recipients does not exist: the others get the message."""
    fake_smtp.on("RCPT", "TO:<bob@*").reply(550, "5.1.1 no such user")
    refused = send(fake_smtp, "ann@example.com", "bob@example.com", "eve@example.com")
    assert refused == {"bob@example.com": (550, b"5.1.1 no such user")}
    assert fake_smtp.outbox[0].recipients == ["ann@example.com", "eve@example.com"]
    say(f"smtplib returned who was refused: {refused}")


def test_the_reply_to_the_final_dot_is_lost(fake_smtp: FakeSMTP, say: Say) -> None:
    """The message is stored, but the reply that says so is lost on the way: the client sees a
    failure, and if it simply tries again, the message arrives twice."""
    fake_smtp.on("message").truncate(after=0).once()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(fake_smtp)
    send(fake_smtp)
    assert len(fake_smtp.outbox) == 2
    say("smtplib raised SMTPServerDisconnected, and the retry delivered the message again.")


@pytest.mark.asyncio
async def test_a_server_that_falls_silent(fake_smtp: FakeSMTP, say: Say) -> None:
    """The server accepts the message and never answers: only a timeout helps."""
    fake_smtp.on("message").stall()
    client = aiosmtplib.SMTP(hostname=fake_smtp.host, port=fake_smtp.port, timeout=0.3)
    await client.connect()
    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await client.sendmail("ann@example.com", ["bob@example.com"], MESSAGE)
    client.close()
    say("aiosmtplib raised SMTPReadTimeoutError after its 0.3 s.")


def test_the_first_of_two_servers_is_down(farm: Farm, say: Say) -> None:
    """Nothing listens on the first of two mail exchangers: the second has to take the message."""
    primary, secondary = farm.smtp(), farm.smtp()
    primary.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        send(primary)
    send(secondary)
    assert not primary.outbox
    assert len(secondary.outbox) == 1
    say("Connection refused by the first, delivered by the second.")
