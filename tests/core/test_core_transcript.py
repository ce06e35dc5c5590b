"""What the transcript keeps, and how it shows it."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import fakefarm
from fakefarm._core import transcript as transcripts
from fakefarm._core.transcript import EVENT_COST, Event, Transcript, printable


def test_events_in_both_directions(toy: Any, client: Any) -> None:
    client.ask("ECHO a")
    client.send(b"QUIT\r\n")
    client.rest()
    client.close()
    toy.settle()
    events = [
        (event.connection, event.direction, event.channel, event.kind, event.data, event.note)
        for event in toy.transcript
    ]
    host, port = client.address
    assert events == [
        (1, "note", "control", "opened", b"", f"by {host}:{port}"),
        (1, "sent", "control", "data", b"+hello\r\n", ""),
        (1, "received", "control", "data", b"ECHO a\r\n", ""),
        (1, "sent", "control", "data", b"+a\r\n", ""),
        (1, "received", "control", "data", b"QUIT\r\n", ""),
        (1, "sent", "control", "data", b"+bye\r\n", ""),
        (1, "note", "control", "closed", b"", "closed by server (fin)"),
    ]
    assert len(toy.transcript) == 7


def test_times_are_relative_and_monotonic(make: Any, dial: Any) -> None:
    began = time.perf_counter()
    toy = make()
    clients = [dial(toy) for _ in range(5)]

    def chat(client: Any) -> None:
        for _ in range(50):
            client.ask("ECHO x")

    threads = [threading.Thread(target=chat, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [event.time for event in toy.transcript]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= time.perf_counter() - began


def test_joined_bytes(toy: Any, dial: Any) -> None:
    first, second = dial(toy), dial(toy)
    first.send(b"TAKE 5\r\nabcde")
    first.line()
    second.ask("ECHO b")
    transcript = toy.transcript
    assert transcript.received() == b"TAKE 5\r\nabcdeECHO b\r\n"
    assert transcript.received(channel="control") == b"TAKE 5\r\nECHO b\r\n"
    assert transcript.received("data") == b"abcde"
    assert transcript.received(connection=2) == b"ECHO b\r\n"
    assert transcript.received("data", connection=2) == b""
    assert transcript.sent() == b"+hello\r\n+hello\r\n+5\r\n+b\r\n"
    assert transcript.sent(connection=1) == b"+hello\r\n+5\r\n"
    assert transcript.sent(channel="data") == b""


def test_iterating_is_over_what_was_there(toy: Any, client: Any) -> None:
    for event in toy.transcript:
        client.ask("ECHO more")
        assert event is not None
    assert len(toy.transcript) == 2 + 2 * 2


# --- the page


def test_the_page(toy: Any, client: Any) -> None:
    rule = toy.on("ECHO").reply("-no")
    client.send(b"TAKE 3\r\nabc")
    client.line()
    client.ask("ECHO x")
    client.close()
    toy.settle()
    rows = str(toy.transcript).splitlines()
    assert all(re.match(r" +\d+\.\d{4}  #1  (<-|->|--) ", row) for row in rows)
    host, port = client.address
    assert [row[15:] for row in rows] == [
        f"-- opened: by {host}:{port}",
        "-> +hello",
        "<- TAKE 3",
        "<- [data] abc (no line end)",
        "-> +3",
        "<- ECHO x",
        f"-- rule: {rule} written at {rule.written_at} fired, time 1",
        "-> -no",
        "-- closed: closed by client (fin)",
    ]


def test_drained_bytes_are_marked_on_the_page(toy: Any, client: Any) -> None:
    client.send(b"QUIT\r\nECHO late\r\nhalf")
    client.rest()
    client.close()
    toy.settle()
    assert "<- [drained] ECHO late\n" in str(toy.transcript)
    assert "[drained] half (no line end)" in str(toy.transcript)


def test_an_empty_page() -> None:
    assert str(Transcript(1000)) == "(nothing crossed the wire)"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"plain\r\n", "plain"),
        (b"\r\n", ""),
        (b"", " (no line end)"),
        (b"half", "half (no line end)"),
        (b"bare LF\n", r"bare LF\n"),
        (b"bare CR\r", r"bare CR\r"),
        (b"NUL \0 TAB \t ESC \x1b[31m\r\n", r"NUL \x00 TAB \t ESC \x1b[31m"),
        ("grüße €\r\n".encode(), "grüße €"),
        (b"\xff\xfe\r\n", r"\xff\xfe"),
        ("\u202e\u200b\r\n".encode(), r"\u202e\u200b"),
        (b"x" * 300 + b"\r\n", "x" * 200 + " ... 100 bytes more"),
        (b"x" * 300, "x" * 200 + " ... 100 bytes more (no line end)"),
    ],
)
def test_odd_bytes_are_shown(line: bytes, shown: str) -> None:
    assert printable(line) == shown


def test_many_lines_of_one_event_are_cut_on_the_page() -> None:
    transcript = Transcript(10**6)
    transcript.record(1, "received", b"line\r\n" * 5000, "data")
    rows = str(transcript).splitlines()
    assert len(rows) == 41
    assert rows[-1].strip() == "[data] ... 4,960 lines more, 29,760 bytes"


def test_many_events_are_cut_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "SHOWN_EVENTS", 3)
    transcript = Transcript(10**6)
    for number in range(10):
        transcript.record(1, "received", b"%d\r\n" % number)
    rows = [row.split()[-1] for row in str(transcript).splitlines()]
    assert rows == ["0", "1", "2", "...", "7", "8", "9"]
    assert "... 4 events more" in str(transcript)
    assert len(transcript) == 10


# --- bounds


def test_the_limit_is_named_when_it_is_hit(make: Any, dial: Any) -> None:
    toy = make(transcript_limit=5000)
    client = dial(toy)
    sent = b""
    for number in range(100):
        client.ask(f"ECHO {number}")
        sent += b"ECHO %d\r\n" % number
    client.send(b"QUIT\r\n")
    client.rest()
    client.close()
    toy.settle()
    (limit,) = (event for event in toy.transcript if event.kind == "limit")
    assert limit.note == "transcript_limit of 5,000 bytes reached: later bytes are not kept"
    assert limit.direction == "note"
    assert "limit: transcript_limit of 5,000 bytes reached" in str(toy.transcript)
    assert re.search(r"\(\d[\d,]* bytes more are not kept\)$", str(toy.transcript))
    assert [event.kind for event in toy.transcript][-1] == "closed"
    assert toy.commands[-1] == "QUIT"
    received = toy.transcript.received()
    assert sent.startswith(received)
    assert 0 < len(received) < len(sent)


def weight(transcript: Transcript) -> int:
    return sum(EVENT_COST + len(event.data) + len(event.note) for event in transcript)


@pytest.mark.parametrize("size", [0, 1, 10, 999, 5000, 10**6])
def test_no_size_of_event_goes_beyond_the_limit(size: int) -> None:
    transcript = Transcript(10_000)
    for _ in range(200):
        transcript.record(1, "received", bytes(size))
        transcript.note(1, "rule", "x" * 50)
    # One note more, which names the limit.
    assert weight(transcript) <= 10_000 + EVENT_COST + 100
    assert [event.kind for event in transcript].count("limit") == 1


def test_many_tiny_events_are_bounded_also_when_they_are_notes() -> None:
    transcript = Transcript(10_000)
    for _ in range(1000):
        transcript.note(1, "rule", "fired")
    assert len(transcript) <= 51


def test_what_is_kept_has_no_hole() -> None:
    transcript = Transcript(1000)
    transcript.record(1, "received", b"a" * 300)
    transcript.record(1, "received", b"b" * 900)
    transcript.record(1, "received", b"c")
    assert transcript.received() == b"a" * 300 + b"b" * 300
    assert str(transcript).endswith("(601 bytes more are not kept)")


def test_what_is_taken_makes_room() -> None:
    transcript = Transcript(1000)
    for letter in (b"a", b"b"):
        transcript.record(1, "received", letter * 900)
        assert [event.data for event in transcript.take() if event.data] == [letter * 800]
        assert len(transcript) == 0


@pytest.mark.parametrize("kind", ["opened", "closed", "timeout", "error"])
def test_how_connections_begin_and_end_is_kept_beyond_the_limit(kind: str) -> None:
    transcript = Transcript(0)
    transcript.record(1, "received", b"lost")
    transcript.note(1, kind, "kept")
    transcript.note(1, "rule", "lost")
    assert [event.kind for event in transcript] == ["limit", kind]


def test_a_limit_begins_anew_after_a_reset(make: Any, dial: Any) -> None:
    toy = make(transcript_limit=1000)
    for _ in range(2):
        client = dial(toy)
        for _ in range(10):
            client.ask("ECHO x")
        assert [event.kind for event in toy.transcript].count("limit") == 1
        toy.reset()
        assert str(toy.transcript) == "(nothing crossed the wire)"


def test_waiting_goes_on_beyond_the_limit(make: Any, dial: Any) -> None:
    toy = make(transcript_limit=0)
    client = dial(toy)
    threading.Timer(0.02, client.send, [b"MARK x\r\n"]).start()
    toy.wait_until(lambda: "x" in toy.marks, timeout=2)


def test_every_kind_of_event_is_documented() -> None:
    folder = Path(fakefarm.__file__).parent
    sources = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    written = re.compile(r"\bnote\((?:[\w.]+, )?\"(\w+)\"|\brecord\(.*\bkind=\"(\w+)\"")
    kinds = {name for text in sources for pair in written.findall(text) for name in pair if name}
    documented = set(re.findall(r'``"(\w+)"``', Event.__doc__ or ""))
    assert {"opened", "drained", "stderr", "question"} < kinds
    assert documented == kinds | {"data", "unread"}
