"""FTP clients meet servers that misbehave."""

from __future__ import annotations

import ftplib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fakefarm import FakeFTP

Say = Callable[[str], None]


@contextmanager
def logged_in(fake: FakeFTP, timeout: float = 2) -> Iterator[ftplib.FTP]:
    client = ftplib.FTP(timeout=timeout)
    try:
        client.connect(fake.host, fake.port)
        client.login("ann", "secret")
        yield client
    finally:
        client.close()


def test_a_download_that_is_cut_off(fake_ftp: FakeFTP, say: Say) -> None:
    """The data connection ends early, and the server says 226 all the same: what FTP has no word
    for, since nothing but the end of the connection tells the end of a file."""
    (fake_ftp.root / "report.csv").write_bytes(b"x" * 1000)
    fake_ftp.on("RETR").truncate(after=100)
    received = bytearray()
    with logged_in(fake_ftp) as client:
        client.retrbinary("RETR report.csv", received.extend)
        size = client.size("report.csv")
    assert (len(received), size) == (100, 1000)
    say("ftplib returned 100 bytes of 1000 and raised nothing; SIZE would have told.")


def test_a_reply_too_many(fake_ftp: FakeFTP, say: Say) -> None:
    """A stray reply is taken for the answer to the next command, and so on for ever."""
    (fake_ftp.root / "report.csv").write_bytes(b"x")
    fake_ftp.on("transfer").reply(226, "done").reply(226, "done")
    with logged_in(fake_ftp) as client:
        client.retrbinary("RETR report.csv", bytes)
        with pytest.raises(ftplib.error_reply, match="done"):
            client.rename("report.csv", "fetched.csv")
    assert (fake_ftp.root / "report.csv").exists()
    say("ftplib took the second 226 for the answer to RNFR.")


def test_an_upload_that_does_not_fit(fake_ftp: FakeFTP, say: Say) -> None:
    """The disk is full in the middle of it."""
    fake_ftp.on("transfer").truncate(after=1000).reply(552, "quota exceeded")
    with logged_in(fake_ftp) as client, pytest.raises((ftplib.error_perm, ConnectionError)) as why:
        client.storbinary("STOR big.bin", io.BytesIO(bytes(2**24)))
    upload = fake_ftp.uploads[0]
    assert (upload.complete, upload.size) == (False, 1000)
    say(f"ftplib raised {type(why.value).__name__}; the fake has 1000 bytes of 16 million.")


def test_the_reply_to_an_upload_is_lost(fake_ftp: FakeFTP, say: Say) -> None:
    """The file is stored; the client does not learn of it."""
    fake_ftp.on("transfer").ignore()
    with logged_in(fake_ftp, timeout=0.2) as client, pytest.raises(TimeoutError):
        client.storbinary("STOR report.csv", io.BytesIO(b"x" * 1000))
    assert (fake_ftp.root / "report.csv").stat().st_size == 1000
    say("ftplib raised TimeoutError, and the file is there, whole.")


def test_a_listing_that_is_not_of_unix(fake_ftp: FakeFTP, say: Say) -> None:
    """Who reads LIST reads what the system of the server happens to print."""
    (fake_ftp.root / "report.csv").write_bytes(b"x" * 1000)
    with logged_in(fake_ftp) as client:
        for style in ("unix", "windows", "vms", "eplf", "os400"):
            fake_ftp.listing_style = style
            client.dir(say)
    assert fake_ftp.commands.count("LIST") == 5
