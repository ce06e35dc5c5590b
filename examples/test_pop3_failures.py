"""Mail clients that fetch meet servers that misbehave."""

from __future__ import annotations

import poplib
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fakefarm import FakePOP3, FakeSMTP, messages

Say = Callable[[str], None]


@contextmanager
def logged_in(fake: FakePOP3, timeout: float = 2) -> Iterator[poplib.POP3]:
    client = poplib.POP3(fake.host, fake.port, timeout=timeout)
    try:
        client.user("bob")
        client.pass_("secret")
        yield client
    finally:
        if client.sock is not None:
            client.close()


def test_a_message_sent_and_fetched(fake_smtp: FakeSMTP, fake_pop3: FakePOP3, say: Say) -> None:
    """What one fake accepts, the other hands out: a round trip through two protocols."""
    fake_smtp.deliver_to(fake_pop3.mailbox)
    with smtplib.SMTP(fake_smtp.host, fake_smtp.port, timeout=2) as sender:
        sender.sendmail("ann@example.com", ["bob@example.com"], messages.leading_dots())
    with logged_in(fake_pop3) as client:
        lines = client.retr(1)[1]
    assert b"\r\n".join(lines) + b"\r\n" == messages.leading_dots()
    say("smtplib sent it, poplib got it back byte for byte, with every dot.")


def test_a_message_that_is_cut_off(fake_pop3: FakePOP3, say: Say) -> None:
    """The connection breaks in the middle of a message: nothing may be deleted for that."""
    fake_pop3.mailbox.add(messages.plain())
    fake_pop3.on("RETR").truncate(after=100).reset()
    with logged_in(fake_pop3) as client, pytest.raises(ConnectionResetError):
        client.retr(1)
    assert len(fake_pop3.mailbox) == 1
    say("poplib raised ConnectionResetError, and the message is still there.")


def test_a_dot_that_is_not_stuffed(fake_pop3: FakePOP3, say: Say) -> None:
    """A server forgets to double a dot: the message ends early, and its rest is taken for the
    answers to what the client says next."""
    fake_pop3.on("RETR").raw(b"+OK\r\nbefore\r\n.\r\nbehind\r\n.\r\n")
    with logged_in(fake_pop3) as client:
        assert client.retr(1)[1] == [b"before"]
        with pytest.raises(poplib.error_proto, match="behind"):
            client.noop()
    say("poplib returned half of the message, and took the other half for the answer to NOOP.")


def test_a_locked_mailbox(fake_pop3: FakePOP3, say: Say) -> None:
    """Another session holds the mailbox: the login fails with a code that says so, for now."""
    fake_pop3.mailbox.lock()
    with pytest.raises(poplib.error_proto, match="IN-USE"), logged_in(fake_pop3):
        pass
    fake_pop3.mailbox.unlock()
    with logged_in(fake_pop3) as client:
        assert client.stat() == (0, 0)
    say("poplib raised error_proto with [IN-USE]; later it was let in.")


def test_the_reply_to_quit_is_lost(fake_pop3: FakePOP3, say: Say) -> None:
    """Deletions happen at QUIT. Its reply is lost: they have happened all the same."""
    fake_pop3.mailbox.add(messages.plain())
    fake_pop3.on("QUIT").truncate(after=0)
    with logged_in(fake_pop3) as client:
        client.dele(1)
        with pytest.raises(poplib.error_proto, match="EOF"):
            client.quit()
    assert len(fake_pop3.mailbox) == 0
    say("poplib raised error_proto, and the message is gone.")
