"""FakeResolver: what a test sets and reads."""

from __future__ import annotations

import copy
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from .._core import checks
from .._core.errors import FakeFailure, close_matches
from .._core.wording import caller
from ..dns import FakeDNS
from . import clients, glibc, musl
from .asking import Asking
from .errors import EAI_NONAME, UnknownName
from .functions import Functions
from .knowledge import Knowledge
from .library import Library
from .lookup import Lookup
from .redirect import Redirection
from .stub import Server

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType

    import aiodns
    import dns.asyncresolver
    import dns.resolver
    from typing_extensions import Self

T = TypeVar("T")

# Where a server is asked that listens on all addresses, or by a name.
REACHED_AT = {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


class FakeResolver:
    """Has the name lookups of this process answered from a FakeDNS, while it is active.

    ``getaddrinfo``, ``gethostbyname``, ``gethostbyname_ex``, ``gethostbyaddr``, ``getnameinfo`` and
    ``getfqdn`` of the module socket, and names given to ``connect``, ``connect_ex``, ``sendto``,
    ``sendmsg`` and ``bind`` of a socket, are asked of ``fake_dns`` in DNS messages, so that its
    rules and records say what happens, and raise what the C library makes of that.

    - ``unknown``: what becomes of names that are in no zone of ``fake_dns`` and in no rule that
      answers: ``"refuse"`` raises a gaierror that says so, and has ``verify()`` fail; ``"pass"``
      lets the system look.
    - ``libc``: whose errors to raise, and whose ways of asking to follow: ``"glibc"``, ``"musl"``.
    - ``timeout``, ``attempts``: seconds of silence after which it asks again, and how often it
      asks. glibc has 5.0 and 2; less keeps tests short.
    - ``addrconfig``: which addresses AI_ADDRCONFIG finds this machine to have: ``"both"``,
      ``"ipv4"``, ``"ipv6"``.
    - ``ipv6_first``: whether IPv6 addresses stand before those of IPv4, which come first otherwise.
    - ``strict``: whether refused names make ``verify()`` fail; that of ``fake_dns`` by default.

    Raises ValueError and TypeError for bad arguments.
    """

    libraries: ClassVar[dict[str, Library]] = {"glibc": glibc, "musl": musl}
    families: ClassVar[dict[str, Sequence[int]]] = {
        "both": (socket.AF_UNSPEC, socket.AF_INET, socket.AF_INET6),
        "ipv4": (socket.AF_INET,),
        "ipv6": (socket.AF_INET6,),
    }

    @checks.keywords
    def __init__(
        self,
        fake_dns: FakeDNS,
        *,
        unknown: str = "refuse",
        libc: str = "glibc",
        timeout: float = 0.5,
        attempts: int = 2,
        addrconfig: str = "both",
        ipv6_first: bool = False,
        strict: bool | None = None,
    ) -> None:
        if not isinstance(fake_dns, FakeDNS):
            raise TypeError(f"FakeResolver({fake_dns!r}): give a FakeDNS")
        refuses = _chosen("unknown", unknown, {"refuse": True, "pass": False})
        self.fake_dns = fake_dns
        self.strict = strict
        self.timeout = checks.positive("timeout", timeout)
        self.attempts = checks.whole("attempts", attempts, least=1)
        self.lookups: list[Lookup] = []
        self._complaints: list[str] = []
        self._redirection: Redirection | None = None
        asking = Asking(
            Knowledge(fake_dns),
            _chosen("libc", libc, self.libraries),
            self._server,
            self._refused if refuses else None,
            _chosen("addrconfig", addrconfig, self.families),
            ipv6_first,
        )
        self._functions = Functions(asking, self._logged)

    # --- being active

    def start(self) -> Self:
        """Answer lookups from now on. Raises RuntimeError if the fake DNS was never started."""
        if self._redirection is None:
            self.fake_dns.address  # noqa: B018  # it raises
            self._redirection = Redirection(self._functions)
        return self

    def stop(self) -> None:
        """Put back what answered before. Idempotent."""
        redirection, self._redirection = self._redirection, None
        if redirection is not None:
            redirection.undo()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is None:
            self.verify()

    # --- judging

    def verify(self) -> None:
        """Raise FakeFailure for names that were refused, if ``strict``: whoever asked for them may
        have swallowed the error."""
        __tracebackhide__ = True
        complaints = list(self.complaints())
        if complaints:
            raise FakeFailure("\n".join(complaints))

    def complaints(self) -> Iterator[str]:
        """What ``verify()`` would say, a paragraph each."""
        if self.fake_dns.strict if self.strict is None else self.strict:
            yield from dict.fromkeys(self._complaints)

    # --- other resolvers

    def dnspython(self) -> dns.resolver.Resolver:
        """A ``dns.resolver.Resolver`` that asks the fake DNS. Raises ImportError without
        dnspython."""
        return clients.dnspython(self._server())

    def dnspython_async(self) -> dns.asyncresolver.Resolver:
        """A ``dns.asyncresolver.Resolver`` that asks the fake DNS."""
        return clients.dnspython_async(self._server())

    def aiodns(self, loop: asyncio.AbstractEventLoop | None = None) -> aiodns.DNSResolver:
        """An ``aiodns.DNSResolver`` that asks the fake DNS. Raises ImportError without aiodns."""
        return clients.aiodns_resolver(self._server(), loop)

    # --- for the functions

    def _server(self) -> Server:
        host, port = self.fake_dns.address
        return Server((REACHED_AT.get(host, host), port), self.timeout, self.attempts)

    def _refused(self, asked: str, name: str) -> UnknownName:
        what = repr(asked) if asked == name else f"{asked!r} ({name})"
        text = (
            f"{what} is in no zone of {self.fake_dns}, and no rule answers for it: add() or script "
            "it, or let such names pass with FakeResolver(..., unknown='pass')"
        )
        self._complaints.append(f"A name was looked up from {caller()}: {text}.")
        return UnknownName(EAI_NONAME, text)

    def _logged(self, function: str, asked: str, look_up: Callable[[], T]) -> T:
        try:
            result = look_up()
        except Exception as error:
            self._log(function, asked, None, error)
            raise
        self._log(function, asked, result, None)
        return result

    def _log(self, function: str, asked: str, result: Any, error: Exception | None) -> None:
        time = self.fake_dns.transcript.clock()
        # Copies: callers change lists, and a traceback would keep their sockets open.
        kept = Lookup(function, asked, copy.deepcopy(result), copy.copy(error), time)
        self.lookups.append(kept)

    def __repr__(self) -> str:
        state = "active" if self._redirection is not None else "not active"
        return f"<FakeResolver on {self.fake_dns}, {state}>"


def _chosen(name: str, value: str, choices: dict[str, T]) -> T:
    """One of a few words."""
    __tracebackhide__ = True
    if not isinstance(value, str) or value not in choices:
        hint = close_matches(str(value), frozenset(choices))
        raise ValueError(f"{name}={value!r}: {hint}")
    return choices[value]
