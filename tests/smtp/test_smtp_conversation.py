"""What a well-behaved SMTP server answers, command by command: one table for each question."""

import re

import pytest

from fakefarm import FakeSMTP

MAIL = "MAIL FROM:<ann@example.com>"
RCPT = "RCPT TO:<bob@example.com>"

# After EHLO: the lines, and the reply to the last of them.
ARGUMENTS = [
    # RFC 5321 section 4.1.2: paths
    ([MAIL], "250 2.1.0"),
    (["mail from:<ann@example.com>"], "250 2.1.0"),
    (["MAIL FROM:<>"], "250 2.1.0"),
    (["MAIL FROM:<@a.example,@b.example:ann@example.com>"], "250 2.1.0"),
    (['MAIL FROM:<"ann > and \\" bob"@example.com>'], "250 2.1.0"),
    (["MAIL FROM:<ann@[127.0.0.1]>"], "250 2.1.0"),
    (["MAIL FROM:<ann@[IPv6:::1]>"], "250 2.1.0"),
    (["MAIL FROM:<ann@[tag:x]>"], "250 2.1.0"),
    (["MAIL FROM:<ann@my_container>"], "250 2.1.0"),
    (["MAIL FROM:<ann@example.com> "], "250 2.1.0"),  # section 4.1.1
    ([MAIL, "RCPT TO:<Postmaster>"], "250 2.1.5"),
    ([MAIL, "RCPT TO:<@a.example:bob@example.com>"], "250 2.1.5"),
    (["MAIL FROM: <ann@example.com>"], "501 5.5.4"),  # section 3.3
    (["MAIL FROM:ann@example.com"], "501 5.5.4"),
    (["MAIL FROM:<ann@example.com"], "501 5.5.4"),
    (['MAIL FROM:<"ann@example.com>'], "501 5.5.4"),
    (["MAIL FROM:<ann@example.com>SIZE=1"], "501 5.5.4"),
    (["MAIL FROM <ann@example.com>"], "501 5.5.4"),
    (["MAIL TO:<ann@example.com>"], "501 5.5.4"),
    (["MAIL"], "501 5.5.4"),
    (["MAIL FROM:<ann>"], "553 5.1.7"),
    (["MAIL FROM:<ann@>"], "553 5.1.7"),
    (["MAIL FROM:<@a.example>"], "553 5.1.7"),
    (["MAIL FROM:<ann..b@example.com>"], "553 5.1.7"),
    (["MAIL FROM:<ann@example..com>"], "553 5.1.7"),
    (["MAIL FROM:<ann@-example.com>"], "553 5.1.7"),
    (["MAIL FROM:<ann@[256.0.0.1]>"], "553 5.1.7"),
    (["MAIL FROM:<ann@[IPv6:1]>"], "553 5.1.7"),
    ([MAIL, "RCPT TO:<>"], "553 5.1.3"),
    ([MAIL, "RCPT TO:<bob>"], "553 5.1.3"),
    ([MAIL, "RCPT FROM:<bob@example.com>"], "501 5.5.4"),
    # RFC 6531 section 3: UTF-8 only where it was asked for
    (["MAIL FROM:<jos\u00e9@example.com> SMTPUTF8"], "250 2.1.0"),
    (["MAIL FROM:<jos\u00e9@ex\u00e4mple.com> SMTPUTF8"], "250 2.1.0"),
    (["MAIL FROM:<jos\u00e9@example.com>"], "553 5.6.7"),
    ([MAIL, "RCPT TO:<jos\u00e9@example.com>"], "553 5.6.7"),
    ([MAIL + " SMTPUTF8", "RCPT TO:<jos\u00e9@example.com>"], "250 2.1.5"),
    (["VRFY jos\u00e9"], "553 5.6.7"),
    (["VRFY jos\u00e9 SMTPUTF8"], "252"),
    (["NOOP jos\u00e9"], "500 5.5.2"),
    # RFC 1870: SIZE
    ([MAIL + " SIZE=1000"], "250 2.1.0"),
    ([MAIL + " size=0"], "250 2.1.0"),
    ([MAIL + " SIZE=33554433"], "552 5.3.4"),
    ([MAIL + " SIZE=-1"], "501 5.5.4"),
    ([MAIL + " SIZE=" + "9" * 21], "501 5.5.4"),
    ([MAIL + " SIZE"], "501 5.5.4"),
    ([MAIL + " SIZE=1 SIZE=2"], "501 5.5.4"),
    # RFC 6152 and 3030: BODY
    ([MAIL + " BODY=8BITMIME"], "250 2.1.0"),
    ([MAIL + " BODY=7bit"], "250 2.1.0"),
    ([MAIL + " BODY=9BIT"], "501 5.5.4"),
    ([MAIL + " BODY=BINARYMIME"], "555 5.5.4"),
    ([MAIL + " SMTPUTF8=1"], "501 5.5.4"),
    # RFC 3461: DSN
    ([MAIL + " RET=HDRS ENVID=QQ+2Bx"], "250 2.1.0"),
    ([MAIL + " RET=ALL"], "501 5.5.4"),
    ([MAIL + " ENVID=a+xx"], "501 5.5.4"),
    ([MAIL + " ENVID=" + "x" * 101], "501 5.5.4"),
    ([MAIL, RCPT + " NOTIFY=NEVER ORCPT=rfc822;Bob+40example.com"], "250 2.1.5"),
    ([MAIL, RCPT + " NOTIFY=SUCCESS,delay"], "250 2.1.5"),
    ([MAIL, RCPT + " NOTIFY=NEVER,DELAY"], "501 5.5.4"),
    ([MAIL, RCPT + " NOTIFY"], "501 5.5.4"),
    ([MAIL, RCPT + " ORCPT=bob@example.com"], "501 5.5.4"),
    # RFC 6533 section 3: three forms of an internationalized address
    ([MAIL + " SMTPUTF8", RCPT + " ORCPT=utf-8;jos\u00e9@ex\u00e4mple.com"], "250 2.1.5"),
    ([MAIL + " SMTPUTF8", RCPT + " ORCPT=UTF-8;jos\u00e9\\x{2B}x@example.com"], "250 2.1.5"),
    ([MAIL + " SMTPUTF8", RCPT + " ORCPT=utf-8;jos\u00e9+x@example.com"], "250 2.1.5"),
    ([MAIL, RCPT + " ORCPT=utf-8;jos\\x{E9}@example.com"], "250 2.1.5"),
    ([MAIL, RCPT + " ORCPT=utf-8;jos\u00e9@example.com"], "553 5.6.7"),
    ([MAIL + " SMTPUTF8", RCPT + " ORCPT=rfc822;jos\u00e9@example.com"], "501 5.5.4"),
    ([MAIL + " SMTPUTF8", RCPT + " ORCPT=utf-8;jos\u00e9\\x{?}"], "501 5.5.4"),
    ([MAIL + " SMTPUTF8", RCPT + " ORCPT=utf-8;"], "501 5.5.4"),
    ([MAIL, RCPT + " RET=HDRS"], "555 5.5.4"),
    # RFC 4954 section 5: AUTH=
    ([MAIL + " AUTH=<>"], "250 2.1.0"),
    ([MAIL + " AUTH=ann+40example.com"], "250 2.1.0"),
    ([MAIL + " AUTH=a+b"], "501 5.5.4"),
    # parameters that nobody knows
    ([MAIL + " FOO=BAR"], "555 5.5.4"),
    ([MAIL, RCPT + " FOO"], "555 5.5.4"),
    ([MAIL + " =BAR"], "501 5.5.4"),
    # the other commands
    (["RSET"], "250 2.0.0"),
    (["RSET now"], "501 5.5.4"),
    (["NOOP"], "250 2.0.0"),
    (["NOOP whatever it is"], "250 2.0.0"),
    (["QUIT now"], "501 5.5.4"),
    ([MAIL, RCPT, "DATA now"], "501 5.5.4"),
    (["VRFY bob"], "252 2.5.0"),
    (["VRFY"], "501 5.5.4"),
    (["EXPN list"], "252 2.5.0"),
    (["EXPN"], "501 5.5.4"),
    (["HELP"], "214 2.0.0"),
    (["HELP MAIL"], "214 2.0.0"),
    (["EHLO"], "501 5.5.4"),
    (["EHLO two words"], "501 5.5.4"),
    (["HELO"], "501 5.5.4"),
    (["STARTTLS"], "502 5.5.1"),  # offered by a later release
    (["TURN"], "502 5.5.1"),
    (["SEND FROM:<ann@example.com>"], "502 5.5.1"),
    (["FOO"], "500 5.5.2"),
    (["LHLO client.example"], "500 5.5.2"),
    ([""], "500 5.5.2"),
    ([" NOOP"], "500 5.5.2"),
    (["F\u00f6\u00f6"], "500 5.5.2"),
]

# From the greeting on: the lines and the codes of their replies (RFC 5321 section 4.1.4).
ORDER = [
    (["MAIL FROM:<>"], [503]),
    ([RCPT], [503]),
    (["DATA"], [503]),
    (["BDAT 0"], [503]),
    (["AUTH PLAIN"], [503]),
    (["NOOP", "RSET", "HELP", "VRFY a", "EXPN a"], [250, 250, 214, 252, 252]),
    (["RSET", MAIL], [250, 503]),
    (["HELO a", MAIL, RCPT, "RSET", RCPT], [250, 250, 250, 250, 503]),
    (["HELO a", MAIL + " SIZE=1"], [250, 555]),  # a HELO offers nothing
    (["HELO a", "AUTH PLAIN"], [250, 503]),
    (["HELO a", MAIL, RCPT, "BDAT 0 LAST"], [250, 250, 250, 502]),
    (["EHLO a", RCPT, "DATA"], [250, 503, 503]),
    (["EHLO a", MAIL, MAIL], [250, 250, 503]),
    (["EHLO a", MAIL, "DATA"], [250, 250, 503]),
    (["EHLO a", MAIL, RCPT, MAIL, RCPT], [250, 250, 250, 503, 250]),
    (["EHLO a", MAIL, RCPT, "EHLO b", RCPT], [250, 250, 250, 250, 503]),
    (["EHLO a", MAIL, RCPT, "AUTH PLAIN"], [250, 250, 250, 503]),
    (["EHLO a", MAIL, "RSET", "AUTH PLAIN"], [250, 250, 250, 334]),
    (["EHLO a", "XXX", MAIL, "XXX", RCPT, "DATA"], [250, 500, 250, 500, 250, 354]),
]

LINES = [  # RFC 5321 sections 2.3.8, 4.1.2 and 4.5.3.1.4
    (b"NOOP " + b"x" * 505, b"250 2.0.0"),
    (b"NOOP " + b"x" * 506, b"500 5.5.2"),
    (b"MAIL FROM:<ann@example.com> ENVID=" + b"x" * 100 + b" AUTH=" + b"y" * 490, b"250 2.1.0"),
    (b"x" * 20000, b"500 5.5.2"),
    (b"AUTH " + b"x" * 12281, b"504 5.5.4"),
    (b"AUTH " + b"x" * 12282, b"500 5.5.2"),
    (b"NOOP\nMAIL FROM:<>", b"500 5.5.2"),
    (b"NOOP\rMAIL FROM:<>", b"500 5.5.2"),
    (b"NOOP \0", b"500 5.5.2"),
    (b"NOOP \x7f", b"500 5.5.2"),
    (b"NOOP \xff", b"500 5.5.2"),
    (b"MAIL FROM:<jos\xe9@example.com> SMTPUTF8", b"500 5.5.2"),  # Latin-1
    (b"MAIL FROM:<ann@example.com>\r SIZE=1", b"500 5.5.2"),
    (b"\xff\xfe", b"500 5.5.2"),
    (b"AUTH PLAIN \xff", b"500 5.5.2"),
    (b"VRFY \xff", b"500 5.5.2"),
    (b"EHLO \xff", b"500 5.5.2"),
    (b"NOOP a\tb", b"250 2.0.0"),
    (b"NOOP \t ", b"250 2.0.0"),
]


@pytest.mark.parametrize(("lines", "expected"), ARGUMENTS, ids=lambda v: str(v)[-40:])
def test_argument(smtp, raw, lines, expected) -> None:
    client = raw(smtp)
    replies = [client.say(line) for line in lines]
    assert replies[-1].startswith(expected.encode())
    assert client.codes("NOOP") == [250]


@pytest.mark.parametrize(("lines", "codes"), ORDER, ids=lambda v: str(v)[-40:])
def test_order(smtp, raw, lines, codes) -> None:
    assert raw(smtp, hello="").codes(*lines) == codes


@pytest.mark.parametrize(("line", "expected"), LINES, ids=lambda v: repr(v)[:30])
def test_line(smtp, raw, line, expected) -> None:
    client = raw(smtp)
    assert client.say(line).startswith(expected)
    assert client.codes("RSET", MAIL) == [250, 250]  # in step


BOUNDS = [  # what is set, what is said after EHLO, and the reply to the last line
    ({}, ["NOOP " + "x" * 506], b"500 5.5.2 the line is over its limit, 510 bytes and CRLF"),
    ({}, ["x" * 20000], b"500 5.5.2 the line is over its limit, 510 bytes and CRLF"),
    ({}, [MAIL + " X" * 700], b"500 5.5.2 the line is over its limit, 1179 bytes and CRLF"),
    ({}, [MAIL, RCPT + " X" * 700], b"500 5.5.2 the line is over its limit, 1010 bytes and CRLF"),
    ({}, ["AUTH " + "x" * 12282], b"500 5.5.2 the line is over its limit, 12286 bytes and CRLF"),
    (
        {},
        ["AUTH PLAIN", "x" * 12287],
        b"500 5.5.6 the response is over its limit, 12286 bytes and CRLF",
    ),
    (
        {"max_message_size": 100},
        [MAIL + " SIZE=101"],
        b"552 5.3.4 the message is over max_message_size, 100 bytes",
    ),
    (
        {"max_message_size": 100},
        [MAIL, RCPT, "DATA", "x" * 101 + "\r\n."],
        b"552 5.3.4 the message is over max_message_size, 100 bytes",
    ),
    (
        {"max_message_size": 5},
        [MAIL, RCPT, "BDAT 8 LAST\r\n123456"],
        b"552 5.3.4 the message is over max_message_size, 5 bytes",
    ),
    (
        {"max_recipients": 1},
        [MAIL, RCPT, RCPT],
        b"452 4.5.3 the message is over max_recipients, 1",
    ),
]


@pytest.mark.parametrize(("settings", "lines", "expected"), BOUNDS, ids=lambda v: repr(v)[:40])
def test_a_bound_is_named_when_it_is_hit(smtp, raw, settings, lines, expected) -> None:
    for name, value in settings.items():
        setattr(smtp, name, value)
    client = raw(smtp)
    assert [client.say(line) for line in lines][-1] == expected + b"\r\n"


def test_only_crlf_ends_a_line(smtp, raw) -> None:
    client = raw(smtp)
    client.send(b"NOOP\nNOOP\rNOOP\r")
    client.send(b"\n")
    assert client.reply().startswith(b"500 5.5.2")
    assert smtp.steps[-1].line == b"NOOP\nNOOP\rNOOP"


def test_every_reply_is_code_text_crlf(smtp, raw) -> None:
    client = raw(smtp, hello="")
    for line in ("EHLO a", "HELP", "VRFY x", "XX", "", "RSET", "MAIL FROM:<>", "DATA"):
        reply = client.say(line)
        assert reply.endswith(b"\r\n")
        for row in reply.splitlines():
            assert row[:3].isdigit()
            assert row[3:4] in b"- "
            assert row[4:].isascii()


def test_greeting_and_hello(smtp, raw) -> None:
    client = raw(smtp, greeted=False)
    assert client.reply() == b"220 mail.fakefarm.example ESMTP fakefarm\r\n"
    assert client.say("EHLO a").splitlines() == [
        b"250-mail.fakefarm.example",
        b"250-SIZE 33554432",
        b"250-8BITMIME",
        b"250-SMTPUTF8",
        b"250-PIPELINING",
        b"250-CHUNKING",
        b"250-ENHANCEDSTATUSCODES",
        b"250-DSN",
        b"250-AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2",
        b"250 HELP",
    ]
    assert client.say("HELO a") == b"250 mail.fakefarm.example\r\n"


def test_the_greeting_and_the_words_of_ehlo_are_the_tests(smtp, raw) -> None:
    smtp.greeting = "gr\u00fc\u00df Gott"
    smtp.capabilities[:] = ["X-ODD=", " leading", "SIZE"]
    client = raw(smtp, greeted=False)
    assert client.reply() == "220 gr\u00fc\u00df Gott\r\n".encode()
    assert (
        client.say("EHLO a")
        == "250-gr\u00fc\u00df\r\n250-X-ODD=\r\n250- leading\r\n250 SIZE\r\n".encode()
    )


def test_the_words_of_ehlo_may_be_another_list(smtp, raw) -> None:
    words = ["SIZE 7"]
    smtp.capabilities = words
    words.append("X-LATER")
    assert raw(smtp).say("EHLO a").splitlines()[1:] == [b"250-SIZE 7", b"250 X-LATER"]


@pytest.mark.parametrize("words", ["SIZE", ("SIZE",), ["SIZE", 5], [b"SIZE"], None])
def test_words_of_ehlo_that_are_none(smtp, raw, words) -> None:
    with pytest.raises(TypeError, match=r"capabilities = .*give a list of str"):
        smtp.capabilities = words
    assert smtp.capabilities[0] == "SIZE 33554432"


ARGUMENTS_OF_THE_CONSTRUCTOR = [
    ({"userz": {}}, "FakeSMTP() knows no argument 'userz': did you mean 'users'?"),
    ({"lmpt": True}, "FakeSMTP() knows no argument 'lmpt': did you mean 'lmtp' or"),
    ({"handlers": 1}, "FakeSMTP() knows no argument 'handlers': did you mean 'handler'?"),
    ({"max_size": 1}, "did you mean 'max_message_size'?"),
]


@pytest.mark.parametrize(("arguments", "message"), ARGUMENTS_OF_THE_CONSTRUCTOR)
def test_an_argument_that_is_none_names_the_close_matches(arguments, message) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        FakeSMTP(**arguments)


def test_what_is_not_listed_is_not_done(smtp, raw) -> None:
    smtp.capabilities[:] = ["AUTH=LOGIN"]  # the old spelling
    client = raw(smtp)
    assert client.codes(MAIL + " SIZE=1", MAIL + " RET=FULL", MAIL + " SMTPUTF8") == [555] * 3
    assert client.codes("AUTH PLAIN", "AUTH LOGIN", "*") == [504, 334, 501]
    assert client.codes(MAIL, RCPT, "BDAT 0 LAST") == [250, 250, 502]


def test_binarymime_where_a_test_offers_it(smtp, raw) -> None:
    smtp.capabilities.append("BINARYMIME")
    client = raw(smtp)
    # RFC 3030 section 3: not with DATA
    assert client.codes(MAIL + " BODY=BINARYMIME", RCPT, "DATA") == [250, 250, 503]
    client.send(b"BDAT 3 LAST\r\n\0\r\n")
    assert client.reply().startswith(b"250 ")
    assert smtp.outbox[0].content == b"\0\r\n"


def test_the_size_word_follows_max_message_size(smtp, raw) -> None:
    smtp.max_message_size = 1000
    assert b"250-SIZE 1000\r\n" in raw(smtp).say("EHLO a")
    smtp.capabilities[0] = "SIZE 5"  # what a test writes stays
    smtp.max_message_size = 2000
    assert b"250-SIZE 5\r\n" in raw(smtp).say("EHLO a")


def test_too_many_recipients(smtp, raw) -> None:
    smtp.max_recipients = 2
    client = raw(smtp)
    assert client.codes(MAIL, RCPT, RCPT) == [250] * 3
    assert client.say(RCPT).startswith(b"452 4.5.3")
    assert client.codes("DATA", ".") == [354, 250]
    assert smtp.outbox[0].recipients == ["bob@example.com"] * 2


def test_quit_closes(smtp, raw) -> None:
    client = raw(smtp)
    client.send(b"QUIT\r\nNOOP\r\n")
    assert client.rest() == (b"221 2.0.0 bye\r\n", "fin")
    smtp.settle()
    assert (smtp.connections[0].ended_by, smtp.connections[0].ended_how) == ("server", "fin")


def test_silence_ends_with_421(raw) -> None:
    with FakeSMTP(timeout=0.05) as fake:
        client = raw(fake)
        assert client.rest() == (b"421 4.4.2 silent for too long, closing\r\n", "fin")
        fake.settle()
        assert fake.connections[0].ended_how == "timeout"


@pytest.mark.parametrize("size", [1, 7, 10000], ids=["byte by byte", "sevens", "whole"])
def test_a_pipelined_conversation(smtp, raw, size) -> None:
    """RFC 2920: however the commands come together, each is answered, in order."""
    said = (
        b"EHLO a\r\nMAIL FROM:<ann@example.com>\r\nRCPT TO:<no>\r\nRCPT TO:<bob@example.com>\r\n"
        b"DATA\r\n.\r\n..a\r\n.\r\nNOOP\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.com>\r\n"
        b"BDAT 3\r\nabcBDAT 2 LAST\r\nd\nXX\r\nAUTH PLAIN AGEAYg==\r\nQUIT\r\ntrailing"
    )
    # The first dot ends an empty message, and "..a" is then no command.
    client = raw(smtp, hello="")
    for at in range(0, len(said), size):
        client.send(said[at : at + size])
    answered, how = client.rest()
    codes = [row[:3] for row in answered.splitlines() if row[3:4] == b" "]
    assert codes == [
        *(b"250", b"250", b"553", b"250", b"354", b"250", b"500", b"500", b"250"),
        *(b"250", b"250", b"250", b"250", b"500", b"235", b"221"),
    ]
    assert how == "fin"
    assert [message.content for message in smtp.outbox] == [b"", b"abcd\n"]
    smtp.wait_until(lambda: smtp.transcript.received().endswith(b"QUIT\r\ntrailing"))


def test_commands_in_any_case(smtp, raw) -> None:
    assert raw(smtp, hello="").codes("eHlO a", "nOoP", "mAiL fRoM:<>") == [250, 250, 250]
    assert smtp.commands == ["EHLO", "NOOP", "MAIL"]


def test_steps_show_what_was_said(smtp, raw) -> None:
    raw(smtp).codes("mail FROM:<ann@example.com> SIZE=1 ", "RSET")
    step = smtp.steps[2]
    assert (step.verb, step.argument) == ("MAIL", "FROM:<ann@example.com> SIZE=1")
    assert step.line == b"mail FROM:<ann@example.com> SIZE=1 "


def test_reset_forgets_what_a_test_has_set(smtp, raw) -> None:
    smtp.greeting, smtp.max_recipients, smtp.max_message_size = "x", 1, 5
    smtp.capabilities.clear()
    assert raw(smtp).codes(MAIL, RCPT, "DATA", ".") == [250, 250, 354, 250]
    port = smtp.port
    smtp.reset()
    assert (smtp.port, smtp.outbox, smtp.max_recipients) == (port, [], None)
    assert b"SIZE 33554432" in raw(smtp).say("EHLO a")


def test_its_url_names_the_protocol(smtp, lmtp) -> None:
    assert smtp.url == f"smtp://127.0.0.1:{smtp.port}"
    assert lmtp.url == f"lmtp://127.0.0.1:{lmtp.port}"
