"""The arguments of MAIL and RCPT: paths (RFC 5321 section 4.1.2) and parameters.

Strict where the RFC is: no space after the colon (section 3.3), no path without angle brackets, no
mailbox without a domain, except Postmaster. One leniency: an underscore may stand in a domain, as
the names of containers have them and every server in use lets pass.
"""

from __future__ import annotations

import re
import socket
from functools import lru_cache

WIDE = "\u0080-\U0010ffff"  # UTF8-non-ascii (RFC 6531 section 3.3)
ATEXT = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{WIDE}-]"
QUOTED = rf'"(?:[ !#-\[\]-~{WIDE}]|\\[ -~])*"'
LABEL = rf"[A-Za-z0-9_{WIDE}](?:[A-Za-z0-9_{WIDE}-]*[A-Za-z0-9_{WIDE}])?"
DOMAIN = rf"{LABEL}(?:\.{LABEL})*"
MAILBOX = re.compile(
    rf"(?:{ATEXT}+(?:\.{ATEXT}+)*|{QUOTED})@(?:(?P<name>{DOMAIN})|\[(?P<literal>.*)\])"
)
ROUTE = re.compile(rf"@{DOMAIN}(?:,@{DOMAIN})*:")  # A-d-l, which section 4.1.1.3 says to ignore
GENERAL_LITERAL = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+")
PATH = re.compile(r'<((?:[^"<>\\]|\\.|"(?:[^"\\]|\\.)*")*)>')
PARAMETER = re.compile(rf"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~{WIDE}]+))?")


def split_path(argument: str, keyword: str) -> tuple[str, str] | None:
    """What stands in the angle brackets of ``FROM:<...> ...``, and the parameters; or None."""
    before, bracket, rest = argument.partition("<")
    if not bracket or before.upper() != keyword:
        return None
    if '"' in rest:  # a quoted local part may have brackets of its own
        found = PATH.match(argument, len(before))
        if found is None:
            return None
        path, parameters = found[1], argument[found.end() :]
    else:
        path, bracket, parameters = rest.partition(">")
        if not bracket:
            return None
    if parameters and not parameters.startswith(" "):
        return None
    return path, parameters


def guess_path(argument: str) -> str:
    """Whom a client means by an argument that the fake would refuse: a script may accept it."""
    return argument.partition(":")[2].strip().removeprefix("<").partition(">")[0]


@lru_cache(maxsize=1024)
def mailbox(path: str) -> str | None:
    """The mailbox of a path, its source route taken away; None if it is none."""
    if path.startswith("@"):
        route = ROUTE.match(path)
        path = path[route.end() :] if route else ""
    found = MAILBOX.fullmatch(path)
    if found is None or not (found["name"] or is_literal(found["literal"])):
        return None
    return path


def is_literal(text: str) -> bool:
    """Whether ``[text]`` is an address literal (RFC 5321 section 4.1.3)."""
    if text[:5].upper() == "IPV6:":
        return _is_address(socket.AF_INET6, text[5:])
    return _is_address(socket.AF_INET, text) or GENERAL_LITERAL.fullmatch(text) is not None


def _is_address(family: int, text: str) -> bool:
    try:
        socket.inet_pton(family, text)
    except (OSError, UnicodeEncodeError, ValueError):
        return False
    return True


def split_parameters(text: str) -> dict[str, str] | None:
    """Parameters by keyword, in capitals; None where one is malformed or stands twice."""
    found: dict[str, str] = {}
    for word in text.split():
        match = PARAMETER.fullmatch(word)
        if match is None or match[1].upper() in found:
            return None
        found[match[1].upper()] = match[2] or ""
    return found
