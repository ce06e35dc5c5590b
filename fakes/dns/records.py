"""Records: from what a test or a zone file writes to what dnslib packs.

dnslib reads the data of most types. Names among them are read here, so that escapes, relative names
and errors are the same for every type.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

import dnslib
from dnslib import RD, RDMAP, RR, DNSLabel

from .._core.errors import close_matches
from . import commands, names
from .commands import TYPES, type_name
from .names import Labels

DEFAULT_TTL = 60  # seconds
MAX_TTL = 2**31 - 1  # RFC 2181 section 8
CHUNK = 255  # octets of the longest string of a TXT record


class Token(str):
    """A word of a zone file, its escapes not resolved. ``quoted``: it stood in quotation marks."""

    quoted = False

    @property
    def content(self) -> bytes:
        """What it means."""
        if "\\" not in self:
            return self.encode("utf-8")
        found, at = bytearray(), 0
        while at < len(self):
            character = self[at]
            at += 1
            if character == "\\":
                value, used = names.escape(self, at, self)
                found += value
                at += used
            else:
                found += character.encode("utf-8")
        return bytes(found)


# --- the data of each type

Reader = Callable[[Sequence[Token]], RD]

# Types whose presentation is that of another; dnslib knows their numbers only.
ALIKE = {
    "AFSDB": "MX",
    "KX": "MX",
    "SPF": "TXT",
    "SVCB": "HTTPS",
    "CDS": "DS",
    "DLV": "DS",
    "TA": "DS",
    "CDNSKEY": "DNSKEY",
    "KEY": "DNSKEY",
    "SMIMEA": "TLSA",
}
CLASSES_OF_DATA: dict[str, Any] = {**RDMAP, "DNAME": dnslib.DNAME}
CLASSES_OF_DATA |= {name: RDMAP[other] for name, other in ALIKE.items()}

# Where the names are among the words, and what dnslib calls them.
NAMES: dict[str, dict[int, str]] = {
    **{name: {0: "label"} for name in ("NS", "CNAME", "PTR", "DNAME", "NSEC")},
    **{name: {1: "label"} for name in ("MX", "AFSDB", "KX")},
    "SOA": {0: "mname", 1: "rname"},
    "SRV": {3: "target"},
    "RP": {0: "mbox", 1: "txt"},
    "NAPTR": {5: "replacement"},
    "RRSIG": {7: "name"},
    "HTTPS": {1: "target"},
    "SVCB": {1: "target"},
}
# How many words there are, where it is always as many.
COUNTS = {
    **dict.fromkeys(("A", "AAAA", "NS", "CNAME", "PTR", "DNAME"), 1),
    **dict.fromkeys(("MX", "AFSDB", "KX", "RP"), 2),
    "CAA": 3,
    "SRV": 4,
    "NAPTR": 6,
    "SOA": 7,
}
# Words in which an escape means what it means in a string.
STRINGS = frozenset({"CAA", "NAPTR", "HINFO"})


def read_data(code: int, words: Sequence[Token], origin: Labels) -> RD:
    """The data of a record, from its words. Raises ValueError that says what is wrong with them."""
    name = type_name(code)
    if words and words[0] == "\\#" and not words[0].quoted:
        return _read_generic(words)
    wanted = COUNTS.get(name)
    if not words or (wanted is not None and len(words) != wanted):
        raise ValueError(f"{name} has {wanted or 'some'} words of data, not {len(words)}")
    if name in ("A", "AAAA"):
        return _read_address(name, words[0])
    kind = CLASSES_OF_DATA.get(name)
    if kind is dnslib.TXT or name == "HINFO":
        return dnslib.TXT([word.content for word in words])
    if kind is None:
        raise ValueError(f"{name} has no words that are known: write its bytes as \\# 2 C000")
    return _read_words(name, kind, words, origin)


def _read_words(name: str, kind: Any, words: Sequence[Token], origin: Labels) -> RD:
    """By dnslib, which finds the root in the place of each name."""
    places = NAMES.get(name, {})
    found = {attribute: names.labels(words[at], origin) for at, attribute in places.items()}
    texts = [w.content.decode() if name in STRINGS else str(w) for w in words]
    try:
        data = kind.fromZone(["." if at in places else word for at, word in enumerate(texts)])
    except (KeyError, IndexError) as error:
        raise ValueError(f"{name}: {type(error).__name__}: {error}") from None
    for attribute, value in found.items():
        is_label = name not in ("HTTPS", "SVCB")
        setattr(data, attribute, DNSLabel(value) if is_label else [bytearray(x) for x in value])
    return data


def _read_generic(words: Sequence[Token]) -> RD:
    """``\\# 4 C0000201``: any bytes for any type (RFC 3597 section 5)."""
    data = bytes.fromhex("".join(words[2:]))
    if len(words) < 2 or words[1] != str(len(data)):
        raise ValueError(f"\\# is followed by the length ({len(data)}) and so many bytes in hex")
    return RD(data)


def _read_address(name: str, word: str) -> RD:
    if name == "A":
        return dnslib.A(str(ipaddress.IPv4Address(word)))
    address = ipaddress.IPv6Address(word)
    if address.scope_id is not None:
        raise ValueError(f"{word!r} has a zone, which no record can hold")
    return dnslib.AAAA(tuple(address.packed))


# --- what a test writes


def read_type(name: object) -> int:
    """The number of a type that a record can have. Raises ValueError, naming the close matches."""
    if not isinstance(name, str):
        raise TypeError(f"type={name!r}: give a str such as 'A' or 'MX'")
    code = TYPES.get(name.upper(), commands.generic_type(name.upper()))
    if code is None:
        storable = frozenset(TYPES) - {type_name(meta) for meta in commands.META}
        raise ValueError(f"type={name!r} is not known; {close_matches(name, storable)}")
    if code in commands.META:
        raise ValueError(f"type={name!r} can be asked for, and no record has it")
    return code


def check_ttl(ttl: object) -> int:
    """A time to live in seconds. Raises ValueError for what is none."""
    if not isinstance(ttl, int) or isinstance(ttl, bool) or not 0 <= ttl <= MAX_TTL:
        raise ValueError(f"ttl={ttl!r}: give a number of seconds from 0 to {MAX_TTL}")
    return ttl


def record(owner: Labels, code: int, data: object, ttl: int, origin: Labels = ()) -> RR:
    """A record of what a test gave: text as in a zone file, its parts as a tuple, an address.

    Names in it are absolute, with or without a final dot. Raises ValueError or TypeError that says
    which record it is.
    """
    return made(owner, code, lambda: read_data(code, _words(code, data), origin), ttl, data)


def made(owner: Labels, code: int, read: Callable[[], RD], ttl: int, data: object) -> RR:
    """A record, tried whether it can be sent. ``data`` is what an error shows."""
    where = f"{names.text(owner)} {type_name(code)} {data!r}"
    try:
        rr = RR(DNSLabel(owner), code, commands.IN, check_ttl(ttl), read())
        rr.pack(dnslib.DNSBuffer())
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None
    except Exception as error:  # dnslib raises many kinds for data that it cannot read
        raise ValueError(f"{where}: {error}") from None
    return rr


def _words(code: int, data: object) -> list[Token]:
    if isinstance(data, (tuple, list)):
        return [Token(part) for part in data]
    if isinstance(data, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return [Token(data)]
    if not isinstance(data, str):
        raise TypeError("give its data as a str as in a zone file, or a tuple of its parts")
    if CLASSES_OF_DATA.get(type_name(code)) is dnslib.TXT and not data.startswith(('"', "\\#")):
        return _strings(data)
    from .zone_text import split_words

    return split_words(data)


def _strings(text: str) -> list[Token]:
    """A text that is one thing, in as many strings as it needs: ``v=spf1 -all``."""
    content = text.encode("utf-8")
    pieces = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)] or [b""]
    return [Token("".join(f"\\{octet:03}" for octet in piece)) for piece in pieces]


def data_text(rr: RR) -> str:
    """The data of a record as a zone file writes it."""
    if isinstance(rr.rdata, dnslib.TXT):
        return " ".join(_quoted(item) for item in rr.rdata.data)
    words = rr.rdata.toZone().split(" ")
    places = NAMES.get(type_name(rr.rtype), {}) if type(rr.rdata) is not RD else {}
    for at, attribute in places.items():
        found = getattr(rr.rdata, attribute)
        label = tuple(map(bytes, getattr(found, "label", found)))
        # The words before the name of a NAPTR are strings, which may have spaces in them.
        words[-1 if at == 5 else at] = f"{names.text(label)}." if label else "."
    return " ".join(words)


def _quoted(item: bytes) -> str:
    inside = "".join(
        f"\\{chr(c)}" if c in b'"\\' else chr(c) if 0x20 <= c < 0x7F else f"\\{c:03}" for c in item
    )
    return f'"{inside}"'
