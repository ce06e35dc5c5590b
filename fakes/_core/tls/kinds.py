"""What a server can show, by name: a good certificate, and every wrong kind.

Keys are elliptic-curve keys, which cost a tenth of a millisecond. And a wrong certificate is a good
one with one thing changed, so that nothing but that can be why a client refuses it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

# Whom a good certificate is for: this machine, and the names that documentation uses (RFC 2606).
DOMAINS = ("example.com", "example.org", "example.net", "example.test")
LOCAL = ("localhost", "127.0.0.1", "::1")
IDENTITIES = (*LOCAL, *DOMAINS, *(f"*.{domain}" for domain in DOMAINS))
MANY = 500  # names of "many-sans": some 10 KB, more than the records of a small handshake
PAST = datetime.datetime(2001, 1, 1)
FUTURE = datetime.datetime(2999, 1, 1)


def pems(leaf: Any, chain: slice = slice(None)) -> list[bytes]:
    """Key and chain, the leaf first, of a certificate that trustme issued."""
    return [leaf.private_key_pem.bytes(), *(pem.bytes() for pem in leaf.cert_chain_pems[chain])]


def another_root() -> Any:
    """A root that no client trusts."""
    import trustme

    return trustme.CA(organization_name="nobody knows")


def _valid(root: Any) -> list[bytes]:
    return pems(root.issue_cert(*IDENTITIES))


def _expired(root: Any) -> list[bytes]:
    return pems(root.issue_cert(*IDENTITIES, not_after=PAST))


def _not_yet_valid(root: Any) -> list[bytes]:
    return pems(root.issue_cert(*IDENTITIES, not_before=FUTURE))


def _wrong_host(root: Any) -> list[bytes]:
    return pems(root.issue_cert("somebody-else.invalid"))


def _untrusted_root(root: Any) -> list[bytes]:
    return _valid(another_root())


def _below_intermediates(root: Any) -> Any:
    return root.create_child_ca().create_child_ca().issue_cert(*IDENTITIES)


def _incomplete_chain(root: Any) -> list[bytes]:
    return pems(_below_intermediates(root), slice(1))


def _reversed_chain(root: Any) -> list[bytes]:
    """The leaf must come first, or OpenSSL does not load it; those that follow are reversed."""
    key, leaf, *intermediates = pems(_below_intermediates(root))
    return [key, leaf, *reversed(intermediates)]


def _ip_san(root: Any) -> list[bytes]:
    return pems(root.issue_cert("127.0.0.1", "::1"))


def _wildcard(root: Any) -> list[bytes]:
    return pems(root.issue_cert(*(f"*.{domain}" for domain in DOMAINS)))


def _many_sans(root: Any) -> list[bytes]:
    return pems(root.issue_cert(*(f"host-{i}.example.com" for i in range(MANY)), *IDENTITIES))


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
