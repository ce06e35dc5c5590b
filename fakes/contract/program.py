"""Any program as the client: exit status 0 says that it succeeded, and what it writes on standard
output is what it fetched."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .target import Target

WORDS = ("host", "port", "url", "file", "name", "user", "password")
TOLD = 400  # characters of what it says on standard error, in the report


class ProgramFailed(Exception):
    """The program ended with a status other than 0."""


def program(template: str, deadline: float) -> Callable[[Target], bytes]:
    """An operation that runs ``template``, in which ``{host}``, ``{port}``, ``{url}``, ``{file}``,
    ``{name}``, ``{user}`` and ``{password}`` stand for what they are. No shell is asked. Standard
    input is ``{file}``: what is to be sent. One that is still running after ``deadline`` seconds is
    ended.

    Raises ValueError for a template with other words in braces.
    """
    words = shlex.split(template)
    try:
        for word in words:
            word.format(**dict.fromkeys(WORDS, ""))
    except (KeyError, IndexError, ValueError):
        known = " ".join(f"{{{word}}}" for word in WORDS)
        raise ValueError(f"{template!r}: the words in braces are {known}") from None
    if not words:
        raise ValueError(f"{template!r}: name a program")

    def run(target: Target) -> bytes:
        given = {word: getattr(target, word) for word in WORDS}
        command = [word.format(**given) for word in words]
        with target.file.open("rb") as content:
            done = subprocess.run(
                command, stdin=content, capture_output=True, timeout=deadline + 1, check=False
            )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[-TOLD:]
            raise ProgramFailed(f"exit status {done.returncode}: {said}")
        return done.stdout

    return run
