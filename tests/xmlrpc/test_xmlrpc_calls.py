"""What a well-behaved server does, and what a test reads of it."""

import datetime
import gzip
import http.client
import xmlrpc.client
from typing import Any
from urllib.request import urlopen

import pytest

from fakefarm import Call, FakeXMLRPC, Request
from fakefarm.xmlrpc.commands import GZIP_OVER, METHODS

SYSTEM = sorted(METHODS)


def fault_of(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        call(*arguments)
    return caught.value.faultCode, caught.value.faultString


# --- registering


def test_register_is_a_decorator_too(fake: FakeXMLRPC, proxy: Any) -> None:
    @fake.register
    def twice(n: int) -> int:
        return 2 * n

    @fake.register(name="math.half")
    def half(n: int) -> float:
        return n / 2

    assert (twice(2), half(3)) == (4, 1.5)
    assert (proxy.twice(2), proxy.math.half(3)) == (4, 1.5)
    assert fake.register(pow) is pow
    assert proxy.pow(2, 3) == 8


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("add",), TypeError, "can be called"),
        ((lambda: 1,), TypeError, "give a name"),
        ((pow, 5), TypeError, "give a name"),
    ],
)
def test_what_cannot_be_registered(arguments: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        FakeXMLRPC().register(*arguments)


class Shelf:
    def count(self, per_row: int) -> int:
        return 4 * per_row

    def _burn(self) -> None:
        raise RuntimeError


class Library:
    shelf = Shelf()

    def titles(self) -> list[str]:
        """All of them."""
        return ["one", "two"]

    def _secret(self) -> str:
        return "secret"


class Dispatching:
    def _dispatch(self, method: str, arguments: Any) -> list[Any]:
        return [method, list(arguments)]

    def _listMethods(self) -> list[str]:
        return ["any.thing"]

    def _methodHelp(self, method: str) -> str:
        return f"help of {method}"

    def _get_method_argstring(self, method: str) -> str:
        return "(<any>)"


def test_an_instance(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.register_instance(Library())
    assert proxy.titles() == ["one", "two"]
    assert "not supported" in fault_of(proxy._secret)[1]
    assert "not supported" in fault_of(proxy.shelf.count, 1)[1]
    assert proxy.add(1, 2) == 3
    fake.register(lambda: "function", "titles")
    assert proxy.titles() == "function"


def test_dotted_names(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.register_instance(Library(), allow_dotted_names=True)
    assert proxy.shelf.count(2) == 8
    assert "not supported" in fault_of(proxy.shelf._burn)[1]
    assert "not supported" in fault_of(proxy.titles.__self__)[1]


def test_an_instance_that_dispatches(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.register_instance(Dispatching())
    assert proxy.any.thing(1, "b") == ["any.thing", [1, "b"]]
    assert "any.thing" in proxy.system.listMethods()
    assert proxy.system.methodHelp("any.thing") == "help of any.thing"


# --- the methods that are always there


def test_introspection(fake: FakeXMLRPC, proxy: Any) -> None:
    @fake.register
    def documented() -> int:
        """What it says."""
        return 1

    assert proxy.system.listMethods() == sorted(["add", "store", "documented", *SYSTEM])
    assert proxy.system.methodHelp("documented") == "What it says."
    assert proxy.system.methodHelp("nope") == ""
    assert proxy.system.methodSignature("add") == "signatures not supported"


def test_multicall(fake: FakeXMLRPC, proxy: Any) -> None:
    calls = xmlrpc.client.MultiCall(proxy)
    calls.add(1, 2)
    calls.store("x")
    calls.nope()
    calls.add(3, 4)
    results = calls().results
    assert results[:2] == [[3], [None]]
    assert results[2]["faultCode"] == 1
    assert results[3] == [7]
    assert fake.__dict__["stored"] == ["x"]
    whole, *inner = fake.calls
    assert (whole.method, whole.in_multicall) == ("system.multicall", False)
    assert [(call.method, call.arguments, call.result) for call in inner] == [
        ("add", (1, 2), 3),
        ("store", ("x",), None),
        ("nope", (), None),
        ("add", (3, 4), 7),
    ]
    assert all(call.in_multicall and call.request is whole.request for call in inner)
    assert inner[2].fault is not None
    assert whole.result == results


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ([5], "subscriptable"),
        ([{"methodName": "add"}], "params"),
        ([{"params": []}], "methodName"),
        (5, "iterable"),
    ],
)
def test_multicalls_that_are_none(proxy: Any, argument: Any, says: str) -> None:
    assert says in fault_of(proxy.system.multicall, argument)[1]


def test_calls_in_a_multicall_that_are_none(fake: FakeXMLRPC, proxy: Any) -> None:
    odd = [
        {"methodName": 5, "params": []},
        {"methodName": "add", "params": 5},
        {"methodName": ["add"], "params": []},
    ]
    assert [one["faultCode"] for one in proxy.system.multicall(odd)] == [1, 1, 1]
    assert fake.commands == ["system.multicall"]


def test_a_multicall_in_a_multicall(fake: FakeXMLRPC, proxy: Any) -> None:
    inner = {
        "methodName": "system.multicall",
        "params": [[{"methodName": "add", "params": [1, 2]}]],
    }
    assert proxy.system.multicall([inner]) == [[[[3]]]]
    assert fake.commands == ["system.multicall", "system.multicall", "add"]


def test_a_multicall_without_arguments(proxy: Any) -> None:
    assert "missing 1 required" in fault_of(proxy.system.multicall)[1]


def test_a_multicall_of_ones_own(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.register(len, "system.multicall")
    assert proxy.system.multicall([1, 2, 3]) == 3
    assert fake.commands == ["system.multicall"]


# --- values


VALUES = [
    *(True, 0, -(2**31), 2**31 - 1, 1.5, "", "é<&>\n", [], [1, ["a", []]], {}),
    *({"a": {"b": [1]}}, {"": 1, "é": 2}, None),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_go_there_and_back(fake: FakeXMLRPC, proxy: Any, value: Any) -> None:
    fake.register(lambda x: x, "echo")
    assert proxy.echo(value) == value
    (call,) = fake.calls
    assert call.arguments == (value,)
    assert call.result == value


@pytest.mark.parametrize("builtin", [False, True])
def test_use_builtin_types(builtin: bool) -> None:
    moment = datetime.datetime(2024, 2, 29, 12, 34, 56)
    with FakeXMLRPC(use_builtin_types=builtin) as fake:
        fake.register(lambda when, data: True, "keep")
        with xmlrpc.client.ServerProxy(fake.url) as proxy:
            assert proxy.keep(moment, b"\0\xff")
        when, data = fake.calls[0].arguments
    if builtin:
        assert (when, data) == (moment, b"\0\xff")
    else:
        assert (type(when), type(data)) == (xmlrpc.client.DateTime, xmlrpc.client.Binary)
        assert (when, data) == (moment, b"\0\xff")


def test_none_must_be_allowed() -> None:
    with FakeXMLRPC() as fake:
        fake.register(lambda: None, "nothing")
        with xmlrpc.client.ServerProxy(fake.url) as proxy:
            code, text = fault_of(proxy.nothing)
    assert (code, "allow_none" in text) == (1, True)
    assert fake.calls[0].result is None
    assert fake.calls[0].fault is not None
    assert "allow_none" in fake.calls[0].fault.faultString


# --- what functions raise


def test_an_exception_is_a_fault(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.register(int, "int")
    code, text = fault_of(proxy.int, "x")
    assert code == 1
    assert text.startswith("<class 'ValueError'>:invalid literal")
    assert fake.calls[0].fault is not None
    assert fake.calls[0].fault.faultString == text


def test_a_fault_is_itself(fake: FakeXMLRPC, proxy: Any) -> None:
    def refuse() -> None:
        raise xmlrpc.client.Fault(42, "no")

    fake.register(refuse)
    assert fault_of(proxy.refuse) == (42, "no")


class Stop(BaseException):
    pass


@pytest.mark.parametrize("error", [AssertionError("in a function"), Stop("now")])
def test_what_only_a_test_raises_reaches_it(error: BaseException) -> None:
    def fail() -> None:
        raise error

    fake = FakeXMLRPC().start()
    fake.register(fail)
    with xmlrpc.client.ServerProxy(fake.url) as proxy:
        assert str(error) in fault_of(proxy.fail)[1]
    fake.stop()
    with pytest.raises(AssertionError, match=str(error)):
        fake.verify()
    assert fake.errors == [error]
    assert str(error) in str(fake.transcript)


# --- paths


def test_paths() -> None:
    with FakeXMLRPC(paths=["/a", "/b"]) as fake:
        fake.register(lambda: "both", "where")
        fake.register(lambda: "b", "only", path="/b")
        fake.register_instance(Library(), path="/a")
        assert fake.url == fake.http.url + "/a"
        assert fake.url_for("/b") == fake.http.url + "/b"
        with (
            xmlrpc.client.ServerProxy(fake.url_for("/a")) as a,
            xmlrpc.client.ServerProxy(fake.url_for("/b")) as b,
        ):
            assert (a.where(), b.where()) == ("both", "both")
            assert b.only() == "b"
            assert "not supported" in fault_of(a.only)[1]
            assert a.titles() == ["one", "two"]
            assert "only" not in a.system.listMethods()
        assert [call.path for call in fake.calls[:3]] == ["/a", "/b", "/b"]


@pytest.mark.parametrize(
    ("paths", "error"),
    [("/a", TypeError), (["a"], ValueError), ([], ValueError), ([5], ValueError), (5, TypeError)],
)
def test_what_is_no_path(paths: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="paths"):
        FakeXMLRPC(paths=paths)


def test_a_name_may_be_odd_if_it_is_given(raw: Any, fake: FakeXMLRPC) -> None:
    fake.register(lambda: 5, "<five>")
    raw.call("&lt;five&gt;")
    assert raw.outcome() == 5


def test_a_path_that_is_none_of_them() -> None:
    fake = FakeXMLRPC()
    for use in (
        lambda: fake.register(pow, path="/RPC3"),
        lambda: fake.register_instance(Library(), path="/RPC3"),
        lambda: fake.on("pow", path="/RPC3"),
        lambda: fake.url_for("/RPC3"),
    ):
        with pytest.raises(ValueError, match="'/RPC2'"):
            use()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/other", 404),
        ("GET", "/other", 404),
        ("PUT", "/RPC2", 405),
        ("DELETE", "/", 405),
    ],
)
def test_what_is_not_for_it(
    raw: Any, fake: FakeXMLRPC, method: str, path: str, status: int
) -> None:
    raw.send(f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode())
    assert raw.answer()[0] == status
    with pytest.raises(AssertionError, match=f"{method} {path} matched no rule"):
        fake.verify()
    fake.reset()


def test_a_query_does_not_matter(raw: Any, fake: FakeXMLRPC) -> None:
    raw.call("add", 1, 2, path="/RPC2?token=x")
    assert raw.outcome() == 3
    assert fake.calls[0].request.query == {"token": "x"}


# --- gzip


def test_a_request_with_gzip(fake: FakeXMLRPC) -> None:
    class Transport(xmlrpc.client.Transport):
        encode_threshold = 10

    with xmlrpc.client.ServerProxy(fake.url, transport=Transport()) as proxy:
        assert proxy.add("a" * 5000, "b") == "a" * 5000 + "b"
    (call,) = fake.calls
    assert call.request.headers["Content-Encoding"] == "gzip"
    assert len(call.request.body) < 500
    assert call.content.count(b"a") > 5000


@pytest.mark.parametrize(
    ("size", "accepts", "coded"),
    [(GZIP_OVER, "gzip", True), (10, "gzip", False), (GZIP_OVER, "identity", False)],
)
def test_an_answer_with_gzip(
    raw: Any, fake: FakeXMLRPC, size: int, accepts: str, coded: bool
) -> None:
    fake.register(lambda: "x" * size, "get")
    body = xmlrpc.client.dumps((), "get").encode()
    raw.post(body, Accept_Encoding=accepts)
    head = raw.up_to(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    data = raw.exactly(length)
    assert (b"Content-Encoding: gzip\r\n" in head) == coded
    data = gzip.decompress(data) if coded else data
    assert xmlrpc.client.loads(data)[0] == ("x" * size,)


def test_both_ways_with_the_client(fake: FakeXMLRPC, proxy: Any) -> None:
    assert proxy.add("x" * 9999, "") == "x" * 9999
    assert b"Content-Encoding: gzip" in fake.transcript.sent()


# --- users


def test_users(connect: Any) -> None:
    with FakeXMLRPC(users={"ann": "secret"}) as fake:
        fake.register(pow)
        with xmlrpc.client.ServerProxy(fake.url) as proxy:
            with pytest.raises(xmlrpc.client.ProtocolError, match="401"):
                proxy.pow(2, 3)
            fake.on("pow").returns(5).once()
            assert proxy.pow(2, 3) == 5  # what a rule says needs none
        with pytest.raises(Exception, match="401"):
            urlopen(fake.url)
        named = fake.url.replace("http://", "http://ann:secret@")
        with xmlrpc.client.ServerProxy(named) as proxy:
            assert proxy.pow(2, 3) == 8
        assert [call.request.user for call in fake.calls] == [None, None, "ann"]
        client = connect(fake)
        client.post(b"no XML")
        assert client.answer()[0] == 401


# --- the page


def page(fake: FakeXMLRPC, path: str = "/RPC2") -> str:
    with urlopen(fake.http.url_for(path), timeout=5) as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return str(answer.read().decode())


def test_the_page_for_browsers(fake: FakeXMLRPC) -> None:
    @fake.register(name="a<b")
    def compare(a: int, b: "int | str" = "<&>") -> bool:
        """Whether a < b & "so on"."""
        return False

    fake.register(dict, "odd")
    text = page(fake)
    assert text.startswith("<!DOCTYPE html>")
    assert (
        "<strong>a&lt;b</strong>(a: int, b: &#x27;int | str&#x27; = &#x27;&lt;&amp;&gt;&#x27;)"
        in text
    )
    assert "Whether a &lt; b &amp; &quot;so on&quot;." in text
    assert "<strong>odd</strong>(...)" in text
    for name, method in METHODS.items():
        assert f"<strong>{name}</strong>{method.arguments}</code>" in text
    assert fake.calls == []


def test_the_page_of_an_instance(fake: FakeXMLRPC) -> None:
    fake.register_instance(Dispatching())
    assert "<strong>any.thing</strong>(&lt;any&gt;)" in page(fake)
    fake.register_instance(Library())
    assert "<strong>titles</strong>() -&gt; list[str]" in page(fake)
    assert "All of them." in page(fake)


def test_the_page_escapes_its_path_and_has_no_surrogates() -> None:
    with FakeXMLRPC(paths=["/<b>"]) as fake:
        fake.register(pow, "half\udc80")
        text = page(fake, "/%3Cb%3E")
    assert "<title>XML-RPC at /&lt;b&gt;</title>" in text
    assert "<b>" not in text
    assert "half?" in text


def test_head_of_the_page(fake: FakeXMLRPC) -> None:
    connection = http.client.HTTPConnection(*fake.address, timeout=5)
    connection.request("HEAD", "/RPC2")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()


# --- what a test reads


def test_calls_and_steps(fake: FakeXMLRPC, proxy: Any) -> None:
    proxy.add(2, 3)
    (call,) = fake.calls
    assert isinstance(call, Call)
    assert isinstance(call.request, Request)
    assert (call.verb, call.method, call.arguments) == ("add", "add", (2, 3))
    assert (call.argument, call.path, call.connection) == ("2, 3", "/RPC2", 1)
    assert (call.result, call.fault, call.line) == (5, None, b"POST /RPC2 HTTP/1.1")
    assert call.content == call.request.body
    assert not call.is_phase
    assert [step.verb for step in fake.steps] == ["connect", "add"]
    assert fake.commands == ["add"]
    assert [step.verb for step in fake.http.steps] == ["connect", "POST"]
    assert "add(2, 3)" in repr(call)


def test_an_observer_is_told_of_calls_and_connections(fake: FakeXMLRPC, proxy: Any) -> None:
    told: list[str] = []
    fake.observe(lambda step: told.append(step.verb))
    proxy.add(2, 3)
    assert told == ["connect", "add"]


def test_a_method_that_is_called_like_a_phase(fake: FakeXMLRPC, proxy: Any) -> None:
    fake.register(lambda: 1, "connect")
    assert proxy.connect() == 1
    assert fake.commands == ["connect"]


def test_wait_until_and_settle(fake: FakeXMLRPC, raw: Any) -> None:
    raw.call("add", 2, 3)
    fake.wait_until(lambda: fake.calls and fake.calls[0].result == 5)
    raw.close()
    fake.settle()
    assert fake.connections[0].ended_by == "client"
    fake.http.settle()


def test_a_method_that_does_not_exist_is_no_complaint(fake: FakeXMLRPC, proxy: Any) -> None:
    assert fault_of(proxy.nope) == (1, "<class 'Exception'>:method \"nope\" is not supported")
    fake.verify()


def test_reset_forgets_and_keeps_the_port(fake: FakeXMLRPC, proxy: Any) -> None:
    proxy.add(1, 2)
    fake.on("add").fault(1)
    fake.http.on("GET").respond(500)
    address = fake.address
    fake.reset()
    assert (fake.calls, fake.steps, fake.http.requests, fake.address) == ([], [], [], address)
    assert "not supported" in fault_of(proxy.add)[1]
    fake.http.reset()
    assert fake.calls == []
    assert len(fake.transcript) == 0


def test_stop_and_start_again(fake: FakeXMLRPC) -> None:
    fake.stop()
    fake.stop()
    fake.start()
    with xmlrpc.client.ServerProxy(fake.url) as proxy:
        assert proxy.add(1, 2) == 3


def test_settings_are_those_of_the_http_below() -> None:
    fake = FakeXMLRPC(timeout=7, max_message_size=8, strict=False, users={"a": "b"}, seed=3)
    http = fake.http
    assert (http.timeout, http.max_message_size, http.strict, http.users) == (
        7,
        8,
        False,
        {"a": "b"},
    )
    fake.timeout = 9
    http.max_message_size = 10
    assert (http.timeout, fake.max_message_size) == (9, 10)
    assert fake.seed == http.seed == 3
    assert fake.transcript is http.transcript
    assert "not started" in repr(fake)


def test_wrong_arguments_name_the_right_ones() -> None:
    with pytest.raises(TypeError, match="allow_none"):
        FakeXMLRPC(allow_nil=True)  # type: ignore[call-arg]


def test_over_tls() -> None:
    pytest.importorskip("trustme")
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with FakeXMLRPC(tls="implicit") as fake:
        fake.register(pow)
        assert fake.url.startswith("https://")
        with xmlrpc.client.ServerProxy(fake.url, context=context) as proxy:
            assert proxy.pow(2, 3) == 8
        assert fake.connections[0].tls is not None
