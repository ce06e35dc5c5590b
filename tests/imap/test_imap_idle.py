"""IDLE: what a client is told while it waits, at once and without being asked."""

import threading

import pytest

from fakefarm import FakeIMAP

DONE = b"i OK IDLE completed"


def finish(client) -> list[bytes]:
    client.send_line("DONE")
    return client.answer("i")


def test_told_of_what_the_test_does(filled, raw) -> None:
    client = raw(filled, "INBOX")
    client.idle()
    filled.mailbox.add("new")
    assert [client.line(), client.line()] == [b"* 4 EXISTS\r\n", b"* 4 RECENT\r\n"]
    filled.mailbox[1].flags = ["\\Answered"]
    assert client.line() == b"* 2 FETCH (FLAGS (\\Answered \\Recent))\r\n"
    filled.mailbox[0].flags = ["other"]
    assert client.line() == rb"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft other work)" + (
        b"\r\n"
    )
    assert client.line().startswith(b"* OK [PERMANENTFLAGS (")
    assert client.line() == b"* 1 FETCH (FLAGS (\\Recent other))\r\n"
    filled.mailbox.remove(filled.mailbox[0], filled.mailbox[2])
    assert [client.line(), client.line()] == [b"* 3 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n"]
    filled.mailbox.clear()
    assert [client.line(), client.line()] == [b"* 2 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n"]
    assert finish(client) == [DONE]
    assert filled.commands == ["LOGIN", "SELECT", "IDLE"]
    assert [step.argument for step in filled.steps if step.verb == "response"] == ["DONE"]


def test_any_folder(imap, raw) -> None:
    work = imap.mailbox.folders.create("Work")
    client = raw(imap, "Work")
    client.idle()
    imap.mailbox.add("not this one")
    work.add("this one")
    assert client.line() == b"* 1 EXISTS\r\n"


def test_told_at_once(imap, raw) -> None:
    """A hundred messages, each told before the next one comes."""
    client = raw(imap, "INBOX")
    client.idle()
    for number in range(1, 101):
        imap.mailbox.add("x")
        assert client.line() == b"* %d EXISTS\r\n" % number
        client.line()


def test_what_happened_before_is_told_when_it_begins(imap, raw) -> None:
    client = raw(imap, "INBOX")
    imap.mailbox.add("x")
    client.idle()
    assert client.line() == b"* 1 EXISTS\r\n"


def test_nothing_selected(imap, raw) -> None:
    client = raw(imap)
    client.idle()
    imap.mailbox.add("x")
    assert finish(client) == [DONE]
    assert client.status("NOOP") == ["OK"]


def test_told_of_what_other_clients_do(filled, raw) -> None:
    idle, busy = raw(filled, "INBOX"), raw(filled, "INBOX")
    idle.idle()
    busy.ask("STORE 2 +FLAGS.SILENT (\\Deleted)")
    assert idle.line() == b"* 2 FETCH (FLAGS (\\Deleted \\Seen \\Recent))\r\n"
    busy.ask("EXPUNGE")
    assert idle.line() == b"* 2 EXPUNGE\r\n"
    busy.append("INBOX", b"x")
    assert idle.line() == b"* 3 EXISTS\r\n"


def test_a_line_that_is_not_done(imap, raw) -> None:
    client = raw(imap)
    client.idle()
    client.send_line("a NOOP")
    assert client.line() == b"i BAD DONE ends an IDLE\r\n"
    assert client.status("NOOP") == ["OK"]


def test_half_a_line_does_not_end_it(imap, raw) -> None:
    client = raw(imap, "INBOX")
    client.idle()
    client.send_bytewise(b"done\r\n")
    assert client.answer("i") == [DONE]


def test_everything_in_one_write(imap, raw) -> None:
    client = raw(imap, "INBOX")
    client.send(b"i IDLE\r\nDONE\r\ni IDLE\r\nDONE\r\na NOOP\r\n")
    assert [client.line() for _ in range(5)] == [
        b"+ idling\r\n",
        DONE + b"\r\n",
        b"+ idling\r\n",
        DONE + b"\r\n",
        b"a OK NOOP completed\r\n",
    ]


def test_many_clients_are_told(imap, raw) -> None:
    clients = [raw(imap, "INBOX") for _ in range(8)]
    for client in clients:
        client.idle()
    imap.mailbox.add("x")
    assert [client.line() for client in clients] == [b"* 1 EXISTS\r\n"] * 8


def test_nobody_misses_anything(imap, raw) -> None:
    """Four threads add while a client goes in and out of IDLE; what it was told adds up."""
    client = raw(imap, "INBOX")
    threads = [
        threading.Thread(target=lambda: [imap.mailbox.add("x") for _ in range(100)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    told = 0
    while told < 400:
        client.idle()
        while not told or not client.is_silent(0.001):
            line = client.line()
            if b"EXISTS" in line:
                told = int(line.split()[1])
        for line in finish(client):
            if b"EXISTS" in line:
                told = int(line.split()[1])
    for thread in threads:
        thread.join()
    assert (told, len(imap.mailbox)) == (400, 400)


# --- how it ends


def test_silence_while_idle(raw) -> None:
    with FakeIMAP(timeout=0.05) as fake:
        client = raw(fake, "INBOX")
        client.idle()
        assert client.rest() == (b"* BYE [UNAVAILABLE] silent for too long\r\n", "fin")


def test_a_client_that_leaves(imap, raw) -> None:
    client = raw(imap, "INBOX")
    client.idle()
    client.close()
    imap.settle()
    assert imap.connections[0].ended_by == "client"
    imap.mailbox.add("x")  # nobody listens any more
    assert imap.mailbox._watchers == []


def test_stop_is_not_waited_for(raw) -> None:
    fake = FakeIMAP().start()
    client = raw(fake, "INBOX")
    client.idle()
    fake.mailbox.add("x")
    assert [client.line(), client.line()] == [b"* 1 EXISTS\r\n", b"* 1 RECENT\r\n"]
    fake.stop()  # raises after PATIENCE for a thread that does not end
    assert client.rest() == (b"", "fin")
    assert fake.mailbox._watchers == []


# --- scripted


def test_no_plus(imap, raw) -> None:
    imap.on("IDLE").ignore()
    client = raw(imap, "INBOX")
    client.send_line("i IDLE")
    imap.mailbox.add("x")
    assert client.is_silent()
    assert client.ask("NOOP")[0] == b"* 1 EXISTS"  # it is not idle, so that is a command


def test_refused(imap, raw) -> None:
    imap.on("IDLE").reply("NO", "[LIMIT] too many").once()
    client = raw(imap, "INBOX")
    assert client.ask("IDLE") == [b"a NO [LIMIT] too many"]
    client.idle()
    assert finish(client) == [DONE]


def test_a_scripted_plus_is_idle(imap, raw) -> None:
    imap.on("IDLE").untagged("OK [ALERT] soon").reply("+", "wait")
    client = raw(imap, "INBOX")
    client.send_line("i IDLE")
    assert [client.line(), client.line()] == [b"* OK [ALERT] soon\r\n", b"+ wait\r\n"]
    imap.mailbox.add("x")
    assert client.line() == b"* 1 EXISTS\r\n"


def test_done_is_ignored(imap, raw) -> None:
    imap.on("response", "DONE").ignore().once()
    client = raw(imap, "INBOX")
    client.idle()
    client.send_line("DONE")
    imap.wait_until(lambda: imap.steps[-1].argument == "DONE")
    imap.mailbox.add("x")
    assert [client.line(), client.line()] == [b"* 1 EXISTS\r\n", b"* 1 RECENT\r\n"]
    assert finish(client) == [DONE]


def test_a_scripted_no_to_done_ends_it_as_well(imap, raw) -> None:
    imap.on("response").reply("NO", "go on").once()
    client = raw(imap, "INBOX")
    client.idle()
    assert finish(client) == [b"i NO go on"]
    assert client.status("NOOP") == ["OK"]


@pytest.mark.parametrize(
    ("script", "rest"),
    [
        (lambda on: on.answer().close(), (b"+ idling\r\n", "fin")),
        (lambda on: on.answer().delay(0.01).reset(), (b"+ idling\r\n", "rst")),
        (
            lambda on: on.answer().reply("BYE", "bad disk").close(),
            (b"+ idling\r\n* BYE bad disk\r\n", "fin"),
        ),
        (lambda on: on.answer().raw(b"junk\r\n").close(), (b"+ idling\r\njunk\r\n", "fin")),
        (lambda on: on.reply("OK", "no need").close(), (b"i OK no need\r\n", "fin")),
    ],
)
def test_dropped(imap, raw, script, rest) -> None:
    script(imap.on("IDLE"))
    client = raw(imap, "INBOX")
    client.send_line("i IDLE")
    assert client.rest() == rest


def test_data_behind_the_plus(imap, raw) -> None:
    imap.on("IDLE").answer().untagged("23 EXISTS", "3 EXPUNGE")
    client = raw(imap, "INBOX")
    client.idle()
    assert [client.line(), client.line()] == [b"* 23 EXISTS\r\n", b"* 3 EXPUNGE\r\n"]
    assert finish(client) == [DONE]


def test_a_tagged_reply_ends_what_the_plus_began(imap, raw) -> None:
    imap.on("IDLE").answer().reply("OK", "that was all")
    client = raw(imap, "INBOX")
    client.idle()
    assert client.line() == b"i OK that was all\r\n"
    assert client.status("NOOP") == ["OK"]
