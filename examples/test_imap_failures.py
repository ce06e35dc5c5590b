"""Mail clients that keep their mail on the server meet servers that misbehave."""

from __future__ import annotations

import imaplib
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from fakefarm import FakeIMAP, FakeSMTP, messages

Say = Callable[[str], None]


@contextmanager
def opened(fake: FakeIMAP, timeout: float = 2) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4(fake.host, fake.port, timeout=timeout)
    try:
        client.login("bob", "secret")
        client.select("INBOX")
        yield client
    finally:
        with suppress(OSError):
            client.shutdown()


def test_a_message_sent_and_read(fake_smtp: FakeSMTP, fake_imap: FakeIMAP, say: Say) -> None:
    """What one fake accepts, the other hands out, and it knows that it was read."""
    fake_smtp.deliver_to(fake_imap.mailbox)
    with smtplib.SMTP(fake_smtp.host, fake_smtp.port, timeout=2) as sender:
        sender.sendmail("ann@example.com", ["bob@example.com"], messages.plain())
    with opened(fake_imap) as client:
        data: Any = client.fetch("1", "(BODY[])")[1]
        assert data[0][1] == messages.plain()
    assert fake_imap.mailbox[0].flags == {"\\Seen"}
    say("smtplib sent it, imaplib got it back byte for byte, and it is marked as seen.")


def test_a_message_that_is_cut_off(fake_imap: FakeIMAP, say: Say) -> None:
    """The connection ends in the middle of a message that was announced as longer."""
    fake_imap.mailbox.add(messages.plain())
    fake_imap.on("FETCH").truncate(after=100)
    with opened(fake_imap) as client, pytest.raises(imaplib.IMAP4.abort, match="EOF"):
        client.fetch("1", "(BODY.PEEK[])")
    say("imaplib raised abort: it had counted on 225 bytes.")


def test_a_literal_that_is_longer_than_announced(fake_imap: FakeIMAP, say: Say) -> None:
    """The size before a message is too small by three: its end is read as something else."""
    fake_imap.mailbox.add(b"Subject: hi\r\n\r\nthe end")
    fake_imap.on("FETCH").literals(off_by=-3)
    with opened(fake_imap) as client:
        data = client.fetch("1", "(BODY.PEEK[])")[1]
    assert data == [(b"1 (BODY[] {19}", b"Subject: hi\r\n\r\nthe "), b"end)"]
    say("imaplib returned a message without its end, and told nobody.")


def test_a_message_vanishes_while_it_is_fetched(fake_imap: FakeIMAP, say: Say) -> None:
    """Somebody else deletes it: OK, and no data."""
    fake_imap.mailbox.add(messages.plain())
    fake_imap.on("FETCH").reply("OK", "some messages were expunged")
    with opened(fake_imap) as client:
        assert client.fetch("1", "(FLAGS)") == ("OK", [None])
    say("imaplib returned OK and [None]: who indexes that without a look gets a TypeError.")


def test_an_append_over_the_quota(fake_imap: FakeIMAP, say: Say) -> None:
    """The message is sent, and only then refused."""
    fake_imap.on("APPEND").reply("NO", "[OVERQUOTA] mailbox is full")
    with opened(fake_imap) as client:
        answer = client.append("INBOX", None, None, messages.plain())
    assert answer == ("NO", [b"[OVERQUOTA] mailbox is full"])
    assert len(fake_imap.mailbox) == 0
    say("imaplib returned NO and raised nothing: the message is nowhere.")


def test_the_server_goes_down(fake_imap: FakeIMAP, say: Say) -> None:
    """A BYE in the middle of a command, and the connection is closed."""
    fake_imap.on("SEARCH").untagged("BYE server is shutting down").close()
    with opened(fake_imap) as client, pytest.raises(imaplib.IMAP4.abort, match="shutting down"):
        client.search(None, "UNSEEN")
    say("imaplib raised abort with the words of the BYE.")


def test_mail_arrives_during_idle(fake_imap: FakeIMAP, say: Say) -> None:
    """A client waits; a message comes; it is told."""
    imapclient = pytest.importorskip("imapclient", reason="imapclient is not installed")
    with imapclient.IMAPClient(fake_imap.host, fake_imap.port, ssl=False, timeout=2) as client:
        client.login("bob", "secret")
        client.select_folder("INBOX")
        client.idle()
        fake_imap.mailbox.add(messages.plain())
        assert (1, b"EXISTS") in client.idle_check(timeout=2)
        client.idle_done()
    say("imapclient heard of it at once.")
