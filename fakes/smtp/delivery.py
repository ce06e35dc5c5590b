"""From DATA or BDAT to the outbox."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from . import commands, replies
from .authentication import Authentication
from .content import read_chunk, read_data
from .outbox import Message

if TYPE_CHECKING:
    from .._core.session import Answer
    from .._core.step import Step
    from .._core.wire import Wire
    from .server import FakeSMTP


class Delivery(Authentication):
    """The part of a session that reads content and delivers it."""

    def __init__(self, server: FakeSMTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.table = commands.LMTP if server.lmtp else commands.SMTP
        self.state = commands.NEW
        self.draft = Message("")
        self.delivered: Message | None = None  # what LMTP recipients are added to
        self.chunks: list[bytes | None] = []  # of BDAT; None is one that was not kept
        self.held = 0  # bytes of them
        self.chunk: bytes | None = b""  # the one at hand
        self.last = False

    refusal: bytes  # what the line at hand calls for

    def natural(self, step: Step) -> Answer:
        """The natural answer to a command."""
        raise TypeError(f"{type(self).__name__} knows no commands")

    def decided(self, hook: str, *arguments: Any) -> bytes | None:
        """What somebody else says about a step that is in order: an aiosmtpd handler, in a session
        of its own. None is for the fake's own answer."""
        return None

    def forget_transaction(self) -> None:
        """Clear sender, recipients and content."""
        self.draft = Message("")
        self.chunks, self.held = [], 0
        if self.state not in (commands.NEW, commands.TURNED_AWAY):
            self.state = commands.READY

    def data(self, step: Step, refusal: bytes) -> Answer:
        """DATA: RFC 5321 section 4.1.1.4."""
        if not refusal and self.draft.mail_options.get("BODY", "").upper() == "BINARYMIME":
            refusal = b"503 5.5.1 BINARYMIME goes with BDAT\r\n"  # RFC 3030 section 3
        return replies.say(refusal or replies.GO_AHEAD, afterwards=self.take_data)

    def take_data(self) -> None:
        """Read the message, and answer its dot."""
        self.finish(b".", read_data(self.wire, self.server.max_message_size))

    def take_chunk(self, step: Step) -> None:
        """BDAT: RFC 3030 section 2. The chunk is there whatever is said to it, so it is read first.

        A chunk that is not accepted ends the transaction: what follows is not to be put together
        without it. The answer to the last one is that to the phase ``message``, unless a rule for
        BDAT itself fires.
        """
        size, self.last = chunk_size(step.argument)
        fits = self.held + size <= self.server.max_message_size
        step.content = read_chunk(self.wire, size, fits)
        self.chunk = step.content if fits else None
        if size < 0:
            self.refusal = self.refusal or replies.BAD_SYNTAX
        count, script = len(self.chunks), self.server.script
        script.record(step)
        firing = script.decide(step) if script.rules else None
        if self.last and firing is None and not self.chunk_refusal():
            self.finish(step.line, self.joined(self.chunk))
            return
        self.play(step, self.natural, "2", firing)
        if (self.last or len(self.chunks) == count) and self.state in commands.OPEN:
            self.forget_transaction()

    def chunk_refusal(self) -> bytes:
        """b"", or why the chunk that was read cannot be taken."""
        if self.refusal or self.chunk is None:
            return self.refusal or replies.too_big(self.server.max_message_size)
        if self.state not in self.table["BDAT"].states:
            return commands.OUT_OF_ORDER[self.state]
        if "CHUNKING" not in self.offered:
            return replies.NOT_DONE
        return b""

    def bdat(self, step: Step, refusal: bytes) -> Answer:
        """The natural answer to a chunk, where ``take_chunk()`` leaves it to this step."""
        refusal = refusal or self.chunk_refusal()
        if not self.last:
            text = b"250 2.0.0 %d octets received\r\n" % len(step.content)
            return replies.say(refusal or text, self.add_chunk)
        content = self.joined(self.chunk)
        if refusal:
            return replies.say(refusal, partial(self.deliver, content, None))
        answer = self.message(content, None, step)
        if self.server.lmtp:  # one reply for each recipient, which this step says together
            answer.parts = [*answer.parts] * len(self.draft.recipients)
        return answer

    def add_chunk(self) -> None:
        """The effect of BDAT."""
        self.chunks.append(self.chunk)
        self.held += len(self.chunk or b"")
        self.state = commands.CHUNKS

    def joined(self, *last: bytes | None) -> bytes | None:
        """What the chunks make; None when one of them was too big to be kept."""
        chunks = [*self.chunks, *last]
        kept = [chunk for chunk in chunks if chunk is not None]
        return b"".join(kept) if len(kept) == len(chunks) else None

    def finish(self, line: bytes, content: bytes | None) -> None:
        """The content is whole, or was too big (None): answer that. LMTP answers it once for each
        recipient (RFC 2033 section 4.2)."""
        self.delivered = None
        many = self.server.lmtp and self.draft.recipients
        for number, recipient in enumerate(self.draft.recipients if many else ("",)):
            step = self.step("message", recipient, line, content or b"")
            self.scripted_challenge = None
            self.answer(step, partial(self.message, content, number if many else None), "2")
        self.forget_transaction()

    def message(self, content: bytes | None, number: int | None, step: Step) -> Answer:
        """The natural answer to a message that is whole."""
        most = self.server.max_message_size
        text = replies.too_big(most) if content is None else self.decided("DATA", content)
        return replies.say(text or replies.ACCEPTED, partial(self.deliver, content, number))

    def deliver(self, content: bytes | None, number: int | None) -> None:
        """The effect of the dot: into the outbox, for all recipients or one more of them."""
        if content is None:
            return  # a script said yes to what was too big to be kept
        draft = self.draft
        if number is None or self.delivered is None:
            draft.content = content
            entry = draft if number is None else replace(draft, recipients=[], rcpt_options=[])
            self.delivered = entry
            self.server.outbox.append(entry)
        if number is None:
            self.server.distribute(content, draft.recipients)
            return
        recipient, earlier = draft.recipients[number], self.delivered.recipients
        self.server.distribute(content, [recipient], earlier)
        earlier.append(recipient)
        self.delivered.rcpt_options.append(draft.rcpt_options[number])


def chunk_size(argument: str) -> tuple[int, bool]:
    """The size of a BDAT and whether it is the last; size -1 where it is malformed."""
    size, *last = argument.upper().split(" ")
    if last not in ([], ["LAST"]) or not size.isdecimal() or not size.isascii() or len(size) > 20:
        return -1, False
    return int(size), bool(last)
