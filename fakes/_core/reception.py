"""The reception of a fake: lets clients in, and sees them all out at the end."""

from __future__ import annotations

import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import sockets
from .datagram_reception import DatagramReception
from .listener import PATIENCE, Listener
from .wire import Connection, Fuse, Wire

if TYPE_CHECKING:
    from .script import Firing
    from .server import FakeServer
    from .session import Session
    from .step import Step


TRIES = 32  # for a number whose TCP port and UDP port are both free


class Reception:
    """One run of a fake, from its start to its stop: a listener, and the connections through it."""

    def __init__(self, server: FakeServer[Any]) -> None:
        self.server = server
        self.stopping = threading.Event()
        self.live: dict[Connection, tuple[Wire, threading.Thread]] = {}
        self._listener: Listener | None = None
        self._datagrams = DatagramReception(self) if server.datagrams else None
        self._gate = threading.Lock()  # held by who opens or closes the port
        self._numbering = threading.Lock()  # held by who gives a connection its number

    # --- the port

    def open(self, host: str, port: int) -> int:
        """Listen, or hold the port if a rule says that nothing listens; return its number."""
        with self._gate:
            return self._open(host, port)

    def _open(self, host: str, port: int) -> int:
        try:
            number = self._open_listener(host, port)
            for tries in range(TRIES, 0, -1):
                try:
                    if self._datagrams is not None:
                        self._datagrams.open(host, number)
                    return number
                except OSError:
                    assert self._listener is not None
                    self._listener.close()
                    if port or tries == 1:
                        raise
                    number = self._open_listener(host, port)
        except OSError as error:
            name = type(self.server).__name__
            raise OSError(error.errno, f"{name} {error.strerror}") from None
        raise AssertionError("unreachable")

    def _open_listener(self, host: str, port: int) -> int:
        server = self.server
        listening = not server.refuses("tcp")
        listener = Listener(
            host,
            port,
            accepted=self._accepted,
            failed=self.failed,
            entered=server.transcript.stir,
            stopping=self.stopping,
            name=f"fakefarm-{server.protocol}",
        )
        listener.open(listening)
        self._listener = listener
        if not listening:
            self._note_refusal()
        return int(listener.server_address[1])

    def mind_refusal(self) -> None:
        """Close the port if a rule says that nothing listens from now on; open it again if the
        rule says, on second thoughts, that the next ``n`` are let in."""
        with self._gate:
            if self._listener is None or self.stopping.is_set():
                return
            self._mind_listener(self._listener)
            if self._datagrams is not None:
                self._datagrams.mind_refusal()

    def _mind_listener(self, listener: Listener) -> None:
        refuses = self.server.refuses("tcp")
        if refuses and listener.listening:
            listener.refuse()
            self._note_refusal()
        elif not refuses and not listener.listening:
            listener.close()
            self._open_listener(*self.server.address)

    def _mind_refusal_inside(self) -> None:
        """The same in the thread that accepts, which who closes the port waits for."""
        listener = self._listener
        while listener is not None and listener.listening:
            if self._gate.acquire(timeout=0.01):
                try:
                    if listener.listening and self.server.refuses("tcp"):
                        listener.refuse()
                        self._note_refusal()
                        if self._datagrams is not None:
                            self._datagrams.mind_refusal()
                finally:
                    self._gate.release()
                return

    def _note_refusal(self) -> None:
        self.server.transcript.note(0, "rule", "the port is held and nothing listens on it")

    def close(self) -> None:
        """Give the port back and end all connections. Raises RuntimeError for a thread that a
        callable of the test holds."""
        self.stopping.set()
        listener = self._listener
        if listener is None:
            return
        listener.close()
        if self._datagrams is not None:
            self._datagrams.close()
        live = list(self.live.values())
        for wire, _ in live:
            sockets.shut_down(wire.sock, socket.SHUT_RDWR)
            interrupt = wire.interrupt  # once: its thread may take it back in this moment
            if interrupt is not None:
                interrupt()
        threads = [thread for _, thread in live]
        if self._datagrams is not None:
            threads += self._datagrams.threads()
        deadline = time.monotonic() + PATIENCE
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        if listener.thread is not None:
            threads.append(listener.thread)
        self._complain_of_held(threads)

    def _complain_of_held(self, threads: list[threading.Thread]) -> None:
        current = threading.current_thread()
        stacks = [_stack(t) for t in threads if t is not current and t.is_alive()]
        if stacks:
            stacks.insert(0, f"{self.server}: a callable of the test does not end:")
            raise RuntimeError("\n".join(stacks))

    # --- the connections

    def _accepted(self, sock: socket.socket, peer: tuple[Any, ...]) -> None:
        """In the listener's thread: decide about the greeting, then start the conversation."""
        server, transcript = self.server, self.server.transcript
        connection = self.new_connection(peer)
        wire = Wire(sock, connection, transcript, self.stopping, server.timeout)
        if server.cut is not None:
            wire.fuse = Fuse(*server.cut)
        try:
            self._let_in(wire)
        except BaseException as error:
            self.live.pop(connection, None)
            self.failed(error, connection.number)
            wire.finish()

    def new_connection(self, peer: tuple[Any, ...], how: str = "") -> Connection:
        """Write down who has come, and give it a number."""
        connections, transcript = self.server.connections, self.server.transcript
        with self._numbering:
            connection = Connection(len(connections) + 1, peer, transcript.clock())
            connections.append(connection)
        transcript.note(connection.number, "opened", f"by {peer[0]}:{peer[1]}{how}")
        return connection

    def _let_in(self, wire: Wire) -> None:
        script = self.server.script
        session = self.server.session_class(self.server, wire)
        step = session.step("connect", "", b"")
        firing = None
        script.record(step)
        if script.rules:
            firing = script.decide(step)
            self._mind_refusal_inside()
        if self.stopping.is_set():  # a callable of the test held us for so long
            wire.finish()
            return
        thread = threading.Thread(
            target=self._converse,
            args=(session, step, firing),
            name=f"fakefarm-{self.server.protocol}-{wire.number}",
            daemon=True,
        )
        self.live[wire.connection] = wire, thread
        thread.start()

    def _converse(self, session: Session[Any], step: Step, firing: Firing | None) -> None:
        """The thread of a connection."""
        wire = session.wire
        try:
            session.run(step, firing)
        except BaseException as error:
            self.failed(error, wire.number)
            wire.end_after_error()
        finally:
            wire.finish()
            self.live.pop(wire.connection, None)
            self.server.transcript.stir()

    def failed(self, error: BaseException, connection: int = 0) -> None:
        """An exception in a thread of the fake: kept for the test that caused it."""
        self.server.errors.append(error)
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
        self.server.transcript.note(connection, "error", text)

    # --- what is still to be read

    def is_settled(self, delays: bool = True) -> bool:
        """Whether every client that left has been read to its end; without ``delays``, as far as
        that goes without waiting for the delays of rules."""
        listener = self._listener
        if listener is not None and listener.pending():
            return False
        if self._datagrams is not None and self._datagrams.pending():
            return False
        try:
            live = [wire for wire, _ in list(self.live.values())]
            live += self._datagrams.wires() if self._datagrams is not None else []
            return all((wire.delayed and not delays) or wire.is_settled() for wire in live)
        except (OSError, ValueError):  # a socket closed by its own thread in this moment
            return False

    def unread(self) -> Iterator[tuple[int, bytes]]:
        """Of each connection the bytes that came and that nobody has taken yet: half a line."""
        for wire, _ in list(self.live.values()):
            if data := bytes(wire.peek()):
                yield wire.number, data


def _stack(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return f"{thread.name}:\n" + ("".join(traceback.format_stack(frame)) if frame else "")
