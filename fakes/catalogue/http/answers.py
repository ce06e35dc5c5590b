"""Answers byte by byte, for cases where each of them matters. No case stands here."""

from __future__ import annotations

from ..content import CONTENT

SIZE = len(CONTENT)
OK = "HTTP/1.1 200 OK"
LENGTH = f"Content-Length: {SIZE}"
CHUNKED = "Transfer-Encoding: chunked"
SECRET = bytes(byte ^ 0x55 for byte in CONTENT)  # in a coding that nobody knows


def head(*lines: str, end: str = "\r\n") -> bytes:
    """These lines, and the blank one behind them."""
    return (end.join(lines) + end * 2).encode("latin-1")


def whole(*lines: str, end: str = "\r\n") -> bytes:
    """A head of these lines, and the content."""
    return head(*lines, end=end) + CONTENT


def chunk(data: bytes, size: str = "") -> bytes:
    """One chunk; with ``size``, what stands there in place of its size."""
    return (size or f"{len(data):x}").encode() + b"\r\n" + data + b"\r\n"
