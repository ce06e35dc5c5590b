"""Each case of FTP does on the wire what it says."""

import pytest

from fakefarm.catalogue import cases
from fakefarm.catalogue.content import CONTENT, FILES

TEXT = CONTENT.decode("latin-1")
SIZE = len(CONTENT)

GREETED = ("S: 220 fakefarm FTP",)
LOGIN = ("C: USER ann", "S: 331 *", "C: PASS secret", "S: 230 *")
TYPE = ("C: TYPE I", "S: 200 *")
READY = (*GREETED, *LOGIN, *TYPE)
AGAIN = ("NEXT", *READY)
KEPT_OUT = ("C: PWD", "S: 530 *")

ASKED = ("PASSIVE EPSV", "C: RETR file.bin")
BEGUN = (*ASKED, "S: 150 *")
CUT = (*BEGUN, f"DATA S. {TEXT[:100]}")
ALL = (f"DATA S. {TEXT}", "DATA FIN")
WHOLE = (*BEGUN, *ALL)
FETCHED = (*WHOLE, "S: 226 *")
BY_PASV = ("PASSIVE PASV", *FETCHED[1:])
IN_STEP = ("C: NOOP", "S: 200 *")

OFFERED = ("PASSIVE EPSV", "C: STOR upload.bin")
TAKEN = (*OFFERED, "S: 150 *")
SENT = (*TAKEN, f"DATA C. {TEXT}", "DATA END")
STORED = ("C: SIZE upload.bin", f"S: 213 {SIZE}")
REFUSED_PASSIVE = ("C: PASV", "S: 502 *", "C: EPSV", "S: 502 *")

# --- listings

TWELVE = {"NLST": "file.bin\r\nno", "LIST": "-rw-r--r--  ", "MLSD": "type=file;si"}
ROWS = {
    "NLST": "{}",
    "LIST": "-rw-r--r--   1 ftp      ftp            12 Nov 22  2025 {}",
    "MLSD": "type=file;size=12;modify=20251122183000; {}",
}
NATURAL = "".join(f"{name}\r\n" for name in FILES)


def each(*lines: str, said: dict[str, str] = TWELVE) -> tuple[str, ...]:
    """These lines for each command that lists; in them %s is what is ``said`` of it."""
    row: list[str] = []
    for verb, text in said.items():
        row += ["NEXT"] * bool(row)
        row += [*READY, "PASSIVE EPSV", f"C: {verb}", *(line.replace("%s", text) for line in lines)]
    return tuple(row)


def named(*names: str, end: str = "\r\n", last: str = "\r\n") -> tuple[str, ...]:
    """The folder has these names, and their lines these ends."""
    said = {verb: end.join(map(row.format, names)) + last for verb, row in ROWS.items()}
    return each("S: 150 *", "DATA S. %s", "DATA FIN", "S: 226 *", said=said)


def listed(verb: str, *lines: str) -> tuple[str, ...]:
    """What this command lists, line by line; a star is for anything."""
    data = (f"DATA S: {line}" for line in lines)
    return ("PASSIVE EPSV", f"C: {verb}", "S: 150 *", *data, "DATA FIN", "S: 226 *")


def in_style(line: str, *before: str, system: str = "UNIX*") -> tuple[str, ...]:
    """LIST in such lines, and no MLSD; NLST is as ever."""
    return styled(*before, *(line.replace("{}", name) for name in FILES), system=system)


def styled(*lines: str, system: str = "UNIX*", names: tuple[str, ...] = FILES) -> tuple[str, ...]:
    """The lines of LIST, and no MLSD; NLST has the names."""
    known = ("C: MLSD", "S: 500 *", "C: SYST", f"S: 215 {system}")
    return (*READY, *known, *listed("LIST", *lines), *listed("NLST", *sorted(names)))


def with_facts(line: str, *before: str) -> tuple[str, ...]:
    """MLSD in such lines, which are in no order, and LIST as ever."""
    rows = "|".join(line.replace("{}", name) for name in FILES)
    return (
        *READY, "C: OPTS MLST type;size;", "S: 200 *", "PASSIVE EPSV", "C: MLSD", "S: 150 *",
        *(f"DATA S: {each}" for each in before), f"DATA S| {rows}", "DATA FIN", "S: 226 *",
        *listed("LIST", *(f"-rw-r--r--   1 ftp *{SIZE} * {name}" for name in FILES)),
    )  # fmt: skip


# --- TLS

AUTH = (*GREETED, "C: AUTH TLS")
AGREED = (*AUTH, "S: 234 *")
SECURED = (*AGREED, "TLS", *LOGIN, *TYPE)
PROTECTED = ("C: PBSZ 0", "S: 200 *", "C: PROT P", "S: 200 *")


def insisting(command: str) -> tuple[str, ...]:
    """This command is not taken before PROT P, and it is behind it."""
    asked = ("PASSIVE EPSV", f"C: {command}")
    return (*SECURED, *asked, "S: 521 *", *PROTECTED, *asked, "S: 150 *")


def first_line(verb: str, line: str) -> tuple[str, ...]:
    """Nothing but this line comes by TLS, and no end of TLS."""
    return (*insisting(verb), "DATA TLS", f"DATA S: {line}", "DATA CUT", "S: 226 *")


TABLE: dict[str, tuple[str, ...]] = {
    # greeting
    "greeting_never_comes": ("SILENCE", "C: NOOP", "SILENCE"),
    "greeting_is_late": ("LATE 0.2", *READY, *FETCHED),
    "replies_in_pieces": (
        "PIECES 220 ", "S: *", "C: USER ann", "PIECES 331 ", "S: *", "C: PASS x", "PIECES 230 ",
        "S: *", "C: TYPE I", "PIECES 200 ", "S: *", "C: PASV", "PIECES 227 ", "S: *",
        *BEGUN, *ALL, "PIECES 226 ", "S: *", "C: NOOP", "S: 200 *",
    ),
    "closed_before_the_greeting": ("FIN",),
    "reset_before_the_greeting": ("RST",),
    "greeting_421": ("S: 421 Too many*", "FIN"),
    "greeting_120_before_the_220": ("S: 120 *", "S: 220 Ready.", *READY[1:], *FETCHED),
    "greeting_cut_in_its_code": ("S. 22", "FIN"),
    "greeting_of_many_lines": (
        "S: 220-*", "S: ", "S:  220 *", "S: 220-220 *", "S: 220 Ready.", *READY[1:], *FETCHED,
    ),
    "another_code_among_the_lines_of_the_greeting": (
        "S: 220-*", "S: 221 *", "S: 220 Ready.", *READY[1:], *FETCHED,
    ),
    "greeting_without_its_last_line": ("S: 220-*", "S: 220-*", "SILENCE"),
    "greeting_of_endless_lines": ("S. " + "220-x\r\n" * 20_000, "SILENCE"),
    "greeting_in_an_endless_line": ("S. 220 " + "x" * 100_000, "SILENCE"),
    "greeting_that_is_not_utf8": ("S: 220 Gr\xfc\xdf Gott.", *READY[1:], *FETCHED),
    "greeting_with_a_nul": ("S: 220 Ready\0 or not.", *READY[1:], *FETCHED),
    "another_protocol_answers": ("S: HTTP/1.1 400 *", "S: *", "S: ", "FIN"),
    # login
    "no_password_needed": (*GREETED, "C: USER ann", "S: 230 *", *TYPE, *FETCHED),
    "password_superfluous": (*GREETED, *LOGIN[:3], "S: 202 *", *TYPE, *FETCHED),
    "let_in_by_the_greeting": ("S: 230 *", *TYPE, *FETCHED, "NEXT", "S: 230 *", *LOGIN, *TYPE),
    "name_refused": (*GREETED, "C: USER ann", "S: 530 *", "C: PASS x", "S: 503 *", *KEPT_OUT),
    "password_refused": (*GREETED, *LOGIN[:3], "S: 530 *", *KEPT_OUT),
    "login_fails_for_now": (*GREETED, *LOGIN[:3], "S: 421 *", "FIN"),
    "account_wanted": (*GREETED, *LOGIN[:3], "S: 332 *", "C: ACCT x", "S: 530 *", *KEPT_OUT),
    "login_that_never_ends": (
        *GREETED, *LOGIN[:3], "S: 332 *", "C: ACCT x", "S: 333 *", "C: ACCT x", "S: 333 *",
        *KEPT_OUT,
    ),
    "closed_at_the_login": (*GREETED, *LOGIN[:3], "FIN"),
    "login_never_answered": (*GREETED, *LOGIN[:3], "SILENCE"),
    "message_of_the_day": (
        *GREETED, *LOGIN[:3], "S: 230-Welcome.", "S:  100 lines *", "S:  101 lines *",
        "S> \r\n 599 lines like this\r\n230 That is all.\r\n", *TYPE, *FETCHED,
    ),
    "name_answered_twice": (*GREETED, *LOGIN[:2], "S: 331 *", *LOGIN[2:], *TYPE, *FETCHED),
    "password_refused_behind_an_extra_reply": (
        *GREETED, *LOGIN[:2], "S: 230 *", "C: PASS x", "S: 530 *", *KEPT_OUT,
    ),
    # commands
    "server_that_knows_little": (
        *READY, "C: FEAT", "S: 500 *", "C: OPTS UTF8 ON", "S: 500 *", "C: CLNT me", "S: 500 *",
        "C: SIZE file.bin", "S: 500 *", "C: MDTM file.bin", "S: 500 *", "C: EPSV", "S: 500 *",
        "C: EPRT |1|127.0.0.1|51201|", "S: 500 *", "C: MLSD", "S: 500 *",
        "C: MLST file.bin", "S: 500 *", "C: REST 5", "S: 500 *",
        "C: PWD", "S: 257 *", "C: SYST", "S: 215 *", *BY_PASV,
    ),
    "size_not_told": (*READY, "C: SIZE file.bin", "S: 550 *", *FETCHED),
    "size_in_words": (*READY, "C: SIZE file.bin", "S: 213 rather large", *FETCHED),
    "folder_told_without_quotes": (*READY, "C: PWD", "S: 257 / is *", *FETCHED),
    "binary_refused": (
        *GREETED, *LOGIN, "C: TYPE I", "S: 504 *", *BEGUN,
        "DATA S. " + TEXT[:100].replace("\n", "\r\n"), "DATA S> end", "DATA FIN", "S: 226 *",
    ),
    "idle_for_too_long": (*GREETED, *LOGIN, "C: TYPE I", "S: 421 *", "FIN"),
    "reset_in_place_of_a_reply": (*READY, *ASKED, "RST"),
    # passive
    "epsv_unknown": (*READY, "C: EPSV", "S: 500 *", *BY_PASV),
    "pasv_unknown": (*READY, "C: PASV", "S: 502 *", *FETCHED),
    "no_passive_mode": (*READY, *REFUSED_PASSIVE, "C: STOR upload.bin", "S: 425 *"),
    "passive_reply_of_many_lines": (
        *READY, "C: PASV", "S: 227-Mind*", "S: 227 *(127,*", "C: EPSV", "S: 229-Mind*",
        "S: 229 *(|||*", *BY_PASV, *FETCHED,
    ),
    "passive_reply_in_words": (
        *READY, "C: PASV", "S: 227 *(host,port).", "C: EPSV", "S: 229 *(|||port|).",
    ),
    "passive_numbers_out_of_range": (
        *READY, "C: PASV", "S: 227 *(127,0,0,1,999,1).", "C: EPSV", "S: 229 *(|||1000000|).",
    ),
    "passive_port_0": (
        *READY, "C: PASV", "S: 227 *(127,0,0,1,0,0).", "C: EPSV", "S: 229 *(|||0|).",
    ),
    "passive_address_of_another_host": (
        *READY, "C: EPSV", "S: 500 *", "C: PASV", "S: 227 *(127,0,0,2,*).", *BY_PASV,
    ),
    "passive_port_closed": (
        *READY, "PASSIVE! EPSV", "C: RETR file.bin", "S: 150 *", "S: 425 *", "PASSIVE! PASV",
    ),
    "epsv_port_closed_and_pasv_works": (*READY, "PASSIVE! EPSV", *BY_PASV),
    "no_free_port_for_now": (
        *READY, "C: EPSV", "S: 425 *", "C: PASV", "S: 425 *", *FETCHED, *BY_PASV,
    ),
    "passive_never_answered": (*READY, "C: EPSV", "SILENCE", *AGAIN, "C: PASV", "SILENCE"),
    "no_data_connection": (*READY, *ASKED, "S: 425 *", "DATA SILENCE"),
    # download
    "no_such_file": (*READY, *ASKED, "S: 550 *", "DATA SILENCE"),
    "file_busy": (*READY, *ASKED, "S: 450 *", "DATA SILENCE"),
    "code_of_no_class": (*READY, *ASKED, "S: 999 *", "DATA SILENCE"),
    "retr_never_answered": (*READY, *ASKED, "SILENCE", "DATA SILENCE", *IN_STEP),
    "shut_down_at_retr": (*READY, *ASKED, "S: 421 *", "FIN"),
    "done_before_it_began": (*READY, *ASKED, "S: 226 *", "DATA SILENCE", *IN_STEP),
    "begun_by_125": (*READY, *ASKED, "S: 125 *", *ALL, "S: 226 *"),
    "a_200_before_the_150": (*READY, *ASKED, "S: 200 *", "S: 150 *", *ALL, "S: 226 *"),
    "download_never_begins": (*READY, *BEGUN, "DATA SILENCE", "SILENCE"),
    "download_stops_in_the_middle": (*READY, *CUT, "DATA SILENCE", "SILENCE"),
    "download_cut_and_426": (*READY, *CUT, "DATA FIN", "S: 426 *", *IN_STEP),
    "download_cut_and_226": (
        *READY, *CUT, "DATA FIN", "S: 226 *", "C: SIZE file.bin", f"S: 213 {SIZE}",
    ),
    "nothing_comes_and_226": (
        *READY, *BEGUN, "DATA FIN", "S: 226 *", "C: SIZE file.bin", f"S: 213 {SIZE}",
    ),
    "download_cut_by_a_reset": (*READY, *CUT, "DATA RST", "S: 426 *", *IN_STEP),
    "server_dies_in_the_middle": (*READY, *CUT, "DATA RST", "RST"),
    "shut_down_in_the_middle": (*READY, *CUT, "DATA FIN", "S: 421 *", "FIN"),
    "disk_error_behind_the_data": (*READY, *WHOLE, "S: 451 *", *IN_STEP),
    "completed_by_250": (*READY, *WHOLE, "S: 250 *", *IN_STEP),
    "completion_is_late": (*READY, *WHOLE, "LATE 0.2", "S: 226 *", *IN_STEP),
    "completion_before_the_data": (
        *READY, *BEGUN, "S: 226 *", "DATA LATE 0.2", *ALL, *IN_STEP,
    ),
    "completion_never_comes": (*READY, *WHOLE, "SILENCE", *IN_STEP),
    "completed_twice": (*READY, *WHOLE, "S: 226 *", "S: 226 *", *IN_STEP),
    "control_connection_gone_behind_the_data": (*READY, *WHOLE, "FIN"),
    "failure_reported_before_the_data": (*READY, *BEGUN, "S: 550 *", *ALL, "S: 226 *", *IN_STEP),
    "download_in_pieces": (*READY, *BEGUN, f"DATA PIECES {TEXT}", "DATA FIN", "S: 226 *"),
    "empty_file": (*READY, "C: SIZE file.bin", "S: 213 0", *BEGUN, "DATA FIN", "S: 226 *"),
    "size_told_too_small": (
        *READY, "C: SIZE file.bin", "S: 213 5", *ASKED, "S: 150 *(5 bytes).", *ALL, "S: 226 *",
    ),
    "size_told_too_large": (
        *READY, "C: SIZE file.bin", "S: 213 99999", *ASKED, "S: 150 *(99999 bytes).", *ALL,
        "S: 226 *",
    ),
    "download_cut_once": (
        *READY, *CUT, "DATA FIN", "S: 426 *", "C: REST 100", "S: 350 *", *BEGUN,
        f"DATA S. {TEXT[100:]}", "DATA FIN", "S: 226 *",
    ),
    "download_cut_once_and_rest_refused": (
        *READY, *CUT, "DATA FIN", "S: 426 *", "C: REST 100", "S: 502 *", *FETCHED,
    ),
    "download_cut_once_and_rest_ignored": (
        *READY, *CUT, "DATA FIN", "S: 426 *", "C: REST 100", "S: 350 *", *FETCHED,
    ),
    # upload
    "upload_refused": (*READY, *OFFERED, "S: 553 *", "DATA SILENCE"),
    "no_space_at_once": (*READY, *OFFERED, "S: 452 *", "DATA SILENCE"),
    "no_space_in_the_middle": (
        *READY, *TAKEN, f"DATA C. {TEXT}", "DATA FIN", "S: 552 *",
        "C: SIZE upload.bin", "S: 213 100",
    ),
    "no_space_behind_the_data": (*READY, *SENT, "S: 552 *", *IN_STEP),
    "disk_error_behind_the_upload": (*READY, *SENT, "S: 451 *", *IN_STEP),
    "stored_in_part_and_226": (
        *READY, *TAKEN, f"DATA C. {TEXT}", "DATA FIN", "S: 226 *",
        "C: SIZE upload.bin", "S: 213 100",
    ),
    "stored_before_it_was_sent": (
        *READY, *OFFERED, "S: 226 *", f"DATA C. {TEXT}", "DATA END", "DATA SILENCE",
        "C: SIZE upload.bin", "S: 550 *",
    ),
    "stor_never_answered": (*READY, *OFFERED, "SILENCE", "DATA SILENCE", *IN_STEP),
    "closed_at_stor": (*READY, *OFFERED, "FIN"),
    "upload_reset_in_the_middle": (
        *READY, *TAKEN, f"DATA C. {TEXT}", "DATA RST", "S: 426 *",
        "C: SIZE upload.bin", "S: 213 100",
    ),
    "server_dies_at_the_upload": (*READY, *TAKEN, f"DATA C. {TEXT}", "DATA RST", "RST"),
    "completion_of_the_upload_never_comes": (*READY, *SENT, "SILENCE", *IN_STEP, *STORED),
    "control_connection_gone_behind_the_upload": (*READY, *SENT, "FIN", *AGAIN, *STORED),
    "shut_down_behind_the_upload": (*READY, *SENT, "S: 421 *", "FIN", *AGAIN, *STORED),
    "completion_of_the_upload_is_late": (*READY, *SENT, "LATE 0.2", "S: 226 *", *STORED),
    "upload_begun_by_125_and_completed_by_250": (
        *READY, *OFFERED, "S: 125 *", *SENT[-2:], "S: 250 *", *STORED,
    ),
    "upload_read_slowly": (*READY, *SENT, "LATE 0.2", "S: 226 *", *STORED),
    "upload_completed_twice": (*READY, *SENT, "S: 226 *", "S: 226 *", *STORED),
    "success_and_failure_at_once": (*READY, *SENT, "S: 226 *", "S: 552 *", *STORED),
    # ending
    "closed_behind_the_226": (*READY, *SENT, "S: 226 *", "FIN", *AGAIN, *STORED),
    "quit_answered_by_the_end": (*READY, *SENT, "S: 226 *", *STORED, "C: QUIT", "FIN"),
    "quit_never_answered": (*READY, *SENT, "S: 226 *", *STORED, "C: QUIT", "SILENCE"),
    "quit_refused": (*READY, *SENT, "S: 226 *", *STORED, "C: QUIT", "S: 550 *", *IN_STEP),
    # listing
    "listing_refused": each("S: 530 *", "DATA SILENCE"),
    "empty_folder_refused": each("S: 450 *", "DATA SILENCE"),
    "empty_folder": each("S: 150 *", "DATA FIN", "S: 226 *"),
    "listing_never_answered": each("SILENCE", "DATA SILENCE"),
    "listing_stops_in_the_middle": each("S: 150 *", "DATA S. %s", "DATA SILENCE", "SILENCE"),
    "listing_cut_and_426": each("S: 150 *", "DATA S. %s", "DATA FIN", "S: 426 *"),
    "listing_cut_and_226": each("S: 150 *", "DATA S. %s", "DATA FIN", "S: 226 *"),
    "listing_cut_by_a_reset": each("S: 150 *", "DATA S. %s", "DATA RST", "S: 426 *"),
    "disk_error_behind_the_listing": each(
        "S: 150 *", "DATA S. %s", "DATA S> with space.txt\r\n", "DATA FIN", "S: 451 *", *IN_STEP
    ),
    "completion_of_the_listing_never_comes": each(
        "S: 150 *", "DATA S. %s", "DATA S> with space.txt\r\n", "DATA FIN", "SILENCE", *IN_STEP
    ),
    "listing_in_pieces": each(
        "S: 150 *", "DATA PIECES %s", "DATA S> with space.txt\r\n", "DATA FIN", "S: 226 *"
    ),
    "lines_end_in_bare_lf": named(*FILES, end="\n", last="\n"),
    "last_line_without_its_end": named(*FILES, last=""),
    "names_in_utf8": named("na\xc3\xafve caf\xc3\xa9.txt", *FILES),
    "name_that_is_not_utf8": named("caf\xe9.txt", *FILES),
    "names_that_look_like_facts": named("a=b.txt", "a;b.txt", "type=dir;x.txt", *FILES),
    "name_that_begins_with_a_space": named(" first.txt", *FILES),
    "name_of_9000_bytes": named("x" * 9000, *FILES),
    "names_with_their_folder": (*READY, *listed("NLST", *(f"./{name}" for name in FILES))),
    "nlst_unknown": (
        *READY, "C: NLST", "S: 502 *", *listed("LIST", *(f"-rw* {name}" for name in FILES)),
    ),
    "mlsd_offered_and_unknown": (
        *READY, "C: FEAT", "S> MLST type*;", "S> 211 End FEAT.\r\n", "C: MLSD", "S: 500 *",
        *listed("NLST", *FILES),
    ),
    "mlsd_never_answered": (
        *READY, "PASSIVE EPSV", "C: MLSD", "SILENCE", "DATA SILENCE", *listed("NLST", *FILES),
    ),
    # styles
    "listing_with_a_total": in_style(f"-rw-r--r--   1 ftp      ftp *{SIZE} * {{}}", "total *"),
    "listing_with_dots": in_style(
        f"-rw-r--r--   1 ftp      ftp *{SIZE} * {{}}", "drwx* .", "drwx* .."
    ),
    "listing_without_an_owner": in_style(f"-rw-r--r--   1 ftp          {SIZE} * {{}}"),
    "listing_with_iso_dates": in_style(f"-rw-r--r-- * {SIZE} 20*-*-* *:* {{}}"),
    "listing_in_german": in_style(f"-rw-r--r-- * {SIZE} *. * *:* {{}}"),
    "listing_with_a_link": styled(
        "-rw* file.bin", "lrwx* link -> file.bin", "-rw* notes.txt", "-rw* with space.txt",
        names=("link", *FILES),
    ),
    "listing_of_windows": in_style(f"*-*-*  *:*M * {SIZE} {{}}", system="Windows_NT"),
    "listing_of_vms": styled(
        "Directory *[FTP]", "", *(f"{name};1 *(RWED*)" for name in FILES), "", "Total of 3 *",
        system="VMS",
    ),
    "listing_in_eplf": in_style(f"+i*,m*,r,s{SIZE},\t{{}}"),
    "listing_of_os400": in_style(f"FTP  * {SIZE} */*/* *:*:* *STMF      {{}}", system="OS/400"),
    "listing_of_netware": in_style(f"- [RWCE-F--] ftp * {SIZE} * {{}}", system="NETWARE*"),
    "facts_in_odd_case": with_facts(f"typE=FILE;sizE={SIZE}; {{}}"),
    "unknown_facts": with_facts(
        f"media-type=*;charset=*;type=file;size={SIZE};x.fakefarm-mood=calm; {{}}"
    ),
    "facts_with_equals_signs": with_facts(f"type=file;size={SIZE};x.note=a=b=c; {{}}"),
    "no_facts": with_facts(" {}"),
    "facts_of_the_folder_itself": with_facts(
        f"type=file;size={SIZE}; {{}}", "type=cdir;* .", "type=pdir;* .."
    ),
    "facts_with_spaces": with_facts(f"type=file; size={SIZE}; {{}}"),
    "facts_without_the_last_semicolon": with_facts(f"type=file;size={SIZE} {{}}"),
    "no_space_before_the_name": with_facts(f"type=file;size={SIZE};{{}}"),
    # tls
    "auth_stripped": (
        *GREETED, "C: FEAT", "S: 211-*", "S:  EPRT", "S> 211 End FEAT.\r\n", "C: AUTH TLS",
        "S: 502 *", *LOGIN, *TYPE, *FETCHED,
    ),
    "auth_refused": (
        *GREETED, "C: FEAT", "S: 211-*", "S:  AUTH TLS", "S> 211 End FEAT.\r\n", "C: AUTH TLS",
        "S: 431 *", *LOGIN, *TYPE, *FETCHED,
    ),
    "auth_accepted_and_closed": (*AGREED, "HELLO", "FIN"),
    "auth_accepted_and_silent": (*AGREED, "HELLO", "SILENCE"),
    "auth_accepted_and_plain": (*AGREED, "HELLO", "S: 530 *", "FIN"),
    "reply_injected_behind_auth": (
        *AUTH, "S. 234 Go on.\r\n230 injected\r\n", *SECURED[3:], *FETCHED,
    ),
    "let_in_before_auth": (
        "S: 230 *", "C: PWD", "S: 257 *", "C: AUTH TLS", "S: 234 *", "TLS", *KEPT_OUT,
        *LOGIN, *TYPE, *FETCHED,
    ),
    "certificate_expired": (*AGREED, "TLS! certificate has expired"),
    "certificate_for_another_host": (*AGREED, "TLS! Hostname mismatch"),
    "certificate_self_signed": (*AGREED, "TLS! self.signed certificate"),
    "certificate_by_an_unknown_authority": (
        "TLS! unable to get local issuer|self.signed certificate in certificate chain",
    ),
    "handshake_cut": ("HELLO", "S. \x16\x03\x03", "S# 27", "FIN"),
    "plain_greeting_where_tls_is_expected": ("HELLO", "S: 220 *", "SILENCE"),
    "data_protection_refused": (*SECURED, "C: PBSZ 0", "S: 200 *", "C: PROT P", "S: 534 *", *SENT),
    "data_connection_without_tls": (*insisting("RETR file.bin"), *ALL, "S: 226 *"),
    "data_handshake_never_answered": (*insisting("RETR file.bin"), "DATA HELLO", "DATA SILENCE"),
    "data_handshake_refused": (
        *insisting("STOR upload.bin"), "DATA HELLO", "DATA S. \x15\x03\x03\x00\x02\x02\x28",
        "DATA FIN", "S: 522 *",
    ),
    "data_connection_has_to_resume_the_session": (
        *SECURED, *PROTECTED, *BEGUN, "DATA TLS", "DATA FIN", "S: 522 *",
    ),
    "download_cut_without_close_notify": (
        *insisting("RETR file.bin"), "DATA TLS", f"DATA S. {TEXT[:100]}", "DATA CUT", "S: 226 *",
    ),
    "listing_cut_without_close_notify": (
        *first_line("NLST", "file.bin"), "NEXT", *first_line("LIST", "-rw* file.bin"),
        "NEXT", *first_line("MLSD", "type=file;* file.bin"),
    ),
    "download_without_close_notify": (
        *insisting("RETR file.bin"), "DATA TLS", f"DATA S. {TEXT}", "DATA CUT", "S: 226 *",
    ),
    "upload_without_close_notify": (
        *SECURED, *PROTECTED, *TAKEN, "DATA TLS", f"DATA C. {TEXT}", "DATA END", "DATA CUT",
        "S: 226 *", *STORED,
    ),
}  # fmt: skip


def test_the_table_has_every_case() -> None:
    assert set(TABLE) == {case.name for case in cases("ftp")}


@pytest.mark.parametrize("name", TABLE)
def test_on_the_wire(name: str, play) -> None:
    play("ftp", name, TABLE[name])


def test_there_are_enough() -> None:
    known = cases("ftp")
    assert {case.operation for case in known} == {"download", "upload", "list"}
    assert len([case for case in known if case.phase != "tls"]) >= 62
    assert len([case for case in known if case.phase == "tls"]) >= 10
