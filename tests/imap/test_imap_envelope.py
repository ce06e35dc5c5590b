"""ENVELOPE, of mails that are well-formed and of others (RFC 3501 section 7.4.2)."""

from email import message_from_bytes, policy
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imap_values import values

from fakefarm import messages
from fakefarm.imap import parts
from fakefarm.imap.envelope import ADDRESSES, Address, addresses, envelope

MAILS = messages.all()
ANN = [None, None, b"ann", b"example.com"]


def told(*lines: str | bytes) -> list:
    """The envelope of a header."""
    content = (
        b"".join((x.encode() if isinstance(x, str) else x) + b"\r\n" for x in lines)
        + b"\r\nbody\r\n"
    )
    return values(envelope(parts.parse(content)))[0]


def test_all_of_it() -> None:
    assert told(
        "Date: Mon, 7 Feb 1994 21:52:25 -0800",
        'Subject: "A" \\ B',
        "From: Ann <ann@example.com>",
        "Sender: post@example.com",
        "Reply-To: r@example.com",
        "To: a@example.com, b@example.com",
        "Cc: c@example.com",
        "Bcc: d@example.com",
        "In-Reply-To: <1@example.com>",
        "Message-ID: <2@example.com>",
    ) == [
        b"Mon, 7 Feb 1994 21:52:25 -0800",
        b'"A" \\ B',
        [[b"Ann", None, b"ann", b"example.com"]],
        [[None, None, b"post", b"example.com"]],
        [[None, None, b"r", b"example.com"]],
        [[None, None, b"a", b"example.com"], [None, None, b"b", b"example.com"]],
        [[None, None, b"c", b"example.com"]],
        [[None, None, b"d", b"example.com"]],
        b"<1@example.com>",
        b"<2@example.com>",
    ]


@pytest.mark.parametrize(
    ("lines", "place", "expected"),
    [
        ([], 0, None),
        (["Date:"], 0, b""),  # there, and empty
        (["Subject:   "], 1, b""),
        (["Subject: a", "subject: b"], 1, b"b"),
        (["Subject: a", " \tb", "  c"], 1, b"a \tb  c"),
        (["Subject: =?utf-8?q?a?="], 1, b"=?utf-8?q?a?="),
        ([b"Subject: caf\xe9"], 1, b"caf\xe9"),
        (["Subject: a\0b"], 1, b"a\0b"),
        ([b"Subject: a\nDate: x"], 0, b"x"),
        (["From: ann@example.com"], 3, [ANN]),  # the sender is who wrote it
        (["From: ann@example.com"], 4, [ANN]),
        (["From: ann@example.com", "Sender:", "Reply-To: ,"], 3, [ANN]),
        (["From: ann@example.com", "Sender:", "Reply-To: ,"], 4, [ANN]),
        (["To:"], 5, None),
        (["To: ann@example.com", "To: b@c"], 5, [ANN, [None, None, b"b", b"c"]]),
        (["Fry, 31 Feb"], 0, None),
    ],
)
def test_fields(lines, place, expected) -> None:
    assert told(*lines)[place] == expected


def mailbox(
    local: bytes, host: bytes = b"b", name: bytes | None = None, route: bytes | None = None
) -> Address:
    return Address(name, route, local, host)


def group(name: bytes, *members: Address) -> list[Address]:
    return [Address(None, None, name, None), *members, Address(None, None, None, None)]


# fmt: off
LISTS = [
    ("", []),
    ("a@b", [mailbox(b"a")]),
    ("<a@b>", [mailbox(b"a")]),
    ("Ann <a@b>", [mailbox(b"a", name=b"Ann")]),
    ("Ann van  der Mark<a@b>", [mailbox(b"a", name=b"Ann van der Mark")]),
    ('"Mark, Ann \\"x\\"" <a@b>', [mailbox(b"a", name=b'Mark, Ann "x"')]),
    ("J. R. Smith <a@b>", [mailbox(b"a", name=b"J. R. Smith")]),
    ("=?utf-8?q?=C3=A9?= <a@b>", [mailbox(b"a", name=b"=?utf-8?q?=C3=A9?=")]),
    ("a@b (Ann)", [mailbox(b"a", name=b"Ann")]),
    ("a@b (not (this) \\) one) (Ann)", [mailbox(b"a", name=b"Ann")]),
    ("Ann (really) <a@b>", [mailbox(b"a", name=b"Ann")]),
    ('"" <a@b>', [mailbox(b"a")]),
    ('"a b"@c', [mailbox(b"a b", b"c")]),
    ("a . b @ c . d", [mailbox(b"a.b", b"c.d")]),
    ("a@[127.0.0.1]", [mailbox(b"a", b"[127.0.0.1]")]),
    ("<@x,@y.z:a@b>", [mailbox(b"a", route=b"@x,@y.z")]),
    ("Ann <@x:a@b>, c@b", [mailbox(b"a", name=b"Ann", route=b"@x"), mailbox(b"c")]),
    ("a@b,c@b", [mailbox(b"a"), mailbox(b"c")]),
    (",, a@b, ,", [mailbox(b"a")]),
    ("undisclosed-recipients:;", group(b"undisclosed-recipients")),
    ("My friends: a@b, Ann <c@b>; d@b",
     [*group(b"My friends", mailbox(b"a"), mailbox(b"c", name=b"Ann")), mailbox(b"d")]),
    ('"A: B": a@b;', group(b"A: B", mailbox(b"a"))),
    ("open: a@b", group(b"open", mailbox(b"a"))),
    # What is no address has empty strings where something is missing: NIL would make it a group.
    ("ann", [mailbox(b"ann", b"")]),
    ("ann@", [mailbox(b"ann", b"")]),
    ("@b", [mailbox(b"")]),
    ("<>", [mailbox(b"", b"")]),
    ("Ann <>", [mailbox(b"", b"", b"Ann")]),
    ("a@@b", [mailbox(b"a@")]),
    ("a@b <c@d>", [mailbox(b"c", b"d", b"a@b")]),
    ("a@b; c@d", [mailbox(b"a"), mailbox(b"c", b"d")]),
    ("Ann <a@b", [mailbox(b"a", name=b"Ann")]),
    ('"Ann <a@b>', [mailbox(b"Ann <a@b>", b"")]),
    ("(only a comment)", []),
    ("Jos\u00e9 <jos\u00e9@b>", [mailbox("jos\u00e9".encode(), name="Jos\u00e9".encode())]),
]
# fmt: on


@pytest.mark.parametrize(("value", "expected"), LISTS)
def test_addresses(value, expected) -> None:
    assert list(addresses(value.encode())) == expected


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_has_one(name) -> None:
    """Dates and such are what stands in the mail; mailboxes those that email finds."""
    found = values(envelope(parts.parse(MAILS[name])))[0]
    message = message_from_bytes(MAILS[name], policy=policy.compat32)
    assert len(found) == 10
    for place, field in ((0, "date"), (1, "subject"), (8, "in-reply-to"), (9, "message-id")):
        values_ = message.get_all(field)
        if name == "odd_field_names":  # of which it has none at all: it gives up at the first line
            continue
        raw = None if values_ is None else str(values_[-1])
        theirs = None if raw is None else raw.replace("\r\n", "").strip()
        ours = found[place] if found[place] is None else found[place].decode("ascii", "replace")
        assert ours == theirs or "\ufffd" in ours
    if name not in ("malformed_addresses", "odd_field_names", "raw_utf8_headers"):
        ours = [f"{m.decode()}@{h.decode()}" for _, _, m, h in found[5] or []]
        assert ours == [address for _, address in getaddresses(message.get_all("to", []))]


def test_8_bit_text_is_a_literal() -> None:
    written = envelope(parts.parse(messages.raw_latin1_headers()))
    assert b"{4}\r\ncaf\xe9 (({4}\r\nJos\xe9 NIL " in written


def test_addresses_are_bounded() -> None:
    assert len(told("To: " + "a@b," * (ADDRESSES + 5))[5]) == ADDRESSES


@settings(max_examples=100, deadline=None)
@given(value=st.binary(max_size=60) | st.text('<>@:;,()[]"\\ a.', max_size=60).map(str.encode))
def test_anything_can_be_an_address(value) -> None:
    inside = False
    for name, _, local, host in addresses(value):
        if host is None:  # groups begin and end in turn
            assert (local is None) == inside
            inside = local is not None
        else:
            assert local is not None
            assert name != b""
    assert not inside
