"""RETR: a file comes, in full or not.

Nothing in the data says where a file ends; its end is the end of the data connection. What a client
has to tell a whole file from a part of it is the reply that completes the transfer, and SIZE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case

if TYPE_CHECKING:
    from ...ftp import FakeFTP


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def no_such_file(server: FakeFTP) -> None:
    """RETR is answered with 550: the file is gone by now. A good client reports that, and does not
    bring back an empty one."""
    server.on("RETR").reply(550, "No such file.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def file_busy(server: FakeFTP) -> None:
    """RETR is answered with 450: the file is in use. A good client reports a failure that may
    pass."""
    server.on("RETR").reply(450, "File is in use.")


@edge_case("ftp", operation="download", expect=FAILS, source="CPython test_ftplib: test_exceptions")
def code_of_no_class(server: FakeFTP) -> None:
    """RETR is answered with 999, which is of no class that there is. A good client reports a reply
    that it cannot read."""
    server.on("RETR").reply(999, "Whatever.")


@edge_case("ftp", operation="download", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def retr_never_answered(server: FakeFTP) -> None:
    """RETR is read, and neither a reply nor data comes. A good client has a timeout and reports
    that it passed."""
    server.on("RETR").ignore()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2.1")
def shut_down_at_retr(server: FakeFTP) -> None:
    """RETR is answered with 421, and the connection ends: the server shuts down. A good client
    reports that."""
    server.on("RETR").reply(421, "Shutting down.").close()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def done_before_it_began(server: FakeFTP) -> None:
    """RETR is answered with 226 and no 150, and no data comes. A good client reports a failure, and
    does not bring back an empty file."""
    server.on("RETR").reply(226, "Transfer complete.")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def begun_by_125(server: FakeFTP) -> None:
    """The transfer begins with 125, since the data connection is open already, as servers on
    Windows have it. A good client takes that as it takes 150."""
    server.on("RETR").reply(125, "Data connection already open; transfer starting.")


@edge_case("ftp", operation="download", expect=EITHER, source="CPython ftplib: ntransfercmd")
def a_200_before_the_150(server: FakeFTP) -> None:
    """RETR is answered with 200, and with 150 behind it, as by some servers. A good client passes
    over the first, or reports a reply that does not belong there."""
    server.on("RETR").reply(200, "Coming.").answer()


@edge_case("ftp", operation="download", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def download_never_begins(server: FakeFTP) -> None:
    """The transfer begins with 150, and nothing comes over the data connection. A good client has a
    timeout for that one, too, and reports that it passed."""
    server.on("RETR").stall()


@edge_case("ftp", operation="download", expect=FAILS, source="CPython test_ftplib: TestTimeouts")
def download_stops_in_the_middle(server: FakeFTP) -> None:
    """Behind 100 bytes of the file there is silence. A good client has a timeout for each read, and
    reports that it passed."""
    server.on("RETR").truncate(after=100).stall()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def download_cut_and_426(server: FakeFTP) -> None:
    """The data connection ends with FIN behind 100 bytes of the file, and 426 says that it was
    broken. A good client reads that, and reports that the file is incomplete."""
    server.on("RETR").truncate(after=100)
    server.on("transfer").reply(426, "Connection closed; transfer aborted.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 3659 section 4")
def download_cut_and_226(server: FakeFTP) -> None:
    """The data connection ends with FIN behind 100 bytes of the file, and 226 says that all is
    well. A good client compares with SIZE, and reports that the file is incomplete."""
    server.on("RETR").truncate(after=100)


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 3659 section 4")
def nothing_comes_and_226(server: FakeFTP) -> None:
    """The data connection ends with FIN before the first byte, and 226 says that all is well. A
    good client compares with SIZE, and does not bring back an empty file."""
    server.on("RETR").truncate(after=0)


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 9293 section 3.5.3")
def download_cut_by_a_reset(server: FakeFTP) -> None:
    """The data connection ends with RST behind 100 bytes of the file, and 426 says that it was
    broken. A good client reports that the file is incomplete."""
    server.on("RETR").truncate(after=100).reset()
    server.on("transfer").reply(426, "Connection closed; transfer aborted.")


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 9293 section 3.5.3")
def server_dies_in_the_middle(server: FakeFTP) -> None:
    """Both connections end with RST behind 100 bytes of the file. A good client reports that the
    server has gone."""
    server.on("RETR").truncate(after=100).reset()
    server.on("transfer").reset()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 4.2.1")
def shut_down_in_the_middle(server: FakeFTP) -> None:
    """The data connection ends with FIN behind 100 bytes of the file, and the other one with 421. A
    good client reports that the server has gone."""
    server.on("RETR").truncate(after=100)
    server.on("transfer").reply(421, "Shutting down.").close()


@edge_case("ftp", operation="download", expect=FAILS, source="RFC 959 section 5.4")
def disk_error_behind_the_data(server: FakeFTP) -> None:
    """All of the file comes, and 451 says that reading it has failed. A good client reports that:
    what it has need not be the file."""
    server.on("transfer").reply(451, "Read error.")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def completed_by_250(server: FakeFTP) -> None:
    """The transfer is completed by 250 in place of 226, as the standard allows. A good client takes
    it for the success that it is."""
    server.on("transfer").reply(250, "File action completed.")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 5.4")
def completion_is_late(server: FakeFTP) -> None:
    """The 226 comes a moment after the end of the data. A good client waits for it, and does not
    leave it to be the reply to its next command."""
    server.on("transfer").delay(0.2).answer()


@edge_case(
    "ftp",
    operation="download",
    expect=SUCCEEDS,
    source="RFC 959 section 3.4.1, curl test suite: RETRWEIRDO",
)
def completion_before_the_data(server: FakeFTP) -> None:
    """The 226 comes right behind the 150, and the data a moment later: nothing keeps an order
    between two connections. A good client reads the data to its end, whatever was said."""
    server.early_completion = True
    server.on("RETR").delay(0.2)


@edge_case("ftp", operation="download", expect=EITHER, source="CPython test_ftplib: TestTimeouts")
def completion_never_comes(server: FakeFTP) -> None:
    """All of the file comes, and no 226. A good client has a timeout for that, too, and reports
    that it passed; one that knows the size need not wait."""
    server.on("transfer").ignore()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 5.4")
def completed_twice(server: FakeFTP) -> None:
    """The 226 comes twice, and the second one seems to be the reply to the next command. A good
    client brings back the file, or reports that the two are out of step."""
    server.on("transfer").duplicate()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 5382 section 5")
def control_connection_gone_behind_the_data(server: FakeFTP) -> None:
    """The control connection ends with FIN while the data comes, as where a router thought it idle.
    A good client reports that it cannot know; one that knows the size may go by that."""
    server.on("transfer").close()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 959 section 5.4")
def failure_reported_before_the_data(server: FakeFTP) -> None:
    """Behind the 150 comes 550, and then all of the data and 226. A good client reports what it was
    told, or brings back the file, and not an empty one."""
    server.on("RETR").reply(150, "Here it comes.").reply(550, "Or not.")


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 9293 section 2.2")
def download_in_pieces(server: FakeFTP) -> None:
    """The file comes in pieces of 700 bytes with a pause behind each. A good client reads on to the
    end of the connection."""
    server.on("RETR").drip(size=700, every=0.005)


@edge_case("ftp", operation="download", expect=SUCCEEDS, source="RFC 959 section 3.4", wants=b"")
def empty_file(server: FakeFTP) -> None:
    """The file has not a single byte. A good client brings back an empty file."""
    (server.root / "file.bin").write_bytes(b"")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 3659 section 4")
def size_told_too_small(server: FakeFTP) -> None:
    """SIZE and the text of the 150 tell of 5 bytes, and the file is larger: it has grown since. A
    good client brings it all back, or reports the difference, and not those 5 bytes."""
    server.on("SIZE").reply(213, "5").optional()
    server.on("RETR").reply(150, "Opening data connection for file.bin (5 bytes).")


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 3659 section 4")
def size_told_too_large(server: FakeFTP) -> None:
    """SIZE and the text of the 150 tell of more bytes than there are. A good client reports the
    difference, or brings back what there is, and does not wait for the rest."""
    server.on("SIZE").reply(213, "99999").optional()
    server.on("RETR").reply(150, "Opening data connection for file.bin (99999 bytes).")


def _cut_once(server: FakeFTP) -> None:
    server.on("RETR").truncate(after=100).once()
    server.on("transfer").reply(426, "Connection closed; transfer aborted.").once()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 3659 section 5")
def download_cut_once(server: FakeFTP) -> None:
    """The first transfer ends behind 100 bytes and with 426, and the next one is good. A good
    client reports a failure, or tries again and brings back all of the file."""
    _cut_once(server)


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 3659 section 5")
def download_cut_once_and_rest_refused(server: FakeFTP) -> None:
    """The first transfer ends behind 100 bytes and with 426, and REST is answered with 502. A good
    client that tries again begins at the beginning."""
    _cut_once(server)
    server.on("REST").reply(502, "Not here.").optional()


@edge_case("ftp", operation="download", expect=EITHER, source="RFC 3659 section 5")
def download_cut_once_and_rest_ignored(server: FakeFTP) -> None:
    """The first transfer ends behind 100 bytes and with 426; REST is answered with 350, and then
    all of the file comes. A good client that resumed sees that it is too long."""
    _cut_once(server)
    server.on("REST").reply(350, "Restarting.").without_effect().optional()
