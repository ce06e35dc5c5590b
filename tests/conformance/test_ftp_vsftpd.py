"""The same FTP conversations, played to FakeFTP and to vsftpd: the codes agree, and so
does what data connections bring.

``DIFFERENT`` names the lines, by script, where ours does not agree, and why. Nearly always it is as
pyftpdlib has it, which is its engine; vsftpd differs from that.
"""

import importlib.util
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
AS_PYFTPDLIB = "as pyftpdlib; "
DIFFERENT: dict[str, list[Difference]] = {
    "types": [
        Difference("TYPE A N", [504], [200], AS_PYFTPDLIB + "hardly anybody says it"),
        Difference("TYPE X", [504], [500], AS_PYFTPDLIB + "RFC 959 section 5.4 has both")],
    "structure and mode": [
        Difference("STRU X", [501], [504], AS_PYFTPDLIB + "RFC 959 section 5.4 has both"),
        Difference("MODE X", [501], [504], AS_PYFTPDLIB + "RFC 959 section 5.4 has both")],
    "rename": [
        Difference("SIZE renamed.txt", [550], [213],
                   AS_PYFTPDLIB + "RFC 3659 section 4: as text it has another size")],
    "arguments missing": [
        Difference("CWD", [250], [550], AS_PYFTPDLIB + "it goes to the root"),
        Difference("DELE", [501], [550], AS_PYFTPDLIB + "RFC 959 section 5.4: a syntax error"),
        Difference("RETR", [501], [425], AS_PYFTPDLIB + "vsftpd asks for the connection first"),
        Difference("MKD", [501], [550], AS_PYFTPDLIB + "RFC 959 section 5.4: a syntax error"),
        Difference("SIZE", [501], [550], AS_PYFTPDLIB + "RFC 3659 section 4.3: a syntax error")],
    "REST": [
        Difference("REST 5", [501], [350], AS_PYFTPDLIB + "an offset in text means little"),
        Difference("REST 0", [501], [350], AS_PYFTPDLIB + "an offset in text means little")],
    "store where no folder is": [
        Difference("epsv:STOR nowhere/new", [229, 550], [229, 553],
                   AS_PYFTPDLIB + "RFC 959 section 5.4 has both")],
    "store on a folder": [
        Difference("epsv:STOR pub", [229, 550], [229, 553],
                   AS_PYFTPDLIB + "RFC 959 section 5.4 has both")],
    "rubbish for PORT": [
        Difference("PORT 1,2,3", [501], [500], AS_PYFTPDLIB + "a syntax error in parameters"),
        Difference("PORT x", [501], [500], AS_PYFTPDLIB + "a syntax error in parameters"),
        Difference("PORT 127,0,0,1,300,1", [501], [500], AS_PYFTPDLIB + "the same")],
    "the port of somebody else": [
        Difference("PORT 192,0,2,1,200,1", [501], [500], AS_PYFTPDLIB + "RFC 2577 asks for 504")],
    "a privileged port": [
        Difference("PORT 127,0,0,1,0,25", [501], [500], AS_PYFTPDLIB + "RFC 2577 asks for 504")],
    "rubbish for EPSV": [
        Difference("EPSV x", [501], [522], AS_PYFTPDLIB + "522 is for protocols that exist"),
        Difference("EPSV 9", [501], [522], AS_PYFTPDLIB + "RFC 2428 section 3 wants 522")],
    "rubbish for EPRT": [
        Difference("EPRT x", [501], [500], AS_PYFTPDLIB + "a syntax error in parameters"),
        Difference("EPRT |9|127.0.0.1|5000|", [501], [500],
                   AS_PYFTPDLIB + "RFC 2428 section 2 wants 522")],
    "REIN": [
        Difference("REIN", [230], [502], AS_PYFTPDLIB + "vsftpd has none"),
        Difference("PWD", [530], [257], "the same")],
    "login twice": [
        Difference("USER ftp", [331], [530], AS_PYFTPDLIB + "vsftpd has no second login")],
    "a login as somebody else": [
        Difference("USER ann", [331], [530], AS_PYFTPDLIB + "vsftpd has no second login")],
}
# fmt: on


pytestmark = pytest.mark.skipif(servers.VSFTPD is None, reason="vsftpd is not installed")


@pytest.fixture(scope="module")
def theirs() -> Iterator[tuple[tuple[str, int], Path]]:
    """A vsftpd, and its root."""
    try:
        with servers.vsftpd() as started:
            yield started
    except servers.DoesNotStart as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("script", servers.SCRIPTS, ids=lambda script: script.name)
def test_agreed(theirs, tmp_path, script) -> None:
    address, root = theirs
    servers.fill_for_all(root)
    servers.fill(tmp_path)
    with FakeFTP(root=tmp_path, users={"ftp": "secret"}) as fake:
        found = servers.differences(
            servers.play(fake.address, script), servers.play(address, script)
        )
    expected = DIFFERENT.get(script.name, [])
    assert found == [(each.line, each.ours, each.theirs) for each in expected]


def test_what_differs_is_a_script() -> None:
    assert set(DIFFERENT) <= {script.name for script in servers.SCRIPTS}
