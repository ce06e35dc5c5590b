"""The mechanisms as state machines, with no protocol around them."""

import hmac

import pytest

from fakefarm._core import sasl
from fakefarm._core.sasl import MECHANISMS, Verdict

USERS = {"ann": "secret", "j\u00f6": "gr\u00fc\u00df", "": ""}
ACCEPTED, REFUSED, MALFORMED = Verdict.ACCEPTED, Verdict.REFUSED, Verdict.MALFORMED
FAILURE = b'{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}'

# Mechanism, what the client says, what it is told in the end, who was named.
EXCHANGES = [
    ("PLAIN", [b"\0ann\0secret"], ACCEPTED, "ann"),
    ("PLAIN", [b"ann\0ann\0secret"], ACCEPTED, "ann"),
    ("PLAIN", ["\0j\u00f6\0gr\u00fc\u00df".encode()], ACCEPTED, "j\u00f6"),
    ("PLAIN", [b"root\0ann\0secret"], REFUSED, "ann"),  # may not act as another
    ("PLAIN", [b"\0ann\0wrong"], REFUSED, "ann"),
    ("PLAIN", [b"\0bob\0secret"], REFUSED, "bob"),
    ("PLAIN", [b"ann\0secret"], MALFORMED, ""),
    ("PLAIN", [b"\0\0"], MALFORMED, ""),
    ("PLAIN", [b"\0a\0b\0c"], MALFORMED, ""),
    ("PLAIN", [b""], MALFORMED, ""),
    ("PLAIN", [b"\0\xff\0x"], MALFORMED, ""),
    ("LOGIN", [b"ann", b"secret"], ACCEPTED, "ann"),
    ("LOGIN", [b"ann", b"wrong"], REFUSED, "ann"),
    ("LOGIN", [b"\xff"], MALFORMED, ""),
    ("XOAUTH2", [b"user=ann\1auth=Bearer secret\1\1"], ACCEPTED, "ann"),
    ("XOAUTH2", [b"user=ann\1auth=bearer secret\1\1"], ACCEPTED, "ann"),
    ("XOAUTH2", [b"user=ann\1auth=Bearer wrong\1\1", b""], REFUSED, "ann"),
    ("XOAUTH2", [b"user=ann\1auth=Basic secret\1\1"], MALFORMED, "ann"),
    ("XOAUTH2", [b"auth=Bearer secret\1\1"], MALFORMED, ""),
    ("XOAUTH2", [b""], MALFORMED, ""),
    ("CRAM-MD5", [b"ann"], MALFORMED, ""),
    ("CRAM-MD5", [b"bob 00112233"], REFUSED, "bob"),
    ("CRAM-MD5", [b"ann 00112233"], REFUSED, "ann"),
]


@pytest.mark.parametrize("initial", [True, False], ids=["initial response", "asked"])
@pytest.mark.parametrize(("name", "said", "verdict", "user"), EXCHANGES, ids=str)
def test_exchange(name, said, verdict, user, initial) -> None:
    exchange = MECHANISMS[name](USERS)
    if initial and not exchange.client_first:
        assert exchange.begin(said[0]) is MALFORMED
        return
    responses = list(said)
    progress = exchange.begin(responses.pop(0) if initial else None)
    while isinstance(progress, bytes):
        progress = exchange.respond(responses.pop(0))
    assert (progress, exchange.user, responses) == (verdict, user, [])
    assert exchange.respond(b"more") is verdict  # what is decided stays


def test_challenges() -> None:
    assert MECHANISMS["PLAIN"](None).begin() == b""
    assert MECHANISMS["XOAUTH2"](None).begin() == b""
    login = MECHANISMS["LOGIN"](None)
    assert (login.begin(), login.respond(b"x")) == (b"Username:", b"Password:")
    oauth = MECHANISMS["XOAUTH2"](USERS)
    assert oauth.begin(b"user=ann\1auth=Bearer x\1\1") == FAILURE


def test_cram_md5() -> None:
    exchange = MECHANISMS["CRAM-MD5"](USERS)
    challenge = exchange.begin()
    assert challenge != MECHANISMS["CRAM-MD5"](USERS).begin()
    digest = hmac.new(b"secret", challenge, "md5").hexdigest()
    assert exchange.respond(f"ann {digest}".encode()) is ACCEPTED
    assert (exchange.user, exchange.password) == ("ann", "secret")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PLAIN", b"other\0who\0ever"),
        ("CRAM-MD5", b"who ever"),
        ("XOAUTH2", b"user=who\1auth=Bearer ever\1\1"),
    ],
)
def test_without_users_everybody_is_let_in(name, said) -> None:
    exchange = MECHANISMS[name](None)
    exchange.begin()
    assert exchange.respond(said) is ACCEPTED
    assert exchange.user == "who"


def test_an_unknown_mechanism_refuses() -> None:
    exchange = sasl.Exchange(None)
    assert exchange.begin() == b""
    assert exchange.respond(b"anything") is REFUSED


def test_base64() -> None:
    assert sasl.decode(sasl.encode(b"\0\xff")) == b"\0\xff"
    assert sasl.decode_initial(b"") is None
    assert sasl.decode_initial(b"=") == b""
    for bad in (b"a", b"a===", b"????", b"YQ==\n", b"\xff"):
        with pytest.raises(sasl.BadBase64):
            sasl.decode(bad)
