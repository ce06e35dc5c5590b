r"""Messages on the wire: dots are stuffed so that every kind of client gets them whole.

Three clients read each case: one that lets CRLF alone end a line (as curl does), one that lets any
LF (as poplib), and poplib itself.
"""

import poplib

import pytest

from fakefarm import messages

# The message, and what RETR has on the wire between status line and final dot.
CASES = [
    (b"", b""),
    (b"\r\n", b"\r\n"),
    (b"a\r\n", b"a\r\n"),
    (b"a", b"a\r\n"),
    (b"a\n", b"a\n\r\n"),
    (b"a\r", b"a\r\r\n"),
    (b".", b"..\r\n"),
    (b".\r\n", b"..\r\n"),
    (b".\r\n.\r\n", b"..\r\n..\r\n"),
    (b"..\r\n", b"...\r\n"),
    (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
    (b"a\r\n.b\r\n..c\r\n", b"a\r\n..b\r\n...c\r\n"),
    (b"a\n.\nb\n", b"a\n..\nb\n\r\n"),
    (b"a\n.\r\nb\r\n", b"a\n..\r\nb\r\n"),
    (b"a\r\n.\nb\r\n", b"a\r\n..\nb\r\n"),
    (b"a\r.\r\nb\r\n", b"a\r.\r\nb\r\n"),
    (b"a\r.\rb", b"a\r.\rb\r\n"),
    (b"a\r\r\n.\r\n", b"a\r\r\n..\r\n"),
    (b"\n.\n", b"\n..\n\r\n"),
    (b"a.\r\nb\r\n", b"a.\r\nb\r\n"),
    (b"a\0\r\n.\0\r\n", b"a\0\r\n..\0\r\n"),
    (b"\xff\r\n.\xff\r\n", b"\xff\r\n..\xff\r\n"),
]  # fmt: skip


def unstuffed(body: bytes, end: bytes) -> bytes:
    """What a client that splits at ``end`` makes of a body."""
    return (end + body).replace(end + b"..", end + b".")[len(end) :]


@pytest.mark.parametrize(("message", "wire"), CASES, ids=repr)
def test_on_the_wire(pop3, raw, message, wire) -> None:
    pop3.mailbox.add(message)
    client = raw(pop3)
    assert client.ask("RETR 1") == (b"+OK %d octets\r\n" % pop3.mailbox[0].size, wire)
    assert client.say("NOOP") == b"+OK\r\n"  # still in step


@pytest.mark.parametrize(("message", "wire"), CASES, ids=repr)
def test_the_size_is_what_the_client_receives(pop3, raw, message, wire) -> None:
    mail = pop3.mailbox.add(message)
    assert mail.size == len(unstuffed(wire, b"\n"))
    client = raw(pop3)
    assert client.say("LIST 1") == b"+OK 1 %d\r\n" % mail.size
    assert client.say("STAT") == b"+OK 1 %d\r\n" % mail.size


@pytest.mark.parametrize(("message", "wire"), CASES, ids=repr)
def test_a_client_that_splits_at_lf_gets_every_byte(message, wire) -> None:
    assert unstuffed(wire, b"\n") in (message, message + b"\r\n")
    assert b".\n" not in wire.splitlines(keepends=True)


@pytest.mark.parametrize(("message", "wire"), CASES, ids=repr)
def test_a_client_that_splits_at_crlf_has_a_dot_more_behind_bare_lf_alone(message, wire) -> None:
    got = unstuffed(wire, b"\r\n")
    expected = message.replace(b"\n.", b"\n..").replace(b"\r\n..", b"\r\n.")
    assert got in (expected, expected + b"\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + wire


@pytest.mark.parametrize(("message", "wire"), CASES, ids=repr)
def test_poplib_stays_in_step(pop3, message, wire) -> None:
    pop3.mailbox.add(message)
    client = poplib.POP3(pop3.host, pop3.port, timeout=5)
    client.user("ann")
    client.pass_("x")
    _, lines, octets = client.retr(1)
    assert octets == pop3.mailbox[0].size
    assert client.noop() == b"+OK"
    assert client.top(1, 1000)[1] == lines
    client.quit()


@pytest.mark.parametrize("name", messages.all())
def test_every_message_of_the_library(pop3, raw, name) -> None:
    content = getattr(messages, name)()
    pop3.mailbox.add(content)
    client = raw(pop3)
    status, body = client.ask("RETR 1")
    assert int(status.split()[1]) == len(unstuffed(body, b"\n"))
    assert unstuffed(body, b"\n") == content + (b"" if body.endswith(content[-2:]) else b"\r\n")
    assert client.say("NOOP") == b"+OK\r\n"


def test_a_message_can_be_fetched_again(pop3, raw) -> None:
    mail = pop3.mailbox.add(b"a\r\n.b\r\n")
    client = raw(pop3)
    for _ in range(2):
        assert client.ask("RETR 1") == (b"+OK 7 octets\r\n", b"a\r\n..b\r\n")
    mail.content = b"other"
    assert client.ask("RETR 1") == (b"+OK 7 octets\r\n", b"other\r\n")


# The message, the number of lines, and what TOP gives of it, dots not stuffed yet.
MESSAGE = b"A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n\r\nfour\r\n"
HEADER = b"A: 1\r\nB: 2\r\n\r\n"
TOPS = [
    (MESSAGE, 0, HEADER),
    (MESSAGE, 1, HEADER + b"one\r\n"),
    (MESSAGE, 2, HEADER + b"one\r\n..two\r\n"),
    (MESSAGE, 3, HEADER + b"one\r\n..two\r\n\r\n"),
    (MESSAGE, 4, HEADER + b"one\r\n..two\r\n\r\nfour\r\n"),
    (MESSAGE, 5, HEADER + b"one\r\n..two\r\n\r\nfour\r\n"),
    (MESSAGE, 10**30, HEADER + b"one\r\n..two\r\n\r\nfour\r\n"),
    (b"A: 1\nB: 2\n\none\ntwo\n", 0, b"A: 1\nB: 2\n\r\n"),
    (b"A: 1\nB: 2\n\none\ntwo\n", 1, b"A: 1\nB: 2\n\none\r\n"),
    (b"A: 1\r\n\none\r\ntwo\r\n", 1, b"A: 1\r\n\none\r\n"),
    (b"A: 1\n\r\none\r\ntwo\r\n", 1, b"A: 1\n\r\none\r\n"),
    (b"A: 1\r\nno blank line\r\n", 0, b"A: 1\r\nno blank line\r\n"),
    (b"\r\none\r\ntwo\r\n", 0, b"\r\n"),
    (b"\none\r\ntwo\r\n", 1, b"\none\r\n"),
    (b"A: 1\r\n\r\nno end", 1, b"A: 1\r\n\r\nno end\r\n"),
    (b"A: 1\r\n\r\n", 3, b"A: 1\r\n\r\n"),
    (b"", 3, b""),
]


@pytest.mark.parametrize(("message", "count", "wire"), TOPS, ids=repr)
def test_top(pop3, raw, message, count, wire) -> None:
    pop3.mailbox.add(message)
    client = raw(pop3)
    assert client.ask(f"TOP 1 {count}") == (b"+OK\r\n", wire)
    assert client.say("NOOP") == b"+OK\r\n"


def test_poplib_ends_at_a_dot_between_cr_and_lf(pop3) -> None:
    """What poplib takes for an old line end, LF CR, is none: nothing is stuffed for it, and it is
    out of step."""
    pop3.mailbox.add(b"a\n\r.\nb\r\n")
    client = poplib.POP3(pop3.host, pop3.port, timeout=5)
    client.user("ann")
    client.pass_("x")
    assert client.retr(1)[1] == [b"a"]
    with pytest.raises(poplib.error_proto, match="b"):
        client.noop()
    client.close()


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_top_has_as_many_lines_as_were_asked_for(pop3, end: bytes, count: int) -> None:
    """Where lines end with a bare LF, too: the CRLF before the final dot is not a line more."""
    pop3.mailbox.add(end.join([b"A: b", b"", b"1", b"2", b"3", b"4", b""]))
    client = poplib.POP3(pop3.host, pop3.port, timeout=5)
    client.user("u")
    client.pass_("p")
    assert client.top(1, count)[1] == [b"A: b", b"", b"1", b"2", b"3"][: 2 + count]
    client.quit()
