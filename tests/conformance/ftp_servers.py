"""Real FTP servers, and the conversations that are played to them and to FakeFTP.

Both servers are started by a test on a loopback port of their own, with a folder of their own.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PATIENCE = 10  # seconds for anything
FILES = {"notes.txt": b"one\r\ntwo\r\n", "data.bin": bytes(range(256)) * 300, "empty": b""}
NEW = b"new\r\ncontent\r\n"  # what uploads consist of
LOGIN = ["USER ftp", "PASS secret"]


def fill(folder: Path) -> None:
    """The files that every conversation finds, and nothing else."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "pub").mkdir()
    (folder / "pub" / "readme").write_bytes(b"read me\r\n")


# --- conversations


class Script(NamedTuple):
    """What a client says, line by line. A line that begins with ``pasv:``, ``epsv:``, ``port:`` or
    ``eprt:`` has a data connection made before it; what it brings, or takes, is part of it."""

    name: str
    lines: list[str]


# fmt: off
SCRIPTS = [
    Script("login and quit", [*LOGIN, "QUIT"]),
    Script("quit at once", ["QUIT"]),
    Script("small letters", ["user ftp", "pass secret", "pwd", "quit"]),
    Script("PASS first", ["PASS secret"]),
    Script("before the login", ["PWD", "CWD pub", "LIST", "RETR notes.txt", "TYPE I"]),
    Script("FEAT before the login", ["FEAT"]),
    Script("unknown", [*LOGIN, "XYZZY", "NOOP"]),
    Script("NOOP", [*LOGIN, "NOOP"]),
    Script("SYST, HELP, STAT", [*LOGIN, "SYST", "HELP", "STAT"]),
    Script("types", [*LOGIN, "TYPE I", "TYPE A", "TYPE A N", "TYPE L 8", "TYPE X"]),
    Script("structure and mode",
           [*LOGIN, "STRU F", "MODE S", "STRU P", "MODE B", "STRU X", "MODE X"]),
    Script("folders", [*LOGIN, "PWD", "CWD pub", "PWD", "CDUP", "PWD", "XPWD", "XCWD pub", "XCUP"]),
    Script("no such folder", [*LOGIN, "CWD nowhere", "CWD notes.txt", "PWD"]),
    Script("make and remove",
           [*LOGIN, "MKD new", "MKD new", "CWD new", "CDUP", "RMD new", "RMD new"]),
    Script("remove what is full", [*LOGIN, "RMD pub", "RMD notes.txt"]),
    Script("old names of them", [*LOGIN, "XMKD new", "XRMD new"]),
    Script("delete", [*LOGIN, "DELE notes.txt", "DELE notes.txt", "DELE pub", "DELE nothing"]),
    Script("rename", [*LOGIN, "RNFR notes.txt", "RNTO renamed.txt", "SIZE renamed.txt"]),
    Script("rename what is not there", [*LOGIN, "RNFR nothing", "RNTO x"]),
    Script("rename out of order", [*LOGIN, "RNTO x"]),
    Script("size in binary", [*LOGIN, "TYPE I", "SIZE notes.txt", "SIZE nothing", "SIZE pub"]),
    Script("time", [*LOGIN, "MDTM notes.txt", "MDTM nothing"]),
    Script("arguments missing", [*LOGIN, "CWD", "DELE", "RETR", "MKD", "SIZE"]),
    Script("abort nothing", [*LOGIN, "ABOR"]),
    Script("REST", [*LOGIN, "REST 5", "REST 0"]),
    Script("retrieve, passive", [*LOGIN, "TYPE I", "pasv:RETR notes.txt", "pasv:RETR data.bin"]),
    Script("retrieve, extended passive", [*LOGIN, "TYPE I", "epsv:RETR notes.txt", "NOOP"]),
    Script("retrieve, active", [*LOGIN, "TYPE I", "port:RETR notes.txt", "NOOP"]),
    Script("retrieve, extended active", [*LOGIN, "TYPE I", "eprt:RETR notes.txt", "NOOP"]),
    Script("retrieve nothing", [*LOGIN, "TYPE I", "epsv:RETR empty"]),
    Script("retrieve from the middle", [*LOGIN, "TYPE I", "REST 5", "epsv:RETR notes.txt"]),
    Script("REST is for one transfer",
           [*LOGIN, "TYPE I", "REST 5", "epsv:RETR notes.txt", "epsv:RETR notes.txt"]),
    Script("retrieve what is not there", [*LOGIN, "TYPE I", "epsv:RETR nothing", "NOOP"]),
    Script("retrieve a folder", [*LOGIN, "TYPE I", "epsv:RETR pub", "NOOP"]),
    Script("retrieve from a folder", [*LOGIN, "TYPE I", "epsv:RETR pub/readme"]),
    Script("store", [*LOGIN, "TYPE I", "epsv:STOR new", "SIZE new", "epsv:RETR new"]),
    Script("store over", [*LOGIN, "TYPE I", "epsv:STOR data.bin", "epsv:RETR data.bin"]),
    Script("append", [*LOGIN, "TYPE I", "epsv:APPE notes.txt", "epsv:RETR notes.txt"]),
    Script("append to nothing", [*LOGIN, "TYPE I", "epsv:APPE new", "epsv:RETR new"]),
    Script("store in the middle",
           [*LOGIN, "TYPE I", "REST 5", "epsv:STOR notes.txt", "epsv:RETR notes.txt"]),
    Script("store where no folder is", [*LOGIN, "TYPE I", "epsv:STOR nowhere/new", "NOOP"]),
    Script("store on a folder", [*LOGIN, "TYPE I", "epsv:STOR pub", "NOOP"]),
    Script("names", [*LOGIN, "epsv:NLST", "epsv:NLST pub"]),
    Script("list", [*LOGIN, "epsv:LIST", "epsv:LIST pub"]),
    Script("list a file", [*LOGIN, "epsv:LIST notes.txt"]),
    Script("list with options of ls", [*LOGIN, "epsv:LIST -l", "epsv:LIST -la pub"]),
    Script("two transfers and QUIT",
           [*LOGIN, "TYPE I", "epsv:RETR notes.txt", "pasv:STOR new", "QUIT"]),
    Script("PASV again and again", [*LOGIN, "PASV", "PASV", "EPSV", "pasv:NLST"]),
    Script("rubbish for PORT", [*LOGIN, "PORT 1,2,3", "PORT x", "PORT 127,0,0,1,300,1"]),
    Script("the port of somebody else", [*LOGIN, "PORT 192,0,2,1,200,1"]),
    Script("a privileged port", [*LOGIN, "PORT 127,0,0,1,0,25"]),
    Script("rubbish for EPSV", [*LOGIN, "EPSV x", "EPSV 9"]),
    Script("rubbish for EPRT", [*LOGIN, "EPRT x", "EPRT |9|127.0.0.1|5000|"]),
    Script("ALLO", [*LOGIN, "ALLO 100"]),
    Script("OPTS", [*LOGIN, "OPTS UTF8 ON"]),
    Script("REIN", [*LOGIN, "REIN", "PWD"]),
    Script("login twice", [*LOGIN, *LOGIN, "PWD"]),
    Script("a login as somebody else", [*LOGIN, "USER ann"]),
    Script("status of a folder", [*LOGIN, "STAT pub"]),
    Script("no data connection", [*LOGIN, "LIST"]),
]
# fmt: on

TAKES_DATA = ("STOR", "APPE", "STOU")


class Heard(NamedTuple):
    """What came back to a line: the codes of the replies, and what a data connection brought."""

    line: str
    codes: list[int]
    data: bytes = b""


def play(address: tuple[str, int], script: Script) -> list[Heard]:
    """Say the lines of a script; all that came back."""
    with contextlib.ExitStack() as stack:
        player = Player(address, stack)
        heard = [Heard("", [player.reply()[0]])]
        for line in script.lines:
            how, _, command = line.rpartition(":")
            heard.append(player.transfer(how, command) if how else player.say(line))
        return heard


class Player:
    """A client that does as a script says."""

    def __init__(self, address: tuple[str, int], stack: contextlib.ExitStack) -> None:
        self.stack = stack
        self.sock = stack.enter_context(socket.create_connection(address, timeout=PATIENCE))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = stack.enter_context(self.sock.makefile("rb"))

    def reply(self) -> tuple[int, bytes]:
        """The code of the next reply and its last line; (0, b"") at the end."""
        first = line = self.file.readline()
        while line and not (line[:3] == first[:3] and line[3:4] != b"-"):
            line = self.file.readline()
        return int(line[:3] or 0), line

    def say(self, line: str) -> Heard:
        self.sock.sendall(line.encode() + b"\r\n")
        return Heard(line, [self.reply()[0]])

    def transfer(self, how: str, command: str) -> Heard:
        opened, connect = getattr(self, how)()
        self.sock.sendall(command.encode() + b"\r\n")
        code, _ = self.reply()
        codes, data = [opened, code], b""
        if 100 <= code < 200:
            data = self.exchange(connect(), command)
            codes.append(self.reply()[0])
        return Heard(f"{how}:{command}", codes, data)

    def exchange(self, data: socket.socket, command: str) -> bytes:
        with data:
            data.settimeout(PATIENCE)
            if command.startswith(TAKES_DATA):
                data.sendall(NEW)
                data.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: data.recv(65536), b""))

    # --- ways to a data connection: the code, and what makes it

    def passive(self, command: str) -> tuple[int, bytes]:
        self.sock.sendall(command.encode() + b"\r\n")
        return self.reply()

    def dialled(self, code: int, port: int):
        where = self.sock.getpeername()[0], port
        made = self.stack.enter_context(socket.create_connection(where, timeout=PATIENCE))
        return code, lambda: made

    def pasv(self):
        code, line = self.passive("PASV")
        high, low = re.findall(rb"\d+", line)[-2:]
        return self.dialled(code, int(high) * 256 + int(low))

    def epsv(self):
        code, line = self.passive("EPSV")
        return self.dialled(code, int(re.findall(rb"\d+", line)[-1]))

    def listening(self, command: str):
        server = self.stack.enter_context(socket.create_server((self.sock.getsockname()[0], 0)))
        server.settimeout(PATIENCE)
        host, port = server.getsockname()[:2]
        numbers = ",".join([*host.split("."), str(port // 256), str(port % 256)])
        code, _ = self.passive(command.format(host=host, port=port, numbers=numbers))
        return code, lambda: server.accept()[0]

    def port(self):
        return self.listening("PORT {numbers}")

    def eprt(self):
        return self.listening("EPRT |1|{host}|{port}|")


# What pyftpdlib says in place of 150 if its loop has seen the data connection by then, or not: the
# next moment decides it (RFC 959 section 4.2.2 has both).
OPEN_ALREADY = 125


class Difference(NamedTuple):
    """A line of a script that ours answers with other codes than theirs, and what decides it."""

    line: str
    ours: list[int]
    theirs: list[int]
    because: str


def differences(ours: list[Heard], theirs: list[Heard]) -> list[tuple[str, list[int], list[int]]]:
    """The lines that were answered with different codes. Raises AssertionError where the codes
    agree and a data connection brought something else: of a listing, the names count."""
    found = []
    for one, other in zip(ours, theirs, strict=True):
        codes = [150 if code == OPEN_ALREADY else code for code in other.codes]
        if one.codes != codes:
            found.append((one.line, one.codes, codes))
        elif re.search(r":(LIST|NLST)", one.line):
            assert names(one.data) == names(other.data), one.line
        else:
            assert one.data == other.data, one.line
    return found


def names(listing: bytes) -> list[bytes]:
    """The names in the lines of LIST, or of NLST."""
    last = [line.split()[-1].rpartition(b"/")[2] for line in listing.splitlines() if line.strip()]
    return sorted(name for name in last if name not in (b".", b".."))


# --- pyftpdlib


@contextlib.contextmanager
def pyftpdlib(root: Path) -> Iterator[tuple[str, int]]:
    """A plain pyftpdlib in a thread of its own; gives its address."""
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

    class Handler(FTPHandler):
        authorizer = DummyAuthorizer()
        auth_failed_timeout = 0

    Handler.authorizer.add_user("ftp", "secret", str(root), perm="elradfmwMT")
    loop, stopping = IOLoop(), threading.Event()
    server = FTPServer(("127.0.0.1", 0), Handler, ioloop=loop)
    address = server.address[:2]

    def serve() -> None:
        while not stopping.is_set():
            loop.loop(timeout=PATIENCE, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield address
    finally:
        stopping.set()
        socket.create_connection(address, timeout=PATIENCE).close()  # which wakes it
        thread.join(PATIENCE)
        server.close_all()
        loop.close()
        assert not thread.is_alive()


# --- vsftpd

CONFIGURATION = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
seccomp_sandbox=NO
anonymous_enable=YES
local_enable=NO
anon_root={root}
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
ascii_download_enable=YES
ascii_upload_enable=YES
secure_chroot_dir={folder}
connect_from_port_20=NO
delay_failed_login=0
"""
WITH_TLS = """
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=NO
force_anon_data_ssl=NO
rsa_cert_file={folder}/server.pem
rsa_private_key_file={folder}/server.pem
"""
# Not every user has it on the path.
SYSTEM = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
VSFTPD = shutil.which("vsftpd", path=SYSTEM)


class DoesNotStart(RuntimeError):
    """It is installed, and does not start here."""


@contextlib.contextmanager
def vsftpd(certificate: Path | None = None) -> Iterator[tuple[tuple[str, int], Path]]:
    """vsftpd for anonymous users, without a chroot and without privileges; gives its address and
    its root. Where root runs the tests, ``nobody`` runs it. It has TLS if it is given a PEM file
    with a key and a certificate; data connections have to resume the session then."""
    folder = Path(tempfile.mkdtemp(prefix="vsftpd-"))
    try:
        folder.chmod(0o755)
        root = folder / "root"
        root.mkdir()
        port = free_port()
        configuration = folder / "vsftpd.conf"
        text = CONFIGURATION if certificate is None else CONFIGURATION + WITH_TLS
        configuration.write_text(text.format(port=port, root=root, folder=folder))
        if certificate is not None:
            shutil.copy(certificate, folder / "server.pem")
        as_root = os.getuid() == 0
        if as_root:
            for path in folder.iterdir():
                shutil.chown(path, "nobody")  # it reads no one else's
        process = subprocess.Popen(
            [str(VSFTPD), str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user="nobody" if as_root else None,
            extra_groups=[] if as_root else None,
            env={},
        )
        try:
            wait_until_it_listens(process, ("127.0.0.1", port))
            yield ("127.0.0.1", port), root
        finally:
            process.terminate()
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill_for_all(folder: Path) -> None:
    """``fill()``, for a server that another user runs."""
    fill(folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


def free_port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_listens(process: subprocess.Popen[bytes], address: tuple[str, int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DoesNotStart(f"vsftpd ended at once with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(address, PATIENCE) as sock:
            if sock.recv(100).startswith(b"220"):
                return
        time.sleep(0.02)  # there is no event for it
    raise DoesNotStart("vsftpd does not answer")
