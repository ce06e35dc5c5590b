"""SEARCH: every key of RFC 3501 section 6.4.4, and what decides what a text is found in."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakefarm import messages
from fakefarm.imap import parts, search
from fakefarm.imap.parser import Literal, parse
from fakefarm.imap.values import Malformed

WEST, EAST = timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))


class Entry:
    """A message of a mailbox."""

    def __init__(self, uid: int, content: bytes, when: datetime, *flags: str) -> None:
        self.uid = uid
        self.content = content
        self.parsed = parts.parse(content)
        self.internal_date = when
        self.flags = frozenset(flags)
        self.modseq = uid * 10


def mail(*lines: str) -> bytes:
    return "".join(line + "\r\n" for line in lines).encode()


ENTRIES = [
    Entry(
        11,
        mail("From: Ann <ann@example.com>", "To: bob@example.com", "Subject: One",
            "Date: Thu, 1 Jan 2026 23:59:59 -1200", "", "first"),
        datetime(2026, 1, 1, 23, 59, tzinfo=WEST), "\\Seen", "\\Answered", "work",
    ),
    Entry(
        12,
        mail("From: bob@example.com", "To: carol@example.com", "Cc: Dave <dave@example.com>",
            "Bcc: eve@example.com",
             "Subject: Two", "X-Mark: Yes", "X-Empty:", "Date: 2 Jan 2026 00:00:00 +1400", "",
             "second one"),
        datetime(2026, 1, 2, 0, 0, tzinfo=EAST), "\\Recent", "\\Flagged", "\\Draft",
    ),
    Entry(
        15,
        mail("From: =?iso-8859-1?q?Jos=E9?= <jose@example.com>", "Subject: =?utf-8?b?Q2Fmw6k=?=",
            " =?utf-8?q?_au_lait?=",
             "MIME-Version: 1.0", "Content-Type: text/plain; charset=iso-8859-1",
             "Content-Transfer-Encoding: quoted-printable",
             "", "Gr=FC=DFe, Jos=\r\n=E9"),
        datetime(2026, 2, 28, 12, 0, tzinfo=timezone.utc), "\\Recent", "\\Seen", "\\Deleted",
        "WORK", "$Junk",
    ),
]  # fmt: skip
ALL = [1, 2, 3]


def found(text: str | bytes, *more: bytes, entries: list[Entry] = ENTRIES) -> list[int]:
    """The numbers of the messages that a query finds. ``more`` are literals and what follows."""
    chunks = [text.encode() if isinstance(text, str) else text]
    chunks += [Literal(piece) if n % 2 == 0 else piece for n, piece in enumerate(more)]
    query = search.parse(parse(chunks))
    highest = max(entry.uid for entry in entries)
    return [n for n, e in enumerate(entries, 1) if query.matches(n, e, len(entries), highest)]


# fmt: off
KEYS = [
    ("ALL", ALL),
    ("ANSWERED", [1]), ("UNANSWERED", [2, 3]),
    ("DELETED", [3]), ("UNDELETED", [1, 2]),
    ("DRAFT", [2]), ("UNDRAFT", [1, 3]),
    ("FLAGGED", [2]), ("UNFLAGGED", [1, 3]),
    ("SEEN", [1, 3]), ("UNSEEN", [2]),
    ("RECENT", [2, 3]), ("OLD", [1]), ("NEW", [2]),
    ("KEYWORD work", [1, 3]), ("UNKEYWORD Work", [2]), ("KEYWORD $junk", [3]), ("KEYWORD none", []),
    ("FROM ann", [1]), ("FROM EXAMPLE", ALL), ('FROM "jos"', [3]), ("FROM bob", [2]),
    ("TO bob", [1]), ("CC dave", [2]), ("BCC eve", [2]), ("BCC dave", []),
    ("SUBJECT o", [1, 2]), ('SUBJECT ""', ALL), ('CC ""', [2]), ('SUBJECT "au lait"', [3]),
    ("HEADER x-mark yes", [2]), ("HEADER X-Mark no", []), ('HEADER X-MARK ""', [2]),
    ('HEADER X-Empty ""', [2]),
    ('HEADER X-None ""', []), ("HEADER From jose", [3]),
    ("BODY FIRST", [1]), ("BODY one", [2]), ("BODY subject", []), ('BODY ""', ALL),
    ("TEXT one", [1, 2]), ("TEXT x-mark", [2]), ('TEXT "Subject: Two"', [2]), ('TEXT ""', ALL),
    ("TEXT second", [2]),
    ("BEFORE 2-Jan-2026", [1]), ("ON 1-Jan-2026", [1]), ("ON 2-jan-2026", [2]),
    ("SINCE 2-Jan-2026", [2, 3]),
    ('SINCE "28-Feb-2026"', [3]), ("BEFORE 01-Jan-2026", []),
    ("SENTBEFORE 2-Jan-2026", [1]), ("SENTON 2-Jan-2026", [2]), ("SENTSINCE 1-Jan-2026", [1, 2]),
    ("NOT SENTSINCE 1-Jan-2026", [3]),
    (f"LARGER {len(ENTRIES[0].content)}", [2, 3]), (f"SMALLER {len(ENTRIES[0].content)}", []),
    (f"SMALLER {len(ENTRIES[0].content) + 1}", [1]), ("LARGER 0", ALL), ("LARGER 4294967295", []),
    ("UID 12", [2]), ("UID 12:14", [2]), ("UID 1:*", ALL), ("UID *", [3]), ("UID 99:*", [3]),
    ("UID 13", []),
    ("1", [1]), ("2:3", [2, 3]), ("3:2", [2, 3]), ("*", [3]), ("1,*", [1, 3]), ("2:*", [2, 3]),
    ("*:*", [3]),
    ("MODSEQ 120", [2, 3]), ("MODSEQ 0", ALL), ('MODSEQ "/flags/\\\\draft" all 121', [3]),
    ("NOT ALL", []), ("NOT NOT SEEN", [1, 3]), ("NOT 1", [2, 3]),
    ("OR DRAFT DELETED", [2, 3]), ("OR OR 1 2 3", ALL), ("OR NOT SEEN (FROM ann TO bob)", [1, 2]),
    ("SEEN UNDELETED", [1]), ("(SEEN UNDELETED)", [1]), ("((SEEN) ((DELETED)))", [3]),
    ("NOT (SEEN DELETED)", [1, 2]),
    ("seen not from ann", [3]), ("1:2 UNSEEN", [2]), ("SEEN ALL SEEN", [1, 3]),
    ("CHARSET US-ASCII SEEN", [1, 3]), ('charset "utf-8" SEEN', [1, 3]),
]
# fmt: on


@pytest.mark.parametrize(("query", "numbers"), KEYS)
def test_keys(query, numbers) -> None:
    assert found(query) == numbers


@pytest.mark.parametrize(
    ("key", "text", "numbers"),
    [
        ("SUBJECT", "caf\u00e9", [3]),
        ("SUBJECT", "CAF\u00c9 AU", [3]),
        ("FROM", "Jos\u00e9", [3]),
        ("BODY", "gr\u00fc\u00dfe", [3]),
        ("BODY", "GR\u00dcSSE, JOS\u00c9", [3]),
        ("TEXT", "caf\u00e9", [3]),
        ("SUBJECT", "\u53f0", []),
    ],
)
def test_texts_in_utf_8(key, text, numbers) -> None:
    """Found decoded, whatever the mail has them encoded with."""
    assert found(f"CHARSET UTF-8 {key} ", text.encode()) == numbers
    assert found(f"CHARSET UTF-8 ALL {key} ", text.encode(), b" ALL") == numbers


@pytest.mark.parametrize("charset", ["X-UNKNOWN", "ISO-8859-1", '""', "UTF-16"])
def test_other_charsets_are_refused(charset) -> None:
    with pytest.raises(search.BadCharset, match=r"\[BADCHARSET \(US-ASCII UTF-8\)\]"):
        found(f"CHARSET {charset} ALL")


@pytest.mark.parametrize("opening", ["", "CHARSET US-ASCII "])
def test_a_text_is_in_the_charset_that_is_named(opening) -> None:
    with pytest.raises(Malformed, match="not in US-ASCII"):
        found(opening + "SUBJECT ", "caf\u00e9".encode())
    with pytest.raises(Malformed, match="not in UTF-8"):
        found("CHARSET UTF-8 SUBJECT ", b"caf\xe9")


@pytest.mark.parametrize(
    "query",
    [
        "", "()", "CHARSET", "CHARSET UTF-8", "NOTHING", "SEEN NOTHING", "FROM", "HEADER",
        "HEADER X", "NOT", "OR",
        "OR SEEN", "UID", "UID x", "UID 0", "0", "1:", "1,,2", "a:b", "LARGER", "LARGER x",
        "LARGER -1",
        "LARGER 4294967296", "BEFORE", "BEFORE x", "BEFORE 31-Feb-2026", "BEFORE 1-Jan-26",
        "ON 1/1/2026",
        "SINCE 1-Foo-2026", "KEYWORD", "KEYWORD \\Seen", 'KEYWORD "x"', "FROM (x)", '"SEEN"',
        "NOT (", "MODSEQ",
        "MODSEQ x", "MODSEQ (1)", "SENTON 1-Jan-0000", "(SEEN) NOT ()", "OR SEEN ()",
        "FROM x CHARSET UTF-8",
        "NOT " * 200 + "SEEN", "OR SEEN " * 200 + "SEEN", "SINCE \"1-Jan-2026 00:00\"",
    ],
)  # fmt: skip
def test_what_is_no_query(query) -> None:
    with pytest.raises(Malformed):
        found(query)


def test_modseq_is_told() -> None:
    assert search.parse(parse([b"OR SEEN (NOT MODSEQ 1)"])).uses_modseq
    assert not search.parse(parse([b"SEEN"])).uses_modseq


# --- what a text is found in

LIBRARY = [
    Entry(n, content, datetime(2026, 1, 1, tzinfo=timezone.utc))
    for n, content in enumerate(messages.all().values(), 1)
]
NAMES = list(messages.all())


def names_of(text: str | bytes, *more: bytes) -> set[str]:
    return {NAMES[number - 1] for number in found(text, *more, entries=LIBRARY)}


def test_transfer_encodings_are_decoded() -> None:
    assert "attachment_rfc2231" in names_of("BODY hello")
    assert "attachment_rfc2231" not in names_of("BODY aGVsbG8")
    assert {"truncated_base64", "dirty_base64"} <= names_of('BODY "hello"')
    assert names_of("CHARSET UTF-8 BODY ", "caf\u00e9".encode()) >= {
        "lying_ascii",
        "broken_quoted_printable",
        "utf16",
    }


def test_messages_within_messages_are_searched() -> None:
    assert names_of("BODY forwarded") == {"nested_multiparts"}
    assert names_of("SUBJECT inside") == set()


def test_headers_of_parts_are_searched_with_the_text() -> None:
    """As Dovecot has it: BODY is about what the parts hold, TEXT about all there is."""
    assert names_of('TEXT "subject: inside"') == names_of("TEXT image/gif") == {"nested_multiparts"}
    assert names_of('BODY "subject: inside"') == names_of("BODY image/gif") == set()


def test_folding_is_white_space() -> None:
    assert "folded_headers" in names_of('TO "Bob <bob"')
    assert names_of('SUBJECT "folded and folded"') == {"folded_headers"}


def test_images_are_not_searched() -> None:
    assert names_of("BODY R0lGODlh") == set()


def test_a_date_that_never_was_is_no_date() -> None:
    assert "impossible_date" not in names_of("SENTBEFORE 1-Jan-9999")
    assert "missing_headers" not in names_of("SENTBEFORE 1-Jan-9999")
    assert "plain" in names_of("SENTON 1-Jan-2026")


def test_every_mail_can_be_searched() -> None:
    """With each key that decodes; none is found."""
    text = 'CHARSET UTF-8 OR OR OR TEXT xyzzy SUBJECT xyzzy FROM xyzzy HEADER Date "xyzzy"'
    assert names_of(text) == set()
    assert names_of("OR TEXT xyzzy ALL") == set(NAMES)


@pytest.mark.parametrize(
    "charset",
    [
        "punycode",
        " punycode",
        "idna",
        "unicode-escape",
        "rot13",
        "hex",
        "undefined",
        "x",
        "a\\0b",
        "\xff",
        "utf-7",
    ],
)
def test_no_charset_breaks_it(charset) -> None:
    content = mail(
        f'Content-Type: text/plain; charset="{charset}"',
        f"Subject: =?{charset}?q?found?=",
        "",
        "\\d" + "found" * 50_000,
    )
    assert found(
        "TEXT found", entries=[Entry(1, content, datetime(2026, 1, 1, tzinfo=timezone.utc))]
    ) == [1]


HEADS = st.lists(
    st.sampled_from([b"Subject: ", b"Date: ", b"=?utf-8?q?", b"?=", b"\r\n", b"\n", b" ",
        b"=?utf-8?b?", b"Content-Type: ",
                     b"text/plain; charset=", b"Content-Transfer-Encoding: ", b"base64",
                     b"x-uuencode", b"begin 644 x\n"])
    | st.binary(max_size=8),
    max_size=30,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(pieces=HEADS)
def test_any_mail_can_be_searched(pieces) -> None:
    entry = Entry(1, b"".join(pieces), datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert found(
        "OR TEXT xyzzy OR SUBJECT xyzzy OR BODY xyzzy OR SENTON 1-Jan-0001 ALL", entries=[entry]
    ) == [1]


WORDS = st.sampled_from(
    [
        *search.KEYS,
        "CHARSET",
        "UTF-8",
        "(",
        ")",
        "1:*",
        "x",
        '"a b"',
        "1-Jan-2026",
        "7",
        "\\Seen",
        "0",
        "*",
    ]
)


@settings(max_examples=200, deadline=None)
@given(words=st.lists(WORDS, max_size=12))
def test_any_words_are_a_query_or_malformed(words) -> None:
    text = " ".join(words).replace("( ", "(").replace(" )", ")")
    try:
        numbers = found(text)
    except (Malformed, search.BadCharset):
        return
    assert set(numbers) <= set(ALL)


def test_encoded_words_without_end() -> None:
    content = mail("Subject: " + "=?utf-8?q?" * 20_000, "", "found")
    assert found("TEXT found", entries=[Entry(1, content, ENTRIES[0].internal_date)]) == [1]
