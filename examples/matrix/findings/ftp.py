"""FTP."""

from __future__ import annotations

from .finding import Finding

FINDINGS = [
    Finding(
        "ftp",
        "ftplib",
        "lied",
        "download_cut_and_226 nothing_comes_and_226",
        "retrbinary() does not compare what came with SIZE: where the connection ends early and "
        "the server says 226, the part is taken for the whole.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "lied",
        "download_cut_and_226 nothing_comes_and_226",
        "download_stream() does not compare what came with SIZE: where the connection ends early "
        "and the server says 226, the part is taken for the whole.",
    ),
    Finding(
        "ftp",
        "wget",
        "lied",
        "download_cut_and_226 nothing_comes_and_226",
        "It does not go by SIZE: where the connection ends early and the server says 226, the part "
        "is taken for the whole. (curl does, and reports it.)",
    ),
    *(
        Finding(
            "ftp",
            client,
            "lied",
            "listing_cut_and_226",
            f"{what}: where it was cut, half a name is taken for a name, or names are missing.",
        )
        for client, what in [
            ("ftplib", "nlst() does not mind a last line without its end"),
            ("curl", "It does not mind a last line of a listing without its end"),
        ]
    ),
    Finding(
        "ftp",
        "aioftp",
        "lied",
        "listing_cut_and_226",
        "list() passes over a line of MLSD that it cannot read: where the listing was cut, names "
        "are missing, and that is not noticed.",
    ),
    *(
        Finding(
            "ftp",
            client,
            "lied",
            "stored_in_part_and_226",
            "It takes the 226 for it that all was stored, and does not ask for the SIZE.",
        )
        for client in ["ftplib", "aioftp", "curl"]
    ),
    *(
        Finding(
            "ftp",
            client,
            "failed",
            "greeting_120_before_the_220",
            f"{what} (RFC 959 section 5.4).",
        )
        for client, what in [
            (
                "ftplib",
                "It takes the 220 that follows a greeting of 120 for the reply to USER, and "
                "is out of step from then on",
            ),
            ("curl", "It does not wait for the 220 that follows a greeting of 120"),
            ("wget", "It does not wait for the 220 that follows a greeting of 120"),
        ]
    ),
    Finding(
        "ftp",
        "ftplib",
        "failed",
        "quit_refused",
        "The with statement raises where QUIT is refused, though the file is stored: who tries "
        "again sends it twice.",
    ),
    Finding(
        "ftp",
        "ftplib",
        "failed",
        "upload_without_close_notify",
        "storbinary() raises where the server ends the data connection of an upload without "
        "close_notify, as many do, though the file is stored and 226 says so.",
    ),
    Finding(
        "ftp",
        "ftplib",
        "crashed",
        "greeting_that_is_not_utf8 name_that_is_not_utf8",
        "A byte that is no UTF-8, in a reply or a name, raises UnicodeDecodeError, which is not in "
        "all_errors.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "crashed",
        "greeting_that_is_not_utf8 name_that_is_not_utf8",
        "A byte that is no UTF-8, in a reply or a name, raises UnicodeDecodeError, and not "
        "AIOFTPException.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "failed",
        "closed_behind_the_226 quit_answered_by_the_end quit_never_answered quit_refused",
        "context() raises where QUIT is not answered well, though the file is stored: who tries "
        "again sends it twice.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "failed",
        "password_superfluous",
        "login() takes a 202 to PASS, that it was superfluous, for a failure.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "crashed",
        "greeting_in_an_endless_line",
        "A reply line of more than 64 kB raises a ValueError of asyncio.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "crashed",
        "passive_reply_in_words passive_numbers_out_of_range",
        "The address in a passive reply is not checked: an IndexError or OverflowError comes out "
        "where it is none.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "crashed",
        "listing_with_a_total listing_without_an_owner listing_with_iso_dates listing_in_german "
        "listing_of_windows listing_of_vms listing_in_eplf listing_of_os400 listing_of_netware",
        "list() raises a ValueError for a listing that its parsers do not know, which are those "
        "of most Unix servers only; one line that is no file, such as a total, is enough.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "crashed",
        "no_facts",
        "list() raises a KeyError where MLSD tells no facts of a file.",
    ),
    Finding(
        "ftp",
        "aioftp",
        "lied",
        "facts_with_spaces no_space_before_the_name",
        "list() takes what stands behind the first space of an MLSD line for the name: facts get "
        "into names, or names are missing.",
    ),
    Finding(
        "ftp",
        "curl",
        "failed",
        "size_not_told",
        "It takes a 550 to SIZE for it that there is no such file, and does not try RETR.",
    ),
    Finding(
        "ftp",
        "curl",
        "lied",
        "size_told_too_small",
        "It brings back as many bytes as SIZE told, where the file has grown since, and says "
        "nothing of the rest.",
    ),
    Finding(
        "ftp",
        "curl",
        "lied",
        "listing_cut_without_close_notify",
        "It does not mind that a listing ends without close_notify, as an attacker can end it.",
    ),
    Finding(
        "ftp",
        "curl",
        "hung",
        "quit_never_answered",
        "--max-time does not hold for the reply to QUIT: with --max-time 3 it waits for two "
        "minutes, though the file is stored.",
    ),
]
