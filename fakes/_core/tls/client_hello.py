"""The ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2): what a client asks for before
anything is agreed, read so that a rule can look at it.

It is read without taking it: the handshake that follows starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HANDSHAKE = 22  # content type of a record
CLIENT_HELLO = 1  # type of a handshake message
SERVER_NAME, ALPN, SUPPORTED_VERSIONS = 0, 16, 43  # extensions: RFC 6066, 7301, 8446
LARGEST = 2**16  # bytes of a ClientHello that are waited for; real ones have some hundred

VERSIONS = {
    0x0300: "SSLv3",
    0x0301: "TLSv1",
    0x0302: "TLSv1.1",
    0x0303: "TLSv1.2",
    0x0304: "TLSv1.3",
    0x0305: "TLSv1.4",  # which does not exist
}


@dataclass
class ClientHello:
    """``server_name`` is "" where none is named; ``versions`` are those offered, by name."""

    server_name: str = ""
    alpn: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    session_id: bytes = b""


class _Reader:
    """Numbers and vectors, in the order they come. Running out of bytes raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __bool__(self) -> bool:
        return bool(self.data)

    def take(self, size: int) -> bytes:
        if size > len(self.data):
            raise IndexError(size)
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> _Reader:
        """What follows a length of ``size`` bytes."""
        return _Reader(self.take(self.number(size)))


def parse(data: bytes) -> ClientHello | None:
    """What the bytes of a client say, an empty ClientHello for what is none; None while more has
    to come."""
    message = bytearray()
    records = _Reader(data)
    try:
        while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
            if records.number(1) != HANDSHAKE:
                return ClientHello()
            records.take(2)  # version, which means nothing here
            message += records.take(records.number(2))
            if message and message[0] != CLIENT_HELLO:
                return ClientHello()
    except IndexError:
        return None if len(data) < LARGEST else ClientHello()
    try:
        return _body(_Reader(bytes(message[4:])))
    except (IndexError, UnicodeDecodeError):
        return ClientHello()


def _body(body: _Reader) -> ClientHello:
    hello = ClientHello(versions=[_version(body.number(2))])
    body.take(32)  # random
    hello.session_id = body.vector(1).data
    body.vector(2)  # cipher suites
    body.vector(1)  # compression methods
    extensions = body.vector(2) if body else _Reader(b"")
    while extensions:
        kind, data = extensions.number(2), extensions.vector(2)
        if kind == SERVER_NAME and data:
            names = data.vector(2)
            names.take(1)  # host_name, the only type there is
            hello.server_name = names.vector(2).data.decode("ascii")
        elif kind == ALPN:
            protocols = data.vector(2)
            while protocols:
                hello.alpn.append(protocols.vector(1).data.decode("latin-1"))
        elif kind == SUPPORTED_VERSIONS:
            offered = data.vector(1)
            hello.versions = []
            while offered:
                number = offered.number(2)
                if number & 0x0F0F != 0x0A0A:  # GREASE, RFC 8701
                    hello.versions.append(_version(number))
    return hello


def _version(number: int) -> str:
    return VERSIONS.get(number, f"0x{number:04x}")
