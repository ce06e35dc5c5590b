"""Domain names: text to labels and back.

A name is a tuple of labels, each bytes, the leftmost first: ``(b"www", b"example")``; the root is
``()``. Case is kept, and does not count when names are compared (RFC 4343): ``key()`` is what is
compared.
"""

from __future__ import annotations

import ipaddress

Labels = tuple[bytes, ...]

MAX_LABEL = 63  # octets, RFC 1035 section 2.3.4
MAX_NAME = 255  # octets on the wire, the lengths of the labels and the root included
# What a text shows with a backslash before it: it would end a label, or mean something in a zone.
ESCAPED = frozenset(b'."\\;()')


def labels(name: str, origin: Labels | None = None) -> Labels:
    """The labels of a name as zone files write it: ``\\.`` and ``\\046`` are a dot in a label.

    Labels that are not ASCII are written in IDNA. A name without a final dot is below ``origin``
    if there is one. Raises ValueError, naming the culprit.
    """
    if not isinstance(name, str):
        raise TypeError(f"name={name!r}: give a str")
    if name == "@" and origin is not None:
        return origin
    if name == ".":
        return ()
    absolute = name.endswith(".") and not _is_escaped(name)
    found = tuple(_split(name[:-1] if absolute else name, name))
    if origin is not None and not absolute:
        found += origin
    if sum(map(len, found)) + len(found) + 1 > MAX_NAME:
        raise ValueError(f"name={name!r}: longer than {MAX_NAME} octets")
    return found


def _is_escaped(name: str) -> bool:
    """Whether the last character has a backslash before it that counts."""
    body = name[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _split(name: str, whole: str) -> list[bytes]:
    if "\\" in name:
        texts = _unescaped(name, whole)
    else:
        texts = [_encoded(label, whole) for label in name.split(".")]
    for label in texts:
        if not 0 < len(label) <= MAX_LABEL:
            what = f"a label of {len(label)} octets, {MAX_LABEL} are allowed" if label else ""
            raise ValueError(f"name={whole!r}: {what or 'an empty label'}")
    return texts


def _encoded(label: str, whole: str) -> bytes:
    if label.isascii():
        return label.encode("ascii")
    try:
        return label.encode("idna")
    except UnicodeError as error:
        raise ValueError(f"name={whole!r}: {label!r} cannot be written in IDNA: {error}") from None


def _unescaped(name: str, whole: str) -> list[bytes]:
    found, label, at = [], bytearray(), 0
    while at < len(name):
        character = name[at]
        at += 1
        if character == ".":
            found.append(bytes(label))
            label.clear()
        elif character == "\\":
            value, used = escape(name, at, whole)
            label += value
            at += used
        else:
            label += character.encode("utf-8")
    return [*found, bytes(label)]


def escape(text: str, at: int, whole: str) -> tuple[bytes, int]:
    """What stands behind a backslash (RFC 1035 section 5.1): the byte or character that it means,
    and how many characters it took."""
    digits = text[at : at + 3]
    if len(digits) == 3 and digits.isascii() and digits.isdigit():
        if int(digits) > 255:
            raise ValueError(f"{whole!r}: \\{digits} is no octet")
        return bytes([int(digits)]), 3
    if not digits or digits[0].isdigit():
        raise ValueError(f"{whole!r}: behind a backslash stand three digits, or another character")
    return digits[0].encode("utf-8"), 1


def text(name: Labels) -> str:
    """A name as text, without the final dot; the root is ``"."``."""
    return ".".join(map(_shown, name)) or "."


def _shown(label: bytes) -> str:
    if label.replace(b"-", b"").replace(b"_", b"").isalnum():
        return label.decode("ascii")
    return "".join(
        f"\\{chr(c)}" if c in ESCAPED else chr(c) if 0x20 < c < 0x7F else f"\\{c:03}" for c in label
    )


def key(name: Labels) -> Labels:
    """What names are compared by."""
    return tuple([label.lower() for label in name])


def reverse(address: str) -> Labels:
    """The name that an address has in ``in-addr.arpa`` or ``ip6.arpa`` (RFC 1035 section 3.5,
    RFC 3596 section 2.5). Raises ValueError for what is no address."""
    return labels(ipaddress.ip_address(address).reverse_pointer)
