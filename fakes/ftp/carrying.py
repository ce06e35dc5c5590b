"""The bytes of a transfer, between a data connection and a file, through the shape of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from io import FileIO
from typing import TYPE_CHECKING

from .._core.faults import Duplicate, Shape, Truncate
from .conversion import to_network
from .data import CHUNK, DataWire
from .storing import FileFailed
from .waiting import READABLE, WRITABLE, Waits, Want, pause

if TYPE_CHECKING:
    from .engine import Plan
    from .storing import Store

SLOW = 2**12  # bytes read at once where a rule has them read slowly
TURNS = 16  # chunks between two looks at the control connection: there may be an ABOR


def send(wire: DataWire, plan: Plan | None, shape: Shape | None, limit: int | None) -> Waits[bool]:
    """Send the data, ``limit`` bytes of it at most. True when the script cut it."""
    chunks = source(plan) if limit is None else limited(source(plan), limit)
    if shape is None:
        first = True
        for chunk in chunks:
            if not first:
                yield Want(wire.sock, WRITABLE, 0)
            first = False
            yield from wire.send(chunk)
        return limit is not None and wire.sent >= limit
    for chunk in fed(chunks, shape):
        parts, cut = shape.spoil((chunk,))
        for wait, piece in shape.pace(b"".join(parts)):
            if wait > 0:
                yield from pause(wait)
            yield from wire.send(piece)
        if cut:
            return True
    return False


def source(plan: Plan | None) -> Iterator[bytes]:
    """The bytes of a download."""
    if plan is None or plan.file is None:
        return iter(()) if plan is None or plan.chunks is None else plan.chunks
    chunks = read(plan.file)
    return to_network(chunks) if plan.is_text else chunks


def read(file: FileIO) -> Iterator[bytes]:
    """All that is left of a file. Raises FileFailed."""
    try:
        while chunk := file.read(CHUNK):
            yield chunk
    except OSError as error:
        raise FileFailed(error) from None


def limited(chunks: Iterator[bytes], left: int) -> Iterator[bytes]:
    """So many bytes of it at most."""
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def fed(chunks: Iterator[bytes], shape: Shape) -> Iterator[bytes]:
    """What a shape is fed with: never nothing, and all at once where it has to be."""
    if needs_all(shape):
        yield b"".join(chunks)
    else:
        yield next(chunks, b"")
        yield from chunks


def needs_all(shape: Shape) -> bool:
    """Whether a fault says something of all the bytes: twice is not each chunk twice."""
    return any(isinstance(stage.fault, Duplicate) for stage in shape.stages)


def receive(wire: DataWire, store: Store, shape: Shape | None, limit: int | None) -> Waits[bool]:
    """Store what comes, ``limit`` bytes of it at most. True when the script cut it."""
    if shape is not None:
        return (yield from receive_shaped(wire, store, shape))
    turn = 0
    while limit is None or wire.received < limit:
        data = yield from wire.receive(
            CHUNK if limit is None else min(CHUNK, limit - wire.received)
        )
        if not data:
            store.end()
            return False
        store.write(data)
        turn += 1
        if turn % TURNS == 0:
            yield Want(wire.sock, READABLE, 0)
    return True


def receive_shaped(wire: DataWire, store: Store, shape: Shape) -> Waits[bool]:
    """The same through a shape: what is stored is spoiled, and read as slowly as that says."""
    gathered, ended = bytearray(), False
    while not ended:
        wanted = reach(shape)
        data = (yield from wire.receive(wanted)) if wanted else b""
        ended = not data
        if needs_all(shape):
            gathered += data
            if not ended and len(gathered) <= store.left:
                continue
            data = bytes(gathered)
        parts, cut = shape.spoil((data,))
        for wait, piece in shape.pace(b"".join(parts)):
            if wait > 0:
                yield from pause(wait)
            store.write(piece)
        if cut:
            return True
    store.end()
    return False


def reach(shape: Shape) -> int:
    """How many bytes may be read at once, so that none is read that is not to be."""
    most = shape.piece or (SLOW if shape.pacers else CHUNK)
    cuts = [s.fault.after - s.fed for s in shape.stages if isinstance(s.fault, Truncate)]
    return min([most, *cuts])
