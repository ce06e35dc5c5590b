"""The natural answers: what an authoritative server says to a message.

An answer is packed once. It is kept by the bytes of the question behind its id, until a record
changes.
"""

from __future__ import annotations

from . import commands
from .commands import RCODES, rcode_name
from .lookup import View
from .message import AA, CD, DO, MAX_MESSAGE, OPCODE, QR, RD, Message
from .question import Query, Question
from .transfer import transfer
from .zone import Zones

PLAIN_SIZE = 512  # bytes over UDP for who does not say EDNS (RFC 1035 section 4.2.1)
LARGEST_DATAGRAM = 65507  # bytes that an IPv4 datagram has room for
KEPT = 1024  # questions whose answers are kept,
KEPT_SIZE = 4096  # each of so many bytes at most

# What is asked for by no zone, but by its number alone (RFC 6895 section 3.1).
REJECTED = {
    commands.OPT: "FORMERR",
    commands.TYPES["TSIG"]: "FORMERR",
    commands.TYPES["TKEY"]: "FORMERR",
    commands.TYPES["MAILB"]: "NOTIMP",
    commands.TYPES["MAILA"]: "NOTIMP",
}


class Known:
    """A question, and the answers to it that are packed: the bytes behind the id, and a word on
    what they say."""

    __slots__ = ("answers", "question", "view")

    def __init__(self, question: Question, view: View) -> None:
        self.question = question
        self.view = view
        self.answers: dict[str, tuple[bytes, str]] = {}


class Engine:
    """Answers questions from zones."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self._kept: tuple[View, dict[bytes, Known]] = (zones.view, {})

    def read(self, packet: bytes) -> Known:
        """What a packet asks. The packet has two bytes at least."""
        view, kept = self._kept
        if view is not self.zones.view:
            view, kept = self._kept = self.zones.view, {}
        behind_id = packet[2:]
        known = kept.get(behind_id)
        if known is None:
            known = Known(Question(packet), view)
            if len(packet) <= PLAIN_SIZE and not known.question.problem:
                if len(kept) >= KEPT:
                    kept.clear()
                kept[behind_id] = known
        return known

    def answer(self, known: Known, query: Query) -> tuple[list[bytes], str]:
        """The messages that answer, and a word on what they say."""
        transport, id = query.transport, query.line[:2]
        packed = known.answers.get(transport)
        if packed is not None:
            return [id + packed[0]], packed[1]
        messages = answers(query, known.view)
        data = [message.pack(limit(query)) for message in messages]
        said = summary(messages)
        if len(data) == 1 and len(data[0]) <= KEPT_SIZE and query.question.code != commands.IXFR:
            known.answers[transport] = data[0][2:], said
        return [id + each[2:] for each in data], said


def limit(query: Query) -> int:
    """Bytes that an answer may have."""
    if query.transport == "tcp":
        return MAX_MESSAGE
    if query.edns is None:
        return PLAIN_SIZE
    return min(max(query.edns.size, PLAIN_SIZE), LARGEST_DATAGRAM)  # RFC 6891 section 6.2.5


def reply_to(query: Query, rcode: int = 0) -> Message:
    """An empty answer."""
    question = query.question
    message = Message(query.id, QR | question.flags & (OPCODE | RD | CD), rcode)
    if not question.problem:
        message.question, message.question_name = question.section, question.labels
    if question.edns is not None:
        message.edns = question.edns.flags & DO
    return message


def answers(query: Query, view: View) -> list[Message]:
    """The natural answer, in as many messages as it has."""
    question = query.question
    if question.problem:
        return [reply_to(query, RCODES["FORMERR"])]
    if question.opcode != commands.QUERY:
        return [reply_to(query, RCODES["NOTIMP"])]
    if question.version > 0:  # RFC 6891 section 6.1.3
        return [reply_to(query, RCODES["BADVERS"])]
    if question.qclass != commands.IN:
        return [reply_to(query, RCODES["REFUSED"])]
    if question.code in REJECTED:
        return [reply_to(query, RCODES[REJECTED[question.code]])]
    if question.code in (commands.AXFR, commands.IXFR):
        return transfer(query, view, reply_to)
    found = view.lookup(question.labels, question.code)
    message = reply_to(query, RCODES[found.rcode])
    message.flags |= AA if found.authoritative else 0
    message.answer, message.authority = found.answer, found.authority
    message.additional = found.additional
    return [message]


def summary(messages: list[Message]) -> str:
    """A word on what messages say."""
    count = sum(len(message.answer) for message in messages)
    several = f" in {len(messages)} messages" if len(messages) > 1 else ""
    return f"{rcode_name(messages[0].rcode)}, {count} answer{'' if count == 1 else 's'}{several}"
