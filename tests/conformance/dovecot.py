"""Dovecot, started by a test on a loopback port of its own, with a folder of its own.

Written for the configuration of Dovecot 2.3. It works as root, and as any other user who may run
the ``dovecot`` binary.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
protocols = {protocol}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
{unprivileged}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 apop
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u:LAYOUT=fs
namespace inbox {{
  inbox = yes
  separator = /
}}
pop3_lock_session = yes
pop3_uidl_format = %f
passdb {{
  driver = static
  args = password={{PLAIN}}secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service {protocol}-login {{
  chroot =
  inet_listener {protocol} {{
    port = {port}
  }}
  inet_listener {protocol}s {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  # No one has to wait because others gave wrong passwords.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
UNPRIVILEGED = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
"""
PATIENCE = 10  # seconds for a start or a stop
USER = "ann"
# Not every user has it on the path.
SYSTEM = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
BINARY = shutil.which("dovecot", path=SYSTEM)


def why_not() -> str:
    """Why it cannot be used here; "" if it can."""
    if BINARY is None:
        return "dovecot is not installed"
    run = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=False)
    if not run.stdout.startswith("2.3."):
        return f"the configuration is that of dovecot 2.3, and this is {run.stdout.strip()}"
    return ""


class DoesNotStart(RuntimeError):
    """It is installed, and does not start here; the message has its log."""


class Dovecot:
    """A context manager; ``address`` is where it listens. ``protocol`` is pop3 or imap."""

    def __init__(self, mails: dict[str, bytes], protocol: str = "pop3") -> None:
        self.mails = mails
        self.protocol = protocol
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        root = os.getuid() == 0
        self.owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())

    def __enter__(self) -> Dovecot:
        try:
            self.folder.chmod(0o755)  # its processes run as other users
            self.refill()
            port = self.configure()
            self.process = subprocess.Popen(
                [str(BINARY), "-F", "-c", str(self.folder / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.address = "127.0.0.1", port
            try:
                self.wait_until_it_listens()
            except BaseException:
                self.__exit__()
                raise
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def refill(self) -> None:
        """Put the messages into the mailbox, and nothing else."""
        maildir = self.folder / "mail" / USER
        shutil.rmtree(maildir, ignore_errors=True)
        for name in ("cur", "new", "tmp"):
            (maildir / name).mkdir(parents=True)
        for number, content in enumerate(self.mails.values(), 1):
            (maildir / "cur" / f"{number:04}.fake.host:2,S").write_bytes(content)
        for path in (maildir.parent, maildir, *maildir.rglob("*")):
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def configure(self) -> int:
        """Write the configuration; the port in it is one that was free a moment ago."""
        import grp

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        owner = self.owner
        names = {"user": owner.pw_name, "group": grp.getgrgid(owner.pw_gid).gr_name}
        text = CONFIGURATION.format(
            protocol=self.protocol,
            folder=self.folder,
            unprivileged="" if os.getuid() == 0 else UNPRIVILEGED.format(**names),
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            port=port,
        )
        (self.folder / "dovecot.conf").write_text(text)
        return port

    def wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise DoesNotStart(f"dovecot ended at once:\n{self.log()}")
            try:
                with socket.create_connection(self.address, timeout=PATIENCE) as sock:
                    if sock.recv(100).startswith((b"+OK", b"* OK")):
                        return
            except OSError:
                time.sleep(0.02)  # there is no event for it
        raise DoesNotStart(f"dovecot does not answer:\n{self.log()}")

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else "(no log)"
