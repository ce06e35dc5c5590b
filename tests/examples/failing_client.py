from http.client import IncompleteRead
from urllib.request import urlopen

import pytest


def download(url, path):  # the code under test: a loop that many programs have
    with urlopen(url, timeout=5) as answer, path.open("wb") as file:
        while block := answer.read(64):
            file.write(block)


def test_a_download_that_is_cut_short_is_an_error(fake_http, tmp_path):
    fake_http.on("GET", "/report.csv").respond(200, b"x" * 1000).truncate(after=100)
    with pytest.raises(IncompleteRead):
        download(fake_http.url_for("/report.csv"), tmp_path / "report.csv")
