"""SMTP and POP3."""

from __future__ import annotations

from .finding import Finding

FINDINGS = [
    Finding(
        "smtp",
        "smtplib",
        "failed",
        "quit_421",
        "The with statement raises SMTPResponseException where QUIT is answered with 421, though "
        "the message was accepted before: who tries again sends it twice.",
    ),
    Finding(
        "smtp",
        "aiosmtplib",
        "crashed",
        "starttls_accepted_and_plain certificate_expired certificate_for_another_host "
        "certificate_self_signed",
        "What goes wrong in the handshake behind STARTTLS is raised as a bare ssl.SSLError; with "
        "TLS from the first byte it is an SMTPConnectError.",
    ),
    Finding(
        "smtp",
        "curl",
        "hung",
        "content_never_read_to_its_end message_never_answered",
        "--max-time does not hold for the reply to the message: with --max-time 3 it waits for two "
        "minutes, and then reports the timeout.",
    ),
    Finding(
        "smtp",
        "curl",
        "hung",
        "quit_never_answered",
        "--max-time does not hold for the reply to QUIT: with --max-time 3 it waits for two "
        "minutes, and then reports the success that it was told of before.",
    ),
    Finding(
        "smtp",
        "curl",
        "failed",
        "ehlo_rejected_with_a_list",
        "It takes the lines of a refusal of EHLO for extensions, says HELO, and uses them: MAIL "
        "has a SIZE that was not offered.",
    ),
    Finding(
        "pop3",
        "poplib",
        "crashed",
        "stat_without_numbers stat_in_words name_answered_twice",
        "stat() takes the answer apart without a look at it: an IndexError or ValueError comes out "
        "where there are no numbers, and not error_proto.",
    ),
    Finding(
        "pop3",
        "curl",
        "hung",
        "quit_never_answered",
        "--max-time does not hold for the answer to QUIT: with --max-time 3 it waits for two "
        "minutes, though it has the message.",
    ),
    Finding(
        "pop3",
        "curl",
        "lied",
        "message_cut message_cut_without_close_notify",
        "It takes the end of the connection for the end of the message: one that was cut in the "
        "middle is written, and the exit status is 0.",
    ),
    Finding(
        "pop3",
        "curl",
        "succeeded",
        "message_without_its_final_dot",
        "It does not miss the dot that ends a message: the exit status is 0 without it.",
    ),
]
