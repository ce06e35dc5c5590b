"""LMTP (RFC 2033)."""

import smtplib

ENVELOPE = (
    "LHLO client.example",
    "MAIL FROM:<ann@example.com>",
    "RCPT TO:<bob@example.com> NOTIFY=NEVER",
    "RCPT TO:<carol@example.com>",
    "DATA",
)


def test_smtplib(lmtp) -> None:
    with smtplib.LMTP(lmtp.host, lmtp.port) as client:
        assert client.sendmail("ann@example.com", ["bob@example.com"], "hi") == {}
    assert lmtp.commands[0] == "LHLO"
    assert lmtp.outbox[0].content == b"hi\r\n"


def test_hello_is_lhlo(lmtp, raw) -> None:
    client = raw(lmtp, hello="")
    assert client.codes("EHLO a", "HELO a", "MAIL FROM:<>") == [500, 500, 503]  # section 4.1
    assert b"PIPELINING" in client.say("LHLO a")
    assert b"EHLO" not in client.say("HELP")


def test_a_reply_for_each_recipient(lmtp, raw) -> None:
    lmtp.on("message", "bob@*").reply(450, "4.2.0 full")
    client = raw(lmtp, hello="")
    assert client.codes(*ENVELOPE) == [250, 250, 250, 250, 354]
    client.send(b"x\r\n.\r\nNOOP\r\n")
    assert [client.reply()[:3] for _ in range(3)] == [b"450", b"250", b"250"]
    (message,) = lmtp.outbox
    assert (message.recipients, message.rcpt_options) == (["carol@example.com"], [{}])
    assert message.content == b"x\r\n"
    steps = [step for step in lmtp.steps if step.verb == "message"]
    assert [s.argument for s in steps] == ["bob@example.com", "carol@example.com"]
    assert [s.content for s in steps] == [b"x\r\n"] * 2


def test_all_accepted_is_one_message(lmtp, raw) -> None:
    client = raw(lmtp, hello="")
    client.codes(*ENVELOPE)
    client.send(b".\r\n")
    assert [client.reply()[:3] for _ in range(2)] == [b"250"] * 2
    (message,) = lmtp.outbox
    assert message.recipients == ["bob@example.com", "carol@example.com"]
    assert message.rcpt_options == [{"NOTIFY": "NEVER"}, {}]


def test_none_accepted_is_none(lmtp, raw) -> None:
    lmtp.on("message").reply(550, "no")
    client = raw(lmtp, hello="")
    client.codes(*ENVELOPE)
    client.send(b".\r\n")
    assert [client.reply()[:3] for _ in range(2)] == [b"550"] * 2
    assert lmtp.outbox == []


def test_closed_in_the_middle(lmtp, raw) -> None:
    lmtp.on("message", "carol@*").close()
    client = raw(lmtp, hello="")
    client.codes(*ENVELOPE)
    client.send(b".\r\n")
    assert client.rest() == (b"250 2.6.0 message accepted\r\n", "fin")
    assert [m.recipients for m in lmtp.outbox] == [["bob@example.com"]]


def test_too_big_is_said_to_each(lmtp, raw) -> None:
    lmtp.max_message_size = 3
    client = raw(lmtp, hello="")
    client.codes(*ENVELOPE)
    client.send(b"xxx\r\n.\r\n")
    assert [client.reply()[:3] for _ in range(2)] == [b"552"] * 2


def test_the_last_chunk_is_answered_for_each(lmtp, raw) -> None:
    client = raw(lmtp, hello="")
    client.codes(*ENVELOPE[:4])
    client.send(b"BDAT 1 LAST\r\nx")
    assert [client.reply()[:3] for _ in range(2)] == [b"250"] * 2
    assert lmtp.outbox[0].content == b"x"


def test_a_rule_for_bdat_speaks_for_all(lmtp, raw) -> None:
    lmtp.on("BDAT").delay(0)
    client = raw(lmtp, hello="")
    client.codes(*ENVELOPE[:4])
    client.send(b"BDAT 1 LAST\r\nx")
    assert [client.reply()[:3] for _ in range(2)] == [b"250"] * 2
    assert lmtp.outbox[0].recipients == ["bob@example.com", "carol@example.com"]


def test_data_without_recipients(lmtp, raw) -> None:
    client = raw(lmtp, hello="")
    assert client.codes(*ENVELOPE[:2], "DATA") == [250, 250, 503]  # section 4.2
    lmtp.on("DATA").reply(354, "go on")
    assert client.codes("DATA", ".") == [354, 250]
    assert lmtp.outbox[0].recipients == []
