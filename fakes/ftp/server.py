"""FakeFTP: what a test sets and reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .._core.server import Common, FakeServer, takes_common
from .._core.settings import Words
from . import commands, listing
from .connecting import checked_address
from .folders import Homes, Root
from .rule import FTPRule
from .session import FTPSession
from .uploads import Upload

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._core.tls.encrypted import TLSFacts

GREETING = "fakefarm FTP"


class FakeFTP(FakeServer[FTPRule]):
    """An FTP server (RFC 959).

    It does RFC 2389 (FEAT, OPTS), 2428 (EPSV, EPRT), 3659 (MDTM, SIZE, REST, MLST, MLSD), and 4217
    (AUTH, PBSZ, PROT, CCC, with ``tls=``), active and passive, over IPv4 and IPv6. Constructor
    arguments: those of every fake, and ``root``, the folder that is served: one that exists and is
    left alone, or by default a temporary one that is removed when the fake stops.

    What a test fills and reads: ``root`` (a Path), ``uploads``, and ``data_tls``: the TLSFacts of
    each data connection that was to be encrypted, in order.

    What a test may change before or while it runs: ``greeting``, the text after 220;
    ``capabilities``, the words of FEAT, sent verbatim and in order (behind ``MLST`` alone the facts
    of the session are told); ``users``; ``homes``, folders by user, inside the root;
    ``listing_style`` and ``facts_style``, how LIST and MLSD look; ``passive_address``, what PASV
    names; ``early_completion``, whether the reply that completes a transfer comes before its data;
    ``permit_foreign_addresses``, whether a data connection may have another peer than the control
    connection; ``require_session_reuse``, whether a data connection has to resume a TLS session;
    ``max_message_size``, the bytes that an upload may have; ``timeout``.
    """

    protocol = "ftp"
    verbs = commands.VERBS
    phases = commands.PHASES
    tls_modes = ("starttls", "implicit")
    tls_tickets = 2  # by which data connections resume the session of the control connection
    rule_class = FTPRule
    session_class = FTPSession

    greeting: str
    capabilities = Words()
    uploads: list[Upload]
    early_completion: bool
    permit_foreign_addresses: bool
    require_session_reuse: bool
    data_tls: list[TLSFacts]

    @takes_common
    def __init__(
        self, *, root: str | os.PathLike[str] | None = None, **common: Unpack[Common]
    ) -> None:
        self._root = Root(root)
        super().__init__(**common)

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, with an empty root."""
        super().forget()
        self._root.clear()
        self.greeting = GREETING
        self.capabilities = list(commands.CAPABILITIES[self.tls])
        self.uploads = []
        self.homes = {}
        self.listing_style = "unix"
        self.facts_style = "standard"
        self.passive_address = None
        self.early_completion = False
        self.permit_foreign_addresses = False
        self.require_session_reuse = False
        self.data_tls = []

    def stop(self) -> None:
        """Stop at once, whatever the clients are doing, and remove a temporary root. Idempotent.

        Raises RuntimeError, naming what it does, if a thread of a connection does not end: it can
        only be held by a callable of the test.
        """
        try:
            super().stop()
        finally:
            self._root.clear()

    @property
    def root(self) -> Path:
        """The folder that is served."""
        return self._root.path()

    @property
    def homes(self) -> Homes:
        """Folders by user, relative to the root and inside it; they are made where they do not
        exist. ValueError for one that leads out."""
        return self._homes

    @homes.setter
    def homes(self, homes: Mapping[str, str | os.PathLike[str]]) -> None:
        self._homes = Homes(self._root)
        for user, folder in homes.items():
            self._homes[user] = folder

    @property
    def listing_style(self) -> str:
        """How LIST looks: a name of ``fakefarm.ftp.listing.STYLES``. ValueError for another."""
        return self._listing_style

    @listing_style.setter
    def listing_style(self, style: str) -> None:
        self._listing_style = listing.checked_style(style)

    @property
    def facts_style(self) -> str:
        """How MLSD and MLST look: a name of ``fakefarm.ftp.listing.FACTS_STYLES``. ValueError for
        another."""
        return self._facts_style

    @facts_style.setter
    def facts_style(self, style: str) -> None:
        self._facts_style = listing.checked_facts_style(style)

    @property
    def passive_address(self) -> str | tuple[str, int] | None:
        """What PASV names instead of the truth: an address, or ``(address, port)``, of which EPSV
        names the port. TypeError and ValueError for what is none."""
        return self._passive_address

    @passive_address.setter
    def passive_address(self, address: str | tuple[str, int] | None) -> None:
        self._passive_address = checked_address(address)
