"""Clients of others: a whole conversation, and a failure that each has to tell of."""

import shutil
import subprocess
import sys
import warnings
import xmlrpc.client
from typing import Any

import pytest

from fakefarm import FakeXMLRPC

# --- aiohttp-xmlrpc


@pytest.fixture
def aiohttp_xmlrpc() -> Any:
    """The library: what it warns of when it is imported is its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("aiohttp_xmlrpc.client", reason="aiohttp-xmlrpc is not there")


async def asked(module: Any, url: str, method: str, *arguments: Any) -> Any:
    client = module.ServerProxy(url)
    try:
        return await getattr(client, method)(*arguments)
    finally:
        await client.close()


@pytest.mark.asyncio
async def test_aiohttp_xmlrpc(fake: FakeXMLRPC, aiohttp_xmlrpc: Any) -> None:
    fake.register(lambda x: x, "echo")
    value = {"a": [1, -1.5, True, "é<&>"], "b": {"c": None}}
    assert await asked(aiohttp_xmlrpc, fake.url, "echo", value) == value
    assert await asked(aiohttp_xmlrpc, fake.url, "add", 2, 3) == 5
    assert "add" in await asked(aiohttp_xmlrpc, fake.url, "system.listMethods")
    assert fake.commands == ["echo", "add", "system.listMethods"]


# It checks answers against a schema, and says no more than that one is wrong.
NO_XML = ["empty", "not XML", "HTML page", "cut", "junk after", "control character"]
INVALID = ["unknown tag", "bad boolean", "invalid int", "two params", "fault not a struct", "i8"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "error"),
    [*((name, "XMLSyntaxError") for name in NO_XML), *((name, "ValueError") for name in INVALID)],
)
async def test_aiohttp_xmlrpc_and_wrong_answers(
    fake: FakeXMLRPC, aiohttp_xmlrpc: Any, name: str, error: str
) -> None:
    fake.on("add").malformed(name)
    with pytest.raises(Exception, match=r"line|Invalid body") as caught:
        await asked(aiohttp_xmlrpc, fake.url, "add", 2, 3)
    assert type(caught.value).__name__ == error
    assert len(fake.calls) == 1


@pytest.mark.asyncio
async def test_aiohttp_xmlrpc_and_faults(fake: FakeXMLRPC, aiohttp_xmlrpc: Any) -> None:
    fake.on("add").fault(4, "too many")
    with pytest.raises(Exception, match="too many"):
        await asked(aiohttp_xmlrpc, fake.url, "add", 2, 3)
    fake.http.on("POST").respond(503)
    with pytest.raises(Exception, match="503"):
        await asked(aiohttp_xmlrpc, fake.url, "add", 2, 3)


# --- commands of xmlrpc-c


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    name = shutil.which(words[0])
    if name is None:
        pytest.skip(f"there is no command {words[0]} here")
    return subprocess.run(
        [name, *words[1:]], capture_output=True, text=True, timeout=20, check=False
    )


def test_xmlrpc(fake: FakeXMLRPC) -> None:
    done = command("xmlrpc", fake.url, "add", "i/2", "i/3")
    assert (done.returncode, "5" in done.stdout) == (0, True)
    assert fake.calls[0].arguments == (2, 3)


def test_xmlrpc_and_a_fault(fake: FakeXMLRPC) -> None:
    fake.on("add").fault(4, "too many").optional()
    done = command("xmlrpc", fake.url, "add", "i/2", "i/3")
    assert (done.returncode != 0, "too many" in done.stderr) == (True, True)


def test_xml_rpc_api2txt(fake: FakeXMLRPC) -> None:
    """Perl's Frontier::Client. The signatures are scripted: there are none of Python functions."""
    fake.on("system.methodSignature").returns([["int", "int", "int"]]).optional()
    fake.on("system.methodHelp").returns("What it does.").optional()
    done = command("xml-rpc-api2txt", fake.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "int add (int, int)" in done.stdout
    assert "What it does." in done.stdout


def test_xml_rpc_api2txt_and_no_signatures(fake: FakeXMLRPC) -> None:
    """What the standard library's server answers is a string, and the program ends with it."""
    done = command("xml-rpc-api2txt", fake.url)
    assert done.returncode != 0
    assert "signatures not supported" in done.stderr


def test_xml_rpc_api2cpp(fake: FakeXMLRPC) -> None:
    """The C++ client of xmlrpc-c."""
    fake.register(pow, "math.pow")
    fake.on("system.methodSignature").returns([["int", "int", "int"]]).optional()
    done = command("xml-rpc-api2cpp", fake.url, "math", "Math")
    assert done.returncode == 0
    assert 'call("math.pow", params)' in done.stdout


def test_xml_rpc_api2cpp_and_a_wrong_answer(fake: FakeXMLRPC) -> None:
    fake.on("*").malformed("unknown tag").optional()
    done = command("xml-rpc-api2cpp", fake.url, "math", "Math")
    assert done.returncode != 0
    assert "colour" in done.stderr


# --- the client of the standard library, in a program of its own


def test_the_program_of_xmlrpc_client(fake: FakeXMLRPC) -> None:
    """With the verbose switch, as people look for what is wrong."""
    program = (
        "import sys, xmlrpc.client\n"
        "with xmlrpc.client.ServerProxy(sys.argv[1], verbose=True) as proxy:\n"
        "    print(proxy.add(2, 3))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, fake.url],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert done.stdout.endswith("5\n")


def test_headers_of_ones_own(fake: FakeXMLRPC) -> None:
    with xmlrpc.client.ServerProxy(fake.url, headers=[("X-Token", "t")]) as proxy:
        assert proxy.add(2, 3) == 5
    assert fake.calls[0].request.headers["X-Token"] == "t"
