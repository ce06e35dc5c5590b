"""Real clients meet scripted failures, each of which is one line of script."""

import asyncio
import contextlib
import http.client
import select
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

import aiohttp
import httpcore  # noqa: F401 - httpx imports it late, and pytester unloads what comes late
import httpx
import pytest
import requests

from fakefarm import FakeHTTP

Fetched = tuple[int, bytes]
SHORT = 0.3  # seconds that a client waits, where the point is that it waits in vain
LONG = 5.0


class CurlError(Exception):
    """What curl's exit status says."""


def by_http_client(url: str, timeout: float) -> Fetched:
    host, path = url.removeprefix("http://").split("/", 1)
    with contextlib.closing(http.client.HTTPConnection(host, timeout=timeout)) as connection:
        connection.request("GET", "/" + path)
        with contextlib.closing(connection.getresponse()) as response:
            return response.status, response.read()


def by_urllib(url: str, timeout: float) -> Fetched:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def by_requests(url: str, timeout: float) -> Fetched:
    with requests.Session() as session:
        session.trust_env = False
        response = session.get(url, timeout=timeout)
        return response.status_code, response.content


def by_httpx(url: str, timeout: float) -> Fetched:
    with httpx.Client(trust_env=False, timeout=timeout) as client:
        response = client.get(url)
        return response.status_code, response.content


def by_httpx_async(url: str, timeout: float) -> Fetched:
    async def fetch() -> Fetched:
        async with httpx.AsyncClient(trust_env=False, timeout=timeout) as client:
            response = await client.get(url)
            return response.status_code, response.content

    return asyncio.run(fetch())


def by_aiohttp(url: str, timeout: float) -> Fetched:
    async def fetch() -> Fetched:
        limit = aiohttp.ClientTimeout(total=timeout)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url) as response:
            return response.status, await response.read()

    return asyncio.run(fetch())


def by_curl(url: str, timeout: float) -> Fetched:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("the curl binary is not installed")
    command = [curl, "-q", "-sS", "--noproxy", "*", "-m", str(timeout), "-w", "%{http_code}", url]
    run = subprocess.run(command, capture_output=True, check=False, timeout=30)
    if run.returncode:
        raise CurlError(run.returncode)
    return int(run.stdout[-3:]), run.stdout[:-3]


Client = Callable[[str, float], Fetched]
CLIENTS: dict[str, Client] = {
    "http.client": by_http_client,
    "urllib.request": by_urllib,
    "requests": by_requests,
    "httpx": by_httpx,
    "httpx async": by_httpx_async,
    "aiohttp": by_aiohttp,
    "curl": by_curl,
}
# What each client raises when an exchange fails, whatever the reason.
ERRORS: dict[str, tuple[type[Exception], ...]] = {
    "http.client": (http.client.HTTPException, OSError),
    "urllib.request": (http.client.HTTPException, OSError),
    "requests": (requests.RequestException,),
    "httpx": (httpx.HTTPError,),
    "httpx async": (httpx.HTTPError,),
    "aiohttp": (aiohttp.ClientError, TimeoutError, asyncio.TimeoutError),
    "curl": (CurlError,),
}
FAILS = Exception  # the client's own kind
EITHER = object()  # it depends on the client's version


class Case(NamedTuple):
    """A script, and what clients do: return this, or raise. `but` names those that differ."""

    script: Callable[[FakeHTTP], object]
    outcome: Fetched | type[Exception]
    but: dict[str, Any] = {}
    timeout: float = LONG


BODY = b"x" * 1000
HEAD = b"HTTP/1.1 200 OK\r\n"
CASES = {
    # no answer
    "refused": Case(
        lambda f: f.on("connect").refuse(), FAILS, {"http.client": ConnectionRefusedError}
    ),
    "reset at once": Case(lambda f: f.on("connect").reset(), FAILS, {"http.client": OSError}),
    "closed without a byte": Case(
        lambda f: f.on("GET").close(),
        FAILS,
        {
            "http.client": http.client.RemoteDisconnected,
            "requests": requests.ConnectionError,
            "httpx": httpx.RemoteProtocolError,
            "aiohttp": aiohttp.ServerDisconnectedError,
        },
    ),
    "reset instead of an answer": Case(
        lambda f: f.on("GET").reset(),
        FAILS,
        {"http.client": ConnectionResetError, "httpx": httpx.ReadError},
    ),
    "never answered": Case(
        lambda f: f.on("GET").stall(),
        FAILS,
        {
            "http.client": TimeoutError,
            "requests": requests.ReadTimeout,
            "httpx": httpx.ReadTimeout,
        },
        SHORT,
    ),
    # heads
    "only half of a head": Case(
        lambda f: f.on("GET").raw(HEAD + b"Content-Le").close(),
        FAILS,
        # it takes the end for the end of the head, and the next one for that of the body
        {"http.client": (200, b""), "urllib.request": (200, b""), "requests": (200, b"")}
        | {"curl": EITHER},
    ),
    "only a status line": Case(
        lambda f: f.on("GET").raw(b"HTTP/1.1 20").close(),
        FAILS,
        {"http.client": http.client.BadStatusLine},
    ),
    "not HTTP": Case(
        lambda f: f.on("GET").raw(b"SSH-2.0-OpenSSH\r\n").close(),
        FAILS,
        {"http.client": http.client.BadStatusLine, "requests": requests.ConnectionError},
    ),
    "a status that is no number": Case(
        lambda f: f.on("GET").raw(b"HTTP/1.1 Omg What Is This?\r\n\r\n").close(),
        FAILS,
        {"http.client": http.client.BadStatusLine},
    ),
    "a very long header": Case(
        lambda f: f.on("GET").respond(200, headers={"A": "a" * 70_000}),
        FAILS,
        {"http.client": http.client.LineTooLong, "httpx": (200, b""), "httpx async": (200, b"")}
        | {"curl": (200, b"")},
    ),
    # bodies
    "shorter than its length": Case(
        lambda f: f.on("GET").respond(200, BODY).truncate(after=100),
        FAILS,
        {
            "http.client": http.client.IncompleteRead,
            "requests": requests.exceptions.ChunkedEncodingError,
            "httpx": httpx.RemoteProtocolError,
            "aiohttp": aiohttp.ClientPayloadError,
        },
    ),
    "longer than its length": Case(
        lambda f: f.on("GET").respond(200, BODY, headers={"Content-Length": 10}),
        (200, BODY[:10]),
        {"aiohttp": FAILS},  # it finds no answer behind the answer
    ),
    "half of a body, then silence": Case(
        lambda f: f.on("GET").respond(200, b"half", headers={"Content-Length": 8}).stall(),
        FAILS,
        {"http.client": TimeoutError, "httpx": httpx.ReadTimeout},
        SHORT,
    ),
    "reset in the middle of a body": Case(
        lambda f: f.on("GET").respond(200, BODY).truncate(after=10).reset(), FAILS
    ),
    "chunks without an end": Case(
        lambda f: f.on("GET").respond(200, [BODY, BODY]).truncate(after=1500),
        FAILS,
        {"http.client": http.client.IncompleteRead},
    ),
    "a bad chunk size": Case(
        lambda f: f.on("GET").respond(
            200, b"ZZZ\r\nabc\r\n", headers={"Transfer-Encoding": "chunked"}
        ),
        FAILS,
        {"http.client": http.client.IncompleteRead},
    ),
    "a body up to the end": Case(
        lambda f: f.on("GET").respond(200, BODY, headers={"Content-Length": None}), (200, BODY)
    ),
    "truncated, and nobody can tell": Case(
        lambda f: (
            f.on("GET").respond(200, BODY, headers={"Content-Length": None}).truncate(after=10)
        ),
        (200, BODY[:10]),
    ),
    # what must not fail
    "byte by byte": Case(
        lambda f: f.on("GET").respond(200, b"slow").drip(1, every=0.0005), (200, b"slow")
    ),
    "chunk by chunk": Case(
        lambda f: f.on("GET").respond(200, b"chunked", chunked=True).drip(3, every=0.001),
        (200, b"chunked"),
    ),
    "gzip": Case(lambda f: f.on("GET").respond(200, BODY, gzip=True), (200, BODY)),
    "trailers": Case(lambda f: f.on("GET").respond(200, BODY, trailers={"A": "b"}), (200, BODY)),
    "early hints": Case(
        lambda f: f.on("GET").respond(103).respond(200, b"ok"),
        (200, b"ok"),
        # http.client takes it for the answer
        dict.fromkeys(("http.client", "urllib.request", "requests"), EITHER),
    ),
    "an old server": Case(
        lambda f: f.on("GET").respond(200, b"old", http_version="HTTP/1.0"), (200, b"old")
    ),
    "an error with a body": Case(lambda f: f.on("GET").respond(503, b"later"), (503, b"later")),
    "nothing to say": Case(lambda f: f.on("GET").respond(204), (204, b"")),
    "headers in odd cases": Case(
        lambda f: f.on("GET").respond(200, b"ok", headers={"cOnTeNt-LeNgTh": 2}), (200, b"ok")
    ),
    "half-closed behind the answer": Case(
        lambda f: f.on("GET").respond(200, b"ok").half_close(), (200, b"ok")
    ),
}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", CASES)
def test_what_clients_do(name: str, client: str) -> None:
    case, fetch = CASES[name], CLIENTS[client]
    outcome = case.but.get(client, case.outcome)
    outcome = ERRORS[client] if outcome is FAILS else outcome
    with FakeHTTP(strict=False) as fake:
        case.script(fake)
        url = fake.url + "/a/file?query=1"
        if outcome is EITHER:
            with contextlib.suppress(*ERRORS[client]):
                fetch(url, case.timeout)
        elif isinstance(outcome, tuple) and isinstance(outcome[0], int):
            assert fetch(url, case.timeout) == outcome
        else:
            with pytest.raises(outcome):
                fetch(url, case.timeout)
    assert fake.errors == []


@pytest.mark.parametrize("client", CLIENTS)
def test_what_clients_send(fake: Any, client: str) -> None:
    authority = f"{fake.host}:{fake.port}"
    fake.on("GET", "/a b", query={"q": "1"}, headers={"Host": authority}).respond(200, b"ok")
    assert CLIENTS[client](fake.url_for("/a%20b?q=1"), LONG) == (200, b"ok")
    assert fake.requests[0].raw.startswith(b"GET /a%20b?q=1 HTTP/1.1\r\n")


@pytest.mark.parametrize("client", CLIENTS)
def test_files_for_clients(fake: Any, client: str, tmp_path: Any) -> None:
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "index.html").write_bytes(b"<h1>" * 1000)
    fake.serve(tmp_path)
    assert CLIENTS[client](fake.url_for("/file/"), LONG) == (200, b"<h1>" * 1000)


# --- sequences


def test_a_stale_keep_alive_connection(fake: Any) -> None:
    """It promised to stay, and then it is gone."""
    fake.on("GET", "/").respond(200, b"one").close().then.respond(200, b"two")
    with contextlib.closing(http.client.HTTPConnection(*fake.address, timeout=LONG)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"one"
        assert select.select([connection.sock], [], [], LONG)[0]  # the FIN is there
        connection.request("GET", "/")
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"two"
    assert [request.connection for request in fake.requests] == [1, 2]


def test_retries(fake: Any) -> None:
    fake.on("GET", "/").reset().then.respond(503).then.respond(200, b"ok")
    retries = requests.packages.urllib3.Retry(3, backoff_factor=0, status_forcelist=[503])
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        assert session.get(fake.url_for("/"), timeout=LONG).content == b"ok"
    assert len(fake.requests) == 3


def test_redirects(fake: Any) -> None:
    fake.on("GET", "/old").respond(301, headers={"Location": "/new"})
    fake.on("GET", "/new").respond(200, b"ok")
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(fake.url_for("/old"), timeout=LONG).content == b"ok"
    assert [request.path for request in fake.requests] == ["/old", "/new"]
    assert fake.requests[0].connection == fake.requests[1].connection


def test_several_cookies(fake: Any) -> None:
    cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    fake.on("GET", "/").respond(200, headers=cookies)
    with requests.Session() as session:
        session.trust_env = False
        session.get(fake.url_for("/"), timeout=LONG)
        assert session.cookies.get_dict() == {"a": "1", "b": "2"}


def test_a_proxy_sees_absolute_targets(fake: Any) -> None:
    fake.on("GET", "http://example.invalid/*").respond(200, b"by proxy")
    with httpx.Client(trust_env=False, proxy=fake.url, timeout=LONG) as client:
        assert client.get("http://example.invalid/a").content == b"by proxy"


# --- uploads and downloads

LARGE = bytes(range(256)) * 8192  # 2 MiB


@pytest.mark.parametrize("chunked", [False, True])
def test_large_both_ways(fake: Any, chunked: bool) -> None:
    fake.on("PUT", "/").respond(lambda request: (200, request.body))
    parts = [LARGE[i : i + 100_000] for i in range(0, len(LARGE), 100_000)]
    with contextlib.closing(http.client.HTTPConnection(*fake.address, timeout=LONG)) as connection:
        connection.request("PUT", "/", iter(parts) if chunked else LARGE, encode_chunked=chunked)
        assert connection.getresponse().read() == LARGE
    assert fake.requests[0].body == LARGE
    assert ("Transfer-Encoding" in fake.requests[0].headers) == chunked


def test_large_chunked_download(fake: Any) -> None:
    fake.on("GET", "/").respond(200, [LARGE, LARGE])
    assert by_httpx(fake.url_for("/"), LONG) == (200, LARGE * 2)


def test_a_response_that_is_not_read_does_not_hold_up_the_end() -> None:
    with FakeHTTP() as fake, socket.create_connection(fake.address, timeout=LONG) as client:
        fake.on("GET", "/").respond(200, LARGE * 8)
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        fake.wait_until(lambda: fake.requests)
        fake.stop()


def test_an_early_answer_to_a_large_upload(fake: Any) -> None:
    fake.on("PUT", "/").answer_before_body().respond(413, b"too large")
    with contextlib.closing(http.client.HTTPConnection(*fake.address, timeout=LONG)) as connection:
        connection.request("PUT", "/", LARGE * 4)
        response = connection.getresponse()
        assert (response.status, response.read()) == (413, b"too large")


def test_curl_waits_for_100(fake: Any, tmp_path: Any) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("the curl binary is not installed")
    (tmp_path / "upload").write_bytes(LARGE)
    fake.on("PUT", "/u").respond(201)
    command = [curl, "-q", "-sS", "--noproxy", "*", "-T", str(tmp_path / "upload")]
    command += ["-H", "Expect: 100-continue", fake.url_for("/u")]
    subprocess.run(command, check=True, timeout=30)
    assert fake.requests[0].body == LARGE
    assert b"HTTP/1.1 100 Continue" in fake.transcript.sent()
