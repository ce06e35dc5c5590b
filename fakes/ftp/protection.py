"""The commands of RFC 2228 that RFC 4217 uses: AUTH, PBSZ, PROT and CCC.

pyftpdlib has them in a handler that brings an OpenSSL of its own; here they only say what is to be
done, and the session does it when the reply has left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import FakeFTP
    from .session import FTPSession

# As pyftpdlib describes its own.
COMMANDS: dict[str, dict[str, Any]] = {
    "AUTH": {"arg": True, "help": "Syntax: AUTH <SP> TLS (protect the control connection)."},
    "PBSZ": {"arg": True, "help": "Syntax: PBSZ <SP> 0."},
    "PROT": {"arg": True, "help": "Syntax: PROT <SP> C|P (data connections: clear, private)."},
    "CCC": {"arg": False, "help": "Syntax: CCC (clear the control connection)."},
}
for _command in COMMANDS.values():
    _command.update(perm=None, auth=False)

# RFC 4217 section 4 and appendix A; the last two are of its drafts, and still asked for.
MECHANISMS = frozenset({"TLS", "TLS-C", "SSL", "TLS-P"})
PROTECTS = {"C": False, "P": True}
UNSUPPORTED = frozenset({"S", "E"})  # RFC 4217 section 9


class Protection:
    """Mixed into pyftpdlib's FTPHandler."""

    fake: FakeFTP
    session: FTPSession
    has_buffer_size: bool  # whether there was a PBSZ
    protects: bool  # whether data connections are encrypted

    if TYPE_CHECKING:

        def respond(self, reply: str) -> None: ...

    @property
    def is_encrypted(self) -> bool:
        return self.session.wire.encrypted is not None

    def flush_account(self) -> None:
        """REIN, AUTH, and a second USER: what was said before is forgotten."""
        super().flush_account()  # type: ignore[misc]
        self.forget_protection()

    def forget_protection(self) -> None:
        """As it is at the beginning."""
        self.has_buffer_size = False
        self.protects = self.fake.tls == "implicit"

    def ftp_AUTH(self, line: str) -> None:
        """AUTH: RFC 4217 section 4."""
        if line.upper() not in MECHANISMS:
            self.respond("504 Unknown mechanism; use TLS.")
        elif self.is_encrypted:
            self.respond("503 There is TLS already.")
        elif self.fake.tls != "starttls":
            self.respond("534 TLS begins with the connection here.")
        else:
            self.respond(f"234 AUTH {line.upper()} successful; go on with TLS.")

    def ftp_PBSZ(self, line: str) -> None:
        """PBSZ: RFC 4217 section 8. No size but 0 has a meaning."""
        if not self.is_encrypted:
            self.respond("503 Use AUTH first.")
        elif not (line.isascii() and line.isdecimal()):
            self.respond("501 PBSZ takes a number.")
        else:
            self.has_buffer_size = True
            self.respond("200 PBSZ=0")

    def ftp_PROT(self, line: str) -> None:
        """PROT: RFC 4217 section 9."""
        level = line.upper()
        if not self.is_encrypted:
            self.respond("503 Use AUTH first.")
        elif not self.has_buffer_size:
            self.respond("503 Use PBSZ first.")
        elif level in UNSUPPORTED:
            self.respond(f"536 TLS has no level {level}; use C or P.")
        elif level not in PROTECTS:
            self.respond("504 Unknown level; use C or P.")
        else:
            self.protects = PROTECTS[level]
            self.respond(f"200 Protection set to {'Private' if self.protects else 'Clear'}.")

    def ftp_CCC(self, line: str) -> None:
        """CCC: RFC 4217 section 12.3."""
        if self.is_encrypted:
            self.respond("200 The control connection goes on in plain text.")
        else:
            self.respond("533 The control connection is not protected.")
