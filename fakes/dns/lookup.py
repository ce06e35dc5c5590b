"""What an authoritative server answers: the algorithm of RFC 1034 section 4.3.2, with wildcards as
in RFC 4592, DNAME as in RFC 6672, and negative answers as in RFC 2308."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dnslib
from dnslib import RR, DNSLabel

from . import names
from .commands import AAAA, ANY, CNAME, DNAME, DS, IN, MX, NS, SOA, SRV, A
from .names import MAX_NAME, Labels

MAX_CHAIN = 64  # CNAME records that are followed; loops end before

Node = dict[int, list[RR]]


class Found(NamedTuple):
    """An answer: the name of its code, its sections (dnslib RR objects), the AA flag."""

    rcode: str
    answer: list[RR]
    authority: list[RR]
    additional: list[RR]
    authoritative: bool = True


class View:
    """All records at one moment, to be looked up. Nothing in it is ever changed."""

    def __init__(self, sets: dict[Labels, Node], apexes: dict[Labels, RR]) -> None:
        self.apexes = apexes
        # By name, also those names that have no records and are above others.
        self.nodes: dict[Labels, Node] = dict(sets)
        for apex, soa in apexes.items():
            self.nodes[apex] = {SOA: [soa], **self.nodes.get(apex, {})}
        for name in list(self.nodes):
            for at in range(1, len(name)):
                self.nodes.setdefault(name[at:], {})

    # --- zones

    def apex_of(self, name: Labels) -> Labels | None:
        """The zone of a name; None for a name that is not ours."""
        for at in range(len(name) + 1):
            if name[at:] in self.apexes:
                return name[at:]
        return None

    def contents(self, apex: Labels) -> list[RR]:
        """All records of a zone, its SOA first."""
        soa = self.apexes[apex]
        found = [soa]
        for name in sorted(self.nodes, key=lambda name: name != apex):
            node = self.nodes[name]
            if self.apex_of(name) == apex:
                found += [rr for rrs in node.values() for rr in rrs if rr is not soa]
            elif name in self.apexes and self.apex_of(name[1:]) == apex:  # given to another of ours
                servers = node.get(NS, [])
                found += [*servers, *node.get(DS, ()), *self._glue(name, servers)]
        return found

    def _glue(self, cut: Labels, servers: list[RR]) -> list[RR]:
        """The addresses of those servers of a zone that are in it: the zone above has them too."""
        return [
            rr for rr in self._addresses(servers) if names.key(rr.rname.label)[-len(cut) :] == cut
        ]

    # --- answers

    def lookup(self, name: Labels, code: int) -> Found:
        """The answer to a question."""
        answer: list[RR] = []
        seen = set()
        while True:
            lower = names.key(name)
            seen.add(lower)
            found = self._at(name, lower, code, answer)
            if found is not None:
                return found
            target = next(_named(answer[-1]), lower)
            if names.key(target) in seen or len(seen) > MAX_CHAIN:
                return Found("NOERROR", answer, [], [])
            if self.apex_of(names.key(target)) is None:
                return Found("NOERROR", answer, [], [])
            name = target

    def _at(self, name: Labels, lower: Labels, code: int, answer: list[RR]) -> Found | None:
        """The answer at one name, behind the aliases that led there; None when one more does."""
        apex = self._zone_that_answers(lower, code)
        if apex is None:
            return Found("REFUSED", answer, [], [], False)
        cut = self._cut(lower, apex, code)
        if cut is not None:
            servers = self.nodes[cut][NS]
            return Found("NOERROR", answer, servers, self._addresses(servers), bool(answer))
        alias = self._redirected(name, lower, apex)
        if alias:
            answer += alias
            if len(alias) == 1:
                return Found("YXDOMAIN", answer, [], [])
            return Found("NOERROR", answer, [], []) if code == CNAME else None
        node = self._node(name, lower)
        if node is None:
            return Found("NXDOMAIN", answer, [self._negative(apex)], [])
        if CNAME in node and code not in (CNAME, ANY):
            answer += node[CNAME]
            return None
        if code == ANY:
            found = [rr for rrs in node.values() for rr in rrs]
        else:
            found = node.get(code, [])
        if not found:
            return Found("NOERROR", answer, [self._negative(apex)], [])
        # ANY asks for what is at the name, and for nothing beside it.
        beside = [] if code == ANY else self._addresses(found)
        return Found("NOERROR", answer + found, [], beside)

    def _zone_that_answers(self, lower: Labels, code: int) -> Labels | None:
        """The zone of a name; for DS the one above, if it is ours too (RFC 4035 3.1.4.1)."""
        if code == DS and lower in self.apexes and lower:
            above = self.apex_of(lower[1:])
            if above is not None:
                return above
        return self.apex_of(lower)

    def _cut(self, lower: Labels, apex: Labels, code: int) -> Labels | None:
        """The name below the apex, at or above this one, where the zone is given to others."""
        for at in range(len(lower) - len(apex) - 1, -1, -1):
            name = lower[at:]
            if NS in self.nodes.get(name, ()) and not (code == DS and at == 0):
                return name
        return None

    def _redirected(self, name: Labels, lower: Labels, apex: Labels) -> list[RR]:
        """The DNAME above a name and the CNAME that it means; the DNAME alone where the new name
        would be too long."""
        for at in range(1, len(lower) - len(apex) + 1):
            rrs = self.nodes.get(lower[at:], {}).get(DNAME)
            if rrs and hasattr(rrs[0].rdata, "label"):
                target = name[:at] + rrs[0].rdata.label.label
                if sum(map(len, target)) + len(target) + 1 > MAX_NAME:
                    return rrs[:1]
                alias = dnslib.CNAME(DNSLabel(target))
                return [rrs[0], RR(DNSLabel(name), CNAME, IN, rrs[0].ttl, alias)]
        return []

    def _node(self, name: Labels, lower: Labels) -> Node | None:
        """The records of a name, its own or those of the wildcard that it matches; None: the name
        does not exist."""
        node = self.nodes.get(lower)
        if node is not None:
            return node
        above = next(lower[at:] for at in range(1, len(lower) + 1) if lower[at:] in self.nodes)
        wild = self.nodes.get((b"*", *above))
        if wild is None:
            return None
        owner = DNSLabel(name)
        return {c: [RR(owner, c, IN, r.ttl, r.rdata) for r in rrs] for c, rrs in wild.items()}

    def _negative(self, apex: Labels) -> RR:
        """The SOA of a negative answer, with the time that it may be kept (RFC 2308 section 3)."""
        soa = self.apexes[apex]
        ttl = min(soa.ttl, soa.rdata.times[4])
        return RR(soa.rname, SOA, IN, ttl, soa.rdata)

    def _addresses(self, found: list[RR]) -> list[RR]:
        """The addresses that we know of the hosts that records name (RFC 1035 section 3.3)."""
        there = {names.key(rr.rname.label) for rr in found if rr.rtype in (A, AAAA)}
        hosts = dict.fromkeys(
            names.key(host) for rr in found if rr.rtype != CNAME for host in _named(rr)
        )
        return [
            rr
            for host in hosts
            if host not in there
            for code in (A, AAAA)
            for rr in self.nodes.get(host, {}).get(code, ())
        ]


def _named(rr: RR) -> Iterator[Labels]:
    """The name that a record names, unless its data are bytes that nobody understands."""
    if rr.rtype in (NS, MX, CNAME) and hasattr(rr.rdata, "label"):
        yield rr.rdata.label.label
    elif rr.rtype == SRV and hasattr(rr.rdata, "target"):
        yield rr.rdata.target.label
