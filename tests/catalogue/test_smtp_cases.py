"""Each case of SMTP does on the wire what it says."""

import pytest

from fakefarm.catalogue import cases

GREETED = ("S: 220 *",)
EHLO = (*GREETED, "C: EHLO me")
HELLO = (*EHLO, "S> 250 HELP\r\n")
MAIL = (*HELLO, "C: MAIL FROM:<ann@example.com>")
MAILED = (*MAIL, "S: 250 2.1.0 *")
RCPT = (*MAILED, "C: RCPT TO:<bob@example.com>")
RECEIVED = (*RCPT, "S: 250 2.1.5 *")
DATA = (*RECEIVED, "C: DATA")
CONTENT = (*DATA, "S: 354 *", "C: Subject: x", "C: ", "C: hello")
DOT = (*CONTENT, "C: .")
QUIT = (*DOT, "S: 250 2.6.0 *", "C: QUIT")

AUTH = ("TLS", *HELLO, "C: AUTH PLAIN AGFubgB4")
NOT_WITHOUT = ("C: MAIL FROM:<ann@example.com>", "S: 530 5.7.0 *")
STARTTLS = (*EHLO, "S> 250 STARTTLS\r\n", "C: STARTTLS")
UPGRADED = (*STARTTLS, "S: 220 *")

TABLE: dict[str, tuple[str, ...]] = {
    # greeting
    "greeting_never_comes": ("SILENCE", "C: EHLO me", "SILENCE"),
    "greeting_is_late": ("LATE 0.3", "S: 220 *", "C: NOOP", "S: 250 *"),
    "greeting_in_pieces": ("PIECES 220 ", "S: *", "C: NOOP", "S: 250 *"),
    "greeting_in_several_lines": (
        "S: 220-fake.example ESMTP", "S: 220-No advertising", "S: 220-", "S: 220 Welcome",
        "C: NOOP", "S: 250 *",
    ),
    "greeting_ends_in_a_bare_lf": ("S. 220 fake.example ESMTP\n", "C: NOOP", "S: 250 *"),
    "greeting_with_two_codes": (
        "S: 220-fake.example ESMTP", "S: 554 no service", "C: NOOP", "S: 250 *",
    ),
    "closed_before_the_greeting": ("FIN",),
    "reset_before_the_greeting": ("RST",),
    "greeting_421": ("S: 421 4.3.2 *", "FIN"),
    "greeting_554": (
        "S: 554 5.3.2 *", "C: EHLO me", "S: 503 *", "C: MAIL FROM:<>", "S: 503 *",
        "C: QUIT", "S: 221 *", "FIN",
    ),
    "greeting_cut_in_its_code": ("S. 22", "FIN"),
    "greeting_of_endless_lines": ("S: 220-*", "SILENCE"),
    "greeting_in_an_endless_line": ("S. 220 " + "x" * 100_000, "SILENCE"),
    "another_protocol_answers": (
        "S: HTTP/1.1 400 Bad Request", "S: Connection: close", "S: ", "FIN",
    ),
    # ehlo
    "ehlo_rejected": (*EHLO, "S: 502 *", "C: HELO me", "S: 250 *", "C: EHLO me", "S: 502 *"),
    "ehlo_rejected_with_a_list": (
        *EHLO, "S: 502-fake.example", "S: 502-SIZE 10", "S: 502 8BITMIME",
        "C: HELO me", "S: 250 *",
    ),
    "ehlo_and_helo_rejected": (*EHLO, "S: 550 *", "C: HELO me", "S: 550 *"),
    "closed_at_ehlo": (*EHLO, "FIN", "NEXT", *GREETED, "C: HELO me", "S: 250 *"),
    "ehlo_421": (*EHLO, "S: 421 *", "FIN", "NEXT", *GREETED, "C: HELO me", "S: 421 *", "FIN"),
    "ehlo_never_answered": (*EHLO, "SILENCE", "NEXT", *GREETED, "C: HELO me", "SILENCE"),
    "ehlo_cut_in_a_keyword": (*EHLO, "S# 40", "FIN", "NEXT", *GREETED, "C: HELO me", "S: 250 *"),
    "ehlo_without_extensions": (*EHLO, "S: 250 *", "C: MAIL FROM:<a@example.com>", "S: 250 *"),
    "ehlo_in_odd_case": (
        *EHLO, "S: 250-*", "S: 250-size 1000000", "S: 250-8bitMime", "S: 250-pipelining",
        "S: 250 auth plain login", "C: MAIL FROM:<a@example.com> SIZE=10 BODY=8BITMIME", "S: 250 *",
    ),
    "ehlo_with_a_hundred_extensions": (
        *EHLO, "S: 250-*", "S> 250-XNOTHING0 A=1 B\r\n", "S> 250 XNOTHING99 A=1 B\r\n",
        "C: NOOP", "S: 250 *",
    ),
    "ehlo_with_malformed_extensions": (
        *EHLO, "S: 250-*", "S: 250-SIZE=32", "S: 250-", "S: 250- X", "S: 250-AUTH=LOGIN",
        "S: 250 SIZE x", "C: MAIL FROM:<ann@example.com>", "S: 250 *",
    ),
    "size_zero_is_no_limit": (
        *EHLO, "S: 250-*", "S: 250-SIZE 0", "S: 250 8BITMIME",
        "C: MAIL FROM:<ann@example.com> SIZE=1000", "S: 250 *",
    ),
    "message_over_the_size_limit": (
        *EHLO, "S: 250-*", "S: 250-SIZE 50", "S> 250 HELP\r\n",
        "C: MAIL FROM:<ann@example.com> SIZE=51", "S: 552 *", "C: MAIL FROM:<ann@example.com>",
        "S: 250 *", "C: RCPT TO:<bob@example.com>", "S: 250 *", "C: DATA", "S: 354 *",
        "C: " + "x" * 60, "C: .", "S: 552 *",
    ),
    # envelope
    "sender_refused": (*MAIL, "S: 550 *", "C: RCPT TO:<bob@example.com>", "S: 503 *"),
    "sender_deferred": (*MAIL, "S: 451 *", "C: MAIL FROM:<ann@example.com>", "S: 451 *"),
    "sender_421": (*MAIL, "S: 421 *", "FIN"),
    "sender_answered_in_several_lines": (
        *MAIL, "S: 250-2.1.0 sender", "S: 250-is", "S: 250 welcome",
        "C: RCPT TO:<bob@example.com>", "S: 250 *",
    ),
    "replies_without_text": (
        *MAIL, "S: 250", "C: RCPT TO:<bob@example.com>", "S: 250", "C: DATA", "S: 354 *",
    ),
    "reply_that_is_no_utf8": (
        *MAIL, "S: 250 2.1.0 exp\xe9diteur accept\xe9", "C: RCPT TO:<bob@example.com>", "S: 250 *",
    ),
    "success_by_an_unknown_code": (*RCPT, "S: 259 *", "C: DATA", "S: 354 *"),
    "sender_answered_twice": (
        *MAIL, "S: 250 2.1.0 *", "S: 250 2.1.0 *", "C: RCPT TO:<bob@example.com>", "S: 250 2.1.5 *",
    ),
    "recipient_refused_behind_an_extra_reply": (
        *MAIL, "S: 250 2.1.0 *", "S: 250 2.1.0 *", "C: RCPT TO:<bob@example.com>", "S: 550 *",
        "C: DATA", "S: 503 *",
    ),
    "closed_behind_the_sender": (*MAILED, "FIN"),
    "recipient_refused": (*RCPT, "S: 550 *", "C: DATA", "S: 503 *"),
    "recipient_greylisted": (*RCPT, "S: 450 *", "C: RCPT TO:<bob@example.com>", "S: 450 *"),
    "recipient_forwarded": (*RCPT, "S: 251 *", "C: DATA", "S: 354 *"),
    "recipient_has_moved": (*RCPT, "S: 551 *", "C: DATA", "S: 503 *"),
    "recipient_421": (*RCPT, "S: 421 *", "FIN"),
    "reset_at_the_recipient": (*RCPT, "RST"),
    "recipient_never_answered": (*RCPT, "SILENCE"),
    "closed_at_the_reset_of_a_refusal": (*RCPT, "S: 550 *", "C: RSET", "FIN"),
    # data
    "data_refused": (
        *DATA, "S: 554 *", "C: Subject: x", "S: 500 *", "C: BDAT 0 LAST", "S: 502 *",
    ),
    "data_421": (*DATA, "S: 421 *", "FIN"),
    "data_answered_with_250": (*DATA, "S: 250 *", "C: Subject: x", "S: 500 *"),
    "data_never_answered": (*DATA, "SILENCE"),
    "data_answered_in_several_lines": (
        *DATA, "S: 354-go on", "S: 354-and end", "S: 354 with a dot", "C: x", "C: .", "S: 250 *",
    ),
    "closed_behind_the_354": (*DATA, "S: 354 *", "FIN"),
    "reset_behind_the_354": (*DATA, "S: 354 *", "RST"),
    "content_never_read_to_its_end": (*DOT, "SILENCE"),
    # message
    "message_refused": (*DOT, "S: 554 *", "C: NOOP", "S: 250 *"),
    "message_deferred": (*DOT, "S: 452 *", "C: NOOP", "S: 250 *"),
    "message_421": (*DOT, "S: 421 *", "FIN"),
    "closed_before_the_message_is_stored": (*DOT, "FIN"),
    "reply_lost_after_the_message_is_stored": (*DOT, "FIN"),
    "reply_lost_by_a_reset": (*DOT, "RST"),
    "message_never_answered": (*DOT, "SILENCE"),
    "reply_to_the_message_cut": (*DOT, "S. 25", "FIN"),
    "reply_to_the_message_without_its_line_end": (*DOT, "S. 250 2.6.0 accepted", "FIN"),
    "reply_to_the_message_cut_between_lines": (*DOT, "S: 250-2.6.0 accepted", "FIN"),
    "message_answered_late": (*DOT, "LATE 0.3", "S: 250 *"),
    "message_answered_in_several_lines": (
        *DOT, "S: 250-2.6.0 accepted", "S: 250-queued as 4711", "S: 250 bye for now",
        "C: QUIT", "S: 221 *", "FIN",
    ),
    "message_answered_in_pieces": (*DOT, "PIECES 250 2.6.0 ", "S: *", "C: QUIT", "S: 221 *"),
    # ending
    "closed_behind_the_250": (*DOT, "S: 250 *", "FIN"),
    "reset_behind_the_250": (*DOT, "S: 250 *", "RST"),
    "quit_never_answered": (*QUIT, "SILENCE"),
    "quit_answered_by_the_end": (*QUIT, "FIN"),
    "quit_421": (*QUIT, "S: 421 *", "FIN"),
    # auth
    "login_refused": (*AUTH, "S: 535 *", *NOT_WITHOUT),
    "login_deferred": (*AUTH, "S: 454 *", *NOT_WITHOUT),
    "login_wanted_and_not_offered": (
        "TLS", *EHLO, "S: 250-*", "S: 250-SIZE *", "S: 250-8BITMIME", "S: 250-SMTPUTF8",
        "S: 250-PIPELINING", "S: 250-CHUNKING", "S: 250-ENHANCEDSTATUSCODES", "S: 250-DSN",
        "S: 250 HELP", "C: AUTH PLAIN AGFubgB4", "S: 503 *", *NOT_WITHOUT,
    ),
    "first_mechanism_not_known_after_all": (
        *AUTH, "S: 504 *", "C: AUTH PLAIN AGFubgB4", "S: 235 *",
    ),
    "mechanisms_in_the_old_spelling": (
        "TLS", *EHLO, "S: 250-*", "S: 250 AUTH=PLAIN LOGIN", "C: AUTH PLAIN AGFubgB4", "S: 235 *",
    ),
    "challenge_is_no_base64": (*AUTH, "S: 334 a", "C: *", "S: 501 *", *NOT_WITHOUT),
    "challenges_without_end": (
        *AUTH, *("S: 334 bW9yZQ==", "C: AA==") * 9, "S: 334 bW9yZQ==",
        "NEXT", "TLS", *HELLO, *NOT_WITHOUT,
    ),
    "closed_at_the_login": (*AUTH, "FIN", "NEXT", "TLS", *HELLO, *NOT_WITHOUT),
    # tls
    "starttls_stripped": (*HELLO, "C: NOOP", "S: 250 *"),
    "starttls_refused": (*STARTTLS, "S: 454 *", "C: NOOP", "S: 250 *"),
    "starttls_accepted_and_closed": (*UPGRADED, "HELLO", "FIN"),
    "starttls_accepted_and_silent": (*UPGRADED, "HELLO", "SILENCE"),
    "starttls_accepted_and_plain": (*UPGRADED, "HELLO", "S: 500 *", "FIN"),
    "reply_injected_behind_starttls": (
        *STARTTLS, "S. 220 2.0.0 go on\r\n250-injected\r\n250 AUTH PLAIN\r\n", "TLS",
        "C: EHLO me", "S> 250 HELP\r\n",
    ),
    "extensions_change_behind_starttls": (
        *EHLO, "S: 250-fake.example", "S: 250-SIZE 10", "S: 250 STARTTLS", "C: STARTTLS",
        "S: 220 *", "TLS", "C: EHLO me", "S> 250-SIZE 33554432\r\n", "S> 250-AUTH PLAIN",
        "S> 250 HELP\r\n",
    ),
    "certificate_expired": (*UPGRADED, "TLS! certificate has expired"),
    "certificate_for_another_host": (*UPGRADED, "TLS! Hostname mismatch"),
    "certificate_self_signed": (*UPGRADED, "TLS! : self.signed certificate"),
    "certificate_by_an_unknown_authority": (
        "TLS! unable to get local issuer|self.signed certificate in certificate chain",
    ),
    "certificate_without_its_chain": ("TLS! unable to get local issuer",),
    "handshake_refused": ("HELLO", "S. \x15\x03\x03\x00\x02\x02\x28", "FIN"),
    "handshake_cut": ("HELLO", "S. \x16\x03\x03", "S# 27", "FIN"),
    "plain_greeting_where_tls_is_expected": ("HELLO", "S: 220 *", "SILENCE"),
    "tls_1_0_and_no_other": ("TLS! (?i)protocol.version",),
    "closed_without_close_notify": (
        "TLS", *HELLO, "C: NOOP", "S: 250 *", "C: QUIT", "CUT",
    ),
}  # fmt: skip

# How many messages there are in the end, which nobody sees on the wire; 0 where nothing is said.
STORED = dict.fromkeys(
    [
        *("reply_lost_after_the_message_is_stored", "reply_lost_by_a_reset"),
        *("message_never_answered", "reply_to_the_message_cut"),
        *("reply_to_the_message_without_its_line_end", "reply_to_the_message_cut_between_lines"),
        *("message_answered_late", "message_answered_in_several_lines"),
        *("message_answered_in_pieces", "data_answered_in_several_lines"),
        *("closed_behind_the_250", "reset_behind_the_250", "quit_never_answered"),
        *("quit_answered_by_the_end", "quit_421"),
    ],
    1,
)


def test_the_table_has_every_case() -> None:
    assert set(TABLE) == {case.name for case in cases("smtp")}


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, play) -> None:
    fake = play("smtp", name, TABLE[name])
    stored = STORED.get(name, 0)
    fake.wait_until(lambda: len(fake.outbox) >= stored)
    assert len(fake.outbox) == stored


def test_there_are_enough() -> None:
    known = cases("smtp")
    assert len(known) >= 60
    assert len([case for case in known if case.phase == "tls"]) >= 6
