"""The step ``transfer``, refused and stalled data connections, endings of the control connection,
and the end of the fake."""

import os
import select
import socket
import threading
from pathlib import Path

import pytest
from raw_client import RawClient

from fakefarm import FakeFTP
from fakefarm._core import sockets

FILE = b"0123456789"
DONE = b"226 Transfer complete.\r\n"

# A rule for `transfer`, and all that comes over the control connection behind the 150; the data is
# whole in any case.
COMPLETIONS = [
    (lambda on: on.answer(), DONE + b"200"),
    (lambda on: on.reply(426, "cut"), b"426 cut\r\n200"),
    (lambda on: on.reply(250, "ok"), b"250 ok\r\n200"),
    (lambda on: on.reply(lambda step: (451, step.argument)), b"451 RETR file.txt\r\n200"),
    (lambda on: on.raw(b"22"), b"22200"),
    (lambda on: on.ignore(), b"200"),
    (lambda on: on.delay(0.01), DONE + b"200"),
    (lambda on: on.duplicate(), DONE * 2 + b"200"),
    (lambda on: on.drip(size=4, every=0.001), DONE + b"200"),
    (lambda on: on.answer().reply(550, "what?"), DONE + b"550 what?\r\n200"),
    (lambda on: on.close(), b""),
    (lambda on: on.reset(), b""),
    (lambda on: on.answer().close(), DONE),
    (lambda on: on.reply(421, "bye").reset(), b"421 bye\r\n"),
    (lambda on: on.stall(0.01), b""),
]


@pytest.mark.parametrize(("script", "said"), COMPLETIONS)
def test_the_completion(filled, raw, script, said) -> None:
    script(filled.on("transfer"))
    client = raw(filled)
    data = client.begin("RETR file.txt")
    assert data.rest() == (FILE, "fin")
    if said.endswith(b"200"):
        client.send(b"NOOP\r\n")
        assert client.exactly(len(said)) == said
    else:
        assert client.rest()[0] == said


# The same for an upload: the code, and whether it counts as complete.
STORED = [
    (lambda on: on.reply(226, "ok"), True),
    (lambda on: on.reply(250, "ok"), True),
    (lambda on: on.answer(), True),
    (lambda on: on.duplicate(), True),
    (lambda on: on.reply(552, "full"), False),
    (lambda on: on.reply(426, "cut"), False),
    (lambda on: on.raw(b"226 ok\r\n"), False),
    (lambda on: on.ignore(), False),
    (lambda on: on.reply(226, "ok").without_effect(), False),
]


@pytest.mark.parametrize(("script", "complete"), STORED)
def test_whether_an_upload_is_complete(ftp, raw, script, complete) -> None:
    script(ftp.on("transfer"))
    client = raw(ftp)
    data = client.begin("STOR x")
    data.send(FILE)
    data.close()
    ftp.wait_until(lambda: not ftp.uploads or ftp.uploads[0].size == 10)
    client.send(b"NOOP\r\n")
    client.up_to(b"200")
    assert (ftp.uploads[0].content, ftp.uploads[0].complete) == (FILE, complete)


@pytest.mark.parametrize("line", ["RETR file.txt", "LIST", "NLST", "MLSD"])
def test_early_completion(filled, raw, line) -> None:
    filled.early_completion = True
    client = raw(filled)
    address = client.announced()
    client.send_line(line)
    assert [client.code(), client.code()] == [150, 226]
    data = RawClient(address)
    assert data.rest()[0] != b""
    data.close()
    assert client.codes("NOOP") == [200]


def test_early_completion_of_an_upload(ftp, raw) -> None:
    ftp.early_completion = True
    ftp.on("transfer").reply(250, "done already")
    client = raw(ftp)
    data = client.passive()
    assert client.codes("STOR x") == [150]
    assert client.code() == 250
    data.send(FILE)
    data.close()
    ftp.wait_until(lambda: ftp.uploads[0].complete)
    assert (ftp.root / "x").read_bytes() == ftp.uploads[0].content == FILE
    assert client.codes("NOOP") == [200]


# --- uploads that are spoiled

# A rule for STOR, what is stored of FILE, how the data connection ends.
UPLOADS = [
    (lambda on: on.truncate(after=4), FILE[:4], "fin"),
    (lambda on: on.truncate(after=0), b"", "fin"),
    (lambda on: on.truncate(after=4).reset(), FILE[:4], "rst"),
    (lambda on: on.truncate(after=4).stall(0.01), FILE[:4], "fin"),
    (lambda on: on.reset(), b"", "rst"),
    (lambda on: on.close(), b"", "fin"),
    (lambda on: on.stall(0.01), b"", "fin"),
    (lambda on: on.stall(0.01).reset(), b"", "rst"),
]


@pytest.mark.parametrize(("script", "stored", "how"), UPLOADS)
def test_an_upload_that_is_broken_off(ftp, raw, script, stored, how) -> None:
    script(ftp.on("STOR"))
    client = raw(ftp)
    data = client.passive()
    data.send(FILE)
    assert client.codes("STOR x") == [150]
    assert data.rest() == (b"", how)
    assert client.codes("NOOP") == [226]  # the dangerous case
    assert client.code() == 200
    assert (ftp.uploads[0].content, ftp.uploads[0].complete) == (stored, False)
    assert (ftp.root / "x").read_bytes() == stored


SPOILED = [
    (lambda on: on.garble(at=1), b"0\xce23456789"),
    (lambda on: on.insert(b"xx", at=10), FILE + b"xx"),
    (lambda on: on.duplicate(), FILE * 2),
    (lambda on: on.drip(size=3, every=0.001), FILE),
    (lambda on: on.throttle(100000), FILE),
    (lambda on: on.delay(0.01), FILE),
    (lambda on: on.reply(125, "go on"), FILE),
    (lambda on: on.answer().reset(), FILE),
]


@pytest.mark.parametrize(("script", "stored"), SPOILED)
def test_an_upload_that_is_spoiled(ftp, raw, script, stored) -> None:
    script(ftp.on("STOR"))
    client = raw(ftp)
    data = client.passive()
    assert client.say("STOR x")[:3] in (b"150", b"125")
    data.send(FILE)
    data.half_close()
    assert client.code() == 226
    assert (ftp.root / "x").read_bytes() == ftp.uploads[0].content == stored
    assert ftp.uploads[0].complete
    assert ftp.transcript.received("data") == FILE  # what the wire carried


def test_an_upload_is_stopped_early_with_a_reply(ftp, raw) -> None:
    ftp.on("transfer").truncate(after=1).reply(552, "disk full")
    client = raw(ftp)
    data = client.begin("STOR x")
    data.send(b"x" * 10**5)
    assert client.reply() == b"552 disk full\r\n"
    assert data.rest() == (b"", "fin")
    assert (ftp.uploads[0].content, ftp.uploads[0].complete) == (b"x", False)


def test_a_download_is_stopped_early_with_a_reply(filled, raw) -> None:
    filled.on("transfer").truncate(after=3).reply(451, "read error")
    assert raw(filled).fetch("RETR file.txt") == (b"012", "fin", 451)


def test_all_of_a_long_cut_arrives_before_the_reset(ftp, raw) -> None:
    (ftp.root / "big").write_bytes(b"x" * 2**24)
    ftp.on("RETR").truncate(after=5 * 2**20).reset()
    client = raw(ftp)
    data = client.begin("RETR big")
    ftp.wait_until(lambda: ftp.transcript.sent("data"))
    content, how = data.rest()
    assert (len(content), how) == (5 * 2**20, "rst")
    assert client.code() == 226


# --- refused

REFUSALS = [
    (lambda on: on.refuse(), b"425 Can't open data connection.\r\n200"),
    (lambda on: on.refuse().reply(425, "no"), b"425 no\r\n200"),
    (lambda on: on.refuse().ignore(), b"200"),
    (lambda on: on.refuse().reply(421, "bye").close(), b"421 bye\r\n"),
]


@pytest.mark.parametrize(("script", "said"), REFUSALS)
@pytest.mark.parametrize("active", [True, False], ids=["active", "passive"])
def test_refuse(filled, raw, script, said, active) -> None:
    script(filled.on("transfer"))
    client = raw(filled)
    if active:
        listener = client.active()
        listener.settimeout(0.02)
    else:
        address = client.announced()
        with pytest.raises(ConnectionRefusedError):
            RawClient(address)
    assert client.codes("RETR file.txt") == [150]
    if said.endswith(b"200"):
        client.send(b"NOOP\r\n")
        assert client.exactly(len(said)) == said
    else:
        assert client.rest() == (said, "fin")
    if active:
        with pytest.raises(TimeoutError):
            listener.accept()
        listener.close()


def test_refuse_fires_when_the_port_is_announced(filled, raw) -> None:
    filled.on("transfer").refuse()
    client = raw(filled)
    client.announced()
    assert client.codes("QUIT") == [221]


def test_refuse_is_counted(filled, raw) -> None:
    filled.on("transfer").refuse().after(1).times(2)
    filled.on("transfer").reply(250, "fine")
    client = raw(filled)
    assert client.fetch("LIST")[2] == 250
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            RawClient(client.announced())
    assert client.fetch("LIST")[2] == 250


def test_a_port_that_no_transfer_used_is_counted_once(filled, raw) -> None:
    filled.on("transfer").refuse().after(2)
    client = raw(filled)
    for _ in range(2):
        client.announced()  # counted, and then replaced by another
    with pytest.raises(ConnectionRefusedError):
        RawClient(client.announced())
    client.active().close()
    assert client.codes("LIST") == [150]
    assert client.code() == 425


def test_refuse_with_a_sequence(filled, raw) -> None:
    filled.on("transfer").refuse().then.reply(250, "fine")
    client = raw(filled)
    with pytest.raises(ConnectionRefusedError):
        RawClient(client.announced())
    assert client.fetch("LIST")[2] == 250


def test_refuse_by_chance_is_drawn_once(raw) -> None:
    with FakeFTP(seed=1) as fake:
        fake.on("transfer").refuse().with_probability(0.5)
        client = raw(fake)
        outcomes = []
        for _ in range(30):
            try:
                outcomes.append(client.fetch("LIST")[2])
            except ConnectionRefusedError:
                outcomes.append(0)
        assert set(outcomes) == {0, 226}


@pytest.mark.parametrize("more", [{"pattern": "LIST*"}, {"where": lambda step: True}])
def test_refuse_cannot_look_at_the_command(ftp, more) -> None:
    with pytest.raises(ValueError, match="before the command is known"):
        ftp.on("transfer", **more).refuse()
    ftp.reset()


def test_refuse_belongs_to_connect_and_transfer(ftp) -> None:
    with pytest.raises(ValueError, match="refuse"):
        ftp.on("RETR").refuse()
    ftp.reset()


# --- what PASV names


@pytest.mark.parametrize(
    ("address", "passive", "extended"),
    [
        ("192.0.2.1", b"(192,0,2,1,", b"(|||"),
        (("192.0.2.1", 513), b"(192,0,2,1,2,1).", b"(|||513|)"),
        (("127.0.0.1", 0), b"(127,0,0,1,0,0)", b"(|||0|)"),
        ("not an address", b"(not an address,", b"(|||"),
        (None, b"(127,0,0,1,", b"(|||"),
    ],
)
def test_passive_address(ftp, raw, address, passive, extended) -> None:
    ftp.passive_address = address
    client = raw(ftp)
    assert passive in client.say("PASV")
    assert extended in client.say("EPSV")


def test_a_port_that_accepts_and_stays_silent(filled, raw) -> None:
    filled.on("RETR").stall()
    client = raw(filled)
    data = client.begin("RETR file.txt")
    assert data.is_silent()
    assert client.codes("NOOP") == [200]
    data.close()
    assert client.code() == 426


def test_a_stall_in_the_middle(filled, raw) -> None:
    filled.on("RETR").truncate(after=4).stall()
    client = raw(filled)
    data = client.begin("RETR file.txt")
    assert data.exactly(4) == b"0123"
    assert data.is_silent()
    assert client.codes("ABOR") == [426]
    assert client.code() == 226
    assert data.rest() == (b"", "fin")


def test_a_server_that_stops_reading(ftp, raw) -> None:
    ftp.on("STOR").stall()
    client = raw(ftp)
    data = client.begin("STOR x")
    data.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        data.send(b"x" * 2**26)
    client.close()
    data.close()
    ftp.settle()
    assert (ftp.uploads[0].size, ftp.uploads[0].complete) == (0, False)


def test_the_transfer_step_can_hold_the_control_connection(filled, raw) -> None:
    filled.on("transfer").stall()
    client = raw(filled)
    assert client.begin("RETR file.txt").rest() == (FILE, "fin")
    client.send(b"NOOP\r\n")
    assert client.is_silent()


# --- senders of a command that begins a transfer

CONTROL = [
    (lambda on: on.reply(550, "no"), b"550 no\r\n200"),
    (lambda on: on.reply(226, "done"), b"226 done\r\n200"),
    (lambda on: on.raw(b"150 it comes\r\n"), b"150 it comes\r\n200"),
    (lambda on: on.ignore(), b"200"),
    (lambda on: on.reply(550, "no").duplicate(), b"550 no\r\n550 no\r\n200"),
    (lambda on: on.reply(550, "no").truncate(after=5), b"550 n"),
    (lambda on: on.reply(421, "bye").close(), b"421 bye\r\n"),
    (lambda on: on.reply(lambda step: (421, "bye")).reset(), b"421 bye\r\n"),
    (lambda on: on.ignore().reset(), b""),
]


@pytest.mark.parametrize(("script", "said"), CONTROL)
def test_replies_that_begin_no_transfer(filled, raw, script, said) -> None:
    script(filled.on("RETR"))
    client = raw(filled)
    data = client.passive()
    client.send_line("RETR file.txt")
    if said.endswith(b"200"):
        client.send(b"NOOP\r\n")
        assert client.exactly(len(said)) == said
        assert data.is_silent()
    else:
        assert client.rest()[0] == said
    assert "transfer" not in [step.verb for step in filled.steps]


def test_a_natural_refusal_is_not_spoiled(filled, raw) -> None:
    filled.on("RETR").reset()
    client = raw(filled)
    client.passive()
    assert client.codes("RETR nothing", "NOOP") == [550, 200]
    assert "no transfer came about" in str(filled.transcript)


@pytest.mark.parametrize("line", ["RETR nothing", "RETR folder"])
def test_a_script_begins_what_the_engine_refuses(filled, raw, line) -> None:
    filled.on("RETR").reply(150, "it comes").then.content(b"from nowhere")
    client = raw(filled)
    assert client.fetch(line) == (b"", "fin", 226)
    assert client.fetch(line) == (b"from nowhere", "fin", 226)


def test_content_needs_no_login(ftp, raw) -> None:
    ftp.on("LIST").content(b"rubbish\r\n")
    ftp.on("EPSV").reply(229, "(|||1|)").without_effect().optional()
    client = raw(ftp, user="")
    assert client.codes("LIST") == [530]  # a data connection does


def test_more_replies_before_the_data(filled, raw) -> None:
    filled.on("RETR").answer().delay(0.01).reply(550, "unasked for")
    client = raw(filled)
    data = client.begin("RETR file.txt")
    assert client.code() == 550
    assert data.rest() == (FILE, "fin")
    assert client.code() == 226


def test_the_reply_may_be_late(filled, raw) -> None:
    filled.on("RETR").delay(0.05).answer()
    client = raw(filled)
    data = client.passive()
    client.send_line("RETR file.txt")
    assert client.is_silent(0.02)
    assert client.code() == 150
    assert data.rest() == (FILE, "fin")


def test_the_data_may_be_late(filled, raw) -> None:
    filled.on("RETR").delay(0.05)
    client = raw(filled)
    data = client.begin("RETR file.txt")
    assert data.is_silent(0.02)
    assert client.codes("NOOP") == [200]
    assert data.rest() == (FILE, "fin")


# --- other systems


@pytest.fixture(params=["no endings", "no poll"])
def elsewhere(request, monkeypatch) -> None:
    monkeypatch.setattr(sockets, "TELLS_ENDINGS", False)
    if request.param == "no poll":
        monkeypatch.delattr(select, "poll")


@pytest.mark.usefixtures("elsewhere")
def test_transfers_where_the_system_tells_less(filled, raw) -> None:
    filled.on("NLST").stall(0.01).then.stall()
    (filled.root / "big").write_bytes(b"x" * 2**22)
    client = raw(filled)
    data = client.begin("RETR big")
    assert client.codes("NOOP") == [200]
    assert len(data.rest()[0]) == 2**22
    assert client.code() == 226
    assert client.store("STOR x", b"x" * 2**22) == 226
    assert client.fetch("NLST") == (b"", "fin", 226)
    data = client.begin("NLST")
    client.send(b"LIST\r\nNOOP\r\n")
    data.close()
    assert [client.code() for _ in range(3)] == [426, 425, 200]


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("way", ["a stall", "the client does not read", "a command that waits"])
def test_stop_where_the_system_tells_less(raw, way) -> None:
    test_stop_ends_everything_at_once(raw, way)


# --- the end of the fake


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("fakefarm")]


def descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


STUCK = {
    "nobody comes": lambda f, c: c.announced() and c.codes("RETR big"),
    "the client does not read": lambda f, c: c.begin("RETR big"),
    "the client does not send": lambda f, c: c.begin("STOR x"),
    "a stall": lambda f, c: c.begin("LIST"),
    "a stalled upload": lambda f, c: c.begin("APPE x").send(FILE),
    "drops": lambda f, c: c.begin("MLSD"),
    "a delay": lambda f, c: c.begin("NLST"),
    "a held completion": lambda f, c: c.begin("RETR small").rest(),
    "an announced port": lambda f, c: c.announced(),
    "a quit that waits": lambda f, c: (c.begin("RETR big"), c.codes("QUIT")),
    "a command that waits": lambda f, c: (c.begin("RETR big"), c.send(b"LIST\r\n")),
    "a client that was half closed": lambda f, c: (c.begin("RETR big"), c.half_close()),
}


@pytest.mark.parametrize("way", STUCK)
def test_stop_ends_everything_at_once(raw, way) -> None:
    before = descriptors()
    fake = FakeFTP(strict=False).start()
    (fake.root / "big").write_bytes(b"x" * 2**24)
    (fake.root / "small").write_bytes(b"x")
    fake.on("LIST").stall()
    fake.on("APPE").stall()
    fake.on("MLSD").drip(size=1, every=60)
    fake.on("NLST").delay(60)
    fake.on("transfer", "RETR small").stall()
    client = raw(fake)
    STUCK[way](fake, client)
    fake.stop()
    assert threads() == []
    fake.verify()
    client.close()
    assert descriptors() <= before
    if way != "a client that was half closed":  # whose FIN may be read before the stop, or not
        assert fake.connections[0].ended_by == "stop"


def test_a_client_that_vanishes_leaves_nothing_behind(ftp, raw) -> None:
    (ftp.root / "big").write_bytes(b"x" * 2**24)
    before = descriptors()
    client = raw(ftp)
    data = client.begin("RETR big")
    data.reset()
    client.reset()
    ftp.settle()
    ftp.wait_until(lambda: len(threads()) == 1)
    assert descriptors() <= before


def test_the_data_connection_ends_with_the_control_connection(filled, raw) -> None:
    """And not only when the client has left that as well: it may be reading the data."""
    filled.on("RETR").stall()
    filled.on("NOOP").close()
    client = raw(filled)
    data = client.begin("RETR file.txt")
    client.send_line("NOOP")
    assert client.rest() == (b"", "fin")
    data.sock.settimeout(2)  # well below the seconds for which a closed connection is drained
    assert data.rest() == (b"", "fin")


def test_a_client_that_is_gone_before_the_reply_leaves_no_file_open(filled, raw) -> None:
    before = descriptors()
    for _ in range(3):
        filled.on("STOR").delay(0.05).answer().optional()
        client = raw(filled)
        client.passive()
        client.send(b"STOR x\r\n")
        filled.wait_until(lambda: filled.commands[-1] == "STOR")
        client.reset()
        filled.settle()
    filled.wait_until(lambda: len(threads()) == 1)
    assert descriptors() <= before


def test_many_transfers_leave_nothing_behind(filled, raw) -> None:
    client = raw(filled)
    client.fetch("LIST")
    before = descriptors()
    for _ in range(20):
        client.fetch("RETR file.txt")
        client.store("STOR x", FILE)
        client.announced("PASV")
    for data in client.data_connections:
        data.close()
    filled.settle()
    assert client.codes("NOOP") == [200]
    assert descriptors() <= before + 1  # the port that was announced last


def test_the_transcript_tells_of_data_connections(filled, raw) -> None:
    filled.on("RETR").truncate(after=4).reset()
    client = raw(filled)
    client.fetch("RETR file.txt")
    notes = [e.note for e in filled.transcript if e.direction == "note" and e.channel == "data"]
    assert notes[0].startswith("data connection with 127.0.0.1:")
    assert notes[1:] == ["data connection closed by script (rst)"]
    assert len(filled.connections) == 1  # those are control connections


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT") or os.name == "nt", reason="POSIX")
def test_reset_keeps_the_port_and_ends_transfers(ftp, raw) -> None:
    (ftp.root / "big").write_bytes(b"x" * 2**24)
    client = raw(ftp)
    client.begin("RETR big")
    port = ftp.port
    ftp.reset()
    assert ftp.port == port
    assert raw(ftp).codes("NOOP") == [200]
