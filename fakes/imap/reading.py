"""Commands as they come: lines, and the literals that lines announce (RFC 3501 sections 2.2, 4.3).

A command is one step, when all of it has come. Each literal that it announces with ``{n}`` is a
step before it, of the phase ``literal``: the client waits there for a ``+``, and what it is told
instead ends the command. A literal announced with ``{n+}`` (RFC 7888) comes without being asked
for, so there is nothing to answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .._core import sockets
from .._core.authentication import AuthenticatingSession
from .._core.session import Answer
from .._core.step import PHASES, Step
from .._core.wire import CHUNK, LineTooLong
from . import commands, replies
from .parser import Literal

if TYPE_CHECKING:
    from .._core.server import FakeServer
    from .._core.wire import Wire

S = TypeVar("S", bound="FakeServer[Any]")

COMMAND = re.compile(
    rb"(?P<tag>[^\x00-\x20\x7f-\xff(){%*\"\\+]+)(?: (?P<verb>(?:UID )?[^ ]*)(?: (?P<rest>.*))?)?",
    re.DOTALL | re.IGNORECASE,
)
ANNOUNCED = re.compile(rb"\{([0-9]{1,18})(\+?)\}\Z")


@dataclass(slots=True, eq=False)
class IMAPStep(Step):
    """A step of an IMAP conversation, with the ``tag`` of its command."""

    tag: str = ""

    @property
    def is_phase(self) -> bool:
        return self.verb in PHASES or self.verb in commands.PHASES


@dataclass(slots=True)
class Incoming:
    """A command that is coming: ``raw`` is all that came so far but for the message of an APPEND,
    ``chunks`` are the arguments for the parser, ``refusal`` says what is wrong with the lines."""

    tag: str
    verb: str
    raw: bytes
    chunks: list[bytes]
    refusal: bytes = b""
    message: bytes | None = None
    skipped: int = 0  # bytes in front of the arguments in ``raw``

    @property
    def argument(self) -> str:
        return self.raw[self.skipped :].decode("utf-8", "surrogateescape")

    @property
    def chunks_so_far(self) -> list[bytes]:
        """The arguments without the space in front of the literal that is announced now."""
        return [*self.chunks[:-1], self.chunks[-1].removesuffix(b" ")]

    @property
    def has_message_next(self) -> bool:
        """Whether the literal that is announced now is the message of an APPEND: the name of the
        mailbox came before, and no message yet."""
        if self.verb != "APPEND" or self.message is not None:
            return False
        return len(self.chunks) > 1 or bool(self.chunks[0].strip())

    def announced(self, announcement: bytes) -> None:
        """A literal is next: how it was announced is no part of the arguments."""
        last = self.chunks[-1]
        self.chunks[-1] = last[: max(0, len(last) - len(announcement))]

    def take(self, chunk: bytes, raw: bytes) -> None:
        """More of it has come, for the parser and as it came. What is too long is not kept."""
        if len(self.raw) + len(raw) > commands.LONGEST:
            self.refuse(replies.TOO_LONG)
        else:
            self.chunks.append(chunk)
            self.raw += raw

    def refuse(self, text: bytes) -> None:
        """Something is wrong with the lines; the first reason counts."""
        self.refusal = self.refusal or text


class Reading(AuthenticatingSession[S]):
    """The part of a session that reads commands: ``execute()`` is asked with a whole one."""

    line_limit = commands.LONGEST

    def __init__(self, server: S, wire: Wire) -> None:
        super().__init__(server, wire)
        self.tag = ""
        self.incoming = Incoming("", "", b"", [])
        self.expects_literal = False

    def step(self, verb: str, argument: str, line: bytes, content: bytes = b"") -> Step:
        wire = self.wire
        now = wire.transcript.clock()
        tag = "" if verb == "connect" else self.tag
        return IMAPStep(verb, argument, line, wire.number, now, content, tag)

    # --- what the session writes

    def execute(self, incoming: Incoming) -> None:
        """Answer a command."""
        raise TypeError(f"{type(self).__name__} knows no commands")

    def offers(self, word: str) -> bool:
        """Whether a word of CAPABILITY is listed."""
        return False

    def objection(self, incoming: Incoming, size: int) -> bytes:
        """Why a command is not worth waiting for its literal of ``size`` bytes; b"" if it is."""
        return b""

    # --- lines

    def command(self, line: bytes, whole: bool) -> None:
        self.scripted_challenge = None
        incoming = self.incoming = begun(line)
        self.tag = incoming.tag
        while whole and (found := ANNOUNCED.search(line)):
            size, plus = int(found[1]), bool(found[2])
            incoming.announced(found[0])
            if not plus and not self.go_ahead(incoming, size):
                return
            if plus and not self.offers("LITERAL+"):
                incoming.refuse(replies.NO_PLUS)
            self.take_literal(incoming, size)
            if not self.wire.peek():
                sockets.acknowledge(self.wire.sock)  # the end of the line may wait for that
            line, whole = self.next_line()
            incoming.take(line, line)
        if not whole:
            incoming.refuse(replies.TOO_LONG)
        self.execute(incoming)

    def next_line(self) -> tuple[bytes, bool]:
        try:
            return self.wire.read_line(self.line_limit), True
        except LineTooLong as error:
            return error.line, False

    def limit_of(self, incoming: Incoming) -> int:
        """The most bytes that the literal announced now may have."""
        if incoming.has_message_next:
            return self.server.max_message_size
        return max(0, commands.LONGEST - len(incoming.raw))

    def before_response(self) -> None:
        """imaplib sends a response and its end in two writes, of which the second one waits until
        the first is acknowledged, and a system takes its time for that (40 ms)."""
        wire = self.wire
        if not wire.peek() and not wire.peek(more=True).endswith(b"\n"):
            sockets.acknowledge(wire.sock)

    # --- literals

    def go_ahead(self, incoming: Incoming, size: int) -> bool:
        """Answer the announcement of a literal. Whether it is to come now."""
        self.expects_literal = False
        argument = f"{incoming.verb} {incoming.argument}".strip()
        step = self.step("literal", argument, incoming.raw)
        self.answer(step, lambda step: self.natural_go_ahead(incoming, size), commands.CHALLENGE)
        return self.expects_literal

    def natural_go_ahead(self, incoming: Incoming, size: int) -> Answer:
        objection = incoming.refusal or self.objection(incoming, size)
        if objection:
            return Answer((self.completion(objection),), "", self.expect_literal)
        return Answer((replies.GO_AHEAD,), commands.CHALLENGE, self.expect_literal)

    def expect_literal(self) -> None:
        """The effect of a ``literal`` step."""
        self.expects_literal = True

    def take_literal(self, incoming: Incoming, size: int) -> None:
        """Read a literal; of one that is over its limit nothing is kept."""
        limit, is_message = self.limit_of(incoming), incoming.has_message_next
        channel = "data" if is_message else "control"
        data = b""
        if size <= limit:
            data = self.wire.read_exactly(size, channel) if size else b""
        else:
            incoming.refuse(replies.message_too_big(limit) if is_message else replies.TOO_LONG)
            while size:
                size -= len(self.wire.read_some(min(size, CHUNK), channel))
        if is_message:
            incoming.message = data
        incoming.take(Literal(data), b"\r\n" if is_message else b"\r\n" + data)

    def completion(self, text: bytes) -> bytes:
        """The line that completes a command; untagged where it has no tag."""
        return b"%s %s\r\n" % (self.tag.encode("ascii") or b"*", text)


def begun(line: bytes) -> Incoming:
    """The beginning of a command, from its first line."""
    found = COMMAND.fullmatch(line)
    if found is None:
        refusal = replies.NO_TAG if line else replies.EMPTY
        return Incoming("", "", line, [line], refusal)
    tag, verb, rest = found.groups(b"")
    word = verb.decode("utf-8", "surrogateescape").upper()
    refusal = b"" if word else replies.NO_COMMAND
    return Incoming(tag.decode(), word, line, [rest], refusal, skipped=len(line) - len(rest))
