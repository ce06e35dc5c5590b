"""The AUTHORIZATION state (RFC 1939 section 4): the ways to log in, and who holds which mailbox."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from .._core import sasl, sockets
from .._core.authentication import AUTHENTICATES, AuthenticatingSession
from .._core.session import Answer
from . import commands, replies

if TYPE_CHECKING:
    from .._core.script import Firing
    from .._core.step import Step
    from .._core.wire import Wire
    from ..mailbox import Mail, Mailbox
    from .server import FakePOP3

TIMESTAMP = re.compile(rb"<[^<>]*>")


class Authorization(AuthenticatingSession["FakePOP3"]):
    """The part of a session that lets somebody in."""

    failures = replies.FAILURES

    def __init__(self, server: FakePOP3, wire: Wire) -> None:
        super().__init__(server, wire)
        self.state = commands.AUTHORIZATION
        self.greeting: bytes | None = None  # what the client was greeted with, but for raw bytes
        self.named: str | None = None  # by a USER that was accepted
        self.candidate: str | None = None  # the same, where it is the command just before
        self.held: Mailbox | None = None
        self.mailbox: Mailbox | None = None  # that was opened
        self.mails: list[Mail] = []  # what it had in it then; numbers count these
        self.deleted: set[int] = set()  # numbers

    # --- the mailbox

    def run(self, connect: Step, firing: Firing | None) -> None:
        try:
            super().run(connect, firing)
        finally:
            self.release()

    def is_over(self) -> bool:
        """Whether this session can do no more: others may have the mailbox that it holds."""
        return self.wire.connection.closed is not None

    def is_leaving(self) -> bool:
        """Whether the client has left, so that it will be over soon."""
        return sockets.has_left(self.wire.sock)

    def hold(self, user: str) -> bytes:
        """Hold the mailbox of ``user``: b"", or why not. A step that does not lead to a login
        after all gives it back when it is over."""
        mailbox = self.server.mailbox_of(user)
        if self.held is not mailbox:
            self.release()
        if not mailbox.lock(self):
            return replies.IN_USE
        self.held = mailbox
        return b""

    def release(self) -> None:
        if self.held is not None:
            self.held.unlock(self)
            self.held = None

    def release_unless_in(self) -> None:
        """At the end of a step: what was held for a login that has not come about."""
        if self.held is not None and self.state != commands.TRANSACTION:
            self.release()

    def log_in(self, user: str) -> None:
        """The effect of a login: the mailbox is opened. One that is in use is opened all the same
        if a script says so."""
        super().log_in(user)
        self.hold(user)
        self.mailbox = self.server.mailbox_of(user)
        self.mails = list(self.mailbox)
        self.deleted = set()
        self.state = commands.TRANSACTION

    # --- USER and PASS

    def name(self, step: Step, refusal: bytes) -> Answer:
        """USER: RFC 1939 section 7. It does not tell who exists."""
        return replies.say(refusal or replies.NAME_OK, partial(self.take_name, step.argument))

    def take_name(self, name: str) -> None:
        """The effect of USER."""
        self.named = name

    def password(self, step: Step, refusal: bytes) -> Answer:
        """PASS: RFC 1939 section 7. It must follow USER at once; spaces are of the password."""
        user = self.candidate or ""
        if not refusal and self.candidate is None:
            refusal = replies.NAME_FIRST
        if not refusal and not self.knows(user, step.argument):
            refusal = replies.WRONG_CREDENTIALS
        text = refusal or self.hold(user) or replies.LOGGED_IN
        return replies.say(text, partial(self.log_in, user))

    def knows(self, user: str, password: str) -> bool:
        users = self.server.users
        return users is None or users.get(user) == password

    # --- APOP

    def apop(self, step: Step, refusal: bytes) -> Answer:
        """APOP: RFC 1939 section 7."""
        user, _, digest = step.argument.partition(" ")
        if not refusal and not self.timestamp():
            refusal = replies.NO_TIMESTAMP
        if not refusal and not self.proves(user, digest):
            refusal = replies.WRONG_CREDENTIALS
        text = refusal or self.hold(user) or replies.LOGGED_IN
        return replies.say(text, partial(self.log_in, user))

    def proves(self, user: str, digest: str) -> bool:
        import hashlib

        users = self.server.users
        if users is None:
            return True
        secret = users.get(user)
        if secret is None:
            return False
        data = self.timestamp() + secret.encode()
        return digest == hashlib.md5(data, usedforsecurity=False).hexdigest()

    def timestamp(self) -> bytes:
        """That of the greeting, with its angle brackets; b"" where it had none."""
        found = TIMESTAMP.search(self.greeting or b"")
        return found[0] if found else b""

    # --- AUTH

    def auth(self, step: Step, refusal: bytes) -> Answer:
        """AUTH: RFC 5034 section 4."""
        name, _, initial = step.argument.partition(" ")
        offered = self.server.offered("SASL") or []
        kind = sasl.MECHANISMS.get(name.upper()) if name.upper() in offered else None
        if not refusal and kind is None:
            refusal = replies.NO_MECHANISM
        return self.begin_exchange(kind, initial, refusal)

    def challenge_line(self, data: bytes) -> bytes:
        return b"+ %s\r\n" % data

    def welcome(self, exchange: sasl.Exchange) -> Answer:
        refusal = self.hold(exchange.user)
        return Answer((refusal or replies.LOGGED_IN,), "" if refusal else AUTHENTICATES)

    def response(self, line: bytes, whole: bool) -> None:
        super().response(line, whole)
        self.release_unless_in()
