"""FakeDNS: what a test sets and reads."""

from __future__ import annotations

import copy
import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .._core.datagram_wire import DatagramWire
from .._core.pattern import Pattern
from .._core.server import FakeServer
from . import commands, names
from .engine import Engine
from .question import Query
from .records import DEFAULT_TTL
from .rule import DNSRule
from .session import DNSSession
from .zone import Written, Zones
from .zone_text import Reader


class FakeDNS(FakeServer[DNSRule]):
    """A DNS server (RFC 1034, 1035) on UDP and TCP, on one port number.

    It answers with authority for the names that a test adds, as a server that does not ask others:
    NXDOMAIN and NODATA with the SOA (RFC 2308), CNAME and DNAME chains within its zones, wildcards
    (RFC 4592), referrals, ANY, EDNS (RFC 6891), AXFR over TCP (RFC 5936). Names of no zone of its
    own get REFUSED. Constructor arguments are those of every fake; ``users`` and
    ``max_message_size`` mean nothing here, and ``timeout`` is for TCP. With ``tls="implicit"`` its
    TCP port speaks DNS over TLS (RFC 7858) and no plain DNS; UDP goes on as it is.

    What a test fills: ``add()``, ``add_host()``, ``host_for()``, ``add_zone()``, ``load()``,
    ``remove()``. The zone of a name is that of the longest name with a SOA record at or above it;
    without one, that of its last two labels, which gets a SOA by itself.
    """

    protocol = "dns"
    verbs = commands.VERBS
    tls_modes = ("implicit",)
    alpn = ("dot",)  # RFC 7858
    datagrams = True
    rule_class = DNSRule
    session_class = DNSSession

    zones: Zones
    engine: Engine

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, with empty zones."""
        super().forget()
        self.zones = Zones()
        self.engine = Engine(self.zones)

    # --- what a test fills

    def add(self, name: str, type: str, *data: Any, ttl: int = DEFAULT_TTL) -> None:
        """Add a record of each of ``data``, written as in a zone file: ``add("example.com", "MX",
        "10 mail.example.com")``, or in parts: ``add("example.com", "MX", 10, "mail.example.com")``,
        or a tuple of parts for each. Names are absolute, with a final dot or without.

        A TXT that does not begin with a quotation mark is one text. Bytes for any type:
        ``"\\\\# 4 C0000201"`` (RFC 3597). Raises ValueError or TypeError, naming the culprit.
        """
        self.zones.add(name, type, *data, ttl=ttl)

    def add_host(
        self, name: str, address: str, reverse: bool = True, *, ttl: int = DEFAULT_TTL
    ) -> None:
        """Add an A or AAAA record, by the kind of ``address``, and the PTR that leads back.

        With ``reverse=False`` there is no PTR, and the reverse zone is ours all the same: the
        address is asked for, and there is no such name (NXDOMAIN).
        """
        ip = ipaddress.ip_address(address)
        self.zones.add(name, "A" if ip.version == 4 else "AAAA", str(ip), ttl=ttl)
        pointer = ip.reverse_pointer
        if reverse:
            self.zones.add(pointer, "PTR", (name,), ttl=ttl)
        elif not self._is_ours(pointer):
            self.zones.claim(".".join(pointer.split(".")[-2:]))

    def host_for(self, fake: FakeServer[Any], name: str, reverse: bool = True) -> None:
        """Have ``name`` be the name of the address that another fake listens on. The port is not in
        the DNS: ``fake.port`` is what to connect to."""
        if not isinstance(fake, FakeServer):
            raise TypeError(f"host_for({fake!r}): give a fake, such as fake_smtp")
        here = {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
        self.add_host(name, here.get(fake.host, fake.host), reverse)

    def add_zone(self, name: str) -> None:
        """Have all names at and below ``name`` be ours, without a record: NXDOMAIN, and not
        REFUSED."""
        self.zones.claim(name)

    def remove(self, name: str, type: str | None = None) -> None:
        """Remove the records of a name, or those of one type. Raises ValueError if there are
        none."""
        self.zones.remove(name, type)

    def load(self, zone: str | Path, origin: str = ".") -> None:
        """Add the records of a zone text (RFC 1035 section 5), or of the file of a Path, with
        ``$ORIGIN``, ``$TTL``, names relative to the origin, ``@``, comments and parentheses.

        Raises ValueError, naming the line; then nothing of it is added.
        """
        if not isinstance(zone, (str, Path)):
            raise TypeError(f"load({zone!r}): give the text as a str, or a pathlib.Path")
        text = zone.read_text(encoding="utf-8") if isinstance(zone, Path) else zone
        self.zones.insert(Reader(names.labels(origin)).read(text))

    def records(self, zone: str) -> list[Written]:
        """The records of a zone, the SOA first, each a tuple (owner, type, data, ttl) that
        ``respond()`` takes. Raises ValueError for what is no zone of ours."""
        return self.zones.records(zone)

    def _is_ours(self, name: str) -> bool:
        return self.zones.view.apex_of(names.key(names.labels(name))) is not None

    # --- what a test scripts

    def on(
        self,
        verb: str,
        pattern: Pattern = None,
        *,
        where: Callable[[Any], object] | None = None,
        custom: bool = False,
        transport: str | None = None,
        **matchers: Any,
    ) -> DNSRule:
        """A rule for the questions of a type (or ``"*"``: any), for messages of an opcode
        (``"NOTIFY"``), or for TCP connections (``"connect"``).

        ``pattern`` is matched against the name that is asked for. ``transport`` is ``"udp"`` or
        ``"tcp"``. ``where`` is a callable that takes the Query. Types without a name need
        ``custom=True``: ``on("TYPE65280", custom=True)``.
        """
        if transport is not None:
            matchers["transport"] = transport
        return super().on(verb, pattern, where=where, custom=custom, **matchers)

    # --- what a test reads

    @property
    def queries(self) -> list[Query]:
        """The messages so far, broken ones too."""
        return [step for step in self.script.steps if isinstance(step, Query)]

    @property
    def url(self) -> str:
        """``dns://127.0.0.1:40001``; with TLS ``tls://``, as resolvers are told to use it."""
        return super().url.replace("dnss:", "tls:", 1)

    # --- called by the reception

    def refuses(self, transport: str) -> bool:
        """Whether a rule says that nobody is there on ``"tcp"``, or ``"udp"``, from now on."""
        view = copy.copy(self.script)
        view.rules = [
            rule
            for rule in self.script.rules
            if rule.matchers.get("transport", transport) == transport
        ]
        return view.refuses_next()

    def take_datagram(self, wire: DatagramWire, packet: bytes) -> None:
        """Answer a datagram."""
        DNSSession(self, wire).datagram(packet)
