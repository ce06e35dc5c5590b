import ftplib
import io

import pytest


def fetch(server, name):
    """The code under test: fetch a file, and ask whether all of it has come."""
    with ftplib.FTP(timeout=5) as client:
        client.connect(server.host, server.port)
        client.login("bob", "secret")
        blocks = []
        client.retrbinary(f"RETR {name}", blocks.append)
        if client.size(name) != sum(map(len, blocks)):
            raise EOFError(f"{name} was cut off")
        return b"".join(blocks)


def store(server, name, content):
    with ftplib.FTP(timeout=5) as client:
        client.connect(server.host, server.port)
        client.login("bob", "secret")
        client.storbinary(f"STOR {name}", io.BytesIO(content))


def test_a_file_is_fetched(fake_ftp):
    (fake_ftp.root / "report.csv").write_bytes(b"name;total\r\n")
    assert fetch(fake_ftp, "report.csv") == b"name;total\r\n"


def test_a_cut_off_download_is_an_error_though_the_server_says_226(fake_ftp):
    (fake_ftp.root / "report.csv").write_bytes(b"x" * 1000)
    fake_ftp.on("RETR").truncate(after=100)
    with pytest.raises(EOFError):
        fetch(fake_ftp, "report.csv")


def test_the_disk_of_the_server_is_full(fake_ftp):
    fake_ftp.on("transfer").reply(552, "quota exceeded")
    with pytest.raises(ftplib.error_perm, match="quota exceeded"):
        store(fake_ftp, "report.csv", b"x" * 1000)
    assert not fake_ftp.uploads[0].complete
