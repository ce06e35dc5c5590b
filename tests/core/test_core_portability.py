"""What other systems do differently, played on this one."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakefarm._core import sockets, wire


@pytest.fixture
def no_endings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No POLLRDHUP: an ending behind unread input is not told."""
    monkeypatch.setattr(sockets, "TELLS_ENDINGS", False)


@pytest.fixture
def no_poll(monkeypatch: pytest.MonkeyPatch, no_endings: None) -> None:
    monkeypatch.delattr(select, "poll")


@pytest.fixture(params=["no_endings", "no_poll"])
def elsewhere(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(request.param)


@pytest.fixture
def no_shutdown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A listening socket cannot be shut down, so the acceptor is woken by a connection."""
    woken: list[Any] = []
    shutdown = socket.socket.shutdown

    def refuse(sock: socket.socket, how: int) -> None:
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            woken.append(sock.getsockname())
            raise OSError(errno.ENOTCONN, "Socket is not connected")
        shutdown(sock, how)

    monkeypatch.setattr(socket.socket, "shutdown", refuse)
    yield woken
    assert woken


@pytest.mark.usefixtures("elsewhere")
def test_a_stall_ends_when_the_client_leaves(toy: Any, client: Any) -> None:
    toy.on("ECHO").stall()
    client.send(b"ECHO x\r\n" + b"unread\r\n" * 100)
    assert client.is_silent()
    client.close()
    toy.settle()
    assert toy.connections[0].ended_by == "client"
    assert toy.transcript.received() == b"ECHO x\r\n" + b"unread\r\n" * 100


@pytest.mark.usefixtures("elsewhere")
def test_a_stall_reads_ahead_only_so_far(
    toy: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LOOKAHEAD", 1000)
    toy.on("ECHO", "x").stall(0.1).half_close()
    toy.on("ECHO", "y").stall()
    data = b"MARK z\r\n" * 5000
    client.send(b"ECHO x\r\n" + data)
    toy.wait_until(lambda: toy.commands)
    toy.settle(timeout=2)
    toy.wait_until(lambda: len(toy.marks) == 10_001)
    client.send(b"ECHO y\r\n" + data)
    toy.wait_until(lambda: toy.commands[-1] == "ECHO")
    began = time.monotonic()
    toy.stop()
    assert time.monotonic() - began < 1
    assert toy.connections[0].ended_how == "fin"


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("ending", ["close", "reset"])
def test_a_stall_of_some_seconds(toy: Any, client: Any, ending: str) -> None:
    getattr(toy.on("ECHO").stall(0.05), ending)()
    began = time.monotonic()
    client.send(b"ECHO x\r\n" + b"unread\r\n" * 20)
    assert client.rest() == (b"", "fin" if ending == "close" else "rst")
    assert time.monotonic() - began >= 0.05


@pytest.mark.usefixtures("elsewhere")
def test_stop_ends_a_stall(toy: Any, client: Any) -> None:
    toy.on("ECHO").stall()
    client.send(b"ECHO x\r\n")
    toy.wait_until(lambda: toy.commands)
    began = time.monotonic()
    toy.stop()
    assert time.monotonic() - began < 1


@pytest.mark.usefixtures("elsewhere")
def test_settling(toy: Any) -> None:
    missed = 0
    for number in range(1, 31):
        with socket.create_connection(toy.address, timeout=5) as client:
            client.sendall(b"MARK %d\r\n" % number)
        toy.settle()
        missed += str(number) not in toy.marks
        toy.wait_until(lambda number=number: str(number) in toy.marks)
    assert missed <= 2  # a system under load delivers late even on its loopback
    with socket.create_connection(toy.address, timeout=5) as client:
        client.sendall(b"half")
        toy.settle(timeout=2)


def test_a_peek_does_not_wait_for_what_the_thread_took(no_endings: None) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sockets.limit_waits(ours, 60)
        assert sockets._peek(ours) == b"taken"
        theirs.sendall(b"xy")
        assert sockets._peek(ours) == b"x"
        assert not sockets.has_left(ours)
        assert ours.recv(5) == b"xy"
        assert ours.getblocking()
        theirs.close()
        assert sockets.has_left(ours)


def test_a_socket_that_its_thread_closed_just_now() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()
    assert sockets.has_left(ours)
    assert not sockets.is_readable(ours)


@pytest.mark.parametrize("way", ["stop", "reset", "refuse"])
def test_the_acceptor_is_woken_by_a_connection(
    toy: Any, client: Any, no_shutdown: list[Any], way: str
) -> None:
    address = toy.address
    began = time.monotonic()
    if way == "refuse":
        toy.on("connect").refuse()
    else:
        getattr(toy, way)()
    assert time.monotonic() - began < 1
    assert no_shutdown == [address]
    assert len(toy.connections) == (0 if way == "reset" else 1)
    if way != "reset":
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=5)
    toy.stop()
    no_shutdown.append("stopped")


@pytest.mark.usefixtures("no_shutdown")
def test_who_waits_at_the_door_is_not_let_in_by_the_waking(make: Any) -> None:
    for _ in range(20):
        toy = make()
        with socket.create_connection(toy.address, timeout=5) as client:
            toy.stop()
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(100) in (b"", b"+hello\r\n")


def test_a_client_that_leaves_between_the_wait_and_the_accept(
    toy: Any, dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[Exception] = [BlockingIOError(), ConnectionAbortedError()]
    accept = toy._reception._listener.get_request

    def get_request() -> Any:
        if problems:
            raise problems.pop()
        return accept()

    monkeypatch.setattr(toy._reception._listener, "get_request", get_request)
    assert dial(toy).ask("ECHO x") == b"+x\r\n"
    assert toy.errors == []
    assert len(toy.connections) == 1


def test_options_that_a_system_refuses_when_the_client_has_left(
    toy: Any, dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    setsockopt = socket.socket.setsockopt

    def refuse(sock: socket.socket, level: int, option: int, value: Any) -> None:
        if "fakefarm" in sys._getframe(1).f_globals["__name__"]:
            raise OSError(errno.EINVAL, "Invalid argument")
        setsockopt(sock, level, option, value)

    toy.on("ECHO", "rst").reset()
    monkeypatch.setattr(socket.socket, "setsockopt", refuse)
    client = dial(toy)
    assert client.ask("ECHO x") == b"+x\r\n"
    client.send(b"ECHO rst\r\n")
    client.rest()
    toy.wait_until(lambda: not toy._reception.live)
    assert toy.errors == []


@pytest.mark.parametrize(
    ("platform", "expected"), [("linux", 300), ("darwin", 400), ("win32", 0), ("freebsd14", 0)]
)
def test_what_did_not_leave_yet(
    monkeypatch: pytest.MonkeyPatch, platform: str, expected: int
) -> None:
    class Sock:
        def getsockopt(self, level: int, option: int) -> int:
            assert (level, option) == (socket.SOL_SOCKET, 0x1024)
            return 400

    def ioctl(sock: Any, code: int, buffer: bytes) -> bytes:
        return (300).to_bytes(len(buffer), sys.byteorder)

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    monkeypatch.setattr(sockets, "wait_for", lambda *arguments: False)
    sock: Any = Sock()
    assert sockets.unsent(sock) == expected


@pytest.mark.parametrize(("platform", "size"), [("linux", 8), ("win32", 4)])
def test_the_lingering_of_zero_seconds(
    monkeypatch: pytest.MonkeyPatch, platform: str, size: int
) -> None:
    given: list[Any] = []

    class Sock:
        def setsockopt(self, *arguments: Any) -> None:
            given.append(arguments)

        def close(self) -> None:
            given.append("closed")

    monkeypatch.setattr(sys, "platform", platform)
    sock: Any = Sock()
    sockets.close_with_rst(sock)
    ((_, option, value), closed) = given
    assert (option, len(value), value[0], closed) == (socket.SO_LINGER, size, 1, "closed")


def test_waits_longer_than_a_system_can_count(toy: Any, client: Any) -> None:
    toy.on("ECHO").stall(10**9)
    toy.on("MARK").delay(9 * 10**9)
    toy.on("BULK").throttle(1e-300)
    client.send(b"ECHO x\r\n")
    assert client.is_silent()
    others: list[Callable[[], None]] = []
    for line in (b"MARK x\r\n", b"BULK 5\r\n"):
        other = socket.create_connection(toy.address, timeout=5)
        others.append(other.close)
        other.sendall(line)
    toy.wait_until(lambda: len(toy.commands) == 3)
    toy.stop()
    for close in others:
        close()
    assert toy.errors == []


@pytest.mark.parametrize("platform", ["linux", "win32"])
@pytest.mark.parametrize("seconds", [0.02, 1e12, None])
def test_the_waits_of_a_socket_are_limited(
    monkeypatch: pytest.MonkeyPatch, platform: str, seconds: float | None
) -> None:
    """By the system where it can, by Python where not."""
    monkeypatch.setattr(sys, "platform", platform)
    if platform == "win32" and seconds is not None:
        seconds = min(seconds, 10**6)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sockets.limit_waits(ours, seconds)
        assert ours.gettimeout() == (seconds if platform == "win32" else None)
        if seconds == 0.02:
            with pytest.raises((BlockingIOError, TimeoutError)):
                ours.recv(1)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
