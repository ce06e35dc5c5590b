"""Answers that do not wait for the request's body."""

from typing import Any

import pytest

from fakefarm import FakeHTTP

HEAD = b"PUT /u HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"PUT /u HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
EXPECT = b"\r\nExpect: 100-continue\r\n\r\n"
BIG = b"u" * 4_000_000


def expecting(head: bytes) -> bytes:
    return head.replace(b"\r\n\r\n", EXPECT)


# --- answer_before_body


def test_the_answer_comes_before_the_body(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body().respond(413, b"too large")
    client.send(HEAD)  # and no body
    answer, how = client.rest()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"too large")
    assert how == "fin"
    (request,) = fake.requests
    assert (request.body, request.complete) == (b"", False)


@pytest.mark.parametrize("head", [HEAD, CHUNKED])
def test_no_100_is_sent(fake: Any, client: Any, head: bytes) -> None:
    fake.on("PUT", "/u").answer_before_body().respond(403)
    client.send(expecting(head))
    answer, how = client.rest()
    assert (answer[:12], how) == (b"HTTP/1.1 403", "fin")


def test_the_natural_answer_says_close(lenient: Any, connect: Any) -> None:
    lenient.on("PUT", "/u").answer_before_body()
    client = connect(lenient)
    client.send(HEAD)
    answer, how = client.rest()
    assert b"\r\nConnection: close\r\n" in answer
    assert (answer[:12], how) == (b"HTTP/1.1 404", "fin")


def test_a_client_that_sends_on_gets_the_answer_and_a_fin(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body().respond(403, b"no")
    client.send(HEAD.replace(b"10", b"%d" % len(BIG)))
    client.send(BIG)
    answer, how = client.rest()
    assert (answer[-2:], how) == (b"no", "fin")
    fake.wait_until(lambda: fake.connections[0].closed is not None)
    assert fake.requests[0].body == b""


@pytest.mark.parametrize(("unread", "read"), [(0, 10), (3, 7), (10, 0)])
def test_all_but_so_many_bytes_are_read(fake: Any, client: Any, unread: int, read: int) -> None:
    fake.on("PUT", "/u").answer_before_body(unread=unread).respond(200, b"ok")
    client.send(HEAD)
    if read:
        client.send(b"0123456789"[: read - 1])
        assert client.is_silent(0.03)
        client.send(b"0123456789"[read - 1 : read])
    answer, how = client.rest()
    assert (answer[-2:], how) == (b"ok", "fin")
    (request,) = fake.requests
    assert (request.body, request.complete) == (b"0123456789"[:read], read == 10)


def test_100_is_sent_for_what_is_read(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body(unread=1).respond(200, b"ok")
    client.send(expecting(HEAD))
    assert client.read_head() == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"012345678")
    assert client.rest()[0].endswith(b"ok")


def test_unread_of_a_chunked_body_is_an_error(lenient: Any, connect: Any) -> None:
    lenient.on("PUT", "/u").answer_before_body(unread=1).respond(200, b"ok")
    client = connect(lenient)
    client.send(CHUNKED)
    assert client.rest() == (b"", "fin")
    with pytest.raises(AssertionError, match="unread=1 needs a Content-Length"):
        lenient.verify()
    lenient.errors.clear()


@pytest.mark.parametrize("earlier", [{}, {"body": b"x"}, {"where": lambda request: False}])
def test_unread_of_more_than_there_is_is_an_error(
    lenient: Any, connect: Any, earlier: dict[str, Any]
) -> None:
    if earlier:  # which has the body read
        lenient.on("PUT", "/u", **earlier).respond(200).optional()
    lenient.on("PUT", "/u").answer_before_body(unread=11).respond(200, b"ok")
    client = connect(lenient)
    client.send(HEAD + b"0123456789")
    assert client.rest() == (b"", "fin")
    with pytest.raises(AssertionError, match="unread=11 is more than the 10 bytes of the body"):
        lenient.verify()
    lenient.errors.clear()


@pytest.mark.parametrize(("unread", "errors"), [(0, 0), (1, 1)])
def test_unread_where_there_is_no_body(
    lenient: Any, connect: Any, unread: int, errors: int
) -> None:
    lenient.on("GET", "/").answer_before_body(unread=unread).respond(200, b"ok")
    client = connect(lenient)
    client.ask()
    assert client.rest()[0].endswith(b"ok") == (not errors)
    assert len(lenient.errors) == errors
    lenient.errors.clear()


def test_with_an_ending(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body().respond(500, b"x").reset()
    client.send(HEAD)
    answer, how = client.rest()
    assert (answer[-1:], how) == (b"x", "rst")
    assert b"Connection" not in answer


def test_half_close_goes_on_reading_this_body_and_the_next_request(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body().respond(200, b"ok").half_close()
    fake.on("GET", "/next")
    client.send(HEAD)
    answer, how = client.rest()
    assert (answer[-2:], how) == (b"ok", "fin")
    client.send(b"0123456789GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
    fake.wait_until(lambda: len(fake.requests) == 2)
    assert (fake.requests[0].body, fake.requests[0].complete) == (b"0123456789", True)
    assert fake.requests[1].path == "/next"


def test_without_a_body_the_connection_ends_as_well(fake: Any, client: Any) -> None:
    fake.on("GET", "/").answer_before_body().respond(200, b"ok")
    client.ask()
    assert client.rest()[1] == "fin"


def test_a_client_that_leaves_meanwhile(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body(unread=1).respond(200).optional()
    client.send(HEAD + b"01")
    client.close()
    fake.settle()
    (request,) = fake.requests
    assert (request.body, request.complete) == (b"01", False)


def test_only_the_part_that_says_so(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").respond(200, b"1").then.answer_before_body().respond(200, b"2")
    client.send(HEAD + b"0123456789")
    assert client.answer() == (200, b"1")
    client.send(HEAD)
    assert client.rest()[0].endswith(b"2")
    assert [r.complete for r in fake.requests] == [True, False]


@pytest.mark.parametrize(
    "matcher", [{"where": lambda r: r.body == b"x"}, {"json": 1}, {"body": b"x"}]
)
def test_an_earlier_rule_that_looks_at_the_body_has_it_read(
    fake: Any, client: Any, matcher: dict[str, Any]
) -> None:
    fake.on("PUT", "/u", **matcher).respond(200).optional()
    fake.on("PUT", "/u").answer_before_body().respond(200, b"ok")
    client.send(HEAD)
    assert client.is_silent(0.03)
    client.send(b"0123456789")
    assert client.rest()[0].endswith(b"ok")
    assert fake.requests[0].complete


@pytest.mark.parametrize(
    "rule",
    [
        lambda fake: fake.on("PUT", "/other", json=1).respond(200),
        lambda fake: fake.on("POST", where=lambda r: True).respond(200),
        lambda fake: fake.on("PUT", "/u", headers={"X": "y"}, body=b"x").respond(200),
        lambda fake: fake.on("PUT", "/u").respond(200).after(1),
    ],
)
def test_an_earlier_rule_that_is_not_for_it_does_not(fake: Any, client: Any, rule: Any) -> None:
    rule(fake).optional()
    fake.on("PUT", "/u").answer_before_body().respond(200, b"ok")
    client.send(HEAD)
    assert client.rest()[0].endswith(b"ok")


def test_where_is_asked_with_the_head(fake: Any, client: Any) -> None:
    fake.on("PUT", where=lambda r: "Host" in r.headers).answer_before_body().respond(200, b"ok")
    client.send(HEAD)
    assert client.rest()[0].endswith(b"ok")


@pytest.mark.parametrize("matcher", [{"json": 1}, {"body": b"x"}])
def test_a_rule_that_looks_at_the_body_cannot(fake: Any, matcher: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="looks at the body"):
        fake.on("PUT", **matcher).answer_before_body()
    fake.script.forget()


def test_unknown_keyword(fake: Any) -> None:
    with pytest.raises(TypeError, match="did you mean 'unread'"):
        fake.on("PUT").answer_before_body(unred=1)
    fake.script.forget()


@pytest.mark.parametrize("unread", [-1, 1.5, "1", True])
def test_bad_unread(fake: Any, unread: Any) -> None:
    with pytest.raises(ValueError, match="unread="):
        fake.on("PUT").answer_before_body(unread=unread)
    fake.script.forget()


def test_it_shows_itself(fake: Any) -> None:
    assert str(fake.on("PUT").answer_before_body()) == "on('PUT').answer_before_body()"
    rule = fake.on("PUT").answer_before_body(unread=2).respond(200)
    assert str(rule) == "on('PUT').answer_before_body(unread=2).respond(200)"
    fake.script.forget()


# --- raw and 100 (Continue)

CONTINUES = b"HTTP/1.1 100 Continue\r\n\r\n"
NO = b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "body"), [(HEAD, b"0123456789"), (CHUNKED, b"a\r\n0123456789\r\n0\r\nA: b\r\n\r\n")]
)
def test_raw_is_all_that_is_sent(fake: Any, client: Any, head: bytes, body: bytes) -> None:
    fake.on("PUT", "/u").raw(CONTINUES)
    fake.on("GET", "/next").respond(200, b"next")
    client.send(expecting(head))
    assert client.exactly(len(CONTINUES)) == CONTINUES
    assert client.is_silent(0.03)
    (request,) = fake.requests
    assert not request.complete
    client.send(body + b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.answer() == (200, b"next")
    assert (request.body, request.complete) == (b"0123456789", True)
    assert len(fake.requests) == 2
    assert request.trailers.items() == ([("A", "b")] if head == CHUNKED else [])


def test_raw_refusal_of_a_client_that_then_leaves(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").raw(NO)
    client.send(expecting(HEAD))
    assert client.answer() == (417, b"")
    client.close()
    fake.settle()
    (request,) = fake.requests
    assert (request.body, request.complete) == (b"", False)


def test_raw_with_connection_close_ends_and_reads_the_body(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").raw(NO)
    client.send(expecting(HEAD).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert client.rest() == (NO, "fin")
    client.send(b"0123456789")
    client.half_close()
    fake.wait_until(lambda: fake.requests[0].complete)
    assert fake.requests[0].body == b"0123456789"


def test_raw_and_a_rest_that_is_malformed(lenient: Any, connect: Any) -> None:
    lenient.on("PUT", "/u").raw(NO)
    client = connect(lenient)
    client.send(expecting(CHUNKED))
    assert client.answer() == (417, b"")
    client.send(b"zz\r\n")
    assert client.rest() == (b"", "fin")
    assert "malformed" in str(lenient.transcript)


def test_raw_without_expectation_waits_for_the_body(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").raw(NO)
    client.send(HEAD)
    assert client.is_silent(0.03)
    client.send(b"0123456789")
    assert client.answer() == (417, b"")
    assert fake.requests[0].body == b"0123456789"


def test_raw_with_unread_and_expectation_waits_for_nothing(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").answer_before_body(unread=1).raw(NO)
    client.send(expecting(HEAD))
    assert client.rest() == (NO, "fin")


def test_respond_with_expectation_says_100_first(fake: Any, client: Any) -> None:
    fake.on("PUT", "/u").respond(200, b"ok")
    client.send(expecting(HEAD))
    assert client.read_head() == CONTINUES
    client.send(b"0123456789")
    assert client.answer() == (200, b"ok")


def test_silence_after_a_raw_answer_is_no_408(connect: Any) -> None:

    with FakeHTTP(timeout=0.05) as fake:
        fake.on("PUT", "/u").raw(NO)
        client = connect(fake)
        client.send(expecting(HEAD))
        assert client.rest() == (NO, "fin")


def test_what_is_not_read_may_be_larger_than_what_is_kept(connect: Any) -> None:

    with FakeHTTP(max_message_size=9) as fake:
        fake.on("PUT", "/u").answer_before_body(unread=1).respond(200, b"ok")
        client = connect(fake)
        client.send(HEAD + b"012345678")
        assert client.rest()[0].endswith(b"ok")


def test_a_phase_cannot(fake: Any) -> None:
    with pytest.raises(ValueError, match="nothing is asked yet"):
        fake.on("connect").answer_before_body()
    fake.script.forget()
