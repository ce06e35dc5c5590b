import poplib
import smtplib

import pytest

from fakefarm import messages


def fetch(server):
    """The code under test: fetch all mail, and delete it from the server."""
    client = poplib.POP3(server.host, server.port, timeout=5)
    try:
        client.user("bob")
        client.pass_("secret")
        mails = []
        for number in range(1, client.stat()[0] + 1):
            mails.append(b"\r\n".join(client.retr(number)[1]))
            client.dele(number)
        client.quit()
        return mails
    finally:
        if client.sock is not None:
            client.close()


def test_what_is_sent_can_be_fetched(fake_smtp, fake_pop3):
    fake_smtp.deliver_to(fake_pop3.mailbox)
    with smtplib.SMTP(fake_smtp.host, fake_smtp.port, timeout=5) as sender:
        sender.sendmail("ann@example.com", ["bob@example.com"], "Subject: hi\r\n\r\nHello.\r\n")
    assert fetch(fake_pop3) == [b"Subject: hi\r\n\r\nHello."]
    assert len(fake_pop3.mailbox) == 0


def test_nothing_is_deleted_when_a_message_is_cut_off(fake_pop3):
    fake_pop3.mailbox.add(messages.plain())
    fake_pop3.on("RETR").truncate(after=100).reset()
    with pytest.raises(ConnectionResetError):
        fetch(fake_pop3)
    assert len(fake_pop3.mailbox) == 1


def test_the_mailbox_is_locked(fake_pop3):
    fake_pop3.mailbox.lock()
    with pytest.raises(poplib.error_proto, match="IN-USE"):
        fetch(fake_pop3)


@pytest.mark.parametrize("name", ["no_blank_line", "leading_dots", "line_over_2048", "empty"])
def test_odd_mail(fake_pop3, name):
    fake_pop3.mailbox.add(getattr(messages, name)())
    if name == "line_over_2048":  # more than poplib reads
        with pytest.raises(poplib.error_proto, match="line too long"):
            fetch(fake_pop3)
    else:
        assert len(fetch(fake_pop3)) == 1
