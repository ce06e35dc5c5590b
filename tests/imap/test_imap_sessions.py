"""Several sessions on one mailbox: who is told what, and when (RFC 3501 sections 5.2 and 7.4.1)."""

import pytest

from fakefarm import FakePOP3


@pytest.fixture
def two(filled, raw):
    """Two sessions on one mailbox of three messages."""
    return raw(filled, "INBOX"), raw(filled, "INBOX")


def test_new_messages(filled, two) -> None:
    one, other = two
    assert one.append("INBOX", b"x") == [
        b"* 4 EXISTS",
        b"* 4 RECENT",
        b"a OK [APPENDUID 1 4] APPEND completed",
    ]
    assert other.ask("NOOP") == [b"* 4 EXISTS", b"* 0 RECENT", b"a OK NOOP completed"]
    assert other.ask("NOOP") == [b"a OK NOOP completed"]


@pytest.mark.parametrize(
    "command",
    [
        "NOOP",
        "CHECK",
        "STATUS INBOX (MESSAGES)",
        'LIST "" ""',
        "UID FETCH 1 UID",
        "UID SEARCH 1",
        "UID STORE 1 +FLAGS.SILENT ()",
        "COPY 1 INBOX",
        "CAPABILITY",
        "EXPUNGE",
    ],
)
def test_expunges_are_told_by(filled, two, command) -> None:
    one, other = two
    one.ask("STORE 3 +FLAGS.SILENT (\\Deleted)")
    one.ask("EXPUNGE")
    assert b"* 3 EXPUNGE" in other.ask(command)


@pytest.mark.parametrize("command", ["FETCH 1 UID", "SEARCH ALL", "STORE 2 +FLAGS.SILENT ()"])
def test_numbers_stay_during(filled, two, command) -> None:
    """No EXPUNGE while these are answered, but everything else."""
    one, other = two
    one.ask("STORE 1 +FLAGS.SILENT (\\Deleted)")
    one.ask("EXPUNGE")
    one.append("INBOX", b"x")
    lines = other.ask(command)
    assert lines[-1].startswith(b"a OK ")
    assert b"* 4 EXISTS" in lines
    assert not [line for line in lines if b"EXPUNGE" in line]
    assert other.ask("NOOP") == [b"* 1 EXPUNGE", b"a OK NOOP completed"]


def test_a_message_that_is_gone(filled, two) -> None:
    one, other = two
    one.ask("STORE 2 +FLAGS.SILENT (\\Deleted)")
    one.ask("EXPUNGE")
    assert other.ask("FETCH 2 BODY[TEXT]")[0] == b"* 2 FETCH (BODY[TEXT] {8}\r\nsecond\r\n)"
    gone = [b"a NO [EXPUNGEISSUED] some of these messages are gone"]
    assert other.ask("STORE 2 +FLAGS (x)") == gone
    assert other.ask("COPY 1:2 INBOX") == gone
    assert other.ask("MOVE 2 INBOX") == gone
    assert other.ask("NOOP")[0] == b"* 2 EXPUNGE"
    assert [mail.flags for mail in filled.mailbox] == [set(), {"\\Flagged", "work"}]


def test_flags(filled, two) -> None:
    one, other = two
    one.ask("STORE 1 +FLAGS (\\Answered new)")
    assert other.ask("NOOP") == [
        rb"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft new work)",
        rb"* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft new work \*)] "
        b"these are kept",
        b"* 1 FETCH (FLAGS (\\Answered new))",
        b"a OK NOOP completed",
    ]
    assert one.ask("NOOP") == [b"a OK NOOP completed"]  # it knows its own


def test_a_change_of_another_is_told_though_it_stores_silently(filled, two) -> None:
    one, other = two
    one.ask("STORE 1 +FLAGS (\\Answered)")
    lines = other.ask("STORE 1 +FLAGS.SILENT (\\Seen)")
    assert b"* 1 FETCH (FLAGS (\\Answered \\Seen))" in lines


def test_of_two_conditional_stores_one_is_done(filled, two) -> None:
    """Both sessions have looked when the first may change something (RFC 7162 section 3.1.3)."""
    with filled.mailbox.at_once:
        for client in two:
            client.send_line("a STORE 1 (UNCHANGEDSINCE 2) +FLAGS (mine)")
        filled.wait_until(lambda: filled.commands.count("STORE") == 2)
        two[0].is_silent(0.05)
    statuses = {client.answer()[-1] for client in two}
    assert statuses == {b"a OK STORE completed", b"a OK [MODIFIED 1] STORE completed"}


def test_recent_is_for_the_first(filled, raw) -> None:
    first, second = raw(filled), raw(filled)
    assert b"* 3 RECENT" in first.ask("EXAMINE INBOX")  # which leaves it to others
    assert b"* 3 RECENT" in first.ask("SELECT INBOX")
    assert b"* 0 RECENT" in second.ask("SELECT INBOX")
    filled.mailbox.add("x")
    assert second.ask("NOOP")[:2] == [b"* 4 EXISTS", b"* 1 RECENT"]
    assert first.ask("NOOP")[:2] == [b"* 4 EXISTS", b"* 3 RECENT"]
    assert second.ask("SEARCH RECENT")[0] == b"* SEARCH 4"


def test_many_changes_at_once(filled, two) -> None:
    filled.mailbox.remove(filled.mailbox[1])
    filled.mailbox.add("x")
    filled.mailbox[0].flags = ["\\Draft"]
    expected = [b"* 2 EXPUNGE", b"* 3 EXISTS"]
    for client in two:
        lines = client.ask("NOOP")
        assert lines[:2] == expected
        assert lines[3].startswith(b"* 1 FETCH (FLAGS (\\Draft")
        assert client.ask("UID SEARCH ALL")[0] == b"* SEARCH 1 3 4"


def test_added_and_removed_before_anybody_looked(filled, two) -> None:
    one, _ = two
    filled.mailbox.remove(filled.mailbox.add("x"))
    assert one.ask("NOOP") == [b"a OK NOOP completed"]
    assert b"UIDNEXT 5" in one.ask("STATUS INBOX (UIDNEXT)")[0]


def test_a_mailbox_that_is_deleted_while_it_is_selected(filled, raw) -> None:
    filled.mailbox.folders.create("work", "a", "b")
    one, other = raw(filled, "work"), raw(filled)
    assert other.status("DELETE work") == ["OK"]
    assert one.ask("NOOP") == [b"* 2 EXPUNGE", b"* 1 EXPUNGE", b"a OK NOOP completed"]


def test_a_scripted_reply_tells_no_news_and_they_are_told_later(filled, two) -> None:
    one, _ = two
    filled.mailbox.remove(filled.mailbox[0])
    filled.on("NOOP").reply("OK", "nothing new").once()
    assert one.ask("NOOP") == [b"a OK nothing new"]
    assert one.ask("NOOP")[0] == b"* 1 EXPUNGE"


def test_shared_with_pop3(imap, raw) -> None:
    import poplib

    with FakePOP3() as pop3:
        pop3.mailbox = imap.mailbox
        imap.mailbox.add("Subject: x\n\nhello\n")
        client = raw(imap, "INBOX")
        pop = poplib.POP3(pop3.host, pop3.port, timeout=5)
        pop.user("ann")
        pop.pass_("x")
        assert pop.uidl()[1] == [b"1 uid-1"]
        pop.dele(1)
        assert client.ask("NOOP") == [b"a OK NOOP completed"]
        pop.quit()
        assert client.ask("NOOP")[0] == b"* 1 EXPUNGE"


def test_many_sessions_at_work(imap, raw) -> None:
    """Eight clients append, mark and expunge at once; each keeps a true picture."""
    import threading

    pictures = []

    def work(client) -> None:
        count = 0
        for number in range(20):
            commands = [f"FETCH 1:{count} UID"] if count else []
            commands += [f"STORE {number % count + 1} +FLAGS (\\Deleted)"] if count > 3 else []
            lines = client.append("INBOX", b"x")
            for command in [*commands, "NOOP"]:
                lines += client.ask(command)
            lines += client.ask("EXPUNGE")
            for line in lines:
                words = line.split()
                if words[2:] == [b"EXISTS"] or words[-1] == b"EXISTS":
                    count = int(words[1])
                elif words[-1] == b"EXPUNGE":
                    assert 1 <= int(words[1]) <= count
                    count -= 1
        pictures.append(client)

    clients = [raw(imap, "INBOX") for _ in range(8)]
    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(pictures) == 8
    uids = b" ".join(b"%d" % mail.imap_uid for mail in imap.mailbox)
    for client in clients:
        client.ask("NOOP")
        assert client.ask("UID SEARCH ALL")[0] == (b"* SEARCH " + uids).rstrip()
