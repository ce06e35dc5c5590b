"""What a well-behaved server answers: access, folders, facts, limits."""

import os
import socket
import stat
from pathlib import Path

import pytest
from raw_client import RawClient

from fakefarm import FakeFTP

# Lines, and the codes of their replies, in a session that is logged in.
COMMANDS = [
    (["SYST", "NOOP", "noop", "PWD", "XPWD"], [215, 200, 200, 257, 257]),
    (["TYPE A", "TYPE I", "TYPE L8", "TYPE E"], [200, 200, 200, 504]),
    (["MODE S", "MODE B", "STRU F", "STRU R", "ALLO 5"], [200, 504, 200, 504, 202]),
    (["CWD folder", "PWD", "CDUP", "CWD /file.txt", "CWD nothing"], [250, 257, 250, 550, 550]),
    (["XMKD x", "XCWD x", "XCUP", "XRMD x", "XRMD x"], [257, 250, 250, 250, 550]),
    (["MKD a/b", "MKD a", "MKD a", "RMD a", "RMD folder", "RMD /"], [550, 257, 550, 250, 550, 550]),
    (["RNFR file.txt", "RNTO b", "SIZE b", "RNTO c", "RNFR nothing"], [350, 250, 213, 503, 550]),
    (["DELE file.txt", "DELE file.txt", "DELE folder"], [250, 550, 550]),
    (["SIZE file.txt", "SIZE folder", "TYPE A", "SIZE file.txt"], [213, 550, 200, 550]),
    (["MDTM file.txt", "MDTM folder"], [213, 550]),
    (["MFMT 20010203040506 file.txt", "MFMT 2001 file.txt", "MFMT x"], [213, 501, 501]),
    (["MFMT 20010203040506 nothing", "MFMT 20010203040506 folder"], [550, 550]),
    (
        ["STAT", "STAT file.txt", "STAT -la folder", "STAT nothing", "STAT *"],
        [211, 213, 213, 550, 550],
    ),
    (
        ["HELP", "HELP RETR", "HELP XYZ", "SITE HELP", "SITE CHMOD 600 file.txt"],
        [214, 214, 501, 214, 200],
    ),
    (["SITE CHMOD 999 file.txt", "SITE IDLE 5", "SITE", "SITE XSTAT"], [501, 500, 501, 500]),
    (["FEAT", "OPTS UTF8 ON", "OPTS MLST type;size;", "OPTS XYZ"], [211, 200, 200, 501]),
    (["MLST file.txt", "MLST", "MLST nothing"], [250, 250, 550]),
    (["REST 5", "REST x", "REST -1", "TYPE A", "REST 5"], [350, 501, 501, 200, 501]),
    (["ACCT x", "SMNT x", "AUTH TLS", "PBSZ 0", "PROT P", "LANG en", "HOST x"], [202, *[502] * 6]),
    (["XYZ", "", "FOOSTAT", " NOOP"], [500, 500, 500, 500]),
    (["PASS x", "USER bob", "PASS x", "REIN", "PWD"], [503, 331, 230, 230, 530]),
    (["PORT 127,0,0,1,200,1", "PORT 10,0,0,1,200,1", "PORT 127,0,0,1,0,80"], [200, 501, 501]),
    (["PORT 1,2,3", "PORT 256,0,0,1,200,1", "EPRT |1|127.0.0.1|51200|"], [501, 501, 200]),
    (["EPRT |2|::1|51200|", "EPRT |3|x|51200|", "EPRT"], [522, 501, 501]),
    (["EPSV", "EPSV 1", "EPSV 2", "EPSV 9", "PASV"], [229, 229, 522, 501, 227]),
    (["EPSV ALL", "PASV", "PORT 127,0,0,1,200,1", "EPSV"], [220, 501, 501, 229]),
    (["RETR file.txt", "STOR x", "LIST", "NLST", "MLSD", "STOU", "APPE x"], [425] * 7),
    (["RETR", "RETR nothing", "RETR folder", "RETR ../../etc/passwd"], [501, 425, 425, 425]),
    (["ABOR", "PASV", "ABOR", "ABOR", "QUIT"], [225, 227, 225, 225, 221]),
    (["NOOP x", "PWD x", "QUIT x"], [501, 501, 501]),
    (["CWD a\0b", "\xff\xfe", "MKD " + "x" * 300, "CWD " + "x/" * 1000], [501, 500, 550, 550]),
]


@pytest.mark.parametrize(("lines", "codes"), COMMANDS, ids=lambda each: str(each[0])[:20])
def test_replies(filled, raw, lines, codes) -> None:
    assert raw(filled).codes(*lines) == codes


@pytest.mark.parametrize(
    "line",
    ["PWD", "CWD /", "RETR file.txt", "PASV", "TYPE I", "DELE file.txt", "STAT file.txt", "ABOR"],
)
def test_before_login(filled, raw, line) -> None:
    assert raw(filled, user="").codes(line, "STAT", "NOOP", "FEAT", "HELP") == [
        *(530, 211, 200, 211, 214)
    ]


def test_refused_transfers_leave_the_files_as_they_are(filled, raw) -> None:
    client = raw(filled)
    client.passive()
    lines = ["RETR nothing", "RETR folder", "STOR folder", "STOR a/b", "MLSD file.txt"]
    assert client.codes(*lines, "LIST nothing") == [550, 550, 550, 550, 501, 550]
    assert client.codes("STOR file.txt/x", "REST 99", "RETR file.txt") == [550, 350, 554]
    assert (filled.root / "file.txt").read_bytes() == b"0123456789"


# --- who is let in


def test_users(raw) -> None:
    with FakeFTP(users={"ann": "secret", "anonymous": ""}) as fake:
        client = raw(fake, user="")
        assert client.codes("PASS secret", "USER ann", "PASS wrong") == [503, 331, 530]
        assert client.codes("USER bob", "PASS secret", "USER ann", "PASS secret") == [
            *(331, 530, 331, 230)
        ]
        assert client.codes("USER anonymous", "PASS me@example.com") == [331, 230]


def test_the_third_failed_login_ends_the_connection(raw) -> None:
    with FakeFTP(users={}) as fake:
        client = raw(fake, user="")
        assert client.codes("USER a", "PASS b", "USER a", "PASS b", "USER anonymous") == [
            *(331, 530, 331, 530, 331)
        ]
        assert b"530" in client.say("PASS b")
        assert client.rest() == (b"", "fin")


def test_an_account_that_the_script_asks_for(ftp, raw) -> None:
    ftp.on("PASS").reply(332, "account?")
    client = raw(ftp, user="")
    assert client.codes("ACCT x", "USER ann", "PASS x", "PWD", "ACCT x", "PWD") == [
        *(503, 331, 332, 530, 230, 257)
    ]


def test_homes(ftp, raw) -> None:
    (ftp.root / "bob").mkdir()
    ftp.homes["carol"] = "deep/home"
    client = raw(ftp)
    for user in ("ann", "bob", "carol", "../..", "/etc"):
        assert client.codes(f"USER {user}", "PASS x") == [331, 230]
        name = user.replace("/", "_")
        assert client.codes(f"MKD of-{name}") == [257]
    assert sorted(path.name for path in ftp.root.glob("of-*")) == ["of-.._..", "of-_etc", "of-ann"]
    assert (ftp.root / "bob" / "of-bob").is_dir()
    assert (ftp.root / "deep" / "home" / "of-carol").is_dir()
    assert ftp.homes["carol"] == ftp.root / "deep" / "home"


@pytest.mark.parametrize("folder", ["..", "/etc", "a/../../b"])
def test_a_home_outside_of_the_root(ftp, folder) -> None:
    with pytest.raises(ValueError, match="not inside"):
        ftp.homes["ann"] = folder
    with pytest.raises(ValueError, match="not inside"):
        ftp.homes.update(ann=folder)
    with pytest.raises(ValueError, match="not inside"):
        ftp.homes = {"ann": folder}
    assert ftp.homes == {}


# --- no path leads out


@pytest.fixture
def fenced(tmp_path, raw):
    """A fake with links that lead out, and a client of it."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    (root / "own").write_bytes(b"own")
    (root / "inner").symlink_to("own")
    with FakeFTP(root=root) as fake:
        yield fake, raw(fake), outside


@pytest.mark.parametrize(
    "line",
    [
        *("RETR file", "RETR folder/secret", "RETR ../outside/secret", "RETR /../outside/secret"),
        *("STOR folder/new", "APPE file", "STOU folder/new", "CWD folder", "MKD folder/new"),
        *("DELE folder/secret", "RNFR folder/secret", "LIST folder", "MLSD folder", "NLST folder"),
        *("SIZE file", "MDTM file", "STAT folder", "SITE CHMOD 777 file", "RMD folder/x"),
        *("MFMT 20010203040506 file", "MLST folder/secret"),
    ],
)
def test_no_path_leads_out(fenced, line) -> None:
    _, client, outside = fenced
    client.passive()
    reply = client.say(line)
    assert reply[:3] in (b"550", b"501")
    assert str(outside).encode() not in reply
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"


def test_dots_stay_inside(fenced) -> None:
    _, client, _ = fenced
    assert client.say("CWD ../../..") == b'250 "/" is the current directory.\r\n'
    assert client.fetch("RETR ../../own")[0] == b"own"


def test_a_rename_out_of_the_root(fenced) -> None:
    _, client, outside = fenced
    assert client.codes("RNFR own", "RNTO folder/own", "RNFR own", "RNTO ../own") == [
        *(350, 550, 350, 250)
    ]
    assert not (outside / "own").exists()


def test_links_that_stay_inside_are_followed(fenced) -> None:
    fake, client, _ = fenced
    assert client.fetch("RETR inner")[0] == b"own"
    facts = client.fetch("MLSD")[0].decode()
    assert facts.count("type=file;size=3;") == 2  # own, and the link to it
    fake.facts_style = "unix-links"
    assert "slink" in client.fetch("MLSD")[0].decode()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("line", ["RETR pipe", "STOR pipe", "APPE pipe"])
def test_a_named_pipe_is_not_waited_for(ftp, raw, line) -> None:
    os.mkfifo(ftp.root / "pipe")
    client = raw(ftp)
    client.passive()
    assert client.codes(line, "NOOP") == [550, 200]


# --- the root


def test_a_temporary_root_is_removed() -> None:
    with FakeFTP() as fake:
        root = fake.root
        (root / "a" / "b").mkdir(parents=True)
        assert root.is_dir()
        fake.reset()
        assert not root.exists()
        assert not list(fake.root.iterdir())
        root = fake.root
    assert not root.exists()


def test_a_given_root_is_left_alone(tmp_path, raw) -> None:
    with FakeFTP(root=str(tmp_path)) as fake:
        assert fake.root == Path(os.path.realpath(tmp_path))
        assert raw(fake).codes("MKD made") == [257]
        fake.reset()
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


@pytest.mark.parametrize(("root", "error"), [("/nowhere/at/all", ValueError), (5, TypeError)])
def test_a_root_that_is_none(root, error) -> None:
    with pytest.raises(error, match="root="):
        FakeFTP(root=root)


# --- names


def test_names_of_any_bytes(ftp, raw) -> None:
    name = b"caf\xe9 \xff\xff;=.txt"
    Path(os.fsdecode(bytes(ftp.root) + b"/" + name)).write_bytes(b"x")
    client = raw(ftp)
    assert name in client.fetch("LIST")[0]
    assert client.fetch("NLST")[0] == name + b"\r\n"
    assert client.fetch("MLSD")[0].endswith(b"; " + name + b"\r\n")
    sent = name.replace(b"\xff", b"\xff\xff")  # Telnet: RFC 854
    assert client.fetch(b"RETR " + sent)[0] == b"x"
    assert name in client.say(b"MLST " + sent)
    assert client.codes(b"DELE " + sent) == [250]


def test_quotes_are_doubled(ftp, raw) -> None:
    client = raw(ftp)
    assert client.say('MKD a"b') == b'257 "/a""b" directory created.\r\n'
    assert client.say('CWD a"b') == b'250 "/a""b" is the current directory.\r\n'
    assert client.say("PWD") == b'257 "/a""b" is the current directory.\r\n'


# --- what can be set


def test_greeting_and_features(ftp, raw) -> None:
    ftp.greeting = "one\n two\nthree"
    ftp.capabilities = ["MLST", "XYZ a b"]
    client = raw(ftp, greeted=False)
    assert client.reply() == b"220-one\r\n two\r\n220 three\r\n"
    assert client.codes("USER ann", "PASS x", "OPTS MLST size;unique;") == [331, 230, 200]
    lines = client.say("FEAT").split(b"\r\n")
    assert lines[2] == b" XYZ a b"
    assert b"type;size*;modify;perm;unique*;" in lines[1]
    ftp.capabilities.clear()
    assert client.say("FEAT") == b"211 No features.\r\n"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("listing_style", "windos", ValueError),
        ("facts_style", "dot", ValueError),
        ("passive_address", 5, TypeError),
        ("passive_address", ("127.0.0.1", 70000), ValueError),
        ("passive_address", ("127.0.0.1", True), ValueError),
        ("passive_address", ("127.0.0.1", 1, 2), TypeError),
        ("capabilities", "MLST", TypeError),
    ],
)
def test_settings_are_checked_where_they_are_set(ftp, name, value, error) -> None:
    with pytest.raises(error, match=name):
        setattr(ftp, name, value)


def test_reset_sets_everything_back(ftp, raw) -> None:
    ftp.listing_style, ftp.early_completion, ftp.greeting = "windows", True, "x"
    ftp.homes["ann"] = "home"
    assert raw(ftp).store("STOR x", b"x") == 226
    ftp.reset()
    assert (ftp.listing_style, ftp.early_completion, ftp.uploads) == ("unix", False, [])
    assert not ftp.homes


# --- lines


@pytest.mark.parametrize(
    "line", [b"\xff\xf4\xff\xf2ABOR", b"\xff\xf4\xff\xf2abor", b"\xff\xfb\x01ABOR", b"AB\xff\xf1OR"]
)
def test_telnet_among_the_bytes(ftp, raw, line) -> None:
    assert raw(ftp).codes(line) == [225]
    assert ftp.steps[-1].line == line
    assert ftp.steps[-1].verb == "ABOR"


def test_urgent_bytes_are_bytes_of_the_line(ftp, raw) -> None:
    client = raw(ftp)
    client.sock.send(b"\xff\xf4\xff\xf2", socket.MSG_OOB)
    client.sock.send(b"ABOR\r\n", socket.MSG_OOB)
    assert client.code() == 225


def test_a_line_that_is_too_long(ftp, raw) -> None:
    client = raw(ftp)
    assert client.codes("NOOP " + "x" * 5000, "NOOP") == [500, 200]


def test_pipelined_commands(filled, raw) -> None:
    client = raw(filled)
    client.send(b"PWD\r\nCWD folder\r\nPWD\r\nQUIT\r\nNOOP\r\n")
    assert [client.code() for _ in range(4)] == [257, 250, 257, 221]
    assert client.rest() == (b"", "fin")


def test_bytewise(filled, raw) -> None:
    client = raw(filled)
    client.send_bytewise(b"CWD folder\r\nPWD\r\n")
    assert [client.code(), client.reply()] == [250, b'257 "/folder" is the current directory.\r\n']


def test_silence(raw) -> None:
    with FakeFTP(timeout=0.05) as fake:
        client = raw(fake)
        assert client.rest() == (b"421 Control connection timed out.\r\n", "fin")
    assert fake.connections[0].ended_how == "timeout"


def test_the_directory_of_the_process_stays(filled, raw) -> None:
    before = Path.cwd()
    assert raw(filled).codes("CWD folder", "CDUP") == [250, 250]
    assert Path.cwd() == before


def test_what_changes_a_file(filled, raw) -> None:
    client = raw(filled)
    assert client.codes("SITE CHMOD 600 file.txt", "MFMT 20010203040506 file.txt") == [200, 213]
    told = (filled.root / "file.txt").stat()
    assert (stat.S_IMODE(told.st_mode), told.st_mtime) == (0o600, 981173106)
    assert client.say("MDTM file.txt") == b"213 20010203040506\r\n"


def test_ipv6(raw) -> None:
    with FakeFTP(host="::1") as fake:
        (fake.root / "file.txt").write_bytes(b"0123456789")
        client = raw(fake)
        assert client.fetch("RETR file.txt") == (b"0123456789", "fin", 226)
        with client.active() as listener:
            assert client.codes("RETR file.txt") == [150]
            conn, _ = listener.accept()
            with conn:
                assert conn.recv(100) == b"0123456789"
        assert client.code() == 226
        assert client.codes("EPSV 1", "EPSV 2", "PORT 127,0,0,1,200,1") == [522, 229, 501]
        assert client.codes("PASV") == [425]
        fake.passive_address = "127.0.0.1"
        assert client.say("PASV").startswith(b"227 Entering passive mode (127,0,0,1,")


def test_two_sessions_are_two(filled, raw) -> None:
    one, two = raw(filled), raw(filled, user="bob")
    assert one.codes("CWD folder", "TYPE A") == [250, 200]
    assert two.say("PWD") == b'257 "/" is the current directory.\r\n'
    assert isinstance(one, RawClient)
    assert two.codes("SIZE file.txt") == [213]
