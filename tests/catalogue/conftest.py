"""What the tests of the catalogue share: a way to play a case on the wire.

A row of a table is what a raw client says and what is on the wire then, in lines:

    "C: EHLO x"      the client sends this and CRLF
    "C. EHLO"        the client sends this as it is
    "S: 250 *"       the next line, which ends in CRLF; a star is for anything in that line
    "S. 25"          the next bytes are these, whatever follows
    "S# 30"          so many bytes, not looked at
    "S| a|b"         the next lines, one for each of these, in whatever order
    "S> end"         all up to these bytes, not looked at
    "PIECES 220 x"   the next bytes are these, and come in several pieces
    "SILENCE"        nothing comes, and no end either
    "LATE 0.2"       the next byte comes, and not before so many seconds behind what was said last
    "FIN" "RST"      nothing more comes but the end, which is this one; in TLS, FIN is an end that
                     was announced by close_notify, and
    "CUT"            one that was not
    "NEXT"           another connection
    "HELLO"          the client sends a ClientHello, and what comes then is read as it is
    "TLS"            a handshake with a client that trusts the authority of the fakes and no other
    "TLS! reason"    the same, which fails for this reason
    "END"            the client ends its side, with FIN, or with close_notify in TLS
    "PASSIVE EPSV"   FTP: the client says EPSV (or PASV), and connects to the port in the reply
    "PASSIVE! EPSV"  the same, and nobody listens there
    "DATA S. text"   any other word, said of that data connection

Text is latin-1, so that every byte can be written.
"""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from raw_client import PATIENCE, RawClient, connecting

from fakefarm import Farm
from fakefarm.catalogue import Case, cases
from fakefarm.contract.edge_case import make
from fakefarm.contract.target import target_for

Row = Sequence[str]
Dial = Callable[[], RawClient]
Connect = Callable[[tuple[Any, ...]], RawClient]


class Played:
    """A raw client that acts a row out, line by line."""

    def __init__(self, dial: Dial, connect: Connect) -> None:
        self.dial = dial
        self.connect = connect
        self.said = time.monotonic()  # when the client said something last, or connected
        self.client = dial()
        self.before = self.client, 0  # how many segments had come then
        self.data = self.client  # a data connection, where there is one
        self.cut: list[RawClient] = []  # whose TLS has ended otherwise than by close_notify

    def play(self, row: Row) -> None:
        """Raises AssertionError, naming the line, where the wire has another thing."""
        for number, line in enumerate(row):
            try:
                self.act(line)
            except (AssertionError, OSError) as error:
                raise AssertionError(f"line {number}, {line!r}: {error!r}") from error

    def act(self, line: str) -> None:
        word, _, text = line.partition(" ")
        self.acts[word](self, text.encode("latin-1"))

    # --- the lines

    def says_line(self, text: bytes) -> None:
        self.says(text + b"\r\n")

    def says(self, text: bytes) -> None:
        self.said = time.monotonic()
        self.before = self.client, self.client.segments()
        self.client.send(text)

    def hears_line(self, text: bytes) -> None:
        wanted = re.escape(text).replace(rb"\*", rb"[^\r\n]*") + rb"\r\n"
        got = self.client.line()
        assert re.fullmatch(wanted, got), got

    def hears_lines(self, text: bytes) -> None:
        patterns = text.split(b"|")
        lines = sorted(self.client.line() for _ in patterns)
        for pattern in patterns:
            wanted = re.escape(pattern).replace(rb"\*", rb"[^\r\n]*") + rb"\r\n"
            assert any(re.fullmatch(wanted, line) for line in lines), (pattern, lines)

    def hears(self, text: bytes) -> None:
        got = self.client.exactly(len(text))
        assert got == text, got

    def reads_to(self, text: bytes) -> None:
        got = self.client.up_to(text)
        assert got.endswith(text), got

    def hears_so_many(self, text: bytes) -> None:
        got = self.client.exactly(int(text))
        assert len(got) == int(text), got

    def hears_pieces(self, text: bytes) -> None:
        pieces = [bytes(self.client.buffer)]
        self.client.buffer.clear()
        while (missing := len(text) - len(b"".join(pieces))) > 0:
            pieces.append(self.client.sock.recv(missing))
            assert pieces[-1], pieces
        assert b"".join(pieces) == text, pieces
        # Who was kept from reading finds pieces together that were none on the wire.
        client, before = self.before
        came = self.client.segments() - before * (client is self.client)
        assert max(len(pieces), came) > 2, pieces

    def hears_nothing(self, _: bytes) -> None:
        assert self.client.is_silent(), bytes(self.client.buffer)

    def waits(self, text: bytes) -> None:
        while not self.client.buffer:
            data = self.client.sock.recv(4096)
            assert data, "the end"
            self.client.buffer += data
        took = time.monotonic() - self.said
        assert took >= float(text), took

    def end(self) -> str:
        if self.client in self.cut:
            return "cut"
        encrypted = isinstance(self.client.sock, ssl.SSLSocket)
        try:
            data, how = self.client.rest()
        except ssl.SSLEOFError:
            data, how = bytes(self.client.buffer), "cut"
        assert not data, data
        return "announced" if encrypted and how == "fin" else how

    def ends_with_fin(self, _: bytes) -> None:
        assert (end := self.end()) in ("fin", "announced"), end

    def ends_with_rst(self, _: bytes) -> None:
        assert (end := self.end()) == "rst", end

    def is_cut(self, _: bytes) -> None:
        assert (end := self.end()) == "cut", end

    def connects_again(self, _: bytes) -> None:
        self.client.close()
        self.said = time.monotonic()
        self.data = self.client = self.dial()

    def says_hello(self, _: bytes) -> None:
        outgoing = ssl.MemoryBIO()
        tls = context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        self.client.send(outgoing.read())

    def shakes_hands(self, _: bytes) -> None:
        assert not self.client.buffer, bytes(self.client.buffer)
        self.client.sock = context().wrap_socket(
            self.client.sock, server_hostname="localhost", suppress_ragged_eofs=False
        )
        self.client.sock.settimeout(PATIENCE)

    def is_refused(self, text: bytes) -> None:
        with pytest.raises(OSError, match=text.decode()):
            self.shakes_hands(b"")

    def opens_passive(self, command: bytes) -> None:
        """Where the reply says another host than this one, that is not gone to."""
        self.client.send(command + b"\r\n")
        while (reply := self.client.line())[3:4] == b"-":
            pass
        numbers = re.fullmatch(rb"22[79] .*\((?:\|\|\||(?:\d+,){4}(\d+),)(\d+)\|?\).*\r\n", reply)
        assert numbers is not None, reply
        port = int(numbers[1] or 0) * 256 + int(numbers[2])
        self.data = self.connect((self.client.sock.getpeername()[0], port))

    def finds_nobody(self, command: bytes) -> None:
        with pytest.raises(ConnectionRefusedError):
            self.opens_passive(command)

    def acts_on_data(self, line: bytes) -> None:
        assert self.data is not self.client, "no PASSIVE before it"
        control, self.client = self.client, self.data
        try:
            self.act(line.decode("latin-1"))
        finally:
            self.client = control

    def ends(self, _: bytes) -> None:
        sock = self.client.sock
        if isinstance(sock, ssl.SSLSocket):
            sock.settimeout(0)  # close_notify is sent, and none waited for
            try:
                sock.unwrap()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLEOFError:  # the server was faster
                self.cut.append(self.client)
            sock.settimeout(PATIENCE)
        else:
            self.client.half_close()

    acts: dict[str, Callable[[Any, bytes], None]] = {
        "C:": says_line,
        "C.": says,
        "S:": hears_line,
        "S.": hears,
        "S|": hears_lines,
        "S#": hears_so_many,
        "S>": reads_to,
        "PIECES": hears_pieces,
        "SILENCE": hears_nothing,
        "LATE": waits,
        "FIN": ends_with_fin,
        "RST": ends_with_rst,
        "CUT": is_cut,
        "NEXT": connects_again,
        "HELLO": says_hello,
        "TLS": shakes_hands,
        "TLS!": is_refused,
        "END": ends,
        "PASSIVE": opens_passive,
        "PASSIVE!": finds_nobody,
        "DATA": acts_on_data,
    }


def context() -> ssl.SSLContext:
    return Farm().ca.client_context()


def named(protocol: str, name: str) -> Case:
    return next(case for case in cases(protocol) if case.name == name)


@pytest.fixture
def play() -> Iterator[Callable[[str, str, Row], Any]]:
    """``play(protocol, name, row)``: arranges the case as a check does, acts the row out, and sees
    that nothing of the case was left over. Returns the fake, which is stopped in the end."""
    with contextlib.ExitStack() as stack:

        def play(protocol: str, name: str, row: Row) -> Any:
            case = named(protocol, name)
            fake = stack.enter_context(Farm(strict=False)).add(make(case))
            case.arrange(fake)
            stack.enter_context(target_for(fake, case.operation))
            dial = stack.enter_context(connecting(RawClient))
            Played(lambda: dial(fake.address), dial).play(row)
            assert not list(fake.script.complaints())
            return fake

        yield play


@pytest.fixture
def patiently() -> Callable[..., Any]:
    """``patiently(run, is_good, *seconds)``: what ``run`` brings of a client that waits so many
    seconds for each step: the first that is good, else the last. One that is to wait in vain has
    little patience, and a busy machine can be slower than that."""

    def patiently(
        run: Callable[[float], Any], is_good: Callable[[Any], bool], *seconds: float
    ) -> Any:
        for each in seconds:
            brought = run(each)
            if is_good(brought):
                break
        return brought

    return patiently
