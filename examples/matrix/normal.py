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
]


@cache
def own() -> list[tuple[str, str]]:
    """What names this machine and its folders, the longest first."""
    names = {socket.gethostname(), socket.getfqdn()} - {"", "localhost", "localhost.localdomain"}
    folders = {str(Path.home()), sys.prefix, sys.base_prefix, str(Path.cwd())} - {"/", "/usr"}
    known = [(name, "client.example") for name in names if len(name) > 3]
    known += [(folder, "FOLDER") for folder in folders]
    return sorted(known, key=lambda pair: -len(pair[0]))


def text(said: str) -> str:
    """A message of a client, the same in each run."""
    said = said.replace(os.fspath(authority().pem_path), "CA.pem")
    temporary = re.escape(tempfile.gettempdir())
    said = re.sub(rf"{temporary}/fakefarm-\w+", "FOLDER", said)
    for word, instead in own():
        said = said.replace(word, instead)
    for pattern, instead in CHANGING:
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
