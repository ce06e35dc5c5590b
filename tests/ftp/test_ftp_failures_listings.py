"""Failures found in the wild, 63 to 69: listings, and what is told of files. Each is a script of at
most four lines, and what ftplib makes of it.

It is the same on Python 3.10 to 3.13.
"""

import ftplib
import os
import sys

import pytest

from fakefarm.ftp.listing import FACTS_STYLES, STYLES

Perm, Temp, Reply = ftplib.error_perm, ftplib.error_temp, ftplib.error_reply
IMPATIENCE = 0.2  # seconds
needs_any_bytes = pytest.mark.skipif(
    sys.platform != "linux", reason="only the file systems of Linux take any bytes as a name"
)


def lines_of(client: ftplib.FTP) -> list[str]:
    lines: list[str] = []
    client.dir(lines.append)
    return lines


# --- MLSD


def test_63_mlsd_is_in_feat_and_unknown(served, client) -> None:
    served.on("MLSD").reply(500, "what?")
    lister = client(served)
    assert "MLST" in lister.sendcmd("FEAT")
    with pytest.raises(Perm, match="500 what"):
        list(lister.mlsd())
    assert len(lines_of(lister)) == 3  # what a client falls back on


def test_63_mlsd_hangs(served, client) -> None:
    served.on("MLSD").ignore()
    with pytest.raises(TimeoutError):
        list(client(served, timeout=IMPATIENCE).mlsd())


def test_63_mlsd_is_accepted_and_silent(served, client) -> None:
    served.on("MLSD").stall()
    with pytest.raises(TimeoutError):
        list(client(served, timeout=IMPATIENCE).mlsd())


# What ftplib makes of data.bin, notes.txt and pub, of the facts type and size.
PLAIN = [
    ("data.bin", {"type": "file", "size": "10240"}),
    ("notes.txt", {"type": "file", "size": "10"}),
    ("pub", {"type": "dir"}),
]
NAMES = ["data.bin", "notes.txt", "pub"]
# fmt: off
ODD = {
    "dots": [(".", {"type": "cdir"}), ("..", {"type": "pdir"}), *PLAIN],
    "odd-case": [(name, {k: v.upper() for k, v in facts.items()}) for name, facts in PLAIN],
    "no-type": [("data.bin", {"size": "10240"}), ("notes.txt", {"size": "10"}), ("pub", {})],
    "no-size": [(name, {"type": facts["type"]}) for name, facts in PLAIN],
    "no-facts": [(name, {}) for name in NAMES],
    "unknown-facts": PLAIN,
    # The last digit of the size is lost.
    "no-last-semicolon": [("data.bin", {"type": "file", "size": "1024"}),
                          ("notes.txt", {"type": "file", "size": "1"}),
                          ("pub", {"type": "di"})],
    # It takes the second fact for the name.
    "spaces": [("size=10240; data.bin", {"type": "file"}), ("size=10; notes.txt", {"type": "file"}),
               ("pub", {"type": "dir"})],
    # The names are gone.
    "no-space": [("", {"type": "file", "size": "10240"}), ("", {"type": "file", "size": "10"}),
                 ("", {"type": "dir"})],
    "no-equals": [("data.bin", {"type": "", "size": ""}), ("notes.txt", {"type": "", "size": ""}),
                  ("pub", {"type": ""})],
    "empty-values": [("data.bin", {"type": "", "size": ""}),
                     ("notes.txt", {"type": "", "size": ""}), ("pub", {"type": ""})],
    "empty": [],
}
# fmt: on


@pytest.mark.parametrize("style", FACTS_STYLES)
def test_64_odd_facts(served, client, style) -> None:
    served.facts_style = style
    found = [
        (name, {fact: value for fact, value in facts.items() if fact in ("type", "size")})
        for name, facts in client(served).mlsd(facts=["type", "size"])
    ]
    assert sorted(found, key=str) == sorted(ODD.get(style, PLAIN), key=str)


@pytest.mark.parametrize("name", ["a=b", "a;b", "type=dir;", " leading", "two  spaces"])
def test_64_odd_names(ftp, client, name) -> None:
    (ftp.root / name).touch()
    lister = client(ftp)
    assert [found for found, _ in lister.mlsd()] == [name]
    assert lister.nlst() == [name]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", []),
        (b"\r\n", [("", {"": ""})]),
        (b"rubbish\r\n", [("", {"rubbis": ""})]),
        (b"type=file; \r\n", [("", {"type": "file"})]),
        (b"TyPe=FiLe; x", [("x", {"type": "FiLe"})]),
    ],
)
def test_64_rubbish(ftp, client, content, found) -> None:
    ftp.on("MLSD").content(content)
    assert list(client(ftp).mlsd()) == found


# --- NLST and LIST


@pytest.mark.parametrize(("code", "raises"), [(450, Temp), (550, Perm)])
def test_65_nlst_says_that_there_are_no_files(ftp, client, code, raises) -> None:
    ftp.on("NLST").reply(code, "no files found")
    with pytest.raises(raises, match=f"{code} no files"):
        client(ftp).nlst()


def test_65_nlst_of_an_empty_folder(ftp, client) -> None:
    assert client(ftp).nlst() == []


@pytest.mark.parametrize("style", STYLES)
def test_66_listings_in_every_style(served, client, style) -> None:
    """ftplib does not look at them; who reads them does."""
    served.listing_style = style
    text = "\n".join(lines_of(client(served)))
    assert ("notes.txt" in text) == (style != "empty")


@needs_any_bytes
@pytest.mark.parametrize("how", ["LIST", "NLST", "MLSD"])
def test_67_a_name_that_is_not_utf8(ftp, client, how) -> None:
    (ftp.root / os.fsdecode(b"caf\xe9")).touch()
    calls = {"LIST": lines_of, "NLST": ftplib.FTP.nlst, "MLSD": lambda c: list(c.mlsd())}
    with pytest.raises(UnicodeDecodeError):
        calls[how](client(ftp))
    assert "café" in str(calls[how](client(ftp, encoding="latin-1")))


@pytest.mark.parametrize("command", ["LIST", "NLST", "RETR"])
def test_67_a_line_that_is_too_long(served, client, command) -> None:
    served.on(command).content(b"x" * 9000 + b"\r\n")
    with pytest.raises(ftplib.Error, match="more than 8192"):
        client(served).retrlines(f"{command} notes.txt")


# --- PWD, SIZE and MDTM


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"/a folder" is current', "/a folder"),
        ('"/unclosed', "/unclosed"),
        ("/without quotes", ""),
        ("", ""),
        ('"/a ""quoted"" one"', '/a "quoted" one'),
        ('"/a" and "/b"', "/a"),
        ('""', ""),
        ('"/tab\tand\x01one"', "/tab\tand\x01one"),
        ('"/../../etc"', "/../../etc"),
    ],
)
def test_68_pwd(ftp, client, text, found) -> None:
    ftp.on("PWD").reply(257, text)
    assert client(ftp).pwd() == found


def test_68_pwd_with_another_code(ftp, client) -> None:
    ftp.on("PWD").reply(250, '"/"')
    assert client(ftp).pwd() == ""


def test_68_mkd(ftp, client) -> None:
    """The reply may name the folder, or not."""
    ftp.on("MKD").reply(257, "made").then.reply(250, "made").then.reply(550, "exists")
    maker = client(ftp)
    assert maker.mkd("one") == ""
    assert maker.mkd("two") == ""
    with pytest.raises(Perm, match="550"):
        maker.mkd("three")
    assert sorted(path.name for path in ftp.root.iterdir()) == ["one", "two"]


@pytest.mark.parametrize(
    ("code", "text", "raises"),
    [
        (550, "not a plain file", Perm),
        (450, "busy", Temp),
        (213, "many", ValueError),
        (213, "", ValueError),
        (213, "12 bytes", ValueError),
        (213, "0x10", ValueError),
    ],
)
def test_69_size(served, client, code, text, raises) -> None:
    served.on("SIZE").reply(code, text)
    with pytest.raises(raises):
        client(served).size("notes.txt")


@pytest.mark.parametrize(
    ("code", "text", "size"), [(213, "-5", -5), (213, "1_000", 1000), (214, "10", None)]
)
def test_69_a_size_that_ftplib_takes(served, client, code, text, size) -> None:
    served.on("SIZE").reply(code, text)
    assert client(served).size("notes.txt") == size


@pytest.mark.parametrize(
    ("code", "text", "raises"),
    [(550, "no", Perm), (450, "busy", Temp), (213, "yesterday", None), (213, "", None)],
)
def test_69_mdtm(served, client, code, text, raises) -> None:
    """ftplib gives the text, whatever it is."""
    served.on("MDTM").reply(code, text)
    asker = client(served)
    if raises is None:
        assert asker.voidcmd("MDTM notes.txt").rstrip() == f"{code} {text}".rstrip()
    else:
        with pytest.raises(raises, match=str(code)):
            asker.voidcmd("MDTM notes.txt")
