"""Failures found in the wild, 39: signatures (TSIG, RFC 8945). The fake knows no keys; dnspython
signs on the side of the test. Each is a script of one line, with what dnspython makes of it.

The number is that of the project's collection.
"""

import base64
import time
import types
from collections.abc import Callable
from typing import Any

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rrset
import dns.tsig
import dns.version
import pytest

PATIENCE = 5.0  # seconds for what is answered
WWW, V4 = "www.example.com", "192.0.2.1"

Form = dns.exception.FormError
SINCE_2_9 = (dns.version.MAJOR, dns.version.MINOR) >= (2, 9)  # before, none was as good as any

KEY = dns.tsig.Key("ours.", base64.b64encode(b"x" * 32))
FORGED = dns.tsig.Key("ours.", base64.b64encode(b"y" * 32))
STRANGER = dns.tsig.Key("theirs.", base64.b64encode(b"x" * 32))


def asked() -> dns.message.Message:
    message = dns.message.make_query(WWW, "A")
    message.use_tsig(KEY)
    return message


def signed(key: dns.tsig.Key = KEY, error: int = 0, late: int = 0) -> Callable[[Any], bytes]:
    """Computes an answer that is signed, so many seconds late."""

    def answer(query: Any) -> bytes:
        request = dns.message.from_wire(query.line, keyring={KEY.name: KEY})
        response = dns.message.make_response(request)
        response.answer.append(dns.rrset.from_text(f"{WWW}.", 60, "IN", "A", V4))
        response.use_tsig(key, tsig_error=error)
        with pytest.MonkeyPatch.context() as patch:
            clock = types.SimpleNamespace(time=lambda: time.time() + late)
            patch.setattr(dns.message, "time", clock)
            return response.to_wire()

    return answer


SIGNATURES = {
    "good": (lambda r: r.respond(signed()), None),
    "none": (lambda r: r.answer(), Form if SINCE_2_9 else None),
    "made with another key": (lambda r: r.respond(signed(FORGED)), dns.tsig.BadSignature),
    "made with a key of another name": (lambda r: r.respond(signed(STRANGER)), dns.tsig.BadKey),
    "too late": (lambda r: r.respond(signed(late=1000)), dns.tsig.BadTime),
    "too early": (lambda r: r.respond(signed(late=-1000)), dns.tsig.BadTime),
    "an answer that was changed":
        (lambda r: r.respond(signed()).flags(ad=True), dns.tsig.BadSignature),
    "cut": (lambda r: r.respond(signed()).truncate(after=90), (Form, EOFError)),
    "not the last record": (lambda r: r.respond(signed()).bad_opt(), Form),
    "BADSIG": (lambda r: r.respond(signed(error=dns.rcode.BADSIG)), dns.tsig.PeerBadSignature),
    "BADKEY": (lambda r: r.respond(signed(error=dns.rcode.BADKEY)), dns.tsig.PeerBadKey),
    "BADTIME": (lambda r: r.respond(signed(error=dns.rcode.BADTIME)), dns.tsig.PeerBadTime),
    "BADTRUNC": (lambda r: r.respond(signed(error=dns.rcode.BADTRUNC)), dns.tsig.PeerBadTruncation),
}  # fmt: skip


@pytest.mark.parametrize(
    ("script", "error"), SIGNATURES.values(), ids=[f"39 {name}" for name in SIGNATURES]
)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_signatures(zone, transport, script, error) -> None:
    script(zone.on("A"))
    send = dns.query.udp if transport == "udp" else dns.query.tcp
    if error is None:
        assert send(asked(), zone.host, PATIENCE, zone.port).answer
    else:
        with pytest.raises(error):
            send(asked(), zone.host, PATIENCE, zone.port)
