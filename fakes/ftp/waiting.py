"""Waiting for several sockets at once, so that one thread serves a control connection and its
transfers.

A transfer is a generator: it yields what it wants to happen, and is sent whether it has, or False
when the seconds were over first. Nothing that it does blocks.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Generator, Sequence
from typing import NamedTuple, TypeVar

from .._core import sockets

T = TypeVar("T")

READABLE, ENDED = sockets.READABLE, sockets.ENDED
WRITABLE = getattr(select, "POLLOUT", 4)
NOTHING = 0  # broken connections are told without being asked for


class Want(NamedTuple):
    """What a transfer waits for: a socket, or only that ``seconds`` (None: without end) pass."""

    sock: socket.socket | None
    what: int
    seconds: float | None = None
    scripted: bool = False  # because a rule says so
    stalls: bool = False  # the connection is held until the client leaves


Waits = Generator[Want, bool, T]


def pause(seconds: float) -> Waits[None]:
    """A wait that a rule asks for."""
    yield Want(None, NOTHING, seconds, scripted=True)


def wait_for_any(
    asked: Sequence[tuple[socket.socket, int]], seconds: float | None
) -> list[socket.socket]:
    """Those of the sockets for which what is asked has come, or that are broken."""
    if not hasattr(select, "poll"):
        return _select(asked, seconds)
    poller = select.poll()
    known = {}
    for sock, what in asked:
        known[sock.fileno()] = sock
        poller.register(sock, what)
    milliseconds = None if seconds is None else min(seconds * 1000, sockets.LONGEST)
    return [known[number] for number, _ in poller.poll(milliseconds)]


BLIND = 0.05  # seconds after which select(2), that tells less than poll(2), is asked again


def _select(
    asked: Sequence[tuple[socket.socket, int]], seconds: float | None
) -> list[socket.socket]:
    readers = [sock for sock, what in asked if what & READABLE]
    writers = [sock for sock, what in asked if what & WRITABLE]
    if len(readers) + len(writers) < len(asked):
        seconds = BLIND if seconds is None else min(seconds, BLIND)
    if not readers and not writers:
        time.sleep(seconds or 0)
        return []
    ready = select.select(readers, writers, writers, seconds)
    return [sock for sock, _ in asked if any(sock in each for each in ready)]
