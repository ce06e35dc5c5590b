"""The answer says that what was asked for is elsewhere. A client may follow (RFC 9110 section
15.4), and need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, edge_case
from ..content import CONTENT

if TYPE_CHECKING:
    from ...http import FakeHTTP


def elsewhere(server: FakeHTTP, path: str, method: str = "GET") -> None:
    """What was asked for is at this path, for who comes to ask."""
    server.on(method, path).respond(200, CONTENT).optional()


def moved(server: FakeHTTP, location: str, status: int = 302) -> None:
    """What was asked for is not there any more."""
    server.on("GET", "/file").respond(status, b"moved", headers={"Location": location})


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 10.2.2")
def redirect_to_a_relative_path(server: FakeHTTP) -> None:
    """The Location is ./a/../new, relative to what was asked for. A good client asks for /new, or
    reports that it does not follow."""
    moved(server, "./a/../new")
    elsewhere(server, "/new")


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 10.2.2")
def redirect_to_a_query_alone(server: FakeHTTP) -> None:
    """The Location is ?again, which is the same path with a query. A good client asks for that, or
    reports that it does not follow."""
    server.on("GET", "/file?again").respond(200, CONTENT).optional()
    moved(server, "?again")


@edge_case("http", operation="get", expect=EITHER, source="RFC 3986 section 2.1")
def redirect_to_a_path_that_is_no_uri(server: FakeHTTP) -> None:
    """The Location has a space and letters that are no ASCII, unquoted. A good client quotes them
    or reports a failure; it does not send a broken request."""
    elsewhere(server, "/a*caf*")
    moved(server, "/a caf\xe9")


@edge_case("http", operation="get", expect=EITHER, source="RFC 9110 section 15.4.9")
def redirect_308(server: FakeHTTP) -> None:
    """The answer is a 308, the youngest of the redirections. A good client follows as with 301, or
    reports that it does not."""
    moved(server, "/new", status=308)
    elsewhere(server, "/new")


@edge_case("http", operation="get", expect=EITHER, source="RFC 9112 section 9.5")
def closed_behind_the_redirect(server: FakeHTTP) -> None:
    """The redirection says that the connection goes on, and then it ends with FIN. A good client
    asks again on another connection, or reports that the server has gone."""
    headers = {"Location": "/new", "Connection": "keep-alive"}
    server.on("GET", "/file").respond(302, b"moved", headers=headers).close()
    elsewhere(server, "/new")


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.4")
def redirect_to_itself(server: FakeHTTP) -> None:
    """The Location is what was asked for. A good client sees that this does not end, and reports
    it."""
    moved(server, "/file")


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.4")
def redirects_without_end(server: FakeHTTP) -> None:
    """Each answer leads to a place that was not asked for before. A good client gives up at last,
    and reports it."""
    server.on("GET").respond(lambda request: (302, b"", {"Location": request.path + "x"}))


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 15.4.3")
def redirect_without_location(server: FakeHTTP) -> None:
    """The answer is a 302 that does not say where to. A good client reports that, and does not take
    its page for what it asked for."""
    server.on("GET").respond(302, b"moved")


@edge_case("http", operation="get", expect=FAILS, source="CVE-2011-1521 (CPython)")
def redirect_to_a_local_file(server: FakeHTTP) -> None:
    """The Location is a file of the client's own machine. A good client does not open it, and
    reports that."""
    moved(server, "file:///etc/passwd")


@edge_case("http", operation="get", expect=FAILS, source="RFC 9110 section 4.2")
def redirect_to_an_unknown_scheme(server: FakeHTTP) -> None:
    """The Location is of a scheme that nobody knows. A good client reports that it cannot
    follow."""
    moved(server, "gibberish:it")
