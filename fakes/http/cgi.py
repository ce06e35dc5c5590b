"""A folder of programs, run as RFC 3875 (CGI/1.1) has it, whose sections these are.

Three rules hold here. Only what is an executable file in the folder, links followed, is run. A
program sees of this process no environment, no descriptor and no terminal. And none outlives its
request or the fake: it is over when it has closed both its outputs, and has a group of its own,
which is killed as a whole then. Only what makes itself a daemon, by a group of *its* own, is not
found; if it holds the output, the timeout ends the request.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .commands import MAX_REDIRECTS, MAX_STDERR, NOT_FOR_PROGRAMS
from .files import Folder, names_of, says
from .head import TOKEN, Malformed, parse
from .message import Headers, Request
from .response import Response

if TYPE_CHECKING:
    import subprocess

    from .._core.wire import Wire
    from .server import FakeHTTP

WINDOWS = os.name == "nt"
CHUNK = 65536  # bytes read at once
FIELDS = re.compile(rb"((?:" + TOKEN + rb":[^\0\r\n]*\r?\n)*)\r?\n")  # 6.2: to the blank line
STATUS = re.compile(r"([2-9][0-9][0-9])(?: (.*))?")  # 6.3.3; 1xx is no end of a request


class Scripts(Folder):
    """A folder whose programs are run. Raises NotImplementedError on Windows."""

    def __init__(self, folder: str | os.PathLike[str], prefix: str) -> None:
        if WINDOWS:
            raise NotImplementedError("cgi=True: Windows does not say which files are programs")
        super().__init__(folder, prefix)

    def find(self, request: Request, path: str) -> Response | Program:
        """The program that a path leads to; what is behind its name is its PATH_INFO (3.2)."""
        names = names_of(path) or []
        for end in range(1, len(names) + 1):
            found = self.inside(names[:end])
            if found is None:
                break
            if found.is_file():
                if not os.access(found, os.X_OK):
                    return says(403, request)
                slash = "/" if path.endswith("/") else ""
                info = "".join(f"/{name}" for name in names[end:]) + slash
                script = "".join(f"/{name}" for name in names[:end])
                return Program(request, found, self.prefix + script, info, self.root)
        return says(404, request)


class Program:
    """A program that a request leads to."""

    def __init__(self, request: Request, path: Path, name: str, info: str, root: Path) -> None:
        self.request, self.path = request, path
        self.name, self.info, self.root = name, info, root

    def run(self, server: FakeHTTP, wire: Wire) -> Response:
        """Run it; what it answers, or why it did not."""
        environment = self.environment(server, wire)
        try:
            process = self._start(environment)
        except OSError as error:  # it is no program after all, or its interpreter is not there
            wire.note("error", f"{self.path.name} cannot be run: {error.strerror}")
            return says(500, self.request)
        run = Run(process, wire, server.max_message_size)
        problem = run.finish()
        if run.stderr:
            text = bytes(run.stderr).decode("utf-8", "backslashreplace")
            wire.note("stderr", text.rstrip("\n"))
        if problem is not None:
            return self._failed(wire, *problem)
        return self._response(server, wire, bytes(run.stdout))

    def environment(self, server: FakeHTTP, wire: Wire) -> dict[bytes, bytes]:
        """Its meta-variables (4.1), a path to find interpreters on, and nothing else."""
        request, host, port = self.request, *server.address
        named = re.match(r"\[[^]]*\]|[^:]*", request.headers.get("Host", ""))
        known = {
            "PATH": os.defpath,
            "GATEWAY_INTERFACE": "CGI/1.1",
            "SERVER_SOFTWARE": "fakefarm",
            "SERVER_NAME": (named and named[0]) or host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": request.http_version,
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": self.name,
            "QUERY_STRING": request.query_string,
            "REMOTE_ADDR": str(wire.connection.peer[0]),
        }
        if self.info:
            known |= {"PATH_INFO": self.info, "PATH_TRANSLATED": f"{self.root}{self.info}"}
        if server.tls is not None:
            known["HTTPS"] = "on"  # by custom
        if request.user is not None:
            known |= {"AUTH_TYPE": "Basic", "REMOTE_USER": request.user}
        if request.body or "Content-Length" in request.headers:
            known["CONTENT_LENGTH"] = str(len(request.body))
        fields = {os.fsencode(name): os.fsencode(value) for name, value in known.items()}
        if "Content-Type" in request.headers:
            fields[b"CONTENT_TYPE"] = request.headers["Content-Type"].encode("latin-1")
        fields |= protocol_variables(request.headers)
        return {name: value for name, value in fields.items() if b"\0" not in value}  # of a user

    def _start(self, environment: dict[bytes, bytes]) -> subprocess.Popen[bytes]:
        import subprocess
        import tempfile

        with tempfile.TemporaryFile() as body:  # a pipe would have to be filled while we read
            body.write(self.request.body)
            body.seek(0)
            return subprocess.Popen(
                [self.path],
                cwd=self.path.parent,  # 7.2
                env=environment,
                stdin=body,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )

    def _response(self, server: FakeHTTP, wire: Wire, output: bytes) -> Response:
        head = FIELDS.match(output)
        fields = Headers.parse(b"\r\n" + re.sub(rb"\r?\n", b"\r\n", head[1])) if head else Headers()
        status = STATUS.fullmatch(fields.get("Status", "200"))
        target = fields.get("Location")
        if head is None or status is None or not (target or "Content-Type" in fields):
            return self._failed(wire, 500, "wrote no header, or one that is not of CGI (6.2)")
        if target and target.startswith("/") and len(fields) == 1:
            return self._redirected(server, wire, target)
        number, reason = int(status[1]), status[2]
        if target and "Status" not in fields:
            number = 302  # 6.2.3
        headers = [pair for pair in fields.items() if pair[0].lower() != "status"]
        return Response(number, output[head.end() :], headers=headers, reason=reason)

    def _redirected(self, server: FakeHTTP, wire: Wire, target: str) -> Response:
        """6.2.2: the response that a request for another path here would get."""
        asked = self.request
        depth = getattr(asked, "redirects", 0) + 1
        line = f"GET {target} {asked.http_version}\r\nHost: {asked.headers.get('Host', '')}"
        raw = f"{line}\r\n\r\n".encode("latin-1")
        if depth > MAX_REDIRECTS:
            return self._failed(wire, 500, f"redirects over {MAX_REDIRECTS} times")
        try:
            request = Request(parse(raw), raw, asked.connection, asked.time)
        except Malformed as wrong:
            return self._failed(wire, 500, f"redirects to no path: {wrong.problem.text}")
        request.redirects = depth  # type: ignore[attr-defined]
        request.user = asked.user
        natural = server.natural(request, True)
        return natural if isinstance(natural, Response) else natural.run(server, wire)

    def _failed(self, wire: Wire, status: int, why: str) -> Response:
        wire.note("error", f"{self.path.name} {why}")
        return Response(status, text=f"{status}: {self.name} {why}\n")


def protocol_variables(headers: Headers) -> dict[bytes, bytes]:
    """4.1.18: the fields of a request, but for those that have variables of their own, are about
    the connection, or would be read as something else. Those of one name are joined."""
    made: dict[bytes, bytes] = {}
    for name, value in headers.items():
        if name.lower() in NOT_FOR_PROGRAMS or "_" in name:
            continue
        key = b"HTTP_" + name.upper().replace("-", "_").encode()
        comma = b"; " if name.lower() == "cookie" else b", "
        before = [made[key]] if key in made else []
        made[key] = comma.join([*before, value.encode("latin-1")])
    return made


class Run:
    """One run of a program: reads what it writes, within bounds."""

    def __init__(self, process: subprocess.Popen[bytes], wire: Wire, limit: int) -> None:
        self.process, self.wire = process, wire
        self.limit = limit  # of its output, in bytes
        self.stdout, self.stderr = bytearray(), bytearray()

    def finish(self) -> tuple[int, str] | None:
        """Wait for its end; a status and what was wrong, if something was. Raises Ended when the
        fake stops."""
        wire = self.wire
        wire.interrupt = self.kill
        try:
            if wire.stopping.is_set():  # before it could be interrupted
                self.kill()
            problem = self._read()
        finally:
            self.kill()  # what it has left behind, too
            wire.interrupt = None
            self._reap()
        if wire.stopping.is_set():
            raise wire.left("fin")
        if problem is None and self.process.returncode:
            self.wire.note("error", f"the program ended with {self.process.returncode}")
        return problem

    def kill(self) -> None:
        """Kill it, and what it has started. From any thread."""
        if self.process.returncode is None:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _reap(self) -> None:
        for pipe, _ in self._pipes():
            pipe.close()
        self.process.wait()

    def _read(self) -> tuple[int, str] | None:
        """To the end of both its outputs, which is its own: a process that ends closes them before
        it can be waited for, and a signal that comes then changes nothing."""
        import selectors

        timeout = self.wire.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            for pipe, kept in self._pipes():
                selector.register(pipe, selectors.EVENT_READ, kept)
            while selector.get_map():
                left = None if deadline is None else deadline - time.monotonic()
                ready = selector.select(left)
                if not ready or (left is not None and left <= 0):  # it may never fall silent
                    return 504, f"did not end within the timeout of {timeout} seconds"
                for key, _ in ready:
                    self._take(selector, key.fd, key.data)
                if len(self.stdout) > self.limit:
                    return 500, f"wrote more than max_message_size of {self.limit:,} bytes"
        return None

    def _pipes(self) -> list[tuple[IO[bytes], bytearray]]:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return [(self.process.stdout, self.stdout), (self.process.stderr, self.stderr)]

    def _take(self, selector: Any, pipe: int, kept: bytearray) -> None:
        data = os.read(pipe, CHUNK)
        if not data:
            selector.unregister(pipe)
        elif kept is self.stdout:
            kept += data
        else:
            kept += data[: MAX_STDERR - len(kept)]
