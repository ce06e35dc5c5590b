"""A FakeXMLRPC has a FakeHTTP below it, and does what every fake does: each public member of
FakeServer has a row here, which is played to both kinds."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from raw_client import RawClient, connecting

from fakefarm import FakeFailure, FakeHTTP, FakeXMLRPC
from fakefarm._core.server import FakeServer

GET = b"GET /nope HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
POST = b"POST /nope HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab"

# What is not alike, for that is what makes it another protocol.
OWN = {"protocol", "verbs", "rule_class", "session_class"}


class Play:
    """A fake, not started, and clients for it."""

    def __init__(self, make: Callable[..., Any], dial: Callable[[Any], RawClient]) -> None:
        self.make, self._dial = make, dial
        self.fake: Any = make(strict=False)

    def client(self) -> RawClient:
        return self._dial(self.fake.address)

    def ask(self, request: bytes = GET) -> bytes:
        """The status line of an answer, and how the connection ends."""
        client = self.client()
        client.send(request)
        answer, how = client.rest()
        return answer.partition(b"\r\n")[0] + b" " + how.encode()

    def accepts(self) -> bool:
        with contextlib.suppress(ConnectionRefusedError):
            return bool(self.client())
        return False

    def fail(self) -> None:
        """Start, and have an observer fail in a thread of the fake."""
        self.fake.observe(lambda step: 1 // 0)
        self.fake.start()
        self.client().rest()

    def left_in_a_delay(self) -> None:
        """Start, and have a client leave that a rule makes wait."""
        self.fake.on("connect").delay(60)
        self.fake.start()
        self.client().close()
        self.fake.wait_until(lambda: "delay" in str(self.fake.transcript))


def raised(action: Callable[[], object]) -> tuple[str, str]:
    """The type of what is raised, and the beginning of what it says, whoever says it."""
    with pytest.raises(Exception) as caught:
        action()
    text = str(caught.value).replace("FakeXMLRPC", "FakeHTTP")
    return caught.type.__name__, text.splitlines()[0][:30]


def settings(fake: Any) -> tuple[Any, ...]:
    return fake.users, fake.timeout, fake.max_message_size, fake.cut, fake.strict, fake.tls


def changed(fake: Any) -> None:
    fake.users, fake.timeout, fake.max_message_size = {"ann": "x"}, 7, 8
    fake.cut_connections(9)


# --- the rows: what is done with a fake, and what is seen of it


def start(play: Play) -> Any:
    again = play.fake.start() is play.fake.start() is play.fake
    return again, play.ask()


def stop(play: Play) -> Any:
    play.fake.start()
    client = play.client()
    play.fake.wait_until(lambda: play.fake.connections)
    play.fake.stop()
    play.fake.stop()
    return client.rest()[1], play.accepts(), play.fake.connections[0].ended_by


def reset(play: Play) -> Any:
    fake = play.fake.start()
    fake.on("connect").raw(b"hi").close()
    changed(fake)
    greeting, port = play.client().rest(), fake.port
    fake.reset()
    history = len(fake.connections), len(fake.transcript), len(fake.steps), len(fake.rules)
    return greeting, fake.port == port, history, settings(fake), play.ask()


def forget(play: Play) -> Any:
    changed(play.fake)
    before = settings(play.fake)
    play.fake.forget()
    return before, settings(play.fake)


def address(play: Play) -> Any:
    fake = play.fake
    before = raised(lambda: fake.address), raised(lambda: fake.port), raised(lambda: fake.url)
    fake.start()
    return before, fake.host, fake.address == (fake.host, fake.port), fake.port > 0


def url(play: Play) -> Any:
    play.fake = play.make(tls="implicit")
    with play.fake as fake:
        return fake.url.startswith(f"https://127.0.0.1:{fake.port}")


def on(play: Play) -> Any:
    play.fake.on("connect").raw(b"hi").close()
    play.fake.start()
    wrong = (
        raised(lambda: play.fake.on("message")),
        raised(lambda: play.fake.on("connect", (), x=1)),
    )
    return play.client().rest(), wrong


def every(play: Play) -> Any:
    play.fake.every().raw(b"hi").close()
    play.fake.start()
    return play.client().rest()


def rules(play: Play) -> Any:
    written = [play.fake.on("connect").delay(0), play.fake.every().delay(0), play.fake.on("*")]
    return sorted(map(str, play.fake.rules)) == sorted(map(str, written))


def observe(play: Play) -> Any:
    seen = list[str]()
    play.fake.observe(lambda step: seen.append(step.verb))
    play.fake.start()
    play.client()
    play.fake.wait_until(lambda: seen)
    return seen, raised(lambda: play.fake.observe(None))


def refuses(play: Play) -> Any:
    play.fake.start()
    before = play.fake.refuses("tcp"), play.accepts()
    play.fake.on("connect").refuse()
    return before, play.fake.refuses("tcp"), play.accepts()


def take_datagram(play: Play) -> Any:
    return raised(lambda: play.fake.take_datagram(None, b""))


def cut(play: Play) -> Any:
    play.fake.start()
    seen = list[Any]()
    for after, how in [(0, "fin"), (11, "rst"), (11, "fin")]:
        play.fake.cut_connections(after, how)
        client = play.client()
        client.send(GET)
        seen.append((play.fake.cut, client.rest()))
    wrong = (
        raised(lambda: play.fake.cut_connections(-1)),
        raised(lambda: play.fake.cut_connections(1, "x")),
    )
    return seen, wrong


def seed(play: Play) -> Any:
    return play.make(seed=5).seed, play.fake.seed == play.fake.script.seed


def script(play: Play) -> Any:
    play.fake.start()
    play.client()
    play.fake.wait_until(lambda: play.fake.steps)
    fake = play.fake
    return [s.verb for s in fake.script.steps], [s.verb for s in fake.steps], fake.commands


def settle(play: Play) -> Any:
    play.fake.settle()
    play.left_in_a_delay()
    return raised(lambda: play.fake.settle(timeout=0.01))


def settle_briefly(play: Play) -> Any:
    play.left_in_a_delay()
    began = time.monotonic()
    play.fake.settle_briefly()
    return time.monotonic() - began < 0.9  # it did not wait for the delay


def wait_until(play: Play) -> Any:
    play.fake.start()
    play.client()
    play.fake.wait_until(lambda: play.fake.connections)
    return raised(lambda: play.fake.wait_until(lambda: False, timeout=0.01))


def verify(play: Play) -> Any:
    play.fake = play.make()
    play.fake.on("connect").delay(0)
    (complaint,) = play.fake.complaints()
    with pytest.raises(FakeFailure, match="never fired"), play.fake:
        pass
    play.fake.strict = False
    play.fake.verify()
    return "on('connect').delay(0)" in complaint, list(play.fake.complaints())


def thread_complaints(play: Play) -> Any:
    play.fail()
    kinds = [type(error) for error in play.fake.errors]
    with pytest.raises(FakeFailure) as caught:
        play.fake.verify()
    told = ["ZeroDivisionError" in text for text in play.fake.thread_complaints()]
    return kinds, told, type(caught.value.__cause__)


def certificates(play: Play) -> Any:
    none = raised(lambda: play.fake.certificates)
    return none, type(play.make(tls="implicit").certificates), raised(lambda: play.make(tls="x"))


def connections(play: Play) -> Any:
    play.fake.start()
    play.ask()
    play.fake.settle()
    (one,) = play.fake.connections
    return one.number, one.peer[0], one.ended_by, one.ended_how, one.tls


def transcript(play: Play) -> Any:
    play.fake.start()
    play.client().send(GET[:10])
    play.fake.wait_until(lambda: play.fake.transcript.received())
    unread = [event.kind for event in play.fake.transcript]
    return unread, play.fake.transcript.received(), play.make(transcript_limit=5).transcript.limit


def users(play: Play) -> Any:
    play.fake = play.make(strict=False, users={"ann": "x"}).start()
    before = play.ask()
    play.fake.users = None
    return before, play.ask()


def timeout(play: Play) -> Any:
    play.fake.timeout = 0.05
    play.fake.start()
    client = play.client()
    client.send(GET[:10])
    return client.rest()[0][:12], play.make(timeout=3).timeout


def max_message_size(play: Play) -> Any:
    play.fake.max_message_size = 1
    play.fake.start()
    return play.ask(POST), play.make(max_message_size=3).max_message_size


def same(name: str) -> Callable[[Play], Any]:
    """The value of an attribute that nobody changes."""
    return lambda play: getattr(play.fake, name)


ROWS: dict[str, Callable[[Play], Any]] = {
    **{name: same(name) for name in ("phases", "tls_modes", "alpn", "tls_tickets", "datagrams")},
    "start": start,
    "stop": stop,
    "reset": reset,
    "forget": forget,
    "address": address,
    "host": address,
    "port": address,
    "url": url,
    "tls": url,
    "on": on,
    "every": every,
    "rules": rules,
    "observe": observe,
    "refuses": refuses,
    "take_datagram": take_datagram,
    "cut_connections": cut,
    "cut": cut,
    "seed": seed,
    "script": script,
    "steps": script,
    "commands": script,
    "settle": settle,
    "settle_briefly": settle_briefly,
    "wait_until": wait_until,
    "verify": verify,
    "complaints": verify,
    "strict": verify,
    "thread_complaints": thread_complaints,
    "errors": thread_complaints,
    "certificates": certificates,
    "connections": connections,
    "transcript": transcript,
    "users": users,
    "timeout": timeout,
    "max_message_size": max_message_size,
}


def test_there_is_a_row_for_every_member() -> None:
    names = {*dir(FakeServer), *vars(FakeServer()), *FakeServer.__annotations__}
    assert {name for name in names if not name.startswith("_")} == {*ROWS, *OWN}


@pytest.fixture
def play() -> Iterator[Callable[[Callable[..., Any], Callable[[Play], Any]], Any]]:
    """Plays a row to a kind of fake."""
    with connecting(RawClient) as dial:

        def run(make: Callable[..., Any], row: Callable[[Play], Any]) -> Any:
            play = Play(make, dial)
            try:
                return row(play)
            finally:
                play.fake.stop()

        yield run


@pytest.mark.parametrize("name", ROWS)
def test_a_member_does_what_that_of_a_fake_http_does(play: Any, name: str) -> None:
    if ROWS[name] in (url, certificates):
        pytest.importorskip("trustme")
    assert play(FakeXMLRPC, ROWS[name]) == play(FakeHTTP, ROWS[name])


@pytest.mark.parametrize("name", ["users", "timeout", "max_message_size", "strict", "cut"])
def test_what_is_set_above_is_that_below(name: str) -> None:
    fake = FakeXMLRPC()
    setattr(fake, name, "above")
    assert getattr(fake.http, name) == "above"
    setattr(fake.http, name, "below")
    assert getattr(fake, name) == "below"
