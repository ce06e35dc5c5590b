"""The lines of docs/dns.md do what they say, as far as running them tells."""

import re
from pathlib import Path

import pytest

from fakefarm import FakeDNS

PAGE = (Path(__file__).parents[2] / "docs" / "dns.md").read_text(encoding="utf-8")
LINES = [line.strip() for line in PAGE.splitlines() if re.match(r"    (fake_dns\.|zone = )", line)]


def test_there_are_lines() -> None:
    assert len(LINES) > 20


def test_every_line_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").mkdir()
    zone = "example.org. 60 IN A 192.0.2.1\n"
    (tmp_path / "tests" / "example.com.zone").write_text(zone, encoding="utf-8")
    fake_dns = FakeDNS(strict=False)
    known = {"fake_dns": fake_dns, "fake_smtp": FakeDNS(), "pathlib": __import__("pathlib")}
    for line in LINES:
        exec(line, known)
    zones = {"example.com", "in-addr.arpa", "ip6.arpa", "example.org"}
    assert set(fake_dns.zones.apexes) == zones
    assert len(fake_dns.script.rules) == sum(".on(" in line for line in LINES)


@pytest.mark.parametrize("name", re.findall(r"`(\w+)\(", PAGE))
def test_every_method_that_is_named_is_there(name) -> None:
    fake = FakeDNS()
    assert hasattr(fake, name) or hasattr(fake.on("A"), name) or name == "FakeDNS"


def test_the_arguments_of_the_constructor() -> None:
    shown = re.search(r"FakeDNS\(\*, (.*?)\)", PAGE, re.DOTALL)
    assert shown is not None
    for name in re.findall(r"(\w+)=", shown[1]):
        assert name in FakeDNS.__init__.__wrapped__.__code__.co_varnames
