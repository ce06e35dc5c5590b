"""The same lookups by the C library of this machine and by FakeResolver, of one fake DNS: they end
alike, and ask alike.

glibc's own resolver is pointed at the fake's port through its state, which every thread has one of.
"""

from __future__ import annotations

import ctypes
import itertools
import platform
import re
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest

from fakefarm import FakeDNS, FakeResolver, Query

Arrange = Callable[[FakeDNS, str, str, str], object]
Outcome = Callable[..., Any]
Call = Callable[[str], tuple[Any, ...]]

MEASURED = ("glibc", "2.36")
STREAM = socket.SOCK_STREAM
NSSWITCH = Path("/etc/nsswitch.conf")
FILES_THEN_DNS = re.compile(r"^hosts:\s+files dns$", re.MULTILINE)

pytestmark = pytest.mark.skipif(
    platform.libc_ver() != MEASURED
    or not NSSWITCH.exists()
    or not FILES_THEN_DNS.search(NSSWITCH.read_text("utf-8")),
    reason=f"FakeResolver does as {' '.join(MEASURED)} with 'hosts: files dns', and this is none",
)


# --- glibc, asking the fake


class Address(ctypes.Structure):
    """struct sockaddr_in."""

    _fields_ = (
        ("family", ctypes.c_ushort),
        ("port", ctypes.c_uint16),
        ("address", ctypes.c_uint8 * 4),
        ("zero", ctypes.c_char * 8),
    )


class State(ctypes.Structure):
    """The beginning of struct __res_state, see <resolv.h>."""

    _fields_ = (
        ("retrans", ctypes.c_int),
        ("retry", ctypes.c_int),
        ("options", ctypes.c_ulong),
        ("nscount", ctypes.c_int),
        ("servers", Address * 3),
    )


def point_glibc_at(port: int) -> None:
    """Have glibc ask 127.0.0.1 at ``port`` in this thread, a second long, and twice."""
    libc = ctypes.CDLL(None)
    libc.__res_state.restype = ctypes.POINTER(State)
    libc.__res_init()
    state = libc.__res_state().contents
    state.retrans, state.retry, state.nscount = 1, 2, 1
    server = state.servers[0]
    server.family, server.port = socket.AF_INET, socket.htons(port)
    server.address[:] = (127, 0, 0, 1)


def in_a_fresh_thread(*steps: Callable[[], Any]) -> Any:
    """What the last step returns. The state of the resolver and h_errno are a thread's own."""
    outcomes: list[Any] = []
    thread = Thread(target=lambda: outcomes.extend(step() for step in steps))
    thread.start()
    thread.join()
    return outcomes[-1]


# --- comparing


class Case(NamedTuple):
    """One call, made twice: for a name that glibc asks for, and one that the fake asks for."""

    title: str
    names: tuple[str, str]
    call: Call


def named(*words: str) -> tuple[str, str]:
    """Two names that tell what happens to them."""
    middle = ".".join(re.sub(r"\W+", "-", word) for word in words)
    return f"one.{middle}.example.com", f"two.{middle}.example.com"


def differences(dns: FakeDNS, outcome: Outcome, cases: list[Case]) -> str:
    """Where outcomes, or what was asked, differ: a few lines each. What differs is tried again, and
    alone: on a busy machine an answer may come after the time that it has."""
    found = compared(dns, outcome, cases, 40)
    for _ in range(2):
        again = [case for case in cases if case.title in found]
        found = compared(dns, outcome, again, 1) if again else {}
    return "\n".join(found.values())


def compared(dns: FakeDNS, outcome: Outcome, cases: list[Case], threads: int) -> dict[str, str]:
    """The differences by their titles."""

    def by_glibc(case: Case) -> Any:
        return in_a_fresh_thread(
            lambda: point_glibc_at(dns.port), lambda: outcome(*case.call(case.names[0]))
        )

    def by_us(case: Case) -> Any:
        return in_a_fresh_thread(lambda: outcome(*case.call(case.names[1])))

    begun = len(dns.queries)
    with ThreadPoolExecutor(threads) as pool:
        theirs = list(pool.map(by_glibc, cases))
    with (
        FakeResolver(dns, timeout=0.2, unknown="pass"),
        ThreadPoolExecutor(min(threads, 12)) as pool,
    ):
        ours = list(pool.map(by_us, cases))
    queries = dns.queries[begun:]
    found = {}
    for case, their, our in zip(cases, theirs, ours, strict=True):
        left, right = seen(queries, their, case.names[0]), seen(queries, our, case.names[1])
        if left != right:
            found[case.title] = f"{case.title}\n  glibc: {left}\n  fake:  {right}"
    return found


def seen(queries: list[Query], outcome: Any, name: str) -> tuple[str, list[str]]:
    """An outcome without the name, and what was asked of it; TCP in lower case."""
    pointer = name if name.endswith("example.com") else pointer_of(name)
    asked = [
        query.type if query.transport == "udp" else query.type.lower()
        for query in queries
        if query.name == pointer
    ]
    said = repr(outcome)
    return said.replace(name, "NAME") if name else said, sorted(asked)


def pointer_of(address: str) -> str:
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


# --- forward

KINDS = [
    "ok",
    "nxdomain",
    "nodata",
    "servfail",
    "formerr",
    "dropped",
    "garbage",
    "cut",
    "cname loop",
    "tc, tcp closed",
]
MORE = [
    "alias",
    "bad rdlength",
    "cname to nodata",
    "dangling cname",
    "echo",
    "lame",
    "no question",
    "nodata, no soa",
    "notimp",
    "nxdomain, no soa",
    "qr 0",
    "rcode 6",
    "rdlength beyond",
    "refused",
    "tc",
    "wrong id",
    "wrong owner",
    "wrong question",
]
QUICK = [kind for kind in KINDS if kind != "dropped"]
V4MAPPED = socket.AI_V4MAPPED
ALL = socket.AI_V4MAPPED | socket.AI_ALL

CALLS: dict[str, Call] = {
    "AF_INET": lambda name: (socket.getaddrinfo, name, 80, socket.AF_INET, STREAM),
    "AF_INET6": lambda name: (socket.getaddrinfo, name, 80, socket.AF_INET6, STREAM),
    "CANONNAME": lambda name: (socket.getaddrinfo, name, 80, 0, STREAM, 0, socket.AI_CANONNAME),
    "gethostbyname": lambda name: (socket.gethostbyname, name),
    "gethostbyname_ex": lambda name: (socket.gethostbyname_ex, name),
}


def test_names(dns: FakeDNS, arrange: Arrange, outcome: Outcome) -> None:
    cases = []
    for what, (title, call) in itertools.product([*KINDS, *MORE], CALLS.items()):
        cases.append(Case(f"{title}, {what}", named(title, what), call))
        for name in cases[-1].names:
            arrange(dns, "A", name, what)
            arrange(dns, "AAAA", name, what)
    assert differences(dns, outcome, cases) == ""


# Where the server says nothing over TCP, glibc waits for ever.
@pytest.mark.parametrize(
    ("family", "flags", "kinds"),
    [(0, 0, KINDS), (socket.AF_INET6, V4MAPPED, QUICK), (socket.AF_INET6, ALL, QUICK[1:])],
    ids=["AF_UNSPEC", "V4MAPPED", "V4MAPPED, ALL"],
)
def test_two_families(
    dns: FakeDNS, arrange: Arrange, outcome: Outcome, family: int, flags: int, kinds: list[str]
) -> None:
    cases = []
    for a, aaaa in itertools.product(kinds, kinds):
        if "tc, tcp closed" in (a, aaaa) and {"dropped", "garbage"} & {a, aaaa}:
            continue
        names = named(f"a {a}", f"aaaa {aaaa}")
        for name in names:
            arrange(dns, "A", name, a)
            arrange(dns, "AAAA", name, aaaa)

        def call(name: str) -> tuple[Any, ...]:
            return (socket.getaddrinfo, name, 80, family, STREAM, 0, flags)

        cases.append(Case(f"A {a}, AAAA {aaaa}", names, call))
    assert differences(dns, outcome, cases) == ""


def test_arguments(dns: FakeDNS, arrange: Arrange, outcome: Outcome) -> None:
    """Services, kinds of sockets, flags: what the answer is made into."""
    tried: list[tuple[Any, ...]] = [
        (None,),
        ("",),
        ("80",),
        (b"smtp",),
        ("smtp",),
        ("domain",),
        ("nosuch",),
        ("-1",),
        (70000,),
        (1.5,),
        (80, 99),
        (80, 0, 99),
        (80, 0, STREAM, 17),
        (80, 0, socket.SOCK_DGRAM),
        (80, 0, socket.SOCK_RAW),
        (80, 0, 0, 17),
        ("smtp", 0, socket.SOCK_RAW),
        (80, 0, 0, 0, 0x100000),
        (80, 0, 0, 0, socket.AI_NUMERICHOST),
        (80, 0, 0, 0, socket.AI_PASSIVE),
        (80, 0, 0, 0, socket.AI_NUMERICSERV),
        ("smtp", 0, 0, 0, socket.AI_NUMERICSERV),
        ("smtp", 0, 0, 0, socket.AI_CANONNAME),
    ]
    cases = []
    for number, arguments in enumerate(tried):
        names = named(str(number))
        for name in names:
            arrange(dns, "A", name, "ok")

        def call(name: str, arguments: tuple[Any, ...] = arguments) -> tuple[Any, ...]:
            return (socket.getaddrinfo, name, *arguments)

        cases.append(Case(repr(arguments), names, call))
    assert differences(dns, outcome, cases) == ""


def connect(host: Any, family: int = socket.AF_INET) -> Any:
    """Where a UDP socket is connected to."""
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((host, 9))
        return sock.getpeername()


ODD: list[Any] = [
    "",
    ".",
    "*",
    "127.1",
    "0x7f.1",
    "1.2.3",
    "999",
    "256.1.1.1.example.com",
    "::1",
    "fe80::1%lo",
    "foo..example.com",
    "example.com..",
    "a" * 64 + ".example.com",
    ("a" * 50 + ".") * 5 + "example.com",
    "trailing.example.com.",
    "UPPER.Example.Com",
    "bücher.example.com",
    "under_score.example.com",
    "-dash.example.com",
    "a.-dash.example.com",
    "a b.example.com",
    "<b>.example.com",
    " a.example.com",
    "a\\.b.example.com",
    "a\0b.example.com",
    b"bytes.example.com",
    b"b\xc3\xbc.example.com",
    "<broadcast>",
    5,
    None,
]
TAKERS: list[Callable[..., Any]] = [
    lambda host: socket.getaddrinfo(host, 80, 0, STREAM),
    lambda host: socket.getaddrinfo(host, 80, socket.AF_INET, STREAM),
    lambda host: socket.getaddrinfo(host, 80, socket.AF_INET6, STREAM),
    lambda host: socket.gethostbyname(host),  # as it is when it is called
    connect,
    lambda host: connect(host, socket.AF_INET6),
]


def test_odd_names(dns: FakeDNS, outcome: Outcome) -> None:
    dns.add("*.example.com", "A", "192.0.2.1")
    dns.add("*.example.com", "AAAA", "2001:db8::1")
    dns.add_zone(".")
    cases = [
        Case(f"{number}: {host!r}", ("", ""), lambda _, take=take, host=host: (take, host))
        for host in ODD
        for number, take in enumerate(TAKERS)
    ]
    assert differences(dns, outcome, cases) == ""


def test_what_looks_like_an_address_that_is_none(dns: FakeDNS, outcome: Outcome) -> None:
    dns.add("256.1.1.1", "A", "192.0.2.1")
    dns.add("256.1.1.1", "AAAA", "2001:db8::1")
    cases = [
        Case(str(number), ("", ""), lambda _, take=take: (take, "256.1.1.1"))
        for number, take in enumerate(TAKERS)
    ]
    assert differences(dns, outcome, cases) == ""


# --- reverse

HOSTILE = [
    "hostile dash",
    "hostile markup",
    "hostile space",
    "hostile nul",
    "root",
    "under_score",
    "two",
    "no address",
    "rfc 2317",
]
# Before Python 3.11 getnameinfo keeps the interpreter's lock: this process cannot answer it.
UNLOCKED = ("gethostbyaddr", "mapped", "NUMERICHOST")
LOCKED = sys.version_info < (3, 11)
REVERSE: dict[str, Call] = {
    "gethostbyaddr": lambda address: (socket.gethostbyaddr, address),
    "mapped": lambda address: (socket.gethostbyaddr, f"::ffff:{address}"),
    "getnameinfo": lambda address: (socket.getnameinfo, (address, 25), 0),
    "NAMEREQD": lambda address: (socket.getnameinfo, (address, 25), socket.NI_NAMEREQD),
    "NUMERICHOST": lambda address: (socket.getnameinfo, (address, 25), socket.NI_NUMERICHOST),
    "NUMERICSERV, DGRAM": lambda address: (
        socket.getnameinfo,
        (address, 53),
        socket.NI_NUMERICSERV | socket.NI_DGRAM,
    ),
}


def test_addresses(dns: FakeDNS, arrange: Arrange, outcome: Outcome) -> None:
    cases = []
    kinds = [kind for kind in [*KINDS, *MORE, *HOSTILE] if kind != "alias"]
    calls = {title: call for title, call in REVERSE.items() if not LOCKED or title in UNLOCKED}
    for (row, (title, call)), (place, what) in itertools.product(
        enumerate(calls.items()), enumerate(kinds, 1)
    ):
        names = f"198.51.{row}.{place}", f"203.0.{row}.{place}"
        for name in names:
            arrange(dns, "PTR", pointer_of(name), what)
        cases.append(Case(f"{title}, {what}", names, call))
    assert differences(dns, outcome, cases) == ""


def test_h_errno_is_what_an_earlier_lookup_left(dns: FakeDNS, outcome: Outcome) -> None:
    dns.on("PTR", "*.2.0.192.in-addr.arpa").respond("-dash.example.com")

    def call(_: str) -> tuple[Any, ...]:
        def twice() -> Any:
            outcome(socket.gethostbyname, "nowhere.example.com")
            return socket.gethostbyaddr("192.0.2.1")

        return (twice,)

    cases = [Case("stale", ("", ""), call)]
    assert differences(dns, outcome, cases) == ""
    assert in_a_fresh_thread(lambda: outcome(*call("")))[0] is not None


def test_a_port_where_nobody_listens(dns: FakeDNS, outcome: Outcome) -> None:
    dns.on("PTR").ignore()
    dns.stop()
    calls: list[Call] = [*CALLS.values(), lambda _: (socket.gethostbyaddr, "192.0.2.1")]
    cases = [Case(str(n), ("mail.example.com",) * 2, call) for n, call in enumerate(calls)]
    assert differences(dns, outcome, cases) == ""
