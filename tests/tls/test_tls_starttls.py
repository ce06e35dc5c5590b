"""STARTTLS and its likes: offered, refused, stripped, injected."""

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from tls_clients import SPEAKERS, Speaker

from fakefarm import FakeSMTP

UPGRADING = [speaker for speaker in SPEAKERS if speaker.mode == "starttls"]
WORDS = {"smtp": "STARTTLS", "pop3": "STLS", "imap": "STARTTLS", "ftp": "AUTH"}
REFUSALS = {
    "smtp": lambda rule: rule.reply(454, "4.7.0 not now"),
    "pop3": lambda rule: rule.reply("-ERR not now"),
    "imap": lambda rule: rule.reply("NO", "not now"),
    "ftp": lambda rule: rule.reply(534, "not now"),
}
ACCEPTED = {
    "smtp": lambda rule: rule.reply(220, "go on"),
    "pop3": lambda rule: rule.reply("+OK go on"),
    "imap": lambda rule: rule.reply("OK", "go on"),
    "ftp": lambda rule: rule.reply(234, "go on"),
}


@pytest.fixture(params=UPGRADING, ids=str)
def upgrading(request: pytest.FixtureRequest) -> Speaker:
    return request.param


@pytest.fixture
def fake(upgrading: Speaker) -> Iterator[Any]:
    with upgrading.make() as fake:
        yield fake


def command(speaker: Speaker) -> str:
    return WORDS[speaker.kind.protocol]


def test_refused(fake: Any, upgrading: Speaker, trusting: ssl.SSLContext) -> None:
    REFUSALS[fake.protocol](fake.on(command(upgrading)))
    with pytest.raises(Exception, match=r"not now|Couldn't establish TLS"):
        upgrading.talk(fake, trusting)
    assert "tls" not in [step.verb for step in fake.steps]
    assert fake.connections[0].tls is None


def test_stripped(fake: Any, upgrading: Speaker, trusting: ssl.SSLContext) -> None:
    """What an attacker in the middle does: the word is gone from the capabilities."""
    if fake.protocol == "ftp":
        fake.on("AUTH").reply(502, "not supported")  # FEAT is not asked by ftplib
    else:
        fake.capabilities.remove(command(upgrading))
    with pytest.raises(Exception, match="not supported"):
        upgrading.talk(fake, trusting)
    assert fake.connections[0].tls is None


def test_accepted_and_closed(fake: Any, upgrading: Speaker, trusting: ssl.SSLContext) -> None:
    fake.on("tls").close()
    with pytest.raises(ssl.SSLError):
        upgrading.talk(fake, trusting)


def test_accepted_and_silent(fake: Any, upgrading: Speaker, dial: Any) -> None:
    fake.on("tls").ignore()
    client = dial(upgrading, fake)
    client.send(b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")
    fake.wait_until(lambda: fake.steps[-1].verb == "tls")
    assert client.is_silent()


def test_accepted_and_plain(fake: Any, upgrading: Speaker) -> None:
    """The conversation goes on in plain text as if nothing had been said."""
    ACCEPTED[fake.protocol](fake.on(command(upgrading))).without_effect()
    client = upgrading.dial_without_reading(fake)
    client.up_to(b"go on\r\n")
    client.send(b"x NOOP\r\n" if fake.protocol == "imap" else b"NOOP\r\n")
    assert client.line().endswith(b"\r\n")
    assert fake.commands[-1] == "NOOP"
    assert fake.connections[0].tls is None
    client.close()


def test_what_is_injected_behind_the_reply(fake: Any, upgrading: Speaker, dial: Any) -> None:
    """CVE-2011-0411 seen from the client: plain text that it must not take for encrypted."""
    injected = b"250 injected\r\n" if fake.protocol in ("smtp", "ftp") else b"+OK injected\r\n"
    ACCEPTED[fake.protocol](fake.on(command(upgrading))).raw(injected)
    client = upgrading.dial_without_reading(fake)
    assert client.up_to(injected).endswith(b"go on\r\n" + injected)
    client.send(b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")
    fake.wait_until(lambda: fake.steps[-1].verb == "tls")
    client.close()


def test_what_is_pipelined_behind_the_command_is_discarded(
    fake: Any, upgrading: Speaker, trusting: ssl.SSLContext
) -> None:
    """CVE-2011-0411 seen from the server: it must not be taken for what came encrypted."""
    client = upgrading.dial_without_reading(fake, behind=b"NOOP\r\n")
    client.up_to(upgrading.plain[-1][1])
    fake.wait_until(lambda: b"NOOP" in fake.transcript.received())
    client.sock.settimeout(5)
    with trusting.wrap_socket(client.sock, server_hostname="localhost") as sock:
        sock.sendall(b"b LOGOUT\r\n" if fake.protocol == "imap" else b"QUIT\r\n")
        assert sock.recv(3) in (b"221", b"+OK", b"* B")
    assert "NOOP" not in fake.commands
    assert b"NOOP" in fake.transcript.received()


def test_a_second_time(fake: Any, upgrading: Speaker, trusting: ssl.SSLContext) -> None:
    client = upgrading.dial(fake)
    with trusting.wrap_socket(client.sock, server_hostname="localhost") as sock:
        for says, _ in upgrading.plain:
            if says:
                sock.sendall(says)
                answer = sock.recv(65536)
        assert b"already" in answer or b"bad" in answer.lower()
    assert len([step for step in fake.steps if step.verb == "tls"]) == 1


def test_the_word_is_gone_behind_tls(trusting: ssl.SSLContext) -> None:
    """RFC 3207 section 4.2."""
    speaker = UPGRADING[0]
    with speaker.make() as fake:
        assert "STARTTLS" in fake.capabilities
        client = speaker.dial(fake)
        with trusting.wrap_socket(client.sock, server_hostname="localhost") as sock:
            sock.sendall(b"EHLO x\r\n")
            answer = sock.recv(65536)
        assert b"250" in answer
        assert b"STARTTLS" not in answer


def test_smtp_forgets_what_was_said_before(trusting: ssl.SSLContext) -> None:
    """RFC 3207 section 4.2: the client has to say hello again."""
    speaker = UPGRADING[0]
    with speaker.make() as fake:
        client = speaker.dial(fake)
        with trusting.wrap_socket(client.sock, server_hostname="localhost") as sock:
            sock.sendall(b"MAIL FROM:<ann@example.com>\r\n")
            assert sock.recv(100).startswith(b"503 5.5.1 say hello first")


def test_a_message_tells_whether_it_came_encrypted(trusting: ssl.SSLContext) -> None:
    for speaker in SPEAKERS:
        if speaker.kind is FakeSMTP:
            with speaker.make() as fake:
                speaker.talk(fake, trusting)
                assert [message.tls for message in fake.outbox] == [True]


@pytest.mark.parametrize("tls", [None, "implicit"])
def test_a_fake_that_has_no_starttls(tls: Any) -> None:
    fake = FakeSMTP(tls=tls)
    assert "STARTTLS" not in fake.capabilities
