"""What all fakes share: their arguments, their start, and what one reads of them."""

from __future__ import annotations

import contextlib
import errno
import math
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm._core.session import Session


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as sock:
        sock.bind(("::1", 0))
        return True
    return False


# --- arguments


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"port": -1}, "port=-1"),
        ({"port": 65536}, "port=65536"),
        ({"port": "25"}, "port='25'"),
        ({"port": True}, "port=True"),
        ({"timeout": 0}, "timeout=0"),
        ({"timeout": -1}, "timeout=-1"),
        ({"timeout": math.nan}, "timeout=nan"),
        ({"timeout": None}, "timeout=None"),
        ({"transcript_limit": -1}, "transcript_limit=-1"),
        ({"transcript_limit": 1.5}, "transcript_limit=1.5"),
        ({"max_message_size": -1}, "max_message_size=-1"),
        ({"seed": 1.5}, "seed=1.5"),
        ({"seed": "x"}, "seed='x'"),
        ({"users": ["u"]}, r"users=\['u'\]"),
        ({"tls": "implicit"}, "tls='implicit'"),
        ({"certificate": "expired"}, "certificate='expired'"),
    ],
    ids=str,
)
def test_a_bad_argument_raises_and_is_named(
    toy_class: Any, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=problem):
        toy_class(**arguments)


def test_arguments_are_keywords(toy_class: Any) -> None:
    with pytest.raises(TypeError):
        toy_class("127.0.0.1")
    with pytest.raises(TypeError, match="prot"):
        toy_class(prot=1)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "", "::", "192.0.2.1", "example.com", "127.example.com", "127.0.0.1.evil.com"],
)
def test_only_loopback(toy_class: Any, host: str) -> None:
    with pytest.raises(ValueError, match=r"not a loopback address; allow_remote=True"):
        toy_class(host=host)


def test_unless_remote_is_allowed(toy_class: Any) -> None:
    with toy_class(host="0.0.0.0", allow_remote=True) as toy:
        with socket.create_connection(("127.0.0.1", toy.port), timeout=5) as client:
            assert client.recv(100) == b"+hello\r\n"
        toy.settle()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_hosts_of_the_loopback(make: Any, dial: Any, host: str) -> None:
    try:
        toy = make(host=host)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            pytest.skip(f"this system's loopback has no {host}")
        raise
    assert toy.host == host
    assert dial(toy).ask("ECHO x") == b"+x\r\n"


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
def test_ipv6(make: Any, dial: Any) -> None:
    toy = make(host="::1")
    assert toy.url == f"toy://[::1]:{toy.port}"
    assert dial(toy).ask("ECHO x") == b"+x\r\n"
    assert toy.connections[0].peer[0] == "::1"
    toy.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(toy.address, timeout=5)


# --- where it is


def test_its_address(toy: Any) -> None:
    assert toy.host == "127.0.0.1"
    assert toy.address == (toy.host, toy.port)
    assert toy.url == f"toy://127.0.0.1:{toy.port}"
    assert repr(toy) == f"<Toy 127.0.0.1:{toy.port}>"


def test_there_is_none_before_the_start(toy_class: Any) -> None:
    toy = toy_class()
    for name in ("address", "port", "url"):
        with pytest.raises(RuntimeError, match=r"Toy has no port before start\(\)"):
            getattr(toy, name)
    assert repr(toy) == "<Toy not started>"


def test_the_port_can_be_read_after_the_stop(toy: Any) -> None:
    port = toy.port
    toy.stop()
    assert toy.port == port


def test_a_given_port(make: Any, toy: Any) -> None:
    port = toy.port
    toy.stop()
    again = make(port=port)
    assert again.port == port


def test_a_port_in_use_is_named(make: Any, toy: Any) -> None:
    with pytest.raises(
        OSError, match=rf"Toy cannot listen on 127\.0\.0\.1:{toy.port}: "
    ) as problem:
        make(port=toy.port)
    assert problem.value.errno == errno.EADDRINUSE


def test_an_address_that_is_not_ours_is_named(make: Any) -> None:
    with pytest.raises(OSError, match=r"Toy cannot listen on 192\.0\.2\.1:0: ") as problem:
        make(host="192.0.2.1", allow_remote=True)
    assert problem.value.errno == errno.EADDRNOTAVAIL


# --- start, stop, reset


def test_start_is_idempotent_and_returns_the_fake(toy_class: Any) -> None:
    toy = toy_class()
    try:
        assert toy.start() is toy
        port = toy.port
        assert toy.start() is toy
        assert toy.port == port
    finally:
        toy.stop()
    with toy_class() as entered:
        assert entered.port


def test_a_start_after_a_stop_goes_on_with_script_and_history(toy: Any, dial: Any) -> None:
    toy.on("ECHO").reply("+1").then.reply("+2")
    assert dial(toy).ask("ECHO") == b"+1\r\n"
    toy.stop()
    toy.start()
    assert dial(toy).ask("ECHO") == b"+2\r\n"
    assert toy.commands == ["ECHO", "ECHO"]
    assert [connection.number for connection in toy.connections] == [1, 2]
    assert toy.transcript.received() == b"ECHO\r\n" * 2
    times = [event.time for event in toy.transcript]
    assert times == sorted(times)


def test_a_stopped_fake_refuses(toy: Any) -> None:
    toy.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(toy.address, timeout=5)


def test_reset_forgets_all_but_the_port(toy: Any, dial: Any) -> None:
    address = toy.address
    told: list[Any] = []
    client = dial(toy)
    toy.observe(told.append)
    toy.on("ECHO").reply("-no")
    client.ask("ECHO")
    toy.timeout, toy.users, toy.max_message_size = 1, {"u": "p"}, 5
    toy.reset()
    assert client.rest() == (b"", "fin")
    assert (toy.steps, toy.commands, toy.connections, toy.errors) == ([], [], [], [])
    assert (toy.timeout, toy.users, toy.max_message_size) == (300, None, 2**25)
    assert len(toy.transcript) == 0
    assert toy.address == address
    told.clear()
    assert dial(toy).ask("ECHO x") == b"+x\r\n"
    assert told == []
    assert toy.connections[0].number == 1
    assert toy.steps[0].time < 5
    toy.settle()


def test_reset_forgets_what_was_changed_in_place(toy_class: Any) -> None:
    given = {"u": "p"}
    with toy_class(users=given) as toy:
        toy.users["v"] = "q"
        assert given == {"u": "p"}
        toy.reset()
        assert toy.users == {"u": "p"}


def test_who_waits_to_be_let_in_does_not_live_through_a_reset(toy: Any, dial: Any) -> None:
    gate = threading.Event()
    toy.on("connect", where=lambda step: gate.wait(5) and False)
    dial(toy, b"")
    waiting = dial(toy, b"")
    waiting.send(b"ECHO from the life before\r\n")
    toy.wait_until(lambda: toy.connections)
    listener = toy._reception._listener

    def open_when_closing() -> None:
        while listener.listening:
            threading.Event().wait(0.001)
        gate.set()

    thread = threading.Thread(target=open_when_closing)
    thread.start()
    toy.reset()
    thread.join()
    assert waiting.rest()[0] == b""
    dial(toy)
    toy.settle()
    assert toy.commands == []
    assert len(toy.connections) == 1


def test_reset_before_the_start_and_after_the_stop(toy_class: Any) -> None:
    toy = toy_class()
    toy.reset()
    with toy:
        pass
    toy.reset()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(toy.address, timeout=5)


def test_resets_while_clients_come_and_go(toy: Any) -> None:
    stop = threading.Event()
    problems: list[Exception] = []

    def knock() -> None:
        while not stop.is_set():
            try:
                with socket.create_connection(toy.address, timeout=5) as client:
                    client.sendall(b"ECHO x\r\n")
                    while client.recv(100):
                        client.sendall(b"QUIT\r\n")
            except ConnectionError:
                pass
            except Exception as problem:
                problems.append(problem)

    threads = [threading.Thread(target=knock) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        toy.reset()
        toy.wait_until(lambda: len(toy.commands) > 2)
    stop.set()
    toy.stop()
    for thread in threads:
        thread.join()
    assert problems == []
    assert toy.errors == []


# --- what one reads


def test_steps_and_commands(toy: Any, client: Any) -> None:
    client.ask("ECHO one two")
    client.ask("")
    client.ask("SEND")
    client.ask("the text")
    assert [(step.verb, step.argument, step.line, step.is_phase) for step in toy.steps] == [
        ("connect", "", b"", True),
        ("ECHO", "one two", b"ECHO one two", False),
        ("", "", b"", False),
        ("SEND", "", b"SEND", False),
        ("message", "", b"", True),
    ]
    assert toy.commands == ["ECHO", "", "SEND"]
    assert [step.connection for step in toy.steps] == [1] * 5
    times = [step.time for step in toy.steps]
    assert times == sorted(times)


def test_the_connection_table(toy: Any, dial: Any) -> None:
    first, second = dial(toy), dial(toy)
    table = [(c.number, c.peer, c.closed, c.ended_by, c.ended_how, c.tls) for c in toy.connections]
    assert table == [
        (1, first.address, None, None, None, None),
        (2, second.address, None, None, None, None),
    ]
    first.close()
    toy.settle()
    one, two = toy.connections
    assert (one.ended_by, one.ended_how, two.ended_by) == ("client", "fin", None)
    assert 0 < one.opened < two.opened < one.closed


def test_a_timeout_that_the_test_changes_holds_for_the_next_connection(toy: Any, dial: Any) -> None:
    toy.timeout = 0.02
    assert dial(toy).rest() == (b"-silent\r\n", "fin")


def test_the_thread_of_a_connection_says_whose_it_is(toy: Any, client: Any) -> None:
    names = {thread.name for thread in threading.enumerate()}
    assert {"fakefarm-toy", "fakefarm-toy-1"} <= names


def test_a_system_without_threads_left(
    make: Any, dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = make()
    start = threading.Thread.start

    def fail(thread: threading.Thread) -> None:
        if thread.name == "fakefarm-toy-1":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", fail)
    assert dial(toy, b"").rest() == (b"", "fin")
    toy.wait_until(lambda: toy.errors)
    assert "can't start new thread" in str(toy.errors[0])
    assert dial(toy).ask("ECHO x") == b"+x\r\n"


def test_a_system_without_descriptors_left(
    make: Any, dial: Any, monkeypatch: pytest.MonkeyPatch, notes: Callable[..., list[str]]
) -> None:
    toy = make()

    listener = toy._reception._listener
    accept, calls = listener.get_request, []

    def fail_twice() -> Any:
        calls.append(1)
        if len(calls) <= 2:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept()

    monkeypatch.setattr(listener, "get_request", fail_twice)
    assert dial(toy).ask("ECHO x") == b"+x\r\n", "it is let in when there are some again"
    assert notes(toy, "error") == ["OSError: [Errno 24] Too many open files"]
    toy.errors.clear()


# --- what a protocol has to write


def test_a_protocol_without_a_conversation(toy: Any, dial: Any) -> None:
    toy.session_class = Session
    toy.on("connect").raw(b"+hello\r\n")
    client = dial(toy)
    assert client.rest() == (b"", "fin")
    toy.wait_until(lambda: toy.errors)
    assert "Session has no conversation" in str(toy.errors[0])


def test_a_protocol_without_a_greeting_or_reply_of_its_own(toy: Any, dial: Any) -> None:
    class Silent(toy.session_class):  # type: ignore[misc]
        greet = Session.greet
        scripted = Session.scripted
        silent = Session.silent

    toy.session_class = Silent
    toy.timeout = 0.03
    client = dial(toy, b"")
    assert client.rest() == (b"", "fin")
    toy.on("ECHO").reply("+")
    client = dial(toy, b"")
    client.send(b"ECHO\r\n")
    assert client.rest() == (b"", "fin")
    toy.wait_until(lambda: toy.errors)
    assert "Silent has no reply of its own" in str(toy.errors[0])
