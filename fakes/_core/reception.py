"""The reception of a fake: lets clients in, and sees them all out at the end."""

from __future__ import annotations

import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from . import sockets
from .datagram_wire import DatagramWire
from .datagrams import DatagramPort
from .errors import Ended
from .listener import PATIENCE, Listener
from .wire import Connection, Fuse, Wire

if TYPE_CHECKING:
    from .script import Firing
    from .server import FakeServer
    from .session import Session
    from .step import Step


TRIES = 32  # for a number whose TCP port and UDP port are both free
MOST_CLIENTS = 1024  # clients that send datagrams and are known again when they send more
MOST_LATE = 256  # datagrams that are answered in threads of their own at the same time


class Reception:
    """One run of a fake, from its start to its stop: a listener, and the connections through it;
    for a protocol that has datagrams, a port for those with the same number."""

    def __init__(self, server: FakeServer[Any]) -> None:
        self.server = server
        self.stopping = threading.Event()
        self.live: dict[Connection, tuple[Wire, threading.Thread]] = {}
        self._listener: Listener | None = None
        self._datagrams: DatagramPort | None = None
        self._clients: dict[tuple[Any, ...], Connection] = {}  # those that send datagrams
        self._late: dict[threading.Thread, Wire] = {}  # datagrams that are answered by and by
        self._gate = threading.Lock()  # held by who opens or closes the port

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
                    if self.server.datagrams:
                        self._open_datagrams(host, number)
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
            failed=self._failed,
            entered=server.transcript.stir,
            stopping=self.stopping,
            name=f"fakefarm-{server.protocol}",
        )
        listener.open(listening)
        self._listener = listener
        if not listening:
            self._note_refusal()
        return int(listener.server_address[1])

    def _open_datagrams(self, host: str, port: int) -> None:
        server = self.server
        receiving = not server.refuses("udp")
        datagrams = DatagramPort(
            host,
            port,
            received=self._received,
            failed=self._failed,
            idle=server.transcript.stir,
            stopping=self.stopping,
            name=f"fakefarm-{server.protocol}-datagrams",
        )
        datagrams.open(receiving)
        self._datagrams = datagrams
        if not receiving:
            self._note_refusal("the UDP port is held and nobody receives on it")

    def mind_refusal(self) -> None:
        """Close the port if a rule says that nothing listens from now on; open it again if the
        rule says, on second thoughts, that the next ``n`` are let in."""
        with self._gate:
            if self._listener is None or self.stopping.is_set():
                return
            self._mind_listener(self._listener)
            if self._datagrams is not None:
                self._mind_datagrams(self._datagrams)

    def _mind_listener(self, listener: Listener) -> None:
        refuses = self.server.refuses("tcp")
        if refuses and listener.listening:
            listener.refuse()
            self._note_refusal()
        elif not refuses and not listener.listening:
            listener.close()
            self._open_listener(*self.server.address)

    def _mind_datagrams(self, datagrams: DatagramPort) -> None:
        refuses = self.server.refuses("udp")
        if refuses and datagrams.receiving:
            datagrams.refuse()
            self._note_refusal("the UDP port is held and nobody receives on it")
        elif not refuses and not datagrams.receiving:
            datagrams.close()
            self._open_datagrams(*self.server.address)

    def _mind_refusal_inside(self) -> None:
        """The same in the thread that accepts, which who closes the port waits for."""
        listener = self._listener
        while listener is not None and listener.listening:
            if self._gate.acquire(timeout=0.01):
                try:
                    if listener.listening and self.server.refuses("tcp"):
                        listener.refuse()
                        self._note_refusal()
                finally:
                    self._gate.release()
                return

    def _note_refusal(self, text: str = "the port is held and nothing listens on it") -> None:
        self.server.transcript.note(0, "rule", text)

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
            if wire.interrupt is not None:
                wire.interrupt()
        threads = [thread for _, thread in live] + list(self._late)
        deadline = time.monotonic() + PATIENCE
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        if listener.thread is not None:
            threads.append(listener.thread)
        if self._datagrams is not None and self._datagrams.thread is not None:
            threads.append(self._datagrams.thread)
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
        connection = Connection(len(server.connections) + 1, peer, transcript.clock())
        server.connections.append(connection)
        transcript.note(connection.number, "opened", f"by {peer[0]}:{peer[1]}")
        wire = Wire(sock, connection, transcript, self.stopping, server.timeout)
        if server.cut is not None:
            wire.fuse = Fuse(*server.cut)
        try:
            self._let_in(wire)
        except BaseException as error:
            self.live.pop(connection, None)
            self._failed(error, connection.number)
            wire.finish()

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
            self._failed(error, wire.number)
            wire.end_after_error()
        finally:
            wire.finish()
            self.live.pop(wire.connection, None)
            self.server.transcript.stir()

    # --- the datagrams

    def _received(self, sock: socket.socket, packet: bytes, peer: tuple[Any, ...]) -> None:
        """In the thread that receives: answer a datagram, or have it answered by and by."""
        transcript = self.server.transcript
        connection = self._clients.get(peer) or self._new_client(peer)
        transcript.record(connection.number, "received", packet)
        wire = DatagramWire(sock, connection, transcript, self.stopping, self._detach)
        self._converse_once(wire, lambda: self.server.take_datagram(wire, packet))

    def _new_client(self, peer: tuple[Any, ...]) -> Connection:
        server, transcript = self.server, self.server.transcript
        connection = Connection(len(server.connections) + 1, peer, transcript.clock())
        server.connections.append(connection)
        transcript.note(connection.number, "opened", f"by {peer[0]}:{peer[1]}, with a datagram")
        if len(self._clients) >= MOST_CLIENTS:
            del self._clients[next(iter(self._clients))]
        self._clients[peer] = connection
        return connection

    def _detach(self, wire: Wire, conversation: Callable[[], None]) -> None:
        """Go on with a datagram in a thread of its own: those behind it need not wait."""
        if len(self._late) >= MOST_LATE:
            wire.note("limit", f"dropped: {MOST_LATE} datagrams are being answered with delay")
            return

        def converse() -> None:
            self._converse_once(wire, conversation)
            del self._late[thread]
            self.server.transcript.stir()

        name = f"fakefarm-{self.server.protocol}-{wire.number}"
        thread = threading.Thread(target=converse, name=name, daemon=True)
        self._late[thread] = wire
        thread.start()

    def _converse_once(self, wire: Wire, conversation: Callable[[], None]) -> None:
        try:
            conversation()
        except Ended:
            pass
        except BaseException as error:
            self._failed(error, wire.number)

    def _failed(self, error: BaseException, connection: int = 0) -> None:
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
            live = [wire for wire, _ in list(self.live.values())] + list(self._late.values())
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
