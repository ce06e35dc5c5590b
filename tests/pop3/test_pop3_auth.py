"""AUTH (RFC 5034) on the wire, and what a script may do to it."""

import base64

import pytest

from fakefarm import FakePOP3


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ANN, SECRET = b64("ann"), b64("secret")
GOOD, WRONG = b64("\0ann\0secret"), b64("\0ann\0guess")
TOKEN, STALE = (b64(f"user=ann\1auth=Bearer {word}\1\1") for word in ("secret", "old"))

# The lines, the beginnings of the answers, and who is logged in.
EXCHANGES = [
    ([f"AUTH PLAIN {GOOD}"], ["+OK"], "ann"),
    ([f"auth plain {GOOD}"], ["+OK"], "ann"),
    (["AUTH PLAIN", GOOD], ["+ \r\n", "+OK"], "ann"),
    ([f"AUTH PLAIN {WRONG}"], ["-ERR [AUTH]"], None),
    ([f"AUTH PLAIN {WRONG}", f"AUTH PLAIN {GOOD}"], ["-ERR [AUTH]", "+OK"], "ann"),
    (["AUTH PLAIN ="], ["-ERR not what"], None),
    (["AUTH PLAIN", ""], ["+ ", "-ERR not what"], None),
    (["AUTH PLAIN", "*"], ["+ ", "-ERR cancelled"], None),
    (["AUTH PLAIN", "?"], ["+ ", "-ERR not base64"], None),
    (["AUTH PLAIN ?"], ["-ERR not base64"], None),
    (["AUTH PLAIN", "x" * 12287], ["+ ", "-ERR the response is over its limit, 12286 bytes"], None),
    (["AUTH PLAIN " + "A" * 300], ["-ERR the line is over"], None),
    (["AUTH LOGIN", ANN, SECRET], ["+ VXNlcm5hbWU6\r\n", "+ UGFzc3dvcmQ6\r\n", "+OK"], "ann"),
    ([f"AUTH LOGIN {ANN}", SECRET], ["+ UGFzc3dvcmQ6", "+OK"], "ann"),
    ([f"AUTH LOGIN {ANN}", b64("guess")], ["+ ", "-ERR [AUTH]"], None),
    (["AUTH LOGIN", ANN, "*"], ["+ ", "+ ", "-ERR cancelled"], None),
    (["AUTH CRAM-MD5", "*"], ["+ ", "-ERR cancelled"], None),
    (["AUTH CRAM-MD5 YQ=="], ["-ERR not what"], None),  # the server speaks first
    ([f"AUTH XOAUTH2 {TOKEN}"], ["+OK"], "ann"),
    (["AUTH XOAUTH2", TOKEN], ["+ \r\n", "+OK"], "ann"),
    ([f"AUTH XOAUTH2 {STALE}", ""], ["+ eyJzdGF0dXMiOiI0MDEi", "-ERR [AUTH]"], None),
    ([f"AUTH PLAIN {b64('bob' + chr(0) + 'ann' + chr(0) + 'secret')}"], ["-ERR [AUTH]"], None),
    (["AUTH GSSAPI"], ["-ERR no such mechanism"], None),
    (["AUTH", "AUTH PLAIN a b"], ["-ERR needs", "-ERR has too many"], None),
    ([f"AUTH PLAIN {GOOD}", f"AUTH PLAIN {GOOD}"], ["+OK", "-ERR already"], "ann"),
    (["USER ann", f"AUTH PLAIN {WRONG}", "PASS secret"], ["+OK", "-ERR", "-ERR USER"], None),
]  # fmt: skip


@pytest.fixture
def fake():
    with FakePOP3(users={"ann": "secret"}) as fake:
        fake.mailboxes["ann"].add("for ann")
        yield fake


def logged_in(client) -> bool:
    """Whether it is ann who is logged in."""
    return client.say("STAT") == b"+OK 1 9\r\n"


@pytest.mark.parametrize(("lines", "answers", "user"), EXCHANGES, ids=lambda v: str(v)[:40])
def test_exchange(fake, raw, lines, answers, user) -> None:
    client = raw(fake, user="")
    for line, expected in zip(lines, answers, strict=True):
        assert client.say(line).startswith(expected.encode())
    assert logged_in(client) == (user is not None)
    assert fake.mailboxes["ann"].locked == (user is not None)


def test_cram_md5(fake, raw) -> None:
    import hmac

    client = raw(fake, user="")
    challenge = base64.b64decode(client.say("AUTH CRAM-MD5").removeprefix(b"+ "))
    digest = hmac.new(b"secret", challenge, "md5").hexdigest()
    assert client.say(b64(f"ann {digest}")) == b"+OK logged in\r\n"
    assert logged_in(client)


def test_responses_are_steps(fake, raw) -> None:
    raw(fake, user="").statuses("AUTH LOGIN", ANN, SECRET, "NOOP")
    assert [s.verb for s in fake.steps[1:]] == ["AUTH", "response", "response", "NOOP"]
    assert fake.steps[2].line == ANN.encode()
    assert fake.commands == ["AUTH", "NOOP"]


def test_only_what_is_offered(fake, raw) -> None:
    fake.capabilities[fake.capabilities.index("SASL PLAIN LOGIN CRAM-MD5 XOAUTH2")] = "SASL LOGIN"
    client = raw(fake, user="")
    assert client.statuses(f"AUTH PLAIN {GOOD}", f"AUTH LOGIN {ANN}", SECRET) == [
        "-ERR",
        "+",
        "+OK",
    ]


# --- scripted


def test_a_scripted_ok_logs_in_who_was_named(fake, raw) -> None:
    fake.on("AUTH").reply("+OK come in")
    client = raw(fake, user="")
    assert client.say(f"AUTH PLAIN {WRONG}") == b"+OK come in\r\n"
    assert logged_in(client)


def test_also_in_the_middle(fake, raw) -> None:
    fake.on("response").reply("+OK")
    client = raw(fake, user="")
    assert client.statuses("AUTH LOGIN", ANN) == ["+", "+OK"]
    assert logged_in(client)


def test_a_scripted_pass_logs_in_who_was_named(fake, raw) -> None:
    fake.on("PASS").reply("+OK")
    client = raw(fake, user="")
    assert client.statuses("USER ann", "PASS guess") == ["+OK", "+OK"]
    assert logged_in(client)


def test_a_scripted_apop_logs_in_who_was_named(fake, raw) -> None:
    fake.on("APOP").reply("+OK")
    client = raw(fake, user="")
    assert client.statuses("APOP ann 0") == ["+OK"]
    assert logged_in(client)


def test_a_scripted_refusal_logs_nobody_in(fake, raw) -> None:
    fake.on("AUTH").reply("-ERR [SYS/TEMP] later").once()
    fake.on("AUTH").reply("+OK").without_effect()
    client = raw(fake, user="")
    assert client.statuses(f"AUTH PLAIN {GOOD}", f"AUTH PLAIN {GOOD}") == ["-ERR", "+OK"]
    assert not logged_in(client)


def test_a_refused_pass_forgets_the_name(fake, raw) -> None:
    fake.on("PASS").reply("-ERR [SYS/TEMP] later").once()
    client = raw(fake, user="")
    assert client.statuses("USER ann", "PASS secret", "PASS secret") == ["+OK", "-ERR", "-ERR"]


def test_a_scripted_challenge_goes_on_with_the_mechanism(fake, raw) -> None:
    fake.on("AUTH").reply("+ not base64!")
    client = raw(fake, user="")
    assert client.say("AUTH PLAIN") == b"+ not base64!\r\n"
    assert client.statuses(GOOD) == ["+OK"]
    assert logged_in(client)


def test_endless_challenges(fake, raw) -> None:
    fake.on("response").reply("+ bW9yZQ==").times(3)
    client = raw(fake, user="")
    assert client.statuses("AUTH PLAIN", GOOD, GOOD, WRONG, WRONG) == ["+", "+", "+", "+", "+OK"]


@pytest.mark.parametrize(
    ("line", "status"), [("NOOP", "-ERR"), ("AUTH GSSAPI", "-ERR"), ("CAPA", "-ERR")]
)
def test_a_challenge_where_nothing_was_asked(fake, raw, line, status) -> None:
    fake.on(line[:4]).reply("+ eh?").once()
    client = raw(fake, user="")
    assert client.statuses(line, b64("hm"), "USER ann") == ["+", status, "+OK"]
    assert [step.verb for step in fake.steps[-2:]] == ["response", "USER"]


def test_a_scripted_refusal_ends_the_exchange(fake, raw) -> None:
    fake.on("response").reply("-ERR no").once()
    client = raw(fake, user="")
    assert client.statuses("AUTH LOGIN", ANN, "USER ann") == ["+", "-ERR", "+OK"]


def test_a_callable_sees_the_response(fake, raw) -> None:
    fake.on("response").reply(lambda step: "+OK hi" if step.line == b"aGk=" else None)
    client = raw(fake, user="")
    assert client.statuses("AUTH PLAIN", "?", "AUTH PLAIN", "aGk=") == ["+", "-ERR", "+", "+OK"]
