"""Failures found in the wild, each a script of at most three lines, and what smtplib makes of it.

The numbers are those of the project's collection; rows that say nothing of smtplib are scripted all
the same, and what it does is written down here.
"""

import smtplib
from collections.abc import Callable
from typing import NamedTuple

import pytest

from fakefarm import FakeSMTP

Script = Callable[[FakeSMTP], object]
TO = ["bob@example.com", "carol@example.com"]
MESSAGE = "Subject: hi\r\n\r\nhello\r\n"


class Failure(NamedTuple):
    """``code`` is what the exception carries, if it carries one; ``outbox`` how many messages there
    are in the end."""

    number: int
    name: str
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
    (1, "greeting never comes", lambda s: s.on("connect").stall(), Lost, None, 0),
    (2, "closed without a greeting", lambda s: s.on("connect").close(), Lost, None, 0),
    (3, "half-closed without one", lambda s: s.on("connect").half_close(), Lost, None, 0),
    (5, "greeting 421", lambda s: s.on("connect").reply(421, "busy"), Connect, 421, 0),
    (6, "greeting 554", lambda s: s.on("connect").reply(554, "no"), Connect, 554, 0),
    (7, "greeting 199", lambda s: s.on("connect").reply(199, "no hello"), Connect, 199, 0),
    (8, "greeting cut", lambda s: s.on("connect").truncate(after=2), Connect, 22, 0),
    (9, "greeting too long", lambda s: s.on("connect").reply(220, "x" * 9000), Response, 500, 0),
    (10, "no line end at all", lambda s: s.on("connect").raw(b"2" * 500).close(), Connect, 222, 0),
    (11, "flood of lines", lambda s: s.on("connect").reply(220, *["x"] * 100), None, None, 1),
    (12, "multiline never ends", lambda s: s.on("connect").raw(b"220-a\r\n"), Lost, None, 0),
    (13, "codes of a reply differ",
     lambda s: s.on("connect").raw(b"220-a\r\n554 b\r\n"), Connect, 554, 0),
    (14, "no code", lambda s: s.on("connect").raw(b"ERROR\n"), Connect, -1, 0),
    (15, "part of a line", lambda s: s.on("EHLO").raw(b"499 incomplete").close(), Lost, None, 0),
    (16, "not UTF-8", lambda s: s.on("MAIL").reply(250, b"\xff"), None, None, 1),
    (17, "gibberish", lambda s: s.on("EHLO").raw(b"\0\xff\x80").close(), Lost, None, 0),
    (18, "HTTP",
     lambda s: s.on("connect").raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Connect, -1, 0),
    (19, "no EHLO", lambda s: s.on("EHLO").reply(500, "what?"), None, None, 1),
    (20, "no HELO either",
     lambda s: (s.on("EHLO").reply(500), s.on("HELO").reply(500)), Helo, 500, 0),
    (21, "EHLO and gone", lambda s: s.on("EHLO").answer().close(), Lost, None, 0),
    (23, "EHLO cut in a word", lambda s: s.on("EHLO").truncate(after=40), Lost, None, 0),
    (24, "odd words",
     lambda s: s.on("EHLO").reply(250, "me", "SIZE=32", "AUTH=LOGIN"), None, None, 1),
    (25, "blank words", lambda s: s.on("EHLO").reply(250, "me", "", " X"), None, None, 1),
    (26, "unsolicited reply", lambda s: s.on("MAIL").answer().raw(b"250 extra\r\n"), Data, 250, 0),
    (27, "double reply",
     lambda s: s.on("RCPT", "*carol*").answer().raw(b"550 x\r\n"), Data, 550, 0),
    (29, "OK, then closed", lambda s: s.on("MAIL").answer().close(), Lost, None, 0),
    (30, "OK, then closed later",
     lambda s: s.on("MAIL").answer().delay(0.1).close(), Lost, None, 0),
    (31, "MAIL 451", lambda s: s.on("MAIL").reply(451, "later"), Sender, 451, 0),
    (32, "MAIL 421", lambda s: s.on("MAIL").reply(421, "bye").close(), Sender, 421, 0),
    (33, "MAIL 552", lambda s: setattr(s, "max_message_size", 5), Sender, 552, 0),
    (34, "nested MAIL", lambda s: s.on("MAIL").reply(503, "5.5.1 nested"), Sender, 503, 0),
    (36, "one refused", lambda s: s.on("RCPT", "*<bob@*").reply(550, "no"), None, None, 1),
    (37, "all refused", lambda s: s.on("RCPT").reply(550, "no"), Recipients, None, 0),
    (38, "RCPT 421",
     lambda s: s.on("RCPT", "*carol*").reply(421, "bye").close(), Recipients, None, 0),
    (39, "too many", lambda s: setattr(s, "max_recipients", 1), None, None, 1),
    (40, "accepted and dropped",
     lambda s: s.on("message").reply(250, "ok").without_effect(), None, None, 0),
    (41, "forwarded", lambda s: s.on("RCPT").reply(251, "will forward"), None, None, 1),
    (41, "greylisted", lambda s: s.on("RCPT").reply(450, "4.2.0 later"), Recipients, None, 0),
    (42, "RSET and gone",
     lambda s: (s.on("MAIL").reply(550), s.on("RSET").close()), Sender, 550, 0),
    (43, "DATA 451", lambda s: s.on("DATA").reply(451, "later"), Data, 451, 0),
    (43, "DATA 503", lambda s: s.on("DATA").reply(503, "order"), Data, 503, 0),
    (43, "DATA 421", lambda s: s.on("DATA").reply(421, "bye").close(), Data, 421, 0),
    (44, "DATA 250", lambda s: s.on("DATA").reply(250, "ok"), Data, 250, 0),
    (45, "354 and gone", lambda s: s.on("DATA").reply(354, "go").close(), Lost, None, 0),
    (47, "message 552", lambda s: s.on("message").reply(552, "big"), Data, 552, 0),
    (47, "message 554", lambda s: s.on("message").reply(554, "spam"), Data, 554, 0),
    (48, "stored, no reply: FIN", lambda s: s.on("message").truncate(after=0), Lost, None, 1),
    (48, "stored, no reply: RST",
     lambda s: s.on("message").truncate(after=0).reset(), Lost, None, 1),
    (48, "stored, no reply: silence",
     lambda s: s.on("message").truncate(after=0).stall(), Lost, None, 1),
    (48, "not stored: FIN", lambda s: s.on("message").close(), Lost, None, 0),
    (49, "last reply cut", lambda s: s.on("message").truncate(after=2), Data, 25, 1),
    (64, "AUTH 535", lambda s: s.on("AUTH").reply(535, "no"), Auth, 535, 0),
    (64, "AUTH 454", lambda s: s.on("AUTH").reply(454, "later"), Auth, 454, 0),
    (64, "AUTH 538", lambda s: s.on("AUTH").reply(538, "TLS"), Auth, 538, 0),
    (64, "AUTH unknown", lambda s: s.on("AUTH").reply(504, "no such"), Auth, 504, 0),
    (64, "AUTH not offered",
     lambda s: s.capabilities.remove(s.capabilities[-2]), Unsupported, None, 0),
    (64, "AUTH bad challenge", lambda s: s.on("AUTH").reply(334, "a"), ValueError, None, 0),
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


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: f"{row[0]} {row[1]}")
def test_failure(smtp, row) -> None:
    failure = Failure(*row)
    failure.script(smtp)
    how = failure.number == 64, 0.2 if failure.name in SILENT else 5
    if failure.raises is None:
        send(smtp, *how)
    else:
        with pytest.raises(failure.raises) as raised:
            send(smtp, *how)
        assert failure.code in (None, getattr(raised.value, "smtp_code", None))
    smtp.settle()
    assert len(smtp.outbox) == failure.outbox


@pytest.mark.parametrize("rule", [lambda on: on.close(), lambda on: on.reset()], ids=["FIN", "RST"])
def test_quit_without_a_reply_is_well(smtp, rule) -> None:
    """65"""
    rule(smtp.on("QUIT"))
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.noop()


def test_quit_421(smtp) -> None:
    """65: the exception comes out of the end of the block."""
    smtp.on("QUIT").reply(421, "bye").close()
    with pytest.raises(Response) as raised, smtplib.SMTP(smtp.host, smtp.port, timeout=5):
        pass
    assert raised.value.smtp_code == 421


def test_a_reset_greeting(smtp) -> None:
    """4: a race that smtplib loses in two ways."""
    smtp.on("connect").reset()
    with pytest.raises((ConnectionResetError, Lost)):
        send(smtp)


def test_a_refused_ehlo_offers_nothing(smtp) -> None:
    """22"""
    smtp.on("EHLO").reply(502, "me", "SIZE 5")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.ehlo_or_helo_if_needed()
        assert (client.does_esmtp, client.esmtp_features) == (False, {})


def test_a_421_to_noop_leaves_the_client_connected(smtp) -> None:
    """28: smtplib does not close by itself."""
    smtp.on("NOOP").reply(421, "going down").close()
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        assert client.noop()[0] == 421
        with pytest.raises(Lost):
            client.noop()


def test_partly_refused(smtp) -> None:
    """36: told in the return value."""
    smtp.on("RCPT", "*<bob@*").reply(550, "5.1.1 no such user")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        refused = client.sendmail("ann@example.com", TO, MESSAGE)
    assert refused == {"bob@example.com": (550, b"5.1.1 no such user")}
    assert smtp.outbox[0].recipients == ["carol@example.com"]


def test_starttls_is_not_offered(smtp) -> None:
    """55, 56"""
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client, pytest.raises(Unsupported):
        client.starttls()
    smtp.capabilities.append("STARTTLS")
    with smtplib.SMTP(smtp.host, smtp.port, timeout=5) as client:
        client.ehlo()
        with pytest.raises(Response) as refused:
            client.starttls()
    assert refused.value.smtp_code == 502


def test_too_many_bad_commands(smtp, raw) -> None:
    """66: a server that has had enough."""
    smtp.on("*").after(2).reply(421, "4.7.0 enough").close()
    client = raw(smtp, hello="")
    assert client.codes("XX", "YY", "ZZ") == [500, 500, 421]
    assert client.rest() == (b"", "fin")
