"""The conversation: requests that are calls have a script of their own.

Two rules hold here. The script of the HTTP below is asked first: what it answers is no call. And
the natural answer to a call is what its function returns, so that its bytes are known only when its
effect has happened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast
from xmlrpc.client import Fault

from .._core.errors import Ended
from .._core.faults import Parts
from .._core.program import Reply
from .._core.session import Answer, Late
from .._core.step import Step
from ..http import Request, Response
from ..http.authentication import challenge
from ..http.rule import says_raw
from ..http.session import HTTPSession
from .call import Call
from .held import Held
from .multicall import Place, Told
from .reading import BadCoding, decoded, read
from .writing import SUCCESS, Outcome, Said, failed

if TYPE_CHECKING:
    from .._core.script import Firing
    from .._core.wire import Wire
    from .below import HTTPBelow


class XMLRPCSession(HTTPSession):
    """One connection."""

    server: HTTPBelow

    # --- the request

    def _answer(self, request: Request, firing: Firing | None) -> None:
        asked = self._asked(request) if firing is None else None
        if isinstance(asked, Call):
            self._answer_call(asked)
        elif asked is not None:
            built = self._built(request, asked)
            self.play(request, lambda _: Answer(built), "", None)
        else:
            super()._answer(request, firing)

    def _natural(self, step: Step) -> Answer:
        """What a rule of the HTTP below has for the natural answer."""
        assert isinstance(step, Request)
        asked = self._asked(step)
        if isinstance(asked, Call):
            return self._held(asked)
        return super()._natural(step) if asked is None else Answer(self._built(step, asked))

    def _held(self, call: Call) -> Late:
        held = Held(self.wire)

        def play() -> Parts:
            with contextlib.suppress(Ended), self._in_place_of_the_wire(held):
                self._answer_call(call)
            return held.parts

        late = Late(play)
        late.afterwards = held.end
        return late

    def _asked(self, request: Request) -> Call | Response | None:
        """The call that a request is; a response, if it should be one and is not; None, if it is
        for the HTTP below alone."""
        fake = self.server.above
        if request.verb != "POST" or request.path not in fake.paths:
            return None
        try:
            content = self._content(request)
            method, arguments = read(content, fake.use_builtin_types)
        except BadCoding as bad:
            wrong = Response(bad.status, text=f"{bad.status}: {bad}\n")
        except Fault as fault:  # of ours; or the client sent one, which is then sent back
            wrong = Said.of(Outcome(fault=fault), fake.allow_none).response
        except Exception as error:
            wrong = Said.of(failed(error), fake.allow_none).response
        else:
            if method is not None:
                return Call(method, arguments, request, request.path, content)
            wrong = self._nameless(request)
        return challenge(request) if self._is_unknown(request) else wrong

    def _content(self, request: Request) -> bytes:
        if b"content-encoding" not in request.head.fields.lower():
            return request.body
        coding = ", ".join(request.headers.get_all("Content-Encoding"))
        return decoded(request.body, coding, self.server.max_message_size)

    def _nameless(self, request: Request) -> Response:
        fake = self.server.above
        error = Exception('method "None" is not supported')
        return Said.of(failed(error), fake.allow_none).response

    def _is_unknown(self, request: Request) -> bool:
        return self.server.users is not None and request.user is None

    # --- the call

    def _answer_call(self, call: Call) -> None:
        firing = self._decided(call)
        self.play(call, self._natural_call, SUCCESS, firing)
        if self._closes is None and firing is not None and says_raw(firing.part):
            self._closes = call.request.head.closes

    def answer_in_multicall(self, call: Call) -> Outcome:
        """The outcome of a call that is one of many in a request."""
        place = Place(self.wire)
        with self._in_place_of_the_wire(place):
            self.play(call, self._natural_call, SUCCESS, self._decided(call))
        return place.outcome(call)

    def _decided(self, call: Call) -> Firing | None:
        script = self.server.above.script
        script.record(call)
        return script.decide(call) if script.rules else None

    def _natural_call(self, step: Step) -> Answer:
        assert isinstance(step, Call)
        compute = partial(self._computed, step)
        if self._is_unknown(step.request) and not step.in_multicall:
            # A rule that lets it in all the same has the call happen.
            return Answer(self._built(step.request, challenge(step.request)), "", compute)
        return Late(compute, SUCCESS)

    def _computed(self, call: Call) -> Parts:
        """Have the effect: the function is called, and what becomes of it is the answer."""
        fake = self.server.above
        outcome = fake.outcome_of(call, self)
        if not call.in_multicall:
            said = Said.of(outcome, fake.allow_none)
            outcome = said.outcome or outcome
        if not call.is_told:
            call.tell(*outcome)
        return (
            (Told.of(outcome),) if call.in_multicall else self._built(call.request, said.response)
        )

    def scripted(self, step: Step, reply: Reply) -> tuple[Parts, str] | None:
        """An answer as a rule gives it, or computes it."""
        if not isinstance(step, Call):
            return super().scripted(step, reply)
        sender = reply.arguments[0]
        said = sender if isinstance(sender, Said) else sender(step)
        if said is None:
            return None
        if said.outcome is not None:
            step.tell(*said.outcome)
            if step.in_multicall:
                return (Told.of(said.outcome),), said.status
        return self._built(step.request, said.response), said.status

    @contextlib.contextmanager
    def _in_place_of_the_wire(self, stand_in: Held | Place) -> Iterator[None]:
        wire, self.wire = self.wire, cast("Wire", stand_in)
        try:
            yield
        finally:
            self.wire = wire
