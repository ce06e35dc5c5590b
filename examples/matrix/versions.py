"""What was checked: the versions of clients, of Python, of the C library."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import ssl
import subprocess
import sys
from collections.abc import Iterable

from client import Client

# How programs are asked, and what of their answer is the version.
ASKED = {
    "curl": (["curl", "-q", "--version"], r"curl (\S+).*?(\w+SSL/\S+|GnuTLS/\S+)"),
    "wget": (["wget", "--no-config", "--version"], r"Wget (\S+)"),
    "dig": (["dig", "-v"], r"DiG (\S+)"),
    "kdig": (["kdig", "--version"], r"version (\S+)"),
}
# The distribution on PyPI, where it is not the name of the module.
DISTRIBUTIONS = {"dns": "dnspython", "aiohttp_xmlrpc": "aiohttp-xmlrpc"}
# What else is to be known of a client.
NOTES = {"socket": ", answered by way of fake_resolver, which follows glibc"}


def platform_versions() -> dict[str, str]:
    """Of what is below all clients."""
    libc = " ".join(platform.libc_ver()).strip() or "not told"
    return {
        "Python": platform.python_version(),
        "C library": libc,
        "OpenSSL of Python": ssl.OPENSSL_VERSION,
        "system": f"{platform.system()} {platform.machine()}",
    }


def client_versions(clients: Iterable[Client]) -> dict[str, str]:
    """By client, once each, in the order of the matrix."""
    return {client.name: version(client) for client in clients}


def version(client: Client) -> str:
    """Of one client; "" where it cannot be told."""
    if client.is_program:
        command, pattern = ASKED[client.needs]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
        found = re.search(pattern, done.stdout + done.stderr)
        return ", ".join(each for each in found.groups() if each) if found else ""
    if client.needs in sys.stdlib_module_names:
        return f"of Python {platform.python_version()}{NOTES.get(client.name, '')}"
    return importlib.metadata.version(DISTRIBUTIONS.get(client.needs, client.needs))
