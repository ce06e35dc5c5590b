"""The folders of a fake: its root, and the home of each user in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from collections import UserDict
from pathlib import Path

SEPARATORS = frozenset({os.sep, os.altsep or os.sep, "/", "\0"})


class Root:
    """The folder that is served: the one that the test gave, or a temporary one that is made when
    it is first asked for."""

    def __init__(self, given: str | os.PathLike[str] | None) -> None:
        self._given = None if given is None else checked_folder(given)
        self._made: Path | None = None
        self._remove: weakref.finalize[[str], Root] | None = None
        self._making = threading.Lock()

    def path(self) -> Path:
        """It. A real path: no symbolic link is on the way to it."""
        if self._given is not None:
            return self._given
        with self._making:
            if self._made is None:
                self._made = Path(os.path.realpath(tempfile.mkdtemp(prefix="fakefarm-ftp-")))
                self._remove = weakref.finalize(self, _remove_tree, str(self._made))
            return self._made

    def clear(self) -> None:
        """Remove a temporary one with all that is in it."""
        with self._making:
            if self._remove is not None:
                self._remove()
            self._made = self._remove = None


def _remove_tree(path: str) -> None:
    shutil.rmtree(path, ignore_errors=True)


def checked_folder(path: str | os.PathLike[str]) -> Path:
    """A folder that exists. Raises TypeError or ValueError."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"root={path!r}: give the path of a folder")
    if not Path(path).is_dir():
        raise ValueError(f"root={str(path)!r}: there is no such folder; make it first")
    return Path(os.path.realpath(path))


def is_inside(path: str | os.PathLike[str], root: Path) -> bool:
    """Whether ``path``, every symbolic link of it followed, is ``root`` or in it."""
    return Path(os.path.realpath(path)).is_relative_to(root)


class Homes(UserDict[str, Path]):
    """Folders by user, given relative to the root and inside it; they are made where they do not
    exist. Raises ValueError for one that leads out."""

    def __init__(self, root: Root) -> None:
        super().__init__()
        self._root = root

    def __setitem__(self, user: str, folder: str | os.PathLike[str]) -> None:
        root = self._root.path()
        home = Path(os.path.realpath(root / folder))
        if not is_inside(home, root):
            raise ValueError(f"homes[{user!r}] = {str(folder)!r}: it is not inside {root}")
        home.mkdir(parents=True, exist_ok=True)
        super().__setitem__(user, home)

    def of(self, user: str) -> Path:
        """The home of a user: the one that was set, or ``root/user`` if that exists, or the
        root."""
        if user in self:
            return self[user]
        root = self._root.path()
        if is_plain(user):
            home = f"{root}{os.sep}{user}"
            # Every login asks, so as cheaply as can be. A name that is too long is none.
            if os.path.isdir(home) and is_inside(home, root):  # noqa: PTH112
                return Path(os.path.realpath(home))
        return root


def is_plain(name: str) -> bool:
    """Whether it is the name of something in a folder, and no path."""
    return name not in ("", ".", "..") and not SEPARATORS.intersection(name)
