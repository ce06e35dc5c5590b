"""What a client of the matrix is: a name, and a small function for each thing that it can do."""

from __future__ import annotations

import importlib.util
import shutil
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fakefarm._core.tls.certificates import authority
from fakefarm.contract.program import ProgramFailed, program
from fakefarm.contract.target import Target

Operation = Callable[[Target], Any]
Errors = tuple[type[BaseException], ...]

TIMEOUT = 1.5  # seconds, for each step of a client; some try four times
TOTAL = 3.0  # seconds, of those that have a limit for the whole
DEADLINE = 9.0  # seconds after which a client hangs


class Refused(Exception):
    """What a careful user raises where the client leaves it to him to look at the status."""


@dataclass(frozen=True)
class Client:
    """A column of the matrix.

    ``needs`` is the module or the program without which it is left out. ``errors`` gives the family
    of exceptions that its documentation names; that of a program is its exit status.
    """

    protocol: str
    name: str
    operations: dict[str, Operation] = field(repr=False)
    needs: str
    errors: Callable[[], Errors] = lambda: (ProgramFailed,)
    is_program: bool = False

    @property
    def missing(self) -> str:
        """Why it is left out; "" where it is not."""
        if self.is_program:
            return "" if shutil.which(self.needs) else f"there is no program {self.needs}"
        found = importlib.util.find_spec(self.needs)
        return "" if found else f"{self.needs} is not installed"


def context(target: Target) -> ssl.SSLContext | None:
    """One that trusts the authority of the fakes; None without TLS."""
    return None if target.fake.tls is None else authority().client_context()


def ca(target: Target) -> str:
    """The file of the authority of the fakes; "" without TLS."""
    return "" if target.fake.tls is None else str(authority().pem_path)


def ran(target: Target, command: str) -> bytes:
    """What a program wrote. It is told of its files and options as `fakefarm check` tells it."""
    said: bytes = program(command, DEADLINE)(target)
    return said
