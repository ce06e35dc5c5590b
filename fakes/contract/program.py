"""Any program as the client: exit status 0 says that it succeeded, and what it writes on standard
output is what it fetched."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from .printed import Printed

if TYPE_CHECKING:
    from .target import Target

WORDS = ("host", "port", "url", "file", "name", "user", "password", "ca")
TRUSTED = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")  # what programs look into
TOLD = 400  # characters of what it says on standard error, in the report
KEPT = 16 * 2**20  # bytes of what it writes; no case has more than a small part of that
# A program that ends like this has not reported anything: it broke down.
CRASHES = ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP")

_running: set[subprocess.Popen[bytes]] = set()


class ProgramFailed(Exception):
    """The program ended with a status other than 0."""


class ProgramCrashed(Exception):
    """The program was ended by a signal such as SIGSEGV. No way to report a failure."""


def program(template: str, deadline: float) -> Callable[[Target], Printed]:
    """An operation that runs ``template``, in which ``{host}``, ``{port}``, ``{url}``, ``{file}``,
    ``{name}``, ``{user}``, ``{password}`` and ``{ca}`` stand for what they are; a brace itself is
    doubled. No shell is asked. Standard input is ``{file}``: what is to be sent. One that is still
    running after ``deadline`` seconds is ended, and so are those that it started. With TLS, the
    variables of TRUSTED name the file of the authority.

    Raises ValueError for a template with other words in braces, and for a program that is none.
    """
    words = shlex.split(template)
    try:
        for word in words:
            word.format(**dict.fromkeys(WORDS, ""))
    except (KeyError, IndexError, ValueError, AttributeError):
        known = " ".join(f"{{{word}}}" for word in WORDS)
        raise ValueError(
            f"{template!r}: the words in braces are {known}; a brace itself is written {{{{ or }}}}"
        ) from None
    if not words:
        raise ValueError(f"{template!r}: name a program")
    if shutil.which(words[0]) is None:
        raise ValueError(f"{template!r}: there is no program {words[0]!r}")

    def run(target: Target) -> Printed:
        ca = _authority(target)
        given = {word: ca if word == "ca" else getattr(target, word) for word in WORDS}
        trusted = dict.fromkeys(TRUSTED, ca) if ca else {}
        command = [word.format(**given) for word in words]
        with target.file.open("rb") as content:
            process = subprocess.Popen(
                command,
                stdin=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ | trusted,
                start_new_session=True,  # so that it is ended with all that it started
            )
        return _result(process, deadline + 1)

    return run


def _authority(target: Target) -> str:
    """The file of whom to trust; "" without TLS."""
    if target.fake.tls is None:
        return ""
    from .._core.tls.certificates import authority

    return os.fspath(authority().pem_path)


def _result(process: subprocess.Popen[bytes], seconds: float) -> Printed:
    """What a program wrote. Raises ProgramFailed, ProgramCrashed, or TimeoutExpired where it, or
    one that it started and that writes to the same place, is not through in time."""
    assert process.stdout is not None
    assert process.stderr is not None
    until = time.monotonic() + seconds
    _running.add(process)
    try:
        readers = _Reader(process.stdout), _Reader(process.stderr)
        process.wait(seconds)
        for reader in readers:
            reader.join(max(0.0, until - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(process.args, seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        raise
    finally:
        _running.discard(process)
    if process.returncode:
        raise _failure(process.returncode, readers[1].kept)
    return Printed(readers[0].kept)


class _Reader(threading.Thread):
    """Reads all that a program writes, that it may go on, and keeps the first KEPT bytes of it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(name="fakefarm-program", daemon=True)
        self.kept = b""
        self._pipe = pipe
        self.start()

    def run(self) -> None:
        with self._pipe:
            self.kept = self._pipe.read(KEPT)
            while self._pipe.read(2**16):
                pass


def _failure(status: int, said: bytes) -> Exception:
    text = said.decode("utf-8", "replace").strip()[-TOLD:]
    if status > 0:
        return ProgramFailed(f"exit status {status}: {text}")
    try:
        name = signal.Signals(-status).name
    except ValueError:  # a real-time signal
        name = f"signal {-status}"
    kind = ProgramCrashed if name in CRASHES else ProgramFailed
    return kind(f"ended by {name}: {text}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and those that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):  # Windows; they are gone
        process.kill()
    process.wait()


@atexit.register
def _end_all() -> None:
    """Ctrl-C reaches this process and not those in sessions of their own."""
    for process in tuple(_running):
        _end(process)
