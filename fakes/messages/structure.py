"""Messages of several parts that break clients (RFC 2046)."""

from __future__ import annotations

from .build import FROM, MIME, TO, Line, joined, letter, part

MIXED = "Content-Type: multipart/mixed; boundary=edge"
TEXT = "Content-Type: text/plain; charset=utf-8"
BASE64 = "Content-Transfer-Encoding: base64"
HELLO = "aGVsbG8="  # "hello"


def nested_multiparts() -> bytes:
    """mixed, in it related, in it alternative, and a message in a message (RFC 2046)."""
    text = part(TEXT, "", "plain", boundary="inner")
    html = part("Content-Type: text/html", "", '<img src="cid:dot">', boundary="inner")
    inner: list[Line] = [
        "Content-Type: multipart/alternative; boundary=inner", "", text, html, "--inner--",
    ]  # fmt: skip
    image = ["Content-Type: image/gif", "Content-ID: <dot>", BASE64, "", "R0lGODlhAQABAAAAACw="]
    middle: list[Line] = [
        "Content-Type: multipart/related; boundary=middle",
        "",
        part(*inner, boundary="middle"),
        part(*image, boundary="middle"),
        "--middle--",
    ]
    forwarded = ["Content-Type: message/rfc822", "", FROM, TO, "Subject: inside", "", "forwarded"]
    return letter("nested multiparts", MIXED, "", part(*middle), part(*forwarded), "--edge--")


def deep_multiparts() -> bytes:
    """A hundred multiparts, each in the one before: parsers that recurse may not come back."""
    lines = ["Content-Type: multipart/mixed; boundary=b0", ""]
    for depth in range(99):
        lines += [f"--b{depth}", f"Content-Type: multipart/mixed; boundary=b{depth + 1}", ""]
    lines += ["--b99", TEXT, "", "at the bottom"]
    return letter("deep multiparts", *lines, *(f"--b{n}--" for n in reversed(range(100))))


def alternative_bodies() -> bytes:
    """The same as text, HTML and a calendar entry (RFC 2046 section 5.1.4: the last that a client
    understands is the one to show)."""
    return letter(
        "alternative bodies",
        "Content-Type: multipart/alternative; boundary=edge",
        "",
        part(TEXT, "", "See you at noon."),
        part("Content-Type: text/html; charset=utf-8", "", "<p>See you at <b>noon</b>.</p>"),
        part("Content-Type: text/calendar; method=REQUEST", "", "BEGIN:VCALENDAR", "END:VCALENDAR"),
        "--edge--",
    )


def html_only() -> bytes:
    """HTML and no text beside it."""
    return letter("html only", "Content-Type: text/html", "", "<html><p>Read <i>me</i>.</html>")


def attachment_rfc2231() -> bytes:
    """The name of an attachment in pieces, out of order, with a charset and percent signs (RFC 2231
    section 4.1): ``Übersicht 2026.txt``."""
    return letter(
        "attachment, RFC 2231",
        MIXED,
        "",
        part(TEXT, "", "See the attachment."),
        part(
            "Content-Type: text/plain",
            BASE64,
            "Content-Disposition: attachment;",
            " filename*1*=sicht%20;",
            ' filename*2="2026.txt";',
            " filename*0*=utf-8'de'%C3%9Cber",
            "",
            HELLO,
        ),
        "--edge--",
    )


def attachment_encoded_word_name() -> bytes:
    """The name as an encoded word inside the quotes, which RFC 2047 section 5 forbids and Outlook
    and many others send."""
    return _attachment(
        "encoded word", 'Content-Disposition: attachment; filename="=?utf-8?q?=C3=9Cber.txt?="'
    )


def attachment_raw_name() -> bytes:
    """The name in Latin-1 bytes, unencoded and without a charset."""
    return _attachment("raw name", b'Content-Disposition: attachment; filename="\xdcber.txt"')


def attachment_broken_rfc2231() -> bytes:
    """A name that says UTF-8 and is not, with a percent sign that encodes nothing, and no quote
    between charset and text (RFC 2231 section 4)."""
    return _attachment(
        "broken RFC 2231",
        "Content-Disposition: attachment; filename*=utf-8''%FF%zz; filename*0*=utf-8%41",
    )


def attachment_two_names() -> bytes:
    """Three names that contradict each other: in the type, in the disposition, and the extended
    one, which wins (RFC 6266 section 4.3)."""
    return _attachment(
        "two names",
        "Content-Type: application/pdf; name=a.pdf",
        "Content-Disposition: attachment; filename=b.exe; filename*=utf-8''c.txt",
    )


def attachment_path_name() -> bytes:
    """A name that leads out of the folder it is saved in (RFC 2183 section 2.3)."""
    return _attachment(
        "path name", 'Content-Disposition: attachment; filename="../../../etc/passwd"'
    )


def attachment_without_name() -> bytes:
    """An attachment of no name, and an empty one."""
    return letter(
        "no name",
        MIXED,
        "",
        part("Content-Type: application/octet-stream", "Content-Disposition: attachment", "", "x"),
        part('Content-Disposition: attachment; filename=""', BASE64, "", ""),
        "--edge--",
    )


def boundary_missing() -> bytes:
    """A multipart whose type names no boundary (RFC 2046 section 5.1.1)."""
    return letter(
        "boundary missing", "Content-Type: multipart/mixed", "", part(TEXT, "", "a"), "--edge--"
    )


def boundary_never_comes() -> bytes:
    """A multipart in whose body the boundary does not occur."""
    return letter("boundary never comes", MIXED, "", "Only text here.")


def boundary_unclosed() -> bytes:
    """The last boundary is missing: the message was cut, or its writer stopped."""
    return letter("boundary unclosed", MIXED, "", part(TEXT, "", "a"), part(TEXT, "", "b and"))


def boundary_begins_another() -> bytes:
    """The boundary of the inner multipart begins as that of the outer one."""
    return letter(
        "boundary begins another",
        MIXED,
        "",
        part(
            "Content-Type: multipart/mixed; boundary=edge2",
            "",
            part(TEXT, "", "inner", boundary="edge2"),
            "--edge2--",
        ),
        part(TEXT, "", "outer"),
        "--edge--",
    )


def report() -> bytes:
    """A bounce (RFC 3464), from the null sender, with what failed and the header it is about."""
    return joined(
        "Return-Path: <>",
        "From: Mail system <mailer-daemon@example.com>",
        TO,
        "Subject: Undelivered",
        MIME,
        "Content-Type: multipart/report; report-type=delivery-status; boundary=edge",
        "",
        part(TEXT, "", "It could not be delivered."),
        part(
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.com",
            "",
            "Final-Recipient: rfc822; nobody@example.com",
            "Action: failed",
            "Status: 5.1.1",
        ),
        part("Content-Type: text/rfc822-headers", "", "Subject: Hello"),
        "--edge--",
    )


def _attachment(subject: str, *lines: str | bytes) -> bytes:
    attached = part(*lines, BASE64, "", HELLO)
    return letter(subject, MIXED, "", part(TEXT, "", "See it."), attached, "--edge--")
