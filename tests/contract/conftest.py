"""Cases that are made for one test and stand in no catalogue."""

from collections.abc import Callable
from typing import Any

import pytest

from fakefarm import EdgeCase
from fakefarm.catalogue import Case


@pytest.fixture
def case() -> Callable[..., EdgeCase]:
    """``case(protocol, operation, expect, arrange, ...)``: an EdgeCase."""

    def case(
        protocol: str,
        operation: str,
        expect: str,
        arrange: Callable[[Any], object] = lambda fake: None,
        arguments: dict[str, Any] | None = None,
        wants: Any = None,
    ) -> EdgeCase:
        return EdgeCase(
            Case(
                protocol,
                "made_up",
                "test",
                operation,
                expect,
                "The server does this. A good client does that.",
                "RFC 0000 section 0",
                arrange,
                arguments or {},
                wants,
            )
        )

    return case
