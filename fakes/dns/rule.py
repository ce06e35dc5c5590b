"""Rules of DNS: what a question may be matched by, and what answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .._core import checks
from .._core import pattern as patterns
from .._core.program import Reply
from .._core.wording import shown
from . import commands, names, records
from .question import Query
from .reply import Code, Given, Said, Whole, read_rcode, read_records
from .spoiling import BEFORE_QUESTIONS, SpoilingRule

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core.step import Step

TRANSPORTS = ("udp", "tcp")


class DNSRule(SpoilingRule):
    """A rule for questions. Its pattern is matched against the name, in any case, with a final dot
    or without.

    What only one transport can do makes it a rule for that one: ``close()``, ``reset()``,
    ``half_close()``, ``drip()``, ``throttle()`` and ``length_prefix()`` for TCP, a ``truncate()``
    without ``after`` and ``from_other_address()`` or ``from_other_port()`` for UDP.
    """

    matcher_names = frozenset({"transport"})

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        transport = self.matchers.get("transport", "udp")
        if transport not in TRANSPORTS:
            raise ValueError(f"transport={transport!r}: give 'udp' or 'tcp'")
        if self.verb == "tls" and self.matchers.setdefault("transport", "tcp") != "tcp":
            raise ValueError(f"{self}: a datagram has no handshake")
        pattern = self.pattern
        if isinstance(pattern, str) and len(pattern) > 1 and pattern.endswith("."):
            self.pattern = pattern[:-1]

    # --- senders

    def respond(
        self,
        *data: Any,
        ttl: int = records.DEFAULT_TTL,
        rcode: str | int = "NOERROR",
        owner: str | None = None,
        authority: Sequence[Any] = (),
        additional: Sequence[Any] = (),
    ) -> Self:
        """Send an answer with these records, and none with none.

        Each of ``data`` is the data of a record of the question's name (or ``owner``) and type, as
        a zone file writes it: ``"192.0.2.1"``, ``"10 mail.example.com"``. A tuple says more:
        ``(type, data)``, ``(owner, type, data)`` or ``(owner, type, data, ttl)``, in ``authority``
        and ``additional`` too. ``rcode`` is a name or a number from 0 to 4095.

        It is sent as it is, whatever the zones hold, and over UDP whatever size the client takes.
        Several ``respond()`` are several messages that answer one question.

        A callable takes the Query and returns data, a list of such, a ``dnslib.DNSRecord`` or the
        bytes of a message, either sent untouched behind its length on TCP, or None for the natural
        answer.
        """
        if len(data) == 1 and callable(data[0]):
            return self._say(data[0], f"respond({shown(data[0])})")
        self._check_records((data, authority, additional), owner, ttl)
        said = Said(data, ttl, read_rcode(rcode), owner, tuple(authority), tuple(additional))
        words = [shown(each) for each in data]
        options = {"ttl": ttl, "rcode": rcode, "owner": owner}
        usual = {"ttl": records.DEFAULT_TTL, "rcode": "NOERROR", "owner": None}
        words += [f"{k}={shown(v)}" for k, v in options.items() if v != usual[k]]
        sections = {"authority": authority, "additional": additional}
        words += [f"{k}={shown(v)}" for k, v in sections.items() if v]
        return self._say(said, f"respond({', '.join(words)})")

    def _check_records(self, sections: Sequence[Any], owner: str | None, ttl: int) -> None:
        """Raise for records that cannot be made, as far as that is known before the question."""
        records.check_ttl(ttl)
        verb = self.verb or ""
        code = commands.TYPES.get(verb, commands.generic_type(verb))
        name = names.labels("name.invalid" if owner is None else owner)
        for given in sections:
            if isinstance(given, str) or not isinstance(given, Sequence):
                raise TypeError(f"{given!r}: give a list of records, each a tuple")
            if code is None:  # of which type they are is not known yet
                given = [each for each in given if isinstance(each, tuple)]
            read_records(given, name, commands.A if code is None else code, ttl)

    def rcode(
        self, rcode: str | int | Callable[[Query], str | int], *, soa: bool | None = None
    ) -> Self:
        """Send an answer without records: ``"NXDOMAIN"``, ``"SERVFAIL"``, or a number from 0 to
        4095; what is over 15 needs an OPT record, and there is one then, also for a client that
        sent none (RFC 6891 section 6.1.3).

        NXDOMAIN and NOERROR carry the SOA of a negative answer (RFC 2308 section 2), unless ``soa``
        is False; the others do if it is True. A callable takes the Query and returns the code.
        """
        if callable(rcode):
            compute, text = rcode, f"rcode({shown(rcode)})"
            return self._say(lambda query: Code(read_rcode(compute(query)), soa), text)
        option = "" if soa is None else f", soa={soa}"
        return self._say(Code(read_rcode(rcode), soa), f"rcode({shown(rcode)}{option})")

    def message(self, data: bytes) -> Self:
        """Send the bytes of a message, with the id of the question in the place of its own, and on
        TCP with its length before it. ``raw()`` does neither."""
        data = checks.as_bytes("data", data)
        if not 2 <= len(data) <= 65535:
            raise ValueError(f"data: a message of {len(data)} bytes; it has 2 to 65535")
        return self._say(Whole(data), f"message({shown(data)})")

    def _say(self, given: Given, text: str) -> Self:
        if self.verb in BEFORE_QUESTIONS:
            raise ValueError(f"{self}: nothing is asked yet that could be answered; use raw()")
        return self._act(Reply((given,), {}), f".{text}")

    def after(self, n: int) -> Self:
        """Let the first ``n`` matches pass. Of ``connect`` these are TCP connections."""
        if self.verb == "connect" and self.matchers.get("transport") == "udp":
            raise ValueError(f"{self}: nobody connects before a datagram, so none can be counted")
        return super().after(n)

    # --- deciding; called by the script

    def is_for(self, step: Step) -> bool:
        """Whether the verb matches. A broken message is for ``every()`` alone."""
        if isinstance(step, Query) and step.problem:
            return self.verb is None
        return super().is_for(step)

    def compare(self, step: Step) -> Iterator[tuple[str, bool, str]]:
        """Part by part: what is asked, whether it holds, and how it compares."""
        if self.pattern is not None:
            ok = patterns.matches(self.pattern, step.argument, ignore_case=True)
            how = "matches" if ok else "is not"
            yield "pattern", ok, f"{step.argument!r} {how} {shown(self.pattern)}"
        asked = self.matchers.get("transport")
        needed, because = (self.current() or self.parts[-1]).settings.get("needs", (None, ""))
        wanted = asked or needed
        if wanted is not None and (isinstance(step, Query) or asked):
            transport = step.transport if isinstance(step, Query) else "tcp"
            ok = transport == wanted
            why = "" if asked else f", which {because} is for"
            how = "matches" if ok else "is not"
            yield "transport", ok, f"{transport!r} {how} {wanted!r}{why}"
