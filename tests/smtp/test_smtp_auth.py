"""AUTH (RFC 4954) on the wire, and what a script may do to it."""

import asyncio
import base64
import smtplib

import aiosmtplib
import pytest

from fakefarm import FakeSMTP


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ANN, SECRET = b64("ann"), b64("secret")
GOOD, WRONG = b64("\0ann\0secret"), b64("\0ann\0guess")
TOKEN, STALE = (b64(f"user=ann\1auth=Bearer {word}\1\1") for word in ("secret", "old"))

# After EHLO: the lines, the replies' beginnings, and who is logged in.
EXCHANGES = [
    ([f"AUTH PLAIN {GOOD}"], ["235 2.7.0"], "ann"),
    ([f"auth plain {GOOD}"], ["235 2.7.0"], "ann"),
    (["AUTH PLAIN", GOOD], ["334 \r\n", "235 2.7.0"], "ann"),
    ([f"AUTH PLAIN {WRONG}"], ["535 5.7.8"], None),
    ([f"AUTH PLAIN {WRONG}", f"AUTH PLAIN {GOOD}"], ["535 5.7.8", "235 2.7.0"], "ann"),
    (["AUTH PLAIN ="], ["501 5.5.2"], None),
    (["AUTH PLAIN", ""], ["334 ", "501 5.5.2"], None),
    (["AUTH PLAIN", "*"], ["334 ", "501 5.7.0"], None),
    (["AUTH PLAIN", "?"], ["334 ", "501 5.5.2"], None),
    (["AUTH PLAIN ?"], ["501 5.5.2"], None),
    (["AUTH PLAIN", "x" * 12287], ["334 ", "500 5.5.6"], None),
    (["AUTH LOGIN", ANN, SECRET], ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235"], "ann"),
    ([f"AUTH LOGIN {ANN}", SECRET], ["334 UGFzc3dvcmQ6", "235"], "ann"),
    ([f"AUTH LOGIN {ANN}", b64("guess")], ["334 ", "535 5.7.8"], None),
    (["AUTH LOGIN", b64("ann"), "*"], ["334 ", "334 ", "501 5.7.0"], None),
    (["AUTH CRAM-MD5", "*"], ["334 ", "501 5.7.0"], None),
    (["AUTH CRAM-MD5 YQ=="], ["501 5.5.2"], None),  # the server speaks first
    ([f"AUTH XOAUTH2 {TOKEN}"], ["235"], "ann"),
    (["AUTH XOAUTH2", TOKEN], ["334 \r\n", "235"], "ann"),
    ([f"AUTH XOAUTH2 {STALE}", ""], ["334 eyJzdGF0dXMiOiI0MDEi", "535 5.7.8"], None),
    (["AUTH GSSAPI"], ["504 5.5.4"], None),
    (["AUTH"], ["501 5.5.4"], None),
    ([f"AUTH PLAIN {GOOD}", f"AUTH PLAIN {GOOD}"], ["235", "503 5.5.1"], "ann"),
    ([f"AUTH PLAIN {GOOD}", "EHLO again", "AUTH LOGIN"], ["235", "250", "503"], "ann"),
    (["MAIL FROM:<>", f"AUTH PLAIN {GOOD}"], ["250", "503 5.5.1"], None),
]  # fmt: skip


@pytest.fixture
def fake():
    with FakeSMTP(users={"ann": "secret"}) as fake:
        yield fake


def logged_in(client) -> None:
    """Send a message, which tells who is logged in."""
    client.codes("RSET", "MAIL FROM:<>", "RCPT TO:<bob@example.com>", "DATA", ".")


@pytest.mark.parametrize(("lines", "replies", "user"), EXCHANGES, ids=lambda v: str(v)[:40])
def test_exchange(fake, raw, lines, replies, user) -> None:
    client = raw(fake)
    for line, expected in zip(lines, replies, strict=True):
        assert client.say(line).startswith(expected.encode())
    logged_in(client)
    assert fake.outbox[0].user == user


def test_responses_are_steps(fake, raw) -> None:
    raw(fake).codes("AUTH LOGIN", b64("ann"), b64("secret"), "NOOP")
    assert [s.verb for s in fake.steps[2:]] == ["AUTH", "response", "response", "NOOP"]
    assert fake.steps[3].line == b64("ann").encode()
    assert fake.commands == ["EHLO", "AUTH", "NOOP"]


def test_without_users_any_credentials_are_good(smtp, raw) -> None:
    client = raw(smtp)
    assert client.codes(f"AUTH PLAIN {b64('x' + chr(0) + 'who' + chr(0) + 'ever')}") == [235]
    logged_in(client)
    assert smtp.outbox[0].user == "who"


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
@pytest.mark.parametrize("initial", [True, False])
def test_smtplib(fake, mechanism, initial) -> None:
    fake.capabilities[:] = [f"AUTH {mechanism}"]
    with smtplib.SMTP(fake.host, fake.port, timeout=5) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            client.login("ann", "guess", initial_response_ok=initial)
        assert refused.value.smtp_code == 535
        assert client.login("ann", "secret", initial_response_ok=initial)[0] == 235


def test_smtplib_goes_down_the_list(fake) -> None:
    fake.on("AUTH", "CRAM-MD5*").reply(535, "5.7.8 not this one")
    with smtplib.SMTP(fake.host, fake.port, timeout=5) as client:
        assert client.login("ann", "secret")[0] == 235
    assert [s.argument.split()[0] for s in fake.steps if s.verb == "AUTH"] == ["CRAM-MD5", "PLAIN"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"])
def test_aiosmtplib(fake, mechanism) -> None:
    fake.capabilities[:] = [f"AUTH {mechanism}"]

    async def login(password: str) -> None:
        client = aiosmtplib.SMTP(hostname=fake.host, port=fake.port, timeout=5)
        async with client:
            if mechanism == "XOAUTH2":
                await client.auth_xoauth2("ann", password)
            else:
                await client.login("ann", password)

    asyncio.run(login("secret"))
    with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refused:
        asyncio.run(login("guess"))
    assert refused.value.code == 535


# --- scripted


def test_a_scripted_235_logs_in_who_was_named(fake, raw) -> None:
    fake.on("AUTH").reply(235, "ok")
    client = raw(fake)
    assert client.say(f"AUTH PLAIN {WRONG}") == b"235 ok\r\n"
    logged_in(client)
    assert fake.outbox[0].user == "ann"


def test_also_in_the_middle(fake, raw) -> None:
    fake.on("response").reply(235, "ok")
    client = raw(fake)
    assert client.codes("AUTH LOGIN", b64("ann")) == [334, 235]
    logged_in(client)
    assert fake.outbox[0].user == "ann"


def test_a_scripted_refusal_logs_nobody_in(fake, raw) -> None:
    fake.on("AUTH").reply(454, "4.7.0 later").once()
    fake.on("AUTH").reply(235, "ok").without_effect()
    client = raw(fake)
    assert client.codes(f"AUTH PLAIN {GOOD}", f"AUTH PLAIN {GOOD}") == [454, 235]
    logged_in(client)
    assert fake.outbox[0].user is None


def test_a_scripted_challenge_goes_on_with_the_mechanism(fake, raw) -> None:
    fake.on("AUTH").reply(334, "not base64!")
    client = raw(fake)
    assert client.say("AUTH PLAIN") == b"334 not base64!\r\n"
    assert client.codes(GOOD) == [235]


def test_endless_challenges(fake, raw) -> None:
    fake.on("response").reply(334, "more").times(3)
    client = raw(fake)
    assert client.codes("AUTH PLAIN", GOOD, GOOD, WRONG, WRONG) == [334, 334, 334, 334, 235]


@pytest.mark.parametrize(
    ("line", "code"),
    [("NOOP", 503), ("AUTH GSSAPI", 535), ("MAIL FROM:<>", 503)],
)
def test_a_challenge_where_nothing_was_asked(fake, raw, line, code) -> None:
    fake.on(line[:4]).reply(334, "eh?").once()
    client = raw(fake)
    assert client.codes(line, b64("hm"), "NOOP") == [334, code, 250]
    assert [step.verb for step in fake.steps[-2:]] == ["response", "NOOP"]


def test_a_scripted_refusal_ends_the_exchange(fake, raw) -> None:
    fake.on("response").reply(535, "no").once()
    client = raw(fake)
    assert client.codes("AUTH LOGIN", b64("ann"), "NOOP") == [334, 535, 250]


def test_a_callable_sees_the_response(fake, raw) -> None:
    fake.on("response").reply(lambda step: (235, step.argument) if step.line == b"aGk=" else None)
    assert raw(fake).codes("AUTH PLAIN", "?", "AUTH PLAIN", "aGk=") == [334, 501, 334, 235]
