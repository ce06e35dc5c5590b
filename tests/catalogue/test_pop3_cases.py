"""Each case of POP3 does on the wire what it says."""

import pytest

from fakefarm.catalogue import cases
from fakefarm.catalogue.content import MESSAGE

SIZE = len(MESSAGE)
TEXT = MESSAGE.decode("latin-1")
STUFFED = TEXT.replace("\r\n.", "\r\n..")

GREETED = ("S: +OK *",)
USER = (*GREETED, "C: USER ann")
PASS = (*USER, "S: +OK*", "C: PASS secret")
READY = (*PASS, "S: +OK*")
STAT = (*READY, "C: STAT")
LIST = (*READY, "C: LIST")
RETR = (*READY, "C: RETR 1")
TOP = (*READY, "C: TOP 1 99")
NATURAL = (f"S: +OK {SIZE} octets", f"S. {STUFFED}.\r\n")
FETCHED = ("C: RETR 1", *NATURAL)
QUIT = (*READY, *FETCHED, "C: QUIT")
AGAIN = ("NEXT", *GREETED)

STLS = (*GREETED, "C: STLS")
UPGRADED = (*STLS, "S: +OK*")

LOGINS = ("C: APOP ann 00", "C: AUTH PLAIN AGFubgB4")  # beside USER and PASS


def refused(line: str, *before: str) -> tuple[str, ...]:
    """``before``, and that every other way to log in is answered with this line as well."""
    return (*before, *(part for login in LOGINS for part in (login, f"S: {line}")))


def both(text: str, end: str) -> tuple[str, ...]:
    """This text, and this end, by RETR and by TOP."""
    return (*RETR, "S: +OK *", f"S. {text}", end, "NEXT", *TOP, "S: +OK*", f"S. {text}", end)


TABLE: dict[str, tuple[str, ...]] = {
    # greeting
    "greeting_never_comes": ("SILENCE", "C: NOOP", "SILENCE"),
    "greeting_is_late": ("LATE 0.3", "S: +OK *", "C: NOOP", "S: -ERR *"),
    "greeting_in_pieces": ("PIECES +OK ", "S: *", "C: QUIT", "S: +OK*"),
    "closed_before_the_greeting": ("FIN",),
    "reset_before_the_greeting": ("RST",),
    "greeting_is_an_error": ("S: -ERR [SYS/TEMP] *", "FIN"),
    "greeting_cut_in_its_status": ("S. +O", "FIN"),
    "greeting_in_an_endless_line": ("S. +OK " + "x" * 100_000, "SILENCE"),
    "greeting_made_to_slow_down_apop": (
        "S: +OK " + "<" * 250 + ">" * 250, "C: USER ann", "S: +OK*", "C: PASS x", "S: +OK*",
    ),
    "greeting_without_a_timestamp": ("S: +OK fake.example POP3", "C: APOP ann 00", "S: -ERR*"),
    "another_protocol_answers": ("S: 220 *", "C: USER ann", "S: 500 *", "C: QUIT", "S: 500 *"),
    # login
    "name_refused": refused(
        "-ERR never *", *USER, "S: -ERR never *", "C: PASS secret", "S: -ERR never *"
    ),
    "password_refused": refused("-ERR [AUTH] *", *PASS, "S: -ERR [AUTH] *"),
    "login_fails_for_now": refused("-ERR [SYS/TEMP] *", *PASS, "S: -ERR [SYS/TEMP] *"),
    "mailbox_in_use": (
        *PASS, "S: -ERR [IN-USE] *", "C: AUTH PLAIN AGFubgB4", "S: -ERR [IN-USE] *",
    ),
    "login_too_soon": refused("-ERR [LOGIN-DELAY] *", *PASS, "S: -ERR [LOGIN-DELAY] *"),
    "closed_at_the_login": (
        *PASS, "FIN", *AGAIN, LOGINS[0], "FIN", *AGAIN, LOGINS[1], "FIN",
    ),
    "login_never_answered": (
        *PASS, "SILENCE", *AGAIN, LOGINS[0], "SILENCE", *AGAIN, LOGINS[1], "SILENCE",
    ),
    "name_answered_twice": (*USER, "S: +OK*", "S: +OK*", "C: PASS secret", "S: +OK*", *FETCHED),
    "password_refused_behind_an_extra_answer": refused(
        "-ERR [AUTH] *", *USER, "S: +OK*", "S: +OK*", "C: PASS secret", "S: -ERR [AUTH] *"
    ),
    "sasl_refused": (
        *GREETED, "C: CAPA", "S> SASL PLAIN", "S> \r\n.\r\n", "C: AUTH PLAIN AGFubgB4",
        "S: -ERR *", "C: AUTH LOGIN", "S: -ERR *", *READY[1:],
    ),
    # listing
    "stat_without_numbers": (*STAT, "S: +OK", *FETCHED),
    "stat_in_words": (*STAT, "S: +OK one message", *FETCHED),
    "stat_and_list_with_more_words": (
        *STAT, f"S: +OK 1 {SIZE} (not read)", "C: LIST", "S: +OK one message",
        f"S: 1 {SIZE} an edge case", "S: .", "C: LIST 1", f"S: +OK 1 {SIZE} an edge case", *FETCHED,
    ),
    "stat_counts_more_than_there_are": (
        *STAT, "S: +OK 7 9999", "C: LIST", "S: +OK *", f"S: 1 {SIZE}", "S: .", *FETCHED,
        "C: RETR 2", "S: -ERR *",
    ),
    "sizes_too_small": (
        *STAT, "S: +OK 1 10", "C: LIST", "S: +OK *", "S: 1 10", "S: .",
        "C: LIST 1", "S: +OK 1 10", *FETCHED,
    ),
    "list_refused": (*LIST, "S: -ERR *", "C: LIST 1", "S: -ERR *", *FETCHED),
    "list_cut": (*LIST, "S: +OK *", f"S. 1 {str(SIZE)[0]}", "FIN"),
    "list_without_its_end": (*LIST, "S: +OK", f"S: 1 {SIZE}", "SILENCE"),
    "uidl_unknown": (
        *READY, "C: UIDL", "S: -ERR *", "C: UIDL 1", "S: -ERR *", "C: CAPA",
        "S> IMPLEMENTATION fakefarm\r\n.\r\n", *FETCHED,
    ),
    "capa_unknown": (*GREETED, "C: CAPA", "S: -ERR *", *READY[1:], *FETCHED),
    "top_offered_and_unknown": (
        *READY, "C: CAPA", "S: +OK*", "S: TOP", "S> \r\n.\r\n", "C: TOP 1 0", "S: -ERR *", *FETCHED,
    ),
    "capa_without_its_end": (*GREETED, "C: CAPA", "S: +OK", "S: USER", "S: UIDL", "SILENCE"),
    # message
    "no_such_message": (*RETR, "S: -ERR *", "C: TOP 1 0", "S: -ERR *"),
    "message_never_comes": (*RETR, "SILENCE", "NEXT", *TOP, "SILENCE"),
    "message_cut": both(STUFFED[:100], "FIN"),
    "message_cut_by_a_reset": both(STUFFED[:100], "RST"),
    "message_stops_in_the_middle": both(STUFFED[:100], "SILENCE"),
    "message_without_its_final_dot": both(STUFFED, "FIN"),
    "final_dot_with_a_bare_lf": (
        *RETR, "S: +OK", f"S. {STUFFED}.\n", "SILENCE", "C: NOOP", "S: +OK*",
    ),
    "message_in_pieces": (*RETR, f"PIECES +OK {SIZE} octets\r\n{STUFFED}.\r\n"),
    "pause_behind_a_stuffed_dot": (
        *RETR, "S: +OK", f"S. {STUFFED.partition('The last')[0]}", "SILENCE",
        "S. The last line.\r\n.\r\n", "C: NOOP", "S: +OK*",
    ),
    "pause_before_the_final_dot": (*RETR, "S: +OK", f"S. {STUFFED}", "LATE 0.2", "S: ."),
    "wrong_number_of_octets": (*RETR, "S: +OK 5 octets", f"S. {STUFFED}.\r\n"),
    "message_behind_a_bare_status": (*RETR, "S: +OK", f"S. {STUFFED}.\r\n"),
    "unstuffed_dot": (*RETR, "S: +OK", f"S. {TEXT}.\r\n", "SILENCE"),
    "message_of_dots": (
        *RETR, "S: +OK *", "S: Subject: odd", "S: ", "S: ..", "S: ...", "S: ....", "S: ..x",
        "S: ..", "S: ", "S: ..", "S: .", "SILENCE",
    ),
    "empty_message": (*RETR, "S: +OK 0 octets", "S: .", "SILENCE"),
    "line_over_2048": (*RETR, "S: +OK *", "S: Subject: odd", "S: ", "S: " + "x" * 5000, "S: ."),
    "lines_end_in_bare_lf": (
        *RETR, "S: +OK *", "S. Subject: odd\n\nThe first line.\nThe last line.\n\r\n.\r\n",
    ),
    "bytes_that_are_no_text": (
        *RETR, "S: +OK *", "S: Subject: caf\xe9", "S: ", "S: \xff\xfe\x80 na\xefve", "S: .",
    ),
    # ending
    "quit_refused": (*QUIT, "S: -ERR *", "FIN"),
    "quit_answered_by_the_end": (*QUIT, "FIN"),
    "quit_never_answered": (*QUIT, "SILENCE"),
    "closed_behind_the_message": (*RETR, *NATURAL, "FIN"),
    # tls
    "stls_stripped": (
        *GREETED, "C: CAPA", "S> IMPLEMENTATION fakefarm\r\n.\r\n", "C: USER ann", "S: +OK*",
    ),
    "stls_refused": (*STLS, "S: -ERR *", "C: USER ann", "S: +OK*"),
    "capabilities_only_behind_tls": (
        *GREETED, "C: CAPA", "S: -ERR *", "C: STLS", "S: +OK*", "TLS",
        "C: CAPA", "S: +OK*", "S> \r\n.\r\n", "C: NOOP", "S: -ERR *",
    ),
    "stls_accepted_and_closed": (*UPGRADED, "HELLO", "FIN"),
    "stls_accepted_and_silent": (*UPGRADED, "HELLO", "SILENCE"),
    "answer_injected_behind_stls": (
        *STLS, "S. +OK go on\r\n+OK injected\r\n", "TLS", "C: USER ann", "S: +OK*", *READY[-2:],
    ),
    "certificate_expired": (*UPGRADED, "TLS! certificate has expired"),
    "certificate_for_another_host": ("TLS! Hostname mismatch",),
    "certificate_by_an_unknown_authority": (
        "TLS! unable to get local issuer|self.signed certificate in certificate chain",
    ),
    "handshake_cut": ("HELLO", "S. \x16\x03\x03", "S# 27", "FIN"),
    "plain_greeting_where_tls_is_expected": ("HELLO", "S: +OK *", "SILENCE"),
    "message_cut_without_close_notify": (
        "TLS", *RETR, f"S: +OK {SIZE} octets", f"S. {STUFFED[:100]}", "CUT",
        "NEXT", "TLS", *TOP, "S: +OK*", f"S. {STUFFED[:100]}", "CUT",
    ),
}  # fmt: skip


def test_the_table_has_every_case() -> None:
    assert set(TABLE) == {case.name for case in cases("pop3")}


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, play) -> None:
    fake = play("pop3", name, TABLE[name])
    assert len(fake.mailbox) == 1  # nothing is deleted by a fetch


def test_there_are_enough() -> None:
    known = cases("pop3")
    assert len(known) >= 34
    assert len([case for case in known if case.phase == "tls"]) >= 4
