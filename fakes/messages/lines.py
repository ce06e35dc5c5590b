"""Messages whose lines break clients: their ends, their length, their first and their odd bytes."""

from __future__ import annotations

from .build import DATE, FROM, PLAIN, TO, joined, letter


def line_over_998() -> bytes:
    """A line of 1,500 bytes in the body, where RFC 5322 section 2.1.1 ends at 998."""
    return letter("line over 998", PLAIN, "", "a" * 1500, "short")


def line_over_2048() -> bytes:
    """A line of 5,000 bytes in the body: poplib gives up at 2,048 with 'line too long'."""
    return letter("line over 2048", PLAIN, "", "a" * 5000, "short")


def header_over_998() -> bytes:
    """A subject of 3,000 bytes, unfolded."""
    return letter("long " * 600, PLAIN, "", "short")


def bare_lf() -> bytes:
    """LF as the end of every line, and no CR at all; lines of dots included."""
    return joined(FROM, TO, "Subject: bare LF", DATE, "", ".", "..", ".a", "end", end=b"\n")


def bare_cr() -> bytes:
    """A CR alone inside lines, also before a dot."""
    return letter("bare CR", PLAIN, "", b"one\rtwo", b"a\r.", b"\rb", b"c\r")


def mixed_line_ends() -> bytes:
    """CRLF, LF, CR and their like side by side, with dots behind each."""
    return letter("mixed line ends", PLAIN, "", b"a\r\n.b\n.c\r.d\n\r.e\r\r\n.f\n\n.\r\n.g")


def no_final_line_end() -> bytes:
    """The last line has no end."""
    return letter("no final line end", PLAIN, "", "the end")[:-2]


def final_lf() -> bytes:
    """The last line ends with LF, all others with CRLF."""
    return letter("final LF", PLAIN, "", "the end")[:-2] + b"\n"


def leading_dots() -> bytes:
    """Lines that begin with dots, one dot alone among them: POP3 and SMTP double the first."""
    return letter("leading dots", PLAIN, "", ".", "..", "...", ".a", "..b", "a.", "", ".")


def first_byte_a_dot() -> bytes:
    """A dot is the first byte, before any line end."""
    return b"." + letter("first byte a dot", PLAIN, "", "x")


def nul_bytes() -> bytes:
    """NUL in the header and in the body (RFC 5322 section 4.1, obsolete)."""
    return letter("nul \0 bytes", PLAIN, "", "a\0b", "\0", "c")


def control_characters() -> bytes:
    """Bell, escape sequences that colour a terminal, vertical tab, form feed, delete, end of
    file."""
    return letter(
        "control \x07 \x1b[31m characters", PLAIN, "", "\x1b[2J\x1b]0;title\x07", "\v\f\x7f\x1a"
    )


def blank_lines() -> bytes:
    """A body of 1,000 empty lines."""
    return letter("blank lines", PLAIN, "", *[""] * 1000)


def ten_megabytes() -> bytes:
    """10 MB (10,000,000 bytes) in lines of 78 characters."""
    head = letter("ten megabytes", PLAIN, "")
    lines = (b"0123456789" * 8)[:78] + b"\r\n"
    body = lines * (10_000_000 // len(lines))
    return head + body[: 10_000_000 - len(head) - 2] + b"\r\n"
