"""Clients that look names up."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from client import TIMEOUT, TOTAL, Client, Errors, Refused, ca, ran

from fakefarm.contract import standard
from fakefarm.contract.program import ProgramFailed
from fakefarm.contract.target import Target


def socket_errors() -> Errors:
    """The socket module: gaierror and herror, which are OSErrors."""
    return (OSError,)


def resolver(target: Target) -> Any:
    """dnspython's stub resolver, which asks the fake and nobody else."""
    import dns.nameserver
    import dns.resolver

    made = dns.resolver.Resolver(configure=False)
    if target.fake.tls is None:
        made.nameservers, made.port = [target.fake.host], target.port
    else:
        secure = dns.nameserver.DoTNameserver(
            target.fake.host, target.port, hostname=target.host, verify=ca(target)
        )
        made.nameservers = [secure]
    made.timeout, made.lifetime = TIMEOUT, TOTAL
    return made


def dnspython_resolve(target: Target) -> list[str]:
    """dnspython's Resolver.resolve()."""
    return [record.address for record in resolver(target).resolve(target.name, "A")]


def dnspython_reverse(target: Target) -> list[str]:
    """dnspython's Resolver.resolve_address()."""
    return [str(record.target) for record in resolver(target).resolve_address(target.name)]


def dnspython_errors() -> Errors:
    """dnspython: DNSException, and OSError."""
    import dns.exception

    return (dns.exception.DNSException, OSError)


STATUS = re.compile(r"^;; ->>HEADER<<- .*status: (\w+)", re.MULTILINE)
ESCAPED = re.compile(r"\\(\d{3}|.)")


def records(said: bytes, type: str) -> list[str]:
    """The data of the records of a type, where the status is NOERROR; it is not in the exit status
    of dig and kdig."""
    text = said.decode("utf-8", "replace")
    status = STATUS.search(text)
    if status is None or status[1] != "NOERROR":
        raise Refused(f"status {status[1]}" if status else "no answer")
    lines = [line.split() for line in text.splitlines() if not line.startswith(";")]
    return [unescaped(line[4]) for line in lines if len(line) > 4 and line[3] == type]


def unescaped(name: str) -> str:
    """A name out of the form of zone files (RFC 1035 section 5.1)."""
    return ESCAPED.sub(
        lambda m: chr(int(m[1])) if m[1].isdigit() and len(m[1]) == 3 else m[1], name
    )


def program_errors() -> Errors:
    """The exit status, and the status of the answer."""
    return (ProgramFailed, Refused)


SHOWN = "+noall +comments +answer"


def dig(target: Target, name: str, type: str) -> list[str]:
    """dig of BIND."""
    words = f"dig -r @{target.fake.host} -p {{port}} +time=1 +tries=2 {SHOWN}"
    if target.fake.tls is not None:
        words += " +tls +tls-hostname={host} +tls-ca={ca}"
    return records(ran(target, f"{words} {name} {type}"), type)


def kdig(target: Target, name: str, type: str) -> list[str]:
    """kdig of Knot DNS, which is told as dig is."""
    words = f"kdig @{target.fake.host} -p {{port}} +time=1 +retry=1 {SHOWN} +header"
    if target.fake.tls is not None:
        words += " +tls +tls-hostname={host} +tls-ca={ca}"
    return records(ran(target, f"{words} {name} {type}"), type)


def reversed_name(target: Target) -> str:
    """What to ask for, to hear the name of an address."""
    return ipaddress.ip_address(target.name).reverse_pointer


CLIENTS = [
    Client(
        "dns",
        "socket",
        {"resolve": standard.resolve, "reverse": standard.reverse},
        "socket",
        socket_errors,
    ),
    Client(
        "dns",
        "dnspython",
        {"resolve": dnspython_resolve, "reverse": dnspython_reverse},
        "dns",
        dnspython_errors,
    ),
    Client(
        "dns",
        "dig",
        {
            "resolve": lambda target: dig(target, "{name}", "A"),
            "reverse": lambda target: dig(target, reversed_name(target), "PTR"),
        },
        "dig",
        program_errors,
        is_program=True,
    ),
    Client(
        "dns",
        "kdig",
        {
            "resolve": lambda target: kdig(target, "{name}", "A"),
            "reverse": lambda target: kdig(target, reversed_name(target), "PTR"),
        },
        "kdig",
        program_errors,
        is_program=True,
    ),
]
