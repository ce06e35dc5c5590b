"""Failures found in the wild, each a script of at most three lines, and what smtplib makes of it.

Each names where it comes from: the test suite of a client or a server, or the section of the RFC
that such a server breaks, or makes use of.
"""

import smtplib
from collections.abc import Callable
from typing import NamedTuple

import pytest

from fakefarm import FakeSMTP
from fakefarm.smtp import SMTPRule

Script = Callable[[FakeSMTP], object]
TO = ["bob@example.com", "carol@example.com"]
MESSAGE = "Subject: hi\r\n\r\nhello\r\n"


class Failure(NamedTuple):
    """``code`` is what the exception carries, if it carries one; ``outbox`` how many messages there
    are in the end."""

    name: str
    source: str
    script: Script
    raises: type[Exception] | None
    code: int | None
    outbox: int


Lost, Connect = smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError
Helo, Sender, Data = smtplib.SMTPHeloError, smtplib.SMTPSenderRefused, smtplib.SMTPDataError
Recipients, Auth = smtplib.SMTPRecipientsRefused, smtplib.SMTPAuthenticationError
Response, Unsupported = smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError

# fmt: off
FAILURES = [
    ("greeting never comes", "aiosmtplib's test_timeouts",
     lambda s: s.on("connect").stall(), Lost, None, 0),
    ("closed without a greeting", "aiosmtplib's test_connect",
     lambda s: s.on("connect").close(), Lost, None, 0),
    ("half-closed without one", "aiosmtplib's test_connect",
     lambda s: s.on("connect").half_close(), Lost, None, 0),
    ("greeting 421", "aiosmtplib's test_connect",
     lambda s: s.on("connect").reply(421, "busy"), Connect, 421, 0),
    ("greeting 554", "RFC 5321 3.1",
     lambda s: s.on("connect").reply(554, "no"), Connect, 554, 0),
    ("greeting 199", "CPython's test_smtplib, BadHELOServerTests",
     lambda s: s.on("connect").reply(199, "no hello"), Connect, 199, 0),
    ("greeting cut", "RFC 5321 4.2",
     lambda s: s.on("connect").truncate(after=2), Connect, 22, 0),
    ("greeting too long", "CPython's test_smtplib, TooLongLineTests",
     lambda s: s.on("connect").reply(220, "x" * 9000), Response, 500, 0),
    ("no line end at all", "aiosmtplib's test_protocol",
     lambda s: s.on("connect").raw(b"2" * 500).close(), Connect, 222, 0),
    ("flood of lines", "aiosmtplib's test_protocol",
     lambda s: s.on("connect").reply(220, *["x"] * 100), None, None, 1),
    ("multiline never ends", "RFC 5321 4.2.1",
     lambda s: s.on("connect").raw(b"220-a\r\n"), Lost, None, 0),
    ("codes of a reply differ", "RFC 5321 4.2.1",
     lambda s: s.on("connect").raw(b"220-a\r\n554 b\r\n"), Connect, 554, 0),
    ("no code", "aiosmtplib's test_protocol",
     lambda s: s.on("connect").raw(b"ERROR\n"), Connect, -1, 0),
    ("part of a line", "aiosmtplib's test_error_on_readline_with_partial_line",
     lambda s: s.on("EHLO").raw(b"499 incomplete").close(), Lost, None, 0),
    ("not UTF-8", "aiosmtplib's test_commands",
     lambda s: s.on("MAIL").reply(250, b"\xff"), None, None, 1),
    ("gibberish", "aiosmtplib's test_commands",
     lambda s: s.on("EHLO").raw(b"\0\xff\x80").close(), Lost, None, 0),
    ("HTTP", "RFC 5321 4.2",
     lambda s: s.on("connect").raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Connect, -1, 0),
    ("no EHLO", "aiosmtplib's test_commands",
     lambda s: s.on("EHLO").reply(500, "what?"), None, None, 1),
    ("no HELO either", "aiosmtplib's test_commands",
     lambda s: (s.on("EHLO").reply(500), s.on("HELO").reply(500)), Helo, 500, 0),
    ("EHLO and gone", "aiosmtplib's test_commands",
     lambda s: s.on("EHLO").answer().close(), Lost, None, 0),
    ("EHLO cut in a word", "RFC 5321 4.1.1.1",
     lambda s: s.on("EHLO").truncate(after=40), Lost, None, 0),
    ("odd words", "smtp4dev, which says SIZE=32",
     lambda s: s.on("EHLO").reply(250, "me", "SIZE=32", "AUTH=LOGIN"), None, None, 1),
    ("blank words", "aiosmtplib's test_esmtp_utils",
     lambda s: s.on("EHLO").reply(250, "me", "", " X"), None, None, 1),
    ("unsolicited reply", "aiosmtplib's test_protocol",
     lambda s: s.on("MAIL").answer().raw(b"250 extra\r\n"), Data, 250, 0),
    ("double reply", "aiosmtplib's test_protocol",
     lambda s: s.on("RCPT", "*carol*").answer().raw(b"550 x\r\n"), Data, 550, 0),
    ("OK, then closed", "aiosmtplib's test_connect",
     lambda s: s.on("MAIL").answer().close(), Lost, None, 0),
    ("OK, then closed later", "aiosmtplib's test_connect",
     lambda s: s.on("MAIL").answer().delay(0.1).close(), Lost, None, 0),
    ("MAIL 451", "CPython's test_smtplib, SMTPSimTests",
     lambda s: s.on("MAIL").reply(451, "later"), Sender, 451, 0),
    ("MAIL 421", "CPython's test_smtplib, SMTPSimTests",
     lambda s: s.on("MAIL").reply(421, "bye").close(), Sender, 421, 0),
    ("MAIL 552", "Mailpit's TestCmdMAILMaxSize",
     lambda s: setattr(s, "max_message_size", 5), Sender, 552, 0),
    ("nested MAIL", "aiosmtpd's test_mail_from_twice",
     lambda s: s.on("MAIL").reply(503, "5.5.1 nested"), Sender, 503, 0),
    ("one refused", "RFC 5321 3.3",
     lambda s: s.on("RCPT", "*<bob@*").reply(550, "no"), None, None, 1),
    ("all refused", "RFC 5321 3.3",
     lambda s: s.on("RCPT").reply(550, "no"), Recipients, None, 0),
    ("RCPT 421", "CPython's test_smtplib, SMTPSimTests",
     lambda s: s.on("RCPT", "*carol*").reply(421, "bye").close(), Recipients, None, 0),
    ("too many", "Mailpit's TestCmdMaxRecipients",
     lambda s: setattr(s, "max_recipients", 1), None, None, 1),
    ("accepted and dropped", "Mailpit's TestIgnoreRejectedRecipients",
     lambda s: s.on("message").reply(250, "ok").without_effect(), None, None, 0),
    ("forwarded", "RFC 5321 3.4",
     lambda s: s.on("RCPT").reply(251, "will forward"), None, None, 1),
    ("greylisted", "RFC 6647",
     lambda s: s.on("RCPT").reply(450, "4.2.0 later"), Recipients, None, 0),
    ("RSET and gone", "aiosmtplib's test_sendmail",
     lambda s: (s.on("MAIL").reply(550), s.on("RSET").close()), Sender, 550, 0),
    ("DATA 451", "aiosmtplib's test_data_error_on_start_input",
     lambda s: s.on("DATA").reply(451, "later"), Data, 451, 0),
    ("DATA 503", "RFC 5321 4.1.4",
     lambda s: s.on("DATA").reply(503, "order"), Data, 503, 0),
    ("DATA 421", "CPython's test_smtplib, SMTPSimTests",
     lambda s: s.on("DATA").reply(421, "bye").close(), Data, 421, 0),
    ("DATA 250", "RFC 5321 4.1.1.4",
     lambda s: s.on("DATA").reply(250, "ok"), Data, 250, 0),
    ("354 and gone", "aiosmtplib's test_connect",
     lambda s: s.on("DATA").reply(354, "go").close(), Lost, None, 0),
    ("message 552", "aiosmtplib's test_data_complete_error",
     lambda s: s.on("message").reply(552, "big"), Data, 552, 0),
    ("message 554", "aiosmtpd's test_process_message_error",
     lambda s: s.on("message").reply(554, "spam"), Data, 554, 0),
    ("stored, no reply: FIN", "RFC 1047",
     lambda s: s.on("message").truncate(after=0), Lost, None, 1),
    ("stored, no reply: RST", "RFC 1047",
     lambda s: s.on("message").truncate(after=0).reset(), Lost, None, 1),
    ("stored, no reply: silence", "aiosmtplib's test_timeouts",
     lambda s: s.on("message").truncate(after=0).stall(), Lost, None, 1),
    ("not stored: FIN", "RFC 1047",
     lambda s: s.on("message").close(), Lost, None, 0),
    ("last reply cut", "RFC 5321 4.2",
     lambda s: s.on("message").truncate(after=2), Data, 25, 1),
    ("AUTH 535", "RFC 4954 6",
     lambda s: s.on("AUTH").reply(535, "no"), Auth, 535, 0),
    ("AUTH 454", "RFC 4954 6",
     lambda s: s.on("AUTH").reply(454, "later"), Auth, 454, 0),
    ("AUTH 538", "RFC 2554 6",
     lambda s: s.on("AUTH").reply(538, "TLS"), Auth, 538, 0),
    ("AUTH unknown", "RFC 4954 4",
     lambda s: s.on("AUTH").reply(504, "no such"), Auth, 504, 0),
    ("AUTH not offered", "RFC 4954 3",
     lambda s: s.capabilities.remove(s.capabilities[-2]), Unsupported, None, 0),
    ("AUTH bad challenge", "RFC 4954 4",
     lambda s: s.on("AUTH").reply(334, "a"), ValueError, None, 0),
]
# fmt: on


SILENT = {"greeting never comes", "multiline never ends", "stored, no reply: silence"}


def send(fake: FakeSMTP, login: bool = False, patience: float = 5) -> None:
    client = smtplib.SMTP(local_hostname="client.example", timeout=patience)
    try:
        code, text = client.connect(fake.host, fake.port)
        if code != 220:
            raise Connect(code, text)
        if login:
            client.login("ann", "secret")
        client.sendmail("ann@example.com", TO, MESSAGE)
        client.quit()
    finally:
        client.close()


@pytest.mark.parametrize("row", FAILURES, ids=[name for name, *_ in FAILURES])
def test_failure(smtp, row) -> None:
    failure = Failure(*row)
    failure.script(smtp)
    how = failure.name.startswith("AUTH"), 0.2 if failure.name in SILENT else 5
    if failure.raises is None:
        send(smtp, *how)
    else:
        with pytest.raises(failure.raises) as raised:
            send(smtp, *how)
        assert failure.code in (None, getattr(raised.value, "smtp_code", None))
    smtp.settle()
    assert len(smtp.outbox) == failure.outbox


@pytest.mark.parametrize(
    ("ending", "how"), [(SMTPRule.close, "fin"), (SMTPRule.reset, "rst")], ids=["FIN", "RST"]
)
def test_quit_without_a_reply_is_well(smtp, ending, how) -> None:
    """CPython's smtplib: the end of the block takes a lost connection for a reply."""
    ending(smtp.on("QUIT"))
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        assert client.noop()[0] == 250
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)
    assert smtp.commands == ["NOOP", "QUIT"]
    assert (smtp.connections[0].ended_by, smtp.connections[0].ended_how) == ("script", how)


def test_quit_421(smtp) -> None:
    """CPython's test_with_statement_QUIT_failure: raised at the end of the block."""
    smtp.on("QUIT").reply(421, "bye").close()
    with pytest.raises(Response) as raised, smtplib.SMTP(smtp.host, smtp.port, timeout=5):
        pass
    assert raised.value.smtp_code == 421
    assert smtp.commands == ["QUIT"]


def test_a_reset_greeting(smtp) -> None:
    """A race between the RST and the client's first read, which smtplib loses in two ways."""
    smtp.on("connect").reset()
    with pytest.raises((ConnectionResetError, Lost)):
        send(smtp)
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)
    assert (smtp.connections[0].ended_by, smtp.connections[0].ended_how) == ("script", "rst")


def test_a_refused_ehlo_offers_nothing(smtp) -> None:
    """aiosmtplib's test_commands: a client must not read words in a refusal."""
    smtp.on("EHLO").reply(502, "me", "SIZE 5")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.ehlo_or_helo_if_needed()
        assert (client.does_esmtp, client.esmtp_features) == (False, {})


def test_a_421_to_noop_leaves_the_client_connected(smtp) -> None:
    """aiosmtplib's test_421_closes_connection; smtplib does not close by itself."""
    smtp.on("NOOP").reply(421, "going down").close()
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        assert client.noop()[0] == 421
        with pytest.raises(Lost):
            client.noop()


def test_partly_refused(smtp) -> None:
    """RFC 5321 section 3.3: the others get the message; smtplib tells of it in what it returns."""
    smtp.on("RCPT", "*<bob@*").reply(550, "5.1.1 no such user")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        refused = client.sendmail("ann@example.com", TO, MESSAGE)
    assert refused == {"bob@example.com": (550, b"5.1.1 no such user")}
    assert smtp.outbox[0].recipients == ["carol@example.com"]


def test_starttls_is_not_offered(smtp) -> None:
    """aiosmtplib's test_starttls_not_supported, and ..._advertised_but_not_supported."""
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client, pytest.raises(Unsupported):
        client.starttls()
    smtp.capabilities.append("STARTTLS")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.ehlo()
        with pytest.raises(Response) as refused:
            client.starttls()
    assert refused.value.smtp_code == 502


def test_too_many_bad_commands(smtp, raw) -> None:
    """smtp4dev's Process_TooManyBadCommands_Disconnected: a server that has had enough."""
    smtp.on("*").after(2).reply(421, "4.7.0 enough").close()
    client = raw(smtp, hello="")
    assert client.codes("XX", "YY", "ZZ") == [500, 500, 421]
    assert client.rest() == (b"", "fin")
