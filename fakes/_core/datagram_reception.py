"""The reception of those who send datagrams: each datagram is a conversation of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .datagram_wire import DatagramWire
from .datagrams import DatagramPort
from .errors import Ended
from .wire import Connection, Wire

if TYPE_CHECKING:
    from .reception import Reception

MOST_CLIENTS = 1024  # clients that are known again when they send more
MOST_LATE = 256  # datagrams that are answered in threads of their own at the same time


class DatagramReception:
    """The datagrams of one run of a fake: a port, the clients that send to it, and the datagrams
    that are answered by and by."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._server = reception.server
        self._port: DatagramPort | None = None
        self._clients: dict[tuple[Any, ...], Connection] = {}
        self._late: dict[threading.Thread, Wire] = {}

    # --- the port; called by the reception

    def open(self, host: str, port: int) -> None:
        """Receive, or hold the port if a rule says that nobody is there."""
        server, reception = self._server, self._reception
        receiving = not server.refuses("udp")
        self._port = DatagramPort(
            host,
            port,
            received=self._received,
            failed=reception.failed,
            idle=server.transcript.stir,
            stopping=reception.stopping,
            name=f"fakefarm-{server.protocol}-datagrams",
        )
        self._port.open(receiving)
        if not receiving:
            self._note_refusal()

    def mind_refusal(self) -> None:
        """Turn clients away if a rule says so, or receive again if it does on second thoughts."""
        port = self._port
        if port is None:
            return
        refuses = self._server.refuses("udp")
        if refuses and port.receiving:
            port.refuse()
            self._note_refusal()
        elif not refuses and not port.receiving:
            port.close()
            self.open(*self._server.address)

    def _note_refusal(self) -> None:
        text = "the UDP port is held and nobody receives on it"
        self._server.transcript.note(0, "rule", text)

    def close(self) -> None:
        """Give the port back."""
        if self._port is not None:
            self._port.close()

    def threads(self) -> list[threading.Thread]:
        """Those that answer, and the one that receives."""
        late = list(self._late)
        if self._port is not None and self._port.thread is not None:
            late.append(self._port.thread)
        return late

    # --- the datagrams

    def _received(self, sock: socket.socket, packet: bytes, peer: tuple[Any, ...]) -> None:
        """In the thread that receives: answer a datagram, or have it answered by and by."""
        server = self._server
        connection = self._clients.get(peer) or self._new_client(peer)
        server.transcript.record(connection.number, "received", packet)
        stopping = self._reception.stopping
        wire = DatagramWire(sock, connection, server.transcript, stopping, self._detach)
        self._converse(wire, lambda: server.take_datagram(wire, packet))

    def _new_client(self, peer: tuple[Any, ...]) -> Connection:
        connection = self._reception.new_connection(peer, ", with a datagram")
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
            self._converse(wire, conversation)
            del self._late[thread]
            self._server.transcript.stir()

        name = f"fakefarm-{self._server.protocol}-{wire.number}"
        thread = threading.Thread(target=converse, name=name, daemon=True)
        self._late[thread] = wire
        thread.start()

    def _converse(self, wire: Wire, conversation: Callable[[], None]) -> None:
        try:
            conversation()
        except Ended:
            pass
        except BaseException as error:
            self._reception.failed(error, wire.number)

    # --- what is still to be answered

    def pending(self) -> bool:
        """Whether a datagram has come and is not dealt with yet."""
        return self._port is not None and self._port.pending()

    def wires(self) -> list[Wire]:
        """Of those that are answered by and by."""
        return list(self._late.values())
