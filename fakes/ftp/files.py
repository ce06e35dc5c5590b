"""What a user may do with the files of a home: the part of pyftpdlib's file system that changes
something, or that tells of files.

With ``dry`` nothing is changed, and an operation that could not be done raises what it would.
"""

from __future__ import annotations

import errno
import itertools
import os
import time
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

from . import listing

NO_NAMES = frozenset({"", ".", ".."})


def impossible(code: int) -> OSError:
    """The error of the system with this number."""
    return OSError(code, os.strerror(code))


class ServedFiles:
    """Mixed into pyftpdlib's AbstractedFS; every path is one that it has found to be inside."""

    dry = False
    cwd: str
    root: str
    cmd_channel: Any

    def fs2ftp(self, path: str) -> str:
        return str(super().fs2ftp(path))  # type: ignore[misc]

    def validpath(self, path: str) -> bool:
        """Whether a path is inside, every symbolic link of it followed."""
        real = path if self._is_real(path) else os.path.realpath(path)
        return real == self.root or real.startswith(self.root.rstrip(os.sep) + os.sep)

    def _is_real(self, path: str) -> bool:
        """Whether it is something right in the root, which is a real path, and no link: most are,
        and to follow all of a path costs more than to open a file does."""
        folder, _, name = path.rpartition(os.sep)
        return folder == self.root and name not in NO_NAMES and not os.path.islink(path)  # noqa: PTH114

    def chdir(self, path: str) -> None:
        os.scandir(path).close()  # raises what chdir(2) would, which is for the whole process
        self.cwd = self.fs2ftp(path)

    def open(self, filename: str, mode: str) -> FileIO:
        if not os.path.isfile(filename) and os.path.lexists(filename):  # noqa: PTH113
            # Of a FIFO, open() would wait.
            raise impossible(errno.EISDIR if Path(filename).is_dir() else errno.EINVAL)
        if self.dry and mode != "rb":
            path = Path(filename)
            (path if mode == "r+b" else path.parent).stat()
            return nowhere(filename)
        return FileIO(filename, mode.replace("b", ""))

    def mkstemp(
        self, suffix: str = "", prefix: str = "", dir: str = "", mode: str = "wb"
    ) -> FileIO:
        """A new file whose name ends in the lowest number that is free."""
        names = (str(Path(dir, f"{prefix}{number}{suffix}")) for number in itertools.count(1))
        name = next(name for name in names if not os.path.lexists(name))
        return nowhere(name) if self.dry else FileIO(name, "x")

    def mkdir(self, path: str) -> None:
        if not self.dry:
            Path(path).mkdir()
        elif os.path.lexists(path):
            raise impossible(errno.EEXIST)
        else:
            Path(path).parent.stat()

    def rmdir(self, path: str) -> None:
        if not self.dry:
            Path(path).rmdir()
        elif next(Path(path).iterdir(), None) is not None:
            raise impossible(errno.ENOTEMPTY)

    def remove(self, path: str) -> None:
        if not self.dry:
            Path(path).unlink()
        elif Path(path).is_dir():
            raise impossible(errno.EISDIR)
        else:
            Path(path).lstat()

    def rename(self, src: str, dst: str) -> None:
        if self.dry:
            Path(src).lstat()
            Path(dst).parent.stat()
        else:
            Path(src).rename(dst)

    def chmod(self, path: str, mode: int) -> None:
        if self.dry:
            Path(path).stat()
        else:
            Path(path).chmod(mode)

    def utime(self, path: str, timeval: float) -> None:
        if self.dry:
            Path(path).stat()
        else:
            os.utime(path, (timeval, timeval))

    # --- listings

    def format_list(
        self, basedir: str, names: Iterable[str], ignore_err: bool = True
    ) -> Iterator[bytes]:
        """LIST."""
        style = self.cmd_channel.fake.listing_style
        yield listing.format_list(style, list(self.entries(basedir, names)), time.time())

    def format_mlsx(
        self,
        basedir: str,
        names: Iterable[str],
        perms: str,
        facts: list[str],
        ignore_err: bool = True,
    ) -> Iterator[bytes]:
        """MLSD."""
        style = self.cmd_channel.fake.facts_style
        entries = self.entries(basedir, names, follow=style != "unix-links")
        yield listing.format_mlsd(style, list(entries), facts)

    def entries(
        self, folder: str, names: Iterable[str], follow: bool = False
    ) -> Iterator[listing.Entry]:
        """What is told of the things in a folder, as far as they are still there."""
        for name in names:
            try:
                yield self.entry(str(Path(folder, name)), follow)
            except OSError:
                continue

    def entry(self, path: str, follow: bool = False) -> listing.Entry:
        """What is told of one: of what a link leads to, with ``follow``, if that is in reach."""
        follows = follow and Path(path).exists() and self.validpath(path)
        return listing.Entry.of(path, self.root, follows)


def nowhere(name: str) -> FileIO:
    """A file for a dry run: what is written to it is gone."""
    file = FileIO(os.devnull, "r+")
    file.name = name
    return file
