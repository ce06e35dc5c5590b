"""The forms of reply() and untagged(), and what a rule at each step does."""

import pytest

from fakefarm import FakeFailure, FakeIMAP

# What is written, and what is sent to `a NOOP`.
REPLIES = [
    (lambda on: on.reply("OK"), b"a OK\r\n"),
    (lambda on: on.reply("OK", "x"), b"a OK x\r\n"),
    (lambda on: on.reply("NO", "[UNAVAILABLE] later"), b"a NO [UNAVAILABLE] later\r\n"),
    (lambda on: on.reply("BAD", b"\xff\0"), b"a BAD \xff\0\r\n"),
    (lambda on: on.reply("NO", "caf\u00e9\r\nb OK"), "a NO caf\u00e9\r\nb OK\r\n".encode()),
    (lambda on: on.reply("BYE", "bye"), b"* BYE bye\r\n"),
    (lambda on: on.reply("PREAUTH", "why"), b"* PREAUTH why\r\n"),
    (lambda on: on.reply("OK", "x", tag="A99"), b"A99 OK x\r\n"),
    (lambda on: on.reply("OK", "x", tag="*"), b"* OK x\r\n"),
    (lambda on: on.reply("NO", tag=""), b"NO\r\n"),
    (lambda on: on.reply(lambda step: ("NO", step.tag)), b"a NO a\r\n"),
    (lambda on: on.reply(lambda step: "BAD"), b"a BAD\r\n"),
    (lambda on: on.reply(lambda step: b"raw\n"), b"raw\n"),
    (lambda on: on.reply(lambda step: None), b"a OK NOOP completed\r\n"),
    (lambda on: on.raw(lambda step: step.tag.encode() + b" OK\n"), b"a OK\n"),
    (lambda on: on.untagged("3 EXISTS"), b"* 3 EXISTS\r\n"),
    (lambda on: on.untagged("3 EXISTS").answer(), b"* 3 EXISTS\r\na OK NOOP completed\r\n"),
    (lambda on: on.answer().untagged("3 EXISTS"), b"a OK NOOP completed\r\n* 3 EXISTS\r\n"),
    (lambda on: on.untagged("OK [ALERT] a", b"X {1}\r\ny"), b"* OK [ALERT] a\r\n* X {1}\r\ny\r\n"),
    (lambda on: on.untagged("BAD no").reply("NO", "x"), b"* BAD no\r\na NO x\r\n"),
    (lambda on: on.ignore(), b""),
]


@pytest.mark.parametrize(("script", "data"), REPLIES)
def test_replies(imap, raw, script, data) -> None:
    script(imap.on("NOOP")).times(2)
    imap.on("CHECK").close()
    client = raw(imap, user="")
    client.send(b"a NOOP\r\na NOOP\r\nb CHECK\r\n")
    assert client.rest() == (data * 2, "fin")


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        (lambda on: on.reply("ok"), ValueError, "did you mean 'OK'"),
        (lambda on: on.reply("NOPE", "x"), ValueError, "raw"),
        (lambda on: on.reply("-ERR"), ValueError, "known are"),
        (lambda on: on.reply(450, "x"), TypeError, "as str"),
        (lambda on: on.reply(None), TypeError, "as str"),
        (lambda on: on.reply("OK", 5), TypeError, "text"),
        (lambda on: on.reply("OK", "x", tag=5), TypeError, "tag"),
        (lambda on: on.reply(lambda step: "OK", "x"), TypeError, "callable"),
        (lambda on: on.reply(lambda step: "OK", tag="x"), TypeError, "callable"),
        (lambda on: on.untagged(), TypeError, "untagged"),
        (lambda on: on.untagged(5), TypeError, "untagged"),
        (lambda on: on.untagged(["a"]), TypeError, "untagged"),
        (lambda on: on.literals(off_by=0), ValueError, "off_by"),
        (lambda on: on.literals(off_by="5"), ValueError, "off_by"),
        (lambda on: on.close().untagged("x"), ValueError, "can follow"),
    ],
)
def test_bad_parameters_raise_where_they_are_written(imap, script, error, words) -> None:
    with pytest.raises(error, match=words):
        script(imap.on("NOOP"))
    imap.reset()


def test_a_callable_that_returns_nonsense_fails_the_test(raw) -> None:
    fake = FakeIMAP(strict=False).start()
    fake.on("NOOP").reply(lambda step: 7)
    client = raw(fake, user="")
    client.send(b"a NOOP\r\n")
    assert client.rest() == (b"", "fin")
    fake.stop()
    with pytest.raises(FakeFailure, match="give the status"):
        fake.verify()


def test_settings_are_checked_where_they_are_set(imap) -> None:
    with pytest.raises(TypeError, match="capabilities"):
        imap.capabilities = "IMAP4rev1"
    with pytest.raises(TypeError, match="capabilities_after_login"):
        imap.capabilities_after_login = "IMAP4rev1"
    with pytest.raises(TypeError, match="give a Mailbox"):
        imap.mailbox = [b"mail"]
    with pytest.raises(TypeError, match="give a Mailbox"):
        imap.mailboxes["ann"] = b"mail"


def test_verbs_are_checked(imap) -> None:
    with pytest.raises(ValueError, match="did you mean 'FETCH'"):
        imap.on("FECH")
    with pytest.raises(ValueError, match="no such verb or phase"):
        imap.on("message")
    with pytest.raises(ValueError, match="FakeIMAP"):
        imap.on("RETR")


def test_custom_verbs(imap, raw) -> None:
    imap.on("XLIST", '"" *', custom=True).untagged('XLIST (\\Inbox) "/" INBOX').reply("OK")
    client = raw(imap)
    assert client.ask('XLIST "" "%"')[0] == rb'* XLIST (\Inbox) "/" INBOX'
    assert client.ask("XLIST x") == [b"a BAD no such command"]


def test_uid_commands_have_verbs_of_their_own(filled, raw) -> None:
    filled.on("UID FETCH").reply("NO", "by uid")
    client = raw(filled, "INBOX")
    assert client.status("FETCH 1 UID", "uid fetch 1 UID") == ["OK", "NO"]
    assert filled.commands[-2:] == ["FETCH", "UID FETCH"]


def test_any_command_and_every_step(imap, raw) -> None:
    client = raw(imap, user="")
    imap.on("*").reply("NO", "any").times(2)
    imap.every().reply("BAD", "every").times(2)
    client.send(b"a LOGIN {3}\r\n")
    assert client.line() == b"a BAD every\r\n"  # a phase is no command
    assert client.status("NOOP", "X", "X", "NOOP") == ["NO", "NO", "BAD", "OK"]


def test_rules_are_asked_before_the_state(imap, raw) -> None:
    imap.on("FETCH").untagged("1 FETCH (UID 7)").reply("OK", "done")
    assert raw(imap, user="").ask("FETCH 1 UID") == [b"* 1 FETCH (UID 7)", b"a OK done"]


# A command that a script says OK to, and what it leaves behind.
EFFECTS = [
    ("SELECT work", lambda client, box: client.status("CHECK") == ["OK"]),
    ("CREATE x", lambda client, box: "x" in box.folders),
    ("DELETE work", lambda client, box: "work" not in box.folders),
    ("RENAME work x", lambda client, box: "x" in box.folders),
    ("SUBSCRIBE work", lambda client, box: "work" in box.folders.subscribed),
    ("STORE 1 +FLAGS (\\Deleted)", lambda client, box: "\\Deleted" in box[0].flags),
    ("COPY 1 work", lambda client, box: len(box.folders["work"]) == 1),
    ("MOVE 1 work", lambda client, box: len(box) == 2),
    ("EXPUNGE", lambda client, box: len(box) == 2),
    ("CLOSE", lambda client, box: len(box) == 2),
    ("FETCH 1 BODY[]", lambda client, box: "\\Seen" in box[0].flags),
    ('SETQUOTA "" (MESSAGE 1)', lambda client, box: box.folders.quota == {"MESSAGE": 1}),
]


@pytest.mark.parametrize(("command", "had"), EFFECTS, ids=[c for c, _ in EFFECTS])
@pytest.mark.parametrize(
    ("script", "effect"),
    [
        (lambda on: on.reply("OK", "done"), True),
        (lambda on: on.answer(), True),
        (lambda on: on.untagged("OK now").reply("OK", "done"), True),
        (lambda on: on.answer().without_effect(), False),
        (lambda on: on.reply("OK", "done").without_effect(), False),
        (lambda on: on.reply("NO", "not done"), False),
        (lambda on: on.raw(b"a OK raw\r\n"), False),
    ],
)
def test_effects(filled, raw, command, had, script, effect) -> None:
    box = filled.mailbox
    box.folders.create("work")
    if command in ("EXPUNGE", "CLOSE"):
        box[2].flags = ["\\Deleted"]
    client = raw(filled)
    if not command.startswith("SELECT"):
        client.ask("SELECT INBOX")
    script(filled.on(command.split()[0]))
    client.ask(command)
    filled.on("CHECK").optional()
    assert had(client, box) == effect


def test_an_accepted_logout_closes(imap, raw) -> None:
    imap.on("LOGOUT").reply("OK", "no BYE")
    client = raw(imap)
    client.send(b"a LOGOUT\r\n")
    assert client.rest() == (b"a OK no BYE\r\n", "fin")


def test_a_refused_logout_leaves_the_session_open(imap, raw) -> None:
    imap.on("LOGOUT").reply("BYE", "later").once()
    client = raw(imap)
    client.send(b"a LOGOUT\r\n")
    assert client.line() == b"* BYE later\r\n"
    assert client.status("NOOP") == ["OK"]


def test_a_sequence(filled, raw) -> None:
    filled.on("FETCH").reply("NO", "busy").then.truncate(after=3).then.answer()
    client = raw(filled, "INBOX")
    assert client.ask("FETCH 1 BODY.PEEK[]") == [b"a NO busy"]
    client.send_line("a FETCH 1 BODY.PEEK[]")
    assert client.rest() == (b"* 1 FETCH (BODY[] {23}\r\nSub", "fin")
    assert raw(filled, "INBOX").status("FETCH 1 BODY.PEEK[]") == ["OK"]


@pytest.mark.parametrize(("off_by", "size"), [(5, 12), (-5, 2), (-500, 0)])
def test_literals_announced_with_a_wrong_size(filled, raw, off_by, size) -> None:
    filled.on("FETCH").literals(off_by=off_by)
    client = raw(filled, "INBOX")
    client.send_line("a FETCH 1 (UID BODY.PEEK[TEXT] RFC822.SIZE)")
    assert [client.line() for _ in range(4)] == [
        b"* 1 FETCH (UID 1 BODY[TEXT] {%d}\r\n" % size,
        b"first\r\n",
        b" RFC822.SIZE 23)\r\n",
        b"a OK FETCH completed\r\n",
    ]


def test_what_stands_in_a_message_is_no_announcement(imap, raw) -> None:
    imap.mailbox.add(b"{7}\r\n{8}\r\n")
    imap.on("FETCH").literals(off_by=1)
    client = raw(imap, "INBOX")
    client.send_line("a FETCH 1 BODY.PEEK[]")
    assert client.exactly(43) == b"* 1 FETCH (BODY[] {11}\r\n{7}\r\n{8}\r\n)\r\na OK F"


def test_a_rule_says_what_it_is(imap) -> None:
    rule = (
        imap.on("UID FETCH", "1:*").untagged("BYE x").reply("NO", "y", tag="z").literals(off_by=3)
    )
    assert str(rule) == (
        "on('UID FETCH', '1:*').untagged('BYE x').reply('NO', 'y', tag='z').literals(off_by=3)"
    )
    imap.reset()


def test_a_rule_that_never_fired_shows_the_nearest_step(raw) -> None:
    fake = FakeIMAP().start()
    fake.on("SELECT", "Sent").reply("NO")
    raw(fake).ask('SELECT "INBOX"')
    fake.stop()
    with pytest.raises(FakeFailure, match="is not 'Sent'"):
        fake.verify()
