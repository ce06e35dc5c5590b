"""What counts as done, as brought back, and as told in the clear."""

import asyncio
import base64
import ftplib
import io
import smtplib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakefarm.contract import standard
from fakefarm.contract.printed import Printed


def sending(*content: Callable[[bytes], bytes], to: str = "bob@example.com") -> Callable[..., None]:
    """A client that sends several messages, made of the one that it is to send."""

    def send(target: Any) -> None:
        with smtplib.SMTP(target.host, target.port, timeout=5) as client:
            for number, each in enumerate(content):
                recipient = to.format(number)
                client.sendmail("ann@example.com", [recipient], each(target.content))

    return send


def whole(content: bytes) -> bytes:
    return content


def head(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[0] + b"\r\n"


def cut(content: bytes) -> bytes:
    return content[:-20]


def empty(content: bytes) -> bytes:
    return b""


def rewritten(content: bytes) -> bytes:
    body = base64.encodebytes(content.partition(b"\r\n\r\n")[2])
    return b"Subject: =?utf-8?q?mine?=\nContent-Transfer-Encoding: base64\n\n" + body


MESSAGES = [
    (sending(whole), "kept"),
    (sending(rewritten), "kept"),
    (sending(whole, whole), "duplicated"),
    (sending(whole, whole, to="bob{}@example.com"), "kept"),  # to each on its own
    (sending(cut, whole), "kept"),
    (sending(head), "lied"),
    (sending(cut), "lied"),
    (sending(empty), "lied"),
]


@pytest.mark.parametrize(("client", "word"), MESSAGES)
def test_messages(case: Any, client: Any, word: str) -> None:
    assert case("smtp", "send", "succeeds").check(send=client).word == word


def parts(*commands: str) -> Callable[[Any], None]:
    """A client that uploads a part with each command; all of it if there is one command."""

    def upload(target: Any) -> None:
        half = len(target.content) // len(commands)
        with ftplib.FTP(timeout=5) as client:
            client.connect(target.host, target.port)
            client.login()
            for number, command in enumerate(commands):
                is_last = number == len(commands) - 1
                piece = target.content[number * half : None if is_last else half]
                rest = half if command == "STOR" and number else None
                client.storbinary(f"{command} {target.name}", io.BytesIO(piece), rest=rest)

    return upload


@pytest.mark.parametrize("commands", [("STOR",), ("STOR", "APPE"), ("STOR", "STOR")])
def test_an_upload_in_parts(case: Any, commands: tuple[str, ...]) -> None:
    assert case("ftp", "upload", "succeeds").check(upload=parts(*commands)).word == "kept"


def test_an_upload_without_its_end(case: Any) -> None:
    def upload(target: Any) -> None:
        target.content = target.content[:-1]
        parts("STOR", "APPE")(target)

    assert case("ftp", "upload", "either").check(upload=upload).word == "lied"


def lines(target: Any) -> Iterator[bytes]:
    yield b"one"
    raise OSError("it has gone")


# An operation, what the client brings back, and the verdict where it has to fail.
BROUGHT = [
    ("http", "get", lambda target: Path("no/such/file"), "lied"),
    ("http", "get", lambda target: "\ud800", "lied"),
    ("http", "get", lambda target: bytearray(), "lied"),
    ("http", "get", lines, "kept"),  # it fails while it is read
    ("xmlrpc", "call", lambda target: None, "kept"),
    ("xmlrpc", "call", lambda target: {}, "lied"),
    ("imap", "fetch", lambda target: [], "kept"),
    ("imap", "fetch", lambda target: b"", "lied"),
]


@pytest.mark.parametrize(("protocol", "operation", "client", "word"), BROUGHT)
def test_what_cannot_be(case: Any, protocol: str, operation: str, client: Any, word: str) -> None:
    verdict = case(protocol, operation, "fails").check(**{operation: client})
    assert verdict.word == word, str(verdict)


def test_none_for_a_value_is_a_failure(case: Any) -> None:
    assert case("xmlrpc", "call", "succeeds").check(call=lambda target: None).word == "failed"


def test_what_is_never_read_to_its_end_hangs(case: Any) -> None:
    def for_ever(target: Any) -> Iterator[bytes]:
        with socket.create_connection(target.fake.address) as sock:
            yield sock.recv(1)  # nothing comes before it has asked

    verdict = case("http", "get", "either").check(get=for_ever, deadline=0.1)
    assert verdict.word == "hung"


def test_names_in_bytes(case: Any) -> None:
    names = [b"file.bin", b"notes.txt", b"/with space.txt"]
    assert case("ftp", "list", "succeeds").check(list=lambda target: names).kept
    assert case("dns", "resolve", "succeeds").check(resolve=lambda target: [b"192.0.2.7"]).kept


def early(target: Any) -> None:
    """Tells its password, and then asks for TLS."""
    with smtplib.SMTP(target.host, target.port, timeout=5) as client:
        client.ehlo()
        client.user, client.password = target.user, target.password
        client.auth("PLAIN", client.auth_plain)
        client.starttls(context=standard.context(target))
        client.sendmail("ann@example.com", ["bob@example.com"], target.content)


def for_another(target: Any) -> None:
    """Logs in for somebody else (RFC 4616), in the clear."""
    with smtplib.SMTP(target.host, target.port, timeout=5) as client:
        client.ehlo()
        said = f"somebody\0{target.user}\0{target.password}"
        client.docmd("AUTH PLAIN", base64.b64encode(said.encode()).decode().rstrip("="))
        client.sendmail("ann@example.com", ["bob@example.com"], target.content)


@pytest.mark.parametrize(
    ("client", "word"), [(early, "leaked"), (for_another, "leaked"), (standard.send, "kept")]
)
def test_who_tells_the_password_in_the_clear(case: Any, client: Any, word: str) -> None:
    secure = case("smtp", "send", "succeeds", arguments={"tls": "starttls"})
    assert secure.check(send=client).word == word


@pytest.mark.parametrize(
    ("printed", "value", "says"),
    [
        (b"5\n", 5, True),
        (b"-5", -5, True),
        (b"5x", 5, False),
        (b"", 5, False),
        (b"five\r\n", "five", True),
        (b'"five"', "five", True),
        (b"caf\xc3\xa9\n", "caf\xe9", True),
        (b"hello \n", b"hello ", True),
    ],
)
def test_what_a_program_says(printed: bytes, value: Any, says: bool) -> None:
    assert Printed(printed).says(value) is says


async def coroutine(target: Any) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"send": None}, TypeError, "send=None: give a callable"),
        ({"send": coroutine}, TypeError, r"asyncio\.run"),
        ({"send": print, "sned": print}, TypeError, "no such operation as sned=; give send="),
        ({"send": print, "timeout": 3}, TypeError, "no such operation as timeout="),
        ({"send": print, "deadline": 0}, ValueError, "deadline=0: give a number over 0"),
    ],
)
def test_mistakes(case: Any, arguments: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        case("smtp", "send", "fails").check(**arguments)
