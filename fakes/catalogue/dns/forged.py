"""Something answers that is not the answer: another id, another question, another name.

A forged datagram that comes before the answer must neither be believed nor end the lookup, or else
whoever can send one can have any lookup fail. FORGED is an address that nobody may bring back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import ADDRESS, NAME
from .messages import CHAOS, FORGED, answer, record

if TYPE_CHECKING:
    from ...dns import FakeDNS, Query

OTHER = "other.example.com"
TUDOOR = "RFC 5452 section 9.1, CVE-2023-29483 (dnspython)"


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 5452 section 9.1")
def wrong_id(server: FakeDNS) -> None:
    """Each answer has another id than the question. A good client does not believe it, and reports
    a failure when its time is over."""
    server.on("*").wrong_id()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source=TUDOOR)
def wrong_id_before_the_answer(server: FakeDNS) -> None:
    """A datagram with a forged address and a wrong id comes, and then the answer. A good client
    passes over the first and goes on waiting."""
    server.on("A", transport="udp").respond(FORGED).answer().wrong_id(only=1)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source=TUDOOR)
def wrong_id_and_truncated_before_the_answer(server: FakeDNS) -> None:
    """A datagram with a wrong id comes that has TC set, and then the answer; who goes over to TCP
    behind that finds a closed connection. A good client does not follow the first, and goes on
    waiting."""

    def came_by_datagram(query: Query) -> bool:
        return any(each.transport == "udp" for each in server.queries)

    rule = server.on("A", transport="udp").respond().answer()
    rule.wrong_id(only=1).flags(tc=True, only=1)
    server.on("A", transport="tcp", where=came_by_datagram).close().optional()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source=TUDOOR)
def garbage_before_the_answer(server: FakeDNS) -> None:
    """A datagram of 40 bytes comes that is no message, with a wrong id, and then the answer. A good
    client passes over the first and goes on waiting."""
    server.on("A", transport="udp").message(b"\xff" * 40).answer().wrong_id(only=1)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source=TUDOOR)
def short_datagram_before_the_answer(server: FakeDNS) -> None:
    """A datagram of 4 bytes comes, shorter than a header and with a wrong id, and then the answer.
    A good client passes over the first and goes on waiting."""
    server.on("A", transport="udp").message(b"\0\0\x84\0").answer().wrong_id(only=1)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 5452 section 9.1")
def another_question(server: FakeDNS) -> None:
    """The answer has the right id and an address, and repeats another question. A good client does
    not believe it, and reports a failure when its time is over."""
    server.on("A").respond(FORGED).wrong_question()


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 5452 section 9.1")
def another_question_before_the_answer(server: FakeDNS) -> None:
    """A datagram comes that has the right id and repeats another question, and then the answer. A
    good client passes over the first and goes on waiting."""
    rule = server.on("A", transport="udp").respond(FORGED).answer()
    rule.wrong_question(only=1)


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 5452 section 9.1")
def no_question(server: FakeDNS) -> None:
    """The answer has the right id and an address, and does not repeat the question. A good client
    cannot know what is answered, and does not believe it."""
    server.on("A").respond(FORGED).no_question()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 7.3")
def not_a_response(server: FakeDNS) -> None:
    """What comes has the right id, the question and an address, and the flag QR says that it is a
    question. A good client does not believe it."""
    server.on("A").respond(FORGED).not_a_response()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1035 section 7.3")
def question_comes_back(server: FakeDNS) -> None:
    """What is sent comes back as it is, as from a server of the echo protocol. A good client does
    not take its own question for an answer without records."""
    server.on("*").respond(lambda query: query.line)


@edge_case("dns", operation="resolve", expect=EITHER, source="RFC 2181 section 4.2")
def answer_from_another_port(server: FakeDNS) -> None:
    """The answer to a datagram comes from another port than was asked, and TCP is refused. A good
    client does not believe it; one that goes by the address alone, as RFC 5452 section 9.1 lets it,
    brings back what it says."""
    server.on("*", transport="udp").from_other_port()
    server.on("connect", transport="tcp").refuse()


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1034 section 5.3.3")
def address_of_another_name(server: FakeDNS) -> None:
    """The answer section has an address of another name, and none of this one. A good client looks
    at whose records they are, and reports that there is no address."""
    server.on("A").respond(FORGED, owner=OTHER)


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 1034 section 5.3.3")
def address_of_another_name_beside_it(server: FakeDNS) -> None:
    """Behind the address stands one of another name that nothing leads to. A good client brings
    back the first alone."""
    server.on("A").respond(ADDRESS, (OTHER, "A", FORGED))


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1034 section 3.6")
def address_of_another_class(server: FakeDNS) -> None:
    """The record in the answer is of the class CH, where the same number of bytes means another
    thing. A good client does not take it for an address."""
    forged = record(bytes(map(int, FORGED.split("."))), klass=CHAOS)
    server.on("A").respond(lambda query: answer(query, forged))


@edge_case("dns", operation="resolve", expect=SUCCEEDS, source="RFC 2181 section 5.4.1")
def other_address_in_the_additional_section(server: FakeDNS) -> None:
    """The answer section has the address, and the additional section another one of the same name.
    A good client brings back what is in the answer section, and nothing else."""
    server.on("A").respond(ADDRESS, additional=[(NAME, "A", FORGED)])


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 2181 section 5.4.1")
def address_in_the_additional_section_alone(server: FakeDNS) -> None:
    """The answer section is empty, and the additional section has an address of the name. A good
    client reports that there is no address."""
    server.on("A").respond(additional=[(NAME, "A", FORGED)])


@edge_case("dns", operation="resolve", expect=FAILS, source="RFC 1034 section 4.3.1")
def referral(server: FakeDNS) -> None:
    """The answer is that others are to be asked, at an address where nobody is. A good client
    reports that it has no answer, and does not take the address of a server for that of the
    name."""
    servers = [("example.com", "NS", "ns.example.com")]
    glue = [("ns.example.com", "A", "192.0.2.53")]
    server.on("*").respond(authority=servers, additional=glue).flags(aa=False)
