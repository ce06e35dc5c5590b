"""Every style of listing, line by line, and what programs that read listings make of it."""

import re
import stat
from calendar import timegm
from pathlib import Path

import aioftp
import pytest

from fakefarm.ftp.listing import (
    DEFAULT_FACTS,
    FACTS_STYLES,
    KNOWN_FACTS,
    STYLES,
    Entry,
    format_facts,
    format_list,
    format_mlsd,
    format_names,
)
from fakefarm.ftp.listing_unix import HALF_YEAR

NOW = timegm((2026, 11, 22, 18, 30, 5))
OLD = timegm((2025, 3, 1, 9, 5, 7))
FOLDER, LINK = stat.S_IFDIR | 0o755, stat.S_IFLNK | 0o777
NOTES = Entry("notes.txt", size=1234, mtime=NOW, unique="1ga")
ENTRIES = [
    NOTES,
    Entry("what a long name.txt", size=70000, mtime=OLD, unique="1gb"),
    Entry("pub", size=4096, mtime=NOW, mode=FOLDER, links=3, unique="1gc"),
    Entry("now", size=9, mtime=NOW, mode=LINK, target="notes.txt", unique="1gd"),
]

# fmt: off
LISTS = {
    "unix": [
        "-rw-r--r--   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-total": [
        "total 84",
        "-rw-r--r--   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-dots": [
        "drwxr-xr-x   2 ftp      ftp          4096 Nov 22 18:30 .",
        "drwxr-xr-x   2 ftp      ftp          4096 Nov 22 18:30 ..",
        "-rw-r--r--   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-numeric": [
        "-rw-r--r--   1 14       50           1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 14       50          70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 14       50           4096 Nov 22 18:30 pub",
        "lrwxrwxrwx   1 14       50              9 Nov 22 18:30 now -> notes.txt"],
    "unix-no-group": [
        "-rw-r--r--   1 ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx   1 ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-no-owner": [
        "-rw-r--r--   1 ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx   1 ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-no-links": [
        "-rw-r--r-- ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r-- ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-bare": [
        "-rw-r--r--     1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--    70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x     4096 Nov 22 18:30 pub",
        "lrwxrwxrwx        9 Nov 22 18:30 now -> notes.txt"],
    "unix-year": [
        "-rw-r--r--   1 ftp      ftp          1234 Nov 22  2026 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 Nov 22  2026 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 Nov 22  2026 now -> notes.txt"],
    "unix-iso": [
        "-rw-r--r--   1 ftp      ftp          1234 2026-11-22 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 2025-03-01 09:05 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 2026-11-22 18:30 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 2026-11-22 18:30 now -> notes.txt"],
    "unix-full-time": [
        "-rw-r--r--   1 ftp      ftp          1234 2026-11-22 18:30:05.000000000 +0000 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 2025-03-01 09:05:07.000000000 +0000 "
        "what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 2026-11-22 18:30:05.000000000 +0000 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 2026-11-22 18:30:05.000000000 +0000 "
        "now -> notes.txt"],
    "unix-day-first": [
        "-rw-r--r--   1 ftp      ftp          1234 22 Nov 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000  1 Mar  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 22 Nov 18:30 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 22 Nov 18:30 now -> notes.txt"],
    "unix-german": [
        "-rw-r--r--   1 ftp      ftp          1234 22. Nov 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000  1. Mär  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 22. Nov 18:30 pub",
        "lrwxrwxrwx   1 ftp      ftp             9 22. Nov 18:30 now -> notes.txt"],
    "unix-acl": [
        "-rw-r--r--+   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--+   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x+   3 ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx+   1 ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-attributes": [
        "-rw-r--r--@   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--@   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x@   3 ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx@   1 ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-selinux": [
        "-rw-r--r--.   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--.   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x.   3 ftp      ftp          4096 Nov 22 18:30 pub",
        "lrwxrwxrwx.   1 ftp      ftp             9 Nov 22 18:30 now -> notes.txt"],
    "unix-classified": [
        "-rw-r--r--   1 ftp      ftp          1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--   1 ftp      ftp         70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x   3 ftp      ftp          4096 Nov 22 18:30 pub/",
        "lrwxrwxrwx   1 ftp      ftp             9 Nov 22 18:30 now@"],
    "netware": [
        "- [RWCE-F--] ftp                        1234 Nov 22 18:30 notes.txt",
        "- [RWCE-F--] ftp                       70000 Mar  1  2025 what a long name.txt",
        "d [RWCEAFMS] ftp                        4096 Nov 22 18:30 pub",
        "- [RWCE-F--] ftp                           9 Nov 22 18:30 now"],
    "mac": [
        "-rw-r--r--           0     1234     1234 Nov 22 18:30 notes.txt",
        "-rw-r--r--           0    70000    70000 Mar  1  2025 what a long name.txt",
        "drwxr-xr-x               folder        3 Nov 22 18:30 pub",
        "lrwxrwxrwx           0        9        9 Nov 22 18:30 now"],
    "windows": [
        "11-22-26  06:30PM                 1234 notes.txt",
        "03-01-25  09:05AM                70000 what a long name.txt",
        "11-22-26  06:30PM       <DIR>          pub",
        "11-22-26  06:30PM                    9 now"],
    "windows-long-year": [
        "11-22-2026  06:30PM                 1234 notes.txt",
        "03-01-2025  09:05AM                70000 what a long name.txt",
        "11-22-2026  06:30PM       <DIR>          pub",
        "11-22-2026  06:30PM                    9 now"],
    "windows-24-hours": [
        "11-22-26  18:30                   1234 notes.txt",
        "03-01-25  09:05                  70000 what a long name.txt",
        "11-22-26  18:30         <DIR>          pub",
        "11-22-26  18:30                      9 now"],
    "windows-year-first": [
        "2026/11/22  18:30                   1234 notes.txt",
        "2025/03/01  09:05                  70000 what a long name.txt",
        "2026/11/22  18:30         <DIR>          pub",
        "2026/11/22  18:30                      9 now"],
    "windows-dir": [
        "11/22/2026  06:30 PM             1,234 notes.txt",
        "03/01/2025  09:05 AM            70,000 what a long name.txt",
        "11/22/2026  06:30 PM    <DIR>          pub",
        "11/22/2026  06:30 PM                 9 now"],
    "os2": [
        "              1234                 11-22-26   18:30  notes.txt",
        "             70000                 03-01-25   09:05  what a long name.txt",
        "              4096           DIR   11-22-26   18:30  pub",
        "                 9                 11-22-26   18:30  now"],
    "eplf": [
        "+i1ga,m1795372205,up644,r,s1234,\tnotes.txt",
        "+i1gb,m1740819907,up644,r,s70000,\twhat a long name.txt",
        "+i1gc,m1795372205,up755,/,\tpub",
        "+i1gd,m1795372205,up777,r,s9,\tnow"],
    "vms": [
        "Directory DISK$FAKE:[FTP]",
        "",
        "notes.txt;1               3  22-NOV-2026 18:30:05  [FTP]  (RWED,RWED,RE,)",
        "what a long name.txt;1",
        "                        137   1-MAR-2025 09:05:07  [FTP]  (RWED,RWED,RE,)",
        "pub.DIR;1                 8  22-NOV-2026 18:30:05  [FTP]  (RWED,RWED,RE,)",
        "now.;1                    1  22-NOV-2026 18:30:05  [FTP]  (RWED,RWED,RE,)",
        "",
        "Total of 4 files, 149 blocks."],
    "vms-multinet": [
        "DISK$FAKE:[FTP]",
        "",
        "notes.txt;1   3/3   22-NOV-2026 18:30:05   [FTP]   (RWED,RWED,,)",
        "what a long name.txt;1   137/138   1-MAR-2025 09:05:07   [FTP]   (RWED,RWED,,)",
        "pub.DIR;1   8/9   22-NOV-2026 18:30:05   [FTP]   (RWED,RWED,,)",
        "now;1   1/3   22-NOV-2026 18:30:05   [FTP]   (RWED,RWED,,)"],
    "os400": [
        "FTP             1234 11/22/26 18:30:05 *STMF      notes.txt",
        "FTP            70000 03/01/25 09:05:07 *STMF      what a long name.txt",
        "FTP             4096 11/22/26 18:30:05 *DIR       pub/",
        "FTP                9 11/22/26 18:30:05 *STMF      now"],
    "os400-year-first": [
        "FTP             1234 26/11/22 18:30:05 *STMF      notes.txt",
        "FTP            70000 25/03/01 09:05:07 *STMF      what a long name.txt",
        "FTP             4096 26/11/22 18:30:05 *DIR       pub/",
        "FTP                9 26/11/22 18:30:05 *STMF      now"],
    "mvs": [
        "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname",
        "WORK01 3390   2026/11/22  1    1  FB      80  8000  PS   notes.txt",
        "WORK01 3390   2025/03/01  1    2  FB      80  8000  PS   what a long name.txt",
        "WORK01 3390   2026/11/22  1    1  FB      80  8000  PO   pub",
        "WORK01 3390   2026/11/22  1    1  FB      80  8000  PS   now"],
    "mvs-members": [
        " Name     VV.MM   Created       Changed      Size  Init   Mod   Id",
        " notes.txt  01.00 2026/11/22 2026/11/22 18:30    16    16     0 FTP",
        " what a long name.txt  01.00 2025/03/01 2025/03/01 09:05   875   875     0 FTP",
        " pub       01.00 2026/11/22 2026/11/22 18:30    52    52     0 FTP",
        " now       01.00 2026/11/22 2026/11/22 18:30     1     1     0 FTP"],
    "empty": [],
}

# Of notes.txt, and of the folder.
FACTS = {
    "standard": [
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc; pub"],
    "dots": [
        "type=cdir;modify=20261122183005;perm=cdeflmp;unique=1g1; .",
        "type=pdir;modify=20261122183005;perm=cdeflmp;unique=1g1; ..",
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc; pub"],
    "upper-case": [
        "TYPE=file;SIZE=1234;MODIFY=20261122183005;PERM=adfrw;UNIQUE=1ga; notes.txt",
        "TYPE=dir;MODIFY=20261122183005;PERM=cdeflmp;UNIQUE=1gc; pub"],
    "odd-case": [
        "typE=FILE;sizE=1234;modifY=20261122183005;perM=ADFRW;uniquE=1GA; notes.txt",
        "typE=DIR;modifY=20261122183005;perM=CDEFLMP;uniquE=1GC; pub"],
    "no-facts": [" notes.txt", " pub"],
    "no-type": [
        "size=1234;modify=20261122183005;perm=adfrw;unique=1ga; notes.txt",
        "modify=20261122183005;perm=cdeflmp;unique=1gc; pub"],
    "no-size": [
        "type=file;modify=20261122183005;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc; pub"],
    "no-modify": [
        "type=file;size=1234;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;perm=cdeflmp;unique=1gc; pub"],
    "unknown-facts": [
        "media-type=text/plain;charset=UTF-8;type=file;size=1234;modify=20261122183005;perm=adfrw;"
        "unique=1ga;x.fakefarm-mood=calm; notes.txt",
        "media-type=text/plain;charset=UTF-8;type=dir;modify=20261122183005;perm=cdeflmp;"
        "unique=1gc;x.fakefarm-mood=calm; pub"],
    "equals-signs": [
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga;x.note=a=b=c; notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc;x.note=a=b=c; pub"],
    "fractions": [
        "type=file;size=1234;modify=20261122183005.123;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;modify=20261122183005.123;perm=cdeflmp;unique=1gc; pub"],
    "unix-links": [
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc; pub"],
    "folder-sizes": [
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga; notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc;sizd=4096; pub"],
    "no-last-semicolon": [
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc pub"],
    "spaces": [
        "type=file; size=1234; modify=20261122183005; perm=adfrw; unique=1ga; notes.txt",
        "type=dir; modify=20261122183005; perm=cdeflmp; unique=1gc; pub"],
    "no-space": [
        "type=file;size=1234;modify=20261122183005;perm=adfrw;unique=1ga;notes.txt",
        "type=dir;modify=20261122183005;perm=cdeflmp;unique=1gc;pub"],
    "no-equals": ["type;size;modify;perm;unique; notes.txt", "type;modify;perm;unique; pub"],
    "empty-values": [
        "type=;size=;modify=;perm=;unique=; notes.txt", "type=;modify=;perm=;unique=; pub"],
    "empty": [],
}
# fmt: on


def sent(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


# --- the formats, exactly


def test_no_style_is_missing_here() -> None:
    assert list(LISTS) == list(STYLES)
    assert list(FACTS) == list(FACTS_STYLES)


@pytest.mark.parametrize("style", LISTS)
def test_list(style) -> None:
    assert format_list(style, ENTRIES, NOW) == sent(LISTS[style])


@pytest.mark.parametrize("style", FACTS)
def test_facts(style) -> None:
    assert format_mlsd(style, [ENTRIES[0], ENTRIES[2]]) == sent(FACTS[style])


def test_every_style_says_what_it_is() -> None:
    assert all(style.seen for style in [*STYLES.values(), *FACTS_STYLES.values()])


DOCUMENT = (Path(__file__).parents[2] / "docs" / "ftp_listings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("style", [*STYLES, *FACTS_STYLES])
def test_the_document_shows_it(style) -> None:
    """docs/ftp_listings.md has a row for every style, with the line of notes.txt."""
    if style in STYLES:
        listed, seen = format_list(style, [NOTES], NOW).decode(), STYLES[style].seen
    else:
        listed = format_facts(style, NOTES, ["type", "size", "modify"]).decode()
        seen = FACTS_STYLES[style].seen
    [line] = [row for row in listed.splitlines() if "notes.txt" in row] or [""]
    shown = f"`{line.strip() if style in STYLES else line}` ".replace("\t", "<TAB>")
    assert f"| `{style}` | {shown if style != 'empty' else ''}| {seen} |\n" in DOCUMENT


def test_facts_that_were_asked_for_come_in_their_order() -> None:
    asked = ["UNIX.mode", "x.unheard-of", "Size"]
    assert format_facts("standard", NOTES, asked) == b"UNIX.mode=0644;Size=1234; notes.txt"
    assert format_facts("standard", NOTES, []) == b" notes.txt"


def test_every_fact() -> None:
    told = format_facts("standard", NOTES, KNOWN_FACTS).decode()
    assert [fact.partition("=")[0] for fact in told.split(";")[:-1]] == list(KNOWN_FACTS)
    assert set(DEFAULT_FACTS) < set(KNOWN_FACTS)


def test_a_link_as_a_type_of_its_own() -> None:
    told = format_facts("unix-links", ENTRIES[3], ["type", "size"])
    assert told == b"type=OS.unix=slink:notes.txt;size=9; now"


def test_names_alone() -> None:
    assert format_names(ENTRIES) == b"notes.txt\r\nwhat a long name.txt\r\npub\r\nnow\r\n"


@pytest.mark.parametrize("function", [format_list, format_mlsd])
def test_an_unknown_style(function) -> None:
    with pytest.raises(ValueError, match=r"_style = 'emty': did you mean 'empty'"):
        function("emty", ENTRIES, NOW)


# --- the moments that matter


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (0, "Nov 22 18:30"),
        (HALF_YEAR - 1, "May 24 03:35"),
        (HALF_YEAR, "May 24  2026"),
        (-60, "Nov 22  2026"),  # the clocks differ: GNU ls shows the year
        (10 * HALF_YEAR, "Nov 22  2021"),
    ],
)
def test_both_sides_of_the_half_year(age, shown) -> None:
    assert f" {shown} x\r\n".encode() in format_list("unix", [Entry("x", mtime=NOW - age)], NOW)


@pytest.mark.parametrize(
    ("hour", "shown"), [(0, "12:05AM"), (1, "01:05AM"), (12, "12:05PM"), (23, "11:05PM")]
)
def test_twelve_hours(hour, shown) -> None:
    entry = Entry("x", mtime=timegm((2026, 1, 2, hour, 5, 0)))
    assert format_list("windows", [entry], NOW).startswith(b"01-02-26  " + shown.encode())


@pytest.mark.parametrize("mtime", [-1e30, -1e11, -1, 0, 1e11, 1e30])
@pytest.mark.parametrize("style", STYLES)
def test_a_time_that_no_calendar_has(style, mtime) -> None:
    entry = Entry("file.txt", mtime=mtime)
    assert (b"file.txt" in format_list(style, [entry], NOW)) == (style != "empty")
    assert re.search(rb"modify=\d{14};", format_facts("standard", entry))


# --- the names that matter


@pytest.mark.parametrize(
    "name", [" leading", "a=b;c", "tab\there", "ümlaut", "\udcff\udcfe", "a -> b"]
)
@pytest.mark.parametrize("style", [*STYLES, *FACTS_STYLES])
def test_names_are_sent_as_they_are(style, name) -> None:
    if style in STYLES:
        listed = format_list(style, [Entry(name, mtime=NOW)], NOW)
    else:
        listed = format_mlsd(style, [Entry(name, mtime=NOW)])
    assert (name.encode("utf-8", "surrogateescape") in listed) == (style != "empty")


# --- entries of real files


def test_the_entry_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345")
    path.chmod(0o4750)
    entry = Entry.of(path)
    assert (entry.name, entry.size, entry.mtime) == ("a.txt", 5, path.stat().st_mtime)
    assert (entry.owner, entry.group, entry.links) == ("ftp", "ftp", 1)
    assert format_list("unix", [entry], NOW).startswith(b"-rwsr-x---   1 ftp      ftp  ")


def test_two_names_of_one_file_are_unique_alike(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    (tmp_path / "c").touch()
    a, b, c = (Entry.of(tmp_path / name) for name in "abc")
    assert a.unique == b.unique != c.unique
    assert a.links == 2


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("notes.txt", "notes.txt"),
        ("../notes.txt", "../notes.txt"),
        ("{root}/pub/notes.txt", "/pub/notes.txt"),
        ("{root}", "/"),
        ("/outside/of/it", "/outside/of/it"),
    ],
)
def test_the_target_of_a_link(tmp_path: Path, target, told) -> None:
    """An absolute one is told as FTP has it, or it would tell where the root is."""
    link = tmp_path / "link"
    link.symlink_to(target.format(root=tmp_path))
    entry = Entry.of(link, tmp_path)
    assert (entry.is_link, entry.target, entry.size) == (True, told, len(told))


def test_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    entry = Entry.of(tmp_path / "link", follow=True)
    assert (entry.name, entry.is_folder, entry.is_link) == ("link", True, False)
    (tmp_path / "folder").rmdir()
    with pytest.raises(FileNotFoundError):
        Entry.of(tmp_path / "link", follow=True)


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="there is no /dev/null")
def test_a_device() -> None:
    listed = format_list("unix", [Entry.of("/dev/null")], NOW)
    assert re.fullmatch(rb"crw-rw-rw-   1 ftp      ftp +\d+, +\d+ .{12} null\r\n", listed)


# --- aioftp's parsers

AIOFTP_UNIX = ["unix", "unix-numeric", "unix-year"]
AIOFTP_FAILS = ["unix-no-group", "unix-iso", "unix-day-first", "unix-acl", "windows", "eplf", "vms"]


def parsed(style: str) -> list[tuple[str, dict[str, str]]]:
    client = aioftp.Client()
    lines = format_list(style, ENTRIES[:3], NOW).splitlines(keepends=True)
    return [(str(path), dict(info)) for path, info in map(client.parse_list_line, lines)]


@pytest.mark.parametrize("style", [*AIOFTP_UNIX, "windows-dir"])
def test_aioftp_understands(style) -> None:
    files = parsed(style)
    assert [name for name, _ in files] == ["notes.txt", "what a long name.txt", "pub"]
    assert [info["type"] for _, info in files] == ["file", "file", "dir"]
    assert [info["size"] for _, info in files[:2]] == ["1234", "70000"]
    assert files[1][1]["modify"][:8] == "20250301"


@pytest.mark.parametrize("style", AIOFTP_FAILS)
def test_aioftp_does_not_understand(style) -> None:
    with pytest.raises(ValueError, match="parse"):
        parsed(style)


# Of notes.txt: it takes what is before the first space for facts, right or wrong.
AIOFTP_FACTS = {
    "odd-case": ("notes.txt", {"type": "FILE", "size": "1234"}),
    "no-facts": ("notes.txt", {"": ""}),
    "no-type": ("notes.txt", {"size": "1234"}),
    "no-size": ("notes.txt", {"type": "file"}),
    "no-last-semicolon": ("notes.txt", {"type": "file", "size": "123"}),
    "spaces": ("size=1234; notes.txt", {"type": "file"}),
    "no-space": (".", {"type": "file", "size": "1234", "notes.tx": ""}),
    "no-equals": ("notes.txt", {"type": "", "size": ""}),
    "empty-values": ("notes.txt", {"type": "", "size": ""}),
}
EXTRA = {"media-type", "charset", "x.fakefarm-mood", "x.note"}


@pytest.mark.parametrize("style", FACTS_STYLES)
def test_aioftp_and_facts(style) -> None:
    line = format_facts(style, NOTES, ["type", "size"]) + b"\r\n"
    path, facts = aioftp.Client().parse_mlsx_line(line)
    found = str(path), {fact: value for fact, value in facts.items() if fact not in EXTRA}
    assert found == AIOFTP_FACTS.get(style, ("notes.txt", {"type": "file", "size": "1234"}))


# --- on the fake


@pytest.mark.parametrize("setting", ["listing_style", "facts_style"])
def test_a_style_is_checked_where_it_is_set(ftp, setting) -> None:
    with pytest.raises(ValueError, match=rf"{setting} = 'emty': did you mean 'empty'"):
        setattr(ftp, setting, "emty")


def test_reset_forgets_the_styles(ftp) -> None:
    ftp.listing_style, ftp.facts_style = "vms", "no-facts"
    ftp.reset()
    assert (ftp.listing_style, ftp.facts_style) == ("unix", "standard")
