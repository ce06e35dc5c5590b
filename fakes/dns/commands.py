"""What a question can be: the types, classes, opcodes and codes of answers, as data.

The types are those that dnslib knows; on top of that RFC 6895 gives every number a name: TYPE65280.
"""

from __future__ import annotations

from dnslib import QTYPE, RCODE

# dnslib calls 53 HIP; IANA gives it to SMIMEA (RFC 8162), and HIP is 55.
TYPE_NAMES: dict[int, str] = {**QTYPE.forward, 53: "SMIMEA", 253: "MAILB", 254: "MAILA"}
TYPES: dict[str, int] = {name: code for code, name in TYPE_NAMES.items()}

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV = (
    TYPES[name] for name in ("A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA", "SRV")
)
DNAME, OPT, DS, RRSIG, NSEC, IXFR, AXFR, ANY = (
    TYPES[n] for n in ("DNAME", "OPT", "DS", "RRSIG", "NSEC", "IXFR", "AXFR", "ANY")
)
# The types whose names may be compressed in a message (RFC 3597 section 4).
COMPRESSED = frozenset([NS, CNAME, SOA, PTR, MX])
# Only asked for, or only in messages: nothing that a zone can hold (RFC 6895 section 3.1).
META = frozenset(
    [OPT, IXFR, AXFR, ANY, TYPES["TSIG"], TYPES["TKEY"], TYPES["MAILB"], TYPES["MAILA"]],
)

IN = 1
CLASSES: dict[str, int] = {"IN": 1, "CH": 3, "HS": 4, "NONE": 254, "ANY": 255}

QUERY = 0
# RFC 6895 section 2.2. A message of another opcode is a step with that name for its verb.
OPCODES: dict[int, str] = {0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE", 6: "DSO"}

# RFC 6895 section 2.3; from 16 on the upper eight bits stand in the OPT record (RFC 6891 6.1.3).
RCODES: dict[str, int] = {
    **{name: code for code, name in RCODE.forward.items()},
    "DSOTYPENI": 11,
    "BADVERS": 16,
    "BADSIG": 16,
    "BADKEY": 17,
    "BADTIME": 18,
    "BADMODE": 19,
    "BADNAME": 20,
    "BADALG": 21,
    "BADTRUNC": 22,
    "BADCOOKIE": 23,
}
RCODE_NAMES: dict[int, str] = {code: name for name, code in RCODES.items() if name != "BADSIG"}
MAX_RCODE = 4095

VERBS = frozenset(TYPES) | (frozenset(OPCODES.values()) - {"QUERY"})


def type_name(code: int) -> str:
    """The name of a type."""
    return TYPE_NAMES.get(code) or f"TYPE{code}"


def opcode_name(code: int) -> str:
    """The name of an opcode."""
    return OPCODES.get(code) or f"OPCODE{code}"


def rcode_name(code: int) -> str:
    """The name of a code that answers."""
    return RCODE_NAMES.get(code) or f"RCODE{code}"


def generic_type(name: str) -> int | None:
    """The number in TYPE65280 and its like (RFC 3597 section 5); None for another name."""
    digits = name[4:]
    if name.startswith("TYPE") and digits.isascii() and digits.isdigit() and int(digits) < 65536:
        return int(digits)
    return None
