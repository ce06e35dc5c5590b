"""Real programs: dig, kdig, host and nslookup, with plain questions and with faults as they see
them. Those that are not installed are skipped.
"""

import shutil
import subprocess
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from fakefarm import FakeDNS

WWW, V4 = "www.example.com", "192.0.2.1"

ZONE = """\
$ORIGIN example.com.
$TTL 300
@ SOA ns hostmaster 7 3600 600 86400 60
@ NS ns
@ MX 10 mail
ns A 192.0.2.53
www A 192.0.2.1
www AAAA 2001:db8::1
mail A 192.0.2.25
alias CNAME www
text TXT "one" "two"
odd TYPE65280 \\# 2 ABCD
*.wild A 192.0.2.9
"""


@pytest.fixture
def filled(fake: FakeDNS) -> FakeDNS:
    """A fake with a zone, 60 addresses of one name (about 1,000 bytes), and a reverse name."""
    fake.load(ZONE)
    fake.add("many.example.com", "A", *[f"192.0.2.{i}" for i in range(60)])
    fake.add("1.2.0.192.in-addr.arpa", "PTR", WWW)
    return fake


class Run(NamedTuple):
    code: int
    said: str


@pytest.fixture
def run(filled: FakeDNS) -> Callable[..., Run]:
    """``run("dig", "www.example.com")`` asks the fake."""

    def run(program: str, *arguments: str) -> Run:
        path = shutil.which(program)
        if path is None:
            pytest.skip(f"{program} is not installed")
        where = {
            "dig": ["-r", f"@{filled.host}", "-p", str(filled.port)],
            "kdig": [f"@{filled.host}", "-p", str(filled.port)],
            "host": ["-p", str(filled.port)],
            "nslookup": [f"-port={filled.port}"],
        }[program]
        behind = [filled.host] if program in ("host", "nslookup") else []
        done = subprocess.run(
            [path, *where, *arguments, *behind],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return Run(done.returncode, done.stdout + done.stderr)

    return run


ASKED = [
    ([WWW], ["192.0.2.1"]),
    ([WWW, "AAAA"], ["2001:db8::1"]),
    (["example.com", "MX"], ["10 mail.example.com."]),
    (["alias.example.com"], ["www.example.com.", "192.0.2.1"]),
    (["text.example.com", "TXT"], ['"one" "two"']),
    (["-x", "192.0.2.1"], ["www.example.com."]),
    (["odd.example.com", "TYPE65280"], ["\\# 2 ABCD"]),
    (["a.wild.example.com", "+tcp"], ["192.0.2.9"]),
    (["WWW.EXAMPLE.COM", "+norec"], ["192.0.2.1"]),
    (["nope.example.com"], []),
]


@pytest.mark.parametrize("program", ["dig", "kdig"])
@pytest.mark.parametrize(("arguments", "wanted"), ASKED, ids=[" ".join(row[0]) for row in ASKED])
def test_plain_questions(run, filled, program, arguments, wanted) -> None:
    done = run(program, *arguments, "+short")
    assert done == (0, "".join(f"{line}\n" for line in wanted))
    assert filled.queries[0].transport == ("tcp" if "+tcp" in arguments else "udp")


@pytest.mark.parametrize("program", ["dig", "kdig"])
def test_sizes(run, filled, program) -> None:
    run(program, WWW, "+bufsize=600", "+dnssec")
    (query,) = filled.queries
    assert (query.edns.size, query.edns.do) == (600, True)


@pytest.mark.parametrize("program", ["dig", "kdig"])
def test_comes_again_over_tcp(run, filled, program) -> None:
    done = run(program, "many.example.com", "+noedns", "+short")
    assert [f"192.0.2.{i}" in done.said.split() for i in range(60)] == [True] * 60
    assert [query.transport for query in filled.queries] == ["udp", "tcp"]


@pytest.mark.parametrize("program", ["dig", "kdig"])
def test_transfers_a_zone(run, filled, program) -> None:
    done = run(program, "example.com", "AXFR")
    records = [line.split() for line in done.said.splitlines() if line and line[0] not in ";"]
    assert len(records) == len(ZONE.splitlines()) - 2 + 60 + 1  # the SOA comes twice
    assert records[0] == records[-1]
    assert records[0][3] == "SOA"


class Seen(NamedTuple):
    name: str
    script: Callable[[FakeDNS], Any]
    arguments: list[str]
    dig: list[str]  # what is said; nothing: it is not asked, for the second that it would take
    kdig: list[str]


ONCE = ["+time=1", "+tries=1", "+retry=0"]
# fmt: off
SEEN = [Seen(*row) for row in [
    ("SERVFAIL", lambda d: d.on("A").rcode("SERVFAIL"), [WWW],
     ["status: SERVFAIL"], ["status: SERVFAIL"]),
    ("NXDOMAIN", lambda d: d.on("A").rcode("NXDOMAIN"), [WWW],
     ["status: NXDOMAIN", "SOA\tns.example.com."], ["status: NXDOMAIN", "SOA\tns.example.com."]),
    ("an extended code", lambda d: d.on("A").rcode("BADVERS"), [WWW],
     ["status: BADVERS"], ["ext-rcode: BADVERS"]),
    ("nobody serves that class", lambda d: None, [WWW, "-c", "CH"],
     ["status: REFUSED"], ["status: REFUSED"]),
    ("a flag that says cut", lambda d: d.on("A").truncate(), [WWW, "+ignore"],
     ["flags: qr aa tc rd;", "ANSWER: 0"], ["Flags: qr aa tc rd;", "ANSWER: 0"]),
    ("more behind it", lambda d: d.on("A").trailing(b"junk"), [WWW],
     ["Message has 4 extra bytes at end", V4], ["(trailing data)", V4]),
    ("no response", lambda d: d.on("A").not_a_response(), [WWW],
     ["Warning: query response not set", V4], ["response QR bit not set", V4]),
    ("no question", lambda d: d.on("A").no_question(), [WWW],
     ["QUERY: 0", V4], ["response doesn't have question section", V4]),
    ("another owner", lambda d: d.on("A").other_owner("a.test"), [WWW],
     ["a.test.\t\t\t300\tIN\tA\t192.0.2.1"], ["a.test.", V4]),
    ("a pointer to itself", lambda d: d.on("A").bad_pointer(), [WWW, *ONCE],
     ["Got bad packet: bad compression pointer"], ["malformed reply packet"]),
    ("a length beyond the end", lambda d: d.on("A").bad_rdlength(), [WWW, *ONCE],
     ["malformed message packet"], ["malformed reply packet"]),
    ("a bad OPT", lambda d: d.on("A").bad_opt(), [WWW, *ONCE],
     ["malformed message packet"], ["malformed reply packet"]),
    ("a wrong id, then the right one",
     lambda d: d.on("A").answer().answer().wrong_id(only=1), [WWW],
     ["ID mismatch", V4], ["is different from query ID", V4]),
    ("the right one from elsewhere", lambda d: d.on("A").from_other_port(), [WWW, *ONCE],
     [], ["unexpected reply source", "response timeout"]),
    ("never answered", lambda d: d.on("A").ignore(), [WWW, *ONCE],
     ["no servers could be reached"], []),
    ("another question, then the right one",
     lambda d: d.on("A").answer().answer().wrong_question(only=1), [WWW],
     ["Question section mismatch: got wrong.fakefarm.invalid/A/IN", V4],
     ["query/response question sections are different"]),
    ("TCP that is closed", lambda d: d.on("A", transport="tcp").close(), [WWW, "+tcp", *ONCE],
     ["end of file"], ["can't receive reply"]),
    ("TCP that is reset", lambda d: d.on("A", transport="tcp").reset(), [WWW, "+tcp", *ONCE],
     ["connection reset"], ["can't receive reply"]),
    ("TCP with a length that lies",
     lambda d: d.on("A", transport="tcp").length_prefix(500).close(), [WWW, "+tcp", *ONCE],
     ["end of file"], ["can't receive reply"]),
    ("nobody is there", lambda d: d.on("connect").refuse(), [WWW, "+tcp", *ONCE],
     ["connection refused"], ["failed to query server"]),
    ("a transfer that is refused", lambda d: d.on("AXFR").rcode("REFUSED"), ["example.com", "AXFR"],
     ["Transfer failed"], ["server replied with error 'REFUSED'"]),
    ("a transfer without a SOA", lambda d: d.on("AXFR").respond(("A", V4)), ["example.com", "AXFR"],
     ["Didn't start with SOA answer"], ["isn't SOA"]),
    ("a transfer that is cut",
     lambda d: d.on("AXFR").truncate(after=80), ["example.com", "AXFR", *ONCE],
     ["end of file"], ["can't receive reply"]),
    ("an answer without a signature", lambda d: None,
     [WWW, "-y", "hmac-sha256:ours:eHh4eHh4eHh4eHh4eHh4eA=="],
     ["expected a TSIG or SIG(0)"], ["expected a TSIG or SIG(0)"]),
]]
# fmt: on
ONLY = {"dig": "+retry=0", "kdig": "+tries=1"}  # what the other one does not know


@pytest.mark.parametrize(
    ("program", "seen"),
    [(program, seen) for seen in SEEN for program in ("dig", "kdig") if getattr(seen, program)],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_faults_as_they_see_them(run, filled, program, seen) -> None:
    seen.script(filled)
    done = run(program, *(word for word in seen.arguments if word != ONLY[program]))
    for words in getattr(seen, program):
        assert words in done.said


def test_dig_comes_down_to_the_edns_that_we_have(run, filled) -> None:
    done = run("dig", WWW, "+edns=1")
    assert "BADVERS, retrying with EDNS version 0" in done.said
    assert V4 in done.said
    assert len(filled.queries) == 2


def test_dig_of_an_opcode_that_we_have_not(run, filled) -> None:
    assert "opcode: NOTIFY, status: NOTIMP" in run("dig", WWW, "+opcode=notify").said
    assert filled.commands == ["NOTIFY"]


def test_dig_asks_twice_on_one_connection(run, filled) -> None:
    done = run("dig", "+tcp", "+keepopen", "+short", WWW, "mail.example.com")
    assert done.said.split() == [V4, "192.0.2.25"]
    filled.settle()
    assert len(filled.connections) == 1


def test_dig_over_ipv6() -> None:
    path = shutil.which("dig")
    if path is None:
        pytest.skip("dig is not installed")
    try:
        fake = FakeDNS(host="::1").start()
    except OSError:
        pytest.skip("there is no IPv6 here")
    with fake:
        fake.add(WWW, "A", V4)
        words = [path, "-r", "@::1", "-p", str(fake.port), "+short", WWW]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
        assert done.stdout == f"{V4}\n"


def test_host(run, filled) -> None:
    assert f"{WWW} has address {V4}" in run("host", WWW).said
    assert "mail is handled by 10 mail.example.com." in run("host", "example.com").said
    assert "not found: 3(NXDOMAIN)" in run("host", "nope.example.com").said
    filled.on("A").rcode("SERVFAIL")
    assert "not found: 2(SERVFAIL)" in run("host", WWW).said


def test_nslookup(run, filled) -> None:
    assert f"Address: {V4}" in run("nslookup", WWW).said
    assert "can't find nope.example.com: NXDOMAIN" in run("nslookup", "nope.example.com").said
