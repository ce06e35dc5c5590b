"""Failures found in the wild, 25 to 41: the way to a data connection. Each is a script of at most
four lines, and what ftplib makes of it.

ftplib says PASV on IPv4 and EPSV on IPv6; of a reply to PASV it takes the port alone, since
CPython's issue 43285.

It is the same on Python 3.10 to 3.13.
"""

import ftplib
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from raw_client import RawClient

from fakefarm import FakeFTP

Perm, Temp, Reply, Proto = (
    ftplib.error_perm,
    ftplib.error_temp,
    ftplib.error_reply,
    ftplib.error_proto,
)
Script = Callable[[FakeFTP], object]
PATIENCE, IMPATIENCE = 5, 0.2  # seconds


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 loopback")


class Failure(NamedTuple):
    number: int
    name: str
    script: Script
    raises: type[Exception]
    says: str


def fetch(client: ftplib.FTP, name: str = "notes.txt") -> bytes:
    blocks: list[bytes] = []
    client.retrbinary(f"RETR {name}", blocks.append)
    return b"".join(blocks)


# --- passive

# fmt: off
PASSIVE = [
    (25, "PASV unknown", lambda f: f.on("PASV").reply(500, "what?"), Perm, "500 what"),
    (25, "PASV not done", lambda f: f.on("PASV").reply(502, "no"), Perm, "502 no"),
    (26, "227 without numbers", lambda f: f.on("PASV").reply(227, "ok"), Proto, "227 ok"),
    (26, "227 with too few", lambda f: f.on("PASV").reply(227, "(1,2,3,4,5)"), Proto, "227"),
    (26, "227 in words",
     lambda f: f.on("PASV").reply(227, "(host,port)"), Proto, "227 .host,port"),
    (26, "another code than 227",
     lambda f: f.on("PASV").reply(228, "(127,0,0,1,1,1)"), Reply, "228"),
    (27, "octets over 255", lambda f: f.on("PASV").reply(227, "(1,2,3,4,256,0)"), OSError, ""),
    (29, "port 0", lambda f: f.on("PASV").reply(227, "(127,0,0,1,0,0)"), OSError, ""),
    (30, "port closed", lambda f: f.on("transfer").refuse(), ConnectionRefusedError, ""),
    (33, "no free port", lambda f: f.on("PASV").reply(421, "no free port"), Temp, "421 no free"),
    (34, "port busy", lambda f: f.on("PASV").reply(425, "port in use"), Temp, "425 port in use"),
    (35, "the client took too long to connect",
     lambda f: f.on("PASV").answer().reply(421, "data connection timed out"), Temp, "421 data"),
]
# fmt: on


@pytest.mark.parametrize("row", PASSIVE, ids=lambda row: f"{row[0]} {row[1]}")
def test_passive(served, client, row) -> None:
    failure = Failure(*row)
    failure.script(served)
    with pytest.raises(failure.raises, match=failure.says or None):
        fetch(client(served))


@pytest.fixture
def ipv6() -> Iterator[FakeFTP]:
    """A fake on IPv6, with a file."""
    with FakeFTP(host="::1") as fake:
        (fake.root / "notes.txt").write_bytes(b"one\r\n")
        yield fake


# fmt: off
EXTENDED = [
    (25, "EPSV unknown", lambda f: f.on("EPSV").reply(500, "what?"), Perm, "500 what"),
    (26, "229 without a port", lambda f: f.on("EPSV").reply(229, "ok"), Proto, "229 ok"),
    (26, "229 in words", lambda f: f.on("EPSV").reply(229, "(|||port|)"), ValueError, "port"),
    (26, "229 with two kinds of bars", lambda f: f.on("EPSV").reply(229, "(||!99|)"), Proto, ""),
    (28, "port 1000000", lambda f: f.on("EPSV").reply(229, "(|||1000000|)"), OSError, ""),
    (30, "port closed", lambda f: f.on("transfer").refuse(), ConnectionRefusedError, ""),
]
# fmt: on


@needs_ipv6
@pytest.mark.parametrize("row", EXTENDED, ids=lambda row: f"{row[0]} {row[1]}")
def test_extended_passive(ipv6, client, row) -> None:
    failure = Failure(*row)
    failure.script(ipv6)
    with pytest.raises(failure.raises, match=failure.says or None):
        fetch(client(ipv6))


@needs_ipv6
def test_25_there_is_only_epsv(ipv6, client) -> None:
    ipv6.on("PASV").reply(502, "no").optional()
    assert fetch(client(ipv6)) == b"one\r\n"


def test_25_there_is_only_pasv(served, client) -> None:
    served.on("EPSV").reply(502, "no").optional()
    assert fetch(client(served)) == b"one\r\ntwo\r\n"


@pytest.mark.parametrize("trusting", [False, True])
def test_29_the_address_of_somebody_else(served, client, trusting) -> None:
    """A client that trusts it can be sent anywhere (CPython's issue 43285)."""
    served.passive_address = "127.0.0.2"
    fetcher = client(served)
    fetcher.trust_server_pasv_ipv4_address = trusting
    if trusting:
        with pytest.raises(OSError):  # refused, unreachable or timed out: the system's choice
            fetch(fetcher)
    else:
        assert fetch(fetcher) == b"one\r\ntwo\r\n"


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that no more connections come through to: its backlog is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = []
        try:
            while not waiting or waiting[-1].connect_ex(address) == 0:
                waiting.append(socket.socket())
                waiting[-1].settimeout(IMPATIENCE)
                if len(waiting) > 20:
                    pytest.skip("the system lets everybody wait")
            yield address[1]
        finally:
            for each in waiting:
                each.close()


def test_31_the_way_to_the_port_hangs(served, client, deaf) -> None:
    served.on("PASV").reply(227, f"(127,0,0,1,{deaf // 256},{deaf % 256})")
    with pytest.raises(TimeoutError):
        fetch(client(served, timeout=IMPATIENCE))


def test_32_accepted_and_silent(served, client) -> None:
    """Both connections."""
    served.on("RETR").ignore()
    with pytest.raises(TimeoutError):
        fetch(client(served, timeout=IMPATIENCE))


def test_34_port_busy_and_then_free(served, client) -> None:
    served.on("PASV").reply(425, "port in use").once()
    patient = client(served)
    with pytest.raises(Temp):
        fetch(patient)
    assert fetch(patient) == b"one\r\ntwo\r\n"


def test_36_a_second_connection_to_the_passive_port(served, raw) -> None:
    """The first is the one; another gets nothing, and the transfer is not disturbed."""
    control = raw(served)
    where = control.announced()
    first, second = RawClient(where), RawClient(where)
    assert control.codes("RETR notes.txt") == [150]
    assert first.rest() == (b"one\r\ntwo\r\n", "fin")
    assert control.reply().startswith(b"226")
    assert second.rest()[0] == b""
    first.close()
    second.close()


# --- active


def active(made: ftplib.FTP) -> ftplib.FTP:
    made.set_pasv(False)
    return made


@pytest.mark.parametrize("code", [500, 501, 502, 530])
def test_37_port_refused(served, client, code) -> None:
    """(By hand: where this happens in a transfer, ftplib forgets to close its own socket.)"""
    served.on("PORT").reply(code, "no")
    with pytest.raises(Perm, match=str(code)):
        client(served).sendport("127.0.0.1", 51201)


@needs_ipv6
def test_37_eprt_refused(ipv6, client) -> None:
    ipv6.on("EPRT").reply(522, "Network protocol not supported, use (1)")
    with pytest.raises(Perm, match="522"):
        client(ipv6).sendeprt("::1", 51201)


@pytest.mark.parametrize("where", ["192,0,2,1,200,1", "127,0,0,1,0,25", "1,2,3", "a,b,c,d,e,f"])
def test_37_a_port_that_is_not_the_clients(served, client, where) -> None:
    """Of another machine, privileged, or none at all: natural refusals (RFC 2577 section 3)."""
    with pytest.raises(Perm, match="501"):
        client(served).sendcmd(f"PORT {where}")


def test_38_the_server_never_connects_and_says_425(served, client) -> None:
    """ftplib waits for the connection behind a 150, and does not look at what comes meanwhile; the
    next command gets it."""
    served.on("transfer").refuse().reply(425, "can't open data connection")
    waiting = active(client(served, timeout=IMPATIENCE))
    with pytest.raises(TimeoutError):
        fetch(waiting)
    with pytest.raises(Temp, match="425 can't open"):
        waiting.voidcmd("NOOP")


def test_38_the_server_never_connects_and_says_421(served, client) -> None:
    served.on("RETR").reply(421, "shutting down").close()
    with pytest.raises(Temp, match="421"):
        fetch(active(client(served)))


def test_38_the_server_never_connects_and_says_nothing_more(served, client) -> None:
    served.on("transfer").refuse().ignore()
    with pytest.raises(TimeoutError):
        fetch(active(client(served, timeout=IMPATIENCE)))


def test_38_the_server_never_connects_and_says_nothing_at_all(served, client) -> None:
    served.on("RETR").ignore()
    with pytest.raises(TimeoutError):
        fetch(active(client(served, timeout=IMPATIENCE)))


def fetch_from(client: ftplib.FTP, port: int) -> None:
    client.sendport("127.0.0.1", port)
    client.sendcmd("RETR notes.txt")
    client.voidresp()


def test_39_the_clients_port_is_closed(served, client) -> None:
    """425, either to PORT or to RETR: natural."""
    lazy = client(served)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Temp, match="425"):
        fetch_from(lazy, port)


def test_40_epsv_with_another_family(served, client) -> None:
    """RFC 2428 section 3."""
    with pytest.raises(Perm, match=r"522 .*\(use 1\)"):
        client(served).sendcmd("EPSV 2")


def test_40_epsv_with_rubbish(served, client) -> None:
    with pytest.raises(Perm, match="501"):
        client(served).sendcmd("EPSV rubbish")


def test_40_nothing_but_epsv_after_epsv_all(served, client) -> None:
    """RFC 2428 section 4."""
    extended = client(served)
    assert extended.voidcmd("EPSV ALL").startswith("2")
    for command in ("PASV", "PORT 127,0,0,1,200,1", "EPRT |1|127.0.0.1|51201|"):
        with pytest.raises(Perm, match="501"):
            extended.sendcmd(command)
    assert extended.sendcmd("EPSV").startswith("229")


def test_40_epsv_all_is_not_known(served, client) -> None:
    served.on("EPSV", "ALL").reply(501, "bad argument")
    with pytest.raises(Perm, match="501"):
        client(served).voidcmd("EPSV ALL")


@needs_ipv6
@pytest.mark.parametrize("scripted", [False, True])
def test_41_pasv_on_ipv6(ipv6, client, scripted) -> None:
    """It has no way to name the address; servers differ in how they say so."""
    if scripted:
        ipv6.on("PASV").reply(503, "use EPSV")
    with pytest.raises(Perm if scripted else Temp, match="EPSV"):
        client(ipv6).sendcmd("PASV")
