"""The natural conversation: states, syntax, and the commands on a selected mailbox."""

import pytest

from fakefarm import FakeIMAP

CAPABILITIES = (
    b"IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=XOAUTH2 ID ENABLE IDLE "
    b"NAMESPACE UIDPLUS UNSELECT MOVE CHILDREN SPECIAL-USE CONDSTORE QUOTA QUOTA=RES-STORAGE "
    b"QUOTA=RES-MESSAGE QUOTASET"
)


def test_greeting_and_capabilities(imap, raw) -> None:
    client = raw(imap, greeted=False)
    assert client.line() == b"* OK [CAPABILITY %s] fakefarm IMAP ready\r\n" % CAPABILITIES
    assert client.ask("CAPABILITY") == [
        b"* CAPABILITY " + CAPABILITIES,
        b"a OK CAPABILITY completed",
    ]


def test_capabilities_after_the_login(imap, raw) -> None:
    client = raw(imap)
    words = client.ask("capability")[0].split()
    assert b"IDLE" in words
    assert not [w for w in words if w.startswith((b"AUTH=", b"SASL-IR"))]
    imap.capabilities_after_login = ["IMAP4rev1", "X-ODD"]
    assert client.ask("CAPABILITY")[0] == b"* CAPABILITY IMAP4rev1 X-ODD"
    assert client.ask("IDLE") == [b"a BAD not offered here"]
    imap.capabilities = ["IMAP4rev1", "AUTH=PLAIN"]
    imap.capabilities_after_login = None
    assert client.ask("CAPABILITY")[0] == b"* CAPABILITY IMAP4rev1"


def test_logout(imap, raw) -> None:
    client = raw(imap)
    client.send_line("a LOGOUT")
    assert client.rest() == (b"* BYE logging out\r\na OK LOGOUT completed\r\n", "fin")
    imap.wait_until(lambda: imap.connections[0].ended_by == "server")


# What is said, before and after the login, and with something selected.
STATES = [
    ("CAPABILITY", "OK", "OK", "OK"),
    ("NOOP", "OK", "OK", "OK"),
    ("ID NIL", "OK", "OK", "OK"),
    ("LOGIN ann x", "OK", "BAD", "BAD"),
    ("AUTHENTICATE NONE", "NO", "BAD", "BAD"),
    ("STARTTLS", "BAD", "BAD", "BAD"),
    ("ENABLE CONDSTORE", "BAD", "OK", "OK"),
    ("SELECT INBOX", "BAD", "OK", "OK"),
    ("EXAMINE INBOX", "BAD", "OK", "OK"),
    ("CREATE x", "BAD", "OK", "OK"),
    ("DELETE work", "BAD", "OK", "OK"),
    ("RENAME work y", "BAD", "OK", "OK"),
    ("SUBSCRIBE INBOX", "BAD", "OK", "OK"),
    ("UNSUBSCRIBE INBOX", "BAD", "OK", "OK"),
    ('LIST "" *', "BAD", "OK", "OK"),
    ('LSUB "" *', "BAD", "OK", "OK"),
    ("STATUS INBOX (MESSAGES)", "BAD", "OK", "OK"),
    ("NAMESPACE", "BAD", "OK", "OK"),
    ('GETQUOTA ""', "BAD", "OK", "OK"),
    ("GETQUOTAROOT INBOX", "BAD", "OK", "OK"),
    ('SETQUOTA "" ()', "BAD", "OK", "OK"),
    ("CHECK", "BAD", "BAD", "OK"),
    ("CLOSE", "BAD", "BAD", "OK"),
    ("UNSELECT", "BAD", "BAD", "OK"),
    ("EXPUNGE", "BAD", "BAD", "OK"),
    ("SEARCH ALL", "BAD", "BAD", "OK"),
    ("FETCH 1 FLAGS", "BAD", "BAD", "OK"),
    ("STORE 1 FLAGS ()", "BAD", "BAD", "OK"),
    ("COPY 1 work", "BAD", "BAD", "OK"),
    ("MOVE 1 work", "BAD", "BAD", "OK"),
    ("UID EXPUNGE 1", "BAD", "BAD", "OK"),
    ("UID SEARCH ALL", "BAD", "BAD", "OK"),
    ("UID FETCH 1 FLAGS", "BAD", "BAD", "OK"),
    ("UID STORE 1 FLAGS ()", "BAD", "BAD", "OK"),
    ("UID COPY 1 work", "BAD", "BAD", "OK"),
    ("UID MOVE 1 work", "BAD", "BAD", "OK"),
    ("NONSENSE", "BAD", "BAD", "BAD"),
    ("UID NONSENSE 1", "BAD", "BAD", "BAD"),
]


@pytest.mark.parametrize("row", STATES, ids=lambda row: row[0])
def test_states(filled, raw, row) -> None:
    command, *statuses = row
    filled.mailbox.folders.create("work")
    for status, options in zip(statuses, [{"user": ""}, {}, {"select": "INBOX"}], strict=True):
        assert (options, raw(filled, **options).status(command)) == (options, [status])
        if "work" not in filled.mailbox.folders:
            filled.mailbox.folders.create("work")
        if "x" in filled.mailbox.folders:
            filled.mailbox.folders.delete("x")
        if "y" in filled.mailbox.folders:
            filled.mailbox.folders.delete("y")


# Lines that are no commands, and what is said.
MALFORMED = [
    (b"", b"* BAD an empty line is no command"),
    (b" ", b"* BAD a command begins with a tag"),
    (b"* NOOP", b"* BAD a command begins with a tag"),
    (b"+a NOOP", b"* BAD a command begins with a tag"),
    (b"\xff NOOP", b"* BAD a command begins with a tag"),
    (b"a", b"a BAD a command is missing behind the tag"),
    (b"a ", b"a BAD a command is missing behind the tag"),
    (b"a  NOOP", b"a BAD a command is missing behind the tag"),
    (b"a UID", b"a BAD no such command"),
    (b"a NOOP x", b"a BAD takes no argument"),
    (b"a SELECT", b"a BAD an argument is missing"),
    (b"a SELECT a b c", b"a BAD too many arguments"),
    (b"a SELECT  a", b"a BAD an argument is missing between two spaces"),
    (b'a SELECT "a', b"a BAD malformed quoted string"),
    (b"a SELECT (a", b"a BAD a ) is missing"),
    (b"a SELECT a)", b"a BAD unexpected closing parenthesis"),
    (b"a SELECT a ", b"a BAD a space at the end"),
    (b"a SELECT \xe9", b"a BAD unexpected '\xc3\xa9'"),
    (b"a SELECT " + b"(" * 40, b"a BAD parentheses nest deeper than 32"),
    (b"a SELECT {5", b"a BAD malformed literal"),
]


@pytest.mark.parametrize(("line", "answer"), MALFORMED, ids=lambda v: repr(v[:20]))
def test_malformed(imap, raw, line, answer) -> None:
    client = raw(imap)
    client.send(line + b"\r\n")
    assert client.whole_line() == answer + b"\r\n"
    assert client.status("NOOP") == ["OK"]


def test_a_bare_newline_ends_no_line(imap, raw) -> None:
    client = raw(imap)
    client.send(b"a NOOP\nb NOOP\r\n")
    assert client.line().startswith(b"a BAD ")


def test_pipelining(filled, raw) -> None:
    client = raw(filled)
    client.send(b"b SELECT INBOX\r\nc FETCH 1 UID\r\nd NOOP\r\n")
    assert [client.answer(tag)[-1] for tag in "bcd"] == [
        b"b OK [READ-WRITE] SELECT completed",
        b"c OK FETCH completed",
        b"d OK NOOP completed",
    ]


def test_commands_may_come_byte_by_byte(filled, raw) -> None:
    client = raw(filled)
    client.send_bytewise(b"a SELECT {5+}\r\nINBOX\r\n")
    assert client.answer()[-1] == b"a OK [READ-WRITE] SELECT completed"


@pytest.mark.parametrize(
    "name", ["INBOX", "inbox", '"INBOX"', '"inb\\\\ox"', "{5+}\r\nInBox"], ids=repr
)
def test_ways_to_write_a_string(imap, raw, name) -> None:
    good = "\\" not in name
    assert raw(imap).status(f"SELECT {name}") == ["OK" if good else "NO"]


def test_select(filled, raw) -> None:
    client = raw(filled)
    assert client.ask("SELECT INBOX") == [
        rb"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft work)",
        rb"* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft work \*)] "
        b"these are kept",
        b"* 3 EXISTS",
        b"* 3 RECENT",
        b"* OK [UNSEEN 1] the first",
        b"* OK [UIDVALIDITY 1] UIDs are valid",
        b"* OK [UIDNEXT 4] is next",
        b"* OK [HIGHESTMODSEQ 4] is the highest",
        b"a OK [READ-WRITE] SELECT completed",
    ]
    lines = client.ask("EXAMINE INBOX")
    assert b"* OK [PERMANENTFLAGS ()] these are kept" in lines
    assert b"* 0 RECENT" in lines
    assert lines[-1] == b"a OK [READ-ONLY] EXAMINE completed"


def test_a_failed_select_selects_nothing(filled, raw) -> None:
    client = raw(filled, "INBOX")
    assert client.ask("SELECT x") == [b"a NO [NONEXISTENT] no such mailbox"]
    assert client.status("CHECK") == ["BAD"]


def test_settings_of_a_mailbox(imap, raw) -> None:
    imap.mailbox.uidvalidity = 99
    imap.mailbox.uidnext = 1000
    imap.mailbox.add("x")
    client = raw(imap)
    lines = client.ask("SELECT INBOX")
    assert b"* OK [UIDVALIDITY 99] UIDs are valid" in lines
    assert b"* OK [UIDNEXT 1001] is next" in lines
    assert client.ask("FETCH 1 UID")[0] == b"* 1 FETCH (UID 1000)"
    imap.mailbox[0].imap_uid = 0
    assert client.ask("FETCH 1 UID")[0] == b"* 1 FETCH (UID 0)"


def test_fetch_sets_seen_and_tells(filled, raw) -> None:
    client = raw(filled, "INBOX")
    assert client.ask("FETCH 1 BODY.PEEK[TEXT]")[0] == b"* 1 FETCH (BODY[TEXT] {7}\r\nfirst\r\n)"
    assert filled.mailbox[0].flags == set()
    assert client.ask("FETCH 1:2 BODY[TEXT]")[:-1] == [
        b"* 1 FETCH (BODY[TEXT] {7}\r\nfirst\r\n FLAGS (\\Seen \\Recent))",
        b"* 2 FETCH (BODY[TEXT] {8}\r\nsecond\r\n)",
    ]
    assert filled.mailbox[0].flags == {"\\Seen"}
    assert client.ask("NOOP") == [b"a OK NOOP completed"]


def test_examine_changes_nothing(filled, raw) -> None:
    client = raw(filled)
    client.ask("EXAMINE INBOX")
    assert client.status("FETCH 1 BODY[]") == ["OK"]
    for command in ("STORE 1 +FLAGS (\\Deleted)", "EXPUNGE", "UID EXPUNGE 1", "MOVE 1 INBOX"):
        assert client.ask(command)[-1].startswith(b"a NO [READ-ONLY]")
    filled.mailbox[0].flags = ["\\Deleted"]
    assert client.status("CLOSE") == ["OK"]
    assert len(filled.mailbox) == 3
    assert filled.mailbox[0].flags == {"\\Deleted"}


def test_uid_fetch_tells_the_uid(filled, raw) -> None:
    filled.mailbox.remove(filled.mailbox[0])
    client = raw(filled, "INBOX")
    assert client.ask("UID FETCH 1:* FLAGS")[:-1] == [
        b"* 1 FETCH (UID 2 FLAGS (\\Seen \\Recent))",
        b"* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent work))",
    ]
    assert client.ask("UID FETCH 1 FLAGS") == [b"a OK UID FETCH completed"]
    assert client.ask("UID FETCH 99:* UID")[:-1] == [b"* 2 FETCH (UID 3)"]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ("1", [1]),
        ("*", [3]),
        ("2:*", [2, 3]),
        ("3:1", [1, 2, 3]),
        ("3,1", [1, 3]),
        ("1,1:2", [1, 2]),
        ("4", None),
        ("1:4", None),
        ("0", None),
        ("a", None),
        ("1:", None),
        ("4294967296", None),
        ('"1"', None),
        ("(1)", None),
    ],
)
def test_sets(filled, raw, numbers, found) -> None:
    *lines, last = raw(filled, "INBOX").ask(f"FETCH {numbers} UID")
    assert [int(line.split()[1]) for line in lines] == (found or [])
    assert last.startswith(b"a OK" if found else b"a BAD")


@pytest.mark.parametrize("numbers", ["1", "1:*", "*"])
def test_no_number_is_good_in_an_empty_mailbox(imap, raw, numbers) -> None:
    client = raw(imap, "INBOX")
    assert client.status(f"FETCH {numbers} UID", f"UID FETCH {numbers} UID") == ["BAD", "OK"]


# STORE: what is said, the flags of the first message behind it, and whether they are told.
STORES = [
    ("+FLAGS (\\Seen)", {"\\Seen", "a"}, True),
    ("+FLAGS \\Seen", {"\\Seen", "a"}, True),
    ("+flags \\seen b", {"\\Seen", "a", "b"}, True),
    ("+FLAGS (A)", {"a"}, True),
    ("-FLAGS (A)", set(), True),
    ("+FLAGS.SILENT (\\Deleted)", {"\\Deleted", "a"}, False),
    ("-FLAGS (a \\Draft)", set(), True),
    ("FLAGS (\\Answered)", {"\\Answered"}, True),
    ("FLAGS ()", set(), True),
    ("FLAGS.SILENT ()", set(), False),
]


@pytest.mark.parametrize(("arguments", "flags", "told"), STORES)
def test_store(imap, raw, arguments, flags, told) -> None:
    imap.mailbox.add("x", flags=["a"])
    client = raw(imap, "INBOX")
    *lines, last = client.ask(f"STORE 1 {arguments}")
    assert last == b"a OK STORE completed"
    assert imap.mailbox[0].flags == flags
    new = [line for line in lines if line.startswith((b"* FLAGS", b"* OK [PERMANENTFLAGS"))]
    assert len(new) == (2 if "b" in flags else 0)
    lines = lines[len(new) :]
    words = b" ".join(flag.encode() for flag in sorted(flags - {"a", "b"}))
    assert bool(lines) == told
    if told:
        assert lines[0].startswith(b"* 1 FETCH (FLAGS (" + words)
    assert client.ask("NOOP") == [b"a OK NOOP completed"]


@pytest.mark.parametrize(
    "arguments",
    [
        "FLAG ()",
        "+FLAGS",
        "+FLAGS.LOUD ()",
        "+FLAGS (\\Odd)",
        "+FLAGS (\\Recent)",
        "+FLAGS (a*)",
        "() ()",
    ],
)
def test_bad_stores(filled, raw, arguments) -> None:
    assert raw(filled, "INBOX").status(f"STORE 1 {arguments}") == ["BAD"]


def test_uid_store_tells_the_uid(filled, raw) -> None:
    filled.mailbox.remove(filled.mailbox[0])
    client = raw(filled, "INBOX")
    assert client.ask("UID STORE 2 +FLAGS (\\Draft)")[0] == (
        b"* 1 FETCH (UID 2 FLAGS (\\Seen \\Draft \\Recent))"
    )


def test_search(filled, raw) -> None:
    client = raw(filled, "INBOX")
    assert client.ask("SEARCH ALL")[0] == b"* SEARCH 1 2 3"
    assert client.ask("UID SEARCH UNSEEN KEYWORD work")[0] == b"* SEARCH 3"
    assert client.ask("SEARCH DRAFT")[0] == b"* SEARCH"
    assert client.ask("SEARCH CHARSET KOI8-R TEXT x") == [
        b"a NO [BADCHARSET (US-ASCII UTF-8)] no such charset"
    ]
    assert client.status("SEARCH NONSENSE") == ["BAD"]


def test_copy(filled, raw) -> None:
    work = filled.mailbox.folders.create("work")
    work.uidnext = 7
    client = raw(filled, "INBOX")
    assert client.ask("COPY 2:3 work") == [b"a OK [COPYUID 2 2:3 7:8] COPY completed"]
    assert [(m.content, m.flags, m.date) for m in work] == [
        (m.content, m.flags, m.date) for m in list(filled.mailbox)[1:]
    ]
    assert client.ask("COPY 1 nowhere") == [b"a NO [TRYCREATE] no such mailbox"]
    assert client.ask("UID COPY 77 work") == [b"a OK UID COPY completed"]
    filled.capabilities.remove("UIDPLUS")
    assert client.ask("UID COPY 1 work") == [b"a OK UID COPY completed"]


def test_copy_into_itself(filled, raw) -> None:
    client = raw(filled, "INBOX")
    assert client.ask("COPY 1 INBOX") == [
        b"* 4 EXISTS",
        b"* 4 RECENT",
        b"a OK [COPYUID 1 1 4] COPY completed",
    ]


def test_move(filled, raw) -> None:
    work = filled.mailbox.folders.create("work")
    client = raw(filled, "INBOX")
    assert client.ask("MOVE 1,3 work") == [
        b"* OK [COPYUID 2 1,3 1:2] moved",
        b"* 3 EXPUNGE",
        b"* 1 EXPUNGE",
        b"a OK MOVE completed",
    ]
    assert [len(filled.mailbox), len(work)] == [1, 2]
    assert client.ask("UID MOVE 2 nowhere") == [b"a NO [TRYCREATE] no such mailbox"]


def test_expunge(filled, raw) -> None:
    client = raw(filled, "INBOX")
    client.ask("STORE 1,3 +FLAGS.SILENT (\\Deleted)")
    assert client.ask("UID EXPUNGE 2:3") == [b"* 3 EXPUNGE", b"a OK UID EXPUNGE completed"]
    assert client.ask("EXPUNGE") == [b"* 1 EXPUNGE", b"a OK EXPUNGE completed"]
    assert client.ask("EXPUNGE") == [b"a OK EXPUNGE completed"]
    assert [mail.imap_uid for mail in filled.mailbox] == [2]


@pytest.mark.parametrize(("command", "left"), [("CLOSE", 2), ("UNSELECT", 3)])
def test_close_and_unselect(filled, raw, command, left) -> None:
    client = raw(filled, "INBOX")
    client.ask("STORE 1 +FLAGS.SILENT (\\Deleted)")
    assert client.ask(command) == [b"a OK %s completed" % command.encode()]
    assert len(filled.mailbox) == left
    assert client.status("CHECK") == ["BAD"]


def test_selecting_another_mailbox_expunges_nothing(filled, raw) -> None:
    filled.mailbox.folders.create("work")
    client = raw(filled, "INBOX")
    client.ask("STORE 1 +FLAGS.SILENT (\\Deleted)")
    assert client.status("SELECT work", "LOGOUT") == ["OK", "OK"]
    assert len(filled.mailbox) == 3


def test_condstore(filled, raw) -> None:
    client = raw(filled, "INBOX")
    assert client.ask("FETCH 1:* (UID) (CHANGEDSINCE 3)")[0] == b"* 3 FETCH (UID 3 MODSEQ (4))"
    assert client.ask("STORE 1:2 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Draft)") == [
        b"* 1 FETCH (MODSEQ (5))",
        b"a OK [MODIFIED 2] STORE completed",
    ]
    assert client.ask("SEARCH MODSEQ 4")[0] == b"* SEARCH 1 3 (MODSEQ 5)"
    filled.mailbox[1].flags = []
    assert client.ask("NOOP")[0] == b"* 2 FETCH (FLAGS (\\Recent) MODSEQ (6))"
    assert client.ask("STATUS INBOX (HIGHESTMODSEQ)")[0] == b"* STATUS INBOX (HIGHESTMODSEQ 6)"
    assert client.status("SELECT INBOX (CONDSTORE)", "SELECT INBOX (QRESYNC)") == ["OK", "BAD"]


def test_enable_and_id(imap, raw) -> None:
    client = raw(imap)
    assert client.ask("ENABLE X condstore")[0] == b"* ENABLED CONDSTORE"
    assert client.ask("ENABLE X")[0] == b"* ENABLED"
    assert client.ask('ID ("name" "x" "version" NIL)')[0] == b'* ID ("name" "fakefarm")'
    assert client.status("ID x") == ["BAD"]


@pytest.mark.parametrize(
    ("word", "command"),
    [
        ("ID", "ID NIL"),
        ("ENABLE", "ENABLE X"),
        ("IDLE", "IDLE"),
        ("NAMESPACE", "NAMESPACE"),
        ("UIDPLUS", "UID EXPUNGE 1"),
        ("UNSELECT", "UNSELECT"),
        ("MOVE", "MOVE 1 INBOX"),
        ("QUOTA", 'GETQUOTA ""'),
    ],
)
def test_what_is_not_listed_is_refused(filled, raw, word, command) -> None:
    filled.capabilities.remove(word)
    assert raw(filled, "INBOX").ask(command) == [b"a BAD not offered here"]


def test_silence_ends_with_bye(raw) -> None:
    with FakeIMAP(timeout=0.05) as fake:
        client = raw(fake)
        assert client.rest() == (b"* BYE [UNAVAILABLE] silent for too long\r\n", "fin")
        fake.wait_until(lambda: fake.connections[0].ended_how == "timeout")
