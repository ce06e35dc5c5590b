"""Failures found in the wild, 42 to 62: transfers. Each is a script of at most four lines, and what
ftplib makes of it.

What it raises is one thing; what it has by then, and what it takes for the reply to the next
command, is what hurts. Number 0 is of no collection: what shaping does beyond it.

It is the same on Python 3.10 to 3.13.
"""

import ftplib
import gc
import io
import threading
from collections.abc import Callable
from typing import NamedTuple

import pytest

from fakefarm import FakeFTP

Perm, Temp, Reply, Proto = (
    ftplib.error_perm,
    ftplib.error_temp,
    ftplib.error_reply,
    ftplib.error_proto,
)
Script = Callable[[FakeFTP], object]
PATIENCE, IMPATIENCE = 5, 0.2  # seconds
SIZE = 10240  # bytes of data.bin
HUGE = 2**25  # bytes: more than the system holds back for a connection
ALL = bytes(range(256)) * 40


class Failure(NamedTuple):
    number: int
    name: str
    script: Script
    raises: type[BaseException] | None
    says: str
    size: int  # bytes that came, or were stored
    next: str  # what the next command gets: a code, or the name of an exception


def next_reply(client: ftplib.FTP) -> str:
    """What the client takes for the reply to NOOP, which is 200."""
    try:
        return client.sendcmd("NOOP")[:3]
    except ftplib.Error as error:
        return str(error)[:3]
    except (OSError, EOFError) as error:
        return type(error).__name__


# --- downloads

# fmt: off
DOWNLOADS = [
    (42, "RETR refused", lambda f: f.on("RETR").reply(550, "no such file"),
     Perm, "550 no such", 0, "200"),
    (42, "RETR 425", lambda f: f.on("RETR").reply(425, "no data connection"),
     Temp, "425 no data", 0, "200"),
    (42, "RETR 314", lambda f: f.on("RETR").reply(314, "what"), Reply, "314 what", 0, "200"),
    (43, "150, and the data connection is silent", lambda f: f.on("RETR").stall(),
     TimeoutError, "", 0, "426"),
    (44, "226 without 150", lambda f: f.on("RETR").reply(226, "done"),
     TimeoutError, "", 0, "OSError"),
    (45, "226 before the data", lambda f: setattr(f, "early_completion", True),
     None, "", SIZE, "200"),
    (45, "150 and 226 at once, and then the data",
     lambda f: (f.on("RETR").reply(150, "here").reply(226, "done"), f.on("transfer").ignore()),
     None, "", SIZE, "200"),
    (46, "cut, and 226: taken for whole", lambda f: f.on("RETR").truncate(after=100),
     None, "", 100, "200"),
    (46, "empty, and 226: taken for whole", lambda f: f.on("RETR").truncate(after=0),
     None, "", 0, "200"),
    (47, "cut, and 426",
     lambda f: (f.on("RETR").truncate(after=100), f.on("transfer").reply(426, "broken")),
     Temp, "426 broken", 100, "200"),
    (47, "cut, and 451",
     lambda f: (f.on("RETR").truncate(after=100), f.on("transfer").reply(451, "disk")),
     Temp, "451 disk", 100, "200"),
    (47, "whole, and 451", lambda f: f.on("transfer").reply(451, "disk"),
     Temp, "451 disk", SIZE, "200"),
    (48, "RST, and 226: the next command gets it",
     lambda f: (f.on("RETR").truncate(after=100).reset(), f.on("transfer").answer()),
     ConnectionResetError, "", 100, "226"),
    (48, "RST, and 426: the next command gets it",
     lambda f: (f.on("RETR").truncate(after=100).reset(), f.on("transfer").reply(426, "broken")),
     ConnectionResetError, "", 100, "426"),
    (49, "the data stops coming", lambda f: f.on("RETR").truncate(after=100).stall(),
     TimeoutError, "", 100, "426"),
    (51, "226 never comes", lambda f: f.on("transfer").ignore(), TimeoutError, "", SIZE, "OSError"),
    (51, "226 comes late", lambda f: f.on("transfer").delay(0.4).answer(),
     TimeoutError, "", SIZE, "OSError"),
    (52, "control connection gone behind the data", lambda f: f.on("transfer").close(),
     EOFError, "", SIZE, "EOFError"),
    (52, "421 behind the data", lambda f: f.on("transfer").reply(421, "bye").close(),
     Temp, "421 bye", SIZE, "EOFError"),
    (53, "226 twice: the next command gets it",
     lambda f: f.on("transfer").reply(226, "done").reply(226, "done"), None, "", SIZE, "226"),
    (54, "550 in the middle of the data", lambda f: f.on("RETR").reply(150, "x").reply(550, "y"),
     Perm, "550 y", SIZE, "226"),
    (55, "data in drips", lambda f: f.on("RETR").drip(size=1024, every=0.005),
     None, "", SIZE, "200"),
    (55, "data at a slow rate", lambda f: f.on("RETR").throttle(200000), None, "", SIZE, "200"),
    (55, "replies in drips",
     lambda f: (f.on("PASV").drip(size=1, every=0.001), f.on("transfer").drip(size=1, every=0.001)),
     None, "", SIZE, "200"),
    (0, "another byte in the middle", lambda f: f.on("RETR").insert(b"!", at=100),
     None, "", SIZE + 1, "200"),
    (0, "flipped bits", lambda f: f.on("RETR").garble(at=100, count=3), None, "", SIZE, "200"),
    (0, "everything twice", lambda f: f.on("RETR").duplicate(), None, "", 2 * SIZE, "200"),
    (0, "other content", lambda f: f.on("RETR").content(b"other"), None, "", 5, "200"),
]
# fmt: on
SILENT = {43, 44, 49, 51}


@pytest.mark.parametrize("row", DOWNLOADS, ids=lambda row: f"{row[0]} {row[1]}")
def test_download(served, client, row) -> None:
    failure = Failure(*row)
    failure.script(served)
    fetcher = client(served, timeout=IMPATIENCE if failure.number in SILENT else PATIENCE)
    received = bytearray()
    if failure.raises is None:
        fetcher.retrbinary("RETR data.bin", received.extend)
    else:
        with pytest.raises(failure.raises, match=failure.says or None):
            fetcher.retrbinary("RETR data.bin", received.extend)
    assert len(received) == failure.size
    assert next_reply(fetcher) == failure.next


def test_44_226_without_150_and_then_150(served, client) -> None:
    """What ftplib makes allowance for: a 2xx before the 150."""
    served.on("RETR").reply(200, "coming").answer()
    received = bytearray()
    client(served).retrbinary("RETR data.bin", received.extend)
    assert received == ALL


def test_49_the_client_does_not_read(served, raw) -> None:
    """The server gives up: 421, and the data connection is gone."""
    (served.root / "huge").write_bytes(bytes(HUGE))
    served.timeout = 0.2
    control = raw(served)
    lazy = control.begin("RETR huge")
    assert control.code() == 421
    assert len(lazy.rest()[0]) < HUGE


@pytest.mark.parametrize(("code", "text", "raises"), [
    (213, "5", None), (550, "not a plain file", Perm), (500, "what?", Perm),
])  # fmt: skip
def test_50_size_is_wrong_or_not_told(served, client, code, text, raises) -> None:
    served.on("SIZE").reply(code, text)
    fetcher = client(served)
    if raises is None:
        assert fetcher.size("data.bin") == 5
    else:
        with pytest.raises(raises, match=text):
            fetcher.size("data.bin")


def test_50_the_size_that_150_tells_is_wrong(served, client) -> None:
    served.on("RETR").reply(150, "Opening data connection (5 bytes)")
    fetcher = client(served)
    fetcher.voidcmd("TYPE I")
    conn, size = fetcher.ntransfercmd("RETR data.bin")
    with conn:
        assert size == 5
        assert len(b"".join(iter(lambda: conn.recv(65536), b""))) == SIZE


def test_50_a_file_that_grows(served, client) -> None:
    served.on("SIZE").reply(213, str(SIZE))
    served.on("RETR").content(ALL + b"more")
    fetcher = client(served)
    size = fetcher.size("data.bin")
    received = bytearray()
    fetcher.retrbinary("RETR data.bin", received.extend)
    assert len(received) == size + 4


# --- aborting


def test_56_abor_without_a_transfer(ftp, client) -> None:
    assert client(ftp).sendcmd("ABOR").startswith("225")


def test_56_abor_in_the_middle(served, client) -> None:
    """426 and 226; ftplib reads the first, and the next command gets the second."""
    served.on("RETR").drip(size=100, every=0.05)
    fetcher = client(served)
    fetcher.voidcmd("TYPE I")
    with fetcher.transfercmd("RETR data.bin") as conn:
        conn.recv(10)
        assert fetcher.abort().startswith("426")
    assert next_reply(fetcher) == "226"
    assert next_reply(fetcher) == "200"


def test_56_abor_is_not_answered(served, client) -> None:
    served.on("ABOR").ignore()
    fetcher = client(served, timeout=IMPATIENCE)
    with pytest.raises(TimeoutError):
        fetcher.abort()


def test_56_abor_and_gone(served, client) -> None:
    served.on("ABOR").close()
    with pytest.raises(EOFError):
        client(served).abort()


def test_56_abor_with_the_telnet_signals(served, raw) -> None:
    """RFC 959 section 4.1.3: IP and Synch before it, as lftp and curl send them."""
    control = raw(served)
    control.send(b"\xff\xf4")
    control.sock.send(b"\xff", 1)  # MSG_OOB
    control.send(b"\xf2ABOR\r\n")
    assert control.reply().startswith(b"225")
    assert control.codes("NOOP") == [200]


# --- uploads

# fmt: off
UPLOADS = [
    (57, "STOR 553", lambda f: f.on("STOR").reply(553, "bad name"), Perm, "553 bad", None, "200"),
    (57, "STOR 552", lambda f: f.on("STOR").reply(552, "full"), Perm, "552 full", None, "200"),
    (57, "STOR 452", lambda f: f.on("STOR").reply(452, "full"), Temp, "452 full", None, "200"),
    (57, "552 behind the data", lambda f: f.on("transfer").reply(552, "full"),
     Perm, "552 full", SIZE, "200"),
    (59, "226 and nothing stored", lambda f: f.on("STOR").without_effect(),
     None, "", None, "200"),
    (51, "stored, and the 226 is lost", lambda f: f.on("transfer").ignore(),
     TimeoutError, "", SIZE, "OSError"),
    (52, "421 behind the data", lambda f: f.on("transfer").reply(421, "bye").close(),
     Temp, "421 bye", SIZE, "EOFError"),
    (53, "226 twice", lambda f: f.on("transfer").reply(226, "a").reply(226, "b"),
     None, "", SIZE, "226"),
]
# fmt: on


@pytest.mark.parametrize("row", UPLOADS, ids=lambda row: f"{row[0]} {row[1]}")
def test_upload(ftp, client, row) -> None:
    failure = Failure(*row)
    failure.script(ftp)
    sender = client(ftp, timeout=IMPATIENCE if failure.raises is TimeoutError else PATIENCE)
    if failure.raises is None:
        sender.storbinary("STOR new.bin", io.BytesIO(ALL))
    else:
        with pytest.raises(failure.raises, match=failure.says or None):
            sender.storbinary("STOR new.bin", io.BytesIO(ALL))
    assert next_reply(sender) == failure.next
    stored = ftp.root / "new.bin"
    assert (stored.stat().st_size if stored.exists() else None) == failure.size


def test_57_552_in_the_middle(ftp, client) -> None:
    """What the client still sends meets an RST, and ftplib never reads why."""
    ftp.on("transfer").truncate(after=1000).reply(552, "quota exceeded")
    sender = client(ftp)
    with pytest.raises((ConnectionError, Perm)):
        sender.storbinary("STOR new.bin", io.BytesIO(bytes(HUGE)))
    assert [upload.complete for upload in ftp.uploads] == [False]
    assert ftp.uploads[0].size < HUGE


def test_58_the_server_stops_reading(ftp, client) -> None:
    ftp.on("STOR").stall()
    sender = client(ftp, timeout=IMPATIENCE)
    with pytest.raises(TimeoutError):
        sender.storbinary("STOR new.bin", io.BytesIO(bytes(HUGE)))
    assert next_reply(sender) == "200"


# --- resuming


def test_60_rest_is_refused(served, client) -> None:
    served.on("REST").reply(502, "no")
    received = bytearray()
    with pytest.raises(Perm, match="502 no"):
        client(served).retrbinary("RETR data.bin", received.extend, rest=100)
    assert received == b""


def test_60_rest_is_answered_and_ignored(served, client) -> None:
    """The whole file once more: who appends it has it wrong."""
    served.on("REST").reply(350, "ok").without_effect()
    received = bytearray(ALL[:100])
    client(served).retrbinary("RETR data.bin", received.extend, rest=100)
    assert received == ALL[:100] + ALL


def test_60_rest_works(served, client) -> None:
    received = bytearray(ALL[:100])
    client(served).retrbinary("RETR data.bin", received.extend, rest=100)
    assert received == ALL


@pytest.mark.parametrize("argument", ["", " x", " -1", " 1.5"])
def test_60_rest_of_no_number(served, client, argument) -> None:
    with pytest.raises(Perm, match="501"):
        client(served).sendcmd(f"REST{argument}")


def test_60_rest_beyond_the_end(served, client) -> None:
    received = bytearray()
    with pytest.raises(Perm, match=r"55[0-9]"):
        client(served).retrbinary("RETR data.bin", received.extend, rest=SIZE + 1)
    assert received == b""


# --- STOU, QUIT


def test_61_no_unique_name_is_found(ftp, client) -> None:
    ftp.on("STOU").reply(450, "no usable unique file name found")
    with pytest.raises(Temp, match="450"):
        client(ftp).storbinary("STOU", io.BytesIO(b"x"))
    assert list(ftp.root.iterdir()) == []


def test_61_stou_and_no_data(ftp, client) -> None:
    """The client leaves between the name and the data: an orphan stays, and ``uploads`` tells that
    it is not complete."""
    leaving = client(ftp)
    leaving.makepasv()
    leaving.putcmd("STOU")
    leaving.getresp()
    leaving.close()
    ftp.settle()
    assert [path.stat().st_size for path in ftp.root.iterdir()] == [0]
    assert [upload.complete for upload in ftp.uploads] == [False]


def test_61_stou_works(ftp, client) -> None:
    client(ftp).storbinary("STOU", io.BytesIO(b"unique"))
    assert [path.read_bytes() for path in ftp.root.iterdir()] == [b"unique"]


def test_62_quit_in_the_middle_of_a_transfer(served, client) -> None:
    """The transfer goes on to its end, and then comes the 221 (RFC 959 section 4.1.1)."""
    served.on("RETR").drip(size=1024, every=0.01)
    leaving = client(served)
    leaving.voidcmd("TYPE I")
    with leaving.transfercmd("RETR data.bin") as conn:
        leaving.putcmd("QUIT")
        received = b"".join(iter(lambda: conn.recv(65536), b""))
    assert received == ALL
    assert {leaving.getresp()[:3], leaving.getresp()[:3]} == {"226", "221"}


def test_the_client_leaves_in_the_middle(served, client) -> None:
    """Nobody waits for it: the next is served."""
    (served.root / "huge").write_bytes(bytes(HUGE))
    leaving = client(served)
    leaving.voidcmd("TYPE I")
    with leaving.transfercmd("RETR huge") as conn:
        conn.recv(10)
    leaving.close()
    served.settle()
    assert client(served).pwd() == "/"
    assert threading.active_count() < 20


@pytest.mark.parametrize("command", ["STOR", "APPE", "STOU", "RETR"])
def test_the_client_leaves_before_the_transfer_begins(served, raw, command) -> None:
    """No file stays open: that would be a ResourceWarning, and an error here."""
    for _ in range(10):
        leaving = raw(served)
        leaving.announced()
        leaving.send_line(f"{command} data.bin" if command != "STOU" else "STOU")
        leaving.reset()
    served.settle()
    served.stop()
    served.uploads.clear()
    gc.collect()
    assert served.errors == []
