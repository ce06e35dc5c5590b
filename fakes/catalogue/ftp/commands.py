"""What a client says between the login and the transfer, and need not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP

# What every server has to have stands in RFC 1123 section 4.1.2.13. None of these is there.
NOT_NEEDED = ("FEAT", "OPTS", "CLNT", "SIZE", "MDTM", "MLST", "MLSD", "REST", "EPSV", "EPRT")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 1123 section 4.1.2.13")
def server_that_knows_little(server: FakeFTP) -> None:
    """The server answers 500 to all that a server may do without: FEAT, SIZE, MLST, EPSV and their
    like. A good client fetches the file without them."""
    for verb in NOT_NEEDED:
        server.on(verb).reply(500, f"{verb} not understood.").optional()


@edge_case(
    "ftp", operation="download", expect=SUCCEEDS, source="RFC 3659 section 4.2, curl/curl#5957"
)
def size_not_told(server: FakeFTP) -> None:
    """SIZE is answered with 550, which must not be taken for it that the file cannot be had. A good
    client fetches it all the same."""
    server.on("SIZE").reply(550, "Could not get file size.").optional()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 3659 section 4.1")
def size_in_words(server: FakeFTP) -> None:
    """SIZE is answered with words where a number belongs. A good client does without, or reports a
    reply that it cannot read, and does not break down."""
    server.on("SIZE").reply(213, "rather large")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 appendix II")
def folder_told_without_quotes(server: FakeFTP) -> None:
    """PWD is answered with a path that has no quotes, as by servers that read the standard
    otherwise. A good client does without, or reports a reply that it cannot read."""
    server.on("PWD").reply(257, "/ is the current directory.")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 5.4")
def binary_refused(server: FakeFTP) -> None:
    """TYPE I is answered with 504. A good client reports it, and does not bring back a file whose
    line ends were changed on the way."""
    server.on("TYPE", "I*").reply(504, "Only TYPE A here.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2.1")
def idle_for_too_long(server: FakeFTP) -> None:
    """The connection was silent for too long, as the server has it: TYPE is answered with 421 and
    the end. A good client reports that."""
    server.on("TYPE").reply(421, "Timeout.").close()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 9293 section 3.5.3")
def reset_in_place_of_a_reply(server: FakeFTP) -> None:
    """The connection ends with RST where RETR is to be answered. A good client reports that the
    server has gone."""
    server.on("RETR").ignore().reset()
