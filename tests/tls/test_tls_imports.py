"""Who uses no TLS does not pay for it, and who lacks the extra is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from fakefarm import Authority

USE = """
import socket, sys
from fakefarm import {fake}

with {fake}() as fake:
    fake.on("connect").answer().optional()
    with socket.create_connection(fake.address, timeout=5) as client:
        client.sendall({says!r})
        client.settimeout(5)
        assert client.recv(100)
print(*sorted({{"ssl", "trustme", "cryptography"}} & set(sys.modules)))
"""

WITHOUT = """
import pathlib, sys
sys.modules["trustme"] = None
from fakefarm import FakeSMTP, Farm

own = pathlib.Path(sys.argv[1])
FakeSMTP(tls="starttls", certificate=own)
for make in (
    lambda: Farm().ca,
    lambda: FakeSMTP(tls="implicit"),
    lambda: FakeSMTP(tls="implicit", certificate=own, client_certificate="required"),
):
    try:
        make()
    except ImportError as error:
        print(error)
"""


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("fake", "says"),
    [
        ("FakeSMTP", b"EHLO x\r\nQUIT\r\n"),
        ("FakePOP3", b"CAPA\r\nQUIT\r\n"),
        ("FakeIMAP", b"a CAPABILITY\r\n"),
        ("FakeHTTP", b"HEAD /../ HTTP/1.0\r\n\r\n"),
        ("FakeDNS", b"\0\x0c" + bytes(12)),
    ],
)
def test_a_fake_without_tls_imports_nothing_of_it(fake: str, says: bytes) -> None:
    program = USE.format(fake=fake, says=says)
    if fake == "FakeHTTP":  # a request that nothing answers is a failure
        program = program.replace("FakeHTTP()", "FakeHTTP(strict=False)")
    assert run(program).split() == []


def test_without_the_extra(ca: Authority) -> None:
    """Your own certificate needs it as little as a fake without TLS."""
    path: Path = ca.kind("valid").path
    told = run(WITHOUT, str(path)).splitlines()
    assert told == ["TLS needs trustme: pip install 'pytest-fakefarm[tls]'"] * 3
