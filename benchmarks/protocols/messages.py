"""The message that the mail protocols carry: about 1 kB in 20 lines, one of them with a dot."""

HEADERS = (
    b"From: Alice <alice@example.com>\r\n"
    b"To: Bob <bob@example.com>\r\n"
    b"Subject: Report\r\n"
    b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"\r\n"
)
BODY = b"A line of some sixty bytes, as people write their letters.\r\n" * 14
# As a mailbox has it,
STORED = HEADERS + BODY + b".stuffed\r\n"
# and as SMTP and POP3 put it on the wire: its dot stuffed, and the final dot behind it.
CONTENT = HEADERS + BODY + b"..stuffed\r\n.\r\n"
