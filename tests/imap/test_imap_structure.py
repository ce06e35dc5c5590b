"""BODY, BODYSTRUCTURE and sections: what a message is made of, byte by byte."""

import re
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imap_values import values

from fakefarm import messages
from fakefarm.imap import mime, parts, structure
from fakefarm.imap.header import tokens

MAILS = messages.all()
QUICK = settings(max_examples=100, deadline=None)


def joined(*lines: str | bytes) -> bytes:
    """Lines with CRLF between them."""
    return b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines)


def told(content: bytes) -> list:
    """The BODYSTRUCTURE of a message as values."""
    return values(structure.bodystructure(parts.parse(content)))[0]


def of_type(value: str | bytes) -> list:
    """That of a message of a Content-Type."""
    return told(
        joined(
            b"Content-Type: " + (value.encode() if isinstance(value, str) else value),
            "",
            "hello",
            "",
        )
    )


def leaves(found: list) -> list[str]:
    """The types of the parts that are no multiparts."""
    if isinstance(found[0], list):
        return [
            kind
            for each in found
            if isinstance(each, list) and each and is_part(each)
            for kind in leaves(each)
        ]
    kind = f"{found[0].decode()}/{found[1].decode()}".lower()
    return [kind, *(leaves(found[8]) if kind == "message/rfc822" else [])]


def is_part(value: list) -> bool:
    """Whether it is a structure and no list of parameters."""
    return isinstance(value[0], list) or len(value) >= 7


# --- the parts of a message


def test_nested_multiparts() -> None:
    plain = [
        b"text",
        b"plain",
        [b"charset", b"utf-8"],
        None,
        None,
        b"7bit",
        5,
        0,
        None,
        None,
        None,
        None,
    ]
    html = [b"text", b"html", None, None, None, b"7bit", 19, 0, None, None, None, None]
    gif = [b"image", b"gif", None, b"<dot>", None, b"base64", 20, None, None, None, None]
    inner = [plain, html, b"alternative", [b"boundary", b"inner"], None, None, None]
    middle = [inner, gif, b"related", [b"boundary", b"middle"], None, None, None]
    ann, bob = [[b"Ann", None, b"ann", b"example.com"]], [[b"Bob", None, b"bob", b"example.com"]]
    envelope = [None, b"inside", ann, ann, ann, bob, None, None, None, None]
    text = [
        b"text",
        b"plain",
        [b"charset", b"us-ascii"],
        None,
        None,
        b"7bit",
        9,
        0,
        None,
        None,
        None,
        None,
    ]
    forwarded = [
        b"message",
        b"rfc822",
        None,
        None,
        None,
        b"7bit",
        84,
        envelope,
        text,
        4,
        None,
        None,
        None,
        None,
    ]
    assert told(messages.nested_multiparts()) == [
        middle, forwarded, b"mixed", [b"boundary", b"edge"], None, None, None,
    ]  # fmt: skip


def test_body_has_no_extension_data() -> None:
    found = values(structure.body(parts.parse(messages.nested_multiparts())))[0]
    assert found[-1] == b"mixed"
    assert found[0][-1] == b"related"
    assert len(found[0][0][0]) == 8
    assert len(found[1]) == 10


def test_extension_data() -> None:
    found = told(
        joined(
            "Content-Type: image/png; name=a.png (a picture)",
            "Content-ID: <1@example.com>",
            "Content-Description: A picture (of a cat)",
            "Content-Transfer-Encoding: Base64 (of course)",
            "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==",
            'Content-Disposition: attachment; filename="a b.png"; size=12',
            "Content-Language: en, de-AT (mostly)",
            "Content-Location: http://example.com/a.png",
            "",
            "iVBOR",
        )
    )
    assert found == [
        b"image", b"png", [b"name", b"a.png"], b"<1@example.com>", b"A picture (of a cat)",
        b"Base64", 5,
        b"Q2hlY2sgSW50ZWdyaXR5IQ==", [b"attachment", [b"filename", b"a b.png", b"size", b"12"]],
        [b"en", b"de-AT"], b"http://example.com/a.png",
    ]  # fmt: skip


# fmt: off
TYPES = [
    ("TEXT/Html; Charset=UTF-8", [b"TEXT", b"Html", [b"Charset", b"UTF-8"]]),
    ('text/plain; a="b \\" \\\\ c"; d=""', [b"text", b"plain", [b"a", b'b " \\ c', b"d", b""]]),
    ("text/plain;; ; a = b ;c=d/e", [b"text", b"plain", [b"a", b"b", b"c", b"d/e"]]),
    ("text/plain; name=my file.txt; b=c", [b"text", b"plain", [b"name", b"my file.txt", b"b",
     b"c"]]),
    ("text / plain (with (nested) comments); (so) a=b", [b"text", b"plain", [b"a", b"b"]]),
    ("text/plain; charset", [b"text", b"plain", None]),
    ("text/plain; =b", [b"text", b"plain", None]),
    ("text/plain; a=", [b"text", b"plain", [b"a", b""]]),
    ('text/plain; a="open', [b"text", b"plain", [b"a", b"open"]]),
    ("text/plain; a=1; A=2", [b"text", b"plain", [b"a", b"1", b"A", b"2"]]),
    (b"text/plain; name=\xfc.txt", [b"text", b"plain", [b"name", b"\xfc.txt"]]),
    ("text/plain; n*=utf-8'de'%C3%BC", [b"text", b"plain", [b"n*", b"utf-8'de'%C3%BC"]]),
    ("text/plain; n*1=b; n*0=a; n*2=c", [b"text", b"plain", [b"n", b"abc"]]),
    ('text/plain; n*0*=utf-8\'\'a%20; n*1="b c"', [b"text", b"plain", [b"n*",
     b"utf-8''a%20b%20c"]]),
    ("text/plain; n*0=a; n*2=c", [b"text", b"plain", [b"n*0", b"a", b"n*2", b"c"]]),
    # What is malformed is plain text (RFC 2045 section 5.2).
    ("text", [b"text", b"plain", [b"charset", b"us-ascii"]]),
    ("multipart", [b"text", b"plain", [b"charset", b"us-ascii"]]),
    ("multipart; boundary=edge", [b"text", b"plain", [b"charset", b"us-ascii"]]),
    ("text/", [b"text", b"plain", [b"charset", b"us-ascii"]]),
    ("/plain", [b"text", b"plain", [b"charset", b"us-ascii"]]),
    ("", [b"text", b"plain", [b"charset", b"us-ascii"]]),
    ("(text/html)", [b"text", b"plain", [b"charset", b"us-ascii"]]),
]
# fmt: on


@pytest.mark.parametrize(("value", "expected"), TYPES)
def test_content_types(value, expected) -> None:
    assert of_type(value)[:3] == expected


def test_a_part_of_a_digest_is_a_message() -> None:
    digest = joined(
        "Content-Type: multipart/digest; boundary=x",
        "",
        "--x",
        "",
        "Subject: in",
        "",
        "text",
        "--x--",
    )
    assert leaves(told(digest)) == ["message/rfc822", "text/plain"]


def test_a_message_that_does_not_come_is_an_empty_one() -> None:
    """A boundary ends the header of the part that was to hold it."""
    content = joined(
        "Content-Type: multipart/digest; boundary=x", "", "--x", "Content-ID: <1>", "--x--"
    )
    [message, *_] = told(content)
    assert message[:2] == [b"message", b"rfc822"]
    assert message[3] == b"<1>"
    assert message[6] == 0
    assert message[7] == [None] * 10


def test_it_is_put_together_once() -> None:
    root = parts.parse(messages.nested_multiparts())
    assert structure.bodystructure(root) is structure.bodystructure(root)
    assert structure.body(root) is structure.body(root)


@pytest.mark.parametrize(
    "kind", ["multipart/mixed", "multipart/mixed; boundary=x", 'multipart/mixed; boundary=""']
)
def test_a_multipart_has_a_part(kind) -> None:
    """An empty one stands for those that do not come: the grammar wants one."""
    found = of_type(kind)
    assert found[0] == [
        b"text", b"plain", [b"charset", b"us-ascii"], None, None, b"7bit", 0, 0, None, None, None,
        None,
    ]  # fmt: skip
    assert found[1] == b"mixed"


# --- where parts begin and end


def sections(content: bytes) -> dict[str, bytes]:
    """The bytes of every part by its number."""
    found: dict[str, bytes] = {}

    def walk(siblings: list[parts.Part], path: str) -> None:
        for number, part in enumerate(siblings, 1):
            found[f"{path}{number}"] = part.text
            walk(part.parts, f"{path}{number}.")
            if part.message:
                walk(part.message.parts or [part.message], f"{path}{number}.")

    root = parts.parse(content)
    walk(root.parts or [root], "")
    return found


MULTI = "Content-Type: multipart/mixed; boundary=x"

# fmt: off
BOUNDARIES = [
    ("two", ["pre", "--x", "", "one", "--x", "", "two", "--x--", "post"], ["one", "two"]),
    ("white space behind", ["--x \t", "", "one", "--x-- ", ""], ["one"]),
    ("never closed", ["--x", "", "one", "more", ""], ["one\r\nmore\r\n"]),
    ("nothing in it", ["--x", "--x--"], [""]),
    ("a header and nothing", ["--x", "A: b", "--x--"], [""]),
    ("an empty line and nothing", ["--x", "", "--x--"], [""]),
    ("an empty body", ["--x", "", "", "--x--"], [""]),
    ("line ends of the body", ["--x", "", "", "", "--x--"], ["\r\n"]),
    ("not at the beginning of a line", ["--x", "", "a --x", " --x", "\r--x", "--x--"],
     ["a --x\r\n --x\r\n\r--x"]),
    ("closed and opened again", ["--x", "", "one", "--x--", "--x", "", "two"], ["one"]),
    ("it begins the line, and more follows", ["--x", "", "one", "--xy", "", "two", "--x--"],
     ["one", "two"]),
    ("another one", ["--x", "", "one", "--y", "-x", "--", "--x--"], ["one\r\n--y\r\n-x\r\n--"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("lines", "expected"), [row[1:] for row in BOUNDARIES], ids=[r[0] for r in BOUNDARIES]
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_boundaries(lines, expected, end) -> None:
    content = joined(MULTI, "", *lines).replace(b"\r\n", end)
    found = list(sections(content).values())
    assert found == [text.encode().replace(b"\r\n", end) for text in expected]


def test_an_outer_boundary_ends_what_is_inside() -> None:
    """RFC 2046 section 5.1.2: nobody closed the inner multipart, nor the message."""
    content = joined(
        MULTI, "",
        "--x", "Content-Type: message/rfc822", "", "Content-Type: multipart/mixed; boundary=in", "",
        "--in", "", "deep", "--x", "", "next", "--in", "--x--",
    )  # fmt: skip
    assert sections(content) == {
        "1": b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\ndeep",
        "1.1": b"deep",
        "2": b"next\r\n--in",
    }


def test_the_longest_boundary_is_meant() -> None:
    found = sections(messages.boundary_begins_another())
    assert found["1.1"] == b"inner"
    assert found["2"] == b"outer"


def test_the_same_boundary_inside_is_the_inner_one() -> None:
    content = joined(
        MULTI, "", "--x", MULTI, "", "--x", "", "deep", "--x--", "--x", "", "next", "--x--"
    )
    assert sections(content) == {
        "1": b"--x\r\n\r\ndeep\r\n--x--",
        "1.1": b"deep",
        "2": b"next",
    }


@pytest.mark.parametrize("name", MAILS)
def test_every_byte_is_where_it_says(name) -> None:
    root = parts.parse(MAILS[name])
    assert root.raw == MAILS[name]
    check_ranges(root)


def check_ranges(root: parts.Part) -> None:
    """A header and its body are side by side, children within their parents and in their order."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        assert part.header.raw + part.text == part.raw
        assert b"".join(f.raw for f in part.header.fields) + part.header.end == part.header.raw
        assert (part.size, part.lines) == (len(part.text), part.text.count(b"\n"))
        at = part.body
        for child in part.parts:
            assert at <= child.start <= child.body <= child.end <= part.end
            at = child.end
        if part.message:
            assert (part.message.start, part.message.end) == (part.body, part.end)
        waiting += part.parts + ([part.message] if part.message else [])


def test_the_line_before_a_boundary_is_of_the_boundary() -> None:
    """RFC 2046 section 5.1.1, of a part that ends with its header; as Dovecot has it."""
    content = joined(MULTI, "", "--x", "A: b", "", "--x", "A: b", "--x", "", "--x--")
    headers = [part.header.raw for part in parts.parse(content).parts]
    assert headers == [b"A: b\r\n", b"A: b", b""]


# Messages that the standard library reads in another way than RFC 2046 and this fake.
OTHERWISE = {
    "boundary_missing": "it takes the text for text, and still says multipart",
    "boundary_never_comes": "the same",
    "no_blank_line": "it ends the header before the line that is no field",
    "odd_field_names": "a line without a name ends the header",
}


@pytest.mark.parametrize("name", sorted(MAILS.keys() - OTHERWISE.keys()))
def test_types_are_those_of_the_standard_library(name) -> None:
    theirs = [
        part.get_content_type()
        for part in message_from_bytes(MAILS[name], policy=policy.compat32).walk()
        if part.get_content_maintype() != "multipart"
    ]
    # It has a header as a payload in what is no text, and goes on in it.
    if name == "report":
        theirs = [kind for n, kind in enumerate(theirs) if n not in (2, 3)]
    assert leaves(told(MAILS[name])) == theirs


@pytest.mark.parametrize("name", sorted(MAILS.keys() - OTHERWISE.keys() - {"report"}))
def test_texts_are_those_of_the_standard_library(name) -> None:
    """The bodies of all parts without parts, as far as it finds the same parts."""
    theirs = [
        part._payload.encode("ascii", "surrogateescape")
        for part in message_from_bytes(MAILS[name], policy=policy.compat32).walk()
        if not part.is_multipart()
    ]
    ours = [part.text for part in without_parts(parts.parse(MAILS[name]))]
    assert [with_lf(text) for text in ours] == [with_lf(text) for text in theirs]


def with_lf(text: bytes) -> bytes:
    """With LF for whatever ends a line, and none behind the last."""
    return re.sub(rb"\r\n|\r|\n", b"\n", text).removesuffix(b"\n")


def without_parts(part: parts.Part) -> list[parts.Part]:
    within = part.parts + ([part.message] if part.message else [])
    return [leaf for each in within for leaf in without_parts(each)] or [part]


# --- bounds


def nested(depth: int, kind: str = "multipart") -> bytes:
    """So many multiparts, or messages, in one another."""
    if kind == "message":
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\nbottom"
    return (
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(depth)
        )
        + b"\r\nbottom"
    )


def depth(part: parts.Part) -> int:
    deepest, waiting = 0, [part]
    while waiting:
        part = waiting.pop()
        deepest = max(deepest, part.depth)
        waiting += part.parts + ([part.message] if part.message else [])
    return deepest


@pytest.mark.parametrize("kind", ["multipart", "message"])
@pytest.mark.parametrize("count", [99, 100, 101, 1000, 20_000])
def test_depth_is_bounded(kind, count) -> None:
    root = parts.parse(nested(count, kind))
    assert depth(root) == min(count, parts.DEPTH)
    written = structure.bodystructure(root)
    assert (b'"application" "octet-stream"' in written) == (count > parts.DEPTH)
    assert values(written)


def test_a_hundred_levels_are_shown() -> None:
    assert leaves(told(messages.deep_multiparts())) == ["text/plain"]


def test_the_number_of_parts_is_bounded() -> None:
    root = parts.parse(joined(MULTI, "", *["--x"] * (parts.PARTS + 50)))
    assert len(root.parts) == parts.PARTS - 1


class Counted(bytes):
    """Bytes that count how many of them were looked at."""

    looked_at = 0

    def find(self, what, start=0, end=None) -> int:
        end = len(self) if end is None else end
        found = super().find(what, start, end)
        self.looked_at += (end if found < 0 else found) - start
        return found

    def __getitem__(self, place) -> bytes:
        found = super().__getitem__(place)
        self.looked_at += len(found)
        return found


@pytest.mark.parametrize(
    "content",
    [
        joined(MULTI, "", "--") + b"\n--y" * 100_000,
        nested(100) + b"\n--b" * 100_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 90 + b"A: b\r\n" * 20_000,
        joined(MULTI, "", "") + b"--x\n" * 2000 + b"A: b\n" * 20_000,
        joined(MULTI, "", "--x", "") + b"--y\n" * 100_000,
        b"A" * 100_000,
    ],
    ids=["no boundary", "nearly boundaries", "long headers", "headers without end",
         "dashes in a header", "one line"],
)  # fmt: skip
def test_no_byte_is_looked_at_often(content) -> None:
    counted = Counted(content)
    parts.parse(counted)
    assert len(content) < counted.looked_at < 6 * len(content)


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: text/plain; " + b"a*0=b;" * 10_000,
        b"Content-Type: " + b"(" * 500_000,
        b'Content-Type: text/plain; a="' + b"\\" * 500_001,
        b"A" * 3_000_000,
        b"\n" * 1_000_000,
        b"A:\n " * 500_000,
    ],
    ids=["parameters", "comments", "backslashes", "one line", "empty lines", "folds"],
)
def test_what_would_take_for_ever_if_it_were_looked_at_again_and_again(content) -> None:
    assert values(structure.bodystructure(parts.parse(content)))


PIECES = st.sampled_from(
    [b"Content-Type: multipart/mixed; boundary=x", b"Content-Type: message/rfc822", b"--x",
     b"--x--", b"--y",
     b"Content-Type: multipart/digest; boundary=y", b"", b"", b"text", b" folded", b"\r\n", b"\n",
     b"A: b"]
)  # fmt: skip


@QUICK
@given(
    lines=st.lists(PIECES | st.binary(max_size=10), max_size=40),
    end=st.sampled_from([b"\r\n", b"\n"]),
)
def test_whatever_it_is_it_has_a_structure(lines, end) -> None:
    content = end.join(lines)
    root = parts.parse(content)
    assert root.raw == content
    check_ranges(root)
    assert values(structure.bodystructure(root))
    assert values(structure.body(root))


@QUICK
@given(value=st.binary(max_size=60) | st.text("();=\"\\ab/*012' ", max_size=60).map(str.encode))
def test_any_value_of_a_field_can_be_read(value) -> None:
    assert sum(len(token.text) for token in tokens(value, b";=")) <= len(value)
    kind = mime.content_type(value)
    assert kind.main
    assert kind.sub
    mime.disposition(value)
    assert all(tag in value for tag in mime.languages(value) if b"\\" not in value)
