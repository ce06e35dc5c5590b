"""Files of a real folder, for GET and HEAD: RFC 9110 13 (conditions) and 14 (ranges)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .commands import METHODS
from .given import accepts_gzip, gzipped, http_date
from .response import Response

if TYPE_CHECKING:
    from .cgi import Program
    from .message import Request

ALLOW = "GET, HEAD"
INDEX = "index.html"
MAX_RANGES = 16  # more are an attack (RFC 9110 14.2), and all of the file is sent
BOUNDARY = "fakefarm-byteranges"
ENTITY_TAG = re.compile(r'(?:W/)?"[^"]*"')  # RFC 9110 8.8.3
COMPRESSIBLE = re.compile(r"text/.*|application/(json|javascript|xml|.*\+(xml|json))|.*\+xml")

# Names that Windows keeps for devices, whatever their extension; elsewhere they are like others.
DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9]) *(\..*)?", re.I)
SEPARATORS = re.compile(r"[\\:]")  # of names, drives and streams, on Windows

LISTING = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{0}</title></head>
<body><h1>{0}</h1><ul>
{1}</ul></body></html>
"""


class Folder:
    """A folder that is served below a prefix.

    Raises NotADirectoryError if there is no such folder, ValueError for a bad prefix.
    """

    def __init__(self, folder: str | os.PathLike[str], prefix: str) -> None:
        self.root = Path(folder).absolute()
        if not self.root.is_dir():
            raise NotADirectoryError(f"serve({str(folder)!r}): there is no such folder")
        if not isinstance(prefix, str) or not prefix.startswith("/"):
            raise ValueError(f"prefix={prefix!r}: a path begins with a slash")
        self.prefix = prefix.rstrip("/")
        self._above = [name for name in self.prefix.split("/") if name]

    def answer(self, request: Request) -> Response | Program | None:
        """What answers a request; None if its path is not below the prefix."""
        path = self._below(request.raw_path)
        if path is None:
            return None
        method = METHODS.get(request.verb)
        if method is None or not method.implemented:
            return says(501, request)
        try:
            return self.find(request, path)
        except PermissionError:
            return says(403, request)
        except (OSError, RuntimeError):  # too long a name; a loop of links
            return says(404, request)

    def _below(self, path: str) -> str | None:
        """The rest of a path, as it was sent, behind the prefix; None if it is not below that. The
        prefix is found however it is spelled: ``//cgi`` and ``/%63gi`` lead to a folder of programs
        as ``/cgi`` does, and not to their sources in a folder that is served above it."""
        if not path.startswith("/"):
            return None
        for wanted in self._above:
            name, slash, rest = path.lstrip("/").partition("/")
            if wanted not in (name, unquoted(name)):
                return None
            path = slash + rest
        return path

    def find(self, request: Request, path: str) -> Response | Program:
        """What answers a request for a path below the prefix, as it was sent."""
        if request.verb not in ("GET", "HEAD"):
            return says(405, request, Allow=ALLOW)
        names = names_of(path)
        return self._get(request, None if names is None else self.inside(names))

    def inside(self, names: list[str]) -> Path | None:
        """The file of so many names, links followed; None if it would be outside."""
        found = self.root.joinpath(*names).resolve()
        return found if found.is_relative_to(self.root.resolve()) else None

    def _get(self, request: Request, path: Path | None) -> Response:
        slash = request.raw_path.endswith("/")
        if path is None:
            return says(404, request)
        if path.is_dir() and not slash:
            return _redirect(request)
        if path.is_dir():
            index = (path / INDEX).resolve()
            if not index.is_file() or not index.is_relative_to(self.root.resolve()):
                return _listing(request, path)
            path, slash = index, False
        if slash or not path.is_file():
            return says(404, request)
        return _file(request, path)


def names_of(path: str) -> list[str] | None:
    """The names of a path as it was sent, decoded; None if no file can have one of them."""
    names = [unquoted(name) for name in path.split("/") if name]
    return None if any(map(is_refused, names)) else names


def unquoted(name: str) -> str:
    """A name of a path as it was sent, decoded."""
    from urllib.parse import unquote

    return unquote(name, errors="surrogateescape") if "%" in name else name


def is_refused(name: str, windows: bool = os.name == "nt") -> bool:
    """Whether a name, decoded, is one that no file below the folder can have."""
    if name in (".", "..") or "/" in name or "\0" in name:
        return True
    return windows and bool(SEPARATORS.search(name) or DEVICES.fullmatch(name))


def says(status: int, request: Request, **headers: str) -> Response:
    """A plain response that names its status and the request."""
    text = f"{status}: {request.verb} {request.argument}\n"
    return Response(status, text=text, headers=headers)


def _redirect(request: Request) -> Response:
    # Two slashes at the beginning would make the first name a host, and clients take backslashes
    # for slashes.
    location = "/" + request.raw_path.lstrip("/").replace("\\", "%5C") + "/"
    query = f"?{request.query_string}" if request.query_string else ""
    return Response(301, headers={"Location": location + query})


def _listing(request: Request, path: Path) -> Response:
    from html import escape
    from urllib.parse import quote

    rows = ""
    for entry in sorted(path.iterdir(), key=lambda entry: entry.name):
        name = entry.name + ("/" if entry.is_dir() else "")
        shown = escape(name.encode("utf-8", "replace").decode())
        rows += f'<li><a href="./{quote(name, errors="surrogateescape")}">{shown}</a></li>\n'
    page = LISTING.format(escape(request.path), rows)
    return Response(
        200,
        page.encode("utf-8", "replace"),
        headers={"Content-Type": "text/html; charset=utf-8"},
    )


def _file(request: Request, path: Path) -> Response:
    data, stat = path.read_bytes(), path.stat()
    tag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    kind = content_type(path.name)
    headers: dict[str, Any] = {
        "Content-Type": kind,
        "Last-Modified": http_date(stat.st_mtime),
        "ETag": f'"{tag}"',
        "Accept-Ranges": "bytes",
    }
    asked = _ranges_asked(request, headers, len(data))
    if COMPRESSIBLE.fullmatch(kind):
        headers["Vary"] = "Accept-Encoding"
        if asked is None and data and accepts_gzip(request.headers):
            data = gzipped([data])[0]
            headers |= {"ETag": f'"{tag}-gzip"', "Content-Encoding": "gzip"}
            del headers["Accept-Ranges"]
    status = unmet(request, headers["ETag"], stat.st_mtime)
    if status is not None:
        return Response(status, headers=headers | {"Content-Type": None})
    if asked is not None:
        return _partial(data, asked, headers)
    return Response(200, data, headers=headers)


def content_type(name: str) -> str:
    """The media type of a file's name."""
    import mimetypes

    kind, coding = mimetypes.guess_type(name)
    if coding is not None:
        return "application/gzip" if coding == "gzip" else "application/octet-stream"
    return kind or "application/octet-stream"


# --- conditions (RFC 9110 13)


def unmet(request: Request, tag: str, modified: float) -> int | None:
    """304 or 412 if a condition of the request does not hold, in the order of 13.2.2."""
    headers, modified = request.headers, int(modified)
    if "If-Match" in headers:
        if not _names(headers.get_all("If-Match"), [tag]):  # 13.1.1: a strong comparison
            return 412
    elif "If-Unmodified-Since" in headers:
        since = _seconds(headers["If-Unmodified-Since"])
        if since is not None and modified > since:
            return 412
    if "If-None-Match" in headers:
        tags = [tag, f"W/{tag}"]  # 13.1.2: a weak one
        return 304 if _names(headers.get_all("If-None-Match"), tags) else None
    since = _seconds(headers.get("If-Modified-Since", ""))
    return 304 if since is not None and modified <= since else None


def _names(lists: list[str], tags: list[str]) -> bool:
    """Whether lists of entity tags have one of these, or are a star."""
    given = ",".join(lists)
    return given.strip() == "*" or not set(tags).isdisjoint(ENTITY_TAG.findall(given))


def _seconds(date: str) -> int | None:
    if not date:
        return None
    from calendar import timegm
    from email.utils import parsedate

    try:
        return timegm(parsedate(date) or ())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


# --- ranges (RFC 9110 14)


def _ranges_asked(request: Request, headers: dict[str, Any], size: int) -> list[range] | None:
    """The ranges to be sent, [] if none can be; None for all of the file."""
    if request.verb != "GET" or "Range" not in request.headers:
        return None
    condition = request.headers.get("If-Range")
    if condition is not None:  # 13.1.5: a strong tag, or exactly the date
        known = headers["ETag"], headers["Last-Modified"].decode()
        if condition not in known:
            return None
    return ranges(request.headers["Range"], size)


def ranges(asked: str, size: int) -> list[range] | None:
    """What a Range asks of ``size`` bytes: [] if nothing can be had, None if it is not valid."""
    unit, _, members = asked.partition("=")
    if unit.strip().lower() != "bytes":
        return None
    found = []
    for member in members.split(","):
        spec = re.fullmatch(r"[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", member)
        if spec is None or spec[1] == spec[2] == "":
            return None
        if spec[1] and spec[2] and int(spec[1]) > int(spec[2]):
            return None
        found.append(_range(spec[1], spec[2], size))
    return [one for one in found if one] if len(found) <= MAX_RANGES else None


def _range(first: str, last: str, size: int) -> range:
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1) if last else size)


def _partial(data: bytes, asked: list[range], headers: dict[str, Any]) -> Response:
    size = len(data)
    if not asked:
        headers = headers | {"Content-Range": f"bytes */{size}", "Content-Type": None}
        return Response(416, headers=headers)
    spans = [f"bytes {one.start}-{one.stop - 1}/{size}" for one in asked]
    if len(asked) == 1:
        one = asked[0]
        headers = headers | {"Content-Range": spans[0]}
        return Response(206, data[one.start : one.stop], headers=headers)
    kind = headers["Content-Type"]
    body = b""
    for one, span in zip(asked, spans, strict=True):
        head = f"--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Range: {span}\r\n\r\n"
        body += head.encode() + data[one.start : one.stop] + b"\r\n"
    headers = headers | {"Content-Type": f"multipart/byteranges; boundary={BOUNDARY}"}
    return Response(206, body + f"--{BOUNDARY}--\r\n".encode(), headers=headers)
