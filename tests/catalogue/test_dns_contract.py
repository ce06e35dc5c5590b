"""The resolver of the C library and dnspython through every case of DNS, programs through some, and
clients that break the contract.

getaddrinfo() and gethostbyaddr() are asked through FakeResolver, which does as glibc does;
dnspython speaks to the fake itself.
"""

import contextlib
import functools
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import dns.exception
import dns.message
import dns.query
import dns.resolver
import pytest
from dns_wire import question

from fakefarm import EdgeCase, FakeResolver, edge_cases
from fakefarm.contract import standard
from fakefarm.contract.program import program

CASES = {case.name: case for case in edge_cases("dns")}
PLAIN = {name: case for name, case in CASES.items() if case.phase != "tls"}
Client = Callable[[Any], Any]

# Cases in which a client is to wait until its own time is over.
SILENT = {
    "another_question",
    "answer_from_another_port",
    "datagrams_dropped_and_tcp_well",
    "never_answered",
    "no_question",
    "reverse_never_answered",
    "tcp_length_too_great",
    "truncated_and_tcp_silent",
    "wrong_id",
}
# And those in which it asks again when a part of it is over.
LOST = {"first_datagram_lost"}


def check(name: str, word: str, through: set[str], **operations: Any) -> Any:
    """A client in one case: the verdict that is expected, and where both are well, whether it got
    through."""
    return confirmed(CASES[name].check(**operations), word, through)


def confirmed(verdict: Any, word: str, through: set[str]) -> Any:
    """The same of a verdict that is there."""
    name = verdict.case.name
    assert verdict.word == word, str(verdict)
    if CASES[name].expect == "either" and word == "kept":
        got_through = verdict.detail == "got through"
        assert got_through == (name in through), str(verdict)
    return verdict


# --- glibc, by way of the socket module

GLIBC_BREAKS = {
    # Whatever has the right id is an answer, also where the flag QR says that it is a question.
    "not_a_response": "lied",
    # A datagram shorter than a header ends the lookup, whatever its id: whoever can send one has
    # any lookup fail.
    "short_datagram_before_the_answer": "failed",
}
GLIBC_GETS_THROUGH = {
    "bytes_behind_the_message",
    "chain_of_forty_aliases",
    "datagram_over_512_bytes",
    "edns_dropped",
    "edns_is_a_format_error",
    "edns_option_longer_than_its_record",
    "edns_passed_over",
    "ipv6_fails",
    "ipv6_never_answered",
    "ipv6_says_no_such_name",
    "name_does_not_exist",
    "name_has_another_address",
    "question_in_upper_case",
    "server_failure_once",
}
GLIBC_WAITS = SILENT | {"tcp_wrong_id"}


@pytest.mark.parametrize("name", CASES)
def test_socket(name: str, monkeypatch: pytest.MonkeyPatch, patiently: Any) -> None:
    word = GLIBC_BREAKS.get(name, "kept")
    met = name in PLAIN or name == "tls_in_pieces"  # it speaks no TLS

    def run(patience: float) -> Any:
        monkeypatch.setattr(standard, "PATIENCE", patience)
        return CASES[name].check(
            errors=(socket.gaierror, socket.herror),
            resolve=standard.resolve,
            reverse=standard.reverse,
        )

    patience = (0.2, 1.2, 8.0) if name in GLIBC_WAITS else (1.2, 8.0) if name in LOST else (8.0,)
    verdict = patiently(run, lambda each: (each.word, each.met) == (word, met), *patience)
    assert confirmed(verdict, word, GLIBC_GETS_THROUGH).met == met


def of_both_families(target: Any) -> list[str]:
    """getaddrinfo() as most programs call it."""
    with FakeResolver(target.fake, timeout=0.25):
        found = socket.getaddrinfo(target.name, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


# All but those whose answer comes after 0.3 s, which this client does not wait.
FAMILIES = [n for n, case in CASES.items() if case.phase == "families" and "_later_" not in n]


@pytest.mark.parametrize("name", FAMILIES)
def test_getaddrinfo_of_both_families(name: str) -> None:
    check(name, "kept", GLIBC_GETS_THROUGH, resolve=of_both_families)


# --- dnspython


def resolver(target: Any, seconds: float, times: int = 1) -> dns.resolver.Resolver:
    made = dns.resolver.Resolver(configure=False)
    made.nameservers, made.port = ["127.0.0.1"], target.port
    made.timeout, made.lifetime = seconds / times, seconds
    return made


def dnspython(seconds: float, times: int) -> dict[str, Client]:
    """dns.resolver, which has so many seconds for a name, and asks so often meanwhile."""

    def resolve(target: Any) -> list[str]:
        return [str(each) for each in resolver(target, seconds, times).resolve(target.name, "A")]

    def reverse(target: Any) -> list[str]:
        return [str(each) for each in resolver(target, seconds, times).resolve_address(target.name)]

    return {"resolve": resolve, "reverse": reverse}


DNSPYTHON_GETS_THROUGH = {
    "address_before_its_alias",
    "datagram_over_512_bytes",
    "edns_dropped",
    "edns_is_a_format_error",
    "edns_passed_over",
    "ipv6_fails",
    "ipv6_never_answered",
    "ipv6_says_no_such_name",
    "name_begins_with_a_dash",
    "name_does_not_exist",
    "name_has_another_address",
    "name_is_no_host_name",
    "question_in_upper_case",
}
# It waits for another message where one is broken, or somebody else's, and does not hear that
# nobody listens.
DNSPYTHON_WAITS = SILENT | {
    "address_of_another_class",
    "address_of_five_bytes",
    "address_of_three_bytes",
    "bytes_behind_the_message",
    "cut_at_512_bytes",
    "cut_in_the_record",
    "data_beyond_the_message",
    "datagrams_refused_and_tcp_well",
    "edns_option_longer_than_its_record",
    "garbage",
    "label_of_an_unknown_kind",
    "more_records_counted_than_there_are",
    "name_points_beyond_the_message",
    "name_points_to_itself",
    "names_point_to_each_other",
    "not_a_response",
    "nothing_listens",
    "pointer_that_points_to_itself",
    "question_comes_back",
    "shorter_than_a_header",
}


@pytest.mark.parametrize("name", PLAIN)
def test_dnspython(name: str, monkeypatch: pytest.MonkeyPatch, patiently: Any) -> None:
    # It pauses before it asks again, and it need not here.
    clock = SimpleNamespace(time=time.time, sleep=lambda seconds: None)
    monkeypatch.setattr(dns.resolver, "time", clock)

    def run(seconds: float) -> Any:
        times = 2 if name in LOST else 1
        return CASES[name].check(errors=dns.exception.DNSException, **dnspython(seconds, times))

    waits = (0.06, 0.5, 4.0) if name in DNSPYTHON_WAITS else (0.8, 4.0) if name in LOST else (8.0,)
    verdict = patiently(run, lambda each: each.kept and each.met, *waits)
    assert confirmed(verdict, "kept", DNSPYTHON_GETS_THROUGH).met


def over_tls(target: Any) -> list[str]:
    """dns.query.tls, which asks over TLS and reads one message."""
    patience = 0.5 if "stall" in str(target.fake.rules[0]) else 5
    answer = dns.query.tls(
        dns.message.make_query(target.name, "A"),
        "127.0.0.1",
        patience,
        target.port,
        ssl_context=standard.context(target),
        server_hostname=target.host,
    )
    return [rdata.to_text() for rrset in answer.answer for rdata in rrset]


def trusting(target: Any) -> list[str]:
    """The same, and trusts anybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standard, "context", lambda target: unverified())
        return over_tls(target)


def unverified() -> Any:
    import ssl

    return ssl._create_unverified_context()


@pytest.mark.parametrize("name", CASES.keys() - PLAIN.keys())
def test_dnspython_over_tls(name: str) -> None:
    # EOFError is what it raises for a message that is cut, and documents nowhere.
    errors = (dns.exception.DNSException, OSError, EOFError)
    assert check(name, "kept", set(), errors=errors, resolve=over_tls).met


@pytest.mark.parametrize(
    "name",
    [
        "tls_certificate_expired",
        "tls_certificate_for_another_host",
        "tls_certificate_by_an_unknown_authority",
    ],
)
def test_who_trusts_anybody(name: str) -> None:
    check(name, "succeeded", set(), resolve=trusting)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.phase == "edns"])
def test_dnspython_with_edns(name: str) -> None:
    """dns.resolver, told to use EDNS, which it does not do by itself; it does not fall back where a
    server is older than that."""
    waits = name in ("edns_dropped", "edns_option_longer_than_its_record")

    def with_edns(target: Any) -> list[str]:
        made = resolver(target, 0.3 if waits else 8.0)
        made.use_edns(0, 0, 1232)
        return [str(each) for each in made.resolve(target.name, "A")]

    assert check(name, "kept", {"edns_passed_over"}, resolve=with_edns).met


# --- programs

DIG = "dig -r @{host} -p {port} +short +time=1 +tries=2"
KDIG = "kdig @{host} -p {port} +short +time=1 +retry=1"
KEPT_BY_BOTH = [
    "no_such_name",
    "no_address",
    "server_failure",
    "alias",
    "chain_of_five_aliases",
    "alias_loop",
    "alias_of_no_name",
    "zone_renamed",
    "ipv6_alone",
    "three_addresses",
    "thousand_addresses",
    "truncated_behind_the_first_address",
    "truncated_and_tcp_refused",
    "wrong_id_before_the_answer",
    "unknown_record_beside_the_address",
    "name_points_to_itself",
    "two_names",
    "pointer_by_an_alias",
    "pointer_that_points_to_itself",
    "name_is_no_host_name",
    "address_has_no_name",
]
# What the records are that came, whatever else the message says.
BROKEN_BY_BOTH = {
    "no_such_name_and_its_address": "succeeded",
    "not_a_response": "lied",
    "no_question": "lied",
    "address_of_another_name": "lied",
    "address_of_another_name_beside_it": "lied",
    "pointer_of_another_address": "lied",
}
BROKEN_BY_KDIG = {
    "another_question_before_the_answer": "lied",
    "address_of_another_class": "lied",
    "garbage_before_the_answer": "failed",
}
BROKEN_BY_DIG = {"cut_at_512_bytes": "lied"}
# The versions that do so, and how they say it.
VERSIONS = {"dig": ("-v", b"DiG 9.18."), "kdig": ("-V", b"kdig (Knot DNS), version 3.2.")}
PROGRAMS = [
    *[(DIG, name, "kept") for name in KEPT_BY_BOTH],
    *[(KDIG, name, "kept") for name in KEPT_BY_BOTH],
    *[(DIG, *row) for row in (BROKEN_BY_BOTH | BROKEN_BY_DIG).items()],
    *[(KDIG, *row) for row in (BROKEN_BY_BOTH | BROKEN_BY_KDIG).items()],
]


@functools.cache
def is_known(wanted: str) -> bool:
    """Whether it is of the version that the verdicts are those of."""
    option, begins = VERSIONS[wanted]
    said = subprocess.run([wanted, option], capture_output=True, timeout=10, check=False)
    return (said.stdout + said.stderr).startswith(begins)


@pytest.mark.parametrize(
    ("command", "name", "word"), PROGRAMS, ids=[f"{row[0].split()[0]}-{row[1]}" for row in PROGRAMS]
)
def test_programs(command: str, name: str, word: str) -> None:
    wanted = command.split()[0]
    if shutil.which(wanted) is None:
        pytest.skip(f"{wanted} is not installed")
    verdict = CASES[name].check(
        resolve=program(f"{command} {{name}} A", 10), reverse=program(f"{command} -x {{name}}", 10)
    )
    if word == "kept" or is_known(wanted):
        assert verdict.word == word, str(verdict)
    assert verdict.word in (word, "kept"), str(verdict)  # another version may do better
    assert verdict.met


def test_kdig_over_tls() -> None:
    if shutil.which("kdig") is None:
        pytest.skip("kdig is not installed")
    kdig = program(f"{KDIG} +tls-ca={{ca}} +tls-hostname=localhost {{name}} A", 10)
    for name in ("tls_in_pieces", "tls_certificate_expired", "tls_cut_in_the_message"):
        verdict = CASES[name].check(resolve=kdig)
        assert (verdict.word, verdict.met) == ("kept", True), str(verdict)


# --- clients that break it


def ask(target: Any, size: int = 65535, patience: float = 5) -> bytes:
    """One datagram, and the first that comes back."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(patience)
        sock.sendto(question(target.name), target.fake.address)
        return sock.recv(size)


def addresses(data: bytes) -> Iterator[str]:
    """What stands behind each thing that looks like the head of an A record."""
    for piece in data.split(b"\xc0\x0c\0\1\0\1")[1:]:
        if len(piece) >= 10:
            yield socket.inet_ntoa(piece[6:10])


def believes_all(target: Any) -> list[str]:
    """Takes the first datagram, from anywhere, to anything, and all that is in it."""
    return list(addresses(ask(target)))


def asks_once(target: Any) -> list[str]:
    """The same, and is soon out of patience."""
    return list(addresses(ask(target, patience=0.3)))


def waits_for_ever(target: Any) -> list[str]:
    """Reads what comes over TCP, without a timeout."""
    with socket.create_connection(target.fake.address) as sock:
        packet = question(target.name)
        sock.sendall(struct.pack("!H", len(packet)) + packet)
        return list(addresses(sock.recv(65535)))


def reads_512_bytes(target: Any) -> list[str]:
    """The same, with the room that datagrams had in 1987."""
    return list(addresses(ask(target, 512)))


def reads_the_end(target: Any) -> list[str]:
    """Takes the last four bytes for the address."""
    return [socket.inet_ntoa(ask(target)[-4:])]


def swallows(target: Any) -> list[str]:
    """Says that there is nothing, whatever went wrong: which is no lie."""
    with contextlib.suppress(OSError):
        return standard.resolve(target)
    return []


def first_of_all(target: Any) -> str:
    """gethostbyname() has one address to bring back, and there may be more."""
    with FakeResolver(target.fake):
        return socket.gethostbyname(target.name)


def makes_one_up(target: Any) -> list[str]:
    """Has something for everybody."""
    with contextlib.suppress(OSError):
        return standard.resolve(target)
    return ["0.0.0.0"]


def breaks_down(target: Any) -> list[str]:
    """Counts on an answer."""
    return [str(next(iter(addresses(ask(target)))))]


VERDICTS: list[tuple[str, Client, str]] = [
    ("no_such_name", believes_all, "kept"),
    ("no_such_name_and_its_address", believes_all, "succeeded"),
    ("wrong_id", believes_all, "succeeded"),
    ("wrong_id_before_the_answer", believes_all, "lied"),
    ("not_a_response", believes_all, "lied"),
    ("garbage_before_the_answer", believes_all, "failed"),
    ("other_address_in_the_additional_section", believes_all, "lied"),
    ("address_in_the_additional_section_alone", believes_all, "lied"),
    ("first_datagram_lost", asks_once, "failed"),
    ("truncated", believes_all, "failed"),
    ("truncated_behind_the_first_address", believes_all, "lied"),
    ("name_not_compressed", believes_all, "failed"),
    ("name_compressed_in_part", believes_all, "failed"),
    ("alias", believes_all, "failed"),
    ("cut_at_512_bytes", believes_all, "lied"),
    ("truncated_and_tcp_silent", waits_for_ever, "hung"),
    ("datagram_over_512_bytes", believes_all, "kept"),
    ("datagram_over_512_bytes", reads_512_bytes, "lied"),
    ("bytes_behind_the_message", reads_the_end, "lied"),
    ("three_addresses", first_of_all, "lied"),
    ("server_failure", swallows, "kept"),
    ("short_datagram_before_the_answer", swallows, "failed"),
    ("server_failure", makes_one_up, "lied"),
    ("no_such_name", breaks_down, "crashed"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Client, word: str, patiently: Any) -> None:
    case: EdgeCase = CASES[name]

    def run(deadline: float) -> Any:
        return case.check(resolve=client, errors=OSError, deadline=deadline)

    deadlines = (0.3, 2.0, 9.0) if client is waits_for_ever else (9.0,)
    verdict = patiently(run, lambda verdict: verdict.met, *deadlines)
    assert verdict.word == word, str(verdict)
    assert verdict.met


def the_address_itself(target: Any) -> str:
    """getfqdn() gives back what it was given where there is no name."""
    with FakeResolver(target.fake):
        return socket.getfqdn(target.name)


def test_an_address_is_no_name() -> None:
    verdict = CASES["address_has_no_name"].check(reverse=the_address_itself)
    assert (verdict.word, verdict.detail) == ("kept", "reported a failure")
    assert CASES["two_names"].check(reverse=the_address_itself).word == "kept"
    verdict = CASES["two_names"].check(reverse=lambda target: target.name)
    assert verdict.word == "failed"


# --- what the judge reads

READ: list[tuple[str, Any, str]] = [
    ("alias", "real.example.com.\n192.0.2.7\n", "kept"),
    ("alias", b";; Truncated, retrying in TCP mode.\nreal.example.com.\n192.0.2.7\n", "kept"),
    ("alias", ["192.0.2.7", "2001:db8::7"], "kept"),
    ("alias", map(str, ["192.0.2.7"]), "kept"),
    ("alias", ["192.0.2.7", "192.0.2.7"], "kept"),
    ("alias", ["192.0.2.7", "192.0.2.66"], "lied"),
    ("alias", "real.example.com.\n", "failed"),
    ("alias", b"", "failed"),
    ("alias", None, "failed"),
    ("alias_of_no_name", "real.example.com.\n", "kept"),
    ("alias_of_no_name", b";; no servers could be reached\n", "kept"),
    ("alias_of_no_name", ["0.0.0.0"], "lied"),
    ("ipv6_alone", ["2001:db8::7"], "kept"),
    ("server_failure_once", [], "kept"),
    ("pointer_by_an_alias", "7.0-63.2.0.192.in-addr.arpa.\nHOST.example.com.\n", "kept"),
    ("pointer_by_an_alias", "7.0-63.2.0.192.in-addr.arpa.\n", "failed"),
    ("pointer_by_an_alias", ["other.example.com"], "lied"),
    ("two_names", ["alias.example.com"], "kept"),
    ("two_names", ("host.example.com", "alias.example.com."), "kept"),
    ("two_names", ["alias.example.com", "other.example.com"], "lied"),
    ("name_is_no_host_name", r"\<script\>.example.com.", "kept"),
    ("name_is_no_host_name", r"\060script\062.example.com.", "kept"),
    ("pointer_that_points_to_itself", b";; Got bad packet\n54 bytes\n12 34 c0   .4..\n", "kept"),
    ("name_is_the_root", ".", "kept"),
]


@pytest.mark.parametrize(("name", "value", "word"), READ)
def test_what_is_brought_back(name: str, value: Any, word: str) -> None:
    verdict = CASES[name].check(resolve=lambda target: value, reverse=lambda target: value)
    assert verdict.word == word, str(verdict)
    assert not verdict.met or not verdict.case.arguments


def test_what_nobody_can_read() -> None:
    verdict = CASES["alias"].check(resolve=lambda target: 7)
    assert verdict.word == "lied"
    assert "returns addresses, or names" in verdict.detail
