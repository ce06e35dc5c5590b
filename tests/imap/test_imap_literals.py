"""Literals: asked for, refused, never asked for, too long; APPEND and its message."""

import pytest

from fakefarm import FakeIMAP

MESSAGE = b"Subject: x\r\n\r\n.\r\n{5}\r\nend"


@pytest.mark.parametrize("plus", [False, True])
def test_append(imap, raw, plus) -> None:
    client = raw(imap)
    answer = client.append("INBOX", MESSAGE, plus)
    assert answer == [b"a OK [APPENDUID 1 1] APPEND completed"]
    (mail,) = imap.mailbox
    assert (mail.content, mail.flags) == (MESSAGE, set())


def test_the_plus_is_asked_for(imap, raw) -> None:
    client = raw(imap)
    client.send_line("a APPEND INBOX {3}")
    assert client.line() == b"+ go ahead\r\n"
    assert client.is_silent()
    client.send(b"abc")
    assert client.is_silent()  # the end of the line is to come
    client.send(b"\r\n")
    assert client.answer()[-1].startswith(b"a OK ")


@pytest.mark.parametrize(
    ("arguments", "flags", "date"),
    [
        ("INBOX (\\Seen a)", {"\\Seen", "a"}, None),
        ("INBOX ()", set(), None),
        ('INBOX "01-Feb-2024 03:04:05 +0200"', set(), "2024-02-01T03:04:05+02:00"),
        ('inbox (\\Draft) " 1-Feb-2024 03:04:05 -0330"', {"\\Draft"}, "2024-02-01T03:04:05-03:30"),
        ("{5+}\r\nINBOX (\\draft)", {"\\Draft"}, None),
    ],
)
def test_flags_and_date(imap, raw, arguments, flags, date) -> None:
    client = raw(imap)
    assert client.append(arguments, MESSAGE)[-1].startswith(b"a OK ")
    (mail,) = imap.mailbox
    assert (mail.content, mail.flags) == (MESSAGE, flags)
    assert date is None or mail.date.isoformat() == date


BAD_APPENDS = [
    ("INBOX (\\Odd)", "BAD"),
    ("INBOX (\\Recent)", "BAD"),
    ("INBOX flags", "BAD"),
    ('INBOX "yesterday"', "BAD"),
    ('INBOX "01-Feb-2024 03:04:05 +0200" (a)', "BAD"),
    ("INBOX () () ()", "BAD"),
    ("(INBOX)", "BAD"),
    ("&", "BAD"),
    ("x", "NO"),
]


@pytest.mark.parametrize(("arguments", "status"), BAD_APPENDS)
@pytest.mark.parametrize("plus", [False, True])
def test_bad_appends(imap, raw, arguments, status, plus) -> None:
    client = raw(imap)
    assert client.append(arguments, MESSAGE, plus)[-1].split()[1].decode() == status
    assert client.status("NOOP") == ["OK"]
    assert len(imap.mailbox) == 0


def test_no_mailbox_is_told_before_the_message_is_sent(imap, raw) -> None:
    client = raw(imap)
    client.send_line("a APPEND x {100}")
    assert client.line() == b"a NO [TRYCREATE] no such mailbox\r\n"
    assert client.status("NOOP") == ["OK"]


@pytest.mark.parametrize("command", ["APPEND INBOX {3}", "SELECT {5}", "NONSENSE {3}"])
def test_no_literal_is_asked_for_where_the_command_is_out_of_order(imap, raw, command) -> None:
    client = raw(imap, user="")
    assert client.ask(command)[-1].startswith(b"a BAD ")
    assert client.status("NOOP") == ["OK"]


def test_literals_of_any_command(imap, raw) -> None:
    client = raw(imap, user="")
    client.send_line("a LOGIN {3}")
    assert client.line() == b"+ go ahead\r\n"
    client.send_line("ann {0}")
    assert client.line() == b"+ go ahead\r\n"
    client.send_line("")
    assert client.answer()[-1].startswith(b"a OK ")
    login = imap.steps[-1]
    assert (login.verb, login.argument) == ("LOGIN", "{3}\r\nann {0}\r\n")
    assert login.line == b"a LOGIN {3}\r\nann {0}\r\n"
    assert [(step.verb, step.argument, step.tag) for step in imap.steps[1:-1]] == [
        ("literal", "LOGIN {3}", "a"),
        ("literal", "LOGIN {3}\r\nann {0}", "a"),
    ]
    assert imap.commands == ["LOGIN"]


def test_literal_plus_that_is_not_offered(imap, raw) -> None:
    imap.capabilities.remove("LITERAL+")
    client = raw(imap)
    assert client.ask("SELECT {5+}\r\nINBOX") == [b"a BAD LITERAL+ is not offered here"]
    assert client.append("INBOX", MESSAGE, plus=True)[-1].startswith(b"a BAD ")
    assert client.status("NOOP") == ["OK"]


# --- what is recorded


def test_step_and_transcript_of_an_append(imap, raw) -> None:
    raw(imap).append("INBOX (\\Seen)", MESSAGE)
    step = imap.steps[-1]
    assert (step.verb, step.argument, step.content) == (
        "APPEND",
        "INBOX (\\Seen) {25}\r\n",
        MESSAGE,
    )
    assert imap.transcript.received(channel="data") == MESSAGE
    assert MESSAGE not in imap.transcript.received(channel="control")


def test_other_literals_are_conversation(imap, raw) -> None:
    raw(imap).ask("SELECT {5+}\r\nINBOX")
    assert imap.transcript.received(channel="data") == b""


# --- bounds


@pytest.fixture
def small():
    with FakeIMAP(max_message_size=100) as fake:
        yield fake


@pytest.mark.parametrize("plus", [False, True])
@pytest.mark.parametrize("size", [100, 101, 10**6])
def test_message_size(small, raw, plus, size) -> None:
    client = raw(small)
    answer = client.append("INBOX", b"x" * size, plus)[-1]
    if size == 100:
        assert answer.startswith(b"a OK ")
    else:
        assert answer == b"a NO [TOOBIG] a message has at most 100 bytes here"
    assert client.status("NOOP") == ["OK"]
    assert len(small.mailbox) == (size == 100)


@pytest.mark.parametrize("plus", ["", "+"])
@pytest.mark.parametrize("size", [65536, 10**6, 10**17])
def test_other_literals_are_bounded(imap, raw, plus, size) -> None:
    client = raw(imap)
    client.send_line(f"a SELECT {{{size}{plus}}}")
    if plus and size > 10**6:
        return
    if plus:
        client.send(b"x" * size + b"\r\n")
    assert client.line() == b"a BAD [TOOBIG] the command is over its limit, 65536 bytes\r\n"
    assert client.status("NOOP") == ["OK"]


def test_a_line_is_bounded(imap, raw) -> None:
    client = raw(imap)
    client.send(b"a SEARCH " + b"x" * 10**6 + b"\r\n")
    assert client.line() == b"a BAD [TOOBIG] the command is over its limit, 65536 bytes\r\n"
    assert client.status("NOOP") == ["OK"]


def test_literals_without_end_are_bounded(imap, raw) -> None:
    """Each is small, and all of them together are not kept."""
    client = raw(imap)
    client.send(b"a SEARCH " + b"TEXT {9+}\r\nxxxxxxxxx " * 20000 + b"\r\n")
    assert client.line().startswith(b"a BAD [TOOBIG]")
    assert len(imap.steps[-1].line) <= 65536


def test_one_message_an_append(small, raw) -> None:
    client = raw(small)
    client.send(b"a APPEND INBOX {3+}\r\nabc {3+}\r\ndef\r\n")
    assert client.line().startswith(b"a BAD ")


# --- scripted


def test_refused_before_it_is_asked_for(imap, raw) -> None:
    imap.on("literal", "APPEND *").reply("NO", "[TRYCREATE] make it first")
    client = raw(imap)
    assert client.append("INBOX", MESSAGE) == [b"a NO [TRYCREATE] make it first"]
    assert client.status("NOOP") == ["OK"]
    assert imap.commands == ["LOGIN", "NOOP"]


def test_refused_after_it_came(imap, raw) -> None:
    imap.on("APPEND").reply("NO", "[OVERQUOTA] full")
    client = raw(imap)
    client.send_line("a APPEND INBOX {3}")
    assert client.line() == b"+ go ahead\r\n"
    client.send_line("abc")
    assert client.line() == b"a NO [OVERQUOTA] full\r\n"
    assert len(imap.mailbox) == 0


def test_never_asked_for(imap, raw) -> None:
    imap.on("literal").ignore()
    client = raw(imap)
    client.send_line("a APPEND INBOX {3}")
    assert client.is_silent()


@pytest.mark.parametrize(
    ("script", "rest"),
    [
        (lambda on: on.close(), (b"", "fin")),
        (lambda on: on.reset(), (b"", "rst")),
        (lambda on: on.reply("BYE", "enough").close(), (b"* BYE enough\r\n", "fin")),
        (lambda on: on.truncate(after=1), (b"+", "fin")),
    ],
)
def test_ends_where_it_is_asked_for(imap, raw, script, rest) -> None:
    script(imap.on("literal"))
    client = raw(imap)
    client.send_line("a APPEND INBOX {3}")
    assert client.rest() == rest


@pytest.mark.parametrize("text", ["", "yes please"])
def test_a_scripted_plus_takes_the_literal(imap, raw, text) -> None:
    imap.on("literal").reply("+", text)
    client = raw(imap)
    assert client.append("INBOX", MESSAGE)[-1].startswith(b"a OK ")
    assert f"+ {text}\r\n".encode() in imap.transcript.sent()
    assert imap.mailbox[0].content == MESSAGE


def test_a_scripted_plus_for_a_message_that_is_too_big(small, raw) -> None:
    small.on("literal").reply("+", "send it")
    assert raw(small).append("INBOX", b"x" * 200)[-1].startswith(b"a NO [TOOBIG]")


def test_a_scripted_yes_stores(imap, raw) -> None:
    imap.on("APPEND").reply("OK", "stored").once()
    imap.on("APPEND").reply("OK", "dropped").without_effect()
    client = raw(imap)
    assert client.append("INBOX", b"one") == [b"a OK stored"]
    assert client.append("INBOX", b"two") == [b"a OK dropped"]
    assert [mail.content for mail in imap.mailbox] == [b"one"]


def test_the_answer_is_lost_and_the_message_stored(imap, raw) -> None:
    imap.on("APPEND").truncate(after=0)
    client = raw(imap)
    assert client.append("INBOX", MESSAGE) == []
    assert len(imap.mailbox) == 1
    imap.on("connect").optional()


def test_neither(imap, raw) -> None:
    imap.on("APPEND").close()
    assert raw(imap).append("INBOX", MESSAGE) == []
    assert len(imap.mailbox) == 0


def test_a_client_that_leaves_in_the_middle(imap, raw) -> None:
    client = raw(imap)
    client.send_line("a APPEND INBOX {300}")
    client.line()
    client.send(b"half")
    client.close()
    imap.settle()
    assert imap.transcript.received(channel="data") == b"half"
    assert len(imap.mailbox) == 0


def test_patterns_see_strings_bare(imap, raw) -> None:
    imap.mailbox.folders.create("My \u00fc")
    imap.on("SELECT", "My \u00fc").reply("NO", "mine").times(2)
    imap.on("LOGIN", 'bob p"w').reply("NO", "no bob")
    client = raw(imap)
    assert client.ask('SELECT "My &APw-"') == [b"a NO mine"]
    assert client.ask("SELECT {8+}\r\nMy &APw-") == [b"a NO mine"]
    assert client.ask('SELECT "My &APw-"')[-1].startswith(b"a OK")
    assert client.ask('LOGIN "bob" "p\\"w"') == [b"a NO no bob"]
