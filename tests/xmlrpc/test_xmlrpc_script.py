"""Rules for calls: what they answer, what they do not call, and the rules of the HTTP below."""

import contextlib
import re
import socket
import ssl
import xmlrpc.client
from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import FakeFailure, FakeXMLRPC, Step

Write = Callable[[FakeXMLRPC], object]


def fault_of(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        call(*arguments)
    return caught.value.faultCode, caught.value.faultString


def stored(fake: FakeXMLRPC) -> list[Any]:
    """What the function `store` was called with."""
    found: list[Any] = fake.__dict__["stored"]
    return found


# --- returns and fault


def test_returns(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").returns({"a": [1, None]}).then.returns(None).then.returns("é<&>")
    assert [proxy.add(1, 1) for _ in range(3)] == [{"a": [1, None]}, None, "é<&>"]
    assert [call.result for call in fake.calls] == [{"a": [1, None]}, None, "é<&>"]


def test_a_value_is_as_it_was(fake: FakeXMLRPC, proxy: Any) -> None:
    value = [1]
    fake.on("add").returns(value)
    value.append(2)
    assert proxy.add(1, 1) == [1]


def test_returns_computed(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").returns(lambda call: call.arguments[0] * 100)
    assert proxy.add(2, 3) == 200
    assert fake.calls[0].result == 200


def test_a_callable_raises_a_fault(fake: FakeXMLRPC, proxy: Any) -> None:
    def refuse(call: Step) -> None:
        raise xmlrpc.client.Fault(7, call.verb)

    fake.on("add").returns(refuse)
    assert fault_of(proxy.add, 1, 2) == (7, "add")


def test_none_of_a_callable(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").returns(lambda call: None)
    assert proxy.add(1, 2) is None
    with FakeXMLRPC() as strict:  # without allow_none there is no such value
        strict.register(lambda a, b: a + b, "add")
        strict.on("add").returns(lambda call: None)
        with xmlrpc.client.ServerProxy(strict.url) as other:
            assert other.add(1, 2) == 3


def test_fault(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").fault(4, "too many").then.fault(-32601)
    assert fault_of(proxy.add, 1, 2) == (4, "too many")
    assert fault_of(proxy.add, 1, 2) == (-32601, "")
    fault = fake.calls[0].fault
    assert fault is not None
    assert (fault.faultCode, fault.faultString, fake.calls[0].result) == (4, "too many", None)


def test_fault_computed(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").fault(lambda call: (call.arguments[0], "first"))
    assert fault_of(proxy.add, 9, 1) == (9, "first")
    fake.reset()
    fake.on("add").fault(lambda call: xmlrpc.client.Fault(8, "second"))
    assert fault_of(proxy.add, 9, 1) == (8, "second")
    fake.reset()
    fake.register(lambda a, b: a + b, "add")
    fake.on("add").fault(lambda call: None)
    assert proxy.add(9, 1) == 10


def test_a_rule_for_a_method_that_is_not_registered(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("wp.getUsersBlogs").returns([])
    fake.on("other").fault(3, "x")
    assert proxy.wp.getUsersBlogs("ann", "secret") == []
    assert fault_of(proxy.other) == (3, "x")


@pytest.mark.parametrize(
    ("write", "error", "says"),
    [
        (lambda f: f.on("a").returns(object()), TypeError, "no such value"),
        (lambda f: f.on("a").returns({1: 2}), TypeError, "must be string"),
        (lambda f: f.on("a").returns(2**31), ValueError, "exceeds"),
        (lambda f: f.on("a").fault("x", "y"), TypeError, "number and a str"),
        (lambda f: f.on("a").fault(True, "y"), TypeError, "number and a str"),
        (lambda f: f.on("a").fault(2**31, "y"), ValueError, "32 bits"),
        (lambda f: f.on("a").fault(1, b"y"), TypeError, "number and a str"),
        (lambda f: f.on("a").xml(5), TypeError, "bytes"),
        (lambda f: f.on("a").malformed("unknown tg"), ValueError, "'unknown tag'"),
        (lambda f: f.on("a").malformed(5), ValueError, "known are"),
        (lambda f: f.on("a").malformed("nil", object()), TypeError, "no such value"),
        (lambda f: f.on("a").malformed("nil", vale=1), TypeError, "'value'"),
        (lambda f: f.on("connect").returns(1), ValueError, "nothing is called yet"),
        (lambda f: f.on("connect").fault(1), ValueError, "nothing is called yet"),
        (lambda f: f.on("connect").xml(b""), ValueError, "nothing is called yet"),
        (lambda f: f.on("connect").malformed("nil"), ValueError, "nothing is called yet"),
        (lambda f: f.on("connect", arguments=()), ValueError, "has called nothing"),
        (lambda f: f.on("a", arguments=[1]), TypeError, "tuple"),
        (lambda f: f.on("a", argument=1), TypeError, "'arguments'"),
        (lambda f: f.on("a b"), ValueError, "no such verb"),
        (lambda f: f.on("add "), ValueError, "no such verb"),
        (lambda f: f.on(""), ValueError, "no such verb"),
        (lambda f: f.on(5), TypeError, "a verb is a str"),
        (lambda f: f.on("transfer"), ValueError, "no such verb or phase"),
        (lambda f: f.on("tls"), ValueError, "no TLS"),
    ],
)
def test_bad_parameters(write: Write, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=re.escape(says)):
        write(FakeXMLRPC())


def test_none_is_a_value_where_it_is_allowed() -> None:
    with pytest.raises(TypeError, match="allow_none=True"):
        FakeXMLRPC().on("a").returns(None)
    FakeXMLRPC(allow_none=True).on("a").returns(None)


def test_methods_called_like_phases_and_odd_ones(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("connect", custom=True).returns(1)
    fake.on("message", custom=True).returns(2)
    fake.on("a b", custom=True).returns(3)
    assert (proxy.connect(), proxy.message(), getattr(proxy, "a b")()) == (1, 2, 3)


def test_a_callable_that_fails_reaches_the_test() -> None:
    fake = FakeXMLRPC().start()
    fake.on("a").returns(lambda call: 1 / 0)
    fake.on("b").fault(lambda call: "x")  # type: ignore[arg-type, return-value]
    for method, error in [("a", "ZeroDivisionError"), ("b", "give a Fault")]:
        with xmlrpc.client.ServerProxy(fake.url) as proxy, pytest.raises(OSError, match="closed"):
            getattr(proxy, method)()
        with pytest.raises(FakeFailure, match=error):
            fake.verify()
    fake.stop()


# --- xml and malformed


def test_xml(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").xml(b"\0raw").then.xml("é", "text/plain").then.xml(lambda call: call.verb)
    answers = []
    for _ in range(3):
        raw.call("add")
        head = raw.up_to(b"\r\n\r\n")
        size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        answers.append((b"text/xml" in head, raw.exactly(size)))
    assert answers == [(True, b"\0raw"), (False, "é".encode()), (True, b"add")]
    assert [(call.result, call.fault) for call in fake.calls] == [(None, None)] * 3


def test_malformed_has_a_value(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").malformed("two params", value={"a": 1})
    assert proxy.add(1, 2) == ({"a": 1}, {"a": 1})


def test_malformed_says_which_on_the_report(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").malformed("i8")
    assert proxy.add(1, 2) == 2**63 - 1
    assert "on('add').malformed('i8')" in str(fake.transcript)


# --- the effect


EFFECTS: list[tuple[str, Write, bool]] = [
    ("natural", lambda f: None, True),
    ("answer", lambda f: f.on("store").answer(), True),
    ("cut", lambda f: f.on("store").truncate(after=0), True),
    ("answered, and closed", lambda f: f.on("store").answer().close(), True),
    ("returns", lambda f: f.on("store").returns(1), True),
    ("returns, computed", lambda f: f.on("store").returns(lambda call: 1), True),
    ("returns and is cut", lambda f: f.on("store").returns(1).truncate(after=1), True),
    ("without_effect", lambda f: f.on("store").returns(1).without_effect(), False),
    ("fault", lambda f: f.on("store").fault(1, "x"), False),
    ("fault, computed", lambda f: f.on("store").fault(lambda call: (1, "x")), False),
    ("xml", lambda f: f.on("store").xml(b"x"), False),
    ("malformed", lambda f: f.on("store").malformed("two params"), False),
    ("raw", lambda f: f.on("store").raw(b"HTTP/1.1 200 OK\r\n\r\n").close(), False),
    ("close", lambda f: f.on("store").close(), False),
    ("reset", lambda f: f.on("store").reset(), False),
    ("HTTP: answer", lambda f: f.http.on("POST").answer(), True),
    ("HTTP: cut", lambda f: f.http.on("POST").truncate(after=0), True),
    ("HTTP: respond", lambda f: f.http.on("POST").respond(200, b"x"), False),
    ("HTTP: close", lambda f: f.http.on("POST").close(), False),
    ("both", lambda f: (f.http.on("POST").delay(0), f.on("store").fault(1)), False),
    ("both, cut", lambda f: (f.http.on("POST").truncate(9), f.on("store").returns(1)), True),
    ("twice", lambda f: f.on("store").answer().answer(), True),
]


@pytest.mark.parametrize(("name", "write", "called"), EFFECTS, ids=[row[0] for row in EFFECTS])
def test_what_is_called(fake: FakeXMLRPC, raw: Any, name: str, write: Write, called: bool) -> None:
    write(fake)
    raw.call("store", "x")
    with contextlib.suppress(OSError):  # the fake may have been faster
        raw.half_close()
    raw.rest()
    fake.settle()
    assert stored(fake) == ["x"] * called


def test_what_a_function_raises_is_dropped_where_a_rule_returns(
    fake: FakeXMLRPC, proxy: Any
) -> None:
    fake.on("add").returns(5)
    assert proxy.add("no", 1) == 5  # TypeError, if it were the answer
    assert fake.calls[0].result == 5


@pytest.mark.parametrize("level", ["call", "HTTP"])
def test_without_effect_there_is_no_natural_answer(level: str) -> None:
    """Its bytes are what the function returns: the rule must say what is sent."""
    fake = FakeXMLRPC().start()
    fake.register(len)
    if level == "call":
        fake.on("len").delay(0).without_effect()
    else:
        fake.http.on("POST").answer().without_effect()
    with xmlrpc.client.ServerProxy(fake.url) as proxy, pytest.raises(Exception, match="closed"):
        proxy.len("abc")
    fake.stop()
    with pytest.raises(FakeFailure, match=r"without_effect\(\)"):
        fake.verify()


# --- which calls


def test_which_calls_a_rule_is_for(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add", arguments=(1, 2)).returns("both")
    fake.on("add", "1, *").returns("pattern")
    fake.on("add", re.compile("'x'$")).returns("expression")
    fake.on("add", where=lambda call: len(call.arguments) == 3).returns("where")
    fake.on("*").returns("any")
    assert proxy.add(1, 2) == "both"
    assert proxy.add(1, 3) == "pattern"
    assert proxy.add(2, "x") == "expression"
    assert proxy.add(2, 2, 2) == "where"
    assert proxy.add(2, 2) == "any"
    assert proxy.system.listMethods() == "any"


def test_which_path_a_rule_is_for() -> None:
    with FakeXMLRPC(paths=("/a", "/b")) as fake:
        fake.register(lambda: "natural", "get")
        fake.on("get", path="/b").returns("rule")
        with (
            xmlrpc.client.ServerProxy(fake.url_for("/a")) as a,
            xmlrpc.client.ServerProxy(fake.url_for("/b")) as b,
        ):
            assert (a.get(), b.get()) == ("natural", "rule")


def test_how_often(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add").after(1).fault(1).once()
    assert proxy.add(1, 1) == 2
    assert fault_of(proxy.add, 1, 1)[0] == 1
    assert proxy.add(1, 1) == 2


# --- strictness


def test_a_rule_that_never_fired_fails(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add", arguments=(9, 9)).returns(1)
    fake.http.on("DELETE").respond(200)
    proxy.add(1, 2)
    with pytest.raises(FakeFailure) as caught:
        fake.verify()
    said = str(caught.value)
    assert "on('add', arguments=(9, 9)).returns(1)" in said
    assert "NOT arguments: (1, 2) is not (9, 9)" in said
    assert "on('DELETE').respond(200)" in said
    assert said.count("never fired") == 2
    fake.reset()


def test_a_rule_for_everything_is_complained_of_once(fake: FakeXMLRPC) -> None:
    fake.every().delay(0)
    fake.on("connect").delay(0)
    with pytest.raises(FakeFailure) as caught:
        fake.verify()
    assert str(caught.value).count("never fired") == 2
    fake.reset()


def test_not_strict() -> None:
    with FakeXMLRPC(strict=False) as fake:
        fake.on("add").returns(1)
        fake.http.on("GET").respond(404)


def test_a_call_that_http_answers_is_no_call(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.http.on("POST").respond(503)
    fake.on("add").returns(1).optional()
    with pytest.raises(xmlrpc.client.ProtocolError, match="503"):
        proxy.add(1, 2)
    assert fake.calls == []
    assert len(fake.http.requests) == 1


# --- phases


@pytest.mark.parametrize("level", ["call", "HTTP"])
def test_connections_are_steps_of_both(fake: FakeXMLRPC, connect: Any, level: str) -> None:
    (fake if level == "call" else fake.http).on("connect").delay(0.01).reset()
    assert connect(fake).rest()[1] == "rst"
    assert [step.verb for step in fake.steps] == ["connect"]


def test_rules_for_connections_are_tried_in_the_order_written(
    fake: FakeXMLRPC, connect: Any
) -> None:
    fake.http.on("connect").raw(b"one").close().once()
    fake.on("connect").raw(b"two").close().once()
    fake.http.on("connect").raw(b"three").close().once()
    assert [connect(fake).rest()[0] for _ in range(3)] == [b"one", b"two", b"three"]


def test_refuse(fake: FakeXMLRPC, connect: Any) -> None:
    fake.on("connect").refuse()
    with pytest.raises(ConnectionRefusedError):
        connect(fake)
    fake.reset()
    assert connect(fake).is_silent(0.01)


def test_handshakes_are_steps_of_both(connect: Any) -> None:
    pytest.importorskip("trustme")
    with FakeXMLRPC(tls="implicit") as fake:
        fake.on("tls").reset()
        client = ssl.create_default_context()
        client.check_hostname = False
        client.verify_mode = ssl.CERT_NONE
        with pytest.raises(OSError), socket.create_connection(fake.address, timeout=5) as plain:
            client.wrap_socket(plain)
        assert [step.verb for step in fake.steps] == ["connect", "tls"]


def test_cut_connections(fake: FakeXMLRPC, connect: Any) -> None:
    fake.cut_connections(after=20)
    client = connect(fake)
    client.call("add", 1, 2)
    assert client.rest() == (b"HTTP/1.1 200 OK\r\nCon", "fin")


def test_every(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.every().delay(0)
    assert proxy.add(1, 2) == 3
    assert str(fake.transcript).count("every().delay(0)") == 2  # the connection, and the call


def test_every_may_return_what_a_connection_does_not_ask(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.every().returns(5)
    assert proxy.add(1, 2) == 5


# --- shaping


def test_shaping_counts_the_bytes_of_the_xml(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").truncate(after=5)
    raw.call("add", 1, 2)
    assert b"Content-Length: 121\r\n" in raw.up_to(b"\r\n\r\n")
    assert raw.rest() == (b"<?xml", "fin")


def test_raw_is_all_that_is_sent(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").raw(lambda call: b"HTTP/1.1 200 Fine\r\n" + call.verb.encode())
    raw.call("add", 1, 2)
    assert raw.exactly(22) == b"HTTP/1.1 200 Fine\r\nadd"
    assert raw.is_silent(0.01)


def test_raw_ends_with_a_request_that_ends(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").raw(b"x")
    body = xmlrpc.client.dumps((), "add").encode()
    raw.post(body, Connection="close")
    assert raw.rest() == (b"x", "fin")


def test_ignore_goes_on(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").ignore().once()
    raw.call("add", 1, 2)
    raw.call("add", 1, 3)
    assert raw.outcome() == 4


def test_stop_ends_a_stall(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").stall()
    raw.call("add", 1, 2)
    fake.wait_until(lambda: fake.calls)
    fake.stop()
    assert raw.rest() == (b"", "fin")


# --- rules of both levels at one request


def test_http_spoils_what_a_call_answers(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").returns("scripted")
    fake.http.on("POST").truncate(after=70)
    raw.call("add", 1, 2)
    assert raw.rest()[0].endswith(b"<param>\n<value><string")
    assert fake.calls[0].result == "scripted"


def test_shaping_of_both(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").insert(b"[inner]", at=2)
    fake.http.on("POST").insert(b"[outer]", at=2)
    raw.call("add", 1, 2)
    raw.up_to(b"\r\n\r\n")
    assert raw.exactly(20).startswith(b"<?[outer][inner]xml")


def test_the_natural_answer_twice(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("store").returns(7)
    fake.http.on("POST").answer().answer()
    raw.call("store", "x")
    assert [raw.outcome(), raw.outcome()] == [7, 7]
    assert stored(fake) == ["x"]


@pytest.mark.parametrize(
    ("write", "how"),
    [
        (lambda rule: rule.reset(), "rst"),
        (lambda rule: rule.close(), "fin"),
        (lambda rule: rule.truncate(after=3), "fin"),
        (lambda rule: rule.truncate(after=3).reset(), "rst"),
        (lambda rule: rule.answer().half_close(), "fin"),
        (lambda rule: rule.answer().stall(0), "fin"),
        (lambda rule: rule.answer().stall(0).reset(), "rst"),
    ],
)
def test_endings_of_the_call_come_last(
    fake: FakeXMLRPC, raw: Any, write: Callable[[Any], object], how: str
) -> None:
    write(fake.on("add"))
    fake.http.on("POST").delay(0)
    raw.call("add", 1, 2)
    assert raw.rest()[1] == how


def test_an_ending_of_http_comes_first(fake: FakeXMLRPC, raw: Any) -> None:
    fake.on("add").answer().stall()
    fake.http.on("POST").answer().reset()
    raw.call("add", 1, 2)
    assert raw.rest()[1] == "rst"


@pytest.mark.parametrize("outer", [lambda rule: rule.delay(0), lambda rule: rule.insert(b"", 0)])
def test_pacing_of_the_call_is_kept(
    fake: FakeXMLRPC, raw: Any, outer: Callable[[Any], object]
) -> None:
    fake.on("add").drip(size=100, every=0)
    outer(fake.http.on("POST"))
    raw.call("add", 1, 2)
    assert raw.outcome() == 3
    sent = [event for event in fake.transcript if event.direction == "sent"]
    assert [len(event.data) for event in sent[:-1]] == [100] * (len(sent) - 1)
    assert len(sent) > 1


def test_a_wrong_request_under_an_http_rule(fake: FakeXMLRPC, raw: Any) -> None:
    fake.http.on("POST").delay(0)
    raw.post(b"no XML")
    code, text = raw.outcome()
    assert (code, "ExpatError" in text) == (1, True)


# --- the calls of a multicall


def multi(proxy: Any, *arguments: tuple[int, int]) -> Any:
    calls = xmlrpc.client.MultiCall(proxy)
    for pair in arguments:
        calls.add(*pair)
    return calls().results


def test_rules_answer_calls_in_a_multicall(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("add", arguments=(1, 1)).fault(4, "x")
    fake.on("add", arguments=(2, 2)).returns("y")
    fake.on("add", arguments=(3, 3)).delay(0)
    assert multi(proxy, (1, 1), (2, 2), (3, 3), (4, 4)) == [
        {"faultCode": 4, "faultString": "x"},
        ["y"],
        [6],
        [8],
    ]
    assert [call.result for call in fake.calls[1:]] == [None, "y", 6, 8]


def test_the_effect_in_a_multicall(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("store").returns(1).then.returns(2).without_effect().then.fault(3).once()
    calls = xmlrpc.client.MultiCall(proxy)
    for letter in "abcd":
        calls.store(letter)
    assert calls().results == [[1], [2], {"faultCode": 3, "faultString": ""}, [None]]
    assert stored(fake) == ["a", "d"]


@pytest.mark.parametrize(
    ("write", "how"), [(lambda rule: rule.reset(), "rst"), (lambda rule: rule.close(), "fin")]
)
def test_an_ending_in_a_multicall_ends_all(
    fake: FakeXMLRPC, raw: Any, write: Callable[[Any], object], how: str
) -> None:
    write(fake.on("add"))
    one = {"methodName": "store", "params": ["x"]}
    two = {"methodName": "add", "params": [1, 2]}
    raw.call("system.multicall", [one, two, one])
    assert raw.rest() == (b"", how)
    assert stored(fake) == ["x"]


def test_any_is_the_multicall_and_not_what_is_in_it(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.on("*").answer()
    fake.every().answer()
    assert multi(proxy, (1, 2)) == [[3]]
    assert str(fake.transcript).count("rule:") == 2  # the connection, and the multicall


@pytest.mark.parametrize(
    "write",
    [
        lambda rule: rule.truncate(after=3),
        lambda rule: rule.drip(),
        lambda rule: rule.raw(b"x"),
        lambda rule: rule.xml(b"x"),
        lambda rule: rule.malformed("nil"),
        lambda rule: rule.ignore(),
        lambda rule: rule.returns(1).returns(2),
    ],
)
def test_what_cannot_be_done_in_a_multicall_raises(write: Callable[[Any], object]) -> None:
    fake = FakeXMLRPC().start()
    fake.register(lambda a, b: a + b, "add")
    write(fake.on("add"))
    with xmlrpc.client.ServerProxy(fake.url) as proxy, pytest.raises(Exception, match="closed"):
        multi(proxy, (1, 2))
    fake.stop()
    with pytest.raises(FakeFailure, match="has no HTTP answer of its own"):
        fake.verify()


def test_multicalls_in_each_other_with_rules(fake: FakeXMLRPC, raw: Any) -> None:
    """As deep as they may be: that many rules are at work at once."""
    fake.on("system.multicall").delay(0)
    fake.http.on("POST").delay(0)
    call: dict[str, Any] = {"methodName": "add", "params": [1, 2]}
    for _ in range(40):
        call = {"methodName": "system.multicall", "params": [[call]]}
    raw.call("system.multicall", [call])
    assert raw.outcome()[0] != -32600
    assert fake.commands == ["system.multicall"] * 41 + ["add"]


def test_a_multicall_under_an_http_rule(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.http.on("POST").delay(0)
    fake.on("add").returns(5)
    assert multi(proxy, (1, 2)) == [[5]]
