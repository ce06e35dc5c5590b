"""BIND, Knot DNS and NSD, each started by a test on a loopback port of its own, with its files in a
folder of its own.

Written for the configurations of BIND 9.18, Knot DNS 3.2 and NSD 4.6, in the foreground and as the
user who runs the test. Nothing of the system's own configuration is read.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import ClassVar

# Not every user has it on the path.
SYSTEM = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
PATIENCE = 15  # seconds for a start or a stop
# Id, flags, counts, the root, SOA, IN: what any of them answers as soon as it is there.
HELLO = bytes.fromhex("0001 0000 0001 0000 0000 0000 00 0006 0001")


class DoesNotStart(RuntimeError):
    """It is installed, and does not start here; the message has its log."""


class Reference:
    """A server: a context manager; ``address`` is where it listens."""

    name: ClassVar[str]
    program: ClassVar[str]
    configuration: ClassVar[str]
    zone: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]]

    def __init__(self, folder: Path, zones: dict[str, str]) -> None:
        self.folder = folder
        self.zones = zones

    @classmethod
    def binary(cls) -> str | None:
        return shutil.which(cls.program, path=SYSTEM)

    def __enter__(self) -> Reference:
        port = free_port()
        self.address = "127.0.0.1", port
        config = self.configure(port)
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(self.binary()), *self.arguments, str(config)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def configure(self, port: int) -> Path:
        """Write the zones and the configuration."""
        text = self.configuration.format(folder=self.folder, port=port)
        for name, records in self.zones.items():
            (self.folder / f"{name}.zone").write_text(records)
            text += self.zone.format(folder=self.folder, name=name)
        path = self.folder / "server.conf"
        path.write_text(text)
        return path

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.05)  # there is no event for it
            sock.connect(self.address)
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise DoesNotStart(f"{self.program} ended at once:\n{self.log()}")
                with contextlib.suppress(TimeoutError):
                    try:
                        sock.send(HELLO)
                        sock.recv(600)
                        return
                    except ConnectionRefusedError:
                        time.sleep(0.02)
        raise DoesNotStart(f"{self.program} does not answer:\n{self.log()}")

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


def free_port() -> int:
    """A port that was free a moment ago, for datagrams and for streams."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            stream.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                datagrams.bind(stream.getsockname())
                return int(stream.getsockname()[1])


class Bind(Reference):
    """BIND 9. With ``no-auth`` it leaves out the NS records that nobody asked for."""

    name = "BIND"
    program = "named"
    arguments = ("-g", "-n", "1", "-c")
    configuration = """
        options {{
            directory "{folder}";
            pid-file none;
            session-keyfile none;
            managed-keys-directory "{folder}";
            listen-on port {port} {{ 127.0.0.1; }};
            listen-on-v6 {{ none; }};
            recursion no;
            minimal-responses no-auth;
            allow-transfer {{ any; }};
            notify no;
            dnssec-validation no;
            empty-zones-enable no;
            check-names primary ignore;
            rrset-order {{ order none; }};
        }};
        controls {{ }};
    """
    zone = """
        zone "{name}" {{ type primary; file "{folder}/{name}.zone"; check-names ignore; }};
    """


class Knot(Reference):
    """Knot DNS."""

    name = "Knot"
    program = "knotd"
    arguments = ("-c",)
    configuration = """
server:
    rundir: {folder}
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {folder}/db
acl:
  - id: everyone
    address: 127.0.0.1
    action: transfer
template:
  - id: default
    storage: {folder}
    acl: everyone
    journal-content: none
    zonefile-sync: -1
zone:
"""
    zone = """
  - domain: {name}
    file: {name}.zone
"""


class NSD(Reference):
    """NSD."""

    name = "NSD"
    program = "nsd"
    arguments = ("-d", "-c")
    configuration = """
server:
    ip-address: 127.0.0.1@{port}
    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: ""
    xfrdfile: "{folder}/xfrd.state"
    xfrdir: "{folder}"
    zonelistfile: "{folder}/zone.list"
    hide-version: yes
    minimal-responses: yes
    rrl-ratelimit: 0
remote-control:
    control-enable: no
"""
    zone = """
zone:
    name: {name}
    zonefile: {name}.zone
    provide-xfr: 127.0.0.1 NOKEY
"""


ALL = (Bind, Knot, NSD)
