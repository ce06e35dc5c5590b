"""A good conversation, cut after every byte."""

import smtplib
import urllib.request
from typing import Any

import pytest
from raw_client import RawClient, connecting

from fakefarm import BrokenContract, FakeSMTP, truncate_everywhere


def send(target: Any) -> None:
    with smtplib.SMTP(target.host, target.port, timeout=5) as client:
        client.sendmail("ann@example.com", ["bob@example.com"], target.content)


def get(target: Any) -> bytes:
    with urllib.request.urlopen(target.url, timeout=5) as answer:
        return answer.read()


def get_what_there_is(target: Any) -> bytes:
    with urllib.request.urlopen(target.url, timeout=5) as answer:
        return b"".join(iter(lambda: answer.read(500), b""))


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("after", [0, 1, 4, 41, 42, 60])
def test_where_it_is_cut(after: int, how: str) -> None:
    with connecting(RawClient) as connect, FakeSMTP(strict=False) as fake:
        client = connect(fake.address)
        client.send(b"EHLO a\r\nNOOP\r\n")
        client.half_close()
        sent = client.rest()[0]
        fake.reset()
        fake.cut_connections(after, how)
        client = connect(fake.address)
        if after > sent.index(b"\n") + 1:  # else the connection may be gone before this is sent
            client.send(b"EHLO a\r\nNOOP\r\n")
        assert client.rest() == (sent[:after], how)
        client.close()
        fake.settle()
        assert (fake.connections[0].ended_by, fake.connections[0].ended_how) == ("script", how)
        fake.reset()
        client = connect(fake.address)
        client.half_close()
        assert client.rest()[0].startswith(b"220 ")


@pytest.mark.parametrize(("after", "how"), [(-1, "fin"), (1.5, "fin"), (3, "tcp")])
def test_bad_cuts(after: Any, how: str) -> None:
    with pytest.raises(ValueError, match=r"after=|how="):
        FakeSMTP().cut_connections(after, how)


def test_smtplib_survives() -> None:
    assert truncate_everywhere("smtp", send=send, step=7) == []


def test_urllib_survives_when_it_reads_at_once() -> None:
    assert truncate_everywhere("http", get=get, step=997) == []


def test_urllib_lies_when_it_reads_in_blocks() -> None:
    verdicts = truncate_everywhere("http", get=get_what_there_is, step=997)
    assert verdicts
    assert {verdict.word for verdict in verdicts} == {"lied"}
    assert all(verdict.case.name.endswith("_fin") for verdict in verdicts)


def test_a_client_that_does_not_even_get_through_uncut() -> None:
    with pytest.raises(BrokenContract, match="nothing_goes_wrong"):
        truncate_everywhere("http", get=lambda target: b"something else")


def test_operations_that_are_none() -> None:
    with pytest.raises(TypeError, match="no such operation"):
        truncate_everywhere("http", send=send)
    with pytest.raises(TypeError, match="give get="):
        truncate_everywhere("http")
    with pytest.raises(ValueError, match=r"'htp'.*did you mean 'http'"):
        truncate_everywhere("htp", get=get)
    with pytest.raises(ValueError, match="step=0"):
        truncate_everywhere("http", get=get, step=0)
