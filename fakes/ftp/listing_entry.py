"""An entry of a folder, as all listings need it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
EARLIEST = datetime(1, 1, 2, tzinfo=timezone.utc)
LATEST = datetime(9999, 12, 30, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Entry:
    """What is told of a file, a folder, or a link.

    ``name`` is text, with surrogates for the bytes that are not UTF-8 (PEP 383); ``size`` is in
    bytes, ``mtime`` in seconds since 1970, ``mode`` what ``os.stat`` has: type and permissions.
    ``target`` is where a symbolic link points to, ``device`` the major and minor number of a device
    file. ``unique`` is the same for two names of one file.

    Owner and group are ``ftp``, whoever owns the file, as vsftpd shows them: who runs the tests is
    nobody's business.
    """

    name: str
    size: int = 0
    mtime: float = 0.0
    mode: int = stat.S_IFREG | 0o644
    links: int = 1
    owner: str = "ftp"
    group: str = "ftp"
    uid: int = 14
    gid: int = 50
    unique: str = "1g1"
    target: str = ""
    device: tuple[int, int] | None = None

    @classmethod
    def of(cls, path: str | Path, root: str | Path | None = None, follow: bool = False) -> Entry:
        """The entry of what lies at ``path``: of a link itself, unless ``follow``. With ``root``,
        the target of a link that is an absolute path below it is told as FTP has it: ``/`` is
        ``root``.

        Raises OSError where nothing is there.
        """
        path = Path(path)
        found = path.stat() if follow else path.lstat()
        target = _as_told(path.readlink(), root) if stat.S_ISLNK(found.st_mode) else ""
        is_device = stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode)
        return cls(
            name=path.name,
            size=len(as_bytes(target)) or found.st_size,
            mtime=found.st_mtime,
            mode=found.st_mode,
            links=found.st_nlink or 1,
            unique=f"{found.st_dev:x}g{found.st_ino:x}",
            target=target,
            device=(os.major(found.st_rdev), os.minor(found.st_rdev)) if is_device else None,
        )

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode)

    @property
    def moment(self) -> datetime:
        """``mtime`` in UTC; what no calendar has is told as the year 1 or 9999."""
        try:
            return min(max(EPOCH + timedelta(seconds=int(self.mtime)), EARLIEST), LATEST)
        except OverflowError:
            return LATEST if self.mtime > 0 else EARLIEST


def folder(name: str, mtime: float) -> Entry:
    """A folder that is only told of: ``"."`` and ``".."``."""
    return Entry(name, size=4096, mtime=mtime, mode=stat.S_IFDIR | 0o755, links=2)


def _as_told(target: Path, root: str | Path | None) -> str:
    if root is not None and target.is_absolute():
        for top in (Path(root), Path(root).resolve()):
            if target.is_relative_to(top):
                return "/" + target.relative_to(top).as_posix().removeprefix(".")
    return str(target)


def as_bytes(text: str) -> bytes:
    """Text as it is sent: UTF-8, and what was not UTF-8 as it was."""
    return text.encode("utf-8", "surrogateescape")
