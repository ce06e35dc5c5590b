"""The conversation: reading requests one after another, and answering each before the next.

Three rules hold here. A request is written down when all of it has been read, or when it is sure
that the rest is not read before the answer. What is wrong with it is answered, never raised. And
what has come of the next one stays in the wire until this one is answered (RFC 9112 9.3.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.errors import Ended, Silence
from .._core.faults import Parts
from .._core.program import Ending, Part, Reply
from .._core.session import Answer, Late, Session
from .._core.step import Step
from .authentication import authenticated
from .body import Counted, Decoder
from .commands import MAX_HEAD, MAX_LINE, PROBLEMS, Problem
from .head import (
    BARE_LF,
    EMPTY_LINES,
    TCHARS,
    Head,
    Malformed,
    is_bad_line,
    parse,
    salvage,
)
from .message import Request
from .response import Response, from_tuple
from .rule import answers_early, check_unread, leaves, says_raw

if TYPE_CHECKING:
    from .._core.script import Firing
    from .server import FakeHTTP

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class HTTPSession(Session[Any]):
    """One connection."""

    server: FakeHTTP
    _reading = False  # whether we wait for the client
    _request: Request | None = None  # of which the head has come
    _firing: Firing | None = None
    _closes: bool | None = None  # whether the connection ends after what was sent
    _rest: Counted | Decoder | None = None  # reads what is left of a body that is answered before

    def converse(self) -> None:
        """Read and answer requests until the connection ends."""
        clock, number = self.server.transcript.clock, self.wire.number
        while True:
            self._request = None
            raw = self._read_head()
            try:
                request = self._request = Request(parse(raw), raw, number, clock())
                if request.head.authorizes:
                    request.user = authenticated(request, self.server.users)
                firing = self._decide(request)
            except Malformed as wrong:
                self._reject(self._request or Request(salvage(raw), raw, number, clock()), wrong)
            else:
                self._perform(request, firing)

    def silent(self) -> None:
        """408 to a client that stopped in the middle of a request (RFC 9110 15.5.9)."""
        if self._reading and (self._request is not None or self.wire.peek()):
            head = Head() if self._request is None else self._request.head
            response = _refusal(PROBLEMS["slow"])
            self.wire.send(b"".join(response.build(head, ends=True).parts))

    # --- reading

    def _read_head(self) -> bytes:
        """The bytes of a head, to the blank line, or as far as they have come if it is wrong."""
        wire, at = self.wire, 0
        self._reading = True
        buffer = wire.peek() or wire.peek(more=True)
        while (end := buffer.find(b"\r\n\r\n", at)) < 0 or buffer.startswith(b"\r\n"):
            if empty := EMPTY_LINES.match(buffer):  # RFC 9112 2.2: before a request
                wire.take(empty.end())
                at = 0
            elif buffer and _is_hopeless(buffer, at):
                end = len(buffer)
                break
            else:
                at = max(0, len(buffer) - 3)
                wire.peek(more=True)
        self._reading = False
        return wire.take(end + 4)

    def _receive(self, request: Request) -> None:
        """Read the body, and write the request down unless the body is malformed."""
        reader = self._rest or self._reader(request)
        if reader.wanted > self.server.max_message_size:
            raise Malformed("large", self.server.max_message_size)
        if request.head.continues:
            self.wire.send(CONTINUE)
        self._reading = True
        try:
            self._pull(request, reader)
        except (Ended, Silence):
            self.server.script.record(request)
            raise
        self._reading = False
        self.server.script.record(request)

    def _reader(self, request: Request) -> Counted | Decoder:
        length = request.head.length
        return Decoder(self.server.max_message_size) if length is None else Counted(length)

    def _pull(self, request: Request, reader: Counted | Decoder) -> None:
        """Read the body into the request, which has what came of it whatever happens."""
        wire = self.wire
        buffer = wire.peek()
        request.unread = complete = False
        try:
            while not reader.done:
                used = reader.feed(buffer)
                if used:
                    reader.keep(wire.take(used))
                else:
                    self._await_more(reader)
            complete = reader.is_whole
        except Malformed:
            reader.keep(wire.take(len(buffer)))
            raise
        finally:
            request.content = bytes(reader.body)
            request.framed = reader.framed
            request.trailers = reader.trailers
            request.complete = complete
            if not reader.is_kept:
                bound = f"max_message_size of {self.server.max_message_size:,} bytes"
                wire.note("limit", f"{bound} reached: later ones are not in the request's raw")

    def _await_more(self, reader: Counted | Decoder) -> None:
        """Wait for more than a piece of a line; if the client leaves it at that, it is kept."""
        piece = bytes(self.wire.peek())
        try:
            self.wire.peek(more=True)
        except (Ended, Silence):
            reader.keep(piece)
            raise

    # --- deciding

    def _decide(self, request: Request) -> Firing | None:
        """The rule that fires. The body is read as soon as a rule wants it; the request is written
        down as soon as no more of it is to be read before the answer."""
        script = self.server.script
        if request.unread:
            request.receiver = self._receive
        else:
            script.record(request)
        firing = script.decide(request) if script.rules else None
        if firing is not None and firing.part.settings:
            check_unread(firing, request)
        if request.unread:
            if firing is not None and answers_early(firing.part, request):
                self._read_part(request, firing.part)
            else:
                self._receive(request)
        return firing

    def _read_part(self, request: Request, part: Part) -> None:
        """Of a body that is answered before its end: as much as the rule says."""
        self._rest = rest = self._reader(request)
        request.complete = False
        unread = leaves(part, request)
        if unread is None:
            self.server.script.record(request)
        else:
            rest.leave = unread
            self._receive(request)

    # --- answering

    def _perform(self, request: Request, firing: Firing | None) -> None:
        """Answer a request, and end the connection if that is what follows."""
        self._firing, self._closes = firing, None
        self._answer(request, firing)
        if self._closes is None:  # nothing was sent that says; raw bytes are not looked into
            self._closes = request.head.closes and firing is not None and says_raw(firing.part)
        if firing is not None and firing.part.settings and not self.wire.half_closed:
            self.wire.close("script")  # it answers before the body
        if self._rest is not None:
            self._read_rest(request, self._rest)
        if self._closes:
            self.wire.close("server")

    def _answer(self, request: Request, firing: Firing | None) -> None:
        self.play(request, self._natural, "", firing)

    def _read_rest(self, request: Request, rest: Counted | Decoder) -> None:
        """What comes of a body that was answered before: it is not the next request."""
        if self._closes:
            self.wire.half_close("server")  # the client may wait for this, and send no body
        self._rest, rest.leave = None, 0
        try:
            self._pull(request, rest)
        except Malformed as wrong:
            self.wire.note("fault", f"the rest of the body is malformed: {wrong.problem.text}")
            self.wire.close("server")

    def _reject(self, request: Request, wrong: Malformed) -> None:
        """The answer that the standard gives to a malformed request, and the end."""
        problem = wrong.problem
        request.problem = f"{problem.text} ({problem.section})"
        request.unread = False
        script = self.server.script
        script.record(request)
        built = _refusal(problem).build(request.head, ends=True)
        firing = script.decide(request) if script.rules else None
        self.play(request, lambda _: Answer(built.parts), "", firing)
        self.wire.close("server")

    def _natural(self, step: Step) -> Answer:
        assert isinstance(step, Request)
        natural = self.server.natural(step, self._firing is not None)
        if isinstance(natural, Response):
            return Answer(self._built(step, natural))
        return Late(lambda: self._built(step, natural.run(self.server, self.wire)))

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        """A response as a rule gives it, or computes it."""
        if not isinstance(step, Request):
            return (), ""  # a rule for every step, and nothing is asked yet
        response = reply.arguments[0]
        if callable(response):
            response = response(step)
            if response is None:
                return None
            if isinstance(response, bytes):
                self._closes = step.head.closes
                return (response,), ""
            response = from_tuple(response)
        return self._built(step, response), ""

    def _built(self, request: Request, response: Response) -> Parts:
        shape, firing = self.wire.shape, self._firing
        ends = firing is not None and bool(firing.part.settings) and _ends_silently(firing.part)
        built = response.build(request.head, ends, None if shape is None else shape.piece)
        if built.closes is not None:
            self._closes = built.closes
        return built.parts


def _refusal(problem: Problem) -> Response:
    return Response(problem.status, text=f"{problem.text} ({problem.section})\n")


def _ends_silently(part: Part) -> bool:
    """Whether the end of the connection follows from ``answer_before_body`` alone."""
    written = any(isinstance(action, Ending) for action in part.actions)
    return "unread" in part.settings and not written


def _is_hopeless(buffer: bytearray, at: int) -> bool:
    """Whether what has come of a head is wrong however it goes on. What was there before the
    offset ``at`` has been looked at."""
    if buffer[0] not in TCHARS and buffer != b"\r":
        return True
    if BARE_LF.search(buffer, at) or len(buffer) > MAX_HEAD:
        return True
    end = buffer.find(b"\n")
    if end < 0:
        return len(buffer) > MAX_LINE
    return at <= end and is_bad_line(bytes(buffer[: end - 1]))
