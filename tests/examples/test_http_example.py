import urllib.error
from urllib.request import urlopen

import pytest


def test_resets_then_is_busy_then_answers(fake_http):
    fake_http.on("GET", "/a").reset().then.respond(503).then.respond(200, json={"n": 1})
    with pytest.raises(ConnectionResetError):
        urlopen(fake_http.url_for("/a"), timeout=5)
    with pytest.raises(urllib.error.HTTPError) as busy:
        urlopen(fake_http.url_for("/a"), timeout=5)
    busy.value.close()
    with urlopen(fake_http.url_for("/a"), timeout=5) as answer:
        assert answer.read() == b'{"n": 1}'


def test_what_was_sent(fake_http):
    fake_http.on("POST", "/users/*", json={"name": "Ann"}).respond(201)
    body, headers = b'{"name": "Ann"}', {"Content-Type": "application/json"}
    urlopen(urllib.request.Request(fake_http.url_for("/users/7"), body, headers), timeout=5).close()
    assert fake_http.requests[0].headers["content-type"] == "application/json"


def test_serves_a_folder_one_byte_at_a_time(fake_http, tmp_path):
    (tmp_path / "a.txt").write_text("slowly")
    fake_http.serve(tmp_path)
    fake_http.on("GET", "/a.txt").drip(size=1, every=0.01)
    with urlopen(fake_http.url_for("/a.txt"), timeout=5) as answer:
        assert answer.read() == b"slowly"
