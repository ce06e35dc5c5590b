"""FTP over TLS (RFC 4217): the commands, the data connections, and what a script does to them."""

import ftplib
import select
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from raw_client import RawClient

from fakefarm import FakeFTP, Farm

ALL = bytes(range(256)) * 16
HUGE = 8 * 2**20  # bytes: more than the system holds back


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return Farm().ca.client_context()


@pytest.fixture(params=["starttls", "implicit"])
def secured(request: pytest.FixtureRequest) -> Iterator[FakeFTP]:
    """A fake in each mode, with a file."""
    with FakeFTP(tls=request.param) as fake:
        (fake.root / "data.bin").write_bytes(ALL)
        yield fake


def encrypt(client: RawClient, context: ssl.SSLContext, **options: Any) -> RawClient:
    """Have a handshake, whatever was said before."""
    options = {"server_hostname": "localhost", "suppress_ragged_eofs": False} | options
    client.sock = context.wrap_socket(client.sock, **options)
    return client


@pytest.fixture
def enter(raw: Any, trusting: ssl.SSLContext) -> Callable[..., Any]:
    """``enter(fake)``: a raw client that is encrypted, logged in, and has said PROT P."""

    def enter(fake: FakeFTP, prot: bool = True, context: ssl.SSLContext = trusting) -> Any:
        client = raw(fake, greeted=False)
        if fake.tls == "implicit":
            encrypt(client, context)
        assert client.code() == 220
        if fake.tls == "starttls":
            assert client.codes("AUTH TLS") == [234]
            encrypt(client, context)
        assert client.codes("USER ann", "PASS secret", "TYPE I") == [331, 230, 200]
        if prot:
            assert client.codes("PBSZ 0", "PROT P") == [200, 200]
        return client

    return enter


@pytest.fixture
def fetch(trusting: ssl.SSLContext) -> Callable[..., Any]:
    """``fetch(client, command)``: what comes over an encrypted data connection, how that ends
    (``"notified"``, ``"fin"`` or ``"rst"``), and the code of the completion."""

    def fetch(client: Any, command: str) -> tuple[bytes, str, int]:
        data = encrypt(client.begin(command), trusting)
        try:
            received, how = data.rest()[0], "notified"
        except OSError:  # OpenSSL may take an RST for an end
            received, how = bytes(data.buffer), "fin"
        return received, "rst" if is_broken(data.sock) else how, client.code()

    return fetch


def is_broken(sock: socket.socket) -> bool:
    """Whether an RST has come."""
    poller = select.poll()
    poller.register(sock, 0)
    return bool(poller.poll(0))


# --- commands

TALKS = {
    "plain": [
        ("PBSZ 0", 503), ("PROT P", 503), ("CCC", 533), ("AUTH KERBEROS_V4", 504), ("AUTH", 501),
    ],
    "encrypted": [
        ("AUTH TLS", 503), ("PROT P", 503), ("PBSZ x", 501), ("PBSZ", 501), ("PBSZ 16384", 200),
        ("PROT S", 536), ("PROT E", 536), ("PROT X", 504), ("PROT", 501), ("PROT C", 200),
        ("prot p", 200), ("PROT P", 200), ("ADAT x", 502), ("MIC x", 502), ("CCC x", 501),
    ],
    "none": [("AUTH TLS", 502), ("PBSZ 0", 502), ("PROT P", 502), ("CCC", 502)],
}  # fmt: skip


def test_codes_before_auth(raw: Any) -> None:
    with FakeFTP(tls="starttls") as fake:
        client = raw(fake)
        assert [(line, client.codes(line)[0]) for line, _ in TALKS["plain"]] == TALKS["plain"]


def test_codes_behind_auth(secured: FakeFTP, enter: Any) -> None:
    client = enter(secured, prot=False)
    talk = TALKS["encrypted"]
    assert [(line, client.codes(line)[0]) for line, _ in talk] == talk


def test_codes_without_tls(ftp: FakeFTP, raw: Any) -> None:
    client = raw(ftp)
    assert [(line, client.codes(line)[0]) for line, _ in TALKS["none"]] == TALKS["none"]
    assert b"AUTH" not in client.say("FEAT") + client.say("HELP")


@pytest.mark.parametrize(
    ("mode", "words"),
    [(None, []), ("implicit", ["PBSZ", "PROT"]), ("starttls", ["AUTH TLS", "PBSZ", "PROT"])],
)
def test_features(mode: Any, words: list[str]) -> None:
    offered = FakeFTP(tls=mode).capabilities
    assert [word for word in offered if word in ("AUTH TLS", "PBSZ", "PROT")] == words


@pytest.mark.parametrize("mechanism", ["TLS", "tls", "TLS-C", "SSL", "TLS-P"])
def test_mechanisms(raw: Any, trusting: ssl.SSLContext, mechanism: str) -> None:
    with FakeFTP(tls="starttls") as fake:
        client = raw(fake)
        assert client.codes(f"AUTH {mechanism}") == [234]
        encrypt(client, trusting)
        # RFC 2228 section 3: who was logged in is that no more.
        assert client.codes("PWD", "USER ann", "PASS secret", "PWD") == [530, 331, 230, 257]


def test_auth_waits_for_the_end_of_a_transfer(raw: Any, trusting: ssl.SSLContext) -> None:
    with FakeFTP(tls="starttls") as fake:
        (fake.root / "data.bin").write_bytes(bytes(HUGE))
        client = raw(fake)
        data = client.begin("RETR data.bin")
        client.send_line("AUTH TLS")
        assert client.is_silent()
        assert data.rest() == (bytes(HUGE), "fin")
        assert [client.code(), client.code()] == [226, 234]
        encrypt(client, trusting)
        assert client.codes("NOOP") == [200]


def test_rein_ends_tls(raw: Any, enter: Any, trusting: ssl.SSLContext) -> None:
    """RFC 4217 section 11: its reply is the last that is encrypted."""
    with FakeFTP(tls="starttls") as fake:
        client = enter(fake)
        assert client.codes("REIN") == [230]
        client.sock = client.sock.unwrap()
        assert client.codes("PWD", "PBSZ 0", "AUTH TLS") == [530, 503, 234]
        encrypt(client, trusting)
        assert client.codes("USER ann", "PASS x", "PROT P") == [331, 230, 503]


def test_rein_of_a_connection_that_began_encrypted(enter: Any) -> None:
    with FakeFTP(tls="implicit") as fake:
        assert enter(fake).codes("REIN", "PWD") == [230, 530]


@pytest.mark.parametrize("polite", [True, False], ids=["close_notify", "just plain text"])
def test_ccc(secured: FakeFTP, enter: Any, fetch: Any, polite: bool) -> None:
    """RFC 4217 section 12.3. Data connections stay as they were."""
    client = enter(secured)
    assert client.codes("CCC") == [200]
    if polite:
        client.sock = client.sock.unwrap()
    else:
        assert client.sock.recv(1) == b""  # the end of TLS, and not of the connection
        client.sock = socket.socket(fileno=client.sock.detach())
        client.sock.settimeout(5)
    assert client.codes("PWD", "PROT C", "CCC") == [257, 503, 533]
    assert fetch(client, "RETR data.bin") == (ALL, "notified", 226)
    assert client.codes("QUIT") == [221]


def test_ccc_and_the_client_leaves(secured: FakeFTP, enter: Any) -> None:
    client = enter(secured)
    assert client.codes("CCC") == [200]
    client.close()
    secured.settle()
    assert secured.connections[0].ended_by == "client"


def test_a_scripted_ccc(secured: FakeFTP, enter: Any) -> None:
    secured.on("CCC").reply(200, "ok").without_effect()
    assert enter(secured).codes("CCC", "NOOP") == [200, 200]


# --- data connections


def test_a_download(secured: FakeFTP, enter: Any, fetch: Any) -> None:
    client = enter(secured)
    assert fetch(client, "RETR data.bin") == (ALL, "notified", 226)
    assert fetch(client, "NLST") == (b"data.bin\r\n", "notified", 226)
    assert secured.transcript.sent(channel="data") == ALL + b"data.bin\r\n"
    assert [(f.version, f.server_name, f.certificate) for f in secured.data_tls] == [
        ("TLSv1.3", "localhost", "valid")
    ] * 2
    assert [step.argument for step in secured.steps if step.verb == "tls"][1:] == [
        "RETR data.bin",
        "NLST",
    ]


@pytest.mark.parametrize("notifies", [True, False])
def test_an_upload(secured: FakeFTP, enter: Any, trusting: Any, notifies: bool) -> None:
    """Nobody reads on this side, so a ticket would be an RST, and the end of the data lost."""
    client = enter(secured)
    data = encrypt(client.begin("STOR new"), trusting)
    data.send(ALL * 100)
    if notifies:
        data.sock.unwrap()
    data.close()
    assert client.code() == 226
    assert (secured.root / "new").read_bytes() == ALL * 100
    assert secured.uploads[0].complete
    assert secured.data_tls[0].close_notify is notifies


def test_large_ones_while_commands_are_answered(enter: Any, trusting: Any, secured: Any) -> None:
    (secured.root / "huge").write_bytes(bytes(HUGE))
    client = enter(secured)
    data = encrypt(client.begin("RETR huge"), trusting)
    assert client.codes("NOOP", "NOOP") == [200, 200]
    assert data.rest() == (bytes(HUGE), "fin")
    data.close()
    assert client.code() == 226
    data = encrypt(client.begin("STOR new"), trusting)
    data.send(bytes(HUGE // 2))
    assert client.codes("NOOP") == [200]
    data.send(bytes(HUGE // 2))
    data.close()
    assert client.code() == 226
    assert secured.uploads[0].size == HUGE


def test_half_a_record_does_not_hold_up_a_transfer(enter: Any, trusting: Any, secured: Any) -> None:
    (secured.root / "huge").write_bytes(bytes(HUGE))
    client = enter(secured)
    data = client.begin("RETR huge")
    with socket.socket(fileno=client.sock.detach()) as control:
        control.sendall(b"\x17\x03\x03\x00\x20half of it")
        encrypt(data, trusting)
        assert data.rest() == (bytes(HUGE), "fin")


def test_clear_data(secured: FakeFTP, enter: Any) -> None:
    client = enter(secured)
    assert client.codes("PROT C") == [200]
    assert client.fetch("RETR data.bin") == (ALL, "fin", 226)
    assert secured.data_tls == []


def test_data_before_prot(secured: FakeFTP, enter: Any, fetch: Any) -> None:
    """Clear behind AUTH, and protected where the connection began so."""
    client = enter(secured, prot=False)
    if secured.tls == "starttls":
        assert client.fetch("RETR data.bin") == (ALL, "fin", 226)
    else:
        assert fetch(client, "RETR data.bin") == (ALL, "notified", 226)


def test_active(secured: FakeFTP, enter: Any, trusting: ssl.SSLContext) -> None:
    """The server connects, and the client is that of TLS all the same: RFC 4217 section 7."""
    client = enter(secured)
    with client.active() as listener:
        assert client.codes("RETR data.bin") == [150]
        accepted, _ = listener.accept()
        with trusting.wrap_socket(accepted, server_hostname="localhost") as data:
            received = b"".join(iter(lambda: data.recv(65536), b""))
    assert (received, client.code()) == (ALL, 226)


def test_plain_text_where_tls_should_be(secured: FakeFTP, enter: Any) -> None:
    client = enter(secured)
    data = client.begin("STOR new")
    data.send(b"just text, and more of it\n")
    assert client.code() == 522
    assert data.rest()[1] == "fin"
    assert [(upload.content, upload.complete) for upload in secured.uploads] == [(b"", False)]
    assert secured.data_tls[0].error


def test_a_spoiled_record(secured: FakeFTP, enter: Any, trusting: ssl.SSLContext) -> None:
    """What was read until then is stored, and not complete."""
    client = enter(secured)
    data = client.begin("STOR new")
    below = data.sock.dup()
    encrypt(data, trusting)
    data.send(ALL)
    with below:
        below.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        assert client.code() == 426
    assert [(upload.content, upload.complete) for upload in secured.uploads] == [(ALL, False)]


def test_a_client_that_says_nothing(secured: FakeFTP, enter: Any) -> None:
    client = enter(secured)
    client.begin("RETR data.bin").close()
    assert client.code() == 522
    client.begin("RETR data.bin")
    assert client.codes("ABOR") == [426]
    assert client.code() == 226


def test_a_stop_while_nothing_is_said(secured: FakeFTP, enter: Any) -> None:
    client = enter(secured)
    data = client.begin("RETR data.bin")
    secured.stop()
    assert data.rest() == (b"", "fin")


# --- resuming the session


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("resumes", [True, False])
def test_a_session_has_to_be_resumed(
    secured: FakeFTP, enter: Any, trusting: ssl.SSLContext, version: str, resumes: bool
) -> None:
    secured.require_session_reuse = True
    trusting.maximum_version = ssl.TLSVersion[version.replace(".", "_")]
    client = enter(secured, context=trusting)
    for code in [226, 226] if resumes else [522]:
        session = client.sock.session if resumes else None
        data = encrypt(client.begin("STOR new"), trusting, session=session)
        if resumes:
            data.send(ALL)
            data.sock.unwrap()
        data.close()
        assert client.code() == code
    assert {(f.version, f.reused) for f in secured.data_tls} == {(version, resumes)}
    assert ("session resumed" in str(secured.transcript)) is resumes


def test_it_is_forgotten_at_reset(secured: FakeFTP) -> None:
    secured.require_session_reuse = True
    secured.data_tls.append(object())  # type: ignore[arg-type]
    secured.reset()
    assert (secured.require_session_reuse, secured.data_tls) == (False, [])


# --- scripts


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda r: r.truncate(after=100), (ALL[:100], "notified", 226)),
        (lambda r: r.truncate(after=100).close(close_notify=False), (ALL[:100], "fin", 226)),
        (lambda r: r.truncate(after=100).reset(), (ALL[:100], "rst", 226)),
        (lambda r: r.answer().close(close_notify=False), (ALL, "fin", 226)),
        (lambda r: r.answer().half_close(), (ALL, "notified", 226)),
        (lambda r: r.answer().reset(), (ALL, "rst", 226)),
        (lambda r: r.close(), (b"", "notified", 226)),
        (lambda r: r.garble(at=0).drip(size=1000, every=0), (b"\xff" + ALL[1:], "notified", 226)),
        (lambda r: r.content(b"else"), (b"else", "notified", 226)),
    ],
)
def test_a_script(secured: Any, enter: Any, fetch: Any, write: Any, expected: Any) -> None:
    """It acts on what is encrypted."""
    write(secured.on("RETR"))
    assert fetch(enter(secured), "RETR data.bin") == expected


def test_the_end_of_tls_and_data(secured: FakeFTP, enter: Any, trusting: ssl.SSLContext) -> None:
    secured.on("RETR").answer().close_notify()
    data = encrypt(enter(secured).begin("RETR data.bin"), trusting)
    assert data.sock.recv(100) == b""
    with socket.socket(fileno=data.sock.detach()) as below:
        below.settimeout(5)
        assert b"".join(iter(lambda: below.recv(65536), b"")) == ALL


def test_an_upload_that_is_cut(secured: FakeFTP, enter: Any, trusting: ssl.SSLContext) -> None:
    secured.on("transfer").truncate(after=10).reply(552, "full")
    client = enter(secured)
    data = encrypt(client.begin("STOR new"), trusting)
    data.send(ALL)
    assert client.code() == 552
    assert (secured.root / "new").read_bytes() == ALL[:10]


HANDSHAKES: list[tuple[Any, bytes, str]] = [
    (lambda r: r.close(), b"", "fin"),
    (lambda r: r.reset(), b"", "rst"),
    (lambda r: r.delay(0.01).stall(0.01), b"", "fin"),
    (lambda r: r.raw(b"220 what\r\n").close(), b"220 what\r\n", "fin"),
    (lambda r: r.reply(220, "what").close(), b"220 what\r\n", "fin"),
    (lambda r: r.alert("unknown_ca").close(), b"\x15\x03\x03\x00\x02\x02\x30", "fin"),
    (lambda r: r.truncate(after=3), b"\x16\x03\x03", "fin"),
    (lambda r: r.truncate(after=3).reset(), b"\x16\x03\x03", "rst"),
    (lambda r: r.truncate(after=0).answer().raw(b"not sent"), b"", "fin"),
    (lambda r: r.insert(b"what", at=0).truncate(after=6), b"what\x16\x03", "fin"),
]


@pytest.mark.parametrize(("write", "first", "how"), HANDSHAKES)
def test_a_scripted_handshake(
    secured: Any, enter: Any, trusting: Any, write: Any, first: bytes, how: str
) -> None:
    write(secured.on("tls", "RETR*"))
    client = enter(secured)
    data = client.begin("RETR data.bin")
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        trusting.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    data.send(outgoing.read())
    assert data.rest() == (first, how)
    assert client.codes("NOOP") == [522]
    assert client.code() == 200
    assert secured.data_tls[0].version is None


def test_a_handshake_that_is_not_answered(secured: FakeFTP, enter: Any) -> None:
    """A client that leaves ends the wait for it."""
    secured.on("tls", "RETR*").ignore()
    client = enter(secured)
    data = client.begin("RETR data.bin")
    data.send(b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")
    secured.wait_until(lambda: secured.steps[-1].verb == "tls")
    assert data.is_silent()
    data.close()
    assert client.code() == 522


def test_a_handshake_with_limits(secured: FakeFTP, enter: Any, fetch: Any) -> None:
    secured.on("tls", "RETR*").negotiate(version="TLSv1.2").drip(size=50, every=0)
    assert fetch(enter(secured), "RETR data.bin") == (ALL, "notified", 226)
    assert secured.data_tls[0].version == "TLSv1.2"
    assert secured.connections[0].tls.version == "TLSv1.3"


def test_plain_text_behind_the_handshake(secured: FakeFTP, enter: Any, trusting: Any) -> None:
    secured.on("tls", "RETR*").answer().raw(b"plain text", encrypted=False)
    data = encrypt(enter(secured).begin("RETR data.bin"), trusting)
    with pytest.raises(ssl.SSLError, match=r"WRONG_VERSION|RECORD"):
        data.rest()


def test_a_certificate_of_the_client(enter: Any, fetch: Any) -> None:
    """It is wanted on both connections."""
    ca = Farm().ca
    with FakeFTP(tls="starttls", client_certificate="required") as fake:
        (fake.root / "data.bin").write_bytes(ALL)
        context = ca.client_context(ca.client_certificate("ann"))
        client = enter(fake, context=context)
        data = encrypt(client.begin("RETR data.bin"), context)
        assert data.rest() == (ALL, "fin")
        assert client.code() == 226
        with pytest.raises(ssl.SSLError, match=r"CERTIFICATE_REQUIRED"):
            encrypt(client.begin("RETR data.bin"), ca.client_context()).rest()
        assert client.code() == 522
    assert [f.client_certificate is not None for f in fake.data_tls] == [True, False]
    assert "client certificate ann" in str(fake.data_tls[0])


# --- real clients


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A program that finds no settings of the user."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    home = {"HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command, cwd=folder, capture_output=True, check=False, timeout=60, env=home
    )


def url(fake: FakeFTP) -> str:
    return fake.url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("reuse", [False, True], ids=["", "resuming"])
@pytest.mark.parametrize("options", [[], ["--tls-max", "1.2"]], ids=["", "1.2"])
def test_curl(secured: FakeFTP, tmp_path: Path, reuse: bool, options: list[str]) -> None:
    secured.users = {"ann": "secret"}
    secured.require_session_reuse = reuse
    (tmp_path / "up").write_bytes(ALL * 100)
    trust = ["--ssl-reqd", "--cacert", str(Farm().ca.pem_path), "--noproxy", "*"]
    curl = ["curl", "-sS", "--max-time", "20", "--user", "ann:secret", *trust, *options]
    got = run(*curl, f"{url(secured)}/data.bin", folder=tmp_path)
    assert (got.returncode, got.stderr, got.stdout) == (0, b"", ALL)
    assert run(*curl, "-T", "up", f"{url(secured)}/new", folder=tmp_path).returncode == 0
    assert [(upload.content, upload.complete) for upload in secured.uploads] == [(ALL * 100, True)]
    if not reuse:
        assert run(*curl, "--ftp-ssl-ccc", f"{url(secured)}/", folder=tmp_path).returncode == 0
        assert "CCC" in secured.commands
    assert all(facts.version for facts in secured.data_tls)


@pytest.mark.parametrize("ccc", ["off", "on"])
def test_lftp(secured: FakeFTP, tmp_path: Path, ccc: str) -> None:
    """GnuTLS resumes the session of the control connection."""
    secured.users = {"ann": "secret"}
    secured.require_session_reuse = ccc == "off"  # it forgets the session with CCC
    settings = {"net:max-retries": "1", "net:timeout": "10", "cmd:fail-exit": "yes"}
    settings |= {"ftp:ssl-force": "on", "ftp:ssl-protect-data": "on", "ftp:ssl-use-ccc": ccc}
    settings |= {"ssl:ca-file": str(Farm().ca.pem_path), "xfer:log": "no"}
    script = "".join(f"set {key} {value}; " for key, value in settings.items())
    script += f"open -u ann,secret {secured.url}; get data.bin; put data.bin -o new; cls -1"
    got = run("lftp", "--norc", "-c", script, folder=tmp_path)
    assert (got.returncode, got.stderr, got.stdout) == (0, b"", b"data.bin\nnew\n")
    assert (tmp_path / "data.bin").read_bytes() == ALL
    assert [upload.content for upload in secured.uploads] == [ALL]


def test_ftplib_s_ccc(trusting: ssl.SSLContext) -> None:
    with FakeFTP(tls="starttls") as fake, ftplib.FTP_TLS(context=trusting, timeout=5) as client:
        client.connect("localhost", fake.port)
        client.login("ann", "secret")
        client.ccc()
        assert client.pwd() == "/"
