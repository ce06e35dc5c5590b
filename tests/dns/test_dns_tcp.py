"""The stream: framing, pipelining, and the faults that only a stream can have."""

import socket
import time

import dns.exception
import dns.message
import dns.query
import pytest
from dns_wire import answers, framed, question, rcode
from raw_client import PATIENCE

from fakefarm import FakeDNS

WWW = question("www.example.com")
MX = question("example.com", "MX", id=2)


def test_several_questions_on_a_connection(zone, tcp) -> None:
    client = tcp(zone)
    for id in range(3):
        answer = client.ask(question("www.example.com", id=id))
        assert (answer[1], answers(answer)) == (id, ["192.0.2.1"])
    assert len(zone.connections) == 1


def test_questions_sent_at_once_are_answered_in_order(zone, tcp) -> None:
    client = tcp(zone)
    client.send(framed(*[question("www.example.com", id=id) for id in range(50)]))
    assert [client.message()[1] for _ in range(50)] == list(range(50))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_questions_in_pieces(zone, tcp, size) -> None:
    client = tcp(zone)
    data = framed(WWW, MX)
    for at in range(0, len(data), size):
        client.send(data[at : at + size])
    assert answers(client.message()) == ["192.0.2.1"]
    assert answers(client.message()) == ["10 mail.example.com."]
    assert zone.transcript.received() == data


def test_an_answer_is_one_write(zone, tcp) -> None:
    client = tcp(zone)
    client.ask(WWW)
    sent = [event.data for event in zone.transcript if event.direction == "sent"]
    assert [len(data) - 2 for data in sent] == [int.from_bytes(sent[0][:2], "big")]


@pytest.mark.parametrize("cut", [1, 2, 10])
def test_half_a_question_and_gone(zone, tcp, cut) -> None:
    client = tcp(zone)
    client.send(framed(WWW)[:cut])
    client.half_close()
    assert client.rest() == (b"", "fin")
    zone.settle()
    assert zone.queries == []
    assert zone.transcript.received() == framed(WWW)[:cut]
    assert zone.connections[0].ended_by == "client"


def test_a_client_that_half_closes_is_answered(zone, tcp) -> None:
    client = tcp(zone)
    client.send(framed(WWW))
    client.half_close()
    assert answers(client.message()) == ["192.0.2.1"]
    assert client.rest() == (b"", "fin")


def test_silence_ends_a_connection(tcp) -> None:
    with FakeDNS(timeout=0.1) as fake:
        client = tcp(fake)
        assert client.rest() == (b"", "fin")
    assert fake.connections[0].ended_how == "timeout"


def test_the_largest_question(zone, tcp) -> None:
    client = tcp(zone)
    answer = client.ask(WWW + bytes(65535 - len(WWW)))
    assert answers(answer) == ["192.0.2.1"]


# --- faults of streams


def test_no_stream_fault_touches_udp(zone, udp, tcp) -> None:
    zone.on("A").close()
    assert answers(udp(zone).ask(WWW)) == ["192.0.2.1"]
    client = tcp(zone)
    client.send(framed(WWW))
    assert client.rest() == (b"", "fin")


ENDINGS = [
    (lambda rule: rule.close(), "", "fin"),
    (lambda rule: rule.reset(), "", "rst"),
    (lambda rule: rule.answer().close(), "all", "fin"),
    (lambda rule: rule.answer().reset(), "all", "rst"),
    (lambda rule: rule.truncate(after=7), "7", "fin"),
    (lambda rule: rule.truncate(after=7).reset(), "7", "rst"),
    (lambda rule: rule.raw(b"\x00").close(), "raw", "fin"),
    (lambda rule: rule.stall(0.05).close(), "", "fin"),
    (lambda rule: rule.half_close(), "", "fin"),
]


@pytest.mark.parametrize(("write", "sent", "how"), ENDINGS)
def test_endings(zone, udp, tcp, write, sent, how) -> None:
    good = framed(udp(zone).ask(WWW))
    write(zone.on("A"))
    client = tcp(zone)
    client.send(framed(WWW))
    wanted = {"": b"", "all": good, "7": good[:9], "raw": b"\x00"}[sent]
    assert client.rest() == (wanted, how)


def test_length_prefix_that_lies(zone, udp, tcp) -> None:
    good = udp(zone).ask(WWW)
    zone.on("A").length_prefix(3).then.length_prefix(60000).close()
    client = tcp(zone)
    client.send(framed(WWW, WWW))
    assert client.rest() == (b"\x00\x03" + good + b"\xea\x60" + good, "fin")
    zone.on("MX").length_prefix(9, only=2).duplicate()
    other = tcp(zone)
    assert other.ask(MX) == other.message()  # duplicate() came behind it


def test_drip(zone, tcp) -> None:
    zone.on("A").drip(size=20, every=0.02)
    client = tcp(zone)
    begin = time.monotonic()
    assert answers(client.ask(WWW)) == ["192.0.2.1"]
    assert time.monotonic() - begin >= 0.04


def test_stall_until_the_client_leaves(zone, tcp) -> None:
    zone.on("A", transport="tcp").stall()
    client = tcp(zone)
    client.send(framed(WWW))
    assert client.is_silent()
    client.close()
    zone.settle()
    assert zone.connections[0].ended_by == "client"


def test_a_wait_on_one_connection_holds_no_other(zone, tcp, udp) -> None:
    zone.on("A", transport="tcp").delay(0.2)
    slow, fast = tcp(zone), tcp(zone)
    slow.send(framed(WWW))
    assert answers(fast.ask(MX)) == ["10 mail.example.com."]
    assert answers(udp(zone).ask(WWW)) == ["192.0.2.1"]
    assert slow.is_silent(0)
    assert answers(slow.message()) == ["192.0.2.1"]


def test_the_moment_of_connecting(zone, tcp) -> None:
    zone.on("connect").reset().then.raw(b"\x00\x03abc").close().then.delay(0.01)
    assert tcp(zone).rest() == (b"", "rst")
    assert tcp(zone).rest() == (b"\x00\x03abc", "fin")
    assert answers(tcp(zone).ask(WWW)) == ["192.0.2.1"]


def test_truncated_over_udp_and_closed_over_tcp(zone) -> None:
    zone.on("A").truncate()
    zone.on("A", transport="tcp").close()
    asked = dns.message.make_query("www.example.com", "A")
    with pytest.raises(EOFError):
        dns.query.udp_with_fallback(asked, zone.host, port=zone.port, timeout=5)
    assert zone.commands == ["A", "A"]


def test_truncated_over_udp_and_answered_over_tcp(zone) -> None:
    zone.on("A").truncate()
    asked = dns.message.make_query("www.example.com", "A")
    got, used_tcp = dns.query.udp_with_fallback(asked, zone.host, port=zone.port, timeout=5)
    assert used_tcp
    assert answers(got.to_wire()) == ["192.0.2.1"]


def test_every_means_connections_and_both_transports(zone, udp, tcp) -> None:
    zone.every().rcode("SERVFAIL")
    assert rcode(udp(zone).ask(WWW)) == "SERVFAIL"
    assert rcode(tcp(zone).ask(WWW)) == "SERVFAIL"


def test_both_ports_have_the_same_number_and_both_are_ours() -> None:
    with FakeDNS() as fake:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with (
                socket.socket(socket.AF_INET, kind) as sock,
                pytest.raises(OSError, match="in use"),
            ):
                sock.bind(fake.address)


def test_a_client_that_never_reads_does_not_hold_the_fake(tcp) -> None:
    with FakeDNS(timeout=0.5) as fake:
        fake.add("huge.example.com", "TXT", *[f"{i}" + "x" * 240 for i in range(250)])
        client = tcp(fake)
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sock.settimeout(0.2)
        try:
            for _ in range(1000):
                client.send(framed(question("huge.example.com", "TXT")))
        except (TimeoutError, OSError):
            pass
        fake.wait_until(lambda: fake.connections[0].closed, PATIENCE)
