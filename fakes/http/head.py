"""The head of a request: what it says, or what is wrong with it (RFC 9112 2 to 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .commands import MAX_HEAD, MAX_LINE, PROBLEMS, Problem

SHARED = 2048  # bytes of a head up to which what it says is remembered

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([!-~]+) (HTTP/([0-9])\.[0-9])")
FIELD = re.compile(rb"\r\n(" + TOKEN + rb"):[ \t]*([^\0\r\n]*)")
HEAD = re.compile(
    rb"(" + TOKEN + rb") ([!-~]+) HTTP/1\.([0-9])((?:\r\n" + TOKEN + rb":[^\0\r\n]*)*)\r\n\r\n"
)
TCHARS = frozenset(b"!#$%&'*+-.^_`|~0123456789" + bytes(range(65, 91)) + bytes(range(97, 123)))
EMPTY_LINES = re.compile(rb"(?:\r\n)+")
BARE_LF = re.compile(rb"(?<!\r)\n")
FORBIDDEN = {"NUL": re.compile(rb"\0"), "bare LF": BARE_LF, "bare CR": re.compile(rb"\r(?!\n)")}
HOST = re.compile(rb"[^\s/?#@\\]*")  # no more than what tells a host from a URL
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")  # scheme and authority


class Malformed(Exception):
    """A request is wrong in a way that PROBLEMS names; ``bound`` is the setting that it goes
    beyond, in bytes, if it does."""

    def __init__(self, name: str, bound: int | None = None) -> None:
        super().__init__(name)
        self.problem: Problem = PROBLEMS[name]
        if bound is not None:
            self.problem = self.problem._replace(text=self.problem.text.format(bound))


@dataclass(slots=True, eq=False)
class Head:
    """What the head of a request says; one may be shared by all requests that begin alike."""

    verb: str = ""
    argument: str = ""
    line: bytes = b""
    path: str = ""
    raw_path: str = ""
    query_string: str = ""
    http_version: str = "HTTP/1.1"
    fields: bytes = b""  # the header lines, each with its CRLF in front
    closes: bool = False  # the connection ends after the answer
    continues: bool = False  # the client waits for 100 (Continue)
    authorizes: bool = False  # there are credentials
    length: int | None = 0  # of the body, in bytes; None: it is chunked (RFC 9112 6.3)

    def locate(self, target: str) -> None:
        """Set what a target says (RFC 9112 3.2). The path of ``host:port`` and of ``*`` is the
        target itself."""
        self.argument = target
        if not target.startswith("/"):
            found = ABSOLUTE.match(target)
            if found is not None:
                target = target[found.end() :]
                target = target if target.startswith("/") else "/" + target
        self.raw_path, _, self.query_string = target.partition("?")
        self.path = _decoded(self.raw_path)


def _decoded(path: str) -> str:
    if "%" not in path:
        return path
    from urllib.parse import unquote

    return unquote(path, errors="replace")


def parse(raw: bytes) -> Head:
    """What a head says. Raises Malformed if it is wrong."""
    if len(raw) <= SHARED:
        return _parse_shared(raw)
    return _parse(raw)


def _parse(raw: bytes) -> Head:
    found = HEAD.fullmatch(raw)
    if found is None or len(raw) > MAX_HEAD:
        raise Malformed(diagnose(raw))
    method, target, minor, fields = found.groups()
    old = minor == b"0"
    head = Head(method.decode(), line=raw[: found.end(3)], fields=fields)
    head.http_version = "HTTP/1.0" if old else "HTTP/1.1"
    head.locate(target.decode())
    if len(head.line) > MAX_LINE:
        raise Malformed("long line")
    _check_target(head)
    names = fields.lower()
    _check_host(names, old)
    if b"\r\nconnection:" in names or old:
        options = _options(names, b"connection")
        head.closes = b"close" in options or (old and b"keep-alive" not in options)
    if b"\r\ncontent-length:" in names or b"\r\ntransfer-encoding:" in names:
        head.length = _body_length(names, old)
    if b"\r\nexpect:" in names and not old:
        head.continues = _expects_100(names) and head.length != 0
    head.authorizes = b"\r\nauthorization:" in names
    return head


# A client says the same head again and again.
_parse_shared = lru_cache(maxsize=128)(_parse)


def salvage(raw: bytes) -> Head:
    """What can be understood of a head that is malformed."""
    line, _, rest = raw.partition(b"\n")
    line = line[:-1] if line.endswith(b"\r") else line
    head = Head(line=line, closes=True)
    found = REQUEST_LINE.fullmatch(line)
    if found is not None:
        head.verb, head.http_version = found[1].decode(), found[3].decode()
        head.locate(found[2].decode())
    elif method := re.match(rb"(" + TOKEN + rb") ", line):
        head.verb = method[1].decode()
    head.fields = b"".join(
        b"\r\n" + one for one in rest.split(b"\r\n") if FIELD.fullmatch(b"\r\n" + one)
    )
    return head


def _values(names: bytes, name: bytes) -> list[bytes]:
    return [value.rstrip(b" \t") for key, value in FIELD.findall(names) if key == name]


def _options(names: bytes, name: bytes) -> list[bytes]:
    """The members of a header that is a list (RFC 9110 5.6.1)."""
    joined = b",".join(_values(names, name))
    return [option.strip(b" \t") for option in joined.split(b",") if option.strip(b" \t")]


def _check_host(names: bytes, old: bool) -> None:
    hosts = names.count(b"\r\nhost:")
    if hosts > 1:
        raise Malformed("two hosts")
    if hosts == 0 and not old:
        raise Malformed("no host")
    if hosts and not HOST.fullmatch(_host(names)):
        raise Malformed("host")


def _host(names: bytes) -> bytes:
    start = names.index(b"\r\nhost:") + 7
    end = names.find(b"\r\n", start)
    return names[start : len(names) if end < 0 else end].strip(b" \t")


def _check_target(head: Head) -> None:
    """RFC 9112 3.2: a path, a URL; for CONNECT a host with a port, for OPTIONS ``*`` too."""
    target = head.argument
    if head.verb == "CONNECT":
        good = re.fullmatch(r"[^/?#@]+:[0-9]*", target) is not None
    elif target == "*":
        good = head.verb == "OPTIONS"
    else:
        good = target.startswith("/") or ABSOLUTE.match(target) is not None
    if not good:
        raise Malformed("target")


def _body_length(names: bytes, old: bool) -> int | None:
    """RFC 9112 6.3. None: chunked."""
    lengths = set(_options(names, b"content-length"))
    if b"\r\ntransfer-encoding:" in names:
        _check_codings(_options(names, b"transfer-encoding"), old)
        if b"\r\ncontent-length:" in names:
            raise Malformed("both")
        return None
    if not lengths or not all(length.isdigit() for length in lengths):
        raise Malformed("length")
    if len(lengths) > 1:
        raise Malformed("two lengths")
    length = lengths.pop()
    return int(length) if len(length) < 19 else 10**18  # int() of very many digits is slow


def _check_codings(codings: list[bytes], old: bool) -> None:
    if old:
        raise Malformed("old coding")
    if any(coding != b"chunked" for coding in codings):
        raise Malformed("coding")
    if len(codings) != 1:
        raise Malformed("two codings")


def _expects_100(names: bytes) -> bool:
    if any(option != b"100-continue" for option in _options(names, b"expect")):
        raise Malformed("expect")
    return True


def diagnose(raw: bytes) -> str:
    """What is wrong with a head that is not well-formed, as PROBLEMS names it."""
    line, _, rest = raw.partition(b"\n")
    if len(line) > MAX_LINE:
        return "long line"
    found = REQUEST_LINE.fullmatch(line.rstrip(b"\r"))
    if found is None:
        return "line"
    if found[4] != b"1":
        return "version"
    if len(raw) > MAX_HEAD:
        return "long head"
    for name, wrong in FORBIDDEN.items():
        if wrong.search(raw):
            return name
    return _bad_field(rest)


def is_bad_line(line: bytes) -> bool:
    """Whether it is no request line of a version that we know."""
    found = REQUEST_LINE.fullmatch(line)
    return found is None or found[4] != b"1" or len(line) > MAX_LINE


def _bad_field(lines: bytes) -> str:
    for line in lines.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            return "folded"
        name, colon, _ = line.partition(b":")
        if colon and name != name.rstrip(b" \t") and re.fullmatch(TOKEN, name.rstrip(b" \t")):
            return "space"
    return "header"
