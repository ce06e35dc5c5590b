"""Each case of IMAP does on the wire what it says."""

import pytest

from fakefarm.catalogue import cases
from fakefarm.catalogue.content import MESSAGE

Row = tuple[str, ...]

SIZE = len(MESSAGE)
TEXT = MESSAGE.decode("latin-1")
OTHER = TEXT.replace("an edge case", "another one")
SHORT = 'Subject: a "short" one, \\ and all'
HEAD_END = "\r\n\r\n"
HEAD = f"Subject: odd{HEAD_END}"

GREETED = ("S: * OK *",)
LOGIN = (*GREETED, "C: a LOGIN ann secret")
AUTHENTICATE = (*GREETED, "C: a AUTHENTICATE PLAIN AGFubgB4")
READY = (*LOGIN, "S: a OK *")
SELECT = (*READY, "C: b SELECT INBOX")
EXAMINE = (*READY, "C: b EXAMINE INBOX")
CHOSEN = ("S> b OK [READ-WRITE] SELECT completed\r\n",)
SELECTED = (*SELECT, *CHOSEN)
FETCH = (*SELECTED, "C: c FETCH 1 BODY[]")
UID_FETCH = (*SELECTED, "C: c UID FETCH 1 (UID BODY.PEEK[])")
STILL = ("C: x NOOP", "S: x OK NOOP completed")  # nothing came before that, and on it goes
DONE = ("S: c OK *", *STILL)
AGAIN = ("NEXT", *GREETED)

STARTTLS = (*GREETED, "C: s STARTTLS")
UPGRADED = (*STARTTLS, "S: s OK *")


def whole(text: str = TEXT, items: str = "UID 1 ", behind: str = "", said: int = -1) -> Row:
    """What answers UID_FETCH, up to its completion, with this text and items around it, and with
    its literal of so many bytes."""
    size = len(text) if said < 0 else said
    return (f"S: * 1 FETCH ({items}BODY[] {{{size}}}", f"S. {text}{behind})\r\n")


FETCHED = ("C: c UID FETCH 1 BODY[]", *whole(behind=" FLAGS (\\Seen \\Recent)"), *DONE)


def at_login(*then: str) -> Row:
    """This is what comes when the client logs in, in either way."""
    return (*LOGIN, *then, "NEXT", *AUTHENTICATE, *then)


def at_selection(*then: str) -> Row:
    """This is what comes when the client selects its mailbox, in either way."""
    return (*SELECT, *then, "NEXT", *EXAMINE, *then)


def at_fetch(*then: str) -> Row:
    """This is what comes when the client asks for the message, by FETCH or UID FETCH."""
    return (*FETCH, *then, "NEXT", *UID_FETCH, *then)


def cut(*then: str) -> Row:
    """The message begins, and this is what comes behind 100 bytes of it, by FETCH and UID FETCH."""
    begun = f"S. {TEXT[:100]}"
    return (
        *FETCH, f"S: * 1 FETCH (BODY[] {{{SIZE}}}", begun, *then, "NEXT",
        *UID_FETCH, f"S: * 1 FETCH (UID 1 BODY[] {{{SIZE}}}", begun, *then,
    )  # fmt: skip


def ways(line: str, *then: str) -> Row:
    """One untagged FETCH, which tells what was asked for by its name, and what comes behind it."""
    asked = [
        ("FETCH 1 BODY[]", "BODY[]"),
        ("UID FETCH 1 BODY.PEEK[]", "UID 1 BODY[]"),
        ("FETCH 1 (internaldate rfc822)", 'INTERNALDATE "*" RFC822'),
        ("FETCH 1:* BODY.PEEK[]<0.65536>", "BODY[]<0>"),
    ]
    rows = [(*SELECTED, f"C: c {each}", line.replace("BODY[]", had), *then) for each, had in asked]
    return tuple(part for row in rows for part in ("NEXT", *row))[1:]


def message(text: str) -> Row:
    """The message is this, by FETCH and by UID FETCH."""
    return (
        *SELECTED, "C: c FETCH 1 BODY.PEEK[]", *whole(text, ""), *DONE,
        "C: c UID FETCH 1 (UID BODY.PEEK[])", *whole(text), *DONE,
    )  # fmt: skip


GREETING: dict[str, Row] = {
    "greeting_never_comes": ("SILENCE", "C: a NOOP", "SILENCE"),
    "greeting_is_late": ("LATE 0.3", *SELECTED, *FETCHED),
    "greeting_in_pieces": ("PIECES * OK fake.example ready\r\n", *SELECTED[1:], *FETCHED),
    "closed_before_the_greeting": ("FIN",),
    "reset_before_the_greeting": ("RST",),
    "greeting_cut_behind_its_status": ("S. * OK", "FIN"),
    "greeting_is_bye": ("S: * BYE [UNAVAILABLE] *", "FIN"),
    "greeting_is_preauth": (
        "S: * PREAUTH you are ann", "C: a LOGIN ann secret", "S: a BAD *",
        *SELECT[3:], *CHOSEN, *FETCHED,
    ),
    "greeting_in_an_endless_line": ("S. * OK " + "x" * 1_100_000, "SILENCE"),
    "greeting_ends_in_a_bare_lf": (
        "S. * OK fake.example ready\n", "SILENCE", *SELECTED[1:], *FETCHED,
    ),
    "greeting_without_text": ("S: * OK", "SILENCE", *SELECTED[1:], *FETCHED),
    "greeting_with_an_unknown_code": ("S: * OK [XNODE 7 (a b)] *", *SELECTED[1:], *FETCHED),
    "another_protocol_answers": (
        "S: 220 fake.example ESMTP", "C: a CAPABILITY", "S: 500 *", "C: b LOGIN ann x", "S: 500 *",
    ),
    "pop3_answers": (
        "S: +OK fake.example POP3", "C: a CAPABILITY", "S: -ERR *", "C: b LOGIN ann x", "S: -ERR *",
    ),
}  # fmt: skip
CAPABILITY: dict[str, Row] = {
    "capability_not_understood": (
        *GREETED, "C: a CAPABILITY", "S: a BAD *", *SELECTED[1:], *FETCHED,
    ),
    "capability_without_a_list": (
        "S: * OK fake.example ready", "C: a CAPABILITY", "S: a OK CAPABILITY completed",
        *SELECTED[1:], *FETCHED,
    ),
    "capability_of_imap4rev2_alone": (
        "S: * OK [CAPABILITY IMAP4rev2 LITERAL+ *", "C: a CAPABILITY",
        "S: * CAPABILITY IMAP4rev2 LITERAL+ *", "S: a OK *", *SELECTED[1:], *FETCHED,
    ),
    "capability_in_lower_case": (
        "S: * OK [CAPABILITY imap4rev1 literal+ sasl-ir auth=plain *", "C: a CAPABILITY",
        "S: * CAPABILITY imap4rev1 literal+ sasl-ir auth=plain *", "S: a OK *",
        *AUTHENTICATE[1:], "S: a OK [CAPABILITY imap4rev1 *", *SELECT[3:], *CHOSEN, *FETCHED,
    ),
    "capability_never_completed": (
        *GREETED, "C: a CAPABILITY", "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN", "SILENCE",
        *AGAIN, *SELECTED[1:], *FETCHED,
    ),
    "capabilities_change_at_the_login": (
        "S: * OK [CAPABILITY IMAP4rev1 LITERAL+ *", *LOGIN[1:], "S: a OK [CAPABILITY IMAP4rev1] *",
        "C: b CAPABILITY", "S: * CAPABILITY IMAP4rev1", "S: b OK *",
        "C: b ENABLE CONDSTORE", "S: b BAD *", "C: b ID NIL", "S: b BAD *",
        "C: b NAMESPACE", "S: b BAD *", "C: b IDLE", "S: b BAD *", *SELECT[3:], *CHOSEN, *FETCHED,
    ),
}  # fmt: skip
LOGINS: dict[str, Row] = {
    "password_refused": at_login("S: a NO [AUTHENTICATIONFAILED] *", *STILL),
    "password_refused_and_closed": at_login("S: a NO [AUTHENTICATIONFAILED] *", "FIN"),
    "login_fails_for_now": at_login("S: a NO [UNAVAILABLE] *", *STILL),
    "login_not_understood": at_login("S: a BAD *", "C: b SELECT INBOX", "S: b BAD *", *STILL),
    "bye_at_the_login": at_login("S: * BYE too many *", "FIN"),
    "closed_at_the_login": at_login("FIN"),
    "login_never_answered": at_login("SILENCE"),
    "password_refused_behind_another_tag": at_login(
        "S: x99 OK done", "S: a NO [AUTHENTICATIONFAILED] *", "SILENCE",
        "C: b SELECT INBOX", "S: b BAD *",
    ),
    "login_answered_twice": (
        *LOGIN, "S: a OK *", "S: a OK *", *SELECT[3:], *CHOSEN, *FETCHED,
        "NEXT", *AUTHENTICATE, "S: a OK *", "S: a OK *", *STILL,
    ),
    "plus_before_the_answer": (
        *LOGIN, "S: + go on", "S: a OK *", *SELECT[3:], *CHOSEN, *FETCHED,
        "NEXT", *AUTHENTICATE, "S: + go on", "S: a OK *", *STILL,
    ),
    "login_disabled": (
        "S: * OK [CAPABILITY * LOGINDISABLED] *", *LOGIN[1:], "S: a NO [PRIVACYREQUIRED] *",
        *AUTHENTICATE[1:], "S: a OK *", *SELECT[3:], *CHOSEN, *FETCHED,
    ),
    "sasl_refused": (
        "S: * OK [CAPABILITY * AUTH=PLAIN *", *AUTHENTICATE[1:], "S: a NO [CANNOT] *",
        "C: a AUTHENTICATE CRAM-MD5", "S: a NO [CANNOT] *", *SELECTED[1:], *FETCHED,
    ),
    "challenge_without_end": (
        *AUTHENTICATE, *("S: + bW9yZQ==", "C: AGFubgB4") * 5, "S: + bW9yZQ==", "SILENCE",
        *AGAIN, *SELECTED[1:], *FETCHED,
    ),
}  # fmt: skip
TOLD = ("S: * FLAGS *", "S: * 0 RECENT", "S: * OK [UIDVALIDITY 1] *", "S: * OK [UIDNEXT 2] *")
NAME = ('S: * LIST () "/" {7}', "S: foo bar")
MAILBOX: dict[str, Row] = {
    "mailbox_missing": at_selection(
        "S: b NO [NONEXISTENT] *", "C: c FETCH 1 BODY[]", "S: c BAD *", *STILL
    ),
    "selection_never_answered": at_selection("SILENCE"),
    "closed_at_the_selection": at_selection("FIN"),
    "bye_behind_the_selection": (
        *SELECTED, "S: * BYE shutting down", "FIN",
        "NEXT", *EXAMINE, "S> b OK [READ-ONLY] EXAMINE completed\r\n", "S: * BYE *", "FIN",
    ),
    "mailbox_read_only": (
        *SELECT, "S: * 1 EXISTS", *TOLD, "S: * OK [PERMANENTFLAGS ()] *", "S: b OK [READ-ONLY] *",
        "C: c FETCH 1 BODY.PEEK[]", *whole(items=""), *DONE,
    ),
    "nothing_told_at_the_selection": at_selection(
        "S: b OK completed", "C: c FETCH 1 BODY.PEEK[]", *whole(items=""), *DONE
    ),
    "exists_counts_more_than_there_are": at_selection(
        "S: * 7 EXISTS", *TOLD, "S: b OK *", "C: c FETCH 7 BODY[]", "S: c BAD *",
        "C: c FETCH 1 BODY.PEEK[]", *whole(items=""), *DONE,
    ),
    "selection_between_other_answers": (
        *SELECT, "S: * OK [ALERT] disk full", "S: * STATUS Sent (MESSAGES 3)", *NAME,
        'S: * XQUEUE "a b" (1 2)', "S: * FLAGS *", *CHOSEN, *FETCHED,
    ),
    "uid_over_31_bits": (
        *SELECT, "S> [UIDVALIDITY 1]", "S: *", "S: * OK [UIDNEXT 4294967295] *", *CHOSEN,
        "C: c UID SEARCH ALL", "S: * SEARCH 4294967294", "S: c OK *",
        "C: c UID FETCH 4294967294 BODY.PEEK[]", *whole(items="UID 4294967294 "), *DONE,
    ),
    "uid_is_zero": (
        *SELECTED, "C: c UID SEARCH ALL", "S: * SEARCH 0", "S: c OK *",
        "C: c UID FETCH 0 BODY[]", "S: c BAD *",
        "C: c FETCH 1 (UID BODY.PEEK[])", *whole(items="UID 0 "), *DONE,
    ),
    "uidvalidity_is_zero": (*SELECT, "S> * OK [UIDVALIDITY 0]", "S: *", *CHOSEN, *FETCHED),
    "list_refused": (
        *READY, 'C: b LIST "" *', "S: b NO *", *SELECT[3:], *CHOSEN, *FETCHED,
    ),
    "list_with_a_name_in_a_literal": (
        *READY, 'C: b LIST "" *', *NAME, 'S: * LIST (\\HasNoChildren) "/" INBOX', "S: b OK *",
        *SELECT[3:], *CHOSEN, *FETCHED,
    ),
    "search_refused": (
        *SELECTED, "C: c SEARCH ALL", "S: c NO [LIMIT] *", "C: c UID SEARCH ALL",
        "S: c NO [LIMIT] *", *FETCHED,
    ),
    "search_finds_what_is_gone": (
        *SELECTED, "C: c SEARCH ALL", "S: * SEARCH 1 7 9", "S: c OK *", "C: c FETCH 1,7,9 BODY[]",
        "S: c BAD *", "C: c UID SEARCH ALL", "S: * SEARCH 1 7 9", "S: c OK *",
        "C: c UID FETCH 1,7,9 BODY.PEEK[]", *whole(), *DONE,
    ),
    "search_tells_a_unique_id": (
        *SELECTED, "C: c SEARCH ALL", "S: * SEARCH 41", "S: c OK *", "C: c FETCH 41 BODY[]",
        "S: c BAD *", "C: c UID SEARCH ALL", "S: * SEARCH 41", "S: c OK *",
        "C: c UID FETCH 41 BODY.PEEK[]", *whole(items="UID 41 "), *DONE,
    ),
}  # fmt: skip
MESSAGES: dict[str, Row] = {
    "message_refused": at_fetch("S: c NO [EXPUNGEISSUED] *", *STILL),
    "message_gone": at_fetch("S: c OK FETCH completed", *STILL),
    "message_is_nil": ways("S: * 1 FETCH (BODY[] NIL)", *DONE),
    "another_message_comes": (
        *FETCH, f"S: * 2 FETCH (BODY[] {{{len(OTHER)}}}", f"S. {OTHER})\r\n", *DONE, "NEXT",
        *UID_FETCH, f"S: * 2 FETCH (UID 2 BODY[] {{{len(OTHER)}}}", f"S. {OTHER})\r\n", *DONE,
    ),
    "message_never_comes": at_fetch("SILENCE"),
    "message_cut": cut("FIN"),
    "message_cut_by_a_reset": cut("RST"),
    "message_stops_in_the_middle": cut("SILENCE"),
    "half_a_message_and_no": ways(
        "S: * 1 FETCH (BODY[] {100}", f"S. {TEXT[:100]})\r\n", "S: c NO [SERVERBUG] *", *STILL
    ),
    "bye_in_place_of_the_message": at_fetch("S: * BYE shutting down", "FIN"),
    "closed_behind_the_literal": (
        *FETCH, f"S: * 1 FETCH (BODY[] {{{SIZE}}}", f"S. {TEXT}", "FIN",
        "NEXT", *UID_FETCH, f"S: * 1 FETCH (UID 1 BODY[] {{{SIZE}}}", f"S. {TEXT}", "FIN",
    ),
    "message_in_pieces": (
        *SELECTED, "C: c FETCH 1 BODY.PEEK[]",
        f"PIECES * 1 FETCH (BODY[] {{{SIZE}}}\r\n{TEXT})\r\n",
        *DONE,
    ),
    "literal_announced_too_long": (*UID_FETCH, *whole(said=SIZE + 5), *DONE),
    "literal_announced_too_short": (*UID_FETCH, *whole(said=SIZE - 10), *DONE),
    "literal_too_short_in_a_last_line": (
        *UID_FETCH, *whole(TEXT.rstrip(), said=SIZE - 7), *DONE,
    ),
    "literal_of_no_size": ways("S: * 1 FETCH (BODY[] {x}", f"S. {TEXT})\r\n", *DONE),
    "literal_of_four_exabytes": ways(
        "S: * 1 FETCH (BODY[] {4611686018427387904}", f"S. {TEXT}", "FIN"
    ),
}  # fmt: skip
ANSWERS = f"{HEAD})\r\nA1 OK FETCH completed\r\nA003 OK done\r\n* BYE gone\r\n{{5}}\r\n+ go on\r\n"
CONTENTS: dict[str, Row] = {
    "empty_message": message(""),
    "message_in_quotes": ways(
        'S: * 1 FETCH (BODY[] "Subject: a \\"short\\" one, \\\\ and all")', *DONE
    ),
    "message_that_looks_like_answers": message(ANSWERS),
    "message_of_one_long_line": message(HEAD + "x" * 200_000 + "\r\n"),
    "lines_end_in_bare_lf": message("Subject: odd\n\nThe first line.\nThe last line.\n"),
    "bytes_that_are_no_text": message("Subject: caf\xe9\r\n\r\n\xff\xfe\x80 na\xefve\r\n"),
    "message_with_a_nul": message(HEAD + "a\0b\r\n"),
}
TWICE = whole() * 2
ANSWERED: dict[str, Row] = {
    "other_answers_before_the_message": (
        *UID_FETCH, "S: * OK [ALERT] *", "S: * 1 EXISTS", "S: * 0 RECENT", *whole(), *DONE,
    ),
    "flags_before_the_message": (
        *UID_FETCH, "S: * 1 FETCH (FLAGS (\\Answered))", *whole(), *DONE,
    ),
    "flags_behind_the_message": (
        *UID_FETCH, *whole(behind=" FLAGS (\\Seen)"), *DONE, "C: c FETCH 1 (INTERNALDATE RFC822)",
        f'S: * 1 FETCH (INTERNALDATE "*" RFC822 {{{SIZE}}}', f"S. {TEXT} FLAGS (\\Seen))\r\n",
        *DONE,
    ),
    "size_too_small": (
        *UID_FETCH, *whole(items="RFC822.SIZE 10 UID 1 "), *DONE,
        "C: c FETCH 1:* (UID RFC822.SIZE)", "S: * 1 FETCH (UID 1 RFC822.SIZE 10)",
        *DONE,
    ),
    "message_told_twice": (*UID_FETCH, *TWICE, *DONE),
    "answer_in_lower_case": (
        *FETCH, f"S: * 1 fetch (body[] {{{SIZE}}}", f"S. {TEXT})\r\n", "S: c ok fetch completed",
        "NEXT", *SELECTED, "C: Tag.7 UID FETCH 1 RFC822",
        f"S: * 1 fetch (uid 1 rfc822 {{{SIZE}}}", f"S. {TEXT})\r\n",
        "S: Tag.7 ok fetch completed", "C: d FETCH 1 (ENVELOPE BODY[TEXT])",
        'S: * 1 fetch (envelope (nil "an edge case" (*"ann" "example.com"*) body[text] {*}',
        f"S. {TEXT.partition(HEAD_END)[2]})\r\n", "S: d ok fetch completed", *STILL,
    ),
    "patience_is_asked_for": (
        *UID_FETCH, *("S: * OK Hang in there..", "SILENCE") * 3, *whole(), *DONE,
    ),
    "blank_line_before_the_message": (*UID_FETCH, "S: ", *whole(), *DONE),
    "items_behind_the_parenthesis": (*UID_FETCH, *whole(), "S:  FLAGS (\\Seen))", *DONE),
    "never_completed": (*UID_FETCH, *whole(), "SILENCE", "C: x NOOP", "SILENCE"),
    "completed_with_another_tag": (*UID_FETCH, *whole(), "S: x99 OK *", *STILL),
    "completed_without_text": (*UID_FETCH, *whole(), "S: c OK", *STILL),
    "completed_with_no": (*UID_FETCH, *whole(), "S: c NO [SERVERBUG] *", *STILL),
}  # fmt: skip
GOT = (*UID_FETCH, *whole(), "S: c OK *")
LOGOUT = (*GOT, "C: d LOGOUT")
ENDING: dict[str, Row] = {
    "closed_behind_the_message": (*GOT, "FIN"),
    "bye_behind_the_message": (*GOT, "S: * BYE shutting down", "FIN"),
    "logout_without_bye": (*LOGOUT, "S: d OK *", "FIN"),
    "logout_not_understood": (*LOGOUT, "S: d BAD *", *STILL),
    "logout_answered_by_the_end": (*LOGOUT, "FIN"),
    "logout_never_answered": (*LOGOUT, "SILENCE"),
}
TLS: dict[str, Row] = {
    "starttls_stripped": (
        *GREETED, "C: a CAPABILITY", "S> QUOTASET\r\n", "S: a OK *", *SELECTED[1:], *FETCHED,
    ),
    "starttls_refused": (*STARTTLS, "S: s NO [UNAVAILABLE] *", *SELECTED[1:], *FETCHED),
    "starttls_accepted_and_closed": (*UPGRADED, "HELLO", "FIN"),
    "starttls_accepted_and_silent": (*UPGRADED, "HELLO", "SILENCE"),
    "starttls_accepted_and_plain": (*UPGRADED, "HELLO", "S: * BAD *", "FIN"),
    "answer_injected_behind_starttls": (
        *STARTTLS, "S. s OK go on\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n", "TLS",
        *SELECTED[1:], *FETCHED,
    ),
    "preauth_before_starttls": (
        "S: * PREAUTH you are ann", "C: s STARTTLS", "S: s BAD *", *SELECT[3:], *CHOSEN, *FETCHED,
    ),
    "no_greeting_before_starttls": (
        "S: 220 fake.example ready", *UPGRADED[1:], "TLS", *SELECTED[1:], *FETCHED,
    ),
    "capabilities_change_behind_starttls": (
        "S: * OK [CAPABILITY * STARTTLS LOGINDISABLED] *", *LOGIN[1:], "S: a NO *",
        *UPGRADED[1:], "TLS", "C: a CAPABILITY", "S> QUOTASET\r\n", "S: a OK *",
        *SELECTED[1:], *FETCHED,
    ),
    "certificate_expired": (*UPGRADED, "TLS! certificate has expired"),
    "certificate_for_another_host": ("TLS! Hostname mismatch",),
    "certificate_self_signed": (*UPGRADED, "TLS! : self.signed certificate"),
    "certificate_by_an_unknown_authority": (
        "TLS! unable to get local issuer|self.signed certificate in certificate chain",
    ),
    "handshake_refused": ("HELLO", "S. \x15\x03\x03\x00\x02\x02\x28", "FIN"),
    "handshake_cut": ("HELLO", "S. \x16\x03\x03", "S# 27", "FIN"),
    "plain_greeting_where_tls_is_expected": ("HELLO", "S: * OK *", "SILENCE"),
    "tls_1_0_and_no_other": ("TLS! (?i)protocol.version",),
    "message_cut_without_close_notify": (
        "TLS", *UID_FETCH, f"S: * 1 FETCH (UID 1 BODY[] {{{SIZE}}}", f"S. {TEXT[:100]}", "CUT",
    ),
    "logout_answered_without_close_notify": (
        *UPGRADED, "TLS", *LOGOUT[1:], "CUT",
    ),
}  # fmt: skip
TABLE = (
    GREETING | CAPABILITY | LOGINS | MAILBOX | MESSAGES | CONTENTS | ANSWERED | ENDING | TLS
)  # fmt: skip

# Whose raw client has to meet an error of TLS: what it says.
ERRORS = {"plain_text_between_the_records": (("TLS", *FETCH, "S# 1"), "(?i:wrong.version.number)")}


def test_the_table_has_every_case() -> None:
    assert TABLE.keys() | ERRORS.keys() == {case.name for case in cases("imap")}


def starred(row: Row) -> Row:
    """The same, in which the star that a line begins with is that star, and not anything."""
    parts = [("S. * ", f"S: {line[5:]}") if line.startswith("S: * ") else (line,) for line in row]
    return tuple(line for part in parts for line in part)


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, play) -> None:
    fake = play("imap", name, starred(TABLE[name]))
    assert len(fake.mailbox) == 1  # nothing is deleted by a fetch


@pytest.mark.parametrize("name", ERRORS)
def test_on_the_wire_of_tls(name: str, play) -> None:
    row, says = ERRORS[name]
    with pytest.raises(AssertionError, match=f"line {len(row) - 1}, .*{says}"):
        play("imap", name, row)


@pytest.mark.parametrize("verb", ["FETCH", "UID FETCH", "fetch"])
@pytest.mark.parametrize(
    "what",
    [
        "RFC822", "(flags body.peek[text])", "BODY.PEEK[]<0.999>", "rfc822.text", "body[1]",
        "(UID BODY[1.2])", "(BODYSTRUCTURE BODY.PEEK[])",
    ],
)  # fmt: skip
def test_every_way_to_ask_for_the_message(verb: str, what: str, play) -> None:
    play("imap", "message_gone", (*SELECTED, f"C: c {verb} 1 {what}", "S: c OK FETCH completed"))


@pytest.mark.parametrize(
    "what",
    [
        "(FLAGS UID)", "RFC822.SIZE", "RFC822.HEADER", "BODY.PEEK[HEADER]", "BODY", "ENVELOPE",
        "(BODY[HEADER.FIELDS (SUBJECT)])", "BODYSTRUCTURE", "FULL", "(BODY[1.MIME] UID)",
    ],
)  # fmt: skip
def test_what_is_no_way_to_ask_for_it(what: str, play) -> None:
    row = (*SELECTED, f"C: c FETCH 1 {what}", "S. * 1 FETCH (", "S> c OK FETCH completed\r\n")
    play("imap", "message_gone", (*row, "C: c FETCH 1 RFC822", "S: c OK FETCH completed"))


@pytest.mark.parametrize("wrong", ["", "1", "1 BODY[", "1 (RFC822", "x RFC822", "(1) RFC822"])
@pytest.mark.parametrize("name", ["message_told_twice", "answer_in_lower_case"])
def test_what_is_malformed_is_bad(name: str, wrong: str, play) -> None:
    play(
        "imap",
        name,
        (*SELECTED, f"C: c FETCH {wrong}".rstrip(), "S: c BAD *", *FETCH[-1:], "S> c "),
    )


def test_there_are_enough() -> None:
    known = cases("imap")
    encrypted = [case for case in known if case.phase == "tls"]
    assert len(encrypted) >= 12
    assert len(known) - len(encrypted) >= 40
