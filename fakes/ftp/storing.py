"""Where the bytes of an upload go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conversion import FromNetwork

if TYPE_CHECKING:
    from .engine import Plan
    from .uploads import Upload


class OverLimit(Exception):
    """An upload has more than so many bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"over {limit} bytes")
        self.limit = limit


class FileFailed(Exception):
    """The file system could not do it. An OSError that a callable of the test raises is another
    thing."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or type(error).__name__)


class Store:
    """Writes into the file and remembers what was written. Raises FileFailed."""

    def __init__(self, plan: Plan | None, upload: Upload | None, limit: int) -> None:
        self._file = plan.file if plan is not None else None
        self._upload = upload
        self._text = FromNetwork() if plan is not None and plan.is_text else None
        self._limit = self.left = limit

    def write(self, data: bytes) -> None:
        """Some bytes as they came. Raises OverLimit once the limit is reached."""
        kept = data if len(data) <= self.left else data[: self.left]
        self.left -= len(kept)
        self._keep(self._text.feed(kept) if self._text else kept)
        if len(kept) < len(data):
            raise OverLimit(self._limit)

    def end(self) -> None:
        """All has come."""
        if self._text:
            self._keep(self._text.end())

    def _keep(self, data: bytes) -> None:
        if self._file is not None and data:
            view = memoryview(data)
            try:
                while view:
                    view = view[self._file.write(view) :]
            except OSError as error:
                raise FileFailed(error) from None
        if self._upload is not None and data:
            self._upload.add(data)
