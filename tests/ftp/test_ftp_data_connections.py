"""Faults and endings on the data connection, with raw sockets: how many bytes, FIN or RST, and what
the control connection says."""

import pytest

FILE = b"0123456789"

# The rule, what comes over the data connection to RETR file.txt, how that ends.
DOWNLOADS = [
    (lambda on: on.answer(), FILE, "fin"),
    (lambda on: on.truncate(after=0), b"", "fin"),
    (lambda on: on.truncate(after=4), b"0123", "fin"),
    (lambda on: on.truncate(after=4).close(), b"0123", "fin"),
    (lambda on: on.truncate(after=4).reset(), b"0123", "rst"),
    (lambda on: on.truncate(after=4).stall(0.01), b"0123", "fin"),
    (lambda on: on.truncate(after=10), FILE, "fin"),
    (lambda on: on.insert(b"xx", at=1), b"0xx123456789", "fin"),
    (lambda on: on.insert(b"xx", at=10), b"0123456789xx", "fin"),
    (lambda on: on.garble(at=0, count=2), b"\xcf\xce23456789", "fin"),
    (lambda on: on.duplicate(), FILE * 2, "fin"),
    (lambda on: on.drip(size=3, every=0.001), FILE, "fin"),
    (lambda on: on.throttle(100000), FILE, "fin"),
    (lambda on: on.delay(0.01), FILE, "fin"),
    (lambda on: on.answer().reset(), FILE, "rst"),
    (lambda on: on.answer().half_close(), FILE, "fin"),
    (lambda on: on.close(), b"", "fin"),
    (lambda on: on.reset(), b"", "rst"),
    (lambda on: on.stall(0.01), b"", "fin"),
    (lambda on: on.stall(0.01).reset(), b"", "rst"),
    (lambda on: on.delay(0.01).reset(), b"", "rst"),
    (lambda on: on.reply(150, "it comes"), FILE, "fin"),
    (lambda on: on.reply(125, "it comes").truncate(after=1).reset(), b"0", "rst"),
    (lambda on: on.reply(150, "it comes").delay(0.01).reset(), FILE, "rst"),
    (lambda on: on.content(b"other"), b"other", "fin"),
    (lambda on: on.content(lambda step: step.argument.encode()), b"file.txt", "fin"),
    (lambda on: on.content(b"other").truncate(after=2).reset(), b"ot", "rst"),
    (lambda on: on.content(b"other").reset(), b"other", "rst"),
    (lambda on: on.content(b"").duplicate(), b"", "fin"),
]


@pytest.mark.parametrize(("script", "data", "how"), DOWNLOADS)
def test_a_download_is_spoiled_and_completed_all_the_same(filled, raw, script, data, how) -> None:
    script(filled.on("RETR"))
    client = raw(filled)
    connection = client.passive()
    assert client.say("RETR file.txt")[:3] in (b"150", b"125")
    assert connection.rest() == (data, how)
    assert client.reply() == b"226 Transfer complete.\r\n"
    assert client.codes("NOOP") == [200]
