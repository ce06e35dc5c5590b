"""Every ending, and every fault that shapes, as a bare socket sees them."""

import time
from typing import Any

import pytest

BODY = bytes(range(256)) * 4
UPLOAD = b"u" * 300_000


def split(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


# --- endings


def test_close_is_a_fin(fake: Any, client: Any) -> None:
    fake.on("GET", "/").close()
    client.ask()
    assert client.rest() == (b"", "fin")


def test_close_is_a_fin_with_an_upload_on_its_way(fake: Any, client: Any) -> None:
    fake.on("PUT", "/").answer_before_body().close()
    client.ask(method="PUT", body=UPLOAD)
    assert client.rest() == (b"", "fin")


def test_close_after_an_answer(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"ok").close()
    client.ask()
    answer, how = client.rest()
    assert (answer[-6:], how) == (b"\r\n\r\nok", "fin")
    assert b"Connection" not in answer  # it promised to stay: a stale keep-alive


def test_reset_is_an_rst(fake: Any, client: Any) -> None:
    fake.on("GET", "/").reset()
    client.ask()
    assert client.rest() == (b"", "rst")


def test_reset_after_an_answer_loses_none_of_it(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"ok").reset()
    client.ask()
    answer, how = client.rest()
    assert (split(answer)[1], how) == (b"ok", "rst")


def test_half_close_leaves_reading_open(fake: Any, client: Any) -> None:
    fake.on("GET", "/1").respond(200, b"ok").half_close()
    fake.on("GET", "/2")
    client.ask("/1")
    answer, how = client.rest()
    assert (split(answer)[1], how) == (b"ok", "fin")
    client.ask("/2")
    fake.wait_until(lambda: [r.path for r in fake.requests] == ["/1", "/2"])


def test_stall_is_silent(fake: Any, client: Any) -> None:
    fake.on("GET", "/").stall()
    client.ask()
    assert client.is_silent()


def test_stall_after_half_of_a_body(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"half", headers={"Content-Length": 8}).stall()
    client.ask()
    client.read_head()
    assert client.exactly(4) == b"half"
    assert client.is_silent()


def test_stall_for_a_while_ends_with_fin(fake: Any, client: Any) -> None:
    fake.on("GET", "/").stall(0.05)
    client.ask()
    assert client.rest() == (b"", "fin")


def test_stop_ends_a_stall_at_once(fake: Any, client: Any) -> None:
    fake.on("GET", "/").stall()
    client.ask()
    fake.wait_until(lambda: fake.requests)
    begun = time.monotonic()
    fake.stop()
    assert time.monotonic() - begun < 1
    assert client.rest()[0] == b""


def test_stop_in_the_middle_of_an_upload(fake: Any, client: Any) -> None:
    client.send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    fake.wait_until(lambda: b"half" in fake.transcript.received())
    fake.stop()
    assert [(r.body, r.complete) for r in fake.requests] == [(b"half", False)]


def test_ignore_goes_on(fake: Any, client: Any) -> None:
    fake.on("GET", "/1").ignore()
    fake.on("GET", "/2").respond(200, b"two")
    client.ask("/1")
    client.ask("/2")
    assert client.answer() == (200, b"two")


@pytest.mark.parametrize("rule", ["connect", "every"])
def test_before_any_request(fake: Any, connect: Any, rule: str) -> None:
    (fake.on("connect") if rule == "connect" else fake.every()).reset()
    try:
        ended = connect(fake).rest()
    except ConnectionResetError:  # before connect() had returned
        ended = b"", "rst"
    assert ended == (b"", "rst")


def test_a_server_that_speaks_first(fake: Any, connect: Any) -> None:
    fake.on("connect").raw(b"SSH-2.0-x\r\n").close()
    assert connect(fake).rest() == (b"SSH-2.0-x\r\n", "fin")


def test_connect_delayed(fake: Any, connect: Any) -> None:
    fake.on("connect").delay(0.05)
    fake.on("GET", "/").respond(200, b"ok")
    begun = time.monotonic()
    client = connect(fake)
    client.ask()
    assert client.answer() == (200, b"ok")
    assert time.monotonic() - begun >= 0.05


def test_connect_stalled(fake: Any, connect: Any) -> None:
    fake.on("connect").stall()
    client = connect(fake)
    client.ask()
    assert client.is_silent()
    assert fake.requests == []


def test_connect_refused(fake: Any, connect: Any) -> None:
    fake.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        connect(fake)


def test_every_response_waits_for_a_request(fake: Any, client: Any) -> None:
    fake.every().respond(503)
    assert client.is_silent(0.05)
    client.ask("/a")
    assert client.answer() == (503, b"")


# --- truncate


def test_truncate_delivers_exactly_n_bytes_of_the_body(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, BODY).truncate(after=100)
    client.ask()
    answer, how = client.rest()
    head, body = split(answer)
    assert (body, how) == (BODY[:100], "fin")
    assert b"Content-Length: 1024" in head


def test_truncate_and_reset(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, BODY).truncate(after=100).reset()
    client.ask()
    answer, how = client.rest()
    assert (split(answer)[1], how) == (BODY[:100], "rst")


def test_truncate_after_0_sends_the_head(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, BODY).truncate(after=0)
    client.ask()
    answer, how = client.rest()
    assert answer.endswith(b"\r\n\r\n")
    assert how == "fin"


@pytest.mark.parametrize(
    ("after", "body"),
    [
        (0, b""),
        (3, b"5\r\nabc"),
        (5, b"5\r\nabcde"),
        (7, b"5\r\nabcde\r\n5\r\nfg"),
        (10, b"5\r\nabcde\r\n5\r\nfghij"),
    ],
)
def test_truncate_counts_content_and_not_chunks(
    fake: Any, client: Any, after: int, body: bytes
) -> None:
    fake.on("GET", "/").respond(200, [b"abcde", b"fghij"]).truncate(after=after)
    client.ask()
    answer, how = client.rest()
    assert (split(answer)[1], how) == (body, "fin")


def test_truncate_of_an_answer_without_body_counts_all(fake: Any, client: Any) -> None:
    fake.on("HEAD", "/").respond(200, BODY).truncate(after=12)
    client.ask(method="HEAD")
    assert client.rest() == (b"HTTP/1.1 200", "fin")


def test_truncate_of_raw_counts_all(fake: Any, client: Any) -> None:
    fake.on("GET", "/").raw(b"HTTP/1.1 200 OK\r\n\r\nbody").truncate(after=8)
    client.ask()
    assert client.rest() == (b"HTTP/1.1", "fin")


def test_truncate_of_a_file(fake: Any, client: Any, tmp_path: Any) -> None:
    (tmp_path / "f.bin").write_bytes(BODY)
    fake.serve(tmp_path)
    fake.on("GET", "/f.bin").truncate(after=10)
    client.ask("/f.bin")
    assert split(client.rest()[0])[1] == BODY[:10]


def test_truncate_beyond_the_body_is_complained_of(lenient: Any, connect: Any) -> None:
    lenient.strict = True
    lenient.on("GET", "/").respond(200, b"short").truncate(after=6)
    client = connect(lenient)
    client.ask()
    assert client.answer() == (200, b"short")
    lenient.stop()
    with pytest.raises(AssertionError, match="beyond the 5 bytes"):
        lenient.verify()
    lenient.strict = False


# --- insert, garble, duplicate


def test_insert(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"abcd").insert(b"XX", at=2)
    client.ask()
    head = client.read_head()
    assert b"Content-Length: 4" in head
    assert client.exactly(6) == b"abXXcd"


def test_insert_into_chunks(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, [b"abc", b"def"]).insert(b"XX", at=4).close()
    client.ask()
    body = split(client.rest()[0])[1]
    assert body == b"3\r\nabc\r\n3\r\ndXXef\r\n0\r\n\r\n"


def test_garble(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"abcd").garble(at=1, count=2)
    client.ask()
    assert client.answer() == (200, bytes([0x61, 0x62 ^ 0xFF, 0x63 ^ 0xFF, 0x64]))


def test_garble_of_chunks_leaves_the_framing(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, [b"abc", b"def"]).garble(at=3).close()
    client.ask()
    body = split(client.rest()[0])[1]
    assert body == b"3\r\nabc\r\n3\r\n" + bytes([0x64 ^ 0xFF]) + b"ef\r\n0\r\n\r\n"


def test_duplicate(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"ok").duplicate()
    client.ask()
    assert client.answer() == client.answer() == (200, b"ok")


# --- drip, throttle


def test_drip_sends_pieces(fake: Any, client: Any) -> None:
    fake.on("GET", "/").raw(b"abcdefg").drip(3, every=0.02).close()
    begun = time.monotonic()
    client.ask()
    assert client.rest() == (b"abcdefg", "fin")
    assert time.monotonic() - begun >= 0.04
    sent = [e.data for e in fake.transcript if e.direction == "sent"]
    assert sent == [b"abc", b"def", b"g"]


def test_drip_sets_the_size_of_chunks(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"abcdefg", chunked=True).drip(3, every=0).close()
    client.ask()
    body = split(client.rest()[0])[1]
    assert body == b"3\r\nabc\r\n3\r\ndef\r\n1\r\ng\r\n0\r\n\r\n"


def test_throttle(fake: Any, client: Any) -> None:
    fake.on("GET", "/").raw(b"x" * 100).throttle(1000).close()
    begun = time.monotonic()
    client.ask()
    assert client.rest() == (b"x" * 100, "fin")
    assert time.monotonic() - begun >= 0.04  # the first piece leaves at once


def test_delay(fake: Any, client: Any) -> None:
    fake.on("GET", "/").delay(0.05).respond(200, b"ok")
    begun = time.monotonic()
    client.ask()
    assert client.answer() == (200, b"ok")
    assert time.monotonic() - begun >= 0.05


def test_a_delay_in_the_middle_of_a_body(fake: Any, client: Any) -> None:
    fake.on("GET", "/").respond(200, b"ab", headers={"Content-Length": "4"}).delay(0.05).raw(b"cd")
    client.ask()
    client.read_head()
    assert client.exactly(2) == b"ab"
    assert client.exactly(2) == b"cd"


# --- who ended it


@pytest.mark.parametrize(
    ("ending", "expected"),
    [("close", ("script", "fin")), ("reset", ("script", "rst")), ("half_close", ("script", "fin"))],
)
def test_connections_say_who_ended_them(
    fake: Any, client: Any, ending: str, expected: tuple[str, str]
) -> None:
    getattr(fake.on("GET", "/"), ending)()
    client.ask()
    client.rest()
    client.close()
    fake.settle()
    (connection,) = fake.connections
    assert (connection.ended_by, connection.ended_how) == expected
