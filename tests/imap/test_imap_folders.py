"""Mailboxes as a whole: names, LIST, LSUB, STATUS, quotas; and the same from the test's side."""

import pytest

from fakefarm import Mailbox

OK = b"a OK %s completed"


def test_create_delete_rename(imap, raw) -> None:
    client, folders = raw(imap), imap.mailbox.folders
    assert client.ask("CREATE a") == [OK % b"CREATE"]
    assert client.status("CREATE a/b/", "CREATE a/c/d") == ["OK", "OK"]
    assert list(folders) == ["INBOX", "a", "a/b", "a/c/d"]
    assert client.ask("CREATE a") == [b"a NO [ALREADYEXISTS] there is such a mailbox"]
    assert client.status("CREATE inbox", 'CREATE ""', "CREATE /a", "CREATE a//b") == ["NO"] * 4
    folders["a/c/d"].add("x")
    assert client.status("RENAME a z") == ["OK"]
    assert list(folders) == ["INBOX", "z", "z/b", "z/c/d"]
    assert len(folders["z/c/d"]) == 1
    assert client.ask("RENAME a b") == [b"a NO [NONEXISTENT] no such mailbox"]
    assert client.status("RENAME z INBOX", "RENAME z z/x", "RENAME z/b z") == ["NO"] * 3
    assert client.status("RENAME z/c y") == ["OK"]  # a level above one is a name, too
    assert list(folders) == ["INBOX", "z", "z/b", "y/d"]
    assert client.ask("DELETE z") == [OK % b"DELETE"]
    assert list(folders) == ["INBOX", "z/b", "y/d"]
    assert client.ask("DELETE z") == [b"a NO [NONEXISTENT] no such mailbox"]
    assert client.ask("DELETE Inbox") == [b"a NO [CANNOT] INBOX stays"]


def test_renaming_takes_no_name_that_is_in_use_below(imap, raw) -> None:
    client, folders = raw(imap), imap.mailbox.folders
    for name in ("a", "a/x", "b/x"):
        folders.create(name, name)
    assert client.ask("RENAME a b") == [b"a NO [ALREADYEXISTS] there is such a mailbox"]
    with pytest.raises(ValueError, match="not in use"):
        folders.rename("a", "b")
    assert [folders[name][0].content for name in ("a", "a/x", "b/x")] == [b"a", b"a/x", b"b/x"]
    folders.create("c/d/d", "deep")
    folders.create("c/d")
    assert client.status("RENAME c/d c") == ["OK"]  # its own names are free
    assert folders["c/d"][0].content == b"deep"


def test_a_name_that_is_too_long(imap, raw) -> None:
    client = raw(imap)
    assert client.status("CREATE " + "a" * 1000, "RENAME INBOX " + "b" * 1000) == ["OK", "OK"]
    long = [b"a NO [LIMIT] the name is too long"]
    assert client.ask("CREATE " + "a/" * 1000 + "b") == long
    assert client.ask("RENAME INBOX " + "c" * 1001) == long


def test_below_inbox_it_is_inbox_in_any_case(imap, raw) -> None:
    imap.mailbox.folders.create("inbox/Old", "x")
    assert raw(imap).status("SELECT Inbox/Old", "SELECT INBOX/Old") == ["OK", "OK"]
    assert list(imap.mailbox.folders) == ["INBOX", "INBOX/Old"]


def test_renaming_inbox_moves_its_messages(filled, raw) -> None:
    client = raw(filled)
    assert client.status("RENAME INBOX old") == ["OK"]
    old = filled.mailbox.folders["old"]
    assert (len(filled.mailbox), len(old)) == (0, 3)
    assert old[2].flags == {"\\Flagged", "work"}


def test_a_folder_made_again_has_another_uidvalidity(imap, raw) -> None:
    client = raw(imap)
    seen = []
    for _ in range(2):
        client.ask("CREATE x")
        seen.append(imap.mailbox.folders["x"].uidvalidity)
        client.ask("DELETE x")
    assert seen[0] < seen[1]


@pytest.fixture
def tree(imap):
    folders = imap.mailbox.folders
    folders.create("Work/2024/May")
    folders.create("Entw\u00fcrfe", attributes=["\\Drafts"])
    folders.create('odd "name" & \\')
    folders.create("Outbox", attributes=["\\Noselect", "\\Noinferiors"])
    return imap


ROWS = {
    "INBOX": rb'(\HasNoChildren) "/" INBOX',
    "May": rb'(\HasNoChildren) "/" Work/2024/May',
    "drafts": rb'(\Drafts \HasNoChildren) "/" Entw&APw-rfe',
    "odd": rb'(\HasNoChildren) "/" "odd \"name\" &- \\"',
    "Outbox": rb'(\Noselect \Noinferiors \HasNoChildren) "/" Outbox',
    "Work": rb'(\Noselect \HasChildren) "/" Work',
    "2024": rb'(\Noselect \HasChildren) "/" Work/2024',
}
LISTS = [
    ('"" *', set(ROWS)),
    ('"" %', set(ROWS) - {"2024", "May"}),
    ('"" Work/%', {"2024"}),
    ("Work/ %", {"2024"}),
    ('"" Work*', {"Work", "2024", "May"}),
    ('"" W%/%/M%', {"May"}),
    ('"" inbox', {"INBOX"}),
    ('"" %s' % ("%" * 30000), set(ROWS) - {"2024", "May"}),
    ('"" %s' % ("%*" * 30000), set(ROWS)),
    ('"" "Entw&APw-*"', {"drafts"}),
    ('"" {4+}\r\nWork', {"Work"}),
    ('"" nothing', set()),
]


@pytest.mark.parametrize(("arguments", "found"), LISTS, ids=[a[:20] for a, _ in LISTS])
def test_list(tree, raw, arguments, found) -> None:
    *lines, last = raw(tree).ask(f"LIST {arguments}")
    assert sorted(lines) == sorted(b"* LIST " + ROWS[name] for name in found)
    assert last == OK % b"LIST"


def test_the_delimiter(imap, raw) -> None:
    client = raw(imap)
    assert client.ask('LIST "" ""')[0] == rb'* LIST (\Noselect) "/" ""'
    assert client.ask("NAMESPACE")[0] == b'* NAMESPACE (("" "/")) NIL NIL'
    imap.mailbox.folders.delimiter = "."
    imap.mailbox.folders.create("a.b")
    assert client.ask('LIST "" a%')[0] == rb'* LIST (\Noselect \HasChildren) "." a'
    assert client.ask("NAMESPACE")[0] == b'* NAMESPACE (("" ".")) NIL NIL'


def test_no_children_without_their_word(imap, raw) -> None:
    imap.capabilities.remove("CHILDREN")
    assert raw(imap).ask('LIST "" *')[0] == b'* LIST () "/" INBOX'


def test_subscriptions(tree, raw) -> None:
    client, folders = raw(tree), tree.mailbox.folders
    assert client.ask('LSUB "" *') == [OK % b"LSUB"]
    assert client.status("SUBSCRIBE Work/2024/May", "SUBSCRIBE inbox") == ["OK", "OK"]
    assert client.ask("SUBSCRIBE x") == [b"a NO [NONEXISTENT] no such mailbox"]
    assert folders.subscribed == {"Work/2024/May", "INBOX"}
    assert client.ask('LSUB "" *')[:-1] == [b'* LSUB () "/" INBOX', b'* LSUB () "/" Work/2024/May']
    assert client.ask('LSUB "" %')[1] == rb'* LSUB (\Noselect) "/" Work'
    folders.delete("Work/2024/May")
    assert len(client.ask('LSUB "" Work*')) == 2  # a name stays subscribed (section 6.3.9)
    assert client.status("UNSUBSCRIBE Work/2024/May") == ["OK"]
    assert folders.subscribed == {"INBOX"}


@pytest.mark.parametrize("name", ["Outbox", "Work"])
def test_not_selectable(tree, raw, name) -> None:
    client = raw(tree)
    assert client.ask(f"SELECT {name}") == [b"a NO [CANNOT] it holds no messages"]
    assert client.status(f"STATUS {name} (MESSAGES)") == ["NO"]
    assert client.append(name, b"x") == [b"a NO [CANNOT] it holds no messages"]


@pytest.mark.parametrize("name", ["&", "&AGE-", "&APw", '"\xfc"', "{2+}\r\n\r\n"])
def test_names_that_are_none(tree, raw, name) -> None:
    assert raw(tree).ask(f"SELECT {name}") == [b"a BAD the name is not in modified UTF-7"]


def test_readable_names(tree, raw) -> None:
    client = raw(tree)
    assert client.status('SELECT "Entw&APw-rfe"', "CREATE &Jjo-!") == ["OK", "OK"]
    assert "\u263a!" in tree.mailbox.folders


def test_status(filled, raw) -> None:
    client = raw(filled)
    assert client.ask("STATUS inbox (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)")[0] == (
        b"* STATUS INBOX (MESSAGES 3 RECENT 3 UIDNEXT 4 UIDVALIDITY 1 UNSEEN 2)"
    )
    client.ask("SELECT INBOX")
    assert client.ask("STATUS INBOX (recent)")[0] == b"* STATUS INBOX (RECENT 0)"
    assert client.status("STATUS x (UNSEEN)", "STATUS INBOX (X)", "STATUS INBOX ()") == [
        "NO",
        "BAD",
        "BAD",
    ]


# --- quotas


def test_quotas(filled, raw) -> None:
    client, folders = raw(filled), filled.mailbox.folders
    assert client.ask("GETQUOTAROOT INBOX") == [
        b'* QUOTAROOT INBOX ""',
        b'* QUOTA "" ()',
        OK % b"GETQUOTAROOT",
    ]
    folders.quota = {"STORAGE": 2, "MESSAGE": 4}
    assert client.ask('GETQUOTA ""')[0] == b'* QUOTA "" (STORAGE 1 2 MESSAGE 3 4)'
    assert client.ask('SETQUOTA "" (MESSAGE 5)')[0] == b'* QUOTA "" (MESSAGE 3 5)'
    assert folders.quota == {"MESSAGE": 5}
    assert client.status("GETQUOTA x", 'SETQUOTA "" (X 1)', 'SETQUOTA "" (STORAGE)') == [
        "NO",
        "NO",
        "BAD",
    ]


def test_over_quota(filled, raw) -> None:
    client, folders = raw(filled, "INBOX"), filled.mailbox.folders
    folders.create("work")
    folders.quota = {"MESSAGE": 4}
    over = b"a NO [OVERQUOTA] the quota does not allow it"
    assert client.ask("COPY 1:2 work") == [over]
    assert client.ask("COPY 1 work")[-1].startswith(b"a OK ")
    assert client.append("INBOX", b"x") == [over]
    assert client.ask("MOVE 1 work")[-1].startswith(b"a OK ")
    folders.quota = {"STORAGE": 1}
    assert client.append("INBOX", b"x" * 1000) == [over]
    assert client.append("INBOX", b"x")[-1].startswith(b"a OK ")


# --- from the test's side


def test_folders_of_a_mailbox() -> None:
    mailbox = Mailbox("a")
    folders = mailbox.folders
    assert folders["inbox"] is mailbox
    work = folders.create("work", "b", "c", attributes=["\\Archive"])
    assert (len(work), work.attributes, work.folders) == (2, ["\\Archive"], folders)
    assert (list(folders), len(folders), "work" in folders) == (["INBOX", "work"], 2, True)
    assert repr(folders) == "<Folders INBOX, work>"
    folders.rename("work", "play")
    assert folders["play"] is work
    folders.delete("play")
    assert len(work) == 0


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda f: f["x"], KeyError, "folders.create"),
        (lambda f: f.create("work"), ValueError, "there is such a folder"),
        (lambda f: f.create("Inbox"), ValueError, "there is such a folder"),
        (lambda f: f.create(""), ValueError, "name of a folder"),
        (lambda f: f.create("\ud800"), ValueError, "surrogates"),
        (lambda f: f.delete("x"), KeyError, "create"),
        (lambda f: f.delete("INBOX"), ValueError, "cannot be deleted"),
        (lambda f: f.rename("x", "y"), KeyError, "no such folder"),
        (lambda f: f.rename("work", "INBOX"), ValueError, "not in use"),
        (lambda f: f.rename("work", "work/x"), ValueError, "not in use"),
        (lambda f: f.rename("work", "\ud800"), ValueError, "surrogates"),
        (lambda f: f.rename("work", ""), ValueError, "name of a folder"),
    ],
)
def test_wrong_names_raise(change, error, words) -> None:
    folders = Mailbox().folders
    folders.create("work")
    with pytest.raises(error, match=words):
        change(folders)


def test_flags_and_dates() -> None:
    from datetime import datetime, timedelta, timezone

    mailbox = Mailbox()
    mail = mailbox.add("x", flags=["\\seen", "Work"])
    assert mail.flags == {"\\Seen", "Work"}
    mail.flags |= {"\\draft"}
    assert mail.flags == {"\\Seen", "Work", "\\Draft"}
    assert mail.mailbox is mailbox
    assert abs(mail.date - datetime.now(timezone.utc)) < timedelta(seconds=60)
    when = datetime(2024, 2, 1, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    assert mailbox.add("x", date=when).date == when
    mail.date = when
    assert mail.date == when
    mailbox.remove(mail)
    assert mail.mailbox is None
    for wrong in ("\\Seen", [1], 7):
        with pytest.raises(TypeError, match="give a list of str"):
            mail.flags = wrong
    with pytest.raises(ValueError, match="Recent"):
        mailbox.add("x", flags=["\\Recent"])
    with pytest.raises(TypeError, match="give a datetime"):
        mailbox.add("x", date="today")
