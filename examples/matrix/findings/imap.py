"""IMAP."""

from __future__ import annotations

from .finding import Finding

FINDINGS = [
    *(
        Finding(
            "imap",
            client,
            "failed",
            "answer_in_lower_case",
            f"{what} where the server writes fetch and body in lower case, which IMAP allows.",
        )
        for client, what in [
            ("imaplib", "It raises abort"),
            ("imapclient", "imaplib, on which it stands, raises abort"),
            ("aioimaplib", "It waits until its timeout"),
            ("curl", "It reports a weird server reply"),
        ]
    ),
    *(
        Finding(
            "imap",
            client,
            "failed",
            "message_in_quotes",
            f"{what}, and not as a literal.",
        )
        for client, what in [
            ("imaplib", "It leaves to its user to parse a message that comes as a quoted string"),
            (
                "aioimaplib",
                "It leaves to its user to parse a message that comes as a quoted string",
            ),
            ("curl", "It cannot fetch a message that comes as a quoted string"),
        ]
    ),
    *(
        Finding(
            "imap",
            client,
            "crashed",
            "literal_of_four_exabytes",
            "It asks for as much memory as the announced length of a literal, whatever that is: a "
            "MemoryError comes out, and not its own error.",
        )
        for client in ["imaplib", "imapclient"]
    ),
    *(
        Finding(
            "imap",
            client,
            "lied",
            "another_message_comes",
            f"{what}, so that the message of another number is taken for one's own.",
        )
        for client, what in [
            ("imaplib", "fetch() does not compare what comes with what was asked for"),
            ("aioimaplib", "fetch() does not compare what comes with what was asked for"),
            ("curl", "It does not compare the number in the FETCH answer with the one asked for"),
        ]
    ),
    Finding(
        "imap",
        "imaplib",
        "lied",
        "literal_too_short_in_a_last_line",
        "It does not look at what follows a literal: a message whose length is announced too small "
        "lacks its end, and that is not noticed.",
    ),
    Finding(
        "imap",
        "aioimaplib",
        "lied",
        "literal_announced_too_short literal_too_short_in_a_last_line",
        "It does not look at what follows a literal: a message whose length is announced too small "
        "lacks its end, and that is not noticed.",
    ),
    Finding(
        "imap",
        "aioimaplib",
        "hung",
        "capability_never_completed pop3_answers",
        "wait_hello_from_server() asks for CAPABILITY behind the greeting, and its timeout does "
        "not hold for that: where no answer comes, it does not return.",
    ),
    Finding(
        "imap",
        "curl",
        "failed",
        "flags_before_the_message",
        "It takes the first FETCH line for the message, and gives up where it tells of flags.",
    ),
    Finding(
        "imap",
        "curl",
        "hung",
        "never_completed logout_never_answered",
        "--max-time does not hold for what follows the message, the end of FETCH and the answer to "
        "LOGOUT: with --max-time 3 it waits for two minutes.",
    ),
    Finding(
        "imap",
        "curl",
        "lied",
        "literal_announced_too_long literal_announced_too_short literal_too_short_in_a_last_line",
        "It does not look at what follows a literal: where the announced length is wrong, it "
        "brings back a part of the message, or what is no part of it.",
    ),
]
