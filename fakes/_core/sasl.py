"""The server's side of SASL (RFC 4422): each mechanism is a small state machine.

It knows nothing of how a protocol carries it. ``begin()`` and ``respond()`` take what the client
says, decoded, and return the next challenge, as bytes, or the Verdict that ends the exchange. Who
was named so far is in ``user``, whatever the verdict is.
"""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Generator
from typing import ClassVar

Users = dict[str, str] | None
CANCEL = b"*"  # the line with which a client gives up (RFC 4954 section 4, 5034 section 4)


class Verdict(enum.Enum):
    """How an exchange ended."""

    ACCEPTED = enum.auto()
    REFUSED = enum.auto()
    MALFORMED = enum.auto()


Progress = bytes | Verdict
Talk = Generator[bytes, bytes, Verdict]


class BadBase64(ValueError):
    """A line that is not base64."""


def encode(challenge: bytes) -> bytes:
    """A challenge as the line protocols carry it."""
    return base64.b64encode(challenge)


def decode(line: bytes) -> bytes:
    """What a client said, from the base64 of the line. Raises BadBase64."""
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise BadBase64(line) from None


def decode_initial(word: bytes) -> bytes | None:
    """An initial response; ``=`` is an empty one, and no word is none at all."""
    return decode(b"" if word == b"=" else word) if word else None


class Exchange:
    """One run of a mechanism. ``users`` are passwords by name; None lets everybody in."""

    client_first: ClassVar[bool] = True  # whether there may be an initial response

    def __init__(self, users: Users) -> None:
        self.users = users
        self.user = ""
        self.password = ""
        self._talk = self.talk()
        self._verdict: Verdict | None = None

    def begin(self, initial: bytes | None = None) -> Progress:
        """Start. An initial response answers the first challenge, which is then not sent."""
        challenge = self._advance(None)
        if initial is None:
            return challenge
        if not self.client_first:
            return Verdict.MALFORMED  # RFC 4954 section 4, RFC 5034 section 4
        return self.respond(initial)

    def respond(self, data: bytes) -> Progress:
        """Go on. An exchange that has ended keeps to its verdict."""
        return self._verdict or self._advance(data)

    def _advance(self, data: bytes | None) -> Progress:
        try:
            return next(self._talk) if data is None else self._talk.send(data)
        except StopIteration as end:
            self._verdict = end.value
        except UnicodeDecodeError:
            self._verdict = Verdict.MALFORMED
        return self._verdict or Verdict.REFUSED

    def talk(self) -> Talk:
        """The mechanism: yields challenges, is sent responses, returns the verdict. This one, of a
        mechanism that nobody knows, refuses whatever it is told."""
        yield b""
        return Verdict.REFUSED

    def check(self) -> Verdict:
        """Whether the user's password is ``password``."""
        good = self.users is None or self.users.get(self.user) == self.password
        return Verdict.ACCEPTED if good else Verdict.REFUSED


class Plain(Exchange):
    """PLAIN (RFC 4616): whom to act as, who it is, and the password, in one message."""

    def talk(self) -> Talk:
        acts_as, *rest = (yield b"").decode().split("\0")
        if len(rest) != 2 or not rest[0]:
            return Verdict.MALFORMED
        self.user, self.password = rest
        if self.users is not None and acts_as not in ("", self.user):
            return Verdict.REFUSED
        return self.check()


class Login(Exchange):
    """LOGIN, which no RFC describes (draft-murchison-sasl-login): the name, then the password."""

    def talk(self) -> Talk:
        self.user = (yield b"Username:").decode()
        self.password = (yield b"Password:").decode()
        return self.check()


class CramMD5(Exchange):
    """CRAM-MD5 (RFC 2195): the password proves itself by a keyed digest of the challenge."""

    client_first = False

    def talk(self) -> Talk:
        import secrets

        challenge = f"<{secrets.randbelow(10**12)}@fakefarm.example>".encode()
        user, space, digest = (yield challenge).decode().rpartition(" ")
        if not space:
            return Verdict.MALFORMED
        self.user = user
        if self.users is None:
            return Verdict.ACCEPTED
        return self._check_digest(challenge, digest)

    def _check_digest(self, challenge: bytes, digest: str) -> Verdict:
        import hmac

        password = (self.users or {}).get(self.user)
        if password is None or digest != hmac.new(password.encode(), challenge, "md5").hexdigest():
            return Verdict.REFUSED
        self.password = password
        return Verdict.ACCEPTED


class XOAuth2(Exchange):
    """XOAUTH2, as Google describes it: a user and a bearer token, which stands in the place of the
    password. A failure is told in a challenge, which the client answers with an empty line."""

    def talk(self) -> Talk:
        fields = dict(
            field.partition("=")[::2] for field in (yield b"").decode().rstrip("\1").split("\1")
        )
        scheme, _, self.password = fields.get("auth", "").partition(" ")
        self.user = fields.get("user", "")
        if not self.user or scheme.lower() != "bearer":
            return Verdict.MALFORMED
        verdict = self.check()
        if verdict is Verdict.REFUSED:
            yield b'{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}'
        return verdict


MECHANISMS: dict[str, type[Exchange]] = {
    "PLAIN": Plain,
    "LOGIN": Login,
    "CRAM-MD5": CramMD5,
    "XOAUTH2": XOAuth2,
}
