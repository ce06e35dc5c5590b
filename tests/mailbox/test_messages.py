"""The library of messages: each is what its name and its docstring say."""

import inspect
import re
from email import message_from_bytes, policy

import pytest

import fakefarm.messages.encodings
import fakefarm.messages.headers
import fakefarm.messages.lines
import fakefarm.messages.structure
from fakefarm import messages

MODULES = [
    fakefarm.messages.headers,
    fakefarm.messages.structure,
    fakefarm.messages.encodings,
    fakefarm.messages.lines,
]
MAILS = messages.all()
EACH = pytest.mark.parametrize("name", MAILS)


def parsed(name: str):
    return message_from_bytes(MAILS[name], policy=policy.default)


def attached(name: str):
    return list(parsed(name).walk())[-1]


def test_every_function_is_in_the_library() -> None:
    written = [
        name
        for module in MODULES
        for name, made in vars(module).items()
        if inspect.isfunction(made) and made.__module__ == module.__name__ and name[0] != "_"
    ]
    assert list(MAILS) == written
    assert sorted([*written, "LIBRARY", "all"]) == sorted(messages.__all__)


@EACH
def test_each_has_a_docstring_and_is_the_same_each_time(name) -> None:
    make = getattr(messages, name)
    assert len(inspect.getdoc(make)) > 10
    assert isinstance(MAILS[name], bytes)
    assert make() == MAILS[name]


def test_they_are_all_different() -> None:
    assert len(set(MAILS.values())) == len(MAILS)


@EACH
def test_line_ends_are_crlf_where_they_are_not_the_point(name) -> None:
    odd = {
        "bare_lf", "bare_cr", "mixed_line_ends", "no_final_line_end", "final_lf", "binary", "empty",
    }  # fmt: skip
    content = MAILS[name]
    clean = content.endswith(b"\r\n") and not re.search(rb"\r(?!\n)|(?<!\r)\n", content)
    assert clean == (name not in odd)


@EACH
def test_lines_are_short_where_they_are_not_the_point(name) -> None:
    longest = max(map(len, MAILS[name].split(b"\r\n")))
    limits = {"line_over_998": 1500, "line_over_2048": 5000, "header_over_998": 3010}
    assert longest <= limits.get(name, 998)
    assert longest > 998 or name not in limits


# What makes each of them what it is.
FACTS = {
    "plain": lambda c: not message_from_bytes(c, policy=policy.default).defects,
    "empty": lambda c: c == b"",
    "header_only": lambda c: b"\r\n\r\n" not in c,
    "body_only": lambda c: c.startswith(b"\r\n"),
    "no_blank_line": lambda c: b"\r\n\r\n" not in c and b"body begins" in c,
    "missing_headers": lambda c: b"From:" not in c and b"Date:" not in c,
    "duplicate_headers": lambda c: c.count(b"\nSubject:") == c.count(b"\nContent-Type:") == 2,
    "headers_in_other_alphabets": lambda c: c.split(b"\r\n\r\n")[0].isascii(),
    "raw_utf8_headers": lambda c: "jos\u00e9@".encode() in c,
    "raw_latin1_headers": lambda c: b"caf\xe9" in c,
    "many_headers": lambda c: c.count(b"Received:") == 2000 and len(c) > 128_000,
    "nested_multiparts": lambda c: len(list(message_from_bytes(c).walk())) == 8,
    "unknown_charset": lambda c: b"x-klingon" in c,
    "lying_charset": lambda c: b"charset=utf-8" in c and b"caf\xe9" in c,
    "lying_ascii": lambda c: b"us-ascii" in c and not c.isascii(),
    "truncated_base64": lambda c: len(c.split()[-1]) % 4 == 1,
    "binary": lambda c: bytes(range(256)) in c,
    "bare_lf": lambda c: b"\r" not in c and b"\n.\n" in c,
    "bare_cr": lambda c: re.search(rb"\r(?!\n)", c) and not re.search(rb"(?<!\r)\n", c),
    "mixed_line_ends": lambda c: re.search(rb"\r(?!\n)", c) and re.search(rb"(?<!\r)\n", c),
    "no_final_line_end": lambda c: not c.endswith((b"\r", b"\n")),
    "final_lf": lambda c: c.endswith(b"d\n"),
    "leading_dots": lambda c: b"\r\n.\r\n" in c and b"\r\n..b" in c,
    "first_byte_a_dot": lambda c: c[:1] == b".",
    "nul_bytes": lambda c: c.split(b"\r\n\r\n")[0].count(0) == 1 and c.count(0) == 3,
    "ten_megabytes": lambda c: len(c) == 10_000_000,
    "boundary_never_comes": lambda c: b"--edge" not in c,
    "boundary_unclosed": lambda c: b"--edge--" not in c,
}


@pytest.mark.parametrize("name", FACTS)
def test_it_is_what_it_says(name) -> None:
    assert FACTS[name](MAILS[name])


def test_names_of_attachments() -> None:
    """As the standard library reads them."""
    assert attached("attachment_rfc2231").get_filename() == "\u00dcbersicht 2026.txt"
    assert attached("attachment_rfc2231").get_content() == "hello"
    assert "=?utf-8?q?=C3=9Cber.txt?=" in MAILS["attachment_encoded_word_name"].decode()
    assert b"\xdcber.txt" in MAILS["attachment_raw_name"]
    assert attached("attachment_path_name").get_filename() == "../../../etc/passwd"
    assert attached("attachment_without_name").get_filename() == ""


def test_subjects() -> None:
    assert (
        parsed("headers_in_other_alphabets")["To"].addresses[0].display_name
        == "\u0414\u0438\u043c\u0430"
    )
    assert parsed("raw_utf8_headers")["Subject"] == "caf\u00e9 \u5bff\u53f8"


@EACH
def test_the_standard_library_survives_each(name) -> None:
    """Parsing and writing again; not decoding, which may raise, and that is their point."""
    message = parsed(name)
    assert list(message.walk())
