"""The engine: what a well-behaved FTP server answers. The one file that imports pyftpdlib.

Three rules hold here. pyftpdlib does no input or output of its own: its handler is asked a command
and says its replies, and what crosses the wire is ours. It opens no data connection: those that it
would open are handed over as a ``Plan``. And a command has its effect when it is asked, but with
``dry`` it has none and says the same.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from typing import TYPE_CHECKING, Any

from . import commands, listing, replies
from .answers import Answers
from .connecting import Calling, Listening
from .files import ServedFiles
from .protection import COMMANDS, Protection
from .standins import Host, Line, Loop, Porter

with warnings.catch_warnings():
    # asyncore warns of its end on Python 3.10 and 3.11.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import AuthenticationFailed
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import FTPHandler

if TYPE_CHECKING:
    from .connecting import Opening
    from .server import FakeFTP
    from .session import FTPSession
    from .transfer import Transfer

HOST, LOOP = Host(), Loop()
OPTIONS = re.compile(r"(-[A-Za-z0-9]+( +|$))+")
ACCOUNT = {"perm": None, "auth": False, "arg": True, "help": "Syntax: ACCT <SP> account."}

# What a command may change in the handler, and a dry one does not.
STATE = (
    *("username", "password", "authenticated", "attempted_logins", "fs", "closing"),
    *("needs_account", "_current_type", "_restart_position", "_rnfr", "_epsvall"),
    *("_current_facts", "_dtp_acceptor", "_dtp_connector", "has_buffer_size", "protects"),
)


# What pyftpdlib knows, as it describes it.
PLAIN = {**FTPHandler.proto_cmds, "ACCT": ACCOUNT}
WITH_TLS = {**PLAIN, **COMMANDS}


@dataclass
class Plan:
    """A transfer that was agreed to: the bytes to send, or the file that is read or written from
    where it stands; ``is_text`` for TYPE A."""

    chunks: Iterator[bytes] | None = None
    file: FileIO | None = None
    is_text: bool = False


class Files(ServedFiles, AbstractedFS):  # type: ignore[misc]
    """The files of a user."""


class Engine(Answers, Protection, FTPHandler):  # type: ignore[misc]
    """The state of one session, and the answers to its commands."""

    timeout = 0  # ours to mind
    tcp_no_delay = False
    unicode_errors = "surrogateescape"  # any name survives, whatever its bytes
    abstracted_fs = Files
    passive_dtp = Listening
    active_dtp = Calling
    proto_cmds = PLAIN
    _restart_position: int
    _in_dtp_queue: tuple[FileIO, str] | None

    def __init__(self, session: FTPSession) -> None:
        self.session = session
        self.fake: FakeFTP = session.server
        self.closing = False  # whether the connection ends behind the reply
        self.needs_account = False  # whether a script asked for an ACCT
        self.dry = False
        self.plan: Plan | None = None  # what the last command has led to
        self._said: list[str] = []
        if self.fake.tls is not None:
            self.proto_cmds = WITH_TLS
        self.forget_protection()
        self.authorizer = Porter(self.fake, AuthenticationFailed)
        wire = session.wire
        super().__init__(Line(wire.sock, wire.connection.peer), HOST, LOOP)
        self._available_facts = list(listing.KNOWN_FACTS)
        self._current_facts = list(listing.DEFAULT_FACTS)

    # --- what the session calls

    def ask(self, line: str, dry: bool = False) -> bytes:
        """The reply to a command."""
        self._said, self.plan, self.dry = [], None, dry
        before = {name: getattr(self, name) for name in STATE} if dry else {}
        cwd = self.fs.cwd if self.fs is not None else ""
        self.permit_foreign_addresses = self.fake.permit_foreign_addresses
        if self.fs is not None:
            self.fs.dry = dry
        try:
            self._answer(line)
        except UnicodeEncodeError:
            self.respond(replies.CANNOT_ENCODE)
        except OSError as error:  # a name that is too long, say
            self.respond(f"550 {error.strerror}.")
        for name, value in before.items():
            setattr(self, name, value)
        if dry and self.fs is not None:
            self.fs.cwd = cwd
        self.dry = False
        return "".join(self._said).encode("utf-8", "surrogateescape")

    def _answer(self, line: str) -> None:
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        if "\0" in line:
            self.respond(replies.BAD_BYTES)
        elif verb == "SITE" and argument and self._site(argument) not in self.proto_cmds:
            self.respond(replies.UNKNOWN.format(self._site(argument)))
        elif verb in self.proto_cmds:
            if verb in commands.WITH_OPTIONS and argument.startswith("-"):
                argument = OPTIONS.sub("", argument, count=1)
                line = f"{verb} {argument}"
            self.pre_process_command(line, verb, argument)
            self._find_upload()
        elif verb in commands.TABLE:
            self.respond(replies.NOT_DONE.format(verb))
        else:
            self.respond(replies.UNKNOWN.format(verb))

    def _site(self, argument: str) -> str:
        return f"SITE {argument.split(' ')[0].upper()}"

    def _find_upload(self) -> None:
        if self._in_dtp_queue is not None:
            file, _ = self._in_dtp_queue
            self._in_dtp_queue = None
            self.plan = Plan(None, file, self._current_type == "a")

    def log_in(self, user: str) -> None:
        """Let somebody in, whatever the password."""
        self.username = user
        self.authenticated, self.closing, self.needs_account = True, False, False
        self.attempted_logins = 0
        self.fs = self.abstracted_fs(self.authorizer.get_home_dir(user), self)

    def forget_restart(self) -> None:
        """A REST is used up."""
        self._restart_position = 0

    def opening(self) -> Opening | None:
        """How the next data connection comes about; None where the client did not say."""
        found: Opening | None = self._dtp_acceptor or self._dtp_connector
        return found

    def lend_opening(self, transfer: Transfer) -> None:
        """A transfer begins, and has it now."""
        self._dtp_acceptor = self._dtp_connector = None
        self.data_channel = transfer

    def release(self) -> None:
        """Close what is open: the client may have left before a transfer could begin."""
        self._shutdown_connecting_dtp()
        if self.plan is not None and self.plan.file is not None:
            self.plan.file.close()

    # --- pyftpdlib's ways out, led to us

    def push(self, data: str) -> None:
        self._said.append(data)

    def push_with_producer(self, producer: Any) -> None:
        for data in iter(producer.more, b""):
            self._said.append(data.decode("utf-8", "surrogateescape"))

    def push_dtp_data(
        self, data: Any, isproducer: bool = False, file: Any = None, cmd: str | None = None
    ) -> None:
        self._said.append(replies.BEGIN.decode())
        if file is not None:
            self.plan = Plan(None, file, self._current_type == "a")
        elif isproducer:
            self.plan = Plan(iter([b"".join(iter(data.more, b""))]))
        else:
            self.plan = Plan(iter([data]))

    def close_when_done(self) -> None:
        self.closing = True

    def log(self, *_: object, **__: object) -> None: ...

    logline = logerror = log_cmd = log

    def process_command(self, cmd: str, *args: Any, **kwargs: Any) -> None:
        if cmd in commands.TRANSFERS and self.opening() is None:
            self.respond(replies.NO_OPENING)
        else:
            getattr(self, "ftp_" + cmd.replace(" ", "_"))(*args, **kwargs)

    def _shutdown_connecting_dtp(self) -> None:
        if not self.dry:
            super()._shutdown_connecting_dtp()
