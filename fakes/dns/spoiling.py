"""What can be wrong with a message, as a rule says it; ``faults.py`` has what each does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core import checks
from .._core.faults import Pacing, Shaping
from .._core.program import Action, Ending
from .._core.rule import Rule
from .._core.wording import shown
from . import commands, names, records
from .faults import (
    NOT_A_RESPONSE,
    BadOPT,
    BadPointer,
    BadRdlength,
    Flags,
    LengthPrefix,
    MessageFault,
    OtherOwner,
    Trailing,
    Truncated,
    WrongId,
    WrongQuestion,
)
from .message import AA, AD, CD, OPCODE, RA, RD, TC
from .source import OTHER_PORT, check_address

if TYPE_CHECKING:
    from typing_extensions import Self

STREAM_ENDINGS = frozenset({"close", "reset", "half_close"})
FLAGS = {"aa": AA, "tc": TC, "rd": RD, "ra": RA, "ad": AD, "cd": CD}
BEFORE_QUESTIONS = ("connect", "tls")  # phases
NEVER_ASKED = "wrong.fakefarm.invalid"  # the name that wrong_question() puts in


class SpoilingRule(Rule):
    """A rule with the faults that only DNS has. What only one transport can do makes it, at that
    stage of its sequence, a rule for that one."""

    def wrong_id(self, *, only: int | None = None) -> Self:
        """Another id than the question's. ``only`` is the number, from 1, of the one message that
        it is for, here and below."""
        return self._spoil(WrongId(only=_nth(only)), "wrong_id()", only)

    def not_a_response(self, *, only: int | None = None) -> Self:
        """The QR flag not set: it is a question."""
        return self._spoil(Flags(NOT_A_RESPONSE, 0, only=_nth(only)), "not_a_response()", only)

    def flags(
        self,
        *,
        aa: bool | None = None,
        tc: bool | None = None,
        rd: bool | None = None,
        ra: bool | None = None,
        ad: bool | None = None,
        cd: bool | None = None,
        opcode: int | None = None,
        only: int | None = None,
    ) -> Self:
        """Flags of the header set or not, an opcode from 0 to 15; None leaves each as it is."""
        given = {"aa": aa, "tc": tc, "rd": rd, "ra": ra, "ad": ad, "cd": cd}
        said = {name: value for name, value in given.items() if value is not None}
        mask = sum(FLAGS[name] for name in said)
        value = sum(FLAGS[name] for name, on in said.items() if on)
        words = [f"{name}={value!r}" for name, value in said.items()]
        if opcode is not None:
            mask, value = mask | OPCODE, value | _up_to("opcode", opcode, 15) << 11
            words.append(f"opcode={opcode}")
        if not words:
            raise ValueError("flags(): name the flags: flags(aa=False)")
        return self._spoil(Flags(mask, value, only=_nth(only)), f"flags({', '.join(words)})", only)

    def wrong_question(
        self, name: str | None = None, type: str | None = None, *, only: int | None = None
    ) -> Self:
        """Another name or type where the message repeats the question; by default another name."""
        labels = None if name is None and type else names.labels(name or NEVER_ASKED)
        code = None if type is None else commands.TYPES.get(type) or records.read_type(type)
        given = (name, type) if type else (name,) if name else ()
        text = f"wrong_question({', '.join(map(repr, given))})"
        return self._spoil(WrongQuestion(labels, code, only=_nth(only)), text, only)

    def no_question(self, *, only: int | None = None) -> Self:
        """The message does not repeat the question."""
        return self._spoil(WrongQuestion(None, None, only=_nth(only)), "no_question()", only)

    def other_owner(self, name: str, *, only: int | None = None) -> Self:
        """The records of the answer are those of another name."""
        fault = OtherOwner(names.labels(name), only=_nth(only))
        return self._spoil(fault, f"other_owner({name!r})", only)

    def bad_pointer(self, to: int | None = None, *, only: int | None = None) -> Self:
        """A compressed name that points to itself, or ``to`` an offset from 0 to 16383: that of the
        first record, or of the question where there is none."""
        if to is not None:
            _up_to("to", to, 0x3FFF)
        text = f"bad_pointer({'' if to is None else to})"
        return self._spoil(BadPointer(to, only=_nth(only)), text, only)

    def bad_rdlength(self, length: int = 65535, *, only: int | None = None) -> Self:
        """The first record says that its data have another length: by default one that reaches
        beyond the message."""
        fault = BadRdlength(_up_to("length", length, 65535), only=_nth(only))
        return self._spoil(fault, f"bad_rdlength({length})", only)

    def bad_opt(self, *, only: int | None = None) -> Self:
        """An OPT record with an option that is longer than the record; there is one also where the
        client sent none."""
        return self._spoil(BadOPT(only=_nth(only)), "bad_opt()", only)

    def trailing(self, data: bytes, *, only: int | None = None) -> Self:
        """Bytes behind the message; on TCP its length counts them."""
        fault = Trailing(checks.as_bytes("data", data), only=_nth(only))
        return self._spoil(fault, f"trailing({shown(data)})", only)

    def length_prefix(self, length: int, *, only: int | None = None) -> Self:
        """On TCP, another number than the length before the message."""
        fault = LengthPrefix(_up_to("length", length, 65535), only=_nth(only))
        self._narrow("tcp", "length_prefix()")
        return self._spoil(fault, f"length_prefix({length})", only)

    def truncate(self, after: int | None = None, *, answers: int = 0) -> Self:
        """With ``after``, stop after so many bytes of the messages: a short datagram, or a stream
        that ends with FIN, unless an ending is written.

        Without, what a server does that has more to say than a datagram holds: the TC flag, and
        ``answers`` records of the answer. It is for UDP, so that a client that comes again over TCP
        is answered, unless ``transport="tcp"`` is written.
        """
        if after is not None:
            if answers:
                raise TypeError(f"{self}: truncate() takes after or answers")
            return super().truncate(after)
        checks.whole("answers", answers)
        if self.matchers.get("transport") != "tcp":
            self._narrow("udp", "truncate()")
        text = f"answers={answers}" if answers else ""
        return self._shape(Truncated(answers), f".truncate({text})")

    def from_other_address(self, address: str = "127.0.0.2") -> Self:
        """Over UDP, answer from another loopback address than was asked.

        Raises OSError on systems that have it not (macOS, until ``ifconfig lo0 alias`` makes it).
        """
        self._narrow("udp", "from_other_address()")
        self.parts[-1].settings["source"] = check_address(address)
        return self._wrote(f".from_other_address({address!r})")

    def from_other_port(self) -> Self:
        """Over UDP, answer from another port than was asked."""
        self._narrow("udp", "from_other_port()")
        self.parts[-1].settings["source"] = OTHER_PORT
        return self._wrote(".from_other_port()")

    def _spoil(self, fault: MessageFault, text: str, only: int | None) -> Self:
        if only is not None:
            text = f"{text[:-1]}{'' if text.endswith('()') else ', '}only={only})"
        return self._shape(fault, f".{text}")

    # --- the transport

    def _act(self, action: Action, text: str) -> Self:
        if isinstance(action, Ending) and action.how in STREAM_ENDINGS:
            self._narrow("tcp", f"{action.how}()")
        refuses = isinstance(action, Ending) and action.how == "refuse"
        if self.verb == "connect" and self.matchers.get("transport") == "udp" and not refuses:
            raise ValueError(f"{self}: nobody connects before a datagram; refuse() it is for")
        return super()._act(action, text)

    def _shape(self, fault: Shaping | Pacing, text: str) -> Self:
        if isinstance(fault, MessageFault) and self.verb in BEFORE_QUESTIONS:
            raise ValueError(f"{self}: nothing is asked yet, so no message answers")
        if isinstance(fault, Pacing):
            self._narrow("tcp", text.strip(".").partition("(")[0] + "()")
        return super()._shape(fault, text)

    def _narrow(self, transport: str, because: str) -> None:
        """What is written now is for one transport alone."""
        asked = self.matchers.get("transport", transport)
        before, earlier = self.parts[-1].settings.get("needs", (transport, ""))
        if asked != transport:
            raise ValueError(f"{self}: {because} is for {transport}, and this rule is for {asked}")
        if before != transport:
            raise ValueError(f"{self}: {because} is for {transport}, and {earlier} for {before}")
        self.parts[-1].settings["needs"] = transport, because


def _nth(only: int | None) -> int | None:
    return None if only is None else checks.whole("only", only, least=1)


def _up_to(name: str, value: int, most: int) -> int:
    if checks.whole(name, value) > most:
        raise ValueError(f"{name}={value!r}: give a whole number from 0 to {most}")
    return value
