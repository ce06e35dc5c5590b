"""What a test scripts is what is sent, and the effect that it has or has not."""

import pytest

from fakefarm import FakeFailure, FakeSMTP

MAIL, RCPT = "MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>"
MESSAGE = (MAIL, RCPT, "DATA", ".")


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ((250,), b"250\r\n"),
        ((250, ""), b"250 \r\n"),
        ((250, "a"), b"250 a\r\n"),
        ((250, "a", b"b", "c"), b"250-a\r\n250-b\r\n250 c\r\n"),
        ((999, "a\r\nb\nc"), b"999 a\r\nb\nc\r\n"),
        ((100, "gr\u00fc\u00df"), "100 gr\u00fc\u00df\r\n".encode()),
        ((250, b"\xff\0"), b"250 \xff\0\r\n"),
        ((lambda step: (451, step.argument, "b"),), b"451-x y\r\n451 b\r\n"),
        ((lambda step: 451,), b"451\r\n"),
        ((lambda step: (451,),), b"451\r\n"),
        ((lambda step: b"not a reply",), b"not a reply"),
        ((lambda step: None,), b"250 2.0.0 OK\r\n"),
    ],
)
def test_reply(smtp, raw, arguments, sent) -> None:
    smtp.on("NOOP").reply(*arguments)
    client = raw(smtp)
    client.send(b"NOOP x y\r\nQUIT\r\n")
    assert client.rest() == (sent + b"221 2.0.0 bye\r\n", "fin")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((99,), ValueError),
        ((1000,), ValueError),
        ((-250,), ValueError),
        ((True,), ValueError),
        (("250",), ValueError),
        ((250.0,), ValueError),
        ((None,), ValueError),
        ((250, 5), TypeError),
        ((250, None), TypeError),
        ((250, ["a"]), TypeError),
        ((len, "a"), TypeError),
    ],
)
def test_bad_reply(smtp, arguments, error) -> None:
    with pytest.raises(error):
        smtp.on("NOOP").reply(*arguments)
    smtp.reset()


@pytest.mark.parametrize("said", [(99, "x"), "250 OK", ("250", "OK"), (250, 5), ()])
def test_a_callable_that_returns_no_reply_fails_the_test(raw, said) -> None:
    fake = FakeSMTP().start()
    fake.on("NOOP").reply(lambda step: said)
    client = raw(fake)
    client.send(b"NOOP\r\n")
    assert client.rest() == (b"", "fin")
    fake.stop()
    with pytest.raises(FakeFailure, match="exception in a thread"):
        fake.verify()


@pytest.mark.parametrize(
    ("verb", "hint"),
    [("EHLP", "EHLO"), ("RCPT TO", "RCPT"), ("DATE", "DATA"), ("massage", "message")],
)
def test_unknown_verbs_and_phases(smtp, verb, hint) -> None:
    with pytest.raises(ValueError, match=hint):
        smtp.on(verb)


def test_verbs_of_ones_own(smtp, raw) -> None:
    smtp.on("XCLIENT", "NAME=*", custom=True).reply(220, "hello")
    smtp.on("").reply(421, "speak up")
    assert raw(smtp).codes("XCLIENT NAME=spike", "XCLIENT", "") == [220, 500, 421]


def test_rules_are_asked_before_the_engine_looks_at_its_state(smtp, raw) -> None:
    smtp.on("RCPT").reply(450, "4.2.0 greylisted")
    smtp.on("AUTH").reply(454, "4.7.0 later")
    smtp.on("MAIL").reply(421, "4.3.2 no")
    assert raw(smtp, hello="").codes(RCPT, "AUTH", "MAIL nonsense", "x" * 9) == [450, 454, 421, 500]


# --- effects

EFFECTS = [
    # rule, the lines, their codes, how many messages there are
    (lambda on: on("RCPT").reply(251, "forwarded"), MESSAGE, [250, 251, 354, 250], 1),
    (lambda on: on("RCPT").reply(450, "later"), MESSAGE, [250, 450, 503, 500], 0),
    (lambda on: on("RCPT").raw(b"250 ok\r\n"), MESSAGE, [250, 250, 503, 500], 0),
    (lambda on: on("RCPT").reply(250).without_effect(), MESSAGE, [250, 250, 503, 500], 0),
    (lambda on: on("MAIL").reply(250), MESSAGE, [250, 250, 354, 250], 1),
    (lambda on: on("DATA").reply(354, "x"), MESSAGE, [250, 250, 354, 250], 1),
    (lambda on: on("DATA").reply(250, "x"), MESSAGE, [250, 250, 250, 500], 0),
    (lambda on: on("DATA").reply(451, "x"), MESSAGE, [250, 250, 451, 500], 0),
    (lambda on: on("DATA").reply(354).without_effect(), MESSAGE, [250, 250, 354, 500], 0),
    (lambda on: on("message").reply(250, "x"), MESSAGE, [250, 250, 354, 250], 1),
    (lambda on: on("message").reply(250).without_effect(), MESSAGE, [250, 250, 354, 250], 0),
    (lambda on: on("message").reply(554, "spam"), MESSAGE, [250, 250, 354, 554], 0),
    (lambda on: on("message").raw(b"250 ok\r\n"), MESSAGE, [250, 250, 354, 250], 0),
    (lambda on: on("message").answer(), MESSAGE, [250, 250, 354, 250], 1),
    (lambda on: on("RSET").reply(250), (MAIL, "RSET", MAIL), [250, 250, 250], 0),
    (lambda on: on("RSET").reply(500), (MAIL, "RSET", MAIL), [250, 500, 503], 0),
    (lambda on: on("QUIT").reply(421, "x"), ("QUIT", "NOOP"), [421, 250], 0),
    (lambda on: on("QUIT").raw(b"221 x\r\n"), ("QUIT", "NOOP"), [221, 250], 0),
    # what the engine would refuse, accepted
    (lambda on: on("MAIL").reply(250), ("MAIL ann", *MESSAGE[1:]), [250, 250, 354, 250], 1),
    (lambda on: on("RCPT").reply(250), (MAIL, "RCPT b", "DATA", "."), [250, 250, 354, 250], 1),
    (lambda on: on("DATA").reply(354), ("DATA", "."), [354, 250], 1),
]


@pytest.mark.parametrize(("rule", "lines", "codes", "messages"), EFFECTS)
def test_effect(smtp, raw, rule, lines, codes, messages) -> None:
    rule(smtp.on)
    assert raw(smtp).codes(*lines) == codes
    assert len(smtp.outbox) == messages


def test_a_scripted_yes_to_hello_greets(smtp, raw) -> None:
    smtp.on("EHLO").reply(250, "me", "SIZE 1")
    client = raw(smtp, hello="")
    assert client.say("EHLO a") == b"250-me\r\n250 SIZE 1\r\n"
    assert client.codes(MAIL) == [250]


def test_a_scripted_no_to_hello_does_not(smtp, raw) -> None:
    smtp.on("EHLO").reply(502, "no").once()
    assert raw(smtp, hello="").codes("EHLO a", MAIL, "HELO a", MAIL) == [502, 503, 250, 250]


def test_who_was_accepted_by_a_script_is_in_the_outbox(smtp, raw) -> None:
    smtp.on("RCPT").reply(250)
    raw(smtp).codes(MAIL, "RCPT TO: <not an address> NOTIFY=?", "DATA", ".")
    assert smtp.outbox[0].recipients == ["not an address"]


def test_a_refused_message_ends_the_transaction(smtp, raw) -> None:
    smtp.on("message").reply(451, "later").once()
    assert raw(smtp).codes(*MESSAGE, RCPT, *MESSAGE) == [
        250,
        250,
        354,
        451,
        503,
        250,
        250,
        354,
        250,
    ]


@pytest.mark.parametrize("code", [554, 421])
def test_no_service_here(smtp, raw, code) -> None:
    """RFC 5321 section 3.1: after such a greeting, 503 to everything but QUIT."""
    smtp.on("connect").reply(code, "no service")
    client = raw(smtp, greeted=False)
    assert client.reply() == b"%d no service\r\n" % code
    assert client.codes("EHLO a", "NOOP", "RSET", "QUIT") == [503, 503, 503, 221]


def test_a_raw_greeting_is_a_greeting(smtp, raw) -> None:
    smtp.on("connect").raw(b"220-hello\r\n220 there\r\n")
    client = raw(smtp, greeted=False)
    client.reply()
    assert client.codes("EHLO a", MAIL) == [250, 250]


@pytest.mark.parametrize("keyword", ["TO:", "to:", "To:"])
def test_a_pattern_sees_the_keyword_in_capitals(smtp, raw, keyword: str) -> None:
    smtp.on("RCPT", "TO:<Bob@*").reply(550, "no")
    client = raw(smtp)
    client.say(MAIL)
    assert client.codes(f"RCPT {keyword}<Bob@a.example>", "RCPT TO:<bob@a.example>") == [550, 250]
    assert smtp.steps[-2].argument == f"{keyword}<Bob@a.example>", "the step is as it was sent"


def test_message_rules_see_the_content(smtp, raw) -> None:
    smtp.on("message", where=lambda step: b"spam" in step.content).reply(554, "5.7.1 spam")
    client = raw(smtp)
    assert client.codes(*MESSAGE[:3], "ham\r\n.", *MESSAGE[:3], "spam\r\n.")[3::4] == [250, 554]
    assert [m.content for m in smtp.outbox] == [b"ham\r\n"]


def test_any_step_can_be_ruled(smtp, raw) -> None:
    """``every()`` sees each step of a conversation before it is answered."""
    smtp.every().delay(0)
    raw(smtp).codes(*MESSAGE, "AUTH PLAIN", "*", "XX", "QUIT")
    fired = [e.note for e in smtp.transcript if e.kind == "rule"]
    assert len(fired) == len(smtp.steps) == 10


def test_unsolicited_replies_between_commands(smtp, raw) -> None:
    smtp.on("NOOP").answer().raw(b"421 going down\r\n")
    client = raw(smtp)
    client.send(b"NOOP\r\n")
    assert client.reply() == b"250 2.0.0 OK\r\n"
    assert client.reply() == b"421 going down\r\n"
    assert client.say(MAIL).startswith(b"250 ")


def test_one_sender_that_succeeds_is_enough_for_the_effect(smtp, raw) -> None:
    """Bytes of ours before the natural answer do not take its effect away."""
    smtp.on("message").raw(b"250-and\r\n").answer().once()
    smtp.on("message").raw(b"250 only raw\r\n")
    client = raw(smtp)
    assert client.codes(*MESSAGE) == client.codes(*MESSAGE) == [250, 250, 354, 250]
    assert len(smtp.outbox) == 1
