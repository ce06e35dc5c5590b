"""Basic authentication (RFC 7617): who a request is from, and what is for users alone."""

import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakefarm import FakeHTTP

USERS = {"ann": "secret", "bob": "a:b", "é": "ü"}
CHALLENGE = b'\r\nWWW-Authenticate: Basic realm="fakefarm", charset="UTF-8"\r\n'


def basic(name: str, password: str, scheme: str = "Basic") -> str:
    return f"{scheme} {b64encode(f'{name}:{password}'.encode()).decode()}"


@pytest.fixture
def guarded() -> Iterator[FakeHTTP]:
    with FakeHTTP(users=USERS) as fake:
        yield fake


def status(client: Any, target: str = "/", authorization: str | None = None) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    client.ask(target, **headers)
    return int(client.answer()[0])


RIGHT = [
    ("ann", basic("ann", "secret")),
    ("ann", basic("ann", "secret", "BASIC")),
    ("ann", basic("ann", "secret", "basic ")),
    ("bob", basic("bob", "a:b")),
    ("é", basic("é", "ü")),
]
WRONG = [
    *(basic("ann", "Secret"), basic("ann", ""), basic("eve", "secret"), basic("", "")),
    basic("bob", "a"),
]
MALFORMED = [
    *("", "Basic", "Basic ", "Basic !", "Basic YW5u", "Basic YW5uOnNlY3JldA"),  # no colon; padding
    *("Bearer YW5uOnNlY3JldA==", "Basic YW5uOnNlY3JldA== x", "Basic YW5uOuk="),  # not UTF-8
]


@pytest.mark.parametrize("authorization", [None, *WRONG, *MALFORMED])
def test_401(guarded: Any, connect: Any, authorization: str | None) -> None:
    client = connect(guarded)
    client.ask(**({} if authorization is None else {"Authorization": authorization}))
    head = client.read_head()
    assert head.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert CHALLENGE in head
    assert guarded.requests[0].user is None
    guarded.verify()  # a challenge is no complaint


@pytest.mark.parametrize(("user", "authorization"), RIGHT)
def test_right_credentials_get_the_natural_answer(
    guarded: Any, connect: Any, user: str, authorization: str
) -> None:
    guarded.on("GET").answer()
    assert status(connect(guarded), authorization=authorization) == 404
    assert guarded.requests[0].user == user


def test_a_404_to_a_user_is_a_complaint(guarded: Any, connect: Any) -> None:
    assert status(connect(guarded), authorization=RIGHT[0][1]) == 404
    with pytest.raises(AssertionError, match="GET / matched no rule"):
        guarded.verify()
    guarded.strict = False


def test_two_credentials_are_none(guarded: Any, connect: Any) -> None:
    client = connect(guarded)
    one = f"Authorization: {RIGHT[0][1]}\r\n"
    client.send(f"GET / HTTP/1.1\r\nHost: a\r\n{one}{one}\r\n".encode())
    assert client.answer()[0] == 401


def test_the_method_does_not_matter(guarded: Any, connect: Any) -> None:
    client = connect(guarded)
    client.ask("/", "PUT", b"body")
    assert client.answer()[0] == 401
    client.ask("/", "BREW")
    assert client.answer()[0] == 401


def test_files_are_for_users(guarded: Any, connect: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    guarded.serve(tmp_path)
    client = connect(guarded)
    assert status(client, "/a.txt") == 401
    assert status(client, "/nope") == 401  # nobody learns what is there
    assert status(client, "/a.txt", RIGHT[0][1]) == 200


def test_what_a_rule_responds_is_for_everybody(guarded: Any, connect: Any) -> None:
    guarded.on("GET", "/free").respond(200, b"free")
    guarded.on("GET", "/called").respond(lambda request: (200, str(request.user).encode()))
    guarded.on("GET", "/answered").answer()
    guarded.on("GET", "/left").respond(lambda request: None)
    client = connect(guarded)
    assert status(client, "/free") == 200
    assert status(client, "/answered") == 401
    assert status(client, "/left") == 401
    client.ask("/called", Authorization=RIGHT[0][1])
    assert client.answer() == (200, b"ann")
    assert [r.user for r in guarded.requests] == [None, None, None, "ann"]


def test_where_can_ask_who_it_is(guarded: Any, connect: Any) -> None:
    guarded.on("GET", where=lambda request: request.user == "ann").respond(200)
    client = connect(guarded)
    assert status(client, authorization=RIGHT[0][1]) == 200
    assert status(client, authorization=RIGHT[-1][1]) == 404
    guarded.strict = False


@pytest.mark.parametrize(
    ("user", "authorization"),
    [*RIGHT, ("eve", basic("eve", "")), (None, None), *((None, one) for one in MALFORMED)],
)
def test_without_users_any_credentials_are_good(
    fake: Any, client: Any, user: str | None, authorization: str | None
) -> None:
    fake.on("GET").answer()
    assert status(client, authorization=authorization) == 404
    assert fake.requests[0].user == user


def test_users_may_be_named_later_and_be_none_at_all(fake: Any, client: Any) -> None:
    fake.on("GET").answer()
    assert status(client) == 404
    fake.users = {}
    assert status(client, authorization=RIGHT[0][1]) == 401
    fake.users["ann"] = "secret"
    assert status(client, authorization=RIGHT[0][1]) == 404


def test_a_client_that_waits_to_be_challenged(guarded: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    guarded.serve(tmp_path)
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, guarded.url, "ann", "secret")
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(known))
    with opener.open(guarded.url_for("/a.txt"), timeout=5) as answer:
        assert answer.read() == b"a"
    assert [request.user for request in guarded.requests] == [None, "ann"]
