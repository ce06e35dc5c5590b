"""What FakeSMTP accepts, in mailboxes that other fakes show."""

import pytest

from fakefarm import FakePOP3, Mailbox


def send(client, recipients=("bob@example.com",), content="x\r\n") -> list[int]:
    lines = ["MAIL FROM:<>", *(f"RCPT TO:<{r}>" for r in recipients), "DATA", content + "."]
    return client.codes(*lines)


def contents(mailbox: Mailbox) -> list[bytes]:
    return [mail.content for mail in mailbox]


def test_everything_from_now_on(smtp, raw) -> None:
    client, mailbox = raw(smtp), Mailbox()
    send(client, content="before\r\n")
    smtp.deliver_to(mailbox)
    send(client, content="..a\r\nb\n.c\r\n")
    send(client, ["bob@example.com", "carol@example.com"], "two\r\n")
    assert contents(mailbox) == [b".a\r\nb\n.c\r\n", b"two\r\n"]
    assert len(smtp.outbox) == 3


def test_in_chunks(smtp, raw) -> None:
    mailbox = Mailbox()
    smtp.deliver_to(mailbox)
    client = raw(smtp)
    client.codes("MAIL FROM:<>", "RCPT TO:<a@b.c>")
    client.send(b"BDAT 4 LAST\r\n.\r\n\n")
    assert client.reply().startswith(b"250 ")
    assert contents(mailbox) == [b".\r\n\n"]


def test_by_recipient(smtp, raw) -> None:
    ann, bob = Mailbox(), Mailbox()
    smtp.deliver_to(ann, "ann@*")
    smtp.deliver_to(bob, "bob@example.*")
    client = raw(smtp)
    send(client, ["ann@example.com"], "1\r\n")
    send(client, ["BOB@EXAMPLE.COM", "ann@example.com", "ann@example.org"], "2\r\n")
    send(client, ["carol@example.com"], "3\r\n")
    assert contents(ann) == [b"1\r\n", b"2\r\n"]
    assert contents(bob) == [b"2\r\n"]


def test_what_is_not_accepted_is_not_delivered(smtp, raw) -> None:
    mailbox = Mailbox()
    smtp.deliver_to(mailbox)
    smtp.on("message").reply(452, "no").then.reply(250, "ok").without_effect().then.answer()
    client = raw(smtp)
    assert [send(client)[-1] for _ in range(3)] == [452, 250, 250]
    assert len(mailbox) == 1


def test_it_is_there_when_the_reply_is_lost(smtp, raw) -> None:
    mailbox = Mailbox()
    smtp.deliver_to(mailbox)
    smtp.on("message").truncate(after=0)
    client = raw(smtp)
    client.codes("MAIL FROM:<>", "RCPT TO:<a@b.c>", "DATA")
    client.send(b".\r\n")
    assert client.rest() == (b"", "fin")
    assert len(mailbox) == 1


def test_lmtp_delivers_once_a_mailbox(lmtp, raw) -> None:
    everything, bob = Mailbox(), Mailbox()
    lmtp.deliver_to(everything)
    lmtp.deliver_to(bob, "bob@*")
    lmtp.on("message", "ann@*").reply(550, "not ann").once()
    client = raw(lmtp, hello="LHLO a")
    for recipients in (["ann@b.c", "bob@b.c", "bob@d.e"], ["ann@b.c"]):
        client.codes("MAIL FROM:<>", *(f"RCPT TO:<{r}>" for r in recipients), "DATA")
        client.send(b"x\r\n.\r\n")
        for _ in recipients:
            client.reply()
    assert (len(everything), len(bob)) == (2, 1)


def test_reset_forgets_it(smtp, raw) -> None:
    mailbox = Mailbox()
    smtp.deliver_to(mailbox)
    smtp.reset()
    send(raw(smtp))
    assert (len(mailbox), len(smtp.outbox)) == (0, 1)


@pytest.mark.parametrize("wrong", [None, [], "mailbox"])
def test_nonsense(smtp, wrong) -> None:
    with pytest.raises(TypeError, match="give a Mailbox"):
        smtp.deliver_to(wrong)
    with pytest.raises(TypeError, match="pattern"):
        smtp.deliver_to(Mailbox(), 7)
    with pytest.raises(TypeError), FakePOP3() as pop3:
        smtp.deliver_to(pop3)
