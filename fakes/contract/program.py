"""Any program as the client: exit status 0 says that it succeeded, and what it writes on standard
output is what it fetched."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .target import Target

WORDS = ("host", "port", "url", "file", "name", "user", "password", "ca")
TRUSTED = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")  # what programs look into
TOLD = 400  # characters of what it says on standard error, in the report


class ProgramFailed(Exception):
    """The program ended with a status other than 0."""


def program(template: str, deadline: float) -> Callable[[Target], bytes]:
    """An operation that runs ``template``, in which ``{host}``, ``{port}``, ``{url}``, ``{file}``,
    ``{name}``, ``{user}``, ``{password}`` and ``{ca}`` stand for what they are. No shell is asked.
    Standard input is ``{file}``: what is to be sent. One that is still running after ``deadline``
    seconds is ended. With TLS, the variables of TRUSTED name the file of the authority.

    Raises ValueError for a template with other words in braces, and for a program that is none.
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
    if shutil.which(words[0]) is None:
        raise ValueError(f"{template!r}: there is no program {words[0]!r}")

    def run(target: Target) -> bytes:
        ca = _authority(target)
        given = {word: ca if word == "ca" else getattr(target, word) for word in WORDS}
        trusted = dict.fromkeys(TRUSTED, ca) if ca else {}
        command = [word.format(**given) for word in words]
        with target.file.open("rb") as content:
            done = subprocess.run(
                command,
                stdin=content,
                capture_output=True,
                timeout=deadline + 1,
                check=False,
                env=os.environ | trusted,
            )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[-TOLD:]
            raise ProgramFailed(f"exit status {done.returncode}: {said}")
        return done.stdout

    return run


def _authority(target: Target) -> str:
    """The file of whom to trust; "" without TLS."""
    if target.fake.tls is None:
        return ""
    from .._core.tls.certificates import authority

    return os.fspath(authority().pem_path)
