"""ftplib through every case of FTP, and clients that break the contract."""

import contextlib
import ftplib
import io
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from fakefarm import EdgeCase, edge_cases
from fakefarm.catalogue import Case
from fakefarm.contract import standard

CASES = {case.name: case for case in edge_cases("ftp")}
FAMILY = ftplib.all_errors
STYLES = {name for name, case in CASES.items() if case.phase == "styles"}

# What ftplib gets wrong; the contract is kept in all the others.
BROKEN = {
    # It takes the 120 for the greeting, and is out of step from then on.
    "greeting_120_before_the_220": "failed",
    # UnicodeDecodeError, which is none of ftplib.all_errors.
    "greeting_that_is_not_utf8": "crashed",
    "name_that_is_not_utf8": "crashed",
    # It asks no SIZE: where 226 says that all is well, a part is taken for the whole.
    "download_cut_and_226": "lied",
    "nothing_comes_and_226": "lied",
    "stored_in_part_and_226": "lied",
    # A line that was cut is a name.
    "listing_cut_and_226": "lied",
    # The end of its `with` block raises what QUIT is answered with, though the file is stored.
    "quit_refused": "failed",
    # It waits for the end of TLS from who has nothing to send (python/cpython#75908).
    "upload_without_close_notify": "failed",
}
# Where it gets through though it need not.
GETS_THROUGH = {
    "a_200_before_the_150",
    "another_code_among_the_lines_of_the_greeting",
    "completed_twice",
    "epsv_port_closed_and_pasv_works",
    "folder_told_without_quotes",
    "greeting_with_a_nul",
    "last_line_without_its_end",
    "let_in_before_auth",
    "let_in_by_the_greeting",
    "lines_end_in_bare_lf",
    "mlsd_never_answered",
    "mlsd_offered_and_unknown",
    "name_that_begins_with_a_space",
    "passive_address_of_another_host",
    "reply_injected_behind_auth",
    "size_in_words",
    "size_told_too_large",
    "size_told_too_small",
    "upload_completed_twice",
    *STYLES,
}
# Where nothing tells it that the server has gone silent but its own timeout.
SILENT = {
    "auth_accepted_and_silent",
    "completion_never_comes",
    "completion_of_the_listing_never_comes",
    "completion_of_the_upload_never_comes",
    "data_handshake_never_answered",
    "done_before_it_began",
    "download_never_begins",
    "download_stops_in_the_middle",
    "greeting_never_comes",
    "greeting_of_endless_lines",
    "greeting_without_its_last_line",
    "listing_never_answered",
    "listing_stops_in_the_middle",
    "login_never_answered",
    "passive_never_answered",
    "quit_never_answered",
    "retr_never_answered",
    "stor_never_answered",
    "stored_before_it_was_sent",
}
# It says PASV and NLST, and neither SIZE nor PWD.
NOT_MET = {
    "epsv_port_closed_and_pasv_works",
    "folder_told_without_quotes",
    "mlsd_never_answered",
    "size_in_words",
    *STYLES,
}


@pytest.mark.parametrize("name", CASES)
def test_ftplib(name: str, monkeypatch: pytest.MonkeyPatch, patiently: Any) -> None:
    case, word, met = CASES[name], BROKEN.get(name, "kept"), name not in NOT_MET

    def run(patience: float) -> Any:
        monkeypatch.setattr(standard, "PATIENCE", patience)
        return case.check(**standard.CLIENTS["ftp"], errors=FAMILY)

    patience = (0.2, 1.0, 4.0) if name in SILENT else (5.0,)
    verdict = patiently(run, lambda each: (each.word, each.met) == (word, met), *patience)
    assert verdict.word == word, str(verdict)
    assert verdict.met == met
    if case.expect == "either" and verdict.kept:
        assert (verdict.error is None) == (name in GETS_THROUGH), verdict.error


@pytest.mark.parametrize("operation", ["download", "list"])
def test_ftplib_by_tls_from_the_first_byte_on(operation: str) -> None:
    """It has no such mode; what its users write for it works where nothing is wrong."""
    implicit = {"tls": "implicit"}
    good = Case("ftp", "good", "tls", operation, "succeeds", "x.", "x", bool, implicit)
    verdict = EdgeCase(good).check(**standard.CLIENTS["ftp"], errors=FAMILY)
    assert verdict.word == "kept", str(verdict)


# --- what ftplib does where more is asked


def mlsd(target: Any) -> list[str]:
    with standard.ftp(target) as client:
        return [name for name, _ in client.mlsd()]


def mlsd_or_nlst(target: Any) -> list[str]:
    with standard.ftp(target) as client:
        try:
            return [name for name, _ in client.mlsd()]
        except ftplib.error_perm:
            return client.nlst()


def like_ls(target: Any) -> list[str]:
    """Reads LIST as what ls -l prints, and passes over the rest."""
    lines: list[str] = []
    with standard.ftp(target) as client:
        client.dir(lines.append)
    known = [line.split(None, 8) for line in lines if line[:1] in ("-", "l", "d")]
    return [words[8].split(" -> ")[0] for words in known if len(words) == 9]


def in_latin_1(target: Any) -> list[str]:
    with ftplib.FTP(encoding="latin-1", timeout=5) as client:
        client.connect(target.host, target.port)
        client.login(target.user, target.password)
        return client.nlst()


def checking_size(target: Any) -> bytes:
    """Compares what came with what was to come."""
    pieces: list[bytes] = []
    with standard.ftp(target) as client:
        client.voidcmd("TYPE I")
        size = client.size(target.name)
        client.retrbinary(f"RETR {target.name}", pieces.append)
    data = b"".join(pieces)
    if len(data) != size:
        raise OSError(f"{len(data)} bytes of {size}")
    return data


def by_size(target: Any) -> bytes:
    """Reads so many bytes as SIZE tells."""
    with standard.ftp(target) as client:
        client.voidcmd("TYPE I")
        size = client.size(target.name)
        with client.transfercmd(f"RETR {target.name}") as conn, conn.makefile("rb") as data:
            return data.read(size)


def resuming(target: Any) -> bytes:
    """Goes on where it was broken off."""
    data = bytearray()
    with standard.ftp(target) as client:
        try:
            client.retrbinary(f"RETR {target.name}", data.extend)
        except ftplib.error_temp:
            client.retrbinary(f"RETR {target.name}", data.extend, rest=len(data))
    return bytes(data)


def checking_what_was_stored(target: Any) -> None:
    standard.upload(target)
    with standard.ftp(target) as client:
        client.voidcmd("TYPE I")
        if client.size(target.name) != len(target.content):
            raise OSError("it is not what was sent")


def careful(target: Any) -> None:
    """Not one of the bad ones: what comes behind the 226 is none of its business."""
    client = ftplib.FTP(timeout=5)
    try:
        client.connect(target.host, target.port)
        client.login(target.user, target.password)
        client.storbinary(f"STOR {target.name}", io.BytesIO(target.content))
        client.sock.settimeout(0.3)
        with contextlib.suppress(*FAMILY):
            client.quit()
    finally:
        client.close()


# --- clients that break it


def patient(target: Any) -> bytes:
    """Has no timeout."""
    data = bytearray()
    client = ftplib.FTP()
    try:
        client.connect(target.host, target.port)
        client.login(target.user, target.password)
        client.retrbinary(f"RETR {target.name}", data.extend)
    finally:
        client.close()
    return bytes(data)


def insistent(target: Any) -> None:
    """Tries again whatever went wrong."""
    try:
        standard.upload(target)
    except FAMILY:
        standard.upload(target)


def twice(target: Any) -> None:
    careful(target)
    careful(target)


def liar(target: Any) -> None:
    with contextlib.suppress(*FAMILY):
        careful(target)


def optimist(target: Any) -> list[str]:
    """Where there is no listing, there are no files."""
    with contextlib.suppress(*FAMILY):
        return standard.listing(target)
    return []


def too_modest(target: Any) -> None:
    """Lists, and keeps it to itself."""
    standard.listing(target)


def content(target: Any) -> list[str] | None:
    """Says that it has none, which is no lie."""
    with contextlib.suppress(*FAMILY):
        return standard.listing(target)
    return None


def careless(target: Any) -> bytes:
    """Takes TLS where it gets it, trusts anybody, and logs in in any case."""
    data = bytearray()
    client = ftplib.FTP_TLS(context=ssl._create_unverified_context(), timeout=5)
    try:
        client.connect(target.host, target.port)
        with contextlib.suppress(ftplib.Error):
            client.auth()
        client.login(target.user, target.password, secure=False)
        client.retrbinary(f"RETR {target.name}", data.extend)
    finally:
        client.close()
    return bytes(data)


@contextlib.contextmanager
def encrypted(target: Any, command: str) -> Iterator[Any]:
    """What comes over a data connection, to its end, which may be any."""
    context = standard.context(target)
    with standard.ftp(target) as client:
        client.voidcmd("TYPE I")
        plain, _ = ftplib.FTP.ntransfercmd(client, command)
        with context.wrap_socket(plain, server_hostname="localhost") as conn:
            yield conn.makefile("rb")
        client.voidresp()


def ragged_download(target: Any) -> bytes:
    with encrypted(target, f"RETR {target.name}") as data, data:
        return data.read()


def ragged_listing(target: Any) -> list[str]:
    with encrypted(target, "NLST") as data, data:
        return data.read().decode().splitlines()


def hasty(target: Any) -> bytes:
    """Says all at once, takes the replies by their number, and the end of the data connection for
    that of the file."""
    lines = f"USER {target.user}\r\nPASS {target.password}\r\nTYPE I\r\nEPSV\r\n"
    address = target.host, target.port
    with socket.create_connection(address, timeout=5) as control, control.makefile("rb") as said:
        control.sendall(lines.encode())
        *_, reply = [said.readline() for _ in range(5)]
        port = int(reply.split(b"|")[3])
        with socket.create_connection((target.host, port), timeout=5) as data:
            control.sendall(f"RETR {target.name}\r\n".encode())
            return data.makefile("rb").read()


VERDICTS = [
    # Good ones.
    ("download_cut_and_226", checking_size, "kept"),
    ("nothing_comes_and_226", checking_size, "kept"),
    ("empty_file", checking_size, "kept"),
    ("stored_in_part_and_226", checking_what_was_stored, "kept"),
    ("completion_of_the_upload_is_late", checking_what_was_stored, "kept"),
    ("quit_refused", careful, "kept"),
    ("quit_never_answered", careful, "kept"),
    ("download_cut_once", resuming, "kept"),
    ("download_cut_once_and_rest_refused", resuming, "kept"),
    ("mlsd_offered_and_unknown", mlsd_or_nlst, "kept"),
    ("facts_in_odd_case", mlsd, "kept"),
    ("unknown_facts", mlsd, "kept"),
    ("facts_with_equals_signs", mlsd, "kept"),
    ("no_facts", mlsd, "kept"),
    ("facts_of_the_folder_itself", mlsd, "kept"),
    ("names_that_look_like_facts", mlsd, "kept"),
    ("listing_with_a_total", like_ls, "kept"),
    ("listing_with_dots", like_ls, "kept"),
    ("listing_with_a_link", like_ls, "kept"),
    ("listing_refused", content, "kept"),
    ("empty_folder", optimist, "kept"),
    ("empty_folder_refused", optimist, "kept"),
    ("empty_folder_refused", content, "kept"),
    ("name_that_is_not_utf8", in_latin_1, "kept"),
    ("greeting_that_is_not_utf8", hasty, "kept"),
    # Bad ones; of ftplib's own mlsd() what it does with what is wrong there.
    ("facts_with_spaces", mlsd, "lied"),
    ("no_space_before_the_name", mlsd, "lied"),
    ("listing_of_windows", like_ls, "lied"),
    ("listing_of_netware", like_ls, "lied"),
    ("listing_without_an_owner", like_ls, "lied"),
    ("listing_refused", optimist, "lied"),
    ("listing_cut_and_426", optimist, "lied"),
    ("names_in_utf8", in_latin_1, "lied"),
    ("listing_in_pieces", too_modest, "failed"),
    ("size_told_too_small", by_size, "lied"),
    ("download_cut_once_and_rest_ignored", resuming, "lied"),
    ("download_cut_and_426", hasty, "lied"),
    ("shut_down_in_the_middle", hasty, "lied"),
    ("server_dies_in_the_middle", hasty, "kept"),
    ("completion_before_the_data", hasty, "kept"),
    ("disk_error_behind_the_data", hasty, "succeeded"),
    ("greeting_120_before_the_220", hasty, "crashed"),
    ("download_never_begins", patient, "hung"),
    ("greeting_never_comes", patient, "hung"),
    ("success_and_failure_at_once", insistent, "duplicated"),
    ("upload_completed_twice", twice, "duplicated"),
    ("completion_of_the_upload_is_late", liar, "kept"),
    ("no_space_behind_the_data", liar, "lied"),
    ("control_connection_gone_behind_the_upload", liar, "lied"),
    ("auth_stripped", careless, "leaked"),
    ("auth_refused", careless, "leaked"),
    ("certificate_expired", careless, "succeeded"),
    ("download_cut_without_close_notify", ragged_download, "lied"),
    ("listing_cut_without_close_notify", ragged_listing, "lied"),
    ("download_without_close_notify", ragged_download, "kept"),
]


@pytest.mark.parametrize(
    ("name", "client", "word"), VERDICTS, ids=[f"{row[1].__name__}-{row[0]}" for row in VERDICTS]
)
def test_verdicts(name: str, client: Any, word: str, patiently: Any) -> None:
    case = CASES[name]

    def run(deadline: float) -> Any:
        return case.check(**{case.operation: client}, errors=FAMILY, deadline=deadline)

    deadlines = (0.3, 2.0, 9.0) if client is patient else (9.0,)
    verdict = patiently(run, lambda verdict: verdict.met, *deadlines)
    assert verdict.word == word, str(verdict)
    assert verdict.met
