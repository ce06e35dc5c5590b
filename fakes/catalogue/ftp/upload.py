"""STOR: a file is sent, and stored or not.

It is done when the reply that completes the transfer says so, and not when the last byte was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def upload_refused(server: FakeFTP) -> None:
    """STOR is answered with 553: the name is not allowed. A good client reports it, and sends no
    data."""
    server.on("STOR").reply(553, "File name not allowed.")


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def no_space_at_once(server: FakeFTP) -> None:
    """STOR is answered with 452: the disk is full. A good client reports a failure that may
    pass."""
    server.on("STOR").reply(452, "Insufficient storage space.")


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def no_space_in_the_middle(server: FakeFTP) -> None:
    """The server reads 100 bytes, ends the data connection, and says 552. A good client reads that
    even where it cannot send any more, and reports it."""
    server.on("transfer").truncate(after=100).reply(552, "Quota exceeded.")


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def no_space_behind_the_data(server: FakeFTP) -> None:
    """All is read, and 552 says that it is not stored. A good client waits for the reply behind the
    data, and reports it."""
    server.on("transfer").reply(552, "Quota exceeded.")


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def disk_error_behind_the_upload(server: FakeFTP) -> None:
    """All is read, and 451 says that writing it has failed. A good client reports a failure that
    may pass."""
    server.on("transfer").reply(451, "Write error.")


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 3659 section 4")
def stored_in_part_and_226(server: FakeFTP) -> None:
    """The server stores 100 bytes, ends the data connection, and says 226 all the same. A good
    client asks SIZE what has become of its file, and reports that it is too small."""
    server.on("STOR").truncate(after=100)


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def stored_before_it_was_sent(server: FakeFTP) -> None:
    """STOR is answered with 226 and no 150, and nothing is read. A good client reports that its
    file was not taken."""
    server.on("STOR").reply(226, "Transfer complete.")


@edge_case("ftp", operation="upload", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def stor_never_answered(server: FakeFTP) -> None:
    """STOR is read and nothing comes back. A good client has a timeout and reports that it
    passed."""
    server.on("STOR").ignore()


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 4.2.1")
def closed_at_stor(server: FakeFTP) -> None:
    """The control connection ends with FIN when STOR comes. A good client reports that the server
    has gone."""
    server.on("STOR").ignore().close()


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 9293 section 3.5.3")
def upload_reset_in_the_middle(server: FakeFTP) -> None:
    """The data connection ends with RST behind 100 bytes, and 426 says that it was broken. A good
    client reports that its file was not stored, whether it could send it all or not."""
    server.on("STOR").truncate(after=100).reset()
    server.on("transfer").reply(426, "Connection closed; transfer aborted.")


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 9293 section 3.5.3")
def server_dies_at_the_upload(server: FakeFTP) -> None:
    """Both connections end with RST behind 100 bytes. A good client reports that the server has
    gone."""
    server.on("STOR").truncate(after=100).reset()
    server.on("transfer").reset()


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def completion_of_the_upload_never_comes(server: FakeFTP) -> None:
    """All is read, and no 226 comes. A good client has a timeout for that, too, and does not take
    silence for a success."""
    server.on("transfer").ignore()


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 5.4")
def control_connection_gone_behind_the_upload(server: FakeFTP) -> None:
    """All is read, and the control connection ends with FIN before the 226. A good client reports
    that it does not know whether its file is stored."""
    server.on("transfer").close()


@edge_case("ftp", operation="upload", expect=FAILS, source="RFC 959 section 4.2.1")
def shut_down_behind_the_upload(server: FakeFTP) -> None:
    """All is read, and in place of 226 comes 421 and the end. A good client reports that it does
    not know whether its file is stored."""
    server.on("transfer").reply(421, "Shutting down.").close()


@edge_case("ftp", operation="upload", expect=SUCCEEDS, source="RFC 959 section 5.4")
def completion_of_the_upload_is_late(server: FakeFTP) -> None:
    """The 226 comes a moment after the data, since there is much to write. A good client waits for
    it."""
    server.on("transfer").delay(0.2).answer()


@edge_case("ftp", operation="upload", expect=SUCCEEDS, source="RFC 959 section 5.4")
def upload_begun_by_125_and_completed_by_250(server: FakeFTP) -> None:
    """The upload begins with 125 and is completed by 250, as the standard allows. A good client
    takes them as it takes 150 and 226."""
    server.on("STOR").reply(125, "Data connection already open; transfer starting.")
    server.on("transfer").reply(250, "File action completed.")


@edge_case("ftp", operation="upload", expect=SUCCEEDS, source="RFC 9293 section 3.8.6")
def upload_read_slowly(server: FakeFTP) -> None:
    """The server reads 40,000 bytes a second. A good client sends no faster than that, and waits
    for the 226."""
    server.on("STOR").throttle(40_000)


@edge_case("ftp", operation="upload", expect=EITHER, source="RFC 959 section 5.4")
def upload_completed_twice(server: FakeFTP) -> None:
    """The 226 comes twice, and the second one seems to be the reply to the next command. A good
    client reports the success that it was told of, or that the two are out of step."""
    server.on("transfer").duplicate()


@edge_case("ftp", operation="upload", expect=EITHER, source="RFC 959 section 5.4")
def success_and_failure_at_once(server: FakeFTP) -> None:
    """Behind the data comes 226, and 552 behind it. A good client reports the one or the other, and
    does not store its file twice."""
    server.on("transfer").reply(226, "Transfer complete.").reply(552, "Or not.")
