import imaplib

import pytest

from fakefarm import messages


def unread(server):
    """The code under test: the unread messages of the INBOX, which are read then."""
    client = imaplib.IMAP4(server.host, server.port, timeout=5)
    try:
        client.login("bob", "secret")
        client.select("INBOX")
        numbers = client.search(None, "UNSEEN")[1][0].split()
        return [client.fetch(number.decode(), "(BODY[])")[1][0][1] for number in numbers]
    finally:
        client.shutdown()


def test_unread_mail_is_read_once(fake_imap):
    fake_imap.mailbox.add(messages.plain())
    fake_imap.mailbox.add("Subject: seen\n\n", flags=["\\Seen"])
    assert unread(fake_imap) == [messages.plain()]
    assert unread(fake_imap) == []


def test_the_connection_ends_in_the_middle_of_a_message(fake_imap):
    fake_imap.mailbox.add(messages.plain())
    fake_imap.on("FETCH").truncate(after=100)
    with pytest.raises(imaplib.IMAP4.abort, match="EOF"):
        unread(fake_imap)


def test_the_server_is_busy(fake_imap):
    fake_imap.on("LOGIN").reply("NO", "[UNAVAILABLE] try later").then.answer()
    with pytest.raises(imaplib.IMAP4.error, match="try later"):
        unread(fake_imap)
    assert unread(fake_imap) == []


@pytest.mark.parametrize("name", ["empty", "nul_bytes", "line_over_2048", "boundary_missing"])
def test_odd_mail(fake_imap, name):
    fake_imap.mailbox.add(getattr(messages, name)())
    assert unread(fake_imap) == [getattr(messages, name)()]
