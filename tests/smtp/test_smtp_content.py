r"""The content of a message: byte for byte, and ended by CRLF . CRLF alone."""

import time
import tracemalloc

import pytest

from fakefarm import FakeSMTP

ENVELOPE = ("MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>")

# What the client sends after the 354, and the content that it makes.
CONTENTS = [
    (b".\r\n", b""),
    (b"\r\n.\r\n", b"\r\n"),
    (b"a\r\n.\r\n", b"a\r\n"),
    (b"..\r\n.\r\n", b".\r\n"),
    (b"..a\r\n..b\r\n...\r\n.\r\n", b".a\r\n.b\r\n..\r\n"),
    (b".a\r\n.\r\n", b"a\r\n"),  # section 4.5.2: any leading dot goes
    (b"a.\r\n.\r\n", b"a.\r\n"),
    (b"\0\xff\x80\x1a\r\n.\r\n", b"\0\xff\x80\x1a\r\n"),
    (b"x" * 5000 + b"\r\n.\r\n", b"x" * 5000 + b"\r\n"),
    (b"\r\n" * 50 + b".\r\n", b"\r\n" * 50),
    # These do not end it: smuggling.
    *(
        (
            b"a" + odd + b"MAIL FROM:<x@y.z>\r\n.\r\n",
            b"a" + odd.replace(b"\r\n.", b"\r\n") + b"MAIL FROM:<x@y.z>\r\n",
        )
        for odd in (
            b"\n.\n",
            b"\n.\r\n",
            b"\r.\r",
            b"\r.\r\n",
            b"\r\n.\n",
            b"\r\n.\r",
            b"\n\n.\r\n",
            b"\r\r\n.\r",
            b"\r\n.\0\r\n",
            b"\r\n\0.\r\n",
            b"\r\n\x2e\x20\r\n",
            b"\n\r.\r\n",
            b"\r\n.\r\r\n",
            b"\r\0\n.\r\n",
            b"\x85.\r\n",
        )
    ),
]


@pytest.mark.parametrize("trailing", [b"", b"NOOP\r\nNOOP\r\n"], ids=["", "pipelined"])
@pytest.mark.parametrize("size", [1, 3, 10000], ids=["byte by byte", "threes", "whole"])
@pytest.mark.parametrize(("sent", "content"), CONTENTS, ids=lambda v: repr(v)[:24])
def test_content(smtp, raw, sent, content, size, trailing) -> None:
    client = raw(smtp)
    assert client.codes(*ENVELOPE, "DATA") == [250, 250, 354]
    data = sent[-200:] + trailing  # what is longer need not come in so small pieces
    client.send(sent[:-200])
    for at in range(0, len(data), size):
        client.send(data[at : at + size])
    assert client.reply().startswith(b"250 2.6.0")
    for _ in range(trailing.count(b"NOOP")):
        assert client.reply().startswith(b"250 2.0.0")
    assert [message.content for message in smtp.outbox] == [content]
    assert smtp.transcript.received("data") == sent
    assert client.codes("NOOP") == [250]


def test_the_outbox(smtp, raw) -> None:
    client = raw(smtp, hello="EHLO me.example")
    assert client.codes(
        "MAIL FROM:<@route.example:ann@example.com> size=9 RET=hdrs ENVID=x",
        "RCPT TO:<bob@example.com> NOTIFY=NEVER",
        "RCPT TO:<carol@example.com>",
        "DATA",
        "Subject: h\r\n\r\nb\r\n.",
    ) == [250, 250, 250, 354, 250]
    (message,) = smtp.outbox
    assert message.sender == "ann@example.com"
    assert message.recipients == ["bob@example.com", "carol@example.com"]
    assert message.content == b"Subject: h\r\n\r\nb\r\n"
    assert message.message["Subject"] == "h"
    assert message.message.get_content() == "b\r\n"
    assert message.message is message.message
    assert (message.user, message.tls, message.helo) == (None, False, "me.example")
    assert message.mail_options == {"SIZE": "9", "RET": "hdrs", "ENVID": "x"}
    assert message.rcpt_options == [{"NOTIFY": "NEVER"}, {}]
    step = smtp.steps[-1]
    assert (step.verb, step.argument, step.line, step.content) == (
        "message",
        "",
        b".",
        message.content,
    )


def test_utf8_headers_are_parsed_as_such(smtp, raw) -> None:
    client = raw(smtp)
    client.codes("MAIL FROM:<> SMTPUTF8", ENVELOPE[1], "DATA", "Subject: gr\u00fc\u00df\r\n\r\n.")
    assert smtp.outbox[0].message["Subject"] == "gr\u00fc\u00df"
    assert smtp.outbox[0].message.policy.utf8


def test_it_is_in_the_outbox_before_the_250_leaves(smtp, raw) -> None:
    client = raw(smtp)
    for count in range(1, 51):
        client.codes(*ENVELOPE, "DATA", ".")
        assert len(smtp.outbox) == count


def test_a_message_in_flight_is_not_stored(smtp, raw) -> None:
    client = raw(smtp)
    client.codes(*ENVELOPE, "DATA")
    client.send(b"half a message\r\n.")
    client.close()
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)
    assert smtp.outbox == []
    assert smtp.transcript.received("data") == b"half a message\r\n."
    assert "message" not in [step.verb for step in smtp.steps]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * 98 + b"\r\n", 250),
        (b"x" * 99 + b"\r\n", 552),
        (b".\r\n" * 33, 250),  # 99 bytes, and 132 on the wire: stuffed dots do not count
        (b".\r\n" * 34, 552),
        (b"x" * 100000 + b"\r\n", 552),
    ],
)
def test_max_message_size_at_the_dot(smtp, raw, content, code) -> None:
    """RFC 1870 section 6.3; the size is that of the message and not of its transport."""
    smtp.max_message_size = 100
    client = raw(smtp)
    client.codes(*ENVELOPE, "DATA")
    client.send((b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
    assert int(client.reply()[:3]) == code
    assert [m.content for m in smtp.outbox] == ([content] if code == 250 else [])
    assert client.codes("NOOP", *ENVELOPE, "DATA", ".") == [250, 250, 250, 354, 250]


def test_the_declared_size_is_refused_at_mail(smtp, raw) -> None:
    smtp.max_message_size = 100
    assert raw(smtp).codes("MAIL FROM:<> SIZE=100", "RSET", "MAIL FROM:<> SIZE=101") == [
        250,
        250,
        552,
    ]


def test_what_is_too_big_is_not_kept(raw) -> None:
    with FakeSMTP(max_message_size=1000, transcript_limit=1000) as fake:
        client = raw(fake)
        client.codes(*ENVELOPE, "DATA")
        piece = b"x" * 2**16
        client.send(piece)
        tracemalloc.start()
        for _ in range(200):
            client.send(piece)
        client.send(b"\r\n.\r\n")
        assert client.reply().startswith(b"552 5.3.4")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2**20  # of 13 MB


def test_a_message_in_small_pieces_costs_its_length() -> None:
    """Twice as much takes twice as long, and not four times."""
    from fakefarm.smtp.content import read_data

    class Pieces:
        """A wire on which every byte comes alone."""

        def __init__(self, data: bytes) -> None:
            self.left = memoryview(data)
            self.buffer = bytearray()

        def peek(self, more: bool = False) -> bytearray:
            if more:
                self.buffer += self.left[:1]
                self.left = self.left[1:]
            return self.buffer

        def take(self, size: int, channel: str) -> bytes:
            data = bytes(self.buffer[:size])
            del self.buffer[:size]
            return data

    def seconds(size: int) -> float:
        wire = Pieces(b"x" * size + b"\r\n.\r\n")
        started = time.thread_time()
        assert read_data(wire, 2**25) == b"x" * size + b"\r\n"
        return time.thread_time() - started

    small = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < 30 * small


# --- BDAT: RFC 3030


def test_chunks(smtp, raw) -> None:
    client = raw(smtp)
    assert client.codes(*ENVELOPE) == [250, 250]
    client.send(b"BDAT 10\r\nab\r\n.\r\ncd\nBDAT 0\r\nBDAT 3 last\r\n\0\r\nNOOP\r\n")
    assert client.reply() == b"250 2.0.0 10 octets received\r\n"
    assert client.reply() == b"250 2.0.0 0 octets received\r\n"
    assert client.reply().startswith(b"250 2.6.0")
    assert client.reply().startswith(b"250 2.0.0 OK")
    assert smtp.outbox[0].content == b"ab\r\n.\r\ncd\n\0\r\n"
    assert smtp.transcript.received("data") == smtp.outbox[0].content
    assert [step.verb for step in smtp.steps[4:]] == ["BDAT", "BDAT", "BDAT", "message", "NOOP"]
    assert [step.content for step in smtp.steps[4:]][:1] == [b"ab\r\n.\r\ncd\n"]


OPEN = b"MAIL FROM:<>\r\nRCPT TO:<b@c.d>\r\n"

# What is said after EHLO, and the codes that it is answered with.
OUT_OF_ORDER = [
    (b"BDAT 5\r\nRSET\nNOOP\r\n", [503, 250]),  # without MAIL the chunk is still swallowed
    (b"MAIL FROM:<>\r\nBDAT 5 LAST\r\nRSET\nNOOP\r\n", [250, 503, 250]),
    (OPEN + b"BDAT 1\r\nxDATA\r\n", [250, 250, 250, 503]),
    (OPEN + b"BDAT 1\r\nxMAIL FROM:<>\r\n", [250, 250, 250, 503]),
    (OPEN + b"BDAT 1\r\nxRCPT TO:<b@c.d>\r\n", [250, 250, 250, 503]),
    (OPEN + b"BDAT 1\r\nxRSET\r\nBDAT 0 LAST\r\n", [250, 250, 250, 250, 503]),
    (OPEN + b"BDAT 0 LAST\r\nBDAT 0 LAST\r\n", [250, 250, 250, 503]),
    (OPEN + b"BDAT x\r\nNOOP\r\n", [250, 250, 501, 250]),
    (OPEN + b"BDAT -1\r\nNOOP\r\n", [250, 250, 501, 250]),
    (OPEN + b"BDAT\r\nNOOP\r\n", [250, 250, 501, 250]),
    (OPEN + b"BDAT 1 FIRST\r\nNOOP\r\n", [250, 250, 501, 250]),
    # What does not fit is swallowed, and ends the transaction.
    (OPEN + b"BDAT 101 LAST\r\n" + b"x" * 101 + b"NOOP\r\n", [250, 250, 552, 250]),
    (
        OPEN + (b"BDAT 60\r\n" + b"x" * 60) * 2 + b"BDAT 1 LAST\r\nxMAIL FROM:<>\r\n",
        [250, 250, 250, 552, 503, 250],
    ),
]


@pytest.mark.parametrize(("said", "codes"), OUT_OF_ORDER, ids=lambda v: str(v)[:60])
def test_chunks_out_of_order(smtp, raw, said, codes) -> None:
    smtp.max_message_size = 100
    client = raw(smtp)
    client.send(said)
    assert [int(client.reply()[:3]) for _ in codes] == codes
    assert client.codes("NOOP") == [250]
    assert [m.content for m in smtp.outbox if m.content] == []


def test_a_scripted_refusal_of_a_chunk_keeps_in_step(smtp, raw) -> None:
    smtp.on("BDAT", "4").reply(450, "4.3.0 later").once()
    client = raw(smtp)
    client.codes(*ENVELOPE)
    client.send(b"BDAT 4\r\nRSETBDAT 1 LAST\r\nx")
    assert client.reply().startswith(b"450 ")
    assert client.reply().startswith(b"503 ")  # a message with a hole is none
    assert smtp.outbox == []


def test_a_rule_for_bdat_answers_the_last_one_too(smtp, raw) -> None:
    smtp.on("BDAT", "* LAST").reply(250, "mine").once()
    smtp.on("message").reply(450, "not asked for that one").once()
    client = raw(smtp)
    for expected, kept in ((b"250 mine\r\n", 1), (b"450 not asked for that one\r\n", 1)):
        client.codes(*ENVELOPE)
        client.send(b"BDAT 1 LAST\r\nx")
        assert client.reply() == expected
        assert len(smtp.outbox) == kept


def test_a_chunk_in_flight_is_not_stored(smtp, raw) -> None:
    client = raw(smtp)
    client.codes(*ENVELOPE)
    client.send(b"BDAT 100 LAST\r\nabc")
    client.close()
    smtp.wait_until(lambda: smtp.connections[0].closed is not None)
    assert smtp.outbox == []
    assert smtp.transcript.received("data") == b"abc"


def test_a_script_may_accept_what_is_too_big_but_not_keep_it(smtp, raw) -> None:
    smtp.max_message_size = 10
    smtp.on("message").reply(250, "fine").once()
    smtp.on("BDAT", "20").reply(250, "fine")
    client = raw(smtp)
    client.codes(*ENVELOPE, "DATA")
    client.send(b"x" * 20 + b"\r\n.\r\n")
    assert client.reply() == b"250 fine\r\n"
    client.codes(*ENVELOPE)
    client.send(b"BDAT 20\r\n" + b"x" * 20 + b"BDAT 1 LAST\r\nx")
    assert client.reply() == b"250 fine\r\n"
    assert client.reply().startswith(b"552 ")
    assert smtp.outbox == []
