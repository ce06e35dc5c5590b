"""Transfers of a well-behaved server: what arrives, what is on disk, and what is answered while one
runs."""

import os
import socket
from io import FileIO
from pathlib import Path

import pytest
from raw_client import RawClient

from fakefarm import FakeFTP

BIG = os.urandom(2**20) * 5  # more than systems hold back on the way


def test_a_download(filled, raw) -> None:
    client = raw(filled)
    assert client.fetch("RETR file.txt") == (b"0123456789", "fin", 226)
    assert client.fetch("RETR /folder/inner.bin") == (bytes(range(256)), "fin", 226)
    assert filled.transcript.sent("data") == b"0123456789" + bytes(range(256))


def test_an_upload(ftp, raw) -> None:
    client = raw(ftp)
    assert client.store("STOR folder.txt", b"content") == 226
    assert (ftp.root / "folder.txt").read_bytes() == b"content"
    (upload,) = ftp.uploads
    assert (upload.path, upload.command, upload.user) == ("/folder.txt", "STOR", "ann")
    assert (upload.content, upload.size, upload.complete) == (b"content", 7, True)
    assert upload.file == ftp.root / "folder.txt"
    assert (upload.offset, upload.connection) == (0, 1)
    assert ftp.transcript.received("data") == b"content"


@pytest.mark.parametrize("size", [0, 1, 2**18 - 1, 2**18, 2**18 + 1, len(BIG)])
def test_sizes(ftp, raw, size) -> None:
    client = raw(ftp)
    assert client.store("STOR x", BIG[:size]) == 226
    assert client.fetch("RETR x") == (BIG[:size], "fin", 226)
    assert ftp.uploads[0].content == BIG[:size]


def test_active(filled, raw) -> None:
    client = raw(filled)
    for code in (150, 150):
        with client.active() as listener:
            assert client.codes("RETR file.txt") == [code]
            conn, peer = listener.accept()
            with conn:
                assert peer[0] == "127.0.0.1"
                assert conn.recv(100) == b"0123456789"
                assert conn.recv(100) == b""
            assert client.code() == 226


def test_port_and_pasv(filled, raw) -> None:
    client = raw(filled)
    data = client.passive("PASV")
    assert client.codes("RETR file.txt") == [150]
    assert data.rest()[0] == b"0123456789"
    assert client.code() == 226
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert client.codes(f"PORT 127,0,0,1,{port // 256},{port % 256}", "STOR x") == [200, 150]
        conn, _ = listener.accept()
        with conn:
            conn.sendall(b"xyz")
    assert client.code() == 226
    assert (filled.root / "x").read_bytes() == b"xyz"


def test_the_client_connects_after_the_reply(filled, raw) -> None:
    client = raw(filled)
    address = client.announced()
    assert client.codes("RETR file.txt", "NOOP") == [150, 200]
    data = RawClient(address)
    assert data.rest() == (b"0123456789", "fin")
    data.close()
    assert client.code() == 226


def test_an_announced_port_serves_once(filled, raw) -> None:
    client = raw(filled)
    address = client.announced()
    first, second = RawClient(address), RawClient(address)
    assert client.codes("RETR file.txt") == [150]
    assert first.rest() == (b"0123456789", "fin")
    assert second.rest()[0] == b""
    assert client.codes("NOOP", "RETR file.txt") == [226, 200]
    assert client.code() == 425
    first.close()
    second.close()


def test_a_port_that_nobody_needs_any_more_is_closed(filled, raw) -> None:
    client = raw(filled)
    old = client.announced()
    client.announced()
    with pytest.raises(ConnectionRefusedError):
        RawClient(old)


def test_nobody_listens_at_the_port_of_the_client(filled, raw) -> None:
    client = raw(filled)
    client.active().close()
    assert client.codes("RETR file.txt") == [150]
    assert client.code() == 425


def test_nobody_comes(raw) -> None:
    with FakeFTP(timeout=0.05) as fake:
        client = raw(fake)
        client.announced()
        assert client.codes("LIST") == [150]
        assert client.code() == 425


def test_another_peer_is_turned_away(filled, raw) -> None:
    client = raw(filled)
    host, port = client.announced()
    with socket.create_connection((host, port), 5, ("127.0.0.2", 0)) as stranger:
        assert client.codes("RETR file.txt") == [150]
        assert b"425 Rejected" in client.reply()
        assert stranger.recv(100) == b""


def test_another_peer_may_be_let_in(filled, raw) -> None:
    filled.permit_foreign_addresses = True
    client = raw(filled)
    host, port = client.announced()
    with socket.create_connection((host, port), 5, ("127.0.0.2", 0)) as stranger:
        assert client.codes("RETR file.txt") == [150]
        assert stranger.recv(100) == b"0123456789"
    assert client.code() == 226
    assert client.codes("PORT 127,0,0,2,200,1", "LIST", "NOOP") == [200, 150, 425]


# --- parts of files


def test_rest(filled, raw) -> None:
    client = raw(filled)
    assert client.codes("REST 4") == [350]
    assert client.codes("NOOP") == [200]
    data = client.passive()
    assert client.codes("RETR file.txt") == [150]
    assert data.rest()[0] == b"456789"
    assert client.code() == 226
    assert client.fetch("RETR file.txt")[0] == b"0123456789"  # used once
    data = client.passive()
    assert client.codes("REST 3", "STOR file.txt") == [350, 150]
    data.send(b"xx")
    data.close()
    assert client.code() == 226
    assert (filled.root / "file.txt").read_bytes() == b"012xx56789"
    assert (filled.uploads[0].offset, filled.uploads[0].content) == (3, b"xx")
    client.passive()
    assert client.codes("REST 11", "RETR file.txt", "REST 1", "STOU", "APPE x") == [
        *(350, 554, 350, 450, 450)
    ]


def test_appe_and_stou(filled, raw) -> None:
    client = raw(filled)
    assert client.store("APPE file.txt", b"xx") == 226
    assert (filled.root / "file.txt").read_bytes() == b"0123456789xx"
    for number in (1, 2):
        data = client.passive()
        assert client.say("STOU name") == b"150 FILE: name.%d\r\n" % number
        data.send(b"x" * number)
        data.close()
        assert client.code() == 226
    assert [(u.path, u.command, u.offset, u.size) for u in filled.uploads] == [
        ("/file.txt", "APPE", 10, 2),
        ("/name.1", "STOU", 0, 1),
        ("/name.2", "STOU", 0, 2),
    ]


# --- text

CHUNK = b"x" * 2**18
TEXT = [
    (b"one\ntwo\n", b"one\r\ntwo\r\n", b"one\ntwo\n"),
    (b"\n\n", b"\r\n\r\n", b"\n\n"),
    (b"a\r\nb", b"a\r\nb", b"a\nb"),
    (b"a\rb\r", b"a\rb\r", b"a\rb\r"),
    (
        b"x" * (2**18 - 1) + b"\r\n\n",
        b"x" * (2**18 - 1) + b"\r\n\r\n",
        b"x" * (2**18 - 1) + b"\n\n",
    ),
    (b"x" * 2**18 + b"\n", b"x" * 2**18 + b"\r\n", b"x" * 2**18 + b"\n"),
]


@pytest.mark.skipif(os.linesep != "\n", reason="lines end with LF on disk here")
@pytest.mark.parametrize(("disk", "wire", "back"), TEXT)
def test_text(ftp, raw, disk, wire, back) -> None:
    (ftp.root / "x").write_bytes(disk)
    client = raw(ftp)
    assert client.codes("TYPE A") == [200]
    assert client.fetch("RETR x")[0] == wire
    assert client.store("STOR y", wire) == 226
    assert (ftp.root / "y").read_bytes() == ftp.uploads[0].content == back
    assert ftp.transcript.received("data") == wire


@pytest.mark.skipif(os.linesep != "\n", reason="lines end with LF on disk here")
def test_text_that_comes_in_pieces(ftp, raw) -> None:
    client = raw(ftp)
    assert client.codes("TYPE A") == [200]
    data = client.begin("STOR x")
    for piece in (b"a\r", b"\nb", b"\r", b"c\r\r", b"\n", b"\r"):
        data.send(piece)
        ftp.wait_until(lambda p=piece: ftp.transcript.received("data").endswith(p))
    data.close()
    assert client.code() == 226
    assert (ftp.root / "x").read_bytes() == b"a\nb\rc\r\n\r"


# --- listings


def test_listings(filled, raw) -> None:
    client = raw(filled)
    lines = client.fetch("LIST")[0].decode().split("\r\n")
    assert [line.split()[-1] for line in lines[:-1]] == ["file.txt", "folder", "lines.txt"]
    assert client.fetch("LIST -la")[0] == client.fetch("LIST")[0]
    assert client.fetch("LIST -a folder")[0].endswith(b" inner.bin\r\n")
    assert client.fetch("NLST folder")[0] == b"inner.bin\r\n"
    assert client.fetch("NLST file.txt")[0] == b"file.txt\r\n"
    assert b"type=dir;" in client.fetch("MLSD")[0]
    filled.listing_style, filled.facts_style = "windows", "upper-case"
    assert b"<DIR>" in client.fetch("LIST")[0]
    assert b"TYPE=dir;" in client.fetch("MLSD")[0]


# --- while one runs


def stuck(fake, raw):
    """A client that does not read what it downloads."""
    (fake.root / "big").write_bytes(b"x" * 2**24)
    client = raw(fake)
    data = client.begin("RETR big")
    fake.wait_until(lambda: fake.transcript.sent("data"))
    return client, data


def test_commands_are_answered_while_a_transfer_runs(ftp, raw) -> None:
    client, data = stuck(ftp, raw)
    assert client.codes("NOOP", "PWD", "MKD x", "CWD x") == [200, 257, 257, 250]
    status = client.say("STAT")
    assert b"Data connection open" in status
    assert len(data.rest()[0]) == 2**24
    assert client.code() == 226
    assert b"Data connection closed" in client.say("STAT")


def test_commands_that_need_the_data_connection_wait(ftp, raw) -> None:
    client, data = stuck(ftp, raw)
    client.send(b"PASV\r\nNOOP\r\n")
    assert client.is_silent()
    assert len(data.rest()[0]) == 2**24
    assert [client.code() for _ in range(3)] == [226, 227, 200]


@pytest.mark.parametrize("telnet", [b"", b"\xff\xf4\xff\xf2"])
def test_abor(ftp, raw, telnet) -> None:
    client, data = stuck(ftp, raw)
    assert client.codes(telnet + b"ABOR") == [426]
    assert client.code() == 226
    assert len(data.rest()[0]) < 2**24
    assert client.codes("ABOR", "NOOP") == [225, 200]
    assert [step.verb for step in ftp.steps[-5:]] == ["RETR", "transfer", "ABOR", "ABOR", "NOOP"]


def test_abor_of_an_upload(ftp, raw) -> None:
    client = raw(ftp)
    data = client.begin("STOR x")
    data.send(b"abc")
    ftp.wait_until(lambda: ftp.uploads[0].size == 3)
    assert client.codes("ABOR") == [426]
    assert client.code() == 226
    assert data.rest() == (b"", "fin")
    assert (ftp.uploads[0].complete, ftp.uploads[0].content) == (False, b"abc")
    assert (ftp.root / "x").read_bytes() == b"abc"


def test_abor_before_the_client_has_connected(filled, raw) -> None:
    client = raw(filled)
    address = client.announced()
    assert client.codes("RETR file.txt", "ABOR") == [150, 426]
    assert client.code() == 226
    with pytest.raises(ConnectionRefusedError):
        RawClient(address)


def test_quit_waits_for_the_transfer(ftp, raw) -> None:
    client, data = stuck(ftp, raw)
    assert client.codes("QUIT") == [221]
    client.send(b"NOOP\r\n")
    assert len(data.rest()[0]) == 2**24
    assert client.rest() == (b"226 Transfer complete.\r\n", "fin")


@pytest.mark.parametrize(("line", "code"), [("REIN", 230), ("USER bob", 331)])
def test_another_login_lets_the_transfer_go_on(ftp, raw, line, code) -> None:
    client, data = stuck(ftp, raw)
    assert client.codes(line, "PWD") == [code, 530]
    assert len(data.rest()[0]) == 2**24
    assert client.code() == 226


def test_half_a_command_does_not_stop_a_transfer(ftp, raw) -> None:
    client, data = stuck(ftp, raw)
    client.send(b"NO")
    assert len(data.rest()[0]) == 2**24
    assert client.code() == 226
    assert client.codes("OP") == [200]


def test_a_client_that_ends_its_side_gets_the_rest(ftp, raw) -> None:
    client, data = stuck(ftp, raw)
    client.half_close()
    assert len(data.rest()[0]) == 2**24
    assert client.rest() == (b"226 Transfer complete.\r\n", "fin")


def test_a_client_that_ends_its_side_is_not_waited_for(filled, raw) -> None:
    client = raw(filled)
    client.announced()
    client.send(b"RETR file.txt\r\n")
    client.half_close()
    assert client.rest()[0].startswith(b"150 ")
    filled.settle()


def test_an_upload_of_a_client_that_leaves_at_once(ftp, raw) -> None:
    client = raw(ftp)
    data = client.begin("STOR x")
    data.send(BIG)
    data.close()
    client.close()
    ftp.settle()
    assert (ftp.uploads[0].complete, ftp.uploads[0].size) == (True, len(BIG))


def test_settle_waits_for_the_data_connection(ftp, raw) -> None:
    client = raw(ftp)
    data = client.begin("STOR x")
    data.send(BIG)
    data.close()
    ftp.settle()
    assert ftp.uploads[0].complete


# --- clients that break off


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_a_download_that_the_client_breaks_off(ftp, raw, leave) -> None:
    client, data = stuck(ftp, raw)
    getattr(data, leave)()
    assert client.code() == 426
    assert client.codes("NOOP") == [200]


def test_an_upload_that_the_client_breaks_off(ftp, raw) -> None:
    client = raw(ftp)
    data = client.begin("STOR x")
    data.send(b"abc")
    ftp.wait_until(lambda: ftp.uploads[0].size)
    data.reset()
    assert client.code() == 426
    assert (ftp.uploads[0].complete, ftp.uploads[0].content) == (False, b"abc")


@pytest.mark.parametrize("line", ["RETR big", "STOR x"])
def test_silence_on_the_data_connection(raw, line) -> None:
    with FakeFTP(timeout=0.1) as fake:
        (fake.root / "big").write_bytes(b"x" * 2**24)
        client = raw(fake)
        client.begin(line)
        assert client.rest() == (b"421 Data connection timed out.\r\n", "fin")


def test_the_limit_of_an_upload(raw) -> None:
    with FakeFTP(max_message_size=1000) as fake:
        client = raw(fake)
        assert client.store("STOR fits", b"x" * 1000) == 226
        data = client.begin("STOR over")
        data.send(b"x" * 1001)
        assert client.code() == 552
        assert data.rest() == (b"", "fin")
        assert (fake.uploads[1].complete, fake.uploads[1].size) == (False, 1000)


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is full")
def test_a_disk_that_is_full(ftp, raw, monkeypatch) -> None:
    client = raw(ftp)
    monkeypatch.setattr("fakefarm.ftp.files.FileIO", lambda name, mode: FileIO(FULL, "w"))
    assert client.store("STOR x", b"abc") == 451
    assert not ftp.uploads[0].complete


def test_a_full_transcript_loses_nothing_else(raw) -> None:
    with FakeFTP(transcript_limit=10000) as fake:
        client = raw(fake)
        assert client.store("STOR x", BIG) == 226
        assert client.fetch("RETR x")[0] == BIG
        assert fake.uploads[0].content == BIG


def test_commands_that_wait_are_answered_though_the_client_has_ended_its_side(filled, raw) -> None:
    client = raw(filled)
    client.announced()
    client.send(b"RETR file.txt\r\nPASV\r\nNOOP\r\nQUIT\r\n")
    client.half_close()
    assert [client.code() for _ in range(5)] == [150, 426, 227, 200, 221]


# --- what is kept of an upload


def test_a_small_upload_is_kept(ftp, raw) -> None:
    client = raw(ftp)
    assert client.store("STOR x", b"abc") == 226
    assert client.codes("DELE x") == [250]
    assert ftp.uploads[0].content == b"abc"


def test_a_large_upload_is_read_from_its_file(ftp, raw) -> None:
    client = raw(ftp)
    large = bytes(range(256)) * 20000
    assert client.store("STOR x", b"abc") == 226
    assert client.store("APPE x", large) == 226
    upload = ftp.uploads[1]
    assert (upload.offset, upload.size, upload.content == large) == (3, len(large), True)
    assert client.store("STOR x", b"abc") == 226
    with pytest.raises(OSError, match="was changed since"):
        _ = upload.content
    assert client.codes("DELE x") == [250]
    with pytest.raises(FileNotFoundError):
        _ = upload.content
