"""docs/smtp.md says what is so: its scripts run, its numbers and names are those of the fake."""

import inspect
import re
from pathlib import Path

import pytest

from fakefarm import FakeSMTP
from fakefarm.smtp import Message, commands, replies

TEXT = (Path(__file__).parents[2] / "docs" / "smtp.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^    (fake_smtp\..*)$", TEXT, re.MULTILINE)
EHLO, MAIL, RCPT = "EHLO a", "MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>"

# Lines of the document that belong together, what a client says, and how the greeting and the reply
# to each begin; an empty one behind them is the end of the connection.
PLAYED: list[tuple[list[str], list[str], list[str]]] = [
    (
        ['fake_smtp.on("RCPT", "TO:<bob@*").reply(550, "5.1.1 no such user")'],
        [EHLO, MAIL, RCPT, "RCPT TO:<carol@example.com>"],
        ["220 ", "250", "250 2.1.0", "550 5.1.1 no such user\r\n", "250 2.1.5"],
    ),
    (
        ['fake_smtp.on("connect").reply(421, "4.3.2 shutting down").close()'],
        [],
        ["421 4.3.2 shutting down\r\n", ""],
    ),
    (
        ['fake_smtp.on("DATA").reply(250, "this should have been 354")'],
        [EHLO, MAIL, RCPT, "DATA", "."],
        ["220 ", "250", "250", "250", "250 this should have been 354\r\n", "500 5.5.2 no such"],
    ),
    (
        ['fake_smtp.on("message").reply(452, "4.3.1 disk full").then.answer()'],
        [EHLO, *[MAIL, RCPT, "DATA", "x\r\n."] * 2],
        ["220 ", "250", "250", "250", "354", "452 4.3.1 disk full\r\n"]
        + ["250", "250", "354", "250 2.6.0"],
    ),
    (
        ['fake_smtp.on("EHLO").raw(b"250-fake\\r\\n" * 1000)'],
        [EHLO + "\r\nNOOP"],
        ["220 ", "250-fake\r\n" * 1000 + "250 2.0.0 OK\r\n"],
    ),
    (
        ['fake_smtp.on("NOOP").reply(lambda step: (250, "you said", step.argument))'],
        [EHLO, "NOOP please"],
        ["220 ", "250", "250-you said\r\n250 please\r\n"],
    ),
    (
        [
            'fake_smtp.on("AUTH").reply(334, "")',
            'fake_smtp.on("response").reply(535, "5.7.8 no")',
        ],
        [EHLO, "AUTH LOGIN", "YW5u", "NOOP"],
        ["220 ", "250", "334 \r\n", "535 5.7.8 no\r\n", "250 2.0.0"],
    ),
]


@pytest.mark.parametrize(("script", "lines", "expected"), PLAYED, ids=[p[0][0] for p in PLAYED])
def test_a_script_of_the_document(smtp, raw, script, lines, expected) -> None:
    for line in script:
        eval(line, {"fake_smtp": smtp})
    client = raw(smtp, greeted=False)
    answered = [client.reply(), *map(client.say, lines)]
    if len(expected) > len(answered):
        assert client.rest() == (b"", "fin")
        answered.append(b"")
    for reply, beginning in zip(answered, expected, strict=True):
        assert reply.decode().startswith(beginning)


def test_all_scripts_of_the_document_are_played() -> None:
    assert [line for script, _, _ in PLAYED for line in script] == SCRIPTS


def test_the_arguments_of_the_constructor() -> None:
    written = re.search(r"^    FakeSMTP\(\*, (.*?)\)$", TEXT, re.MULTILINE | re.DOTALL)
    assert written is not None
    said = dict(word.split("=") for word in re.split(r",\s+", written[1]))
    own, shared = (inspect.signature(kind).parameters for kind in FakeSMTP.__mro__[:2])
    taken = {name: p.default for name, p in [*own.items(), *shared.items()] if name != "common"}
    assert {k: eval(v.replace(" MiB", " * 2**20")) for k, v in said.items()} == taken


def test_the_extensions_are_named() -> None:
    for word in FakeSMTP().capabilities:
        for name in re.findall(r"[A-Z0-9][A-Z0-9-]{2,}", word):
            assert name in TEXT or name.isdecimal()


def section(title: str) -> str:
    """The text below a heading."""
    return TEXT.split(f"\n## {title}")[1].split("\n## ")[0]


def test_the_names_of_what_is_read_and_set() -> None:
    read = re.findall(r"`(\w+)`", section("What a test reads"))
    assert read == ["outbox", "sender", "recipients", "content", "message", "user"]
    assert [name for name in read[1:] if not hasattr(Message(""), name)] == []
    changed = re.findall(r"`(\w+)`", section("What a test may change"))
    assert [name for name in [*changed, "outbox"] if not hasattr(FakeSMTP(), name)] == []


def test_the_bounds() -> None:
    text = section("Bounds")
    said = [reply.encode() + b"\r\n" for reply in re.findall(r"`(\d{3} .*?)`", text)]
    assert said == [
        replies.too_big(FakeSMTP().max_message_size),
        replies.too_many(100),
        replies.too_long(commands.LINE),
        replies.RESPONSE_TOO_LONG,
        replies.SILENT,
    ]
    assert f"{commands.MAIL_LINE} for MAIL, {commands.RCPT_LINE} for RCPT" in text
    assert f"{commands.AUTH_LINE} for AUTH" in text
