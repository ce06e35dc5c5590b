"""The body of an answer ends where it should not, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import FAILS, edge_case

if TYPE_CHECKING:
    from ...http import FakeHTTP


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 8")
def body_cut_short(server: FakeHTTP) -> None:
    """The connection ends with FIN after 100 bytes of a body whose Content-Length is larger. A good
    client reports an incomplete message, and does not take the 100 bytes for the file."""
    server.on("GET").respond(200, b"x" * 1000).truncate(after=100)
