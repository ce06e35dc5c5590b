"""The failures of ``test_imap_failures.py`` that are more than one call: logging in, IDLE,
STARTTLS, and what imapclient makes of answers that imaplib hands on as they are."""

import base64
import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator

import pytest

from fakefarm import FakeIMAP, Farm, messages

Error, Abort = imaplib.IMAP4.error, imaplib.IMAP4.abort
PLAIN = messages.plain()


@pytest.fixture
def connect(imap) -> Iterator[Callable[..., imaplib.IMAP4]]:
    """Connects imaplib, logged in unless ``user=""``."""
    clients = []

    def dial(user: str = "ann", fake: FakeIMAP = imap, patience: float = 5) -> imaplib.IMAP4:
        clients.append(imaplib.IMAP4(fake.host, fake.port, timeout=patience))
        if user:
            clients[-1].login(user, "secret")
        return clients[-1]

    yield dial
    for client in clients:
        with contextlib.suppress(OSError):  # of one that has left, or failed to encrypt
            client.shutdown()


@pytest.fixture
def idler(imap) -> Iterator[Callable[..., object]]:
    """Connects imapclient, with INBOX selected."""
    imapclient = pytest.importorskip("imapclient", reason="imapclient is not installed")
    clients = []

    def dial(patience: float = 5) -> object:
        clients.append(imapclient.IMAPClient(imap.host, imap.port, ssl=False, timeout=patience))
        clients[-1].login("ann", "secret")
        clients[-1].select_folder("INBOX")
        return clients[-1]

    yield dial
    for client in clients:
        client.shutdown()


# --- 5, 9: who is in, and what is offered


def test_preauth(imap, connect) -> None:
    """5"""
    imap.on("connect").reply("PREAUTH", "hello ann")
    client = connect(user="")
    assert client.state == "AUTH"
    assert client.select("INBOX")[0] == "OK"
    with pytest.raises(Error, match="illegal in state"):
        client.login("ann", "secret")


def test_capabilities_change_at_the_login(imap, connect) -> None:
    """9: imaplib does not look again."""
    imap.capabilities_after_login = ["IMAP4rev1", "X-NEW"]
    client = connect()
    assert "X-NEW" not in client.capabilities
    assert client.capability()[1][-1] == b"IMAP4rev1 X-NEW"


# --- 14 to 17: AUTHENTICATE


def test_a_mechanism_that_is_unknown(imap, connect) -> None:
    """14"""
    client = connect(user="")
    with pytest.raises(Error, match="mechanism"):
        client.authenticate("X-NONE", lambda challenge: b"")
    assert client.state == "NONAUTH"


def test_the_client_gives_up(imap, connect) -> None:
    """15: an object that returns None sends ``*``."""
    client = connect(user="")
    with pytest.raises(Error, match="cancelled"):
        client.authenticate("PLAIN", lambda challenge: None)
    assert [step.line for step in imap.steps if step.verb == "response"] == [b"*"]
    client.login("ann", "secret")


def test_the_server_gives_up(imap, connect) -> None:
    """16"""
    imap.on("response").reply("BAD", "AUTHENTICATE aborted")
    client = connect(user="")
    with pytest.raises(Error, match="aborted"):
        client.authenticate("PLAIN", lambda challenge: b"\0ann\0secret")


def test_one_mechanism_fails_and_the_next_one_does_not(imap, connect) -> None:
    """16: a client that goes on with a weaker one."""
    imap.on("AUTHENTICATE", "CRAM-MD5").reply("NO", "[AUTHENTICATIONFAILED] no")
    client = connect(user="")
    with pytest.raises(Error, match="AUTHENTICATIONFAILED"):
        client.login_cram_md5("ann", "secret")
    assert client.login("ann", "secret")[0] == "OK"


def test_challenge_after_challenge(imap, connect) -> None:
    """16"""
    imap.on("response").reply("+", base64.b64encode(b"more").decode()).times(3)
    client = connect(user="")
    asked: list[bytes] = []

    def answer(challenge: bytes) -> bytes:
        asked.append(challenge)
        return b"\0ann\0secret"

    assert client.authenticate("PLAIN", answer)[0] == "OK"
    assert asked == [b"", b"more", b"more", b"more"]


def test_oauth_says_why_in_a_challenge(connect) -> None:
    """16: JSON, which the client answers with an empty line."""
    with FakeIMAP(users={"ann": "token"}) as fake:
        client = connect(user="", fake=fake)
        asked: list[bytes] = []

        def answer(challenge: bytes) -> bytes:
            asked.append(challenge)
            return b"" if challenge else b"user=ann\1auth=Bearer stale\1\1"

        with pytest.raises(Error, match="AUTHENTICATIONFAILED"):
            client.authenticate("XOAUTH2", answer)
        assert asked[1].startswith(b'{"status":"401"')


def test_login_is_disabled_and_cram_md5_is_not(imap, connect) -> None:
    """17"""
    imap.capabilities.append("LOGINDISABLED")
    client = connect(user="")
    with pytest.raises(Error, match="PRIVACYREQUIRED"):
        client.login("ann", "secret")
    assert client.login_cram_md5("ann", "secret")[0] == "OK"


# --- 18, 20: the selected mailbox


def test_the_mailbox_was_made_anew(imap, connect) -> None:
    """18: uids of before mean nothing now."""
    client = connect()
    client.select("INBOX")
    assert client.response("UIDVALIDITY") == ("UIDVALIDITY", [b"1"])
    imap.mailbox.uidvalidity = 99
    client.select("INBOX")
    assert client.response("UIDVALIDITY") == ("UIDVALIDITY", [b"99"])


def test_a_mailbox_becomes_read_only(imap, connect) -> None:
    """18"""
    client = connect()
    client.select("INBOX")
    imap.on("NOOP").untagged("OK [READ-ONLY] somebody locked it").answer()
    client.noop()
    with pytest.raises(imaplib.IMAP4.readonly, match="READ-ONLY"):
        client.noop()


def test_nothing_is_selected(connect, raw, imap) -> None:
    """20: imaplib does not even ask."""
    client = connect()
    with pytest.raises(Error, match="illegal in state AUTH"):
        client.unselect()
    assert raw(imap).status("UNSELECT") == ["BAD"]


# --- 30: what imapclient finds wrong with what imaplib hands on


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1 FETCH (FLAGS (", "Tuple incomplete"),
        ("1 FETCH (UID 1 FLAGS)", "uneven number"),
        ('1 FETCH (X "a)', "No closing"),
        ("1 FETCH (UID x)", "UID"),
        ("1 FETCH (UID 1", "Tuple incomplete"),
        ("1 FETCH", "uneven|unexpected|message ID|incomplete"),
        ("1 FETCH (BODY[ x)", "closing"),
    ],
)
def test_imapclient_and_what_cannot_be_parsed(imap, idler, line, says) -> None:
    """30"""
    imap.on("UID FETCH").untagged(line).reply("OK", "done")
    with pytest.raises(Exception, match=says) as caught:
        idler().fetch(1, ["FLAGS"])
    assert type(caught.value).__name__ == "ProtocolError"


# --- 34: SEARCH


def test_a_charset_is_refused(imap, connect) -> None:
    """34"""
    client = connect()
    client.select("INBOX")
    assert client.search("X-UNKNOWN", "ALL") == (
        "NO",
        [b"[BADCHARSET (US-ASCII UTF-8)] no such charset"],
    )


# --- 36, 37: APPEND


def test_append_is_refused_before_a_byte_of_the_message(imap, connect) -> None:
    """36: by a mailbox that is not there, and a message that is too big."""
    client = connect()
    assert client.append("Nowhere", None, None, PLAIN) == ("NO", [b"[TRYCREATE] no such mailbox"])
    imap.max_message_size = 10
    assert client.append("INBOX", None, None, PLAIN)[0] == "NO"
    assert imap.transcript.received(channel="data") == b""
    imap.max_message_size = 10**6
    assert client.append("INBOX", None, None, PLAIN)[0] == "OK"
    assert imap.mailbox[0].content == PLAIN


def test_append_over_the_quota(imap, connect) -> None:
    """37"""
    imap.mailbox.folders.quota = {"MESSAGE": 0}
    assert connect().append("INBOX", None, None, PLAIN)[1][0].startswith(b"[OVERQUOTA]")
    assert len(imap.mailbox) == 0


# --- 38: IDLE, which imaplib has not had before Python 3.14: with imapclient


def test_idle_and_no_continuation(imap, idler) -> None:
    """38"""
    imap.on("IDLE").ignore()
    client = idler(patience=0.2)
    with pytest.raises(TimeoutError):
        client.idle()


def test_idle_is_refused(imap, idler) -> None:
    """38"""
    imap.on("IDLE").reply("NO", "not now")
    with pytest.raises(Error, match="not now"):
        idler().idle()


def test_a_message_comes_during_idle(imap, idler) -> None:
    """38"""
    client = idler()
    client.idle()
    imap.mailbox.add(PLAIN)
    assert client.idle_check(timeout=5)[0] == (1, b"EXISTS")
    client.idle_done()


def test_something_unexpected_during_idle(imap, idler) -> None:
    """38: imapclient does not see what comes in one piece with the ``+``, hence the pause."""
    imap.on("IDLE").reply("+", "idling").delay(0.05).untagged("OK still here", "BYE soon")
    client = idler()
    client.idle()
    assert client.idle_check(timeout=5) == [(b"OK", b"still here"), (b"BYE", b"soon")]


def test_done_is_ignored(imap, idler) -> None:
    """38"""
    imap.on("response", "DONE").ignore()
    client = idler(patience=0.3)
    client.idle()
    with pytest.raises(TimeoutError):
        client.idle_done()


def test_idle_and_gone(imap, idler) -> None:
    """38: imapclient returns as if nothing had come; the next call finds out."""
    imap.on("IDLE").reply("+", "idling").delay(0.05).close()
    client = idler()
    client.idle()
    assert client.idle_check(timeout=5) == []
    with pytest.raises(Abort, match="EOF"):
        client.idle_done()


def test_a_line_without_a_star_during_idle(imap, idler) -> None:
    """38"""
    imap.on("IDLE").reply("+", "idling").delay(0.05).raw(b"99 EXISTS\r\n")
    client = idler()
    client.idle()
    with pytest.raises(Exception, match="violates the IMAP protocol"):
        client.idle_check(timeout=5)


# --- 39: STARTTLS


@pytest.fixture
def encrypting() -> Iterator[FakeIMAP]:
    with FakeIMAP(tls="starttls") as fake:
        yield fake


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """A client's context that trusts the authority of the fakes."""
    return Farm().ca.client_context()


def test_starttls(encrypting, connect, trusting) -> None:
    """9, 39: the capabilities of before are forgotten."""
    client = connect(user="", fake=encrypting)
    assert "STARTTLS" in client.capabilities
    assert client.starttls(trusting)[0] == "OK"
    assert "STARTTLS" not in client.capabilities
    assert client.login("ann", "secret")[0] == "OK"


def test_starttls_twice(encrypting, connect, trusting) -> None:
    """39: imaplib does not even ask."""
    client = connect(user="", fake=encrypting)
    client.starttls(trusting)
    with pytest.raises(Abort, match="TLS"):
        client.starttls(trusting)


def test_starttls_is_not_offered(imap, connect, trusting) -> None:
    """39"""
    with pytest.raises(Abort, match="TLS not supported"):
        connect(user="").starttls(trusting)


@pytest.mark.parametrize(
    ("script", "raises", "says"),
    [
        (lambda p: p.on("STARTTLS").reply("NO", "later"), Error, "Couldn't establish TLS"),
        (lambda p: p.on("STARTTLS").reply("BAD", "what?"), Error, "what"),
        (lambda p: p.on("STARTTLS").close(), Abort, "EOF"),
        (lambda p: p.on("tls").close(), OSError, ""),
        (lambda p: p.on("tls").reset(), OSError, ""),
        (lambda p: p.on("tls").raw(b"* OK plaintext\r\n", encrypted=False), OSError, ""),
    ],
    ids=["NO", "BAD", "closed", "FIN", "RST", "plaintext"],
)
def test_starttls_goes_wrong(encrypting, connect, trusting, script, raises, says) -> None:
    """39"""
    script(encrypting)
    client = connect(user="", fake=encrypting)
    with pytest.raises(raises, match=says or None):
        client.starttls(trusting)


def test_plaintext_behind_starttls_is_thrown_away(encrypting, raw) -> None:
    """39: a command that somebody put behind STARTTLS is not the client's."""
    client = raw(encrypting, user="")
    client.send(b"a STARTTLS\r\nb LOGIN eve secret\r\n")
    assert client.line().startswith(b"a OK")
    assert client.is_silent()
    assert encrypting.commands == ["STARTTLS"]


# --- 40: what is put into lines, and limits


def test_a_line_break_in_the_name_of_a_mailbox(imap, connect) -> None:
    """40: the name leaves encoded, as one line."""
    imap.mailbox.folders.create("a\r\n* BYE injected")
    client = connect()
    assert client.list() == (
        "OK",
        [b'(\\HasNoChildren) "/" INBOX', b'(\\HasNoChildren) "/" "a&AA0ACg-* BYE injected"'],
    )
    assert client.noop()[0] == "OK"


@pytest.mark.parametrize(
    "literal", ["{65537}", "{65537+}", "{99999999999999999999}", "{-1}", "{x}", "{}"]
)
def test_literals_that_are_too_long_or_none(imap, raw, literal) -> None:
    """40"""
    client = raw(imap, user="")
    client.send_line(f"a LOGIN ann {literal}")
    if literal == "{65537+}":
        client.send(b"x" * 65537 + b"\r\n")
    assert client.line().split()[:2] in ([b"a", b"BAD"], [b"a", b"NO"])
    assert client.status("NOOP") == ["OK"]
