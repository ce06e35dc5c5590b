"""Certificates: one authority a process, made when first needed, and what it signs.

A certificate is made once and kept. ``kinds.py`` has every wrong one.
"""

from __future__ import annotations

import functools
import os
import shutil
import ssl
import tempfile
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import close_matches
from .kinds import KINDS, WEAK, another_root, pems


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
        return self._made(name, lambda: pems(self.root.issue_cert(*identities)))

    def client_certificate(self, name: str = "client", trusted: bool = True) -> Certificate:
        """A certificate for a client, whose common name is ``name``; with ``trusted=False`` by an
        authority that no fake knows."""
        ca = self.root if trusted else another_root()
        label = f"client {name}" if trusted else f"client {name}, not trusted"
        return self._made(
            label, lambda: pems(ca.issue_cert(f"{name}@example.com", common_name=name))
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
        with _making:
            if name not in self._kinds:
                path = self.folder / f"{len(self._kinds)}.pem"
                path.touch(mode=0o600)
                path.write_bytes(b"".join(make()))
                self._kinds[name] = Certificate(name, path, weak=weak)
            return self._kinds[name]


_making = threading.RLock()  # fakes may be made in several threads


def authority() -> Authority:
    """The one of this process."""
    with _making:
        return _only_authority()


@functools.cache
def _only_authority() -> Authority:
    return Authority()


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # and not a fork of it
        shutil.rmtree(folder, ignore_errors=True)
