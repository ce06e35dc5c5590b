"""BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2): what a message is made of.

Types and parameters are given out as they were written, and sizes are those of the bytes stored.
``parts.py`` bounds how deep this goes.
"""

from __future__ import annotations

from . import mime
from .envelope import envelope
from .parts import Part
from .values import NIL, listed, nstring, pairs, string


def body(part: Part) -> bytes:
    """BODY: the structure without the data that were added later to the standard."""
    if "BODY" not in part.written:
        part.written["BODY"] = _structure(part, extended=False)
    return part.written["BODY"]


def bodystructure(part: Part) -> bytes:
    """BODYSTRUCTURE, extension data included."""
    if "BODYSTRUCTURE" not in part.written:
        part.written["BODYSTRUCTURE"] = _structure(part, extended=True)
    return part.written["BODYSTRUCTURE"]


def _structure(part: Part, extended: bool) -> bytes:
    fields = _multipart(part, extended) if part.parts else _single(part, extended)
    return b"(%s)" % b" ".join(fields)


def _multipart(part: Part, extended: bool) -> list[bytes]:
    """body-type-mpart of section 9."""
    fields = [b"".join(_structure(each, extended) for each in part.parts), string(part.kind.sub)]
    return [*fields, pairs(part.kind.parameters), *_extension(part)] if extended else fields


def _single(part: Part, extended: bool) -> list[bytes]:
    """body-type-1part of section 9."""
    value = part.header.first
    fields = [
        string(part.kind.main),
        string(part.kind.sub),
        pairs(part.kind.parameters),
        nstring(value(b"content-id")),
        nstring(value(b"content-description")),
        string(mime.encoding(value(b"content-transfer-encoding"))),
        b"%d" % part.size,
    ]
    if part.message is not None:
        fields += [envelope(part.message), _structure(part.message, extended)]
    if part.message is not None or part.kind.is_a(b"text"):
        fields.append(b"%d" % part.lines)
    return [*fields, nstring(value(b"content-md5")), *_extension(part)] if extended else fields


def _extension(part: Part) -> list[bytes]:
    """What both kinds have in the end: disposition, languages, location."""
    found = mime.disposition(part.header.first(b"content-disposition"))
    languages = mime.languages(part.header.first(b"content-language"))
    return [
        NIL if found is None else b"(%s %s)" % (string(found[0]), pairs(found[1])),
        listed([string(tag) for tag in languages]),
        nstring(part.header.first(b"content-location")),
    ]
