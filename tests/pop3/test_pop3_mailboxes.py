"""Who sees which mailbox, who holds it, and when deletions happen (RFC 1939 sections 4 to 6)."""

import poplib
import socket
import threading

import pytest

from fakefarm import FakePOP3, Mailbox

IN_USE = b"-ERR [IN-USE] "


def test_deletions_happen_at_quit(filled, raw) -> None:
    client = raw(filled)
    assert client.statuses("DELE 1", "DELE 3") == ["+OK", "+OK"]
    assert len(filled.mailbox) == 3
    assert client.say("QUIT") == b"+OK bye\r\n"
    assert [mail.uid for mail in filled.mailbox] == ["uid-2"]


def test_rset_undoes_them(filled, raw) -> None:
    raw(filled).statuses("DELE 1", "RSET", "DELE 2", "QUIT")
    assert [mail.uid for mail in filled.mailbox] == ["uid-1", "uid-3"]


ENDINGS = [
    ("the client leaves", None),
    ("FIN instead of QUIT's reply", lambda on: on("QUIT").close()),
    ("RST instead of QUIT's reply", lambda on: on("QUIT").reset()),
    ("QUIT is refused", lambda on: on("QUIT").reply("-ERR not now").close()),
    ("raw bytes", lambda on: on("QUIT").raw(b"+OK bye\r\n").close()),
    ("nothing", lambda on: on("QUIT").ignore().close()),
    ("without effect", lambda on: on("QUIT").reply("+OK bye").without_effect().close()),
]


@pytest.mark.parametrize(("name", "script"), ENDINGS, ids=[name for name, _ in ENDINGS])
def test_and_at_no_other_end(filled, raw, name, script) -> None:
    client = raw(filled)
    client.say("DELE 1")
    if script is not None:
        script(filled.on)
        client.send(b"QUIT\r\n")
        client.rest()
    client.close()
    filled.settle()
    assert len(filled.mailbox) == 3


@pytest.mark.parametrize("after", [0, 2])
def test_a_lost_reply_to_quit_has_deleted(filled, raw, after) -> None:
    filled.on("QUIT").truncate(after=after)
    client = raw(filled)
    client.say("DELE 1")
    client.send(b"QUIT\r\n")
    assert client.rest() == (b"+OK bye\r\n"[:after], "fin")
    assert len(filled.mailbox) == 2


def test_stopping_deletes_nothing(raw) -> None:
    fake = FakePOP3().start()
    fake.mailbox.add("x")
    raw(fake).say("DELE 1")
    fake.stop()
    assert len(fake.mailbox) == 1
    assert not fake.mailbox.locked


def test_messages_added_meanwhile_are_seen_next_time(filled, raw) -> None:
    client = raw(filled)
    filled.mailbox.add("late")
    filled.mailbox.remove(filled.mailbox[0])
    assert client.say("STAT") == b"+OK 3 72\r\n"
    assert client.statuses("DELE 1", "DELE 2", "QUIT") == ["+OK", "+OK", "+OK"]
    assert [mail.content for mail in filled.mailbox][-1] == b"late"
    assert raw(filled).say("STAT") == b"+OK 2 24\r\n"


# --- whose mailbox


def test_everybody_shares_mailbox_until_they_have_their_own(pop3, raw) -> None:
    pop3.mailbox.add("for all")
    pop3.mailboxes["bob"].add("for bob")
    for user, text in (("ann", b"for all"), ("bob", b"for bob"), ("", b"for all")):
        client = raw(pop3, user=user or "carol")
        assert client.ask("RETR 1")[1] == text + b"\r\n"
        client.say("QUIT")


def test_own_mailboxes_are_held_apart(pop3, raw) -> None:
    pop3.mailboxes["bob"]
    raw(pop3, user="ann")
    raw(pop3, user="bob")
    assert pop3.mailbox.locked
    assert pop3.mailboxes["bob"].locked
    assert list(pop3.mailboxes) == ["bob"]


def test_a_mailbox_of_two_fakes(raw) -> None:
    shared = Mailbox("one", "two")
    with FakePOP3() as first, FakePOP3() as second:
        first.mailbox = second.mailboxes["ann"] = shared
        client = raw(first)
        assert raw(second, user="").statuses("USER ann", "PASS x") == ["+OK", "-ERR"]
        client.statuses("DELE 1", "QUIT")
        assert raw(second).say("STAT") == b"+OK 1 5\r\n"


# --- held by one at a time


def test_a_second_login_is_refused(filled, raw) -> None:
    first = raw(filled)
    second = raw(filled, user="")
    second.say("USER ann")
    assert second.say("PASS x").startswith(IN_USE)
    assert second.say("AUTH PLAIN AGFubgB4").startswith(IN_USE)
    assert second.say("APOP ann 0").startswith(IN_USE)
    assert first.say("QUIT") == b"+OK bye\r\n"
    assert second.statuses("USER ann", "PASS x", "STAT") == ["+OK", "+OK", "+OK"]


def test_a_wrong_password_holds_nothing(raw) -> None:
    with FakePOP3(users={"ann": "secret"}) as fake:
        client = raw(fake, user="")
        client.statuses("USER ann", "PASS x")
        assert not fake.mailbox.locked


@pytest.mark.parametrize(
    "script",
    [
        lambda on: on("PASS").answer().without_effect(),
        lambda on: on("PASS").reply("+OK").without_effect(),
        lambda on: on("PASS").reply("-ERR [SYS/TEMP] later"),
        lambda on: on("PASS").raw(b"+OK\r\n"),
    ],
)
def test_a_login_that_has_no_effect_holds_nothing(pop3, raw, script) -> None:
    script(pop3.on)
    client = raw(pop3, user="")
    client.statuses("USER ann", "PASS x")
    assert client.say("STAT").startswith(b"-ERR log in first")
    assert not pop3.mailbox.locked


def test_a_test_may_hold_it(filled, raw) -> None:
    assert filled.mailbox.lock()
    client = raw(filled, user="")
    client.say("USER ann")
    assert client.say("PASS x").startswith(IN_USE)
    filled.mailbox.unlock()
    assert client.statuses("USER ann", "PASS x") == ["+OK", "+OK"]


def test_a_script_may_let_in_a_second(filled, raw) -> None:
    filled.on("PASS").after(1).reply("+OK come in")
    first, second = raw(filled), raw(filled)
    assert second.say("STAT") == b"+OK 3 72\r\n"
    second.close()
    filled.settle()
    assert filled.mailbox.locked  # by the first
    first.say("QUIT")
    assert not filled.mailbox.locked


def test_logged_in_anew_by_a_script(pop3, raw) -> None:
    pop3.mailboxes["bob"].add("x")
    pop3.on("PASS").reply("+OK").times(2)
    client = raw(pop3)
    pop3.on("USER").reply("+OK")
    assert client.statuses("USER bob", "PASS x", "STAT") == ["+OK", "+OK", "+OK"]
    assert pop3.mailboxes["bob"].locked
    assert not pop3.mailbox.locked


BACK_AT_ONCE = [
    ("left without QUIT", None),
    ("FIN", lambda on: on("RETR").truncate(after=3).once()),
    ("RST", lambda on: on("RETR").truncate(after=3).reset().once()),
]


@pytest.mark.parametrize(("name", "script"), BACK_AT_ONCE, ids=[n for n, _ in BACK_AT_ONCE])
def test_who_comes_back_at_once_is_let_in(filled, name, script) -> None:
    """However quick a client is: what it left behind is not in its way."""
    for _ in range(20):
        if script is not None:
            script(filled.on)
        client = poplib.POP3(filled.host, filled.port, timeout=5)
        client.user("ann")
        client.pass_("x")
        if script is not None:
            with pytest.raises((poplib.error_proto, ConnectionResetError)):
                client.retr(1)
        client.close()
    assert filled.errors == []


def test_who_is_cut_off_and_does_not_leave_is_not_in_the_way(filled, raw) -> None:
    filled.on("RETR").close()
    client = raw(filled)
    client.send(b"RETR 1\r\n")
    assert client.rest() == (b"", "fin")
    assert raw(filled).say("STAT") == b"+OK 3 72\r\n"


def test_a_session_that_lags_behind_its_client_is_waited_for(filled, raw) -> None:
    """The client has said its last, and its QUIT is still to be answered: the deletion comes
    first."""
    filled.on("NOOP").delay(0.2)
    client = raw(filled)
    client.send(b"DELE 1\r\nNOOP\r\nQUIT\r\n")
    client.sock.shutdown(socket.SHUT_WR)
    assert raw(filled).say("STAT") == b"+OK 2 49\r\n"


def test_one_login_of_many_at_once(filled, raw) -> None:
    clients = [raw(filled, user="") for _ in range(8)]
    answers = []

    def log_in(client) -> None:
        answers.extend(client.statuses("USER ann", "PASS x")[1:])

    threads = [threading.Thread(target=log_in, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["+OK"] + ["-ERR"] * 7
