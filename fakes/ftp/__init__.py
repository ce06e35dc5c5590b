"""A fake FTP server."""

from __future__ import annotations

from .rule import FTPRule
from .server import FakeFTP
from .uploads import Upload

__all__ = ["FTPRule", "FakeFTP", "Upload"]
