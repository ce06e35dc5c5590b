"""HTTP clients meet servers that misbehave."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests

from fakefarm import FakeHTTP

Say = Callable[[str], None]


def test_a_download_is_cut_short(fake_http: FakeHTTP, say: Say) -> None:
    """A thousand bytes are promised and a hundred arrive, then the connection is closed."""
    fake_http.on("GET", "/report.csv").respond(200, b"x" * 1000).truncate(after=100)
    with (
        urllib.request.urlopen(fake_http.url_for("/report.csv"), timeout=2) as answer,
        pytest.raises(http.client.IncompleteRead) as caught,
    ):
        answer.read()
    say(f"urllib noticed: {caught.value!r}")


def test_a_download_is_cut_short_and_the_client_does_not_notice(
    fake_http: FakeHTTP, say: Say
) -> None:
    """The same, read in blocks: http.client hands out what came, and the end looks like success."""
    fake_http.on("GET", "/report.csv").respond(200, b"x" * 1000).truncate(after=100)
    with urllib.request.urlopen(fake_http.url_for("/report.csv"), timeout=2) as answer:
        size = sum(len(block) for block in iter(lambda: answer.read(64), b""))
    assert size == 100
    say(f"urllib, read 64 bytes at a time, returned {size} bytes of 1,000 and no error.")


def test_a_server_is_restarted(fake_http: FakeHTTP, say: Say) -> None:
    """First a reset, then a 503, then the answer: what a client sees when a server restarts."""
    rule = fake_http.on("GET", "/").reset().then.respond(503, headers={"Retry-After": "0"})
    rule.then.respond(200, b"here again")
    retries = requests.adapters.Retry(total=3, status_forcelist=[503], backoff_factor=0)
    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        assert session.get(fake_http.url_for("/"), timeout=2).text == "here again"
    assert len(fake_http.requests) == 3
    say("requests, told to retry, got through with the third request.")


def test_an_answer_that_drips(fake_http: FakeHTTP, say: Say) -> None:
    """The answer comes a few bytes at a time: a read timeout never runs out, since there is
    always something to read."""
    fake_http.on("GET", "/").respond(200, b"x" * 200).drip(size=25, every=0.1)
    began = time.monotonic()
    assert len(httpx.get(fake_http.url_for("/"), timeout=0.5).content) == 200
    took = time.monotonic() - began
    assert took > 0.5
    say(f"httpx with timeout=0.5 was busy for {took:.1f} s and raised nothing.")


@pytest.mark.asyncio
async def test_a_body_that_is_not_what_the_header_says(fake_http: FakeHTTP, say: Say) -> None:
    """The answer says that it is gzip, and one byte of it is wrong."""
    fake_http.on("GET", "/").respond(200, json=[1, 2, 3] * 50, gzip=True).garble(at=12)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientPayloadError) as caught:
            await (await session.get(fake_http.url_for("/"))).read()
    say(f"aiohttp noticed: {type(caught.value).__name__}")


def test_a_download_is_resumed(fake_http: FakeHTTP, tmp_path: Path, say: Say) -> None:
    """A file is cut off in the middle by a reset; the client asks for the rest with Range."""
    (tmp_path / "data.json").write_text(json.dumps(list(range(1000))))
    fake_http.serve(tmp_path)
    fake_http.on("GET", "/data.json").truncate(after=1000).reset().once()
    got = b""
    while len(got) < (tmp_path / "data.json").stat().st_size:
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={len(got)}-"}
        try:
            with httpx.stream("GET", fake_http.url_for("/data.json"), headers=headers) as answer:
                for block in answer.iter_raw():
                    got += block
        except httpx.ReadError as error:
            say(f"httpx raised {type(error).__name__} after {len(got)} bytes; going on from there.")
    assert json.loads(got) == list(range(1000))
