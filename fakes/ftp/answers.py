"""Commands that pyftpdlib answers in another way than we have to, or not at all.

Its CWD changes the directory of the process, its MFMT and STOU use what Python has deprecated or
shares between threads, and its QUIT and ABOR are about connections of its own.
"""

from __future__ import annotations

import calendar
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import listing

if TYPE_CHECKING:
    from .server import FakeFTP
    from .session import FTPSession

STAMP = "%Y%m%d%H%M%S"  # RFC 3659 section 2.3
ATTEMPTS = 3  # failed logins, after the last of which the connection ends


class Answers:
    """Mixed into pyftpdlib's FTPHandler. A method a command; each says its reply by ``respond``."""

    fake: FakeFTP
    session: FTPSession
    fs: Any
    socket: Any
    closing: bool
    needs_account: bool
    dry: bool
    username: str
    authenticated: bool
    attempted_logins: int
    data_channel: Any
    _current_facts: list[str]
    _available_facts: list[str]

    if TYPE_CHECKING:

        def push(self, data: str) -> None: ...
        def respond(self, reply: str) -> None: ...
        def log_in(self, user: str) -> None: ...
        def opening(self) -> object: ...
        def _shutdown_connecting_dtp(self) -> None: ...

    def handle_auth_failed(self, msg: str, password: str) -> None:
        """PASS, and wrong. pyftpdlib waits before it says so."""
        self.attempted_logins += 1
        self.username = ""
        self.closing = self.attempted_logins >= ATTEMPTS
        self.respond(f"530 Authentication failed.{' Disconnecting.' if self.closing else ''}")

    def ftp_ACCT(self, line: str) -> None:
        """ACCT: RFC 959 section 4.1.1."""
        if self.needs_account:
            self.respond("230 Login successful.")
            self.log_in(self.username)
        elif self.authenticated:
            self.respond("202 No account is needed.")
        else:
            self.respond("503 Login with USER first.")

    def ftp_QUIT(self, line: str) -> None:
        """QUIT: the connection ends when no transfer is running any more."""
        self.respond("221 Goodbye.")
        self.closing = True

    def ftp_ABOR(self, line: str) -> None:
        """ABOR: the transfer says how it ended before this is answered."""
        if self.data_channel is not None:
            if not self.dry:
                self.session.abort()
            self.respond("226 ABOR command successful.")
        elif self.opening() is not None:
            self._shutdown_connecting_dtp()
            self.respond("225 ABOR command successful; data channel closed.")
        else:
            self.respond("225 No transfer to abort.")

    def ftp_PASV(self, line: str) -> None:
        """PASV: its reply has no room for an IPv6 address (RFC 2428 section 1)."""
        host = self.socket.getsockname()[0].removeprefix("::ffff:")
        if ":" in host and self.fake.passive_address is None:
            self.respond("425 There is no PASV over IPv6; use EPSV.")
        else:
            super().ftp_PASV(line)  # type: ignore[misc]

    def ftp_CWD(self, path: str) -> None:
        """CWD: RFC 959 section 4.1.1."""
        try:
            self.fs.chdir(path)
        except OSError as error:
            self.respond(f"550 {error.strerror}.")
        else:
            cwd = self.fs.cwd.replace('"', '""')
            self.respond(f'250 "{cwd}" is the current directory.')

    def ftp_STOU(self, line: str) -> None:
        """STOU, in no folder that a link leads out to."""
        if line and not self.fs.validpath(str(Path(self.fs.ftp2fs(line)).parent)):
            self.respond("550 The path is outside of the user's root directory.")
        else:
            super().ftp_STOU(line)  # type: ignore[misc]

    def ftp_MLST(self, path: str) -> None:
        """MLST: RFC 3659 section 7.2, with the full path for a name."""
        style = self.fake.facts_style
        name = self.fs.fs2ftp(path)
        try:
            entry = self.fs.entry(path, follow=style != "unix-links")
        except OSError as error:
            self.respond(f"550 {error.strerror}.")
            return
        line = listing.format_facts(style, replace(entry, name=name), self._current_facts)
        self.push(f'250-Listing "{name}":\r\n')
        self.push(f" {line.decode('utf-8', 'surrogateescape')}\r\n")
        self.respond("250 End MLST.")

    def ftp_MFMT(self, path: str, timeval: str) -> None:
        """MFMT: draft-somers-ftp-mfxx-04 section 3."""
        name = self.fs.fs2ftp(path)
        if not Path(path).is_file():
            self.respond(f"550 {name} is not retrievable.")
            return
        try:
            self.fs.utime(path, calendar.timegm(time.strptime(timeval, STAMP)))
        except ValueError:
            self.respond("501 Invalid time format; expected: YYYYMMDDHHMMSS.")
        except OSError as error:
            self.respond(f"550 {error.strerror}.")
        else:
            self.respond(f"213 Modify={timeval}; {name}.")

    def ftp_OPTS(self, line: str) -> None:
        """OPTS: RFC 2389 section 4; UTF8 is what old clients ask for (RFC 2640 needs no asking)."""
        if line.upper().split(" ")[0] in ("UTF8", "UTF-8"):
            self.respond("200 Always in UTF8 mode.")
        else:
            super().ftp_OPTS(line)  # type: ignore[misc]

    def ftp_FEAT(self, line: str) -> None:
        """FEAT: RFC 2389 section 3."""
        words = [self._told(word) for word in self.fake.capabilities]
        if not words:
            self.respond("211 No features.")
            return
        self.push("211-Features supported:\r\n")
        self.push("".join(f" {word}\r\n" for word in words))
        self.respond("211 End FEAT.")

    def _told(self, word: str) -> str:
        """A word of FEAT; MLST with the facts that this session has chosen (RFC 3659 7.8)."""
        if word != "MLST":
            return word
        chosen = self._current_facts
        facts = (f"{fact}{'*' if fact in chosen else ''};" for fact in self._available_facts)
        return f"MLST {''.join(facts)}"
