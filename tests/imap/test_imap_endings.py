"""Faults and endings on the wire, with a raw socket: how many bytes, and FIN or RST."""

import pytest

from fakefarm import FakeIMAP

HEAD = b"* 2 FETCH (BODY[] {24}\r\n"
BODY = b"Subject: two\r\n\r\nsecond\r\n"
TAIL = b")\r\na OK FETCH completed\r\n"
ALL = HEAD + BODY + TAIL

# The rule, and all that comes to FETCH 2 BODY[] with how it ends.
BODIES = [
    (lambda on: on.truncate(after=0), HEAD, "fin"),
    (lambda on: on.truncate(after=10), HEAD + BODY[:10], "fin"),
    (lambda on: on.truncate(after=10).reset(), HEAD + BODY[:10], "rst"),
    (lambda on: on.truncate(after=10).stall(0.01), HEAD + BODY[:10], "fin"),
    (lambda on: on.truncate(after=24), HEAD + BODY, "fin"),
    (lambda on: on.insert(b"xx", at=1).close(), HEAD + b"Sxx" + BODY[1:] + TAIL, "fin"),
    (lambda on: on.garble(at=0).close(), HEAD + b"\xac" + BODY[1:] + TAIL, "fin"),
    (lambda on: on.duplicate().close(), ALL * 2, "fin"),
    (lambda on: on.literals(off_by=9).close(), HEAD.replace(b"24", b"33") + BODY + TAIL, "fin"),
    (
        lambda on: on.literals(off_by=9).truncate(after=10),
        HEAD.replace(b"24", b"33") + BODY[:10],
        "fin",
    ),
    (lambda on: on.answer().reset(), ALL, "rst"),
    (lambda on: on.answer().half_close(), ALL, "fin"),
    (lambda on: on.drip(size=7, every=0.001).close(), ALL, "fin"),
    (lambda on: on.throttle(10000).close(), ALL, "fin"),
    (lambda on: on.close(), b"", "fin"),
    (lambda on: on.reset(), b"", "rst"),
    (lambda on: on.reply("BYE", "now").close(), b"* BYE now\r\n", "fin"),
    (lambda on: on.untagged("1 FETCH (").close(), b"* 1 FETCH (\r\n", "fin"),
]


@pytest.mark.parametrize(("script", "data", "how"), BODIES)
def test_fetch(filled, raw, script, data, how) -> None:
    script(filled.on("FETCH"))
    client = raw(filled, "INBOX")
    client.send_line("a FETCH 2 BODY[]")
    assert client.rest() == (data, how)
    filled.wait_until(lambda: filled.connections[0].ended_by)
    assert filled.connections[0].ended_how == how


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("SEARCH ALL", b"* SEARCH 1 2 3\r\n"),
        ('LIST "" *', b'* LIST (\\HasNoChildren) "/" INBOX\r\n'),
        ("FETCH 1 FLAGS", b"* 1 FETCH (FLAGS (\\Recent))\r\n"),
        ("NOOP", b"a OK NOOP completed\r\n"),
        ("NONSENSE", b"a BAD no such command\r\n"),
    ],
)
@pytest.mark.parametrize("after", [0, 1, 9])
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_answers_without_literals_are_cut_as_a_whole(filled, raw, command, answer, after, how):
    client = raw(filled, "INBOX")
    rule = filled.on(command.split()[0], custom=True).truncate(after=after)
    if how == "rst":
        rule.reset()
    client.send_line(f"a {command}")
    assert client.rest() == (answer[:after], how)


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_greeting_that_ends(imap, raw, how) -> None:
    rule = imap.on("connect").truncate(after=4)
    if how == "rst":
        rule.delay(0.05).reset()  # else the RST may be faster than connect(2)
    assert raw(imap, greeted=False).rest() == (b"* OK", how)


def test_nothing_listens(imap, raw) -> None:
    imap.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        raw(imap)


def test_a_half_closed_session_still_has_effects(filled, raw) -> None:
    filled.on("NOOP").half_close()
    client = raw(filled, "INBOX")
    client.send(b"a NOOP\r\nb STORE 1 FLAGS (\\Deleted)\r\nc CLOSE\r\n")
    assert client.rest() == (b"", "fin")
    filled.wait_until(lambda: len(filled.mailbox) == 2)


def test_a_big_message_is_cut_to_the_byte(imap, raw) -> None:
    imap.mailbox.add(b"0123456789abcdef" * 2**16)
    imap.on("FETCH").truncate(after=10**6).reset()
    client = raw(imap, "INBOX")
    client.send_line("a FETCH 1 BODY[]")
    data, how = client.rest()
    assert (len(data), how) == (len(b"* 1 FETCH (BODY[] {1048576}\r\n") + 10**6, "rst")


def test_answers_leave_in_one_write(filled, raw) -> None:
    client = raw(filled, "INBOX")
    filled.mailbox.add("x")
    client.ask("UID FETCH 1:* (FLAGS BODY[])")
    sent = [event.data for event in filled.transcript if event.direction == "sent"]
    assert len(sent) == 4  # greeting, LOGIN, SELECT, FETCH
    assert sent[-1].endswith(b"a OK UID FETCH completed\r\n")


def test_stop_ends_a_stalled_session_and_one_that_does_not_read(raw) -> None:
    fake = FakeIMAP().start()
    fake.mailbox.add(b"x" * 2**24)
    fake.on("NOOP").stall()
    raw(fake, "INBOX").send_line("a FETCH 1 BODY[]")
    raw(fake, "INBOX").send_line("a NOOP")
    fake.wait_until(lambda: {"FETCH", "NOOP"} <= set(fake.commands))
    fake.stop()
    assert [connection.ended_by for connection in fake.connections] == ["stop", "stop"]
