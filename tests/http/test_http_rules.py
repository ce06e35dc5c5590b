"""Which request a rule is for, and what is said when none is."""

import re
from typing import Any

import pytest


def ask(client: Any, target: str = "/", method: str = "POST", body: bytes = b"", **h: str) -> int:
    client.ask(target, method, body, **h)
    return int(client.answer()[0])


def matched(fake: Any, client: Any, *rule: Any, target: str = "/", **options: Any) -> bool:
    """Whether a request for `target` is one of the rule's."""
    request = options.pop("request", {})
    fake.strict = False
    fake.on(*rule, **options).respond(299)
    return ask(client, target, **request) == 299


@pytest.mark.parametrize(
    ("pattern", "target", "matches"),
    [
        (None, "/anything?at=all", True),
        ("/a", "/a", True),
        ("/a", "/a?b=c", True),
        ("/a", "/a/", False),
        ("/a", "/A", False),
        ("/a b", "/a%20b", True),
        ("/a%20b", "/a%20b", True),
        ("/a%2fb", "/a%2fb", True),
        ("/a/b", "/a%2fb", True),
        ("/é", "/%c3%a9", True),
        ("/users/*", "/users/1/x", True),
        ("/users/*", "/users", False),
        ("*.css", "/a/b.css?v=1", True),
        ("/a\\*", "/a*", True),
        ("/a\\*", "/ab", False),
        ("/a?b=*", "/a?b=c", True),
        ("/a?b=c", "/a?b=c", True),
        ("/a?b=c", "/a?b=d", False),
        ("/a?b=c", "/a", False),
        ("/p", "http://h/p?q", True),
        ("/p?q", "http://h/p?q", True),
        ("http://h/*", "http://h/p", True),
        ("http://h/p?q", "http://h/p?q", True),
        (re.compile(r"^/a\d+$"), "/a12", True),
        (re.compile(r"^/a\d+$"), "/a12?b", True),
        (re.compile(r"b=\d"), "/a?b=1", True),
        (re.compile(r"b=\d"), "/a?b=c", False),
    ],
)
def test_pattern(fake: Any, client: Any, pattern: Any, target: str, matches: bool) -> None:
    assert matched(fake, client, "POST", pattern, target=target) == matches


@pytest.mark.parametrize(
    ("query", "target", "matches"),
    [
        ({"a": "1"}, "/?a=1", True),
        ({"a": "1"}, "/?a=1&b=2", True),
        ({"a": "1"}, "/?a=2", False),
        ({"a": "1"}, "/?A=1", False),
        ({"a": "1"}, "/", False),
        ({"a": "2"}, "/?a=1&a=2", True),
        ({"a": "1"}, "/?a=1&a=2", False),
        ({"a": ["1", "2"]}, "/?a=1&a=2", True),
        ({"a": ["1", "2"]}, "/?a=2&a=1", False),
        ({"a": []}, "/?b=1", True),
        ({"a": ""}, "/?a=", True),
        ({"a": "x y&"}, "/?a=x+y%26", True),
        ({"a": re.compile(r"^\d+$")}, "/?a=12", True),
        ({"a": re.compile(r"^\d+$")}, "/?a=b", False),
        ({}, "/", True),
    ],
)
def test_query(fake: Any, client: Any, query: Any, target: str, matches: bool) -> None:
    assert matched(fake, client, "POST", target=target, query=query) == matches


@pytest.mark.parametrize(
    ("headers", "matches"),
    [
        ({"X-One": "a"}, True),
        ({"x-oNE": "a", "x-two": "b"}, True),
        ({"X-One": "A"}, False),
        ({"X-One": re.compile("^a$")}, True),
        ({"X-One": re.compile("b")}, False),
        ({"X-Three": "a"}, False),
        ({"X-One": "a", "X-Two": "a"}, False),
    ],
)
def test_headers(fake: Any, client: Any, headers: Any, matches: bool) -> None:
    request = {"X_One": "a", "X_Two": "b"}
    assert matched(fake, client, "POST", headers=headers, request=request) == matches


@pytest.mark.parametrize(
    ("matcher", "body", "matches"),
    [
        ({"json": {"a": 1}}, b'{"a" : 1}', True),
        ({"json": {"a": 1}}, b'{"a": 1, "b": 2}', False),
        ({"json": None}, b"null", True),
        ({"json": [1]}, b"not json", False),
        ({"json": []}, b"[" * 100_000, False),
        ({"body": b"abc"}, b"abc", True),
        ({"body": b"abc"}, b"abcd", False),
        ({"body": "é"}, "é".encode(), True),
        ({"body": re.compile(rb"b+")}, b"abc", True),
        ({"body": re.compile(rb"x")}, b"abc", False),
        ({"body": b""}, b"", True),
    ],
)
def test_body(fake: Any, client: Any, matcher: Any, body: bytes, matches: bool) -> None:
    assert matched(fake, client, "POST", request={"body": body}, **matcher) == matches


def test_where_sees_the_body(fake: Any, client: Any) -> None:
    seen = []

    def where(request: Any) -> bool:
        seen.append(request.body)
        return request.body == b"yes"

    fake.on("POST", "/", where=where).respond(201)
    fake.on("POST").respond(202)
    assert [ask(client, body=b"no"), ask(client, body=b"yes"), ask(client, "/b")] == [202, 201, 202]
    assert seen == [b"no", b"yes"]


def test_all_matchers_must_hold(fake: Any, client: Any) -> None:
    rule = fake.on("POST", "/a", query={"b": "1"}, headers={"C": "2"}, json=3)
    rule.respond(201)
    fake.on("*").respond(202)
    assert ask(client, "/a?b=1", body=b"3", C="2") == 201
    assert ask(client, "/x?b=1", body=b"3", C="2") == 202
    assert ask(client, "/a?b=2", body=b"3", C="2") == 202
    assert ask(client, "/a?b=1", body=b"3", C="3") == 202
    assert ask(client, "/a?b=1", body=b"4", C="2") == 202


def test_the_first_rule_that_matches_fires(fake: Any, client: Any) -> None:
    fake.on("GET", "/a").respond(201).once()
    fake.on("*", "/a").respond(202)
    assert [ask(client, "/a", "GET"), ask(client, "/a", "GET")] == [201, 202]


def test_star_is_no_phase(fake: Any, client: Any) -> None:
    fake.on("*").respond(201)
    assert ask(client, method="BREW") == 201


def test_methods_of_ones_own(fake: Any, client: Any) -> None:
    with pytest.raises(ValueError, match="custom=True"):
        fake.on("BREW")
    with pytest.raises(ValueError, match="did you mean 'GET'"):
        fake.on("get")
    fake.on("BREW", custom=True).respond(418)
    assert ask(client, method="BREW") == 418


def test_after_and_times(fake: Any, client: Any) -> None:
    fake.on("POST").respond(201).after(1).times(2)
    fake.on("POST").respond(202)
    assert [ask(client, body=b"a") for _ in range(4)] == [202, 201, 201, 202]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"query": "a=b"}, TypeError),
        ({"query": {"a": 1}}, TypeError),
        ({"query": {"a": [1]}}, TypeError),
        ({"query": {1: "a"}}, TypeError),
        ({"headers": [("a", "b")]}, TypeError),
        ({"headers": {"a": 1}}, TypeError),
        ({"headers": {"a": re.compile(b"a")}}, TypeError),
        ({"json": {1, 2}}, TypeError),
        ({"body": 1}, TypeError),
        ({"body": re.compile("a")}, TypeError),
        ({"where": 1}, TypeError),
        ({"pattern": 1}, TypeError),
        ({"qurey": {}}, TypeError),
    ],
)
def test_bad_matchers_raise_at_the_line(fake: Any, options: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        fake.on("GET", **options)


def test_an_unknown_matcher_names_the_near_ones(fake: Any) -> None:
    with pytest.raises(TypeError, match="did you mean 'query'"):
        fake.on("GET", "/", qurey={"a": "b"})


def test_a_phase_has_no_matchers(fake: Any) -> None:
    with pytest.raises(ValueError, match="has sent nothing"):
        fake.on("connect", headers={"a": "b"})
    with pytest.raises(ValueError, match="use raw"):
        fake.on("connect").respond(200)
    fake.script.forget()


# --- strict


def verdict(fake: Any) -> str:
    """What verify() says; the fake is not asked again."""
    with pytest.raises(AssertionError) as caught:
        fake.verify()
    fake.strict = False
    return str(caught.value)


def test_a_request_that_no_rule_matches_is_404_and_a_complaint(fake: Any, client: Any) -> None:
    client.ask("/report.txt")
    status, body = client.answer()
    assert status == 404
    assert body == b"no rule matched: GET /report.txt\n"
    assert "GET /report.txt matched no rule" in verdict(fake)


def test_the_complaint_shows_the_nearest_rules(fake: Any, client: Any) -> None:
    fake.on("POST", "/far").respond(200).optional()
    fake.on("GET", "/a", query={"b": "1"}, headers={"C": "d"}).respond(200).optional()
    client.ask("/a?b=2")
    client.answer()
    said = verdict(fake)
    first = said.index("on('GET', '/a'")
    assert first < said.index("on('POST', '/far'")
    assert "ok  path: '/a' matches '/a'" in said
    assert "NOT query b: '2' is not '1'" in said
    assert "NOT header C: there is none, wanted 'd'" in said
    assert re.search(r"written at test_http_rules\.py:\d+", said)


def test_a_rule_that_never_fired_shows_the_nearest_request(fake: Any, client: Any) -> None:
    fake.on("POST", "/a", json={"b": 1}).respond(200)
    fake.on("POST", body=b"x").respond(200)
    fake.on("*").respond(204)
    client.ask("/a", "POST", b'{"b": 2}')
    client.read_head()
    client.ask("/a", "POST", b"{")
    client.read_head()
    said = verdict(fake)
    assert "NOT json: {'b': 2} is not {'b': 1}" in said
    assert "NOT body: b'{\"b\": 2}' is not b'x'" in said
    assert "{'b': 1}).respond(200)\n" in said
    assert "written at test_http_rules.py" in said


def test_not_json_says_so(fake: Any, client: Any) -> None:
    fake.on("POST", json=1).respond(200)
    fake.on("*").respond(204)
    client.ask("/a", "POST", b"{")
    client.read_head()
    assert "NOT json: b'{' is not JSON, wanted 1" in verdict(fake)


def test_several_values_are_shown(fake: Any, client: Any) -> None:
    fake.on("GET", query={"a": "3"}).respond(200)
    fake.on("*").respond(204)
    client.ask("/?a=1&a=2")
    client.read_head()
    assert "NOT query a: ['1', '2'] is not '3'" in verdict(fake)


def test_many_complaints_are_counted(fake: Any, client: Any) -> None:
    for i in range(12):
        client.ask(f"/{i}")
        client.answer()
    said = verdict(fake)
    assert "GET /9 matched no rule" in said
    assert "GET /10 matched no rule" not in said
    assert "2 requests more matched no rule" in said
    assert "There is no rule at all" in said


def test_not_strict(lenient: Any, connect: Any) -> None:
    client = connect(lenient)
    assert ask(client, "/a", "GET") == 404
    lenient.verify()


@pytest.mark.parametrize("method", ["CONNECT", "BREW"])
def test_501(lenient: Any, connect: Any, method: str) -> None:
    assert ask(connect(lenient), "a:1" if method == "CONNECT" else "/", method) == 501


def test_a_rule_without_a_sender_leaves_404(fake: Any, client: Any) -> None:
    fake.on("GET", "/a").delay(0)
    client.ask("/a")
    assert client.answer() == (404, b"nothing is served here: GET /a\n")


def test_a_rule_that_never_fired_is_a_complaint(fake: Any) -> None:
    fake.on("GET", "/a").respond(200)
    assert "never fired" in verdict(fake)
