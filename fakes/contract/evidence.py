"""What the fake saw: whether a client that says "done" has done it, and how often.

The judge asks three things of each operation: how often it was done (None where it leaves no trace
at the server), what the client has to bring back (None where it brings nothing), and how what it
brought reads.
"""

from __future__ import annotations

import ipaddress
import operator
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from ..catalogue.content import ADDRESS, CONTENT, FILES, MESSAGE, MESSAGE_ID, NAME
from .printed import Printed

NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Evidence:
    """How one operation is judged."""

    done: Callable[[Any], int] | None = None  # of the fake: how often what was sent arrived whole
    wants: Any = None  # what the client brings back
    reads: Callable[[Any], Any] = lambda value: value
    same: Callable[[Any, Any], Any] = operator.eq  # what it read, and what it has to be


def as_bytes(value: Any) -> bytes:
    """What a client fetched: bytes, text, a path, or lines of bytes. TypeError for another."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, os.PathLike):
        return Path(value).read_bytes()
    raise TypeError(
        f"{value!r}: an operation that fetches returns bytes, str or the path of a file"
    )


def as_message(value: Any) -> bytes:
    """The one message that a client fetched, whatever ends its lines; of a list, the only one."""
    if isinstance(value, Message):
        value = value.as_bytes()
    elif isinstance(value, (list, tuple)):
        value = value[0] if len(value) == 1 else b"\n".join(map(as_bytes, value))
        return as_message(value)
    return b"\n".join(as_bytes(value).splitlines()).strip(b"\n")


def as_names(value: Any) -> list[str]:
    """Names of files, without what stands before the last slash. Those of the folder itself and the
    one above it are passed over. A letter that is not ASCII is a question mark: how one that is no
    UTF-8 is brought back differs, and that it is one letter does not."""
    if isinstance(value, (bytes, str)):
        value = _text(value).splitlines()
    if not isinstance(value, Iterable):
        raise TypeError(f"{value!r}: an operation that lists returns names")
    names = (_text(name).rpartition("/")[2] for name in value)
    return sorted(NOT_ASCII.sub("?", name) for name in names if name not in (".", ".."))


def as_addresses(value: Any) -> list[str]:
    """IPv4 addresses. What stands among them is passed over: IPv6 addresses, and the aliases that
    lead to them, as ``dig +short`` writes them."""
    words = {word for line in _lines(value) for word in line.split()}
    return sorted(word for word in words if _version(word) == 4)


def as_hosts(value: Any) -> list[str]:
    """Names of hosts, one a line. Case means nothing (RFC 4343), nor do escapes (RFC 1035 section
    5.1). Addresses are no names, and those of a reverse zone lead on to others (RFC 2317)."""
    lines = [line.strip() for line in _lines(value)]
    names = {_unescaped(line).rstrip(".").lower() for line in lines if len(line.split()) == 1}
    aliases = (".in-addr.arpa", ".ip6.arpa")
    return sorted(n for n in names if n and not n.endswith(aliases) and not _version(n))


def _lines(value: Any) -> list[str]:
    """What an operation that looks up returned; of the output of a program all but its comments."""
    if isinstance(value, (bytes, str)):
        return [line for line in _text(value).splitlines() if not line.startswith(";")]
    if not isinstance(value, Iterable):
        raise TypeError(f"{value!r}: an operation that looks up returns addresses, or names")
    return [_text(each) for each in value]


def _text(value: Any) -> str:
    """A name, or the output of a program."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def is_value(got: Any, wants: Any) -> bool:
    """Whether it is the value of a call. A program, which has no types, writes it as text."""
    if isinstance(got, Printed):
        return got.says(wants)
    return bool(got == wants)


def _unescaped(name: str) -> str:
    def meant(escape: re.Match[str]) -> str:
        return chr(int(escape[1])) if len(escape[1]) == 3 else escape[1]

    return re.sub(r"\\(\d{3}|.)", meant, name)


def _version(word: str) -> int:
    """4 or 6; 0 for what is no address."""
    try:
        return ipaddress.ip_address(word).version
    except ValueError:
        return 0


def _sent(fake: Any) -> int:
    """How often the same recipient has it: a mailer may send to each on its own."""
    wanted = as_message(MESSAGE)
    same = [message for message in fake.outbox if wanted in as_message(message.content)]
    # Any message is good that came whole: a mailer may write its own headers, or all of it.
    whole = same or [message for message in fake.outbox if _is_whole(message.content)]
    counted = Counter(each for message in whole for each in set(message.recipients))
    return max(counted.values(), default=0)


def _is_whole(content: bytes) -> bool:
    """Whether a message has all of our text, however encoded, or is not ours but has something to
    say."""
    body = as_message(MESSAGE.partition(b"\r\n\r\n")[2])
    first = body.partition(b"\n")[0]
    message = message_from_bytes(content)
    texts = [as_message(part.get_payload(decode=True) or b"") for part in message.walk()]
    is_ours = MESSAGE_ID in str(message["Message-ID"]) or any(first in text for text in texts)
    return any(body in text for text in texts) or not (is_ours or not content.strip())


def _uploaded(fake: Any) -> int:
    complete = [upload for upload in fake.uploads if upload.complete]
    whole: int = sum(upload.content == CONTENT for upload in complete)
    # Else it may have come in parts, the later ones by REST or APPE.
    files = {upload.file for upload in complete if upload.offset and upload.file.is_file()}
    return whole or sum(file.read_bytes() == CONTENT for file in files)


def _posted(fake: Any) -> int:
    whole = [each for each in fake.requests if each.method == "POST" and each.body == CONTENT]
    return sum(not _was_refused(fake, each) for each in whole)


# The interim answers before an answer (RFC 9110 15.2), and the status of one by which nothing was
# done: what was sent has to be sent again, elsewhere, otherwise, or later.
REFUSED = re.compile(rb"(?:HTTP/1\.\d 1\d\d.*?\r\n\r\n)*HTTP/1\.\d (?:30[1278]|[4-9]\d\d)\b", re.S)


def _was_refused(fake: Any, request: Any) -> bool:
    """Whether a request was answered by a status that says that it was not done. One that was read
    and not answered was done, for all that a client knows."""
    answer = b"".join(
        event.data
        for event in fake.transcript
        if event.connection == request.connection
        and event.direction == "sent"
        and event.time >= request.time
    )
    return REFUSED.match(answer) is not None


def _called(fake: Any) -> int:
    # One that was answered with a fault was not done.
    return sum(call.method == "add" and call.fault is None for call in fake.calls)


EVIDENCE: dict[tuple[str, str], Evidence] = {
    ("smtp", "send"): Evidence(done=_sent),
    ("pop3", "fetch"): Evidence(wants=as_message(MESSAGE), reads=as_message),
    ("imap", "fetch"): Evidence(wants=as_message(MESSAGE), reads=as_message),
    ("ftp", "download"): Evidence(wants=CONTENT, reads=as_bytes),
    ("ftp", "upload"): Evidence(done=_uploaded),
    ("ftp", "list"): Evidence(wants=sorted(FILES), reads=as_names),
    ("dns", "resolve"): Evidence(wants=[ADDRESS], reads=as_addresses),
    # Of several names one is enough: it is a name of that address.
    ("dns", "reverse"): Evidence(
        wants=[NAME], reads=as_hosts, same=lambda got, wants: set(got) <= set(wants)
    ),
    ("http", "get"): Evidence(wants=CONTENT, reads=as_bytes),
    ("http", "post"): Evidence(done=_posted),
    ("xmlrpc", "call"): Evidence(done=_called, wants=5, same=is_value),
}
