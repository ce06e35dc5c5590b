"""Zone transfers: AXFR (RFC 5936), and IXFR (RFC 1995) answered by all of the zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dnslib import RR, DNSError

from . import names
from .commands import AXFR, RCODES, SOA
from .lookup import View
from .message import AA, Buffer, Message

if TYPE_CHECKING:
    from .question import Query

PORTION = 16384  # bytes of a message, about: as far as its pointers reach
OVERHEAD = 300  # bytes of header and question, at most


def transfer(query: Query, view: View, reply_to: Callable[[Query, int], Message]) -> list[Message]:
    """The messages of a transfer. Over UDP there is no AXFR (RFC 5936 section 4.2), and IXFR says
    the SOA, so that the client comes again over TCP (RFC 1995 section 2)."""
    question = query.question
    apex = names.key(question.labels)
    if query.transport == "udp" and question.code == AXFR:
        return [reply_to(query, RCODES["REFUSED"])]
    if apex not in view.apexes:
        return [reply_to(query, RCODES["NOTAUTH"])]  # RFC 5936 section 2.2.1
    soa = view.apexes[apex]
    held = [] if question.code == AXFR else _held(query)
    if question.code != AXFR and not held:
        return [reply_to(query, RCODES["FORMERR"])]  # RFC 1995 section 3: it says what it has
    if question.code != AXFR and (query.transport == "udp" or soa.rdata.times[0] in held):
        portions = [[soa]]
    else:
        portions = list(_portions([*view.contents(apex), soa]))
    messages: list[Message] = []
    for portion in portions:
        message = reply_to(query, 0)
        message.flags |= AA
        message.answer = portion
        if messages:  # the first one has it, RFC 5936 section 2.2.1
            message.question, message.question_name = b"", None
        messages.append(message)
    return messages


def _held(query: Query) -> list[int]:
    """The serial that the client has (RFC 1995 section 3); none if it does not say."""
    try:
        return [rr.rdata.times[0] for rr in query.message.auth if rr.rtype == SOA]
    except DNSError:
        return []


def _portions(records: list[RR]) -> Iterator[list[RR]]:
    portion: list[RR] = []
    size = OVERHEAD
    for rr in records:
        buffer = Buffer()
        buffer.add(rr)
        if portion and size + len(buffer.data) > PORTION:
            yield portion
            portion, size = [], OVERHEAD
        portion.append(rr)
        size += len(buffer.data)
    yield portion
