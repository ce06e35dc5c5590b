"""The records of a fake, and which names are its own. No sockets here.

The zone of a name is that of the longest name with a SOA record at or above it; without one, that
of its last two labels (``example.com``, ``in-addr.arpa``), which gets a SOA by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

import dnslib
from dnslib import RR, DNSLabel

from . import commands, names, records
from .commands import CNAME, SOA, type_name
from .lookup import Found, Node, View
from .message import Buffer
from .names import Labels

# What the SOA says that a zone gets by itself: refresh, retry, expire, minimum, in seconds.
TIMES = (3600, 600, 86400, 60)

# Where the records of a name and type are among each other, by their data.
Places = dict[tuple[Labels, int], dict[bytes, int]]

# A record as a test writes it: owner, type, data, ttl.
Written = tuple[str, str, str, int]


class Zones:
    """Records by name. Whoever looks up has a View of one moment; a change makes a new one."""

    def __init__(self) -> None:
        self.serial = 1  # of the SOA records that are made here; every change counts it up
        self._sets: dict[Labels, dict[int, list[RR]]] = {}
        self._claimed: dict[Labels, Labels] = {}  # apexes that were asked for, as written
        self._view: View | None = None
        self._lock = threading.RLock()

    # --- changing

    def add(self, name: str, type: str, *data: object, ttl: int = records.DEFAULT_TTL) -> None:
        """Add a record of each of ``data``. Raises ValueError or TypeError, naming the culprit."""
        owner, code = names.labels(name), records.read_type(type)
        if not data:
            raise ValueError(f"add({name!r}, {type!r}): give the data of the record")
        if isinstance(data[0], int):  # the parts of one: 10, "mail.example.com"
            data = (data,)
        self.insert([records.record(owner, code, _stringed(each), ttl) for each in data])

    def insert(self, added: Iterable[RR]) -> None:
        """Add records, all of them or none. Those that are there already are not added again."""
        with self._lock:
            touched: dict[Labels, Node] = {}  # copies: a View may hold what is there
            places: Places = {}
            for rr in added:
                name = names.key(rr.rname.label)
                node = touched.get(name)
                if node is None:
                    there = self._sets.get(name, {})
                    node = touched[name] = {code: list(rrs) for code, rrs in there.items()}
                _check_alone(node, rr)
                _place(node, rr, places.setdefault((name, rr.rtype), {}))
            self._sets.update(touched)
            self._changed()

    def claim(self, name: str) -> None:
        """Have the names at and below ``name`` be ours, also those that have no records."""
        apex = names.labels(name)
        with self._lock:
            self._claimed[names.key(apex)] = apex
            self._changed()

    def remove(self, name: str, type: str | None = None) -> None:
        """Remove the records of a name, or those of one type. Raises ValueError if there are
        none."""
        owner = names.key(names.labels(name))
        code = None if type is None else records.read_type(type)
        with self._lock:
            node = self._sets.get(owner, {})
            if not node or (code is not None and code not in node):
                there = ", ".join(map(type_name, node)) or "no records"
                raise ValueError(f"remove({name!r}, {type!r}): there are {there} of that name")
            apex = apex_of(next(iter(node.values()))[0].rname.label)
            if self.view.apex_of(owner) == names.key(apex) and SOA not in self._sets.get(
                names.key(apex), {}
            ):
                self._claimed.setdefault(names.key(apex), apex)  # what was ours stays ours
            kept = {c: rrs for c, rrs in node.items() if code is not None and c != code}
            del self._sets[owner]
            if kept:
                self._sets[owner] = kept
            self._changed()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sets, self._claimed, self.serial = {}, {}, 1
            self._view = None

    def _changed(self) -> None:
        self.serial += 1
        self._view = None

    # --- reading

    @property
    def view(self) -> View:
        """All of it at this moment. It is another object after every change."""
        view = self._view
        if view is None:
            with self._lock:
                view = self._view
                if view is None:
                    view = self._view = View(self._sets, self._apexes())
        return view

    def _apexes(self) -> dict[Labels, RR]:
        """The zones by their names, each with its SOA."""
        found = {
            name: node[SOA][0]
            for name, node in self._sets.items()
            if SOA in node and isinstance(node[SOA][0].rdata, dnslib.SOA)
        }
        for apex in self._claimed.values():
            found.setdefault(names.key(apex), self._made_soa(apex))
        explicit = set(found)
        for name, node in self._sets.items():
            if not any(name[at:] in explicit for at in range(len(name) + 1)):
                rr = next(iter(node.values()))[0]
                apex = apex_of(rr.rname.label)
                found.setdefault(names.key(apex), self._made_soa(apex))
        return found

    def _made_soa(self, apex: Labels) -> RR:
        server, person = DNSLabel((b"ns", *apex)), DNSLabel((b"hostmaster", *apex))
        data = dnslib.SOA(server, person, (self.serial, *TIMES))
        return RR(DNSLabel(apex), SOA, commands.IN, records.DEFAULT_TTL, data)

    def lookup(self, name: str | Labels, type: str | int = "A") -> Found:
        """What an authoritative server answers. ``type`` may be one that is only asked for."""
        owner = names.labels(name) if isinstance(name, str) else name
        if isinstance(type, str):
            code = commands.TYPES.get(type.upper())
            type = records.read_type(type) if code is None else code
        return self.view.lookup(owner, type)

    @property
    def apexes(self) -> list[str]:
        """The names of the zones that are ours."""
        return [names.text(soa.rname.label) for soa in self.view.apexes.values()]

    def soa_for(self, name: Labels) -> RR:
        """The SOA of the zone that a name is in, or would be in if it were ours."""
        view = self.view
        apex = view.apex_of(names.key(name))
        return self._made_soa(apex_of(name)) if apex is None else view.apexes[apex]

    def records(self, zone: str) -> list[Written]:
        """The records of a zone, the SOA first, as tuples (owner, type, data, ttl). Raises
        ValueError for what is no zone of ours."""
        apex = names.key(names.labels(zone))
        if apex not in self.view.apexes:
            ours = ", ".join(self.apexes) or "none"
            raise ValueError(f"zone={zone!r}: there is no such zone; there are {ours}")
        return [
            (names.text(r.rname.label), type_name(r.rtype), records.data_text(r), r.ttl)
            for r in self.view.contents(apex)
        ]

    def __iter__(self) -> Iterator[RR]:
        for node in self._sets.values():
            for rrs in node.values():
                yield from rrs


def apex_of(name: Labels) -> Labels:
    """The zone that a name is in where no SOA says another."""
    return name[-2:]


def _stringed(data: object) -> object:
    """The parts of a record as text."""
    if isinstance(data, (tuple, list)):
        for part in data:
            if isinstance(part, bool) or not isinstance(part, (str, int)):
                raise TypeError(f"{data!r}: {part!r} is no part of a record; give str or int")
        return tuple(map(str, data))
    return data


def _place(node: Node, rr: RR, places: dict[bytes, int]) -> None:
    """Put a record beside the others of its type, or in the place of one that says the same.
    ``places`` is where each of them is, by its data; empty when none of them was looked at yet."""
    there = node.setdefault(rr.rtype, [])
    if rr.rtype == SOA:
        node[SOA] = [rr]
        return
    if not places:
        places.update((_packed(other), at) for at, other in enumerate(there))
    at = places.setdefault(_packed(rr), len(there))
    there[at : at + 1] = [rr]


def _packed(rr: RR) -> bytes:
    buffer = Buffer()
    rr.rdata.pack(buffer)
    data = bytes(buffer.data)
    return data.lower() if rr.rtype in commands.COMPRESSED else data


def _check_alone(node: Node, rr: RR) -> None:
    """Raise ValueError for a CNAME beside other data (RFC 1034 section 3.6.2)."""
    others = set(node) - {commands.RRSIG, commands.NSEC}
    if rr.rtype == CNAME:
        clash = others - {CNAME} or any(_packed(r) != _packed(rr) for r in node.get(CNAME, ()))
    else:
        clash = rr.rtype not in (commands.RRSIG, commands.NSEC) and CNAME in others
    if clash:
        there = ", ".join(map(type_name, node))
        where = f"line {rr.line}: " if hasattr(rr, "line") else ""
        where += f"{names.text(rr.rname.label)} {type_name(rr.rtype)}"
        raise ValueError(
            f"{where}: the name has {there} already, "
            "and a CNAME stands alone (RFC 1034 section 3.6.2); respond() can say otherwise"
        )
