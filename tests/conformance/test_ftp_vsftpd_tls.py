"""The same conversations by TLS (RFC 4217), played to FakeFTP and to vsftpd: the codes agree, but
for what ``DIFFERENT`` names."""

import importlib.util
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakefarm import FakeFTP, Farm

_spec = importlib.util.spec_from_file_location(
    "ftp_servers", Path(__file__).with_name("ftp_servers.py")
)
assert _spec is not None
assert _spec.loader is not None
servers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(servers)

pytestmark = pytest.mark.skipif(servers.VSFTPD is None, reason="vsftpd is not installed")

# "TLS" is where the handshake is; "data" makes a data connection that resumes the session, and "new
# data" one that does not.
CONVERSATIONS = {
    "before AUTH": ["PBSZ 0", "PROT P", "AUTH KERBEROS_V4", "AUTH", "AUTH SSL", "TLS", "NOOP"],
    "before the login": ["AUTH TLS", "TLS", "PWD", "PBSZ 0", "PROT P"],
    "levels": [
        *("AUTH TLS", "TLS", "USER ftp", "PASS x", "PROT P", "PBSZ 0", "PROT C"),
        *("PROT S", "PROT E", "PROT X", "PROT P", "QUIT"),
    ],
    "data": [
        *("AUTH TLS", "TLS", "USER ftp", "PASS x", "PBSZ 0", "PROT P", "TYPE I"),
        *("data", "EPSV", "RETR notes.txt", "NOOP"),
    ],
    "a new session": [
        *("AUTH TLS", "TLS", "USER ftp", "PASS x", "PBSZ 0", "PROT P", "TYPE I"),
        *("new data", "EPSV", "RETR notes.txt"),
    ],
}
DIFFERENT = {  # the line, our code, theirs, and why
    "before AUTH": [
        ("AUTH", 501, 504, "a syntax error, as for other commands"),
        ("NOOP", 200, 530, "as pyftpdlib"),
    ],
    "levels": [("PROT P", 503, 200, "RFC 4217 section 9: PBSZ comes first")],
}


@pytest.fixture(scope="module")
def certificate() -> Path:
    found = Farm().ca.certificate("localhost").path
    assert isinstance(found, Path)
    return found


@pytest.fixture(scope="module")
def theirs(certificate: Path) -> Iterator[tuple[str, int]]:
    try:
        with servers.vsftpd(certificate) as (address, root):
            servers.fill_for_all(root)
            yield address
    except servers.DoesNotStart as error:
        pytest.skip(str(error))


def context() -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


class Talk:
    """A client that plays a conversation."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.sock = socket.create_connection(address, timeout=servers.PATIENCE)
        self.context = context()
        self.resumes: bool | None = None  # what the next data connection does, if it is one of TLS

    def reply(self) -> str:
        text = b""
        while not re.search(rb"^\d\d\d [^\n]*\n\Z", text, re.MULTILINE):
            text += self.sock.recv(1)
        return text.decode()

    def play(self, lines: list[str]) -> list[tuple[str, int]]:
        """Each line with the code of its reply, and what completes a transfer."""
        said = [("", int(self.reply()[-100:].split("\n")[-2][:3]))]
        for line in lines:
            if line == "TLS":
                self.sock = self.context.wrap_socket(self.sock)
            elif line in ("data", "new data"):
                self.resumes = line == "data"
            else:
                self.sock.sendall(line.encode() + b"\r\n")
                text = self.reply()
                said.append((line, int(text[:3])))
                if text[:1] == "1":
                    said.append(self.transfer(line))
                elif line == "EPSV":
                    self.port = int(re.findall(r"\d+", text)[-1])
                    self.data = socket.create_connection((self.address[0], self.port), timeout=5)
        return said

    def transfer(self, line: str) -> tuple[str, int]:
        session = self.sock.session if self.resumes else None
        with self.context.wrap_socket(self.data, session=session) as data:
            try:
                while data.recv(65536):
                    pass
                data.unwrap()
            except OSError:
                pass
        return line, int(self.reply()[:3])


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_agreed(theirs: tuple[str, int], tmp_path: Path, name: str) -> None:
    servers.fill(tmp_path)
    with FakeFTP(root=tmp_path, tls="starttls") as fake:
        fake.require_session_reuse = True
        found = []
        for address in (fake.address, theirs):
            talk = Talk(address)
            try:
                found.append(talk.play(CONVERSATIONS[name]))
            finally:
                talk.sock.close()
    ours, others = found
    differs = [(line, a, b) for (line, a), (_, b) in zip(ours, others, strict=True) if a != b]
    assert differs == [row[:3] for row in DIFFERENT.get(name, [])]
