"""What a well-behaved server answers, state by state."""

import hashlib

import pytest

from fakefarm import FakePOP3

LONG = "x" * 254

# Lines before the login, and how the answers begin.
BEFORE = [
    (["USER ann", "PASS secret"], ["+OK", "+OK"]),
    (["user ann", "pass secret"], ["+OK", "+OK"]),
    (["USER ann", "PASS guess"], ["+OK", "-ERR [AUTH]"]),
    (["USER nobody", "PASS secret"], ["+OK", "-ERR [AUTH]"]),
    (["PASS secret"], ["-ERR USER"]),
    (["USER ann", "PASS guess", "PASS secret"], ["+OK", "-ERR [AUTH]", "-ERR USER"]),
    (["USER ann", "NOOP", "PASS secret"], ["+OK", "-ERR", "-ERR USER"]),
    (["USER ann", "XX", "PASS secret"], ["+OK", "-ERR", "-ERR USER"]),
    (["USER bob", "USER ann", "PASS secret"], ["+OK", "+OK", "+OK"]),
    (["USER", "PASS"], ["-ERR needs", "-ERR needs"]),
    (["USER eve smith", "PASS  two  spaces "], ["+OK", "+OK"]),
    (["USER jos\u00e9", "PASS \u5bff\u53f8"], ["+OK", "+OK"]),
    (["STAT", "LIST", "RETR 1", "DELE 1"], ["-ERR log in"] * 4),
    (["TOP 1 1", "UIDL", "RSET", "NOOP"], ["-ERR log in"] * 4),
    (["APOP ann", "APOP ann 1 2"], ["-ERR needs", "-ERR has too many"]),
    (["APOP ann 0123456789abcdef0123456789abcdef"], ["-ERR [AUTH]"]),
    (["APOP nobody 0123456789abcdef0123456789abcdef"], ["-ERR [AUTH]"]),
    (["UTF8", "UTF8 x"], ["+OK", "-ERR takes no"]),
    (["LANG en", "LANG EN", "LANG *", "LANG tlh"], ["+OK en", "+OK en", "+OK i-default", "-ERR"]),
    (["STLS"], ["-ERR not implemented"]),
    (["", "XX", "RETRO 1", "QUITE"], ["-ERR an empty", *["-ERR no such command"] * 3]),
    (
        [LONG, f"USER {LONG}", "USER ann"],
        ["-ERR the line is over its limit, 253 bytes"] * 2 + ["+OK"],
    ),
    (["x" * 20000, "USER ann"], ["-ERR the line is over", "+OK"]),
    (["USER a\0b", "USER a\tb", "NOOP\nNOOP"], ["-ERR the line has", "+OK", "-ERR the line has"]),
    ([b"USER \xff", b"STAT \xc3\xa9"], ["-ERR the line has", "-ERR only ASCII"]),
    (["QUIT"], ["+OK bye"]),
    (["QUIT now", "QUIT"], ["-ERR takes no", "+OK bye"]),
]
# And behind it, with three messages.
BEHIND = [
    (["STAT", "STAT x"], ["+OK 3 72", "-ERR takes no"]),
    (["LIST 1", "LIST 3", "LIST 0", "LIST 4"], ["+OK 1 23", "+OK 3 18", *["-ERR no such"] * 2]),
    (["LIST x", "LIST -1", "LIST 1 2", "LIST \u0661"],
     ["-ERR malformed", "-ERR malformed", "-ERR has too many", "-ERR only ASCII"]),
    (["UIDL 2", "UIDL 9", "UIDL x"], ["+OK 2 uid-2", "-ERR no such", "-ERR malformed"]),
    (["RETR", "RETR 9", "RETR x", "RETR 1 2"], ["-ERR needs", "-ERR no", "-ERR malf", "-ERR"]),
    (["TOP 1", "TOP 9 1", "TOP 1 x", "TOP 1 -1"], ["-ERR needs", "-ERR no", *["-ERR malf"] * 2]),
    (["DELE 2", "DELE 2", "RETR 2", "TOP 2 1"], ["+OK", *["-ERR that message is deleted"] * 3]),
    (["DELE 2", "LIST 2", "UIDL 2", "STAT"], ["+OK", *["-ERR that message"] * 2, "+OK 2 41"]),
    (["DELE 2", "RSET", "STAT", "LIST 2"], ["+OK", "+OK", "+OK 3 72", "+OK 2 31"]),
    (["DELE", "DELE 0", "DELE 4", "DELE x"], ["-ERR needs", *["-ERR no such"] * 2, "-ERR malf"]),
    (["NOOP", "NOOP x", "RSET x"], ["+OK", "-ERR takes no", "-ERR takes no"]),
    (["USER ann", "PASS secret", "UTF8", "AUTH PLAIN"], ["-ERR already logged in"] * 4),
    (["APOP ann " + "0" * 32], ["-ERR already logged in"]),
    (["LANG en"], ["+OK en"]),
    (["RETR " + "9" * 240], ["-ERR no such"]),
    (["QUIT"], ["+OK bye"]),
]  # fmt: skip


@pytest.fixture
def fake():
    users = {"ann": "secret", "eve smith": " two  spaces ", "jos\u00e9": "\u5bff\u53f8"}
    with FakePOP3(users=users) as fake:
        yield fake


@pytest.mark.parametrize(("lines", "answers"), BEFORE, ids=lambda v: str(v)[:40])
def test_before_the_login(fake, raw, lines, answers) -> None:
    client = raw(fake, user="")
    for line, answer in zip(lines, answers, strict=True):
        assert client.say(line).startswith(answer.encode())


@pytest.mark.parametrize(("lines", "answers"), BEHIND, ids=lambda v: str(v)[:40])
def test_behind_it(filled, raw, lines, answers) -> None:
    client = raw(filled)
    for line, answer in zip(lines, answers, strict=True):
        assert client.say(line).startswith(answer.encode())


def test_multi_line_answers(filled, raw) -> None:
    client = raw(filled)
    assert client.ask("LIST") == (b"+OK 3 messages (72 octets)\r\n", b"1 23\r\n2 31\r\n3 18\r\n")
    assert client.ask("UIDL") == (b"+OK\r\n", b"1 uid-1\r\n2 uid-2\r\n3 uid-3\r\n")
    assert client.ask("RETR 1") == (b"+OK 23 octets\r\n", b"Subject: one\r\n\r\nfirst\r\n")
    assert client.ask("TOP 1 0") == (b"+OK\r\n", b"Subject: one\r\n\r\n")
    client.say("DELE 2")
    assert client.ask("LIST")[1] == b"1 23\r\n3 18\r\n"
    assert client.ask("UIDL")[1] == b"1 uid-1\r\n3 uid-3\r\n"
    assert client.ask("LANG")[1] == b"i-default Default language\r\nen English\r\n"


def test_an_empty_mailbox(pop3, raw) -> None:
    client = raw(pop3)
    assert client.say("STAT") == b"+OK 0 0\r\n"
    assert client.ask("LIST") == (b"+OK 0 messages (0 octets)\r\n", b"")
    assert client.ask("UIDL") == (b"+OK\r\n", b"")
    assert client.statuses("RETR 1", "DELE 1") == ["-ERR", "-ERR"]


def test_the_greeting_and_its_timestamp(pop3, raw) -> None:
    greetings = set()
    for _ in range(3):
        greetings.add(raw(pop3, greeted=False).line())
    assert len(greetings) == 3
    for greeting in greetings:
        assert greeting.startswith(b"+OK fakefarm POP3 <")
        assert greeting.endswith(b"@mail.fakefarm.example>\r\n")


def apop(client, greeting: bytes, password: str) -> bytes:
    timestamp = greeting[greeting.index(b"<") : greeting.index(b">") + 1]
    digest = hashlib.md5(timestamp + password.encode(), usedforsecurity=False).hexdigest()
    return client.say(f"APOP ann {digest}")


def test_apop(fake, raw) -> None:
    client = raw(fake, greeted=False)
    greeting = client.line()
    assert apop(client, greeting, "guess").startswith(b"-ERR [AUTH]")
    assert apop(client, greeting, "secret").startswith(b"+OK")
    assert client.say("STAT") == b"+OK 0 0\r\n"


def test_apop_with_a_fixed_timestamp_and_with_none(fake, raw) -> None:
    fake.greeting = "hello <1@example.com> hi"
    client = raw(fake, greeted=False)
    assert client.line() == b"+OK hello <1@example.com> hi\r\n"
    assert apop(client, b"<1@example.com>", "secret").startswith(b"+OK")
    fake.greeting = "hello"
    client = raw(fake, user="")
    assert client.say("APOP ann " + "0" * 32).startswith(b"-ERR the greeting had no timestamp")


def test_apop_lets_anybody_in_without_users(pop3, raw) -> None:
    assert raw(pop3, user="").statuses("APOP who ever", "STAT") == ["+OK", "+OK"]


def test_capabilities(pop3, raw) -> None:
    client = raw(pop3, user="")
    assert client.ask("CAPA")[1].decode().splitlines() == pop3.capabilities
    pop3.capabilities[:] = ["X-ODD  word", ".dot"]
    assert client.ask("CAPA") == (b"+OK\r\n", b"X-ODD  word\r\n..dot\r\n")


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("USER", "USER ann"),
        ("SASL PLAIN LOGIN CRAM-MD5 XOAUTH2", "AUTH PLAIN AGFubgBzZWNyZXQ="),
        ("UTF8 USER", "UTF8"),
        ("LANG", "LANG en"),
    ],
)
def test_what_is_not_offered_is_refused(pop3, raw, word, line) -> None:
    pop3.capabilities.remove(word)
    assert raw(pop3, user="").say(line) == b"-ERR not offered here\r\n"


@pytest.mark.parametrize(("word", "line"), [("TOP", "TOP 1 1"), ("UIDL", "UIDL")])
def test_what_is_not_offered_is_refused_behind_the_login(filled, raw, word, line) -> None:
    filled.capabilities.remove(word)
    assert raw(filled).say(line) == b"-ERR not offered here\r\n"


def test_utf8_names_where_they_are_not_offered(fake, raw) -> None:
    fake.capabilities[fake.capabilities.index("UTF8 USER")] = "UTF8"
    assert raw(fake, user="").say("USER jos\u00e9").startswith(b"-ERR only ASCII")


def test_pipelining(filled, raw) -> None:
    """RFC 2449 section 6.6."""
    client = raw(filled, user="")
    client.send(b"USER ann\r\nPASS x\r\nSTAT\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n")
    data, how = client.rest()
    assert data.startswith(
        b"+OK now the password\r\n+OK logged in\r\n+OK 3 72\r\n+OK 23 octets\r\n"
    )
    assert data.endswith(b"\r\n.\r\n+OK\r\n+OK bye\r\n")
    assert how == "fin"
    assert len(filled.mailbox) == 2


def test_byte_by_byte(filled, raw) -> None:
    client = raw(filled, user="")
    for byte in b"USER ann\r\nPASS x\r\nLIST\r\n":
        client.send(bytes([byte]))
    assert client.line().startswith(b"+OK now")
    assert client.line().startswith(b"+OK logged")
    assert client.line().startswith(b"+OK 3")


def test_silence_ends_without_a_word_and_deletes_nothing(filled, raw) -> None:
    """RFC 1939 section 3, the autologout timer."""
    filled.timeout = 0.05
    client = raw(filled)
    client.say("DELE 1")
    assert client.rest() == (b"", "fin")
    filled.wait_until(lambda: filled.connections[0].ended_by)
    assert filled.connections[0].ended_how == "timeout"
    assert len(filled.mailbox) == 3
    assert not filled.mailbox.locked


def test_steps_and_commands(filled, raw) -> None:
    raw(filled).statuses("top 9 9", "", "QUIT")
    assert filled.commands == ["USER", "PASS", "TOP", "", "QUIT"]
    assert [step.argument for step in filled.steps] == ["", "ann", "secret", "9 9", "", ""]
    assert filled.steps[3].line == b"top 9 9"
    assert filled.url == f"pop3://127.0.0.1:{filled.port}"


def test_reset_forgets(filled, raw) -> None:
    client = raw(filled)
    filled.greeting = "x"
    filled.capabilities.clear()
    filled.mailboxes["bob"].add("x")
    filled.reset()
    assert client.rest()[0] == b""
    assert (len(filled.mailbox), filled.mailboxes, filled.steps) == (0, {}, [])
    assert raw(filled).ask("CAPA")[1].startswith(b"TOP\r\nUSER\r\n")
