"""Clients that fetch the message of a mailbox."""

from __future__ import annotations

from client import TOTAL, Client, Errors, ran

from fakefarm.contract import standard
from fakefarm.contract.target import Target


def poplib_errors() -> Errors:
    """poplib: error_proto, and OSError."""
    import poplib

    return (poplib.error_proto, OSError)


def curl_fetch(target: Target) -> bytes:
    """curl pop3://.../1"""
    words = f"curl -q -sS --max-time {TOTAL} --user {{user}}:{{password}}"
    if target.fake.tls is not None:
        words += " --ssl-reqd"
    return ran(target, words + " {url}")


CLIENTS = [
    Client("pop3", "poplib", {"fetch": standard.pop3_fetch}, "poplib", poplib_errors),
    Client("pop3", "curl", {"fetch": curl_fetch}, "curl", is_program=True),
]
