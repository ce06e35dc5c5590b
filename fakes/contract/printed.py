"""What a program brought back: bytes, whatever they stand for."""

from __future__ import annotations

import json
from typing import Any

NIL = (b"None", b"null", b"nil")  # how programs write that there is no value


class Printed(bytes):
    """The standard output of a program."""

    def says(self, value: Any) -> bool:
        """Whether it is a value, written as text or as JSON; bytes are written as they are."""
        if isinstance(value, bytes):
            return self.strip() == value.strip()
        text = self.decode("utf-8", "replace").strip()
        return text in (str(value), json.dumps(value), json.dumps(value, ensure_ascii=False))

    @property
    def is_nil(self) -> bool:
        """Whether it says that a call returned no value."""
        return self.strip() in NIL
