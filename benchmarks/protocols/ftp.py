"""FTP: against plain pyftpdlib and pytest-localftpserver, which stands on it.

Every server has a folder of its own with a small file and, where one is asked for, a large one.
"""

import contextlib
import logging
import os
import shutil
import socket
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from clients import Address, Client, connect
from floor import FloorHandler
from rows import Aim, Row, fresh, never_slower_than, on_open, running, start_stop
from subjects import Fakefarm, Floor, Subject

# Those that pytest-localftpserver has; they are good everywhere.
USER, PASSWORD = "fakeusername", "qweqwe"
SMALL, LARGE = 1024, 64 * 2**20  # bytes
SMALL_FILE, LARGE_FILE, UPLOAD = "small.bin", "large.bin", "upload.bin"
PIECE = bytes(2**18)  # what an upload is sent in, and the floor's download

GREETING = b"220 floor\r\n"
REPLIES = {
    b"USER": b"331 password\r\n",
    b"PASS": b"230 in\r\n",
    b"TYPE": b"200 type\r\n",
    b"QUIT": b"221 bye\r\n",
}


class FTPClient(Client):
    """One open FTP connection, logged in, binary; an exchange is a small file, passive."""

    protocol = "FTP"

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._unread = b""
        self._buffer = bytearray(len(PIECE))
        self._expect(b"220")
        self._say(f"USER {USER}", b"331")
        self._say(f"PASS {PASSWORD}", b"230")
        self._say("TYPE I", b"200")

    def exchange(self) -> None:
        """PASV and RETR."""
        self.retrieve(SMALL_FILE, SMALL)

    def retrieve(self, name: str, size: int) -> None:
        """Read a file whole."""
        with self._transfer(f"RETR {name}") as data:
            got = 0
            while count := data.recv_into(self._buffer):
                got += count
        self._expect(b"226")
        if got != size:
            raise ConnectionError(f"expected {size} bytes, got {got}")

    def store(self, name: str, size: int) -> None:
        """Send a file of zeros."""
        with self._transfer(f"STOR {name}") as data:
            for _ in range(size // len(PIECE)):
                data.sendall(PIECE)
        self._expect(b"226")

    def close(self) -> None:
        """QUIT, and wait until the server has closed."""
        self._say("QUIT", b"221")
        super().close()

    def _transfer(self, command: str) -> socket.socket:
        passive = self._say("PASV", b"227")
        numbers = passive[passive.index(b"(") + 1 : passive.index(b")")].split(b",")
        data = connect(("127.0.0.1", int(numbers[4]) * 256 + int(numbers[5])))
        try:
            self._say(command, b"1")
        except OSError:
            data.close()
            raise
        return data

    def _say(self, line: str, code: bytes) -> bytes:
        self.connection.sendall(line.encode() + b"\r\n")
        return self._expect(code)

    def _expect(self, code: bytes) -> bytes:
        """The last line of one reply. Behind it the next may have come already."""
        line = b""
        while line[3:4] != b" ":
            while b"\r\n" not in self._unread:
                self._unread += self.read_some()
            line, _, self._unread = self._unread.partition(b"\r\n")
        if not line.startswith(code):
            raise ConnectionError(f"expected {code.decode()}, got {line!r}")
        return line


class FTPHandler(FloorHandler):
    """Canned replies; a file is zeros, and what is sent to it is read and dropped."""

    def handle(self) -> None:
        """Answer until QUIT or the end of input."""
        send, readline = self.request.sendall, self.rfile.readline
        send(GREETING)
        passive = None
        while line := readline():
            verb, argument = line[:4], line[5:-2].decode()
            if verb == b"PASV":
                passive = socket.create_server(("127.0.0.1", 0))
                send(b"227 (127,0,0,1,%d,%d)\r\n" % divmod(passive.getsockname()[1], 256))
            elif passive is not None:
                send(b"150 here it comes\r\n")
                with passive, passive.accept()[0] as data:
                    self.transfer(data, verb, argument)
                passive = None
                send(b"226 done\r\n")
            else:
                send(REPLIES[verb])
                if verb == b"QUIT":
                    return

    def transfer(self, data: socket.socket, verb: bytes, name: str) -> None:
        """All of one file."""
        if verb == b"STOR":
            buffer = bytearray(len(PIECE))
            while data.recv_into(buffer):
                pass
        elif name == SMALL_FILE:
            data.sendall(PIECE[:SMALL])
        else:
            for _ in range(LARGE // len(PIECE)):
                data.sendall(PIECE)


class WithFiles(Subject):
    """A server that has its files in a folder."""

    client = FTPClient

    def home(self) -> Path | None:
        """The folder; None where there is none."""
        return None

    def prepare(self) -> None:
        home = self.home()
        if home is not None:
            (home / SMALL_FILE).write_bytes(bytes(SMALL))


class FloorFTP(Floor, WithFiles):
    """Canned FTP."""

    handler = FTPHandler


class FakefarmFTP(Fakefarm, WithFiles):
    """Our FTP, allowed an upload that is larger than its bound is at first."""

    fake = "FakeFTP"
    options = {"max_message_size": LARGE}

    def home(self) -> Path:
        return Path(self.server.root)


class Pyftpdlib(WithFiles):
    """pyftpdlib's FTPServer with its loop in a thread that looks for a stop flag between polls of a
    millisecond, as in its own tests, and a temporary folder.

    While it serves, the polls are longer, not to disturb the others: what comes ends them anyhow.
    """

    name = "pyftpdlib"

    def start(self) -> Address:
        with quiet():
            from pyftpdlib.authorizers import DummyAuthorizer
            from pyftpdlib.handlers import FTPHandler as Handler
            from pyftpdlib.ioloop import IOLoop
            from pyftpdlib.servers import FTPServer

        self.folder = Path(tempfile.mkdtemp())
        authorizer: Any = DummyAuthorizer()
        authorizer.add_user(USER, PASSWORD, str(self.folder), perm="elradfmwMT")
        handler = type("Handler", (Handler,), {"authorizer": authorizer})
        self.server: Any = FTPServer(("127.0.0.1", 0), handler, ioloop=IOLoop())
        self.poll, self.stopping = 0.001, False
        self.thread = threading.Thread(target=self._loop)
        self.thread.start()
        host, port = self.server.address
        return host, port

    def home(self) -> Path:
        return self.folder

    def prepare(self) -> None:
        super().prepare()
        self.poll = 0.1

    def stop(self) -> None:
        self.stopping = True
        self.thread.join()
        self.server.close_all()
        shutil.rmtree(self.folder)

    def _loop(self) -> None:
        while not self.stopping:
            self.server.serve_forever(timeout=self.poll, blocking=False)


class Localftpserver(WithFiles):
    """pytest-localftpserver as its fixture makes it: pyftpdlib with polls of a second.

    A start ends when a client gets in, since a stop before that is an error in its thread.
    """

    name = "pytest-localftpserver"

    def start(self) -> Address:
        with quiet():
            from pytest_localftpserver.servers import PytestLocalFTPServer

        self.server = PytestLocalFTPServer()
        address = "127.0.0.1", int(self.server.server_port)
        while self.server.thread.is_alive():
            with contextlib.suppress(ConnectionRefusedError):
                connect(address).close()
                break
            time.sleep(0.0005)
        return address

    def home(self) -> Path:
        return Path(self.server.server_home)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """For the import of pyftpdlib: before Python 3.12 it loads asyncore, which warns, and later a
    copy of that. Its log is off, which favours it: by default it prints each transfer."""
    log = logging.getLogger("pyftpdlib")
    log.setLevel(logging.WARNING)
    log.handlers = log.handlers or [logging.NullHandler()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@contextlib.contextmanager
def large_download(subject: Subject) -> Iterator[Callable[[], object]]:
    """One large file, read on a connection that stays open."""
    assert isinstance(subject, WithFiles)
    with running(subject) as address, contextlib.closing(FTPClient(address)) as client:
        home = subject.home()
        if home is not None:
            (home / LARGE_FILE).touch()
            os.truncate(home / LARGE_FILE, LARGE)  # a hole of that size takes no room on most disks
        yield lambda: client.retrieve(LARGE_FILE, LARGE)


@contextlib.contextmanager
def large_upload(subject: Subject) -> Iterator[Callable[[], object]]:
    """One large file, sent on a connection that stays open, and then removed: some systems write a
    file to the disk at once when it takes the place of another."""
    assert isinstance(subject, WithFiles)
    with running(subject) as address, contextlib.closing(FTPClient(address)) as client:
        home = subject.home()

        def action() -> None:
            client.store(UPLOAD, LARGE)
            if home is not None:
                size = (home / UPLOAD).stat().st_size
                (home / UPLOAD).unlink()
                if size != LARGE:
                    raise ConnectionError(f"stored {size} bytes of {LARGE}")

        yield action


OURS: list[type[Subject]] = [FloorFTP, FakefarmFTP]
ALL = [*OURS, Pyftpdlib, Localftpserver]
NEVER_SLOWER = (never_slower_than("pyftpdlib"),)
STARTS = (Aim(1.5), *NEVER_SLOWER)

ROWS = [
    Row("ftp-start-stop", "start and stop an FTP server", ALL, start_stop, 10, STARTS),
    Row("ftp-conversation", "connect, log in, one RETR, QUIT", ALL, fresh, 5, NEVER_SLOWER),
    Row("ftp-retr", "one RETR on an open connection", ALL, on_open, 10, NEVER_SLOWER),
    Row("ftp-download", "64 MB from an FTP server", ALL, large_download, 1, NEVER_SLOWER, 20),
    Row("ftp-upload", "64 MB to an FTP server", ALL, large_upload, 1, NEVER_SLOWER, 20),
]
