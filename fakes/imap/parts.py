"""A message as a tree of parts, each a range of its bytes (RFC 2046).

Three rules hold here. The content is never copied, mended or written anew: a section is a slice of
it. The tree is built in one pass over the bytes, without recursion, whatever nests in whatever. And
what is found is bounded: what nests deeper than DEPTH, or comes after PARTS others, is not looked
into.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import mime
from .header import Header

DEPTH = 100  # multiparts and messages within one another
PARTS = 10_000
HOLDS_MESSAGE = b"rfc822", b"global"  # RFC 2046 section 5.2.1, RFC 6532 section 3.7


@dataclass(eq=False, slots=True)
class Part:
    """A message or a part of one: its header are the bytes from ``start`` to ``body``, its body
    those to ``end``. ``parts`` are those of a multipart, ``message`` is the one that a
    message/rfc822 holds."""

    content: bytes
    start: int
    default: mime.Kind
    depth: int
    body: int = -1
    end: int = -1
    kind: mime.Kind = mime.TEXT
    parts: list[Part] = field(default_factory=list)
    message: Part | None = None
    written: dict[str, bytes] = field(default_factory=dict)  # what was made of it for the wire
    _header: Header | None = None
    _lines: int = -1

    @property
    def header(self) -> Header:
        if self._header is None:
            self._header = Header(self.content[self.start : self.body])
        return self._header

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.content[self.start : self.end]

    @property
    def text(self) -> bytes:
        """Its body."""
        return self.content[self.body : self.end]

    @property
    def size(self) -> int:
        """Octets of its body."""
        return self.end - self.body

    @property
    def lines(self) -> int:
        """Lines of its body: their ends are counted."""
        if self._lines < 0:
            self._lines = self.content.count(b"\n", self.body, self.end)
        return self._lines

    def find(self, numbers: list[int]) -> Part | None:
        """The part of a message that numbers name (RFC 3501 section 6.4.5): a message that is no
        multipart has one part, which is itself. None where there is none."""
        siblings, found = self._numbered(), None
        for number in numbers:
            if not 1 <= number <= len(siblings):
                return None
            found = siblings[number - 1]
            siblings = found.message._numbered() if found.message else found.parts
        return found

    def _numbered(self) -> list[Part]:
        return self.parts or [self]


def parse(content: bytes) -> Part:
    """The tree of a message. It takes any bytes."""
    return _Builder(content).build()


class _Builder:
    """Goes through a content once. The parts that are open are a chain, each in the one before."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.root = Part(content, 0, mime.TEXT, 0)
        self.open = [self.root]
        # Open multiparts by the bytes of their boundary, the innermost where two have the same.
        self.boundaries: dict[bytes, list[Part]] = {}
        self.sizes: list[int] = []  # of these, the longest first
        self.dashes = -1  # where the line begins that may be one; looked for when it is behind us
        self.count = 1

    def build(self) -> Part:
        at, in_header = 0, True
        while True:
            dashes = self.next_dashes(at)
            if in_header:
                body = self.end_of_header(at, len(self.content) if dashes < 0 else dashes)
                if body >= 0:
                    in_header = self.begin_body(body)
                    at = body
                    continue
            if dashes < 0:
                break
            line_end = self.content.find(b"\n", dashes)
            at = len(self.content) if line_end < 0 else line_end + 1
            multipart, closes = self.bounded_by(dashes, at)
            if multipart is not None:
                self.close_down_to(multipart, dashes)
                if closes:
                    self.forget_boundary(multipart)
                    in_header = False
                else:
                    in_header = self.begin_part(multipart, at)
        self.close_down_to(None, len(self.content))
        return self.root

    # --- lines

    def end_of_header(self, at: int, limit: int) -> int:
        """Where the body begins of what begins at ``at``: behind the empty line, or at the end of
        all. -1 where that is not before ``limit``: no byte is looked at twice."""
        content = self.content
        if content.startswith((b"\n", b"\r\n"), at):
            return content.index(b"\n", at) + 1
        end = content.find(b"\n\r\n", at, limit)
        bare = content.find(b"\n\n", at, limit if end < 0 else end + 1)
        if bare >= 0:
            return bare + 2
        if end >= 0:
            return end + 3
        return limit if limit == len(content) else -1

    def next_dashes(self, at: int) -> int:
        """Where the next line begins that may be a boundary, at ``at`` or behind it; or -1."""
        if not self.boundaries:
            return -1
        if self.dashes < at:  # never at 0: a boundary is known from a header, which comes before
            found = self.content.find(b"\n--", at - 1)
            self.dashes = len(self.content) if found < 0 else found + 1
        return self.dashes if self.dashes < len(self.content) else -1

    def bounded_by(self, start: int, end: int) -> tuple[Part | None, bool]:
        """The multipart whose boundary a line has, and whether it ends there. The line has to begin
        with the boundary, no more (RFC 2046 section 5.1.1); of several the longest is meant."""
        line = self.content[start + 2 : end]
        for size in self.sizes:
            owners = self.boundaries.get(line[:size])
            if owners and len(line) >= size:
                return owners[-1], line.startswith(b"--", size)
        return None, False

    # --- parts

    def begin_part(self, multipart: Part, at: int) -> bool:
        """Open the next part of a multipart; False where there are too many."""
        if self.count >= PARTS:
            return False
        self.count += 1
        default = mime.MESSAGE if multipart.kind.is_a(b"multipart", b"digest") else mime.TEXT
        self.open_one(Part(self.content, at, default, multipart.depth + 1), multipart.parts)
        return True

    def open_one(self, part: Part, siblings: list[Part]) -> None:
        siblings.append(part)
        self.open.append(part)

    def begin_body(self, body: int) -> bool:
        """The header of the innermost part ends: what it holds is clear from now on. Whether that
        is a message, whose header comes next."""
        part = self.open[-1]
        part.body = part.end = body
        part.kind = kind = mime.content_type(part.header.first(b"content-type"), part.default)
        holds_message = kind.is_a(b"message", *HOLDS_MESSAGE)
        boundary = kind.parameter(b"boundary") if kind.is_a(b"multipart") else None
        if part.depth >= DEPTH and (holds_message or kind.is_a(b"multipart")):
            part.kind = mime.OPAQUE
        elif holds_message:
            part.message = Part(self.content, body, mime.TEXT, part.depth + 1)
            self.open.append(part.message)
            return True
        elif boundary:
            self.boundaries.setdefault(boundary, []).append(part)
            self.measure_boundaries()
        return False

    def forget_boundary(self, part: Part) -> None:
        """A multipart has ended, or something that holds it: nothing more is a part of it."""
        boundary = part.kind.parameter(b"boundary") or b""
        owners = self.boundaries.get(boundary, [])
        if part in owners:
            owners.remove(part)
            if not owners:
                del self.boundaries[boundary]
                self.measure_boundaries()

    def measure_boundaries(self) -> None:
        self.sizes = sorted(set(map(len, self.boundaries)), reverse=True)

    def close_down_to(self, holder: Part | None, end: int) -> None:
        """End all that is open within ``holder``; all there is for None. The line end before a
        boundary belongs to the boundary."""
        if holder is not None:
            end -= 2 if self.content.startswith(b"\r\n", end - 2) else 1
        while self.open and self.open[-1] is not holder:
            part = self.open.pop()
            part.end = max(end, part.start)
            if part.body < 0:  # it had not got further than its header
                part.body = part.end
                part.kind = mime.content_type(part.header.first(b"content-type"), part.default)
            if part.body > part.end:  # what seemed the empty line behind it is the boundary's
                part.body, part._header = part.end, None
            self.forget_boundary(part)
            if part.kind.is_a(b"multipart") and not part.parts:
                part.parts.append(_nothing(part))
            elif part.kind.is_a(b"message", *HOLDS_MESSAGE) and part.message is None:
                part.message = _nothing(part)


def _nothing(holder: Part) -> Part:
    """What stands for the parts of a multipart that has none, and for a message that did not come:
    RFC 3501 section 7.4.2 wants one."""
    at = holder.end
    return Part(holder.content, at, mime.TEXT, holder.depth + 1, at, at)
