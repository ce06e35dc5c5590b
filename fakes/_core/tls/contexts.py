"""What a server shows to whom: certificates by server name, and the contexts of OpenSSL."""

from __future__ import annotations

import functools
import os
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .certificates import Certificate, authority

CertificateChoice = str | Certificate | os.PathLike[str] | tuple[Any, Any] | Mapping[str, Any]
VERSIONS = {
    name: ssl.TLSVersion[name.replace(".", "_")]
    for name in ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    if getattr(ssl, f"HAS_{name.replace('.', '_')}")
}
DEMANDS = {None: ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


class Shown(NamedTuple):
    """What a client is shown: the name of a certificate, and a context that shows it."""

    certificate: str
    context: ssl.SSLContext


@dataclass(frozen=True)
class Limits:
    """What a handshake may agree on: one version, and ciphers as OpenSSL lists them; None: any."""

    version: str | None = None
    ciphers: str | None = None

    def apply(self, context: ssl.SSLContext) -> None:
        """Raises ValueError for what this OpenSSL cannot do."""
        written = f"negotiate(version={self.version!r}, ciphers={self.ciphers!r})"
        if self.ciphers is not None and self.version == "TLSv1.3":
            raise ValueError(f"{written}: OpenSSL has no choice of ciphers for TLS 1.3")
        try:
            if self.version is not None:
                number = VERSIONS[self.version]
                with warnings.catch_warnings():  # old ones are what is wanted here
                    warnings.simplefilter("ignore", DeprecationWarning)
                    context.minimum_version = context.maximum_version = number
            if self.ciphers is not None or self.version in ("TLSv1", "TLSv1.1"):
                # Those of TLS 1.3 are not to be chosen from, and the standards are lowered.
                context.set_ciphers(f"{self.ciphers or 'ALL'}:@SECLEVEL=0")
                if self.version is None:
                    context.maximum_version = ssl.TLSVersion.TLSv1_2
        except (KeyError, ValueError, ssl.SSLError) as error:
            raise ValueError(
                f"{written}: {ssl.OPENSSL_VERSION} cannot do it: {error}; server_hello() and "
                "alert() need no OpenSSL"
            ) from None


class Certificates:
    """The certificates of one fake, by server name."""

    def __init__(
        self,
        choice: CertificateChoice,
        client_certificate: str | None,
        alpn: tuple[str, ...],
        tickets: int,
    ) -> None:
        """Raises ValueError, TypeError and FileNotFoundError for a certificate that is none."""
        if client_certificate not in tuple(DEMANDS):
            raise ValueError(
                f"client_certificate={client_certificate!r}: give 'optional', 'required' or None"
            )
        if not isinstance(choice, Mapping):
            choice = {"": choice}
        if not choice:
            raise ValueError("certificate={}: name at least one")
        for name in choice:
            if not isinstance(name, str):
                raise TypeError(f"certificate={{{name!r}: ...}}: a server name is a str")
        self._by_name = {name.lower(): _certificate(each) for name, each in choice.items()}
        self._options = client_certificate, alpn, tickets
        for certificate in self._by_name.values():
            _context(certificate, *self._options, None)  # complains now if it cannot be loaded

    def to(self, server_name: str, limits: Limits | None = None) -> Shown:
        """What is shown to who asks for this server name; the first one where it is not known."""
        first = next(iter(self._by_name.values()))
        certificate = self._by_name.get(server_name.lower(), self._by_name.get("", first))
        return Shown(certificate.name, _context(certificate, *self._options, limits))


def _certificate(choice: Any) -> Certificate:
    if isinstance(choice, Certificate):
        return choice
    if isinstance(choice, str):
        return authority().kind(choice)
    if isinstance(choice, os.PathLike):
        return Certificate.own(choice)
    if isinstance(choice, tuple) and len(choice) == 2:
        return Certificate.own(*choice)
    raise TypeError(
        f"certificate={choice!r}: give the name of a kind, a Certificate of farm.ca, the path of a "
        "PEM file, or the paths of chain and key"
    )


@functools.lru_cache(64)
def _context(
    certificate: Certificate,
    client_certificate: str | None,
    alpn: tuple[str, ...],
    tickets: int,
    limits: Limits | None,
) -> ssl.SSLContext:
    """Made once: to load a certificate costs more than a fake does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_RENEGOTIATION
    # A ticket that a client does not read turns its FIN into an RST, so there are none unasked.
    context.num_tickets = tickets
    context.verify_mode = DEMANDS[client_certificate]
    if client_certificate is not None:
        context.load_verify_locations(authority().pem_path)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    certificate.load(context)
    if limits is not None:
        limits.apply(context)
    return context
