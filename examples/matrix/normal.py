"""What differs from run to run, and what tells of this machine, taken out of a text."""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
from functools import cache
from pathlib import Path

from fakefarm._core.tls.certificates import authority

LONGEST = 4000  # characters of a transcript
PAUSE = 0.25  # seconds between two rows that are worth to be told

ROW = re.compile(r"^ *(\d+\.\d{4})  (#\d+  (?:<-|->|--) .*)$")

DATES = [
    r"\b[A-Z][a-z]{2} [ \d]\d",  # Nov 22
    r"\b\d{1,2}\. \w{3}",  # 22. Nov
    r"\b\d{4}-\d\d-\d\d",  # 2026-11-22
    r"\b\d\d[-/]\d\d[-/]\d\d",  # 11-22-26
    r"\b\d{1,2}-[A-Z]{3}-\d{4}",  # 22-NOV-2026
]
CLOCK = r"\d\d:\d\d(?::\d\d)?(?:[AP]M)?\b"

# In this order: a pattern, and what stands in its place.
CHANGING = [
    # The replies to PASV and EPSV, and the commands PORT and EPRT.
    (re.compile(r"\b(\d+,\d+,\d+,\d+),\d+,\d+"), r"\1,p,p"),
    (re.compile(r"(\|[12]?\|[^|\s]*\|)\d{4,5}\|"), r"\1PORT|"),
    (re.compile(r"\b(127\.0\.0\.1|localhost|\[?::1\]?)([:#]| port )\d{4,5}\b"), r"\1\2PORT"),
    (re.compile(r"(127\.0\.0\.1\W{1,4})\d{4,5}\b"), r"\1PORT"),
    (re.compile(r"\b(port[ =]+)\d{4,5}\b"), r"\1PORT"),
    (re.compile(r"0x[0-9a-f]{8,}"), "0x..."),
    # How long curl, and others, say that they waited.
    (re.compile(r"\b\d+ (milliseconds|ms)\b"), r"... \1"),
    (re.compile(r"\b(after|in) \d+\.\d+ (s|seconds)\b"), r"\1 ... \2"),
    # Where a rule was written is of no use to a reader.
    (re.compile(r" written at \S+:\d+ fired, time \d+"), " fired"),
    (re.compile(r"\b(\w{3}, \d\d \w{3} )\d{4} \d\d:\d\d:\d\d GMT"), "(date)"),
    # The challenges of APOP and CRAM-MD5, and what answers them.
    (re.compile(r"<\d+\.\d+\.\d+@"), "<...@"),
    (re.compile(r"(AUTH CRAM-MD5\n.*-> (?:\+|334) )\S+(\n.*<- )\S+"), r"\1...\2..."),
    # What wget says before each of its messages.
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "(time)"),
    # When the files were made that FTP lists, in each of its styles.
    (re.compile(r"\b(modify=|213 )\d{14}\b"), r"\1(time)"),
    (re.compile(r"(\+i\w+,m)\d+"), r"\1(time)"),
    (re.compile(f"(?:{'|'.join(DATES)}) +{CLOCK}"), "(time)"),
]


@cache
def own() -> list[tuple[re.Pattern[str], str]]:
    """What names this machine, its addresses and its folders, the longest first."""
    names = {socket.gethostname(), socket.getfqdn()} - {"", "localhost", "localhost.localdomain"}
    folders = {str(Path.home()), sys.prefix, sys.base_prefix, str(Path.cwd())} - {"/", "/usr"}
    known = dict.fromkeys(names, "client.example") | dict.fromkeys(folders, "FOLDER")
    known |= dict.fromkeys(addresses(), "192.0.2.1")
    return [(whole(word), known[word]) for word in sorted(known, key=len, reverse=True)]


def addresses() -> set[str]:
    """Those that clients say who they are with, but for 127.0.0.1, which tells of nobody."""
    try:
        return set(socket.gethostbyname_ex(socket.gethostname())[2]) - {"127.0.0.1"}
    except OSError:
        return set()


def whole(word: str) -> re.Pattern[str]:
    """Where it stands for itself, and not as a part of another word or name."""
    return re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)")


def text(said: str) -> str:
    """A message of a client, the same in each run."""
    said = said.replace(os.fspath(authority().pem_path), "CA.pem")
    temporary = re.escape(tempfile.gettempdir())
    said = re.sub(rf"{temporary}/fakefarm-\w+", "FOLDER", said)
    for pattern, instead in [*own(), *CHANGING]:
        said = pattern.sub(instead, said)
    return said


def page(transcript: str) -> str:
    """A transcript without times, but where something was waited for, and of LONGEST characters."""
    rows, before = [], None
    for row in text(transcript).splitlines():
        found = ROW.match(row)
        if found is None:
            rows.append(row[11:] if row.startswith(" " * 11) else row)
            continue
        now = float(found[1])
        if before is not None and now - before >= PAUSE:
            rows.append(f"    ({round(now - before, 1)} s later)")
        before = now
        rows.append(found[2])
    whole = "\n".join(rows)
    if len(whole) > LONGEST:
        whole = f"{whole[:LONGEST]}\n... {len(whole) - LONGEST:,} characters more"
    return whole
