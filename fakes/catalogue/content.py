"""What is to be sent and fetched where no case says another thing."""

from __future__ import annotations

USER, PASSWORD = "ann", "5ecret-pa55word"
ADDRESS, NAME = "192.0.2.7", "host.example.com"
# Every byte value, and more bytes than a client reads at once.
CONTENT = bytes(range(256)) + b"x" * 9000 + b"the end"
MESSAGE_ID = "<edge-case@example.com>"
MESSAGE = (
    b"From: ann@example.com\r\nTo: bob@example.com\r\nSubject: an edge case\r\n"
    b"Message-ID: " + MESSAGE_ID.encode() + b"\r\n\r\n"
    b"The first line.\r\n.A line that begins with a dot.\r\n.\r\nThe last line.\r\n"
)
FILES = ("file.bin", "notes.txt", "with space.txt")
