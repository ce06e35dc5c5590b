"""Starting, stopping and waiting, on both transports; and what is written down."""

import socket
import threading
import time

import pytest
from dns_wire import answers, framed, question, rcode

from fakefarm import FakeDNS

WWW = question("www.example.com")


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("fakefarm")]


def test_start_and_stop_leave_nothing(udp, tcp) -> None:
    before = threads()
    for _ in range(20):
        fake = FakeDNS().start()
        udp(fake).send(WWW)
        tcp(fake).send(framed(WWW))
        fake.stop()
        fake.stop()
    assert threads() == before


def test_a_question_sent_before_the_thread_runs_is_answered(udp) -> None:
    for _ in range(20):
        with FakeDNS() as fake:
            assert rcode(udp(fake).ask(WWW)) == "REFUSED"


def test_settle_sees_a_datagram_that_was_sent_before(udp) -> None:
    with FakeDNS() as fake:
        client = udp(fake)
        for i in range(1, 51):
            client.send(WWW)
            fake.settle()
            assert len(fake.queries) == i


def test_settle_waits_for_an_observer_that_is_slow(zone, udp) -> None:
    done = []
    zone.observe(lambda step: (time.sleep(0.1), done.append(step)))
    udp(zone).send(WWW)
    zone.settle()
    assert len(done) == 1


def test_settle_waits_for_delays(zone, udp) -> None:
    zone.on("A").delay(0.15)
    client = udp(zone)
    client.send(WWW)
    begin = time.monotonic()
    zone.settle()
    assert time.monotonic() - begin >= 0.1
    assert not client.is_silent(0)
    zone.settle()


def test_settle_gives_up(zone, udp) -> None:
    zone.on("A").delay(60)
    udp(zone).send(WWW)
    with pytest.raises(TimeoutError, match="settle"):
        zone.settle(timeout=0.1)


def test_wait_until_is_woken(zone, udp) -> None:
    client = udp(zone)
    timer = threading.Timer(0.05, client.send, [WWW])
    timer.start()
    zone.wait_until(lambda: zone.queries)
    timer.join()
    assert zone.queries[0].client == client.address


@pytest.mark.parametrize(
    "write",
    [
        lambda rule: rule.delay(60),
        lambda rule: rule.stall(),
        lambda rule: rule.respond("192.0.2.1").delay(60).respond("192.0.2.2"),
        lambda rule: rule.delay(60).from_other_port(),
    ],
    ids=["delay", "stall", "between", "source"],
)
def test_every_wait_ends_when_the_fake_stops(udp, write) -> None:
    fake = FakeDNS().start()
    write(fake.on("A"))
    client = udp(fake)
    for _ in range(5):
        client.send(WWW)
    fake.wait_until(lambda: len(fake.queries) == 5)
    begin = time.monotonic()
    fake.stop()
    assert time.monotonic() - begin < 1
    assert threads() == []
    assert fake.errors == []


def test_stop_while_questions_pour_in(udp) -> None:
    fake = FakeDNS().start()
    fake.add("www.example.com", "A", "192.0.2.1")
    client, go_on = udp(fake), threading.Event()

    def pour() -> None:
        while not go_on.is_set():
            client.send(WWW)

    pouring = threading.Thread(target=pour)
    pouring.start()
    fake.wait_until(lambda: len(fake.queries) > 100)
    begin = time.monotonic()
    fake.stop()
    took = time.monotonic() - begin
    go_on.set()
    pouring.join()
    assert took < 2
    assert fake.errors == []


def test_nobody_is_there_after_stop(zone) -> None:
    address = zone.address
    zone.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.connect(address)
        sock.send(WWW)
        with pytest.raises(ConnectionRefusedError):
            sock.recv(100)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, 5)


def test_a_fake_starts_again_on_its_port(udp, tcp) -> None:
    with FakeDNS() as first:
        port = first.port
    again = FakeDNS(port=port)
    for _ in range(3):
        with again:
            assert again.port == port
            assert rcode(udp(again).ask(WWW)) == "REFUSED"
            assert rcode(tcp(again).ask(WWW)) == "REFUSED"


def test_reset_keeps_the_port_and_forgets_the_rest(zone, udp) -> None:
    port = zone.port
    zone.on("A").delay(60)
    client = udp(zone)
    client.send(WWW)
    zone.wait_until(lambda: zone.queries)
    zone.reset()
    assert (zone.port, zone.queries, zone.connections, len(zone.transcript)) == (port, [], [], 0)
    assert rcode(client.ask(WWW)) == "REFUSED"
    assert zone.connections[0].number == 1


def test_a_port_that_is_taken_for_either_is_named() -> None:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with FakeDNS() as before:  # a number that is free for both
            port = before.port
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(("127.0.0.1", port))
            if kind == socket.SOCK_STREAM:
                other.listen()
            fake = FakeDNS(port=port)
            with pytest.raises(OSError, match=f"FakeDNS cannot .* on 127.0.0.1:{port}"):
                fake.start()
            assert threads() == []
        with fake:  # nothing of it was kept
            assert fake.port == port


def test_a_number_that_is_free_for_both_is_found(monkeypatch) -> None:
    """A taken UDP port has another number tried."""
    from fakefarm._core.datagrams import DatagramPort

    refused = []
    real = DatagramPort.open

    def open_late(self, receiving=True) -> None:
        if len(refused) < 5:
            refused.append(self.address[1])
            self.socket.close()
            raise OSError(98, "cannot receive")
        real(self, receiving)

    monkeypatch.setattr(DatagramPort, "open", open_late)
    with FakeDNS() as fake:
        assert len(refused) == 5
        assert rcode_of(fake) == "REFUSED"
    assert threads() == []


def rcode_of(fake: FakeDNS) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.sendto(WWW, fake.address)
        return rcode(sock.recv(600))


def test_a_callable_may_stop_the_fake(udp) -> None:
    fake = FakeDNS().start()
    fake.on("A").respond(lambda query: fake.stop())
    udp(fake).send(WWW)
    deadline = time.monotonic() + 5
    while threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threads() == []
    assert fake.errors == []


def test_a_callable_that_does_not_end_is_named(udp) -> None:
    fake = FakeDNS().start()
    held = threading.Event()
    fake.on("A").respond(lambda query: held.wait(20) and None)
    udp(fake).send(WWW)
    fake.wait_until(lambda: fake.queries)
    import fakefarm._core.datagrams as datagrams
    import fakefarm._core.reception as reception

    before = datagrams.PATIENCE, reception.PATIENCE
    datagrams.PATIENCE = reception.PATIENCE = 0.1
    try:
        with pytest.raises(RuntimeError, match="a callable of the test does not end"):
            fake.stop()
    finally:
        datagrams.PATIENCE, reception.PATIENCE = before
        held.set()
    while threads():
        time.sleep(0.01)


# --- what is written down


def test_a_udp_client_is_a_connection_that_nobody_ends(zone, udp) -> None:
    one, other = udp(zone), udp(zone)
    for client in (one, other, one):
        client.ask(WWW)
    first, second = zone.connections
    assert (first.number, first.peer[:2], second.peer[:2]) == (1, one.address, other.address)
    assert [query.connection for query in zone.queries] == [1, 2, 1]
    zone.stop()
    assert (first.closed, first.ended_by, first.ended_how) == (None, None, None)


def test_the_transcript_has_every_datagram_and_says_what_it_is(zone, udp) -> None:
    client = udp(zone)
    zone.on("A").wrong_id()
    sent = client.ask(WWW)
    natural = client.ask(question("example.com", "MX", id=9))
    assert zone.transcript.received() == WWW + question("example.com", "MX", id=9)
    assert zone.transcript.sent() == sent + natural
    kinds = [(event.kind, event.direction) for event in zone.transcript]
    assert kinds == [
        ("opened", "note"), ("data", "received"), ("question", "note"), ("rule", "note"),
        ("data", "sent"),
        ("data", "received"), ("question", "note"), ("answer", "note"), ("data", "sent"),
    ]  # fmt: skip
    page = str(zone.transcript)
    assert "question: A www.example.com (id 4660)" in page
    assert "question: MX example.com (id 9)" in page
    assert "answer: NOERROR, 1 answer" in page
    assert "rule: on('A').wrong_id() written at test_dns_stopping.py:" in page


def test_every_client_of_either_transport_has_its_own_number(zone, udp, tcp) -> None:
    """They are counted in two threads."""

    def come() -> None:
        for _ in range(25):
            udp(zone).send(WWW)
            tcp(zone)

    coming = [threading.Thread(target=come) for _ in range(4)]
    for thread in coming:
        thread.start()
    for thread in coming:
        thread.join()
    zone.wait_until(lambda: len(zone.connections) == 200)
    assert [connection.number for connection in zone.connections] == list(range(1, 201))


def test_more_clients_than_are_remembered(zone, udp, monkeypatch) -> None:
    from fakefarm._core import datagram_reception as reception

    monkeypatch.setattr(reception, "MOST_CLIENTS", 3)
    clients = [udp(zone) for _ in range(5)]
    for client in clients + clients[:1]:
        assert answers(client.ask(WWW)) == ["192.0.2.1"]
    assert [query.connection for query in zone.queries] == [1, 2, 3, 4, 5, 6]
    assert zone._reception is not None
    assert zone._reception._datagrams is not None
    assert len(zone._reception._datagrams._clients) == 3
