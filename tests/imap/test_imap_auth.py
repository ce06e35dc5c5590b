"""Logging in: LOGIN, AUTHENTICATE and its mechanisms, and what a script makes of them."""

import base64
import hmac
import socket
import ssl

import pytest

from fakefarm import FakeIMAP

USERS = {"ann": "secret", "b ob": 'p"w\\'}
WRONG = b"a NO [AUTHENTICATIONFAILED] wrong credentials"


def b64(text: str | bytes) -> bytes:
    return base64.b64encode(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def strict_imap():
    with FakeIMAP(users=USERS) as fake:
        fake.mailboxes["ann"].add("x")
        yield fake


@pytest.mark.parametrize(
    "line",
    [
        "LOGIN ann secret",
        'LOGIN "ann" "secret"',
        'LOGIN "b ob" "p\\"w\\\\"',
        "LOGIN {3+}\r\nann {6+}\r\nsecret",
        "login ann {6+}\r\nsecret",
    ],
)
def test_login(strict_imap, raw, line) -> None:
    answer = raw(strict_imap, user="").ask(line)
    assert answer == [answer[0]]
    assert answer[0].startswith(b"a OK [CAPABILITY IMAP4rev1 LITERAL+ ID ")
    assert answer[0].endswith(b"] LOGIN completed")


@pytest.mark.parametrize("line", ["LOGIN ann x", "LOGIN bob secret", 'LOGIN "" ""'])
def test_wrong_credentials(strict_imap, raw, line) -> None:
    client = raw(strict_imap, user="")
    assert client.ask(line) == [WRONG]
    assert client.status("LOGIN ann secret") == ["OK"]


def test_whose_mailbox(strict_imap, raw) -> None:
    ann, bob = raw(strict_imap), raw(strict_imap, user="")
    assert bob.status('LOGIN "b ob" "p\\"w\\\\"') == ["OK"]
    assert b"* 1 EXISTS" in ann.ask("SELECT INBOX")
    assert b"* 0 EXISTS" in bob.ask("SELECT INBOX")


def test_logindisabled(strict_imap, raw) -> None:
    strict_imap.capabilities.append("LOGINDISABLED")
    client = raw(strict_imap, user="")
    assert client.ask("LOGIN ann secret") == [b"a NO [PRIVACYREQUIRED] LOGIN is disabled"]
    assert client.status("AUTHENTICATE PLAIN " + b64("\0ann\0secret").decode()) == ["OK"]


# Mechanism, what the client says, and how it ends.
EXCHANGES = [
    ("PLAIN", ["\0ann\0secret"], "OK"),
    ("plain", ["ann\0ann\0secret"], "OK"),
    ("PLAIN", ["bob\0ann\0secret"], "NO"),
    ("PLAIN", ["\0ann\0x"], "NO"),
    ("PLAIN", ["ann"], "BAD"),
    ("LOGIN", ["ann", "secret"], "OK"),
    ("LOGIN", ["ann", "x"], "NO"),
    ("XOAUTH2", ["user=ann\1auth=Bearer secret\1\1"], "OK"),
    ("XOAUTH2", ["user=ann\1auth=Bearer x\1\1", ""], "NO"),
]


@pytest.mark.parametrize(("mechanism", "responses", "status"), EXCHANGES)
def test_authenticate(strict_imap, raw, mechanism, responses, status) -> None:
    client = raw(strict_imap, user="")
    client.send_line(f"a AUTHENTICATE {mechanism}")
    for response in responses:
        assert client.line().startswith(b"+ ")
        client.send_line(b64(response))
    assert client.answer()[-1].split()[:2] == [b"a", status.encode()]
    assert client.status("SELECT INBOX") == ["OK" if status == "OK" else "BAD"]


@pytest.mark.parametrize("sent", ["{1+}\r\n\xff", '"%"', "x"])
def test_an_initial_response_that_is_no_base64(strict_imap, raw, sent) -> None:
    client = raw(strict_imap, user="")
    assert client.ask(b"AUTHENTICATE PLAIN " + sent.encode("latin-1")) == [b"a BAD not base64"]


@pytest.mark.parametrize("initial", [True, False])
def test_initial_response(strict_imap, raw, initial) -> None:
    if not initial:
        strict_imap.capabilities.remove("SASL-IR")
    client = raw(strict_imap, user="")
    answer = client.ask(b"AUTHENTICATE PLAIN " + b64("\0ann\0secret"))
    assert answer[0].split()[1] == (b"OK" if initial else b"BAD")
    if initial:
        assert answer[0].endswith(b"AUTHENTICATE completed")


def test_cram_md5(strict_imap, raw) -> None:
    client = raw(strict_imap, user="")
    client.send_line("a AUTHENTICATE CRAM-MD5")
    challenge = base64.b64decode(client.line()[2:])
    digest = hmac.new(b"secret", challenge, "md5").hexdigest()
    client.send_line(b64(f"ann {digest}"))
    assert client.answer()[0].startswith(b"a OK ")
    assert raw(strict_imap, user="").ask("AUTHENTICATE CRAM-MD5 YQ==") == [
        b"a BAD not what the mechanism calls for"
    ]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"*", b"a BAD cancelled\r\n"),
        (b"!", b"a BAD not base64\r\n"),
        (b"YQ", b"a BAD not base64\r\n"),
        (b"x" * 70000, b"a BAD [TOOBIG] the response is over its limit, 65536 bytes\r\n"),
    ],
)
def test_bad_responses(strict_imap, raw, line, answer) -> None:
    client = raw(strict_imap, user="")
    client.send_line("a AUTHENTICATE PLAIN")
    assert client.line() == b"+ \r\n"
    client.send_line(line)
    assert client.line() == answer
    assert client.status("LOGIN ann secret") == ["OK"]


def test_mechanisms_are_those_that_are_listed(strict_imap, raw) -> None:
    client = raw(strict_imap, user="")
    assert client.ask("AUTHENTICATE SCRAM-SHA-1") == [b"a NO [CANNOT] no such mechanism"]
    strict_imap.capabilities.remove("AUTH=LOGIN")
    assert client.status("AUTHENTICATE LOGIN") == ["NO"]


def test_responses_are_steps(imap, raw) -> None:
    client = raw(imap, user="")
    client.send(b"a AUTHENTICATE LOGIN\r\nYW5u\r\n\r\n")
    assert [client.line()[:2] for _ in range(3)] == [b"+ ", b"+ ", b"a "]
    said = [(step.verb, step.argument, step.tag) for step in imap.steps]
    assert said == [
        ("connect", "", ""),
        ("AUTHENTICATE", "LOGIN", "a"),
        ("response", "YW5u", "a"),
        ("response", "", "a"),
    ]
    assert imap.commands == ["AUTHENTICATE"]


# --- scripted


def test_a_scripted_yes_logs_in_all_the_same(strict_imap, raw) -> None:
    strict_imap.on("LOGIN").reply("OK", "come in")
    client = raw(strict_imap, user="")
    assert client.ask("LOGIN ann x") == [b"a OK come in"]
    assert b"* 1 EXISTS" in client.ask("SELECT INBOX")


@pytest.mark.parametrize(
    "script",
    [
        lambda on: on.reply("NO", "[UNAVAILABLE] later"),
        lambda on: on.reply("OK").without_effect(),
        lambda on: on.raw(b"a OK\r\n"),
        lambda on: on.untagged("OK nothing").reply("BAD", "what"),
    ],
)
def test_a_login_without_effect(imap, raw, script) -> None:
    script(imap.on("LOGIN"))
    client = raw(imap, user="")
    client.ask("LOGIN ann x")
    assert client.ask("SELECT INBOX") == [b"a BAD log in first"]


def test_a_scripted_yes_to_authenticate(strict_imap, raw) -> None:
    strict_imap.on("AUTHENTICATE").reply("OK", "come in")
    client = raw(strict_imap, user="")
    assert client.ask(b"AUTHENTICATE PLAIN " + b64("\0ann\0x")) == [b"a OK come in"]
    assert b"* 1 EXISTS" in client.ask("SELECT INBOX")


def test_challenges_without_end(imap, raw) -> None:
    imap.on("AUTHENTICATE").reply("+", "bW9yZQ==")
    imap.on("response").reply("+", "bW9yZQ==").times(2)
    imap.on("response").reply("NO", "[AUTHENTICATIONFAILED] no")
    client = raw(imap, user="")
    client.send_line("a AUTHENTICATE PLAIN")
    for _ in range(3):
        assert client.line() == b"+ bW9yZQ==\r\n"
        client.send_line("eA==")
    assert client.line() == b"a NO [AUTHENTICATIONFAILED] no\r\n"
    assert client.status("NOOP") == ["OK"]


def test_a_challenge_that_no_authenticate_led_to(imap, raw) -> None:
    imap.on("NOOP").reply("+", "go on").once()
    client = raw(imap)
    client.send_line("a NOOP")
    assert client.line() == b"+ go on\r\n"
    client.send_line("YQ==")
    assert client.line() == b"a BAD no AUTHENTICATE is under way\r\n"
    assert client.status("NOOP") == ["OK"]


# --- greetings


def test_preauth(strict_imap, raw) -> None:
    strict_imap.on("connect").reply("PREAUTH", "you are ann")
    strict_imap.mailbox.add("a")
    client = raw(strict_imap, greeted=False)
    assert client.line() == b"* PREAUTH you are ann\r\n"
    assert b"* 1 EXISTS" in client.ask("SELECT INBOX")
    assert client.status("LOGIN ann secret") == ["BAD"]


def test_bye(imap, raw) -> None:
    imap.on("connect").reply("BYE", "[UNAVAILABLE] full")
    client = raw(imap, greeted=False)
    assert client.line() == b"* BYE [UNAVAILABLE] full\r\n"
    assert client.status("LOGIN ann x", "NOOP", "CAPABILITY") == ["BAD"] * 3
    assert client.status("LOGOUT") == ["OK"]


# --- TLS


def client_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_starttls(raw) -> None:
    with FakeIMAP(tls="starttls") as fake:
        fake.capabilities.append("LOGINDISABLED")
        client = raw(fake, user="")
        assert b"STARTTLS LOGINDISABLED" in client.ask("CAPABILITY")[0]
        assert client.status("LOGIN ann x") == ["NO"]
        assert client.ask("STARTTLS") == [b"a OK STARTTLS completed"]
        client.sock = client_context().wrap_socket(client.sock)
        words = client.ask("CAPABILITY")[0].split()
        assert not {b"STARTTLS", b"LOGINDISABLED"} & set(words)
        assert client.ask("STARTTLS") == [b"a BAD there is TLS already"]
        assert client.status("LOGIN ann x", "SELECT INBOX") == ["OK", "OK"]
        client.idle()
        fake.mailbox.add("x")
        assert client.line() == b"* 1 EXISTS\r\n"


def test_implicit_tls(raw) -> None:
    with FakeIMAP(tls="implicit") as fake:
        assert fake.url.startswith("imaps://")
        with (
            socket.create_connection(fake.address, timeout=5) as plain,
            client_context().wrap_socket(plain) as sock,
        ):
            assert sock.recv(100).startswith(b"* OK ")
