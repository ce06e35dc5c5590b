"""What the functions return, what they leave to the system, and what they are asked."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import FakeDNS, FakeFailure, FakeResolver

Outcome = Callable[..., Any]
Resolving = Callable[..., FakeResolver]

STREAM = socket.SOCK_STREAM
NUMERIC = {"192.0.2.4": "v4.example.com", "2001:db8::6": "v6.example.com"}


def hosts(name: str, family: int = 0, flags: int = 0) -> list[str]:
    """The addresses of a name."""
    return [str(i[4][0]) for i in socket.getaddrinfo(name, 80, family, STREAM, 0, flags)]


# --- what getaddrinfo makes of an address is what the system makes of it


@pytest.mark.parametrize("address", NUMERIC)
@pytest.mark.parametrize(
    "arguments",
    [
        (None,),
        (80,),
        ("smtp",),
        (b"25",),
        (80, 0, socket.SOCK_DGRAM),
        (80, 0, socket.SOCK_RAW),
        (80, 0, 0, socket.IPPROTO_UDP),
        (80, 0, STREAM, socket.IPPROTO_TCP),
        (53, 0, 0, 0, socket.AI_PASSIVE),
        ("53", 0, 0, 0, socket.AI_NUMERICSERV),
        ("smtp", 0, 0, 0, socket.AI_NUMERICSERV),
        ("nosuch",),
        (80, 99),
        (80, 0, 99),
        (80, 0, STREAM, socket.IPPROTO_UDP),
        (1.5,),
    ],
    ids=repr,
)
def test_kinds_of_sockets_and_services(
    dns: FakeDNS, resolver: FakeResolver, outcome: Outcome, address: str, arguments: Any
) -> None:
    expected = outcome(socket.getaddrinfo, address, *arguments)
    asked = outcome(socket.getaddrinfo, NUMERIC[address], *arguments)
    assert asked == expected
    if isinstance(asked, tuple):  # wrong arguments are told before anybody is asked
        assert dns.queries == []


def test_keyword_arguments(resolver: FakeResolver) -> None:
    infos = socket.getaddrinfo(
        host="v4.example.com", port=80, family=0, type=STREAM, proto=0, flags=0
    )
    assert [info[4] for info in infos] == [("192.0.2.4", 80)]


# --- flags


def test_canonname(resolver: FakeResolver) -> None:
    infos = socket.getaddrinfo("www.example.com", 80, 0, STREAM, 0, socket.AI_CANONNAME)
    assert [info[3] for info in infos] == ["mail.example.com", ""]
    assert [i[3] for i in socket.getaddrinfo("www.example.com", 80, 0, STREAM)] == ["", ""]


def test_v4mapped(dns: FakeDNS, resolver: FakeResolver) -> None:
    assert hosts("v4.example.com", socket.AF_INET6, socket.AI_V4MAPPED) == ["::ffff:192.0.2.4"]
    assert hosts("mail.example.com", socket.AF_INET6, socket.AI_V4MAPPED) == ["2001:db8::1"]
    both = hosts("mail.example.com", socket.AF_INET6, socket.AI_V4MAPPED | socket.AI_ALL)
    assert both == ["2001:db8::1", "::ffff:192.0.2.1"]
    assert hosts("v4.example.com", 0, socket.AI_V4MAPPED) == ["192.0.2.4"]  # means nothing there


@pytest.mark.parametrize(
    ("addrconfig", "expected", "asked"),
    [
        ("both", ["192.0.2.1", "2001:db8::1"], ["A", "AAAA"]),
        ("ipv4", ["192.0.2.1"], ["A"]),
        ("ipv6", ["2001:db8::1"], ["AAAA"]),
    ],
)
def test_addrconfig(
    dns: FakeDNS, resolving: Resolving, addrconfig: str, expected: list[str], asked: list[str]
) -> None:
    resolving(addrconfig=addrconfig)
    assert hosts("mail.example.com", 0, socket.AI_ADDRCONFIG) == expected
    assert [query.type for query in dns.queries] == asked
    assert len(hosts("mail.example.com")) == 2  # without the flag it means nothing


def test_addrconfig_of_the_other_family(
    dns: FakeDNS, resolving: Resolving, outcome: Outcome
) -> None:
    resolving(addrconfig="ipv4")
    failed = outcome(hosts, "mail.example.com", socket.AF_INET6, socket.AI_ADDRCONFIG)
    assert failed == (socket.gaierror, socket.EAI_NONAME, "Name or service not known")
    assert dns.queries == []


def test_numerichost_asks_nobody(dns: FakeDNS, resolver: FakeResolver, outcome: Outcome) -> None:
    failed = outcome(hosts, "mail.example.com", 0, socket.AI_NUMERICHOST)
    assert failed[:2] == (socket.gaierror, socket.EAI_NONAME)
    assert hosts("127.0.0.1", 0, socket.AI_NUMERICHOST) == ["127.0.0.1"]
    assert dns.queries == []


@pytest.mark.parametrize(("ipv6_first", "first"), [(False, "192.0.2.1"), (True, "2001:db8::1")])
def test_which_family_comes_first(resolving: Resolving, ipv6_first: bool, first: str) -> None:
    resolving(ipv6_first=ipv6_first)
    assert hosts("mail.example.com")[0] == first


def test_addresses_stay_in_the_order_of_the_answer(dns: FakeDNS, resolver: FakeResolver) -> None:
    dns.add("many.example.com", "A", "192.0.2.9", "127.0.0.1", "198.51.100.1", "10.0.0.1")
    expected = ["192.0.2.9", "127.0.0.1", "198.51.100.1", "10.0.0.1"]
    assert hosts("many.example.com") == expected
    assert socket.gethostbyname_ex("many.example.com") == ("many.example.com", [], expected)


# --- names of addresses


def test_nofqdn(dns: FakeDNS, resolver: FakeResolver, monkeypatch: pytest.MonkeyPatch) -> None:
    address, flags = ("192.0.2.4", 25), socket.NI_NOFQDN
    monkeypatch.setattr(socket, "gethostname", lambda: "me.example.com")
    assert socket.getnameinfo(address, flags)[0] == "v4"
    monkeypatch.setattr(socket, "gethostname", lambda: "me.example.org")
    assert socket.getnameinfo(address, flags)[0] == "v4.example.com"


def test_other_flags_of_getnameinfo(dns: FakeDNS, resolver: FakeResolver) -> None:
    assert socket.getnameinfo(("192.0.2.4", 25), socket.NI_NUMERICSERV) == ("v4.example.com", "25")
    numeric = socket.getnameinfo(("192.0.2.4", 25), socket.NI_NUMERICHOST)
    assert numeric == ("192.0.2.4", "smtp")
    assert socket.getnameinfo(("2001:db8::6", 25, 0, 0), 0) == ("v6.example.com", "smtp")
    assert len(dns.queries) == 2


def test_aliases(resolver: FakeResolver) -> None:
    assert socket.gethostbyname_ex("www.example.com") == (
        "mail.example.com",
        ["www.example.com"],
        ["192.0.2.1"],
    )


def test_cpython_asks_twice_for_gethostbyname_ex(
    dns: FakeDNS, resolver: FakeResolver, outcome: Outcome
) -> None:
    dns.on("A", "v4.example.com").rcode("NXDOMAIN").after(1)
    failed = outcome(socket.gethostbyname_ex, "v4.example.com")
    assert failed == (socket.herror, 1, "Unknown host")


def test_getfqdn(resolver: FakeResolver) -> None:
    assert socket.getfqdn("192.0.2.4") == "v4.example.com"
    assert socket.getfqdn("www.example.com") == "mail.example.com"


# --- what needs no DNS


def test_the_machine_itself_answers_for_itself(outcome: Outcome) -> None:
    def all_of_it() -> list[Any]:
        own = socket.gethostname()
        return [
            outcome(call, host)
            for call in (
                lambda host: socket.getaddrinfo(host, 80),
                lambda host: socket.gethostbyname(host),
                lambda host: socket.gethostbyname_ex(host),
                lambda host: socket.gethostbyaddr(host),
                lambda host: socket.getfqdn(host),
            )
            for host in ("localhost", "127.0.0.1", "LocalHost", own)
        ]

    expected = all_of_it()
    with FakeDNS() as dns, FakeResolver(dns):
        dns.add_host("mail.example.com", "192.0.2.1")  # all in-addr.arpa is its own by that
        assert all_of_it() == expected
    assert dns.queries == []


@pytest.mark.parametrize("own", ["localhost", socket.gethostname()])
def test_a_record_of_the_own_name_counts(dns: FakeDNS, resolver: FakeResolver, own: str) -> None:
    dns.add(own, "A", "192.0.2.77")
    assert socket.gethostbyname(own) == "192.0.2.77"


def test_a_loopback_address_has_the_name_that_the_test_gave_it(
    dns: FakeDNS, resolver: FakeResolver
) -> None:
    assert socket.gethostbyaddr("127.0.0.1")[0] == "here.example.com"
    assert socket.getnameinfo(("127.0.0.1", 25), 0)[0] == "here.example.com"


def test_a_rule_for_a_loopback_address(
    dns: FakeDNS, resolver: FakeResolver, outcome: Outcome
) -> None:
    dns.remove("1.0.0.127.in-addr.arpa")
    assert socket.gethostbyaddr("127.0.0.1")[0] != "here.example.com"
    dns.on("PTR", "1.0.0.127.in-addr.arpa").rcode("NXDOMAIN")
    assert outcome(socket.gethostbyaddr, "127.0.0.1") == (socket.herror, 1, "Unknown host")


def test_wrong_arguments_are_the_systems_matter(dns: FakeDNS, outcome: Outcome) -> None:
    def all_of_it() -> list[Any]:
        return [
            outcome(lambda: socket.getaddrinfo(5, 80)),  # type: ignore[arg-type]
            outcome(lambda: socket.gethostbyname(None)),  # type: ignore[arg-type]
            outcome(lambda: socket.gethostbyname_ex("a\0b")),
            outcome(lambda: socket.gethostbyaddr(5)),  # type: ignore[arg-type]
            outcome(lambda: socket.getnameinfo(["192.0.2.1", 25], 0)),  # type: ignore[arg-type]
            outcome(lambda: socket.getnameinfo(("192.0.2.1", "x"), 0)),  # type: ignore[arg-type]
            outcome(lambda: socket.getnameinfo(("192.0.2.1", 25), "x")),  # type: ignore[arg-type]
            outcome(lambda: socket.gethostbyaddr("")),
        ]

    expected = all_of_it()
    with FakeResolver(dns):
        assert all_of_it() == expected


# --- names that nobody knows


def test_an_unknown_name_is_refused_with_what_to_do(dns: FakeDNS) -> None:
    resolver = FakeResolver(dns, strict=True).start()
    with pytest.raises(socket.gaierror, match=r"'smtp\.example\.org'.*unknown='pass'") as raised:
        socket.getaddrinfo("smtp.example.org", 25)
    resolver.stop()
    assert raised.value.errno == socket.EAI_NONAME
    assert dns.queries == []
    with pytest.raises(FakeFailure, match=r"test_resolver_functions\.py:\d+: 'smtp\.example\.org'"):
        resolver.verify()


def test_an_unknown_address_is_named_as_it_was_asked(dns: FakeDNS) -> None:
    with FakeDNS() as empty, FakeResolver(empty, strict=False):
        with pytest.raises(socket.gaierror, match=r"'192\.0\.2\.1' \(1\.2\.0\.192\.in-addr"):
            socket.gethostbyaddr("192.0.2.1")
        with pytest.raises(socket.gaierror, match="no zone"):
            socket.getnameinfo(("192.0.2.1", 25), 0)


def test_an_error_that_the_client_swallowed_is_told_at_the_end(dns: FakeDNS) -> None:
    with (
        pytest.raises(FakeFailure, match=r"wrong\.example\.org"),
        FakeResolver(dns, strict=True),
    ):
        assert socket.getfqdn("wrong.example.org") == "wrong.example.org"


def test_an_exception_on_its_way_is_not_replaced(dns: FakeDNS) -> None:
    with pytest.raises(socket.gaierror, match="no zone"), FakeResolver(dns, strict=True):
        socket.gethostbyname("wrong.example.org")


@pytest.mark.parametrize(("fake", "given"), [(False, None), (True, False)])
def test_not_strict(fake: bool, given: bool | None) -> None:
    with FakeDNS(strict=fake) as dns, FakeResolver(dns, strict=given):
        assert socket.getfqdn("wrong.example.org") == "wrong.example.org"


def test_an_unknown_name_can_pass(
    dns: FakeDNS, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    monkeypatch.setattr(socket, "gethostbyname", lambda name: f"system: {name}")
    with FakeResolver(dns, unknown="pass") as resolver:
        assert socket.gethostbyname("smtp.example.org") == "system: smtp.example.org"
        assert socket.gethostbyname("v4.example.com") == "192.0.2.4"
    assert [lookup.result for lookup in resolver.lookups] == [
        "system: smtp.example.org",
        "192.0.2.4",
    ]


def test_a_name_of_a_zone_is_known_without_a_record(
    resolver: FakeResolver, outcome: Outcome
) -> None:
    assert outcome(socket.gethostbyname, "nowhere.example.com")[1] == socket.EAI_NONAME


@pytest.mark.parametrize("pattern", ["mail.example.org", "*.example.org", "MAIL.example.org", None])
def test_a_name_is_known_that_a_rule_answers_for(
    dns: FakeDNS, resolver: FakeResolver, outcome: Outcome, pattern: str | None
) -> None:
    dns.on("A", pattern).rcode("REFUSED")
    assert outcome(socket.gethostbyname, "mail.example.org")[1] == socket.EAI_AGAIN


def test_a_rule_that_leaves_the_answer_to_nature_makes_no_name_known(dns: FakeDNS) -> None:
    dns.on("A").delay(0)
    with FakeResolver(dns, strict=False), pytest.raises(socket.gaierror, match="no zone"):
        socket.gethostbyname("mail.example.org")


def test_a_rule_for_everything_leaves_localhost_alone(dns: FakeDNS, resolver: FakeResolver) -> None:
    dns.on("A").rcode("SERVFAIL")
    assert socket.gethostbyname("localhost") == "127.0.0.1"


# --- what is written down


def test_lookups(
    dns: FakeDNS, resolver: FakeResolver, connected: Callable[..., socket.socket], outcome: Outcome
) -> None:
    infos = socket.getaddrinfo("v4.example.com", 80, 0, STREAM)
    outcome(socket.gethostbyaddr, "192.0.2.99")
    socket.getfqdn("nameless.example.com")
    connected().connect(("v4.example.com", 9))
    connected().bind(("here.example.com", 0))
    socket.gethostbyname("127.0.0.1")  # no lookup
    told = [(lookup.function, lookup.asked) for lookup in resolver.lookups]
    assert told == [
        ("getaddrinfo", "v4.example.com"),
        ("gethostbyaddr", "192.0.2.99"),
        ("gethostbyaddr", "nameless.example.com"),
        ("connect", "v4.example.com"),
        ("bind", "here.example.com"),
    ]
    first, second, *_, third, _ = resolver.lookups
    assert (first.result, first.error) == (infos, None)
    assert second.result is None
    assert isinstance(second.error, socket.herror)
    assert second.error.args == (1, "Unknown host")
    assert second.error.__traceback__ is None
    assert third.result == ("192.0.2.4", 9)
    times = [lookup.time for lookup in resolver.lookups]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= dns.transcript.clock()
    assert str(second) == "gethostbyaddr('192.0.2.99'): herror(1, 'Unknown host')"


def test_a_result_that_the_client_changes_stays_as_it_was(resolver: FakeResolver) -> None:
    socket.gethostbyaddr("192.0.2.4")[1].append("changed")
    assert resolver.lookups[0].result == ("v4.example.com", [], ["192.0.2.4"])


# --- waiting


def test_an_answer_that_is_slow_is_waited_for_no_longer_than_it_takes(
    dns: FakeDNS, resolving: Resolving
) -> None:
    resolving(timeout=5)
    dns.on("A", "v4.example.com").delay(0.05)
    begun = dns.transcript.clock()
    assert hosts("v4.example.com") == ["192.0.2.4"]
    assert 0.05 <= dns.transcript.clock() - begun < 2


def test_silence_is_asked_again(dns: FakeDNS, resolving: Resolving) -> None:
    resolving(timeout=0.1, attempts=3)
    dns.on("A", "v4.example.com").ignore().times(2)
    assert socket.gethostbyname("v4.example.com") == "192.0.2.4"
    assert len(dns.queries) == 3


def test_an_answer_that_comes_in_the_next_attempt_counts(
    dns: FakeDNS, resolving: Resolving
) -> None:
    resolving(timeout=0.3)
    dns.on("A", "v4.example.com").delay(0.4)
    begun = dns.transcript.clock()
    assert socket.gethostbyname("v4.example.com") == "192.0.2.4"
    assert dns.transcript.clock() - begun >= 0.4
    assert len(dns.queries) == 2


def test_an_answer_from_elsewhere_is_none(
    dns: FakeDNS, resolving: Resolving, outcome: Outcome
) -> None:
    resolving(timeout=0.1, attempts=1)
    dns.on("A", "v4.example.com").from_other_port()
    assert outcome(socket.gethostbyname, "v4.example.com")[1] == socket.EAI_AGAIN


def test_the_right_answer_behind_a_wrong_one_counts(dns: FakeDNS, resolver: FakeResolver) -> None:
    rule = dns.on("A", "v4.example.com")
    rule.respond("192.0.2.66").respond("192.0.2.5").wrong_id(only=1)
    assert socket.gethostbyname("v4.example.com") == "192.0.2.5"


# --- constructor


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"unknown": "allow"}, "unknown='allow': known are pass, refuse"),
        ({"libc": "musle"}, "did you mean 'musl'"),
        ({"addrconfig": "ipv5"}, "did you mean 'ipv"),
        ({"timeout": 0}, "timeout=0: give a number over 0"),
        ({"attempts": 0}, "attempts=0: give a whole number, 1 or more"),
        ({"unknown": True}, "unknown=True"),
    ],
)
def test_bad_arguments(dns: FakeDNS, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FakeResolver(dns, **arguments)


def test_arguments_of_other_kinds(dns: FakeDNS) -> None:
    with pytest.raises(TypeError, match="give a FakeDNS"):
        FakeResolver("127.0.0.1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="did you mean 'timeout'"):
        FakeResolver(dns, timeouts=1)  # type: ignore[call-arg]


def test_a_fake_dns_that_was_never_started() -> None:
    found = socket.getaddrinfo
    with pytest.raises(RuntimeError, match="no port before start"):
        FakeResolver(FakeDNS()).start()
    assert socket.getaddrinfo is found


def test_a_stream_that_never_ends_is_waited_for_as_long_as_all_attempts(
    dns: FakeDNS, resolving: Resolving, outcome: Outcome
) -> None:
    resolving(timeout=0.1)
    dns.on("A", "v4.example.com").truncate()
    dns.on("A", "v4.example.com", transport="tcp").drip(size=1, every=0.02)
    begun = dns.transcript.clock()
    failed = outcome(socket.gethostbyname, "v4.example.com")
    assert failed == (socket.gaierror, socket.EAI_NONAME, "Name or service not known")
    assert dns.transcript.clock() - begun >= 0.2


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0"])
def test_a_server_that_listens_elsewhere(host: str) -> None:
    with FakeDNS(host=host, allow_remote=True) as dns:
        dns.add_host("v4.example.com", "192.0.2.4")
        for libc in ("glibc", "musl"):
            with FakeResolver(dns, libc=libc):
                assert socket.gethostbyname("v4.example.com") == "192.0.2.4"


@pytest.mark.fake_resolver(timeout=0.1, libc="musl")
def test_the_fixture(fake_dns: FakeDNS, fake_resolver: FakeResolver) -> None:
    fake_dns.add("example.com", "MX", "10 mail.example.com")
    with pytest.raises(socket.gaierror, match="Name does not resolve"):
        socket.gethostbyname("example.com")
    assert fake_resolver.timeout == 0.1
    assert fake_resolver.fake_dns is fake_dns
