"""Each kind of certificate, and what the standard library's clients say to it."""

import ssl
import subprocess
import urllib.error
from typing import Any

import pytest
from tls_clients import Speaker

from fakefarm import Authority, FakePOP3
from fakefarm._core.tls.certificates import KINDS

# What OpenSSL says, or None where it accepts the certificate; the alert it sends with that.
VERDICTS = {
    "valid": (None, None),
    "many-sans": (None, None),
    "reversed-chain": (None, None),  # it sorts the chain itself; RFC 8446 section 4.4.2
    "no-san": (None, None),  # falls back on the common name; RFC 9525 says not to
    "expired": ("certificate has expired", "certificate_expired"),
    "not-yet-valid": ("certificate is not yet valid", "bad_certificate"),
    "wrong-host": ("Hostname mismatch", "bad_certificate"),
    "ip-san": ("Hostname mismatch", "bad_certificate"),
    "wildcard": ("Hostname mismatch", "bad_certificate"),
    "self-signed": ("self-signed certificate", "unknown_ca"),
    "untrusted-root": ("unable to get local issuer", "unknown_ca"),
    "incomplete-chain": ("unable to get local issuer", "unknown_ca"),
    "wrong-key-usage": ("unsuitable certificate purpose", "unsupported_certificate"),
    "weak-rsa-1024": ("key too weak", "bad_certificate"),
}


def cause(error: BaseException) -> BaseException:
    """What urllib wraps."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    assert isinstance(inner, BaseException)
    return inner


def test_every_kind_has_a_verdict() -> None:
    assert set(VERDICTS) == set(KINDS)


@pytest.mark.parametrize("kind", VERDICTS)
def test_what_clients_say(
    kind: str, speaker: Speaker, running: Any, trusting: ssl.SSLContext
) -> None:
    says, alert = VERDICTS[kind]
    fake = running(speaker, certificate=kind)
    if says is None:
        speaker.talk(fake, trusting)
    else:
        with pytest.raises(OSError) as caught:
            speaker.talk(fake, trusting)
        assert isinstance(cause(caught.value), ssl.SSLCertVerificationError)
        assert says in str(caught.value)
    fake.settle()
    facts = fake.connections[0].tls
    assert (facts.certificate, facts.alert) == (kind, alert)
    assert facts.error == (None if alert is None else f"the client sent the alert {alert}")


@pytest.mark.parametrize(
    ("kind", "host"), [("ip-san", "127.0.0.1"), ("wildcard", "mail.example.com")]
)
def test_whom_these_are_for(kind: str, host: str, trusting: ssl.SSLContext) -> None:
    assert handshake(kind, host, trusting) == kind


def handshake(kind: str, host: str, context: ssl.SSLContext) -> str:
    import socket

    with (
        FakePOP3(tls="implicit", certificate=kind) as fake,
        socket.create_connection(fake.address, timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host) as sock,
    ):
        assert sock.recv(3) == b"+OK"
        name: str = fake.connections[0].tls.certificate
        return name


@pytest.mark.parametrize(
    ("kind", "shows"),
    [
        ("no-san", ["CN = localhost", "!Subject Alternative Name"]),
        ("many-sans", ["DNS:host-0.example.com", "DNS:host-499.example.com"]),
        ("weak-rsa-1024", ["(1024 bit)"]),
        ("valid", ["DNS:localhost", "IP Address:127.0.0.1", "id-ecPublicKey"]),
        ("expired", ["Not After : Jan  1 00:00:00 2001"]),
        ("not-yet-valid", ["Not Before: Jan  1 00:00:00 2999"]),
        ("wrong-key-usage", ["Code Signing", "!Server Authentication"]),
    ],
)
def test_what_openssl_reads_in_it(kind: str, shows: list[str], ca: Authority) -> None:
    """One thing is wrong with each, and it is the one that the name says."""
    command = ["openssl", "x509", "-noout", "-text", "-in", str(ca.kind(kind).path)]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    for words in shows:
        assert (words.lstrip("!") in text) is not words.startswith("!")


def test_the_chain_that_is_reversed(ca: Authority) -> None:
    """Leaf, upper, lower: each but the leaf is signed by the one before."""
    from cryptography import x509

    pem = ca.kind("reversed-chain").path.read_bytes()
    leaf, upper, lower = x509.load_pem_x509_certificates(pem[pem.index(b"-----BEGIN CERT") :])
    assert leaf.issuer == lower.subject
    assert lower.issuer == upper.subject
    assert upper.issuer == x509.load_pem_x509_certificate(ca.pem).subject
