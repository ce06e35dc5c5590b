"""FETCH: items, sections, partials; what is asked, and what the line that answers says."""

from datetime import datetime, timedelta, timezone

import pytest
from imap_values import fetched, values

from fakefarm import messages
from fakefarm._core.faults import Framing
from fakefarm.imap import fetch, parts
from fakefarm.imap.parser import parse
from fakefarm.imap.values import Malformed, internal_date, parse_internal_date

MAILS = messages.all()


class Entry:
    """A message of a mailbox."""

    uid = 42
    modseq = 7
    flags = frozenset({"\\Seen", "work", "\\Answered"})
    internal_date = datetime(1996, 7, 7, 2, 44, 25, tzinfo=timezone(timedelta(hours=-7)))

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.parsed = parts.parse(content)


def asked(text: str | bytes) -> list[fetch.Item]:
    [token] = parse([text.encode() if isinstance(text, str) else text])
    return fetch.parse_items(token)


def told(content: bytes, text: str) -> dict:
    """The items that FETCH tells of a message."""
    line = b"".join(fetch.render(3, Entry(content), asked(text)))
    assert line.endswith(b")\r\n")
    number, items = fetched(line)
    assert number == 3
    return items


def test_simple_items() -> None:
    items = told(messages.plain(), "(FLAGS UID INTERNALDATE RFC822.SIZE MODSEQ)")
    assert items == {
        "FLAGS": ["\\ANSWERED", "\\SEEN", "WORK"],
        "UID": 42,
        "INTERNALDATE": b" 7-Jul-1996 02:44:25 -0700",
        "RFC822.SIZE": len(messages.plain()),
        "MODSEQ": [7],
    }


@pytest.mark.parametrize(
    ("macro", "items"),
    [
        ("FAST", ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]),
        ("all", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"]),
        ("Full", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"]),
    ],
)
def test_macros(macro, items) -> None:
    assert list(told(messages.plain(), macro)) == items


@pytest.mark.parametrize("name", MAILS)
def test_whole_messages_byte_for_byte(name) -> None:
    """Header and text side by side are the message, and the structure is well-formed."""
    content = MAILS[name]
    items = told(
        content,
        "(BODY[] BODY[HEADER] BODY[TEXT] RFC822 RFC822.HEADER RFC822.TEXT"
        " BODY BODYSTRUCTURE ENVELOPE)",
    )
    assert items["BODY[]"] == items["RFC822"] == content
    assert items["BODY[HEADER]"] + items["BODY[TEXT]"] == content
    assert items["BODY[HEADER]"] == items["RFC822.HEADER"]
    assert items["BODY[TEXT]"] == items["RFC822.TEXT"]
    assert len(items["ENVELOPE"]) == 10
    assert items["BODY"] == pruned(items["BODYSTRUCTURE"])


def pruned(structure: list) -> list:
    """A BODYSTRUCTURE without its extension data."""
    if isinstance(structure[0], list):
        siblings = [pruned(each) for each in structure if isinstance(each, list) and is_part(each)]
        return [*siblings, structure[len(siblings)]]
    if (structure[0].lower(), structure[1].lower()) == (b"message", b"rfc822"):
        return [*structure[:8], pruned(structure[8]), structure[9]]
    return structure[:8] if structure[0].lower() == b"text" else structure[:7]


def is_part(value: list) -> bool:
    return bool(value) and (isinstance(value[0], list) or len(value) >= 11)


@pytest.mark.parametrize("name", MAILS)
def test_every_section_is_what_the_structure_says(name) -> None:
    """Each part's size and lines; its header and body are side by side in the message."""
    content = MAILS[name]

    def check(structure: list, path: str) -> None:
        if isinstance(structure[0], list):
            siblings = [each for each in structure if isinstance(each, list) and is_part(each)]
            for number, each in enumerate(siblings, 1):
                check(each, f"{path}.{number}" if path else f"{number}")
            return
        path = path or "1"
        items = told(
            content, f"(BODY[{path}] BODY[{path}.MIME] BODY[{path}.HEADER] BODY[{path}.99])"
        )
        text, header = items[f"BODY[{path}]"], items[f"BODY[{path}.MIME]"]
        assert len(text) == structure[6]
        assert header + text in content
        assert items[f"BODY[{path}.99]"] is None
        if structure[0].lower() == b"text":
            assert text.count(b"\n") == structure[7]
        if structure[1].lower() == b"rfc822":
            inner = told(content, f"(BODY[{path}.HEADER] BODY[{path}.TEXT])")
            assert inner[f"BODY[{path}.HEADER]"] + inner[f"BODY[{path}.TEXT]"] == text
            check(structure[8], path if isinstance(structure[8][0], list) else f"{path}.1")
        else:
            assert items[f"BODY[{path}.HEADER]"] is None

    check(told(content, "BODYSTRUCTURE")["BODYSTRUCTURE"], "")


# fmt: off
SECTIONS = [
    ("BODY[1.1]", b"--inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nplain\r\n"
                  b"--inner\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:dot\">\r\n--inner--"),
    ("BODY[1.1.1]", b"plain"),
    ("BODY[1.1.1.MIME]", b"Content-Type: text/plain; charset=utf-8\r\n\r\n"),
    ("BODY[1.1.2]", b'<img src="cid:dot">'),
    ("BODY[1.2]", b"R0lGODlhAQABAAAAACw="),
    ("BODY[1.2.MIME]",
     b"Content-Type: image/gif\r\nContent-ID: <dot>\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
    ("BODY[2]", b"From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>\r\nSubject: inside\r\n"
                b"\r\nforwarded"),
    ("BODY[2.MIME]", b"Content-Type: message/rfc822\r\n\r\n"),
    ("BODY[2.HEADER]",
     b"From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>\r\nSubject: inside\r\n\r\n"),
    ("BODY[2.TEXT]", b"forwarded"),
    ("BODY[2.1]", b"forwarded"),
    ("BODY[2.1.MIME]",
     b"From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>\r\nSubject: inside\r\n\r\n"),
    ("BODY[2.HEADER.FIELDS (Subject X)]", b"Subject: inside\r\n\r\n"),
    ("BODY[2.HEADER.FIELDS.NOT (subject)]",
     b"From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>\r\n\r\n"),
    ("BODY[HEADER.FIELDS (DATE)]", b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n\r\n"),
    ("BODY[HEADER.FIELDS (X-None)]", b"\r\n"),
    ("BODY[3]", None),
    ("BODY[1.1.3]", None),
    ("BODY[1.1.1.1]", None),
    ("BODY[1.HEADER]", None),
    ("BODY[1.TEXT]", None),
    ("BODY[2.2]", None),
    ("BODY[2.1.1]", None),
    ("BODY[4294967295.1]", None),
]
# fmt: on


@pytest.mark.parametrize(("section", "expected"), SECTIONS)
def test_sections(section, expected) -> None:
    assert told(messages.nested_multiparts(), section) == {section.upper(): expected}
    peeked = section.lower().replace("body[", "body.peek[")
    assert told(messages.nested_multiparts(), peeked) == {section.upper(): expected}


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("0.5", b"From:"),
        ("3.2", b"m:"),
        ("0.4294967295", messages.plain()),
        ("99999.1", b""),
        ("224.9", b"\n"),
    ],
)
def test_partials(partial, expected) -> None:
    label = f"BODY[]<{partial.partition('.')[0]}>"
    assert told(messages.plain(), f"BODY[]<{partial}>") == {label: expected}


def test_a_partial_of_what_is_not_there() -> None:
    assert told(messages.plain(), "BODY[2]<0.5>") == {"BODY[2]<0>": None}


@pytest.mark.parametrize(
    ("content", "fields", "expected"),
    [
        (b"A: 1\nB: 2\n\nx", "A", b"A: 1\n\n"),
        (b"A: 1\r\n two\r\nB: 2\r\n\r\nx", "a", b"A: 1\r\n two\r\n\r\n"),
        (b"A: 1\r\nB: 2\r\nA: 3\r\n\r\n", "A", b"A: 1\r\nA: 3\r\n\r\n"),
        (b"A : 1\r\n\r\n", "A", b"A : 1\r\n\r\n"),
        (b"A: 1\r\nB: 2", "B", b"B: 2"),  # no empty line, and none is added
        (b"\r\nA: 1", "A", b"\r\n"),
        (b"AB: 1\r\n\r\n", "A", b"\r\n"),
        (b"", "A", b""),
    ],
)
def test_fields_byte_for_byte(content, fields, expected) -> None:
    section = f"BODY[HEADER.FIELDS ({fields})]"
    assert list(told(content, section).values()) == [expected]


def test_fields_that_are_not_named_have_the_lines_that_are_none() -> None:
    content = b"A: 1\r\nwhat is this\r\nB: 2\r\n\r\n"
    [others] = told(content, "BODY[HEADER.FIELDS.NOT (A)]").values()
    assert others == b"what is this\r\nB: 2\r\n\r\n"


def test_names_of_fields_are_repeated_as_they_were_asked() -> None:
    parts_ = fetch.render(1, Entry(b""), asked('BODY[header.fields ("To" x-A "a b")]'))
    assert parts_[0] == b'* 1 FETCH (BODY[HEADER.FIELDS (To x-A "a b")] {0}\r\n'


# --- what faults count


def test_the_bytes_of_the_message_are_what_faults_count() -> None:
    rendered = fetch.render(
        1, Entry(messages.raw_utf8_headers()), asked("(ENVELOPE BODY[TEXT] UID BODY[HEADER])")
    )
    kinds = [isinstance(part, Framing) for part in rendered]
    assert kinds == [True, False, True, False, True]
    assert (
        rendered[1] + rendered[3]
        == b"Salut.\r\n" + Entry(messages.raw_utf8_headers()).parsed.header.raw
    )
    assert rendered[2] == b" UID 42 BODY[HEADER] {%d}\r\n" % len(rendered[3])


# --- reading sets \Seen


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("BODY[]", True), ("BODY[1]<0.1>", True), ("BODY[HEADER]", True), ("RFC822", True),
        ("RFC822.TEXT", True),
        ("BODY.PEEK[]", False), ("BODY.PEEK[1]<0.1>", False), ("RFC822.HEADER", False),
        ("FULL", False),
        ("(BODY.PEEK[] BODY[])", True), ("(BODY[] BODY.PEEK[])", True),
        ("(BODY BODYSTRUCTURE)", False),
    ],
)  # fmt: skip
def test_what_sets_seen(text, sets) -> None:
    assert any(item.sets_seen for item in asked(text)) is sets


def test_the_same_item_is_told_once() -> None:
    assert [item.label for item in asked("(FLAGS BODY.PEEK[] flags BODY[])")] == [
        b"FLAGS",
        b"BODY[]",
    ]


# --- what is no item


@pytest.mark.parametrize(
    "text",
    [
        "()", "NOTHING", "(FLAGS NOTHING)", "(ALL)", "(FLAGS FULL)", '"FLAGS"', "((FLAGS))",
        "BODY[X]", "BODY[0]",
        "BODY[1.]", "BODY[.1]", "BODY[1.0]", "BODY[01]", "BODY[MIME]", "BODY[HEADER X]",
        "BODY[HEADER (X)]",
        "BODY[HEADER.FIELDS]", "BODY[HEADER.FIELDS ()]", "BODY[HEADER.FIELDS X]",
        "BODY[HEADER.FIELDS ((X))]",
        "BODY[1 2]", 'BODY["1"]', "BODY[1MIME]", "BODY[TEXT.1]", "BODY[]<0.0>", "BODY[]<0>",
        "BODY[]<a.b>",
        "BODY[]<4294967296.1>", "BODY[" + "1." * 300 + "1]", "BINARY[1]", "BODY.PEEK",
        "RFC822.PEEK", "BODY[12345678901]",
    ],
)  # fmt: skip
def test_what_is_no_item(text) -> None:
    with pytest.raises(Malformed):
        asked(text)


# --- dates


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (b"17-Jul-1996 02:44:25 -0700", b'"17-Jul-1996 02:44:25 -0700"'),
        (b" 1-Jan-2026 00:00:00 +0000", b'" 1-Jan-2026 00:00:00 +0000"'),
        (b"29-fEB-2024 23:59:59 +1245", b'"29-Feb-2024 23:59:59 +1245"'),
        (b"01-Jan-0001 00:00:00 +0000", b'" 1-Jan-0001 00:00:00 +0000"'),
        (b"31-Dec-9999 23:59:59 -0030", b'"31-Dec-9999 23:59:59 -0030"'),
    ],
)
def test_internal_dates_there_and_back(text, written) -> None:
    assert internal_date(parse_internal_date(text)) == written
    assert values(written) == [written[1:-1]]


@pytest.mark.parametrize(
    "text",
    [
        b"", b"1-Jan-2026 00:00:00 +0000", b"  1-Jan-2026 00:00:00 +0000", b"17-Jul-1996 02:44:25",
        b"31-Feb-2026 00:00:00 +0000", b"01-Foo-2026 00:00:00 +0000", b"01-Jan-2026 24:00:00 +0000",
        b"01-Jan-2026 00:60:00 +0000", b"01-Jan-2026 00:00:60 +0000", b"01-Jan-2026 00:00:00 +2400",
        b"01-Jan-2026 00:00:00 +9999", b"01-Jan-0000 00:00:00 +0000", b"01-Jan-26 00:00:00 +0000",
        b"01-Jan-2026 00:00:00 +0000 ",
    ],
)  # fmt: skip
def test_what_is_no_internal_date(text) -> None:
    with pytest.raises(Malformed):
        parse_internal_date(text)
