"""A good handshake on every fake, what is known of it, and whom it lets in."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from raw_client import RawClient
from tls_clients import SPEAKERS, Speaker

from fakefarm import Authority, FakeHTTP, FakePOP3, FakeSMTP, Farm, TLSFacts


def facts_of(fake: Any) -> TLSFacts:
    fake.settle()
    return fake.connections[-1].tls


def test_a_conversation(speaker: Speaker, running: Any, trusting: ssl.SSLContext) -> None:
    fake = running(speaker)
    speaker.talk(fake, trusting)
    facts = facts_of(fake)
    assert (facts.version, facts.server_name, facts.certificate) == (
        "TLSv1.3",
        "localhost",
        "valid",
    )
    assert facts.cipher.startswith("TLS_")
    assert (facts.alert, facts.error, facts.client_certificate) == (None, None, None)
    handshakes = [step.argument for step in fake.steps if step.verb == "tls"]
    assert handshakes[0] == "localhost"
    assert handshakes[1:] == (["RETR notes.txt"] if fake.protocol == "ftp" else [])
    assert "tls" not in fake.commands
    notes = [(event.note, event.channel) for event in fake.transcript if event.kind == "tls"]
    assert notes[0] == (str(facts), "control")
    assert [channel for _, channel in notes[1:]] == ["data"] * len(handshakes[1:])
    assert "server name localhost" in notes[0][0]


def test_the_transcript_is_decrypted(
    speaker: Speaker, running: Any, trusting: ssl.SSLContext
) -> None:
    fake = running(speaker)
    speaker.talk(fake, trusting)
    fake.settle()
    crossed = fake.transcript.received() + fake.transcript.sent()
    assert b"hello" in crossed
    assert b"\x16\x03" not in crossed


def test_nothing_of_it_is_on_the_wire(
    speaker: Speaker, running: Any, dial: Any, trusting: ssl.SSLContext
) -> None:
    """What a raw client gets is records, from the first byte of the answer on."""
    fake = running(speaker)
    client = dial(speaker, fake)
    hello = client_hello(trusting)
    client.send(hello)
    assert client.exactly(1) == b"\x16"
    version = client.exactly(2)
    assert version == b"\x03\x03"


def client_hello(context: ssl.SSLContext, server_name: str = "localhost") -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=server_name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_client_hello_in_pieces(
    speaker: Speaker, running: Any, dial: Any, trusting: ssl.SSLContext
) -> None:
    fake = running(speaker)
    client = dial(speaker, fake)
    client.send_bytewise(client_hello(trusting, "mail.example.com"))
    assert client.exactly(1) == b"\x16"
    assert fake.steps[-1].argument == "mail.example.com"
    assert fake.steps[-1].line[:1] == b"\x16"


@pytest.mark.parametrize(
    ("mode", "url"),
    [(FakeSMTP, "smtps"), (FakePOP3, "pop3s"), (FakeHTTP, "https")],
    ids=["smtp", "pop3", "http"],
)
def test_the_url(mode: Any, url: str) -> None:
    with mode(tls="implicit") as fake:
        assert fake.url == f"{url}://127.0.0.1:{fake.port}"


def test_alpn(ca: Authority) -> None:
    with FakeHTTP(tls="implicit", strict=False) as fake:
        context = ca.client_context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        client = RawClient(fake.address)
        with context.wrap_socket(client.sock, server_hostname="localhost") as sock:
            assert sock.selected_alpn_protocol() == "http/1.1"
            sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert sock.recv(12) == b"HTTP/1.1 404"
        assert facts_of(fake).alpn == "http/1.1"


# --- client certificates


def test_a_client_certificate(speaker: Speaker, running: Any, ca: Authority) -> None:
    fake = running(speaker, client_certificate="required")
    speaker.talk(fake, ca.client_context(ca.client_certificate("ann")))
    facts = facts_of(fake)
    assert facts.client_certificate is not None
    assert ((("commonName", "ann"),)) in facts.client_certificate["subject"]
    assert "client certificate ann" in str(facts)


def test_no_client_certificate_where_one_is_optional(
    speaker: Speaker, running: Any, trusting: ssl.SSLContext
) -> None:
    fake = running(speaker, client_certificate="optional")
    speaker.talk(fake, trusting)
    assert facts_of(fake).client_certificate is None


@pytest.mark.parametrize("shown", ["none", "untrusted"])
def test_a_client_certificate_that_is_refused(
    speaker: Speaker, running: Any, ca: Authority, shown: str
) -> None:
    fake = running(speaker, client_certificate="required")
    certificate = None if shown == "none" else ca.client_certificate("eve", trusted=False)
    client, context = speaker.dial(fake), ca.client_context(certificate)
    with (
        context.wrap_socket(client.sock, server_hostname="localhost") as sock,
        # TLS 1.3 tells the client when it is done with its part of the handshake.
        pytest.raises(ssl.SSLError, match=r"ALERT_(CERTIFICATE_REQUIRED|UNKNOWN_CA)"),
    ):
        sock.recv(1)
    error = facts_of(fake).error
    assert error is not None
    assert ("did not return a certificate" if shown == "none" else "verify failed") in error
    assert fake.connections[-1].ended_by == "server"


# --- which certificate


def test_the_server_name_decides(speaker: Speaker, running: Any, ca: Authority) -> None:
    fake = running(speaker, certificate={"Localhost": "valid", "old.example.com": "expired"})
    speaker.talk(fake, ca.client_context())
    assert facts_of(fake).certificate == "valid"
    client = speaker.dial(fake)
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        ca.client_context().wrap_socket(client.sock, server_hostname="old.example.com")
    client.close()
    fake.settle()
    assert fake.connections[-1].tls.certificate == "expired"


def test_who_names_no_server_gets_the_default(running: Any, ca: Authority) -> None:
    shown = {"a.example.com": "expired", "": "valid"}
    with FakePOP3(tls="implicit", certificate=shown) as fake:
        client = RawClient(fake.address)
        context = ca.client_context()
        context.check_hostname = False
        with context.wrap_socket(client.sock) as sock:
            assert sock.recv(3) == b"+OK"
    assert fake.connections[0].tls.server_name == ""


def test_own_certificates(ca: Authority, tmp_path: Path) -> None:
    made = ca.certificate("my.example.org")
    both = made.path.read_bytes()
    split = both.index(b"-----BEGIN CERTIFICATE")
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    key.write_bytes(both[:split])
    chain.write_bytes(both[split:])
    for certificate in (made, made.path, (chain, key)):
        with FakePOP3(tls="implicit", certificate=certificate) as fake:
            client = RawClient(fake.address)
            context = ca.client_context()
            with context.wrap_socket(client.sock, server_hostname="my.example.org") as sock:
                assert sock.recv(3) == b"+OK"


# --- arguments


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        ({"tls": "ssl"}, ValueError, "offers 'starttls', 'implicit'"),
        ({"certificate": "expired"}, ValueError, "name tls= as well"),
        ({"client_certificate": "required"}, ValueError, "name tls= as well"),
        ({"tls": "implicit", "certificate": "expird"}, ValueError, "'expired'"),
        ({"tls": "implicit", "certificate": 3}, TypeError, "the name of a kind"),
        ({"tls": "implicit", "certificate": {}}, ValueError, "at least one"),
        ({"tls": "implicit", "certificate": {1: "valid"}}, TypeError, "a server name is a str"),
        ({"tls": "implicit", "certificate": Path("nowhere.pem")}, FileNotFoundError, "nowhere"),
        ({"tls": "implicit", "certificate": Path(__file__)}, ValueError, "cannot load it"),
        ({"tls": "implicit", "client_certificate": "yes"}, ValueError, "'optional', 'required'"),
        ({"tls": "implicit", "client_certificate": []}, ValueError, "'optional', 'required'"),
    ],
)
def test_bad_arguments(arguments: Any, kind: Any, says: str) -> None:
    with pytest.raises(kind, match=says):
        FakePOP3(**arguments)


def test_a_fake_that_does_not_offer_it() -> None:
    with pytest.raises(ValueError, match="FakeHTTP offers 'implicit'"):
        FakeHTTP(tls="starttls")


def test_a_rule_on_tls_needs_tls() -> None:
    with FakeSMTP() as fake, pytest.raises(ValueError, match="give it tls='starttls'"):
        fake.on("tls")


# --- the authority


def test_one_authority_a_process(ca: Authority, farm: Farm) -> None:
    assert farm.ca is ca
    assert ca.pem_path.read_bytes() == ca.pem
    assert ca.certificate("a.example") is ca.certificate("a.example")
    with pytest.raises(ValueError, match="at least one"):
        ca.certificate()


def test_certificates_made_in_several_threads(ca: Authority) -> None:
    names = [f"{name}.threads.example" for name in "abcdefgh"]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(ca.certificate, names * 2))
    assert made[:8] == made[8:]
    assert len({certificate.path for certificate in made}) == 8
    for name, certificate in zip(names, made, strict=False):
        assert x509_names(certificate.path) == [name]


def x509_names(path: Path) -> list[str]:
    from cryptography import x509

    pem = path.read_bytes()
    leaf = x509.load_pem_x509_certificates(pem[pem.index(b"-----BEGIN CERT") :])[0]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


def test_keys_are_for_their_owner_alone(ca: Authority) -> None:
    assert ca.kind("valid").path.stat().st_mode & 0o077 == 0


def test_stop_ends_a_handshake_that_waits(speaker: Speaker) -> None:
    fake = speaker.make(strict=False).start()
    client = speaker.dial(fake)
    client.send(b"\x16\x03")
    fake.wait_until(lambda: any(event.kind == "unread" for event in fake.transcript))
    fake.stop()
    assert client.rest()[0] == b""
    assert fake.connections[0].ended_by == "stop"
    client.close()


def test_a_client_that_is_silent_in_the_handshake(speaker: Speaker, running: Any) -> None:
    fake = running(speaker)
    fake.timeout = 0.05
    client = speaker.dial(fake)
    assert client.rest()[1] == "fin"
    assert fake.connections[0].ended_how == "timeout"
    client.close()


def test_plain_text_to_a_fake_with_tls(speaker: Speaker, running: Any, dial: Any) -> None:
    fake = running(speaker)
    client = dial(speaker, fake)
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    assert client.rest() == (b"", "fin")
    assert fake.connections[0].tls.error == "http request"
    assert fake.connections[0].ended_by == "server"


def test_every_way_to_speak_is_here() -> None:
    """A fake that gets TLS gets these tests."""
    import fakefarm

    fakes = [getattr(fakefarm, name) for name in fakefarm.__all__ if name.startswith("Fake")]
    offered = {(fake.protocol, mode) for fake in fakes for mode in getattr(fake, "tls_modes", ())}
    assert {(each.kind.protocol, each.mode) for each in SPEAKERS} == offered
