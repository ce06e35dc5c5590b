"""The same FTP conversations, played to FakeFTP and to a plain pyftpdlib: the codes agree, and so
does what data connections bring.

``DIFFERENT`` names the lines, by script, where ours deliberately does not agree.
"""

import importlib.util
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakefarm import FakeFTP

_spec = importlib.util.spec_from_file_location(
    "ftp_servers", Path(__file__).with_name("ftp_servers.py")
)
assert _spec is not None
assert _spec.loader is not None
servers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(servers)
Difference = servers.Difference

# fmt: off
DIFFERENT: dict[str, list[Difference]] = {
    "list with options of ls": [
        Difference("epsv:LIST -la pub", [229, 150, 226], [229, 550],
                   "many clients say it, and what runs ls takes it")],
    "no data connection": [
        Difference("LIST", [425], [150],
                   "RFC 959 section 3.3 has a default port, where nobody would come")],
}
# fmt: on


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[tuple[str, int], Path]]:
    """A pyftpdlib, and its root. It would set up logging if nobody had."""
    handler = logging.NullHandler()
    logging.getLogger("pyftpdlib").addHandler(handler)
    root = tmp_path_factory.mktemp("theirs")
    with servers.pyftpdlib(root) as address:
        yield address, root
    logging.getLogger("pyftpdlib").removeHandler(handler)


@pytest.mark.parametrize("script", servers.SCRIPTS, ids=lambda script: script.name)
def test_agreed(theirs, tmp_path, script) -> None:
    address, root = theirs
    servers.fill(root)
    servers.fill(tmp_path)
    with FakeFTP(root=tmp_path, users={"ftp": "secret"}) as fake:
        found = servers.differences(
            servers.play(fake.address, script), servers.play(address, script)
        )
    expected = DIFFERENT.get(script.name, [])
    assert found == [(each.line, each.ours, each.theirs) for each in expected]


def test_what_differs_is_a_script() -> None:
    assert set(DIFFERENT) <= {script.name for script in servers.SCRIPTS}
