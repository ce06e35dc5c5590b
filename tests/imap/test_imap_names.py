"""Names of mailboxes: modified UTF-7, INBOX, wildcards; the rest of RFC 3501 section 5.1."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakefarm import Mailbox
from fakefarm.imap import names
from fakefarm.imap.values import Malformed

# RFC 3501 section 5.1.3 has the first two.
CODED = [
    ("~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
    ("\u53f0\u5317", b"&U,BTFw-"),
    ("", b""),
    ("INBOX", b"INBOX"),
    ("a b", b"a b"),
    ("Jack & Jill", b"Jack &- Jill"),
    ("&", b"&-"),
    ("&&", b"&-&-"),
    ("Entw\u00fcrfe", b"Entw&APw-rfe"),
    ("\u00e9", b"&AOk-"),
    ("a\tb", b"a&AAk-b"),
    ("\x7f", b"&AH8-"),
    ("\0", b"&AAA-"),
    ("\U0001f4e7", b"&2D3c5w-"),
    ('+-~\\"/%*', b'+-~\\"/%*'),
    ("\u00e9\u00e9a\u00e9", b"&AOkA6Q-a&AOk-"),
]


@pytest.mark.parametrize(("text", "coded"), CODED)
def test_coding(text, coded) -> None:
    assert names.encode(text) == coded
    assert names.decode(coded) == text


@given(text=st.text())
@example(text="&-&")
def test_there_and_back(text) -> None:
    coded = names.encode(text)
    assert coded.isascii()
    assert coded.decode().isprintable()
    assert names.decode(coded) == text


@pytest.mark.parametrize(
    "coded",
    [
        b"&",  # left open
        b"a&b",
        b"&AOk",
        b"&AOk\xff-",
        b"caf\xc3\xa9",  # not ASCII
        b"a\tb",
        b"&AGE-",  # "a", which needs no coding
        b"&AOk-&AOk-",  # two runs where one would do
        b"&AOl-",  # bits left over
        b"&AO-",  # half a character
        b"&2D0-",  # half a pair
        b"&AOk=-",
        b"&A/k-",  # a slash of plain base64
        b"&  - ",
    ],
)
def test_what_is_no_modified_utf_7(coded) -> None:
    with pytest.raises(Malformed, match="UTF-7"):
        names.decode(coded)


@given(coded=st.binary() | st.text("&-,+/ABCDak2", max_size=12).map(str.encode))
def test_whatever_is_decoded_has_one_spelling(coded) -> None:
    try:
        text = names.decode(coded)
    except Malformed:
        return
    assert names.encode(text) == coded


def test_half_a_pair_has_no_code() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        names.encode("\ud83d")


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("inbox", "INBOX"),
        ("iNBoX/Sent", "INBOX/Sent"),
        ("inboxes", "inboxes"),
        ("Work/inbox", "Work/inbox"),
        ("", ""),
    ],
)
def test_inbox_has_no_case(name, canonical) -> None:
    assert Mailbox().folders.canonical(name) == canonical


def test_parents() -> None:
    assert names.parents("a/b/c") == ["a", "a/b"]
    assert names.parents("a") == []
    assert names.parents("a.b/c", ".") == ["a"]


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("*", "", True),
        ("*", "a/b", True),
        ("%", "a", True),
        ("%", "a/b", False),
        ("%/%", "a/b", True),
        ("%/%", "a/b/c", False),
        ("a/*", "a/b/c", True),
        ("a/*", "a", False),
        ("a*", "a/b", True),
        ("*b", "a/b", True),
        ("*b", "a/bc", False),
        ("a%c", "abc", True),
        ("a%c", "a/c", False),
        ("a*c", "a/c", True),
        ("**%%", "a/b", True),
        ("a", "a", True),
        ("a", "A", False),
        ("", "", True),
        ("", "a", False),
        ("inbox", "INBOX", True),
        ("InB*", "INBOX", True),
        ("%nbo%", "INBOX", True),
        ("inbox/a", "INBOX/a", True),
        ("inbox/A", "INBOX/a", False),
        ("inboxes", "INBOXES", False),
        ("work/inbox", "work/INBOX", False),
        ("*\u00fcr*", "Entw\u00fcrfe", True),
        ("[a-z]?", "[a-z]?", True),
        ("[a-z]?", "b1", False),
    ],
)
def test_wildcards(pattern, name, does) -> None:
    assert names.matcher(pattern)(name) is does


def test_another_delimiter() -> None:
    assert names.matcher("%", ".")("a/b")
    assert not names.matcher("%", ".")("a.b")


def test_no_pattern_takes_for_ever() -> None:
    """One for which a matcher that goes back would take longer than anybody lives."""
    assert not names.matcher("*a" * 50 + "b")("a" * 500)
    assert names.matcher("*%" * 30_000)("a/b")
    assert not names.matcher("%a" * 1000 + "b")("a" * 60_000)
