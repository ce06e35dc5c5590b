"""Certificates: one authority a process, made when first needed, and every wrong kind by name.

Two rules hold here. A kind is made once and kept: keys are elliptic-curve keys, which cost a tenth
of a millisecond. And a wrong certificate is a good one with one thing changed, so that nothing but
that can be why a client refuses it.
"""

from __future__ import annotations

import datetime
import functools
import os
import shutil
import ssl
import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import close_matches

# Whom a good certificate is for: this machine, and the names that documentation uses (RFC 2606).
DOMAINS = ("example.com", "example.org", "example.net", "example.test")
LOCAL = ("localhost", "127.0.0.1", "::1")
IDENTITIES = (*LOCAL, *DOMAINS, *(f"*.{domain}" for domain in DOMAINS))
MANY = 500  # names of "many-sans": some 10 KB, more than the records of a small handshake
PAST = datetime.datetime(2001, 1, 1)
FUTURE = datetime.datetime(2999, 1, 1)


@dataclass(frozen=True, eq=False)
class Certificate:
    """A certificate with its key: what a server shows, or a client.

    ``path`` is a PEM file with the key and the chain, which ``ssl.SSLContext.load_cert_chain``
    and the options of most programs take; one of your own may have its key in ``key_path``.
    ``weak`` says that OpenSSL has to be told to lower its standards before it loads it.
    """

    name: str
    path: Path
    key_path: Path | None = None
    weak: bool = False

    @classmethod
    def own(
        cls, chain: str | os.PathLike[str], key: str | os.PathLike[str] | None = None
    ) -> Certificate:
        """Your own file: PEM, the key and the chain in one, or the chain and the key in two.

        Raises FileNotFoundError where there is none.
        """
        for each in (chain, key):
            if each is not None and not Path(each).is_file():
                raise FileNotFoundError(f"certificate={os.fspath(each)!r}: there is no such file")
        return cls(os.fspath(chain), Path(chain), None if key is None else Path(key))

    def load(self, context: ssl.SSLContext) -> None:
        """Have a context show it. Raises ValueError for what this OpenSSL cannot load."""
        if self.weak:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        try:
            context.load_cert_chain(self.path, self.key_path)
        except ssl.SSLError as error:
            raise ValueError(
                f"certificate {self.name!r}: {ssl.OPENSSL_VERSION} cannot load it: {error}"
            ) from None


class Authority:
    """The certificate authority of this process: ``farm.ca``.

    Its files are in a temporary folder that goes when the process does.
    """

    def __init__(self) -> None:
        try:
            import trustme
        except ImportError:
            raise ImportError("TLS needs trustme: pip install 'pytest-fakefarm[tls]'") from None
        self.root = trustme.CA(organization_name="fakefarm")
        self.folder = Path(tempfile.mkdtemp(prefix="fakefarm-ca-"))
        self._cleaner = weakref.finalize(self, _remove, self.folder, os.getpid())
        self._kinds: dict[str, Certificate] = {}
        self.pem_path = self.folder / "ca.pem"
        self.pem_path.write_bytes(self.pem)

    @property
    def pem(self) -> bytes:
        """The root certificate, in PEM: what a client has to trust."""
        pem: bytes = self.root.cert_pem.bytes()
        return pem

    def client_context(self, certificate: Certificate | None = None) -> ssl.SSLContext:
        """A new ``ssl.SSLContext`` for a client that trusts the authority, and shows
        ``certificate`` if one is given."""
        context = ssl.create_default_context(cafile=os.fspath(self.pem_path))
        if certificate is not None:
            certificate.load(context)
        return context

    def certificate(self, *identities: str) -> Certificate:
        """A good certificate for these host names and addresses; wildcards may be among them."""
        if not identities:
            raise ValueError("certificate(): name at least one host")
        name = f"for {', '.join(identities)}"
        return self._made(name, lambda: _pems(self.root.issue_cert(*identities)))

    def client_certificate(self, name: str = "client", trusted: bool = True) -> Certificate:
        """A certificate for a client, whose common name is ``name``; with ``trusted=False`` by an
        authority that no fake knows."""
        ca = self.root if trusted else _another_root()
        label = f"client {name}" if trusted else f"client {name}, not trusted"
        return self._made(
            label, lambda: _pems(ca.issue_cert(f"{name}@example.com", common_name=name))
        )

    def kind(self, name: str) -> Certificate:
        """A certificate of the kind ``name``, which is one of KINDS. Raises ValueError for a name
        that is none."""
        if name not in KINDS:
            raise ValueError(f"certificate={name!r}: {close_matches(name, frozenset(KINDS))}")
        return self._made(name, lambda: KINDS[name](self.root), weak=name in WEAK)

    def _made(
        self, name: str, make: Callable[[], Sequence[bytes]], weak: bool = False
    ) -> Certificate:
        if name not in self._kinds:
            path = self.folder / f"{len(self._kinds)}.pem"
            path.touch(mode=0o600)
            path.write_bytes(b"".join(make()))
            self._kinds[name] = Certificate(name, path, weak=weak)
        return self._kinds[name]


@functools.cache
def authority() -> Authority:
    """The one of this process."""
    return Authority()


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # and not a fork of it
        shutil.rmtree(folder, ignore_errors=True)


# --- the kinds


def _pems(leaf: Any, chain: slice = slice(None)) -> list[bytes]:
    """Key and chain, the leaf first, of a certificate that trustme issued."""
    return [leaf.private_key_pem.bytes(), *(pem.bytes() for pem in leaf.cert_chain_pems[chain])]


def _another_root() -> Any:
    import trustme

    return trustme.CA(organization_name="nobody knows")


def _valid(root: Any) -> list[bytes]:
    return _pems(root.issue_cert(*IDENTITIES))


def _expired(root: Any) -> list[bytes]:
    return _pems(root.issue_cert(*IDENTITIES, not_after=PAST))


def _not_yet_valid(root: Any) -> list[bytes]:
    return _pems(root.issue_cert(*IDENTITIES, not_before=FUTURE))


def _wrong_host(root: Any) -> list[bytes]:
    return _pems(root.issue_cert("somebody-else.invalid"))


def _untrusted_root(root: Any) -> list[bytes]:
    return _valid(_another_root())


def _below_intermediates(root: Any) -> Any:
    return root.create_child_ca().create_child_ca().issue_cert(*IDENTITIES)


def _incomplete_chain(root: Any) -> list[bytes]:
    return _pems(_below_intermediates(root), slice(1))


def _reversed_chain(root: Any) -> list[bytes]:
    """The leaf must come first, or OpenSSL does not load it; those that follow are reversed."""
    key, leaf, *intermediates = _pems(_below_intermediates(root))
    return [key, leaf, *reversed(intermediates)]


def _ip_san(root: Any) -> list[bytes]:
    return _pems(root.issue_cert("127.0.0.1", "::1"))


def _wildcard(root: Any) -> list[bytes]:
    return _pems(root.issue_cert(*(f"*.{domain}" for domain in DOMAINS)))


def _many_sans(root: Any) -> list[bytes]:
    return _pems(root.issue_cert(*(f"host-{i}.example.com" for i in range(MANY)), *IDENTITIES))


def _weak_rsa_1024(root: Any) -> list[bytes]:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return _changed(root, key=rsa.generate_private_key(65537, 1024))


def _self_signed(root: Any) -> list[bytes]:
    return _changed(root, self_signed=True)


def _no_san(root: Any) -> list[bytes]:
    from cryptography import x509

    return _changed(root, without=x509.SubjectAlternativeName)


def _wrong_key_usage(root: Any) -> list[bytes]:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    return _changed(root, instead=x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]))


def _changed(
    root: Any,
    key: Any = None,
    self_signed: bool = False,
    without: Any = None,
    instead: Any = None,
) -> list[bytes]:
    """A good certificate for ``localhost`` with one thing changed, signed again."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    issued = root.issue_cert(*IDENTITIES, common_name="localhost")
    good = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    key = key or _private_key(issued)
    builder = (
        x509.CertificateBuilder()
        .subject_name(good.subject)
        .issuer_name(good.subject if self_signed else good.issuer)
        .public_key(key.public_key())
        .serial_number(good.serial_number)
        .not_valid_before(datetime.datetime(2000, 1, 1))
        .not_valid_after(datetime.datetime(2998, 1, 1))
    )
    for extension in good.extensions:
        value = extension.value
        if isinstance(value, without or ()) or (
            self_signed and isinstance(value, x509.AuthorityKeyIdentifier)
        ):
            continue
        if instead is not None and isinstance(value, type(instead)):
            value = instead
        builder = builder.add_extension(value, extension.critical)
    signed = builder.sign(key if self_signed else _private_key(root), hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return [key.private_bytes(pem, *plain), signed.public_bytes(pem)]


def _private_key(owner: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(owner.private_key_pem.bytes(), None)


# What a server can show, by name. RFC 5280 and RFC 6125 (9525) say what a client must check.
KINDS: dict[str, Callable[[Any], list[bytes]]] = {
    "expired": _expired,
    "incomplete-chain": _incomplete_chain,
    "ip-san": _ip_san,
    "many-sans": _many_sans,
    "no-san": _no_san,
    "not-yet-valid": _not_yet_valid,
    "reversed-chain": _reversed_chain,
    "self-signed": _self_signed,
    "untrusted-root": _untrusted_root,
    "valid": _valid,
    "weak-rsa-1024": _weak_rsa_1024,
    "wildcard": _wildcard,
    "wrong-host": _wrong_host,
    "wrong-key-usage": _wrong_key_usage,
}
WEAK = frozenset({"weak-rsa-1024"})
