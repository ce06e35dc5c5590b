"""The message that answers is broken, or only seems to be to who reads it carelessly."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import ADDRESS
from .messages import answer, question, record

if TYPE_CHECKING:
    from ...dns import FakeDNS, Query

DATA = socket.inet_aton(ADDRESS)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.1")
def shorter_than_a_header(server: FakeDNS) -> None:
    """What comes has the right id and ends behind the flags. A good client reports a failure, at
    once or when its time is over."""
    server.on("*").message(b"\0\0\x84\0")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1")
def garbage(server: FakeDNS) -> None:
    """A header that counts a question and an answer is followed by bytes that are neither. A good
    client reports a failure, at once or when its time is over."""
    server.on("*").message(bytes.fromhex("0000 8400 0001 0001 0000 0000") + b"\xff" * 40)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 9267 section 5")
def cut_in_the_record(server: FakeDNS) -> None:
    """The message ends in the middle of the only record, and TC is not set. A good client reports a
    failure, and does not read beyond the message."""
    server.on("A").truncate(after=44)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 9267 section 5")
def data_beyond_the_message(server: FakeDNS) -> None:
    """The length of the data of the record is 65,535, and the message ends behind four bytes of
    them. A good client reports a failure, and does not read beyond the message."""
    server.on("A").bad_rdlength()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 3.4.1")
def address_of_three_bytes(server: FakeDNS) -> None:
    """The data of the record have three bytes, and say so. A good client does not take them for an
    address, nor a fourth from what it has in memory."""
    server.on("A").respond(r"\# 3 C00002")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 3.4.1")
def address_of_five_bytes(server: FakeDNS) -> None:
    """The data of the record have five bytes, and say so. A good client does not take four of them
    for an address."""
    server.on("A").respond(r"\# 5 C000020742")


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 9267 section 2")
def name_points_to_itself(server: FakeDNS) -> None:
    """The name of the record is a pointer that leads to itself. A good client follows pointers
    backwards only, reports a failure, and does not go round for ever."""
    server.on("A").bad_pointer()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 9267 section 2")
def names_point_to_each_other(server: FakeDNS) -> None:
    """The names of two records are pointers that lead to each other. A good client reports a
    failure, and does not go round for ever."""

    def message(query: Query) -> bytes:
        first = 12 + len(question(query))
        second = first + len(record(DATA))
        owners = [(0xC000 | to).to_bytes(2, "big") for to in (second, first)]
        return answer(query, *(record(DATA, owner=owner) for owner in owners))

    server.on("A").respond(message)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 9267 section 2")
def name_points_beyond_the_message(server: FakeDNS) -> None:
    """The name of the record is a pointer that leads behind the end of the message. A good client
    reports a failure, and does not read what is in memory there."""
    server.on("A").bad_pointer(to=0x3FFF)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 4.1.4")
def label_of_an_unknown_kind(server: FakeDNS) -> None:
    """The name of the record begins with a byte that is neither a length nor a pointer. A good
    client reports a failure, and does not take it for a label of 132 bytes."""
    bad = record(DATA, owner=b"\x84host\xc0\x0c")
    server.on("A").respond(lambda query: answer(query, bad))


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 9267 section 6")
def more_records_counted_than_there_are(server: FakeDNS) -> None:
    """The header counts two records where there is one. A good client brings back what there is, or
    reports a failure, and does not read beyond the message."""
    server.on("A").respond(lambda query: answer(query, record(DATA), counted=2))


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 1035 section 4.1")
def bytes_behind_the_message(server: FakeDNS) -> None:
    """Behind the last record that is counted stand eight bytes more. A good client passes over
    them, or reports a failure."""
    server.on("A").trailing(b"\0trailer")


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 3597 section 3")
def unknown_record_beside_the_address(server: FakeDNS) -> None:
    """Before the address stands a record of a type that nobody knows. A good client steps over it
    by the length of its data."""
    server.on("A").respond(("TYPE65280", r"\# 3 C00C00"), ADDRESS)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1035 section 4.1.4")
def name_not_compressed(server: FakeDNS) -> None:
    """The name of the record is written out, and is no pointer. A good client reads both, and does
    not count on a name of two bytes."""

    def message(query: Query) -> bytes:
        return answer(query, record(DATA, owner=question(query)[:-4]))

    server.on("A").respond(message)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1035 section 4.1.4")
def name_compressed_in_part(server: FakeDNS) -> None:
    """The name of the record is a label, and then a pointer to the rest of the name in the
    question. A good client puts the two together."""

    def message(query: Query) -> bytes:
        name = question(query)
        size = 1 + name[0]
        rest = (0xC000 | 12 + size).to_bytes(2, "big")
        return answer(query, record(DATA, owner=name[:size] + rest))

    server.on("A").respond(message)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 2181 section 8")
def ttl_with_its_top_bit_set(server: FakeDNS) -> None:
    """The TTL of the address is 4,294,967,295. A good client takes it for 0, and the address for
    what it is."""
    server.on("A").respond(lambda query: answer(query, record(DATA, ttl=2**32 - 1)))
