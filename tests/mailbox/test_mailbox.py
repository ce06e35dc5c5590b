"""The mailbox by itself: what is stored, under which id, and who holds it."""

import threading
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

import pytest

from fakefarm import Mailbox


def letter(subject: str = "hi") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content("one\n.two\n")
    return message


# What is added, and what is stored.
CONTENTS = [
    (b"a\nb\r\nc\rd", b"a\nb\r\nc\rd"),
    (bytearray(b"a\n"), b"a\n"),
    (memoryview(b"a\n"), b"a\n"),
    (b"", b""),
    ("", b""),
    ("a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd"),
    ("\n\n", b"\r\n\r\n"),
    ("caf\u00e9\x0b\x85\u2028", "caf\u00e9\x0b\x85\u2028".encode()),  # str.splitlines() ends more
    (message_from_string("A: 1\n\nb\n"), b"A: 1\r\n\r\nb\r\n"),
]


@pytest.mark.parametrize(("given", "stored"), CONTENTS, ids=lambda v: type(v).__name__)
def test_content(given, stored) -> None:
    mailbox = Mailbox()
    mail = mailbox.add(given)
    assert mail.content == stored
    assert mailbox[0] is mail


def test_an_email_message() -> None:
    content = Mailbox(letter())[0].content
    assert content.startswith(b"Subject: hi\r\n")
    assert content.endswith(b"\r\n\r\none\r\n.two\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_an_email_message_with_a_policy_of_its_own() -> None:
    message = letter()
    message.policy = SMTPUTF8
    message.replace_header("Subject", "caf\u00e9")
    assert "Subject: caf\u00e9\r\n".encode() in Mailbox(message)[0].content
    assert message.policy is SMTPUTF8


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(b"a\nb\r\n")
    assert Mailbox(tmp_path / "mail.eml")[0].content == b"a\nb\r\n"
    with pytest.raises(FileNotFoundError):
        Mailbox(tmp_path / "none.eml")


@pytest.mark.parametrize("wrong", [None, 7, ["a"], {"a": 1}])
def test_nonsense(wrong) -> None:
    mailbox = Mailbox()
    with pytest.raises(TypeError, match="give an EmailMessage, bytes, str, or the path"):
        mailbox.add(wrong)
    assert len(mailbox) == 0


@pytest.mark.parametrize(
    ("content", "size"),
    [(b"", 0), (b"a", 3), (b"a\r\n", 3), (b"a\n", 4), (b"a\r", 4), (b".\r\n", 3), (b"\n.", 4)],
)
def test_sizes_count_what_pop3_sends(content, size) -> None:
    assert Mailbox(content)[0].size == size


def test_the_message_is_parsed_when_asked_for() -> None:
    mail = Mailbox("Subject: =?utf-8?q?caf=C3=A9?=\n\nhi\n")[0]
    assert mail.message["Subject"] == "caf\u00e9"
    assert mail.message is mail.message


def test_unique_ids() -> None:
    mailbox = Mailbox("a", "b", "b")
    assert [mail.uid for mail in mailbox] == ["uid-1", "uid-2", "uid-3"]
    mailbox.remove(mailbox[2])
    mailbox.add("c")
    mailbox.clear()
    assert mailbox.add("d").uid == "uid-5"
    assert mailbox.add("e", uid="mine").uid == "mine"
    mailbox[0].uid = "mine"
    assert [mail.uid for mail in mailbox] == ["mine", "mine"]


def test_reading_and_removing() -> None:
    mailbox = Mailbox("a", "a", "b")
    assert (len(mailbox), [m.content for m in mailbox]) == (3, [b"a", b"a", b"b"])
    first, second, third = mailbox
    mailbox.remove(second)
    assert list(mailbox) == [first, third]
    mailbox.remove(second, first)
    assert mailbox[-1] is third
    mailbox.clear()
    assert len(mailbox) == 0
    assert mailbox  # there is one
    with pytest.raises(IndexError):
        mailbox[0]


def test_each_change_has_a_number_and_is_told() -> None:
    mailbox, told = Mailbox("a"), []
    mailbox.watch(lambda: told.append(mailbox.modseq))
    first = mailbox[0]
    first.flags = ["\\Seen"]
    first.flags = ["\\seen"]  # the same
    second = mailbox.add("b")
    assert [first.modseq, second.modseq] == told == [3, 4]
    mailbox.remove(first)
    mailbox.remove(first)  # which is gone
    mailbox.clear()
    mailbox.clear()
    assert told == [3, 4, 5, 6]


def test_iteration_is_of_one_moment() -> None:
    mailbox = Mailbox("a", "b")
    for mail in mailbox:
        mailbox.remove(mail)
        mailbox.add("more")
    assert [m.content for m in mailbox] == [b"more", b"more"]


def test_it_says_what_it_is() -> None:
    mailbox = Mailbox("abc")
    assert (repr(mailbox), repr(mailbox[0])) == (
        "<Mailbox of 1 messages>",
        "<Mail 'uid-1', 3 bytes>",
    )
    mailbox.lock()
    assert repr(mailbox) == "<Mailbox of 1 messages, locked>"


def test_many_threads() -> None:
    mailbox = Mailbox()

    def work() -> None:
        for number in range(200):
            mail = mailbox.add(b"x")
            assert mail in list(mailbox)
            if number % 2:
                mailbox.remove(mail)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox) == 800
    assert len({mail.uid for mail in mailbox}) == 800


class Session:
    """A holder that says of itself what the test wants."""

    def __init__(self) -> None:
        self.over = self.leaving = False

    def is_over(self) -> bool:
        return self.over

    def is_leaving(self) -> bool:
        return self.leaving


def test_one_holder_at_a_time() -> None:
    mailbox, first, second = Mailbox(), Session(), Session()
    assert mailbox.lock(first)
    assert mailbox.lock(first)  # it does already
    assert not mailbox.lock(second)
    assert not mailbox.lock()
    mailbox.unlock(second)  # it does not, so nothing happens
    assert mailbox.locked
    mailbox.unlock(first)
    assert not mailbox.locked
    assert mailbox.lock()
    assert not mailbox.lock(first)
    mailbox.unlock()
    assert mailbox.lock(second)


def test_a_holder_that_is_over_holds_nothing() -> None:
    mailbox, first, second = Mailbox(), Session(), Session()
    mailbox.lock(first)
    first.over = True
    assert not mailbox.locked
    assert mailbox.lock(second)
    mailbox.unlock(first)
    assert mailbox.locked


def test_a_holder_that_is_leaving_is_waited_for() -> None:
    mailbox, first, second = Mailbox(), Session(), Session()
    mailbox.lock(first)
    first.leaving = True
    waiting, locked = threading.Event(), []

    def log_in() -> None:
        waiting.set()
        locked.append(mailbox.lock(second))

    thread = threading.Thread(target=log_in)
    thread.start()
    assert waiting.wait(5)
    mailbox.unlock(first)
    thread.join(5)
    assert locked == [True]


def test_but_not_for_ever(monkeypatch) -> None:
    monkeypatch.setattr("fakefarm.mailbox.mailbox.GRACE", 0.05)
    mailbox, first = Mailbox(), Session()
    mailbox.lock(first)
    first.leaving = True
    assert not mailbox.lock()
    assert mailbox.lock(first)
