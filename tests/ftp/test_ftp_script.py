"""The forms of reply() and content(), and what a rule at each step does."""

import gc

import pytest

from fakefarm import FakeFailure, FakeFTP

# What is given to reply(), and what is sent.
REPLIES = [
    ((450, "busy"), b"450 busy\r\n"),
    ((999,), b"999\r\n"),
    ((200, ""), b"200 \r\n"),
    ((211, "one", " two", "211three", "end"), b"211-one\r\n two\r\n211three\r\n211 end\r\n"),
    ((211, "one", "end"), b"211-one\r\n211 end\r\n"),
    ((550, b"\xff\0"), b"550 \xff\0\r\n"),
    ((550, "caf\u00e9"), "550 caf\u00e9\r\n".encode()),
    ((550, "a\r\nb"), b"550 a\r\nb\r\n"),
    ((lambda step: (550, step.argument),), b"550 x\r\n"),
    ((lambda step: 550,), b"550\r\n"),
    ((lambda step: b"raw\n",), b"raw\n"),
    ((lambda step: None,), b"530 Log in with USER and PASS first.\r\n"),
]


@pytest.mark.parametrize(("arguments", "data"), REPLIES)
@pytest.mark.parametrize("verb", ["DELE", "RETR"])
def test_reply(ftp, raw, verb, arguments, data) -> None:
    ftp.on(verb).reply(*arguments)
    ftp.on("NOOP").close()
    client = raw(ftp, user="")
    client.send(f"{verb} x\r\nNOOP\r\n".encode())
    assert client.rest() == (data, "fin")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((99,), ValueError), ((1000,), ValueError), (("x",), ValueError), ((True,), ValueError),
     ((200, 5), TypeError), ((lambda step: 200, "x"), TypeError)],
)  # fmt: skip
def test_bad_replies_raise_where_they_are_written(ftp, arguments, error) -> None:
    with pytest.raises(error, match="reply"):
        ftp.on("DELE").reply(*arguments)
    ftp.reset()


def test_a_callable_that_returns_nonsense_fails_the_test(raw) -> None:
    fake = FakeFTP(strict=False).start()
    fake.on("NOOP").reply(lambda step: 7)
    client = raw(fake, user="")
    client.send(b"NOOP\r\n")
    assert client.rest() == (b"", "fin")
    fake.stop()
    with pytest.raises(FakeFailure, match="three digits"):
        fake.verify()


@pytest.mark.parametrize("verb", ["RTER", "Transfer", "retr", "FEET"])
def test_an_unknown_verb(ftp, verb) -> None:
    with pytest.raises(ValueError, match="did you mean"):
        ftp.on(verb)


@pytest.mark.parametrize("verb", ["STOR", "NOOP", "transfer", "connect"])
def test_content_belongs_to_what_sends_data(ftp, verb) -> None:
    with pytest.raises(ValueError, match="content"):
        ftp.on(verb).content(b"x")
    ftp.reset()


def test_content_is_bytes(ftp) -> None:
    with pytest.raises(TypeError, match="give bytes"):
        ftp.on("RETR").content("text")
    ftp.reset()


# --- the effect

# A rule for DELE, the code that comes, whether the file is gone.
DELETIONS = [
    (lambda on: on.answer(), 250, True),
    (lambda on: on.reply(250, "gone"), 250, True),
    (lambda on: on.reply(200, "gone"), 200, True),
    (lambda on: on.reply(250, "gone").without_effect(), 250, False),
    (lambda on: on.answer().without_effect(), 250, False),
    (lambda on: on.without_effect(), 250, False),
    (lambda on: on.reply(550, "no"), 550, False),
    (lambda on: on.reply(350, "what?"), 350, False),
    (lambda on: on.raw(b"250 gone\r\n"), 250, False),
    (lambda on: on.reply(lambda step: 250), 250, True),
    (lambda on: on.reply(lambda step: 550), 550, False),
    (lambda on: on.truncate(after=4), 250, True),
    (lambda on: on.truncate(after=0), 0, True),
    (lambda on: on.delay(0.01), 250, True),
    (lambda on: on.close(), 0, False),
    (lambda on: on.reset(), 0, False),
    (lambda on: on.ignore().close(), 0, False),
]


@pytest.mark.parametrize(("script", "code", "gone"), DELETIONS)
def test_the_effect(filled, raw, script, code, gone) -> None:
    script(filled.on("DELE"))
    client = raw(filled)
    client.send_line("DELE file.txt")
    if code:
        assert client.line()[:3] == b"%d" % code
    else:
        assert client.rest()[0] == b""
    assert (filled.root / "file.txt").exists() is not gone


# A line, the rule's reply that leaves the effect out, and what tells that there was none.
WITHOUT = [
    ("MKD made", lambda f, c: not (f.root / "made").exists()),
    ("RMD empty", lambda f, c: (f.root / "empty").exists()),
    ("CWD folder", lambda f, c: c.say("PWD").startswith(b'257 "/"')),
    ("TYPE A", lambda f, c: c.codes("SIZE file.txt") == [213]),
    ("REST 5", lambda f, c: c.fetch("RETR file.txt")[0] == b"0123456789"),
    ("RNFR file.txt", lambda f, c: c.codes("RNTO x") == [503]),
    ("DELE file.txt", lambda f, c: (f.root / "file.txt").exists()),
    ("USER bob", lambda f, c: c.codes("PWD") == [257]),
    ("REIN", lambda f, c: c.codes("PWD") == [257]),
    ("QUIT", lambda f, c: c.codes("PWD") == [257]),
    ("SITE CHMOD 600 file.txt", lambda f, c: (f.root / "file.txt").stat().st_mode & 0o777 != 0o600),
    ("MFMT 20010203040506 file.txt", lambda f, c: (f.root / "file.txt").stat().st_mtime > 1e9),
    ("OPTS MLST size;", lambda f, c: b"type*;" in c.say("FEAT")),
    ("EPSV ALL", lambda f, c: c.codes("PASV") == [227]),
    ("PASV", lambda f, c: c.codes("LIST") == [425]),
    ("EPSV", lambda f, c: c.codes("LIST") == [425]),
    ("PORT 127,0,0,1,200,1", lambda f, c: c.codes("LIST") == [425]),
]


@pytest.mark.parametrize(("line", "nothing"), WITHOUT)
@pytest.mark.parametrize("natural", [True, False], ids=["natural", "scripted"])
def test_without_effect(filled, raw, line, nothing, natural) -> None:
    (filled.root / "empty").mkdir()
    verb = line.split()[0]
    rule = filled.on(verb).answer() if natural else filled.on(verb).reply(200, "yes")
    rule.without_effect().once()
    client = raw(filled) if verb not in ("USER", "TYPE") else None
    if client is None:  # they are said at every login: let that pass
        filled.reset()
        (filled.root / "file.txt").write_bytes(b"0123456789")
        client = raw(filled)
        filled.on(verb).answer().without_effect().once()
    assert client.say(line)[:1] in (b"2", b"3")
    assert nothing(filled, client)


# What a dry run has to foresee.
REFUSED = [
    *("MKD folder", "MKD a/b", "RMD folder", "RMD nothing", "DELE folder", "DELE nothing"),
    *("CWD nothing", "CWD file.txt", "SITE CHMOD 600 nothing", "RNFR nothing"),
]


@pytest.mark.parametrize("line", REFUSED)
def test_what_would_fail_fails_without_effect_too(filled, raw, line) -> None:
    filled.on("*", "*").answer().without_effect()
    filled.on("NOOP").optional()
    with FakeFTP(root=filled.root) as fake:
        fake.on(line.split()[0]).without_effect()
        assert raw(fake).codes(line) == [550]
    filled.reset()


def test_a_dry_rename(filled, raw) -> None:
    filled.on("RNTO").without_effect()
    client = raw(filled)
    assert client.codes("RNFR file.txt", "RNTO b", "RNFR file.txt", "RNTO x/b") == [
        *(350, 250, 350, 550)
    ]
    assert (filled.root / "file.txt").exists()


@pytest.mark.parametrize("verb", ["STOR", "APPE", "STOU"])
def test_an_upload_that_is_accepted_and_dropped(filled, raw, verb) -> None:
    filled.on(verb).without_effect()
    client = raw(filled)
    before = sorted(path.name for path in filled.root.iterdir())
    assert client.store(f"{verb} file.txt", b"xyz") == 226
    assert sorted(path.name for path in filled.root.iterdir()) == before
    assert (filled.root / "file.txt").read_bytes() == b"0123456789"
    assert filled.uploads == []


@pytest.mark.parametrize("line", ["STOR a/b", "STOR folder", "APPE folder", "REST 3", "STOU a/b"])
def test_an_upload_that_would_be_refused(filled, raw, line) -> None:
    filled.on("STOR").without_effect().optional()
    filled.on("APPE").without_effect().optional()
    filled.on("STOU").without_effect().optional()
    client = raw(filled)
    client.passive()
    if line.startswith("REST"):
        assert client.codes(line, "STOR nothing") == [350, 550]
    elif line.startswith("STOU"):
        assert client.codes("STOU") == [150]
    else:
        assert client.codes(line) == [550]
    assert "nothing" not in [path.name for path in filled.root.iterdir()]


def test_a_refused_upload_leaves_the_file(filled, raw) -> None:
    filled.on("STOR").reply(553, "no")
    client = raw(filled)
    client.passive()
    assert client.codes("STOR file.txt", "NOOP") == [553, 200]
    assert (filled.root / "file.txt").read_bytes() == b"0123456789"
    assert filled.uploads == []


# --- logging in


@pytest.mark.parametrize("code", [230, 200])
def test_user_that_needs_no_password(ftp, raw, code) -> None:
    ftp.on("USER").reply(code, "welcome")
    client = raw(ftp, user="")
    assert client.codes("PWD", "USER ann", "PWD") == [530, code, 257]
    assert client.store("STOR x", b"") == 226
    assert ftp.uploads[0].user == "ann"


def test_user_331_names_and_530_does_not(ftp, raw) -> None:
    ftp.on("USER").reply(331, "say it").then.reply(530, "no")
    client = raw(ftp, user="")
    assert client.codes("USER ann", "PASS x", "REIN", "USER ann", "PASS x") == [
        *(331, 230, 230, 530, 503)
    ]


def test_a_greeting_that_logs_in(ftp, raw) -> None:
    ftp.on("connect").reply(230, "you are in").then.reply(220, "hello")
    client = raw(ftp, greeted=False)
    assert client.code() == 230
    assert client.codes("PWD") == [257]
    assert raw(ftp, user="").codes("PWD") == [530]


@pytest.mark.parametrize("users", [None, {}])
def test_pass_that_is_accepted_whatever_it_is(raw, users) -> None:
    with FakeFTP(users=users) as fake:
        fake.on("PASS").reply(230, "in")
        assert raw(fake, user="").codes("USER ann", "PASS x", "PWD") == [331, 230, 257]
        for _ in range(4):  # no failed login is counted
            assert raw(fake, user="").codes("USER a", "PASS x", "NOOP") == [331, 230, 200]


def test_pass_that_is_refused(ftp, raw) -> None:
    ftp.on("PASS").reply(530, "no").times(3)
    client = raw(ftp, user="")
    assert client.codes("USER a", "PASS x", "PASS x", "PASS x", "PASS x") == [
        331,
        530,
        530,
        530,
        230,
    ]


def test_rules_come_before_the_state(ftp, raw) -> None:
    ftp.on("RETR").reply(450, "busy")
    ftp.on("DELE").reply(250, "gone")
    assert raw(ftp, user="").codes("RETR x", "DELE x") == [450, 250]


# --- what is recorded


def test_steps(filled, raw) -> None:
    client = raw(filled)
    assert client.codes("cwd  a", "SITE HELP") == [550, 214]
    client.fetch("LIST folder")
    assert [(step.verb, step.argument) for step in filled.steps[-5:]] == [
        ("CWD", " a"),
        ("SITE", "HELP"),
        ("EPSV", ""),
        ("LIST", "folder"),
        ("transfer", "LIST folder"),
    ]
    assert filled.commands[-2:] == ["EPSV", "LIST"]
    assert [step.line for step in filled.steps[-2:]] == [b"LIST folder", b""]


def test_patterns(filled, raw) -> None:
    filled.on("RETR", "/secret/*").reply(550, "no")
    filled.on("transfer", "RETR *").reply(250, "done").once()
    filled.on("SITE", "CHMOD*").reply(502, "no")
    client = raw(filled)
    assert client.codes("SITE CHMOD 600 file.txt", "SITE HELP") == [502, 214]
    assert client.fetch("LIST")[2] == 226
    assert client.fetch("RETR file.txt")[2] == 250
    client.passive()
    assert client.codes("RETR /secret/x") == [550]


def test_every_step_can_be_slowed(filled, raw) -> None:
    filled.every().drip(size=50, every=0.001)
    client = raw(filled)
    assert client.fetch("RETR file.txt") == (b"0123456789", "fin", 226)


def test_an_observer_sees_transfers(filled, raw) -> None:
    seen = []
    filled.observe(lambda step: seen.append(step.verb))
    raw(filled).fetch("LIST")
    assert seen == ["connect", "USER", "PASS", "TYPE", "EPSV", "LIST", "transfer"]


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda f: f.on("RETR").truncate(after=100), "reaches beyond"),
        (lambda f: f.on("transfer").truncate(after=100), "reaches beyond"),
        (lambda f: f.on("RETR", "other").reset(), "never fired"),
        (lambda f: f.on("transfer", "LIST").reply(426, "no"), "never fired"),
    ],
)
def test_a_rule_that_did_less_than_it_says_fails_the_test(raw, write, says) -> None:
    fake = FakeFTP().start()
    write(fake)
    (fake.root / "file.txt").write_bytes(b"0123456789")
    raw(fake).fetch("RETR file.txt")
    fake.stop()
    with pytest.raises(FakeFailure, match=says):
        fake.verify()


# --- errors of the test's own


def boom(step):
    raise FileNotFoundError(2, f"my own, at {step.verb}")


OWN_ERRORS = [
    lambda f: f.on("RETR").answer().raw(boom),
    lambda f: f.on("RETR").content(boom),
    lambda f: f.on("RETR", where=boom),
    lambda f: f.on("transfer").reply(boom),
    lambda f: f.on("transfer", where=boom),
    lambda f: f.observe(lambda step: step.verb == "transfer" and boom(step)),
]


@pytest.mark.parametrize("script", OWN_ERRORS)
def test_an_error_of_a_callable_reaches_the_test(raw, script) -> None:
    """An OSError, too, is no trouble of the file system's (451), and nothing stays open."""
    fake = FakeFTP(strict=False).start()
    (fake.root / "file.txt").write_bytes(b"0123456789")
    script(fake)
    client = raw(fake)
    data = client.passive()
    client.send_line("RETR file.txt")
    assert b"451" not in client.rest()[0]
    assert data.rest()[1] in ("fin", "rst")
    fake.stop()
    with pytest.raises(FakeFailure, match="my own, at"):
        fake.verify()
    gc.collect()
