"""Records made by hand: what OpenSSL would not say."""

from __future__ import annotations

from .. import checks
from ..errors import close_matches
from .client_hello import VERSIONS

# RFC 8446 section 6, and those of older versions that are still met.
ALERTS = {
    "close_notify": 0,
    "unexpected_message": 10,
    "bad_record_mac": 20,
    "record_overflow": 22,
    "handshake_failure": 40,
    "no_certificate": 41,
    "bad_certificate": 42,
    "unsupported_certificate": 43,
    "certificate_revoked": 44,
    "certificate_expired": 45,
    "certificate_unknown": 46,
    "illegal_parameter": 47,
    "unknown_ca": 48,
    "access_denied": 49,
    "decode_error": 50,
    "decrypt_error": 51,
    "protocol_version": 70,
    "insufficient_security": 71,
    "internal_error": 80,
    "inappropriate_fallback": 86,
    "user_canceled": 90,
    "missing_extension": 109,
    "unsupported_extension": 110,
    "unrecognized_name": 112,
    "bad_certificate_status_response": 113,
    "unknown_psk_identity": 115,
    "certificate_required": 116,
    "no_application_protocol": 120,
}
WARNINGS = frozenset({"close_notify", "user_canceled", "no_certificate"})  # the others are fatal


def alert(name: str) -> bytes:
    """A record with an alert. Raises ValueError for a name that none has."""
    if name not in tuple(ALERTS):
        raise ValueError(f"alert({name!r}): {close_matches(str(name), frozenset(ALERTS))}")
    return _record(21, bytes([1 if name in WARNINGS else 2, ALERTS[name]]))


def server_hello(version: str, cipher: int) -> bytes:
    """A record with a ServerHello that chooses a version and a cipher suite. Raises ValueError for
    a version that is none, or a number of more than two bytes."""
    numbers = {name: number for number, name in VERSIONS.items()}
    if version not in tuple(numbers):
        raise ValueError(f"version={version!r}: {close_matches(str(version), frozenset(numbers))}")
    if checks.whole("cipher", cipher) > 0xFFFF:
        raise ValueError(f"cipher={cipher!r}: give a number from 0 to 65535")
    body = numbers[version].to_bytes(2, "big") + bytes(range(32)) + b"\0"
    body += cipher.to_bytes(2, "big") + b"\0" + b"\0\0"
    return _record(22, b"\x02" + len(body).to_bytes(3, "big") + body)


def _record(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + b"\x03\x03" + len(body).to_bytes(2, "big") + body
