"""The forms of reply(), and what a rule at each step does."""

import pytest

from fakefarm import FakeFailure, FakePOP3

BODY = "Subject: x\r\n\r\n.\r\nend"
WIRE = b"+OK it comes\r\nSubject: x\r\n\r\n..\r\nend\r\n.\r\n"

# What is given to reply(), and what is sent.
REPLIES = [
    (("-ERR locked",), b"-ERR locked\r\n"),
    (("-ERR",), b"-ERR\r\n"),
    (("",), b"\r\n"),
    ((b"-ERR \xff\0",), b"-ERR \xff\0\r\n"),
    (("-ERR caf\u00e9",), "-ERR caf\u00e9\r\n".encode()),
    (("+OK a\r\n-ERR b",), b"+OK a\r\n-ERR b\r\n"),
    (("HELLO you",), b"HELLO you\r\n"),
    (("+OK it comes", BODY), WIRE),
    ((b"+OK it comes", BODY.encode()), WIRE),
    (("+OK it comes", ["Subject: x", b"", ".", "end"]), WIRE),
    (("+OK it comes", iter(["Subject: x", "", ".", "end"])), WIRE),
    (("+OK", []), b"+OK\r\n.\r\n"),
    (("+OK", ""), b"+OK\r\n.\r\n"),
    (("-ERR", "a"), b"-ERR\r\na\r\n.\r\n"),
    ((lambda step: "-ERR " + step.argument,), b"-ERR 7\r\n"),
    ((lambda step: ("+OK it comes", BODY),), WIRE),
    ((lambda step: ("+OK it comes", ["Subject: x", "", ".", "end"]),), WIRE),
    ((lambda step: b"raw\n",), b"raw\n"),
    ((lambda step: None,), b"-ERR log in first\r\n"),
]


@pytest.mark.parametrize(("arguments", "data"), REPLIES)
def test_reply(pop3, raw, arguments, data) -> None:
    pop3.on("RETR").reply(*arguments).times(2)
    pop3.on("NOOP").close()
    client = raw(pop3, user="")
    client.send(b"RETR 7\r\nRETR 7\r\nNOOP\r\n")
    assert client.rest() == (data * 2, "fin")  # each time: an iterator is not used up


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((450, "x"), TypeError),
        ((None,), TypeError),
        (("+OK", 5), TypeError),
        (("+OK", [5]), TypeError),
        ((lambda step: "x", "body"), TypeError),
    ],
)
def test_bad_replies_raise_where_they_are_written(pop3, arguments, error) -> None:
    with pytest.raises(error, match="reply"):
        pop3.on("RETR").reply(*arguments)
    pop3.reset()


def test_a_callable_that_returns_nonsense_fails_the_test(raw) -> None:
    fake = FakePOP3(strict=False).start()
    fake.on("NOOP").reply(lambda step: 7)
    client = raw(fake, user="")
    client.send(b"NOOP\r\n")
    assert client.rest() == (b"", "fin")
    fake.stop()
    with pytest.raises(FakeFailure, match="give the status line"):
        fake.verify()


def test_faults_count_the_body_of_a_scripted_reply(pop3, raw) -> None:
    pop3.on("RETR").reply("+OK it comes", BODY).truncate(after=5)
    client = raw(pop3, user="")
    client.send(b"RETR 1\r\n")
    assert client.rest() == (b"+OK it comes\r\nSubje", "fin")


def test_settings_are_checked_where_they_are_set(pop3) -> None:
    with pytest.raises(TypeError, match="capabilities"):
        pop3.capabilities = "TOP"
    with pytest.raises(TypeError, match="give a Mailbox"):
        pop3.mailbox = [b"mail"]
    with pytest.raises(TypeError, match="give a Mailbox"):
        pop3.mailboxes["ann"] = b"mail"
    with pytest.raises(TypeError):
        FakePOP3(lmtp=True)
    pop3.capabilities = ["TOP"]
    assert pop3.capabilities == ["TOP"]


def test_verbs_are_checked(pop3) -> None:
    with pytest.raises(ValueError, match="did you mean 'RETR'"):
        pop3.on("RETTR")
    with pytest.raises(ValueError, match="no such verb or phase"):
        pop3.on("message")
    with pytest.raises(ValueError, match="FakePOP3"):
        pop3.on("EHLO")


def test_custom_verbs(pop3, raw) -> None:
    pop3.on("XTND", "XMIT*", custom=True).reply("+OK extended")
    client = raw(pop3, user="")
    assert client.say("XTND XMIT x") == b"+OK extended\r\n"
    assert client.say("XTND y") == b"-ERR no such command\r\n"


def test_rules_are_asked_before_the_state(pop3, raw) -> None:
    pop3.on("STAT").reply("+OK 7 700")
    assert raw(pop3, user="").say("STAT") == b"+OK 7 700\r\n"


def test_an_accepted_dele_deletes(filled, raw) -> None:
    filled.on("DELE").reply("+OK gone")
    client = raw(filled)
    assert client.statuses("DELE 1", "DELE 77", "DELE x", "QUIT") == ["+OK"] * 4
    assert len(filled.mailbox) == 2


@pytest.mark.parametrize(
    "script",
    [
        lambda on: on.reply("-ERR no"),
        lambda on: on.reply("+OK gone").without_effect(),
        lambda on: on.raw(b"+OK gone\r\n"),
        lambda on: on.reply(lambda step: b"+OK gone\r\n"),
        lambda on: on.answer().without_effect(),
    ],
)
def test_an_effect_that_does_not_come(filled, raw, script) -> None:
    script(filled.on("DELE"))
    client = raw(filled)
    client.say("DELE 1")
    assert client.say("STAT") == b"+OK 3 72\r\n"


def test_rset_without_effect(filled, raw) -> None:
    filled.on("RSET").reply("+OK").without_effect()
    raw(filled).statuses("DELE 1", "RSET", "QUIT")
    assert len(filled.mailbox) == 2


def test_an_accepted_quit_commits_and_closes(filled, raw) -> None:
    filled.on("QUIT").reply("+OK see you")
    client = raw(filled)
    client.say("DELE 1")
    client.send(b"QUIT\r\n")
    assert client.rest() == (b"+OK see you\r\n", "fin")
    assert len(filled.mailbox) == 2


def test_a_refused_quit_leaves_the_session_open(filled, raw) -> None:
    filled.on("QUIT").reply("-ERR some deleted messages not removed").once()
    client = raw(filled)
    assert client.statuses("DELE 1", "QUIT", "STAT", "QUIT") == ["+OK", "-ERR", "+OK", "+OK"]
    assert len(filled.mailbox) == 2


def test_a_greeting_that_turns_away(pop3, raw) -> None:
    pop3.on("connect").reply("-ERR [SYS/TEMP] busy")
    client = raw(pop3, greeted=False)
    assert client.line() == b"-ERR [SYS/TEMP] busy\r\n"
    assert client.statuses("USER ann", "CAPA", "NOOP", "QUIT") == ["-ERR", "-ERR", "-ERR", "+OK"]


def test_a_scripted_greeting_has_the_timestamp_that_counts(raw) -> None:
    import hashlib

    digest = hashlib.md5(b"<1@a>secret", usedforsecurity=False).hexdigest()
    with FakePOP3(users={"ann": "secret"}) as fake:
        fake.on("connect").reply("+OK mine <1@a>").once()
        fake.on("connect").reply("+OK none")
        client = raw(fake, greeted=False)
        assert client.line() == b"+OK mine <1@a>\r\n"
        assert client.statuses(f"APOP ann {digest}") == ["+OK"]
        assert b"no timestamp" in raw(fake, user="").say(f"APOP ann {digest}")


def test_a_sequence(filled, raw) -> None:
    filled.on("RETR", "1").reply("-ERR busy").then.truncate(after=3).then.answer()
    client = raw(filled)
    assert client.say("RETR 1") == b"-ERR busy\r\n"
    client.send(b"RETR 1\r\n")
    assert client.rest() == (b"+OK 23 octets\r\nSub", "fin")
    assert raw(filled).ask("RETR 1")[1] == b"Subject: one\r\n\r\nfirst\r\n"


def test_a_rule_that_never_fired_and_a_fault_that_had_no_room(raw) -> None:
    fake = FakePOP3().start()
    fake.mailbox.add("a")
    fake.on("DELE").reply("-ERR")
    fake.on("RETR").truncate(after=100)
    raw(fake).ask("RETR 1")
    fake.stop()
    with pytest.raises(FakeFailure, match=r"on\('DELE'\).reply\('-ERR'\)") as raised:
        fake.verify()
    assert "reaches beyond the 3 bytes" in str(raised.value)
