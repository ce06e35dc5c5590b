"""The file is stored, and the client says goodbye.

It was told so by 226, so that nothing that comes behind that is a failure of its upload: who
reports one has it sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP


@edge_case("ftp", operation="upload", expect=SUCCEEDS, source="RFC 959 section 5.4")
def closed_behind_the_226(server: FakeFTP) -> None:
    """The control connection ends with FIN behind the 226, before QUIT. A good client reports the
    success that it was told of."""
    server.on("transfer").answer().close()


@edge_case("ftp", operation="upload", expect=SUCCEEDS, source="RFC 959 section 4.1.1")
def quit_answered_by_the_end(server: FakeFTP) -> None:
    """The connection ends with FIN at QUIT, without a 221. A good client reports the success that
    it was told of."""
    server.on("QUIT").close()


@edge_case("ftp", operation="upload", expect=SUCCEEDS, source="RFC 959 section 4.1.1")
def quit_never_answered(server: FakeFTP) -> None:
    """QUIT is read and nothing comes back. A good client does not wait for long, and reports the
    success that it was told of."""
    server.on("QUIT").stall()


@edge_case(
    "ftp", operation="upload", expect=SUCCEEDS, source="CPython test_ftplib: test_with_statement"
)
def quit_refused(server: FakeFTP) -> None:
    """QUIT is answered with 550. A good client, whose file is stored, reports success, and does not
    have it sent again."""
    server.on("QUIT").reply(550, "Stay a while.")
