"""Asking: which names and addresses go to the fake DNS, and what its answers mean."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import names
from .errors import EAI_NONAME, HOST_NOT_FOUND, UnknownName, gaierror
from .knowledge import Knowledge, is_of_this_machine
from .library import Forward, Library, Reverse
from .stub import Server

AI_ADDRCONFIG = int(getattr(socket, "AI_ADDRCONFIG", 0))
TYPES: dict[int, tuple[str, ...]] = {socket.AF_INET: ("A",), socket.AF_INET6: ("AAAA",)}
BOTH = ("A", "AAAA")


@dataclass
class Asking:
    """How one resolver asks.

    ``refuse`` makes the error for a name that nobody knows; without it such names are passed on.
    ``families`` are those that AI_ADDRCONFIG finds.
    """

    knowledge: Knowledge
    library: Library
    server: Callable[[], Server]
    refuse: Callable[[str, str], UnknownName] | None
    families: Sequence[int]
    ipv6_first: bool
    _thread: threading.local = field(default_factory=threading.local)

    def is_for_system(self, name: bytes, family: int) -> bool:
        """Whether the machine itself has to answer. Raises UnknownName where nobody can."""
        if self._labels(name, family) is None:
            return False  # nobody is asked
        text = name.decode("ascii", "replace")
        return self._is_elsewhere(text, TYPES.get(family, BOTH), is_of_this_machine(text), text)

    def _is_elsewhere(self, name: str, types: Sequence[str], is_own: bool, asked: str) -> bool:
        if self.knowledge.has(name, types):
            return False
        if is_own:
            return True
        if self.knowledge.knows(name, types):
            return False
        if self.refuse is not None:
            raise self.refuse(asked, name)
        return True

    def _labels(self, name: bytes, family: int) -> list[bytes] | None:
        """The labels of a name; None for one that the C library asks nobody for."""
        return names.labels(name) if self.library.may_ask(name, family) else None

    def resolve(self, name: bytes, family: int, mapped: str = "") -> Forward:
        """The addresses of a name. Raises gaierror."""
        there = self.forward(name, family, mapped)
        if there.code:
            raise gaierror(there.code, self.library.WORDS)
        return there

    def forward(self, name: bytes, family: int, mapped: str = "") -> Forward:
        """What became of a name."""
        labels = self._labels(name, family)
        if labels is None:
            return Forward(EAI_NONAME)
        there = self.library.forward(self.server(), labels, family, mapped)
        self._remember(there.errno)
        if self.ipv6_first:
            there = there._replace(addresses=tuple(sorted(there.addresses, key=_is_ipv4)))
        return there

    def reverse(self, address: str) -> Reverse | None:
        """The name of an address; None where the machine itself has to answer."""
        name = names.reverse_name(address)
        if name is None:
            self._remember(HOST_NOT_FOUND)
            return Reverse("", HOST_NOT_FOUND)
        text = name.decode("ascii")
        if self._is_elsewhere(text, ("PTR",), names.is_loopback(address), address):
            return None
        there = self.library.reverse(self.server(), name.split(b"."))
        self._remember(there.errno)
        return there

    def configured(self, family: int, flags: int) -> int:
        """The family that AI_ADDRCONFIG leaves."""
        if not flags & AI_ADDRCONFIG or family in self.families:
            return family
        if family == socket.AF_UNSPEC:
            return next(iter(self.families)) if len(self.families) == 1 else family
        raise gaierror(EAI_NONAME, self.library.WORDS)

    # --- h_errno, which is the thread's and stays

    @property
    def h_errno(self) -> int:
        """What the last failure of this thread left there."""
        return getattr(self._thread, "h_errno", 0)

    def _remember(self, errno: int | None) -> None:
        if errno is not None:
            self._thread.h_errno = errno


def _is_ipv4(address: str) -> bool:
    return ":" not in address
