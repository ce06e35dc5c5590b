"""A socket that encrypts, and what is known of TLS on a connection.

The handshake and the records are OpenSSL's, fed through memory: the socket below stays plain, so
that whatever else a script wants to put on the wire can be put there.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import sockets

CHUNK = 65536  # bytes asked of the socket at once, and encrypted at once
RECORDS = bytes(range(20, 24))  # with what a record begins: RFC 8446 section 5.1


@dataclass(eq=False)
class TLSFacts:
    """What is known of TLS on one connection.

    ``server_name`` (SNI) and what was ``offered`` come from the client's first message;
    ``version``, ``cipher``, ``alpn`` and ``client_certificate`` (as
    ``ssl.SSLSocket.getpeercert()`` tells it, None where there is none) stand once the handshake is
    done. ``certificate`` is the name of the one that the fake showed; ``alert`` the name of the one
    that the client sent, such as ``"unknown_ca"``; ``error`` says why a handshake failed;
    ``close_notify`` whether the client ended TLS before it ended the connection; ``reused`` whether
    the client resumed an earlier session.
    """

    server_name: str = ""
    offered: list[str] = field(default_factory=list)
    certificate: str = ""
    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    client_certificate: dict[str, Any] | None = None
    reused: bool = False
    alert: str | None = None
    error: str | None = None
    close_notify: bool = False

    def __str__(self) -> str:
        words = [f"{self.version} {self.cipher}", f"certificate {self.certificate}"]
        if self.server_name:
            words.append(f"server name {self.server_name}")
        if self.alpn:
            words.append(f"ALPN {self.alpn}")
        if self.client_certificate:
            words.append("client certificate " + common_name(self.client_certificate))
        if self.reused:
            words.append("session resumed")
        return ", ".join(words)


def common_name(certificate: Mapping[str, Any]) -> str:
    """The common name of a certificate as ``getpeercert()`` tells it, or ""."""
    for rdn in certificate.get("subject", ()):
        for key, value in rdn:
            if key == "commonName":
                return str(value)
    return ""


class HandshakeFailed(Exception):
    """Nothing was agreed. ``ours``: it was OpenSSL on this side that refused; ``farewell``: the
    alert that it has for the client."""

    def __init__(self, why: str, ours: bool, farewell: bytes = b"") -> None:
        super().__init__(why)
        self.ours = ours
        self.farewell = farewell


_making = threading.Lock()


class TLSSocket:
    """A socket that encrypts, in the place of the one below it, with as much of the interface of
    ``socket.socket`` as a wire uses. ``tickets``: by which the client may resume the session, where
    that is not for the context to say."""

    def __init__(
        self,
        below: socket.socket,
        context: ssl.SSLContext,
        facts: TLSFacts,
        tickets: int | None = None,
    ) -> None:
        self.below = below
        self.facts = facts
        self.notifies = True  # whether ending our side says so (close_notify)
        self.closed = False  # whether it has: what follows is plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with _making:  # what is made takes the number of tickets from the context, and keeps it
            offered = context.num_tickets
            context.num_tickets = offered if tickets is None else tickets
            self._object = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
            context.num_tickets = offered
        # One thread may send while another reads; records leave in the order they were made in.
        self._lock = threading.Lock()  # held by who has OpenSSL do something
        self._turn = threading.Lock()  # held by who sends, until all of it has left
        self._ended = False
        self.broken = False  # whether we ended it, since what the client sent was no TLS

    def __getattr__(self, name: str) -> Any:
        return getattr(self.below, name)

    @property
    def context(self) -> ssl.SSLContext:
        """With which it was made."""
        return self._object.context

    # --- the handshake

    def shake_hands(self, received: bytes, send: Callable[[bytes], bool]) -> bool:
        """Agree with a client from which ``received`` has come already. ``send`` is given what is
        to leave, and says whether to go on; False when it did not. Raises HandshakeFailed, and
        OSError as the socket does."""
        while True:
            try:
                records, done = self.proceed(received)
            except HandshakeFailed as failure:
                with contextlib.suppress(OSError):  # the client may be gone
                    send(failure.farewell)
                raise
            goes_on = send(records)
            if done or not goes_on:
                break
            received = self.below.recv(CHUNK)
            if not received:
                raise HandshakeFailed("the client left", ours=False)
        if done:
            sockets.acknowledge(self.below)
        return goes_on

    def proceed(self, received: bytes) -> tuple[bytes, bool]:
        """Some more of the handshake: what is to leave then, and whether it is done. Raises
        HandshakeFailed."""
        self._incoming.write(received)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return self._outgoing.read(), False
        except ssl.SSLError as error:
            self._note_error(error)
            ours = self.facts.alert is None
            raise HandshakeFailed(str(self.facts.error), ours, self._outgoing.read()) from None
        self._learn()
        return self._outgoing.read(), True

    def _learn(self) -> None:
        facts, tls = self.facts, self._object
        cipher = tls.cipher()
        facts.version, facts.cipher = tls.version(), cipher[0] if cipher else None
        facts.alpn = tls.selected_alpn_protocol()
        facts.client_certificate = tls.getpeercert() or None
        facts.reused = bool(tls.session_reused)

    def _note_error(self, error: ssl.SSLError) -> None:
        reason = error.reason or str(error)
        if isinstance(error, ssl.SSLZeroReturnError):
            reason = "TLS_ALERT_CLOSE_NOTIFY"
        _, found, alert = reason.partition("_ALERT_")
        self.facts.error = reason.lower().replace("_", " ")
        if found:
            self.facts.alert = alert.lower()
            self.facts.error = f"the client sent the alert {self.facts.alert}"

    # --- as a socket

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What the client says; ``b""`` where it ended TLS, or the connection."""
        if flags:  # only a look at whether there is something
            return self.below.recv(size, flags)
        while not self._ended:
            if not self._incoming.pending:  # something may have come with the end of the handshake
                data = self.below.recv(CHUNK)
                if not data:
                    break
                self._incoming.write(data)
            if plain := self._decrypted():
                return plain
        return b""

    def _decrypted(self) -> bytes:
        pieces = []
        with self._lock:
            try:
                while piece := self._object.read(CHUNK):
                    pieces.append(piece)
                self._ended = self.facts.close_notify = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLZeroReturnError:
                self._ended = self.facts.close_notify = True
            except ssl.SSLError as error:
                self._note_error(error)
                self._ended, self.broken = True, self.facts.alert is None
            answers = self._outgoing.pending  # to a change of keys; an alert
        if answers:
            with self._turn, contextlib.suppress(OSError):  # who is gone is met by the next step
                self._flush()
        return b"".join(pieces)

    def _flush(self) -> None:
        """Send what OpenSSL has made; for who has the turn."""
        with self._lock:
            records = self._outgoing.read()
        self._emit(records)

    def send(self, data: bytes | memoryview) -> int:
        """Encrypt and send as much as fits into one go; how many bytes of ``data`` that was."""
        if self.closed:
            return self.below.send(data)
        with self._turn:
            with self._lock:
                written = self._object.write(data[:CHUNK])
            self._flush()
        return written

    def _emit(self, records: bytes) -> None:
        self.below.sendall(records)

    def send_close_notify(self) -> None:
        """Tell the client that nothing more will come by TLS (RFC 8446 section 6.1)."""
        with self._turn:
            self.notifies, self.closed = False, True
            with self._lock, contextlib.suppress(ssl.SSLError):  # the client's is not waited for
                self._object.unwrap()
            self._flush()

    def leave(self) -> bytes | None:
        """We have ended TLS: wait until the client has, or just goes on in plain text. What has
        come besides that; None where it left, or has too much to say."""
        come = b""
        while not self.facts.close_notify and self._comes_a_record():
            data = self.recv(CHUNK)
            come += data
            if len(come) > CHUNK or not (data or self.facts.close_notify):
                return None
        return come + self._incoming.read()

    def _comes_a_record(self) -> bool:
        first = self.below.recv(1, socket.MSG_PEEK)
        return not first or first in RECORDS

    def shutdown(self, how: int) -> None:
        """shutdown(2); who ends his side of TLS says so before."""
        if how == socket.SHUT_WR and self.notifies:
            self.send_close_notify()
        self.below.shutdown(how)

    def close(self) -> None:
        """close(2); a client that has ended TLS is waiting for us to end it, too."""
        if self.facts.close_notify and self.notifies:
            with contextlib.suppress(OSError):  # it did not wait
                self.send_close_notify()
        self.below.close()
