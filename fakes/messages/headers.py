"""Messages with headers that break clients."""

from __future__ import annotations

from .build import DATE, FROM, IDENTITY, MIME, PLAIN, TO, joined, letter


def plain() -> bytes:
    """Nothing is wrong with this one: ASCII text, the usual headers (RFC 5322)."""
    return letter("plain", PLAIN, "", "All is well.")


def empty() -> bytes:
    """No byte at all."""
    return b""


def header_only() -> bytes:
    """A header, and not even the empty line that ends it (RFC 5322 section 3.5: a body is
    optional)."""
    return letter("header only", PLAIN)


def body_only() -> bytes:
    """It begins with the empty line: no header at all."""
    return joined("", "Who wrote this, and when?")


def no_blank_line() -> bytes:
    """The body follows the header without an empty line between them."""
    return letter(
        "no blank line", "This line is no header field, and the body begins here.", "Bye."
    )


def missing_headers() -> bytes:
    """No From, To, Date, Message-ID and Subject; RFC 5322 section 3.6 wants the From and the
    Date."""
    return joined(MIME, PLAIN, "", "From nobody.")


def duplicate_headers() -> bytes:
    """Two of what may be there once (RFC 5322 section 3.6): From, Subject, Date, Message-ID and
    Content-Type, which contradict each other."""
    return letter(
        "the first",
        "From: Eve <eve@example.com>",
        "Subject: the second",
        "Date: Fri, 02 Jan 2026 12:00:00 +0000",
        "Message-ID: <2.fakefarm@example.com>",
        PLAIN,
        "Content-Type: text/html",
        "",
        "<p>Which is it?</p>",
    )


def headers_in_other_alphabets() -> bytes:
    """Greek, Cyrillic, Japanese, Arabic and an emoji as encoded words (RFC 2047), in base64 and
    quoted-printable and in charsets that are not UTF-8; a character is cut in two by the end of an
    encoded word, which section 5 forbids and many senders do."""
    return joined(
        "From: =?iso-8859-7?q?=C1=EB=DD=EE=E1=ED=E4=F1=EF=F2?= <alexandros@example.com>",
        "To: =?koi8-r?b?5MnNwQ==?= <dima@example.com>,",
        " =?iso-2022-jp?b?GyRCNEE7ehsoQg==?= <kanji@example.com>",
        "Subject: =?utf-8?b?2YXYsdit2KjYpw==?= =?utf-8?b?8J+Q?= =?utf-8?b?lA==?=",
        DATE,
        IDENTITY,
        MIME,
        PLAIN,
        "",
        "\u0393\u03b5\u03b9\u03ac",
    )


def raw_utf8_headers() -> bytes:
    """Headers in UTF-8 as it is, as RFC 6532 allows, an address with it included."""
    return joined(
        "From: Jos\u00e9 <jos\u00e9@example.com>",
        TO,
        "Subject: caf\u00e9 \u5bff\u53f8",
        DATE,
        IDENTITY,
        MIME,
        PLAIN,
        "",
        "Salut.",
    )


def raw_latin1_headers() -> bytes:
    """Headers with bytes over 127 that are not UTF-8, which no standard allows."""
    return joined(
        b"From: Jos\xe9 <jose@example.com>", TO, b"Subject: caf\xe9", DATE, IDENTITY, "", "Salut."
    )


def broken_encoded_words() -> bytes:
    """Encoded words with base64 that is cut, an unknown charset, an unknown encoding, a space
    inside, and no end (RFC 2047 section 2)."""
    return letter(
        "=?utf-8?b?Y2Fm=?= =?x-none?q?a?= =?utf-8?x?a?= =?utf-8?q?a b?= =?utf-8?q?a", "", "Hm."
    )


def malformed_addresses() -> bytes:
    """Addresses that are none: no domain, two @, a bracket that is open, an empty group, commas
    with nothing between them."""
    return joined(
        "From: ann@@example.com, <ann",
        "To: undisclosed-recipients:;",
        'Cc: "Bob <bob@example.com>, ,, @example.com',
        "Reply-To:",
        "Subject: malformed addresses",
        DATE,
        IDENTITY,
        "",
        "Whom to answer?",
    )


def impossible_date() -> bytes:
    """A date that never was, with a zone that is nowhere."""
    return joined(
        FROM, TO, "Subject: impossible date", "Date: Fry, 31 Feb 2026 25:61:61 +9999", "", "When?"
    )


def folded_headers() -> bytes:
    """Fields folded in odd places: behind the colon, with tabs, and a line of white space alone
    (RFC 5322 section 4.2, obsolete, to be understood all the same)."""
    return joined(
        FROM,
        "To:",
        "\tBob",
        "\t<bob@example.com>",
        "Subject: folded",
        " ",
        " and folded",
        DATE,
        IDENTITY,
        "",
        "Unfold me.",
    )


def odd_field_names() -> bytes:
    """Fields without a name, with a space before the colon (RFC 5322 section 4.5), in capitals, and
    an mbox ``From `` line in front."""
    return joined(
        "From ann@example.com Thu Jan  1 12:00:00 2026",
        "FROM: ann@example.com",
        "Subject : odd field names",
        ": no name",
        "X-\u00dcmlaut: in the name",
        DATE,
        "",
        "Odd.",
    )


def many_headers() -> bytes:
    """2,000 Received fields, over 128 kB of header."""
    trace = [
        f"Received: from relay{n:04}.example.com by mx.example.com; {DATE[6:]}" for n in range(2000)
    ]
    return joined(*trace) + letter("many headers", "", "A long way.")
