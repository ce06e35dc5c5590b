"""Faults and endings on the wire, with a raw socket: how many bytes, and FIN or RST."""

import pytest

BODY = b"Subject: two\r\n\r\n..\r\n...x\r\n\r\nend\r\n"  # as RETR 2 has it on the wire
HEAD = b"+OK 31 octets\r\n"
LIST = b"1 23\r\n2 31\r\n3 18\r\n"
LIST_HEAD = b"+OK 3 messages (72 octets)\r\n"

# The rule, and all that comes to RETR 2 with how it ends.
BODIES = [
    (lambda on: on.truncate(after=0), HEAD, "fin"),
    (lambda on: on.truncate(after=10), HEAD + BODY[:10], "fin"),
    (lambda on: on.truncate(after=10).reset(), HEAD + BODY[:10], "rst"),
    (lambda on: on.truncate(after=10).close(), HEAD + BODY[:10], "fin"),
    (lambda on: on.truncate(after=len(BODY)), HEAD + BODY, "fin"),
    (lambda on: on.insert(b"xx", at=1).close(), HEAD + b"Sxxubject" + BODY[7:] + b".\r\n", "fin"),
    (lambda on: on.garble(at=0).close(), HEAD + b"\xac" + BODY[1:] + b".\r\n", "fin"),
    (lambda on: on.duplicate().close(), (HEAD + BODY + b".\r\n") * 2, "fin"),
    (lambda on: on.answer().reset(), HEAD + BODY + b".\r\n", "rst"),
    (lambda on: on.answer().half_close(), HEAD + BODY + b".\r\n", "fin"),
    (lambda on: on.drip(size=7, every=0.001).close(), HEAD + BODY + b".\r\n", "fin"),
    (lambda on: on.throttle(10000).close(), HEAD + BODY + b".\r\n", "fin"),
    (lambda on: on.close(), b"", "fin"),
    (lambda on: on.reset(), b"", "rst"),
    (lambda on: on.truncate(after=4).stall(0.01), HEAD + BODY[:4], "fin"),
    (lambda on: on.raw(b"+OK\r\nno end").close(), b"+OK\r\nno end", "fin"),
]


@pytest.mark.parametrize(("script", "data", "how"), BODIES)
def test_retr(filled, raw, script, data, how) -> None:
    script(filled.on("RETR"))
    client = raw(filled)
    client.send(b"RETR 2\r\n")
    assert client.rest() == (data, how)
    filled.wait_until(lambda: filled.connections[0].ended_by)
    assert filled.connections[0].ended_how == how


@pytest.mark.parametrize(
    ("line", "head", "body"),
    [
        ("LIST", LIST_HEAD, LIST),
        ("UIDL", b"+OK\r\n", b"1 uid-1\r\n2 uid-2\r\n3 uid-3\r\n"),
        ("TOP 2 1", b"+OK\r\n", b"Subject: two\r\n\r\n..\r\n"),
        ("CAPA", b"+OK\r\n", b"TOP\r\nUSER\r\nSASL PLAIN"),
        ("LANG", b"+OK languages follow\r\n", b"i-default Default language\r\nen"),
    ],
)
@pytest.mark.parametrize("after", [0, 1, 9])
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_every_multi_line_answer_is_cut_in_its_body(
    filled, raw, line, head, body, after, how
) -> None:
    rule = filled.on(line.split()[0]).truncate(after=after)
    if how == "rst":
        rule.reset()
    client = raw(filled)
    client.send(line.encode() + b"\r\n")
    assert client.rest() == (head + body[:after], how)


def test_an_empty_body_is_a_body(pop3, raw) -> None:
    pop3.on("LIST").truncate(after=0)
    client = raw(pop3)
    client.send(b"LIST\r\n")
    assert client.rest() == (b"+OK 0 messages (0 octets)\r\n", "fin")


def test_one_line_answers_are_cut_as_a_whole(filled, raw) -> None:
    filled.on("STAT").truncate(after=4)
    client = raw(filled)
    client.send(b"STAT\r\n")
    assert client.rest() == (b"+OK ", "fin")


def test_a_half_closed_session_still_has_effects(filled, raw) -> None:
    filled.on("NOOP").half_close()
    client = raw(filled)
    client.send(b"NOOP\r\nDELE 1\r\nQUIT\r\n")
    assert client.rest() == (b"", "fin")
    filled.wait_until(lambda: len(filled.mailbox) == 2)


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_greeting_that_ends(pop3, raw, how) -> None:
    rule = pop3.on("connect").truncate(after=2)
    if how == "rst":
        rule.delay(0.05).reset()  # else the RST may be faster than connect(2)
    assert raw(pop3, greeted=False).rest() == (b"+O", how)


def test_nothing_listens(pop3, raw) -> None:
    pop3.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        raw(pop3)


def test_a_big_message_is_cut_to_the_byte(pop3, raw) -> None:
    pop3.mailbox.add(b"0123456789abcdef" * 2**16)
    pop3.on("RETR").truncate(after=10**6).reset()
    client = raw(pop3)
    client.send(b"RETR 1\r\n")
    data, how = client.rest()
    assert (len(data), how) == (len(b"+OK 1048578 octets\r\n") + 10**6, "rst")


def test_stop_ends_a_stalled_session_and_one_that_does_not_read(raw) -> None:
    from fakefarm import FakePOP3

    fake = FakePOP3().start()
    fake.mailbox.add(b"x" * 2**24)
    fake.mailboxes["bob"].add("x")
    fake.on("NOOP").stall()
    raw(fake).send(b"RETR 1\r\n")
    raw(fake, user="bob").send(b"NOOP\r\n")
    fake.wait_until(lambda: fake.commands.count("NOOP") and fake.commands.count("RETR"))
    fake.stop()
    assert [connection.ended_by for connection in fake.connections] == ["stop", "stop"]
