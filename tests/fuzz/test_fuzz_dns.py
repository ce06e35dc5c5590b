"""Whatever a client sends costs the fake nothing, and whatever is stored comes back whole."""

import socket
import tracemalloc
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.name
import pytest
from dns_wire import answers, framed, opt, question, read
from hypothesis import given, settings
from hypothesis import strategies as st

from fakefarm import FakeDNS
from fakefarm.dns import names

QUICK = settings(max_examples=100, deadline=None)

GOOD = question("www.example.com")
WITH_OPT = question("a.very.long.name.example.com", "MX", edns=opt(options=b"\0\x0a\0\x08cookie!!"))
LABELS = st.lists(st.binary(min_size=1, max_size=63), max_size=3)


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeDNS]:
    """One fake for all examples; its transcript is kept small."""
    with FakeDNS(transcript_limit=2**20) as fake:
        fake.add("www.example.com", "A", "192.0.2.1")
        fake.add("*.wild.example.com", "TXT", "x")
        yield fake


@pytest.fixture(scope="module")
def client(shared) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        sock.connect(shared.address)
        yield sock


def well(fake: FakeDNS, client: socket.socket) -> list[bytes]:
    """The next question is answered, and nothing went wrong in a thread. What was answered to
    those before it."""
    before = []
    end = question("www.example.com", id=0xE0D0)
    client.send(end)
    while True:
        answer = client.recv(65536)
        if answer[:2] == b"\xe0\xd0" and answers_or_none(answer) == ["192.0.2.1"]:
            break
        before.append(answer)
    assert fake.errors == []
    fake.steps.clear()
    fake.connections.clear()
    return before


def answers_or_none(data: bytes) -> list[str] | None:
    try:
        return answers(data)
    except dns.exception.DNSException:
        return None


def check(packet: bytes, got: list[bytes]) -> None:
    """At most one answer, which dnspython can read, has the id, and is no larger than it may be."""
    if len(packet) < 2 or (len(packet) > 2 and packet[2] & 0x80):
        assert got == []
        return
    (answer,) = got
    assert answer[:2] == packet[:2]
    assert answer[2] & 0x80
    if len(packet) > 2 and not packet[2] & 0x78:
        read(answer)
    if len(packet) < 512 and b"\0\0\x29" not in packet:
        assert len(answer) <= 512


@QUICK
@given(packet=st.binary(max_size=600))
def test_garbage(shared, client, packet) -> None:
    client.send(packet)
    check(packet, well(shared, client))


@QUICK
@given(head=st.binary(min_size=3, max_size=3), rest=st.binary(max_size=80))
def test_a_header_and_garbage(shared, client, head, rest) -> None:
    packet = head[:2] + b"\x01" + head[2:] + b"\0\x01\0\0\0\0\0\x01" + rest
    client.send(packet)
    check(packet, well(shared, client))


@QUICK
@given(
    good=st.sampled_from([GOOD, WITH_OPT]),
    at=st.integers(min_value=2, max_value=70),
    new=st.binary(max_size=4),
    end=st.integers(min_value=0, max_value=4),
)
def test_a_good_question_spoiled(shared, client, good, at, new, end) -> None:
    packet = good[:at] + new + good[at + end :]
    client.send(packet)
    check(packet, well(shared, client))


@pytest.mark.parametrize("good", [GOOD, WITH_OPT], ids=["plain", "opt"])
def test_a_good_question_cut_everywhere(shared, client, good) -> None:
    for at in range(len(good)):
        client.send(good[:at])
        check(good[:at], well(shared, client))


@QUICK
@given(data=st.lists(st.binary(max_size=60), max_size=10), cut=st.integers(0, 200))
def test_garbage_on_a_stream(shared, client, data, cut) -> None:
    with socket.create_connection(shared.address, timeout=10) as sock:
        sent = framed(*data)
        sock.sendall(sent[: max(0, len(sent) - cut)] if cut < 100 else sent)
        sock.shutdown(socket.SHUT_WR)
        answered = b""
        while piece := sock.recv(65536):
            answered += piece
    while answered:  # all of it is whole messages
        size = int.from_bytes(answered[:2], "big")
        assert len(answered) >= 2 + size
        answered = answered[2 + size :]
    assert well(shared, client) == []


@QUICK
@given(labels=LABELS)
def test_names_survive_being_written(labels) -> None:
    made = (*labels, b"example")
    text = names.text(made)
    assert names.labels(text) == names.labels(text + ".") == made
    assert dns.name.from_text(text + ".").labels[:-1] == made


@QUICK
@given(labels=LABELS, data=st.lists(st.binary(max_size=255), min_size=1, max_size=4))
def test_what_is_stored_comes_back_byte_for_byte(client, shared, labels, data) -> None:
    owner = names.text((*labels, b"stored", b"example", b"com"))
    quoted = " ".join('"' + "".join(f"\\{c:03}" for c in item) + '"' for item in data)
    shared.add(owner, "TXT", quoted)
    asked = dns.message.make_query(dns.name.from_text(owner + "."), "TXT", payload=65000)
    client.send(asked.to_wire())
    message = read(client.recv(65536))
    shared.remove(owner)
    assert [list(rdata.strings) for rrset in message.answer for rdata in rrset] == [data]
    assert asked.is_response(message)


@QUICK
@given(text=st.text(alphabet='aA.@ \t\n();"\\$1IN60TXTMX:-', max_size=60))
def test_zone_text_of_any_kind(text) -> None:
    fake = FakeDNS()
    try:
        fake.load(text)
    except ValueError as error:
        said = str(error)
    else:
        return
    assert said.startswith("line ")
    assert fake.zones.apexes == []


def test_a_flood_of_clients_is_not_kept(shared, client) -> None:
    tracemalloc.start()
    for _ in range(2000):
        client.send(GOOD)
        client.recv(600)
        shared.steps.clear()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # What is kept: the transcript, up to its limit.
    assert peak < 2**20 + 2**19
    well(shared, client)


def test_a_length_and_silence_costs_nothing(shared, client) -> None:
    with socket.create_connection(shared.address, timeout=10) as sock:
        tracemalloc.start()
        for _ in range(40):
            sock.sendall(b"\xff\xff" + bytes(65535))  # which is 40 broken messages
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    shared.steps.clear()
    assert peak < 2**22 + 40 * 2**16
    well(shared, client)
