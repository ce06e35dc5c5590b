"""One finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a client does wrong, in a plain sentence; ``cases`` are those in which it shows, in
    a row with spaces between, and ``word`` is the verdict of all of them."""

    protocol: str
    client: str
    word: str
    cases: str
    text: str

    def places(self) -> Iterator[tuple[str, str, str, str]]:
        """Protocol, client, case and verdict of each."""
        for case in self.cases.split():
            yield self.protocol, self.client, case, self.word
