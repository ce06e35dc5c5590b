"""What a rule can do wrong with TLS, beside what it can do to any bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..program import Action, CloseNotify, Part, Raw

if TYPE_CHECKING:
    from typing_extensions import Self


class TLSFaults:
    """The part of a Rule that knows TLS."""

    verb: str | None
    parts: list[Part]

    def _wrote(self, text: str) -> Self:
        raise TypeError(f"{type(self).__name__} is not written down")

    def _act(self, action: Action, text: str) -> Self:
        raise TypeError(f"{type(self).__name__} runs nothing")

    def negotiate(self, *, version: str | None = None, ciphers: str | None = None) -> Self:
        """On ``tls``: have a handshake, and agree to nothing but this version (``"TLSv1"`` to
        ``"TLSv1.3"``) and these ciphers, as OpenSSL lists them (``"NULL-SHA256"``; those of TLS 1.3
        are not to be chosen from). A client that wants others gets the alert that OpenSSL has for
        that; so does every client by ciphers with RSA, unless the certificate has an RSA key.

        Raises ValueError for what this OpenSSL cannot do.
        """
        import ssl

        from .contexts import Limits

        self._check_in_handshake("negotiate")
        if version is None and ciphers is None:
            raise ValueError(f"{self}: negotiate() limits nothing; give version= or ciphers=")
        limits = Limits(version, ciphers)
        limits.apply(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        self.parts[-1].settings["tls"] = limits
        return self._wrote(f".negotiate(version={version!r}, ciphers={ciphers!r})")

    def alert(self, name: str) -> Self:
        """On ``tls``: answer the ClientHello with an alert (RFC 8446 section 6) and no handshake:
        ``"handshake_failure"`` is what a server says that finds no common cipher,
        ``"protocol_version"`` one that finds the client too old or too new.

        The connection stays open unless an ending is written. Raises ValueError for a name that no
        alert has.
        """
        from .records import alert

        self._check_in_handshake("alert")
        return self._act(Raw(alert(name)), f".alert({name!r})")

    def server_hello(self, version: str = "TLSv1.2", cipher: int = 0x1301) -> Self:
        """On ``tls``: answer with a ServerHello that chooses this version (``"SSLv3"`` to
        ``"TLSv1.4"``, which does not exist) and this cipher suite, offered or not; and with nothing
        behind it.

        Raises ValueError for a version that is none, or a cipher over 65535.
        """
        from .records import server_hello

        self._check_in_handshake("server_hello")
        record = server_hello(version, cipher)
        return self._act(Raw(record), f".server_hello({version!r}, 0x{cipher:04x})")

    def close_notify(self) -> Self:
        """End TLS and not the connection: what is sent from here on is not encrypted. Nothing
        happens on a connection without TLS."""
        return self._act(CloseNotify(), ".close_notify()")

    def _check_in_handshake(self, method: str) -> None:
        if self.verb != "tls":
            raise ValueError(f"{self}: {method}() is for on('tls')")
