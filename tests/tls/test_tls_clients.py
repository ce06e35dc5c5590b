"""Clients of others, who trust the authority by what they ask for it: a context, a file, the
environment."""

import asyncio
import gc
import shutil
import smtplib
import ssl
import subprocess
import urllib.request
import warnings
from typing import Any

import pytest

from fakefarm import Authority, Farm


def test_the_standard_library_by_default(trusted_ca: Authority, farm: Farm) -> None:
    fake = farm.http(tls="implicit")
    fake.on("GET", "/").respond(200, b"hello")
    with urllib.request.urlopen(f"https://localhost:{fake.port}/", timeout=5) as answer:
        assert answer.read() == b"hello"
    mail = farm.smtp(tls="starttls")
    with smtplib.SMTP("localhost", mail.port, timeout=5) as client:
        client.starttls(context=ssl.create_default_context())
        client.noop()


def test_trust_ends_with_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(
        """
        import ssl, urllib.error, urllib.request
        import pytest

        @pytest.mark.parametrize("n", [0, 1, 2])  # urlopen() may keep what it made at first
        def test_trusts(n, request, farm):
            if n == 1:
                request.getfixturevalue("trusted_ca")
            fake = farm.http(tls="implicit", strict=False)
            url = f"https://localhost:{fake.port}/"
            if n == 1:
                with pytest.raises(urllib.error.HTTPError, match="404") as caught:
                    urllib.request.urlopen(url, timeout=5)
                caught.value.close()
            else:
                with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
                    urllib.request.urlopen(url, timeout=5)
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=3)


def test_requests(trusted_ca: Authority, farm: Farm) -> None:
    requests = pytest.importorskip("requests")
    fake = farm.http(tls="implicit")
    fake.on("GET", "/").respond(200, b"hello")
    assert requests.get(f"https://localhost:{fake.port}/", timeout=5).content == b"hello"


def test_requests_says_no(farm: Farm) -> None:
    requests = pytest.importorskip("requests")
    fake = farm.http(tls="implicit", certificate="expired")
    url = f"https://localhost:{fake.port}/"
    with pytest.raises(requests.exceptions.SSLError, match="expired"):
        requests.get(url, timeout=5, verify=str(farm.ca.pem_path))


def test_httpx(trusted_ca: Authority, farm: Farm) -> None:
    httpx = pytest.importorskip("httpx")
    fake = farm.http(tls="implicit")
    fake.on("GET", "/").respond(200, b"hello")
    assert httpx.get(f"https://localhost:{fake.port}/", timeout=5).content == b"hello"


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
def test_aiosmtplib(farm: Farm, mode: str) -> None:
    aiosmtplib = pytest.importorskip("aiosmtplib")
    fake = farm.smtp(tls=mode)

    async def send() -> None:
        options: Any = {"use_tls": mode == "implicit", "start_tls": mode == "starttls"}
        await aiosmtplib.send(
            "Subject: x\r\n\r\nhello\r\n",
            sender="ann@example.com",
            recipients=["bob@example.com"],
            hostname="localhost",
            port=fake.port,
            timeout=5,
            tls_context=farm.ca.client_context(),
            **options,
        )

    asyncio.run(send())
    with warnings.catch_warnings():  # it does not wait until its transport is closed
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    assert fake.outbox[0].tls is True


def run(*command: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, input=given, capture_output=True, timeout=30, check=False)


def test_curl(trusted_ca: Authority, farm: Farm) -> None:
    fake = farm.http(tls="implicit")
    fake.on("GET", "/").respond(200, b"hello")
    assert run("curl", "-sS", f"https://localhost:{fake.port}/").stdout == b"hello"


def test_curl_by_starttls(trusted_ca: Authority, farm: Farm) -> None:
    fake = farm.pop3(tls="starttls")
    fake.mailbox.add("Subject: x\r\n\r\nhello\r\n")
    url = f"pop3://localhost:{fake.port}/1"
    fetched = run("curl", "-sS", "--ssl-reqd", "-u", "ann:secret", url)
    assert (fetched.returncode, fetched.stderr) == (0, b"")
    assert fetched.stdout.endswith(b"hello\r\n")
    assert fake.connections[0].tls.version == "TLSv1.3"


def test_curl_says_no(farm: Farm) -> None:
    fake = farm.http(tls="implicit", certificate="untrusted-root")
    refused = run(
        "curl", "-sS", "--cacert", str(farm.ca.pem_path), f"https://localhost:{fake.port}/"
    )
    assert refused.returncode == 60
    fake.settle()
    assert fake.connections[0].tls.alert == "unknown_ca"


def test_curl_shows_a_certificate(trusted_ca: Authority, farm: Farm) -> None:
    fake = farm.http(tls="implicit", client_certificate="required")
    fake.on("GET", "/").respond(200, b"hello")
    shown = farm.ca.client_certificate("ann")
    url = f"https://localhost:{fake.port}/"
    assert run("curl", "-sS", "--cert", str(shown.path), url).stdout == b"hello"
    assert "client certificate ann" in str(fake.connections[0].tls)


@pytest.mark.parametrize(("protocol", "word"), [("smtp", b"250"), ("pop3", b"+OK")])
def test_openssl(farm: Farm, protocol: str, word: bytes) -> None:
    fake = getattr(farm, protocol)(tls="starttls")
    done = run(
        *("openssl", "s_client", "-connect", f"127.0.0.1:{fake.port}", "-starttls", protocol),
        *("-CAfile", str(farm.ca.pem_path), "-verify_return_error", "-crlf", "-ign_eof"),
        *("-servername", "mail.example.com"),
        given=b"NOOP\nQUIT\n",
    )
    assert b"Verify return code: 0 (ok)" in done.stdout
    assert word in done.stdout.rpartition(b"---")[2]
    assert fake.connections[0].tls.server_name == "mail.example.com"
    assert fake.commands[-2:] == ["NOOP", "QUIT"]
